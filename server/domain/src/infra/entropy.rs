//! Entropy as a parameter: the operating system's generator in service, a seeded one in tests.

use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use ring::rand::{SecureRandom, SystemRandom};
use std::sync::{Arc, Mutex, PoisonError};

/// A source of random bytes that is fit for secrets.
#[derive(Clone)]
pub struct Entropy(Source);

#[derive(Clone)]
enum Source {
    System(Arc<SystemRandom>),
    Seeded(Arc<Mutex<ChaCha20Rng>>),
}

impl Entropy {
    /// The operating system's generator.
    pub fn system() -> Self {
        Self(Source::System(Arc::new(SystemRandom::new())))
    }

    /// A repeatable generator for tests and for the demo's simulated people. Never for real secrets.
    pub fn seeded(seed: [u8; 32]) -> Self {
        Self(Source::Seeded(Arc::new(Mutex::new(
            ChaCha20Rng::from_seed(seed),
        ))))
    }

    /// `N` fresh random bytes.
    ///
    /// # Panics
    /// Where the operating system has no randomness to give: nothing safe can be done without it.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        match &self.0 {
            #[expect(
                clippy::expect_used,
                reason = "without randomness no secret can be made; going on would be worse"
            )]
            Source::System(system) => system
                .fill(&mut bytes)
                .expect("the operating system gives random bytes"),
            Source::Seeded(rng) => rng
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .fill_bytes(&mut bytes),
        }
        bytes
    }

    /// A generator for the ballot's mathematics, seeded from this source.
    pub fn rng(&self) -> ChaCha20Rng {
        ChaCha20Rng::from_seed(self.bytes())
    }
}

impl std::fmt::Debug for Entropy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Entropy(<redacted>)")
    }
}
