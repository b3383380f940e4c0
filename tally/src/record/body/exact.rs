//! Objects of which every byte counts: they are hashed and signed as they stand.

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

/// The exact bytes of a JSON object of Belenios (an election, a roll, a result). In a body it is a JSON value, not a string;
/// its text is kept byte for byte. What it says is read and checked by the crate `ballot`.
#[derive(Clone, Serialize)]
#[serde(transparent)]
pub struct Exact(Box<RawValue>);

impl Exact {
    /// Checks that the text is one JSON value without white space outside of its strings.
    pub fn new(text: impl Into<String>) -> Option<Self> {
        let raw = RawValue::from_string(text.into()).ok()?;
        is_compact(raw.get()).then_some(Self(raw))
    }

    /// The exact text.
    pub fn text(&self) -> &str {
        self.0.get()
    }
}

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        if is_compact(raw.get()) {
            Ok(Self(raw))
        } else {
            Err(D::Error::custom("white space in an object that is hashed"))
        }
    }
}

impl PartialEq for Exact {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

impl Eq for Exact {}

impl fmt::Debug for Exact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Exact({})", self.text())
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Exact {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Exact".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": ["object", "array"],
            "description": "an object of Belenios; its exact bytes are what is hashed and signed"
        })
    }
}

fn is_compact(json: &str) -> bool {
    let mut in_string = false;
    let mut escaped = false;
    for byte in json.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b' ' | b'\t' | b'\n' | b'\r' if !in_string => return false,
            _ => {}
        }
    }
    true
}
