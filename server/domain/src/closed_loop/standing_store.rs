//! How far cycles have come, in counts: what a step waits for, and what there is to do. One statement, however many cycles and
//! however much in them.

use crate::cycles::Cycle;
use crate::infra::database::{DatabaseError, Tx};
use crate::infra::ids::{AccountId, CycleId};
use crate::on_either;
use std::collections::HashMap;
use tracing::instrument;

/// How far a cycle has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub(super) struct Standing {
    /// Whose counts these are.
    pub cycle: CycleId,
    /// Proposals that the office has neither let in nor declined.
    pub submitted: i64,
    /// Proposals that were let in and stand in no cluster.
    pub unclustered: i64,
    /// Proposals in clusters without a decision.
    pub undecided: i64,
    /// Decisions that are held back.
    pub held: i64,
    /// Shortlists that everybody can read: one or none.
    pub shortlists: i64,
    /// Comments on the shortlist without an answer.
    pub unanswered: i64,
    /// Polls between their adoption and their announcement.
    pub under_way: i64,
    /// Main polls that were neither withdrawn nor void.
    pub votes: i64,
    /// Of these, the announced ones.
    pub votes_announced: i64,
    /// Evaluation polls, likewise.
    pub evaluations: i64,
    /// Of these, the announced ones.
    pub evaluations_announced: i64,
    /// Projects.
    pub projects: i64,
    /// Rework orders without an answer.
    pub open_reworks: i64,
}

const STANDING: &str = "SELECT cycles.id AS cycle, \
     (SELECT COUNT(*) FROM proposals WHERE proposals.jurisdiction = cycles.jurisdiction \
         AND proposals.cycle = cycles.id AND proposals.state = 'submitted') AS submitted, \
     (SELECT COUNT(*) FROM proposals WHERE proposals.jurisdiction = cycles.jurisdiction \
         AND proposals.cycle = cycles.id AND proposals.state = 'accepted' \
         AND NOT EXISTS (SELECT 1 FROM cluster_members \
             WHERE cluster_members.jurisdiction = proposals.jurisdiction \
             AND cluster_members.proposal = proposals.id)) AS unclustered, \
     (SELECT COUNT(*) FROM clusters JOIN cluster_members ON cluster_members.jurisdiction = clusters.jurisdiction \
         AND cluster_members.cluster = clusters.id \
         WHERE clusters.jurisdiction = cycles.jurisdiction AND clusters.cycle = cycles.id \
         AND NOT EXISTS (SELECT 1 FROM screening_decisions \
             WHERE screening_decisions.jurisdiction = clusters.jurisdiction \
             AND screening_decisions.cluster = clusters.id)) AS undecided, \
     (SELECT COUNT(*) FROM clusters JOIN screening_decisions \
         ON screening_decisions.jurisdiction = clusters.jurisdiction AND screening_decisions.cluster = clusters.id \
         WHERE clusters.jurisdiction = cycles.jurisdiction AND clusters.cycle = cycles.id \
         AND screening_decisions.published_at IS NULL) AS held, \
     (SELECT COUNT(*) FROM shortlists WHERE shortlists.jurisdiction = cycles.jurisdiction \
         AND shortlists.cycle = cycles.id AND shortlists.published_at IS NOT NULL) AS shortlists, \
     (SELECT COUNT(*) FROM shortlist_comments WHERE shortlist_comments.jurisdiction = cycles.jurisdiction \
         AND shortlist_comments.cycle = cycles.id AND shortlist_comments.answered_at IS NULL) AS unanswered, \
     (SELECT COUNT(*) FROM polls WHERE polls.jurisdiction = cycles.jurisdiction AND polls.cycle = cycles.id \
         AND polls.state NOT IN ('drafted', 'announced', 'withdrawn', 'voided')) AS under_way, \
     (SELECT COUNT(*) FROM polls WHERE polls.jurisdiction = cycles.jurisdiction AND polls.cycle = cycles.id \
         AND polls.kind = 'main' AND polls.state NOT IN ('withdrawn', 'voided')) AS votes, \
     (SELECT COUNT(*) FROM polls WHERE polls.jurisdiction = cycles.jurisdiction AND polls.cycle = cycles.id \
         AND polls.kind = 'main' AND polls.state = 'announced') AS votes_announced, \
     (SELECT COUNT(*) FROM polls WHERE polls.jurisdiction = cycles.jurisdiction AND polls.cycle = cycles.id \
         AND polls.kind = 'evaluation' AND polls.state NOT IN ('withdrawn', 'voided')) AS evaluations, \
     (SELECT COUNT(*) FROM polls WHERE polls.jurisdiction = cycles.jurisdiction AND polls.cycle = cycles.id \
         AND polls.kind = 'evaluation' AND polls.state = 'announced') AS evaluations_announced, \
     (SELECT COUNT(*) FROM projects WHERE projects.jurisdiction = cycles.jurisdiction \
         AND projects.cycle = cycles.id) AS projects, \
     (SELECT COUNT(*) FROM rework_orders JOIN projects ON projects.jurisdiction = rework_orders.jurisdiction \
         AND projects.id = rework_orders.project \
         WHERE projects.jurisdiction = cycles.jurisdiction AND projects.cycle = cycles.id \
         AND rework_orders.answer IS NULL) AS open_reworks \
     FROM cycles WHERE ";

/// How far this cycle has come.
#[instrument(level = "debug", skip_all)]
pub(super) async fn standing(tx: &mut Tx, cycle: &Cycle) -> Result<Standing, DatabaseError> {
    let sql = format!("{STANDING} cycles.jurisdiction = $1 AND cycles.id = $2");
    Ok(
        on_either!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(cycle.jurisdiction).bind(cycle.id).fetch_one(&mut *conn).await?),
    )
}

/// How far the cycles have come that this account prepares as office or government, archived ones left out.
#[instrument(level = "debug", skip_all)]
pub(super) async fn standings(
    tx: &mut Tx,
    account: AccountId,
) -> Result<HashMap<CycleId, Standing>, DatabaseError> {
    let sql = format!(
        "{STANDING} cycles.stage <> 'closed' AND cycles.jurisdiction IN (SELECT jurisdiction FROM account_roles \
         WHERE account = $1 AND role IN ('office', 'government'))"
    );
    let rows: Vec<Standing> = on_either!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(account).fetch_all(&mut *conn).await?);
    Ok(rows.into_iter().map(|row| (row.cycle, row)).collect())
}
