//! Round 3: everyone reveals its polynomial in the exponent, with an encrypted share for each member.

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::acknowledgement::Keyed;
use super::certificate::Certificates;
use super::commitment::Commitments;
use super::complaint::Complaint;
use super::{CeremonyError, MessageFault, MessageKind, Place, damaged, entry, parse};
use crate::digest::Digest;
use crate::group::Group;
use crate::proof::Proof;
use crate::trustee::channel::{EncryptedMessage, Share, send};
use crate::trustee::pki::{is_signed_by, sign};
use crate::trustee::seed::Keys;
use crate::trustee::threshold::{transcript, value_at};
use crate::trustee::{Coefficients, SecretKey, Seed, ShareFault, SignedMessage, TrusteeId};
use crate::wire::{Reader, Wire, WireError, Writer};

/// A device that has revealed its polynomial.
#[derive(Debug, Clone)]
pub struct Revealed<G: Group> {
    pub(super) place: Place,
    pub(super) seed: Seed,
    pub(super) commitments: Commitments<G>,
    pub(super) polynomial: Polynomial<G>,
}

/// The message of round 3: the shares, each encrypted to its member, the signed coefficients in the exponent, and the
/// signature of all certificates together with them. Specification 3.3.0, section 4.6.4.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Polynomial<G: Group> {
    pub(super) secrets: Vec<EncryptedMessage<G>>,
    pub(super) coefexps: SignedMessage<G, Coefficients<G>>,
    pub(super) signature: Proof<G>,
}

/// The polynomial messages of all members, checked as far as everybody can check them: not the shares.
#[derive(Debug, Clone)]
pub struct Polynomials<G: Group> {
    pub(super) commitments: Commitments<G>,
    pub(super) list: Vec<Polynomial<G>>,
}

impl<G: Group> Revealed<G> {
    /// The message of round 3.
    pub fn message(&self) -> String {
        self.polynomial.to_json()
    }

    /// Checks everybody's polynomials and the own share of each, and adds the shares up to the own decryption key.
    ///
    /// # Errors
    /// [`CeremonyError`] names the trustee whose message is refused. If it is for the share
    /// ([`MessageFault::Share`]), [`Revealed::complain`] proves it to everybody.
    pub fn acknowledge(
        &self,
        polynomials: &[String],
        rng: &mut impl CryptoRng,
    ) -> Result<Keyed<G>, CeremonyError> {
        let checked = self.check(polynomials)?;
        let key = checked.decryption_key(self.place.index, &self.seed)?;
        Ok(Keyed::make(
            self.place.clone(),
            &self.seed,
            key,
            checked,
            rng,
        ))
    }

    /// Reveals what opens the share of `against` for this device, and nothing else, so that everybody can judge it.
    ///
    /// # Errors
    /// [`CeremonyError`] if the messages are refused for another reason.
    pub fn complain(
        &self,
        polynomials: &[String],
        against: TrusteeId,
        rng: &mut impl CryptoRng,
    ) -> Result<Complaint<G>, CeremonyError> {
        let checked = self.check(polynomials)?;
        Complaint::make(&checked, self.place.index, against, &self.seed.keys(), rng)
    }

    fn check(&self, polynomials: &[String]) -> Result<Polynomials<G>, CeremonyError> {
        let checked = Polynomials::check(self.commitments.clone(), polynomials)?;
        self.place
            .own(MessageKind::Polynomial, polynomials, &self.message())?;
        Ok(checked)
    }
}

impl<G: Group> Polynomial<G> {
    pub(super) fn draw(
        certificates: &Certificates<G>,
        keys: &Keys<G>,
        rng: &mut impl CryptoRng,
    ) -> Self {
        let setting = certificates.setting();
        let coefficients = Zeroizing::new(
            (0..setting.threshold())
                .map(|_| G::random_scalar(rng))
                .collect::<Vec<_>>(),
        );
        let secrets = setting
            .members()
            .zip(&certificates.list)
            .map(|(member, cert)| {
                let share = Share(Zeroizing::new(value::<G>(&coefficients, member)));
                send(&share, keys, &cert.message().encryption, rng)
            })
            .collect();
        let coefexps = Coefficients(coefficients.iter().map(G::multiply_generator).collect());
        let text = transcript(&certificates.list, &coefexps);
        Self {
            secrets,
            coefexps: SignedMessage::<G, _>::sign(coefexps, &keys.signing, rng),
            signature: sign::<G>(&keys.signing, &text, rng),
        }
    }
}

