//! The fair key ceremony: n members make a key together that any t of them can use and fewer cannot.
//!
//! Pedersen's key generation in crypto version 1 lets a member who speaks last choose its polynomial after it has seen
//! the others', and so bias the joint key. Here everyone first commits to the exact bytes of its polynomial message, and
//! nothing is revealed before all commitments are there:
//!
//! | round | a member's device | sends | everybody checks |
//! |---|---|---|---|
//! | 1 | [`Certified::start`] | a certificate with its two keys of the ceremony | [`Certificates::check`] |
//! | 2 | [`Certified::commit`] | a signed commitment to its polynomial message | [`Commitments::check`] |
//! | 3 | [`Committed::reveal`] | the polynomial message with the encrypted shares | [`Polynomials::check`] |
//! | 4 | [`Revealed::acknowledge`] | its verification key and its signature of the whole transcript, or a [`Complaint`] | [`Polynomials::finish`] |
//! | 5 | [`Keyed::finish`] | nothing: it checks the trustees object that results | |
//!
//! What a round needs is what the one before it returned, for devices and for whoever watches. All messages go through
//! the public record; whatever is refused names the trustee. After a failure the ceremony begins again with fresh
//! seeds, so that what a complaint reveals is of no use.
//!
//! A device keeps its state ([`Wire`]) *before* it sends the message of a round, and never starts a round twice.

mod acknowledgement;
mod certificate;
mod commitment;
mod complaint;
mod polynomial;
#[cfg(test)]
mod tests;

pub use acknowledgement::{Acknowledgement, Finished, Keyed, SharesReceived};
pub use certificate::{Certificates, Certified};
pub use commitment::{Commitment, Commitments, Committed};
pub use complaint::{Complaint, Verdict};
pub use polynomial::{Polynomial, Polynomials, Revealed};

use super::threshold::MAX_MEMBERS;
use super::{ShareFault, TrusteeError, TrusteeId};
use crate::uuid::Uuid;
use crate::wire::{Reader, Wire, WireError, WireFault, Writer};

/// Which poll the key is for, how many members make it, and how many of them are enough.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    poll: Uuid,
    size: u32,
    threshold: u32,
}

/// A member's place in a ceremony. Encoded as `{"poll","size","threshold","index"}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    setting: Setting,
    index: TrusteeId,
}

/// The kinds of message of a ceremony.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageKind {
    /// Round 1.
    Certificate,
    /// Round 2.
    Commitment,
    /// Round 3.
    Polynomial,
    /// Round 4.
    Acknowledgement,
    /// Round 4, if a share is bad.
    Complaint,
}

/// Why a ceremony cannot go on. Members are numbered from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CeremonyError {
    /// No such ceremony: too few, too many, or a threshold that is not between 2 and the number of members.
    #[error("a ceremony has 2 to {MAX_MEMBERS} trustees, and a threshold of 2 to all of them")]
    Setting,
    /// A member's number is above the number of members.
    #[error("there is no trustee {0} in this ceremony")]
    Index(TrusteeId),
    /// Not one message of each member.
    #[error("{found} messages of the kind {message} are there, {expected} are needed")]
    Count {
        /// Their kind.
        message: MessageKind,
        /// One for each member.
        expected: u32,
        /// How many are there.
        found: usize,
    },
    /// A member's message is refused.
    #[error("the {message} of trustee {trustee}: {fault}")]
    Refused {
        /// Whose message.
        trustee: TrusteeId,
        /// Which message.
        message: MessageKind,
        /// What is wrong with it.
        fault: MessageFault,
    },
    /// The trustees object that results is refused.
    #[error(transparent)]
    Trustees(#[from] TrusteeError),
}

/// What is wrong with a message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MessageFault {
    /// Not the one encoding of such a message.
    #[error("{0}")]
    Encoding(WireError),
    /// This is not what this very device has sent: whoever relayed it has replaced it.
    #[error("it is not the one that this device has sent")]
    Substituted,
    /// Its keys are not those of the seed with which a key is to be recovered.
    #[error("its keys are not those of this seed")]
    OtherSeed,
    /// It was made for another group, size, threshold, index or poll.
    #[error("it was made for another place")]
    OtherPlace,
    /// A key is the neutral element.
    #[error("its key is the neutral element")]
    NeutralKey,
    /// A key that stands elsewhere already.
    #[error("its key stands twice")]
    RepeatedKey,
    /// Not signed by the key of the member's certificate.
    #[error("it is not signed by its trustee")]
    Signature,
    /// Made after other certificates than these.
    #[error("its trustee has seen other certificates")]
    OtherCertificates,
    /// The polynomial message is not the one to which the member has committed.
    #[error("it is not what its trustee has committed to")]
    NotAsCommitted,
    /// Not as many coefficients as the threshold.
    #[error("it has {found} coefficients, {expected} are needed")]
    CoefficientCount {
        /// The threshold.
        expected: u32,
        /// How many are there.
        found: usize,
    },
    /// The coefficients are not signed by the member.
    #[error("its coefficients are not signed by its trustee")]
    CoefficientsSignature,
    /// The certificates and the coefficients are not signed together by the member.
    #[error("its trustee has not signed these certificates and its coefficients")]
    TranscriptSignature,
    /// Not one share for each member.
    #[error("it has {found} shares, {expected} are needed")]
    ShareCount {
        /// The number of members.
        expected: u32,
        /// How many are there.
        found: usize,
    },
    /// The share for this device is bad.
    #[error("the share for trustee {recipient}: {fault}")]
    Share {
        /// Whose share.
        recipient: TrusteeId,
        /// What is wrong with it.
        fault: ShareFault,
    },
    /// Acknowledges other messages than these.
    #[error("its trustee has seen another transcript")]
    OtherTranscript,
    /// The verification key is not what the polynomials give.
    #[error("its verification key is not what the polynomials give")]
    VerificationKey,
    /// The verification key comes without a valid proof of possession.
    #[error("it does not prove possession of its verification key")]
    Possession,
    /// The verification key is not signed by the member.
    #[error("its verification key is not signed by its trustee")]
    KeySignature,
    /// A complaint whose proof does not hold.
    #[error("the proof of what it reveals does not hold")]
    Proof,
}

