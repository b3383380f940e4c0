//! Second factors: codes by time from an authenticator app, passkeys, and recovery codes for when both are lost.
//!
//! ```mermaid
//! flowchart LR
//!     code[code, password or link] -->|no factor| full[full session]
//!     code -->|has a factor| half[half session]
//!     half -->|code by time, passkey, recovery code| full
//! ```
//!
//! A half session opens nothing but the page that asks for the factor. In a full session that has not proved one, the roles
//! that need it ([`Role::needs_factor`](super::Role::needs_factor)) are withheld where the configuration requires it.

mod enrol;
mod prove;
mod recovery;
#[cfg(feature = "testing")]
pub mod software;
mod totp;
pub mod webauthn;

pub(in crate::people) use enrol::send_notice;
pub use enrol::{
    Added, MAX_FACTORS, add_passkey, add_totp, offer_passkey, offer_totp, offered_totp, remove,
    remove_all, renew_recovery_codes,
};
pub use prove::{Answer, PasskeyAnswer, offer_assertion, prove, proving_session};
pub use recovery::RECOVERY_CODES;
pub use totp::TotpSecret;
#[cfg(feature = "testing")]
pub use totp::code_at;

use super::error::PeopleError;
use super::store::{Factor, FactorKind};
use crate::infra::app::App;
use crate::infra::vault::{Purpose, Unsealable};
use ring::digest::{SHA256, digest};
use webauthn::{CHALLENGE_BYTES, Credential, RelyingParty};

/// What a script hands to the browser: the challenge, and the ids of the account's passkeys.
#[derive(Debug, Clone)]
pub struct PasskeyQuestion {
    /// The service.
    pub rp: RelyingParty,
    /// Fresh, for this session, to be answered once.
    pub challenge: [u8; CHALLENGE_BYTES],
    /// The passkeys that the account has.
    pub credentials: Vec<Vec<u8>>,
}

/// A passkey as it is sealed: its id and its public key.
fn seal_credential(app: &App, credential: &Credential) -> Result<Vec<u8>, PeopleError> {
    let text =
        serde_json::to_vec(&(&credential.id, &credential.public_key)).map_err(|_| Unsealable)?;
    Ok(app.vault.seal(Purpose::Factor, &text, &app.entropy)?)
}

/// The passkey of a factor; `None` where the factor is none.
fn credential_of(app: &App, factor: &Factor) -> Result<Option<Credential>, PeopleError> {
    if factor.kind != FactorKind::Passkey {
        return Ok(None);
    }
    let text = app.vault.open(Purpose::Factor, &factor.sealed)?;
    let (id, public_key) = serde_json::from_slice(&text).map_err(|_| Unsealable)?;
    let sign_count = u32::try_from(factor.counter).map_err(|_| Unsealable)?;
    Ok(Some(Credential {
        id,
        public_key,
        sign_count,
    }))
}

/// The ids of the account's passkeys.
fn credential_ids(app: &App, factors: &[Factor]) -> Result<Vec<Vec<u8>>, PeopleError> {
    let mut ids = Vec::new();
    for factor in factors {
        ids.extend(credential_of(app, factor)?.map(|credential| credential.id));
    }
    Ok(ids)
}

fn hash_of(credential_id: &[u8]) -> Vec<u8> {
    digest(&SHA256, credential_id).as_ref().to_vec()
}
