//! What the office does with the shortlist: compose, review, publish, amend, answer comments.

use super::audit::ShortlistEvent;
use super::candidate::{Candidate, CandidateFacts, CandidateId};
use super::candidate_store as store;
use super::cluster::ClusterId;
use super::cluster_store;
use super::comment_store::{self, CommentId, NewComment};
use super::error::ShortlistError;
use super::shortlist_state::{Review, ShortlistStateError};
use crate::cycles::{Cycle, Hold, Stage, require_stage};
use crate::infra::app::App;
use crate::infra::database::{DatabaseError, Tx};
use crate::infra::ids::AccountId;
use crate::infra::unique_key::UniqueKey;
use crate::record::change::{Actor, Change};
use crate::record::cycle_name;
use crate::record::values::{code, date, text};
use tally::record::body::{
    self, PublicText, Sha256Hex, ShortlistAmended, ShortlistPublished, facts_sha256,
};
use tracing::instrument;

const COMPOSING: [Stage; 2] = [Stage::Screening, Stage::Shortlisted];

/// Adds a candidate, grown from a cluster or anew.
#[instrument(skip_all, fields(cycle = %cycle.id), err(level = "debug"))]
pub async fn add(
    app: &App,
    actor: Actor,
    cycle: &Cycle,
    facts: &CandidateFacts,
    cluster: Option<ClusterId>,
) -> Result<CandidateId, ShortlistError> {
    let mut change = Change::begin(app, actor, Some(cycle.scope())).await?;
    composing(&mut change, cycle).await?;
    let id = CandidateId::new(change.at, &app.entropy);
    store::insert(&mut change.tx, cycle, id, facts)
        .await
        .map_err(|error| code_taken(error, facts))?;
    if let Some(cluster) = cluster {
        cluster_store::cluster(&mut change.tx, cycle, cluster)
            .await?
            .ok_or(ShortlistError::NoSuchCluster(cluster))?;
        store::link_cluster(&mut change.tx, cycle.jurisdiction, id, cluster).await?;
    }
    change
        .audit(ShortlistEvent::Add {
            candidate: id,
            cluster,
        })
        .await?;
    change.commit().await?;
    Ok(id)
}

/// Changes a candidate. Once the list is published a change needs a reason, and is published at once.
#[instrument(skip_all, fields(cycle = %cycle.id, candidate = %id), err(level = "debug"))]
pub async fn change(
    app: &App,
    actor: Actor,
    cycle: &Cycle,
    id: CandidateId,
    facts: &CandidateFacts,
    seen: &str,
    why: &str,
) -> Result<(), ShortlistError> {
    let mut change = Change::begin(app, actor, Some(cycle.scope())).await?;
    require_stage(&mut change.tx, cycle, Hold::Alone, &COMPOSING).await?;
    let before = find(&mut change, cycle, id).await?;
    // The same press again, or nothing was changed: there is nothing to amend.
    if before.facts == *facts {
        return Ok(());
    }
    if before.facts.version() != seen {
        return Err(ShortlistError::Stale(id));
    }
    let list = store::shortlist(&mut change.tx, cycle).await?;
    let published = list.is_published();
    let why = PublicText::cleaned(why);
    if published && why.is_none() {
        return Err(ShortlistStateError::Published.into());
    }
    store::replace(&mut change.tx, cycle, id, facts)
        .await
        .map_err(|error| code_taken(error, facts))?;
    if !published {
        store::save_shortlist(&mut change.tx, cycle, &list.recompose()?).await?;
    } else if let Some(reason) = why {
        let candidates = store::candidates(&mut change.tx, cycle).await?;
        let (facts_sha256, candidates) = recorded(&candidates)?;
        let next = list.amend(facts_sha256.to_string())?;
        store::save_shortlist(&mut change.tx, cycle, &next).await?;
        let was_renamed = before.facts.code != facts.code;
        let amended = ShortlistAmended {
            code: code(&facts.code)?,
            former_code: was_renamed.then(|| code(&before.facts.code)).transpose()?,
            reason,
            facts_sha256,
            candidates,
        };
        change.publish(amended).await?;
    }
    change
        .audit(ShortlistEvent::Change {
            candidate: id,
            published,
        })
        .await?;
    change.commit().await?;
    Ok(())
}