impl CeremonyError {
    /// The trustee to blame, where it is one.
    pub fn blames(&self) -> Option<TrusteeId> {
        match self {
            Self::Refused { trustee, .. } | Self::Index(trustee) => Some(*trustee),
            Self::Trustees(error) => error.blames(),
            Self::Setting | Self::Count { .. } => None,
        }
    }

    fn refused(trustee: TrusteeId, message: MessageKind, fault: MessageFault) -> Self {
        Self::Refused {
            trustee,
            message,
            fault,
        }
    }
}

impl Setting {
    /// A ceremony of `size` members for `poll`, of whom `threshold` are enough to decrypt. It is at least two: with one,
    /// everybody would hold the same key and could read the ballots alone.
    ///
    /// # Errors
    /// [`CeremonyError::Setting`].
    pub fn new(poll: Uuid, size: u32, threshold: u32) -> Result<Self, CeremonyError> {
        let good = size <= MAX_MEMBERS && (2..=size).contains(&threshold);
        good.then_some(Self {
            poll,
            size,
            threshold,
        })
        .ok_or(CeremonyError::Setting)
    }

    /// The poll's election id.
    pub fn poll(&self) -> &Uuid {
        &self.poll
    }

    /// How many members.
    pub fn size(&self) -> u32 {
        self.size
    }

    /// How many of them are enough.
    pub fn threshold(&self) -> u32 {
        self.threshold
    }

    /// The members' numbers.
    fn members(&self) -> impl Iterator<Item = TrusteeId> + use<> {
        (1..=self.size).map(TrusteeId)
    }

    /// One message of each member, each with its member's number.
    fn each<'t>(
        &self,
        message: MessageKind,
        texts: &'t [String],
    ) -> Result<impl Iterator<Item = (TrusteeId, &'t str)> + use<'t>, CeremonyError> {
        if u32::try_from(texts.len()) != Ok(self.size) {
            return Err(CeremonyError::Count {
                message,
                expected: self.size,
                found: texts.len(),
            });
        }
        Ok(self.members().zip(texts.iter().map(String::as_str)))
    }
}

impl Place {
    /// The place of member `index`.
    ///
    /// # Errors
    /// [`CeremonyError::Index`] if there are not so many members.
    pub fn new(setting: Setting, index: TrusteeId) -> Result<Self, CeremonyError> {
        if index.get() > setting.size {
            return Err(CeremonyError::Index(index));
        }
        Ok(Self { setting, index })
    }

    /// The ceremony.
    pub fn setting(&self) -> &Setting {
        &self.setting
    }

    /// The member's number.
    pub fn index(&self) -> TrusteeId {
        self.index
    }

    /// Refuses a list of messages in which this device's own has been replaced.
    fn own(&self, message: MessageKind, texts: &[String], own: &str) -> Result<(), CeremonyError> {
        if entry(texts, self.index).is_some_and(|text| text == own) {
            return Ok(());
        }
        Err(CeremonyError::refused(
            self.index,
            message,
            MessageFault::Substituted,
        ))
    }
}

/// The member's entry in a list that has one for each member.
fn entry<T>(list: &[T], member: TrusteeId) -> Option<&T> {
    let position = usize::try_from(member.get()).ok()?.checked_sub(1)?;
    list.get(position)
}

fn parse<M: Wire>(trustee: TrusteeId, kind: MessageKind, text: &str) -> Result<M, CeremonyError> {
    M::from_json(text.as_bytes())
        .map_err(|error| CeremonyError::refused(trustee, kind, MessageFault::Encoding(error)))
}

/// The messages as the texts that they were sent as.
fn texts<M: Wire>(messages: &[M]) -> Vec<String> {
    messages.iter().map(Wire::to_json).collect()
}

/// A stored state whose public messages do not hold any more has been changed.
fn damaged<T>(reader: &Reader<'_>, checked: Result<T, CeremonyError>) -> Result<T, WireError> {
    checked.map_err(|_| reader.fault(WireFault::Invalid("the device's state has been changed")))
}

impl Wire for Place {
    fn write(&self, out: &mut Writer) {
        out.object(|o| {
            o.member("poll", &self.setting.poll);
            o.member("size", &self.setting.size);
            o.member("threshold", &self.setting.threshold);
            o.member("index", &self.index);
        });
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.object(|o| {
            let (poll, size) = (o.required("poll")?, o.required("size")?);
            let (threshold, index) = (o.required("threshold")?, o.required("index")?);
            Setting::new(poll, size, threshold)
                .and_then(|setting| Self::new(setting, index))
                .map_err(|_| {
                    o.reader()
                        .fault(WireFault::Invalid("no such place in a ceremony"))
                })
        })
    }
}

impl std::fmt::Display for MessageKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Certificate => "certificate",
            Self::Commitment => "commitment",
            Self::Polynomial => "polynomial",
            Self::Acknowledgement => "acknowledgement",
            Self::Complaint => "complaint",
        })
    }
}
