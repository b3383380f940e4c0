//! What waits for one person, in the database: one statement a question, whatever the number of jurisdictions. None of them
//! asks for a ballot, a roll or a link: who has cast is not known here (promise 4).

use super::{Act, ProjectAct};
use crate::infra::clock::Timestamp;
use crate::infra::database::{DatabaseError, Tx, fitted};
use crate::infra::ids::{AccountId, CycleId, JurisdictionId};
use crate::on_either;
use crate::people::DeputyId;
use crate::projects::Month;
use crate::proposals::ProposalId;
use crate::record::EntryIndex;
use crate::session::{PollId, PollKind, StateName};
use time::Date;
use time::format_description::well_known::Iso8601;
use tracing::instrument;

/// A poll that is not announced, and what this person is in it.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct OwnPoll {
    pub jurisdiction: JurisdictionId,
    pub id: PollId,
    /// The poll at whose check-in its roll was made.
    pub check_in: PollId,
    pub cycle: CycleId,
    pub kind: PollKind,
    pub title: String,
    pub state: StateName,
    /// The deputy in office that the person is there.
    pub deputy: Option<DeputyId>,
    /// The same, once checked in.
    pub present: Option<DeputyId>,
    /// Whether he or she votes on paper.
    pub on_paper: bool,
    /// How many delegations the person heads there: one or none.
    pub heads: i64,
    /// The trustee's number, of a scrutineer of this poll.
    pub seat: Option<i32>,
    /// The scrutineer's public key, once made.
    pub public_key: Option<String>,
    /// Whether the scrutineer's device has approved the election.
    pub approvals: i64,
    /// Whether it has decrypted.
    pub partials: i64,
}

/// The polls of the person's jurisdictions that are not over, or wait for a lot to be confirmed; oldest first.
#[instrument(level = "debug", skip_all)]
pub(super) async fn own_polls(
    tx: &mut Tx,
    account: AccountId,
) -> Result<Vec<OwnPoll>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_as(
        "SELECT polls.jurisdiction, polls.id, polls.check_in, polls.cycle, polls.kind, polls.title, polls.state, \
             deputies.id AS deputy, poll_attendance.deputy AS present, COALESCE(poll_attendance.on_paper, $2) AS on_paper, \
             (SELECT COUNT(*) FROM delegation_heads WHERE delegation_heads.jurisdiction = polls.jurisdiction \
                 AND delegation_heads.deputy = deputies.id) AS heads, \
             poll_scrutineers.number AS seat, poll_scrutineers.public_key, \
             (SELECT COUNT(*) FROM poll_statements WHERE poll_statements.jurisdiction = polls.jurisdiction \
                 AND poll_statements.poll = polls.id AND poll_statements.number = poll_scrutineers.number \
                 AND poll_statements.kind = 'approval') AS approvals, \
             (SELECT COUNT(*) FROM poll_partials WHERE poll_partials.jurisdiction = polls.jurisdiction \
                 AND poll_partials.poll = polls.id AND poll_partials.number = poll_scrutineers.number) AS partials \
         FROM polls \
         LEFT JOIN deputies ON deputies.jurisdiction = polls.jurisdiction AND deputies.account = $1 \
             AND deputies.left_at IS NULL \
         LEFT JOIN poll_attendance ON poll_attendance.jurisdiction = polls.jurisdiction \
             AND poll_attendance.poll = polls.check_in AND poll_attendance.deputy = deputies.id \
         LEFT JOIN poll_scrutineers ON poll_scrutineers.jurisdiction = polls.jurisdiction \
             AND poll_scrutineers.poll = polls.id AND poll_scrutineers.account = $1 \
         WHERE (polls.state NOT IN ('announced', 'withdrawn', 'voided') \
                 OR (EXISTS (SELECT 1 FROM poll_motions WHERE poll_motions.jurisdiction = polls.jurisdiction \
                         AND poll_motions.poll = polls.id AND poll_motions.step = 'lot') \
                     AND NOT EXISTS (SELECT 1 FROM poll_objects WHERE poll_objects.jurisdiction = polls.jurisdiction \
                         AND poll_objects.poll = polls.id AND poll_objects.kind = 'lot'))) \
             AND polls.jurisdiction IN (SELECT jurisdiction FROM account_roles WHERE account = $1) \
         ORDER BY polls.created_at, polls.id",
    ).bind(account).bind(false).fetch_all(&mut *conn).await?))
}

