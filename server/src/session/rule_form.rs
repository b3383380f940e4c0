//! The rules as the office fills them in, with the defaults of law and custom.

use crate::web::choice::Choice;
use domain::cycles::{Cycle, Jurisdiction};
use domain::infra::field_errors::FieldErrors;
use domain::session::{PollItem, PollKind, titles};
use serde::Deserialize;
use tally::rules::document::{
    BallotTable, DecisionTable, Document, EvaluationTable, FORMAT, FormKind, LevelTable,
    PollKind as RuleKind,
};
use tally::rules::options::{LEVEL_THRESHOLDS, LevelPreset, MAJORITIES, QUORUMS, SURPLUSES};
use tally::rules::{
    Base, Blank, Body, EvaluationBase, KeyProblem, Rule, RuleError, Secrecy, TieBreak, TooFew,
};

/// What the office typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[expect(
    missing_docs,
    reason = "named as the rule document's keys, which describes them"
)]
pub struct RuleForm {
    pub rule_title: String,
    pub rule_deputies: String,
    pub rule_quorum: String,
    pub rule_form: Choice<FormKind>,
    pub rule_max: String,
    pub rule_places: String,
    pub rule_surplus: String,
    pub rule_majority: String,
    pub rule_base: Choice<Base>,
    pub rule_tie: Choice<TieBreak>,
    pub rule_too_few: Choice<TooFew>,
    pub rule_reserve: Choice<YesNo>,
    pub rule_threshold: String,
    pub rule_levels: Choice<LevelPreset>,
}

/// Yes or no, as a form says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum YesNo {
    /// Yes.
    #[serde(rename = "true")]
    Yes,
    /// No.
    #[serde(rename = "false")]
    No,
}

impl YesNo {
    /// Both, yes first.
    pub const ALL: &[Self] = &[Self::Yes, Self::No];

    /// As the form sends it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Yes => "true",
            Self::No => "false",
        }
    }
}

impl From<bool> for YesNo {
    fn from(yes: bool) -> Self {
        if yes { Self::Yes } else { Self::No }
    }
}

