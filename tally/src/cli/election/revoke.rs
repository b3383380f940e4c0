//! Revocation: the credential of a lost card casts no ballot any more.

use std::path::PathBuf;

use ballot::Group;
use tally::election::tag;

use super::folder::Folder;
use super::lists::{REVOCATIONS, register};
use super::voting::{credential, is_open, writer};
use crate::cli::CommandError;
use crate::cli::terminal::say;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Revoke {
    /// The election's folder.
    pub(super) dir: PathBuf,
    /// A public credential as on the roll, or its first characters as on the card's stub. May be repeated.
    #[arg(long = "public", required_unless_present = "card")]
    public: Vec<String>,
    /// A file with the card's credential, or - for standard input. It is never an argument, since other programs could see it.
    #[arg(long)]
    card: Option<PathBuf>,
}

/// Revokes all that are named, or none if one of them cannot be.
pub(super) fn revoke<G: Group>(folder: &Folder, arguments: &Revoke) -> Result<u8, CommandError> {
    let card = match &arguments.card {
        Some(path) => {
            let uuid = folder.poll.uuid().map_err(refused)?;
            Some(G::encode(&credential(path)?.public::<G>(&uuid)))
        }
        None => None,
    };
    let held = folder.hold()?;
    folder.election::<G>()?;
    let archive = writer(folder)?;
    if !is_open(&archive) {
        return Err(refused(
            "the ballots have ended: nothing is revoked any more, and nothing needs to be",
        ));
    }
    let mut register = register(folder, archive.bytes())?;
    let mut named = Vec::new();
    for typed in &arguments.public {
        named.push(register.find(typed).map_err(refused)?);
    }
    named.extend(card);
    for one in &named {
        register.revoke(one).map_err(refused)?;
    }
    held.replace_list(REVOCATIONS, register.revoked())?;
    for one in &named {
        say!("revoked {}", tag(one));
    }
    say!(
        "no ballot of it is accepted any more; {}",
        if folder.rule.reserved().paper > 0 {
            "its voter signs for a paper ballot"
        } else {
            "the rule reserves no paper, so its voter does not vote"
        }
    );
    Ok(0)
}

fn refused(error: impl std::fmt::Display) -> CommandError {
    CommandError::Refused(error.to_string())
}
