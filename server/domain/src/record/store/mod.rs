//! The record in the database.

mod bodies;

pub use bodies::{
    Body, Told, body, body_of, lock_body_of, take_down, takedown_of, told_about_but, told_after,
    told_between,
};

use super::{EntryIndex, Fact, Kind};
use crate::infra::clock::{self, Timestamp};
use crate::infra::database::{DatabaseError, Tx, exactly_one};
use crate::infra::ids::{CycleId, JurisdictionId};
use crate::on_either;
use crate::record::change::Scope;
use std::collections::HashMap;
use tally::record::leaf::Salt;
use tally::record::tree::{Frontier, leaf_hash};
use tally::record::{BodyHash, Hash, LeafHeader, NodeId, body_hash};
use tracing::instrument;

const HASH_BYTES: usize = 32;

/// An entry as it stands in the tree.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Entry {
    /// Its position.
    pub position: EntryIndex,
    /// When it was appended.
    pub at: Timestamp,
    /// Whose it is, where it belongs to a jurisdiction.
    pub jurisdiction: Option<JurisdictionId>,
    /// The kind's name.
    pub kind: String,
    /// What it is about.
    pub subject: String,
    /// The leaf's exact bytes.
    pub header: String,
}

/// The number of entries.
#[instrument(level = "debug", skip_all)]
pub async fn size(tx: &mut Tx) -> Result<u64, DatabaseError> {
    let size: i64 = on_either!(tx, conn => sqlx::query_scalar("SELECT size FROM record_head WHERE one = 1")
        .fetch_one(&mut *conn).await?);
    Ok(size.unsigned_abs())
}

/// The right edge of the tree as the head keeps it.
#[instrument(level = "debug", skip_all)]
pub async fn head(tx: &mut Tx) -> Result<Frontier, DatabaseError> {
    let (size, peaks): (i64, Vec<u8>) = on_either!(tx, conn => sqlx::query_as(
        "SELECT size, peaks FROM record_head WHERE one = 1",
    ).fetch_one(&mut *conn).await?);
    frontier(size, &peaks)
}

/// The latest time that an entry carries; 1970 where there is none.
#[instrument(level = "debug", skip_all)]
pub async fn last_at(tx: &mut Tx) -> Result<Timestamp, DatabaseError> {
    Ok(
        on_either!(tx, conn => sqlx::query_scalar("SELECT last_at FROM record_head WHERE one = 1")
        .fetch_one(&mut *conn).await?),
    )
}

fn frontier(size: i64, peaks: &[u8]) -> Result<Frontier, DatabaseError> {
    let hashes: Option<Vec<Hash>> = peaks.chunks(HASH_BYTES).map(Hash::from_slice).collect();
    hashes
        .and_then(|hashes| Frontier::from_peaks(size.unsigned_abs(), hashes))
        .ok_or_else(|| DatabaseError::Column {
            table: "record_head",
            column: "peaks",
            reason: format!("{} bytes do not fit {size} entries", peaks.len()),
        })
}

/// Takes the head's lock until the transaction ends: nobody appends meanwhile, and whatever was appended is seen.
#[instrument(level = "debug", skip_all)]
pub async fn hold(tx: &mut Tx) -> Result<(), DatabaseError> {
    let lock = tx.for_update();
    let sql = format!("SELECT size FROM record_head WHERE one = 1{lock}");
    let _: i64 = on_either!(tx, conn => sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
        .fetch_one(&mut *conn).await?);
    Ok(())
}

/// The right edge, under the head's lock until the transaction ends: all that appending needs. With it comes what the
/// leaf calls the place.
async fn next(
    tx: &mut Tx,
    place: Option<Scope>,
) -> Result<(Frontier, Timestamp, String), DatabaseError> {
    let lock = tx.for_update();
    let sql = format!(
        "SELECT size, peaks, last_at, (SELECT slug FROM jurisdictions WHERE id = $1), \
         (SELECT year FROM cycles WHERE jurisdiction = $1 AND id = $2) FROM record_head WHERE one = 1{lock}"
    );
    let (size, peaks, last_at, slug, year): (i64, Vec<u8>, Timestamp, Option<String>, Option<i32>) = on_either!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(place.map(|place| place.jurisdiction)).bind(place.and_then(|place| place.cycle))
            .fetch_one(&mut *conn).await?);
    let scope = scope_name(place, slug, year)?;
    Ok((frontier(size, &peaks)?, last_at, scope))
}

