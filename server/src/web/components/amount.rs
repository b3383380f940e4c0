//! Money as people read it: 2.14 亿元, 5,440 万元, CNY 54.4 million. What is typed and exported stays in 万元.

use crate::web::locale::Locale;
use domain::infra::money::Money;
use maud::{Markup, html};

/// How large an amount must be, in fen, and in what it is counted then; the largest first.
type Sizes = [(u64, &'static str); 3];

const CHINESE: Sizes = [
    (10_000_000_000, "hundred-million"),
    (1_000_000, "ten-thousand"),
    (100, "one"),
];
const WESTERN: Sizes = [
    (100_000_000_000, "billion"),
    (100_000_000, "million"),
    (100, "one"),
];

/// An amount with at most two decimals; where that leaves something out, the exact one is its title.
pub fn amount(locale: &Locale, money: Money) -> Markup {
    let (short, exact) = (amount_text(locale, money), exact_amount(locale, money));
    html! { span.number title=[(short != exact).then_some(&exact)] { (short) } }
}

/// The same without the title, for a sentence.
pub fn amount_text(locale: &Locale, money: Money) -> String {
    let sizes = sizes(locale);
    let fen = money.fen().unsigned_abs();
    let found = sizes.into_iter().find(|(size, _)| fen >= *size);
    let (size, name) = found.unwrap_or((100, "one"));
    // In hundredths of the unit, rounded half up.
    let hundredths = (u128::from(fen) * 100 + u128::from(size) / 2) / u128::from(size);
    in_words(locale, money, (hundredths / 100, hundredths % 100), name)
}

/// An amount to the fen, as papers need it: in 万元 where that has at most two decimals, else in yuan.
pub fn exact_amount(locale: &Locale, money: Money) -> String {
    let fen = u128::from(money.fen().unsigned_abs());
    if locale.counts_in_wan() && fen >= 1_000_000 && fen.is_multiple_of(10_000) {
        return in_words(
            locale,
            money,
            (fen / 1_000_000, fen / 10_000 % 100),
            "ten-thousand",
        );
    }
    in_words(locale, money, (fen / 100, fen % 100), "one")
}

fn sizes(locale: &Locale) -> Sizes {
    if locale.counts_in_wan() {
        CHINESE
    } else {
        WESTERN
    }
}

fn in_words(
    locale: &Locale,
    money: Money,
    (whole, hundredths): (u128, u128),
    size: &'static str,
) -> String {
    let sign = if money.fen() < 0 { "−" } else { "" };
    let decimals = format!("{hundredths:02}");
    let decimals = decimals.trim_end_matches('0');
    let point = if decimals.is_empty() { "" } else { "." };
    let number = format!("{sign}{}{point}{decimals}", grouped(whole));
    locale.text_with(
        "amount",
        &[("number", number.into()), ("size", size.into())],
    )
}

/// `12345` as `12,345`.
fn grouped(number: u128) -> String {
    let digits = number.to_string();
    let mut shown = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_both(fen: i64) -> [String; 2] {
        ["zh-CN", "en"].map(|code| amount_text(Locale::find(code).unwrap(), Money::from_fen(fen)))
    }

    #[test]
    fn an_amount_is_counted_as_the_language_counts() {
        for (fen, chinese, english) in [
            (21_400_000_000, "2.14 亿元", "CNY 214 million"),
            (5_440_000_000, "5,440 万元", "CNY 54.4 million"),
            (300_500_000, "300.5 万元", "CNY 3.01 million"),
            (250_000_000_000, "25 亿元", "CNY 2.5 billion"),
            (999_999_000_000, "100 亿元", "CNY 10 billion"),
            (350_000, "3,500 元", "CNY 3,500"),
            (12_305, "123.05 元", "CNY 123.05"),
            (0, "0 元", "CNY 0"),
        ] {
            assert_eq!(in_both(fen), [chinese, english], "{fen}");
        }
    }

    #[test]
    fn what_is_rounded_has_the_exact_amount_as_its_title() {
        let shown = |code, fen| {
            let locale = Locale::find(code).unwrap();
            amount(locale, Money::from_fen(fen)).into_string()
        };
        assert_eq!(
            shown("zh-CN", 21_437_000_000),
            "<span class=\"number\" title=\"21,437 万元\">2.14 亿元</span>"
        );
        assert_eq!(
            shown("en", 300_500_000),
            "<span class=\"number\" title=\"CNY 3,005,000\">CNY 3.01 million</span>"
        );
        assert_eq!(
            shown("zh-CN", 5_440_000_000),
            "<span class=\"number\">5,440 万元</span>"
        );
    }
}
