//! Whole ceremonies, and ceremonies in which somebody does one thing wrong.
//!
//! They stand inside the crate because a cheat signs and encrypts as well as anybody: only the one thing is wrong.

mod acknowledgements;
mod attacks;
mod decryption;
mod states;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use super::*;
use crate::Ed25519;
use crate::trustee::seed::Keys;

/// A ceremony up to a round, with everybody's states and messages.
struct Ceremony {
    certified: Vec<Certified<Ed25519>>,
    certificates: Vec<String>,
    committed: Vec<Committed<Ed25519>>,
    commitments: Vec<String>,
    revealed: Vec<Revealed<Ed25519>>,
    polynomials: Vec<String>,
    keyed: Vec<Keyed<Ed25519>>,
    acknowledgements: Vec<String>,
    rng: ChaCha20Rng,
}

fn setting(size: u32, threshold: u32) -> Setting {
    Setting::new("MinshengCeremony".parse().unwrap(), size, threshold).unwrap()
}

fn member(n: u32) -> TrusteeId {
    TrusteeId::new(n).unwrap()
}

impl Ceremony {
    fn certified(size: u32, threshold: u32, seed: u8) -> Self {
        let mut rng = ChaCha20Rng::from_seed([seed; 32]);
        let certified: Vec<_> = (1..=size)
            .map(|n| Place::new(setting(size, threshold), member(n)).unwrap())
            .map(|place| Certified::start(place, &mut rng))
            .collect();
        Self {
            certificates: certified.iter().map(Certified::message).collect(),
            certified,
            committed: Vec::new(),
            commitments: Vec::new(),
            revealed: Vec::new(),
            polynomials: Vec::new(),
            keyed: Vec::new(),
            acknowledgements: Vec::new(),
            rng,
        }
    }

    fn commit(mut self) -> Self {
        let (certificates, rng) = (&self.certificates, &mut self.rng);
        let commit = |device: &Certified<_>| device.commit(certificates, rng).unwrap();
        self.committed = self.certified.iter().map(commit).collect();
        self.commitments = self.committed.iter().map(Committed::message).collect();
        self
    }

    fn reveal(mut self) -> Self {
        let reveal = |device: &Committed<_>| device.reveal(&self.commitments).unwrap();
        self.revealed = self.committed.iter().map(reveal).collect();
        self.polynomials = self.revealed.iter().map(Revealed::message).collect();
        self
    }

    fn acknowledge(mut self) -> Self {
        let (polynomials, rng) = (&self.polynomials, &mut self.rng);
        let acknowledge = |device: &Revealed<_>| device.acknowledge(polynomials, rng).unwrap();
        self.keyed = self.revealed.iter().map(acknowledge).collect();
        self.acknowledgements = self.keyed.iter().map(Keyed::message).collect();
        self
    }

    fn finish(&self) -> Vec<Finished<Ed25519>> {
        let finish = |device: &Keyed<_>| device.finish(&self.acknowledgements).unwrap();
        self.keyed.iter().map(finish).collect()
    }

    /// The keys with which member `n` signs and decrypts.
    fn keys(&self, n: u32) -> Keys<Ed25519> {
        entry(&self.certified, member(n)).unwrap().seed().keys()
    }

    fn checked_certificates(&self) -> Certificates<Ed25519> {
        let setting = self.certified[0].place().setting().clone();
        Certificates::check(setting, &self.certificates).unwrap()
    }

    /// As whoever watches sees it.
    fn checked_polynomials(&self) -> Polynomials<Ed25519> {
        let commitments =
            Commitments::check(self.checked_certificates(), &self.commitments).unwrap();
        Polynomials::check(commitments, &self.polynomials).unwrap()
    }
}

/// The blame and the fault of a refused message.
fn refusal<T: std::fmt::Debug>(
    result: Result<T, CeremonyError>,
) -> (u32, MessageKind, MessageFault) {
    match result.unwrap_err() {
        CeremonyError::Refused {
            trustee,
            message,
            fault,
        } => (trustee.get(), message, fault),
        other => panic!("{other:?}"),
    }
}
