//! Money: stored in fen, shown and typed in 万元 (10,000 yuan), as offices write it.

use crate::infra::typed;
use serde::{Deserialize, Serialize};

/// Fen in 万元.
const FEN_IN_WAN: i64 = 1_000_000;
/// Fen in the last decimal that people type: a hundredth of 万元, 100 yuan.
const FEN_IN_HUNDREDTH: i64 = FEN_IN_WAN / 100;

/// An amount in fen, never negative when it was typed by people.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sqlx::Type,
)]
#[serde(transparent)]
#[sqlx(transparent)]
pub struct Money(i64);

/// Why a typed amount is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Nothing was typed.
    #[error("no amount")]
    Missing,
    /// Not a decimal number with at most two decimals.
    #[error("not an amount with at most two decimals")]
    NotANumber,
    /// An amount in yuan, where 万元 are asked for.
    #[error("an amount in yuan")]
    InYuan,
    /// Below nothing.
    #[error("a negative amount")]
    Negative,
    /// More than any project costs.
    #[error("too large an amount")]
    TooLarge,
}

impl Money {
    /// The largest amount that can be typed, in 万元: a hundred billion yuan.
    pub const MAX_WAN: i64 = 10_000_000;

    /// From fen.
    pub const fn from_fen(fen: i64) -> Self {
        Self(fen)
    }

    /// From whole 万元.
    pub const fn from_wan(wan: i64) -> Self {
        Self(wan.saturating_mul(FEN_IN_WAN))
    }

    /// In fen.
    pub const fn fen(self) -> i64 {
        self.0
    }

    /// Reads what people type in 万元: `120`, `12.5`, `1,200`, `１２０`, `0.35万元`.
    pub fn parse_wan(text: &str) -> Result<Self, MoneyError> {
        let text = typed::number(text, &["万元", "万"]);
        if text.is_empty() {
            return Err(MoneyError::Missing);
        }
        if text.ends_with('元') {
            return Err(MoneyError::InYuan);
        }
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.as_str()),
        };
        let (whole, decimals) = digits.split_once('.').unwrap_or((digits, "0"));
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !is_number(whole) || !is_number(decimals) || decimals.len() > 2 {
            return Err(MoneyError::NotANumber);
        }
        if negative {
            return Err(MoneyError::Negative);
        }
        let whole: i64 = whole.parse().map_err(|_| MoneyError::TooLarge)?;
        let hundredths: i64 = format!("{decimals:0<2}")
            .parse()
            .map_err(|_| MoneyError::NotANumber)?;
        if whole > Self::MAX_WAN || (whole == Self::MAX_WAN && hundredths > 0) {
            return Err(MoneyError::TooLarge);
        }
        Ok(Self(whole * FEN_IN_WAN + hundredths * FEN_IN_HUNDREDTH))
    }

    /// In 万元 as people read it: no needless zeros, as many decimals as the amount needs.
    pub fn wan(self) -> String {
        let sign = if self.0 < 0 { "-" } else { "" };
        let fen = self.0.unsigned_abs();
        let unit = FEN_IN_WAN.unsigned_abs();
        let decimals = format!("{:06}", fen % unit);
        let decimals = decimals.trim_end_matches('0');
        let whole = fen / unit;
        if decimals.is_empty() {
            format!("{sign}{whole}")
        } else {
            format!("{sign}{whole}.{decimals}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_read_and_shown_in_wan() {
        for (typed, fen, shown) in [
            ("120", 120_000_000, "120"),
            (" 12.5 ", 12_500_000, "12.5"),
            ("0.35", 350_000, "0.35"),
            ("１２０", 120_000_000, "120"),
            ("12。5", 12_500_000, "12.5"),
            ("1,200", 1_200_000_000, "1200"),
            ("120万", 120_000_000, "120"),
            ("1,300.5 万元", 1_300_500_000, "1300.5"),
            ("0", 0, "0"),
            ("10000000", 10_000_000_000_000, "10000000"),
        ] {
            let money = Money::parse_wan(typed).unwrap();
            assert_eq!(money.fen(), fen);
            assert_eq!(money.wan(), shown);
        }
        assert_eq!(Money::from_fen(1).wan(), "0.000001");
    }

    #[test]
    fn what_is_no_amount_is_refused_by_its_fault() {
        for (typed, fault) in [
            ("", MoneyError::Missing),
            ("-3", MoneyError::Negative),
            ("3.123", MoneyError::NotANumber),
            ("三", MoneyError::NotANumber),
            ("1e3", MoneyError::NotANumber),
            (".", MoneyError::NotANumber),
            ("10000000.01", MoneyError::TooLarge),
            ("99999999999999999999", MoneyError::TooLarge),
        ] {
            assert_eq!(Money::parse_wan(typed), Err(fault), "{typed}");
        }
    }
}