/// The takedowns that others have asked for where the person is administrator, oldest request first.
#[instrument(level = "debug", skip_all)]
pub(super) async fn takedowns(
    tx: &mut Tx,
    account: AccountId,
) -> Result<Vec<EntryIndex>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_scalar(
        "SELECT takedown_requests.position FROM takedown_requests \
         JOIN record_entries ON record_entries.position = takedown_requests.position \
         JOIN account_roles ON account_roles.jurisdiction = record_entries.jurisdiction \
             AND account_roles.account = $1 AND account_roles.role = 'admin' \
         WHERE confirmed_by IS NULL AND asked_by <> $1 ORDER BY asked_at, takedown_requests.position",
    ).bind(account).fetch_all(&mut *conn).await?))
}

/// The proposals that stand for the clusters without a decision that are assigned to the person's units, by cycle and age.
#[instrument(level = "debug", skip_all)]
pub(super) async fn assigned(
    tx: &mut Tx,
    account: AccountId,
) -> Result<Vec<(CycleId, ProposalId)>, DatabaseError> {
    let sql = format!(
        "SELECT clusters.cycle, clusters.lead FROM {OWN_UNITS} \
         JOIN cluster_assignments ON cluster_assignments.jurisdiction = unit_members.jurisdiction \
             AND cluster_assignments.unit = unit_members.unit AND cluster_assignments.number = \
             (SELECT COUNT(*) FROM cluster_assignments AS every_one \
             WHERE every_one.jurisdiction = cluster_assignments.jurisdiction \
             AND every_one.cluster = cluster_assignments.cluster) \
         JOIN clusters ON clusters.jurisdiction = cluster_assignments.jurisdiction \
             AND clusters.id = cluster_assignments.cluster \
         WHERE NOT EXISTS (SELECT 1 FROM screening_decisions \
             WHERE screening_decisions.jurisdiction = clusters.jurisdiction \
             AND screening_decisions.cluster = clusters.id) ORDER BY clusters.cycle, clusters.id"
    );
    Ok(
        on_either!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(account).fetch_all(&mut *conn).await?),
    )
}

/// The units that the person works for, where they hold the role.
const OWN_UNITS: &str = "unit_members JOIN account_roles ON account_roles.jurisdiction = unit_members.jurisdiction \
     AND account_roles.account = unit_members.account AND account_roles.role = 'unit_staff' \
     AND unit_members.account = $1";

/// The projects of these units.
const OF_OWN_UNITS: &str = "JOIN projects ON projects.jurisdiction = unit_members.jurisdiction AND projects.unit = unit_members.unit";

/// A project that waits for somebody.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub(super) struct OwnProject {
    pub cycle: CycleId,
    pub code: String,
    pub title: String,
}

