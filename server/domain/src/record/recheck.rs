//! The whole record computed anew from its entries, and compared with everything that is stored of it.

use super::EntryIndex;
use super::error::RecordError;
use super::store::{self, Body};
use crate::infra::database::Tx;
use tally::record::leaf::Salt;
use tally::record::tree::{Frontier, leaf_hash};
use tally::record::{BodyHash, Checkpoint, Hash, LeafHeader, NodeId, Note, VerifierKey, body_hash};
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
/// with the newest signed checkpoint, whose signature must be `key`'s.
#[instrument(skip_all, err(level = "debug"))]
pub async fn recheck(tx: &mut Tx, key: &VerifierKey) -> Result<Rechecked, RecordError> {
    let size = store::size(tx).await?;
    let published = match store::last_checkpoint(tx).await? {
        Some(note) => Some(signed_by(key, &note)?),
        None => None,
    };
    let mut at_published = None;
    let mut tree = Frontier::default();
    note_root(&tree, published.as_ref(), &mut at_published);
    while tree.size() < size {
        let first = tree.size();
        let headers = store::headers(tx, first, BATCH).await?;
        if headers.is_empty() {
            return Err(RecordError::Entry(first));
        }
        let mut nodes = Vec::new();
        for header in headers {
            let position = tree.size();
            if position >= size {
                return Err(RecordError::Entry(position));
            }
            recheck_body(tx, position, &header).await?;
            nodes.extend(tree.push(leaf_hash(header.as_bytes()))?);
            note_root(&tree, published.as_ref(), &mut at_published);
        }
        recheck_nodes(tx, &nodes).await?;
    }
    if !store::headers(tx, size, 1).await?.is_empty() {
        return Err(RecordError::Entry(size));
    }
    if store::head(tx).await? != tree {
        return Err(RecordError::RightEdge(size));
    }
    if let Some(published) = &published
        && at_published != Some(published.root)
    {
        return Err(RecordError::SecondHistory {
            published: published.size,
            stored: size,
        });
    }
    Ok(Rechecked {
        entries: size,
        checkpoint: published.map(|published| published.size),
    })
}

fn signed_by(key: &VerifierKey, note: &str) -> Result<Checkpoint, RecordError> {
    let note = Note::parse(note)?;
    note.verify(key)?;
    Ok(Checkpoint::parse(note.text())?)
}

/// Keeps the root of the tree at the size that was published.
fn note_root(tree: &Frontier, published: Option<&Checkpoint>, root: &mut Option<Hash>) {
    if published.is_some_and(|published| published.size == tree.size()) {
        *root = Some(tree.root());
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

/// A body that is shown must have the hash that the leaf names; one that was taken down leaves nothing to check.
async fn recheck_body(tx: &mut Tx, position: u64, header: &str) -> Result<(), RecordError> {
    let named = LeafHeader::from_entry(header.as_bytes())
        .map_err(|_| RecordError::Body(position))?
        .body();
    let entry = EntryIndex::new(position).ok_or(RecordError::Entry(position))?;
    let is_named = match store::body_of(tx, entry).await? {
        Some(Body::Shown { salt, text }) => is_body(named, salt, &text),
        Some(Body::TakenDown { .. }) => true,
        None => false,
    };
    if is_named {
        Ok(())
    } else {
        Err(RecordError::Body(position))
    }
}

fn is_body(named: BodyHash, salt: [u8; 32], text: &str) -> bool {
    body_hash(Salt::new(salt), text.as_bytes()) == named
}
