//! Why trustees, or those of them who are present, are refused.

use super::TrusteeId;
use super::threshold::MAX_MEMBERS;

/// Why a trustees object is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TrusteeError {
    /// There is none.
    #[error("an election has at least one trustee")]
    NoTrustee,
    /// The key of a trustee, or of all together, is the neutral element.
    #[error("the key of {0} is the neutral element")]
    NeutralKey(Blame),
    /// The trustee's proof that it knows the secret of its key does not hold.
    #[error("{0} does not prove possession of its key")]
    Possession(Blame),
    /// A single trustee's key carries a signature, which nothing could check.
    #[error("{0} is a single trustee, whose key is not signed")]
    UnexpectedSignature(Blame),
    /// Two trustees have the same key.
    #[error("the key of {0} stands twice")]
    RepeatedKey(Blame),
    /// The trustees' joint key is not the election's.
    #[error("the trustees' joint key is not the election's")]
    OtherElectionKey,
    /// A threshold group larger than anyone needs: checking one takes time that grows with its square.
    #[error("the threshold group of {0} has more than {max} members", max = MAX_MEMBERS)]
    GroupTooLarge(Blame),
    /// The lists of a threshold group are not all as long as the group is large.
    #[error("the threshold group of {0} does not have one {1} for each member")]
    GroupSize(Blame, &'static str),
    /// The threshold is not between 1 and the group's size, or not what the certificates say.
    #[error("the threshold of the group of {0} is not possible")]
    Threshold(Blame),
    /// A certificate is for another group, size, threshold or index.
    #[error("the certificate of {0} is for another place")]
    CertificateContext(Blame),
    /// A certificate is not signed by its own key.
    #[error("the certificate of {0} is not signed by its key")]
    CertificateSignature(Blame),
    /// The polynomial's commitments are not signed by their maker.
    #[error("the polynomial of {0} is not signed by it")]
    CoefficientsSignature(Blame),
    /// A polynomial's degree is not the threshold less one.
    #[error("the polynomial of {0} does not have as many coefficients as the threshold")]
    CoefficientCount(Blame),
    /// A trustee has not signed the certificates that it saw.
    #[error("{0} has not signed these certificates and its polynomial")]
    TranscriptSignature(Blame),
    /// A verification key is not what the polynomials give.
    #[error("the verification key of {0} is not what the polynomials give")]
    VerificationKey(Blame),
    /// A verification key is signed, but not by its trustee.
    #[error("the verification key of {0} is not signed by it")]
    KeySignature(Blame),
}

/// Which trustee is to blame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blame {
    /// This one.
    Trustee(TrusteeId),
    /// All together.
    All,
}

/// Too few trustees are present to decrypt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("of the trustees from number {first} on, {needed} are needed and {found} are there")]
pub struct TooFewTrustees {
    /// The single trustee, or the first member of the threshold group.
    pub first: TrusteeId,
    /// How many of them are needed.
    pub needed: u32,
    /// How many of them are there.
    pub found: usize,
}

impl TrusteeError {
    /// What is wrong, as a stable name for machines.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoTrustee => "no-trustee",
            Self::NeutralKey(_) => "neutral-key",
            Self::Possession(_) => "possession",
            Self::UnexpectedSignature(_) => "unexpected-signature",
            Self::RepeatedKey(_) => "repeated-key",
            Self::OtherElectionKey => "election-key",
            Self::GroupTooLarge(_) => "group-too-large",
            Self::GroupSize(..) => "group-size",
            Self::Threshold(_) => "threshold",
            Self::CertificateContext(_) => "certificate-context",
            Self::CertificateSignature(_) => "certificate-signature",
            Self::CoefficientsSignature(_) => "coefficients-signature",
            Self::CoefficientCount(_) => "coefficient-count",
            Self::TranscriptSignature(_) => "transcript-signature",
            Self::VerificationKey(_) => "verification-key",
            Self::KeySignature(_) => "key-signature",
        }
    }

    /// The trustee to blame, where it is one.
    pub fn blames(&self) -> Option<TrusteeId> {
        let blame = match self {
            Self::NoTrustee | Self::OtherElectionKey => return None,
            Self::NeutralKey(blame)
            | Self::Possession(blame)
            | Self::UnexpectedSignature(blame)
            | Self::RepeatedKey(blame)
            | Self::GroupTooLarge(blame)
            | Self::GroupSize(blame, _)
            | Self::Threshold(blame)
            | Self::CertificateContext(blame)
            | Self::CertificateSignature(blame)
            | Self::CoefficientsSignature(blame)
            | Self::CoefficientCount(blame)
            | Self::TranscriptSignature(blame)
            | Self::VerificationKey(blame)
            | Self::KeySignature(blame) => blame,
        };
        match blame {
            Blame::Trustee(id) => Some(*id),
            Blame::All => None,
        }
    }
}
