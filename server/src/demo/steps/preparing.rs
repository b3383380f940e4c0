//! From the end of collecting to the session.

use super::{DemoStep, Now, a_while_later, move_to, set_clock};
use crate::demo::audit::DemoEvent;
use crate::demo::content::{Content, DemoCandidate, DemoProposal};
use crate::demo::error::DemoError;
use crate::demo::people::account_of;
use domain::closed_loop::{ConditionKind, conditions};
use domain::cycles::Stage;
use domain::cycles::settings::DeclineReasonCode;
use domain::infra::app::App;
use domain::infra::clock::Timestamp;
use domain::infra::database::Tx;
use domain::infra::ids::AccountId;
use domain::infra::money::Money;
use domain::people::store as people_store;
use domain::proposals::{self, ProposalId, store as proposal_store};
use domain::record::change::{Actor, Change};
use domain::screening::{
    self, CandidateFacts, CandidateId, Case, Chosen, ClusterId, Milestone, NewComment, NewDecision,
    Outcome, Review, Shortlist, shortlist,
};
use std::collections::HashMap;
use time::macros::datetime;

pub(crate) async fn end_collecting(app: &App, now: &Now) -> Result<(), DemoError> {
    set_clock(app, datetime!(2025-09-20 18:00 +8));
    move_to(app, now, Stage::Screening).await.map(|_| ())
}

/// What is still to be done before the public sees the list, whoever did the rest.
pub(crate) async fn next_of_screening(app: &App, now: &Now) -> Result<DemoStep, DemoError> {
    let mut tx = app.database.read().await?;
    let next = conditions(&mut tx, &now.cycle, Stage::Shortlisted)
        .await
        .map_err(DemoError::from)?;
    let is_left = next.iter().any(|condition| {
        let kinds = [
            ConditionKind::IntakeDecided,
            ConditionKind::ProposalsScreened,
        ];
        kinds.contains(&condition.kind) && !condition.is_met()
    });
    if is_left {
        return Ok(DemoStep::Screen);
    }
    let is_held = screening::clusters(&mut tx, &now.cycle)
        .await?
        .into_iter()
        .filter_map(|cluster| cluster.decision)
        .any(|decision| decision.published_at.is_none());
    if is_held {
        return Ok(DemoStep::PublishDecisions);
    }
    // A visitor may have entered the review of a list that has nothing on it.
    let is_empty = screening::candidates(&mut tx, &now.cycle).await?.is_empty();
    Ok(match shortlist(&mut tx, &now.cycle).await? {
        Shortlist::Drafting => DemoStep::Compose,
        Shortlist::Reviewed(_) if is_empty => DemoStep::Compose,
        Shortlist::Reviewed(_) | Shortlist::Published { .. } => DemoStep::PublishShortlist,
    })
}

/// The content's proposals that nobody has clustered or decided yet.
async fn waiting<'c>(
    tx: &mut Tx,
    now: &Now,
    content: &'c Content,
) -> Result<HashMap<&'c str, ProposalId>, DemoError> {
    let mut ids: HashMap<String, ProposalId> = screening::unclustered(tx, &now.cycle)
        .await?
        .into_iter()
        .map(|(id, _, title, _)| (title, id))
        .collect();
    Ok(content
        .proposals
        .iter()
        .filter_map(|proposal| Some((proposal.key.as_str(), ids.remove(&proposal.title)?)))
        .collect())
}

/// Clusters what was merged and decides every cluster.
pub(crate) async fn screen(app: &App, now: &Now, content: &Content) -> Result<(), DemoError> {
    set_clock(app, datetime!(2025-11-14 10:00 +8));
    let mut tx = app.database.read().await?;
    let office = office(app, &mut tx, content).await?;
    let ids = waiting(&mut tx, now, content).await?;
    drop(tx);
    for proposal in &content.proposals {
        // What a visitor has clustered is decided by the visitor.
        let Some(lead) = ids.get(proposal.key.as_str()) else {
            continue;
        };
        if proposal.screening.decision == "merged" {
            continue;
        }
        let mut members = vec![*lead];
        for merged in &content.proposals {
            if merged.screening.merged_into.as_ref() == Some(&proposal.key) {
                members.extend(ids.get(merged.key.as_str()));
            }
        }
        screen_together(app, now, content, (office, proposal), &members).await?;
    }
    // Duplicates of what a visitor has clustered are answered as it would have been, each by itself.
    let mut tx = app.database.read().await?;
    let left = waiting(&mut tx, now, content).await?;
    drop(tx);
    for proposal in &content.proposals {
        let Some(id) = left.get(proposal.key.as_str()) else {
            continue;
        };
        let into = proposal.screening.merged_into.as_ref();
        let lead = content.proposals.iter().find(|one| Some(&one.key) == into);
        let answered = (office, lead.unwrap_or(proposal));
        screen_together(app, now, content, answered, &[*id]).await?;
    }
    answer_the_rest(app, now, content, office).await
}

