//! What is downloaded to check a poll without trusting this service: the election archive and the poll's bundle.

use crate::infra::app::App;
use crate::infra::database::Tx;
use crate::session::base::{find, inconsistent, parsed_rule, stored_object};
use crate::session::counting::{figures, lot, outcome, partials, spoiled};
use crate::session::error::SessionError;
use crate::session::paper::{PaperCounted, paper_counted, unused};
use crate::session::poll::Poll;
use crate::session::publishing::{UpTo, poll_record, recorded_steps};
use crate::session::state::{Frozen, PollState};
use crate::session::store::{self, ObjectKind};
use ballot::trustee::TrusteeId;
use ballot::{BoundDecryption, Ed25519, Wire as _};
use tally::archive::{ArchiveError, ArchiveWriter};
use tally::bundle::{Bindings, Bundle, EndedBundle};
use tally::record::body::Body;
use tally::record::poll::Ended;
use tracing::instrument;

/// The archive (`.bel`) so far: setup and ballots from the freeze on, the end of voting from the close on, tally,
/// partial decryptions and result from the announcement on. A later one begins with the bytes of an earlier one.
#[instrument(skip_all, fields(poll = %poll.id), err(level = "debug"))]
pub async fn archive(app: &App, poll: &Poll) -> Result<Vec<u8>, SessionError> {
    let frozen = poll.state.frozen().ok_or(SessionError::NotYet)?;
    let mut tx = app.database.read().await?;
    write_archive(app, &mut tx, poll, frozen).await
}

async fn write_archive(
    app: &App,
    tx: &mut Tx,
    poll: &Poll,
    frozen: &Frozen,
) -> Result<Vec<u8>, SessionError> {
    let broken = |error: ArchiveError| inconsistent(poll, error.to_string());
    let election = stored_object(tx, poll, ObjectKind::Election).await?;
    let trustees = stored_object(tx, poll, ObjectKind::Trustees).await?;
    let roll = stored_object(tx, poll, ObjectKind::Roll).await?;
    let mut archive = ArchiveWriter::setup(
        frozen.at.unsigned_millis() / 1000,
        election.as_bytes(),
        trustees.as_bytes(),
        roll.as_bytes(),
    )
    .map_err(broken)?;
    for cast in store::ballots(tx, poll).await? {
        archive.ballot(cast.ballot.as_bytes()).map_err(broken)?;
    }
    let Some(closed) = poll.state.closed() else {
        return Ok(archive.into_bytes());
    };
    archive.end_ballots().map_err(broken)?;
    if !matches!(poll.state, PollState::Announced(_)) {
        return Ok(archive.into_bytes());
    }
    let tally = stored_object(tx, poll, ObjectKind::EncryptedTally).await?;
    let returned = u64::from(closed.returned);
    archive
        .encrypted_tally(tally.as_bytes(), returned, returned)
        .map_err(broken)?;
    for (number, bound) in bound_decryptions(app, tx, poll).await? {
        archive
            .partial_decryption(number.get(), bound.partial.to_json().as_bytes())
            .map_err(broken)?;
    }
    let result = stored_object(tx, poll, ObjectKind::Result).await?;
    archive.result(result.as_bytes()).map_err(broken)?;
    Ok(archive.into_bytes())
}

/// The scrutineers' partial decryptions with what binds their factors: the first go into the archive, the second stand
/// beside it in the bundle.
async fn bound_decryptions(
    app: &App,
    tx: &mut Tx,
    poll: &Poll,
) -> Result<Vec<(TrusteeId, BoundDecryption<Ed25519>)>, SessionError> {
    let broken = |reason: String| inconsistent(poll, format!("partial decryption: {reason}"));
    let mut all = Vec::new();
    for (number, text) in partials(&app.vault, tx, poll).await? {
        let owner = TrusteeId::new(number);
        let owner = owner.ok_or_else(|| broken(format!("there is no trustee {number}")))?;
        let bound = BoundDecryption::from_json(text.as_bytes());
        all.push((owner, bound.map_err(|error| broken(error.to_string()))?));
    }
    Ok(all)
}

