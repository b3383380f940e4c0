//! Passwords of staff and deputies: Argon2id (RFC 9106) with 19 MiB and two passes.

use super::error::PeopleError;
use super::weak_password::{self, Weakness};
use crate::infra::entropy::Entropy;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::{OnceCell, Semaphore};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// Each computation takes 19 MiB and a core, so only so many run at once.
static SLOTS: Semaphore = Semaphore::const_new(4);

/// A hash of nothing that anybody can type, computed with where there is no account, so that the answer takes as long.
static NOBODY: OnceCell<String> = OnceCell::const_new();

/// The shortest password, in characters.
pub const SHORTEST: usize = 12;
/// The longest password, in characters.
pub const LONGEST: usize = 128;

/// A typed password; forgotten as soon as possible, never shown.
#[derive(Clone, Zeroize, ZeroizeOnDrop, serde::Deserialize)]
#[serde(transparent)]
pub struct Password(String);

impl Password {
    /// From what was typed.
    pub fn new(typed: impl Into<String>) -> Self {
        Self(typed.into())
    }

    /// Whether both are the same (of two fields of one form: no secret of ours is compared).
    pub fn is_same_as(&self, other: &Self) -> bool {
        self.0 == other.0
    }

    /// How many characters it has.
    pub fn length(&self) -> usize {
        self.0.chars().count()
    }

    /// What makes it easy to guess, if anything. `personal`: the person's name and contacts.
    pub fn weakness(&self, personal: &[String]) -> Option<Weakness> {
        weak_password::weakness(&self.0, personal)
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("<redacted>")
    }
}

fn argon2() -> Result<Argon2<'static>, PeopleError> {
    // RFC 9106 and OWASP's first choice: 19 MiB, 2 passes, 1 lane; 36 ms on one core.
    let params = Params::new(19 * 1024, 2, 1, None)
        .map_err(|error| PeopleError::PasswordHash(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// The hash of a password in the PHC string format, with a fresh salt.
pub async fn hash(password: Password, entropy: &Entropy) -> Result<String, PeopleError> {
    let salt: [u8; 16] = entropy.bytes();
    on_the_blocking_pool(move || {
        let hash: PasswordHash = argon2()?
            .hash_password_with_salt(password.0.as_bytes(), &salt)
            .map_err(|error| PeopleError::PasswordHash(error.to_string()))?;
        Ok(hash.to_string())
    })
    .await
}

/// Whether the password belongs to the hash. Without a hash (no such account, or one without a password) the same
/// work is done and the answer is no.
pub async fn verify(
    password: Password,
    hash_of_account: Option<String>,
    entropy: &Entropy,
) -> Result<bool, PeopleError> {
    let nobody = NOBODY
        .get_or_try_init(|| hash(Password(hex::encode(entropy.bytes::<32>())), entropy))
        .await?
        .clone();
    let known = hash_of_account.is_some();
    let stored = hash_of_account.unwrap_or(nobody);
    let fits = on_the_blocking_pool(move || {
        let parsed = PasswordHash::new(&stored)
            .map_err(|error| PeopleError::PasswordHash(error.to_string()))?;
        Ok(argon2()?
            .verify_password(password.0.as_bytes(), &parsed)
            .is_ok())
    })
    .await?;
    Ok(fits && known)
}

async fn on_the_blocking_pool<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, PeopleError> + Send + 'static,
) -> Result<T, PeopleError> {
    let refused = |reason: &dyn std::fmt::Display| PeopleError::PasswordHash(reason.to_string());
    let slot = SLOTS.acquire().await.map_err(|error| refused(&error))?;
    let span = tracing::Span::current();
    let done = tokio::task::spawn_blocking(move || span.in_scope(work))
        .await
        .map_err(|error| refused(&error))?;
    drop(slot);
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_fits_its_own_hash_alone_and_nobody_has_none() {
        let entropy = Entropy::system();
        let right = || Password::new("青禾县 correct horse");
        let stored = hash(right(), &entropy).await.unwrap();
        assert!(
            stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{stored}"
        );
        assert!(
            verify(right(), Some(stored.clone()), &entropy)
                .await
                .unwrap()
        );
        let wrong = Password::new("青禾县 correct horsf");
        assert!(!verify(wrong, Some(stored.clone()), &entropy).await.unwrap());
        assert!(!verify(right(), None, &entropy).await.unwrap());
        let again = hash(right(), &entropy).await.unwrap();
        assert_ne!(stored, again, "the salt is fresh each time");
    }
}
