//! After the vote: decrypt, count, publish.

use std::collections::BTreeMap;
use std::path::PathBuf;

use ballot::trustee::TrusteeId;
use ballot::wire::Wire as _;
use ballot::{BoundDecryption, Group, PublicCredentials};
use tally::archive::{Archive, Stage};
use tally::bundle::{Bindings, Bundle, Figures};
use tally::decision::Lot;
use tally::opening;
use tally::record::poll::PollRecord;
use tally::statement::closing_of;
use tally::verify::{self, Counted};

use super::disk::{self, Eyes};
use super::folder::{ARCHIVE, Folder, parse, trustee_id};
use super::key::Device;
use super::lists::{SPOILED, read_list, register, voided};
use super::memory::Memory;
use super::paper::paper_count;
use super::stating::{closed_for, require_agreement, show, stated};
use super::voting::writer;
use crate::cli::terminal::say;
use crate::cli::{CommandError, content, fresh_rng, read};

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Decrypt {
    /// The election's folder.
    pub(super) dir: PathBuf,
    /// The trustee's key file.
    #[arg(long)]
    key: PathBuf,
    /// The trustees who are in one room and have compared the prints aloud, such as 1,3. By default as many must have stated the
    /// same that no two tallies can both find enough.
    #[arg(long, value_name = "NUMBERS", value_delimiter = ',')]
    present: Vec<u32>,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Count {
    /// The election's folder.
    pub(super) dir: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct MakeBundle {
    /// The election's folder.
    pub(super) dir: PathBuf,
    /// Where to write the bundle.
    #[arg(long)]
    out: PathBuf,
    /// The poll's part of the public record, where the rule names one.
    #[arg(long)]
    record: Option<PathBuf>,
    /// The bundle of the poll that the rule follows, in a run-off or a second ballot.
    #[arg(long)]
    previous: Option<PathBuf>,
}

pub(super) fn decrypt<G: Group>(folder: &Folder, arguments: &Decrypt) -> Result<u8, CommandError> {
    let device = Device::<G>::read(folder, &arguments.key)?;
    let mut memory = Memory::of(&device)?;
    let (closed, number) = closed_for(folder, &device)?;
    show(&closing_of(&closed, None));
    let Some(record) = memory.record() else {
        return Err(CommandError::Argument(
            "this device has not stated what is to be decrypted: first `tally election attest`"
                .to_owned(),
        ));
    };
    let own = stated(&memory, record, &closed, number)?;
    let mut record = record.clone();
    let present = arguments.present.iter().copied().map(trustee_id);
    let present = present.collect::<Result<Vec<_>, _>>()?;
    require_agreement(folder, &own, &closed.trustees, &present)?;
    let partial = match record.partial {
        // Done again: the same bytes, whatever has become of the first.
        Some(partial) => partial,
        None => {
            let (key, mut rng) = (device.key()?, fresh_rng()?);
            BoundDecryption::make(closed.tally(), key, &closed.election, &mut rng).to_json()
        }
    };
    record.partial = Some(partial.clone());
    memory.keep(record)?;
    let name = partial_name(device.number);
    folder.hold()?.send(&name, &partial)?;
    say!(
        "trustee {number} has decrypted this sum: {}",
        folder.path(&name).display()
    );
    Ok(0)
}

pub(super) fn result<G: Group>(folder: &Folder) -> Result<u8, CommandError> {
    let held = folder.hold()?;
    let path = folder.path(ARCHIVE);
    let closed = folder.closed::<G>()?;
    let mut archive = writer(folder)?;
    if archive.stage() != Stage::Tallied {
        return Err(CommandError::Refused(format!(
            "{}: it ends with {}, and a result follows the encrypted tally; `tally verify` says more",
            path.display(),
            archive.stage()
        )));
    }
    let (partials, unread) = partials(folder)?;
    let opened = match opening::open(&closed, partials) {
        Ok(opened) => opened,
        Err(error) => {
            return Err(CommandError::Refused(format!(
                "{}{error}; further trustees do `tally election decrypt`",
                unread
                    .iter()
                    .map(|line| line.clone() + "; ")
                    .collect::<Vec<_>>()
                    .concat()
            )));
        }
    };
    for line in unread
        .iter()
        .cloned()
        .chain(opened.refused.iter().map(ToString::to_string))
    {
        say!("left out: {line}");
    }
    let wrong = |error: &dyn std::fmt::Display| content(&path, error);
    for (owner, partial) in &opened.valid {
        archive
            .partial_decryption(owner.get(), partial.to_json().as_bytes())
            .map_err(|error| wrong(&error))?;
    }
    archive
        .result(opened.result.to_json().as_bytes())
        .map_err(|error| wrong(&error))?;
    held.replace(ARCHIVE, archive.bytes())?;
    for (question, counts) in closed
        .election
        .questions()
        .iter()
        .zip(&opened.result.result)
    {
        say!("{}", question.text());
        let blank = question.allows_blank().then_some("(blank)");
        let labels = question.answers().iter().map(String::as_str);
        for (count, label) in counts.iter().zip(blank.into_iter().chain(labels)) {
            say!("{count:>8}  {}", label);
        }
    }
    Ok(0)
}

/// The partial decryptions that are there, and what cannot be read at all, by owner.
#[expect(clippy::type_complexity, reason = "one caller, which takes it apart")]
fn partials<G: Group>(
    folder: &Folder,
) -> Result<(BTreeMap<TrusteeId, BoundDecryption<G>>, Vec<String>), CommandError> {
    let (mut found, mut unread) = (BTreeMap::new(), Vec::new());
    for number in 1..=folder.poll.trustees() {
        let path = folder.path(partial_name(number));
        if !path.exists() {
            continue;
        }
        match parse(&path, &read(&path)?) {
            Ok(partial) => drop(found.insert(trustee_id(number)?, partial)),
            Err(error) => unread.push(format!(
                "the partial decryption of trustee {number}: {error}"
            )),
        }
    }
    Ok((found, unread))
}

pub(super) fn bundle<G: Group>(
    folder: &Folder,
    arguments: &MakeBundle,
) -> Result<u8, CommandError> {
    counted::<G>(folder)?;
    let read_json = |name: &str| -> Result<serde_json::Value, CommandError> {
        let bytes = folder.need(name, "decide")?;
        serde_json::from_slice(&bytes).map_err(|error| content(&folder.path(name), error))
    };
    let from_json = |error: serde_json::Error| content(&folder.path("figures.json"), error);
    let figures: Figures = serde_json::from_value(read_json("figures.json")?).map_err(from_json)?;
    let decision = read_json("decision.json")?;
    let lot: Option<Lot> = if folder.path("lot.json").exists() {
        Some(serde_json::from_value(read_json("lot.json")?).map_err(from_json)?)
    } else {
        None
    };
    let record: Option<PollRecord> = match &arguments.record {
        Some(path) => {
            Some(serde_json::from_slice(&read(path)?).map_err(|error| content(path, error))?)
        }
        None => None,
    };
    let previous = arguments.previous.as_deref().map(read).transpose()?;
    let (election, roll) = (folder.archive()?, folder.roll()?);
    let register = register(folder, &election)?;
    let written = Bundle {
        election: &election,
        bindings: bindings::<G>(folder, &election)?.as_bytes(),
        rule: &folder.rule_text,
        roll: &roll,
        figures,
        revocations: register.revoked(),
        spoiled: &read_list(&folder.path(SPOILED))?,
        paper: paper_count(folder)?.as_ref(),
        voided: voided(folder)?.as_deref(),
        lot: lot.as_ref(),
        decision: &decision,
        record: record.as_ref(),
        previous: previous.as_deref(),
    }
    .write()
    .map_err(|error| content(&arguments.out, error))?;
    require_verified(&written)?;
    disk::write_once(&arguments.out, &written, Eyes::All)?;
    say!(
        "{}: check it by `tally verify {0}`",
        arguments.out.display()
    );
    Ok(0)
}

/// What binds the factors of the partial decryptions that are in the archive.
fn bindings<G: Group>(folder: &Folder, election: &[u8]) -> Result<String, CommandError> {
    let path = folder.path(ARCHIVE);
    let archive = Archive::read(election).map_err(|error| content(&path, error))?;
    let (partials, _) = partials::<G>(folder)?;
    let used = partials.iter().filter(|(owner, _)| {
        let mut owners = archive.partials.iter().map(|entry| entry.owner);
        owners.any(|number| number == owner.get())
    });
    Ok(Bindings::of(used.map(|(owner, bound)| (*owner, bound))).to_json())
}

/// What an auditor will say of it, before anybody else does.
fn require_verified(bundle: &[u8]) -> Result<(), CommandError> {
    match tally::bundle::verify(bundle).failure {
        None => Ok(()),
        Some(failure) => {
            let cure = match failure.check {
                "record" | "witnesses" => "give the poll's part of the record by `--record`",
                "rounds" => "give the bundle of the poll before by `--previous`",
                _ => "correct it by `tally election decide`",
            };
            Err(CommandError::Refused(format!(
                "the bundle would not be verified: {failure}; {cure}"
            )))
        }
    }
}

/// What the finished archive counts, verified.
pub(super) fn counted<G: Group>(folder: &Folder) -> Result<Counted, CommandError> {
    let path = folder.path(ARCHIVE);
    let bytes = folder.archive()?;
    folder.election::<G>()?;
    let archive = Archive::read(&bytes).map_err(|error| content(&path, error))?;
    parse::<PublicCredentials<G>>(&path, archive.setup.credentials)?;
    let report = verify::archive(&bytes, folder.options());
    let summary = report.summary();
    match (report.failure, report.counted) {
        (None, Some(counted)) => Ok(counted),
        _ => Err(CommandError::Refused(format!(
            "{}: {summary}",
            path.display()
        ))),
    }
}

fn partial_name(trustee: u32) -> String {
    format!("partials/trustee-{trustee}.json")
}
