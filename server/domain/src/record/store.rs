//! The record in the database.

use super::{EntryIndex, EntryKind, Fact};
use crate::infra::clock::Timestamp;
use crate::infra::database::{DatabaseError, Tx, exactly_one};
use crate::infra::ids::{CycleId, JurisdictionId};
use crate::on_either;
use crate::record::change::Scope;
use std::collections::HashMap;
use tally::record::leaf::Salt;
use tally::record::tree::{Frontier, leaf_hash, root_nodes};
use tally::record::{BodyHash, Hash, LeafHeader, NodeId, body_hash};

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

/// What stands beside an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// Open to everybody.
    Shown {
        /// The salt: with it the hash can be recomputed.
        salt: [u8; 32],
        /// The exact body.
        text: String,
    },
    /// Taken down.
    TakenDown {
        /// When.
        at: Timestamp,
        /// Why: a stable code, `takedown-<code>` in words.
        reason: String,
    },
}

/// The number of entries.
pub async fn size(tx: &mut Tx) -> Result<u64, DatabaseError> {
    let size: i64 = on_either!(tx, conn => sqlx::query_scalar("SELECT size FROM record_head WHERE one = 1")
        .fetch_one(&mut *conn).await?);
    Ok(size.unsigned_abs())
}

/// Appends an entry; its position is the number of entries before it. Whoever appends holds the head's lock until
/// the transaction ends, so that positions have no gap and no second owner.
pub async fn append(
    tx: &mut Tx,
    salt: [u8; 32],
    fact: &Fact<'_>,
) -> Result<EntryIndex, DatabaseError> {
    let (size, scope) = next(tx, fact.place).await?;
    let hash = body_hash(Salt::new(salt), fact.body.as_bytes());
    let header = LeafHeader::new(
        fact.kind.name(),
        &scope,
        fact.at.millis(),
        fact.subject,
        hash,
    )
    .map_err(|error| misfit("record_entries", "header", &error))?
    .to_entry();
    let peaks = nodes(tx, &root_nodes(size.unsigned_abs())).await?;
    let mut frontier = Frontier::load(size.unsigned_abs(), &peaks)
        .map_err(|error| misfit("record_nodes", "hash", &error))?;
    let new_nodes = frontier
        .push(leaf_hash(&header))
        .map_err(|error| misfit("record_head", "size", &error))?;
    let header =
        String::from_utf8(header).map_err(|error| misfit("record_entries", "header", &error))?;
    let hash = bytes_of(hash)?;
    let place = fact.place;
    let written = on_either!(tx, conn => {
        sqlx::query("INSERT INTO record_entries (position, at, jurisdiction, cycle, kind, subject, header) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)")
            .bind(size).bind(fact.at).bind(place.map(|p| p.jurisdiction)).bind(place.and_then(|p| p.cycle))
            .bind(fact.kind.name()).bind(fact.subject).bind(header).execute(&mut *conn).await?;
        sqlx::query("INSERT INTO record_bodies (hash, position, salt, body) VALUES ($1, $2, $3, $4)")
            .bind(hash).bind(size).bind(salt.as_slice()).bind(fact.body).execute(&mut *conn).await?;
        let mut insert = sqlx::query(sqlx::AssertSqlSafe(insert_nodes(&new_nodes))).persistent(false);
        for (_, hash) in &new_nodes {
            insert = insert.bind(hash.as_bytes().as_slice());
        }
        insert.execute(&mut *conn).await?.rows_affected()
    });
    if usize::try_from(written) != Ok(new_nodes.len()) {
        return Err(DatabaseError::Touched {
            statement: "INSERT INTO record_nodes",
            touched: written,
        });
    }
    Ok(EntryIndex(size))
}

