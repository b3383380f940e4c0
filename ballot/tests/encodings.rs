//! Every object has one encoding: the edges of elements, scalars, numbers, strings and lists.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test's helpers may fail loudly, too"
)]

mod support;

use ballot::group::{Ed25519Element, ElementFault, Group, GroupElement, PublicBranch, ScalarFault};
use ballot::wire::WireFault;
use ballot::{Ed25519, Election, ElectionError, PublicCredentials, Wire, group_of_election};
use proptest::prelude::*;
use support::{election, folder, read};

type Scalar = <Ed25519 as Group>::Scalar;

const IDENTITY: &str = "0000000000000000000000000000000000000000000000000000000000000001";

fn element_fault(text: &str) -> ElementFault {
    Ed25519::decode(text).unwrap_err()
}

#[test]
fn the_identity_has_one_encoding() {
    assert_eq!(Ed25519::decode(IDENTITY), Ok(Ed25519::identity()));
    assert_eq!(Ed25519::encode(&Ed25519::identity()), IDENTITY);
    for second in [
        // 1 + p, and both with the sign bit.
        "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffee",
        "8000000000000000000000000000000000000000000000000000000000000001",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffee",
    ] {
        assert_eq!(
            element_fault(second),
            ElementFault::NotCanonical,
            "{second}"
        );
    }
}

#[test]
fn points_of_small_order_are_not_in_the_group() {
    for small in [
        // y = −1: order 2; y = 0: order 4; one of order 8.
        "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "8000000000000000000000000000000000000000000000000000000000000000",
        "05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826",
    ] {
        assert_eq!(element_fault(small), ElementFault::NotInSubgroup, "{small}");
    }
    // y = −1 with the sign bit is no encoding of anything.
    assert_eq!(
        element_fault("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec"),
        ElementFault::NotCanonical
    );
}

#[test]
fn a_number_that_is_no_coordinate_is_not_on_the_curve() {
    // 2 is the smallest y for which no x solves the curve's equation.
    assert_eq!(
        element_fault(&IDENTITY.replacen("01", "02", 1)),
        ElementFault::NotOnCurve
    );
}

#[test]
fn a_coordinate_of_p_or_more_is_no_encoding() {
    for text in [
        "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed",
        "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    ] {
        assert_eq!(element_fault(text), ElementFault::NotCanonical, "{text}");
    }
}

#[test]
fn an_element_is_64_lowercase_hexadecimal_digits() {
    let generator = Ed25519::encode(&Ed25519::generator());
    assert_eq!(
        generator,
        "6666666666666666666666666666666666666666666666666666666666666658"
    );
    for text in [
        "",
        &generator[1..],
        &format!("0{generator}"),
        &format!("0x{}", &generator[2..]),
        &format!(" {}", &generator[1..]),
        &IDENTITY.replacen('0', "A", 1),
        &IDENTITY.replacen('0', "g", 1),
    ] {
        assert_eq!(element_fault(text), ElementFault::Encoding, "{text:?}");
    }
}

#[test]
fn a_scalar_is_below_the_groups_order() {
    let q = "7237005577332262213973186563042994240857116359379907606001950938285454250989";
    let last = "7237005577332262213973186563042994240857116359379907606001950938285454250988";
    let read = |text: &str| Scalar::from_json(format!("\"{text}\"").as_bytes());
    assert_eq!(read(last).map(|s| s.to_json()), Ok(format!("\"{last}\"")));
    for (text, fault) in [
        (q, ScalarFault::Range),
        (
            "99999999999999999999999999999999999999999999999999999999999999999999999999999999999",
            ScalarFault::Range,
        ),
        ("", ScalarFault::Encoding),
        ("00", ScalarFault::Encoding),
        ("-1", ScalarFault::Encoding),
        ("+1", ScalarFault::Encoding),
        ("0x1", ScalarFault::Encoding),
        ("1_0", ScalarFault::Encoding),
        ("1.0", ScalarFault::Encoding),
    ] {
        assert_eq!(
            read(text).unwrap_err().fault,
            WireFault::Scalar(fault),
            "{text:?}"
        );
    }
    // A bare number is not a scalar.
    assert_eq!(
        Scalar::from_json(b"1").unwrap_err().fault,
        WireFault::Expected("\"")
    );
}

fn election_with(from: &str, to: &str) -> WireFault {
    let text = String::from_utf8(read(folder().join("setup/election.json"))).unwrap();
    assert!(text.contains(from), "{from}");
    let changed = text.replacen(from, to, 1);
    Election::<Ed25519>::from_json(changed.as_bytes())
        .unwrap_err()
        .fault
}

