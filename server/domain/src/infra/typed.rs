//! What people type and paste, made plain: one reading for every field. Chinese keyboards leave full-width digits and signs behind, address
//! books and web pages leave characters that nobody sees, spreadsheets leave thousands commas and `302.0`.

use tally::record::body::is_unseen;

/// Full-width ASCII as its half-width form, any space as a space, any hyphen or minus as `-`, the Chinese full stop as a point; characters
/// that nobody sees are left out, and so is white space around it. For numbers, codes and contacts; texts keep their own forms.
pub fn plain(typed: &str) -> String {
    let plain: String = typed
        .chars()
        .filter(|c| !is_unseen(*c))
        .map(half_width)
        .collect();
    plain.trim().to_owned()
}

/// Full-width ASCII (U+FF01 to U+FF5E), spaces and hyphens in their variants.
pub fn half_width(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '。' => '.',
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        c if c.is_whitespace() && c != '\n' => ' ',
        _ => c,
    }
}

/// A number as it was meant, in ASCII: without thousands commas, and without the unit where that is one of these.
pub fn number(typed: &str, units: &[&str]) -> String {
    let plain = plain(typed);
    let without = units.iter().find_map(|unit| plain.strip_suffix(unit));
    let digits = without.unwrap_or(&plain).trim_end();
    if is_grouped(digits) {
        digits.replace(',', "")
    } else {
        digits.to_owned()
    }
}

/// A whole number; a spreadsheet's `302.0` is one.
pub fn whole_number(typed: &str) -> Option<i64> {
    let number = number(typed, &["%"]);
    let whole = match number.split_once('.') {
        Some((whole, zeros)) if !zeros.is_empty() && zeros.bytes().all(|b| b == b'0') => whole,
        Some(_) => return None,
        None => &number,
    };
    whole.parse().ok()
}

/// Whether commas stand before every three digits of the whole part, and nowhere else.
fn is_grouped(text: &str) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let whole = unsigned.split('.').next().unwrap_or_default();
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let mut groups = whole.split(',');
    let first = groups.next().unwrap_or_default();
    let rest = unsigned.get(whole.len()..).unwrap_or_default();
    is_digits(first)
        && first.len() <= 3
        && groups.all(|group| group.len() == 3 && is_digits(group))
        && !rest.contains(',')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_keyboards_and_address_books_leave_behind_is_the_same_text() {
        for typed in [
            "199 0000 0003",
            "１９９　００００　０００３",
            "\u{202d}199\u{a0}0000\u{a0}0003\u{202c}",
            "199\u{200b} 0000 0003\u{feff}",
        ] {
            assert_eq!(plain(typed), "199 0000 0003", "{typed:?}");
        }
        assert_eq!(plain("199\u{2011}0000"), "199-0000");
        assert_eq!(plain("li＠example．cn"), "li@example.cn");
    }

    #[test]
    fn a_whole_number_is_read_as_it_was_meant() {
        for (typed, number) in [
            ("302", 302),
            ("３０２", 302),
            ("302.0", 302),
            ("1,300", 1300),
            ("１，３００", 1300),
            ("12,345,678", 12_345_678),
            (" 40% ", 40),
            ("４０％", 40),
            ("-5", -5),
            ("−5", -5),
            ("0303", 303),
        ] {
            assert_eq!(whole_number(typed), Some(number), "{typed}");
        }
        for typed in [
            "",
            "40.5",
            "1,30",
            "13,00",
            ",300",
            "1,300,",
            "3 2",
            "三",
            "1.",
            "0x10",
            "1,234.5,6",
        ] {
            assert_eq!(whole_number(typed), None, "{typed}");
        }
    }

    #[test]
    fn a_unit_is_taken_off_where_it_is_the_field_s() {
        assert_eq!(number("１２０万", &["万元", "万"]), "120");
        assert_eq!(number("120 万元", &["万元", "万"]), "120");
        assert_eq!(number("120元", &["万元", "万"]), "120元");
        assert_eq!(number("1,234.56", &[]), "1234.56");
        assert_eq!(number("1,2", &[]), "1,2");
    }
}