/// `qinghe/2026`, `qinghe`, or `-` for the deployment itself.
fn scope_name(
    place: Option<Scope>,
    slug: Option<String>,
    year: Option<i32>,
) -> Result<String, DatabaseError> {
    match (place, slug, year) {
        (None, _, _) => Ok("-".to_owned()),
        (Some(_), Some(slug), Some(year)) => Ok(format!("{slug}/{year}")),
        (Some(_), Some(slug), None) => Ok(slug),
        (Some(place), None, _) => Err(DatabaseError::Column {
            table: "jurisdictions",
            column: "id",
            reason: format!("there is no jurisdiction {}", place.jurisdiction),
        }),
    }
}

/// What a leaf calls the place.
#[instrument(level = "debug", skip_all)]
pub(super) async fn scope_of(tx: &mut Tx, place: Scope) -> Result<String, DatabaseError> {
    let (slug, year): (Option<String>, Option<i32>) = on_either!(tx, conn => sqlx::query_as(
        "SELECT (SELECT slug FROM jurisdictions WHERE id = $1), \
         (SELECT year FROM cycles WHERE jurisdiction = $1 AND id = $2)",
    ).bind(place.jurisdiction).bind(place.cycle).fetch_one(&mut *conn).await?);
    scope_name(Some(place), slug, year)
}

/// Appends an entry; its position is the number of entries before it. Whoever appends holds the head's lock until
/// the transaction ends, so that positions have no gap and no second owner.
#[instrument(level = "debug", skip_all)]
pub async fn append(
    tx: &mut Tx,
    salt: [u8; 32],
    fact: &Fact<'_>,
) -> Result<EntryIndex, DatabaseError> {
    let (mut frontier, last_at, scope) = next(tx, fact.place).await?;
    let now = clock::after(last_at, fact.now)?;
    let at = match fact.body.kind() {
        // Of the opening: the ballot's own time would tell who has cast it.
        Kind::PollBallot => fact.at,
        _ => fact.at.max(now),
    };
    let position = frontier.size().cast_signed();
    let (kind, subject) = (fact.body.kind().name(), fact.body.subject().to_string());
    let body = fact.body.to_json();
    let hash = body_hash(Salt::new(salt), body.as_bytes());
    let header = LeafHeader::new(kind, &scope, at.millis(), &subject, hash)
        .map_err(|error| misfit("record_entries", "header", &error))?
        .to_entry();
    let new_nodes = frontier
        .push(leaf_hash(&header))
        .map_err(|error| misfit("record_head", "size", &error))?;
    let header =
        String::from_utf8(header).map_err(|error| misfit("record_entries", "header", &error))?;
    let (hash, place) = (bytes_of(hash)?, fact.place);
    on_either!(tx, conn => {
        sqlx::query("INSERT INTO record_entries (position, at, jurisdiction, cycle, kind, subject, header) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)")
            .bind(position).bind(at).bind(place.map(|p| p.jurisdiction)).bind(place.and_then(|p| p.cycle))
            .bind(kind).bind(subject).bind(header).execute(&mut *conn).await?;
        sqlx::query("INSERT INTO record_bodies (hash, position, salt, body) VALUES ($1, $2, $3, $4)")
            .bind(hash).bind(position).bind(salt.as_slice()).bind(body).execute(&mut *conn).await?;
    });
    insert_nodes(tx, &new_nodes).await?;
    save_head(tx, &frontier, last_at.max(at)).await?;
    Ok(EntryIndex(position))
}

/// Keeps the nodes that an entry completes, in one statement.
async fn insert_nodes(tx: &mut Tx, nodes: &[(NodeId, Hash)]) -> Result<(), DatabaseError> {
    let rows: Vec<String> = (1..=nodes.len())
        .map(|row| format!("(${}, ${}, ${})", row * 3 - 2, row * 3 - 1, row * 3))
        .collect();
    let sql = format!(
        "INSERT INTO record_nodes (level, position, hash) VALUES {}",
        rows.join(", ")
    );
    on_either!(tx, conn => {
        let mut query = sqlx::query(sqlx::AssertSqlSafe(sql));
        for (id, hash) in nodes {
            query = query.bind(i64::from(id.level)).bind(id.index.cast_signed()).bind(hash.as_bytes().as_slice());
        }
        query.execute(&mut *conn).await?;
    });
    Ok(())
}

