//! What is done in an evaluation: verdicts and their consequences, residents' ratings.

use super::audit::EvaluationEvent;
use super::error::EvaluationError;
use super::store;
use super::types::{ProjectVerdict, Rank, Rating, Rework, VerdictLevel};
use crate::cycles::{Cycle, Hold, Stage, require_stage, store as cycle_store};
use crate::infra::app::App;
use crate::infra::clock::Timestamp;
use crate::infra::database::{DatabaseError, Tx};
use crate::infra::ids::AccountId;
use crate::infra::unique_key::UniqueKey;
use crate::projects::{Project, may_act_for, require_running, store as project_store, today};
use crate::record::change::{Actor, Change};
use crate::record::values::{code, date, text};
use crate::session::store::polls_of_cycle;
use crate::session::{
    self, NewPoll, Poll, PollId, PollItem, PollKind, PollOutcome, adopted_rule, outcome,
};
use tally::evaluation::{Evaluation, EvaluationOutcome, ItemVerdict};
use tally::record::body::{
    EvaluationVerdict, LevelVotes, PublicText, ReworkAnswered, ReworkOrdered,
};
use tally::rules::{EvaluationRule, LevelId, Rule};
use time::Duration;
use tracing::instrument;

/// The longest comment and the longest answer, in characters.
pub const COMMENT_CHARACTERS: usize = 500;
/// The longest answer to a rework order, in characters.
pub const ANSWER_CHARACTERS: usize = 2000;

/// An evaluation poll that was counted.
#[derive(Debug, Clone, Copy)]
pub struct Judged<'a> {
    /// Which poll.
    pub poll: &'a Poll,
    /// What its rule says of the levels.
    pub rule: &'a EvaluationRule,
    /// What was counted under it.
    pub evaluation: &'a Evaluation,
}

/// Enters the verdicts of an announced evaluation poll: each is published, and the lowest level orders a rework.
/// Belongs into the change that announces, or one after it. An item that is no project of the cycle has no
/// consequences here, and does not keep the rest from having theirs.
#[instrument(skip_all, err(level = "debug"))]
pub async fn apply_verdicts(
    app: &App,
    change: &mut Change<'_>,
    judged: Judged<'_>,
) -> Result<(), EvaluationError> {
    let poll = judged.poll;
    let projects =
        project_store::projects_of(&mut change.tx, poll.jurisdiction, poll.cycle).await?;
    for item in &judged.evaluation.items {
        let code = item.id.to_string();
        if let Some(project) = projects.iter().find(|project| project.plan.code == code) {
            apply(app, change, project, judged, item).await?;
        }
    }
    change
        .audit(EvaluationEvent::Verdicts {
            poll: poll.id,
            projects: judged.evaluation.items.len(),
        })
        .await?;
    Ok(())
}

async fn apply(
    app: &App,
    change: &mut Change<'_>,
    project: &Project,
    judged: Judged<'_>,
    item: &ItemVerdict,
) -> Result<(), EvaluationError> {
    let verdict = ProjectVerdict {
        project: project.id,
        poll: judged.poll.id.uuid(),
        levels: levels(judged.rule, item),
        unanswered: item.unanswered,
        base: item.base,
        verdict: item.verdict.clone(),
        announced_at: change.at,
        announced_on: today(app),
    };
    match store::insert_verdict(&mut change.tx, project.jurisdiction, &verdict).await {
        Err(error) if error.refused_by(UniqueKey::ProjectVerdictsOnce) => {
            return Err(EvaluationError::Applied);
        }
        other => other?,
    }
    change
        .publish(recorded(project, judged.poll, item)?)
        .await?;
    let is_lowest = |id| judged.rule.is_lowest(id);
    if item.verdict.as_ref().is_some_and(is_lowest) {
        order_rework(change, project, judged.poll, &verdict).await?;
    }
    Ok(())
}

/// The counts with what the ballot called their levels.
fn levels(rule: &EvaluationRule, item: &ItemVerdict) -> Vec<VerdictLevel> {
    let label = |id: &LevelId| {
        rule.level(id)
            .map_or_else(|| id.to_string(), |level| level.label.clone())
    };
    item.levels
        .iter()
        .map(|level| VerdictLevel {
            id: level.id.clone(),
            label: label(&level.id),
            rank: Rank::of(rule, &level.id),
            votes: level.votes,
            needed: level.needed,
        })
        .collect()
}

