//! The rules as the office fills them in, with the defaults of law and custom.

use super::rule_template::RuleTemplate;
use crate::web::choice::{Choice, YesNo};
use domain::cycles::{Cycle, Jurisdiction};
use domain::infra::field_errors::FieldErrors;
use domain::infra::typed;
use domain::name_enum;
use domain::session::{PollItem, PollKind, titles};
use serde::Deserialize;
use tally::rules::document::{
    BallotTable, DecisionTable, Document, EvaluationTable, FORMAT, FormKind, LevelTable,
    PollKind as RuleKind, ReservedTable,
};
use tally::rules::options::{LEVEL_THRESHOLDS, LevelPreset, MAJORITIES, QUORUMS, SURPLUSES};
use tally::rules::{
    Base, Blank, Body, EvaluationBase, Form, KeyProblem, Rule, RuleError, Secrecy, TieBreak, TooFew,
};

/// What the office typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[expect(
    missing_docs,
    reason = "named as the rule document's keys, which describes them"
)]
pub struct RuleForm {
    /// Which button was pressed, where one fills the form instead of saving it.
    pub rule_template: Choice<RuleTemplate>,
    pub rule_title: String,
    /// By the roster: nobody types it.
    #[serde(skip)]
    pub deputies: u64,
    pub rule_quorum: String,
    pub rule_form: Choice<BallotKind>,
    pub rule_min: String,
    pub rule_max: String,
    pub rule_blank: Choice<Blank>,
    pub rule_places: String,
    pub rule_surplus: String,
    pub rule_majority: String,
    pub rule_base: Choice<Base>,
    pub rule_tie: Choice<TieBreak>,
    pub rule_too_few: Choice<TooFew>,
    pub rule_reserve: Choice<YesNo>,
    pub rule_threshold: String,
    pub rule_levels: Choice<LevelPreset>,
    pub rule_judged_of: Choice<EvaluationBase>,
    pub rule_paper: String,
}

name_enum! {
    /// The forms of a ballot on candidates that the office can choose. The rule writes "exactly" as a least number that is the most.
    pub enum BallotKind {
        /// Tick at most so many.
        AtMost = "at_most",
        /// Tick at least so many and at most so many.
        AtLeast = "at_least",
        /// Tick exactly so many.
        Exactly = "exactly",
        /// For, against or abstaining on each.
        EachItem = "each_item",
    }
}

impl RuleForm {
    /// The defaults of the organic law (2022, articles 14, 25, 28, 29) and of published local rules.
    pub fn defaults(
        kind: PollKind,
        jurisdiction: &Jurisdiction,
        cycle: &Cycle,
        deputies: u32,
        items: usize,
    ) -> Self {
        let [quorum, ..] = QUORUMS;
        let [surplus, ..] = SURPLUSES;
        let [majority, ..] = MAJORITIES;
        let [threshold, ..] = LEVEL_THRESHOLDS;
        let places = usize::try_from(cycle.places).unwrap_or(0);
        Self {
            rule_template: Choice::default(),
            rule_title: titles::rule(kind, jurisdiction, cycle),
            deputies: deputies.into(),
            rule_quorum: quorum.to_owned(),
            rule_form: Choice::One(BallotKind::AtMost),
            rule_min: String::new(),
            rule_blank: Choice::One(Blank::Nobody),
            rule_max: places.min(items).to_string(),
            rule_places: cycle.places.to_string(),
            rule_surplus: surplus.to_owned(),
            rule_majority: majority.to_owned(),
            rule_base: Choice::One(Base::Deputies),
            rule_tie: Choice::One(TieBreak::RunOff),
            rule_too_few: Choice::One(TooFew::LeaveEmpty),
            rule_reserve: Choice::One(YesNo::Yes),
            rule_threshold: threshold.to_owned(),
            rule_levels: Choice::One(LevelPreset::Three),
            rule_judged_of: Choice::One(EvaluationBase::Entitled),
            rule_paper: "0".to_owned(),
        }
    }

    /// The form as it stood when this rule was written. What the rule has no value of stands open.
    pub fn of(rule: &Rule) -> Self {
        let document = Document::from(rule);
        let text = |value: Option<u64>| value.map(|n| n.to_string()).unwrap_or_default();
        let (rule_levels, rule_threshold) = preset(&document.levels);
        let form = Self {
            rule_title: document.title,
            deputies: document.deputies,
            rule_quorum: document.quorum,
            rule_form: ballot_kind(&document.ballot),
            rule_min: text(document.ballot.min),
            rule_max: text(document.ballot.max),
            rule_blank: blank_of(rule.form()).map_or_else(Choice::default, Choice::One),
            rule_judged_of: rule
                .evaluation()
                .map_or_else(Choice::default, |rule| Choice::One(rule.base)),
            rule_surplus: document.surplus,
            rule_levels,
            rule_threshold,
            rule_paper: rule.reserved().paper.to_string(),
            ..Self::default()
        };
        let Some(decision) = document.decision else {
            return form;
        };
        Self {
            rule_places: decision.places.to_string(),
            rule_majority: decision.majority,
            rule_base: Choice::One(decision.base),
            rule_tie: Choice::One(decision.tie),
            rule_too_few: Choice::One(decision.too_few),
            rule_reserve: Choice::One(decision.reserve.into()),
            ..form
        }
    }

