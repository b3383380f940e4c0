//! A print: the short form of a hash that people in a hall read aloud and compare.

use std::fmt;

use crate::digest::{Digest, sha256};

/// Four groups of four decimal digits, for instance `4921 0375 8846 1290`: 53 bits. Digits, not words, since they sound the
/// same to everybody and in every dialect. Two things can only be told apart by it as long as nobody has had days to look for
/// a second one with the same print: it is compared within minutes of the moment at which the first one is fixed.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Print(u64);

const GROUPS: [u64; 4] = [1_000_000_000_000, 100_000_000, 10_000, 1];

impl Print {
    /// The print of an election's fingerprint φ.
    pub fn of_election(fingerprint: &Digest) -> Self {
        Self::of(b"minsheng-print|election|", fingerprint)
    }

    /// The print of an encrypted tally's hash.
    pub fn of_tally(tally: &Digest) -> Self {
        Self::of(b"minsheng-print|tally|", tally)
    }

    /// The print of what two people confirm together, from its hash as text.
    pub fn of_step(matter: &str) -> Self {
        Self::of(b"minsheng-print|step|", &Digest::of(matter))
    }

    fn of(purpose: &[u8], digest: &Digest) -> Self {
        let hash = sha256([purpose, digest.to_string().as_bytes()]);
        let first = hash.iter().take(8);
        let number = first.fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
        Self(number % 10_000_000_000_000_000)
    }
}

impl fmt::Display for Print {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let groups = GROUPS.map(|unit| format!("{:04}", self.0 / unit % 10_000));
        f.write_str(&groups.join(" "))
    }
}

impl fmt::Debug for Print {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Print({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_print_is_four_groups_of_four_digits_and_of_one_purpose() {
        let digest = Digest::of("election");
        let (election, tally) = (Print::of_election(&digest), Print::of_tally(&digest));
        assert_ne!(election, tally);
        for print in [election, tally, Print(7), Print(9_999_999_999_999_999)] {
            let text = print.to_string();
            let groups: Vec<&str> = text.split(' ').collect();
            assert_eq!(groups.len(), 4);
            for group in groups {
                assert!(group.len() == 4 && group.bytes().all(|byte| byte.is_ascii_digit()));
            }
        }
        assert_eq!(Print(7).to_string(), "0000 0000 0000 0007");
    }

    #[test]
    fn it_is_what_the_protocol_says() {
        // printf 'minsheng-print|election|%s' "$(printf election | openssl dgst -sha256 -binary | base64 | tr -d =)" |
        //   openssl dgst -sha256: the first eight bytes as a number, its last sixteen decimal digits.
        assert_eq!(
            Print::of_election(&Digest::of("election")).to_string(),
            "2247 3678 3858 0392"
        );
    }
}
