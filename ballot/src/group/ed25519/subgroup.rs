//! Whether a point of the curve is in the subgroup of prime order q, without a multiplication by q.
//!
//! The points are a cyclic group of order 8q, so P is in the subgroup exactly if it is eight times another point. That
//! is asked by halving (T. Pornin, *Point-Halving and Subgroup Membership in Twisted Edwards Curves*, 2022), with
//! only one half taken, and a pairing for the rest (D. Koshelev, *Subgroup membership testing on elliptic curves via the
//! Tate pairing*, 2022):
//!
//! On the Montgomery form v² = u(u² + Au + 1) of the curve, doubling is φ̂∘φ with φ̂ from the curve
//! E′: V² = U(U² − 2AU + A² − 4) = U(U − (A+2))(U − (A−2)), φ̂(U, V) = (V²/4U², …). So
//!
//! 1. P is twice a point exactly if its u = (1 + y)/(1 − y) is a square, and then P = φ̂(P′) for the P′ on E′ with
//!    U = A + 2u + 2v/√u and V = 2√u·U;
//! 2. P is eight times a point exactly if P′ is, up to the kernel {O, (0, 0)} of φ̂, a point of order q of E′. The points
//!    of E′ are Z/2 × Z/4 × Z/q; the character of order 4 that is 1 on (0, 0) and on the last factor is the pairing with the point
//!    R of order 4 whose U is A + 2 − 2√(A+2): the fourth-power symbol of ℓ²/(U − (A+2)), where ℓ is the tangent at R.
//!
//! v/√u is c·√(−(1 + dy²))/(1 − y) with c² = −(A + 2). Either root will do: the other gives the other P′, or the one of −P.
//! With denominators cleared, that is three exponentiations in the field.

use super::field::Field;

/// A of the Montgomery form.
const A: u32 = 486_662;
/// d of the Edwards form.
pub(super) const D: Field = Field([
    0x0003_4dca_1359_78a3,
    0x0001_a828_3b15_6ebd,
    0x0005_e7a2_6001_c029,
    0x0007_39c6_63a0_3cbb,
    0x0005_2036_cee2_b6ff,
]);
/// A root of −(A + 2).
const C: Field = Field([
    0x0006_04aa_ff45_7e06,
    0x0002_296f_a350_598d,
    0x0007_f13d_fb16_874f,
    0x0003_5de9_3d84_6e01,
    0x0000_f26e_df46_0a00,
]);
/// √(A+2) − 2: the slope λ of the tangent at R.
const SLOPE: Field = Field([
    0x0002_48ef_9c88_4413,
    0x0000_e509_526c_7d34,
    0x0007_d29b_bd8d_6847,
    0x0001_57e1_0fd3_bd6b,
    0x0006_be4f_497f_9a9c,
]);
/// λ·U(R) − V(R).
const OFFSET: Field = Field([
    0x0005_94dc_c63a_25af,
    0x0005_615a_3121_2c95,
    0x0005_1370_fbc3_51d1,
    0x0005_018f_d438_bd3d,
    0x0000_b742_db16_8013,
]);

/// Where a point of the curve is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    /// In the subgroup, with this x or the opposite one.
    Inside(Field),
    /// Not in the subgroup.
    Outside,
    /// It is one of the few, all of small order or next to it, that the formulas do not cover.
    NotCovered,
}

/// Where the point of the curve with this y is.
pub(super) fn place(y: Field) -> Place {
    let below = Field::ONE - y;
    // √u = √(1 − y²)/(1 − y)
    let Some((s, t, x)) = roots(y) else {
        return Place::Outside;
    };
    if s.is_zero() {
        return Place::NotCovered;
    }
    // U = n/(1 − y)
    let n = Field::small(A) * below + (Field::ONE + y).double() + (C * t).double();
    let denominator = n - Field::small(A + 2) * below;
    let tangent = (s.double() - SLOPE * below) * n + OFFSET * below.square();
    let symbol = tangent.square() * below * denominator.square() * denominator;
    if symbol.is_zero() {
        Place::NotCovered
    } else if symbol.is_fourth_power() {
        Place::Inside(x)
    } else {
        Place::Outside
    }
}

/// x of the point of the subgroup with this y, or the opposite one.
pub(super) fn x_of(y: Field) -> Option<Field> {
    roots(y).map(|(_, _, x)| x)
}

/// s = √(1 − y²), t = √(−(1 + dy²)) and x = s/t up to the sign. All points of the subgroup have both.
fn roots(y: Field) -> Option<(Field, Field, Field)> {
    let square = y.square();
    let (s, _) = (Field::ONE - square).square_root()?;
    let (t, inverse) = (-Field::ONE - D * square).square_root()?;
    Some((s, t, s * inverse))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn equal(a: Field, b: Field) -> bool {
        (a - b).is_zero()
    }

    #[test]
    fn the_constants_are_what_they_are_called() {
        let (a, two) = (Field::small(A), Field::small(2));
        let minus_one = -Field::ONE;
        assert!(equal(Field::I.square(), minus_one));
        assert!(equal(
            D * Field::small(121_666),
            Field::ZERO - Field::small(121_665)
        ));
        assert!(equal(C.square(), Field::ZERO - a - two));
        let root = SLOPE + two;
        assert!(equal(root.square(), a + two));
        // R is on E′, its tangent has the slope and the offset, and its double is (A + 2, 0).
        let u = a + two - two * root;
        let v = SLOPE * u - OFFSET;
        let curve = u * (u.square() - two * a * u + a.square() - Field::small(4));
        assert!(equal(v.square(), curve));
        let derivative =
            Field::small(3) * u.square() - Field::small(4) * a * u + a.square() - Field::small(4);
        assert!(equal(two * v * SLOPE, derivative));
        assert!(equal(SLOPE.square() + two * a - two * u, a + two));
    }

    #[test]
    fn bytes_are_limbs() {
        let mut bytes = [0; 32];
        for (index, byte) in (1..).zip(&mut bytes) {
            *byte = index;
        }
        let sum = bytes.iter().rev().fold(Field::ZERO, |sum, byte| {
            sum * Field::small(256) + Field::small(u32::from(*byte))
        });
        assert!(equal(Field::from_bytes(&bytes), sum));
    }
}