#[test]
fn an_election_is_refused_for_what_is_wrong_with_it() {
    let key = "a3d32b4148ef51340c53b75101b28508fa3927ca8e5d695f2c9e93769e991594";
    assert_eq!(
        election_with(key, IDENTITY),
        WireFault::Refused(ElectionError::NeutralKey.to_string())
    );
    let bounds = WireFault::Refused(ElectionError::Bounds.to_string());
    assert_eq!(election_with("\"max\":10", "\"max\":21"), bounds);
    assert_eq!(election_with("\"min\":0", "\"min\":11"), bounds);
    assert_eq!(
        election_with("\"min\":0", "\"min\":00"),
        WireFault::NumberEncoding
    );
    assert_eq!(
        election_with("\"max\":10", "\"max\":18446744073709551616"),
        WireFault::NumberEncoding
    );
    assert_eq!(
        election_with("\"max\":10", "\"max\":1e1"),
        WireFault::MissingMember("question")
    );
    assert_eq!(
        election_with("\"version\":1", "\"version\":2"),
        WireFault::Unsupported("a crypto version other than 1")
    );
    assert_eq!(
        election_with("\"Ed25519\"", "\"BELENIOS-2048\""),
        WireFault::Unsupported("another group")
    );
    assert_eq!(
        election_with(
            "{\"answers\"",
            "{\"type\":\"NonHomomorphic\",\"value\":{\"answers\""
        ),
        WireFault::Unsupported("a question that is not homomorphic")
    );
    assert_eq!(
        election_with(
            "\"credential_authority\":\"CA\"",
            "\"credential_authority\":null"
        ),
        WireFault::Expected("\"")
    );
}

#[test]
fn the_group_of_an_election_is_known_before_the_election_is_read() {
    assert_eq!(
        group_of_election(&read(folder().join("setup/election.json"))).as_deref(),
        Ok("Ed25519")
    );
    assert_eq!(
        group_of_election(&read(
            folder().join("../belenios2048-50-by-belenios-3.3.0/setup/election.json")
        ))
        .as_deref(),
        Ok("BELENIOS-2048")
    );
}

#[test]
fn an_elections_language_is_kept() {
    let text = election().to_json();
    let with = text.replacen(
        "\"credential_authority\":\"CA\"}",
        "\"credential_authority\":\"CA\",\"language\":[\"zh\",\"ltr\"]}",
        1,
    );
    let read = Election::<Ed25519>::from_json(with.as_bytes()).unwrap();
    assert_eq!(read.to_json(), with);
    assert_ne!(read.fingerprint(), election().fingerprint());
}

#[test]
fn an_election_says_who_runs_it_and_who_made_its_credentials_if_it_does() {
    let said = election();
    let authorities = (said.administrator(), said.credential_authority());
    assert_eq!(authorities, (Some("Admin"), Some("CA")));
    let silent = said.to_json().replace(
        ",\"administrator\":\"Admin\",\"credential_authority\":\"CA\"",
        "",
    );
    let silent = Election::<Ed25519>::from_json(silent.as_bytes()).unwrap();
    let authorities = (silent.administrator(), silent.credential_authority());
    assert_eq!(authorities, (None, None));
}

#[test]
fn a_roll_has_each_credential_once_and_no_neutral_one() {
    let generator = Ed25519::encode(&Ed25519::generator());
    let read = |entries: &[&str]| {
        let list: Vec<String> = entries.iter().map(|e| (*e).to_owned()).collect();
        PublicCredentials::<Ed25519>::from_json(list.to_json().as_bytes())
    };
    assert_eq!(
        read(&[&generator])
            .unwrap()
            .weight_of(&Ed25519::generator()),
        Some(1)
    );
    let weighted = format!("{generator},12");
    let roll = read(&[&weighted]).unwrap();
    assert_eq!(roll.weight_of(&Ed25519::generator()), Some(12));
    assert_eq!(roll.to_json(), format!("[\"{weighted}\"]"));
    let twice = read(&[&generator, &weighted]).unwrap_err();
    assert_eq!(twice.path, "[1]");
    assert_eq!(
        twice.fault,
        WireFault::Invalid("a credential stands twice on the roll")
    );
    assert_eq!(
        read(&[IDENTITY]).unwrap_err().fault,
        WireFault::Invalid("the neutral element is no credential")
    );
    for weight in ["", "0", "01", "+1", "-1", "1,x", "18446744073709551616"] {
        assert_eq!(
            read(&[&format!("{generator},{weight}")]).unwrap_err().fault,
            WireFault::NumberEncoding,
            "{weight:?}"
        );
    }
}

