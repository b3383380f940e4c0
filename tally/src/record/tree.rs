//! The Merkle tree of RFC 6962, section 2.1 (SHA-256).
//!
//! A store keeps the hash of every *complete* subtree, named by [`NodeId`]; those never change once written. Appending a leaf
//! writes one node, plus one for every subtree it completes ([`Frontier::push`]). Roots and proofs need few of them; the
//! `*_nodes` functions list which, so that a store can fetch them in one query and hand over a map.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::strict;

/// A node's hash.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Hash([u8; 32]);

impl Hash {
    /// From its 32 bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// From a slice of exactly 32 bytes.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// Its 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads standard base64 of 32 bytes, as checkpoints and proofs write it.
    pub fn from_base64(text: &str) -> Option<Self> {
        Self::from_slice(&strict::base64(text)?)
    }

    /// Standard base64, 44 characters.
    pub fn to_base64(self) -> String {
        strict::to_base64(&self.0)
    }
}

impl TryFrom<String> for Hash {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::from_base64(&text).ok_or("not the base64 of 32 bytes")
    }
}

impl From<Hash> for String {
    fn from(hash: Hash) -> Self {
        hash.to_base64()
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_base64())
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

/// Hash of a leaf: SHA-256 of a zero byte and the entry.
pub fn leaf_hash(entry: &[u8]) -> Hash {
    Hash(
        Sha256::new()
            .chain_update([0])
            .chain_update(entry)
            .finalize()
            .into(),
    )
}

/// Hash of an inner node: SHA-256 of a one byte and both children.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Hash(
        Sha256::new()
            .chain_update([1])
            .chain_update(left.0)
            .chain_update(right.0)
            .finalize()
            .into(),
    )
}

/// Root of the tree without leaves: SHA-256 of nothing.
pub fn empty_root() -> Hash {
    Hash(Sha256::digest([]).into())
}

/// A complete subtree: it covers the leaves from `index · 2^level` to before `(index + 1) · 2^level`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId {
    /// Height over the leaves; 0 is a leaf.
    pub level: u8,
    /// Position within the level, from the left.
    pub index: u64,
}

/// Where complete subtrees' hashes are read.
pub trait NodeStore {
    /// The hash of a node, if the store has it.
    fn node(&self, id: NodeId) -> Option<Hash>;
}

impl NodeStore for BTreeMap<NodeId, Hash> {
    fn node(&self, id: NodeId) -> Option<Hash> {
        self.get(&id).copied()
    }
}

impl<S: std::hash::BuildHasher> NodeStore for HashMap<NodeId, Hash, S> {
    fn node(&self, id: NodeId) -> Option<Hash> {
        self.get(&id).copied()
    }
}

impl<F: Fn(NodeId) -> Option<Hash>> NodeStore for F {
    fn node(&self, id: NodeId) -> Option<Hash> {
        self(id)
    }
}

/// Why a root or proof could not be made or did not verify.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TreeError {
    /// The store has no such node.
    #[error("node {} of level {} is missing", .0.index, .0.level)]
    MissingNode(NodeId),
    /// The leaf is not in a tree of this size.
    #[error("leaf {index} is not in a tree of {size} leaves")]
    NotInTree {
        /// The leaf.
        index: u64,
        /// The tree's size.
        size: u64,
    },
    /// The older tree is larger than the newer.
    #[error("a tree of {old} leaves is not a beginning of one of {new}")]
    NotABeginning {
        /// The older size.
        old: u64,
        /// The newer size.
        new: u64,
    },
    /// Too few or too many hashes.
    #[error("the proof has another number of hashes than the sizes ask for")]
    ProofLength,
    /// The computed root is another.
    #[error("the proof leads to another root")]
    OtherRoot,
    /// The tree cannot grow beyond 2⁶³ leaves.
    #[error("the tree is full")]
    Full,
}

/// The nodes needed for the root of a tree of `size` leaves.
pub fn root_nodes(size: u64) -> Vec<NodeId> {
    complete_subtrees(0, size)
}

/// The root of a tree of `size` leaves.
pub fn root(size: u64, store: &impl NodeStore) -> Result<Hash, TreeError> {
    range_hash(0, size, store)
}

