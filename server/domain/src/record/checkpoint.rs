//! The record as a log: its signed head, and proofs that an entry is in it.

use super::EntryIndex;
use super::error::RecordError;
use super::published::{self, read_signed};
use super::store::{self, Body};
use crate::infra::app::App;
use crate::infra::clock::Timestamp;
use crate::infra::database::{DatabaseError, Tx};
use crate::infra::record_key::SignedCheckpoint;
use serde::Serialize;
use std::convert::Infallible;
use tally::record::note::{KeyKind, KeyName};
use tally::record::tree::{self, Frontier, NodeId, TreeError, inclusion_nodes, root_nodes};
use tally::record::{Checkpoint, Hash, VerifierKey};
use tracing::instrument;

/// How many hashes are read at a time.
const BATCH: u16 = 1000;

/// The proof that a fact is in the record: its leaf, the way up to a signed checkpoint, and the key to check it
/// with. It proves that the entry is there, never what stands behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InclusionProof {
    /// The entry's position.
    pub position: u64,
    /// The leaf's exact bytes.
    pub header: String,
    /// The body's salt in hexadecimal digits; `None` where the body was taken down.
    pub salt: Option<String>,
    /// Inclusion proof from the leaf's sibling up, each hash in hexadecimal digits.
    pub proof: Vec<String>,
    /// The signed note.
    pub checkpoint: String,
    /// The C2SP verifier key line.
    pub vkey: String,
    /// The same as one text (c2sp.org/tlog-proof).
    pub text: String,
}

/// The line that anybody checks the record's signature with.
pub fn verifier_key(app: &App) -> Result<VerifierKey, RecordError> {
    verifier_key_of(&app.config.record_origin, app.record_key.public())
}

/// The same line of any record: its origin and its public key.
pub fn verifier_key_of(origin: &str, key: [u8; 32]) -> Result<VerifierKey, RecordError> {
    let name = KeyName::new(origin).ok_or_else(|| RecordError::Origin(origin.to_owned()))?;
    Ok(VerifierKey::new(name, KeyKind::Log, key))
}

/// The latest time that an entry carries; 1970 where the record is empty.
#[instrument(skip_all, err(level = "debug"))]
pub async fn last_entry_at(app: &App) -> Result<Timestamp, DatabaseError> {
    store::last_at(&mut app.database.read().await?).await
}

/// The checkpoint of the record as it is now. Call it outside of any transaction: it may write one of its own.
#[instrument(skip_all, err(level = "debug"))]
pub async fn checkpoint(app: &App) -> Result<SignedCheckpoint, RecordError> {
    let mut last = app.record_key.last.lock().await;
    let mut tx = app.database.read().await?;
    let size = store::size(&mut tx).await?;
    let root = root_at(&mut tx, size).await?;
    // By root as well: after a failover that lost a commit, as many entries may be others.
    let is_current =
        |last: &&SignedCheckpoint| (last.checkpoint.size, last.checkpoint.root) == (size, root);
    if let Some(last) = last.as_ref().filter(is_current) {
        return Ok(last.clone());
    }
    published::settle(app, &mut tx).await?;
    drop(tx);
    let signed = sign(app, size, root)?;
    let text = signed.note.to_string();
    app.record_key.remember(&text).await?;
    let mut tx = app.database.write().await?;
    // Who signs in parallel on another server waits here: none is stored after a larger one.
    store::hold(&mut tx).await?;
    store::insert_checkpoint(&mut tx, size, &text).await?;
    tx.commit().await?;
    *last = Some(signed.clone());
    Ok(signed)
}

fn sign(app: &App, size: u64, root: Hash) -> Result<SignedCheckpoint, RecordError> {
    let checkpoint = Checkpoint {
        origin: app.config.record_origin.clone(),
        size,
        root,
    };
    let Ok(note) = checkpoint.to_note()?.sign(&verifier_key(app)?, |text| {
        Ok::<_, Infallible>(app.record_key.sign(text))
    });
    Ok(SignedCheckpoint { checkpoint, note })
}

