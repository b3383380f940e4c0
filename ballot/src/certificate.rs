//! The certificate with which a credential authority stands by its list. The servers of release 3.3.0 add it to the setup.
//!
//! It binds the list by its hash and length to one election, under a key of the authority's own that nothing else
//! vouches for: it proves that the list is the one that this key's owner made, not who that is.

use crate::digest::sha256;
use crate::group::{Group, GroupElement};
use crate::proof::Proof;
use crate::trustee::is_signed_by;
use crate::uuid::Uuid;
use crate::wire::{Reader, Wire, WireError, WireFault, Writer};

/// A signed statement of which public credentials an election has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialsCertificate<G: Group> {
    uuid: Uuid,
    voter_list_length: u64,
    public_creds_hash: HexDigest,
    verification_key: G::Element,
    encryption_key: G::Element,
    signature: HashSignature<G>,
}

/// Why a certificate is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateError {
    /// It is for another election.
    #[error("the credentials' certificate is for another election")]
    OtherElection,
    /// It is for another list of credentials.
    #[error("the credentials' certificate is for another list")]
    OtherRoll,
    /// It says another number of credentials.
    #[error("the credentials' certificate says that there are {said}, and there are {found}")]
    Length {
        /// What it says.
        said: u64,
        /// Credentials on the list.
        found: u64,
    },
    /// One of its keys is the neutral element.
    #[error("a key of the credentials' certificate is the neutral element")]
    NeutralKey,
    /// What is signed is not the certificate.
    #[error("the signature of the credentials' certificate is of something else")]
    SignedHash,
    /// The signature does not hold.
    #[error("the credentials' certificate is not signed by its key")]
    Signature,
}

impl CertificateError {
    /// What is wrong, as a stable name for machines.
    pub fn code(&self) -> &'static str {
        match self {
            Self::OtherElection => "certificate-election",
            Self::OtherRoll => "certificate-roll",
            Self::Length { .. } => "certificate-length",
            Self::NeutralKey => "certificate-key",
            Self::SignedHash => "certificate-hash",
            Self::Signature => "certificate-signature",
        }
    }
}

impl<G: Group> CredentialsCertificate<G> {
    /// Checks that it is signed, and that it is for this election and the list of `length` credentials whose object is `roll`.
    ///
    /// # Errors
    /// [`CertificateError`].
    pub fn verify(&self, uuid: &Uuid, roll: &[u8], length: u64) -> Result<(), CertificateError> {
        if self.uuid != *uuid {
            return Err(CertificateError::OtherElection);
        }
        if self.public_creds_hash != HexDigest::of(roll) {
            return Err(CertificateError::OtherRoll);
        }
        if self.voter_list_length != length {
            return Err(CertificateError::Length {
                said: self.voter_list_length,
                found: length,
            });
        }
        if self.verification_key.is_identity() || self.encryption_key.is_identity() {
            return Err(CertificateError::NeutralKey);
        }
        let HashSignature { message, signature } = &self.signature;
        if *message != self.signed_hash() {
            return Err(CertificateError::SignedHash);
        }
        if !is_signed_by(signature, &self.verification_key, &message.to_string()) {
            return Err(CertificateError::Signature);
        }
        Ok(())
    }

    /// The hash of the certificate without its signature.
    fn signed_hash(&self) -> HexDigest {
        let mut out = Writer::default();
        self.write_with(None, &mut out);
        HexDigest::of(out.finish().as_bytes())
    }

    fn write_with(&self, signature: Option<&HashSignature<G>>, out: &mut Writer) {
        out.object(|o| {
            o.member("uuid", &self.uuid);
            o.member("voter_list_length", &self.voter_list_length);
            o.member("public_creds_hash", &self.public_creds_hash);
            o.member("verification_key", &self.verification_key);
            o.member("encryption_key", &self.encryption_key);
            o.optional("signature", signature);
        });
    }
}

/// SHA-256 in lowercase hexadecimal, as archives write it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct HexDigest([u8; 32]);

impl HexDigest {
    fn of(bytes: &[u8]) -> Self {
        Self(sha256([bytes]))
    }
}

/// A signed message whose text is a hash.
#[derive(Debug, Clone, PartialEq, Eq)]
struct HashSignature<G: Group> {
    message: HexDigest,
    signature: Proof<G>,
}

impl<G: Group> Wire for CredentialsCertificate<G> {
    fn write(&self, out: &mut Writer) {
        self.write_with(Some(&self.signature), out);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.object(|o| {
            Ok(Self {
                uuid: o.required("uuid")?,
                voter_list_length: o.required("voter_list_length")?,
                public_creds_hash: o.required("public_creds_hash")?,
                verification_key: o.required("verification_key")?,
                encryption_key: o.required("encryption_key")?,
                signature: o.required("signature")?,
            })
        })
    }
}

impl<G: Group> Wire for HashSignature<G> {
    fn write(&self, out: &mut Writer) {
        out.object(|o| {
            o.member("message", &self.message);
            o.member("signature", &self.signature);
        });
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.object(|o| {
            Ok(Self {
                message: o.required("message")?,
                signature: o.required("signature")?,
            })
        })
    }
}

impl std::fmt::Display for HexDigest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl Wire for HexDigest {
    fn write(&self, out: &mut Writer) {
        out.string(&self.to_string());
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.plain_string(|text| {
            let mut bytes = [0; 32];
            let read = hex::decode_to_slice(text, &mut bytes).map(|()| Self(bytes));
            let digest = read.ok().filter(|digest| digest.to_string() == text);
            digest.ok_or(WireFault::Invalid(
                "64 lowercase hexadecimal digits expected",
            ))
        })
    }
}