async fn order_rework(
    change: &mut Change<'_>,
    project: &Project,
    poll: &Poll,
    verdict: &ProjectVerdict,
) -> Result<(), EvaluationError> {
    let version = cycle_store::settings(&mut change.tx, project.jurisdiction).await?;
    let days = version.settings.periods.rework_days;
    let rework = Rework {
        project: project.id,
        poll: verdict.poll,
        ordered_on: verdict.announced_on,
        due: verdict.announced_on + Duration::days(days.get().into()),
        answer: None,
    };
    store::insert_rework(&mut change.tx, project.jurisdiction, &rework).await?;
    let ordered = ReworkOrdered {
        code: code(&project.plan.code)?,
        election_uuid: (&poll.election).into(),
        unit: text("unit", &project.plan.unit.name)?,
        due: date("due", rework.due)?,
    };
    change.publish(ordered).await?;
    Ok(())
}

/// The verdict as the record has it.
fn recorded(
    project: &Project,
    poll: &Poll,
    item: &ItemVerdict,
) -> Result<EvaluationVerdict, DatabaseError> {
    let levels = item.levels.iter().map(|level| LevelVotes {
        level: (&level.id).into(),
        votes: level.votes,
        needed: level.needed,
    });
    Ok(EvaluationVerdict {
        code: code(&project.plan.code)?,
        election_uuid: (&poll.election).into(),
        levels: levels.collect(),
        unanswered: item.unanswered,
        base: item.base,
        verdict: item.verdict.as_ref().map(Into::into),
    })
}

/// Enters the verdicts of the cycle's announced evaluation polls that have not been entered yet. Again, it changes
/// nothing. Who may is the route's to say.
#[instrument(skip_all, fields(cycle = %cycle.id), err(level = "debug"))]
pub async fn apply_announced(
    app: &App,
    actor: Actor,
    cycle: &Cycle,
) -> Result<(), EvaluationError> {
    let mut change = Change::begin(app, actor, Some(cycle.scope())).await?;
    let entered = store::verdicts(&mut change.tx, cycle).await?;
    let mut found = false;
    for poll in polls(&mut change.tx, cycle).await? {
        let id = poll.id.uuid();
        if entered.iter().any(|verdict| verdict.poll == id) {
            continue;
        }
        let Some(PollOutcome::Evaluation {
            verdicts: EvaluationOutcome::Judged(evaluation),
        }) = outcome(&mut change.tx, &poll).await?
        else {
            continue;
        };
        let rule = adopted_rule(&mut change.tx, &poll).await?;
        let Some(rule) = rule.as_ref().and_then(Rule::evaluation) else {
            return Err(session::inconsistent(&poll, "verdicts without their rule").into());
        };
        let judged = Judged {
            poll: &poll,
            rule,
            evaluation: &evaluation,
        };
        apply_verdicts(app, &mut change, judged).await?;
        found = true;
    }
    if found {
        change.commit().await?;
    }
    Ok(())
}

/// The cycle's evaluation polls, oldest first.
#[instrument(skip_all, fields(cycle = %cycle.id), err(level = "debug"))]
pub async fn polls(tx: &mut Tx, cycle: &Cycle) -> Result<Vec<Poll>, DatabaseError> {
    let mut polls = polls_of_cycle(tx, cycle.jurisdiction, cycle.id).await?;
    polls.retain(|poll| poll.kind == PollKind::Evaluation);
    Ok(polls)
}

/// The office makes the evaluation poll of the cycle's projects: one question a project.
#[instrument(skip_all, fields(cycle = %cycle.id), err(level = "debug"))]
pub async fn create_poll(
    app: &App,
    actor: Actor,
    cycle: &Cycle,
) -> Result<PollId, EvaluationError> {
    let mut tx = app.database.read().await?;
    let items = project_store::projects(&mut tx, cycle)
        .await?
        .into_iter()
        .map(|project| PollItem {
            unit: Some(project.plan.unit.name),
            budget: Some(project.plan.budget),
            code: project.plan.code,
            title: project.plan.title,
            source: Some(project.id.uuid()),
        })
        .collect();
    drop(tx);
    let new = NewPoll {
        kind: PollKind::Evaluation,
        items,
        facts: None,
    };
    Ok(session::create(app, actor, cycle, new).await?)
}

