//! Verdicts, rework orders and ratings in the database.

use super::types::{ProjectVerdict, Rank, Rating, Rework, Stars, VerdictLevel};
use crate::cycles::Cycle;
use crate::infra::clock::Timestamp;
use crate::infra::database::{DatabaseError, Tx, exactly_one};
use crate::infra::ids::{AccountId, JurisdictionId};
use crate::on_either;
use crate::projects::ProjectId;
use std::collections::HashMap;
use tally::evaluation::Ratings;
use tally::rules::LevelId;
use time::Date;
use time::format_description::well_known::Iso8601;
use tracing::instrument;
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct VerdictRow {
    project: ProjectId,
    poll: Uuid,
    unanswered: i32,
    base: i32,
    verdict: Option<String>,
    announced_at: Timestamp,
    announced_on: String,
}

impl VerdictRow {
    fn verdict(self, levels: Vec<VerdictLevel>) -> Result<ProjectVerdict, DatabaseError> {
        const TABLE: &str = "project_verdicts";
        Ok(ProjectVerdict {
            project: self.project,
            poll: self.poll,
            levels,
            unanswered: count(TABLE, "unanswered", self.unanswered)?,
            base: count(TABLE, "base", self.base)?,
            verdict: self
                .verdict
                .map(|id| level_id(TABLE, "verdict", id))
                .transpose()?,
            announced_at: self.announced_at,
            announced_on: day(TABLE, "announced_on", &self.announced_on)?,
        })
    }
}

#[derive(sqlx::FromRow)]
struct LevelRow {
    project: ProjectId,
    poll: Uuid,
    level: String,
    label: String,
    rank: Option<Rank>,
    votes: i32,
    needed: Option<i32>,
}

impl LevelRow {
    fn level(self) -> Result<VerdictLevel, DatabaseError> {
        const TABLE: &str = "project_verdict_levels";
        Ok(VerdictLevel {
            id: level_id(TABLE, "level", self.level)?,
            label: self.label,
            rank: self.rank,
            votes: count(TABLE, "votes", self.votes)?,
            needed: self
                .needed
                .map(|needed| count(TABLE, "needed", needed))
                .transpose()?,
        })
    }
}

fn count(table: &'static str, column: &'static str, value: i32) -> Result<u64, DatabaseError> {
    u64::try_from(value).map_err(|error| broken(table, column, &error))
}

/// A count as the database holds it.
fn stored(table: &'static str, column: &'static str, value: u64) -> Result<i32, DatabaseError> {
    i32::try_from(value).map_err(|error| broken(table, column, &error))
}

fn level_id(
    table: &'static str,
    column: &'static str,
    text: String,
) -> Result<LevelId, DatabaseError> {
    LevelId::try_from(text).map_err(|error| broken(table, column, &error))
}

fn broken(
    table: &'static str,
    column: &'static str,
    reason: &dyn std::fmt::Display,
) -> DatabaseError {
    DatabaseError::Column {
        table,
        column,
        reason: reason.to_string(),
    }
}

fn day(table: &'static str, column: &'static str, text: &str) -> Result<Date, DatabaseError> {
    Date::parse(text, &Iso8601::DATE).map_err(|error| broken(table, column, &error))
}

/// The verdicts on a cycle's projects, the newest first.
#[instrument(level = "debug", skip_all)]
pub async fn verdicts(tx: &mut Tx, cycle: &Cycle) -> Result<Vec<ProjectVerdict>, DatabaseError> {
    let rows: Vec<VerdictRow> = on_either!(tx, conn => sqlx::query_as(
        "SELECT project, poll, unanswered, base, verdict, announced_at, announced_on FROM project_verdicts \
         JOIN projects ON projects.jurisdiction = project_verdicts.jurisdiction \
             AND projects.id = project_verdicts.project \
         WHERE projects.jurisdiction = $1 AND projects.cycle = $2 ORDER BY announced_at DESC, projects.code",
    ).bind(cycle.jurisdiction).bind(cycle.id).fetch_all(&mut *conn).await?);
    let mut levels = levels(tx, cycle).await?;
    rows.into_iter()
        .map(|row| {
            let own = levels.remove(&(row.project, row.poll));
            row.verdict(own.unwrap_or_default())
        })
        .collect()
}

