//! The statements of search. The full-text index is FTS5 on SQLite and a `tsvector` on PostgreSQL; both are fed by
//! our own terms, so both find the same.

use super::proposal::{Content, Proposal, ProposalId};
use super::search::{Filter, Listed, Order, Progress, searched, searched_text};
use super::store::{COLUMNS, ProposalRow};
use super::terms::{self, TermFilter, terms};
use crate::cycles::Cycle;
use crate::cycles::settings::CategoryCode;
use crate::infra::database::{Backend, DatabaseError, Tx};
use crate::on_either;
use std::collections::{BTreeSet, HashSet};
use tracing::instrument;

/// A prime below 2^31: random orders are `doc × seed` modulo it.
const ORDER_PRIME: i64 = 2_147_483_629;

#[derive(sqlx::FromRow)]
struct ListedRow {
    #[sqlx(flatten)]
    proposal: ProposalRow,
    progress: Progress,
}

/// The public: accepted proposals with how far each has come.
const PUBLIC: &str = "SELECT proposals.*, CASE \
     WHEN shortlists.published_at IS NOT NULL AND EXISTS (SELECT 1 FROM candidate_clusters \
         WHERE candidate_clusters.jurisdiction = proposals.jurisdiction \
         AND candidate_clusters.cluster = cluster_members.cluster) THEN 'candidate' \
     WHEN screening_decisions.published_at IS NOT NULL THEN screening_decisions.outcome \
     ELSE 'accepted' END AS progress FROM proposals \
     LEFT JOIN cluster_members ON cluster_members.jurisdiction = proposals.jurisdiction \
         AND cluster_members.proposal = proposals.id \
     LEFT JOIN screening_decisions ON screening_decisions.jurisdiction = proposals.jurisdiction \
         AND screening_decisions.cluster = cluster_members.cluster \
     LEFT JOIN shortlists ON shortlists.jurisdiction = proposals.jurisdiction \
         AND shortlists.cycle = proposals.cycle \
     WHERE proposals.jurisdiction = $1 AND proposals.cycle = $2 AND proposals.state = 'accepted'";

/// A page of the public list: `limit` proposals after the first `offset`, and how many there are in all.
#[instrument(level = "debug", skip_all)]
pub async fn list(
    tx: &mut Tx,
    cycle: &Cycle,
    filter: &Filter,
    offset: i64,
    limit: i64,
) -> Result<(Vec<Listed>, i64), DatabaseError> {
    let wanted = terms::query(&filter.query);
    if wanted.is_empty() && !filter.query.trim().is_empty() {
        return Ok((Vec::new(), 0));
    }
    let found = match_all(tx.backend(), &wanted);
    let text_clause = match (found.is_empty(), tx.backend()) {
        (true, _) => "$6 = ''",
        (false, Backend::Sqlite) => {
            "proposals.doc IN (SELECT rowid FROM proposals_search WHERE proposals_search MATCH $6)"
        }
        (false, Backend::Postgres) => {
            "proposals.doc IN (SELECT doc FROM proposals_search WHERE terms @@ CAST($6 AS TSQUERY))"
        }
    };
    let from = format!(
        "FROM ({PUBLIC}) AS proposals WHERE ($3 = '' OR category = $3) AND ($4 = '' OR district = $4) \
         AND ($5 = '' OR progress = $5) AND {text_clause}"
    );
    let category = filter.category.as_ref().map_or("", CategoryCode::as_str);
    let progress = filter.progress.map_or("", Progress::name);
    let count_sql = format!("SELECT COUNT(*) {from}");
    let total: i64 = on_either!(tx, conn => sqlx::query_scalar(sqlx::AssertSqlSafe(count_sql))
        .bind(cycle.jurisdiction).bind(cycle.id).bind(category).bind(&filter.district).bind(progress)
        .bind(&found).fetch_one(&mut *conn).await?);
    let (order, seed) = match filter.order {
        Order::Shuffled(seed) => (
            format!("(doc % {ORDER_PRIME}) * $7 % {ORDER_PRIME}, id"),
            i64::from(seed) % (ORDER_PRIME - 1) + 1,
        ),
        Order::Ranked => ("supporters + $7 DESC, number".to_owned(), 0),
        Order::Newest => ("number + $7 DESC".to_owned(), 0),
    };
    let sql = format!("SELECT {COLUMNS}, progress {from} ORDER BY {order} LIMIT $8 OFFSET $9");
    let rows: Vec<ListedRow> = on_either!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(cycle.jurisdiction).bind(cycle.id).bind(category).bind(&filter.district).bind(progress)
        .bind(&found).bind(seed).bind(limit).bind(offset).fetch_all(&mut *conn).await?);
    let listed = rows.into_iter().map(|row| {
        Ok(Listed {
            proposal: row.proposal.try_into()?,
            progress: row.progress,
        })
    });
    Ok((listed.collect::<Result<_, DatabaseError>>()?, total))
}

