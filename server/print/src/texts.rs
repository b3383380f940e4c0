//! Texts as they can be printed: what people type may hold characters that no font of ours has, and words that never end.

use crate::Fonts;
use serde_json::Value;
use unicode_normalization::UnicodeNormalization as _;

/// What printers have long set where a character is missing in their case (下駄).
pub(crate) const MISSING: char = '〓';
/// Where a line may end, though no space is there.
const MAY_BREAK: char = '\u{200b}';
/// A word of the Latin alphabet that is longer than any column is wide may break after every so many letters.
const LONGEST_WORD: usize = 24;
const PIECE: usize = 12;

/// Keys of what is compared letter by letter, or is no text.
const EXACT: [&str; 5] = ["value", "command", "language", "address", "holds"];

/// The document with all of its texts printable.
pub(crate) fn printable(value: Value, fonts: &Fonts) -> Value {
    match value {
        Value::String(text) => Value::String(breakable(&known(&text, fonts))),
        Value::Array(all) => all.into_iter().map(|one| printable(one, fonts)).collect(),
        Value::Object(all) => {
            let each = all.into_iter().map(|(key, value)| {
                let value = if EXACT.contains(&key.as_str()) {
                    exact(value, fonts)
                } else {
                    printable(value, fonts)
                };
                (key, value)
            });
            Value::Object(each.collect())
        }
        other => other,
    }
}

/// The same without a break in what is compared.
fn exact(value: Value, fonts: &Fonts) -> Value {
    match value {
        Value::String(text) => Value::String(known(&text, fonts)),
        Value::Array(all) => all.into_iter().map(|one| exact(one, fonts)).collect(),
        Value::Object(all) => {
            let each = all
                .into_iter()
                .map(|(key, value)| (key, exact(value, fonts)));
            Value::Object(each.collect())
        }
        other => other,
    }
}

/// Every character that a font has; a sign for each that none has. What only joins or shapes others falls away with them.
fn known(text: &str, fonts: &Fonts) -> String {
    let as_printed = |c: char| {
        if c.is_whitespace() {
            Some(' ')
        } else if is_invisible(c) {
            None
        } else if fonts.have(c) {
            Some(c)
        } else if unicode_normalization::char::is_combining_mark(c) {
            None
        } else {
            Some(MISSING)
        }
    };
    text.nfc().filter_map(as_printed).collect()
}

/// Controls, directions, joiners, selectors of variants, tags, private use and what is no character.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{e000}'..='\u{f8ff}'
            | '\u{fdd0}'..='\u{fdef}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{fffe}'..='\u{ffff}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
            | '\u{f0000}'..='\u{10ffff}')
}

/// With places to break in each word that is too long.
fn breakable(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    for word in letters.split_inclusive(|c| !c.is_ascii_graphic()) {
        if word.len() > LONGEST_WORD {
            for piece in word.chunks(PIECE) {
                out.extend(piece);
                out.push(MAY_BREAK);
            }
        } else {
            out.extend(word);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_font_has_is_said_to_be_missing_and_the_rest_stays() {
        let fonts = Fonts::load().unwrap();
        let said = |text| known(text, &fonts);
        assert_eq!(said("老旧小区（#1）*$\\<\"'>"), "老旧小区（#1）*$\\<\"'>");
        assert_eq!(said("灯🚦亮"), "灯〓亮");
        assert_eq!(said("👩\u{200d}🔧工"), "〓〓工");
        assert_eq!(said("e\u{301}coute a\u{1ab0}"), "écoute a");
        assert_eq!(said("a\nb\u{0}\u{202e}c\u{e000}"), "a bc");
    }

    #[test]
    fn a_word_without_end_breaks_and_a_hash_does_not() {
        let fonts = Fonts::load().unwrap();
        let long = "a".repeat(64);
        let given = serde_json::json!({"title": long.clone(), "value": long.clone(), "short": "tally verify x.zip"});
        let printed = printable(given, &fonts);
        assert_eq!(printed["value"], Value::String(long.clone()));
        assert_eq!(printed["short"], "tally verify x.zip");
        let title = printed["title"].as_str().unwrap();
        assert_eq!(title.replace(MAY_BREAK, ""), long);
        assert!(
            title.split(MAY_BREAK).all(|piece| piece.len() <= PIECE),
            "{title}"
        );
    }
}
