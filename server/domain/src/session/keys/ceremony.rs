//! The ceremony in which scrutineers make one key together, of which any t of them open the count. Each message is taken when its
//! round is due and everything that everybody can see of it is right, and stands in the public record from then on, where the
//! scrutineers' devices compare what they are handed.

use crate::infra::app::App;
use crate::infra::database::Tx;
use crate::infra::field_errors::FieldErrors;
use crate::infra::ids::{AccountId, JurisdictionId};
use crate::record::change::{Actor, Change};
use crate::record::values::{exact, number, text};
use crate::session::audit::SessionEvent;
use crate::session::base::{begin, inconsistent, off_thread, own_seat, run_blocking};
use crate::session::error::SessionError;
use crate::session::poll::{Poll, PollId};
use crate::session::state::Step;
use crate::session::store::{self, SentComplaint, SentMessage};
use ballot::trustee::ceremony::Setting;
use ballot::trustee::{TrusteeId, Trustees};
use ballot::{Digest, Ed25519, Wire as _};
use tally::record::body::{CeremonyComplained, CeremonyMessage, CeremonyRestarted};
use tally::record::ceremony::Round;
use tally::record::transcript::{NotTaken, Taken, Transcript, is_shared};
use tracing::instrument;

/// Letters of a reason to begin again.
const REASON: (usize, usize) = (2, 500);

/// The ceremony of a poll that is under way, or has given the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ceremony {
    /// Which of the poll's it is, from 1.
    pub attempt: u32,
    /// Its messages.
    pub transcript: Transcript,
    /// Why those before have failed, oldest first.
    pub reasons: Vec<String>,
    /// The complaints about shares, in all of them.
    pub complaints: Vec<SentComplaint>,
}

/// The poll's ceremony; none before the adoption, none where each scrutineer has a key of their own, and none in a poll that takes the
/// key of an earlier one.
#[instrument(skip_all, fields(poll = %poll.id), err(level = "debug"))]
pub async fn ceremony(tx: &mut Tx, poll: &Poll) -> Result<Option<Ceremony>, SessionError> {
    let Some(adopted) = poll.state.adopted() else {
        return Ok(None);
    };
    // What follows by the same check-in takes the key that was made then.
    if poll.has_keys_before() {
        return Ok(None);
    }
    let size = store::scrutineers(tx, poll).await?.len();
    let size = u32::try_from(size).unwrap_or(u32::MAX);
    if !is_shared(adopted.threshold, size) {
        return Ok(None);
    }
    let setting = Setting::new(poll.election.clone(), size, adopted.threshold)
        .map_err(|error| inconsistent(poll, error.to_string()))?;
    let reasons = store::ceremony_restarts(tx, poll).await?;
    let attempt = u32::try_from(reasons.len()).unwrap_or(u32::MAX - 1) + 1;
    let mut transcript = Transcript::new(setting);
    for sent in store::ceremony_messages(tx, poll, attempt).await? {
        transcript.add(sent.round, member(poll, sent.number)?, sent.message);
    }
    Ok(Some(Ceremony {
        attempt,
        transcript,
        reasons,
        complaints: store::ceremony_complaints(tx, poll).await?,
    }))
}

/// A scrutineer's device sends its message in a round of the ceremony `attempt`. The same again changes nothing.
///
/// # Errors
/// [`SessionError::NoCeremony`] · [`SessionError::OtherAttempt`] where all have begun again · [`SessionError::Ceremony`] where
/// another round is due, another message of this scrutineer is there, or it is refused
#[instrument(skip_all, fields(%jurisdiction, %poll, attempt, %round), err(level = "debug"))]
pub async fn submit_ceremony_message(
    app: &App,
    account: AccountId,
    jurisdiction: JurisdictionId,
    poll: PollId,
    attempt: u32,
    round: Round,
    message: String,
) -> Result<(), SessionError> {
    let (mut change, poll) = begin(app, Actor::Account(account), jurisdiction, poll).await?;
    let all = store::scrutineers(&mut change.tx, &poll).await?;
    let own = own_seat(&all, account)?;
    let under_way = ceremony(&mut change.tx, &poll).await?;
    let Ceremony {
        attempt: current,
        transcript,
        ..
    } = under_way.ok_or(SessionError::NoCeremony)?;
    if attempt != current {
        return Err(SessionError::OtherAttempt);
    }
    let trustee = member(&poll, own)?;
    if transcript.message(round, trustee) == Some(&message) {
        return Ok(());
    }
    poll.state.require(Step::Freeze)?;
    let transcript = take(&poll, transcript, round, trustee, message.clone()).await?;
    let sent = SentMessage {
        round,
        number: own,
        message,
    };
    store::insert_ceremony_message(&mut change.tx, &poll, attempt, &sent, change.at).await?;
    let recorded = CeremonyMessage::new(
        &poll.election,
        number("attempt", attempt)?,
        round,
        trustee,
        exact("message", &sent.message)?,
    );
    change.publish(recorded).await?;
    change
        .audit(SessionEvent::CeremonyMessage {
            poll: poll.id,
            attempt,
            trustee: own,
            message_hash: Digest::of(&sent.message),
        })
        .await?;
    if transcript.due().is_none() {
        keep_keys(&mut change, &poll, transcript).await?;
    }
    Ok(change.commit().await?)
}

