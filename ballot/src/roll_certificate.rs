//! What an external credential authority signs about a roll: an optional object of an election's setup.
//!
//! Since release 3.2 the independent server writes one where the credentials were made elsewhere. It belongs to the archive's
//! format, not to the specification 3.3.0; what it says is checked as the server's own pages check it.

use sha2::{Digest as _, Sha256};

use crate::election::Election;
use crate::group::{Group, GroupElement};
use crate::proof::Proof;
use crate::uuid::Uuid;
use crate::wire::{ObjectWriter, Reader, Wire, WireError, WireFault, Writer};

/// A roll's certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RollCertificate<G: Group> {
    uuid: Uuid,
    voters: u64,
    roll: HexHash,
    verification: G::Element,
    encryption: G::Element,
    signature: Signature<G>,
}

/// SHA-256, 64 lowercase hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq)]
struct HexHash(String);

/// The hash of the certificate without its signature, with a signature of these 64 letters.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Signature<G: Group> {
    message: HexHash,
    proof: Proof<G>,
}

/// Why a certificate is none for a roll.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RollCertificateError {
    /// It is for another election.
    #[error("the roll's certificate is for another election")]
    OtherElection,
    /// It is for a roll of another length or with other bytes.
    #[error("the roll's certificate is for another roll")]
    OtherRoll,
    /// One of its keys is the neutral element.
    #[error("a key of the roll's certificate is the neutral element")]
    NeutralKey,
    /// Its signature is for something else or by somebody else.
    #[error("the roll's certificate is not signed by its key")]
    Signature,
}

impl<G: Group> RollCertificate<G> {
    /// Checks that it is signed, and for this election and a roll of `voters` credentials with these exact bytes.
    ///
    /// # Errors
    /// [`RollCertificateError`], the first that applies.
    pub fn verify(
        &self,
        election: &Election<G>,
        roll: &[u8],
        voters: u64,
    ) -> Result<(), RollCertificateError> {
        if self.uuid != *election.uuid() {
            return Err(RollCertificateError::OtherElection);
        }
        if self.voters != voters || self.roll != HexHash::of(roll) {
            return Err(RollCertificateError::OtherRoll);
        }
        if self.verification.is_identity() || self.encryption.is_identity() {
            return Err(RollCertificateError::NeutralKey);
        }
        let mut unsigned = Writer::default();
        unsigned.object(|o| self.write_unsigned(o));
        let Signature { message, proof } = &self.signature;
        let prefix = format!("sigmsg|{}|", message.0);
        let signed = *message == HexHash::of(unsigned.finish().as_bytes())
            && proof.shows_knowledge(&self.verification, &prefix);
        signed.then_some(()).ok_or(RollCertificateError::Signature)
    }

    fn write_unsigned(&self, o: &mut ObjectWriter<'_>) {
        o.member("uuid", &self.uuid);
        o.member("voter_list_length", &self.voters);
        o.member("public_creds_hash", &self.roll);
        o.member("verification_key", &self.verification);
        o.member("encryption_key", &self.encryption);
    }
}

impl HexHash {
    fn of(bytes: &[u8]) -> Self {
        Self(hex::encode(Sha256::digest(bytes)))
    }
}

impl<G: Group> Wire for RollCertificate<G> {
    fn write(&self, out: &mut Writer) {
        out.object(|o| {
            self.write_unsigned(o);
            o.member("signature", &self.signature);
        });
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.object(|o| {
            Ok(Self {
                uuid: o.required("uuid")?,
                voters: o.required("voter_list_length")?,
                roll: o.required("public_creds_hash")?,
                verification: o.required("verification_key")?,
                encryption: o.required("encryption_key")?,
                signature: o.required("signature")?,
            })
        })
    }
}

impl<G: Group> Wire for Signature<G> {
    fn write(&self, out: &mut Writer) {
        out.object(|o| {
            o.member("message", &self.message);
            o.member("signature", &self.proof);
        });
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.object(|o| {
            Ok(Self {
                message: o.required("message")?,
                proof: o.required("signature")?,
            })
        })
    }
}

impl Wire for HexHash {
    fn write(&self, out: &mut Writer) {
        out.string(&self.0);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.plain_string(|text| {
            let digit = |b: u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
            let good = text.len() == 64 && text.bytes().all(digit);
            good.then(|| Self(text.to_owned()))
                .ok_or(WireFault::Invalid(
                    "64 lowercase hexadecimal digits expected",
                ))
        })
    }
}
