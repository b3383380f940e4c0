//! Candidates and the shortlist in the database.

use super::candidate::{Candidate, CandidateFacts, CandidateId, Milestone, Origin};
use super::cluster::ClusterId;
use super::shortlist_state::{Review, Shortlist};
use crate::cycles::Cycle;
use crate::infra::clock::Timestamp;
use crate::infra::database::{DatabaseError, Tx, exactly_one};
use crate::infra::ids::JurisdictionId;
use crate::infra::money::Money;
use crate::on_either;
use crate::proposals::ProposalId;
use std::collections::HashMap;
use time::Date;
use time::format_description::well_known::Iso8601;
use tracing::instrument;

#[derive(sqlx::FromRow)]
struct CandidateRow {
    id: CandidateId,
    code: String,
    title: String,
    summary: String,
    unit: String,
    lead: String,
    goal: String,
    budget: Money,
    funding: String,
    location: String,
}

#[derive(sqlx::FromRow)]
struct MilestoneRow {
    candidate: CandidateId,
    quarter: i32,
    due: String,
    text: String,
    planned_percent: i32,
}

impl TryFrom<MilestoneRow> for Milestone {
    type Error = DatabaseError;

    fn try_from(row: MilestoneRow) -> Result<Self, DatabaseError> {
        Ok(Self {
            quarter: row.quarter,
            due: parse_date("candidate_milestones", "due", &row.due)?,
            text: row.text,
            planned_percent: row.planned_percent,
        })
    }
}

fn parse_date(
    table: &'static str,
    column: &'static str,
    text: &str,
) -> Result<Date, DatabaseError> {
    Date::parse(text, &Iso8601::DATE).map_err(|error| DatabaseError::Column {
        table,
        column,
        reason: format!("{text}: {error}"),
    })
}

/// The cycle's candidates by code, whether the list is published yet or not.
#[instrument(level = "debug", skip_all)]
pub async fn candidates(tx: &mut Tx, cycle: &Cycle) -> Result<Vec<Candidate>, DatabaseError> {
    let rows: Vec<CandidateRow> = on_either!(tx, conn => sqlx::query_as(
        "SELECT id, code, title, summary, unit, lead, goal, budget, funding, location FROM candidates \
         WHERE jurisdiction = $1 AND cycle = $2 ORDER BY code",
    ).bind(cycle.jurisdiction).bind(cycle.id).fetch_all(&mut *conn).await?);
    let milestones: Vec<MilestoneRow> = on_either!(tx, conn => sqlx::query_as(
        "SELECT candidate_milestones.candidate, quarter, due, text, planned_percent FROM candidate_milestones \
         JOIN candidates ON candidates.jurisdiction = candidate_milestones.jurisdiction \
             AND candidates.id = candidate_milestones.candidate \
         WHERE candidates.jurisdiction = $1 AND candidates.cycle = $2 ORDER BY candidate, position",
    ).bind(cycle.jurisdiction).bind(cycle.id).fetch_all(&mut *conn).await?);
    let origins: Vec<(CandidateId, ProposalId, i32)> = on_either!(tx, conn => sqlx::query_as(
        "SELECT candidate_clusters.candidate, proposals.id, proposals.number FROM candidate_clusters \
         JOIN candidates ON candidates.jurisdiction = candidate_clusters.jurisdiction \
             AND candidates.id = candidate_clusters.candidate \
         JOIN cluster_members ON cluster_members.jurisdiction = candidate_clusters.jurisdiction \
             AND cluster_members.cluster = candidate_clusters.cluster \
         JOIN proposals ON proposals.jurisdiction = cluster_members.jurisdiction \
             AND proposals.id = cluster_members.proposal \
         WHERE candidates.jurisdiction = $1 AND candidates.cycle = $2 ORDER BY proposals.number",
    ).bind(cycle.jurisdiction).bind(cycle.id).fetch_all(&mut *conn).await?);
    let mut milestones_of: HashMap<CandidateId, Vec<Milestone>> = HashMap::new();
    for row in milestones {
        milestones_of
            .entry(row.candidate)
            .or_default()
            .push(row.try_into()?);
    }
    let mut districts_of = districts_of(tx, cycle).await?;
    let mut proposals_of: HashMap<CandidateId, Vec<Origin>> = HashMap::new();
    for (candidate, id, number) in origins {
        let origin = Origin { id, number };
        proposals_of.entry(candidate).or_default().push(origin);
    }
    Ok(rows
        .into_iter()
        .map(|row| Candidate {
            id: row.id,
            proposals: proposals_of.remove(&row.id).unwrap_or_default(),
            facts: CandidateFacts {
                milestones: milestones_of.remove(&row.id).unwrap_or_default(),
                code: row.code,
                title: row.title,
                summary: row.summary,
                unit: row.unit,
                lead: row.lead,
                goal: row.goal,
                budget: row.budget,
                funding: row.funding,
                location: row.location,
                districts: districts_of.remove(&row.id).unwrap_or_default(),
            },
        })
        .collect())
}

