//! Square roots modulo q, which the library has no use for.

use ballot::{Group, Wire as _};
use num_bigint::BigUint;

/// A square root of `square` by the algorithm of Tonelli and Shanks; none if it is no square.
pub fn square_root<G: Group>(square: &G::Scalar) -> Option<G::Scalar> {
    let one = BigUint::from(1_u8);
    let order = number::<G>(&-G::Scalar::from(1)) + &one;
    let square = number::<G>(square);
    let half: BigUint = (&order - &one) >> 1;
    if square.modpow(&half, &order) != one {
        return None;
    }
    // q − 1 = 2ˢ·t with an odd t.
    let twos = (&order - &one).trailing_zeros().unwrap();
    let odd = (&order - &one) >> twos;
    let no_square = (2..1000_u32)
        .map(BigUint::from)
        .find(|number| number.modpow(&half, &order) != one)
        .unwrap();
    let (mut left, mut factor) = (twos, no_square.modpow(&odd, &order));
    let mut power = square.modpow(&odd, &order);
    let mut root = square.modpow(&((odd + &one) >> 1), &order);
    while power != one {
        // The least i with power^(2ⁱ) = 1.
        let squares = std::iter::successors(Some(power.clone()), |x| Some(x * x % &order));
        let least = squares.take_while(|x| *x != one).count() as u64;
        let step = (0..left - least - 1).fold(factor, |x, _| &x * &x % &order);
        left = least;
        factor = &step * &step % &order;
        power = power * &factor % &order;
        root = root * step % &order;
    }
    assert_eq!(&root * &root % &order, square);
    G::Scalar::from_json(format!("\"{root}\"").as_bytes()).ok()
}

fn number<G: Group>(scalar: &G::Scalar) -> BigUint {
    scalar.to_json().trim_matches('"').parse().unwrap()
}
