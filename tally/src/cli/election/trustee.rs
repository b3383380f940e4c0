//! `tally election trustee …`: the rounds of the key ceremony, each by a trustee on its own device.

mod join;
mod recourse;

use std::path::{Path, PathBuf};

use ballot::trustee::ceremony::{CeremonyError, MessageFault, Revealed, Setting};
use ballot::trustee::{Trustees, VerificationKey};
use ballot::wire::Wire as _;
use ballot::{Digest, Group};

use super::disk::is_there;
use super::folder::{Folder, message_name, parse, trustee_id};
use super::hold::Held;
use super::key::{Device, State};
use super::recorded::{KEYS, Messages, ROUNDS, Record};
use crate::cli::terminal::say;
use crate::cli::{CommandError, content, fresh_rng};

#[derive(Debug, clap::Subcommand)]
pub(in crate::cli) enum Command {
    /// Round 1: make a key file and publish a certificate (without a threshold: a key).
    #[command(
        after_help = "Examples:\n  tally election trustee join vote --number 1 --key trustee-1.key --show-passphrase\n\
        Next, when all have joined: tally election trustee commit vote --key trustee-1.key"
    )]
    Join(Join),
    /// Round 2: check all certificates and commit to a secret polynomial.
    #[command(
        after_help = "With --record, the certificates must be those that stand in the public record: RECORD holds what it serves for each,\n\
        1-certificate-1.receipt and 1-certificate-1.body and so on. Exit code: 1 if one is not.\n\n\
        Examples:\n  tally election trustee commit vote --key trustee-1.key\n  \
        tally election trustee commit vote --key trustee-1.key --record served --log \"$(cat log.vkey)\""
    )]
    Commit(Round),
    /// Round 3: check all commitments and reveal the polynomial, with an encrypted share for each trustee.
    #[command(
        after_help = "With --record, all certificates and commitments must be those that stand in the public record (RECORD/2-commitment-1.receipt,\n\
        RECORD/2-commitment-1.body, …), the one round wholly before the other. Exit code: 1 if one is not.\n\n\
        Examples:\n  tally election trustee reveal vote --key trustee-1.key\n  \
        tally election trustee reveal vote --key trustee-1.key --record served --log \"$(cat log.vkey)\""
    )]
    Reveal(Round),
    /// Round 4: check all polynomials and your shares, then acknowledge them or file a complaint about a bad share.
    #[command(
        after_help = "Exit code: 1 if somebody's message is refused; for a bad share a complaint is written that proves it.\n\
        With --record, the messages of all rounds so far must be those that stand in the public record, round after round.\n\n\
        Examples:\n  tally election trustee acknowledge vote --key trustee-1.key\n  \
        tally election trustee acknowledge vote --key trustee-1.key --record served --log \"$(cat log.vkey)\""
    )]
    Acknowledge(Round),
    /// Last round: check all acknowledgements and the resulting trustees object.
    #[command(
        after_help = "Writes DIR/trustees.json, or checks that it is the same. With --record, all messages of the ceremony must be those that\n\
        stand in the public record, round after round (without a threshold: the keys, RECORD/key-1.receipt, RECORD/key-1.body, …).\n\n\
        Examples:\n  tally election trustee finish vote --key trustee-1.key\n  \
        tally election trustee finish vote --key trustee-1.key --record served --log \"$(cat log.vkey)\"\n\
        Next, once: tally election open vote"
    )]
    Finish(Round),
    /// Judge a complaint about a bad share. Anyone can do this.
    #[command(
        after_help = "Examples:\n  tally election trustee judge vote vote/ceremony/complaint-1-against-2.json"
    )]
    Judge {
        /// The election's folder.
        dir: PathBuf,
        /// The complaint.
        complaint: PathBuf,
    },
    /// Recreate a lost key file from its passphrase, read from standard input.
    #[command(
        after_help = "What the lost key has stated and decrypted is kept in its user's folder, and holds for the recovered one; on another\n\
        computer put its record beside the new key file first, as KEY.closing.json.\n\n\
        Examples:\n  tally election trustee recover vote --number 1 --key trustee-1.key < passphrase.txt"
    )]
    Recover {
        /// The election's folder.
        dir: PathBuf,
        /// The trustee's number, from 1.
        #[arg(long)]
        number: u32,
        /// The key file to create.
        #[arg(long)]
        key: PathBuf,
    },
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Join {
    /// The election's folder.
    dir: PathBuf,
    /// The trustee's number, from 1.
    #[arg(long)]
    number: u32,
    /// The key file to create; keep it to yourself.
    #[arg(long)]
    key: PathBuf,
    /// Print the passphrase to write down on paper: a lost key can be recreated from it.
    #[arg(long)]
    show_passphrase: bool,
}

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Round {
    /// The election's folder.
    dir: PathBuf,
    /// The trustee's key file.
    #[arg(long)]
    key: PathBuf,
    #[command(flatten)]
    record: Record,
}