async fn districts_of(
    tx: &mut Tx,
    cycle: &Cycle,
) -> Result<HashMap<CandidateId, Vec<String>>, DatabaseError> {
    let rows: Vec<(CandidateId, String)> = on_either!(tx, conn => sqlx::query_as(
        "SELECT candidate_districts.candidate, district FROM candidate_districts \
         JOIN candidates ON candidates.jurisdiction = candidate_districts.jurisdiction \
             AND candidates.id = candidate_districts.candidate \
         WHERE candidates.jurisdiction = $1 AND candidates.cycle = $2 ORDER BY candidate, position",
    ).bind(cycle.jurisdiction).bind(cycle.id).fetch_all(&mut *conn).await?);
    let mut found: HashMap<CandidateId, Vec<String>> = HashMap::new();
    for (candidate, district) in rows {
        found.entry(candidate).or_default().push(district);
    }
    Ok(found)
}

/// Adds a candidate with its districts and milestones. A code that is taken is refused by `candidates_code`.
#[instrument(level = "debug", skip_all)]
pub async fn insert(
    tx: &mut Tx,
    cycle: &Cycle,
    id: CandidateId,
    facts: &CandidateFacts,
) -> Result<(), DatabaseError> {
    on_either!(tx, conn => sqlx::query(
        "INSERT INTO candidates (jurisdiction, id, cycle, code, title, summary, unit, lead, goal, budget, \
         funding, location) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    ).bind(cycle.jurisdiction).bind(id).bind(cycle.id).bind(&facts.code).bind(&facts.title)
     .bind(&facts.summary).bind(&facts.unit).bind(&facts.lead).bind(&facts.goal).bind(facts.budget)
     .bind(&facts.funding).bind(&facts.location)
     .execute(&mut *conn).await?.rows_affected());
    insert_districts(tx, cycle.jurisdiction, id, &facts.districts).await?;
    insert_milestones(tx, cycle.jurisdiction, id, &facts.milestones).await
}

/// Replaces a candidate's facts, districts and milestones.
#[instrument(level = "debug", skip_all)]
pub async fn replace(
    tx: &mut Tx,
    cycle: &Cycle,
    id: CandidateId,
    facts: &CandidateFacts,
) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "UPDATE candidates SET code = $4, title = $5, summary = $6, unit = $7, lead = $8, goal = $9, \
         budget = $10, funding = $11, location = $12 WHERE jurisdiction = $1 AND cycle = $2 AND id = $3",
    ).bind(cycle.jurisdiction).bind(cycle.id).bind(id).bind(&facts.code).bind(&facts.title)
     .bind(&facts.summary).bind(&facts.unit).bind(&facts.lead).bind(&facts.goal).bind(facts.budget)
     .bind(&facts.funding).bind(&facts.location)
     .execute(&mut *conn).await?.rows_affected());
    exactly_one("UPDATE candidates", touched)?;
    delete_districts(tx, cycle.jurisdiction, id).await?;
    insert_districts(tx, cycle.jurisdiction, id, &facts.districts).await?;
    delete_milestones(tx, cycle.jurisdiction, id).await?;
    insert_milestones(tx, cycle.jurisdiction, id, &facts.milestones).await
}

/// Takes a candidate off a list that is not published yet.
#[instrument(level = "debug", skip_all)]
pub async fn delete(tx: &mut Tx, cycle: &Cycle, id: CandidateId) -> Result<(), DatabaseError> {
    delete_districts(tx, cycle.jurisdiction, id).await?;
    delete_milestones(tx, cycle.jurisdiction, id).await?;
    on_either!(tx, conn => sqlx::query(
        "DELETE FROM candidate_clusters WHERE jurisdiction = $1 AND candidate = $2",
    ).bind(cycle.jurisdiction).bind(id).execute(&mut *conn).await?.rows_affected());
    let touched = on_either!(tx, conn => sqlx::query(
        "DELETE FROM candidates WHERE jurisdiction = $1 AND cycle = $2 AND id = $3",
    ).bind(cycle.jurisdiction).bind(cycle.id).bind(id).execute(&mut *conn).await?.rows_affected());
    exactly_one("DELETE FROM candidates", touched)
}

/// Notes that a candidate grew from a cluster; noting it again changes nothing.
#[instrument(level = "debug", skip_all)]
pub async fn link_cluster(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    candidate: CandidateId,
    cluster: ClusterId,
) -> Result<(), DatabaseError> {
    on_either!(tx, conn => sqlx::query(
        "INSERT INTO candidate_clusters (jurisdiction, candidate, cluster) VALUES ($1, $2, $3) \
         ON CONFLICT DO NOTHING",
    ).bind(jurisdiction).bind(candidate).bind(cluster).execute(&mut *conn).await?.rows_affected());
    Ok(())
}

