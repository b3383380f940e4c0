//! Trustees (监票人 with a key): who can only together read the sum of the ballots.
//!
//! An election's trustees object lists single trustees, each of whom is needed, and threshold groups, of which any t
//! members are enough. Specification 3.3.0, sections 4.5 to 4.7. Both the 2.5.1 and the 3.3.0 dialect are read (the
//! later one signs each verification key), and the 3.3.0 dialect is written. A group is made by a [`ceremony`].

pub mod ceremony;
mod channel;
mod error;
mod key;
mod pki;
mod seed;
mod signing;
mod statement;
mod threshold;

use std::collections::{BTreeMap, HashSet};

pub use channel::{EncryptedMessage, ShareFault};
pub use error::{Blame, TooFewTrustees, TrusteeError};
pub use key::{SecretKey, VerificationKey};
pub use pki::SignedMessage;
pub(crate) use pki::is_signed_by;
pub use seed::{Seed, SeedError};
pub use signing::{APPROVAL, CLOSING, SigningKey};
pub use statement::{Approval, Closing, Signed, Statement, enough, fewest};
pub use threshold::{Certificate, CertificateContext, Coefficients, ThresholdParameters};

use crate::election::Election;
use crate::group::{Group, GroupElement};
use crate::wire::{Reader, Wire, WireError, WireFault, Writer};

/// A trustee's number in an election, from 1, counted through single trustees and threshold groups alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TrusteeId(u32);

/// The trustees of an election.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trustees<G: Group>(Vec<TrusteeKind<G>>);

/// A single trustee or a group of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TrusteeKind<G: Group> {
    /// One trustee, without whom nothing is decrypted.
    Single(VerificationKey<G>),
    /// A group, any t of whom decrypt.
    Threshold(ThresholdParameters<G>),
}

impl TrusteeId {
    /// The number `n`, from 1.
    pub fn new(n: u32) -> Option<Self> {
        (n > 0).then_some(Self(n))
    }

    /// The number, from 1.
    pub fn get(self) -> u32 {
        self.0
    }
}

impl<G: Group> Trustees<G> {
    /// Single trustees only: all of them are needed.
    pub fn of_singles(keys: impl IntoIterator<Item = VerificationKey<G>>) -> Self {
        Self(keys.into_iter().map(TrusteeKind::Single).collect())
    }

    /// One threshold group and nobody else.
    pub(crate) fn of_group(group: ThresholdParameters<G>) -> Self {
        Self(vec![TrusteeKind::Threshold(group)])
    }

    /// The singles and groups in the object's order.
    pub fn kinds(&self) -> &[TrusteeKind<G>] {
        &self.0
    }

    /// All trustees' verification keys with their numbers.
    pub fn verification_keys(&self) -> impl Iterator<Item = (TrusteeId, &VerificationKey<G>)> {
        (1..)
            .map(TrusteeId)
            .zip(self.0.iter().flat_map(TrusteeKind::keys))
    }

    /// One trustee's verification key.
    pub fn verification_key(&self, id: TrusteeId) -> Option<&VerificationKey<G>> {
        self.verification_keys()
            .find_map(|(other, key)| (other == id).then_some(key))
    }

    /// The number of the trustee with this public key, for a device that looks for its own.
    pub fn find(&self, public_key: &G::Element) -> Option<TrusteeId> {
        self.verification_keys()
            .find_map(|(id, key)| (key.public_key() == public_key).then_some(id))
    }

    /// The key that checks what a trustee signs: its certificate's, or its own where it shares none.
    pub fn signing_key(&self, id: TrusteeId) -> Option<&G::Element> {
        let mut keys = self.0.iter().flat_map(TrusteeKind::signing_keys);
        keys.nth(usize::try_from(id.get()).ok()?.checked_sub(1)?)
    }

    /// The key that the election is sealed with: the product of all singles' and all groups' keys.
    pub fn joint_key(&self) -> G::Element {
        self.0
            .iter()
            .fold(G::identity(), |sum, kind| sum.plus(&kind.joint_key()))
    }

    /// Checks everything that the object claims: proofs of possession, certificates, signatures, and that the
    /// verification keys are what the polynomials give.
    ///
    /// # Errors
    /// [`TrusteeError`] names the trustee to blame.
    pub fn verify(&self) -> Result<(), TrusteeError> {
        if self.0.is_empty() {
            return Err(TrusteeError::NoTrustee);
        }
        self.verify_keys()?;
        let mut first = 1;
        for kind in &self.0 {
            match kind {
                TrusteeKind::Single(key) if key.signature().is_some() => {
                    return Err(TrusteeError::UnexpectedSignature(Blame::Trustee(
                        TrusteeId(first),
                    )));
                }
                TrusteeKind::Single(_) => {}
                TrusteeKind::Threshold(group) => group.verify(first)?,
            }
            first = first.saturating_add(kind.size());
        }
        if self.joint_key().is_identity() {
            return Err(TrusteeError::NeutralKey(Blame::All));
        }
        Ok(())
    }