async fn save_head(
    tx: &mut Tx,
    frontier: &Frontier,
    last_at: Timestamp,
) -> Result<(), DatabaseError> {
    let peaks: Vec<u8> = frontier
        .peaks()
        .iter()
        .flat_map(Hash::as_bytes)
        .copied()
        .collect();
    let moved = on_either!(tx, conn => sqlx::query("UPDATE record_head SET size = $1, peaks = $2, last_at = $3 WHERE one = 1")
        .bind(frontier.size().cast_signed()).bind(peaks).bind(last_at)
        .execute(&mut *conn).await?.rows_affected());
    exactly_one("UPDATE record_head", moved)
}

/// The hashes of these nodes, as far as they are stored.
#[instrument(level = "debug", skip_all)]
pub async fn nodes(tx: &mut Tx, wanted: &[NodeId]) -> Result<HashMap<NodeId, Hash>, DatabaseError> {
    if wanted.is_empty() {
        return Ok(HashMap::new());
    }
    let list = wanted
        .iter()
        .map(|id| format!("({}, {})", id.level, id.index))
        .collect::<Vec<_>>()
        .join(", ");
    // Numbers only: a row-value list cannot be bound.
    let sql = format!(
        "SELECT level, position, hash FROM record_nodes WHERE (level, position) IN (VALUES {list})"
    );
    let rows: Vec<(i64, i64, Vec<u8>)> = on_either!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .persistent(false).fetch_all(&mut *conn).await?);
    rows.into_iter().map(node).collect()
}

/// The hashes of a level from `first` on, at most `count` of them.
#[instrument(level = "debug", skip_all)]
pub async fn nodes_of_level(
    tx: &mut Tx,
    level: u8,
    first: u64,
    count: u16,
) -> Result<HashMap<NodeId, Hash>, DatabaseError> {
    let rows: Vec<(i64, i64, Vec<u8>)> = on_either!(tx, conn => sqlx::query_as(
        "SELECT level, position, hash FROM record_nodes WHERE level = $1 AND position >= $2 AND position < $3",
    ).bind(i64::from(level)).bind(first.cast_signed()).bind(first.cast_signed().saturating_add(i64::from(count)))
     .fetch_all(&mut *conn).await?);
    rows.into_iter().map(node).collect()
}

fn node((level, index, hash): (i64, i64, Vec<u8>)) -> Result<(NodeId, Hash), DatabaseError> {
    let id = NodeId {
        level: u8::try_from(level).map_err(|error| misfit("record_nodes", "level", &error))?,
        index: index.unsigned_abs(),
    };
    let hash = Hash::from_slice(&hash).ok_or_else(|| DatabaseError::Column {
        table: "record_nodes",
        column: "hash",
        reason: format!("{} bytes at {id:?}", hash.len()),
    })?;
    Ok((id, hash))
}

/// The leaves from `first` on, at most `count` of them, in their order.
#[instrument(level = "debug", skip_all)]
pub async fn headers(tx: &mut Tx, first: u64, count: u16) -> Result<Vec<String>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_scalar(
        "SELECT header FROM record_entries WHERE position >= $1 ORDER BY position LIMIT $2",
    ).bind(first.cast_signed()).bind(i64::from(count)).fetch_all(&mut *conn).await?))
}

/// One entry.
#[instrument(level = "debug", skip_all)]
pub async fn entry(tx: &mut Tx, position: EntryIndex) -> Result<Option<Entry>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_as(
        "SELECT position, at, jurisdiction, kind, subject, header FROM record_entries WHERE position = $1",
    ).bind(position).fetch_optional(&mut *conn).await?))
}

/// The newest entries of the whole record.
#[instrument(level = "debug", skip_all)]
pub async fn newest(tx: &mut Tx, count: i64) -> Result<Vec<Entry>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_as(
        "SELECT position, at, jurisdiction, kind, subject, header FROM record_entries \
         ORDER BY position DESC LIMIT $1",
    ).bind(count).fetch_all(&mut *conn).await?))
}

/// A page of a cycle's entries, newest first, of one kind where `kind` is given.
#[instrument(level = "debug", skip_all)]
pub async fn of_cycle(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    cycle: CycleId,
    kind: Option<Kind>,
    (offset, count): (i64, i64),
) -> Result<Vec<Entry>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_as(
        "SELECT position, at, jurisdiction, kind, subject, header FROM record_entries \
         WHERE jurisdiction = $1 AND cycle = $2 AND ($3 = '' OR kind = $3) \
         ORDER BY position DESC LIMIT $4 OFFSET $5",
    ).bind(jurisdiction).bind(cycle).bind(kind.map_or("", Kind::name)).bind(count).bind(offset)
     .fetch_all(&mut *conn).await?))
}

