//! Numbers in base 10, as the wire format writes scalars (and finite-field elements) of any size.

use zeroize::Zeroizing;

use crate::wire::ScalarFault;

/// Digits that are converted at once: the largest power of ten in 32 bits.
const CHUNK: usize = 9;
const CHUNK_VALUE: u64 = 1_000_000_000;

/// The number with these big-endian bytes, in base 10 without leading zeros.
///
/// The time depends on the length of the input only, but for the leading zeros that are cut off: the divisor is a
/// constant, so that the compiler multiplies instead of dividing.
pub(crate) fn encode(big_endian: &[u8]) -> String {
    let mut limbs = Zeroizing::new(limbs(big_endian));
    // 2^32 < 10^10, hence ten digits for each limb are always enough.
    let chunks = (limbs.len() * 10).div_ceil(CHUNK);
    let mut digits = Zeroizing::new(vec![0_u8; chunks * CHUNK]);
    for chunk in digits.rchunks_mut(CHUNK) {
        let mut remainder = 0_u64;
        for limb in limbs.iter_mut() {
            let value = (remainder << 32) | u64::from(*limb);
            *limb = low32(value / CHUNK_VALUE);
            remainder = value % CHUNK_VALUE;
        }
        for digit in chunk.iter_mut().rev() {
            *digit = b'0' + u8::try_from(remainder % 10).unwrap_or_default();
            remainder /= 10;
        }
    }
    let zeros = digits.iter().take_while(|d| **d == b'0').count();
    let start = zeros.min(digits.len().saturating_sub(1));
    digits.iter().skip(start).map(|d| char::from(*d)).collect()
}

/// The big-endian bytes, exactly `N`, of a number in base 10.
///
/// # Errors
/// [`ScalarFault::Encoding`] for an empty text, a leading zero, a sign or anything else that is not a digit;
/// [`ScalarFault::Range`] for a number that does not fit.
pub(crate) fn decode<const N: usize>(text: &str) -> Result<[u8; N], ScalarFault> {
    let canonical = !text.is_empty()
        && text.bytes().all(|b| b.is_ascii_digit())
        && (text.len() == 1 || !text.starts_with('0'));
    if !canonical {
        return Err(ScalarFault::Encoding);
    }
    // N bytes have at most 2.41 N digits, rounded up; refusing longer texts first keeps the work bounded.
    if text.len() > N * 5 / 2 + 1 {
        return Err(ScalarFault::Range);
    }
    let mut limbs = Zeroizing::new(vec![0_u32; N.div_ceil(4)]);
    // The first chunk is the short one, so that all others have the same factor.
    let (first, others) = text.as_bytes().split_at(text.len() % CHUNK);
    for chunk in std::iter::once(first).chain(others.chunks(CHUNK)) {
        let value = chunk
            .iter()
            .fold(0, |n, digit| n * 10 + u64::from(digit - b'0'));
        let mut carry = value;
        for limb in limbs.iter_mut().rev() {
            let value = u64::from(*limb) * CHUNK_VALUE + carry;
            *limb = low32(value);
            carry = value >> 32;
        }
        if carry != 0 {
            return Err(ScalarFault::Range);
        }
    }
    let bytes: Zeroizing<Vec<u8>> =
        Zeroizing::new(limbs.iter().flat_map(|limb| limb.to_be_bytes()).collect());
    let (high, low) = bytes.split_at(bytes.len().saturating_sub(N));
    if high.iter().any(|b| *b != 0) {
        return Err(ScalarFault::Range);
    }
    low.try_into().map_err(|_| ScalarFault::Range)
}

/// Big-endian 32-bit limbs.
fn limbs(big_endian: &[u8]) -> Vec<u32> {
    let mut limbs: Vec<u32> = big_endian
        .rchunks(4)
        .map(|chunk| {
            chunk
                .iter()
                .fold(0, |limb, byte| (limb << 8) | u32::from(*byte))
        })
        .collect();
    limbs.reverse();
    limbs
}

/// The lower half of `value`.
fn low32(value: u64) -> u32 {
    u32::try_from(value & u64::from(u32::MAX)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{ScalarFault, decode, encode};
    use proptest::prelude::*;

    #[test]
    fn known_numbers_have_their_known_digits() {
        assert_eq!(encode(&[0; 32]), "0");
        assert_eq!(encode(&[1]), "1");
        assert_eq!(
            encode(&[0xff; 32]),
            "115792089237316195423570985008687907853269984665640564039457584007913129639935"
        );
        assert_eq!(encode(&[1, 0, 0, 0, 0]), "4294967296");
    }

    #[test]
    fn only_the_canonical_digits_are_read() {
        for bad in ["", "00", "01", "+1", "-1", " 1", "1 ", "0x1", "1_0", "１"] {
            assert_eq!(decode::<1>(bad), Err(ScalarFault::Encoding), "{bad:?}");
        }
        assert_eq!(decode::<1>("255"), Ok([255]));
        assert_eq!(decode::<1>("256"), Err(ScalarFault::Range));
        assert_eq!(decode::<5>("4294967296"), Ok([1, 0, 0, 0, 0]));
        assert_eq!(decode::<32>(&"9".repeat(100_000)), Err(ScalarFault::Range));
    }

    proptest! {
        #[test]
        fn encoding_and_decoding_are_inverse(bytes: [u8; 32]) {
            prop_assert_eq!(decode::<32>(&encode(&bytes)), Ok(bytes));
        }

        #[test]
        fn small_numbers_agree_with_the_standard_library(n: u64) {
            prop_assert_eq!(encode(&n.to_be_bytes()), n.to_string());
        }
    }
}
