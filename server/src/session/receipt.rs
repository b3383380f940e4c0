//! A ballot's receipt: its tracker and the proof that it is in the public record. It proves inclusion and never
//! content.

use super::store::CastBallot;
use crate::app::App;
use crate::record::{self, RecordError};
use crate::web::qr::QrCode;
use serde::Serialize;

/// A receipt.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Receipt {
    /// The ballot's tracker.
    pub tracker: String,
    /// The proof that the ballot's entry is in the public record.
    #[serde(flatten)]
    pub inclusion: record::Receipt,
    /// The verifier's address with the whole proof behind `#`, as a QR code: a telephone that reads it checks the receipt
    /// without asking the service for it, and browsers send nothing of what is behind `#`. `None` where it is too long.
    pub qr: Option<QrCode>,
}

impl Receipt {
    /// The receipt of a ballot in the box. The same ballot gets the same receipt every time.
    pub async fn of(app: &App, cast: &CastBallot) -> Result<Self, RecordError> {
        let inclusion = record::receipt(app, cast.entry).await?;
        let address = address(&app.config.base_url, &inclusion.text);
        Ok(Self {
            tracker: cast.tracker.clone(),
            qr: QrCode::of(&address),
            inclusion,
        })
    }
}

/// `/verify#{proof}`: every character that a fragment may hold stays as it is (RFC 3986, section 3.5), which keeps the code
/// small.
fn address(base_url: &str, text: &str) -> String {
    let encoded: String = text
        .bytes()
        .map(|byte| match byte {
            b'A'..=b'Z'
            | b'a'..=b'z'
            | b'0'..=b'9'
            | b'-'
            | b'.'
            | b'_'
            | b'~'
            | b'!'
            | b'$'
            | b'&'
            | b'\''
            | b'('
            | b')'
            | b'*'
            | b'+'
            | b','
            | b';'
            | b'='
            | b':'
            | b'@'
            | b'/'
            | b'?' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect();
    format!("{base_url}/verify#{encoded}")
}
