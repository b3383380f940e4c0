//! Forms that keep what was typed and say at each field what is wrong with it.

use crate::infra::money::{Money, MoneyError};
use crate::infra::typed;
use tally::record::body::PublicText;

/// What is wrong with a form, in the order in which it was found, which is the form's: at most one code for a field; its
/// translation is `error-<code>`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldErrors(Vec<(&'static str, FieldError)>);

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The stable code.
    pub code: &'static str,
    /// The limit that was passed, where the message names one.
    pub limit: Option<i64>,
}

impl FieldErrors {
    /// Nothing wrong.
    pub fn none() -> Self {
        Self::default()
    }

    /// Notes what is wrong with a field; the first finding stands.
    pub fn add(&mut self, field: &'static str, code: &'static str) {
        self.put(field, FieldError { code, limit: None });
    }

    /// Notes what is wrong with a field, with the limit that it passed.
    pub fn add_limit(&mut self, field: &'static str, code: &'static str, limit: i64) {
        let limit = Some(limit);
        self.put(field, FieldError { code, limit });
    }

    fn put(&mut self, field: &'static str, error: FieldError) {
        if self.of(field).is_none() {
            self.0.push((field, error));
        }
    }

    /// Requires a text of `min` to `max` characters (not bytes), and gives it as it can stand in the public record
    /// ([`PublicText::cleaned`]); empty where nothing of it can.
    pub fn text(&mut self, field: &'static str, typed: &str, min: usize, max: usize) -> String {
        let text = PublicText::cleaned(typed).map_or_else(String::new, String::from);
        let length = text.chars().count();
        let limit = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        if length == 0 && min > 0 {
            self.add(field, "required");
        } else if length < min {
            self.add_limit(field, "too-short", limit(min));
        } else if length > max {
            self.add_limit(field, "too-long", limit(max));
        }
        // What cannot be in any text was damaged on its way: better typed again than stored in part.
        if typed.chars().any(is_no_character) {
            self.add(field, "control-characters");
        }
        text
    }

    /// Requires a whole number from `min` to `max`, and gives it.
    pub fn whole_number(
        &mut self,
        field: &'static str,
        text: &str,
        min: i64,
        max: i64,
    ) -> Option<i64> {
        let Some(number) = typed::whole_number(text) else {
            self.add(
                field,
                if typed::plain(text).is_empty() {
                    "required"
                } else {
                    "not-a-number"
                },
            );
            return None;
        };
        if number < min {
            self.add_limit(field, "too-small", min);
            return None;
        }
        if number > max {
            self.add_limit(field, "too-large-number", max);
            return None;
        }
        Some(number)
    }

    /// Requires an amount in 万元 (at most two decimals, not negative), and gives it.
    pub fn wan(&mut self, field: &'static str, text: &str) -> Option<Money> {
        match Money::parse_wan(text) {
            Ok(money) => Some(money),
            Err(MoneyError::Missing) => {
                self.add(field, "required");
                None
            }
            Err(MoneyError::NotANumber) => {
                self.add(field, "not-an-amount");
                None
            }
            Err(MoneyError::InYuan) => {
                self.add(field, "amount-in-yuan");
                None
            }
            Err(MoneyError::Negative) => {
                self.add_limit(field, "too-small", 0);
                None
            }
            Err(MoneyError::TooLarge) => {
                self.add_limit(field, "too-large-number", Money::MAX_WAN);
                None
            }
        }
    }

    /// Like [`FieldErrors::wan`], but nothing typed is in order.
    pub fn optional_wan(&mut self, field: &'static str, text: &str) -> Option<Money> {
        if typed::plain(text).is_empty() {
            None
        } else {
            self.wan(field, text)
        }
    }

    /// A day as `2026-01-22`, which is how browsers send it.
    pub fn day(&mut self, field: &'static str, typed: &str) -> Option<time::Date> {
        let format = time::macros::format_description!("[year]-[month]-[day]");
        let day = time::Date::parse(typed::plain(typed).trim(), format);
        if day.is_err() {
            self.add(field, "not-a-day");
        }
        day.ok()
    }

    /// What is wrong with the field, if anything.
    pub fn of(&self, field: &str) -> Option<&FieldError> {
        let found = self.0.iter().find(|(name, _)| *name == field);
        found.map(|(_, error)| error)
    }

    /// All fields with what is wrong.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &FieldError)> {
        self.0.iter().map(|(field, error)| (*field, error))
    }

    /// Whether the form is in order.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Control characters other than line ends and tabs, and code points that are no characters (Unicode, section 23.7).
fn is_no_character(c: char) -> bool {
    let none = matches!(u32::from(c), 0xfdd0..=0xfdef) || u32::from(c) & 0xfffe == 0xfffe;
    none || (c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_measured_in_characters_not_bytes() {
        let mut errors = FieldErrors::none();
        errors.text("title", "修路灯", 2, 3);
        assert!(errors.is_empty());
        errors.text("title", "修路灯吧", 2, 3);
        assert_eq!(
            errors.of("title"),
            Some(&FieldError {
                code: "too-long",
                limit: Some(3)
            })
        );
    }

    #[test]
    fn a_text_is_given_as_the_record_takes_it() {
        let mut errors = FieldErrors::none();
        assert_eq!(errors.text("title", " 修\t路\r\n灯 ", 1, 9), "修 路\n灯");
        assert!(errors.is_empty());
        // Only a mark that turns the direction of writing, which the record has no place for.
        errors.text("title", "\u{202e}", 1, 9);
        assert_eq!(errors.of("title").map(|error| error.code), Some("required"));
    }

    #[test]
    fn a_negative_budget_is_named() {
        let mut errors = FieldErrors::none();
        assert_eq!(errors.whole_number("budget", "-5", 0, 10), None);
        assert_eq!(
            errors.of("budget"),
            Some(&FieldError {
                code: "too-small",
                limit: Some(0)
            })
        );
    }
}
