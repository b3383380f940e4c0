//! The office makes a poll.

use super::roster::roster;
use crate::cycles::Cycle;
use crate::cycles::GuardError;
use crate::cycles::Hold;
use crate::cycles::Stage;
use crate::cycles::require_stage;
use crate::infra::app::App;
use crate::infra::database::DatabaseError;
use crate::infra::database::Tx;
use crate::infra::unique_key::UniqueKey;
use crate::record::change::Actor;
use crate::record::change::Change;
use crate::record::values::{code, number, sha256, text};
use crate::screening;
use crate::screening::Shortlist;
use crate::session::audit::SessionEvent;
use crate::session::error::SessionError;
use crate::session::poll::Poll;
use crate::session::poll::PollId;
use crate::session::poll::PollItem;
use crate::session::poll::PollKind;
use crate::session::rounds::rounds_of;
use crate::session::state::PollState;
use crate::session::store;
use crate::session::titles;
use ballot::Uuid;
use tally::record::body::{self, RosterDeputy, roster_sha256};
use tracing::instrument;

/// A poll to be made.
#[derive(Debug, Clone)]
pub struct NewPoll {
    /// What it decides.
    pub kind: PollKind,
    /// What is voted on, in the official order.
    pub items: Vec<PollItem>,
    /// SHA-256 of the candidates' published facts, where the poll is about candidates.
    pub facts: Option<String>,
}

/// The main poll of a cycle, from the published shortlist: all candidates in their order.
#[instrument(skip_all, fields(cycle = %cycle.id), err(level = "debug"))]
pub async fn new_main_poll(app: &App, cycle: &Cycle) -> Result<NewPoll, SessionError> {
    let mut tx = app.database.read().await?;
    let Shortlist::Published { facts_sha256, .. } = screening::shortlist(&mut tx, cycle).await?
    else {
        return Err(SessionError::NoItems);
    };
    let items = screening::candidates(&mut tx, cycle)
        .await?
        .into_iter()
        .map(|candidate| PollItem {
            unit: Some(candidate.facts.unit),
            budget: Some(candidate.facts.budget),
            code: candidate.facts.code,
            title: candidate.facts.title,
            source: Some(candidate.id.uuid()),
        })
        .collect();
    Ok(NewPoll {
        kind: PollKind::Main,
        items,
        facts: Some(facts_sha256),
    })
}

/// The office makes a poll.
#[instrument(skip_all, fields(cycle = %cycle.id), err(level = "debug"))]
pub async fn create(
    app: &App,
    actor: Actor,
    cycle: &Cycle,
    new: NewPoll,
) -> Result<PollId, SessionError> {
    if new.items.is_empty() {
        return Err(SessionError::NoItems);
    }
    let needed = match new.kind {
        PollKind::Main => Stage::Voting,
        PollKind::Evaluation => Stage::Evaluating,
        // They are called by what a vote has left.
        PollKind::RunOff | PollKind::SecondBallot | PollKind::Adoption => {
            return Err(SessionError::NothingFollows);
        }
    };
    let mut change = Change::begin(app, actor, Some(cycle.scope())).await?;
    require_stage(&mut change.tx, cycle, Hold::Shared, &[needed])
        .await
        .map_err(stage_refused)?;
    require_nothing_decided(&mut change.tx, cycle, new.kind).await?;
    let roster = roster(&mut change.tx, cycle.jurisdiction).await?;
    let id = PollId::new(change.at, &app.entropy);
    let poll = Poll {
        roster: roster_sha256(&roster).to_string(),
        id,
        follows: None,
        check_in: id,
        keys_of: id,
        jurisdiction: cycle.jurisdiction,
        cycle: cycle.id,
        kind: new.kind,
        title: titles::poll(new.kind, cycle.year),
        election: Uuid::generate(&mut app.entropy.rng()),
        facts: new.facts,
        state: PollState::Drafted,
        created_at: change.at,
    };
    store::insert_poll(&mut change.tx, &poll)
        .await
        .map_err(poll_taken)?;
    for (position, item) in (0..).zip(&new.items) {
        store::insert_item(&mut change.tx, &poll, position, item).await?;
    }
    change
        .publish(created(&poll, None, &new.items, roster)?)
        .await?;
    change
        .audit(SessionEvent::CreatePoll { poll: poll.id })
        .await?;
    change.commit().await?;
    Ok(poll.id)
}

/// As the record has it; `follows` is the election of the poll that it follows.
pub(super) fn created(
    poll: &Poll,
    follows: Option<&Uuid>,
    items: &[PollItem],
    roster: Vec<RosterDeputy>,
) -> Result<body::PollCreated, DatabaseError> {
    let poll_id = poll.id.to_string();
    let facts = poll.facts.as_deref();
    Ok(body::PollCreated {
        election_uuid: (&poll.election).into(),
        poll_id: body::PollId::new(poll_id).ok_or_else(|| DatabaseError::Column {
            table: "record_bodies",
            column: "poll_id",
            reason: format!("{} is no id of a poll", poll.id),
        })?,
        kind: poll.kind.into(),
        follows: follows.map(Into::into),
        title: text("title", &poll.title)?,
        facts_sha256: facts.map(|hash| sha256("facts_sha256", hash)).transpose()?,
        items: items.iter().map(recorded).collect::<Result<_, _>>()?,
        roster_sha256: roster_sha256(&roster),
        roster,
    })
}

fn recorded(item: &PollItem) -> Result<body::PollItem, DatabaseError> {
    Ok(body::PollItem {
        code: code(&item.code)?,
        title: text("title", &item.title)?,
        unit: item
            .unit
            .as_deref()
            .map(|unit| text("unit", unit))
            .transpose()?,
        budget_fen: item
            .budget
            .map(|money| number("budget_fen", money.fen()))
            .transpose()?,
    })
}

/// No poll of the kind is under way, and no main poll has decided: only then can a poll be called. What a decision leaves is for
/// the polls that follow it.
async fn require_nothing_decided(
    tx: &mut Tx,
    cycle: &Cycle,
    kind: PollKind,
) -> Result<(), SessionError> {
    let polls = store::polls_of_cycle(tx, cycle.jurisdiction, cycle.id).await?;
    let is_running = |poll: &&Poll| poll.kind == kind && !poll.state.name().is_over();
    let has_decided = kind == PollKind::Main && rounds_of(tx, &polls).await?.is_some();
    if has_decided || polls.iter().any(|poll| is_running(&poll)) {
        return Err(SessionError::PollExists);
    }
    Ok(())
}

pub(super) fn poll_taken(error: DatabaseError) -> SessionError {
    if error.refused_by(UniqueKey::PollsOneRunning) {
        SessionError::PollExists
    } else {
        error.into()
    }
}

pub(super) fn stage_refused(error: GuardError) -> SessionError {
    match error {
        GuardError::NotInStage(_) => SessionError::Stage,
        GuardError::Database(error) => error.into(),
    }
}