/// How far an accepted proposal has come; `None` if it is not accepted.
#[instrument(level = "debug", skip_all)]
pub async fn progress(
    tx: &mut Tx,
    cycle: &Cycle,
    id: ProposalId,
) -> Result<Option<Progress>, DatabaseError> {
    let sql = format!("SELECT progress FROM ({PUBLIC}) AS proposals WHERE id = $3");
    Ok(
        on_either!(tx, conn => sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
        .bind(cycle.jurisdiction).bind(cycle.id).bind(id).fetch_optional(&mut *conn).await?),
    )
}

/// The proposals of the cycle, in whatever state, in which all of the query is found; also the one whose number it is.
#[instrument(level = "debug", skip_all)]
pub async fn found(
    tx: &mut Tx,
    cycle: &Cycle,
    query: &str,
) -> Result<HashSet<ProposalId>, DatabaseError> {
    let wanted = terms::query(query);
    if wanted.is_empty() {
        return Ok(HashSet::new());
    }
    let docs = match tx.backend() {
        Backend::Sqlite => "SELECT rowid FROM proposals_search WHERE proposals_search MATCH $3",
        Backend::Postgres => "SELECT doc FROM proposals_search WHERE terms @@ CAST($3 AS TSQUERY)",
    };
    let sql = format!(
        "SELECT id FROM proposals WHERE jurisdiction = $1 AND cycle = $2 AND (doc IN ({docs}) OR number = $4)"
    );
    let condition = match_all(tx.backend(), &wanted);
    let ids: Vec<ProposalId> = on_either!(tx, conn => sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
        .bind(cycle.jurisdiction).bind(cycle.id).bind(condition).bind(terms::number(query))
        .fetch_all(&mut *conn).await?);
    Ok(ids.into_iter().collect())
}

/// Makes a proposal findable.
#[instrument(level = "debug", skip_all)]
pub async fn index(tx: &mut Tx, doc: i64, content: &Content) -> Result<(), DatabaseError> {
    index_text(tx, doc, &searched_text(content)).await
}

async fn index_text(tx: &mut Tx, doc: i64, text: &str) -> Result<(), DatabaseError> {
    let sql = match tx.backend() {
        Backend::Sqlite => "INSERT INTO proposals_search (rowid, terms) VALUES ($1, $2)",
        Backend::Postgres => {
            "INSERT INTO proposals_search (doc, terms) \
             VALUES ($1, array_to_tsvector(string_to_array($2, ' ')))"
        }
    };
    let all: Vec<String> = terms(text).into_iter().collect();
    on_either!(tx, conn => sqlx::query(sql).bind(doc).bind(all.join(" "))
        .execute(&mut *conn).await?.rows_affected());
    Ok(())
}

/// Makes every proposal findable again, where the index holds nothing (after a restore).
#[instrument(level = "debug", skip_all)]
pub async fn index_all(tx: &mut Tx) -> Result<u64, DatabaseError> {
    const BATCH: i64 = 500;
    let mut indexed = 0;
    let mut after = -1_i64;
    loop {
        let rows: Vec<(i64, String, String, String)> = on_either!(tx, conn => sqlx::query_as(
            "SELECT doc, title, body, place FROM proposals WHERE doc > $1 ORDER BY doc LIMIT $2",
        ).bind(after).bind(BATCH).fetch_all(&mut *conn).await?);
        let Some((last, ..)) = rows.last() else {
            return Ok(indexed);
        };
        after = *last;
        for (doc, title, body, place) in rows {
            index_text(tx, doc, &searched(&title, &body, &place)).await?;
            indexed += 1;
        }
    }
}