/// The bundle (`.zip`) of a poll that is over: everything that the decision is recomputed from, or that shows how it ended without a
/// result, and that nothing of it was counted.
///
/// # Errors
/// [`SessionError::NotYet`] before it is over, and where it was withdrawn before any rules were adopted.
#[instrument(skip_all, fields(poll = %poll.id), err(level = "debug"))]
pub async fn bundle(app: &App, poll: &Poll) -> Result<Vec<u8>, SessionError> {
    if poll.state.ended().is_some() {
        return ended_bundle(app, poll).await;
    }
    let frozen = poll.state.frozen().ok_or(SessionError::NotYet)?;
    let mut tx = app.database.read().await?;
    let decision = outcome(&mut tx, poll)
        .await?
        .ok_or(SessionError::NotYet)?
        .document()
        .map_err(|error| inconsistent(poll, error.to_string()))?;
    let lot = lot(&mut tx, poll).await?;
    let rule_text = stored_object(&mut tx, poll, ObjectKind::Rule).await?;
    let rule = parsed_rule(poll, &rule_text)?;
    let roll = stored_object(&mut tx, poll, ObjectKind::Roll).await?;
    let election = write_archive(app, &mut tx, poll, frozen).await?;
    let bound = bound_decryptions(app, &mut tx, poll).await?;
    let spoiled: Vec<String> = spoiled(&mut tx, poll)
        .await?
        .iter()
        .map(ToString::to_string)
        .collect();
    let counted = paper_counted(&mut tx, poll).await?;
    let figures = figures(&mut tx, poll, &rule).await?;
    let voided = unused(&mut tx, poll).await?;
    drop(tx);
    let paper = counted.as_ref().map(PaperCounted::published);
    let record = poll_record(app, poll, UpTo::Newest).await?;
    let previous = previous(app, poll).await?;
    let bindings = Bindings::of(bound.iter().map(|(owner, bound)| (*owner, bound))).to_json();
    Bundle {
        election: &election,
        bindings: bindings.as_bytes(),
        rule: &rule_text,
        roll: roll.as_bytes(),
        figures,
        revocations: &[],
        spoiled: &spoiled,
        paper: paper.as_ref(),
        voided: paper.is_some().then_some(voided.as_slice()),
        lot: lot.as_ref(),
        decision: &decision,
        record: Some(&record),
        previous: previous.as_deref(),
    }
    .write()
    .map_err(|error| inconsistent(poll, error.to_string()))
}

async fn ended_bundle(app: &App, poll: &Poll) -> Result<Vec<u8>, SessionError> {
    poll.state.adopted().ok_or(SessionError::NotYet)?;
    let mut tx = app.database.read().await?;
    let rule = stored_object(&mut tx, poll, ObjectKind::Rule).await?;
    let election = match poll.state.frozen() {
        Some(frozen) => Some(write_archive(app, &mut tx, poll, frozen).await?),
        None => None,
    };
    let steps = recorded_steps(&mut tx, poll).await?;
    drop(tx);
    let ended = steps.into_iter().find_map(|(_, body)| match body {
        Body::PollWithdrawn(body) => Some(Ended::Withdrawn(body)),
        Body::PollVoided(body) => Some(Ended::Voided(body)),
        _ => None,
    });
    let ended = ended.ok_or_else(|| inconsistent(poll, "the record does not say how it ended"))?;
    let record = poll_record(app, poll, UpTo::Newest).await?;
    EndedBundle {
        election: election.as_deref(),
        rule: &rule,
        ended: &ended,
        record: &record,
    }
    .write()
    .map_err(|error| inconsistent(poll, error.to_string()))
}

/// The bundle of the poll that this one follows: without it nobody could tell what was left.
async fn previous(app: &App, poll: &Poll) -> Result<Option<Vec<u8>>, SessionError> {
    let Some(follows) = poll.follows else {
        return Ok(None);
    };
    let earlier = find(app, poll.jurisdiction, follows).await?;
    Box::pin(bundle(app, &earlier)).await.map(Some)
}
