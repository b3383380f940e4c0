//! Personal data at rest: encrypted with a key that lies beside the database, never in it, so that a copy of the
//! database alone shows nobody's contact.

use super::entropy::Entropy;
use super::whole_file;
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Prk, Salt};
use ring::hmac;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// What a sealed value or a keyed hash is for. Each purpose has its own key, so that a value of one can never pass
/// for another's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A contact (`account_contacts`, `sign_in_tickets`).
    Contact,
    /// A one-time code.
    Code,
    /// A second factor: an app's secret, a passkey's key, a challenge (`factors`, `factor_offers`).
    Factor,
    /// A recovery code (`recovery_codes`).
    RecoveryCode,
    /// Whether it is this database's key (`data_key_check`).
    KeyCheck,
    /// What is counted against a limit.
    Limit,
    /// A device on which somebody was signed in before.
    Device,
    /// A message that waits to be sent.
    Message,
    /// Whose device made which credential (`poll_links`).
    Link,
    /// The codes that show who is in the hall at a check-in.
    CheckInCode,
    /// A scrutineer's partial decryption before the announcement (`poll_partials`).
    PartialDecryption,
}

impl Purpose {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Contact => b"minsheng contact v1",
            Self::Code => b"minsheng code v1",
            Self::Factor => b"minsheng factor v1",
            Self::RecoveryCode => b"minsheng recovery code v1",
            Self::KeyCheck => b"minsheng key check v1",
            Self::Limit => b"minsheng limit v1",
            Self::Device => b"minsheng device v1",
            Self::Message => b"minsheng message v1",
            Self::Link => b"minsheng link v1",
            Self::CheckInCode => b"minsheng check-in code v1",
            Self::PartialDecryption => b"minsheng partial decryption v1",
        }
    }
}

/// The keys that are derived from `data.key`.
pub struct Vault(Prk);

/// Why the data key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The file cannot be read or written.
    #[error("{path}: {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file holds something else than 32 bytes.
    #[error("{path}: a data key has 32 bytes, this file has {length}")]
    Length {
        /// Which file.
        path: PathBuf,
        /// How many it has.
        length: usize,
    },
}

/// A sealed value that was not sealed by this key for this purpose, or was changed since.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a sealed value cannot be opened: another data key, or the value was changed")]
pub struct Unsealable;

impl Vault {
    /// Reads the key that is there; `None` where none was made yet. Makes nothing.
    pub fn load(data_dir: &Path, entropy: &Entropy) -> Result<Option<Self>, VaultError> {
        if data_dir.join("data.key").exists() {
            Self::load_or_make(data_dir, entropy).map(Some)
        } else {
            Ok(None)
        }
    }

    /// Reads `data.key` in the data directory, or makes it at the first start (readable by the owner alone).
    pub fn load_or_make(data_dir: &Path, entropy: &Entropy) -> Result<Self, VaultError> {
        Self::of_key_file(data_dir.join("data.key"), entropy)
    }