/// What visitors proposed, or put together and did not decide, is answered as well: the year waits for every proposal.
async fn answer_the_rest(
    app: &App,
    now: &Now,
    content: &Content,
    office: AccountId,
) -> Result<(), DemoError> {
    let cycle = &now.cycle;
    let mut tx = app.database.read().await?;
    let submitted = proposal_store::submitted(&mut tx, cycle).await?;
    drop(tx);
    for proposal in submitted {
        proposals::accept(app, Actor::System, cycle, proposal.id).await?;
    }
    let mut tx = app.database.read().await?;
    let cases = screening::cases(&mut tx, cycle).await?;
    drop(tx);
    let reason = content
        .proposals
        .iter()
        .find_map(|proposal| proposal.screening.reason_code.as_deref())
        .and_then(DeclineReasonCode::new)
        .ok_or_else(|| DemoError::Unfit("no proposal is declined".to_owned()))?;
    let left: Vec<Chosen> = cases
        .iter()
        .filter(|one| one.decision.is_none())
        .map(as_seen)
        .collect();
    if left.is_empty() {
        return Ok(());
    }
    let decision = NewDecision {
        by: office,
        outcome: Outcome::Declined { reason },
        explanation: "演示自动答复：已登记，供下一年度研究。",
    };
    Ok(screening::decide(app, Actor::System, cycle, &left, &decision).await?)
}

fn as_seen(case: &Case) -> Chosen {
    Chosen {
        proposal: case.id,
        seen: case.seen(),
    }
}

/// Clusters these, and answers them as the content answers `proposal`.
async fn screen_together(
    app: &App,
    now: &Now,
    content: &Content,
    (office, proposal): (AccountId, &DemoProposal),
    members: &[ProposalId],
) -> Result<(), DemoError> {
    let cycle = &now.cycle;
    screening::cluster(app, Actor::System, cycle, members).await?;
    let decision = NewDecision {
        by: office,
        outcome: outcome(proposal, content)?,
        explanation: &proposal.screening.answer,
    };
    let mut tx = app.database.read().await?;
    let lead = members.first().copied();
    let together = match lead {
        Some(lead) => screening::case(&mut tx, cycle, lead).await?,
        None => None,
    };
    drop(tx);
    let on: Vec<Chosen> = together.iter().map(as_seen).collect();
    Ok(screening::decide(app, Actor::System, cycle, &on, &decision).await?)
}

pub(crate) async fn publish_decisions(app: &App, now: &Now) -> Result<(), DemoError> {
    a_while_later(app, 24 * 60);
    screening::publish_decisions(app, Actor::System, &now.cycle).await?;
    Ok(())
}

fn outcome(proposal: &DemoProposal, content: &Content) -> Result<Outcome, DemoError> {
    let unfit = || DemoError::Unfit(format!("{}: screening", proposal.key));
    if let Some(code) = &proposal.screening.reason_code {
        return Ok(Outcome::Declined {
            reason: DeclineReasonCode::new(code.as_str()).ok_or_else(unfit)?,
        });
    }
    let candidate = content
        .candidates
        .iter()
        .find(|candidate| Some(&candidate.id) == proposal.candidate.as_ref())
        .ok_or_else(unfit)?;
    Ok(Outcome::Feasible {
        unit: candidate.responsible_unit.clone(),
        budget: proposal
            .budget_wan
            .map_or(Money::from_wan(candidate.budget_wan), Money::from_wan),
        funding: candidate.funding_source.clone(),
    })
}

async fn office(app: &App, tx: &mut Tx, content: &Content) -> Result<AccountId, DemoError> {
    let office = content
        .people
        .office
        .first()
        .ok_or_else(|| DemoError::Unfit("no office".to_owned()))?;
    account_of(app, tx, &office.email).await
}

/// Puts the candidates on the list and enters the review.
pub(crate) async fn compose(app: &App, now: &Now, content: &Content) -> Result<(), DemoError> {
    let review = &content.comments.review;
    set_clock(
        app,
        review
            .reviewed_on
            .midnight()
            .assume_offset(app.config.zone()),
    );
    let mut tx = app.database.read().await?;
    let clusters = clusters_by_candidate(&mut tx, now, content).await?;
    let listed = screening::candidates(&mut tx, &now.cycle).await?;
    let state = shortlist(&mut tx, &now.cycle).await?;
    drop(tx);
    for candidate in &content.candidates {
        // A visitor may have begun the list.
        if !listed.iter().any(|one| one.facts.code == candidate.id) {
            let cluster = clusters.get(&candidate.id).copied();
            let facts = facts(candidate);
            shortlist::add(app, Actor::System, &now.cycle, &facts, cluster).await?;
        }
    }
    let reviewed = Review {
        on: review.reviewed_on,
        document: review.document.clone(),
    };
    if state == Shortlist::Drafting {
        shortlist::review(app, Actor::System, &now.cycle, &reviewed).await?;
    }
    Ok(())
}