    /// The rule, or what is wrong at each field.
    pub fn rule(
        &self,
        kind: PollKind,
        jurisdiction: &Jurisdiction,
        items: &[PollItem],
        facts: Option<&str>,
    ) -> Result<Rule, FieldErrors> {
        let mut errors = FieldErrors::none();
        errors.text("rule_title", &self.rule_title, 4, 120);
        let paper = self.paper(&mut errors);
        let part = match kind {
            PollKind::Main | PollKind::RunOff | PollKind::SecondBallot | PollKind::Adoption => {
                self.choice(&mut errors)
            }
            PollKind::Evaluation => self.evaluation(&mut errors),
        };
        let Some(part) = part.filter(|_| errors.is_empty()) else {
            return Err(errors);
        };
        let document = Document {
            format: FORMAT.to_owned(),
            title: self.rule_title.trim().to_owned(),
            poll: part.poll,
            advisory: jurisdiction.kind.is_advisory(),
            secrecy: Secrecy::Secret,
            revoting: false,
            deputies: self.deputies,
            quorum: self.rule_quorum.clone(),
            surplus: part.surplus,
            items: items.iter().map(|item| item.code.clone()).collect(),
            facts: facts.map(str::to_owned),
            ballot: part.ballot,
            levels: part.levels,
            decision: part.decision,
            evaluation: part.evaluation,
            run_off: None,
            second_ballot: None,
            reserved: Some(ReservedTable {
                paper,
                ..ReservedTable::default()
            }),
            record: None,
            witnesses: None,
        };
        Rule::from_document(document).map_err(|error| field_errors(&error))
    }

    /// How many papers are reserved: at most one for each deputy in office; none where nothing is typed.
    fn paper(&self, errors: &mut FieldErrors) -> u64 {
        if typed::plain(&self.rule_paper).is_empty() {
            return 0;
        }
        let most = i64::try_from(self.deputies).unwrap_or(i64::MAX);
        errors
            .whole_number("rule_paper", &self.rule_paper, 0, most)
            .and_then(|number| u64::try_from(number).ok())
            .unwrap_or_default()
    }

    fn choice(&self, errors: &mut FieldErrors) -> Option<KindPart> {
        let (ballot, decision) = (self.ballot(errors), self.decision(errors));
        Some(KindPart {
            poll: RuleKind::Choice,
            surplus: self.rule_surplus.clone(),
            ballot: ballot?,
            levels: Vec::new(),
            decision: Some(decision?),
            evaluation: None,
        })
    }

    fn ballot(&self, errors: &mut FieldErrors) -> Option<BallotTable> {
        let form = self.rule_form.read(errors, "rule_form")?;
        let mut number = |field, text| Some(whole(errors, field, text, 500));
        Some(match form {
            BallotKind::AtMost => BallotTable {
                max: number("rule_max", &self.rule_max),
                blank: Some(self.rule_blank.read(errors, "rule_blank")?),
                ..ballot_of(FormKind::AtMost)
            },
            BallotKind::AtLeast => BallotTable {
                min: number("rule_min", &self.rule_min),
                max: number("rule_max", &self.rule_max),
                ..ballot_of(FormKind::AtLeast)
            },
            BallotKind::Exactly => {
                let exactly = number("rule_max", &self.rule_max);
                BallotTable {
                    min: exactly,
                    max: exactly,
                    ..ballot_of(FormKind::AtLeast)
                }
            }
            BallotKind::EachItem => BallotTable {
                blank: Some(self.rule_blank.read(errors, "rule_blank")?),
                ..ballot_of(FormKind::EachItem)
            },
        })
    }

    fn decision(&self, errors: &mut FieldErrors) -> Option<DecisionTable> {
        let base = self.rule_base.read(errors, "rule_base");
        let tie = self.rule_tie.read(errors, "rule_tie");
        let too_few = self.rule_too_few.read(errors, "rule_too_few");
        let reserve = self.rule_reserve.read(errors, "rule_reserve");
        Some(DecisionTable {
            places: whole(errors, "rule_places", &self.rule_places, 500),
            majority: self.rule_majority.clone(),
            base: base?,
            tie: tie?,
            too_few: too_few?,
            reserve: reserve? == YesNo::Yes,
        })
    }

