//! `tally count`.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tally::decision::{Outcome, Returns, decide};
use tally::pabulib::Instance;
use tally::rules::Rule;

use super::{CommandError, content, print_json, read_text};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Files of approval votes.
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Decide under this rule; its items must be the file's projects, in any order.
    #[arg(long)]
    rule: Option<PathBuf>,
    /// Print a JSON array, one object a file.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<u8, CommandError> {
    let rule = arguments.rule.as_deref().map(read_rule).transpose()?;
    let mut reports = Vec::new();
    let mut equal = true;
    for path in &arguments.files {
        let instance = Instance::parse(&read_text(path)?).map_err(|error| content(path, error))?;
        let counts = instance.count();
        let differences = instance.differences(&counts);
        equal &= differences.is_empty();
        let outcome = rule
            .as_ref()
            .map(|rule| outcome(rule, &instance, &counts))
            .transpose();
        let outcome = outcome.map_err(|error| content(path, error))?;
        if arguments.json {
            reports.push(report(path, &instance, &counts, outcome.as_ref()));
        } else {
            print(path, &instance, &counts, outcome.as_ref());
        }
    }
    if arguments.json {
        print_json(&reports)?;
    }
    Ok(u8::from(!equal))
}

fn read_rule(path: &Path) -> Result<Rule, CommandError> {
    Rule::parse(&read_text(path)?).map_err(|error| content(path, error))
}

/// The decision, where every vote is a ballot issued to a signed-in deputy, returned and valid.
fn outcome(rule: &Rule, instance: &Instance, counts: &[u64]) -> Result<Outcome, String> {
    let count_of = |item: &tally::rules::ItemId| {
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
    let ordered = rule
        .items()
        .iter()
        .map(count_of)
        .collect::<Result<Vec<_>, _>>()?;
    let votes = u64::try_from(instance.votes().len()).unwrap_or(u64::MAX);
    let returns = Returns {
        signed_in: votes,
        issued: votes,
        returned: votes,
        invalid: 0,
    };
    decide(rule, returns, &[ordered], None).map_err(|error| error.to_string())
}

fn report(path: &Path, instance: &Instance, counts: &[u64], outcome: Option<&Outcome>) -> Value {
    let projects: Vec<Value> = instance
        .projects()
        .iter()
        .zip(counts)
        .map(|(project, count)| json!({ "id": project.id, "name": project.name, "printed": project.printed, "counted": count }))
        .collect();
    let mut report = json!({
        "file": path.display().to_string(),
        "votes": instance.votes().len(),
        "equal": instance.differences(counts).is_empty(),
        "projects": projects,
    });
    if let (Some(outcome), Some(report)) = (outcome, report.as_object_mut()) {
        report.insert("decision".to_owned(), json!(outcome));
    }
    report
}

fn print(path: &Path, instance: &Instance, counts: &[u64], outcome: Option<&Outcome>) {
    println!("{}", path.display());
    let standing = |id| match outcome {
        Some(Outcome::Decided(decision)) => {
            let item = decision.items.iter().find(|item| item.id == id);
            item.map_or(String::new(), |item| {
                format!("  rank {:>3} {:?}", item.rank, item.standing)
            })
        }
        _ => String::new(),
    };
    for (project, count) in instance.projects().iter().zip(counts) {
        println!(
            "{count:>8}  {}  {}{}",
            project.id,
            project.name,
            standing(project.id.clone())
        );
    }
    let differences = instance.differences(counts);
    for difference in &differences {
        let printed = difference
            .printed
            .map_or("nothing".to_owned(), |printed| printed.to_string());
        println!(
            "DIFFERS {}: printed {printed}, counted {}",
            difference.id, difference.counted
        );
    }
    if differences.is_empty() {
        println!(
            "{} votes, {} projects: every total equals the printed one",
            instance.votes().len(),
            counts.len()
        );
    }
    match outcome {
        Some(Outcome::NoQuorum { signed_in, needed }) => {
            println!("no quorum: {signed_in} of the {needed} that are needed");
        }
        Some(Outcome::Void { issued, returned }) => {
            println!("void: {returned} returned of {issued} issued");
        }
        Some(Outcome::Decided(decision)) => println!(
            "{} of {} places filled, {} votes needed{}",
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
