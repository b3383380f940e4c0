//! Passkeys: what a browser and its authenticator answer, checked as Web Authentication Level 2 has it (sections 7.1 and 7.2),
//! whose sections and steps are named. Pure: the challenge, the key and the counter come in.
//!
//! Why by hand: the libraries for it bring OpenSSL, or a second family of curves with an RSA that has an open advisory,
//! and a clock and randomness of their own. The signatures are ring's and CBOR is ciborium's; what is left are the
//! comparisons below.

mod authenticator_data;
mod cose;
#[cfg(test)]
mod tests;

pub use cose::ALGORITHMS;

use authenticator_data::AuthenticatorData;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ciborium::Value;
use cose::PublicKey;
use ring::digest::{SHA256, digest};
use serde::Deserialize;

/// How many random bytes a challenge has (section 13.4.3 wants at least 16).
pub const CHALLENGE_BYTES: usize = 32;

/// Longer objects than any authenticator makes are not read.
const LONGEST_OBJECT: usize = 64 * 1024;

/// Why an answer of a passkey is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WebauthnError {
    /// The client data is not the JSON that browsers write.
    #[error("the client data cannot be read")]
    ClientData,
    /// It answers the other question: a registration for an assertion, or the reverse.
    #[error("the answer is to another question")]
    Type,
    /// It answers another challenge.
    #[error("the answer is to another challenge")]
    Challenge,
    /// It was given on the page of another site.
    #[error("the answer was given to another origin")]
    Origin,
    /// The attestation object cannot be read, or holds a statement that was not asked for.
    #[error("the attestation cannot be read or was not asked for")]
    Attestation,
    /// The authenticator's data cannot be read.
    #[error("the authenticator's data cannot be read")]
    AuthenticatorData,
    /// It was given for another service.
    #[error("the answer was given for another relying party")]
    RelyingParty,
    /// Nobody touched the authenticator.
    #[error("nobody was present")]
    UserAbsent,
    /// The authenticator did not make sure that it was its owner (PIN, finger, face).
    #[error("the user was not verified")]
    UserNotVerified,
    /// A key of an algorithm that was not asked for.
    #[error("the key's algorithm was not asked for")]
    Algorithm,
    /// The public key cannot be read.
    #[error("the public key cannot be read")]
    Key,
    /// The signature is not the credential's.
    #[error("the signature is wrong")]
    Signature,
    /// The counter did not go up: there may be two of this authenticator.
    #[error("the signature counter did not go up")]
    Counter,
    /// Another credential than one of the account's.
    #[error("the credential is none of the account's")]
    UnknownCredential,
}

/// The service as browsers and authenticators know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelyingParty {
    /// The host, without a port.
    pub id: String,
    /// Scheme, host and port.
    pub origin: String,
}

impl RelyingParty {
    /// The service at this address. `None` where passkeys cannot be used: the host is a bare number, or the browser
    /// would not take the address for safe.
    pub fn at(base_url: &str) -> Option<Self> {
        let url = reqwest::Url::parse(base_url).ok()?;
        let id = url.domain()?.to_owned();
        let is_safe = url.scheme() == "https" || id == "localhost";
        is_safe.then(|| Self {
            id,
            origin: url.origin().ascii_serialization(),
        })
    }
}

/// What a browser answers where a passkey is made.
#[derive(Debug, Clone, Copy)]
pub struct Registration<'a> {
    /// JSON that the browser wrote.
    pub client_data: &'a [u8],
    /// CBOR that the authenticator wrote.
    pub attestation_object: &'a [u8],
}

/// What a browser answers where a passkey is used.
#[derive(Debug, Clone, Copy)]
pub struct Assertion<'a> {
    /// JSON that the browser wrote.
    pub client_data: &'a [u8],
    /// What the authenticator says.
    pub authenticator_data: &'a [u8],
    /// The authenticator's signature of both.
    pub signature: &'a [u8],
}

/// A passkey as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// Its id.
    pub id: Vec<u8>,
    /// Its public key, COSE in CBOR.
    pub public_key: Vec<u8>,
    /// The counter that it last said.
    pub sign_count: u32,
}

/// The client data (section 5.8.1), of which more fields may come.
#[derive(Deserialize)]
struct ClientData {
    r#type: String,
    challenge: String,
    origin: String,
    #[serde(rename = "crossOrigin", default)]
    cross_origin: bool,
}