    fn evaluation(&self, errors: &mut FieldErrors) -> Option<KindPart> {
        let preset = self.rule_levels.read(errors, "rule_levels");
        let base = self.rule_judged_of.read(errors, "rule_judged_of");
        let (preset, base) = preset.zip(base)?;
        Some(KindPart {
            poll: RuleKind::Evaluation,
            surplus: "0/1".to_owned(),
            ballot: ballot_of(FormKind::Levels),
            levels: preset.levels(&self.rule_threshold),
            decision: None,
            evaluation: Some(EvaluationTable {
                body: Body::Congress,
                base,
            }),
        })
    }
}

/// What of the document depends on the kind of poll.
struct KindPart {
    poll: RuleKind,
    surplus: String,
    ballot: BallotTable,
    levels: Vec<LevelTable>,
    decision: Option<DecisionTable>,
    evaluation: Option<EvaluationTable>,
}

const fn ballot_of(form: FormKind) -> BallotTable {
    BallotTable {
        form,
        min: None,
        max: None,
        blank: None,
    }
}

/// The form in the office's words; none of them where levels are asked for.
fn ballot_kind(table: &BallotTable) -> Choice<BallotKind> {
    match table.form {
        FormKind::AtMost => Choice::One(BallotKind::AtMost),
        FormKind::AtLeast if table.min == table.max => Choice::One(BallotKind::Exactly),
        FormKind::AtLeast => Choice::One(BallotKind::AtLeast),
        FormKind::EachItem => Choice::One(BallotKind::EachItem),
        FormKind::Levels => Choice::default(),
    }
}

/// What silence counts as, where the form lets the rule say it.
const fn blank_of(form: Form) -> Option<Blank> {
    match form {
        Form::AtMost { blank, .. } | Form::EachItem { blank } => Some(blank),
        Form::AtLeast { .. } | Form::Levels => None,
    }
}

/// The customary levels and their share, where the levels are such.
fn preset(levels: &[LevelTable]) -> (Choice<LevelPreset>, String) {
    let threshold = levels.iter().find_map(|level| level.threshold.clone());
    let threshold = threshold.unwrap_or_default();
    let is_same = |preset: &&LevelPreset| preset.levels(&threshold) == levels;
    let preset = LevelPreset::ALL.iter().find(is_same);
    let chosen = preset.map_or_else(Choice::default, |preset| Choice::One(*preset));
    (chosen, threshold)
}

fn whole(errors: &mut FieldErrors, field: &'static str, text: &str, most: i64) -> u64 {
    errors
        .whole_number(field, text, 1, most)
        .and_then(|number| u64::try_from(number).ok())
        .unwrap_or_default()
}

/// Which field of the form a key of the rule stands in.
fn field_errors(error: &RuleError) -> FieldErrors {
    let mut errors = FieldErrors::none();
    let (key, problem) = match error {
        RuleError::Key { key, problem } => (key.as_str(), Some(problem)),
        _ => ("", None),
    };
    let field = field_of(key);
    // A limit that no form could name is refused without its number.
    let mut add_limit = |code, limit: u64| match i64::try_from(limit) {
        Ok(limit) => errors.add_limit(field, code, limit),
        Err(_) => errors.add(field, "rule-refused"),
    };
    match problem {
        Some(KeyProblem::OutOfRange {
            most, found, least, ..
        }) => {
            if found > most {
                add_limit("too-large-number", *most);
            } else {
                add_limit("too-small", *least);
            }
        }
        Some(KeyProblem::TooLittleSurplus { needed, .. }) => {
            add_limit("too-little-surplus", *needed);
        }
        Some(KeyProblem::Fraction(_)) => errors.add(field, "not-a-fraction"),
        _ => errors.add(field, "rule-refused"),
    }
    errors
}

/// The field of the form in which a key of the rule stands.
pub(crate) fn field_of(key: &str) -> &'static str {
    match key {
        "quorum" => "rule_quorum",
        "surplus" => "rule_surplus",
        "ballot.max" => "rule_max",
        "ballot.min" => "rule_min",
        "ballot.form" => "rule_form",
        "decision.tie" => "rule_tie",
        "decision.too_few" => "rule_too_few",
        "decision.places" | "items" => "rule_places",
        "decision.majority" => "rule_majority",
        "reserved.paper" => "rule_paper",
        key if key.starts_with("levels") => {
            if key.ends_with(".threshold") {
                "rule_threshold"
            } else {
                "rule_levels"
            }
        }
        _ => "rule_title",
    }
}

#[cfg(test)]
#[path = "rule_form_tests.rs"]
mod tests;