/// A scrutineer's device complains of a share in the ceremony `attempt`. Whoever is to blame, the complaint is published; one that
/// proves nothing is refused. A second one of the same share changes nothing: it proves the same.
///
/// # Errors
/// [`SessionError::NoCeremony`] · [`SessionError::OtherAttempt`] · [`SessionError::Ceremony`] where the shares are not sent yet or all
/// are acknowledged, or it proves nothing
#[instrument(skip_all, fields(%jurisdiction, %poll, attempt), err(level = "debug"))]
pub async fn submit_complaint(
    app: &App,
    account: AccountId,
    jurisdiction: JurisdictionId,
    poll: PollId,
    attempt: u32,
    complaint: String,
) -> Result<(), SessionError> {
    let (mut change, poll) = begin(app, Actor::Account(account), jurisdiction, poll).await?;
    let all = store::scrutineers(&mut change.tx, &poll).await?;
    let own = own_seat(&all, account)?;
    let under_way = ceremony(&mut change.tx, &poll).await?;
    let under_way = under_way.ok_or(SessionError::NoCeremony)?;
    if attempt != under_way.attempt {
        return Err(SessionError::OtherAttempt);
    }
    poll.state.require(Step::Freeze)?;
    let (transcript, trustee) = (under_way.transcript, member(&poll, own)?);
    let text = complaint.clone();
    let judged = off_thread(&poll, move || transcript.judge::<Ed25519>(trustee, &text)).await??;
    let sent = SentComplaint {
        attempt,
        number: own,
        against: judged.against.get(),
        is_true: judged.is_true,
        complaint,
    };
    let is_same = |one: &SentComplaint| {
        (one.attempt, one.number, one.against) == (attempt, own, sent.against)
    };
    if under_way.complaints.iter().any(is_same) {
        return Ok(());
    }
    store::insert_ceremony_complaint(&mut change.tx, &poll, &sent, change.at).await?;
    change
        .publish(CeremonyComplained {
            election_uuid: (&poll.election).into(),
            attempt: number("attempt", attempt)?,
            trustee: number("trustee", own)?,
            complaint: exact("complaint", &sent.complaint)?,
        })
        .await?;
    change
        .audit(SessionEvent::CeremonyComplaint {
            poll: poll.id,
            attempt,
            trustee: own,
            against: sent.against,
        })
        .await?;
    Ok(change.commit().await?)
}

/// The ceremony with one more message, if that is taken.
async fn take(
    poll: &Poll,
    mut transcript: Transcript,
    round: Round,
    trustee: TrusteeId,
    message: String,
) -> Result<Transcript, SessionError> {
    off_thread(poll, move || {
        if transcript.check::<Ed25519>(round, trustee, &message)? == Taken::New {
            transcript.add(round, trustee, message);
        }
        Ok::<_, NotTaken>(transcript)
    })
    .await?
    .map_err(SessionError::from)
}

/// The ceremony is complete: each scrutineer has a key that checks their part.
async fn keep_keys(
    change: &mut Change<'_>,
    poll: &Poll,
    transcript: Transcript,
) -> Result<(), SessionError> {
    let trustees = run_blocking(poll, move || transcript.finish::<Ed25519>()).await?;
    for (trustee, key) in trustees.verification_keys() {
        let key = key.to_json();
        store::set_trustee_key(&mut change.tx, poll, trustee.get(), &key, change.at).await?;
    }
    Ok(())
}

/// The trustees that a complete ceremony has given; none where each scrutineer has a key of their own.
pub(in crate::session) async fn shared_trustees(
    tx: &mut Tx,
    poll: &Poll,
) -> Result<Option<Trustees<Ed25519>>, SessionError> {
    let Some(made) = ceremony(tx, poll).await? else {
        return Ok(None);
    };
    run_blocking(poll, move || made.transcript.finish())
        .await
        .map(Some)
}

/// The office lets all begin again, where a message is bad or a scrutineer is gone: with fresh secrets, so that what the devices
/// have kept of the ceremony before is of no use. What was sent stays in the record. `seen` is the ceremony that the office's page
/// showed; the same again changes nothing.
///
/// # Errors
/// [`SessionError::NoCeremony`] · [`SessionError::OtherAttempt`] where somebody else has let all begin again ·
/// [`SessionError::Form`] for the reason
#[instrument(skip_all, fields(%jurisdiction, %poll, seen), err(level = "debug"))]
pub async fn restart_ceremony(
    app: &App,
    account: AccountId,
    jurisdiction: JurisdictionId,
    poll: PollId,
    seen: u32,
    reason: &str,
) -> Result<(), SessionError> {
    let mut errors = FieldErrors::none();
    let reason = errors.text("reason", reason, REASON.0, REASON.1);
    if !errors.is_empty() {
        return Err(SessionError::Form(errors));
    }
    let (mut change, poll) = begin(app, Actor::Account(account), jurisdiction, poll).await?;
    let under_way = ceremony(&mut change.tx, &poll).await?;
    let Ceremony {
        attempt, reasons, ..
    } = under_way.ok_or(SessionError::NoCeremony)?;
    if attempt != seen {
        let is_repeated = attempt == seen.saturating_add(1) && reasons.last() == Some(&reason);
        return if is_repeated {
            Ok(())
        } else {
            Err(SessionError::OtherAttempt)
        };
    }
    poll.state.require(Step::Freeze)?;
    let next = attempt.saturating_add(1);
    store::restart_ceremony(&mut change.tx, &poll, next, &reason, change.at).await?;
    change
        .publish(CeremonyRestarted {
            election_uuid: (&poll.election).into(),
            attempt: number("attempt", next)?,
            reason: text("reason", &reason)?,
        })
        .await?;
    change
        .audit(SessionEvent::RestartCeremony {
            poll: poll.id,
            attempt: next,
        })
        .await?;
    Ok(change.commit().await?)
}

fn member(poll: &Poll, number: u32) -> Result<TrusteeId, SessionError> {
    TrusteeId::new(number).ok_or_else(|| inconsistent(poll, "a scrutineer without a number"))
}