/// The statement that adds these nodes, whose hashes are bound in their order. Numbers only stand in it.
fn insert_nodes(new: &[(NodeId, Hash)]) -> String {
    let rows: Vec<String> = (1..)
        .zip(new)
        .map(|(bound, (id, _)): (usize, _)| format!("({}, {}, ${bound})", id.level, id.index))
        .collect();
    format!(
        "INSERT INTO record_nodes (level, position, hash) VALUES {}",
        rows.join(", ")
    )
}

/// Takes the next position, and with it the head's lock until the transaction ends. Answers also with what the leaf
/// calls the place: `qinghe/2026`, `qinghe`, or `-` for the deployment itself.
async fn next(tx: &mut Tx, place: Option<Scope>) -> Result<(i64, String), DatabaseError> {
    let (size, slug, year): (i64, Option<String>, Option<i32>) = on_either!(tx, conn => sqlx::query_as(
        "UPDATE record_head SET size = size + 1 WHERE one = 1 RETURNING size - 1, \
         (SELECT slug FROM jurisdictions WHERE id = $1), \
         (SELECT year FROM cycles WHERE jurisdiction = $1 AND id = $2)",
    ).bind(place.map(|place| place.jurisdiction)).bind(place.and_then(|place| place.cycle))
     .fetch_one(&mut *conn).await?);
    let scope = match (place, slug, year) {
        (None, _, _) => "-".to_owned(),
        (Some(_), Some(slug), Some(year)) => format!("{slug}/{year}"),
        (Some(_), Some(slug), None) => slug,
        (Some(place), None, _) => {
            let reason = format!("there is no jurisdiction {}", place.jurisdiction);
            return Err(misfit("jurisdictions", "id", &reason));
        }
    };
    Ok((size, scope))
}

/// Takes the head's lock until the transaction ends: nobody appends meanwhile, and whatever was appended is seen.
pub async fn hold(tx: &mut Tx) -> Result<(), DatabaseError> {
    let lock = tx.for_update();
    let sql = format!("SELECT size FROM record_head WHERE one = 1{lock}");
    let _: i64 = on_either!(tx, conn => sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
        .fetch_one(&mut *conn).await?);
    Ok(())
}

/// The hashes of these nodes, as far as they are stored.
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
pub async fn headers(tx: &mut Tx, first: u64, count: u16) -> Result<Vec<String>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_scalar(
        "SELECT header FROM record_entries WHERE position >= $1 ORDER BY position LIMIT $2",
    ).bind(first.cast_signed()).bind(i64::from(count)).fetch_all(&mut *conn).await?))
}

/// One entry.
pub async fn entry(tx: &mut Tx, position: EntryIndex) -> Result<Option<Entry>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_as(
        "SELECT position, at, jurisdiction, kind, subject, header FROM record_entries WHERE position = $1",
    ).bind(position).fetch_optional(&mut *conn).await?))
}

/// The newest entries of the whole record.
pub async fn newest(tx: &mut Tx, count: i64) -> Result<Vec<Entry>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_as(
        "SELECT position, at, jurisdiction, kind, subject, header FROM record_entries \
         ORDER BY position DESC LIMIT $1",
    ).bind(count).fetch_all(&mut *conn).await?))
}

/// A page of a cycle's entries, newest first, of one kind where `kind` is given.
pub async fn of_cycle(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    cycle: CycleId,
    kind: Option<EntryKind>,
    (offset, count): (i64, i64),
) -> Result<Vec<Entry>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_as(
        "SELECT position, at, jurisdiction, kind, subject, header FROM record_entries \
         WHERE jurisdiction = $1 AND cycle = $2 AND ($3 = '' OR kind = $3) \
         ORDER BY position DESC LIMIT $4 OFFSET $5",
    ).bind(jurisdiction).bind(cycle).bind(kind.map_or("", EntryKind::name)).bind(count).bind(offset)
     .fetch_all(&mut *conn).await?))
}

/// How many entries of each kind a cycle has.
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

