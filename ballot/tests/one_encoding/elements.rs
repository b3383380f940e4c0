//! Texts that are no element of a group, made from one that is.

use ballot::group::ElementFault::{self, Encoding, NotCanonical, NotInSubgroup, NotOnCurve};
use ballot::{Belenios2048, Ed25519, Group};
use curve25519_dalek::constants::EIGHT_TORSION;
use curve25519_dalek::edwards::CompressedEdwardsY;
use num_bigint::BigUint;

/// A group with its ways to write an element wrongly.
pub trait Written: Group {
    fn wrong(text: &str) -> Vec<(String, ElementFault)>;
}

impl Written for Ed25519 {
    fn wrong(text: &str) -> Vec<(String, ElementFault)> {
        let letter = text.find(|c: char| c.is_ascii_lowercase());
        let upper = letter.map(|at| {
            let (before, rest) = text.split_at(at);
            let (letter, after) = rest.split_at(1);
            format!("{before}{}{after}", letter.to_uppercase())
        });
        let mut all: Vec<(String, ElementFault)> = misspelt(text)
            .into_iter()
            .chain(upper)
            .chain([text[1..].to_owned(), format!("0x{}", &text[2..])])
            .map(|text| (text, Encoding))
            .collect();
        let point = CompressedEdwardsY(bytes(text)).decompress().unwrap();
        // Components of order 2, 4 and 8; the first of the eight points is the neutral element.
        for small in &EIGHT_TORSION[1..] {
            let sum = (point + small).compress().0;
            all.push((digits(sum), NotInSubgroup));
            all.push((digits(small.compress().0), NotInSubgroup));
        }
        let off = (0_u8..=255)
            .map(|last| format!("{}{last:02x}", &text[..62]))
            .find(|text| CompressedEdwardsY(bytes(text)).decompress().is_none());
        all.push((off.unwrap(), NotOnCurve));
        // The neutral element as y = 1 + p, with the sign bit, with both; y = p; y = −1 with the sign bit.
        for (first, middle, last) in [
            ("7f", "f", "ee"),
            ("80", "0", "01"),
            ("ff", "f", "ee"),
            ("7f", "f", "ed"),
            ("ff", "f", "ff"),
            ("ff", "f", "ec"),
        ] {
            all.push((format!("{first}{}{last}", middle.repeat(60)), NotCanonical));
        }
        all
    }
}

impl Written for Belenios2048 {
    fn wrong(text: &str) -> Vec<(String, ElementFault)> {
        let value: BigUint = text.parse().unwrap();
        let p = modulus();
        let mut all: Vec<(String, ElementFault)> = misspelt(text)
            .into_iter()
            .chain([format!("0x{value:x}"), format!("{value:x}")])
            .map(|text| (text, Encoding))
            .collect();
        // The order of the group is odd, so that −1, and with it −X, is not in it.
        all.push(((&p - &value).to_string(), NotInSubgroup));
        all.push(((&p - 1_u8).to_string(), NotInSubgroup));
        all.push(("0".to_owned(), NotInSubgroup));
        for too_large in [
            &p + &value,
            p.clone(),
            &p + 1_u8,
            BigUint::from(1_u8) << 2048,
        ] {
            all.push((too_large.to_string(), NotCanonical));
        }
        all
    }
}

/// What is wrong in any group and for any number.
pub fn misspelt(text: &str) -> Vec<String> {
    let (first, rest) = text.split_at(1);
    vec![
        String::new(),
        format!("+{text}"),
        format!("-{text}"),
        format!("0{text}"),
        format!(" {text}"),
        format!("{text} "),
        format!("{first}_{rest}"),
        format!("{text}_"),
        format!("{text}.0"),
        format!("{text}e0"),
        format!("{text}g"),
    ]
}

/// g to the power of a is multiplied modulo p: two differences of such products have no other factor in common.
fn modulus() -> BigUint {
    let power = |a: u64| -> BigUint {
        let element = Belenios2048::multiply_generator(&a.into());
        Belenios2048::encode(&element).parse().unwrap()
    };
    let difference = |a: u64, b: u64| power(a) * power(b) - power(a + b);
    let (mut p, mut rest) = (difference(1001, 1003), difference(1007, 1009));
    while rest != BigUint::ZERO {
        (p, rest) = (rest.clone(), p % rest);
    }
    assert_eq!(p.bits(), 2048);
    p
}

/// The RFC 8032 bytes, which the format writes backwards.
fn bytes(text: &str) -> [u8; 32] {
    let mut bytes: [u8; 32] = hex::decode(text).unwrap().try_into().unwrap();
    bytes.reverse();
    bytes
}

fn digits(mut bytes: [u8; 32]) -> String {
    bytes.reverse();
    hex::encode(bytes)
}
