//! `ballot` for the browser: the only code there that touches a secret.
//!
//! Every function takes and returns strings, most of them JSON, and does one act. Randomness is an argument: 32 bytes
//! from `crypto.getRandomValues`, **fresh for every call**, so that nothing here asks the system for chance and the same
//! vectors give the same bytes natively and in WebAssembly. A function throws an `Error` with a sentence for people; the
//! functions that judge (`verify_ballot`, `open_ballot`, all `check_…` and `ceremony_…`) return a verdict instead.
//!
//! The functions themselves stand in [`acts`], [`ceremony`] and [`paper`], free of the browser, so that they are tested natively.

#![warn(unreachable_pub)]

pub mod acts;
pub mod ceremony;
pub mod paper;

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

/// Checks before sealing that an election names exactly this rule and this roll, that its key is put together from these
/// trustees' keys, each with its proof of possession, and that the roll has no weights and holds the public part
/// `credential` of the device's own credential (not looked for where it is empty).
///
/// Returns `{"accepted":true,"uuid":"…","fingerprint":"…","print":"…"}` or
/// `{"accepted":false,"check":"<name>","reason":"…"}`; the check is `election`, `binding`, `rule`, `roll`, `trustees` or
/// `credential`. The print is the short form of the fingerprint that people compare aloud.
#[wasm_bindgen]
pub fn check_election(
    election: &str,
    rule: &str,
    roll: &str,
    trustees: &str,
    credential: &str,
) -> String {
    acts::check_election(election, rule, roll, trustees, credential)
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

/// Makes the secret of a teller's device that seals paper.
///
/// Returns `{"secret":"XXXXX-…"}`.
///
/// # Errors
/// A seed of another length.
#[wasm_bindgen]
pub fn make_paper_secret(seed: &[u8]) -> Result<String, JsError> {
    Ok(paper::make_paper_secret(seed)?)
}

/// The public parts of the first `count` credentials of a paper secret. `uuids` is a JSON array of election ids.
///
/// Returns an array for each election, in the order in which they were asked for: `[["<public part>",…],…]`.
///
/// # Errors
/// A text that is no secret or no election id.
#[wasm_bindgen]
pub fn paper_credentials(secret: &str, uuids: &str, count: u32) -> Result<String, JsError> {
    Ok(paper::paper_credentials(secret, uuids, count)?)
}

/// The key with which the two tellers' devices compare in one election.
///
/// Returns `{"key":"XXXXX-…"}`.
///
/// # Errors
/// A text that is no secret or no election id.
#[wasm_bindgen]
pub fn comparison_key(secret: &str, uuid: &str) -> Result<String, JsError> {
    Ok(paper::comparison_key(secret, uuid)?)
}

/// Marks what a teller has typed, so that two tellers can compare it through a service that learns nothing. `sheets` is a JSON array
/// with the choices on each sheet as `seal` takes them, in the order of their numbers; `[]` for one that was ruled invalid.
///
/// Returns `{"count":"<hex>","sheets":["<hex>",…],"invalid":[2]}`: marks of how many there are and of each, and the numbers of
/// those that cannot be sealed.
///
/// # Errors
/// Malformed arguments.
#[wasm_bindgen]
pub fn mark_sheets(election: &str, key: &str, sheets: &str) -> Result<String, JsError> {
    Ok(paper::mark_sheets(election, key, sheets)?)
}

/// Seals a sheet as `seal` does, under the paper secret's credential of this number, from 1.
///
/// # Errors
/// As for `seal`.
#[wasm_bindgen]
pub fn seal_paper(
    election: &str,
    secret: &str,
    number: u32,
    choices: &str,
    seed: &[u8],
) -> Result<String, JsError> {
    Ok(paper::seal_paper(election, secret, number, choices, seed)?)
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
/// Returns `{"accepted":true,"trustee":<number from 1>,"fingerprint":"…"}` or `{"accepted":false,"check":"trustees","reason":"…"}`.
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

/// The trustee's signed approval of the election that is computed from exact rule and roll: once its owner has compared the print.
///
/// Returns `{"trustee":<number>,"statement":{"fingerprint","rule","roll"},"signature":<proof>}`.
///
/// # Errors
/// Malformed arguments, an election that does not bind rule and roll, trustees that are not its own, a key that is none of theirs.
#[wasm_bindgen]
pub fn sign_approval(
    election: &str,
    rule: &str,
    roll: &str,
    trustees: &str,
    private_key: &str,
    seed: &[u8],
) -> Result<String, JsError> {
    Ok(acts::sign_approval(
        election,
        rule,
        roll,
        trustees,
        private_key,
        seed,
    )?)
}

/// The trustee's signed closing statement, `{"fingerprint","root","ballots","tally"}`, which the verifier computed. **Once for an
/// election, ever**: the device keeps what this returns before it sends it, and never asks for another.
///
/// Returns `{"trustee":<number>,"statement":…,"signature":<proof>}`.
///
/// # Errors
/// As [`sign_approval`], and a closing of another election.
#[wasm_bindgen]
pub fn sign_closing(
    election: &str,
    closing: &str,
    trustees: &str,
    private_key: &str,
    seed: &[u8],
) -> Result<String, JsError> {
    Ok(acts::sign_closing(
        election,
        closing,
        trustees,
        private_key,
        seed,
    )?)
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
/// Returns `{"partial_decryption":<object>,"binding":<proof>}`.
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

/// Round 1 of the key ceremony. `place` is `{"poll":"<uuid>","size":<n>,"threshold":<t>,"index":<from 1>}`.
///
/// Returns `{"state":"…","message":"…","passphrase":"…"}`: the device keeps `state` and sends `message`; the
/// passphrase is for its owner to write down, and makes a lost key again.
///
/// # Errors
/// A malformed place, a seed of another length.
#[wasm_bindgen]
pub fn ceremony_start(place: &str, seed: &[u8]) -> Result<String, JsError> {
    Ok(ceremony::ceremony_start(place, seed)?)
}

/// Round 2: checks all certificates (a JSON array of the messages of round 1) and commits to a polynomial.
///
/// Returns `{"accepted":true,"state":"…","message":"…"}` or
/// `{"accepted":false,"check":"<message>","trustee":<to blame>,"reason":"…"}`.
///
/// # Errors
/// A state of another round, malformed arguments.
#[wasm_bindgen]
pub fn ceremony_commit(state: &str, certificates: &str, seed: &[u8]) -> Result<String, JsError> {
    Ok(ceremony::ceremony_commit(state, certificates, seed)?)
}

/// Round 3: checks all commitments and reveals the polynomial with the encrypted shares. Returns as round 2.
///
/// # Errors
/// A state of another round, malformed arguments.
#[wasm_bindgen]
pub fn ceremony_reveal(state: &str, commitments: &str) -> Result<String, JsError> {
    Ok(ceremony::ceremony_reveal(state, commitments)?)
}

/// Round 4: checks all polynomials and the own shares, and acknowledges them. Returns as round 2; the refusal of a bad
/// share has a member `complaint`, a message that proves it to everybody.
///
/// # Errors
/// A state of another round, malformed arguments.
#[wasm_bindgen]
pub fn ceremony_acknowledge(
    state: &str,
    polynomials: &str,
    seed: &[u8],
) -> Result<String, JsError> {
    Ok(ceremony::ceremony_acknowledge(state, polynomials, seed)?)
}

/// Round 5: checks all acknowledgements and the trustees object.
///
/// Returns `{"accepted":true,"trustee":<number>,"private_key":"…","print":"…","trustees":"…"}` or a refusal. The private key is the share together
/// with the key that signs, which the passphrase of round 1 gives.
///
/// # Errors
/// A state of another round, malformed arguments.
#[wasm_bindgen]
pub fn ceremony_finish(
    state: &str,
    acknowledgements: &str,
    passphrase: &str,
) -> Result<String, JsError> {
    Ok(ceremony::ceremony_finish(
        state,
        acknowledgements,
        passphrase,
    )?)
}

/// Whose fault a bad share is. `place` is anybody's.
///
/// Returns `{"accepted":true,"trustee":<to blame>,"reason":"…"}` or the refusal of a complaint that proves nothing.
///
/// # Errors
/// Malformed arguments.
#[wasm_bindgen]
pub fn ceremony_judge(
    place: &str,
    certificates: &str,
    commitments: &str,
    polynomials: &str,
    complaint: &str,
) -> Result<String, JsError> {
    Ok(ceremony::ceremony_judge(
        place,
        certificates,
        commitments,
        polynomials,
        complaint,
    )?)
}

/// Checks a whole ceremony from the public record. `place` is anybody's.
///
/// Returns `{"accepted":true,"print":"…","trustees":"…"}` or a refusal. The print is what people compare of the trustees object.
///
/// # Errors
/// Malformed arguments.
#[wasm_bindgen]
pub fn ceremony_check(
    place: &str,
    certificates: &str,
    commitments: &str,
    polynomials: &str,
    acknowledgements: &str,
) -> Result<String, JsError> {
    Ok(ceremony::ceremony_check(
        place,
        certificates,
        commitments,
        polynomials,
        acknowledgements,
    )?)
}

/// The key of the trustee at `place` again, from its passphrase and the messages of rounds 1 to 3.
///
/// Returns `{"accepted":true,"trustee":<number>,"private_key":"…"}` or a refusal.
///
/// # Errors
/// Malformed arguments.
#[wasm_bindgen]
pub fn ceremony_recover(
    place: &str,
    certificates: &str,
    commitments: &str,
    polynomials: &str,
    passphrase: &str,
) -> Result<String, JsError> {
    Ok(ceremony::ceremony_recover(
        place,
        certificates,
        commitments,
        polynomials,
        passphrase,
    )?)
}

/// Checks a partial decryption, with its binding, of trustee number `owner`, from 1.
///
/// Returns `{"accepted":true,"trustee":<owner>}` or `{"accepted":false,"check":"<name>","reason":"…"}`.
///
/// # Errors
/// A malformed election, trustees object or encrypted tally.
#[wasm_bindgen]
pub fn check_partial_decryption(
    election: &str,
    trustees: &str,
    encrypted_tally: &str,
    owner: u32,
    partial: &str,
) -> Result<String, JsError> {
    Ok(ceremony::check_partial_decryption(
        election,
        trustees,
        encrypted_tally,
        owner,
        partial,
    )?)
}
