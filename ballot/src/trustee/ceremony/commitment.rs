//! Round 2: everyone draws a polynomial, makes the message that will reveal it, and signs that message's hash.

use rand_core::CryptoRng;

use super::certificate::Certificates;
use super::polynomial::{Polynomial, Revealed};
use super::{CeremonyError, MessageFault, MessageKind, Place, damaged, entry, parse, texts};
use crate::digest::{Digest, sha256};
use crate::group::Group;
use crate::trustee::seed::Keys;
use crate::trustee::{Seed, SignedMessage, TrusteeId};
use crate::uuid::Uuid;
use crate::wire::{Reader, Wire, WireError, Writer};

/// A device that has committed to its polynomial.
#[derive(Debug, Clone)]
pub struct Committed<G: Group> {
    pub(super) place: Place,
    pub(super) seed: Seed,
    pub(super) certificates: Certificates<G>,
    pub(super) polynomial: Polynomial<G>,
    commitment: SignedMessage<G, Commitment>,
}

/// What a member signs: that at this place, after these certificates, it will reveal this message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commitment {
    /// The poll.
    pub poll: Uuid,
    /// The member.
    pub index: TrusteeId,
    /// [`Certificates::digest`].
    pub certs: Digest,
    /// SHA-256 of `minsheng-commit|poll|index|certs|` and the exact bytes of the polynomial message.
    pub digest: Digest,
}

/// The commitments of all members, checked.
#[derive(Debug, Clone)]
pub struct Commitments<G: Group> {
    pub(super) certificates: Certificates<G>,
    pub(super) list: Vec<SignedMessage<G, Commitment>>,
}

impl<G: Group> Committed<G> {
    pub(super) fn make(
        place: Place,
        seed: Seed,
        certificates: Certificates<G>,
        rng: &mut impl CryptoRng,
    ) -> Self {
        let keys: Keys<G> = seed.keys();
        let polynomial = Polynomial::draw(&certificates, &keys, rng);
        let commitment = commitment(&certificates, place.index, &polynomial.to_json());
        Self {
            commitment: SignedMessage::<G, _>::sign(commitment, &keys.signing, rng),
            place,
            seed,
            certificates,
            polynomial,
        }
    }

    /// The message of round 2.
    pub fn message(&self) -> String {
        self.commitment.to_json()
    }

    /// Reveals the polynomial, once everybody's commitment is there and this device's own among them.
    ///
    /// # Errors
    /// [`CeremonyError`] names the trustee whose commitment is refused.
    pub fn reveal(&self, commitments: &[String]) -> Result<Revealed<G>, CeremonyError> {
        let checked = Commitments::check(self.certificates.clone(), commitments)?;
        self.place
            .own(MessageKind::Commitment, commitments, &self.message())?;
        Ok(Revealed {
            place: self.place.clone(),
            seed: self.seed.clone(),
            commitments: checked,
            polynomial: self.polynomial.clone(),
        })
    }
}

impl<G: Group> Commitments<G> {
    /// Checks one commitment of each member, in order: its place, the certificates that it names, its signature.
    ///
    /// # Errors
    /// [`CeremonyError`] names the trustee.
    pub fn check(
        certificates: Certificates<G>,
        messages: &[String],
    ) -> Result<Self, CeremonyError> {
        let mut list = Vec::new();
        for (trustee, text) in certificates
            .setting
            .each(MessageKind::Commitment, messages)?
        {
            list.push(Self::check_one(&certificates, trustee, text)?);
        }
        Ok(Self { certificates, list })
    }

    /// Checks the commitment of one member.
    ///
    /// # Errors
    /// [`CeremonyError`] names the trustee.
    pub fn check_one(
        certificates: &Certificates<G>,
        trustee: TrusteeId,
        text: &str,
    ) -> Result<SignedMessage<G, Commitment>, CeremonyError> {
        let kind = MessageKind::Commitment;
        let signed: SignedMessage<G, Commitment> = parse(trustee, kind, text)?;
        let refused = |fault| Err(CeremonyError::refused(trustee, kind, fault));
        let commitment = signed.message();
        if commitment.poll != certificates.setting.poll || commitment.index != trustee {
            return refused(MessageFault::OtherPlace);
        }
        if commitment.certs != certificates.digest() {
            return refused(MessageFault::OtherCertificates);
        }
        let key = certificates.of(trustee).map(|cert| &cert.verification);
        if !key.is_some_and(|key| signed.is_signed_by(key)) {
            return refused(MessageFault::Signature);
        }
        Ok(signed)
    }

    /// Whether `message` is what the member has committed to.
    pub(super) fn binds(&self, trustee: TrusteeId, message: &str) -> bool {
        entry(&self.list, trustee).is_some_and(|signed| {
            *signed.message() == commitment(&self.certificates, trustee, message)
        })
    }

    pub(super) fn texts(&self) -> Vec<String> {
        texts(&self.list)
    }
}

fn commitment<G: Group>(
    certificates: &Certificates<G>,
    index: TrusteeId,
    message: &str,
) -> Commitment {
    let (poll, certs) = (certificates.setting.poll.clone(), certificates.digest());
    let prefix = format!("minsheng-commit|{poll}|{index}|{certs}|");
    Commitment {
        poll,
        index,
        certs,
        digest: Digest::from_bytes(sha256([prefix.as_bytes(), message.as_bytes()])),
    }
}

impl Wire for Commitment {
    fn write(&self, out: &mut Writer) {
        out.object(|o| {
            o.member("poll", &self.poll);
            o.member("index", &self.index);
            o.member("certs", &self.certs);
            o.member("digest", &self.digest);
        });
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.object(|o| {
            Ok(Self {
                poll: o.required("poll")?,
                index: o.required("index")?,
                certs: o.required("certs")?,
                digest: o.required("digest")?,
            })
        })
    }
}

/// The device's state, for the device alone.
impl<G: Group> Wire for Committed<G> {
    fn write(&self, out: &mut Writer) {
        out.object(|o| {
            o.member("committed", &self.place);
            o.member("seed", &self.seed);
            o.member("certificates", &self.certificates.texts());
            o.member("polynomial", &self.polynomial);
            o.member("commitment", &self.commitment);
        });
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.object(|o| {
            let place: Place = o.required("committed")?;
            let seed = o.required("seed")?;
            let certificates: Vec<String> = o.required("certificates")?;
            let checked = Certificates::check(place.setting.clone(), &certificates);
            Ok(Self {
                certificates: damaged(o.reader(), checked)?,
                place,
                seed,
                polynomial: o.required("polynomial")?,
                commitment: o.required("commitment")?,
            })
        })
    }
}
