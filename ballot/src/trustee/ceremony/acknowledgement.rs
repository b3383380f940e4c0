//! Rounds 4 and 5: everyone publishes its verification key and signs the whole transcript; the trustees object results.

use rand_core::CryptoRng;

use super::certificate::Certificates;
use super::commitment::Commitments;
use super::polynomial::Polynomials;
use super::{CeremonyError, MessageFault, MessageKind, Place, damaged, parse, texts};
use crate::digest::Digest;
use crate::group::Group;
use crate::trustee::pki::is_signed_by;
use crate::trustee::seed::Keys;
use crate::trustee::threshold::{ThresholdParameters, joint_coefficients, value_at};
use crate::trustee::{SecretKey, Seed, SignedMessage, TrusteeId, Trustees, VerificationKey};
use crate::uuid::Uuid;
use crate::wire::{Reader, Wire, WireError, Writer};

/// A device that has its decryption key.
#[derive(Debug, Clone)]
pub struct Keyed<G: Group> {
    place: Place,
    key: SecretKey<G>,
    polynomials: Polynomials<G>,
    acknowledgement: Acknowledgement<G>,
}

/// The message of round 4. Encoded as `{"public_key":…,"acknowledgement":…}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledgement<G: Group> {
    public_key: VerificationKey<G>,
    received: SignedMessage<G, SharesReceived>,
}

/// What a member signs: that it has seen this transcript, and that all of its shares are good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharesReceived {
    /// The poll.
    pub poll: Uuid,
    /// The member.
    pub index: TrusteeId,
    /// [`Polynomials::digest`].
    pub transcript: Digest,
}

/// What a device has at the end.
#[derive(Debug, Clone)]
pub struct Finished<G: Group> {
    /// Its number among the trustees.
    pub trustee: TrusteeId,
    /// Its secret decryption key.
    pub key: SecretKey<G>,
    /// The trustees object that the election must name.
    pub trustees: Trustees<G>,
}

impl<G: Group> Keyed<G> {
    pub(super) fn make(
        place: Place,
        seed: &Seed,
        key: SecretKey<G>,
        polynomials: Polynomials<G>,
        rng: &mut impl CryptoRng,
    ) -> Self {
        let keys: Keys<G> = seed.keys();
        let received = SharesReceived {
            poll: place.setting.poll.clone(),
            index: place.index,
            transcript: polynomials.digest(),
        };
        let acknowledgement = Acknowledgement {
            public_key: key.signed_verification_key(&keys.signing, rng),
            received: SignedMessage::<G, _>::sign(received, &keys.signing, rng),
        };
        Self {
            place,
            key,
            polynomials,
            acknowledgement,
        }
    }

    /// The message of round 4.
    pub fn message(&self) -> String {
        self.acknowledgement.to_json()
    }

    /// Checks everybody's acknowledgements and the trustees object that they give.
    ///
    /// # Errors
    /// [`CeremonyError`] names the trustee.
    pub fn finish(&self, acknowledgements: &[String]) -> Result<Finished<G>, CeremonyError> {
        let trustees = self.polynomials.finish(acknowledgements)?;
        self.place.own(
            MessageKind::Acknowledgement,
            acknowledgements,
            &self.message(),
        )?;
        Ok(Finished {
            trustee: self.place.index,
            key: self.key.clone(),
            trustees,
        })
    }
}

impl<G: Group> Polynomials<G> {
    /// Checks one acknowledgement of each member, in order, and puts the trustees object together.
    ///
    /// # Errors
    /// [`CeremonyError`] names the trustee.
    pub fn finish(&self, messages: &[String]) -> Result<Trustees<G>, CeremonyError> {
        let kind = MessageKind::Acknowledgement;
        let certificates = self.certificates();
        let mut keys = Vec::new();
        for (trustee, text) in certificates.setting().each(kind, messages)? {
            keys.push(self.check_acknowledgement(trustee, text)?);
        }
        let trustees = Trustees::of_group(ThresholdParameters::new(
            certificates.setting().threshold(),
            certificates.list.clone(),
            self.list.iter().map(|p| p.coefexps.clone()).collect(),
            self.list.iter().map(|p| p.signature.clone()).collect(),
            keys,
        ));
        trustees.verify()?;
        Ok(trustees)
    }

