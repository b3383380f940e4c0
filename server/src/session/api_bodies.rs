//! What devices send, as the API's document describes it. The objects are those of the ballot protocol (docs/ballot-protocol.md);
//! they are read and checked as exact bytes by `ballot`, never by these shapes.

use utoipa::ToSchema;

/// A group element of Ed25519: 64 lowercase hexadecimal digits.
#[derive(Debug, ToSchema)]
#[schema(pattern = "^[0-9a-f]{64}$")]
#[expect(dead_code, reason = "describes what `ballot` reads")]
pub(crate) struct Element(String);

/// A scalar in base 10, without leading zeros.
#[derive(Debug, ToSchema)]
#[schema(pattern = "^(0|[1-9][0-9]*)$")]
#[expect(dead_code, reason = "describes what `ballot` reads")]
pub(crate) struct Scalar(String);

/// SHA-256 in base 64 without padding.
#[derive(Debug, ToSchema)]
#[schema(pattern = "^[A-Za-z0-9+/]{43}$")]
#[expect(dead_code, reason = "describes what `ballot` reads")]
pub(crate) struct Base64Hash(String);

/// A zero-knowledge proof.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes what `ballot` reads")]
pub(crate) struct Proof {
    challenge: Scalar,
    response: Scalar,
}

/// An ElGamal ciphertext.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes what `ballot` reads")]
pub(crate) struct Ciphertext {
    alpha: Element,
    beta: Element,
}

/// The sealed answer to one question.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes what `ballot` reads")]
pub(crate) struct SealedAnswer {
    /// A ciphertext for each mark.
    choices: Vec<Ciphertext>,
    /// For each, that it hides 0 or 1.
    individual_proofs: Vec<Vec<Proof>>,
    /// That there are as many marks as the question allows.
    overall_proof: Vec<Proof>,
    /// Where the question allows a blank answer.
    #[schema(required = false)]
    blank_proof: Vec<Proof>,
}

/// A ballot's signature.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes what `ballot` reads")]
pub(crate) struct BallotSignature {
    /// What is signed.
    hash: Base64Hash,
    /// By whom.
    proof: Proof,
}

/// A sealed, signed ballot (§ 6 of the protocol), in its one encoding: compact, members in this order.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes what `ballot` reads")]
pub(crate) struct Ballot {
    /// The election's id, 14 base58 characters.
    election_uuid: String,
    /// The election's fingerprint.
    election_hash: Base64Hash,
    /// The public credential.
    credential: Element,
    /// An answer to each question.
    answers: Vec<SealedAnswer>,
    /// By the credential.
    signature: BallotSignature,
}

/// A round of the key ceremony (§ 3a of the protocol).
#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "describes what `tally` reads")]
pub(crate) enum CeremonyRound {
    Certificate,
    Commitment,
    Polynomial,
    Acknowledgement,
}

/// A scrutineer's public key with its proof of possession.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes what `ballot` reads")]
pub(crate) struct TrusteeKey {
    /// That its owner knows the secret part.
    pok: Proof,
    /// The key.
    public_key: Element,
}

/// Which election a scrutineer's device has computed from rule, roll and trustees.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes what `ballot` reads")]
pub(crate) struct ApprovalStatement {
    /// The election's fingerprint.
    fingerprint: Base64Hash,
    /// SHA-256 of the exact rule.
    rule: Base64Hash,
    /// SHA-256 of the exact roll.
    roll: Base64Hash,
}

/// An approval of the election, in its one encoding.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes what `ballot` reads")]
pub(crate) struct Approval {
    /// The trustee's number, from 1.
    trustee: u32,
    statement: ApprovalStatement,
    signature: Proof,
}

/// Which ballots are summed, and their sum.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes what `ballot` reads")]
pub(crate) struct ClosingOf {
    /// The election's fingerprint.
    fingerprint: Base64Hash,
    /// The root of the record under which the device took the ballots.
    root: Base64Hash,
    /// How many are summed.
    ballots: u64,
    /// SHA-256 of the encrypted tally.
    tally: Base64Hash,
}

/// A closing statement, in its one encoding.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes what `ballot` reads")]
pub(crate) struct ClosingStatement {
    /// The trustee's number, from 1.
    trustee: u32,
    statement: ClosingOf,
    signature: Proof,
}

/// A share of opening the encrypted tally: for each ciphertext of each question a factor, and that it is right.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes what `ballot` reads")]
pub(crate) struct Factors {
    decryption_factors: Vec<Vec<Element>>,
    decryption_proofs: Vec<Vec<Proof>>,
}

/// A partial decryption with the proof that binds its factors (§ 7 of the protocol).
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "describes what `ballot` reads")]
pub(crate) struct PartialDecryption {
    partial_decryption: Factors,
    binding: Proof,
}

/// Which of the two tellers who type the papers.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "describes what the session reads")]
pub(crate) enum PaperSide {
    First,
    Second,
}

/// A keyed mark of what was typed: HMAC-SHA256, 64 lowercase hexadecimal digits.
#[derive(Debug, ToSchema)]
#[schema(pattern = "^[0-9a-f]{64}$")]
#[expect(dead_code, reason = "describes what the session reads")]
pub(crate) struct SheetMark(String);
