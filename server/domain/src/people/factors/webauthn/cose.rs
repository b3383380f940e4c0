//! A credential's public key as authenticators write it: COSE in CBOR (RFC 9052 section 7, RFC 9053 section 7, RFC 8230
//! section 4), of the algorithms that are asked for.

use super::WebauthnError;
use ciborium::Value;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
    UnparsedPublicKey,
};

/// ECDSA on P-256 with SHA-256.
const ES256: i64 = -7;
/// Ed25519.
const EDDSA: i64 = -8;
/// RSASSA-PKCS1-v1_5 with SHA-256.
const RS256: i64 = -257;

/// The algorithms that are asked for (IANA's numbers of COSE), the preferred one first.
pub const ALGORITHMS: [i64; 3] = [EDDSA, ES256, RS256];

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PublicKey {
    /// A point of P-256, uncompressed: 4, x, y.
    Es256(Vec<u8>),
    /// A point of Ed25519.
    EdDsa(Vec<u8>),
    /// Modulus and exponent, big-endian.
    Rs256 {
        /// The modulus.
        n: Vec<u8>,
        /// The exponent.
        e: Vec<u8>,
    },
}

impl PublicKey {
    /// Reads a key.
    pub(super) fn read(cose: &[u8]) -> Result<Self, WebauthnError> {
        let value: Value = ciborium::from_reader(cose).map_err(|_| WebauthnError::Key)?;
        let map = value.as_map().ok_or(WebauthnError::Key)?;
        let number = |label: i64| find(map, label)?.as_integer()?.try_into().ok();
        let bytes = |label: i64, length: Option<usize>| {
            find(map, label)
                .and_then(Value::as_bytes)
                .filter(|bytes| length.is_none_or(|length| bytes.len() == length))
                .cloned()
                .ok_or(WebauthnError::Key)
        };
        let (kind, algorithm, curve) = (number(1), number(3), number(-1));
        // Kinds of keys: 1 OKP, 2 EC2, 3 RSA; curves: 1 P-256, 6 Ed25519.
        match (kind, algorithm, curve) {
            (Some(2), Some(ES256), Some(1)) => {
                let (x, y) = (bytes(-2, Some(32))?, bytes(-3, Some(32))?);
                Ok(Self::Es256([vec![4], x, y].concat()))
            }
            (Some(1), Some(EDDSA), Some(6)) => Ok(Self::EdDsa(bytes(-2, Some(32))?)),
            (Some(3), Some(RS256), _) => Ok(Self::Rs256 {
                n: bytes(-1, None)?,
                e: bytes(-2, None)?,
            }),
            _ => Err(WebauthnError::Algorithm),
        }
    }

    /// The number of its algorithm.
    pub(super) const fn algorithm(&self) -> i64 {
        match self {
            Self::Es256(_) => ES256,
            Self::EdDsa(_) => EDDSA,
            Self::Rs256 { .. } => RS256,
        }
    }

    /// Whether the signature is this key's, of this message.
    pub(super) fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), WebauthnError> {
        match self {
            Self::Es256(point) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point).verify(message, signature)
            }
            Self::EdDsa(point) => {
                UnparsedPublicKey::new(&ED25519, point).verify(message, signature)
            }
            Self::Rs256 { n, e } => RsaPublicKeyComponents { n, e }.verify(
                &RSA_PKCS1_2048_8192_SHA256,
                message,
                signature,
            ),
        }
        .map_err(|_| WebauthnError::Signature)
    }
}

fn find(map: &[(Value, Value)], label: i64) -> Option<&Value> {
    let label = Value::from(label);
    map.iter()
        .find_map(|(key, value)| (*key == label).then_some(value))
}
