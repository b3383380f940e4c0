//! A stored poll compared with what the public record says of it.

use super::base::{inconsistent, stored_object};
use super::counting::{lot, partials, require_recorded};
use super::error::SessionError;
use super::paper::paper_counted;
use super::poll::Poll;
use super::state::StateName;
use super::store::{self, ObjectKind, StatementKind};
use crate::infra::database::Tx;
use crate::infra::vault::Vault;
use crate::record::store::told_about_but;
use ballot::{Digest, Ed25519, Wire as _};
use tally::record::body::{
    Body, CeremonyMessage, CeremonyRestarted, Code, Kind, PollAnnounced, PollClosed, PollFrozen,
    PollPartiallyDecrypted, PollRulesAdopted,
};
use tally::setup;
use tracing::instrument;

/// Compares everything that is stored of a poll and published with the record's entries about it: the box with its
/// ballots, rule, election, trustees, roll, encrypted tally, partial decryptions, result and outcome. Answers with the
/// number of ballots.
///
/// # Errors
/// [`SessionError::BoxDiffers`], or [`SessionError::Inconsistent`] with what is not the record's.
#[instrument(skip_all, fields(poll = %poll.id), err(level = "debug"))]
pub async fn recheck(tx: &mut Tx, vault: &Vault, poll: &Poll) -> Result<usize, SessionError> {
    let subject = poll.election.to_string();
    for entry in told_about_but(tx, poll.scope(), &subject, Kind::PollBallot).await? {
        // A body that was taken down says nothing any more.
        let (Some(kind), Some(body)) = (Kind::find(&entry.kind), entry.body) else {
            continue;
        };
        let body = Body::parse(kind, body.as_bytes())
            .map_err(|error| inconsistent(poll, format!("entry {}: {error}", entry.position)))?;
        match body {
            Body::CeremonyMessage(sent) => message_is_stored(tx, poll, &sent).await?,
            Body::CeremonyComplained(one) => {
                let stored = store::ceremony_complaints(tx, poll).await?;
                let is_stored = stored.iter().any(|stored| {
                    stored.attempt == one.attempt.get()
                        && stored.number == one.trustee.get()
                        && stored.complaint == one.complaint.text()
                });
                same(poll, is_stored, "complaint")?;
            }
            Body::CeremonyRestarted(again) => restart_is_stored(tx, poll, &again).await?,
            Body::PollRulesAdopted(adopted) => adopted_is_stored(tx, poll, &adopted).await?,
            Body::PollFrozen(frozen) => frozen_is_stored(tx, poll, &frozen).await?,
            Body::PollPaperCounted(counted) => {
                let stored = paper_counted(tx, poll).await?;
                let is_same = stored.is_some_and(|stored| *stored.recorded() == counted);
                same(poll, is_same, ObjectKind::Paper.name())?;
            }
            Body::PollClosed(closed) => closed_is_stored(tx, poll, &closed).await?,
            Body::PollApproved(one) => {
                statement_is_stored(tx, poll, StatementKind::Approval, one.approval.text()).await?;
            }
            Body::PollClosingStated(one) => {
                statement_is_stored(tx, poll, StatementKind::Closing, one.closing.text()).await?;
            }
            Body::PollPartiallyDecrypted(part) => part_is_stored(tx, vault, poll, &part).await?,
            Body::PollLotDrawn(drawn) => {
                let lot = lot(tx, poll).await?;
                let stored: Vec<String> = lot
                    .map(|lot| lot.drawn.iter().map(ToString::to_string).collect())
                    .unwrap_or_default();
                let is_same = drawn.drawn.iter().map(Code::as_str).eq(stored.iter());
                same(poll, is_same, ObjectKind::Lot.name())?;
            }
            Body::PollWithdrawn(_) => same(
                poll,
                poll.state.name() == StateName::Withdrawn,
                "withdrawal",
            )?,
            Body::PollVoided(_) => same(poll, poll.state.name() == StateName::Voided, "void")?,
            Body::PollAnnounced(announced) => announced_is_stored(tx, poll, &announced).await?,
            // Of the others nothing is stored besides, or it is no poll's.
            _ => {}
        }
    }
    require_recorded(tx, poll).await
}

/// What is wrong, where something is stored otherwise.
fn same(poll: &Poll, is_same: bool, what: &str) -> Result<(), SessionError> {
    if is_same {
        Ok(())
    } else {
        Err(inconsistent(
            poll,
            format!("the stored {what} is not the record's"),
        ))
    }
}

