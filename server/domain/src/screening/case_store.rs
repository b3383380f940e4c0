//! The office's queue in the database.

use super::case::Case;
use super::cluster::{ClusterId, Member};
use super::cluster_store::{DECIDED, DecisionRow, WITH_DECISION, cluster_of, members};
use crate::cycles::Cycle;
use crate::cycles::settings::CategoryCode;
use crate::infra::clock::Timestamp;
use crate::infra::database::{DatabaseError, Tx};
use crate::on_either;
use crate::people::{Unit, UnitId};
use crate::proposals::ProposalId;
use crate::proposals::search::{SIMILAR_FROM, SIMILAR_SHOWN, Words};
use std::collections::HashMap;
use tracing::instrument;

/// Among how many free proposals likeness is looked for: every one is compared with each that is shown.
const COMPARED: i64 = 2000;

#[derive(sqlx::FromRow)]
struct CaseRow {
    id: ProposalId,
    number: i32,
    title: String,
    district: Option<String>,
    category: String,
    made_at: Timestamp,
    cluster: Option<ClusterId>,
    supporters: i64,
    pictures: i64,
    #[sqlx(flatten)]
    decision: DecisionRow,
    unit_id: Option<UnitId>,
    unit_name: Option<String>,
}

impl CaseRow {
    fn case(self, members_of: &mut HashMap<ClusterId, Vec<Member>>) -> Result<Case, DatabaseError> {
        let alone = || {
            vec![Member {
                id: self.id,
                number: self.number,
                title: self.title.clone(),
                district: self.district.clone(),
            }]
        };
        let members = match self.cluster {
            Some(cluster) => members_of.remove(&cluster).unwrap_or_default(),
            None => alone(),
        };
        let category = CategoryCode::new(self.category.as_str());
        Ok(Case {
            category: category.ok_or_else(|| DatabaseError::Column {
                table: "proposals",
                column: "category",
                reason: format!("{:?} is no code", self.category),
            })?,
            decision: match self.cluster {
                Some(cluster) => self.decision.decision(cluster)?,
                None => None,
            },
            unit: self
                .unit_id
                .zip(self.unit_name)
                .map(|(id, name)| Unit { id, name }),
            id: self.id,
            number: self.number,
            title: self.title,
            district: self.district,
            made_at: self.made_at,
            cluster: self.cluster,
            members,
            supporters: self.supporters,
            has_picture: self.pictures > 0,
        })
    }
}

/// A person supports a cluster once, however many of its proposals they support.
fn cases_sql(more: &str) -> String {
    format!(
        "SELECT proposals.id, proposals.number, proposals.title, proposals.district, proposals.category, \
         proposals.made_at, clusters.id AS cluster, {DECIDED}, \
         CASE WHEN clusters.id IS NULL THEN proposals.supporters ELSE \
             (SELECT COUNT(DISTINCT supports.account) FROM cluster_members AS together JOIN supports \
             ON supports.jurisdiction = together.jurisdiction AND supports.proposal = together.proposal \
             WHERE together.jurisdiction = clusters.jurisdiction AND together.cluster = clusters.id) \
             END AS supporters, \
         CASE WHEN clusters.id IS NULL THEN CASE WHEN proposals.picture IS NULL THEN 0 ELSE 1 END ELSE \
             (SELECT COUNT(pictured.picture) FROM cluster_members AS together JOIN proposals AS pictured \
             ON pictured.jurisdiction = together.jurisdiction AND pictured.id = together.proposal \
             WHERE together.jurisdiction = clusters.jurisdiction AND together.cluster = clusters.id) \
             END AS pictures \
         FROM proposals LEFT JOIN cluster_members ON cluster_members.jurisdiction = proposals.jurisdiction \
             AND cluster_members.proposal = proposals.id \
         LEFT JOIN clusters ON clusters.jurisdiction = cluster_members.jurisdiction \
             AND clusters.id = cluster_members.cluster {WITH_DECISION} \
         WHERE proposals.jurisdiction = $1 AND proposals.cycle = $2 AND proposals.state = 'accepted' \
             AND (clusters.id IS NULL OR clusters.lead = proposals.id) {more}"
    )
}

