//! Points of −x² + y² = 1 + d·x²·y² for public values, where the curve library has no function that shares work.
//!
//! H. Hisil, K. Wong, G. Carter, E. Dawson, *Twisted Edwards Curves Revisited*, 2008: extended coordinates. The
//! formulas hold for all pairs of points, because −1 is a square and d is none.

use super::field::{Field, invert_all};

/// 2d.
const TWICE_D: Field = Field([
    0x0006_9b94_26b2_f159,
    0x0003_5050_762a_dd7a,
    0x0003_cf44_c003_8052,
    0x0006_738c_c740_7977,
    0x0002_406d_9dc5_6dff,
]);

/// (X : Y : Z : T) with x = X/Z, y = Y/Z and x·y = T/Z.
#[derive(Clone, Copy, Debug)]
pub(super) struct Point {
    x: Field,
    y: Field,
    z: Field,
    t: Field,
}

/// What adding a point again and again needs of it: Y + X, Y − X, 2Z, 2dT.
#[derive(Clone, Copy, Debug)]
pub(super) struct Addend {
    sum: Field,
    difference: Field,
    z: Field,
    t: Field,
}

/// The same of a point with Z = 1.
#[derive(Clone, Copy, Debug)]
pub(super) struct AffineAddend {
    sum: Field,
    difference: Field,
    t: Field,
}

impl Point {
    pub(super) const IDENTITY: Self = Self {
        x: Field::ZERO,
        y: Field::ONE,
        z: Field::ONE,
        t: Field::ZERO,
    };

    pub(super) fn from_affine(x: Field, y: Field) -> Self {
        Self {
            x,
            y,
            z: Field::ONE,
            t: x * y,
        }
    }

    pub(super) fn addend(&self) -> Addend {
        Addend {
            sum: self.y + self.x,
            difference: self.y - self.x,
            z: self.z.double(),
            t: self.t * TWICE_D,
        }
    }

    pub(super) fn plus(&self, other: &Self) -> Self {
        let mut sum = *self;
        sum.add(&other.addend());
        sum
    }

    pub(super) fn minus(&self, other: &Self) -> Self {
        let mut difference = *self;
        difference.subtract(&other.addend());
        difference
    }

    // In place, because copying a point costs a twentieth of adding to it.

    pub(super) fn add(&mut self, addend: &Addend) {
        let (pp, mm) = self.products(addend.sum, addend.difference);
        *self = completed(pp, mm, self.z * addend.z, self.t * addend.t);
    }

    pub(super) fn subtract(&mut self, addend: &Addend) {
        let (pp, mm) = self.products(addend.difference, addend.sum);
        *self = completed(pp, mm, self.z * addend.z, -(self.t * addend.t));
    }

    pub(super) fn add_affine(&mut self, addend: &AffineAddend) {
        let (pp, mm) = self.products(addend.sum, addend.difference);
        *self = completed(pp, mm, self.z.double(), self.t * addend.t);
    }

    pub(super) fn subtract_affine(&mut self, addend: &AffineAddend) {
        let (pp, mm) = self.products(addend.difference, addend.sum);
        *self = completed(pp, mm, self.z.double(), -(self.t * addend.t));
    }

    #[inline]
    fn products(&self, sum: Field, difference: Field) -> (Field, Field) {
        ((self.y + self.x) * sum, (self.y - self.x) * difference)
    }

    pub(super) fn negated(&self) -> Self {
        Self {
            x: -self.x,
            t: -self.t,
            ..*self
        }
    }

    /// The point times 2ⁿ.
    pub(super) fn doubles(&self, n: usize) -> Self {
        let mut doubling = Doubling::new(self);
        for _ in 0..n {
            doubling.double();
        }
        doubling.point()
    }

    pub(super) fn equals(&self, other: &Self) -> bool {
        let same = |a: Field, b: Field| (a * other.z - b * self.z).is_zero();
        same(self.x, other.x) && same(self.y, other.y)
    }

    /// The encoding of RFC 8032.
    pub(super) fn encode(&self) -> [u8; 32] {
        let inverse = self.z.inverse();
        encoded(self.x * inverse, self.y * inverse)
    }

    /// The encodings of RFC 8032, by one inversion.
    pub(super) fn encode_all(points: &[Self]) -> Vec<[u8; 32]> {
        affine(points).map(|(x, y)| encoded(x, y)).collect()
    }

    /// What adding them needs, by one inversion.
    pub(super) fn affine_addends(points: &[Self]) -> Vec<AffineAddend> {
        affine(points)
            .map(|(x, y)| AffineAddend {
                sum: y + x,
                difference: y - x,
                t: x * y * TWICE_D,
            })
            .collect()
    }
}

/// A point that is doubled again and again. T, which doubling does not need, is left as a product of two factors.
#[derive(Clone, Copy, Debug)]
pub(super) struct Doubling {
    x: Field,
    y: Field,
    z: Field,
    t: (Field, Field),
}

impl Doubling {
    pub(super) fn new(point: &Point) -> Self {
        let Point { x, y, z, t } = *point;
        Self {
            x,
            y,
            z,
            t: (t, Field::ONE),
        }
    }

    #[inline]
    pub(super) fn double(&mut self) {
        let (xx, yy) = (self.x.square(), self.y.square());
        let (sum, difference) = (yy + xx, yy - xx);
        let e = (self.x + self.y).square() - sum;
        let f = self.z.square().double() - difference;
        *self = Self {
            x: e * f,
            y: sum * difference,
            z: difference * f,
            t: (e, sum),
        };
    }

    pub(super) fn point(&self) -> Point {
        let (e, h) = self.t;
        Point {
            x: self.x,
            y: self.y,
            z: self.z,
            t: e * h,
        }
    }

    pub(super) fn addend(&self) -> Addend {
        self.point().addend()
    }
}

/// The sum's coordinates of its four factors E = pp − mm, H = pp + mm, G = zz + tt, F = zz − tt.
#[inline]
fn completed(pp: Field, mm: Field, zz: Field, tt: Field) -> Point {
    let (e, h, g, f) = (pp - mm, pp + mm, zz + tt, zz - tt);
    Point {
        x: e * f,
        y: h * g,
        z: g * f,
        t: e * h,
    }
}

/// y, and the sign of x in the highest bit.
fn encoded(x: Field, y: Field) -> [u8; 32] {
    let mut bytes = y.to_bytes();
    bytes[31] |= u8::from(x.is_odd()) << 7;
    bytes
}

/// (x, y) of each point.
fn affine(points: &[Point]) -> impl Iterator<Item = (Field, Field)> {
    let denominators: Vec<Field> = points.iter().map(|point| point.z).collect();
    let inverses = invert_all(&denominators);
    points
        .iter()
        .zip(inverses)
        .map(|(point, inverse)| (point.x * inverse, point.y * inverse))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_constant_is_twice_d() {
        let d = TWICE_D * Field::small(2).inverse();
        assert!((d * Field::small(121_666) + Field::small(121_665)).is_zero());
    }
}
