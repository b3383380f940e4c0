//! Values that the API writes in one way: days, moments and months.

use crate::web::export::rfc3339;
use domain::cycles::settings::Bilingual;
use domain::infra::clock::Timestamp;
use serde::{Serialize, Serializer};
use time::Date;
use utoipa::ToSchema;

/// A day, by the calendar of the place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, format = Date, example = "2026-03-31")]
pub struct Day(pub Date);

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// A moment (RFC 3339, UTC).
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, format = DateTime, example = "2026-03-31T08:00:00Z")]
pub struct Moment(pub Timestamp);

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&rfc3339(self.0))
    }
}

/// Words in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct InBothLanguages {
    /// In Chinese, the language of what is published and signed.
    pub zh: String,
    /// In English.
    pub en: String,
}

impl From<&Bilingual> for InBothLanguages {
    fn from(words: &Bilingual) -> Self {
        Self {
            zh: words.zh.to_string(),
            en: words.en.to_string(),
        }
    }
}

/// A month of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, pattern = "^[0-9]{4}-[0-9]{2}$", example = "2026-03")]
pub struct Month(pub domain::projects::Month);

impl Serialize for Month {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}