/// The levels of a cycle's verdicts, by project and poll.
async fn levels(
    tx: &mut Tx,
    cycle: &Cycle,
) -> Result<HashMap<(ProjectId, Uuid), Vec<VerdictLevel>>, DatabaseError> {
    let rows: Vec<LevelRow> = on_either!(tx, conn => sqlx::query_as(
        "SELECT project, poll, level, label, rank, votes, needed FROM project_verdict_levels \
         JOIN projects ON projects.jurisdiction = project_verdict_levels.jurisdiction \
             AND projects.id = project_verdict_levels.project \
         WHERE projects.jurisdiction = $1 AND projects.cycle = $2 ORDER BY position",
    ).bind(cycle.jurisdiction).bind(cycle.id).fetch_all(&mut *conn).await?);
    let mut levels: HashMap<_, Vec<VerdictLevel>> = HashMap::new();
    for row in rows {
        let of = levels.entry((row.project, row.poll)).or_default();
        of.push(row.level()?);
    }
    Ok(levels)
}

/// Adds a verdict. A second one of the same poll violates `project_verdicts_once`.
#[instrument(level = "debug", skip_all)]
pub async fn insert_verdict(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    new: &ProjectVerdict,
) -> Result<(), DatabaseError> {
    const TABLE: &str = "project_verdicts";
    let unanswered = stored(TABLE, "unanswered", new.unanswered)?;
    let base = stored(TABLE, "base", new.base)?;
    let touched = on_either!(tx, conn => sqlx::query(
        "INSERT INTO project_verdicts (jurisdiction, project, poll, unanswered, base, verdict, announced_at, \
         announced_on) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    ).bind(jurisdiction).bind(new.project).bind(new.poll).bind(unanswered).bind(base)
     .bind(new.verdict.as_ref().map(LevelId::as_str)).bind(new.announced_at)
     .bind(new.announced_on.to_string()).execute(&mut *conn).await?.rows_affected());
    exactly_one("INSERT INTO project_verdicts", touched)?;
    for (position, level) in (0..).zip(&new.levels) {
        insert_level(tx, jurisdiction, new, position, level).await?;
    }
    Ok(())
}

async fn insert_level(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    of: &ProjectVerdict,
    position: i32,
    level: &VerdictLevel,
) -> Result<(), DatabaseError> {
    const TABLE: &str = "project_verdict_levels";
    let votes = stored(TABLE, "votes", level.votes)?;
    let needed = level
        .needed
        .map(|needed| stored(TABLE, "needed", needed))
        .transpose()?;
    let touched = on_either!(tx, conn => sqlx::query(
        "INSERT INTO project_verdict_levels (jurisdiction, project, poll, position, level, label, rank, votes, \
         needed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    ).bind(jurisdiction).bind(of.project).bind(of.poll).bind(position).bind(level.id.as_str())
     .bind(&level.label).bind(level.rank).bind(votes).bind(needed)
     .execute(&mut *conn).await?.rows_affected());
    exactly_one("INSERT INTO project_verdict_levels", touched)
}

#[derive(sqlx::FromRow)]
struct ReworkRow {
    project: ProjectId,
    poll: Uuid,
    ordered_on: String,
    due: String,
    answer: Option<String>,
    answered_on: Option<String>,
}

/// The rework orders on a cycle's projects, the newest first.
#[instrument(level = "debug", skip_all)]
pub async fn reworks(tx: &mut Tx, cycle: &Cycle) -> Result<Vec<Rework>, DatabaseError> {
    let rows: Vec<ReworkRow> = on_either!(tx, conn => sqlx::query_as(
        "SELECT project, poll, ordered_on, due, answer, answered_on FROM rework_orders \
         JOIN projects ON projects.jurisdiction = rework_orders.jurisdiction AND projects.id = rework_orders.project \
         WHERE projects.jurisdiction = $1 AND projects.cycle = $2 ORDER BY ordered_on DESC, projects.code",
    ).bind(cycle.jurisdiction).bind(cycle.id).fetch_all(&mut *conn).await?);
    rows.into_iter()
        .map(|row| {
            let answered_on = row.answered_on.as_deref();
            let answered_on = answered_on
                .map(|text| day("rework_orders", "answered_on", text))
                .transpose()?;
            Ok(Rework {
                project: row.project,
                poll: row.poll,
                ordered_on: day("rework_orders", "ordered_on", &row.ordered_on)?,
                due: day("rework_orders", "due", &row.due)?,
                answer: row.answer.zip(answered_on),
            })
        })
        .collect()
}

/// Adds a rework order.
#[instrument(level = "debug", skip_all)]
pub async fn insert_rework(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    new: &Rework,
) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "INSERT INTO rework_orders (jurisdiction, project, poll, ordered_on, due) VALUES ($1, $2, $3, $4, $5)",
    ).bind(jurisdiction).bind(new.project).bind(new.poll).bind(new.ordered_on.to_string())
     .bind(new.due.to_string()).execute(&mut *conn).await?.rows_affected());
    exactly_one("INSERT INTO rework_orders", touched)
}

