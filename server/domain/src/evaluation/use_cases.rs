//! What is done in an evaluation: verdicts and their consequences, residents' ratings.

use super::error::EvaluationError;
use super::store;
use super::types::{ProjectVerdict, REWORK_DAYS, Rating, Rework, verdict_name};
use crate::cycles::Cycle;
use crate::infra::app::App;
use crate::infra::database::{DatabaseError, Tx};
use crate::infra::ids::{AccountId, CycleId, JurisdictionId};
use crate::infra::unique_key::UniqueKey;
use crate::projects::{Project, may_act_for, require_running, store as project_store, today};
use crate::record::EntryKind;
use crate::record::change::{Actor, Change};
use crate::session::store::polls_of_cycle;
use crate::session::{self, NewPoll, Outcome, Poll, PollId, PollItem, PollKind, outcome};
use serde_json::json;
use tally::evaluation::{Evaluation, EvaluationOutcome, ItemVerdict, Verdict};
use time::Duration;
use uuid::Uuid;

/// The longest comment and the longest answer, in characters.
pub const COMMENT_CHARACTERS: usize = 500;
/// The longest answer to a rework order, in characters.
pub const ANSWER_CHARACTERS: usize = 2000;

/// Enters the verdicts of an announced evaluation poll: each is published, and 不满意 orders a rework. Belongs into
/// the act of the announcement, or one after it. An item that is no project of the cycle has no consequences here,
/// and does not keep the rest from having theirs.
pub async fn apply_verdicts(
    app: &App,
    change: &mut Change<'_>,
    cycle: (JurisdictionId, CycleId),
    poll: Uuid,
    evaluation: &Evaluation,
) -> Result<(), EvaluationError> {
    let projects = project_store::projects_of(&mut change.tx, cycle.0, cycle.1).await?;
    for item in &evaluation.items {
        let code = item.id.to_string();
        if let Some(project) = projects.iter().find(|project| project.plan.code == code) {
            apply(app, change, project, poll, item).await?;
        }
    }
    change
        .audit(
            "evaluation.verdicts",
            poll,
            json!({ "projects": evaluation.items.len() }),
        )
        .await?;
    Ok(())
}

async fn apply(
    app: &App,
    change: &mut Change<'_>,
    project: &Project,
    poll: Uuid,
    item: &ItemVerdict,
) -> Result<(), EvaluationError> {
    let code = &project.plan.code;
    let verdict = ProjectVerdict {
        project: project.id,
        poll,
        levels: item.levels,
        base: item.base,
        needed: item.needed,
        verdict: item.verdict,
        announced_at: change.at,
        announced_on: today(app),
    };
    match store::insert_verdict(&mut change.tx, project.jurisdiction, &verdict).await {
        Err(error) if error.refused_by(UniqueKey::ProjectVerdictsOnce) => {
            return Err(EvaluationError::Applied);
        }
        other => other?,
    }
    change.publish_about(
        EntryKind::EvaluationVerdict,
        code,
        &json!({
            "code": code, "poll": poll, "levels": item.levels, "base": item.base, "needed": item.needed,
            "verdict": verdict_name(item.verdict),
        }),
    )
    .await?;
    if item.verdict != Verdict::Unsatisfied {
        return Ok(());
    }
    let rework = Rework {
        project: project.id,
        poll,
        ordered_on: verdict.announced_on,
        due: verdict.announced_on + Duration::days(REWORK_DAYS),
        answer: None,
    };
    store::insert_rework(&mut change.tx, project.jurisdiction, &rework).await?;
    change.publish_about(
        EntryKind::ReworkOrdered,
        code,
        &json!({ "code": code, "poll": poll, "unit": project.plan.unit.name, "due": rework.due.to_string() }),
    )
    .await?;
    Ok(())
}

/// Enters the verdicts of the cycle's announced evaluation polls that have not been entered yet. Again, it changes
/// nothing. Who may is the route's to say.
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
        if let Some(Outcome::Evaluation {
            verdicts: EvaluationOutcome::Judged(evaluation),
        }) = outcome(&mut change.tx, &poll).await?
        {
            apply_verdicts(
                app,
                &mut change,
                (cycle.jurisdiction, cycle.id),
                id,
                &evaluation,
            )
            .await?;
            found = true;
        }
    }
    if found {
        change.commit().await?;
    }
    Ok(())
}

