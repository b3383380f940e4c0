//! Threshold groups: any t of n members decrypt. Reading and checking what a key ceremony has published.
//!
//! Each member i chose a polynomial of degree t − 1 and published Aᵢ₀, Aᵢ₁, … = g to the power of its coefficients;
//! member j's share is the sum of all polynomials at j, and the group's key is the product of all Aᵢ₀.
//! Specification 3.3.0, sections 4.6.2 to 4.6.7.

use super::pki::is_signed_by;
use super::{Blame, SignedMessage, TrusteeError, TrusteeId, VerificationKey};
use crate::group::{Group, GroupElement};
use crate::proof::Proof;
use crate::wire::{Reader, Wire, WireError, Writer};

/// Most members of a threshold group that are read.
pub(super) const MAX_MEMBERS: u32 = 255;

/// What a threshold group publishes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThresholdParameters<G: Group> {
    threshold: u32,
    certs: Vec<SignedMessage<G, Certificate<G>>>,
    coefexps: Vec<SignedMessage<G, Coefficients<G>>>,
    signatures: Vec<Proof<G>>,
    verification_keys: Vec<VerificationKey<G>>,
}

/// A member's keys for the ceremony, and the place that they are for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate<G: Group> {
    /// The place.
    pub context: CertificateContext,
    /// The key that checks the member's signatures.
    pub verification: G::Element,
    /// The key that encrypts to the member.
    pub encryption: G::Element,
}

/// Where a certificate is valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateContext {
    /// The group's name.
    pub group: String,
    /// Members of the threshold group.
    pub size: u32,
    /// Members who are enough to decrypt.
    pub threshold: u32,
    /// The member's number in the threshold group, from 1.
    pub index: u32,
}

/// A polynomial's coefficients in the exponent of g, the constant one first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coefficients<G: Group>(pub Vec<G::Element>);

impl<G: Group> ThresholdParameters<G> {
    /// Puts a ceremony's messages together; [`super::Trustees::verify`] checks them.
    pub(super) fn new(
        threshold: u32,
        certs: Vec<SignedMessage<G, Certificate<G>>>,
        coefexps: Vec<SignedMessage<G, Coefficients<G>>>,
        signatures: Vec<Proof<G>>,
        verification_keys: Vec<VerificationKey<G>>,
    ) -> Self {
        Self {
            threshold,
            certs,
            coefexps,
            signatures,
            verification_keys,
        }
    }

    /// Members who are enough to decrypt.
    pub fn threshold(&self) -> u32 {
        self.threshold
    }

    /// The members' verification keys in order.
    pub fn verification_keys(&self) -> &[VerificationKey<G>] {
        &self.verification_keys
    }

    /// The keys that check the members' signatures, in order.
    pub(super) fn signing_keys(&self) -> impl Iterator<Item = &G::Element> {
        self.certs.iter().map(|cert| &cert.message().verification)
    }

    /// The group's key.
    pub(super) fn joint_key(&self) -> G::Element {
        let constants = self
            .coefexps
            .iter()
            .filter_map(|signed| signed.message().0.first());
        constants.fold(G::identity(), |sum, a| sum.plus(a))
    }

    /// Checks the group whose first member is trustee number `first`.
    pub(super) fn verify(&self, first: u32) -> Result<(), TrusteeError> {
        let size = self.verify_sizes(first)?;
        let members = (0..size).map(|i| Blame::Trustee(TrusteeId(first + i)));
        // All certificates before the signatures of their list, which a bad one breaks for everybody.
        for (index, (blame, cert)) in (1..).zip(members.clone().zip(&self.certs)) {
            self.verify_certificate(cert.message(), index, size, blame)?;
            if !cert.is_signed_by(&cert.message().verification) {
                return Err(TrusteeError::CertificateSignature(blame));
            }
        }
        for ((blame, cert), (coefexps, signature)) in members
            .clone()
            .zip(&self.certs)
            .zip(self.coefexps.iter().zip(&self.signatures))
        {
            let key = &cert.message().verification;
            if !coefexps.is_signed_by(key) {
                return Err(TrusteeError::CoefficientsSignature(blame));
            }
            if !is_signed_by(signature, key, &transcript(&self.certs, coefexps.message())) {
                return Err(TrusteeError::TranscriptSignature(blame));
            }
        }
        let joint = joint_coefficients(self.coefexps.iter().map(SignedMessage::message));
        for (index, ((blame, cert), key)) in
            (1..).zip(members.zip(&self.certs).zip(&self.verification_keys))
        {
            if *key.public_key() != value_at::<G>(&joint, index) {
                return Err(TrusteeError::VerificationKey(blame));
            }
            let text = G::encode(key.public_key());
            if key
                .signature()
                .is_some_and(|s| !is_signed_by(s, &cert.message().verification, &text))
            {
                return Err(TrusteeError::KeySignature(blame));
            }
        }
        Ok(())
    }

