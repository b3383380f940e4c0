//! A member that received a bad share proves it to everybody.
//!
//! It reveals what opens that one message, α to the power of its decryption key, with a proof that it is that. Everybody
//! can then open the share and see whose fault it is: the sender's if the share is bad, else the complainer's. Either way
//! the ceremony begins again with fresh seeds, and a share that was revealed is of no use.

use rand_core::CryptoRng;

use super::polynomial::Polynomials;
use super::{CeremonyError, MessageFault, MessageKind, entry};
use crate::context::{COMPLAINT, Context};
use crate::group::Group;
use crate::proof::Proof;
use crate::trustee::channel::EncryptedMessage;
use crate::trustee::seed::Keys;
use crate::trustee::threshold::Certificate;
use crate::trustee::{ShareFault, TrusteeId};
use crate::uuid::Uuid;
use crate::wire::{Reader, Wire, WireError, Writer};

/// A complaint. Encoded as `{"poll","index","against","factor","proof"}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint<G: Group> {
    poll: Uuid,
    index: TrusteeId,
    against: TrusteeId,
    factor: G::Element,
    proof: Proof<G>,
}

/// Whose fault it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The sender's: the share is bad.
    Sender {
        /// The sender.
        trustee: TrusteeId,
        /// What is wrong with the share.
        fault: ShareFault,
    },
    /// The complainer's: the share is good.
    Complainer(TrusteeId),
}

impl<G: Group> Complaint<G> {
    pub(super) fn make(
        polynomials: &Polynomials<G>,
        index: TrusteeId,
        against: TrusteeId,
        keys: &Keys<G>,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, CeremonyError> {
        let message = message(polynomials, index, against)?;
        let own = certificate(polynomials, index)?;
        let factor = message.factor(keys);
        let context = context(polynomials, [index, against], own, message, &factor);
        Ok(Self {
            poll: polynomials.certificates().setting().poll().clone(),
            index,
            against,
            factor,
            proof: Proof::<G>::of_equality(&keys.decryption, message.alpha(), &context, rng),
        })
    }

    /// Who complains.
    pub fn complainer(&self) -> TrusteeId {
        self.index
    }

    /// Of whose share.
    pub fn against(&self) -> TrusteeId {
        self.against
    }

    /// Judges the complaint.
    ///
    /// # Errors
    /// [`CeremonyError`] if it is for another poll, of nobody, or its proof does not hold: then it means nothing.
    pub fn judge(&self, polynomials: &Polynomials<G>) -> Result<Verdict, CeremonyError> {
        let certificates = polynomials.certificates();
        let refused = |fault| {
            Err(CeremonyError::refused(
                self.index,
                MessageKind::Complaint,
                fault,
            ))
        };
        if self.poll != *certificates.setting().poll() {
            return refused(MessageFault::OtherPlace);
        }
        let message = message(polynomials, self.index, self.against)?;
        let own = certificate(polynomials, self.index)?;
        let members = [self.index, self.against];
        let context = context(polynomials, members, own, message, &self.factor);
        let proven =
            self.proof
                .shows_equality(&own.encryption, message.alpha(), &self.factor, &context);
        if !proven {
            return refused(MessageFault::Proof);
        }
        Ok(
            match polynomials.open(message, &self.factor, self.against, self.index) {
                Ok(_) => Verdict::Complainer(self.index),
                Err(fault) => Verdict::Sender {
                    trustee: self.against,
                    fault,
                },
            },
        )
    }
}

/// The share of `sender` for `recipient`.
fn message<G: Group>(
    polynomials: &Polynomials<G>,
    recipient: TrusteeId,
    sender: TrusteeId,
) -> Result<&EncryptedMessage<G>, CeremonyError> {
    let polynomial = entry(&polynomials.list, sender).ok_or(CeremonyError::Index(sender))?;
    entry(&polynomial.secrets, recipient).ok_or(CeremonyError::Index(recipient))
}

fn certificate<G: Group>(
    polynomials: &Polynomials<G>,
    index: TrusteeId,
) -> Result<&Certificate<G>, CeremonyError> {
    let certificates = polynomials.certificates();
    certificates.of(index).ok_or(CeremonyError::Index(index))
}

/// Everything that the proof speaks of. Were the factor not among it, a false one could be chosen after the challenge, and an
/// honest sender be blamed for a share that nobody can read.
fn context<G: Group>(
    polynomials: &Polynomials<G>,
    [index, against]: [TrusteeId; 2],
    own: &Certificate<G>,
    message: &EncryptedMessage<G>,
    factor: &G::Element,
) -> Context {
    COMPLAINT.context([
        &polynomials.digest().to_string(),
        &index.to_string(),
        &against.to_string(),
        &G::encode(&own.encryption),
        &G::encode(message.alpha()),
        &G::encode(factor),
    ])
}

impl<G: Group> Wire for Complaint<G> {
    fn write(&self, out: &mut Writer) {
        out.object(|o| {
            o.member("poll", &self.poll);
            o.member("index", &self.index);
            o.member("against", &self.against);
            o.member("factor", &self.factor);
            o.member("proof", &self.proof);
        });
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.object(|o| {
            Ok(Self {
                poll: o.required("poll")?,
                index: o.required("index")?,
                against: o.required("against")?,
                factor: o.required("factor")?,
                proof: o.required("proof")?,
            })
        })
    }
}
