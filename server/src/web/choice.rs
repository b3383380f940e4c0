//! A field of a form that takes one of several words.

use super::http_error::HttpError;
use domain::infra::field_errors::FieldErrors;
use domain::name_enum;
use serde::de::value::{Error as NoSuchWord, StringDeserializer};
use serde::de::{DeserializeOwned, Deserializer};
use serde::{Deserialize, de::IntoDeserializer as _};

/// What was chosen, or what was sent in its place: an unknown word is never taken for a usual one, but refused by its
/// field's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice<T> {
    /// One of the words.
    One(T),
    /// Something else, as it was sent; empty where nothing was.
    Other(String),
}

impl<T> Default for Choice<T> {
    fn default() -> Self {
        Self::Other(String::new())
    }
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Choice<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let word: StringDeserializer<NoSuchWord> = text.clone().into_deserializer();
        Ok(T::deserialize(word).map_or(Self::Other(text), Self::One))
    }
}

name_enum! {
    /// Yes or no, as a form says it; its words are `option-<name>`.
    pub enum YesNo {
        /// Yes.
        Yes = "yes",
        /// No.
        No = "no",
    }
}

impl From<bool> for YesNo {
    fn from(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }
}

/// What is wrong with a word that is none of those to choose from.
pub fn no_such_option(sent: &str) -> &'static str {
    if sent.trim().is_empty() {
        "required"
    } else {
        "not-an-option"
    }
}

impl<T: Copy> Choice<T> {
    /// The choice, or its field is noted as wrong.
    pub fn read(&self, errors: &mut FieldErrors, field: &'static str) -> Option<T> {
        match self {
            Self::One(one) => Some(*one),
            Self::Other(text) => {
                errors.add(field, no_such_option(text));
                None
            }
        }
    }

    /// The choice of a form that is no more than its buttons, so that there is nothing to show again.
    pub fn or_refused(&self, field: &'static str) -> Result<T, HttpError> {
        match self {
            Self::One(one) => Ok(*one),
            Self::Other(text) => Err(HttpError::invalid(field, no_such_option(text))),
        }
    }

    /// What a form shows as chosen: the word, or what was sent in its place.
    pub fn shown(&self, word: impl FnOnce(T) -> &'static str) -> &str {
        match self {
            Self::One(one) => word(*one),
            Self::Other(text) => text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tally::rules::TieBreak;

    fn sent(text: &str) -> Choice<TieBreak> {
        serde_json::from_value(text.into()).unwrap()
    }

    #[test]
    fn every_word_is_read_and_an_unknown_one_is_refused_and_kept() {
        for word in TieBreak::ALL {
            assert_eq!(sent(word.name()), Choice::One(*word));
        }
        for (text, code) in [("run-off", "not-an-option"), ("", "required")] {
            let mut errors = FieldErrors::none();
            let chosen = sent(text);
            assert_eq!(chosen.read(&mut errors, "rule_tie"), None);
            assert_eq!(errors.of("rule_tie").map(|error| error.code), Some(code));
            assert_eq!(chosen.shown(TieBreak::name), text);
        }
    }
}