impl<G: Group> Polynomials<G> {
    /// Checks one polynomial message of each member, in order: that it is what was committed to, that it has a share for
    /// each member and as many coefficients as the threshold, and its two signatures.
    ///
    /// # Errors
    /// [`CeremonyError`] names the trustee.
    pub fn check(commitments: Commitments<G>, messages: &[String]) -> Result<Self, CeremonyError> {
        let setting = &commitments.certificates.setting;
        let mut list = Vec::new();
        for (trustee, text) in setting.each(MessageKind::Polynomial, messages)? {
            list.push(Self::check_one(&commitments, trustee, text)?);
        }
        Ok(Self { commitments, list })
    }

    /// Checks the polynomial message of one member, as far as everybody can see it.
    ///
    /// # Errors
    /// [`CeremonyError`] names the trustee.
    pub fn check_one(
        commitments: &Commitments<G>,
        trustee: TrusteeId,
        text: &str,
    ) -> Result<Polynomial<G>, CeremonyError> {
        let kind = MessageKind::Polynomial;
        let refused = |fault| Err(CeremonyError::refused(trustee, kind, fault));
        if !commitments.binds(trustee, text) {
            return refused(MessageFault::NotAsCommitted);
        }
        let polynomial: Polynomial<G> = parse(trustee, kind, text)?;
        match polynomial.fault(&commitments.certificates, trustee) {
            None => Ok(polynomial),
            Some(fault) => refused(fault),
        }
    }

    /// The hash of everything so far, which all members sign: of `minsheng-ceremony|` and the object of the poll, the
    /// certificates, the commitments and the polynomial messages.
    pub fn digest(&self) -> Digest {
        let mut out = Writer::default();
        out.raw("minsheng-ceremony|");
        out.object(|o| {
            o.member("poll", self.certificates().setting.poll());
            o.member("certs", &self.certificates().list);
            o.member("commitments", &self.commitments.list);
            o.member("polynomials", &self.list);
        });
        Digest::of(out.finish())
    }

    /// A member's decryption key again from its seed, if its device is lost.
    ///
    /// # Errors
    /// [`CeremonyError`] if a share is bad, or the seed is another member's.
    pub fn recover(&self, index: TrusteeId, seed: &Seed) -> Result<SecretKey<G>, CeremonyError> {
        let own = self
            .certificates()
            .of(index)
            .ok_or(CeremonyError::Index(index))?;
        if own.encryption != G::multiply_generator(&seed.keys::<G>().decryption) {
            return Err(CeremonyError::refused(
                index,
                MessageKind::Certificate,
                MessageFault::OtherSeed,
            ));
        }
        self.decryption_key(index, seed)
    }

    /// The sum of all shares for a member.
    fn decryption_key(&self, index: TrusteeId, seed: &Seed) -> Result<SecretKey<G>, CeremonyError> {
        let keys: Keys<G> = seed.keys();
        let mut sum = Zeroizing::new(G::Scalar::default());
        for (sender, polynomial) in self.certificates().setting.members().zip(&self.list) {
            let message = entry(&polynomial.secrets, index).ok_or(CeremonyError::Index(index))?;
            let share = self
                .open(message, &message.factor(&keys), sender, index)
                .map_err(|fault| {
                    let fault = MessageFault::Share {
                        recipient: index,
                        fault,
                    };
                    CeremonyError::refused(sender, MessageKind::Polynomial, fault)
                })?;
            *sum = *sum + *share.0;
        }
        Ok(SecretKey::of_shares(sum))
    }