impl OwnProject {
    pub(super) fn act(&self, act: ProjectAct) -> Act {
        Act::OfProject {
            code: self.code.clone(),
            title: self.title.clone(),
            act,
        }
    }
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

#[derive(sqlx::FromRow)]
struct DueRow {
    #[sqlx(flatten)]
    project: OwnProject,
    due: String,
}

impl DueRow {
    fn read(self, table: &'static str) -> Result<(OwnProject, Date), DatabaseError> {
        Ok((self.project, day(table, "due", &self.due)?))
    }
}

/// The rework orders that the person's units have not answered, with their deadlines.
#[instrument(level = "debug", skip_all)]
pub(super) async fn reworks(
    tx: &mut Tx,
    account: AccountId,
) -> Result<Vec<(OwnProject, Date)>, DatabaseError> {
    let sql = format!(
        "SELECT projects.cycle, projects.code, projects.title, MIN(rework_orders.due) AS due \
         FROM {OWN_UNITS} {OF_OWN_UNITS} \
         JOIN rework_orders ON rework_orders.jurisdiction = projects.jurisdiction \
             AND rework_orders.project = projects.id AND rework_orders.answer IS NULL \
         GROUP BY projects.cycle, projects.code, projects.title ORDER BY projects.code"
    );
    let rows: Vec<DueRow> = on_either!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(account).fetch_all(&mut *conn).await?);
    rows.into_iter()
        .map(|row| row.read("rework_orders"))
        .collect()
}

/// The projects of the person's units with a milestone that was to be reached by a day, and was not, with its date.
#[instrument(level = "debug", skip_all)]
pub(super) async fn milestones(
    tx: &mut Tx,
    account: AccountId,
    by: Date,
) -> Result<Vec<(OwnProject, Date)>, DatabaseError> {
    let sql = format!(
        "SELECT projects.cycle, projects.code, projects.title, MIN(project_milestones.due) AS due \
         FROM {OWN_UNITS} {OF_OWN_UNITS} \
         JOIN project_milestones ON project_milestones.jurisdiction = projects.jurisdiction \
             AND project_milestones.project = projects.id AND project_milestones.completed_on IS NULL \
         WHERE projects.state IN ('planned', 'underway') AND project_milestones.due <= $2 \
         GROUP BY projects.cycle, projects.code, projects.title ORDER BY projects.code"
    );
    let rows: Vec<DueRow> = on_either!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(account).bind(by.to_string()).fetch_all(&mut *conn).await?);
    rows.into_iter()
        .map(|row| row.read("project_milestones"))
        .collect()
}

/// From when on a project reports, and until when if it is delivered.
type Times = (Date, Option<Date>);

#[derive(sqlx::FromRow)]
struct MonthRow {
    #[sqlx(flatten)]
    project: OwnProject,
    handed_over_on: String,
    delivered_on: Option<String>,
    month: Option<String>,
}

/// The projects of the person's units that are not accepted, each with the months that have a report.
#[instrument(level = "debug", skip_all)]
pub(super) async fn reported(
    tx: &mut Tx,
    account: AccountId,
) -> Result<Vec<(OwnProject, Times, Vec<Month>)>, DatabaseError> {
    let sql = format!(
        "SELECT projects.cycle, projects.code, projects.title, projects.handed_over_on, projects.delivered_on, \
             project_reports.month FROM {OWN_UNITS} {OF_OWN_UNITS} \
         LEFT JOIN project_reports ON project_reports.jurisdiction = projects.jurisdiction \
             AND project_reports.project = projects.id AND project_reports.version = 1 \
         WHERE projects.state <> 'accepted' ORDER BY projects.cycle, projects.code"
    );
    let rows: Vec<MonthRow> = on_either!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(account).fetch_all(&mut *conn).await?);
    let mut found: Vec<(OwnProject, Times, Vec<Month>)> = Vec::new();
    for row in rows {
        let month = row.month.as_deref().map(str::parse).transpose();
        let month: Option<Month> =
            month.map_err(|error| broken("project_reports", "month", &error))?;
        match found.last_mut() {
            Some((project, _, months)) if *project == row.project => months.extend(month),
            _ => {
                let delivered = row.delivered_on.as_deref();
                let delivered = delivered.map(|on| day("projects", "delivered_on", on));
                let times = (
                    day("projects", "handed_over_on", &row.handed_over_on)?,
                    delivered.transpose()?,
                );
                found.push((row.project, times, month.into_iter().collect()));
            }
        }
    }
    Ok(found)
}