    /// Checks the acknowledgement of one member, and gives its verification key.
    ///
    /// # Errors
    /// [`CeremonyError`] names the trustee.
    pub fn check_acknowledgement(
        &self,
        trustee: TrusteeId,
        text: &str,
    ) -> Result<VerificationKey<G>, CeremonyError> {
        let kind = MessageKind::Acknowledgement;
        let message: Acknowledgement<G> = parse(trustee, kind, text)?;
        let joint = joint_coefficients(self.list.iter().map(|p| p.coefexps.message()));
        match message.fault(self.certificates(), trustee, self.digest(), &joint) {
            None => Ok(message.public_key),
            Some(fault) => Err(CeremonyError::refused(trustee, kind, fault)),
        }
    }
}

impl<G: Group> Acknowledgement<G> {
    fn fault(
        &self,
        certificates: &Certificates<G>,
        trustee: TrusteeId,
        transcript: Digest,
        joint: &[G::Element],
    ) -> Option<MessageFault> {
        let received = self.received.message();
        if received.poll != *certificates.setting().poll() || received.index != trustee {
            return Some(MessageFault::OtherPlace);
        }
        let signer = &certificates.of(trustee)?.verification;
        if !self.received.is_signed_by(signer) {
            return Some(MessageFault::Signature);
        }
        if received.transcript != transcript {
            return Some(MessageFault::OtherTranscript);
        }
        let key = self.public_key.public_key();
        if *key != value_at::<G>(joint, trustee.get()) {
            return Some(MessageFault::VerificationKey);
        }
        if !self.public_key.shows_possession() {
            return Some(MessageFault::Possession);
        }
        let signed = self.public_key.signature();
        let good = signed.is_some_and(|s| is_signed_by(s, signer, &G::encode(key)));
        (!good).then_some(MessageFault::KeySignature)
    }
}

impl<G: Group> Wire for Acknowledgement<G> {
    fn write(&self, out: &mut Writer) {
        out.object(|o| {
            o.member("public_key", &self.public_key);
            o.member("acknowledgement", &self.received);
        });
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.object(|o| {
            Ok(Self {
                public_key: o.required("public_key")?,
                received: o.required("acknowledgement")?,
            })
        })
    }
}

impl Wire for SharesReceived {
    fn write(&self, out: &mut Writer) {
        out.object(|o| {
            o.member("poll", &self.poll);
            o.member("index", &self.index);
            o.member("transcript", &self.transcript);
        });
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.object(|o| {
            Ok(Self {
                poll: o.required("poll")?,
                index: o.required("index")?,
                transcript: o.required("transcript")?,
            })
        })
    }
}

/// The device's state, for the device alone. The seed is not in it any more: its owner has written it down.
impl<G: Group> Wire for Keyed<G> {
    fn write(&self, out: &mut Writer) {
        out.object(|o| {
            o.member("keyed", &self.place);
            o.member("key", &self.key);
            o.member("certificates", &self.polynomials.certificates().texts());
            o.member("commitments", &self.polynomials.commitments.texts());
            o.member("polynomials", &texts(&self.polynomials.list));
            o.member("acknowledgement", &self.acknowledgement);
        });
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.object(|o| {
            let place: Place = o.required("keyed")?;
            let key = o.required("key")?;
            let certificates: Vec<String> = o.required("certificates")?;
            let commitments: Vec<String> = o.required("commitments")?;
            let polynomials: Vec<String> = o.required("polynomials")?;
            let checked = Certificates::check(place.setting.clone(), &certificates)
                .and_then(|certificates| Commitments::check(certificates, &commitments))
                .and_then(|commitments| Polynomials::check(commitments, &polynomials));
            Ok(Self {
                polynomials: damaged(o.reader(), checked)?,
                place,
                key,
                acknowledgement: o.required("acknowledgement")?,
            })
        })
    }
}