    /// Opens the share of `sender` for `recipient` with what opens its message, and compares it with the polynomial.
    pub(super) fn open(
        &self,
        message: &EncryptedMessage<G>,
        factor: &G::Element,
        sender: TrusteeId,
        recipient: TrusteeId,
    ) -> Result<Share<G>, ShareFault> {
        let certificates = self.certificates();
        let (Some(from), Some(to), Some(polynomial)) = (
            certificates.of(sender),
            certificates.of(recipient),
            entry(&self.list, sender),
        ) else {
            return Err(ShareFault::Recipient);
        };
        let share = message.receive(factor, &from.verification, &to.encryption)?;
        let expected = value_at::<G>(&polynomial.coefexps.message().0, recipient.get());
        if G::multiply_generator(&share.0) == expected {
            Ok(share)
        } else {
            Err(ShareFault::Value)
        }
    }

    pub(super) fn certificates(&self) -> &Certificates<G> {
        &self.commitments.certificates
    }
}

impl<G: Group> Polynomial<G> {
    /// What everybody can see to be wrong with it.
    fn fault(&self, certificates: &Certificates<G>, trustee: TrusteeId) -> Option<MessageFault> {
        let setting = certificates.setting();
        let coefficients = self.coefexps.message();
        if u32::try_from(coefficients.0.len()) != Ok(setting.threshold()) {
            return Some(MessageFault::CoefficientCount {
                expected: setting.threshold(),
                found: coefficients.0.len(),
            });
        }
        if u32::try_from(self.secrets.len()) != Ok(setting.size()) {
            return Some(MessageFault::ShareCount {
                expected: setting.size(),
                found: self.secrets.len(),
            });
        }
        let key = &certificates.of(trustee)?.verification;
        if !self.coefexps.is_signed_by(key) {
            return Some(MessageFault::CoefficientsSignature);
        }
        let text = transcript(&certificates.list, coefficients);
        (!is_signed_by(&self.signature, key, &text)).then_some(MessageFault::TranscriptSignature)
    }
}

/// A polynomial's value at a member's number.
fn value<G: Group>(coefficients: &[G::Scalar], member: TrusteeId) -> G::Scalar {
    let x = G::Scalar::from(u64::from(member.get()));
    let zero = G::Scalar::default();
    coefficients.iter().rev().fold(zero, |sum, a| sum * x + *a)
}

impl<G: Group> Wire for Polynomial<G> {
    fn write(&self, out: &mut Writer) {
        let secrets: Vec<String> = self.secrets.iter().map(Wire::to_json).collect();
        out.object(|o| {
            o.member("secrets", &secrets);
            o.member("coefexps", &self.coefexps);
            o.member("signature", &self.signature);
        });
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.object(|o| {
            Ok(Self {
                secrets: o.required_with("secrets", |reader| {
                    reader.array(|reader| reader.nested().map(|(_, message)| message))
                })?,
                coefexps: o.required("coefexps")?,
                signature: o.required("signature")?,
            })
        })
    }
}

/// The device's state, for the device alone.
impl<G: Group> Wire for Revealed<G> {
    fn write(&self, out: &mut Writer) {
        out.object(|o| {
            o.member("revealed", &self.place);
            o.member("seed", &self.seed);
            o.member("certificates", &self.commitments.certificates.texts());
            o.member("commitments", &self.commitments.texts());
            o.member("polynomial", &self.polynomial);
        });
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.object(|o| {
            let place: Place = o.required("revealed")?;
            let seed = o.required("seed")?;
            let certificates: Vec<String> = o.required("certificates")?;
            let commitments: Vec<String> = o.required("commitments")?;
            let checked = Certificates::check(place.setting.clone(), &certificates)
                .and_then(|certificates| Commitments::check(certificates, &commitments));
            Ok(Self {
                commitments: damaged(o.reader(), checked)?,
                place,
                seed,
                polynomial: o.required("polynomial")?,
            })
        })
    }
}
