//! A ballot's receipt: its tracker and the proof that it is in the public record. It proves inclusion and never
//! content.

use super::store::CastBallot;
use crate::app::App;
use crate::record::{self, RecordError};
use serde::Serialize;

/// A receipt.
#[derive(Debug, Clone, Serialize)]
pub struct Receipt {
    /// The ballot's tracker.
    pub tracker: String,
    /// The proof that the ballot's entry is in the public record.
    #[serde(flatten)]
    pub inclusion: record::Receipt,
}

impl Receipt {
    /// The receipt of a ballot in the box. The same ballot gets the same receipt every time.
    pub async fn of(app: &App, cast: &CastBallot) -> Result<Self, RecordError> {
        Ok(Self {
            tracker: cast.tracker.clone(),
            inclusion: record::receipt(app, cast.entry).await?,
        })
    }
}
