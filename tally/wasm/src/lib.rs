//! The verifier for the browser: the same code as the `tally` command, on one core.
//!
//! Nothing here has a secret. Functions take strings and bytes and return JSON; a verdict is never an exception, which is
//! kept for arguments that are not what they should be. The functions themselves stand in [`acts`], free of the browser,
//! so that they are tested natively.

#![warn(unreachable_pub)]

pub mod acts;

use wasm_bindgen::prelude::*;

/// Verifies an archive (`.bel`) or a poll's bundle (`.zip`), complete.
///
/// Returns the report as JSON: `{"verdict":"verified"|"not_verified"|"unsupported","failure":{"check","object","message"},
/// "checks":[{"check","status","object","message"}…],"counted":{…},"decision":{…},"notes":[…]}`.
///
/// # Errors
/// None that is not a fault of this program.
#[wasm_bindgen]
pub fn verify(bytes: &[u8]) -> Result<String, JsError> {
    Ok(acts::verify(bytes)?)
}

/// Checks an archive up to the end of ballots against the public record, and recomputes the encrypted tally: the only one
/// that a scrutineer's device decrypts. `revoting` is what the adopted rule says, `record` the poll's part of the record up to
/// the close (docs/bundle-format.md), `log_key` the record's verifier key line, `seen` a checkpoint of it that the device has
/// verified before, or nothing.
///
/// Returns `{"ok":true,"election","trustees","tally","uuid","fingerprint","print","tally_print","ballots","invalid","checkpoint",
/// "closing","stated","needed","enough","is_agreed"}`, where
/// `election`, `trustees` and `tally` are the objects' exact texts and the prints what people compare aloud; `invalid` are the papers out of the box that are in no sum; `closing` is what the device
/// states of it, `stated` how many devices have stated the same in the record, `needed` how many must at least, `is_agreed` whether these are there, and
/// `enough` how many are where those in one room have not compared the prints aloud; or
/// `{"ok":false,"check","object","message"}`.
///
/// # Errors
/// A key line that is not one.
#[wasm_bindgen]
pub fn closed_tally(
    archive: &[u8],
    revoting: bool,
    record: &str,
    log_key: &str,
    seen: &str,
) -> Result<String, JsError> {
    Ok(acts::closed_tally(
        archive, revoting, record, log_key, seen,
    )?)
}

/// Verifies a poll's part of the public record; arguments as in [`closed_tally`], and the election's id.
///
/// Returns `{"ok":true,"checkpoint","rule","threshold","ceremony","election","trustees","roll","reserved","is_open","is_closed","ballots"}`,
/// objects as their exact texts (`null` before the freeze; `reserved` lists the rolls of polls that may follow, each `{"election_uuid","roll"}`);
/// `ceremony` is `{"attempt","size","threshold","rounds"}` with the messages of each round that is complete, in the order of the trustees, or
/// `null` where each has a key of their own; or `{"ok":false,"check","message"}`.
///
/// # Errors
/// A key line that is not one.
#[wasm_bindgen]
pub fn recorded_poll(
    record: &str,
    log_key: &str,
    election: &str,
    seen: &str,
) -> Result<String, JsError> {
    Ok(acts::recorded_poll(record, log_key, election, seen)?)
}

/// Verifies a receipt (the text of c2sp.org/tlog-proof with the leaf in its `extra` line).
///
/// `log_key` is the record's verifier key line; `witness_keys` are the witnesses' lines, one a line, of which `required`
/// must have cosigned. Returns `{"ok":true,"index","size","root","origin","leaf":{…}}` or `{"ok":false,"check","message"}`.
///
/// # Errors
/// A key line that is not one.
#[wasm_bindgen]
pub fn verify_receipt(
    receipt: &str,
    log_key: &str,
    witness_keys: &str,
    required: u32,
) -> Result<String, JsError> {
    Ok(acts::verify_receipt(
        receipt,
        log_key,
        witness_keys,
        required,
    )?)
}

/// Verifies a poll's bundle whole, and that the ballot of a receipt is in its record and its count.
///
/// Returns `{"ok":true,"tracker","index","replaced_by":null|…,"checks":[…]}`, where `replaced_by` is the entry of a later ballot of
/// the same credential that counts in its place, or `{"ok":false,"check","message","checks":[…]}`.
///
/// # Errors
/// None that is not a fault of this program.
#[wasm_bindgen]
pub fn counted_ballot(bundle: &[u8], receipt: &str) -> Result<String, JsError> {
    Ok(acts::counted_ballot(bundle, receipt)?)
}

/// [`verify_receipt`] for a receipt in its parts: the leaf's text, its index, the proof as a JSON array of base64 hashes, and the
/// signed checkpoint.
///
/// # Errors
/// As [`verify_receipt`], and a proof that is not such an array.
#[wasm_bindgen]
pub fn verify_inclusion(
    leaf: &str,
    index: u64,
    proof: &str,
    checkpoint: &str,
    log_key: &str,
    witness_keys: &str,
    required: u32,
) -> Result<String, JsError> {
    Ok(acts::verify_inclusion(
        leaf,
        index,
        proof,
        checkpoint,
        log_key,
        witness_keys,
        required,
    )?)
}

/// Checks that a newer checkpoint continues an older one that this device has kept. `proof` is a JSON array of base64
/// hashes.
///
/// Returns `{"ok":true,"old","new"}` (the sizes) or `{"ok":false,"check","message"}`.
///
/// # Errors
/// As [`verify_inclusion`].
#[wasm_bindgen]
pub fn verify_consistency(
    old: &str,
    new: &str,
    proof: &str,
    log_key: &str,
) -> Result<String, JsError> {
    Ok(acts::verify_consistency(old, new, proof, log_key)?)
}

/// Reads a body's document as served at `/record/body/{hash}`; `hash` is the one in the leaf.
///
/// Returns `{"ok":true,"body":"…"}` or `{"ok":false,"check":"body","message"}`.
///
/// # Errors
/// A hash that is not 64 hexadecimal digits.
#[wasm_bindgen]
pub fn open_body(document: &[u8], hash: &str) -> Result<String, JsError> {
    Ok(acts::open_body(document, hash)?)
}

/// Checks one ballot against an archive's election and roll, and its earlier ballots unless `fresh`.
///
/// Returns `{"ok":true,"tracker"}` or `{"ok":false,"check","message"}`.
///
/// # Errors
/// None that is not a fault of this program.
#[wasm_bindgen]
pub fn check_ballot(archive: &[u8], ballot: &str, fresh: bool) -> Result<String, JsError> {
    Ok(acts::check_ballot(archive, ballot, fresh)?)
}

/// Recomputes a challenged ballot from its opening, with the election object of the record.
///
/// Returns `{"ok":true,"tracker","choices":[[true,…]…],"answers":[["…"]…],"blank":[false,…]}` or
/// `{"ok":false,"check","message"}`.
///
/// # Errors
/// None that is not a fault of this program.
#[wasm_bindgen]
pub fn open_ballot(election: &str, opening: &str, ballot: &str) -> Result<String, JsError> {
    Ok(acts::open_ballot(election, opening, ballot)?)
}
