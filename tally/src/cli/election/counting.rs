//! After the vote: decrypt, count, decide, publish.

use std::collections::BTreeMap;
use std::path::PathBuf;

use ballot::trustee::TrusteeId;
use ballot::wire::Wire as _;
use ballot::{Ed25519, PartialDecryption, PublicCredentials};
use tally::archive::{Archive, Stage};
use tally::bundle::{Bundle, Figures};
use tally::decision::{Lot, decide as decide_by_rule};
use tally::election::{Decrypted, open};
use tally::evaluation::judge;
use tally::verify::{self, Counted};

use super::folder::{Folder, file, parse, replace, trustee_id, write_new, write_secret};
use super::key::{Device, State};
use super::voting::{spoiled, writer};
use crate::cli::{CommandError, chance, content, read};

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Decrypt {
    /// The election's folder.
    dir: PathBuf,
    /// The trustee's key file.
    #[arg(long)]
    key: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Count {
    /// The election's folder.
    dir: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Decide {
    /// The election's folder.
    dir: PathBuf,
    /// Deputies who have signed in.
    #[arg(long)]
    signed_in: u64,
    /// Paper ballots handed out.
    #[arg(long, default_value_t = 0)]
    paper_issued: u64,
    /// Invalid ballots among those returned.
    #[arg(long, default_value_t = 0)]
    invalid: u64,
    /// A drawn lot, a JSON object, where equal votes need one.
    #[arg(long)]
    lot: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct MakeBundle {
    /// The election's folder.
    dir: PathBuf,
    /// The bundle to be written.
    #[arg(long)]
    out: PathBuf,
}

pub(super) fn decrypt(arguments: &Decrypt) -> Result<u8, CommandError> {
    let folder = Folder::open(&arguments.dir)?;
    let device = Device::read(&folder, &arguments.key)?;
    let record = device.decryption_record();
    if record.exists() {
        return Err(CommandError::Refused(format!(
            "this key has decrypted once, and decrypts nothing more: {} says what, and holds the partial decryption",
            record.display()
        )));
    }
    let State::Key(key) = &device.state else {
        return Err(CommandError::Argument(format!(
            "the key is not made yet: first `tally election {}`",
            device.state.next()
        )));
    };
    let closed = folder.closed()?;
    let number = trustee_id(device.number)?;
    if closed.trustees.find(&key.public_key()) != Some(number) {
        return Err(CommandError::Refused(format!(
            "the election's trustee {number} has another key than {}: do not decrypt this",
            arguments.key.display()
        )));
    }
    let partial = PartialDecryption::make(closed.tally(), key, &closed.election, &mut chance()?);
    let done = serde_json::to_vec(&Decrypted::new(&closed, &partial))
        .map_err(|error| content(&record, error))?;
    // Before anybody sees it: whatever happens next, this key has decrypted.
    write_secret(&record, &done)?;
    let name = partial_name(device.number);
    let folder_of_partials = folder.path("partials");
    std::fs::create_dir_all(&folder_of_partials)
        .map_err(|error| file(&folder_of_partials, error))?;
    folder.write_once(&name, partial.to_json().as_bytes())?;
    println!(
        "trustee {} has decrypted the sum of {} ballots: {}",
        device.number,
        closed.aggregate.ballots,
        folder.path(&name).display()
    );
    Ok(0)
}

pub(super) fn result(arguments: &Count) -> Result<u8, CommandError> {
    let folder = Folder::open(&arguments.dir)?;
    let path = folder.path("election.bel");
    let closed = folder.closed()?;
    let mut archive = writer(&folder)?;
    if archive.stage() != Stage::Tallied {
        return Err(CommandError::Refused(format!(
            "{}: it ends with {}, and a result follows the encrypted tally; `tally verify` says more",
            path.display(),
            archive.stage()
        )));
    }
    let (partials, unread) = partials(&folder)?;
    let opened = match open(&closed, partials) {
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
        println!("left out: {line}");
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
    folder.write_archive(archive.bytes())?;
    for (question, counts) in closed
        .election
        .questions()
        .iter()
        .zip(&opened.result.result)
    {
        println!("{}", question.text());
        let blank = question.allows_blank().then_some("(blank)");
        let labels = question.answers().iter().map(String::as_str);
        for (count, label) in counts.iter().zip(blank.into_iter().chain(labels)) {
            println!("{count:>8}  {label}");
        }
    }
    Ok(0)
}

/// The partial decryptions that are there, and what cannot be read at all, by owner.
#[expect(clippy::type_complexity, reason = "one caller, which takes it apart")]
fn partials(
    folder: &Folder,
) -> Result<(BTreeMap<TrusteeId, PartialDecryption<Ed25519>>, Vec<String>), CommandError> {
    let (mut found, mut unread) = (BTreeMap::new(), Vec::new());
    for number in 1..=folder.poll.trustees() {
        let path = folder.path(&partial_name(number));
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

pub(super) fn decide(arguments: &Decide) -> Result<u8, CommandError> {
    let folder = Folder::open(&arguments.dir)?;
    let counted = counted(&folder)?;
    let rule = &folder.rule;
    let wrong = |error: &dyn std::fmt::Display| CommandError::Argument(error.to_string());
    let paper = rule.reserved().paper;
    let devices = counted.credentials.checked_sub(paper).ok_or_else(|| {
        wrong(&format!(
            "the rule reserves {paper} paper ballots, and the roll has {}",
            counted.credentials
        ))
    })?;
    let figures = Figures {
        deputies: rule.deputies(),
        signed_in: arguments.signed_in,
        device_credentials: devices,
        paper_credentials: paper,
        revoked: 0,
        paper_issued: arguments.paper_issued,
        issued: devices.saturating_add(arguments.paper_issued),
        returned: counted.counted.saturating_add(arguments.invalid),
        invalid: arguments.invalid,
    };
    let lot: Option<Lot> = arguments
        .lot
        .as_ref()
        .map(|path| serde_json::from_slice(&read(path)?).map_err(|error| content(path, error)))
        .transpose()?;
    // An evaluation is judged, everything else is decided.
    let decision = if rule.decision().is_none() {
        judge(rule, figures.returns(), &counted.result)
            .map_err(|error| wrong(&error))
            .map(serde_json::to_value)?
    } else {
        decide_by_rule(rule, figures.returns(), &counted.result, lot.as_ref())
            .map_err(|error| wrong(&error))
            .map(serde_json::to_value)?
    };
    let decision = decision.map_err(|error| wrong(&error))?;
    let pretty = serde_json::to_string_pretty(&decision).map_err(|error| wrong(&error))?;
    write_json(&folder, "figures.json", &figures)?;
    write_json(&folder, "decision.json", &decision)?;
    if let Some(lot) = &lot {
        write_json(&folder, "lot.json", lot)?;
    }
    println!("{pretty}");
    Ok(0)
}

pub(super) fn bundle(arguments: &MakeBundle) -> Result<u8, CommandError> {
    let folder = Folder::open(&arguments.dir)?;
    counted(&folder)?;
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
    let (election, roll) = (folder.archive()?, folder.roll()?);
    let written = Bundle {
        election: &election,
        rule: &folder.rule_text,
        roll: &roll,
        figures,
        revocations: &[],
        spoiled: &spoiled(&folder)?,
        lot: lot.as_ref(),
        decision: &decision,
        checkpoint: None,
    }
    .write()
    .map_err(|error| content(&arguments.out, error))?;
    // What an auditor will say of it, before anybody else does.
    let report = tally::bundle::verify(&written);
    if let Some(failure) = report.failure {
        return Err(CommandError::Refused(format!(
            "the bundle would not be verified: {failure}; correct it by `tally election decide`"
        )));
    }
    write_new(&arguments.out, &written)?;
    println!(
        "{}: check it by `tally verify {0}`",
        arguments.out.display()
    );
    Ok(0)
}

/// What the finished archive counts, verified.
fn counted(folder: &Folder) -> Result<Counted, CommandError> {
    let path = folder.path("election.bel");
    let bytes = folder.archive()?;
    folder.election()?;
    let archive = Archive::read(&bytes).map_err(|error| content(&path, error))?;
    parse::<PublicCredentials<Ed25519>>(&path, archive.setup.credentials)?;
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

fn write_json(
    folder: &Folder,
    name: &str,
    value: &impl serde::Serialize,
) -> Result<(), CommandError> {
    let path = folder.path(name);
    let bytes = serde_json::to_vec(value).map_err(|error| content(&path, error))?;
    // The figures may be corrected until the bundle is published.
    replace(&path, &bytes, false)
}

fn partial_name(trustee: u32) -> String {
    format!("partials/trustee-{trustee}.json")
}