impl Command {
    pub(super) fn dir(&self) -> &Path {
        match self {
            Self::Join(Join { dir, .. })
            | Self::Commit(Round { dir, .. })
            | Self::Reveal(Round { dir, .. })
            | Self::Acknowledge(Round { dir, .. })
            | Self::Finish(Round { dir, .. })
            | Self::Judge { dir, .. }
            | Self::Recover { dir, .. } => dir,
        }
    }
}

pub(super) fn run<G: Group>(folder: &Folder, command: &Command) -> Result<u8, CommandError> {
    match command {
        Command::Join(arguments) => join::join::<G>(folder, arguments),
        Command::Commit(round) => commit::<G>(folder, round),
        Command::Reveal(round) => reveal::<G>(folder, round),
        Command::Acknowledge(round) => acknowledge::<G>(folder, round),
        Command::Finish(round) => finish::<G>(folder, round),
        Command::Judge { complaint, .. } => recourse::judge::<G>(folder, complaint),
        Command::Recover { number, key, .. } => recourse::recover::<G>(folder, *number, key),
    }
}

fn commit<G: Group>(folder: &Folder, round: &Round) -> Result<u8, CommandError> {
    let held = folder.hold()?;
    let (mut device, recorded) = round.device::<G>(folder, 1)?;
    if let State::Certified(state) = &device.state {
        let certificates = recorded.or_from(folder, "1-certificate", "join")?;
        let next = state
            .commit(&certificates, &mut fresh_rng()?)
            .map_err(refused)?;
        device.keep(folder, State::Committed(next))?;
    }
    let State::Committed(state) = &device.state else {
        return Err(other_round(&device));
    };
    device.send(&held, "2-commitment", &state.message())
}

fn reveal<G: Group>(folder: &Folder, round: &Round) -> Result<u8, CommandError> {
    let held = folder.hold()?;
    let (mut device, recorded) = round.device::<G>(folder, 2)?;
    if let State::Committed(state) = &device.state {
        let commitments = recorded.or_from(folder, "2-commitment", "commit")?;
        let next = state.reveal(&commitments).map_err(refused)?;
        device.keep(folder, State::Revealed(next))?;
    }
    let State::Revealed(state) = &device.state else {
        return Err(other_round(&device));
    };
    device.send(&held, "3-polynomial", &state.message())
}

fn acknowledge<G: Group>(folder: &Folder, round: &Round) -> Result<u8, CommandError> {
    let held = folder.hold()?;
    let (mut device, recorded) = round.device::<G>(folder, 3)?;
    if let State::Revealed(state) = &device.state {
        let polynomials = recorded.or_from(folder, "3-polynomial", "reveal")?;
        let next = match state.acknowledge(&polynomials, &mut fresh_rng()?) {
            Ok(next) => next,
            Err(error) => return Err(complain(&held, &device, state, &polynomials, error)?),
        };
        device.keep(folder, State::Keyed(Box::new(next)))?;
    }
    let State::Keyed(state) = &device.state else {
        return Err(other_round(&device));
    };
    device.send(&held, "4-acknowledgement", &state.message())
}

/// For a bad share writes the complaint that proves it; gives back the refusal.
fn complain<G: Group>(
    held: &Held<'_>,
    device: &Device<G>,
    state: &Revealed<G>,
    polynomials: &[String],
    error: CeremonyError,
) -> Result<CommandError, CommandError> {
    let CeremonyError::Refused {
        trustee: against,
        fault: MessageFault::Share { .. },
        ..
    } = &error
    else {
        return Ok(refused(error));
    };
    let name = format!(
        "ceremony/complaint-{}-against-{against}.json",
        device.number
    );
    if !is_there(&held.path(&name)) {
        let complaint = state
            .complain(polynomials, *against, &mut fresh_rng()?)
            .map_err(refused)?;
        held.write_once(&name, complaint.to_json().as_bytes())?;
    }
    Ok(CommandError::Refused(format!(
        "{error}. {} proves it; everybody can check it by `tally election trustee judge`. \
         Replace the trustee to blame and begin again in a new folder with fresh keys",
        held.path(&name).display()
    )))
}