/// How many entries of each kind a cycle has.
#[instrument(level = "debug", skip_all)]
pub async fn kinds_of_cycle(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    cycle: CycleId,
) -> Result<Vec<(String, i64)>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_as(
        "SELECT kind, COUNT(*) FROM record_entries WHERE jurisdiction = $1 AND cycle = $2 \
         GROUP BY kind ORDER BY kind",
    ).bind(jurisdiction).bind(cycle).fetch_all(&mut *conn).await?))
}

/// Where the first entry of this kind about something stands.
#[instrument(level = "debug", skip_all)]
pub async fn position_of(
    tx: &mut Tx,
    place: Scope,
    subject: &str,
    kind: Kind,
) -> Result<Option<EntryIndex>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_scalar(
        "SELECT position FROM record_entries WHERE jurisdiction = $1 AND cycle = $2 AND subject = $3 AND kind = $4 \
         ORDER BY position LIMIT 1",
    ).bind(place.jurisdiction).bind(place.cycle).bind(subject).bind(kind.name()).fetch_optional(&mut *conn).await?))
}

/// The signed checkpoint of this size.
#[instrument(level = "debug", skip_all)]
pub async fn checkpoint_at(tx: &mut Tx, size: u64) -> Result<Option<String>, DatabaseError> {
    Ok(
        on_either!(tx, conn => sqlx::query_scalar("SELECT note FROM record_checkpoints WHERE size = $1")
        .bind(size.cast_signed()).fetch_optional(&mut *conn).await?),
    )
}

/// The signed checkpoints with more than `size` entries, at most `count` of them, each with its size, in their order.
#[instrument(level = "debug", skip_all)]
pub async fn checkpoints_after(
    tx: &mut Tx,
    size: u64,
    count: u16,
) -> Result<Vec<(u64, String)>, DatabaseError> {
    let rows: Vec<(i64, String)> = on_either!(tx, conn => sqlx::query_as(
        "SELECT size, note FROM record_checkpoints WHERE size > $1 ORDER BY size LIMIT $2",
    ).bind(size.cast_signed()).bind(i64::from(count)).fetch_all(&mut *conn).await?);
    Ok(rows
        .into_iter()
        .map(|(size, note)| (size.unsigned_abs(), note))
        .collect())
}

/// The largest checkpoint that was signed.
#[instrument(level = "debug", skip_all)]
pub async fn last_checkpoint(tx: &mut Tx) -> Result<Option<String>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_scalar(
        "SELECT note FROM record_checkpoints ORDER BY size DESC LIMIT 1",
    ).fetch_optional(&mut *conn).await?))
}

/// The first signed checkpoint that covers the entry: a receipt made from it is the same every time.
#[instrument(level = "debug", skip_all)]
pub async fn checkpoint_over(
    tx: &mut Tx,
    position: EntryIndex,
) -> Result<Option<String>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_scalar(
        "SELECT note FROM record_checkpoints WHERE size > $1 ORDER BY size LIMIT 1",
    ).bind(position).fetch_optional(&mut *conn).await?))
}

/// Remembers a signed checkpoint, unless another server has signed the same one meanwhile, or a larger one: what was first
/// over an entry stays the first. The caller holds the head's lock.
#[instrument(level = "debug", skip_all)]
pub async fn insert_checkpoint(tx: &mut Tx, size: u64, note: &str) -> Result<(), DatabaseError> {
    on_either!(tx, conn => sqlx::query(
        "INSERT INTO record_checkpoints (size, note) \
         SELECT $1, $2 WHERE NOT EXISTS (SELECT 1 FROM record_checkpoints WHERE size >= $1)",
    ).bind(size.cast_signed()).bind(note).execute(&mut *conn).await?.rows_affected());
    Ok(())
}

fn bytes_of(hash: BodyHash) -> Result<Vec<u8>, DatabaseError> {
    hex::decode(hash.to_hex()).map_err(|error| misfit("record_bodies", "hash", &error))
}

fn misfit(
    table: &'static str,
    column: &'static str,
    error: &dyn std::error::Error,
) -> DatabaseError {
    DatabaseError::Column {
        table,
        column,
        reason: error.to_string(),
    }
}