/// Takes a candidate off a list that is not published yet.
#[instrument(skip_all, fields(cycle = %cycle.id, candidate = %id), err(level = "debug"))]
pub async fn remove(
    app: &App,
    actor: Actor,
    cycle: &Cycle,
    id: CandidateId,
) -> Result<(), ShortlistError> {
    let mut change = Change::begin(app, actor, Some(cycle.scope())).await?;
    composing(&mut change, cycle).await?;
    find(&mut change, cycle, id).await?;
    store::delete(&mut change.tx, cycle, id).await?;
    change
        .audit(ShortlistEvent::Remove { candidate: id })
        .await?;
    change.commit().await?;
    Ok(())
}

/// Enters the party committee's review: its day and its document.
#[instrument(skip_all, fields(cycle = %cycle.id), err(level = "debug"))]
pub async fn review(
    app: &App,
    actor: Actor,
    cycle: &Cycle,
    review: &Review,
) -> Result<(), ShortlistError> {
    let mut change = Change::begin(app, actor, Some(cycle.scope())).await?;
    require_stage(&mut change.tx, cycle, Hold::Alone, &COMPOSING).await?;
    let list = store::shortlist(&mut change.tx, cycle).await?;
    store::save_shortlist(&mut change.tx, cycle, &list.review(review.clone())?).await?;
    change
        .audit(ShortlistEvent::Review {
            cycle: cycle.id,
            on: review.on,
        })
        .await?;
    change.commit().await?;
    Ok(())
}

/// Publishes the candidates with all their facts. Answers with the facts' hash.
#[instrument(skip_all, fields(cycle = %cycle.id), err(level = "debug"))]
pub async fn publish(app: &App, actor: Actor, cycle: &Cycle) -> Result<String, ShortlistError> {
    let mut change = Change::begin(app, actor, Some(cycle.scope())).await?;
    require_stage(&mut change.tx, cycle, Hold::Alone, &COMPOSING).await?;
    let list = store::shortlist(&mut change.tx, cycle).await?;
    let candidates = store::candidates(&mut change.tx, cycle).await?;
    let (facts_sha256, candidates) = recorded(&candidates)?;
    let hash = facts_sha256.to_string();
    let next = list.publish(change.at, hash.clone())?;
    let review = next.entered().ok_or(ShortlistStateError::NotReviewed)?;
    if candidates.is_empty() {
        return Err(ShortlistError::Empty);
    }
    store::save_shortlist(&mut change.tx, cycle, &next).await?;
    let event = ShortlistEvent::Publish {
        cycle: cycle.id,
        candidates: candidates.len(),
        facts_sha256: facts_sha256.clone(),
    };
    let published = ShortlistPublished {
        cycle: cycle_name(&mut change.tx, cycle.scope()).await?,
        reviewed_on: date("reviewed_on", review.on)?,
        review_document: text("review_document", &review.document)?,
        facts_sha256,
        candidates,
    };
    change.publish(published).await?;
    change.audit(event).await?;
    change.commit().await?;
    Ok(hash)
}