fn finish<G: Group>(folder: &Folder, round: &Round) -> Result<u8, CommandError> {
    let held = folder.hold()?;
    let (mut device, recorded) = round.device::<G>(folder, 4)?;
    // What the ceremony gave is kept; a recovered key has only the folder's word.
    let (trustees, key, made_here) = match &device.state {
        State::Keyed(state) => {
            let acknowledgements = recorded.or_from(folder, "4-acknowledgement", "acknowledge")?;
            let done = state.finish(&acknowledgements).map_err(refused)?;
            (done.trustees, done.key, true)
        }
        State::Key(key) if setting(folder)?.is_none() => {
            (singles(folder, recorded)?, key.clone(), true)
        }
        State::Key(key) => (folder.trustees()?, key.clone(), false),
        _ => return Err(other_round(&device)),
    };
    if trustees.find(&key.public_key()) != Some(trustee_id(device.number)?) {
        return Err(CommandError::Refused(format!(
            "the key of {} does not stand at its place among the trustees: somebody has replaced it; begin again",
            round.key.display()
        )));
    }
    let object = trustees.to_json();
    if device.knows(Digest::of(&object)) == Some(false) {
        return Err(CommandError::Refused(format!(
            "{} is not what the ceremony gave this device: somebody has replaced it",
            folder.path("trustees.json").display()
        )));
    }
    held.send("trustees.json", &object)?;
    if made_here {
        device.finish(folder, key, Digest::of(&object))?;
    }
    say!(
        "trustee {} is one of {}",
        device.number,
        folder.poll.trustees()
    );
    say!("joint key {}", G::encode(&trustees.joint_key()));
    Ok(0)
}

/// The trustees object of trustees who all are needed.
fn singles<G: Group>(folder: &Folder, recorded: Messages) -> Result<Trustees<G>, CommandError> {
    let messages = recorded.or_from(folder, "key", "join")?;
    let keys = (1..).zip(&messages).map(|(number, text)| {
        let path = folder.path(message_name("key", number));
        parse::<VerificationKey<G>>(&path, text.as_bytes())
    });
    let trustees = Trustees::of_singles(keys.collect::<Result<Vec<_>, _>>()?);
    trustees
        .verify()
        .map_err(|error| CommandError::Refused(error.to_string()))?;
    Ok(trustees)
}

fn setting(folder: &Folder) -> Result<Option<Setting>, CommandError> {
    let setting = folder.poll.setting();
    setting.map_err(|error| content(&folder.path("poll.json"), error))
}

#[expect(clippy::needless_pass_by_value, reason = "as map_err gives it")]
fn refused(error: CeremonyError) -> CommandError {
    let advice = match &error {
        CeremonyError::Refused {
            fault: MessageFault::Substituted,
            ..
        } => "somebody has replaced it on its way: compare the files with the other trustees",
        CeremonyError::Refused { .. } => {
            "replace that trustee and begin again in a new folder with fresh keys"
        }
        _ => "look at poll.json",
    };
    CommandError::Refused(format!("{error}; {advice}"))
}

fn other_round<G: Group>(device: &Device<G>) -> CommandError {
    CommandError::Argument(format!(
        "trustee {} does something else next: `tally election {}`",
        device.number,
        device.state.next()
    ))
}

impl Round {
    /// The device, and the messages of the last of the first `rounds` rounds, once all have been compared with the record, if
    /// that is asked for.
    fn device<G: Group>(
        &self,
        folder: &Folder,
        rounds: usize,
    ) -> Result<(Device<G>, Messages), CommandError> {
        let device = Device::read(folder, &self.key)?;
        let messages = if setting(folder)?.is_some() {
            self.record.compare(folder, ROUNDS.iter().take(rounds))?
        } else {
            self.record.compare(folder, [&KEYS])?
        };
        Ok((device, messages))
    }
}

impl<G: Group> Device<G> {
    fn send(&self, held: &Held<'_>, what: &str, message: &str) -> Result<u8, CommandError> {
        let name = message_name(what, self.number);
        held.send(&name, message)?;
        say!("sent {}", held.path(&name).display());
        say!("when all have: `tally election {}`", self.state.next());
        Ok(0)
    }
}
