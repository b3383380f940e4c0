//! Comparing the messages of a key ceremony with the public record, before a trustee's device proceeds.

use std::path::{Path, PathBuf};

use tally::record::ceremony::{Ceremony, CeremonyRecordError, Served};
use tally::record::{VerifierKey, ceremony};

use super::folder::Folder;
use crate::cli::terminal::say;
use crate::cli::{CommandError, content, read, read_text};

/// The public record that the messages are compared with before the device proceeds.
#[derive(Debug, clap::Args)]
pub(super) struct Record {
    /// A folder with the receipt and the body that the public record serves for each message.
    #[arg(long = "record", value_name = "RECORD", requires = "log")]
    served: Option<PathBuf>,
    /// The record's verifier key, `name+id+key`, from where it was published.
    #[arg(long, value_name = "KEYLINE", requires = "served")]
    log: Option<VerifierKey>,
    /// A file with the witnesses' verifier keys, one per line.
    #[arg(long, value_name = "FILE", requires_all = ["served", "required"])]
    witnesses: Option<PathBuf>,
    /// How many of the witnesses must have cosigned each receipt.
    #[arg(long, value_name = "N", requires = "witnesses", value_parser = clap::value_parser!(u64).range(1..))]
    required: Option<u64>,
}

/// The rounds of a ceremony, in order, with the step that sends the message.
pub(super) const ROUNDS: [(ceremony::Round, &str); 4] = [
    (ceremony::Round::Certificate, "join"),
    (ceremony::Round::Commitment, "commit"),
    (ceremony::Round::Polynomial, "reveal"),
    (ceremony::Round::Acknowledgement, "acknowledge"),
];

/// The only round of trustees who share no key.
pub(super) const KEYS: (ceremony::Round, &str) = (ceremony::Round::Key, "join");

/// The messages that were compared with the record. The device uses these and reads no file again, which may have changed.
pub(super) struct Messages(Option<Vec<String>>);

impl Messages {
    /// These, or where nothing was compared, the folder's.
    pub(super) fn or_from(
        self,
        folder: &Folder,
        what: &str,
        step: &str,
    ) -> Result<Vec<String>, CommandError> {
        self.0.map_or_else(|| folder.messages(what, step), Ok)
    }
}

impl Record {
    /// The messages of these rounds must be those in the record, each round wholly before the next. Gives the last round's.
    pub(super) fn compare<'a>(
        &self,
        folder: &Folder,
        rounds: impl IntoIterator<Item = &'a (ceremony::Round, &'a str)>,
    ) -> Result<Messages, CommandError> {
        let (Some(dir), Some(log)) = (&self.served, &self.log) else {
            return Ok(Messages(None));
        };
        let witnesses = match &self.witnesses {
            Some(path) => witnesses(path)?,
            None => Vec::new(),
        };
        let poll = folder.poll.uuid();
        let poll = poll.map_err(|error| content(&folder.path("poll.json"), error))?;
        let asked = Ceremony {
            log,
            witnesses: &witnesses,
            required: self.required.unwrap_or(0),
            poll: &poll,
            // Who begins again sets up a poll with an id of its own.
            attempt: 1,
            trustees: folder.poll.trustees(),
        };
        let mut earlier: Option<ceremony::RecordedRound> = None;
        let mut last = None;
        for (round, step) in rounds {
            let messages = folder.messages(round.name(), step)?;
            let files = (1..=asked.trustees)
                .map(|trustee| served(dir, *round, trustee))
                .collect::<Result<Vec<_>, _>>()?;
            let answers: Vec<_> = files
                .iter()
                .map(|(receipt, document)| Served { receipt, document })
                .collect();
            let recorded = asked.round(*round, &answers).map_err(not_recorded)?;
            recorded.holds(&messages).map_err(not_recorded)?;
            if let Some(earlier) = &earlier {
                recorded.follows(earlier).map_err(not_recorded)?;
            }
            earlier = Some(recorded);
            last = Some(messages);
        }
        say!("the messages are those in the record {}", log.name());
        Ok(Messages(last))
    }
}

/// What the record has served for a trustee's message: its receipt and its body's document.
fn served(
    dir: &Path,
    round: ceremony::Round,
    trustee: u32,
) -> Result<(String, Vec<u8>), CommandError> {
    let path = |kind| dir.join(format!("{round}-{trustee}.{kind}"));
    let (receipt, body) = (path("receipt"), path("body"));
    for path in [&receipt, &body] {
        if !path.exists() {
            return Err(CommandError::Argument(format!(
                "{} is not there: fetch the {round} of trustee {trustee} from the public record; \
                 if it is not there either, wait, and proceed no further",
                path.display()
            )));
        }
    }
    Ok((read_text(&receipt)?, read(&body)?))
}

/// The keys of the witnesses, each once, so that none counts twice.
fn witnesses(path: &Path) -> Result<Vec<VerifierKey>, CommandError> {
    let mut keys = Vec::new();
    for line in read_text(path)?.lines() {
        let key: VerifierKey = line.parse().map_err(|error| content(path, error))?;
        if keys.contains(&key) {
            return Err(content(path, format!("`{}` stands twice", key.name())));
        }
        keys.push(key);
    }
    Ok(keys)
}

#[expect(clippy::needless_pass_by_value, reason = "as map_err gives it")]
fn not_recorded(error: CeremonyRecordError) -> CommandError {
    CommandError::Refused(format!(
        "{error}; this device goes no further: compare the files and the record with the other trustees"
    ))
}
