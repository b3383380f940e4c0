//! A trustee's secret key, and the public key with its proof of possession.

use std::fmt;

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::pki::sign;
use crate::context::{Context, POSSESSION};
use crate::group::Group;
use crate::proof::Proof;
use crate::wire::{Reader, Wire, WireError, Writer};

/// A trustee's secret: the whole key of a single trustee, or a member's share.
///
/// Wiped from memory when dropped and never printed. Its encoding, a string in base 10, is for the trustee's own
/// storage and for nobody else.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretKey<G: Group>(Zeroizing<G::Scalar>);

/// A trustee's public key with the proof that somebody knows the secret. Specification 3.3.0, section 4.5.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerificationKey<G: Group> {
    pok: Proof<G>,
    public_key: G::Element,
    signature: Option<Proof<G>>,
    name: Option<String>,
}

impl<G: Group> SecretKey<G> {
    /// A fresh key.
    pub fn generate(rng: &mut impl CryptoRng) -> Self {
        Self(Zeroizing::new(G::random_scalar(rng)))
    }

    /// gˣ.
    pub fn public_key(&self) -> G::Element {
        G::multiply_generator(&self.0)
    }

    /// The public key with a fresh proof of possession.
    pub fn verification_key(&self, rng: &mut impl CryptoRng) -> VerificationKey<G> {
        let public_key = self.public_key();
        VerificationKey {
            pok: Proof::<G>::of_knowledge(&self.0, &possession::<G>(&public_key), rng),
            public_key,
            signature: None,
            name: None,
        }
    }

    /// A member's key from the sum of its shares.
    pub(super) fn of_shares(sum: Zeroizing<G::Scalar>) -> Self {
        Self(sum)
    }

    /// As [`SecretKey::verification_key`], signed with the member's key of the ceremony: the text is the encoded key.
    pub(super) fn signed_verification_key(
        &self,
        signing: &G::Scalar,
        rng: &mut impl CryptoRng,
    ) -> VerificationKey<G> {
        let mut key = self.verification_key(rng);
        key.signature = Some(sign::<G>(signing, &G::encode(&key.public_key), rng));
        key
    }

    pub(crate) fn scalar(&self) -> &G::Scalar {
        &self.0
    }
}

impl<G: Group> VerificationKey<G> {
    /// The same key with a name for people.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// gˣ.
    pub fn public_key(&self) -> &G::Element {
        &self.public_key
    }

    /// The trustee's name, where the object tells it.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Whether the proof of possession holds.
    pub fn shows_possession(&self) -> bool {
        self.pok
            .shows_knowledge(&self.public_key, &possession::<G>(&self.public_key))
    }

    /// The trustee's signature of its public key, in the 3.3.0 dialect of threshold groups.
    pub(crate) fn signature(&self) -> Option<&Proof<G>> {
        self.signature.as_ref()
    }
}

fn possession<G: Group>(public_key: &G::Element) -> Context {
    POSSESSION.context([G::NAME, &G::encode(public_key)])
}

impl<G: Group> fmt::Debug for SecretKey<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(<redacted>)")
    }
}

impl<G: Group> Wire for SecretKey<G> {
    fn write(&self, out: &mut Writer) {
        self.0.write(out);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        Wire::read(reader).map(Zeroizing::new).map(Self)
    }
}

impl<G: Group> Wire for VerificationKey<G> {
    fn write(&self, out: &mut Writer) {
        out.object(|o| {
            o.member("pok", &self.pok);
            o.member("public_key", &self.public_key);
            o.optional("signature", self.signature.as_ref());
            o.optional("name", self.name.as_ref());
        });
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.object(|o| {
            Ok(Self {
                pok: o.required("pok")?,
                public_key: o.required("public_key")?,
                signature: o.optional("signature")?,
                name: o.optional("name")?,
            })
        })
    }
}
