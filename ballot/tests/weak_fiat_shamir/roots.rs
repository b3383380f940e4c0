//! Square roots modulo q, which the library has no use for.

use ballot::{Group, Wire as _};
use num_bigint::BigUint;

/// A square root of `square` by the algorithm of Tonelli and Shanks; none if it is no square.
pub fn square_root<G: Group>(square: &G::Scalar) -> Option<G::Scalar> {
    let one = BigUint::from(1_u8);
    let q = number::<G>(&-G::Scalar::from(1)) + &one;
    let square = number::<G>(square);
    let half: BigUint = (&q - &one) >> 1;
    if square.modpow(&half, &q) != one {
        return None;
    }
    // q − 1 = 2ˢ·t with an odd t; z is no square.
    let s = (&q - &one).trailing_zeros().unwrap();
    let t = (&q - &one) >> s;
    let z = (2_u32..)
        .map(BigUint::from)
        .find(|z| z.modpow(&half, &q) != one)
        .unwrap();
    let (mut m, mut c) = (s, z.modpow(&t, &q));
    let (mut power, mut root) = (
        square.modpow(&t, &q),
        square.modpow(&((&t + &one) >> 1), &q),
    );
    while power != one {
        // The least i with power^(2ⁱ) = 1.
        let squares = std::iter::successors(Some(power.clone()), |x| Some(x * x % &q));
        let i = squares.take_while(|x| *x != one).count() as u64;
        let b = (0..m - i - 1).fold(c, |b, _| &b * &b % &q);
        m = i;
        c = &b * &b % &q;
        power = power * &c % &q;
        root = root * b % &q;
    }
    assert_eq!(&root * &root % &q, square);
    G::Scalar::from_json(format!("\"{root}\"").as_bytes()).ok()
}

fn number<G: Group>(scalar: &G::Scalar) -> BigUint {
    scalar.to_json().trim_matches('"').parse().unwrap()
}
