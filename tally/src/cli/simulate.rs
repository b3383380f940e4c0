//! `tally simulate`.

use std::path::PathBuf;

use tally::pabulib::Instance;
use tally::simulate::{Setting, simulate};
use zeroize::Zeroizing;

use super::{CommandError, content, read_text};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A file of approval votes.
    file: PathBuf,
    /// How many trustees share the key.
    #[arg(long, default_value_t = 3)]
    trustees: u32,
    /// How many of them are enough to decrypt; all of them if left out.
    #[arg(long)]
    threshold: Option<u32>,
    /// Where to write the archive.
    #[arg(long)]
    out: PathBuf,
}

pub(super) fn run(arguments: &Arguments) -> Result<u8, CommandError> {
    let threshold = arguments.threshold.unwrap_or(arguments.trustees);
    if threshold != arguments.trustees {
        return Err(CommandError::Argument(format!(
            "--threshold {threshold} of {} trustees: this version makes keys that all trustees share, \
             so the threshold must be the number of trustees; archives with other thresholds can be verified",
            arguments.trustees
        )));
    }
    let path = &arguments.file;
    let instance = Instance::parse(&read_text(path)?).map_err(|error| content(path, error))?;
    let setting = Setting {
        trustees: arguments.trustees,
        time: now(),
        seed: seed()?,
    };
    let simulation = simulate(&instance, &setting).map_err(|error| content(path, error))?;
    std::fs::write(&arguments.out, &simulation.archive).map_err(|error| CommandError::File {
        path: arguments.out.clone(),
        error,
    })?;
    let counted = instance.count();
    let decrypted = simulation.result.result.first();
    for (project, (sealed, open)) in instance
        .projects()
        .iter()
        .zip(decrypted.into_iter().flatten().zip(&counted))
    {
        println!(
            "{sealed:>8}  {}  {}{}",
            project.id,
            project.name,
            if sealed == open { "" } else { "  DIFFERS" }
        );
    }
    let equal = decrypted == Some(&counted) && instance.differences(&counted).is_empty();
    println!(
        "{} votes sealed, counted and decrypted into {}",
        instance.votes().len(),
        arguments.out.display()
    );
    println!(
        "{}",
        if equal {
            "every total equals the printed one"
        } else {
            "the totals DIFFER from the printed ones"
        }
    );
    Ok(u8::from(!equal))
}

fn seed() -> Result<Zeroizing<[u8; 32]>, CommandError> {
    let mut seed = Zeroizing::new([0; 32]);
    getrandom::fill(seed.as_mut_slice())
        .map_err(|error| CommandError::Argument(format!("no randomness: {error}")))?;
    Ok(seed)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the command is where time comes in as a parameter"
)]
fn now() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}
