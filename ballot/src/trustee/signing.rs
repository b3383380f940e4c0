//! What a trustee says about an election, signed: with the key of its certificate, or, where each has a key of its own, with that.
//!
//! A signature is a proof of knowledge of that key's logarithm in the context of [`APPROVAL`] or [`CLOSING`], which names everything
//! that is stated, by whom, and the key. Their tags differ from each other and from version 1's.

use std::fmt;

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::{SecretKey, Seed};
pub use crate::context::{APPROVAL, CLOSING};
use crate::group::Group;
use crate::proof::{Context, Proof};
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

    /// Signs a statement, whose context names this key; [`Proof::shows_knowledge`] checks it.
    pub fn sign(&self, context: &Context, rng: &mut impl CryptoRng) -> Proof<G> {
        Proof::<G>::of_knowledge(&self.0, context, rng)
    }
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

    use super::{APPROVAL, SigningKey};
    use crate::Ed25519;
    use crate::trustee::{SecretKey, Seed};
    use crate::wire::Wire as _;

    #[test]
    fn a_signature_is_of_one_context_by_one_key() {
        let mut rng = ChaCha20Rng::from_seed([5; 32]);
        let key: SigningKey<Ed25519> = Seed::generate(&mut rng).signing_key();
        let [said, other] = ["a", "b"].map(|rule| APPROVAL.context(["φ", rule, "roll", "1", "X"]));
        let signature = key.sign(&said, &mut rng);
        assert!(signature.shows_knowledge(&key.public_key(), &said));
        assert!(!signature.shows_knowledge(&key.public_key(), &other));
        let other = SecretKey::<Ed25519>::generate(&mut rng).signing_key();
        assert!(!signature.shows_knowledge(&other.public_key(), &said));
        let kept = SigningKey::<Ed25519>::from_json(key.to_json().as_bytes()).unwrap();
        assert_eq!(kept, key);
        assert_eq!(format!("{key:?}"), "SigningKey(<redacted>)");
    }
}
