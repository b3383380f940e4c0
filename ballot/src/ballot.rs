//! A sealed, signed ballot.

use crate::digest::{Digest, Fingerprint, Tracker};
use crate::elgamal::Ciphertext;
use crate::group::Group;
use crate::proof::Proof;
use crate::uuid::Uuid;
use crate::wire::{Fields, ObjectWriter, Reader, Wire, WireError, WireFault, Writer};

/// A ballot as it is cast, recorded and counted. Specification 3.3.0, section 4.17.
///
/// Reading one checks its encoding and that its elements are in the group; [`Ballot::verify`] checks the rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ballot<G: Group> {
    /// The election that it belongs to.
    pub election_uuid: Uuid,
    /// φ of that election.
    pub election_hash: Fingerprint,
    /// The public credential under which it is signed.
    pub credential: G::Element,
    /// One answer for each question.
    pub answers: Vec<Answer<G>>,
    /// The signature over all that stands above.
    pub signature: Signature<G>,
}

/// The sealed answer to one question. Specification 3.3.0, section 4.11.1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer<G: Group> {
    /// One ciphertext of 0 or 1 for each answer, preceded by "blank" where the question allows a blank vote.
    pub choices: Vec<Ciphertext<G>>,
    /// For each ciphertext, a proof in two branches that it hides 0 or 1.
    pub individual_proofs: Vec<Vec<Proof<G>>>,
    /// That the sum is within the question's bounds (or the vote is blank).
    pub overall_proof: Vec<Proof<G>>,
    /// That a blank vote ticks nothing; only where the question allows a blank vote.
    pub blank_proof: Option<Vec<Proof<G>>>,
}

/// A ballot's signature. Specification 3.3.0, section 4.16.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature<G: Group> {
    /// Hash of the ballot without its signature.
    pub hash: Digest,
    /// Proof of knowledge of the credential's secret, bound to the hash.
    pub proof: Proof<G>,
}

impl<G: Group> Ballot<G> {
    /// The smart ballot tracker: the hash of the ballot's encoding.
    pub fn tracker(&self) -> Tracker {
        Digest::of(self.to_json())
    }

    /// The hash that the signature signs.
    pub fn signed_hash(&self) -> Digest {
        hash_to_sign(
            &self.election_uuid,
            self.election_hash,
            &self.credential,
            &self.answers,
        )
    }
}

/// The hash of a ballot's encoding without its signature.
pub(crate) fn hash_to_sign<G: Group>(
    uuid: &Uuid,
    fingerprint: Fingerprint,
    credential: &G::Element,
    answers: &[Answer<G>],
) -> Digest {
    let mut out = Writer::default();
    out.object(|o| write_unsigned(o, uuid, fingerprint, credential, answers));
    Digest::of(out.finish())
}

/// The credential of a ballot that has not been read yet, as it is written, so that the ballots that count can be
/// found before any is checked.
///
/// # Errors
/// [`WireError`] if it does not begin as a ballot does.
pub fn credential_of_ballot(bytes: &[u8]) -> Result<&str, WireError> {
    let mut reader = Reader::new(bytes)?;
    reader.expect("{\"election_uuid\":")?;
    reader.plain_string(Ok::<_, WireFault>)?;
    reader.expect(",\"election_hash\":")?;
    reader.plain_string(Ok::<_, WireFault>)?;
    reader.expect(",\"credential\":")?;
    reader.plain_string(Ok::<_, WireFault>)
}

fn write_unsigned<G: Group>(
    o: &mut ObjectWriter<'_>,
    uuid: &Uuid,
    fingerprint: Fingerprint,
    credential: &G::Element,
    answers: &[Answer<G>],
) {
    o.member("election_uuid", uuid);
    o.member("election_hash", &fingerprint);
    o.member("credential", credential);
    o.member_with("answers", |out| out.array(answers));
}

impl<G: Group> Wire for Ballot<G> {
    fn write(&self, out: &mut Writer) {
        out.object(|o| {
            write_unsigned(
                o,
                &self.election_uuid,
                self.election_hash,
                &self.credential,
                &self.answers,
            );
            o.member("signature", &self.signature);
        });
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.object(|o| {
            Ok(Self {
                election_uuid: o.required("election_uuid")?,
                election_hash: o.required("election_hash")?,
                credential: o.required("credential")?,
                answers: o.required("answers")?,
                signature: o.required("signature")?,
            })
        })
    }
}

impl<G: Group> Wire for Answer<G> {
    fn write(&self, out: &mut Writer) {
        out.object(|o| {
            o.member("choices", &self.choices);
            o.member("individual_proofs", &self.individual_proofs);
            o.member("overall_proof", &self.overall_proof);
            o.optional("blank_proof", self.blank_proof.as_ref());
        });
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.object(|o: &mut Fields<'_, '_>| {
            Ok(Self {
                choices: o.required("choices")?,
                individual_proofs: o.required("individual_proofs")?,
                overall_proof: o.required("overall_proof")?,
                blank_proof: o.optional("blank_proof")?,
            })
        })
    }
}

impl<G: Group> Wire for Signature<G> {
    fn write(&self, out: &mut Writer) {
        out.object(|o| {
            o.member("hash", &self.hash);
            o.member("proof", &self.proof);
        });
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.object(|o| {
            Ok(Self {
                hash: o.required("hash")?,
                proof: o.required("proof")?,
            })
        })
    }
}