/// The cycle's evaluation polls, oldest first.
pub async fn polls(tx: &mut Tx, cycle: &Cycle) -> Result<Vec<Poll>, DatabaseError> {
    let mut polls = polls_of_cycle(tx, cycle.jurisdiction, cycle.id).await?;
    polls.retain(|poll| poll.kind == PollKind::Evaluation);
    Ok(polls)
}

/// The office makes the evaluation poll of the cycle's projects: one question a project.
pub async fn create_poll(
    app: &App,
    actor: Actor,
    cycle: &Cycle,
    title: String,
) -> Result<PollId, EvaluationError> {
    let mut tx = app.database.read().await?;
    let items = project_store::projects(&mut tx, cycle)
        .await?
        .into_iter()
        .map(|project| PollItem {
            note: format!(
                "{} · {} 万元",
                project.plan.unit.name,
                project.plan.budget.wan()
            ),
            code: project.plan.code,
            title: project.plan.title,
            source: Some(project.id.uuid()),
        })
        .collect();
    drop(tx);
    let new = NewPoll {
        kind: PollKind::Evaluation,
        title,
        items,
        facts: None,
    };
    Ok(session::create(app, actor, cycle, new).await?)
}

/// The unit says what it did about the rework order.
pub async fn answer_rework(
    app: &App,
    actor: Actor,
    cycle: &Cycle,
    key: &str,
    answer: &str,
) -> Result<(), EvaluationError> {
    let mut change = Change::begin(app, actor, Some(cycle.scope())).await?;
    let project = running(&mut change.tx, cycle, key).await?;
    if !may_act_for(&mut change.tx, actor, &project).await? {
        return Err(EvaluationError::NotYourUnit);
    }
    let answer = checked("rework_answer", answer, 1, ANSWER_CHARACTERS)?;
    let rework = store::reworks(&mut change.tx, cycle)
        .await?
        .into_iter()
        .find(|rework| rework.project == project.id && rework.answer.is_none())
        .ok_or(EvaluationError::NoRework)?;
    let (code, day) = (&project.plan.code, today(app));
    store::answer_rework(&mut change.tx, project.jurisdiction, &rework, &answer, day).await?;
    change
        .publish_about(
            EntryKind::ReworkAnswered,
            code,
            &json!({ "code": code, "poll": rework.poll, "answer": answer, "on": day.to_string() }),
        )
        .await?;
    change.audit("evaluation.rework", code, json!({})).await?;
    Ok(change.commit().await?)
}

/// A resident rates a delivered project, or changes the rating. That the account is a resident's is the route's
/// to say.
pub async fn rate(
    app: &App,
    account: AccountId,
    cycle: &Cycle,
    key: &str,
    rating: &Rating,
) -> Result<(), EvaluationError> {
    let mut change = Change::begin(app, Actor::Account(account), Some(cycle.scope())).await?;
    let project = running(&mut change.tx, cycle, key).await?;
    if project.state.delivered_on().is_none() {
        return Err(EvaluationError::NotDelivered);
    }
    let rating = Rating {
        stars: rating.stars,
        comment: checked("rating_comment", &rating.comment, 0, COMMENT_CHARACTERS)?,
    };
    let at = change.at;
    store::put_rating(
        &mut change.tx,
        project.jurisdiction,
        project.id,
        account,
        &rating,
        at,
    )
    .await?;
    // Neither stars nor words: the trail says that somebody rated, the rating itself can be changed.
    change
        .audit("evaluation.rate", &project.plan.code, json!({}))
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

fn checked(
    field: &'static str,
    text: &str,
    least: usize,
    most: usize,
) -> Result<String, EvaluationError> {
    let text = text.trim();
    if (least..=most).contains(&text.chars().count()) {
        Ok(text.to_owned())
    } else {
        Err(EvaluationError::Text(field))
    }
}
