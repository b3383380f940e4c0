//! The messages of a key ceremony as they stand in the record, so that a trustee's device can check the messages that it is
//! handed, and anybody afterwards that all had committed before anyone revealed.
//!
//! A message is a leaf of kind [`KIND`] whose subject is the poll's election id; its body is a [`CeremonyMessage`]. The messages themselves are checked by `ballot::trustee::ceremony`, not here.
//!
//! A receipt proves that a message stands in the log, and not that it stands there alone. Receipts under checkpoints of
//! different sizes are of one tree if the log is honest: where the sizes are the same, the roots are compared here; that the
//! log only grows is what its witnesses check, and so does anybody who reads the whole of it.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use ballot::Uuid;
use ballot::trustee::TrusteeId;
use serde::{Deserialize, Serialize};

use super::body::{BodyError, CeremonyMessage};
use super::leaf::{LeafError, open_body};
use super::note::VerifierKey;
use super::receipt::{Included, Receipt, ReceiptError};
use super::tree::Hash;

/// The kind of the leaves.
pub const KIND: &str = CeremonyMessage::KIND.name();

/// A round of the ceremony, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Round {
    /// A trustee's own key, where the trustees share none: the only round there is.
    Key,
    /// Certificates.
    Certificate,
    /// Commitments to the polynomials.
    Commitment,
    /// The polynomials.
    Polynomial,
    /// Acknowledgements.
    Acknowledgement,
}

impl Round {
    /// Its name in the names of files, which it sorts.
    pub fn name(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Certificate => "1-certificate",
            Self::Commitment => "2-commitment",
            Self::Polynomial => "3-polynomial",
            Self::Acknowledgement => "4-acknowledgement",
        }
    }
}

impl fmt::Display for Round {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What the record serves for one message.
#[derive(Clone, Copy, Debug)]
pub struct Served<'a> {
    /// The text of the leaf's receipt.
    pub receipt: &'a str,
    /// The document of the leaf's body, with its salt.
    pub document: &'a [u8],
}

/// Which record and which ceremony a device asks about.
#[derive(Clone, Copy, Debug)]
pub struct Ceremony<'a> {
    /// The log's key.
    pub log: &'a VerifierKey,
    /// The keys of the witnesses.
    pub witnesses: &'a [VerifierKey],
    /// How many of them must have cosigned every receipt.
    pub required: u64,
    /// The poll.
    pub poll: &'a Uuid,
    /// Which of the poll's ceremonies, from 1.
    pub attempt: u32,
    /// How many trustees it has.
    pub trustees: u32,
}

/// A whole round that stands in the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedRound {
    round: Round,
    messages: Vec<Recorded>,
    /// The roots seen, by the size of their tree.
    roots: BTreeMap<u64, Hash>,
}

/// A message that stands in the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Whose it is.
    pub trustee: TrusteeId,
    /// Where it stands.
    pub index: u64,
    /// Its exact text.
    pub message: String,
}

/// A check that failed, and on whose message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{round} of trustee {trustee}: {fault}")]
pub struct CeremonyRecordError {
    /// The round of the message.
    pub round: Round,
    /// The trustee's number.
    pub trustee: u32,
    /// What is wrong.
    pub fault: Fault,
}

/// What is wrong with a recorded message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The record's answer for this trustee is not there.
    #[error("it is not among what the record has served")]
    Missing,
    /// There are fewer trustees.
    #[error("there is no such trustee")]
    Surplus,
    /// The receipt does not verify.
    #[error("its receipt does not hold: {0}")]
    Receipt(#[from] ReceiptError),
    /// The body is not the leaf's.
    #[error("its body: {0}")]
    Body(#[from] LeafError),
    /// The body is not a ceremony message in its one form.
    #[error("its body is not a ceremony message: {0}")]
    Form(BodyError),
    /// The leaf is of another kind.
    #[error("its leaf is of the kind `{0}`")]
    Kind(String),
    /// The leaf is about something else.
    #[error("its leaf is about `{0}`, not about this poll")]
    Subject(String),
    /// The message is of another poll.
    #[error("the record has a message of the poll `{0}` there")]
    Poll(String),
    /// The message is of another ceremony of the poll.
    #[error("the record has a message of the poll's ceremony number {0} there")]
    Attempt(u32),
    /// The message is of another round.
    #[error("the record has a message of the round {0} there")]
    Round(Round),
    /// The message is another trustee's.
    #[error("the record has a message of trustee {0} there")]
    Trustee(u32),
    /// The log has signed two different trees.
    #[error("the log has signed two trees that contradict each other: keep both receipts")]
    Fork,
    /// A message of this round stands in the record before the whole of an earlier round does.
    #[error("it stands in the record before the {round} of trustee {trustee}")]
    Order {
        /// The earlier round.
        round: Round,
        /// Whose message of that round comes later.
        trustee: u32,
    },
    /// The message that the device was handed is not the recorded one.
    #[error("it is not the one that stands in the record")]
    Message,
}

impl Fault {
    /// The check's stable name.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Surplus => "surplus",
            Self::Receipt(error) => error.check(),
            Self::Body(_) => "body",
            Self::Form(_) => "body-form",
            Self::Kind(_) => "kind",
            Self::Subject(_) => "subject",
            Self::Poll(_) => "poll",
            Self::Attempt(_) => "attempt",
            Self::Round(_) => "round",
            Self::Trustee(_) => "trustee",
            Self::Fork => "fork",
            Self::Order { .. } => "order",
            Self::Message => "message",
        }
    }
}

