//! Rules of real practice, with which the office fills its form at one press.

use super::rule_form::{BallotKind, RuleForm};
use crate::web::choice::{Choice, YesNo};
use domain::cycles::{Cycle, Jurisdiction};
use domain::name_enum;
use domain::session::PollKind;
use tally::rules::options::LevelPreset;
use tally::rules::{Base, Blank, EvaluationBase, TieBreak, TooFew};

name_enum! {
    /// What the form can be filled from. A standing committee's evaluation is none: it has no roll of its own here.
    pub enum RuleTemplate {
        /// 人民代表大会全体会议, of a county as of a town: the law asks the same of both.
        Congress = "congress",
        /// 居民议事会: advises, so that whoever has most votes is chosen.
        Council = "council",
        /// 逐项表决
        EachItem = "each_item",
        /// 满意度测评, of all who are entitled.
        Evaluation = "evaluation",
        /// The same of those present, with 不了解 beside the levels.
        EvaluationOfPresent = "evaluation_of_present",
    }
}

impl RuleTemplate {
    /// Those that fit the poll. Rules that follow from an earlier vote are nobody's to fill in.
    pub fn offered(kind: PollKind, jurisdiction: &Jurisdiction) -> &'static [Self] {
        match kind {
            PollKind::Main if jurisdiction.kind.is_advisory() => {
                &[Self::Council, Self::Congress, Self::EachItem]
            }
            PollKind::Main => &[Self::Congress, Self::EachItem],
            PollKind::Evaluation => &[Self::Evaluation, Self::EvaluationOfPresent],
            PollKind::RunOff | PollKind::SecondBallot | PollKind::Adoption => &[],
        }
    }

    /// The form filled. What is not the template's stays as it was typed; a number it needs and nobody typed is the cycle's.
    pub fn fill(self, typed: &RuleForm, cycle: &Cycle, items: usize) -> RuleForm {
        let form = RuleForm {
            rule_template: Choice::default(),
            ..typed.clone()
        };
        match self {
            Self::Congress => RuleForm {
                rule_quorum: ">= 2/3".to_owned(),
                rule_surplus: "1/5".to_owned(),
                rule_majority: "> 1/2".to_owned(),
                rule_base: Choice::One(Base::Deputies),
                ..at_most(form, cycle, items)
            },
            Self::Council => RuleForm {
                rule_quorum: "> 1/2".to_owned(),
                rule_surplus: "1/5".to_owned(),
                rule_majority: "none".to_owned(),
                rule_base: Choice::One(Base::Present),
                ..at_most(form, cycle, items)
            },
            Self::EachItem => RuleForm {
                rule_form: Choice::One(BallotKind::EachItem),
                rule_majority: "> 1/2".to_owned(),
                rule_base: Choice::One(Base::Deputies),
                ..at_most(form, cycle, items)
            },
            Self::Evaluation => RuleForm {
                rule_quorum: ">= 2/3".to_owned(),
                rule_levels: Choice::One(LevelPreset::Three),
                rule_threshold: ">= 1/2".to_owned(),
                rule_judged_of: Choice::One(EvaluationBase::Entitled),
                ..form
            },
            Self::EvaluationOfPresent => RuleForm {
                rule_quorum: ">= 2/3".to_owned(),
                rule_levels: Choice::One(LevelPreset::UnknownInBase),
                rule_threshold: "> 1/2".to_owned(),
                rule_judged_of: Choice::One(EvaluationBase::Present),
                ..form
            },
        }
    }
}

/// A choice among candidates: at most as many as there are places, a tie voted on again, an empty place left so.
fn at_most(form: RuleForm, cycle: &Cycle, items: usize) -> RuleForm {
    let places = usize::try_from(cycle.places).unwrap_or(0);
    let or = |typed: String, usual: usize| {
        if typed.trim().is_empty() {
            usual.to_string()
        } else {
            typed
        }
    };
    RuleForm {
        rule_form: Choice::One(BallotKind::AtMost),
        rule_min: String::new(),
        rule_max: or(form.rule_max, places.min(items)),
        rule_blank: Choice::One(Blank::Nobody),
        rule_places: or(form.rule_places, places),
        rule_tie: Choice::One(TieBreak::RunOff),
        rule_too_few: Choice::One(TooFew::LeaveEmpty),
        rule_reserve: Choice::One(YesNo::Yes),
        ..form
    }
}

#[cfg(test)]
#[path = "rule_template_tests.rs"]
mod tests;
