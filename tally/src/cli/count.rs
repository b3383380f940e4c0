//! `tally count`.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tally::decision::{Outcome, Returns, decide};
use tally::pabulib::{Difference, Instance};
use tally::rules::{ItemId, Rule};

use super::terminal::say;
use super::{CommandError, content, print_json, read_text};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Files with approval votes.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Decide under this rule; its items must be the file's projects, in any order.
    #[arg(long)]
    rule: Option<PathBuf>,
    /// Print a JSON array with one object per file.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<u8, CommandError> {
    let rule = arguments.rule.as_deref().map(read_rule).transpose()?;
    let mut reports = Vec::new();
    let (mut differs, mut unreadable) = (false, false);
    for path in &arguments.files {
        let file = count(path, rule.as_ref());
        differs |= file.as_ref().is_ok_and(|file| !file.differences.is_empty());
        unreadable |= file.is_err();
        if arguments.json {
            reports.push(match &file {
                Ok(file) => report(path, file),
                Err(refusal) => json!({
                    "file": path.display().to_string(), "line": refusal.line, "error": refusal.message
                }),
            });
        } else {
            match &file {
                Ok(file) => print(path, file),
                Err(refusal) => {
                    say!("{}", path.display());
                    say!("CANNOT BE COUNTED: {}", refusal.message);
                }
            }
        }
    }
    if arguments.json {
        print_json(&reports)?;
    }
    // A file that cannot be read does not hide that another one differs.
    Ok(match (differs, unreadable) {
        (true, _) => 1,
        (false, true) => 2,
        (false, false) => 0,
    })
}

/// A counted file.
struct Counted {
    instance: Instance,
    counts: Vec<u64>,
    differences: Vec<Difference>,
    outcome: Option<Outcome>,
}

/// Why a file cannot be counted, and at which of its lines.
struct Refusal {
    line: Option<u64>,
    message: String,
}

fn count(path: &Path, rule: Option<&Rule>) -> Result<Counted, Refusal> {
    let whole = |message: String| Refusal {
        line: None,
        message,
    };
    let bytes = std::fs::read(path).map_err(|error| whole(error.to_string()))?;
    let text = std::str::from_utf8(&bytes).map_err(|error| Refusal {
        line: Some(line_at(&bytes, error.valid_up_to())),
        message: format!("line {}: not UTF-8", line_at(&bytes, error.valid_up_to())),
    })?;
    let instance = Instance::parse(text).map_err(|error| Refusal {
        line: (error.line > 0).then_some(error.line),
        message: error.to_string(),
    })?;
    let counts = instance.count();
    let outcome = rule
        .map(|rule| outcome(rule, &instance, &counts))
        .transpose();
    Ok(Counted {
        differences: instance.differences(&counts),
        outcome: outcome.map_err(whole)?,
        counts,
        instance,
    })
}

fn line_at(bytes: &[u8], offset: usize) -> u64 {
    let before = bytes.iter().take(offset).filter(|byte| **byte == b'\n');
    u64::try_from(before.count()).map_or(u64::MAX, |lines| lines.saturating_add(1))
}

fn read_rule(path: &Path) -> Result<Rule, CommandError> {
    Rule::parse(&read_text(path)?).map_err(|error| content(path, error))
}

/// The decision, where every vote is a ballot issued to a deputy present, returned and valid.
fn outcome(rule: &Rule, instance: &Instance, counts: &[u64]) -> Result<Outcome, String> {
    let count_of = |item: &ItemId| {
        let position = instance
            .projects()
            .iter()
            .position(|project| project.id == *item);
        position
            .and_then(|position| counts.get(position))
            .copied()
            .ok_or(format!(
                "the rule's item {item} is not a project of the file"
            ))
    };
    if rule.items().len() != instance.projects().len() {
        return Err(format!(
            "the rule has {} items, the file {} projects",
            rule.items().len(),
            instance.projects().len()
        ));
    }
    let ordered = rule.items().iter().map(count_of);
    // Where the form tells blank ballots apart, they are the votes without a project.
    let blank = rule.questions().iter().any(|question| question.blank);
    let empty = instance.votes().iter().filter(|vote| vote.is_empty());
    let empty = blank.then(|| Ok(u64::try_from(empty.count()).unwrap_or(u64::MAX)));
    let ordered = empty
        .into_iter()
        .chain(ordered)
        .collect::<Result<Vec<_>, String>>()?;
    let votes = u64::try_from(instance.votes().len()).unwrap_or(u64::MAX);
    let returns = Returns {
        present: votes,
        issued: votes,
        returned: votes,
        invalid: 0,
    };
    decide(rule, returns, &[ordered], None).map_err(|error| error.to_string())
}

fn report(path: &Path, file: &Counted) -> Value {
    let projects: Vec<Value> = file
        .instance
        .projects()
        .iter()
        .zip(&file.counts)
        .map(|(project, count)| json!({ "id": project.id, "name": project.name, "printed": project.printed, "counted": count }))
        .collect();
    let mut report = json!({
        "file": path.display().to_string(),
        "votes": file.instance.votes().len(),
        "equal": file.differences.is_empty(),
        "projects": projects,
    });
    if let (Some(outcome), Some(report)) = (&file.outcome, report.as_object_mut()) {
        report.insert("decision".to_owned(), json!(outcome));
    }
    report
}

fn print(path: &Path, file: &Counted) {
    say!("{}", path.display());
    let standing = |id: &ItemId| match &file.outcome {
        Some(Outcome::Decided(decision)) => {
            let item = decision.items.iter().find(|item| item.id == *id);
            item.map_or(String::new(), |item| {
                format!("  rank {:>3} {:?}", item.rank, item.standing)
            })
        }
        _ => String::new(),
    };
    for (project, count) in file.instance.projects().iter().zip(&file.counts) {
        say!(
            "{count:>8}  {}  {}{}",
            project.id,
            project.name,
            standing(&project.id)
        );
    }
    for difference in &file.differences {
        let printed = difference
            .printed
            .map_or("nothing".to_owned(), |printed| printed.to_string());
        say!(
            "DIFFERS {}: printed {printed}, counted {}",
            difference.id,
            difference.counted
        );
    }
    if file.differences.is_empty() {
        say!(
            "{} votes, {} projects: every total equals the printed one",
            file.instance.votes().len(),
            file.counts.len()
        );
    }
    print_outcome(file.outcome.as_ref());
}

fn print_outcome(outcome: Option<&Outcome>) {
    match outcome {
        Some(Outcome::NoQuorum { present, needed }) => {
            say!("no quorum: {present} of the {needed} that are needed");
        }
        Some(Outcome::Void { issued, returned }) => {
            say!("void: {returned} returned of {issued} issued");
        }
        Some(Outcome::Decided(decision)) => say!(
            "{}{} of {} places filled, {} votes needed{}",
            if decision.advisory { "advisory: " } else { "" },
            decision.chosen().len(),
            decision.places,
            decision.votes_needed,
            if decision.is_complete() {
                ""
            } else {
                "; a tie across the last place is open"
            },
        ),
        None => {}
    }
}