/// The nodes needed for [`inclusion_proof`].
pub fn inclusion_nodes(index: u64, size: u64) -> Result<Vec<NodeId>, TreeError> {
    Ok(inclusion_ranges(index, size)?
        .into_iter()
        .flat_map(|(start, end)| complete_subtrees(start, end))
        .collect())
}

/// The proof that leaf `index` is in the tree of `size` leaves: hashes from the leaf's sibling up.
pub fn inclusion_proof(
    index: u64,
    size: u64,
    store: &impl NodeStore,
) -> Result<Vec<Hash>, TreeError> {
    inclusion_ranges(index, size)?
        .into_iter()
        .map(|(start, end)| range_hash(start, end, store))
        .collect()
}

/// Verifies an inclusion proof (RFC 9162, section 2.1.3.2).
pub fn verify_inclusion(
    leaf: Hash,
    index: u64,
    size: u64,
    proof: &[Hash],
    root: Hash,
) -> Result<(), TreeError> {
    let expected = inclusion_ranges(index, size)?;
    if expected.len() != proof.len() {
        return Err(TreeError::ProofLength);
    }
    let computed = expected
        .iter()
        .zip(proof)
        .fold(leaf, |hash, ((start, _), sibling)| {
            if *start > index {
                node_hash(&hash, sibling)
            } else {
                node_hash(sibling, &hash)
            }
        });
    if computed == root {
        Ok(())
    } else {
        Err(TreeError::OtherRoot)
    }
}

/// The nodes needed for [`consistency_proof`].
pub fn consistency_nodes(old: u64, new: u64) -> Result<Vec<NodeId>, TreeError> {
    Ok(consistency_ranges(old, new)?
        .into_iter()
        .flat_map(|(start, end)| complete_subtrees(start, end))
        .collect())
}

/// The proof that the tree of `old` leaves is a beginning of the tree of `new` leaves (RFC 6962, section 2.1.2).
pub fn consistency_proof(
    old: u64,
    new: u64,
    store: &impl NodeStore,
) -> Result<Vec<Hash>, TreeError> {
    consistency_ranges(old, new)?
        .into_iter()
        .map(|(start, end)| range_hash(start, end, store))
        .collect()
}

/// Verifies a consistency proof (RFC 9162, section 2.1.4.2).
pub fn verify_consistency(
    old: u64,
    new: u64,
    proof: &[Hash],
    old_root: Hash,
    new_root: Hash,
) -> Result<(), TreeError> {
    if consistency_ranges(old, new)?.len() != proof.len() {
        return Err(TreeError::ProofLength);
    }
    if old == 0 || old == new {
        let same = if old == 0 {
            old_root == empty_root()
        } else {
            old_root == new_root
        };
        return if same {
            Ok(())
        } else {
            Err(TreeError::OtherRoot)
        };
    }
    // The path of the old tree's last complete subtree, with what stands to its left and right on the way up.
    let (mut node, mut last) = (old - 1, new - 1);
    while node & 1 == 1 {
        node >>= 1;
        last >>= 1;
    }
    let mut hashes = proof.iter();
    let first = if old.is_power_of_two() {
        old_root
    } else {
        *hashes.next().ok_or(TreeError::ProofLength)?
    };
    let (mut old_hash, mut new_hash) = (first, first);
    for hash in hashes {
        if node & 1 == 1 || node == last {
            old_hash = node_hash(hash, &old_hash);
            new_hash = node_hash(hash, &new_hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            new_hash = node_hash(&new_hash, hash);
        }
        node >>= 1;
        last >>= 1;
    }
    if old_hash == old_root && new_hash == new_root {
        Ok(())
    } else {
        Err(TreeError::OtherRoot)
    }
}

/// The right edge of a growing tree: all that appending needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    /// Hashes of the complete subtrees of [`root_nodes`], largest first.
    peaks: Vec<Hash>,
}

impl Frontier {
    /// The frontier that [`Frontier::peaks`] were taken of; `None` if a tree of this size has another number of them.
    pub fn from_peaks(size: u64, peaks: Vec<Hash>) -> Option<Self> {
        (peaks.len() == root_nodes(size).len()).then_some(Self { size, peaks })
    }

    /// The hashes of the complete subtrees of [`root_nodes`], largest first: what is to be stored to append later.
    pub fn peaks(&self) -> &[Hash] {
        &self.peaks
    }

    /// Number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root.
    pub fn root(&self) -> Hash {
        fold_peaks(&self.peaks)
    }

