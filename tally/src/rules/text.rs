//! Texts that people read on a ballot: nothing in them is invisible, and no two that differ look the same.

use unicode_normalization::UnicodeNormalization as _;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory as _};

/// What is wrong with a text for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TextFault {
    /// Nothing to be seen.
    #[error("has nothing that can be seen")]
    Empty,
    /// A character that is not seen, or that changes how others are.
    #[error("has the invisible character U+{:04X}", u32::from(*.0))]
    Invisible(char),
}

/// What is wrong with a text, if anything: control and format characters, line ends, private and unassigned ones.
pub fn text_fault(text: &str) -> Option<TextFault> {
    if let Some(c) = text.chars().find(|c| is_invisible(*c)) {
        return Some(TextFault::Invisible(c));
    }
    text.trim().is_empty().then_some(TextFault::Empty)
}

/// Whether two texts look the same: after compatibility normalization (NFKC), so that full-width letters are those of
/// normal width, without characters that are not seen, and with any white space alike.
pub fn same_to_the_eye(a: &str, b: &str) -> bool {
    seen(a) == seen(b)
}

/// What is seen of a text.
pub(crate) fn seen(text: &str) -> String {
    let plain: String = text.nfkc().filter(|c| !is_invisible(*c)).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a character is not seen, or changes how others are: control and format characters, line ends, private and unassigned
/// ones.
pub fn is_invisible(c: char) -> bool {
    matches!(
        c.general_category(),
        GeneralCategory::Control
            | GeneralCategory::Format
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
            | GeneralCategory::PrivateUse
            | GeneralCategory::Surrogate
            | GeneralCategory::Unassigned
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_look_the_same_are_the_same() {
        for (a, b) in [
            ("caf\u{e9}", "cafe\u{301}"),
            ("修路\u{200b}", "修路"),
            ("Ａ区１号", "A区1号"),
            (" 修 路 ", "修  路"),
            ("\u{feff}a", "a"),
        ] {
            assert!(same_to_the_eye(a, b), "{a:?} {b:?}");
        }
        assert!(!same_to_the_eye("修路", "修桥"));
        assert!(!same_to_the_eye("a", "A"));
    }

    #[test]
    fn what_is_not_seen_is_named() {
        for c in [
            '\u{1b}',
            '\n',
            '\u{200b}',
            '\u{202e}',
            '\u{feff}',
            '\u{e000}',
            '\u{fffff}',
            '\u{2028}',
        ] {
            assert_eq!(text_fault(&format!("a{c}b")), Some(TextFault::Invisible(c)));
        }
        assert_eq!(text_fault(" \u{3000}"), Some(TextFault::Empty));
        assert_eq!(text_fault("村道硬化（二期）"), None);
    }
}
