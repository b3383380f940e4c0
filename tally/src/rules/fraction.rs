//! Exact fractions and what it takes to reach them. Integers only: half of 213 is not a float.

use std::fmt;
use std::str::FromStr;

/// An exact fraction `numerator/denominator`, both at most 10⁶, the denominator not zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fraction {
    numerator: u64,
    denominator: u64,
}

const LARGEST: u64 = 1_000_000;

impl Fraction {
    /// `None` when the denominator is zero or either number passes 10⁶.
    pub fn new(numerator: u64, denominator: u64) -> Option<Self> {
        let fits = numerator <= LARGEST && (1..=LARGEST).contains(&denominator);
        fits.then_some(Self {
            numerator,
            denominator,
        })
    }

    /// Whether it is at most one whole.
    pub fn is_at_most_one(self) -> bool {
        self.numerator <= self.denominator
    }

    /// The smallest integer that is at least this share of `whole`.
    pub fn of_at_least(self, whole: u64) -> u64 {
        let product = u128::from(whole) * u128::from(self.numerator);
        saturate(product.div_ceil(u128::from(self.denominator)))
    }

    /// The smallest integer that is more than this share of `whole`.
    pub fn of_more_than(self, whole: u64) -> u64 {
        let product = u128::from(whole) * u128::from(self.numerator);
        saturate(product / u128::from(self.denominator) + 1)
    }
}

fn saturate(value: u128) -> u64 {
    u64::try_from(value).unwrap_or(u64::MAX)
}

/// Why a text is not a fraction or a threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not of the form `1/2`, or with its comparison `> 1/2` or `>= 1/2`")]
pub struct ParseFractionError;

impl FromStr for Fraction {
    type Err = ParseFractionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (numerator, denominator) = text.split_once('/').ok_or(ParseFractionError)?;
        Self::new(digits(numerator)?, digits(denominator)?).ok_or(ParseFractionError)
    }
}

/// One encoding of one number: no sign, no leading zero.
fn digits(text: &str) -> Result<u64, ParseFractionError> {
    let plain = text.bytes().all(|b| b.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    if !plain {
        return Err(ParseFractionError);
    }
    text.parse().map_err(|_| ParseFractionError)
}

impl fmt::Display for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.numerator, self.denominator)
    }
}

/// `>` or `>=`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// 过: more than.
    MoreThan,
    /// 以上: at least; exactly the share is enough.
    AtLeast,
}

/// A share that must be reached, e.g. more than half or at least two thirds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Threshold {
    comparison: Comparison,
    share: Fraction,
}

impl Threshold {
    /// `None` when the share passes one whole, or when more than one whole is asked for.
    pub fn new(comparison: Comparison, share: Fraction) -> Option<Self> {
        let whole = share.numerator == share.denominator;
        let reachable = share.is_at_most_one() && !(whole && comparison == Comparison::MoreThan);
        reachable.then_some(Self { comparison, share })
    }

    /// `>` or `>=`.
    pub fn comparison(self) -> Comparison {
        self.comparison
    }

    /// The share compared with.
    pub fn share(self) -> Fraction {
        self.share
    }

    /// The smallest integer that reaches it, of `whole`.
    pub fn least(self, whole: u64) -> u64 {
        match self.comparison {
            Comparison::MoreThan => self.share.of_more_than(whole),
            Comparison::AtLeast => self.share.of_at_least(whole),
        }
    }

    /// Whether `part` of `whole` reaches it.
    pub fn is_reached_by(self, part: u64, whole: u64) -> bool {
        part >= self.least(whole)
    }
}

impl FromStr for Threshold {
    type Err = ParseFractionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (comparison, share) = if let Some(share) = text.strip_prefix(">= ") {
            (Comparison::AtLeast, share)
        } else {
            (
                Comparison::MoreThan,
                text.strip_prefix("> ").ok_or(ParseFractionError)?,
            )
        };
        Self::new(comparison, share.parse()?).ok_or(ParseFractionError)
    }
}

impl fmt::Display for Threshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.comparison {
            Comparison::MoreThan => ">",
            Comparison::AtLeast => ">=",
        };
        write!(f, "{sign} {}", self.share)
    }
}

/// What an item must reach to be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Majority {
    /// A share of the base.
    Share(Threshold),
    /// Plurality alone: any vote at all.
    None,
}

impl Majority {
    /// The fewest votes with which an item can be chosen; never zero, since nobody is chosen by no vote.
    pub fn votes_needed(self, base: u64) -> u64 {
        match self {
            Self::Share(threshold) => threshold.least(base).max(1),
            Self::None => 1,
        }
    }
}

impl FromStr for Majority {
    type Err = ParseFractionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "none" {
            Ok(Self::None)
        } else {
            text.parse().map(Self::Share)
        }
    }
}

impl fmt::Display for Majority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Share(threshold) => threshold.fmt(f),
            Self::None => f.write_str("none"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_half_of_213_is_107() {
        let half: Threshold = "> 1/2".parse().unwrap();
        assert_eq!(half.least(213), 107);
        assert_eq!(half.least(58), 30);
        assert!(!half.is_reached_by(29, 58));
    }

    #[test]
    fn at_least_half_includes_exactly_half() {
        let half: Threshold = ">= 1/2".parse().unwrap();
        assert_eq!(half.least(58), 29);
        assert_eq!(half.least(59), 30);
    }

    #[test]
    fn two_thirds_is_exact() {
        let quorum: Threshold = ">= 2/3".parse().unwrap();
        assert_eq!(quorum.least(213), 142);
        assert_eq!(quorum.least(214), 143);
        assert_eq!(quorum.least(u64::MAX), 12_297_829_382_473_034_410);
    }

    #[test]
    fn one_fraction_has_one_text() {
        for bad in [
            "1/0",
            "01/2",
            "+1/2",
            "1/2 ",
            " 1/2",
            "1",
            "1/",
            "/2",
            "1.0/2",
            "-1/2",
            "1/2000000",
            "1//2",
        ] {
            assert_eq!(bad.parse::<Fraction>(), Err(ParseFractionError), "{bad}");
        }
        for bad in [
            "1/2", ">1/2", "> 3/2", "> 1/1", "=> 1/2", ">=  1/2", "≥ 1/2",
        ] {
            assert_eq!(bad.parse::<Threshold>(), Err(ParseFractionError), "{bad}");
        }
    }

    #[test]
    fn nobody_is_chosen_by_no_vote() {
        let at_least: Majority = ">= 1/2".parse().unwrap();
        assert_eq!(at_least.votes_needed(0), 1);
        assert_eq!(Majority::None.votes_needed(500), 1);
    }
}
