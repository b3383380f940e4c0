//! Casting. Nobody is signed in here: a ballot is authorised by its own signature, so that nothing links it to a
//! person.

use crate::infra::app::App;
use crate::infra::ids::JurisdictionId;
use crate::infra::unique_key::UniqueKey;
use crate::record::EntryKind;
use crate::record::change::Actor;
use crate::session::base::{begin, find, inconsistent, stored_object};
use crate::session::error::SessionError;
use crate::session::poll::Poll;
use crate::session::poll::PollId;
use crate::session::state::Step;
use crate::session::store;
use crate::session::store::CastBallot;
use crate::session::store::ObjectKind;
use ballot::Ballot;
use ballot::BallotError;
use ballot::Ed25519;
use ballot::Election;
use ballot::Group as _;
use ballot::Wire as _;
use serde_json::json;

/// Puts a ballot into the box and answers with its place. The same ballot again gets the same answer.
pub async fn cast(
    app: &App,
    jurisdiction: JurisdictionId,
    poll: PollId,
    bytes: String,
) -> Result<CastBallot, SessionError> {
    let poll = find(app, jurisdiction, poll).await?;
    if let Some(earlier) = earlier_copy(app, &poll, &bytes).await? {
        return Ok(earlier);
    }
    require_open(&poll)?;
    let read = blocking(&poll, move || read(bytes)).await??;
    // Unlisted credentials cost nobody the checking of proofs. That a ballot is another election's says more.
    let mut tx = app.database.read().await?;
    if read.ballot.election_uuid == poll.election
        && !store::is_on_roll(&mut tx, &poll, &read.credential).await?
    {
        return Err(BallotError::NotOnRoll.into());
    }
    let election = stored_object(&mut tx, &poll, ObjectKind::Election).await?;
    drop(tx);
    let checked = blocking(&poll, move || read.check(&election)).await??;
    put(app, jurisdiction, &poll, checked).await
}

async fn blocking<T: Send + 'static>(
    poll: &Poll,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, SessionError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| inconsistent(poll, error.to_string()))
}

/// A ballot that is well formed.
struct Read {
    ballot: Ballot<Ed25519>,
    credential: String,
    text: String,
}

fn read(text: String) -> Result<Read, BallotError> {
    let ballot = Ballot::<Ed25519>::from_json(text.as_bytes())?;
    Ok(Read {
        credential: Ed25519::encode(&ballot.credential),
        ballot,
        text,
    })
}

/// A ballot whose proofs and signature hold.
struct Checked {
    credential: String,
    tracker: String,
    text: String,
}

/// The same bytes, if they are in the box: a repeated submission, even after the close.
async fn earlier_copy(
    app: &App,
    poll: &Poll,
    bytes: &str,
) -> Result<Option<CastBallot>, SessionError> {
    let tracker = ballot::Digest::of(bytes).to_string();
    let mut tx = app.database.read().await?;
    Ok(store::ballot_of_tracker(&mut tx, poll, &tracker).await?)
}

fn require_open(poll: &Poll) -> Result<(), SessionError> {
    poll.state
        .require(Step::Close)
        .map_err(|_| SessionError::NotOpen)
}

impl Read {
    fn check(self, election: &str) -> Result<Checked, BallotError> {
        let election = Election::<Ed25519>::from_json(election.as_bytes())?;
        self.ballot.verify(&election)?;
        Ok(Checked {
            tracker: self.ballot.tracker().to_string(),
            credential: self.credential,
            text: self.text,
        })
    }
}

async fn put(
    app: &App,
    jurisdiction: JurisdictionId,
    poll: &Poll,
    checked: Checked,
) -> Result<CastBallot, SessionError> {
    // Under the poll's lock: whoever comes second sees the first one's ballot, and nobody slips in after the close.
    let (mut change, poll) = begin(app, Actor::Anonymous, jurisdiction, poll.id).await?;
    require_open(&poll)?;
    if !store::is_on_roll(&mut change.tx, &poll, &checked.credential).await? {
        return Err(BallotError::NotOnRoll.into());
    }
    if let Some(earlier) =
        store::ballot_of_credential(&mut change.tx, &poll, &checked.credential).await?
    {
        return if earlier.tracker == checked.tracker {
            Ok(earlier)
        } else {
            Err(SessionError::AlreadyCast)
        };
    }
    let entry = change
        .publish_exactly(EntryKind::PollBallot, poll.election.as_str(), &checked.text)
        .await?;
    let cast = CastBallot {
        credential: checked.credential,
        tracker: checked.tracker,
        ballot: checked.text,
        entry,
        cast_at: change.at,
    };
    store::insert_ballot(&mut change.tx, &poll, &cast)
        .await
        .map_err(|error| {
            if error.refused_by(UniqueKey::PollBallotsCredential) {
                SessionError::AlreadyCast
            } else {
                error.into()
            }
        })?;
    change
        .audit("session.cast", poll.id, json!({ "tracker": cast.tracker }))
        .await?;
    change.commit().await?;
    Ok(cast)
}

/// The ballot with this tracker.
pub async fn find_ballot(
    app: &App,
    jurisdiction: JurisdictionId,
    poll: PollId,
    tracker: &str,
) -> Result<CastBallot, SessionError> {
    let poll = find(app, jurisdiction, poll).await?;
    let mut tx = app.database.read().await?;
    store::ballot_of_tracker(&mut tx, &poll, tracker)
        .await?
        .ok_or(SessionError::NoSuchBallot)
}
