//! From the document to a checked rule.

use std::collections::BTreeSet;

use crate::note::{KeyKind, VerifierKey};

use super::document::{
    self, BallotTable, DecisionTable, Document, EvaluationTable, FollowTable, FormKind, LevelTable,
    PollKind, RecordTable, ReservedTable, WitnessTable,
};
use super::{
    Blank, DecisionRule, ElectionId, EvaluationRule, FactsHash, Form, ItemId, KeyProblem, Majority,
    Poll, Reserved, Rule, RuleError, RuleHash, Witnesses, levels, text::seen,
};

/// The most items a ballot may list and the most deputies a body may have; beyond them a number is a typing error.
const MOST_ITEMS: u64 = 500;
const MOST_DEPUTIES: u64 = 1_000_000;

pub(super) fn parse(text: &str) -> Result<Rule, RuleError> {
    let syntax = |key: String, error: &toml::de::Error| RuleError::Syntax {
        key,
        message: error.message().to_owned(),
        line: error.span().map(|span| line_of(text, span.start)),
    };
    let deserializer =
        toml::de::Deserializer::parse(text).map_err(|error| syntax(String::new(), &error))?;
    let document: Document = serde_path_to_error::deserialize(deserializer).map_err(|error| {
        let path = error.path().to_string();
        syntax(key_of(&path, error.inner().message()), error.inner())
    })?;
    check(document)
}

