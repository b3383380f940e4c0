//! Receipts: a leaf, its inclusion proof and a checkpoint, as one text (c2sp.org/tlog-proof, the leaf in its `extra` line).
//!
//! A receipt proves inclusion and never content.

use std::fmt;
use std::str::FromStr;

use super::checkpoint::{Checkpoint, CheckpointError};
use super::leaf::{LeafError, LeafHeader};
use super::note::{Note, NoteError, VerifierKey};
use super::tree::{self, Hash, TreeError};
use crate::strict;

const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";

/// A receipt. Reading it checks its form only; [`Receipt::verify`] checks what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    entry: Vec<u8>,
    index: u64,
    proof: Vec<Hash>,
    checkpoint: Note,
}

/// What a verified receipt proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Included {
    /// The leaf.
    pub header: LeafHeader,
    /// Its index.
    pub index: u64,
    /// The tree it is in.
    pub checkpoint: Checkpoint,
}

/// Which check of a receipt failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReceiptError {
    /// Not the text of a receipt.
    #[error("not a receipt")]
    Malformed,
    /// The leaf.
    #[error("leaf: {0}")]
    Leaf(#[from] LeafError),
    /// The checkpoint's or a witness's signature.
    #[error("checkpoint: {0}")]
    Signature(#[from] NoteError),
    /// The checkpoint's text.
    #[error("checkpoint: {0}")]
    Checkpoint(#[from] CheckpointError),
    /// A checkpoint of another log.
    #[error("checkpoint: its origin is `{found}`, the key is that of `{expected}`")]
    OtherOrigin {
        /// The key's name.
        expected: String,
        /// The checkpoint's origin.
        found: String,
    },
    /// The inclusion proof.
    #[error("inclusion: {0}")]
    Inclusion(#[from] TreeError),
}

impl ReceiptError {
    /// The check's stable name.
    pub fn check(&self) -> &'static str {
        match self {
            Self::Malformed => "receipt-form",
            Self::Leaf(_) => "leaf",
            Self::Signature(NoteError::TooFewWitnesses { .. }) => "witnesses",
            Self::Signature(_) => "checkpoint-signature",
            Self::Checkpoint(_) => "checkpoint-form",
            Self::OtherOrigin { .. } => "checkpoint-origin",
            Self::Inclusion(_) => "inclusion-proof",
        }
    }
}

impl Receipt {
    /// From its parts.
    pub fn new(entry: Vec<u8>, index: u64, proof: Vec<Hash>, checkpoint: Note) -> Self {
        Self {
            entry,
            index,
            proof,
            checkpoint,
        }
    }

    /// The leaf's bytes.
    pub fn entry(&self) -> &[u8] {
        &self.entry
    }

    /// Verifies signature, origin, witnesses and inclusion. `log` is the log's key, whose name is the origin.
    pub fn verify(
        &self,
        log: &VerifierKey,
        witnesses: &[VerifierKey],
        required: u64,
    ) -> Result<Included, ReceiptError> {
        let header = LeafHeader::from_entry(&self.entry)?;
        self.checkpoint.verify(log)?;
        let checkpoint = Checkpoint::parse(self.checkpoint.text())?;
        if checkpoint.origin != log.name().as_str() {
            return Err(ReceiptError::OtherOrigin {
                expected: log.name().to_string(),
                found: checkpoint.origin,
            });
        }
        self.checkpoint.verify_witnesses(witnesses, required)?;
        tree::verify_inclusion(
            tree::leaf_hash(&self.entry),
            self.index,
            checkpoint.size,
            &self.proof,
            checkpoint.root,
        )?;
        Ok(Included {
            header,
            index: self.index,
            checkpoint,
        })
    }
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{FIRST_LINE}\nextra {}\nindex {}",
            strict::to_base64(&self.entry),
            self.index
        )?;
        self.proof
            .iter()
            .try_for_each(|hash| writeln!(f, "{hash}"))?;
        write!(f, "\n{}", self.checkpoint)
    }
}

impl FromStr for Receipt {
    type Err = ReceiptError;

    fn from_str(text: &str) -> Result<Self, ReceiptError> {
        let (head, checkpoint) = text.split_once("\n\n").ok_or(ReceiptError::Malformed)?;
        let checkpoint = Note::parse(checkpoint)?;
        let mut lines = head.split('\n');
        let mut after = |prefix: &str| {
            lines
                .next()
                .and_then(|line| line.strip_prefix(prefix))
                .ok_or(ReceiptError::Malformed)
        };
        if !after(FIRST_LINE)?.is_empty() {
            return Err(ReceiptError::Malformed);
        }
        let entry = strict::base64(after("extra ")?).ok_or(ReceiptError::Malformed)?;
        let index = strict::decimal(after("index ")?).ok_or(ReceiptError::Malformed)?;
        let proof = lines
            .map(|line| Hash::from_base64(line).ok_or(ReceiptError::Malformed))
            .collect::<Result<Vec<_>, _>>()?;
        if proof.len() > 64 {
            return Err(ReceiptError::Malformed);
        }
        Ok(Self {
            entry,
            index,
            proof,
            checkpoint,
        })
    }
}
