//! `ballot` for the browser: the only code there that touches a secret.
//!
//! Every function takes and returns strings, most of them JSON, and does one act. Randomness is an argument: 32 bytes
//! from `crypto.getRandomValues`, **fresh for every call**, so that nothing here asks the system for chance and the same
//! vectors give the same bytes natively and in WebAssembly. A function throws an `Error` with a sentence for people; the
//! functions that judge (`verify_ballot`, `open_ballot`, `check_trustees`) return a verdict instead.
//!
//! The functions themselves stand in [`acts`], free of the browser, so that they are tested natively.

pub mod acts;

use wasm_bindgen::prelude::*;

/// Makes a credential. `uuids` is a JSON array of election ids.
///
/// Returns `{"credential":"XXXXX-…","public":{"<uuid>":"<public part>",…}}`.
///
/// # Errors
/// A seed of another length, or a text that is no election id.
#[wasm_bindgen]
pub fn make_credential(uuids: &str, seed: &[u8]) -> Result<String, JsError> {
    Ok(acts::make_credential(uuids, seed)?)
}

/// The public parts of a credential in several elections. `uuids` is a JSON array of election ids.
///
/// Returns `{"<uuid>":"<public part>",…}`.
///
/// # Errors
/// A text that is no credential or no election id.
#[wasm_bindgen]
pub fn public_credentials(credential: &str, uuids: &str) -> Result<String, JsError> {
    Ok(acts::public_credentials(credential, uuids)?)
}

/// Seals a ballot. `choices` is a JSON array with, for each question, an array of 0 and 1 (where the question allows a
/// blank vote, the first number is "blank").
///
/// Returns `{"ballot":"…","tracker":"…","opening":"…"}`; ballot and opening are JSON in a string, whose bytes count.
/// The opening tells the choice to whoever has it: keep it on the device, and show it only to challenge the ballot
/// instead of casting it.
///
/// # Errors
/// Malformed arguments, or a choice that the election does not allow.
#[wasm_bindgen]
pub fn seal(
    election: &str,
    credential: &str,
    choices: &str,
    seed: &[u8],
) -> Result<String, JsError> {
    Ok(acts::seal(election, credential, choices, seed)?)
}

/// Checks a ballot against its election and, unless it is empty, the roll (the public-credentials object).
///
/// Returns `{"accepted":true,"tracker":"…"}` or `{"accepted":false,"check":"<name>","reason":"…"}`.
///
/// # Errors
/// A malformed election or roll.
#[wasm_bindgen]
pub fn verify_ballot(election: &str, roll: &str, ballot: &str) -> Result<String, JsError> {
    Ok(acts::verify_ballot(election, roll, ballot)?)
}

/// Computes a challenged ballot again from its opening.
///
/// Returns `{"accepted":true,"tracker":"…","choices":[[0,1,…]]}` or `{"accepted":false,"check":"<name>","reason":"…"}`.
///
/// # Errors
/// A malformed election or opening.
#[wasm_bindgen]
pub fn open_ballot(election: &str, ballot: &str, opening: &str) -> Result<String, JsError> {
    Ok(acts::open_ballot(election, ballot, opening)?)
}

/// Makes a scrutineer's key.
///
/// Returns `{"private_key":"…","public_key":"…"}`: the secret, JSON in a string, for this device alone; and the public
/// key with its proof of possession, JSON in a string, for the trustees object.
///
/// # Errors
/// A seed of another length.
#[wasm_bindgen]
pub fn make_trustee_key(seed: &[u8]) -> Result<String, JsError> {
    Ok(acts::make_trustee_key(seed)?)
}

/// Checks an election's trustees object, and that the owner of `private_key` is one of them.
///
/// Returns `{"accepted":true,"trustee":<number from 1>}` or `{"accepted":false,"check":"trustees","reason":"…"}`.
///
/// # Errors
/// A malformed election or private key.
#[wasm_bindgen]
pub fn check_trustees(
    election: &str,
    trustees: &str,
    private_key: &str,
) -> Result<String, JsError> {
    Ok(acts::check_trustees(election, trustees, private_key)?)
}

/// Verifies all ballots (a JSON array of strings) against election and roll and adds them up.
///
/// Returns the encrypted tally.
///
/// # Errors
/// A malformed argument, a ballot that is refused, or a second ballot of a credential.
#[wasm_bindgen]
pub fn encrypted_tally(election: &str, roll: &str, ballots: &str) -> Result<String, JsError> {
    Ok(acts::encrypted_tally(election, roll, ballots)?)
}

/// One trustee's partial decryption of an encrypted tally, which the device has computed itself.
///
/// Returns the partial-decryption object.
///
/// # Errors
/// Malformed arguments.
#[wasm_bindgen]
pub fn partial_decryption(
    election: &str,
    encrypted_tally: &str,
    private_key: &str,
    seed: &[u8],
) -> Result<String, JsError> {
    Ok(acts::partial_decryption(
        election,
        encrypted_tally,
        private_key,
        seed,
    )?)
}

/// SHA-256 of a text's UTF-8 bytes, as 64 lower-case hexadecimal digits, for comparing the published rule and roll with
/// the hashes that the election names. (The browser's own hash function is missing on plain HTTP, as in a closed hall.)
#[wasm_bindgen]
pub fn sha256(text: &str) -> String {
    acts::sha256(text)
}