/// The first signed checkpoint over a committed entry: the same every time. Call it outside of any transaction.
pub async fn covering(app: &App, entry: EntryIndex) -> Result<SignedCheckpoint, RecordError> {
    if checkpoint_over(app, entry).await?.is_none() {
        checkpoint(app).await?;
    }
    let covering = checkpoint_over(app, entry).await?;
    Ok(covering.ok_or(TreeError::NotInTree {
        index: entry.position(),
        size: 0,
    })?)
}

async fn checkpoint_over(
    app: &App,
    entry: EntryIndex,
) -> Result<Option<SignedCheckpoint>, RecordError> {
    let mut tx = app.database.read().await?;
    let note = store::checkpoint_over(&mut tx, entry).await?;
    let Some(note) = note else { return Ok(None) };
    read_signed(&verifier_key(app)?, &note).map(Some)
}

pub(super) async fn root_at(tx: &mut Tx, size: u64) -> Result<Hash, RecordError> {
    let nodes = store::nodes(tx, &root_nodes(size)).await?;
    Ok(tree::root(size, &nodes)?)
}

/// The hashes of the complete subtrees of everything before a position.
pub async fn peaks(tx: &mut Tx, size: u64) -> Result<Vec<Hash>, RecordError> {
    let wanted = root_nodes(size);
    let nodes = store::nodes(tx, &wanted).await?;
    wanted
        .into_iter()
        .map(|id| {
            let hash = nodes.get(&id).copied();
            hash.ok_or_else(|| TreeError::MissingNode(id).into())
        })
        .collect()
}

/// Whether the record has had this root since this entry was in it.
#[instrument(skip_all, fields(%entry), err(level = "debug"))]
pub async fn had_root(tx: &mut Tx, root: Hash, entry: EntryIndex) -> Result<bool, RecordError> {
    let first = entry.position();
    let peaks = peaks(tx, first).await?;
    let mut tree = Frontier::from_peaks(first, peaks).ok_or(RecordError::Entry(first))?;
    loop {
        let leaves = store::nodes_of_level(tx, 0, tree.size(), BATCH).await?;
        if leaves.is_empty() {
            return Ok(false);
        }
        for _ in 0..leaves.len() {
            let id = NodeId {
                level: 0,
                index: tree.size(),
            };
            let leaf = leaves.get(&id).ok_or(TreeError::MissingNode(id))?;
            tree.push(*leaf)?;
            if tree.root() == root {
                return Ok(true);
            }
        }
    }
}

/// The proof that the entry is in the tree of the first `size` entries: hashes from the leaf's sibling up.
#[instrument(skip_all, fields(%entry), err(level = "debug"))]
pub async fn inclusion_proof(
    tx: &mut Tx,
    entry: EntryIndex,
    size: u64,
) -> Result<Vec<Hash>, RecordError> {
    let nodes = store::nodes(tx, &inclusion_nodes(entry.position(), size)?).await?;
    Ok(tree::inclusion_proof(entry.position(), size, &nodes)?)
}

/// The receipt of a committed entry. The same entry gives the same receipt every time. Call it outside of any
/// transaction.
#[instrument(skip_all, fields(%entry), err(level = "debug"))]
pub async fn receipt(app: &App, entry: EntryIndex) -> Result<InclusionProof, RecordError> {
    let signed = covering(app, entry).await?;
    let size = signed.checkpoint.size;
    let not_in_tree = TreeError::NotInTree {
        index: entry.position(),
        size,
    };
    let mut tx = app.database.read().await?;
    let found = store::entry(&mut tx, entry).await?.ok_or(not_in_tree)?;
    let proof = inclusion_proof(&mut tx, entry, size).await?;
    let salt = match store::body_of(&mut tx, entry).await? {
        Some(Body::Shown { salt, .. }) => Some(hex::encode(salt)),
        Some(Body::TakenDown { .. }) | None => None,
    };
    let whole = tally::record::Receipt::new(
        found.header.clone().into_bytes(),
        entry.position(),
        proof.clone(),
        signed.note.clone(),
    );
    Ok(InclusionProof {
        position: entry.position(),
        header: found.header,
        salt,
        proof: proof
            .iter()
            .map(|hash| hex::encode(hash.as_bytes()))
            .collect(),
        checkpoint: signed.note.to_string(),
        vkey: verifier_key(app)?.to_string(),
        text: whole.to_string(),
    })
}
