//! The values that bodies are made of. Each is checked where it is made, so that a body that exists can be published.
//!
//! All of them are written as JSON strings or integers in one form.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;

use crate::rules::ItemId;

macro_rules! text_value {
    ($(#[$doc:meta])* $name:ident, $pattern:literal, $refused:literal, $is_good:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Checks the text; `None` if it is not one.
            pub fn new(text: impl Into<String>) -> Option<Self> {
                let text = text.into();
                let is_good: fn(&str) -> bool = $is_good;
                is_good(&text).then_some(Self(text))
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = &'static str;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::new(text).ok_or($refused)
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "pattern": $pattern, "description": $refused })
            }
        }
    };
}

macro_rules! number_value {
    ($(#[$doc:meta])* $name:ident, $integer:ty, $least:literal ..= $most:expr, $refused:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "u64", into = "u64")]
        pub struct $name($integer);

        impl $name {
            /// Checks the number; `None` outside of its bounds.
            pub fn new(number: u64) -> Option<Self> {
                let number = <$integer>::try_from(number).ok()?;
                ($least..=$most).contains(&number).then_some(Self(number))
            }

            /// The number.
            pub fn get(self) -> $integer {
                self.0
            }
        }

        impl TryFrom<u64> for $name {
            type Error = &'static str;

            fn try_from(number: u64) -> Result<Self, Self::Error> {
                Self::new(number).ok_or($refused)
            }
        }

        impl From<$name> for u64 {
            fn from(value: $name) -> Self {
                value.0.into()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}", self.0)
            }
        }

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                let most: $integer = $most;
                schemars::json_schema!({
                    "type": "integer", "minimum": $least, "maximum": most, "description": $refused
                })
            }
        }
    };
}

text_value! {
    /// Words that everybody may read, in the jurisdiction's language, whoever typed them and in whichever language that person
    /// used the service. Never about a private person: there is no field for one, and what slips in is taken down.
    ///
    /// Something in it can be seen; without control characters except line feeds, and without characters that nobody sees or that turn
    /// the direction of writing, which make a text read otherwise than it is ([`is_unseen`]). [`PublicText::cleaned`] makes one of what people typed.
    PublicText,
    r"^[^\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufdd0-\ufdef\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff]+$",
    "a text in the jurisdiction's language with something to be seen, without control characters except line feeds and without unseen ones",
    |text| text.chars().all(is_public) && text.chars().any(is_seen)
}
text_value! {
    /// A day of the calendar, `2026-03-31`.
    Date,
    r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$",
    "a day of the calendar, `YYYY-MM-DD`",
    |text| text.get(..7).is_some_and(is_month) && is_day_of_its_month(text)
}
text_value! {
    /// A month of the calendar, `2026-03`.
    Month,
    r"^[0-9]{4}-(0[1-9]|1[0-2])$",
    "a month of the calendar, `YYYY-MM`",
    is_month
}
text_value! {
    /// A SHA-256.
    Sha256Hex,
    r"^[0-9a-f]{64}$",
    "64 lowercase hexadecimal digits",
    |text| crate::strict::hex::<32>(text).is_some()
}
text_value! {
    /// A SHA-256 as Belenios writes it: a fingerprint of an election, the hash of a partial decryption.
    BeleniosHash,
    r"^[0-9A-Za-z+/]{43}$",
    "43 characters of canonical base64",
    |text| ballot::Digest::parse(text).is_some()
}
text_value! {
    /// A public credential as it stands on the roll: an element of the election's group.
    PublicCredential,
    r"^[0-9a-f]{1,617}$",
    "a public credential: lowercase hexadecimal or decimal digits",
    |text| (1..=617).contains(&text.len())
        && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}
text_value! {
    /// An election's id, which ballots name.
    ElectionUuid,
    r"^[1-9A-HJ-NP-Za-km-z]{14,64}$",
    "an election's id: 14 to 64 characters of base 58",
    |text| text.parse::<ballot::Uuid>().is_ok()
}
text_value! {
    /// The id of a poll in the addresses of its pages and of the API.
    PollId,
    r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
    "a UUID: 36 characters, lowercase",
    is_uuid
}
text_value! {
    /// The official code of a candidate, of the project that it becomes, and of the item in the rule, e.g. `QH26-01`.
    Code,
    r"^[^\s\u0000-\u001f\u007f-\u009f]{1,64}$",
    "a code: 1 to 64 characters without white space",
    |text| ItemId::new(text).is_some()
}
text_value! {
    /// The id of a level of an evaluation, e.g. `satisfied`.
    LevelId,
    r"^[^\s\u0000-\u001f\u007f-\u009f]{1,64}$",
    "a level's id: 1 to 64 characters without white space",
    |text| ItemId::new(text).is_some()
}
text_value! {
    /// A jurisdiction: its slug, e.g. `qinghe`, as in a leaf's scope.
    JurisdictionName,
    r"^[a-z0-9-]{1,64}$",
    "a jurisdiction's slug: 1 to 64 of a-z, 0-9 and -",
    is_slug
}
text_value! {
    /// What a proposal is about, by the code that the jurisdiction's settings give it, e.g. `roads`.
    CategoryCode,
    r"^[a-z][a-z0-9_]{0,39}$",
    "a category's code: 1 to 40 of a-z, 0-9 and _, from a letter",
    is_settings_code
}
text_value! {
    /// Why something is declined, by the code that the jurisdiction's settings give it, e.g. `out_of_scope`.
    DeclineReasonCode,
    r"^[a-z][a-z0-9_]{0,39}$",
    "a reason's code: 1 to 40 of a-z, 0-9 and _, from a letter",
    is_settings_code
}
text_value! {
    /// A cycle: the jurisdiction's slug and the year of implementation, e.g. `qinghe/2026`, as in a leaf's scope.
    CycleName,
    r"^[a-z0-9-]{1,64}/[0-9]{4}$",
    "a cycle: slug/year",
    is_cycle
}
number_value! {
    /// The public number of a proposal in its cycle.
    ProposalNumber, u32, 1..=u32::MAX, "a number, from 1"
}
number_value! {
    /// A position in an order that people count: milestones, versions of a report, trustees, a congress's terms and sessions.
    Ordinal, u32, 1..=u32::MAX, "a number, from 1"
}
number_value! {
    /// A share of the whole.
    Percent, u8, 0..=100, "whole per cent, 0 to 100"
}
number_value! {
    /// A number of days.
    Days, u16, 1..=366, "whole days, 1 to 366"
}
number_value! {
    /// A day that every month has.
    DayOfMonth, u8, 1..=28, "a day of the month, 1 to 28"
}
number_value! {
    /// A quarter of the year.
    Quarter, u8, 1..=4, "a quarter, 1 to 4"
}