/// The unit says what it did about the rework order.
#[instrument(skip_all, fields(cycle = %cycle.id), err(level = "debug"))]
pub async fn answer_rework(
    app: &App,
    actor: Actor,
    cycle: &Cycle,
    key: &str,
    answer: &str,
) -> Result<(), EvaluationError> {
    let mut change = Change::begin(app, actor, Some(cycle.scope())).await?;
    let project = project_store::project(&mut change.tx, cycle, key)
        .await?
        .ok_or(EvaluationError::NoSuchProject)?;
    // An order that a cycle was archived with stays in force.
    let stages = [Stage::Implementing, Stage::Evaluating, Stage::Closed];
    require_stage(&mut change.tx, cycle, Hold::Shared, &stages).await?;
    if !may_act_for(&mut change.tx, actor, &project).await? {
        return Err(EvaluationError::NotYourUnit);
    }
    let answer = PublicText::cleaned(answer)
        .filter(|text| text.as_str().chars().count() <= ANSWER_CHARACTERS)
        .ok_or(EvaluationError::Text("rework_answer"))?;
    let of_project: Vec<Rework> = store::reworks(&mut change.tx, cycle)
        .await?
        .into_iter()
        .filter(|rework| rework.project == project.id)
        .collect();
    let said = |rework: &Rework| {
        rework
            .answer
            .as_ref()
            .is_some_and(|(text, _)| text == answer.as_str())
    };
    let Some(rework) = of_project.iter().find(|rework| rework.answer.is_none()) else {
        return if of_project.iter().any(said) {
            Ok(())
        } else {
            Err(EvaluationError::NoRework)
        };
    };
    let day = today(app);
    let (tx, place) = (&mut change.tx, project.jurisdiction);
    store::answer_rework(tx, place, rework, answer.as_str(), day).await?;
    let poll = session::store::poll(tx, place, rework.poll.into())
        .await?
        .ok_or(EvaluationError::NoRework)?;
    let answered = ReworkAnswered {
        code: code(&project.plan.code)?,
        election_uuid: (&poll.election).into(),
        answer,
        answered_on: date("answered_on", day)?,
    };
    change.publish(answered).await?;
    change
        .audit(EvaluationEvent::Rework {
            project: code(&project.plan.code)?,
        })
        .await?;
    Ok(change.commit().await?)
}

/// A resident rates a delivered project, or changes the rating that was made at `seen`; one that was made elsewhere
/// meanwhile is not replaced. The same rating sent again is harmless. That the account is a resident's is the route's to say.
#[instrument(skip_all, fields(cycle = %cycle.id), err(level = "debug"))]
pub async fn rate(
    app: &App,
    account: AccountId,
    cycle: &Cycle,
    key: &str,
    (seen, rating): (Option<Timestamp>, &Rating),
) -> Result<(), EvaluationError> {
    let mut change = Change::begin(app, Actor::Account(account), Some(cycle.scope())).await?;
    let project = running(&mut change.tx, cycle, key).await?;
    if project.state.delivered_on().is_none() {
        return Err(EvaluationError::NotDelivered);
    }
    let rating = Rating {
        stars: rating.stars,
        comment: checked("rating_comment", &rating.comment, COMMENT_CHARACTERS)?,
    };
    let at = change.at;
    let whose = (project.jurisdiction, project.id, account);
    let present = store::rating_of(&mut change.tx, whose).await?;
    if present.is_some_and(|(present, _)| present == rating) {
        return Ok(());
    }
    if !store::put_rating(&mut change.tx, whose, &rating, seen, at).await? {
        return Err(EvaluationError::Stale);
    }
    // Neither stars nor words: the trail says that somebody rated, the rating itself can be changed.
    change
        .audit(EvaluationEvent::Rate {
            project: code(&project.plan.code)?,
        })
        .await?;
    Ok(change.commit().await?)
}

async fn running(tx: &mut Tx, cycle: &Cycle, key: &str) -> Result<Project, EvaluationError> {
    let project = project_store::project(tx, cycle, key)
        .await?
        .ok_or(EvaluationError::NoSuchProject)?;
    require_running(tx, cycle).await?;
    Ok(project)
}

fn checked(field: &'static str, text: &str, most: usize) -> Result<String, EvaluationError> {
    let text = text.trim();
    if text.chars().count() <= most {
        Ok(text.to_owned())
    } else {
        Err(EvaluationError::Text(field))
    }
}