impl Ceremony<'_> {
    /// Verifies one round: what the record has served for each trustee, in order.
    ///
    /// # Errors
    /// The first check that fails, with its trustee.
    pub fn round(
        &self,
        round: Round,
        served: &[Served<'_>],
    ) -> Result<RecordedRound, CeremonyRecordError> {
        let mut whole = RecordedRound {
            round,
            messages: Vec::new(),
            roots: BTreeMap::new(),
        };
        let mut answers = served.iter();
        for number in 1..=self.trustees {
            let wrong = |fault| failed(round, number, fault);
            let trustee = TrusteeId::new(number).ok_or_else(|| wrong(Fault::Missing))?;
            let answer = answers.next().ok_or_else(|| wrong(Fault::Missing))?;
            let (included, message) = self.message(round, trustee, answer).map_err(wrong)?;
            whole.add(trustee, included, message).map_err(wrong)?;
        }
        if answers.next().is_some() {
            return Err(failed(
                round,
                self.trustees.saturating_add(1),
                Fault::Surplus,
            ));
        }
        Ok(whole)
    }

    fn message(
        &self,
        round: Round,
        trustee: TrusteeId,
        served: &Served<'_>,
    ) -> Result<(Included, String), Fault> {
        let receipt = Receipt::from_str(served.receipt)?;
        let included = receipt.verify(self.log, self.witnesses, self.required)?;
        let header = &included.header;
        if header.kind() != KIND {
            return Err(Fault::Kind(header.kind().to_owned()));
        }
        if header.subject() != self.poll.as_str() {
            return Err(Fault::Subject(header.subject().to_owned()));
        }
        let body = open_body(served.document, header.body())?;
        let recorded = CeremonyMessage::parse(body).map_err(Fault::Form)?;
        if recorded.election_uuid.as_str() != self.poll.as_str() {
            return Err(Fault::Poll(recorded.election_uuid.into()));
        }
        if recorded.attempt.get() != self.attempt {
            return Err(Fault::Attempt(recorded.attempt.get()));
        }
        if recorded.round != round {
            return Err(Fault::Round(recorded.round));
        }
        if recorded.trustee.get() != trustee.get() {
            return Err(Fault::Trustee(recorded.trustee.get()));
        }
        Ok((included, recorded.message.text().to_owned()))
    }
}

impl RecordedRound {
    /// The round.
    pub fn round(&self) -> Round {
        self.round
    }

    /// The messages in the order of the trustees.
    pub fn messages(&self) -> &[Recorded] {
        &self.messages
    }

    /// Checks that the messages a device was handed, one of each trustee in order, are byte for byte the recorded ones.
    ///
    /// # Errors
    /// [`Fault::Message`], [`Fault::Missing`] or [`Fault::Surplus`], with the trustee.
    pub fn holds<M: AsRef<[u8]>>(&self, messages: &[M]) -> Result<(), CeremonyRecordError> {
        let mut handed = messages.iter();
        let mut last = 0;
        for recorded in &self.messages {
            last = recorded.trustee.get();
            let wrong = |fault| failed(self.round, last, fault);
            let message = handed.next().ok_or_else(|| wrong(Fault::Missing))?;
            if message.as_ref() != recorded.message.as_bytes() {
                return Err(wrong(Fault::Message));
            }
        }
        if handed.next().is_some() {
            let surplus = last.saturating_add(1);
            return Err(failed(self.round, surplus, Fault::Surplus));
        }
        Ok(())
    }

    /// Checks that the whole of an earlier round stands in the record before any message of this one.
    ///
    /// # Errors
    /// [`Fault::Order`] with the trustee whose message of this round came too early, or [`Fault::Fork`].
    pub fn follows(&self, earlier: &Self) -> Result<(), CeremonyRecordError> {
        for recorded in &self.messages {
            let wrong = |fault| failed(self.round, recorded.trustee.get(), fault);
            let late = earlier.messages.iter().max_by_key(|message| message.index);
            if let Some(late) = late.filter(|late| recorded.index <= late.index) {
                return Err(wrong(Fault::Order {
                    round: earlier.round,
                    trustee: late.trustee.get(),
                }));
            }
            let forked = self
                .roots
                .iter()
                .any(|(size, root)| earlier.roots.get(size).is_some_and(|seen| seen != root));
            if forked {
                return Err(wrong(Fault::Fork));
            }
        }
        Ok(())
    }

    fn add(
        &mut self,
        trustee: TrusteeId,
        included: Included,
        message: String,
    ) -> Result<(), Fault> {
        let (index, checkpoint) = (included.index, included.checkpoint);
        let root = self.roots.entry(checkpoint.size).or_insert(checkpoint.root);
        // Two messages have two leaves.
        let taken = self.messages.iter().any(|other| other.index == index);
        if *root != checkpoint.root || taken {
            return Err(Fault::Fork);
        }
        self.messages.push(Recorded {
            trustee,
            index,
            message,
        });
        Ok(())
    }
}

fn failed(round: Round, trustee: u32, fault: Fault) -> CeremonyRecordError {
    CeremonyRecordError {
        round,
        trustee,
        fault,
    }
}
