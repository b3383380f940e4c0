//! What was decided, in words: by which rule, with which figures, who was chosen.

use std::collections::HashMap;

use tally::decision::{Decision, FollowUp, ItemDecision, Outcome, Sheet, Standing};
use tally::evaluation::{Evaluation, EvaluationOutcome};
use tally::record::poll::Ended;
use tally::verify::Report;

/// The lines of a verified bundle's decision; none where nothing was decided.
pub(super) fn decided(report: &Report) -> Vec<String> {
    let (Some(value), Some(rule)) = (&report.decision, &report.rule) else {
        return Vec::new();
    };
    let mut lines = vec![format!("rule {} ({})", rule.title, rule.sha256)];
    let labels = labels(&rule.items);
    if let Ok(ended) = serde_json::from_value::<Ended>(value.clone()) {
        lines.extend(ended_lines(&ended));
    } else if let Ok(outcome) = serde_json::from_value::<Outcome>(value.clone()) {
        outcome_lines(&outcome, &labels, &mut lines);
    } else if let Ok(outcome) = serde_json::from_value::<EvaluationOutcome>(value.clone()) {
        evaluation_lines(&outcome, &labels, &mut lines);
    }
    lines
}

/// How a poll ended without a result.
fn ended_lines(ended: &Ended) -> [String; 3] {
    let (how, reason, explanation, by) = match ended {
        Ended::Withdrawn(body) => (
            "WITHDRAWN before anybody could vote",
            body.reason,
            &body.explanation,
            &body.confirmed_by,
        ),
        Ended::Voided(body) => (
            "VOID: the vote counts for nothing",
            body.reason,
            &body.explanation,
            &body.confirmed_by,
        ),
    };
    let code = |value: serde_json::Result<serde_json::Value>| {
        let text = value
            .ok()
            .and_then(|value| value.as_str().map(str::to_owned));
        text.unwrap_or_default()
    };
    let by: Vec<String> = by
        .iter()
        .map(|one| code(serde_json::to_value(one)))
        .collect();
    [
        how.to_owned(),
        format!(
            "reason {}: {explanation}",
            code(serde_json::to_value(reason))
        ),
        format!("confirmed by {}", by.join(", ")),
    ]
}

/// What the ballot says of each item, by the item's id, which stands first in it.
fn labels(items: &[String]) -> HashMap<&str, &str> {
    items
        .iter()
        .map(|text| (text.split(' ').next().unwrap_or(text), text.as_str()))
        .collect()
}

fn label<'l>(labels: &HashMap<&str, &'l str>, id: &'l str) -> &'l str {
    labels.get(id).copied().unwrap_or(id)
}

fn outcome_lines(outcome: &Outcome, labels: &HashMap<&str, &str>, lines: &mut Vec<String>) {
    match outcome {
        Outcome::NoQuorum { present, needed } => lines.push(no_quorum(*present, *needed)),
        Outcome::Void { issued, returned } => lines.push(void(*issued, *returned)),
        Outcome::Decided(decision) => decision_lines(decision, labels, lines),
    }
}

fn no_quorum(present: u64, needed: u64) -> String {
    format!("no quorum: {present} present, {needed} needed; nothing is decided")
}

fn void(issued: u64, returned: u64) -> String {
    format!("void: {returned} ballots returned of {issued} issued; nothing is decided")
}

fn sheet_line(sheet: &Sheet) -> String {
    format!(
        "{} deputies in office, {} present; {} ballots issued, {} returned, {} valid, {} invalid",
        sheet.deputies, sheet.present, sheet.issued, sheet.returned, sheet.valid, sheet.invalid
    )
}

fn advice(advisory: bool, lines: &mut Vec<String>) {
    if advisory {
        lines.push("advisory: the vote only advises".to_owned());
    }
}

fn decision_lines(decision: &Decision, labels: &HashMap<&str, &str>, lines: &mut Vec<String>) {
    lines.push(sheet_line(&decision.sheet));
    advice(decision.advisory, lines);
    lines.push(format!(
        "{} places; {} votes of {} are needed",
        decision.places, decision.votes_needed, decision.base
    ));
    let mut items: Vec<&ItemDecision> = decision.items.iter().collect();
    items.sort_by_key(|item| item.rank);
    for item in items {
        lines.push(format!(
            "{:<27} {:>6} votes  {}",
            standing(item.standing),
            item.votes.in_favour,
            label(labels, item.id.as_str())
        ));
    }
    if decision.empty_places > 0 {
        lines.push(format!("{} places stay empty", decision.empty_places));
    }
    match &decision.follow_up {
        FollowUp::Nothing => {}
        FollowUp::RunOff { places, .. } => {
            lines.push(format!(
                "a run-off among the tied for {places} places must follow"
            ));
        }
        FollowUp::Lot { places, .. } => {
            lines.push(format!(
                "a lot among the tied for {places} places must follow"
            ));
        }
    }
}

fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Chosen => "CHOSEN",
        Standing::Filled => "CHOSEN without majority",
        Standing::ChosenInRunOff => "CHOSEN in the run-off",
        Standing::ChosenInSecondBallot => "CHOSEN in the second ballot",
        Standing::ChosenByLot => "CHOSEN by lot",
        Standing::Tied => "tied, not decided",
        Standing::Reserve => "reserve",
        Standing::NotChosen => "not chosen",
    }
}

fn evaluation_lines(
    outcome: &EvaluationOutcome,
    labels: &HashMap<&str, &str>,
    lines: &mut Vec<String>,
) {
    match outcome {
        EvaluationOutcome::NoQuorum { present, needed } => {
            lines.push(no_quorum(*present, *needed));
        }
        EvaluationOutcome::Void { issued, returned } => lines.push(void(*issued, *returned)),
        EvaluationOutcome::Judged(judged) => judged_lines(judged, labels, lines),
    }
}

fn judged_lines(judged: &Evaluation, labels: &HashMap<&str, &str>, lines: &mut Vec<String>) {
    lines.push(sheet_line(&judged.sheet));
    advice(judged.advisory, lines);
    for item in &judged.items {
        let verdict = item.verdict.as_ref().map_or("no verdict", |id| id.as_str());
        let votes: Vec<String> = item
            .levels
            .iter()
            .map(|level| format!("{} {}", level.id, level.votes))
            .collect();
        lines.push(format!(
            "{verdict:<27} {} ({} of {})",
            label(labels, item.id.as_str()),
            votes.join(", "),
            item.base
        ));
    }
}
