//! A ballot's receipt: its tracker and the proof that it is in the public record. It proves inclusion and never
//! content.

use crate::web::qr::QrCode;
use domain::infra::app::App;
use domain::record::{self, InclusionProof, RecordError};
use domain::session::store::CastBallot;
use serde::Serialize;

/// A ballot's receipt.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct BallotReceipt {
    /// The ballot's tracker.
    pub tracker: String,
    /// The proof that the ballot's entry is in the public record.
    #[serde(flatten)]
    pub inclusion: InclusionProofBody,
    /// The verifier's address with the whole proof behind `#`, as a QR code: a telephone that reads it checks the receipt
    /// without asking the service for it, and browsers send nothing of what is behind `#`. `None` where it is too long.
    pub qr: Option<QrCode>,
}

/// The proof as the API answers it; see [`InclusionProof`].
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
#[schema(as = InclusionProof)]
pub struct InclusionProofBody {
    /// The entry's position.
    pub position: u64,
    /// The leaf's exact bytes.
    pub header: String,
    /// The body's salt in hexadecimal digits; `null` where the body was taken down.
    pub salt: Option<String>,
    /// Inclusion proof from the leaf's sibling up, each hash in hexadecimal digits.
    pub proof: Vec<String>,
    /// The signed note.
    pub checkpoint: String,
    /// The C2SP verifier key line.
    pub vkey: String,
    /// The same as one text (c2sp.org/tlog-proof).
    pub text: String,
}

impl From<InclusionProof> for InclusionProofBody {
    fn from(proof: InclusionProof) -> Self {
        let InclusionProof {
            position,
            header,
            salt,
            proof,
            checkpoint,
            vkey,
            text,
        } = proof;
        Self {
            position,
            header,
            salt,
            proof,
            checkpoint,
            vkey,
            text,
        }
    }
}

impl BallotReceipt {
    /// The receipt of a ballot in the box. The same ballot gets the same receipt every time.
    pub async fn of(app: &App, cast: &CastBallot) -> Result<Self, RecordError> {
        let inclusion = record::receipt(app, cast.entry).await?;
        let address = address(&app.config.base_url, &inclusion.text);
        Ok(Self {
            tracker: cast.tracker.clone(),
            qr: QrCode::of(&address),
            inclusion: inclusion.into(),
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