impl PublicText {
    /// Makes a public text of what somebody typed: in composed form (NFC), line ends become line feeds, a tab a space, other
    /// characters that have no place in it are left out, and so is white space around it. `None` if nothing is left to be seen.
    pub fn cleaned(typed: &str) -> Option<Self> {
        let lines = typed.replace("\r\n", "\n").replace('\r', "\n");
        let text: String = lines
            .nfc()
            .map(|c| if c == '\t' { ' ' } else { c })
            .filter(|c| is_public(*c))
            .collect();
        Self::new(text.trim())
    }
}

impl From<&ballot::Uuid> for ElectionUuid {
    fn from(uuid: &ballot::Uuid) -> Self {
        Self(uuid.as_str().to_owned())
    }
}

impl From<&ballot::Digest> for BeleniosHash {
    fn from(hash: &ballot::Digest) -> Self {
        Self(hash.to_string())
    }
}

impl From<ballot::trustee::TrusteeId> for Ordinal {
    fn from(trustee: ballot::trustee::TrusteeId) -> Self {
        Self(trustee.get())
    }
}

impl From<&crate::rules::LevelId> for LevelId {
    fn from(id: &crate::rules::LevelId) -> Self {
        Self(id.as_str().to_owned())
    }
}

impl From<&ItemId> for Code {
    fn from(id: &ItemId) -> Self {
        Self(id.as_str().to_owned())
    }
}

impl Sha256Hex {
    /// The hash of the exact bytes.
    pub fn of(bytes: &[u8]) -> Self {
        use sha2::{Digest as _, Sha256};
        Self(hex::encode(Sha256::digest(bytes)))
    }
}

fn is_public(c: char) -> bool {
    c == '\n' || !(c.is_control() || is_unseen(c))
}

/// Whether a character is not seen, turns the direction of writing, or is none: what Unicode lets a program ignore
/// (`Default_Ignorable_Code_Point`) without the variation selectors of emoji and ideographs, fillers, and noncharacters. A text is the
/// same without it.
pub fn is_unseen(c: char) -> bool {
    let filler = matches!(c, '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}');
    let none = matches!(c, '\u{fdd0}'..='\u{fdef}') || u32::from(c) & 0xfffe == 0xfffe;
    let ignorable = matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e00ff}' | '\u{e01f0}'..='\u{e0fff}');
    filler || none || ignorable
}

/// Whether somebody who reads sees it: no white space, no empty braille pattern, no selector.
fn is_seen(c: char) -> bool {
    let selects = matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}');
    !(c.is_whitespace() || c == '\u{2800}' || selects)
}

fn digits(text: &str, count: usize) -> Option<u32> {
    let plain = text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}

fn is_month(text: &str) -> bool {
    let parts = text.split_once('-');
    let read = parts.and_then(|(year, month)| Some((digits(year, 4)?, digits(month, 2)?)));
    read.is_some_and(|(_, month)| (1..=12).contains(&month))
}

/// Whether the text after a good month is one of its days.
fn is_day_of_its_month(text: &str) -> bool {
    let mut parts = text.splitn(3, '-');
    let mut next = |count| parts.next().and_then(|part| digits(part, count));
    let (Some(year), Some(month), Some(day)) = (next(4), next(2), next(2)) else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    (1..=last).contains(&day)
}

fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    let hex = |part: &&str| {
        part.bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    groups.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12]) && groups.iter().all(hex)
}

fn is_cycle(text: &str) -> bool {
    let Some((slug, year)) = text.split_once('/') else {
        return false;
    };
    is_slug(slug) && digits(year, 4).is_some()
}

fn is_slug(text: &str) -> bool {
    let plain = text
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    plain && (1..=64).contains(&text.len())
}

fn is_settings_code(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.len() <= 40
        && text.bytes().all(plain)
}
