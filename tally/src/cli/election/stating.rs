//! What each trustee states of the election before anything is decrypted: the approval after it is open, the closing after it is closed.

use std::collections::BTreeSet;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use ballot::trustee::{Approval, Closing, Signed, Statement, TrusteeId, Trustees, enough};
use ballot::wire::Wire as _;
use ballot::{Digest, Group};
use tally::archive::Archive;
use tally::election::ClosingRecord;
use tally::record::poll::PollRecord;
use tally::statement::{Agreement, agreement, closing_of, recorded_closing};
use tally::verify::Closed;

use super::disk::is_there;
use super::folder::{ARCHIVE, Folder, parse, trustee_id};
use super::key::Device;
use super::memory::Memory;
use crate::cli::terminal::{say, tell};
use crate::cli::{CommandError, content, fresh_rng, read};

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Approve {
    /// The election's folder.
    pub(super) dir: PathBuf,
    /// The trustee's key file.
    #[arg(long)]
    key: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Attest {
    /// The election's folder.
    pub(super) dir: PathBuf,
    /// The trustee's key file.
    #[arg(long)]
    key: PathBuf,
    /// The number of ballots as it was reported aloud in the hall. On a terminal it is asked for.
    #[arg(long, value_name = "N")]
    ballots: Option<u64>,
    /// The poll's part of the public record after the close, where the rule names one.
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
}

pub(super) fn approve<G: Group>(folder: &Folder, arguments: &Approve) -> Result<u8, CommandError> {
    let device = Device::<G>::read(folder, &arguments.key)?;
    let held = folder.hold()?;
    let election = folder.election::<G>()?;
    let path = folder.path(ARCHIVE);
    let bytes = folder.archive()?;
    let archive = Archive::read(&bytes).map_err(|error| content(&path, error))?;
    let trustees: Trustees<G> = parse(&path, archive.setup.trustees)?;
    let number = seat(folder, &device, &trustees)?;
    let roll = archive.setup.credentials;
    let approval = Approval::of(&election, folder.rule_text.as_bytes(), roll)
        .map_err(|error| content(&path, error))?;
    let name = format!("approvals/trustee-{number}.json");
    if !is_there(&folder.path(&name)) {
        let signed = Signed::sign(
            approval.clone(),
            number,
            &device.signing_key()?,
            &mut fresh_rng()?,
        );
        held.send(&name, &signed.to_json())?;
    }
    let there = folder.path(&name);
    let signed: Signed<G, Approval> = parse(&there, &read(&there)?)?;
    require_own(&signed, &approval, number, &trustees, &there)?;
    say!("trustee {number} approves the election {}", election.uuid());
    say!(
        "print {}: all trustees, and every device that votes, must show the same",
        approval.print()
    );
    Ok(0)
}

pub(super) fn attest<G: Group>(folder: &Folder, arguments: &Attest) -> Result<u8, CommandError> {
    let device = Device::<G>::read(folder, &arguments.key)?;
    let mut memory = Memory::of(&device)?;
    let (closed, number) = closed_for(folder, &device)?;
    show(&closing_of(&closed, None));
    let record = match memory.record() {
        Some(record) => {
            stated(&memory, record, &closed, number)?;
            record.clone()
        }
        None => {
            let own = closing(folder, &closed, arguments.record.as_deref())?;
            confirm(own.ballots, arguments.ballots)?;
            let key = device.signing_key()?;
            let signed = Signed::sign(own, number, &key, &mut fresh_rng()?);
            ClosingRecord {
                election: closed.election.uuid().to_string(),
                statement: signed.to_json(),
                partial: None,
            }
        }
    };
    memory.keep(record.clone())?;
    let name = closing_name(number);
    folder.hold()?.send(&name, &record.statement)?;
    say!(
        "trustee {number} states this closing: {}",
        folder.path(&name).display()
    );
    say!("compare the print aloud; when all have stated theirs: `tally election decrypt`");
    Ok(0)
}

/// What the device states: under the record's checkpoint, where the rule names a record.
fn closing<G: Group>(
    folder: &Folder,
    closed: &Closed<G>,
    record: Option<&Path>,
) -> Result<Closing, CommandError> {
    let (log, path) = match (folder.rule.log(), record) {
        (None, None) => return Ok(closing_of(closed, None)),
        (Some(log), Some(path)) => (log, path),
        (None, Some(path)) => {
            return Err(content(
                path,
                "the rule names no public record to compare with",
            ));
        }
        (Some(log), None) => {
            return Err(CommandError::Argument(format!(
                "the rule names the public record {}: get the poll's part of it as it is after the close, the same file for all \
                 trustees, and give it by --record; nothing was signed",
                log.name()
            )));
        }
    };
    let served: PollRecord =
        serde_json::from_slice(&read(path)?).map_err(|error| content(path, error))?;
    let bytes = folder.archive()?;
    let archive = Archive::read(&bytes).map_err(|error| content(&folder.path(ARCHIVE), error))?;
    let ballots = archive.ballots.iter().map(|one| Digest::of(one.bytes));
    let ballots: Vec<Digest> = ballots.collect();
    let own = recorded_closing(closed, &ballots, &folder.rule, &served).map_err(|error| {
        CommandError::Refused(format!(
            "{}: {error}: nothing was signed; compare the archive and the record with the other trustees",
            path.display()
        ))
    })?;
    say!("the ballots are those in the record {}", log.name());
    Ok(own)
}

/// The closed election, wholly checked, and the trustee's number in it.
pub(super) fn closed_for<G: Group>(
    folder: &Folder,
    device: &Device<G>,
) -> Result<(Closed<G>, TrusteeId), CommandError> {
    device.key()?;
    let closed = folder.closed::<G>()?;
    let number = seat(folder, device, &closed.trustees)?;
    Ok((closed, number))
}

/// The device's own key must stand at its place among the trustees of its ceremony.
fn seat<G: Group>(
    folder: &Folder,
    device: &Device<G>,
    trustees: &Trustees<G>,
) -> Result<TrusteeId, CommandError> {
    let number = trustee_id(device.number)?;
    let (key, signing) = (
        device.key()?.public_key(),
        device.signing_key()?.public_key(),
    );
    if trustees.find(&key) != Some(number) || trustees.signing_key(number) != Some(&signing) {
        return Err(CommandError::Refused(format!(
            "the election's trustee {number} has another key than {}: sign and decrypt nothing of this",
            device.path().display()
        )));
    }
    match device.knows(Digest::of(trustees.to_json())) {
        Some(true) => {}
        Some(false) => {
            return Err(CommandError::Refused(format!(
                "{}: its trustees are not those of the ceremony that {} has gone through: sign and decrypt nothing of this",
                folder.path(ARCHIVE).display(),
                device.path().display()
            )));
        }
        None => tell(format_args!(
            "{} was recovered and does not know the trustees of its ceremony: compare the election's print with the others",
            device.path().display()
        )),
    }
    Ok(number)
}

/// What people compare aloud.
pub(super) fn show(closing: &Closing) {
    say!("{} ballots are summed", closing.ballots);
    say!("print {}", closing.print());
}

/// The number that was reported aloud, typed here or given, must be that of the archive.
fn confirm(ballots: u64, given: Option<u64>) -> Result<(), CommandError> {
    let said = match given {
        Some(said) => said,
        None if std::io::stdin().is_terminal() => {
            tell("type the number of ballots as it was reported aloud:");
            let mut typed = String::new();
            let read = std::io::stdin().read_line(&mut typed);
            read.map_err(|error| {
                CommandError::Argument(format!("the number of ballots: {error}"))
            })?;
            let typed = typed.trim();
            typed.parse().map_err(|_| {
                CommandError::Argument(format!(
                    "{typed:?} is no number of ballots; nothing was signed"
                ))
            })?
        }
        None => {
            return Err(CommandError::Argument(
                "say by --ballots N how many ballots were reported aloud; nothing was signed"
                    .to_owned(),
            ));
        }
    };
    if said == ballots {
        return Ok(());
    }
    Err(CommandError::Refused(format!(
        "the archive has {ballots} ballots that count, and {said} were reported aloud: nothing was signed; \
         get the archive from where it was published, and compare with the other trustees"
    )))
}

/// What this key has stated, which must be of this closing. With the record it was compared then.
pub(super) fn stated<G: Group>(
    memory: &Memory,
    record: &ClosingRecord,
    closed: &Closed<G>,
    number: TrusteeId,
) -> Result<Closing, CommandError> {
    let unread = |error| content(&PathBuf::from(memory.shown().to_string()), error);
    let signed = Signed::<G, Closing>::from_json(record.statement.as_bytes()).map_err(unread)?;
    let before = signed.statement();
    let own = closing_of(closed, before.root);
    if *before == own && signed.trustee() == number && signed.is_signed(&closed.trustees) {
        return Ok(own);
    }
    Err(CommandError::Refused(format!(
        "this key has stated another closing, of {} ballots with the print {}, and states and decrypts nothing else ever: {} has it; \
         compare with the other trustees",
        before.ballots,
        before.print(),
        memory.shown()
    )))
}

/// Enough of the trustees have stated the same as this device, or all of those who are in the hall.
pub(super) fn require_agreement<G: Group>(
    folder: &Folder,
    own: &Closing,
    trustees: &Trustees<G>,
    present: &[TrusteeId],
) -> Result<(), CommandError> {
    let mut statements = Vec::new();
    for (number, _) in trustees.verification_keys() {
        let path = folder.path(closing_name(number));
        if is_there(&path) {
            let signed: Signed<G, Closing> = parse(&path, &read(&path)?)?;
            if signed.trustee() != number {
                return Err(content(
                    &path,
                    format!("it is of trustee {}", signed.trustee()),
                ));
            }
            statements.push(signed);
        }
    }
    let Agreement { alike, objections } = agreement(own, &statements, trustees);
    for objection in objections {
        say!("{objection}");
    }
    let all = trustees.verification_keys().count();
    let named: BTreeSet<TrusteeId> = present.iter().copied().collect();
    if named.is_empty() {
        let needed = enough(trustees);
        return agreed(
            alike.len() >= needed,
            &format!(
                "{} of the {needed} closing statements that are needed are alike: wait until the others have done `tally election attest`; \
             if all who are present have, and have compared the prints aloud, name them by --present",
                alike.len()
            ),
        );
    }
    agreed(
        2 * named.len() > all,
        "fewer than half of the trustees are present",
    )?;
    match named.difference(&alike).next() {
        None => Ok(()),
        Some(missing) => agreed(
            false,
            &format!(
                "trustee {missing} is present and has not stated this closing: wait until it has done `tally election attest`"
            ),
        ),
    }
}

fn agreed(yes: bool, else_: &str) -> Result<(), CommandError> {
    if yes {
        Ok(())
    } else {
        Err(CommandError::Refused(format!(
            "nothing is decrypted: {else_}"
        )))
    }
}

/// The statement that lies in the folder under this trustee's name must be what it states.
fn require_own<G: Group, S: Statement>(
    signed: &Signed<G, S>,
    own: &S,
    number: TrusteeId,
    trustees: &Trustees<G>,
    path: &Path,
) -> Result<(), CommandError> {
    if signed.statement() == own && signed.trustee() == number && signed.is_signed(trustees) {
        return Ok(());
    }
    Err(CommandError::Refused(format!(
        "{} is not what trustee {number} states of this election: somebody has replaced it; compare with the other trustees",
        path.display()
    )))
}

fn closing_name(trustee: TrusteeId) -> String {
    format!("closings/trustee-{trustee}.json")
}
