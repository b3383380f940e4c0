//! From the end of collecting to the session.

use super::{Now, a_while_later, move_to, set_clock};
use crate::app::App;
use crate::cycles::{Cycle, Stage};
use crate::demo::content::{Content, DemoCandidate, DemoProposal};
use crate::demo::error::DemoError;
use crate::demo::people::account_of;
use crate::infra::act::{Act, Actor};
use crate::infra::clock::Timestamp;
use crate::infra::ids::AccountId;
use crate::infra::money::Money;
use crate::people::store as people_store;
use crate::proposals::{ProposalId, Reason};
use crate::screening::{
    self, CandidateFacts, CandidateId, ClusterId, Comment, CommentId, Milestone, Outcome, Review,
    shortlist,
};
use std::collections::HashMap;
use time::macros::datetime;

pub async fn end_collecting(app: &App, now: &Now) -> Result<(), DemoError> {
    set_clock(app, datetime!(2025-09-20 18:00 +8));
    move_to(app, now, Stage::Screening).await.map(|_| ())
}

/// Clusters what was merged, decides every cluster and publishes all decisions together.
pub async fn screen(app: &App, now: &Now, content: &Content) -> Result<(), DemoError> {
    set_clock(app, datetime!(2025-11-14 10:00 +8));
    let cycle = &now.cycle;
    let mut act = Act::begin(app, Actor::System, Some(cycle.place())).await?;
    let office = office(app, &mut act, content).await?;
    let ids: HashMap<String, ProposalId> = screening::unclustered(&mut act.tx, cycle)
        .await?
        .into_iter()
        .map(|(id, _, title, _)| (title, id))
        .collect();
    let id_of = |proposal: &DemoProposal| {
        ids.get(&proposal.title)
            .copied()
            .ok_or_else(|| DemoError::Unfit(format!("proposal {} is gone", proposal.key)))
    };
    for proposal in content
        .proposals
        .iter()
        .filter(|proposal| proposal.screening.decision != "merged")
    {
        let mut members = vec![id_of(proposal)?];
        for merged in &content.proposals {
            if merged.screening.merged_into.as_ref() == Some(&proposal.key) {
                members.push(id_of(merged)?);
            }
        }
        let cluster = screening::cluster(app, &mut act, cycle, &members).await?;
        let outcome = outcome(proposal, content)?;
        screening::decide(
            &mut act,
            cycle,
            cluster,
            office,
            outcome,
            &proposal.screening.answer,
        )
        .await?;
    }
    screening::publish_decisions(&mut act, cycle).await?;
    act.commit().await?;
    Ok(())
}

fn outcome(proposal: &DemoProposal, content: &Content) -> Result<Outcome, DemoError> {
    let unfit = || DemoError::Unfit(format!("{}: screening", proposal.key));
    if let Some(code) = &proposal.screening.reason_code {
        return Ok(Outcome::Declined {
            reason: Reason::find(code).ok_or_else(unfit)?,
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

async fn office(app: &App, act: &mut Act<'_>, content: &Content) -> Result<AccountId, DemoError> {
    let office = content
        .people
        .office
        .first()
        .ok_or_else(|| DemoError::Unfit("no office".to_owned()))?;
    account_of(app, &mut act.tx, &office.email).await
}

/// Reviews and publishes the candidates; then the public's comments come in, each with its answer.
pub async fn publish_shortlist(app: &App, now: &Now, content: &Content) -> Result<(), DemoError> {
    let review = &content.comments.review;
    set_clock(
        app,
        review
            .reviewed_on
            .midnight()
            .assume_offset(app.config.zone()),
    );
    let mut act = Act::begin(app, Actor::System, Some(now.cycle.place())).await?;
    let clusters = clusters_by_candidate(&mut act, now, content).await?;
    let mut candidates = HashMap::new();
    for candidate in &content.candidates {
        let cluster = clusters.get(&candidate.id).copied();
        let id = shortlist::add(app, &mut act, &now.cycle, &facts(candidate), cluster).await?;
        candidates.insert(candidate.id.clone(), id);
    }
    let reviewed = Review {
        on: review.reviewed_on,
        document: review.document.clone(),
    };
    shortlist::review(&mut act, &now.cycle, &reviewed).await?;
    shortlist::publish(&mut act, &now.cycle).await?;
    act.commit().await?;
    a_while_later(app, 24 * 60);
    let cycle = move_to(app, now, Stage::Shortlisted).await?;
    comments(app, &cycle, content, &candidates).await
}

/// The cluster with the most members for each candidate.
async fn clusters_by_candidate(
    act: &mut Act<'_>,
    now: &Now,
    content: &Content,
) -> Result<HashMap<String, ClusterId>, DemoError> {
    let titles: HashMap<&str, &str> = content
        .proposals
        .iter()
        .filter_map(|proposal| Some((proposal.title.as_str(), proposal.candidate.as_deref()?)))
        .collect();
    let mut clusters = screening::clusters(&mut act.tx, &now.cycle).await?;
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

async fn comments(
    app: &App,
    cycle: &Cycle,
    content: &Content,
    candidates: &HashMap<String, CandidateId>,
) -> Result<(), DemoError> {
    let published = app.clock.now();
    for (number, comment) in (0_i64..).zip(&content.comments.comments) {
        app.clock.set(published.plus_seconds(number * 7 * 3600));
        let mut act = Act::begin(app, Actor::System, Some(cycle.place())).await?;
        let at = act.at;
        let author = AccountId::new(at, &app.chance);
        people_store::insert_account(&mut act.tx, author, &comment.display_name, at).await?;
        let new = Comment {
            id: CommentId::new(at, &app.chance),
            candidate: comment
                .candidate
                .as_ref()
                .and_then(|code| candidates.get(code))
                .copied(),
            display_name: comment.display_name.clone(),
            text: comment.text.clone(),
            made_at: at,
            answer: None,
        };
        let token = format!("demo-comment-{number}");
        let id = shortlist::comment(&mut act, cycle, author, &new, &token).await?;
        shortlist::answer(&mut act, cycle, id, comment.adopted, &comment.answer).await?;
        act.commit().await?;
    }
    let end: Timestamp = published.plus_days(content.comments.comment_days);
    app.clock.set(end);
    Ok(())
}

pub async fn call_session(app: &App, now: &Now) -> Result<(), DemoError> {
    set_clock(app, datetime!(2026-01-22 08:30 +8));
    move_to(app, now, Stage::Voting).await.map(|_| ())
}