/// All that screening has before it, by number.
#[instrument(level = "debug", skip_all)]
pub async fn cases(tx: &mut Tx, cycle: &Cycle) -> Result<Vec<Case>, DatabaseError> {
    let sql = cases_sql("ORDER BY proposals.number");
    let rows: Vec<CaseRow> = on_either!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(cycle.jurisdiction).bind(cycle.id).fetch_all(&mut *conn).await?);
    let mut members_of = members(tx, cycle).await?;
    rows.into_iter()
        .map(|row| row.case(&mut members_of))
        .collect()
}

/// The case that an accepted proposal is in, alone or with others.
#[instrument(level = "debug", skip_all)]
pub async fn case(
    tx: &mut Tx,
    cycle: &Cycle,
    proposal: ProposalId,
) -> Result<Option<Case>, DatabaseError> {
    let cluster = cluster_of(tx, cycle.jurisdiction, proposal).await?;
    let sql = match cluster {
        Some(_) => cases_sql("AND clusters.id = $3"),
        None => cases_sql("AND proposals.id = $3"),
    };
    let id = cluster.map_or_else(|| proposal.uuid(), ClusterId::uuid);
    let row: Option<CaseRow> = on_either!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(cycle.jurisdiction).bind(cycle.id).bind(id).fetch_optional(&mut *conn).await?);
    let mut members_of = match cluster {
        Some(_) => members(tx, cycle).await?,
        None => HashMap::new(),
    };
    row.map(|row| row.case(&mut members_of)).transpose()
}

/// For each of these free proposals the other free ones that are like it, likest first: those that have some. By the measure of
/// [`crate::proposals::search::similar`]; people decide whether they ask for the same.
#[instrument(level = "debug", skip_all)]
pub async fn alike(
    tx: &mut Tx,
    cycle: &Cycle,
    of: &[ProposalId],
) -> Result<HashMap<ProposalId, Vec<ProposalId>>, DatabaseError> {
    if of.is_empty() {
        return Ok(HashMap::new());
    }
    // Free: in no cluster, or alone in one that no unit has and nobody has decided.
    let rows: Vec<(ProposalId, String, String, String)> = on_either!(tx, conn => sqlx::query_as(
        "SELECT id, title, body, place FROM proposals WHERE jurisdiction = $1 AND cycle = $2 AND state = 'accepted' \
         AND NOT EXISTS (SELECT 1 FROM cluster_members AS own WHERE own.jurisdiction = proposals.jurisdiction \
             AND own.proposal = proposals.id AND ( \
             EXISTS (SELECT 1 FROM cluster_members AS other WHERE other.jurisdiction = own.jurisdiction \
                 AND other.cluster = own.cluster AND other.proposal <> own.proposal) \
             OR EXISTS (SELECT 1 FROM cluster_assignments WHERE cluster_assignments.jurisdiction = own.jurisdiction \
                 AND cluster_assignments.cluster = own.cluster) \
             OR EXISTS (SELECT 1 FROM screening_decisions WHERE screening_decisions.jurisdiction = own.jurisdiction \
                 AND screening_decisions.cluster = own.cluster))) \
         ORDER BY number LIMIT $3",
    ).bind(cycle.jurisdiction).bind(cycle.id).bind(COMPARED).fetch_all(&mut *conn).await?);
    let free: Vec<(ProposalId, Words)> = rows
        .iter()
        .map(|(id, title, body, place)| (*id, Words::of(title, body, place)))
        .collect();
    let mut alike = HashMap::new();
    for (id, words) in free.iter().filter(|(id, _)| of.contains(id)) {
        let others = free.iter().filter(|(other, _)| other != id);
        let mut like: Vec<(f64, ProposalId)> = others
            .map(|(other, its)| (words.likeness(its), *other))
            .filter(|(like, _)| *like >= SIMILAR_FROM)
            .collect();
        like.sort_by(|(one, _), (other, _)| other.total_cmp(one));
        if !like.is_empty() {
            let likest = like.into_iter().take(SIMILAR_SHOWN);
            alike.insert(*id, likest.map(|(_, other)| other).collect());
        }
    }
    Ok(alike)
}
