//! What a trustee says about an election, signed: with the key of its certificate, or, where each has a key of its own, with that.
//!
//! The hash of a signature names the text and the signer's key: a proof of knowledge of that key's logarithm with the prefix
//! `TEXT|X|`. The text begins with what kind of statement it is, so that none is taken for another, nor for version 1's proofs.

use std::fmt;

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::{SecretKey, Seed};
use crate::group::Group;
use crate::proof::Proof;
use crate::wire::{Reader, Wire, WireError, Writer};

/// The secret key of a trustee's signatures. Wiped from memory when dropped and never printed; its encoding, a string in base
/// 10, is for the trustee's own storage.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningKey<G: Group>(Zeroizing<G::Scalar>);

impl<G: Group> SigningKey<G> {
    /// gˢ, as in the trustee's certificate; where each trustee has a key of its own, that one.
    pub fn public_key(&self) -> G::Element {
        G::multiply_generator(&self.0)
    }

    /// Signs a text.
    pub fn sign(&self, text: &str, rng: &mut impl CryptoRng) -> Proof<G> {
        Proof::<G>::of_knowledge(&self.0, &prefix::<G>(text, &self.public_key()), rng)
    }
}

/// Whether `signature` is that of `text` by the owner of `key`, as [`SigningKey::sign`] makes it.
pub fn signs<G: Group>(signature: &Proof<G>, key: &G::Element, text: &str) -> bool {
    signature.shows_knowledge(key, &prefix::<G>(text, key))
}

impl Seed {
    /// The key that signs for the member with this seed.
    pub fn signing_key<G: Group>(&self) -> SigningKey<G> {
        SigningKey(self.keys::<G>().signing)
    }
}

impl<G: Group> SecretKey<G> {
    /// The key that signs for a trustee who has a key of its own, and so no certificate.
    pub fn signing_key(&self) -> SigningKey<G> {
        SigningKey(Zeroizing::new(*self.scalar()))
    }
}

fn prefix<G: Group>(text: &str, key: &G::Element) -> String {
    format!("{text}|{}|", G::encode(key))
}

impl<G: Group> fmt::Debug for SigningKey<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(<redacted>)")
    }
}

impl<G: Group> Wire for SigningKey<G> {
    fn write(&self, out: &mut Writer) {
        self.0.write(out);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        Wire::read(reader).map(Zeroizing::new).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng as _;

    use super::{SigningKey, signs};
    use crate::Ed25519;
    use crate::trustee::{SecretKey, Seed};
    use crate::wire::Wire as _;

    #[test]
    fn a_signature_is_of_one_text_by_one_key() {
        let mut rng = ChaCha20Rng::from_seed([5; 32]);
        let key: SigningKey<Ed25519> = Seed::generate(&mut rng).signing_key();
        let signature = key.sign("minsheng-close|a", &mut rng);
        assert!(signs(&signature, &key.public_key(), "minsheng-close|a"));
        assert!(!signs(&signature, &key.public_key(), "minsheng-close|b"));
        let other = SecretKey::<Ed25519>::generate(&mut rng).signing_key();
        assert!(!signs(&signature, &other.public_key(), "minsheng-close|a"));
        let kept = SigningKey::<Ed25519>::from_json(key.to_json().as_bytes()).unwrap();
        assert_eq!(kept, key);
        assert_eq!(format!("{key:?}"), "SigningKey(<redacted>)");
    }
}