/// Accepted proposals of the cycle that share some of these terms, those that share most first.
#[instrument(level = "debug", skip_all)]
pub(crate) async fn sharing(
    tx: &mut Tx,
    cycle: &Cycle,
    wanted: BTreeSet<&String>,
) -> Result<Vec<Proposal>, DatabaseError> {
    let condition = match_any(tx.backend(), wanted);
    let sql = sharing_sql(tx.backend());
    let rows: Vec<ProposalRow> = on_either!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(cycle.jurisdiction).bind(cycle.id).bind(condition).fetch_all(&mut *conn).await?);
    rows.into_iter().map(TryInto::try_into).collect()
}

/// The terms are looked up first, and then the proposals that have some: `CROSS JOIN` keeps SQLite from going through all proposals of
/// a cycle and asking the index anew for each, which takes seconds at some thousands.
fn sharing_sql(backend: Backend) -> String {
    let (from, found, order) = match backend {
        Backend::Sqlite => (
            "proposals_search CROSS JOIN proposals",
            "proposals.doc = proposals_search.rowid AND proposals_search MATCH $3",
            "proposals_search.rank",
        ),
        Backend::Postgres => (
            "proposals_search JOIN proposals ON proposals.doc = proposals_search.doc",
            "proposals_search.terms @@ CAST($3 AS TSQUERY)",
            "ts_rank(proposals_search.terms, CAST($3 AS TSQUERY)) DESC",
        ),
    };
    format!(
        "SELECT {COLUMNS} FROM {from} WHERE {found} AND proposals.jurisdiction = $1 AND proposals.cycle = $2 \
         AND proposals.state = 'accepted' ORDER BY {order} LIMIT 40"
    )
}

/// The query in the database's language. Terms hold letters and digits only, so quoting them is safe.
fn match_all(backend: Backend, wanted: &[TermFilter]) -> String {
    let pieces: Vec<String> = wanted
        .iter()
        .map(|piece| match (backend, piece) {
            (Backend::Sqlite, TermFilter::Exactly(term)) => format!("\"{term}\""),
            (Backend::Sqlite, TermFilter::Prefix(term)) => format!("\"{term}\" *"),
            (Backend::Postgres, TermFilter::Exactly(term)) => format!("'{term}'"),
            (Backend::Postgres, TermFilter::Prefix(term)) => format!("'{term}':*"),
        })
        .collect();
    match backend {
        Backend::Sqlite => pieces.join(" AND "),
        Backend::Postgres => pieces.join(" & "),
    }
}

fn match_any(backend: Backend, wanted: BTreeSet<&String>) -> String {
    let (quote, or) = match backend {
        Backend::Sqlite => ('"', " OR "),
        Backend::Postgres => ('\'', " | "),
    };
    let pieces: Vec<String> = wanted
        .into_iter()
        .map(|term| format!("{quote}{term}{quote}"))
        .collect();
    pieces.join(or)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cycles::Stage;
    use crate::testing::TestApp;

    /// At some thousands of proposals the other order takes seconds: the index of terms is asked once, not for each proposal.
    #[tokio::test]
    async fn likeness_asks_the_index_of_terms_first() {
        let app = TestApp::start(Stage::Collecting).await;
        let mut tx = app.app.database.read().await.unwrap();
        let sql = format!("EXPLAIN QUERY PLAN {}", sharing_sql(Backend::Sqlite));
        let steps: Vec<(i64, i64, i64, String)> = on_either!(&mut tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(app.jurisdiction.id).bind(app.cycle.id).bind("\"路\"")
            .fetch_all(&mut *conn).await.unwrap());
        let tables: Vec<&str> = steps.iter().map(|step| step.3.as_str()).collect();
        assert!(
            tables[0].starts_with("SCAN proposals_search VIRTUAL TABLE"),
            "{tables:?}"
        );
        assert!(
            tables[1].starts_with("SEARCH proposals USING"),
            "{tables:?}"
        );
    }
}
