//! Paper in the same sealed count: what came out of the box, and the reserved credentials that were left over.

use std::collections::{BTreeSet, HashMap};

use ballot::Tracker;
use serde::{Deserialize, Serialize};

use super::Figures;
use super::check::{failure, json};
use super::file::Small;
use crate::archive::{ObjectHash, Outline};
use crate::rules::Rule;
use crate::verify::Failure;

const CHECK: &str = "paper";
const PAPER: &str = "paper.json";
const VOIDED: &str = "voided.json";

/// What is published of the paper: the file `paper.json`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PaperCount {
    /// Sheets out of the box.
    pub returned: u64,
    /// The numbers of the invalid ones, which are kept and not sealed.
    pub invalid: Vec<u32>,
    /// The trackers of the ballots into which the others were sealed.
    pub sealed: Vec<String>,
}

/// Where the rule reserves paper, the sheets and the credentials left over are accounted for; elsewhere there are none.
pub(super) fn check_paper(
    files: &Small,
    rule: &Rule,
    figures: &Figures,
    outline: &Outline,
) -> Result<(), Failure> {
    let reserved = rule.reserved().paper;
    for name in [PAPER, VOIDED] {
        match (files.optional(name), reserved) {
            (Some(_), 0) => {
                let message = "the rule reserves no paper";
                return Err(failure(CHECK, name, "unexpected", message));
            }
            (None, 1..) => {
                let message = format!("the rule reserves {reserved} paper ballots");
                return Err(failure(CHECK, name, "missing", message));
            }
            _ => {}
        }
    }
    if reserved == 0 {
        return require_no_invalid(figures);
    }
    let cast = Cast::of(outline);
    let count: PaperCount = json(files, CHECK, PAPER)?;
    check_count(&count, figures, &cast)?;
    check_voided(files, reserved, size(&count.sealed), outline, &cast)
}

/// The proofs of a sealed ballot leave nothing that could be invalid.
fn require_no_invalid(figures: &Figures) -> Result<(), Failure> {
    if figures.invalid == 0 {
        return Ok(());
    }
    let message = format!(
        "`invalid` is {}: only paper can be invalid, and the rule reserves none",
        figures.invalid
    );
    Err(failure(CHECK, "figures.json", "invalid", message))
}

/// The archive's ballots: the credential of each, and the number of each credential.
struct Cast {
    credentials: HashMap<ObjectHash, ObjectHash>,
    ballots: HashMap<ObjectHash, u64>,
}

impl Cast {
    fn of(outline: &Outline) -> Self {
        let credentials = outline
            .ballots
            .iter()
            .map(|ballot| (ballot.hash, ballot.credential))
            .collect();
        let mut ballots = HashMap::new();
        for ballot in &outline.ballots {
            *ballots.entry(ballot.credential).or_default() += 1;
        }
        Self {
            credentials,
            ballots,
        }
    }
}

/// Every sheet is invalid or sealed into a ballot of its own that counts; no more of them than were handed out.
fn check_count(count: &PaperCount, figures: &Figures, cast: &Cast) -> Result<(), Failure> {
    let refused = |reason, message: String| Err(failure(CHECK, PAPER, reason, message));
    let (sealed, invalid) = (size(&count.sealed), size(&count.invalid));
    if sealed.checked_add(invalid) != Some(count.returned) {
        let message = format!(
            "{sealed} sealed and {invalid} invalid, `returned` is {}",
            count.returned
        );
        return refused("returned", message);
    }
    let mut seen = BTreeSet::new();
    for text in &count.sealed {
        let Some(tracker) = Tracker::parse(text) else {
            return refused("encoding", format!("`{text}` is not a tracker"));
        };
        if !seen.insert(text) {
            return refused("repeated", format!("{tracker} stands twice"));
        }
        let Some(credential) = cast.credentials.get(&ObjectHash::of_tracker(&tracker)) else {
            return refused("not-cast", format!("{tracker} is no ballot of the archive"));
        };
        if cast.ballots.get(credential) != Some(&1) {
            let message = format!("the credential of {tracker} has another ballot");
            return refused("second-ballot", message);
        }
    }
    let mut seen = BTreeSet::new();
    if let Some(sheet) = count.invalid.iter().find(|sheet| !seen.insert(**sheet)) {
        return refused("repeated", format!("sheet {sheet} stands twice"));
    }
    if count.returned > figures.paper_issued {
        let message = format!(
            "{} sheets returned, `paper_issued` is {}",
            count.returned, figures.paper_issued
        );
        return refused("paper-issued", message);
    }
    if figures.invalid != invalid {
        let message = format!("{invalid} invalid sheets, `invalid` is {}", figures.invalid);
        return refused("invalid", message);
    }
    Ok(())
}

/// Voided credentials are on the roll, each once, without a ballot and not revoked; with the sealed ones they are all that
/// the rule reserves.
fn check_voided(
    files: &Small,
    reserved: u64,
    sealed: u64,
    outline: &Outline,
    cast: &Cast,
) -> Result<(), Failure> {
    let refused = |reason, message: String| Err(failure(CHECK, VOIDED, reason, message));
    let voided: Vec<String> = json(files, CHECK, VOIDED)?;
    let roll: Vec<&str> = serde_json::from_slice(&outline.setup.credentials)
        .map_err(|error| failure(CHECK, "roll.json", "encoding", error))?;
    // A weight may follow the credential.
    let roll: BTreeSet<&str> = roll
        .into_iter()
        .filter_map(|entry| entry.split(',').next())
        .collect();
    let revoked: Vec<String> = json(files, CHECK, "revocations.json")?;
    let revoked: BTreeSet<&String> = revoked.iter().collect();
    let mut seen = BTreeSet::new();
    for credential in &voided {
        if !seen.insert(credential) {
            return refused("repeated", format!("{credential} stands twice"));
        }
        if !roll.contains(credential.as_str()) {
            return refused("not-on-roll", format!("{credential} is not on the roll"));
        }
        if cast
            .ballots
            .contains_key(&ObjectHash::of(credential.as_bytes()))
        {
            return refused("ballot", format!("{credential} is voided and has a ballot"));
        }
        if revoked.contains(credential) {
            let message = format!("{credential} is revoked, so that it was not reserved for paper");
            return refused("revoked", message);
        }
    }
    let voided = size(&voided);
    if sealed.checked_add(voided) != Some(reserved) {
        let message = format!("{sealed} sealed and {voided} voided, the rule reserves {reserved}");
        return refused("reserved", message);
    }
    Ok(())
}

fn size<T>(list: &[T]) -> u64 {
    u64::try_from(list.len()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::PaperCount;

    #[test]
    fn the_published_count_has_these_bytes() {
        let count = PaperCount {
            returned: 2,
            invalid: vec![7],
            sealed: vec!["tracker".to_owned()],
        };
        let json = r#"{"returned":2,"invalid":[7],"sealed":["tracker"]}"#;
        assert_eq!(serde_json::to_string(&count).unwrap(), json);
        assert_eq!(serde_json::from_str::<PaperCount>(json).unwrap(), count);
    }
}
