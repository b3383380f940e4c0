//! Elections that were read: a frozen election never changes, so it is fetched and parsed once, not for each ballot.

use ballot::{Ed25519, Election, Fingerprint};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

/// How many are kept; a deployment has few open polls at a time.
const KEPT: usize = 16;

type Kept = (Fingerprint, Arc<Election<Ed25519>>);

/// The elections that were read last, by their fingerprints, which are hashes of their bytes.
#[derive(Debug, Default)]
pub struct Elections(Mutex<VecDeque<Kept>>);

impl Elections {
    /// The election with this fingerprint, if it is kept.
    pub fn get(&self, fingerprint: &Fingerprint) -> Option<Arc<Election<Ed25519>>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.iter().find(|(of, _)| of == fingerprint);
        found.map(|(_, election)| Arc::clone(election))
    }

    /// Keeps an election, and lets the oldest go where there are too many.
    pub fn keep(&self, election: Election<Ed25519>) -> Arc<Election<Ed25519>> {
        let election = Arc::new(election);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() == KEPT {
            kept.pop_front();
        }
        kept.push_back((election.fingerprint(), Arc::clone(&election)));
        election
    }
}