/// The key's path. Where a key is missing the path is that of its table, and only the message has the key's name.
fn key_of(path: &str, message: &str) -> String {
    let missing = message
        .strip_prefix("missing field `")
        .and_then(|rest| rest.split_once('`'));
    match missing {
        Some((key, _)) if path.is_empty() || path == "." => key.to_owned(),
        Some((key, _)) => format!("{path}.{key}"),
        None => path.to_owned(),
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    text.bytes()
        .take(offset)
        .filter(|byte| *byte == b'\n')
        .count()
        + 1
}

pub(super) fn check(document: Document) -> Result<Rule, RuleError> {
    if document.format != document::FORMAT {
        return Err(bad("format", KeyProblem::UnknownFormat));
    }
    if document.title.trim().is_empty() {
        return Err(bad("title", KeyProblem::Empty));
    }
    within("deputies", document.deputies, 1, MOST_DEPUTIES)?;
    let items = items(document.items)?;
    let surplus = document
        .surplus
        .parse()
        .map_err(|error| bad("surplus", KeyProblem::Fraction(error)))?;
    let form = form(&document.ballot, count(&items), document.poll)?;
    let poll = poll(
        document.poll,
        document.decision,
        document.evaluation,
        document.levels,
        Follows {
            run_off: document.run_off,
            second_ballot: document.second_ballot,
        },
    )?;
    let rule = Rule {
        title: document.title,
        poll,
        advisory: document.advisory,
        secrecy: document.secrecy,
        revoting: document.revoting,
        deputies: document.deputies,
        quorum: document
            .quorum
            .parse()
            .map_err(|error| bad("quorum", KeyProblem::Fraction(error)))?,
        items,
        facts: document.facts.as_deref().map(facts).transpose()?,
        surplus,
        form,
        reserved: reserved(document.reserved.unwrap_or_default(), document.deputies)?,
        log: document.record.map(log).transpose()?,
        witnesses: witnesses(document.witnesses.unwrap_or_default())?,
    };
    check_places(&rule)?;
    // Witnesses vouch for the record; without its name they could vouch for any.
    applies(
        "record.log",
        rule.log.is_some(),
        rule.log.is_some() || rule.witnesses.required > 0,
    )?;
    Ok(rule)
}

pub(super) fn bad(key: impl Into<String>, problem: KeyProblem) -> RuleError {
    let key = key.into();
    RuleError::Key { key, problem }
}

pub(super) fn within(
    key: &'static str,
    found: u64,
    least: u64,
    most: u64,
) -> Result<u64, RuleError> {
    if (least..=most).contains(&found) {
        Ok(found)
    } else {
        Err(bad(key, KeyProblem::OutOfRange { least, most, found }))
    }
}

pub(super) fn count<T>(list: &[T]) -> u64 {
    u64::try_from(list.len()).unwrap_or(u64::MAX)
}

pub(super) fn items(texts: Vec<String>) -> Result<Vec<ItemId>, RuleError> {
    within("items", count(&texts), 1, MOST_ITEMS)?;
    // Two ids that look the same are one to whoever reads them.
    let mut ids = BTreeSet::new();
    texts
        .into_iter()
        .map(|text| {
            let id = ItemId::new(text.clone())
                .ok_or_else(|| bad("items", KeyProblem::BadId(text.clone())))?;
            if ids.insert(seen(id.as_str())) {
                Ok(id)
            } else {
                Err(bad("items", KeyProblem::Repeated(text)))
            }
        })
        .collect()
}

fn facts(text: &str) -> Result<FactsHash, RuleError> {
    FactsHash::from_hex(text).ok_or_else(|| bad("facts", KeyProblem::BadHash))
}

fn form(table: &BallotTable, items: u64, poll: PollKind) -> Result<Form, RuleError> {
    let evaluation = poll == PollKind::Evaluation;
    if evaluation != (table.form == FormKind::Levels) {
        return Err(bad("ballot.form", KeyProblem::NotApplicable));
    }
    if poll == PollKind::Adoption && table.form != FormKind::EachItem {
        return Err(bad("ballot.form", KeyProblem::NotApplicable));
    }
    let ticks = matches!(table.form, FormKind::AtMost | FormKind::AtLeast);
    applies(
        "ballot.min",
        table.min.is_some(),
        table.form == FormKind::AtLeast,
    )?;
    applies("ballot.max", table.max.is_some(), ticks)?;
    // Where each item has its own answers the key may be left out: most rules say nothing of an item without one.
    if !(table.form == FormKind::EachItem && table.blank.is_some()) {
        applies(
            "ballot.blank",
            table.blank.is_some(),
            table.form == FormKind::AtMost,
        )?;
    }
    let max = if ticks {
        within("ballot.max", table.max.unwrap_or_default(), 1, items)?
    } else {
        0
    };
    Ok(match table.form {
        FormKind::AtMost => Form::AtMost {
            max,
            blank: table.blank.unwrap_or(Blank::Nobody),
        },
        FormKind::AtLeast => Form::AtLeast {
            min: within("ballot.min", table.min.unwrap_or_default(), 1, max)?,
            max,
        },
        FormKind::EachItem => Form::EachItem {
            blank: table.blank.unwrap_or(Blank::Nobody),
        },
        FormKind::Levels => Form::Levels,
    })
}

/// A key must be there exactly where it means something.
fn applies(key: &'static str, present: bool, wanted: bool) -> Result<(), RuleError> {
    match (present, wanted) {
        (true, true) | (false, false) => Ok(()),
        (false, true) => Err(bad(key, KeyProblem::Missing)),
        (true, false) => Err(bad(key, KeyProblem::NotApplicable)),
    }
}

/// The tables that name the poll before this one.
struct Follows {
    run_off: Option<FollowTable>,
    second_ballot: Option<FollowTable>,
}

fn poll(
    kind: PollKind,
    decision: Option<DecisionTable>,
    evaluation: Option<EvaluationTable>,
    level_tables: Vec<LevelTable>,
    follows: Follows,
) -> Result<Poll, RuleError> {
    let is_evaluation = kind == PollKind::Evaluation;
    applies("decision", decision.is_some(), !is_evaluation)?;
    applies("evaluation", evaluation.is_some(), is_evaluation)?;
    applies("levels", !level_tables.is_empty(), is_evaluation)?;
    applies(
        "run_off",
        follows.run_off.is_some(),
        kind == PollKind::RunOff,
    )?;
    applies(
        "second_ballot",
        follows.second_ballot.is_some(),
        kind == PollKind::SecondBallot,
    )?;
    if let Some(table) = evaluation {
        return Ok(Poll::Evaluation(EvaluationRule {
            body: table.body,
            base: table.base,
            levels: levels::read(level_tables)?,
        }));
    }
    let decision = decision.ok_or_else(|| bad("decision", KeyProblem::Missing))?;
    let decision = decision_rule(&decision)?;
    match (follows.run_off, follows.second_ballot) {
        (Some(_), _) if decision.majority != Majority::None => {
            Err(bad("decision.majority", KeyProblem::MajorityInRunOff))
        }
        (Some(table), _) => Ok(Poll::RunOff {
            decision,
            of: of("run_off.of", &table)?,
        }),
        (None, Some(table)) => Ok(Poll::SecondBallot {
            decision,
            of: of("second_ballot.of", &table)?,
        }),
        (None, None) if kind == PollKind::Adoption => Ok(Poll::Adoption(decision)),
        (None, None) => Ok(Poll::Choice(decision)),
    }
}

fn of(key: &'static str, table: &FollowTable) -> Result<RuleHash, RuleError> {
    RuleHash::from_hex(&table.of).ok_or_else(|| bad(key, KeyProblem::BadHash))
}

fn decision_rule(table: &DecisionTable) -> Result<DecisionRule, RuleError> {
    Ok(DecisionRule {
        places: table.places,
        majority: table
            .majority
            .parse()
            .map_err(|error| bad("decision.majority", KeyProblem::Fraction(error)))?,
        base: table.base,
        tie: table.tie,
        too_few: table.too_few,
        reserve: table.reserve,
    })
}

pub(super) fn check_places(rule: &Rule) -> Result<(), RuleError> {
    let Some(decision) = rule.decision() else {
        return Ok(());
    };
    let items = count(&rule.items);
    match &rule.poll {
        Poll::Adoption(_) => {
            within("items", items, 1, 1)?;
            within("decision.places", decision.places, 1, 1)?;
        }
        // Were there as many places as tied items, there would have been no tie.
        Poll::RunOff { .. } => {
            within(
                "decision.places",
                decision.places,
                1,
                items.saturating_sub(1),
            )?;
        }
        Poll::Choice(_) | Poll::SecondBallot { .. } | Poll::Evaluation(_) => {
            within("decision.places", decision.places, 1, items)?;
        }
    }
    let needed = decision
        .places
        .saturating_add(rule.surplus.of_at_least(decision.places));
    let has_surplus = items >= needed || matches!(rule.poll, Poll::Adoption(_));
    if has_surplus {
        Ok(())
    } else {
        Err(bad(
            "items",
            KeyProblem::TooLittleSurplus {
                items,
                places: decision.places,
                needed,
            },
        ))
    }
}

fn reserved(table: ReservedTable, deputies: u64) -> Result<Reserved, RuleError> {
    let mut seen = BTreeSet::new();
    let mut id = |key: &'static str, text: String| {
        let id = ElectionId::new(text.clone())
            .ok_or_else(|| bad(key, KeyProblem::BadId(text.clone())))?;
        if seen.insert(id.clone()) {
            Ok(id)
        } else {
            Err(bad(key, KeyProblem::Repeated(text)))
        }
    };
    let run_offs = table
        .run_offs
        .into_iter()
        .map(|text| id("reserved.run_offs", text))
        .collect::<Result<_, _>>()?;
    let adoption = table
        .adoption
        .map(|text| id("reserved.adoption", text))
        .transpose()?;
    Ok(Reserved {
        run_offs,
        adoption,
        paper: within("reserved.paper", table.paper, 0, deputies)?,
    })
}

/// The key of the record, which signs its checkpoints.
fn log(table: RecordTable) -> Result<VerifierKey, RuleError> {
    verifier_key("record.log", table.log, KeyKind::Log)
}

fn verifier_key(key: &str, line: String, kind: KeyKind) -> Result<VerifierKey, RuleError> {
    let parsed: Option<VerifierKey> = line.parse().ok();
    parsed
        .filter(|parsed| parsed.kind() == kind)
        .ok_or_else(|| bad(key, KeyProblem::BadVerifierKey(line)))
}

fn witnesses(table: WitnessTable) -> Result<Witnesses, RuleError> {
    let mut seen = BTreeSet::new();
    let keys = table.keys.into_iter().map(|line| {
        let key = verifier_key("witnesses.keys", line.clone(), KeyKind::Witness)?;
        // One key under two names is one witness.
        if seen.insert(*key.bytes()) {
            Ok(key)
        } else {
            Err(bad("witnesses.keys", KeyProblem::Repeated(line)))
        }
    });
    let keys: Vec<VerifierKey> = keys.collect::<Result<_, _>>()?;
    let required = within("witnesses.required", table.required, 0, count(&keys))?;
    Ok(Witnesses { required, keys })
}