/// Checks that the browser answered this question, on a page of this service that stands in nobody's frame, and gives the
/// client data's hash (section 7.1 steps 5 to 11, 7.2 steps 9 to 19).
fn check_client_data(
    json: &[u8],
    wanted: &str,
    challenge: &[u8],
    rp: &RelyingParty,
) -> Result<Vec<u8>, WebauthnError> {
    let data: ClientData = serde_json::from_slice(json).map_err(|_| WebauthnError::ClientData)?;
    if data.r#type != wanted {
        return Err(WebauthnError::Type);
    }
    if data.challenge != BASE64_URL_SAFE_NO_PAD.encode(challenge) {
        return Err(WebauthnError::Challenge);
    }
    if data.origin != rp.origin || data.cross_origin {
        return Err(WebauthnError::Origin);
    }
    Ok(digest(&SHA256, json).as_ref().to_vec())
}

/// Checks a new passkey (section 7.1). No attestation is asked for; browsers pass on none, or one by the passkey itself
/// (section 5.1.3 step 21), and that one is checked.
pub fn register(
    rp: &RelyingParty,
    challenge: &[u8],
    answer: &Registration<'_>,
) -> Result<Credential, WebauthnError> {
    let hash = check_client_data(answer.client_data, "webauthn.create", challenge, rp)?;
    if answer.attestation_object.len() > LONGEST_OBJECT {
        return Err(WebauthnError::Attestation);
    }
    let object: Value =
        ciborium::from_reader(answer.attestation_object).map_err(|_| WebauthnError::Attestation)?;
    let field = |name: &str| field_of(&object, name).ok_or(WebauthnError::Attestation);
    let bytes = field("authData")?
        .as_bytes()
        .ok_or(WebauthnError::Attestation)?;
    let data = AuthenticatorData::read(bytes)?;
    data.require_rp(&rp.id)?;
    let credential = data
        .credential
        .as_ref()
        .ok_or(WebauthnError::AuthenticatorData)?;
    let key = PublicKey::read(credential.key)?;
    let statement = field("attStmt")?;
    let format = field("fmt")?.as_text();
    check_attestation(format, statement, &key, &[bytes.as_slice(), &hash].concat())?;
    data.require_user()?;
    Ok(Credential {
        id: credential.id.to_vec(),
        public_key: credential.key.to_vec(),
        sign_count: data.sign_count,
    })
}

/// No attestation (section 8.7), or the new key's own (section 8.2, "self attestation").
fn check_attestation(
    format: Option<&str>,
    statement: &Value,
    key: &PublicKey,
    signed: &[u8],
) -> Result<(), WebauthnError> {
    let is_empty = statement.as_map().is_some_and(Vec::is_empty);
    match format {
        Some("none") if is_empty => Ok(()),
        Some("packed") if field_of(statement, "x5c").is_none() => {
            let algorithm = field_of(statement, "alg").and_then(Value::as_integer);
            let signature = field_of(statement, "sig").and_then(Value::as_bytes);
            match (algorithm, signature) {
                (Some(algorithm), Some(signature)) if algorithm == key.algorithm().into() => {
                    key.verify(signed, signature)
                }
                _ => Err(WebauthnError::Attestation),
            }
        }
        _ => Err(WebauthnError::Attestation),
    }
}

fn field_of<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    let fields = value.as_map()?;
    fields
        .iter()
        .find_map(|(key, value)| (key.as_text() == Some(name)).then_some(value))
}

/// Checks that this passkey answered (section 7.2), and gives its new counter.
pub fn assert(
    rp: &RelyingParty,
    challenge: &[u8],
    credential: &Credential,
    answer: &Assertion<'_>,
) -> Result<u32, WebauthnError> {
    let hash = check_client_data(answer.client_data, "webauthn.get", challenge, rp)?;
    let data = AuthenticatorData::read(answer.authenticator_data)?;
    data.require_rp(&rp.id)?;
    let signed = [answer.authenticator_data, &hash].concat();
    PublicKey::read(&credential.public_key)?.verify(&signed, answer.signature)?;
    data.require_user()?;
    // Step 21: passkeys that are kept on several devices do not count, and say zero for ever.
    let counts = data.sign_count != 0 || credential.sign_count != 0;
    if counts && data.sign_count <= credential.sign_count {
        return Err(WebauthnError::Counter);
    }
    Ok(data.sign_count)
}