async fn object_is(
    tx: &mut Tx,
    poll: &Poll,
    kind: ObjectKind,
    recorded: &str,
) -> Result<(), SessionError> {
    let stored = stored_object(tx, poll, kind).await?;
    same(poll, stored == recorded, kind.name())
}

async fn adopted_is_stored(
    tx: &mut Tx,
    poll: &Poll,
    adopted: &PollRulesAdopted,
) -> Result<(), SessionError> {
    let stored = poll.state.adopted().map(|adopted| adopted.threshold);
    let is_threshold = stored == Some(adopted.threshold.get());
    same(poll, is_threshold, "threshold")?;
    object_is(tx, poll, ObjectKind::Rule, &adopted.rule).await
}

async fn message_is_stored(
    tx: &mut Tx,
    poll: &Poll,
    recorded: &CeremonyMessage,
) -> Result<(), SessionError> {
    let stored = store::ceremony_messages(tx, poll, recorded.attempt.get()).await?;
    let is_stored = stored.iter().any(|one| {
        one.round == recorded.round
            && one.number == recorded.trustee.get()
            && one.message == recorded.message.text()
    });
    same(poll, is_stored, "ceremony message")
}

async fn restart_is_stored(
    tx: &mut Tx,
    poll: &Poll,
    recorded: &CeremonyRestarted,
) -> Result<(), SessionError> {
    let reasons = store::ceremony_restarts(tx, poll).await?;
    let stored = usize::try_from(recorded.attempt.get()).ok();
    let stored = stored.and_then(|attempt| reasons.get(attempt.checked_sub(2)?));
    let is_stored = stored.is_some_and(|reason| reason == recorded.reason.as_str());
    same(poll, is_stored, "restart of the ceremony")
}

async fn frozen_is_stored(
    tx: &mut Tx,
    poll: &Poll,
    recorded: &PollFrozen,
) -> Result<(), SessionError> {
    object_is(tx, poll, ObjectKind::Election, recorded.election.text()).await?;
    object_is(tx, poll, ObjectKind::Trustees, recorded.trustees.text()).await?;
    object_is(tx, poll, ObjectKind::Roll, recorded.roll.text()).await?;
    let frozen = poll
        .state
        .frozen()
        .ok_or_else(|| inconsistent(poll, "the stored state is behind the record's"))?;
    let is_fingerprint = recorded.fingerprint == (&frozen.fingerprint).into();
    same(poll, is_fingerprint, "fingerprint")?;
    let roll = setup::roll::<Ed25519>(&store::roll(tx, poll).await?);
    let roll = roll.map_err(|error| inconsistent(poll, format!("poll_roll: {error}")))?;
    same(poll, roll.to_json() == recorded.roll.text(), "poll_roll")
}

async fn closed_is_stored(
    tx: &mut Tx,
    poll: &Poll,
    recorded: &PollClosed,
) -> Result<(), SessionError> {
    let tally = stored_object(tx, poll, ObjectKind::EncryptedTally).await?;
    let is_tally = recorded.encrypted_tally_hash == (&Digest::of(&tally)).into();
    same(poll, is_tally, ObjectKind::EncryptedTally.name())?;
    let closed = poll
        .state
        .closed()
        .ok_or_else(|| inconsistent(poll, "the stored state is behind the record's"))?;
    same(
        poll,
        closed.returned == recorded.returned,
        "number of ballots",
    )
}

async fn statement_is_stored(
    tx: &mut Tx,
    poll: &Poll,
    kind: StatementKind,
    recorded: &str,
) -> Result<(), SessionError> {
    let stored = store::statements(tx, poll, kind).await?;
    let is_stored = stored.iter().any(|(_, text)| text == recorded);
    same(poll, is_stored, kind.name())
}

async fn part_is_stored(
    tx: &mut Tx,
    vault: &Vault,
    poll: &Poll,
    recorded: &PollPartiallyDecrypted,
) -> Result<(), SessionError> {
    let parts = partials(vault, tx, poll).await?;
    let is_part = parts.iter().any(|(trustee, text)| {
        *trustee == recorded.trustee.get()
            && recorded.partial_decryption_hash == (&Digest::of(text)).into()
    });
    same(poll, is_part, "partial decryption")
}

async fn announced_is_stored(
    tx: &mut Tx,
    poll: &Poll,
    recorded: &PollAnnounced,
) -> Result<(), SessionError> {
    object_is(tx, poll, ObjectKind::Result, recorded.result.text()).await?;
    let outcome = serde_json::to_string(&recorded.outcome)
        .map_err(|error| inconsistent(poll, error.to_string()))?;
    object_is(tx, poll, ObjectKind::Outcome, &outcome).await
}