async fn delete_districts(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    candidate: CandidateId,
) -> Result<(), DatabaseError> {
    on_either!(tx, conn => sqlx::query(
        "DELETE FROM candidate_districts WHERE jurisdiction = $1 AND candidate = $2",
    ).bind(jurisdiction).bind(candidate).execute(&mut *conn).await?.rows_affected());
    Ok(())
}

async fn insert_districts(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    candidate: CandidateId,
    districts: &[String],
) -> Result<(), DatabaseError> {
    for (position, district) in (0_i32..).zip(districts) {
        on_either!(tx, conn => sqlx::query(
            "INSERT INTO candidate_districts (jurisdiction, candidate, position, district) \
             VALUES ($1, $2, $3, $4)",
        ).bind(jurisdiction).bind(candidate).bind(position).bind(district)
         .execute(&mut *conn).await?.rows_affected());
    }
    Ok(())
}

async fn delete_milestones(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    candidate: CandidateId,
) -> Result<(), DatabaseError> {
    on_either!(tx, conn => sqlx::query(
        "DELETE FROM candidate_milestones WHERE jurisdiction = $1 AND candidate = $2",
    ).bind(jurisdiction).bind(candidate).execute(&mut *conn).await?.rows_affected());
    Ok(())
}

async fn insert_milestones(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    candidate: CandidateId,
    milestones: &[Milestone],
) -> Result<(), DatabaseError> {
    for (position, milestone) in (0_i32..).zip(milestones) {
        on_either!(tx, conn => sqlx::query(
            "INSERT INTO candidate_milestones (jurisdiction, candidate, position, quarter, due, text, \
             planned_percent) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        ).bind(jurisdiction).bind(candidate).bind(position).bind(milestone.quarter)
         .bind(milestone.due.to_string()).bind(&milestone.text).bind(milestone.planned_percent)
         .execute(&mut *conn).await?.rows_affected());
    }
    Ok(())
}

/// How far the cycle's shortlist has come.
#[instrument(level = "debug", skip_all)]
pub async fn shortlist(tx: &mut Tx, cycle: &Cycle) -> Result<Shortlist, DatabaseError> {
    let row: Option<(String, String, Option<Timestamp>, Option<String>)> = on_either!(tx, conn =>
        sqlx::query_as(
            "SELECT reviewed_on, document, published_at, facts_sha256 FROM shortlists \
             WHERE jurisdiction = $1 AND cycle = $2",
        ).bind(cycle.jurisdiction).bind(cycle.id).fetch_optional(&mut *conn).await?);
    let Some((on, document, published_at, facts_sha256)) = row else {
        return Ok(Shortlist::Drafting);
    };
    let review = Review {
        on: parse_date("shortlists", "reviewed_on", &on)?,
        document,
    };
    Ok(match (published_at, facts_sha256) {
        (Some(at), Some(facts_sha256)) => Shortlist::Published {
            review,
            at,
            facts_sha256,
        },
        _ => Shortlist::Reviewed(review),
    })
}

/// Writes how far the list has come. A published one never goes back, nor changes when it was published.
#[instrument(level = "debug", skip_all)]
pub async fn save_shortlist(
    tx: &mut Tx,
    cycle: &Cycle,
    next: &Shortlist,
) -> Result<(), DatabaseError> {
    let (review, published_at, facts_sha256) = match next {
        Shortlist::Drafting => return forget_review(tx, cycle).await,
        Shortlist::Reviewed(review) => (review, None, None),
        Shortlist::Published {
            review,
            at,
            facts_sha256,
        } => (review, Some(*at), Some(facts_sha256.as_str())),
    };
    let touched = on_either!(tx, conn => sqlx::query(
        "INSERT INTO shortlists (jurisdiction, cycle, reviewed_on, document, published_at, facts_sha256) \
         VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (jurisdiction, cycle) DO UPDATE SET reviewed_on = excluded.reviewed_on, \
         document = excluded.document, published_at = excluded.published_at, facts_sha256 = excluded.facts_sha256 \
         WHERE shortlists.published_at IS NULL OR shortlists.published_at = excluded.published_at",
    ).bind(cycle.jurisdiction).bind(cycle.id).bind(review.on.to_string()).bind(&review.document)
     .bind(published_at).bind(facts_sha256)
     .execute(&mut *conn).await?.rows_affected());
    exactly_one("INSERT INTO shortlists", touched)
}

/// What is being drafted has no row.
async fn forget_review(tx: &mut Tx, cycle: &Cycle) -> Result<(), DatabaseError> {
    on_either!(tx, conn => sqlx::query(
        "DELETE FROM shortlists WHERE jurisdiction = $1 AND cycle = $2 AND published_at IS NULL",
    ).bind(cycle.jurisdiction).bind(cycle.id).execute(&mut *conn).await.map(drop)?);
    Ok(())
}