    /// Reads the key in this file, or makes one where there is no file.
    pub fn of_key_file(path: PathBuf, entropy: &Entropy) -> Result<Self, VaultError> {
        let file = |source| VaultError::File {
            path: path.clone(),
            source,
        };
        let key = match std::fs::read(&path) {
            Ok(bytes) => Zeroizing::new(bytes),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let made = Zeroizing::new(entropy.bytes::<32>().to_vec());
                whole_file::create(&path, &made).map_err(file)?;
                made
            }
            Err(error) => return Err(file(error)),
        };
        if key.len() != 32 {
            return Err(VaultError::Length {
                path,
                length: key.len(),
            });
        }
        Ok(Self(
            Salt::new(HKDF_SHA256, b"minsheng data key v1").extract(&key),
        ))
    }

    /// Encrypts (ChaCha20-Poly1305, RFC 8439): 12 bytes of nonce, the ciphertext, 16 bytes of tag.
    ///
    /// # Errors
    /// [`Unsealable`] where the text is longer than the cipher can take.
    pub fn seal(
        &self,
        purpose: Purpose,
        text: &[u8],
        entropy: &Entropy,
    ) -> Result<Vec<u8>, Unsealable> {
        let nonce: [u8; NONCE_LEN] = entropy.bytes();
        let mut sealed = text.to_vec();
        self.cipher(purpose)?
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(purpose.label()),
                &mut sealed,
            )
            .map_err(|_| Unsealable)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Decrypts what [`Vault::seal`] made for the same purpose.
    pub fn open(&self, purpose: Purpose, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Unsealable> {
        let (nonce, text) = sealed.split_first_chunk::<NONCE_LEN>().ok_or(Unsealable)?;
        let mut text = Zeroizing::new(text.to_vec());
        let length = self
            .cipher(purpose)?
            .open_in_place(
                Nonce::assume_unique_for_key(*nonce),
                Aad::from(purpose.label()),
                &mut text,
            )
            .map_err(|_| Unsealable)?
            .len();
        text.truncate(length);
        Ok(text)
    }

    /// The keyed hash (HMAC-SHA-256) of the parts, each preceded by its length so that no two lists collide.
    pub fn mac(&self, purpose: Purpose, parts: &[&[u8]]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.mac_key(purpose));
        for part in framed(parts) {
            context.update(&part);
        }
        let mut mac = [0; 32];
        mac.copy_from_slice(context.sign().as_ref());
        mac
    }

    /// Whether `mac` is the parts' keyed hash, compared in constant time.
    pub fn is_mac(&self, purpose: Purpose, parts: &[&[u8]], mac: &[u8]) -> bool {
        let whole: Vec<u8> = framed(parts).flatten().collect();
        hmac::verify(&self.mac_key(purpose), &whole, mac).is_ok()
    }

    #[expect(
        clippy::expect_used,
        reason = "HKDF gives up to 255 blocks, this asks for one"
    )]
    fn mac_key(&self, purpose: Purpose) -> hmac::Key {
        let info = [purpose.label(), b" mac".as_slice()];
        let okm = self.0.expand(&info, hmac::HMAC_SHA256);
        hmac::Key::from(okm.expect("one block of HKDF"))
    }

    fn cipher(&self, purpose: Purpose) -> Result<LessSafeKey, Unsealable> {
        let info = [purpose.label(), b" seal".as_slice()];
        let okm = self
            .0
            .expand(&info, &CHACHA20_POLY1305)
            .map_err(|_| Unsealable)?;
        Ok(LessSafeKey::new(UnboundKey::from(okm)))
    }
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault(<redacted>)")
    }
}

fn framed(parts: &[&[u8]]) -> impl Iterator<Item = Vec<u8>> {
    parts.iter().map(|part| {
        let length = u64::try_from(part.len()).unwrap_or(u64::MAX);
        [length.to_be_bytes().as_slice(), part].concat()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vault(dir: &tempfile::TempDir) -> Vault {
        Vault::load_or_make(dir.path(), &Entropy::system()).unwrap()
    }

    #[test]
    fn what_was_sealed_opens_again_after_a_restart_and_shows_nothing_meanwhile() {
        let dir = tempfile::tempdir().unwrap();
        let sealed = vault(&dir)
            .seal(Purpose::Contact, b"+8613800001234", &Entropy::system())
            .unwrap();
        assert!(!sealed.windows(5).any(|five| five == b"13800"));
        let opened = vault(&dir).open(Purpose::Contact, &sealed).unwrap();
        assert_eq!(opened.as_slice(), b"+8613800001234");
    }

    #[test]
    fn a_changed_byte_another_purpose_and_another_key_are_refused() {
        let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let here = vault(&dir);
        let sealed = here
            .seal(Purpose::Contact, b"li@example.cn", &Entropy::system())
            .unwrap();
        for position in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[position] ^= 1;
            assert_eq!(here.open(Purpose::Contact, &changed), Err(Unsealable));
        }
        assert_eq!(here.open(Purpose::Message, &sealed), Err(Unsealable));
        assert_eq!(
            vault(&other).open(Purpose::Contact, &sealed),
            Err(Unsealable)
        );
        assert_eq!(here.open(Purpose::Contact, &[]), Err(Unsealable));
    }

    #[test]
    fn keyed_hashes_differ_by_purpose_and_by_where_the_parts_end() {
        let dir = tempfile::tempdir().unwrap();
        let vault = vault(&dir);
        let one = vault.mac(Purpose::Limit, &[b"ab", b"c"]);
        assert_eq!(one, vault.mac(Purpose::Limit, &[b"ab", b"c"]));
        assert_ne!(one, vault.mac(Purpose::Limit, &[b"a", b"bc"]));
        assert_ne!(one, vault.mac(Purpose::Code, &[b"ab", b"c"]));
        assert!(vault.is_mac(Purpose::Limit, &[b"ab", b"c"], &one));
        assert!(!vault.is_mac(Purpose::Limit, &[b"ab", b"d"], &one));
    }

    #[test]
    fn a_key_file_of_the_wrong_length_is_named() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("data.key"), b"short").unwrap();
        let error = Vault::load_or_make(dir.path(), &Entropy::system()).unwrap_err();
        assert!(matches!(error, VaultError::Length { length: 5, .. }));
    }
}