/// The body with this hash.
pub async fn body(tx: &mut Tx, hash: BodyHash) -> Result<Option<Body>, DatabaseError> {
    let row: Option<BodyRow> = on_either!(tx, conn => sqlx::query_as(
        "SELECT salt, body, taken_down_at, reason FROM record_bodies WHERE hash = $1",
    ).bind(bytes_of(hash)?).fetch_optional(&mut *conn).await?);
    row.map(Body::try_from).transpose()
}

/// The body of an entry.
pub async fn body_of(tx: &mut Tx, position: EntryIndex) -> Result<Option<Body>, DatabaseError> {
    let row: Option<BodyRow> = on_either!(tx, conn => sqlx::query_as(
        "SELECT salt, body, taken_down_at, reason FROM record_bodies WHERE position = $1",
    ).bind(position).fetch_optional(&mut *conn).await?);
    row.map(Body::try_from).transpose()
}

/// Takes a body down for good.
pub async fn take_down(
    tx: &mut Tx,
    position: EntryIndex,
    at: Timestamp,
    reason: &str,
) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "UPDATE record_bodies SET salt = NULL, body = NULL, taken_down_at = $2, reason = $3 \
         WHERE position = $1 AND body IS NOT NULL",
    ).bind(position).bind(at).bind(reason).execute(&mut *conn).await?.rows_affected());
    exactly_one("UPDATE record_bodies", touched)
}

#[derive(sqlx::FromRow)]
struct BodyRow {
    salt: Option<Vec<u8>>,
    body: Option<String>,
    taken_down_at: Option<Timestamp>,
    reason: Option<String>,
}

impl TryFrom<BodyRow> for Body {
    type Error = DatabaseError;

    fn try_from(row: BodyRow) -> Result<Self, DatabaseError> {
        match (row.salt, row.body, row.taken_down_at, row.reason) {
            (Some(salt), Some(text), None, None) => Ok(Self::Shown {
                salt: salt.try_into().map_err(|_| DatabaseError::Column {
                    table: "record_bodies",
                    column: "salt",
                    reason: "not 32 bytes".to_owned(),
                })?,
                text,
            }),
            (None, None, Some(at), Some(reason)) => Ok(Self::TakenDown { at, reason }),
            _ => Err(DatabaseError::Column {
                table: "record_bodies",
                column: "body",
                reason: "neither shown nor taken down".to_owned(),
            }),
        }
    }
}

/// The largest checkpoint that was signed.
pub async fn last_checkpoint(tx: &mut Tx) -> Result<Option<String>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_scalar(
        "SELECT note FROM record_checkpoints ORDER BY size DESC LIMIT 1",
    ).fetch_optional(&mut *conn).await?))
}

/// The first signed checkpoint that covers the entry: a receipt made from it is the same every time.
pub async fn checkpoint_over(
    tx: &mut Tx,
    position: EntryIndex,
) -> Result<Option<String>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_scalar(
        "SELECT note FROM record_checkpoints WHERE size > $1 ORDER BY size LIMIT 1",
    ).bind(position).fetch_optional(&mut *conn).await?))
}

/// Remembers a signed checkpoint; another server may have signed the same one meanwhile.
pub async fn insert_checkpoint(
    tx: &mut Tx,
    size: u64,
    at: Timestamp,
    note: &str,
) -> Result<(), DatabaseError> {
    on_either!(tx, conn => sqlx::query(
        "INSERT INTO record_checkpoints (size, at, note) VALUES ($1, $2, $3) ON CONFLICT (size) DO NOTHING",
    ).bind(size.cast_signed()).bind(at).bind(note).execute(&mut *conn).await?.rows_affected());
    Ok(())
}

fn bytes_of(hash: BodyHash) -> Result<Vec<u8>, DatabaseError> {
    hex::decode(hash.to_hex()).map_err(|error| misfit("record_bodies", "hash", &error))
}

fn misfit(
    table: &'static str,
    column: &'static str,
    error: &dyn std::fmt::Display,
) -> DatabaseError {
    DatabaseError::Column {
        table,
        column,
        reason: error.to_string(),
    }
}