/// The forms of a ballot on candidates that the office can choose.
pub(crate) const BALLOT_FORMS: &[FormKind] = &[FormKind::AtMost, FormKind::EachItem];

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
            rule_title: titles::rule(kind, jurisdiction, cycle),
            rule_deputies: deputies.to_string(),
            rule_quorum: quorum.to_owned(),
            rule_form: Choice::One(FormKind::AtMost),
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
        }
    }

    /// The form as it stood when this rule was written. What the rule has no value of stands open.
    pub fn of(rule: &Rule) -> Self {
        let document = Document::from(rule);
        let text = |value: Option<u64>| value.map(|n| n.to_string()).unwrap_or_default();
        let (rule_levels, rule_threshold) = preset(&document.levels);
        let form = Self {
            rule_title: document.title,
            rule_deputies: document.deputies.to_string(),
            rule_quorum: document.quorum,
            rule_form: Choice::One(document.ballot.form),
            rule_max: text(document.ballot.max),
            rule_surplus: document.surplus,
            rule_levels,
            rule_threshold,
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
        let deputies = whole(&mut errors, "rule_deputies", &self.rule_deputies, 1_000_000);
        let part = match kind {
            PollKind::Main => self.choice(&mut errors),
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
            deputies,
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
            reserved: None,
            record: None,
            witnesses: None,
        };
        Rule::from_document(document).map_err(|error| field_errors(&error))
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
        let plain = ballot_of(form);
        match form {
            FormKind::EachItem => Some(plain),
            FormKind::AtMost => Some(BallotTable {
                max: Some(whole(errors, "rule_max", &self.rule_max, 500)),
                blank: Some(Blank::Nobody),
                ..plain
            }),
            FormKind::AtLeast | FormKind::Levels => {
                errors.add("rule_form", "not-an-option");
                None
            }
        }
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
        let preset = self.rule_levels.read(errors, "rule_levels")?;
        Some(KindPart {
            poll: RuleKind::Evaluation,
            surplus: "0/1".to_owned(),
            ballot: ballot_of(FormKind::Levels),
            levels: preset.levels(&self.rule_threshold),
            decision: None,
            evaluation: Some(EvaluationTable {
                body: Body::Congress,
                base: EvaluationBase::Entitled,
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
    let field = match key {
        "deputies" => "rule_deputies",
        "quorum" => "rule_quorum",
        "surplus" => "rule_surplus",
        "ballot.max" => "rule_max",
        "ballot.form" => "rule_form",
        "decision.places" | "items" => "rule_places",
        "decision.majority" => "rule_majority",
        key if key.starts_with("levels") => {
            if key.ends_with(".threshold") {
                "rule_threshold"
            } else {
                "rule_levels"
            }
        }
        _ => "rule_title",
    };
    let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    match problem {
        Some(KeyProblem::OutOfRange {
            most, found, least, ..
        }) => {
            if found > most {
                errors.add_limit(field, "too-large-number", number(*most));
            } else {
                errors.add_limit(field, "too-small", number(*least));
            }
        }
        Some(KeyProblem::TooLittleSurplus { needed, .. }) => {
            errors.add_limit(field, "too-little-surplus", number(*needed));
        }
        Some(KeyProblem::Fraction(_)) => errors.add(field, "not-a-fraction"),
        _ => errors.add(field, "rule-refused"),
    }
    errors
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::NOW;
    use domain::cycles::{JurisdictionKind, Stage};
    use domain::infra::entropy::Entropy;
    use domain::infra::ids::{CycleId, JurisdictionId};

    fn county() -> (Jurisdiction, Cycle) {
        let entropy = Entropy::seeded([1; 32]);
        let jurisdiction = Jurisdiction {
            id: JurisdictionId::new(NOW, &entropy),
            slug: "qinghe".to_owned(),
            name: "青禾县".to_owned(),
            kind: JurisdictionKind::County,
            parent: None,
        };
        let cycle = Cycle {
            id: CycleId::new(NOW, &entropy),
            jurisdiction: jurisdiction.id,
            year: 2026,
            term: 18,
            session: 5,
            places: 10,
            stage: Stage::Voting,
        };
        (jurisdiction, cycle)
    }

    fn items(n: usize) -> Vec<PollItem> {
        (1..=n)
            .map(|index| PollItem {
                code: format!("QH26-{index:02}"),
                title: format!("项目{index}"),
                unit: None,
                budget: None,
                source: None,
            })
            .collect()
    }

    #[test]
    fn the_defaults_are_the_law_s() {
        let (jurisdiction, cycle) = county();
        let form = RuleForm::defaults(PollKind::Main, &jurisdiction, &cycle, 213, 15);
        let rule = form
            .rule(PollKind::Main, &jurisdiction, &items(15), None)
            .unwrap();
        assert_eq!(
            rule.title(),
            "青禾县第十八届人民代表大会第五次会议民生实事项目票决办法"
        );
        assert_eq!(rule.quorum_count(), 142);
        let decision = rule.decision().unwrap();
        assert_eq!(
            (decision.places, decision.majority.votes_needed(213)),
            (10, 107)
        );
        assert!(!rule.allows_revoting());
        let again = RuleForm::of(&rule);
        assert_eq!(
            again.rule(PollKind::Main, &jurisdiction, &items(15), None),
            Ok(rule)
        );
        // The levels of an evaluation are no part of this rule.
        let open = RuleForm {
            rule_levels: Choice::default(),
            rule_threshold: String::new(),
            ..form
        };
        assert_eq!(again, open);
    }

    #[test]
    fn every_customary_set_of_levels_is_read_back_from_its_rule() {
        let (jurisdiction, cycle) = county();
        for preset in LevelPreset::ALL {
            let mut form = RuleForm::defaults(PollKind::Evaluation, &jurisdiction, &cycle, 213, 10);
            form.rule_levels = Choice::One(*preset);
            let rule = form
                .rule(PollKind::Evaluation, &jurisdiction, &items(10), None)
                .unwrap();
            assert_eq!(RuleForm::of(&rule).rule_levels, Choice::One(*preset));
            assert_eq!(RuleForm::of(&rule).rule_threshold, form.rule_threshold);
        }
    }

    #[test]
    fn the_evaluation_asks_one_question_of_three_levels_for_each_project() {
        let (jurisdiction, cycle) = county();
        let form = RuleForm::defaults(PollKind::Evaluation, &jurisdiction, &cycle, 213, 10);
        let rule = form
            .rule(PollKind::Evaluation, &jurisdiction, &items(10), None)
            .unwrap();
        let questions = rule.questions();
        assert_eq!(questions.len(), 10);
        assert!(
            questions
                .iter()
                .all(|q| (q.answers, q.min, q.max, q.blank) == (3, 0, 1, false))
        );
    }

    #[test]
    fn a_refused_value_is_named_at_its_field() {
        let (jurisdiction, cycle) = county();
        let good = RuleForm::defaults(PollKind::Main, &jurisdiction, &cycle, 213, 15);
        for (break_it, field, code) in [
            (
                (|form: &mut RuleForm| form.rule_places = "14".to_owned()) as fn(&mut RuleForm),
                "rule_places",
                "too-little-surplus",
            ),
            (
                |form| form.rule_deputies = "-1".to_owned(),
                "rule_deputies",
                "too-small",
            ),
            (
                |form| form.rule_quorum = "两个".to_owned(),
                "rule_quorum",
                "not-a-fraction",
            ),
            (
                |form| form.rule_max = "16".to_owned(),
                "rule_max",
                "too-large-number",
            ),
            (
                |form| form.rule_title = String::new(),
                "rule_title",
                "required",
            ),
            (
                |form| form.rule_form = Choice::One(FormKind::Levels),
                "rule_form",
                "not-an-option",
            ),
            (
                |form| form.rule_base = Choice::Other("nonsense".to_owned()),
                "rule_base",
                "not-an-option",
            ),
            (
                |form| form.rule_reserve = Choice::default(),
                "rule_reserve",
                "required",
            ),
        ] {
            let mut form = good.clone();
            break_it(&mut form);
            let errors = form
                .rule(PollKind::Main, &jurisdiction, &items(15), None)
                .unwrap_err();
            assert_eq!(
                errors.of(field).map(|error| error.code),
                Some(code),
                "{field}"
            );
        }
    }
}
