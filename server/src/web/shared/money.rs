//! Amounts as each language writes them.

use crate::web::locale::Locale;
use domain::infra::money::Money;

/// An amount with its unit: `2,860 万元`, `CNY 28.6 million`. Nothing is rounded.
pub fn money(locale: &Locale, money: Money) -> String {
    let decimal = |fen: u64, digits: usize| {
        let unit = 10_u64.pow(u32::try_from(digits).unwrap_or(0));
        let sign = if money.fen() < 0 { "-" } else { "" };
        let decimals = format!("{:0digits$}", fen % unit);
        let decimals = decimals.trim_end_matches('0');
        let point = if decimals.is_empty() { "" } else { "." };
        format!("{sign}{}{point}{decimals}", grouped(fen / unit))
    };
    let fen = money.fen().unsigned_abs();
    let millions = if fen < 100_000_000 {
        "none".to_owned()
    } else {
        decimal(fen, 8)
    };
    locale.text_with(
        "amount",
        &[
            ("wan", decimal(fen, 6).into()),
            ("yuan", decimal(fen, 2).into()),
            ("millions", millions.into()),
        ],
    )
}

/// With a comma before every three digits.
fn grouped(whole: u64) -> String {
    let digits = whole.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_written_as_each_language_writes_it_and_never_rounded() {
        let english = Locale::find("en").unwrap();
        for (typed, in_chinese, in_english) in [
            ("0", "0 万元", "CNY 0"),
            ("0.35", "0.35 万元", "CNY 3,500"),
            ("99.99", "99.99 万元", "CNY 999,900"),
            ("100", "100 万元", "CNY 1 million"),
            ("1300.5", "1,300.5 万元", "CNY 13.005 million"),
            ("2860", "2,860 万元", "CNY 28.6 million"),
            ("1234567", "1,234,567 万元", "CNY 12,345.67 million"),
        ] {
            let amount = Money::parse_wan(typed).unwrap();
            assert_eq!(money(Locale::default_locale(), amount), in_chinese);
            assert_eq!(money(english, amount), in_english);
        }
        assert_eq!(money(english, Money::from_fen(-123_405)), "CNY -1,234.05");
    }
}
