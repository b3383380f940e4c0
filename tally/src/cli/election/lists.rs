//! The lists in the folder that say what became of credentials and ballots.

use std::path::Path;

use tally::archive::Archive;
use tally::election::Register;

use super::folder::{ARCHIVE, Folder};
use crate::cli::{CommandError, content, read};

/// The public credentials of lost cards.
pub(super) const REVOCATIONS: &str = "revocations.json";
/// The public credentials that are reserved for paper ballots.
pub(super) const PAPER_CREDENTIALS: &str = "paper-credentials.json";
/// Those of them that stayed unused.
pub(super) const VOIDED: &str = "voided.json";
/// The trackers of challenged ballots.
pub(super) const SPOILED: &str = "spoiled.json";

/// The register of the folder's archive.
pub(super) fn register(folder: &Folder, archive: &[u8]) -> Result<Register, CommandError> {
    let path = folder.path(ARCHIVE);
    let archive = Archive::read(archive).map_err(|error| content(&path, error))?;
    let path = folder.path(PAPER_CREDENTIALS);
    let mut register =
        Register::of(&archive, &read_list(&path)?).map_err(|error| content(&path, error))?;
    let path = folder.path(REVOCATIONS);
    for one in read_list(&path)? {
        register
            .revoke(&one)
            .map_err(|error| CommandError::Refused(format!("{}: {error}", path.display())))?;
    }
    Ok(register)
}

/// A list of strings; empty where there is no such file.
pub(super) fn read_list(path: &Path) -> Result<Vec<String>, CommandError> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    serde_json::from_slice(&read(path)?).map_err(|error| content(path, error))
}

/// The credentials that the close has voided, if it has.
pub(super) fn voided(folder: &Folder) -> Result<Option<Vec<String>>, CommandError> {
    let path = folder.path(VOIDED);
    path.exists().then(|| read_list(&path)).transpose()
}

/// The rule's reserved credentials must be those that the list has; each is on the roll, as [`register`] knows.
pub(super) fn require_reserved(folder: &Folder, register: &Register) -> Result<(), CommandError> {
    let reserved = folder.rule.reserved().paper;
    if u64::try_from(register.reserved_for_paper()) == Ok(reserved) {
        return Ok(());
    }
    Err(CommandError::Refused(format!(
        "{} has {} credentials, and the rule reserves {reserved}: get it from where it was published",
        folder.path(PAPER_CREDENTIALS).display(),
        register.reserved_for_paper()
    )))
}
