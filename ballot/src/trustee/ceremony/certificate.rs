//! Round 1: everyone makes the two keys of the ceremony and publishes them in a certificate.

use std::collections::HashSet;

use rand_core::CryptoRng;

use super::commitment::Committed;
use super::{CeremonyError, MessageFault, MessageKind, Place, Setting, parse, texts};
use crate::digest::Digest;
use crate::group::{Group, GroupElement};
use crate::trustee::seed::Keys;
use crate::trustee::{Certificate, CertificateContext, Seed, SignedMessage, TrusteeId};
use crate::wire::{Reader, Wire, WireError, Writer};

/// A device that has sent its certificate.
#[derive(Debug, Clone)]
pub struct Certified<G: Group> {
    pub(super) place: Place,
    pub(super) seed: Seed,
    certificate: SignedMessage<G, Certificate<G>>,
}

/// The certificates of all members, checked.
#[derive(Debug, Clone)]
pub struct Certificates<G: Group> {
    pub(super) setting: Setting,
    pub(super) list: Vec<SignedMessage<G, Certificate<G>>>,
}

impl<G: Group> Certified<G> {
    /// Takes a place in a ceremony with a fresh seed.
    pub fn start(place: Place, rng: &mut impl CryptoRng) -> Self {
        let seed = Seed::generate(rng);
        Self::with_seed(place, seed, rng)
    }

    fn with_seed(place: Place, seed: Seed, rng: &mut impl CryptoRng) -> Self {
        let keys: Keys<G> = seed.keys();
        let certificate = Certificate {
            context: context::<G>(&place.setting, place.index),
            verification: G::multiply_generator(&keys.signing),
            encryption: G::multiply_generator(&keys.decryption),
        };
        Self {
            certificate: SignedMessage::<G, _>::sign(certificate, &keys.signing, rng),
            place,
            seed,
        }
    }

    /// The message of round 1.
    pub fn message(&self) -> String {
        self.certificate.to_json()
    }

    /// The seed, for its owner to write down: with the ceremony's messages it gives the key again.
    pub fn seed(&self) -> &Seed {
        &self.seed
    }

    /// The place.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// Checks everybody's certificates, draws a polynomial and commits to it.
    ///
    /// # Errors
    /// [`CeremonyError`] names the trustee whose certificate is refused.
    pub fn commit(
        &self,
        certificates: &[String],
        rng: &mut impl CryptoRng,
    ) -> Result<Committed<G>, CeremonyError> {
        let checked = Certificates::check(self.place.setting.clone(), certificates)?;
        self.place
            .own(MessageKind::Certificate, certificates, &self.message())?;
        Ok(Committed::make(
            self.place.clone(),
            self.seed.clone(),
            checked,
            rng,
        ))
    }
}

impl<G: Group> Certificates<G> {
    /// Checks one certificate of each member, in order: its place, its signature, that no key is neutral or stands twice.
    ///
    /// # Errors
    /// [`CeremonyError`] names the trustee.
    pub fn check(setting: Setting, messages: &[String]) -> Result<Self, CeremonyError> {
        // No room beforehand: nobody has said yet that there are no more messages than members.
        let mut list = Vec::new();
        let mut keys = HashSet::new();
        for (trustee, text) in setting.each(MessageKind::Certificate, messages)? {
            list.push(Self::one(&setting, trustee, text, &mut keys)?);
        }
        Ok(Self { setting, list })
    }

    /// Checks the certificate of one member beside those of `others`, which were checked: for whoever takes the messages one
    /// after the other. A key that stands twice is the fault of the one who comes later.
    ///
    /// # Errors
    /// [`CeremonyError`] names the trustee.
    pub fn check_one<'t>(
        setting: &Setting,
        trustee: TrusteeId,
        text: &str,
        others: impl IntoIterator<Item = (TrusteeId, &'t str)>,
    ) -> Result<(), CeremonyError> {
        let mut keys = HashSet::new();
        for (other, text) in others {
            Self::one(setting, other, text, &mut keys)?;
        }
        Self::one(setting, trustee, text, &mut keys).map(|_| ())
    }

    /// One certificate, none of whose keys is among `keys`.
    fn one(
        setting: &Setting,
        trustee: TrusteeId,
        text: &str,
        keys: &mut HashSet<String>,
    ) -> Result<SignedMessage<G, Certificate<G>>, CeremonyError> {
        let kind = MessageKind::Certificate;
        let signed: SignedMessage<G, Certificate<G>> = parse(trustee, kind, text)?;
        let refused = |fault| Err(CeremonyError::refused(trustee, kind, fault));
        let certificate = signed.message();
        if certificate.context != context::<G>(setting, trustee) {
            return refused(MessageFault::OtherPlace);
        }
        for key in [&certificate.verification, &certificate.encryption] {
            if key.is_identity() {
                return refused(MessageFault::NeutralKey);
            }
            if !keys.insert(G::encode(key)) {
                return refused(MessageFault::RepeatedKey);
            }
        }
        if !signed.is_signed_by(&certificate.verification) {
            return refused(MessageFault::Signature);
        }
        Ok(signed)
    }

    /// The ceremony.
    pub fn setting(&self) -> &Setting {
        &self.setting
    }

    /// The certificates' hash, to which every later message is bound: of `{"certs":[…]}`.
    pub fn digest(&self) -> Digest {
        let mut out = Writer::default();
        out.object(|o| o.member("certs", &self.list));
        Digest::of(out.finish())
    }

    pub(super) fn of(&self, trustee: TrusteeId) -> Option<&Certificate<G>> {
        super::entry(&self.list, trustee).map(SignedMessage::message)
    }

    pub(super) fn texts(&self) -> Vec<String> {
        texts(&self.list)
    }
}

fn context<G: Group>(setting: &Setting, index: TrusteeId) -> CertificateContext {
    CertificateContext {
        group: G::NAME.to_owned(),
        size: setting.size,
        threshold: setting.threshold,
        index: index.get(),
    }
}

/// The device's state, for the device alone.
impl<G: Group> Wire for Certified<G> {
    fn write(&self, out: &mut Writer) {
        out.object(|o| {
            o.member("certified", &self.place);
            o.member("seed", &self.seed);
            o.member("certificate", &self.certificate);
        });
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.object(|o| {
            Ok(Self {
                place: o.required("certified")?,
                seed: o.required("seed")?,
                certificate: o.required("certificate")?,
            })
        })
    }
}
