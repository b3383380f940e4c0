//! What may not be in the archive: ballots of revoked credentials, and ballots that were challenged.

use std::collections::{BTreeSet, HashMap};

use ballot::Tracker;

use super::Figures;
use super::check::{failure, json};
use super::file::Small;
use crate::archive::{BallotEntry, ObjectHash, Outline, Place};
use crate::verify::Failure;

/// The file of the challenged ballots' trackers.
pub(super) const SPOILED: &str = "spoiled.json";

/// Revoked credentials are on the roll, each once, as many as the figures say, and none of them has a ballot.
pub(super) fn check_revocations(
    files: &Small,
    figures: &Figures,
    outline: &Outline,
) -> Result<(), Failure> {
    let name = "revocations.json";
    let refused = |reason, message: String| Err(failure("figures", name, reason, message));
    let revoked: Vec<String> = json(files, "figures", name)?;
    let distinct: BTreeSet<&str> = revoked.iter().map(String::as_str).collect();
    if distinct.len() != revoked.len() {
        return refused("repeated", "a credential stands twice".to_owned());
    }
    if u64::try_from(revoked.len()) != Ok(figures.revoked) {
        let message = format!(
            "{} revocations, `revoked` is {}",
            revoked.len(),
            figures.revoked
        );
        return refused("revoked", message);
    }
    if revoked.is_empty() {
        return Ok(());
    }
    // The roll is canonical: its members are written in one way.
    let roll: Vec<&str> = serde_json::from_slice(&outline.setup.credentials)
        .map_err(|error| failure("figures", "roll.json", "encoding", error))?;
    let roll: BTreeSet<&str> = roll.into_iter().collect();
    let cast = by(&outline.ballots, |ballot| ballot.credential);
    for credential in distinct {
        if !roll.contains(credential) {
            return refused("not-on-roll", format!("{credential} is not on the roll"));
        }
        if let Some(ballot) = cast.get(&ObjectHash::of(credential.as_bytes())) {
            let message = format!(
                "{credential} is revoked and has the ballot at event {}",
                ballot.height
            );
            return refused("ballot", message);
        }
    }
    Ok(())
}

/// Spoiled trackers are trackers, each once, and none of them is a ballot of the archive, whether it counts or not.
pub(super) fn check_spoiled(files: &Small, outline: &Outline) -> Result<(), Failure> {
    let spoiled: Vec<String> = json(files, "spoiled", SPOILED)?;
    let cast = by(&outline.ballots, |ballot| ballot.hash);
    let mut seen = BTreeSet::new();
    for text in &spoiled {
        let Some(tracker) = Tracker::parse(text) else {
            let message = format!("`{text}` is not a tracker");
            return Err(failure("spoiled", SPOILED, "encoding", message));
        };
        if !seen.insert(text) {
            let message = format!("{tracker} stands twice");
            return Err(failure("spoiled", SPOILED, "repeated", message));
        }
        if let Some(ballot) = cast.get(&ObjectHash::of_tracker(&tracker)) {
            let message = "it was challenged and its choice shown, and it was cast all the same";
            return Err(failure("spoiled", &ballot.blame(), "ballot", message));
        }
    }
    Ok(())
}

/// The first ballot of each key.
fn by(
    ballots: &[BallotEntry<Place>],
    key: impl Fn(&BallotEntry<Place>) -> ObjectHash,
) -> HashMap<ObjectHash, &BallotEntry<Place>> {
    ballots
        .iter()
        .rev()
        .map(|ballot| (key(ballot), ballot))
        .collect()
}