/// Publishes the list, unless a visitor has, and moves on.
pub(crate) async fn publish_shortlist(app: &App, now: &Now) -> Result<(), DemoError> {
    a_while_later(app, 24 * 60);
    let mut tx = app.database.read().await?;
    let state = shortlist(&mut tx, &now.cycle).await?;
    drop(tx);
    if !state.is_published() {
        shortlist::publish(app, Actor::System, &now.cycle).await?;
    }
    move_to(app, now, Stage::Shortlisted).await.map(|_| ())
}

/// The cluster with the most members for each candidate.
async fn clusters_by_candidate(
    tx: &mut Tx,
    now: &Now,
    content: &Content,
) -> Result<HashMap<String, ClusterId>, DemoError> {
    let titles: HashMap<&str, &str> = content
        .proposals
        .iter()
        .filter_map(|proposal| Some((proposal.title.as_str(), proposal.candidate.as_deref()?)))
        .collect();
    let mut clusters = screening::clusters(tx, &now.cycle).await?;
    clusters.sort_by_key(|cluster| cluster.members.len());
    Ok(clusters
        .iter()
        .filter_map(|cluster| Some(((*titles.get(cluster.title())?).to_owned(), cluster.id)))
        .collect())
}

fn facts(candidate: &DemoCandidate) -> CandidateFacts {
    CandidateFacts {
        code: candidate.id.clone(),
        title: candidate.title.clone(),
        summary: format!("{}\n\n{}", candidate.summary, candidate.feasibility),
        unit: candidate.responsible_unit.clone(),
        lead: candidate.lead.clone(),
        goal: candidate.goal.clone(),
        budget: Money::from_wan(candidate.budget_wan),
        funding: candidate.funding_source.clone(),
        location: candidate.location.clone(),
        districts: candidate.districts.clone(),
        milestones: (1..)
            .zip(&candidate.milestones)
            .map(|(quarter, milestone)| Milestone {
                quarter,
                due: milestone.due,
                text: milestone.text.clone(),
                planned_percent: i32::from(milestone.planned_percent),
            })
            .collect(),
    }
}

pub(crate) async fn comment(app: &App, now: &Now, content: &Content) -> Result<(), DemoError> {
    let cycle = &now.cycle;
    let mut tx = app.database.read().await?;
    let candidates: HashMap<String, CandidateId> = screening::candidates(&mut tx, cycle)
        .await?
        .into_iter()
        .map(|candidate| (candidate.facts.code, candidate.id))
        .collect();
    drop(tx);
    let published = app.clock.now();
    for (number, comment) in (0_i64..).zip(&content.comments.comments) {
        app.clock.set(published.plus_seconds(number * 7 * 3600));
        let mut change = Change::begin(app, Actor::System, Some(cycle.scope())).await?;
        let at = change.at;
        let author = AccountId::new(at, &app.entropy);
        people_store::insert_account(&mut change.tx, author, &comment.display_name, None, at)
            .await?;
        change
            .audit(DemoEvent::Enrol {
                jurisdiction: cycle.jurisdiction,
            })
            .await?;
        change.commit().await?;
        let token = format!("demo-comment-{number}");
        let new = NewComment {
            candidate: comment
                .candidate
                .as_ref()
                .and_then(|code| candidates.get(code))
                .copied(),
            display_name: &comment.display_name,
            text: &comment.text,
            form_token: &token,
        };
        let (actor, adopted) = (Actor::System, comment.adopted);
        let id = shortlist::comment(app, actor, cycle, author, &new).await?;
        shortlist::answer(app, actor, cycle, id, adopted, &comment.answer).await?;
    }
    let end: Timestamp = published.plus_days(content.comments.comment_days);
    app.clock.set(end.max(app.clock.now()));
    Ok(())
}

pub(crate) async fn call_session(app: &App, now: &Now) -> Result<(), DemoError> {
    set_clock(app, datetime!(2026-01-22 08:30 +8));
    move_to(app, now, Stage::Voting).await.map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demo_s_candidates_have_a_place_in_the_record() {
        let content = Content::load().unwrap();
        for candidate in &content.candidates {
            facts(candidate).recorded().unwrap();
        }
    }
}
