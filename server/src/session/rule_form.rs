//! The rules as the office fills them in, with the defaults of law and custom.

use domain::cycles::{Cycle, Jurisdiction};
use domain::infra::field_errors::FieldErrors;
use domain::session::{PollItem, PollKind};
use serde::Deserialize;
use tally::rules::document::{
    BallotTable, DecisionTable, Document, EvaluationTable, FORMAT, FormKind, PollKind as RuleKind,
};
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
    pub rule_form: String,
    pub rule_max: String,
    pub rule_places: String,
    pub rule_surplus: String,
    pub rule_majority: String,
    pub rule_base: String,
    pub rule_tie: String,
    pub rule_too_few: String,
    pub rule_reserve: String,
    pub rule_threshold: String,
    pub rule_unknown: String,
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
        let subject = match kind {
            PollKind::Main => "民生实事项目票决办法",
            PollKind::Evaluation => "民生实事项目满意度测评办法",
        };
        let places = usize::try_from(cycle.places).unwrap_or(0);
        Self {
            rule_title: format!(
                "{}第{}届人民代表大会第{}次会议{subject}",
                jurisdiction.name,
                chinese_number(cycle.term),
                chinese_number(cycle.session)
            ),
            rule_deputies: deputies.to_string(),
            rule_quorum: ">= 2/3".to_owned(),
            rule_form: "at-most".to_owned(),
            rule_max: places.min(items).to_string(),
            rule_places: cycle.places.to_string(),
            rule_surplus: "1/5".to_owned(),
            rule_majority: "> 1/2".to_owned(),
            rule_base: "deputies".to_owned(),
            rule_tie: "run-off".to_owned(),
            rule_too_few: "leave-empty".to_owned(),
            rule_reserve: "true".to_owned(),
            rule_threshold: ">= 1/2".to_owned(),
            rule_unknown: "false".to_owned(),
        }
    }

    /// The form as it stood when this rule was written.
    pub fn of(rule: &Rule) -> Self {
        let document = Document::from(rule);
        let decision = document.decision.as_ref();
        let text = |value: Option<u64>| value.map(|n| n.to_string()).unwrap_or_default();
        Self {
            rule_title: document.title.clone(),
            rule_deputies: document.deputies.to_string(),
            rule_quorum: document.quorum.clone(),
            rule_form: match document.ballot.form {
                FormKind::EachItem => "each-item",
                FormKind::AtMost | FormKind::AtLeast | FormKind::Levels => "at-most",
            }
            .to_owned(),
            rule_max: text(document.ballot.max),
            rule_places: text(decision.map(|decision| decision.places)),
            rule_surplus: document.surplus.clone(),
            rule_majority: decision.map(|d| d.majority.clone()).unwrap_or_default(),
            rule_base: decision
                .map_or("deputies", |d| base_name(d.base))
                .to_owned(),
            rule_tie: match decision.map(|d| d.tie) {
                Some(TieBreak::Lot) => "lot",
                Some(TieBreak::RunOff) | None => "run-off",
            }
            .to_owned(),
            rule_too_few: match decision.map(|d| d.too_few) {
                Some(TooFew::Fill) => "fill",
                Some(TooFew::LeaveEmpty) | None => "leave-empty",
            }
            .to_owned(),
            rule_reserve: decision.is_none_or(|d| d.reserve).to_string(),
            rule_threshold: document
                .evaluation
                .as_ref()
                .map_or_else(|| ">= 1/2".to_owned(), |e| e.threshold.clone()),
            rule_unknown: (document.ballot.unknown == Some(true)).to_string(),
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
        let (rule_kind, ballot, decision, evaluation, surplus) = match kind {
            PollKind::Main => (
                RuleKind::Choice,
                self.ballot(&mut errors),
                Some(self.decision(&mut errors)),
                None,
                self.rule_surplus.clone(),
            ),
            PollKind::Evaluation => (
                RuleKind::Evaluation,
                levels(self.rule_unknown == "true"),
                None,
                Some(self.evaluation()),
                "0/1".to_owned(),
            ),
        };
        if !errors.is_empty() {
            return Err(errors);
        }
        let document = Document {
            format: FORMAT.to_owned(),
            title: self.rule_title.trim().to_owned(),
            poll: rule_kind,
            advisory: jurisdiction.kind.is_advisory(),
            secrecy: Secrecy::Secret,
            revoting: false,
            deputies,
            quorum: self.rule_quorum.clone(),
            surplus,
            items: items.iter().map(|item| item.code.clone()).collect(),
            facts: facts.map(str::to_owned),
            ballot,
            decision,
            evaluation,
            run_off: None,
            second_ballot: None,
            reserved: None,
            witnesses: None,
        };
        Rule::from_document(document).map_err(|error| field_errors(&error))
    }

    fn ballot(&self, errors: &mut FieldErrors) -> BallotTable {
        if self.rule_form == "each-item" {
            return BallotTable {
                form: FormKind::EachItem,
                min: None,
                max: None,
                blank: None,
                unknown: None,
            };
        }
        BallotTable {
            form: FormKind::AtMost,
            min: None,
            max: Some(whole(errors, "rule_max", &self.rule_max, 500)),
            blank: Some(Blank::Nobody),
            unknown: None,
        }
    }

    fn decision(&self, errors: &mut FieldErrors) -> DecisionTable {
        DecisionTable {
            places: whole(errors, "rule_places", &self.rule_places, 500),
            majority: self.rule_majority.clone(),
            base: match self.rule_base.as_str() {
                "signed-in" => Base::SignedIn,
                "valid" => Base::Valid,
                _ => Base::Deputies,
            },
            tie: if self.rule_tie == "lot" {
                TieBreak::Lot
            } else {
                TieBreak::RunOff
            },
            too_few: if self.rule_too_few == "fill" {
                TooFew::Fill
            } else {
                TooFew::LeaveEmpty
            },
            reserve: self.rule_reserve != "false",
        }
    }

    fn evaluation(&self) -> EvaluationTable {
        EvaluationTable {
            body: Body::Congress,
            base: EvaluationBase::Entitled,
            threshold: self.rule_threshold.clone(),
            unknown_in_base: false,
        }
    }
}

fn levels(unknown: bool) -> BallotTable {
    BallotTable {
        form: FormKind::Levels,
        min: None,
        max: None,
        blank: None,
        unknown: Some(unknown),
    }
}

const fn base_name(base: Base) -> &'static str {
    match base {
        Base::Deputies => "deputies",
        Base::SignedIn => "signed-in",
        Base::Valid => "valid",
    }
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
        RuleError::Key { key, problem } => (*key, Some(problem)),
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
        "evaluation.threshold" => "rule_threshold",
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

/// A number from 1 to 99 as the names of terms and sessions write it: 十八.
fn chinese_number(number: i32) -> String {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let digit = |n: i32| {
        usize::try_from(n)
            .ok()
            .and_then(|n| DIGITS.get(n))
            .copied()
            .unwrap_or_default()
    };
    match number {
        1..=9 => digit(number).to_owned(),
        10..=19 => format!("十{}", digit(number - 10)),
        20..=99 => format!("{}十{}", digit(number / 10), digit(number % 10)),
        _ => number.to_string(),
    }
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
        assert_eq!(RuleForm::of(&rule), form);
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

    #[test]
    fn terms_and_sessions_are_written_in_chinese() {
        let written: Vec<String> = [5, 10, 18, 20, 21].map(chinese_number).into();
        assert_eq!(written, ["五", "十", "十八", "二十", "二十一"]);
    }
}
