//! Casting. Nobody is signed in here: a ballot is authorised by its own signature, so that nothing links it to a
//! person.

use crate::infra::app::App;
use crate::infra::ids::JurisdictionId;
use crate::infra::unique_key::UniqueKey;
use crate::record::change::{Actor, Change};
use crate::record::values::exact;
use crate::session::audit::SessionEvent;
use crate::session::base::{find, inconsistent, off_thread, run_blocking, stored_object};
use crate::session::error::SessionError;
use crate::session::paper::{paper_counted, require_agreed_sheets};
use crate::session::poll::{Poll, PollId};
use crate::session::state::Step;
use crate::session::store::{self, CastBallot, ObjectKind};
use ballot::{Ballot, BallotError, Digest, Ed25519, Election, Group as _, Tracker, Wire as _};
use std::num::NonZeroUsize;
use std::sync::{Arc, LazyLock};
use tally::record::body::PollBallot;
use tokio::sync::Semaphore;
use tracing::instrument;

/// Puts a ballot into the box of the poll that the caller has found, and answers with its place. The same ballot again
/// gets the same answer.
#[instrument(skip_all, fields(poll = %poll.id), err(level = "debug"))]
pub async fn cast(app: &App, poll: &Poll, bytes: String) -> Result<CastBallot, SessionError> {
    let tracker = Digest::of(&bytes).to_string();
    if let Err(closed) = require_open(poll) {
        return earlier_copy(app, poll, &tracker).await?.ok_or(closed);
    }
    let read = in_turn(poll, move || read(bytes)).await??;
    let mut tx = app.database.read().await?;
    let listed = store::listed(&mut tx, poll, &read.credential).await?;
    drop(tx);
    let of_paper = listed.as_ref().is_some_and(|listed| listed.of_paper);
    match listed {
        Some(listed) if listed.tracker.as_ref() == Some(&tracker) => {
            let earlier = earlier_copy(app, poll, &tracker).await?;
            return earlier.ok_or(SessionError::NoSuchBallot);
        }
        // What is sealed of paper comes from the box, and both tellers have typed it.
        Some(listed) if listed.of_paper => {
            let mut tx = app.database.read().await?;
            require_agreed_sheets(&mut tx, poll).await?;
        }
        // Unlisted credentials cost nobody the checking of proofs. That a ballot is another election's says more.
        None if read.ballot.election_uuid == poll.election => {
            return Err(BallotError::NotOnRoll.into());
        }
        Some(_) | None => {}
    }
    let election = election(app, poll).await?;
    let checked = in_turn(poll, move || read.check(&election)).await??;
    put(app, poll, checked, of_paper).await
}

/// How many ballots are read and checked at once: as many as there are cores, so that whoever sends invalid ones makes others
/// wait their turn and takes nothing else from them. No ballot is refused for where it comes from: a hall is one address.
static CHECKS: LazyLock<Semaphore> = LazyLock::new(|| {
    Semaphore::new(std::thread::available_parallelism().map_or(1, NonZeroUsize::get))
});

/// Runs the checking of a ballot off the thread that serves pages, when it is its turn.
pub(super) async fn in_turn<T: Send + 'static>(
    poll: &Poll,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, SessionError> {
    let turn = CHECKS.acquire().await;
    let _turn = turn.map_err(|error| inconsistent(poll, error.to_string()))?;
    off_thread(poll, work).await
}

/// The frozen election, which is read once.
pub(super) async fn election(
    app: &App,
    poll: &Poll,
) -> Result<Arc<Election<Ed25519>>, SessionError> {
    let frozen = poll.state.frozen().ok_or(SessionError::NotOpen)?;
    if let Some(election) = app.elections.get(&frozen.fingerprint) {
        return Ok(election);
    }
    let mut tx = app.database.read().await?;
    let text = stored_object(&mut tx, poll, ObjectKind::Election).await?;
    drop(tx);
    let read = run_blocking(poll, move || Election::from_json(text.as_bytes())).await?;
    Ok(app.elections.keep(read))
}

/// A ballot that is well formed.
pub(super) struct Read {
    pub(super) ballot: Ballot<Ed25519>,
    pub(super) credential: String,
    text: String,
}

pub(super) fn read(text: String) -> Result<Read, BallotError> {
    let ballot = Ballot::<Ed25519>::from_json(text.as_bytes())?;
    Ok(Read {
        credential: Ed25519::encode(&ballot.credential),
        ballot,
        text,
    })
}

/// A ballot whose proofs and signature hold.
pub(super) struct Checked {
    pub(super) credential: String,
    pub(super) tracker: Tracker,
    text: String,
}

/// The same bytes, if they are in the box: a repeated submission, even after the close.
async fn earlier_copy(
    app: &App,
    poll: &Poll,
    tracker: &str,
) -> Result<Option<CastBallot>, SessionError> {
    let mut tx = app.database.read().await?;
    Ok(store::ballot_of_tracker(&mut tx, poll, tracker).await?)
}

pub(super) fn require_open(poll: &Poll) -> Result<(), SessionError> {
    poll.state
        .require(Step::Close)
        .map_err(|_| SessionError::NotOpen)
}

impl Read {
    pub(super) fn check(self, election: &Election<Ed25519>) -> Result<Checked, BallotError> {
        self.ballot.verify(election)?;
        Ok(Checked {
            tracker: self.ballot.tracker(),
            credential: self.credential,
            text: self.text,
        })
    }
}

async fn put(
    app: &App,
    poll: &Poll,
    checked: Checked,
    of_paper: bool,
) -> Result<CastBallot, SessionError> {
    let opened = poll.state.opened().ok_or(SessionError::NotOpen)?;
    let mut change = Change::begin(app, Actor::Anonymous, Some(poll.scope())).await?;
    // The entry takes the record's head, as the close does before it counts: nobody slips in after it.
    let ballot = PollBallot::new(exact("ballot", &checked.text)?)
        .ok_or_else(|| inconsistent(poll, "a checked ballot that names no election"))?;
    // A ballot's own time would tell who has cast it to anybody who saw the hall.
    change.at = opened.at;
    let entry = change.publish(ballot).await?;
    if of_paper {
        // Nobody changes a list or publishes the count between this look and the commit: both wait for the record's head.
        if paper_counted(&mut change.tx, poll).await?.is_some() {
            return Err(SessionError::AlreadyCounted);
        }
        require_agreed_sheets(&mut change.tx, poll).await?;
    }
    let cast = CastBallot {
        credential: checked.credential,
        tracker: checked.tracker.to_string(),
        ballot: checked.text,
        entry,
    };
    match store::insert_ballot(&mut change.tx, poll, &cast).await {
        Ok(true) => {}
        Ok(false) => {
            let spoiled = store::spoiled_of(&mut change.tx, poll, &cast.credential).await?;
            return Err(if spoiled.contains(&cast.tracker) {
                SessionError::Challenged
            } else {
                SessionError::NotOpen
            });
        }
        Err(error)
            if error.refused_by(UniqueKey::PollBallotsCredential)
                || error.refused_by(UniqueKey::PollBallotsTracker) =>
        {
            drop(change);
            // Whoever comes second sees the first one's ballot; a copy is no second ballot.
            let earlier = earlier_copy(app, poll, &cast.tracker).await?;
            return earlier.ok_or(SessionError::AlreadyCast);
        }
        Err(error) => return Err(error.into()),
    }
    change.audit(SessionEvent::Cast { poll: poll.id }).await?;
    change.commit().await?;
    Ok(cast)
}

/// The ballot with this tracker.
#[instrument(skip_all, fields(%jurisdiction, %poll), err(level = "debug"))]
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