    /// Appends a leaf; the returned nodes (the leaf first, then each subtree it completes) are to be stored.
    pub fn push(&mut self, leaf: Hash) -> Result<Vec<(NodeId, Hash)>, TreeError> {
        if self.size >= 1 << 63 {
            return Err(TreeError::Full);
        }
        let mut id = NodeId {
            level: 0,
            index: self.size,
        };
        let mut hash = leaf;
        let mut written = vec![(id, hash)];
        while id.index & 1 == 1 {
            let Some(left) = self.peaks.pop() else { break };
            hash = node_hash(&left, &hash);
            id = NodeId {
                level: id.level + 1,
                index: id.index >> 1,
            };
            written.push((id, hash));
        }
        self.peaks.push(hash);
        self.size += 1;
        Ok(written)
    }
}

/// A whole tree in memory, for exports and tests.
#[derive(Clone, Debug, Default)]
pub struct MemoryTree {
    frontier: Frontier,
    nodes: HashMap<NodeId, Hash>,
}

impl MemoryTree {
    /// Appends a leaf hash.
    pub fn push(&mut self, leaf: Hash) -> Result<(), TreeError> {
        self.nodes.extend(self.frontier.push(leaf)?);
        Ok(())
    }

    /// Number of leaves.
    pub fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// The root.
    pub fn root(&self) -> Hash {
        self.frontier.root()
    }
}

impl NodeStore for MemoryTree {
    fn node(&self, id: NodeId) -> Option<Hash> {
        self.nodes.get(&id).copied()
    }
}

/// The leaves covered by each hash of an inclusion proof, from the leaf up.
fn inclusion_ranges(index: u64, size: u64) -> Result<Vec<(u64, u64)>, TreeError> {
    if index >= size {
        return Err(TreeError::NotInTree { index, size });
    }
    let (mut start, mut end) = (0, size);
    let mut ranges = Vec::new();
    while end - start > 1 {
        let middle = start + split(end - start);
        if index < middle {
            ranges.push((middle, end));
            end = middle;
        } else {
            ranges.push((start, middle));
            start = middle;
        }
    }
    ranges.reverse();
    Ok(ranges)
}

/// The leaves covered by each hash of a consistency proof, in its order.
fn consistency_ranges(old: u64, new: u64) -> Result<Vec<(u64, u64)>, TreeError> {
    if old > new {
        return Err(TreeError::NotABeginning { old, new });
    }
    if old == 0 || old == new {
        return Ok(Vec::new());
    }
    let (mut start, mut end) = (0, new);
    let mut ranges = Vec::new();
    while end > old {
        let middle = start + split(end - start);
        if old <= middle {
            ranges.push((middle, end));
            end = middle;
        } else {
            ranges.push((start, middle));
            start = middle;
        }
    }
    // The old tree itself is known to who verifies; any other subtree is not.
    if start != 0 {
        ranges.push((start, end));
    }
    ranges.reverse();
    Ok(ranges)
}

/// The largest power of two smaller than `size`, for `size` of at least two.
fn split(size: u64) -> u64 {
    1 << (size - 1).ilog2()
}

/// Hash of the leaves from `start` to before `end`, where the range is one that the recursion meets.
fn range_hash(start: u64, end: u64, store: &impl NodeStore) -> Result<Hash, TreeError> {
    let hashes: Vec<Hash> = complete_subtrees(start, end)
        .into_iter()
        .map(|id| store.node(id).ok_or(TreeError::MissingNode(id)))
        .collect::<Result<_, _>>()?;
    Ok(fold_peaks(&hashes))
}

fn fold_peaks(peaks: &[Hash]) -> Hash {
    let mut right_to_left = peaks.iter().rev();
    let Some(last) = right_to_left.next() else {
        return empty_root();
    };
    right_to_left.fold(*last, |right, left| node_hash(left, &right))
}

/// The complete subtrees of a range, largest first.
fn complete_subtrees(start: u64, end: u64) -> Vec<NodeId> {
    let mut nodes = Vec::new();
    let mut start = start;
    while start < end {
        let level = (end - start).ilog2();
        nodes.push(NodeId {
            level: u8::try_from(level).unwrap_or(u8::MAX),
            index: start >> level,
        });
        start += 1 << level;
    }
    nodes
}
