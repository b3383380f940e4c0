//! Verification of Ed25519 signatures (RFC 8032) with the curve library, which also runs in WebAssembly.

use curve25519_dalek::edwards::{CompressedEdwardsY, EdwardsPoint};
use curve25519_dalek::scalar::Scalar;
use sha2::{Digest, Sha512};

/// Whether `signature` is `key`'s over `message`. Strict: the key in its one encoding and not of small order, the scalar
/// reduced, and no cofactor, so that every strict verifier agrees.
pub(super) fn verify(key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool {
    check(key, message, signature).is_some()
}

fn check(key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> Option<()> {
    let (r, s) = signature.split_first_chunk::<32>()?;
    let point = CompressedEdwardsY(*key).decompress()?;
    if point.compress().as_bytes() != key || point.is_small_order() {
        return None;
    }
    let s = Option::<Scalar>::from(Scalar::from_canonical_bytes(s.try_into().ok()?))?;
    let challenge = Sha512::new()
        .chain_update(r)
        .chain_update(key)
        .chain_update(message)
        .finalize();
    let challenge = Scalar::from_bytes_mod_order_wide(&challenge.into());
    let expected = EdwardsPoint::vartime_double_scalar_mul_basepoint(&challenge, &-point, &s);
    (expected.compress().as_bytes() == r).then_some(())
}
