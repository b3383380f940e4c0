//! What a trustee can do when something has gone wrong: judge a complaint, recover a lost key.

use std::io::Read as _;
use std::path::Path;

use ballot::Group;
use ballot::trustee::Seed;
use ballot::trustee::ceremony::{Certificates, Commitments, Complaint, Polynomials, Verdict};
use zeroize::Zeroizing;

use super::{refused, setting};
use crate::cli::election::folder::{Folder, parse, trustee_id};
use crate::cli::election::key::{Device, State};
use crate::cli::terminal::say;
use crate::cli::{CommandError, read};

pub(super) fn judge<G: Group>(folder: &Folder, complaint: &Path) -> Result<u8, CommandError> {
    let polynomials = polynomials::<G>(folder)?;
    let complaint: Complaint<G> = parse(complaint, &read(complaint)?)?;
    match complaint.judge(&polynomials).map_err(refused)? {
        Verdict::Sender { trustee, fault } => {
            say!("trustee {trustee} is to blame: its share is bad: {fault}");
        }
        Verdict::Complainer(trustee) => {
            say!("trustee {trustee} is to blame: it has complained of a good share");
        }
    }
    say!("replace that trustee and begin again in a new folder with fresh keys");
    Ok(0)
}

pub(super) fn recover<G: Group>(
    folder: &Folder,
    number: u32,
    key: &Path,
) -> Result<u8, CommandError> {
    let mut typed = Zeroizing::new(String::new());
    std::io::stdin()
        .read_to_string(&mut typed)
        .map_err(|error| CommandError::Argument(format!("the passphrase: {error}")))?;
    let seed: Seed = typed
        .trim()
        .parse()
        .map_err(|error| CommandError::Argument(format!("the passphrase: {error}")))?;
    let secret = polynomials::<G>(folder)?
        .recover(trustee_id(number)?, &seed)
        .map_err(refused)?;
    Device::create(
        folder,
        key,
        number,
        State::Key(secret),
        Some(seed.signing_key()),
    )?;
    say!("{} is the key of trustee {number} again", key.display());
    Ok(0)
}

/// The first three rounds as everybody sees them.
fn polynomials<G: Group>(folder: &Folder) -> Result<Polynomials<G>, CommandError> {
    let Some(setting) = setting(folder)? else {
        return Err(CommandError::Argument(
            "these trustees share no key: there is nothing to judge or to recover".to_owned(),
        ));
    };
    let certificates = folder.messages("1-certificate", "join")?;
    let commitments = folder.messages("2-commitment", "commit")?;
    let polynomials = folder.messages("3-polynomial", "reveal")?;
    Certificates::check(setting, &certificates)
        .and_then(|checked| Commitments::check(checked, &commitments))
        .and_then(|checked| Polynomials::check(checked, &polynomials))
        .map_err(refused)
}
