//! `tally simulate`.

use std::path::PathBuf;

use ballot::Ed25519;
use ballot::group::{Group, InGroup, UnknownGroup, in_group};
use tally::pabulib::Instance;
use tally::simulate::{Setting, Simulation, SimulationError, simulate};

use super::terminal::say;
use super::{CommandError, content, now, read_text, seed};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// A file with approval votes.
    file: PathBuf,
    /// How many trustees share the key.
    #[arg(long, default_value_t = 3)]
    trustees: u32,
    /// How many of them are enough to decrypt: at least two; by default all of them.
    #[arg(long)]
    threshold: Option<u32>,
    /// The group: `Ed25519` or `BELENIOS-2048`.
    #[arg(long, default_value = Ed25519::NAME)]
    group: String,
    /// Where to write the archive.
    #[arg(long)]
    out: PathBuf,
}

pub(super) fn run(arguments: &Arguments) -> Result<u8, CommandError> {
    let threshold = arguments.threshold.unwrap_or(arguments.trustees);
    let path = &arguments.file;
    let instance = Instance::parse(&read_text(path)?).map_err(|error| content(path, error))?;
    let setting = Setting {
        trustees: arguments.trustees,
        threshold,
        time: now(),
        seed: seed()?,
    };
    let work = Simulate {
        instance: &instance,
        setting: &setting,
    };
    let simulation = in_group(&arguments.group, work)
        .ok_or_else(|| CommandError::Argument(UnknownGroup(arguments.group.clone()).to_string()))?
        .map_err(|error| content(path, error))?;
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
        say!(
            "{sealed:>8}  {}  {}{}",
            project.id,
            project.name,
            if sealed == open { "" } else { "  DIFFERS" }
        );
    }
    let equal = decrypted == Some(&counted) && instance.differences(&counted).is_empty();
    say!(
        "{} votes sealed, counted and decrypted into {}",
        instance.votes().len(),
        arguments.out.display()
    );
    say!(
        "{}",
        if equal {
            "every total equals the printed one"
        } else {
            "the totals DIFFER from the printed ones"
        }
    );
    Ok(u8::from(!equal))
}

/// The simulation in the group that was asked for.
struct Simulate<'w> {
    instance: &'w Instance,
    setting: &'w Setting,
}

impl InGroup for Simulate<'_> {
    type Output = Result<Simulation, SimulationError>;

    fn run<G: Group>(self) -> Self::Output {
        simulate::<G>(self.instance, self.setting)
    }
}