    /// Checks that every key is possessed, and that none is neutral or stands twice.
    fn verify_keys(&self) -> Result<(), TrusteeError> {
        let mut others = HashSet::new();
        let mut ids = (1..).map(TrusteeId);
        for kind in &self.0 {
            let mut own = HashSet::new();
            for (key, id) in kind.keys().iter().zip(&mut ids) {
                let blame = Blame::Trustee(id);
                if key.public_key().is_identity() {
                    return Err(TrusteeError::NeutralKey(blame));
                }
                let text = G::encode(key.public_key());
                if others.contains(&text) || (!own.insert(text) && !kind.shares_one_key()) {
                    return Err(TrusteeError::RepeatedKey(blame));
                }
                if !key.shows_possession() {
                    return Err(TrusteeError::Possession(blame));
                }
            }
            others.extend(own);
        }
        Ok(())
    }

    /// As [`Trustees::verify`], and that the joint key is the one of the election.
    ///
    /// # Errors
    /// [`TrusteeError`].
    pub fn verify_for(&self, election: &Election<G>) -> Result<(), TrusteeError> {
        self.verify()?;
        if self.joint_key() == *election.public_key() {
            Ok(())
        } else {
            Err(TrusteeError::OtherElectionKey)
        }
    }

    /// The weights with which the trustees' decryption factors are multiplied together: 1 for each single trustee,
    /// and Lagrange's coefficients for the first t of each group who are `present`.
    ///
    /// # Errors
    /// [`TooFewTrustees`] if a single trustee, or enough members of a group, are missing.
    pub fn weights(
        &self,
        present: &[TrusteeId],
    ) -> Result<BTreeMap<TrusteeId, G::Scalar>, TooFewTrustees> {
        let present: HashSet<TrusteeId> = present.iter().copied().collect();
        let mut weights = BTreeMap::new();
        let mut first = 1_u32;
        for kind in &self.0 {
            let needed = kind.needed();
            let mut members: Vec<u32> = (1..=kind.size())
                .filter(|index| present.contains(&TrusteeId(first + index - 1)))
                .collect();
            let found = members.len();
            members.truncate(usize::try_from(needed).unwrap_or(usize::MAX));
            if u32::try_from(members.len()).is_ok_and(|n| n < needed) {
                return Err(TooFewTrustees {
                    first: TrusteeId(first),
                    needed,
                    found,
                });
            }
            for index in &members {
                weights.insert(TrusteeId(first + index - 1), kind.weight(*index, &members));
            }
            first = first.saturating_add(kind.size());
        }
        Ok(weights)
    }
}

impl<G: Group> TrusteeKind<G> {
    fn keys(&self) -> &[VerificationKey<G>] {
        match self {
            Self::Single(key) => std::slice::from_ref(key),
            Self::Threshold(group) => group.verification_keys(),
        }
    }

    fn signing_keys(&self) -> Vec<&G::Element> {
        match self {
            Self::Single(key) => vec![key.public_key()],
            Self::Threshold(group) => group.signing_keys().collect(),
        }
    }

    fn joint_key(&self) -> G::Element {
        match self {
            Self::Single(key) => key.public_key().clone(),
            Self::Threshold(group) => group.joint_key(),
        }
    }

    fn size(&self) -> u32 {
        u32::try_from(self.keys().len()).unwrap_or(u32::MAX)
    }

    /// Members without whom nothing is decrypted.
    fn needed(&self) -> u32 {
        match self {
            Self::Single(_) => 1,
            Self::Threshold(group) => group.threshold(),
        }
    }

    /// Where one member is enough the polynomials are constant, and so all members have the same key.
    fn shares_one_key(&self) -> bool {
        match self {
            Self::Single(_) => false,
            Self::Threshold(group) => group.threshold() == 1,
        }
    }

    fn weight(&self, index: u32, members: &[u32]) -> G::Scalar {
        match self {
            Self::Single(_) => G::Scalar::from(1),
            Self::Threshold(_) => threshold::lagrange::<G>(index, members),
        }
    }
}

impl<G: Group> Wire for Trustees<G> {
    fn write(&self, out: &mut Writer) {
        out.array(&self.0);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        Wire::read(reader).map(Self)
    }
}

impl<G: Group> Wire for TrusteeKind<G> {
    fn write(&self, out: &mut Writer) {
        match self {
            Self::Single(key) => {
                out.raw("[\"Single\",");
                key.write(out);
            }
            Self::Threshold(group) => {
                out.raw("[\"Pedersen\",");
                group.write(out);
            }
        }
        out.raw("]");
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let kind = if reader.skip("[\"Single\",") {
            Self::Single(VerificationKey::read(reader)?)
        } else if reader.skip("[\"Pedersen\",") {
            Self::Threshold(ThresholdParameters::read(reader)?)
        } else {
            return Err(reader.fault(WireFault::Expected("[\"Single\", or [\"Pedersen\",")));
        };
        reader.expect("]")?;
        Ok(kind)
    }
}

impl Wire for TrusteeId {
    fn write(&self, out: &mut Writer) {
        self.0.write(out);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let number = u32::read(reader)?;
        Self::new(number)
            .ok_or_else(|| reader.fault(WireFault::Invalid("trustees are numbered from 1")))
    }
}

impl std::fmt::Display for TrusteeId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::fmt::Display for Blame {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Trustee(id) => write!(f, "trustee {id}"),
            Self::All => f.write_str("all trustees together"),
        }
    }
}
