//! Codes by time (RFC 6238): HMAC-SHA-1, six digits, a new one every 30 seconds, as every authenticator app makes them.

use crate::infra::clock::Timestamp;
use crate::infra::entropy::Entropy;
use ring::hmac::{HMAC_SHA1_FOR_LEGACY_USE_ONLY, Key, sign};
use subtle::ConstantTimeEq as _;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// How long a code stands.
const STEP_SECONDS: i64 = 30;

/// How many steps a telephone's clock may be off, either way.
const STEPS_OFF: i64 = 1;

/// As many bytes as SHA-1 gives (RFC 4226 section 4, R6).
const SECRET_BYTES: usize = 20;

/// What an authenticator app and this service share.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct TotpSecret(Vec<u8>);

impl std::fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TotpSecret(<redacted>)")
    }
}

impl TotpSecret {
    /// A fresh one.
    pub(super) fn fresh(entropy: &Entropy) -> Self {
        Self(entropy.bytes::<SECRET_BYTES>().to_vec())
    }

    /// One that was kept.
    pub(super) fn kept(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }

    /// Its bytes, to be sealed.
    pub(super) fn expose(&self) -> &[u8] {
        &self.0
    }

    /// As people type it into an app: base 32 (RFC 4648 section 6), in groups of four.
    pub fn typed(&self) -> String {
        let text = base32(&self.0);
        let groups: Vec<&str> = text
            .as_bytes()
            .chunks(4)
            .filter_map(|group| std::str::from_utf8(group).ok())
            .collect();
        groups.join(" ")
    }

    /// The address that apps read from a QR code. `issuer` and `account` are percent-encoded by the caller's `encode`.
    pub fn address(&self, issuer: &str, account: &str, encode: impl Fn(&str) -> String) -> String {
        let (issuer, account) = (encode(issuer), encode(account));
        let secret = base32(&self.0);
        format!("otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}")
    }

    /// The code of a step (RFC 4226 section 5.3).
    fn code(&self, step: i64) -> String {
        let key = Key::new(HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.0);
        let mac = sign(&key, &step.to_be_bytes());
        let mac = mac.as_ref();
        let offset = usize::from(mac.last().copied().unwrap_or_default() & 0x0F);
        let four = mac.get(offset..).and_then(|rest| rest.first_chunk());
        let number = u32::from_be_bytes(four.copied().unwrap_or_default()) & 0x7FFF_FFFF;
        format!("{:06}", number % 1_000_000)
    }

    /// The step that this code belongs to: the present one or a neighbour, and later than the last one used, so that each
    /// code works once (RFC 6238 section 5.2).
    pub(super) fn step_of(&self, typed: &str, now: Timestamp, last_used: i64) -> Option<i64> {
        let present = now.millis().div_euclid(STEP_SECONDS * 1000);
        (present - STEPS_OFF..=present + STEPS_OFF).find(|step| {
            *step > last_used && bool::from(self.code(*step).as_bytes().ct_eq(typed.as_bytes()))
        })
    }
}

fn base32(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    bytes
        .chunks(5)
        .flat_map(|chunk| {
            let mut five = [0_u8; 8];
            for (to, from) in five.iter_mut().skip(3).zip(chunk) {
                *to = *from;
            }
            let bits = u64::from_be_bytes(five);
            let letters = (chunk.len() * 8).div_ceil(5);
            (0..letters).filter_map(move |at| {
                let index = usize::try_from(bits >> (35 - 5 * at) & 31).ok()?;
                ALPHABET.get(index).copied().map(char::from)
            })
        })
        .collect()
}

/// The code of `secret` that the next try will take: for tests of the pages.
#[cfg(feature = "testing")]
pub fn code_at(typed_secret: &str, now: Timestamp) -> String {
    let mut bytes = Vec::new();
    let (mut bits, mut held) = (0_u32, 0_u32);
    for letter in typed_secret.bytes().filter(|byte| *byte != b' ') {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            _ => letter - b'2' + 26,
        };
        (bits, held) = (bits << 5 | u32::from(value), held + 5);
        if held >= 8 {
            held -= 8;
            bytes.extend(u8::try_from(bits >> held & 0xFF));
        }
    }
    TotpSecret(bytes).code(now.millis().div_euclid(STEP_SECONDS * 1000))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238 appendix B, SHA-1: seconds and the last six of the eight digits.
    const APPENDIX_B: [(i64, &str); 6] = [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
        (20_000_000_000, "353130"),
    ];

    fn secret() -> TotpSecret {
        TotpSecret::kept(b"12345678901234567890")
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    #[test]
    fn the_codes_are_those_of_the_rfc() {
        for (seconds, code) in APPENDIX_B {
            assert_eq!(
                secret().step_of(code, at(seconds), 0),
                Some(seconds / 30),
                "{seconds}"
            );
        }
    }

    #[test]
    fn a_code_stands_for_its_step_and_a_neighbour_and_works_once() {
        let (seconds, code) = APPENDIX_B[1];
        let step = seconds / 30;
        for (later, taken) in [(-60, false), (-30, true), (30, true), (60, false)] {
            let found = secret().step_of(code, at(seconds + later), 0);
            assert_eq!(found.is_some(), taken, "{later}");
        }
        assert_eq!(secret().step_of(code, at(seconds), step), None, "used");
        assert_eq!(secret().step_of(code, at(seconds), step - 1), Some(step));
        assert_eq!(secret().step_of("081805", at(seconds), 0), None);
        assert_eq!(secret().step_of("", at(seconds), 0), None);
    }

    #[test]
    fn base_32_is_that_of_the_rfc() {
        // RFC 4648 section 10, without the padding.
        for (bytes, text) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(base32(bytes.as_bytes()), text);
        }
        assert_eq!(code_at(&secret().typed(), at(59)), "287082");
    }

    #[test]
    fn an_app_reads_issuer_account_and_secret_from_the_address() {
        let address = secret().address("a b", "李", |text| text.replace(' ', "%20"));
        assert_eq!(
            address,
            "otpauth://totp/a%20b:李?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=a%20b"
        );
    }
}
