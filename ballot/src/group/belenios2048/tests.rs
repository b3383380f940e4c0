use super::powers::{self, Exponent};
use super::*;
use crypto_bigint::U256;
use proptest::prelude::*;

fn scalar(bytes: [u8; 32]) -> Belenios2048Scalar {
    Belenios2048Scalar::reduce(&bytes)
}

fn power(x: &Residue, k: &Belenios2048Scalar) -> Residue {
    x.pow(&k.integer())
}

/// Scalars that meet the edges of every window, beside random ones.
fn scalars() -> impl Strategy<Value = Belenios2048Scalar> {
    prop_oneof![
        any::<[u8; 32]>().prop_map(scalar),
        any::<u64>().prop_map(Belenios2048Scalar::from),
        Just(Belenios2048Scalar::from(0)),
        Just(-Belenios2048Scalar::from(1)),
        (0_u8..255).prop_map(|bit| {
            let mut bytes = [0; 32];
            bytes[usize::from(bit / 8)] = 1 << (bit % 8);
            scalar(bytes)
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn all_ways_to_a_power_agree_with_the_librarys(k in scalars(), l in scalars(), m in scalars()) {
        let element = Belenios2048::decode(&Belenios2048::encode(&Belenios2048::multiply_generator(&m))).unwrap();
        let x = element.value;
        let [a, b, c] = [&k, &l, &m].map(|s| power(&x, s));
        prop_assert_eq!(element.public_power(&k.exponent()), a);
        let exponents = [k.exponent(), l.exponent(), m.exponent()];
        prop_assert_eq!(element.public_powers(&exponents), vec![a, b, c]);
        prop_assert_eq!(&powers::by_squares(&x, &exponents).0, &vec![a, b, c]);
        let terms = [(k, &element), (l, &element), (m, &element)];
        prop_assert_eq!(Belenios2048::public_sum(&terms).value, a * b * c);
        let base = Belenios2048::base(&element);
        prop_assert_eq!(Belenios2048::multiply_base(&base, &k).value, a);
        prop_assert_eq!(Belenios2048::multiply(&element, &k).value, a);
        let generator = power(&G, &k);
        prop_assert_eq!(Belenios2048::multiply_generator(&k).value, generator);
        prop_assert_eq!(Belenios2048::public_generator_sum(&k, &element, &l).value, generator * b);
    }

    #[test]
    fn commitments_together_are_those_one_by_one(k in scalars(), l in scalars(), value in 0_u64..12) {
        let y = Belenios2048::multiply_generator(&(k * l));
        let alpha = Belenios2048::multiply_generator(&(k + l));
        let beta = Belenios2048::multiply_generator(&(k - l));
        let base = Belenios2048::base(&y);
        let branches = [(k, l, 0), (l, k, 1), (k, k, value)]
            .map(|(response, challenge, value)| PublicBranch { response, challenge, value });
        let together = Belenios2048::public_commitments(&base, &alpha, &beta, &branches);
        let mut one_by_one = Vec::new();
        for branch in &branches {
            let hidden = beta.minus(&Belenios2048::multiply_generator(&branch.value.into()));
            one_by_one.push(Belenios2048::public_generator_sum(&branch.response, &alpha, &branch.challenge));
            let answered = Belenios2048::multiply_base(&base, &branch.response);
            one_by_one.push(answered.plus(&Belenios2048::multiply(&hidden, &branch.challenge)));
        }
        prop_assert_eq!(together, one_by_one);
    }

    #[test]
    fn scalars_are_a_field_and_have_one_encoding(a in scalars(), b in scalars()) {
        prop_assert_eq!((a + b) * (a - b), a * a - b * b);
        prop_assert_eq!(-a + a, Belenios2048Scalar::default());
        if a != Belenios2048Scalar::default() {
            prop_assert_eq!(a * a.invert(), 1.into());
        }
        prop_assert_eq!(Belenios2048Scalar::from_json(a.to_json().as_bytes()), Ok(a));
    }

    #[test]
    fn five_hundred_bits_are_reduced_as_their_halves(high: [u8; 32], low: [u8; 32]) {
        let mut wide = [0; 64];
        wide[..32].copy_from_slice(&high);
        wide[32..].copy_from_slice(&low);
        let two_to_128 = Belenios2048Scalar::from(1 << 32);
        let two_to_128 = two_to_128 * two_to_128 * two_to_128 * two_to_128;
        let expected = scalar(high) * two_to_128 * two_to_128 + scalar(low);
        prop_assert_eq!(Belenios2048Scalar::reduce_wide(&wide), expected);
    }
}

#[test]
fn the_generator_is_in_the_group_and_not_neutral() {
    assert!(powers::check(&G).is_some());
    assert!(!Belenios2048::generator().is_identity());
    assert_eq!(
        Belenios2048::decode("1").map(|one| one.is_identity()),
        Ok(true)
    );
}

#[test]
fn what_has_a_component_of_another_order_is_refused() {
    // p − 1 has order 2; the cofactor is also divisible by 3.
    let minus_one = -Residue::ONE;
    let cofactor = (-Residue::ONE)
        .retrieve()
        .wrapping_div(&wide(&scalar::ORDER).to_nz().unwrap());
    let third = cofactor.wrapping_div(&U2048::from_u64(3).to_nz().unwrap());
    let of_order_3 = (2_u64..100)
        .map(|n| Residue::new(&U2048::from_u64(n)).pow(&third.wrapping_mul(&wide(&scalar::ORDER))))
        .find(|x| *x != Residue::ONE)
        .unwrap();
    assert_eq!(of_order_3 * of_order_3 * of_order_3, Residue::ONE);
    for outside in [
        minus_one,
        of_order_3,
        minus_one * G,
        of_order_3 * G,
        Residue::ZERO,
    ] {
        let text = Belenios2048::encode(&computed(outside));
        assert_eq!(
            Belenios2048::decode(&text),
            Err(ElementFault::NotInSubgroup),
            "{text}"
        );
    }
}

#[test]
fn an_element_has_one_encoding() {
    let g = Belenios2048::encode(&Belenios2048::generator());
    let above = U2048::from_u64(1).wrapping_add(Residue::MODULUS.as_ref());
    let above = decimal::encode(above.to_be_bytes().as_ref());
    assert_eq!(
        Belenios2048::decode(&above),
        Err(ElementFault::NotCanonical)
    );
    assert_eq!(
        Belenios2048::decode(&"9".repeat(700)),
        Err(ElementFault::NotCanonical)
    );
    for text in [
        String::new(),
        format!("0{g}"),
        format!("+{g}"),
        format!("-{g}"),
        format!("{g} "),
        "0x1".into(),
        "1_0".into(),
    ] {
        assert_eq!(
            Belenios2048::decode(&text),
            Err(ElementFault::Encoding),
            "{text}"
        );
    }
}

#[test]
fn a_scalar_is_below_q() {
    let q = decimal::encode(scalar::ORDER.to_be_bytes().as_ref());
    assert_eq!(
        q,
        "78571733251071885079927659812671450121821421258408794611510081919805623223441"
    );
    let read = |text: &str| Belenios2048Scalar::from_json(format!("\"{text}\"").as_bytes());
    let range = |text: &str| {
        assert!(matches!(
            read(text).unwrap_err().fault,
            crate::wire::WireFault::Scalar(ScalarFault::Range)
        ));
    };
    range(&q);
    range(&"9".repeat(77));
    range(&"9".repeat(78));
    assert_eq!(
        read(&(q[..76].to_owned() + "0")),
        Ok(-Belenios2048Scalar::from(1))
    );
}

#[test]
fn the_exponents_digits_add_up_to_it() {
    let k = U256::from_be_hex("8000000000000000ffffffffffffffff00000000000000010123456789abcdef");
    let exponent = Exponent::new(&k);
    assert_eq!(exponent.bits(0, 8), 0xef);
    assert_eq!(exponent.bits(60, 8), 0x10);
    assert_eq!(exponent.bits(252, 6), 8);
}

fn wide(integer: &U256) -> U2048 {
    U2048::from_be_slice(&[&[0; 224], integer.to_be_bytes().as_ref()].concat())
}