/// Enters what the unit did; fails if it had answered.
#[instrument(level = "debug", skip_all)]
pub async fn answer_rework(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    rework: &Rework,
    answer: &str,
    on: Date,
) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "UPDATE rework_orders SET answer = $4, answered_on = $5 \
         WHERE jurisdiction = $1 AND project = $2 AND poll = $3 AND answer IS NULL",
    ).bind(jurisdiction).bind(rework.project).bind(rework.poll).bind(answer).bind(on.to_string())
     .execute(&mut *conn).await?.rows_affected());
    exactly_one("UPDATE rework_orders SET answer", touched)
}

/// A resident's rating: the first, or in place of the one that was made at `seen`. Whether it was kept: where another one
/// stands meanwhile, it is not.
#[instrument(level = "debug", skip_all)]
pub async fn put_rating(
    tx: &mut Tx,
    (jurisdiction, project, account): (JurisdictionId, ProjectId, AccountId),
    rating: &Rating,
    seen: Option<Timestamp>,
    at: Timestamp,
) -> Result<bool, DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "INSERT INTO project_ratings (jurisdiction, project, account, stars, comment, made_at) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (jurisdiction, project, account) \
         DO UPDATE SET stars = excluded.stars, comment = excluded.comment, made_at = excluded.made_at \
         WHERE project_ratings.made_at = $7",
    ).bind(jurisdiction).bind(project).bind(account).bind(rating.stars).bind(&rating.comment).bind(at).bind(seen)
     .execute(&mut *conn).await?.rows_affected());
    Ok(touched == 1)
}

/// A resident's own rating, and when it was made.
#[instrument(level = "debug", skip_all)]
pub async fn rating_of(
    tx: &mut Tx,
    (jurisdiction, project, account): (JurisdictionId, ProjectId, AccountId),
) -> Result<Option<(Rating, Timestamp)>, DatabaseError> {
    let row: Option<(Stars, String, Timestamp)> = on_either!(tx, conn => sqlx::query_as(
        "SELECT stars, comment, made_at FROM project_ratings \
         WHERE jurisdiction = $1 AND project = $2 AND account = $3",
    ).bind(jurisdiction).bind(project).bind(account).fetch_optional(&mut *conn).await?);
    Ok(row.map(|(stars, comment, at)| (Rating { stars, comment }, at)))
}

/// The ratings of a cycle's projects. What of them may be shown, [`Ratings::summary`] says.
#[instrument(level = "debug", skip_all)]
pub async fn ratings(
    tx: &mut Tx,
    cycle: &Cycle,
) -> Result<HashMap<ProjectId, Ratings>, DatabaseError> {
    let rows: Vec<(ProjectId, i32, i64)> = on_either!(tx, conn => sqlx::query_as(
        "SELECT project, stars, COUNT(*) FROM project_ratings \
         JOIN projects ON projects.jurisdiction = project_ratings.jurisdiction \
             AND projects.id = project_ratings.project \
         WHERE projects.jurisdiction = $1 AND projects.cycle = $2 GROUP BY project, stars",
    ).bind(cycle.jurisdiction).bind(cycle.id).fetch_all(&mut *conn).await?);
    let mut counts: HashMap<ProjectId, [u64; 5]> = HashMap::new();
    for (project, stars, count) in rows {
        let slot = usize::try_from(stars - 1)
            .ok()
            .and_then(|index| counts.entry(project).or_default().get_mut(index));
        if let Some(slot) = slot {
            *slot = u64::try_from(count).unwrap_or(0);
        }
    }
    Ok(counts
        .into_iter()
        .map(|(project, counts)| (project, Ratings::new(counts)))
        .collect())
}

/// What residents say of a project, newest first, under no name. Only to be shown where the ratings are.
#[instrument(level = "debug", skip_all)]
pub async fn comments(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    project: ProjectId,
) -> Result<Vec<Rating>, DatabaseError> {
    let rows: Vec<(Stars, String)> = on_either!(tx, conn => sqlx::query_as(
        "SELECT stars, comment FROM project_ratings WHERE jurisdiction = $1 AND project = $2 AND comment <> '' \
         ORDER BY made_at DESC LIMIT 50",
    ).bind(jurisdiction).bind(project).fetch_all(&mut *conn).await?);
    Ok(rows
        .into_iter()
        .map(|(stars, comment)| Rating { stars, comment })
        .collect())
}