/// What was delivered and not accepted, where the person is of the office.
#[instrument(level = "debug", skip_all)]
pub(super) async fn delivered(
    tx: &mut Tx,
    account: AccountId,
) -> Result<Vec<OwnProject>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_as(
        "SELECT projects.cycle, projects.code, projects.title FROM projects \
         JOIN account_roles ON account_roles.jurisdiction = projects.jurisdiction \
             AND account_roles.account = $1 AND account_roles.role = 'office' \
         WHERE projects.state = 'delivered' ORDER BY projects.code",
    ).bind(account).fetch_all(&mut *conn).await?))
}

/// How many projects of a cycle were delivered that this resident has not rated.
#[instrument(level = "debug", skip_all)]
pub(super) async fn unrated(
    tx: &mut Tx,
    account: AccountId,
) -> Result<Vec<(CycleId, usize)>, DatabaseError> {
    let rows: Vec<(CycleId, i64)> = on_either!(tx, conn => sqlx::query_as(
        "SELECT projects.cycle, COUNT(*) FROM projects \
         JOIN account_roles ON account_roles.jurisdiction = projects.jurisdiction \
             AND account_roles.account = $1 AND account_roles.role = 'resident' \
         WHERE projects.state IN ('delivered', 'accepted') AND NOT EXISTS (SELECT 1 FROM project_ratings \
             WHERE project_ratings.jurisdiction = projects.jurisdiction \
             AND project_ratings.project = projects.id AND project_ratings.account = $1) \
         GROUP BY projects.cycle",
    ).bind(account).fetch_all(&mut *conn).await?);
    counted("projects", rows)
}

/// The person's own proposals that were declined, or whose screening was published, since a moment: the ten newest answers.
#[instrument(level = "debug", skip_all)]
pub(super) async fn answered(
    tx: &mut Tx,
    account: AccountId,
    since: Timestamp,
) -> Result<Vec<(CycleId, ProposalId, String)>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_as(
        "SELECT proposals.cycle, proposals.id, proposals.title FROM proposals \
         LEFT JOIN cluster_members ON cluster_members.jurisdiction = proposals.jurisdiction \
             AND cluster_members.proposal = proposals.id \
         LEFT JOIN screening_decisions ON screening_decisions.jurisdiction = cluster_members.jurisdiction \
             AND screening_decisions.cluster = cluster_members.cluster \
             AND screening_decisions.published_at IS NOT NULL \
         WHERE proposals.jurisdiction IN (SELECT jurisdiction FROM account_roles WHERE account = $1) \
             AND proposals.proposer = $1 AND (screening_decisions.published_at >= $2 \
                 OR (proposals.state = 'declined' AND proposals.decided_at >= $2)) \
         ORDER BY COALESCE(screening_decisions.published_at, proposals.decided_at) DESC, proposals.number LIMIT 10",
    ).bind(account).bind(since).fetch_all(&mut *conn).await?))
}

/// How many of the person's comments on a cycle's shortlist were answered since a moment.
#[instrument(level = "debug", skip_all)]
pub(super) async fn answered_comments(
    tx: &mut Tx,
    account: AccountId,
    since: Timestamp,
) -> Result<Vec<(CycleId, usize)>, DatabaseError> {
    let rows: Vec<(CycleId, i64)> = on_either!(tx, conn => sqlx::query_as(
        "SELECT cycle, COUNT(*) FROM shortlist_comments \
         WHERE jurisdiction IN (SELECT jurisdiction FROM account_roles WHERE account = $1) \
             AND author = $1 AND answered_at >= $2 GROUP BY cycle",
    ).bind(account).bind(since).fetch_all(&mut *conn).await?);
    counted("shortlist_comments", rows)
}

fn counted(
    table: &'static str,
    rows: Vec<(CycleId, i64)>,
) -> Result<Vec<(CycleId, usize)>, DatabaseError> {
    rows.into_iter()
        .map(|(cycle, left)| Ok((cycle, fitted(table, "COUNT(*)", left)?)))
        .collect()
}