/// A person comments on a candidate, or on the whole list. The same form sent again answers with the same
/// comment.
#[instrument(skip_all, fields(cycle = %cycle.id), err(level = "debug"))]
pub async fn comment(
    app: &App,
    actor: Actor,
    cycle: &Cycle,
    author: AccountId,
    new: &NewComment<'_>,
) -> Result<CommentId, ShortlistError> {
    let mut change = Change::begin(app, actor, Some(cycle.scope())).await?;
    require_stage(&mut change.tx, cycle, Hold::Shared, &[Stage::Shortlisted]).await?;
    let list = store::shortlist(&mut change.tx, cycle).await?;
    list.require_published()?;
    if let Some(candidate) = new.candidate {
        find(&mut change, cycle, candidate).await?;
    }
    let wanted = CommentId::new(change.at, &app.entropy);
    let (tx, at) = (&mut change.tx, change.at);
    let id = comment_store::insert(tx, cycle, wanted, author, new, at).await?;
    let made = comment_store::find_alone(&mut change.tx, cycle, id).await?;
    if made.is_some_and(|made| made.text != new.text || made.candidate != new.candidate) {
        return Err(ShortlistError::SentOtherwise(id));
    }
    change
        .audit(ShortlistEvent::Comment { comment: id })
        .await?;
    change.commit().await?;
    Ok(id)
}

/// The office answers a comment: adopted, or not and why.
#[instrument(skip_all, fields(cycle = %cycle.id, comment = %id), err(level = "debug"))]
pub async fn answer(
    app: &App,
    actor: Actor,
    cycle: &Cycle,
    id: CommentId,
    adopted: bool,
    text: &str,
) -> Result<(), ShortlistError> {
    let mut change = Change::begin(app, actor, Some(cycle.scope())).await?;
    let stages = [Stage::Shortlisted, Stage::Voting];
    require_stage(&mut change.tx, cycle, Hold::Shared, &stages).await?;
    let found = comment_store::find_alone(&mut change.tx, cycle, id)
        .await?
        .ok_or(ShortlistError::NoSuchComment(id))?;
    if let Some(present) = found.answer {
        return if (present.adopted, present.text.as_str()) == (adopted, text) {
            Ok(())
        } else {
            Err(ShortlistError::Answered(id))
        };
    }
    comment_store::set_answer(&mut change.tx, cycle, id, adopted, text, change.at).await?;
    change
        .audit(ShortlistEvent::Answer {
            comment: id,
            adopted,
        })
        .await?;
    change.commit().await?;
    Ok(())
}

/// Begins to change what no public has seen yet; a review of what it was holds no longer.
async fn composing(change: &mut Change<'_>, cycle: &Cycle) -> Result<(), ShortlistError> {
    require_stage(&mut change.tx, cycle, Hold::Alone, &COMPOSING).await?;
    let list = store::shortlist(&mut change.tx, cycle).await?;
    store::save_shortlist(&mut change.tx, cycle, &list.recompose()?).await?;
    Ok(())
}

async fn find(
    change: &mut Change<'_>,
    cycle: &Cycle,
    id: CandidateId,
) -> Result<Candidate, ShortlistError> {
    store::candidates(&mut change.tx, cycle)
        .await?
        .into_iter()
        .find(|candidate| candidate.id == id)
        .ok_or(ShortlistError::NoSuchCandidate(id))
}

fn code_taken(error: DatabaseError, facts: &CandidateFacts) -> ShortlistError {
    if error.refused_by(UniqueKey::CandidatesCode) {
        ShortlistError::CodeTaken(facts.code.clone())
    } else {
        error.into()
    }
}

/// The candidates, where the shortlist is published.
#[instrument(skip_all, fields(cycle = %cycle.id), err(level = "debug"))]
pub async fn published(
    tx: &mut Tx,
    cycle: &Cycle,
) -> Result<Option<Vec<Candidate>>, DatabaseError> {
    if store::shortlist(tx, cycle).await?.is_published() {
        store::candidates(tx, cycle).await.map(Some)
    } else {
        Ok(None)
    }
}

/// The candidates as the record has them, and the hash of their facts.
fn recorded(candidates: &[Candidate]) -> Result<(Sha256Hex, Vec<body::Candidate>), DatabaseError> {
    let recorded: Vec<body::Candidate> = candidates
        .iter()
        .map(Candidate::recorded)
        .collect::<Result<_, _>>()?;
    let hash = facts_sha256(recorded.iter().map(|one| &one.facts));
    Ok((hash, recorded))
}
