//! Finding proposals: the public list with its filters, full-text search, and likeness. The full-text index is
//! FTS5 on SQLite and a `tsvector` on PostgreSQL; both are fed by our own terms, so both find the same.

use super::proposal::{Category, Content, Proposal, ProposalId};
use super::store::{COLUMNS, ProposalRow};
use super::terms::{self, Wanted, likeness, terms};
use crate::cycles::Cycle;
use crate::infra::database::{Backend, DatabaseError, Tx};
use crate::on_either;
use std::collections::BTreeSet;

/// From which likeness on two proposals are shown to their proposer as similar; people decide.
pub const SIMILAR_FROM: f64 = 0.3;
/// How many similar proposals are shown at most.
const SIMILAR_SHOWN: usize = 5;
/// How many of a text's terms look for similar ones, the title's first.
const SIMILAR_TERMS: usize = 160;
/// A prime below 2^31: random orders are `doc × seed` modulo it.
const ORDER_PRIME: i64 = 2_147_483_629;

/// How far an accepted proposal has come, as everybody may know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::Type, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "TEXT", rename_all = "snake_case")]
pub enum Progress {
    /// Accepted; screening has published nothing on it yet.
    Accepted,
    /// Found feasible.
    Feasible,
    /// Declined at screening, with a reason.
    Declined,
    /// In a candidate of the published shortlist.
    Candidate,
}

impl Progress {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Accepted,
        Self::Feasible,
        Self::Declined,
        Self::Candidate,
    ];

    /// The name in addresses and translation keys (`progress-<name>`).
    pub const fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Feasible => "feasible",
            Self::Declined => "declined",
            Self::Candidate => "candidate",
        }
    }

    /// The one of this name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }
}

/// In which order a list stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// A random one, the same for the same seed: while collecting, nobody is first by having been first.
    Shuffled(u32),
    /// Most supporters first.
    Ranked,
    /// Newest first.
    Newest,
}

/// What a list shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// Only this category.
    pub category: Option<Category>,
    /// Only this district; empty for all.
    pub district: String,
    /// Only these.
    pub progress: Option<Progress>,
    /// Only what has all this in it; empty for all.
    pub query: String,
    /// The order.
    pub order: Order,
}

/// A line of the public list.
#[derive(Debug)]
pub struct Listed {
    /// The proposal, accepted.
    pub proposal: Proposal,
    /// How far it has come.
    pub progress: Progress,
}

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
    let backend = tx.backend();
    let text_clause = match (found.is_empty(), backend) {
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
    let category = filter.category.map_or("", Category::name);
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

/// Makes a proposal findable.
pub async fn index(tx: &mut Tx, doc: i64, content: &Content) -> Result<(), DatabaseError> {
    let sql = match tx.backend() {
        Backend::Sqlite => "INSERT INTO proposals_search (rowid, terms) VALUES ($1, $2)",
        Backend::Postgres => {
            "INSERT INTO proposals_search (doc, terms) \
             VALUES ($1, array_to_tsvector(string_to_array($2, ' ')))"
        }
    };
    let all: Vec<String> = terms(&searched_text(content)).into_iter().collect();
    on_either!(tx, conn => sqlx::query(sql).bind(doc).bind(all.join(" "))
        .execute(&mut *conn).await?.rows_affected());
    Ok(())
}

/// Accepted proposals of the cycle that are like this one, likest first.
pub async fn similar(
    tx: &mut Tx,
    cycle: &Cycle,
    content: &Content,
) -> Result<Vec<Proposal>, DatabaseError> {
    let title = terms(&content.title);
    let whole = terms(&searched_text(content));
    let wanted: BTreeSet<&String> = title.iter().chain(&whole).take(SIMILAR_TERMS).collect();
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let condition = match_any(tx.backend(), wanted);
    let found = match tx.backend() {
        Backend::Sqlite => {
            "JOIN proposals_search ON proposals_search.rowid = proposals.doc \
             WHERE proposals_search MATCH $3"
        }
        Backend::Postgres => {
            "JOIN proposals_search ON proposals_search.doc = proposals.doc \
             WHERE proposals_search.terms @@ CAST($3 AS TSQUERY)"
        }
    };
    let order = match tx.backend() {
        Backend::Sqlite => "proposals_search.rank",
        Backend::Postgres => "ts_rank(proposals_search.terms, CAST($3 AS TSQUERY)) DESC",
    };
    let sql = format!(
        "SELECT {COLUMNS} FROM proposals {found} AND proposals.jurisdiction = $1 AND proposals.cycle = $2 \
         AND proposals.state = 'accepted' ORDER BY {order} LIMIT 40"
    );
    let rows: Vec<ProposalRow> = on_either!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(cycle.jurisdiction).bind(cycle.id).bind(condition).fetch_all(&mut *conn).await?);
    let mut ranked = Vec::new();
    for row in rows {
        let proposal = Proposal::try_from(row)?;
        let by_title = likeness(&title, &terms(&proposal.content.title));
        let by_whole = likeness(&whole, &terms(&searched_text(&proposal.content)));
        let like = by_title.max(by_whole);
        if like >= SIMILAR_FROM {
            ranked.push((like, proposal));
        }
    }
    ranked.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    Ok(ranked
        .into_iter()
        .take(SIMILAR_SHOWN)
        .map(|(_, proposal)| proposal)
        .collect())
}

fn searched_text(content: &Content) -> String {
    format!("{}\n{}\n{}", content.title, content.body, content.place)
}

/// The query in the database's language. Terms hold letters and digits only, so quoting them is safe.
fn match_all(backend: Backend, wanted: &[Wanted]) -> String {
    let pieces: Vec<String> = wanted
        .iter()
        .map(|piece| match (backend, piece) {
            (Backend::Sqlite, Wanted::Exactly(term)) => format!("\"{term}\""),
            (Backend::Sqlite, Wanted::Prefix(term)) => format!("\"{term}\" *"),
            (Backend::Postgres, Wanted::Exactly(term)) => format!("'{term}'"),
            (Backend::Postgres, Wanted::Prefix(term)) => format!("'{term}':*"),
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