#[test]
fn a_built_roll_is_sorted() {
    let elements = [3_u64, 1, 2].map(|n| Ed25519::multiply_generator(&Scalar::from(n)));
    let roll = PublicCredentials::<Ed25519>::sorted(elements).unwrap();
    let texts: Vec<String> = Vec::from_json(roll.to_json().as_bytes()).unwrap();
    assert!(texts.is_sorted());
    assert_eq!(
        PublicCredentials::<Ed25519>::from_json(roll.to_json().as_bytes())
            .unwrap()
            .to_json(),
        roll.to_json()
    );
}

proptest! {
    #[test]
    fn any_text_survives_its_encoding(text: String) {
        prop_assert_eq!(String::from_json(text.to_json().as_bytes()), Ok(text));
    }

    #[test]
    fn no_input_makes_a_reader_panic(bytes: Vec<u8>) {
        let _ = Election::<Ed25519>::from_json(&bytes);
        let _ = ballot::Ballot::<Ed25519>::from_json(&bytes);
        let _ = ballot::trustee::Trustees::<Ed25519>::from_json(&bytes);
        let _ = PublicCredentials::<Ed25519>::from_json(&bytes);
    }

    #[test]
    fn a_damaged_ballot_never_reads_as_a_second_encoding_of_the_same(
        at in 0_usize..12_000,
        byte: u8,
    ) {
        let mut bytes = support::ballot_bytes(1);
        let good = bytes[at];
        bytes[at] = byte;
        if let Ok(read) = ballot::Ballot::<Ed25519>::from_json(&bytes) {
            prop_assert_eq!(read.to_json().into_bytes(), bytes);
            let code = read.verify(&election()).map_err(|error| error.code());
            let allowed = if byte == good {
                &[Ok(())][..]
            } else {
                // What was changed is signed, or is the signature, or names another election.
                &[Err("signed-hash"), Err("signature"), Err("election-uuid"), Err("election-hash")]
            };
            prop_assert!(allowed.contains(&code), "{:?}", code);
        }
    }

    #[test]
    fn multiples_and_sums_agree(a: u64, b: u64) {
        let (a, b) = (Scalar::from(a), Scalar::from(b));
        let y = Ed25519::multiply_generator(&Scalar::from(77_u64));
        let base = Ed25519::base(&y);
        prop_assert_eq!(Ed25519::multiply_base(&base, &a), Ed25519::multiply(&y, &a));
        let expected = Ed25519::multiply_generator(&a).plus(&Ed25519::multiply(&y, &b));
        prop_assert_eq!(&Ed25519::public_generator_sum(&a, &y, &b), &expected);
        let g = Ed25519::generator();
        prop_assert_eq!(&Ed25519::public_sum(&[(a, &g), (b, &y)]), &expected);
        prop_assert_eq!(Ed25519::decode(&Ed25519::encode(&expected)), Ok(expected));
    }

    #[test]
    fn commitments_together_are_those_one_by_one(seeds: [[u8; 32]; 4], value in 0_u64..12, read: bool) {
        let [k, l, m, n] = seeds.map(|seed| Ed25519::reduce(&seed));
        let [y, alpha, beta] = [k, l, m].map(|k| Ed25519::multiply_generator(&k));
        let again = |element: Ed25519Element| Ed25519::decode(&Ed25519::encode(&element)).unwrap();
        let [alpha, beta] = if read { [alpha, beta].map(again) } else { [alpha, beta] };
        let branches = [(k, n, 0), (l, m, 1), (n, n, value)]
            .map(|(response, challenge, value)| PublicBranch::<Ed25519> { response, challenge, value });
        let together = Ed25519::public_commitments(&Ed25519::base(&y), &alpha, &beta, &branches);
        let mut one_by_one = Vec::new();
        for branch in &branches {
            let hidden = beta.minus(&Ed25519::multiply_generator(&Scalar::from(branch.value)));
            for (base, element) in [(&Ed25519::generator(), &alpha), (&y, &hidden)] {
                let answered = Ed25519::multiply(base, &branch.response);
                one_by_one.push(answered.plus(&Ed25519::multiply(element, &branch.challenge)));
            }
        }
        prop_assert_eq!(Ed25519::encode_all(&together), Ed25519::encode_all(&one_by_one));
    }
}
