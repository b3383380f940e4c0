//! Why a rule document is refused: always with the key that is to blame.

use super::{ParseFractionError, TextFault};

/// Why a rule document is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RuleError {
    /// Not TOML, or a key that is missing, unknown or of another type.
    #[error("{}{message}{}", at_key(key), at_line(*line))]
    Syntax {
        /// The key's path, empty when the text is not TOML.
        key: String,
        /// What was wrong, naming unknown and missing keys.
        message: String,
        /// Line in the text, from 1.
        line: Option<usize>,
    },
    /// A value that cannot stand.
    #[error("`{key}`: {problem}")]
    Key {
        /// The key's path, e.g. `decision.places` or `levels[0].label`, levels counted from 0.
        key: String,
        /// What is wrong with it.
        problem: KeyProblem,
    },
}

/// What is wrong with a key's value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyProblem {
    /// Another format than this version reads.
    #[error("unknown format; this version reads `minsheng-rule/1`")]
    UnknownFormat,
    /// Nothing there.
    #[error("must not be empty")]
    Empty,
    /// The poll, the form or the level needs the key.
    #[error("is needed here")]
    Missing,
    /// The poll, the form or the level has no such key.
    #[error("has no meaning here")]
    NotApplicable,
    /// Outside of its bounds.
    #[error("must be from {least} to {most}, is {found}")]
    OutOfRange {
        /// Least value.
        least: u64,
        /// Largest value.
        most: u64,
        /// The value found.
        found: u64,
    },
    /// Not an exact fraction.
    #[error("is {0}")]
    Fraction(#[from] ParseFractionError),
    /// An id that is not one.
    #[error("`{0}` is not an id that can be used here")]
    BadId(String),
    /// Not the line of a verifier key, or of a key that signs something else.
    #[error("`{0}` is not a verifier key that can be used here")]
    BadVerifierKey(String),
    /// A text with something that is not seen.
    #[error("{0}")]
    Text(TextFault),
    /// The same entry twice, or another that looks like it.
    #[error("`{0}` stands twice")]
    Repeated(String),
    /// Not 64 lowercase hexadecimal digits.
    #[error("must be 64 lowercase hexadecimal digits")]
    BadHash,
    /// Too few items for the places.
    #[error("{items} items for {places} places: at least {needed} are needed")]
    TooLittleSurplus {
        /// Items on the ballot.
        items: u64,
        /// Places.
        places: u64,
        /// Items needed.
        needed: u64,
    },
    /// A run-off is decided by most votes alone.
    #[error("must be `none` in a run-off: most votes win, no second majority is needed")]
    MajorityInRunOff,
}

fn at_key(key: &str) -> String {
    if key.is_empty() || key == "." {
        String::new()
    } else {
        format!("`{key}`: ")
    }
}

fn at_line(line: Option<usize>) -> String {
    line.map(|line| format!(" (line {line})"))
        .unwrap_or_default()
}
