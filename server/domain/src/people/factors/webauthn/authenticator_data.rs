//! What an authenticator says (Web Authentication section 6.1).

use super::WebauthnError;
use ciborium::Value;
use ring::digest::{SHA256, digest};

const USER_PRESENT: u8 = 0x01;
const USER_VERIFIED: u8 = 0x04;
const HAS_CREDENTIAL: u8 = 0x40;
const HAS_EXTENSIONS: u8 = 0x80;

/// What an authenticator says.
#[derive(Debug)]
pub(super) struct AuthenticatorData<'a> {
    rp_id_hash: [u8; 32],
    flags: u8,
    /// How often it has signed, or zero where it does not count.
    pub(super) sign_count: u32,
    /// The new credential, in a registration.
    pub(super) credential: Option<AttestedCredential<'a>>,
}

/// A new credential (section 6.5.1).
#[derive(Debug)]
pub(super) struct AttestedCredential<'a> {
    /// Its id.
    pub(super) id: &'a [u8],
    /// Its public key, COSE in CBOR.
    pub(super) key: &'a [u8],
}

impl<'a> AuthenticatorData<'a> {
    /// Reads all of it; what is left over is refused.
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, WebauthnError> {
        Self::parse(bytes).ok_or(WebauthnError::AuthenticatorData)
    }

    fn parse(bytes: &'a [u8]) -> Option<Self> {
        let (rp_id_hash, rest) = bytes.split_first_chunk()?;
        let (flags, rest) = rest.split_first()?;
        let (sign_count, mut rest) = rest.split_first_chunk()?;
        let mut credential = None;
        if flags & HAS_CREDENTIAL != 0 {
            // The first 16 bytes name the authenticator's model, which nobody asks for.
            let (_, after) = rest.split_first_chunk::<16>()?;
            let (length, after) = after.split_first_chunk()?;
            let (id, after) = after.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
            let (key, after) = one_item(after)?;
            credential = Some(AttestedCredential { id, key });
            rest = after;
        }
        if flags & HAS_EXTENSIONS != 0 {
            (_, rest) = one_item(rest)?;
        }
        rest.is_empty().then_some(Self {
            rp_id_hash: *rp_id_hash,
            flags: *flags,
            sign_count: u32::from_be_bytes(*sign_count),
            credential,
        })
    }

    /// Refuses what was said to another service (section 7.2 step 15).
    pub(super) fn require_rp(&self, rp_id: &str) -> Result<(), WebauthnError> {
        if digest(&SHA256, rp_id.as_bytes()).as_ref() == self.rp_id_hash {
            Ok(())
        } else {
            Err(WebauthnError::RelyingParty)
        }
    }

    /// Refuses where nobody was there, or where the authenticator has not made sure that it was its owner (steps 16
    /// and 17).
    pub(super) const fn require_user(&self) -> Result<(), WebauthnError> {
        if self.flags & USER_PRESENT == 0 {
            Err(WebauthnError::UserAbsent)
        } else if self.flags & USER_VERIFIED == 0 {
            Err(WebauthnError::UserNotVerified)
        } else {
            Ok(())
        }
    }
}

/// The bytes of one item of CBOR, and what follows it.
fn one_item(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut rest = bytes;
    ciborium::from_reader::<Value, _>(&mut rest).ok()?;
    bytes.split_at_checked(bytes.len().checked_sub(rest.len())?)
}
