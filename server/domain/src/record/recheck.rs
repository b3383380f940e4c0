//! The whole record computed anew from its entries, and compared with everything that is stored of it.

use super::EntryIndex;
use super::error::RecordError;
use super::published::read_signed;
use super::store::{self, Body};
use crate::infra::database::Tx;
use std::collections::BTreeMap;
use tally::record::body::{BodyTakenDown, Kind};
use tally::record::leaf::Salt;
use tally::record::tree::{Frontier, leaf_hash};
use tally::record::{BodyHash, Checkpoint, Hash, LeafHeader, NodeId, VerifierKey, body_hash};
use tracing::instrument;

/// How many entries are read at a time.
const BATCH: u16 = 256;

/// What was found in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rechecked {
    /// The number of entries.
    pub entries: u64,
    /// The size of the newest signed checkpoint, whose root the entries give; `None` where none was signed yet.
    pub checkpoint: Option<u64>,
}

/// Computes the tree from the entries and compares it with the stored hashes, with the bodies beside the entries, and
/// with every signed checkpoint, whose signature must be `key`'s.
#[instrument(skip_all, err(level = "debug"))]
pub async fn recheck(tx: &mut Tx, key: &VerifierKey) -> Result<Rechecked, RecordError> {
    let size = store::size(tx).await?;
    let mut newest = recheck_empty(tx, key).await?;
    let mut tree = Frontier::default();
    let mut latest = 0;
    while tree.size() < size {
        let first = tree.size();
        let headers = store::headers(tx, first, BATCH).await?;
        if headers.is_empty() {
            return Err(RecordError::Entry(first));
        }
        let mut signed = signed_after(tx, key, first).await?;
        let mut nodes = Vec::new();
        for header in headers {
            let position = tree.size();
            if position >= size {
                return Err(RecordError::Entry(position));
            }
            latest = latest.max(recheck_body(tx, position, &header).await?);
            nodes.extend(tree.push(leaf_hash(header.as_bytes()))?);
            if let Some(checkpoint) = signed.remove(&tree.size()) {
                require_root(&tree, &checkpoint)?;
                newest = Some(checkpoint.size);
            }
        }
        recheck_nodes(tx, &nodes).await?;
    }
    if !store::headers(tx, size, 1).await?.is_empty() {
        return Err(RecordError::Entry(size));
    }
    if store::head(tx).await? != tree || store::last_at(tx).await?.millis() != latest {
        return Err(RecordError::RightEdge(size));
    }
    if let Some(beyond) = signed_after(tx, key, size).await?.into_values().next() {
        return Err(RecordError::SecondHistory {
            published: beyond.size,
            stored: size,
        });
    }
    Ok(Rechecked {
        entries: size,
        checkpoint: newest,
    })
}

/// The signed checkpoints of the next [`BATCH`] sizes after `size`, by their sizes.
async fn signed_after(
    tx: &mut Tx,
    key: &VerifierKey,
    size: u64,
) -> Result<BTreeMap<u64, Checkpoint>, RecordError> {
    let mut signed = BTreeMap::new();
    for (stored_as, note) in store::checkpoints_after(tx, size, BATCH).await? {
        let checkpoint = read_signed(key, &note)?.checkpoint;
        if checkpoint.size != stored_as {
            return Err(RecordError::SecondHistory {
                published: checkpoint.size,
                stored: stored_as,
            });
        }
        signed.insert(stored_as, checkpoint);
    }
    Ok(signed)
}

/// The checkpoint of no entries, if one was signed.
async fn recheck_empty(tx: &mut Tx, key: &VerifierKey) -> Result<Option<u64>, RecordError> {
    let Some(note) = store::checkpoint_at(tx, 0).await? else {
        return Ok(None);
    };
    require_root(&Frontier::default(), &read_signed(key, &note)?.checkpoint)?;
    Ok(Some(0))
}

fn require_root(tree: &Frontier, signed: &Checkpoint) -> Result<(), RecordError> {
    if signed.root == tree.root() && signed.size == tree.size() {
        Ok(())
    } else {
        Err(RecordError::SecondHistory {
            published: signed.size,
            stored: tree.size(),
        })
    }
}

async fn recheck_nodes(tx: &mut Tx, nodes: &[(NodeId, Hash)]) -> Result<(), RecordError> {
    let wanted: Vec<NodeId> = nodes.iter().map(|(id, _)| *id).collect();
    let stored = store::nodes(tx, &wanted).await?;
    match nodes.iter().find(|(id, hash)| stored.get(id) != Some(hash)) {
        Some((id, _)) => Err(RecordError::Node(*id)),
        None => Ok(()),
    }
}

/// A body that is shown must have the hash that the leaf names; one that was taken down must be of a kind that may be, and the record
/// must say so.
/// Answers with the entry's time.
async fn recheck_body(tx: &mut Tx, position: u64, header: &str) -> Result<i64, RecordError> {
    let leaf =
        LeafHeader::from_entry(header.as_bytes()).map_err(|_| RecordError::Body(position))?;
    let named = leaf.body();
    let entry = EntryIndex::new(position).ok_or(RecordError::Entry(position))?;
    let is_named = match store::body_of(tx, entry).await? {
        Some(Body::Shown { salt, text }) => is_body(named, salt, &text),
        Some(Body::TakenDown { reason, .. }) => is_recorded(tx, &leaf, entry, &reason).await?,
        None => false,
    };
    if is_named {
        Ok(leaf.at())
    } else {
        Err(RecordError::Body(position))
    }
}

/// Whether a later entry takes this body down for this reason, and it is none that a proof needs.
async fn is_recorded(
    tx: &mut Tx,
    leaf: &LeafHeader,
    entry: EntryIndex,
    reason: &str,
) -> Result<bool, RecordError> {
    if !Kind::find(leaf.kind()).is_some_and(Kind::may_be_taken_down) {
        return Ok(false);
    }
    let told = store::takedown_of(tx, entry).await?;
    let told = told.and_then(|body| BodyTakenDown::parse(body.as_bytes()).ok());
    Ok(told.is_some_and(|told| {
        let names = serde_json::to_value(told.reason).is_ok_and(|recorded| recorded == reason);
        told.position == entry.position() && names
    }))
}

fn is_body(named: BodyHash, salt: [u8; 32], text: &str) -> bool {
    body_hash(Salt::new(salt), text.as_bytes()) == named
}