    /// Checks that all lists have one entry for each member, and all polynomials the threshold's length.
    fn verify_sizes(&self, first: u32) -> Result<u32, TrusteeError> {
        let blame = Blame::Trustee(TrusteeId(first));
        let size = self.certs.len();
        for (what, len) in [
            ("polynomial", self.coefexps.len()),
            ("signature", self.signatures.len()),
            ("verification key", self.verification_keys.len()),
        ] {
            if len != size {
                return Err(TrusteeError::GroupSize(blame, what));
            }
        }
        let size = u32::try_from(size).unwrap_or(u32::MAX);
        if size > MAX_MEMBERS {
            return Err(TrusteeError::GroupTooLarge(blame));
        }
        if self.threshold == 0 || self.threshold > size {
            return Err(TrusteeError::Threshold(blame));
        }
        for (member, coefexps) in (first..).zip(&self.coefexps) {
            let count = u32::try_from(coefexps.message().0.len());
            if count != Ok(self.threshold) {
                return Err(TrusteeError::CoefficientCount(Blame::Trustee(TrusteeId(
                    member,
                ))));
            }
        }
        let signed = self
            .verification_keys
            .iter()
            .filter(|k| k.signature().is_some());
        // Either dialect, but not a mixture, in which a signature has been taken away.
        if ![0, self.verification_keys.len()].contains(&signed.count()) {
            return Err(TrusteeError::GroupSize(blame, "signed verification key"));
        }
        Ok(size)
    }

    fn verify_certificate(
        &self,
        cert: &Certificate<G>,
        index: u32,
        size: u32,
        blame: Blame,
    ) -> Result<(), TrusteeError> {
        let expected = CertificateContext {
            group: G::NAME.to_owned(),
            size,
            threshold: self.threshold,
            index,
        };
        if cert.context != expected {
            return Err(TrusteeError::CertificateContext(blame));
        }
        if cert.verification.is_identity() || cert.encryption.is_identity() {
            return Err(TrusteeError::NeutralKey(blame));
        }
        Ok(())
    }
}

/// What each member signs after it has seen all certificates.
pub(super) fn transcript<G: Group>(
    certs: &[SignedMessage<G, Certificate<G>>],
    own: &Coefficients<G>,
) -> String {
    let mut out = Writer::default();
    out.raw("certs_sig|");
    out.object(|o| {
        o.member_with("certs", |out| out.array(certs));
        o.member("coefexps", &own.0);
    });
    out.finish()
}

/// The coefficients of the sum of polynomials, in the exponent of g.
pub(super) fn joint_coefficients<'c, G: Group>(
    all: impl IntoIterator<Item = &'c Coefficients<G>>,
) -> Vec<G::Element> {
    let mut joint = Vec::new();
    for own in all {
        joint.resize(joint.len().max(own.0.len()), G::identity());
        for (sum, a) in joint.iter_mut().zip(&own.0) {
            *sum = sum.plus(a);
        }
    }
    joint
}

/// g to the power of a polynomial's value at `index`.
pub(super) fn value_at<G: Group>(coefficients: &[G::Element], index: u32) -> G::Element {
    let x = G::Scalar::from(u64::from(index));
    let mut power = G::Scalar::from(1);
    let mut terms = Vec::with_capacity(coefficients.len());
    for a in coefficients {
        terms.push((power, a));
        power = power * x;
    }
    G::public_sum(&terms)
}

/// Lagrange's coefficient of member `index` among `members`, at zero.
pub(super) fn lagrange<G: Group>(index: u32, members: &[u32]) -> G::Scalar {
    let at = |n: u32| G::Scalar::from(u64::from(n));
    let (numerator, denominator) = members
        .iter()
        .filter(|k| **k != index)
        .fold((at(1), at(1)), |(numerator, denominator), k| {
            (numerator * at(*k), denominator * (at(*k) - at(index)))
        });
    numerator * G::invert(&denominator)
}

impl<G: Group> Wire for ThresholdParameters<G> {
    fn write(&self, out: &mut Writer) {
        out.object(|o| {
            o.member("threshold", &self.threshold);
            o.member("certs", &self.certs);
            o.member("coefexps", &self.coefexps);
            o.member("signatures", &self.signatures);
            o.member("verification_keys", &self.verification_keys);
        });
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.object(|o| {
            Ok(Self {
                threshold: o.required("threshold")?,
                certs: o.required("certs")?,
                coefexps: o.required("coefexps")?,
                signatures: o.required("signatures")?,
                verification_keys: o.required("verification_keys")?,
            })
        })
    }
}

impl<G: Group> Wire for Certificate<G> {
    fn write(&self, out: &mut Writer) {
        out.object(|o| {
            o.member("context", &self.context);
            o.member("verification", &self.verification);
            o.member("encryption", &self.encryption);
        });
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.object(|o| {
            Ok(Self {
                context: o.required("context")?,
                verification: o.required("verification")?,
                encryption: o.required("encryption")?,
            })
        })
    }
}

impl Wire for CertificateContext {
    fn write(&self, out: &mut Writer) {
        out.object(|o| {
            o.member("group", &self.group);
            o.member("size", &self.size);
            o.member("threshold", &self.threshold);
            o.member("index", &self.index);
        });
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.object(|o| {
            Ok(Self {
                group: o.required("group")?,
                size: o.required("size")?,
                threshold: o.required("threshold")?,
                index: o.required("index")?,
            })
        })
    }
}

impl<G: Group> Wire for Coefficients<G> {
    fn write(&self, out: &mut Writer) {
        out.object(|o| o.member("coefexps", &self.0));
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.object(|o| o.required("coefexps").map(Self))
    }
}
