//! Where the office writes the rules.

use super::manage_view::ManagePage;
use super::status;
use crate::session::rule_form::BallotKind;
use crate::web::choice::{Choice, YesNo};
use crate::web::components::{Field, facts};
use crate::web::locale::Locale;
use domain::infra::field_errors::FieldErrors;
use domain::session::PollKind;
use maud::{Markup, html};
use tally::rules::options::{LEVEL_THRESHOLDS, LevelPreset, MAJORITIES, QUORUMS, SURPLUSES};
use tally::rules::{Base, Blank, EvaluationBase, TieBreak, TooFew};

impl ManagePage {
    /// What the office fills in.
    pub(super) fn rule_form(&self, locale: &Locale) -> Markup {
        let form = &self.form;
        let field = |name, value| Field {
            name,
            value,
            errors: &self.errors,
            required: true,
        };
        let number = |name, value| field(name, value).input(locale, "number", "off");
        // Which of them a form of ballot needs is checked where all of it is read.
        let maybe = |name, value| {
            let field = Field {
                required: false,
                ..field(name, value)
            };
            field.input(locale, "number", "off")
        };
        let option = |value: &str| {
            let text = locale.text(&format!("option-{}", status::option_key(value)));
            (value.to_owned(), text)
        };
        let share = |name, value, shares: &[&str]| {
            let options: Vec<_> = shares.iter().map(|share| option(share)).collect();
            field(name, value).select(locale, &options)
        };
        let words = Words {
            locale,
            errors: &self.errors,
        };
        html! {
            form.form method="post" action=(self.path("rules")) {
                (field("rule_title", &form.rule_title).input(locale, "text", "off"))
                (facts(&[(locale.text("sheet-deputies"), html! { (form.deputies) })]))
                p.hint { (locale.text("hint-rule_deputies")) }
                (share("rule_quorum", &form.rule_quorum, &QUORUMS))
                @match self.found.poll.kind {
                    PollKind::Main | PollKind::RunOff | PollKind::SecondBallot | PollKind::Adoption => {
                        (number("rule_places", &form.rule_places))
                        (words.select("rule_form", &form.rule_form, &BallotKind::ALL, BallotKind::name))
                        (maybe("rule_min", &form.rule_min))
                        p.hint { (locale.text("hint-rule_min")) }
                        (maybe("rule_max", &form.rule_max))
                        p.hint { (locale.text("hint-rule_max")) }
                        (words.select_of("blank", "rule_blank", &form.rule_blank, Blank::ALL, Blank::name))
                        p.hint { (locale.text("hint-rule_blank")) }
                        (share("rule_surplus", &form.rule_surplus, &SURPLUSES))
                        (share("rule_majority", &form.rule_majority, &MAJORITIES))
                        (words.select("rule_base", &form.rule_base, Base::ALL, Base::name))
                        (words.select("rule_tie", &form.rule_tie, TieBreak::ALL, TieBreak::name))
                        (words.select("rule_too_few", &form.rule_too_few, TooFew::ALL, TooFew::name))
                        (words.select("rule_reserve", &form.rule_reserve, &YesNo::ALL, YesNo::name))
                    }
                    PollKind::Evaluation => {
                        (words.select("rule_levels", &form.rule_levels, LevelPreset::ALL, LevelPreset::name))
                        (share("rule_threshold", &form.rule_threshold, &LEVEL_THRESHOLDS))
                        (words.select_of("judged-of", "rule_judged_of", &form.rule_judged_of, EvaluationBase::ALL, EvaluationBase::name))
                    }
                }
                button.button.primary type="submit" { (locale.text("manage-save-rules")) }
            }
        }
    }
}

/// Fields that take one word of a list, which is the rule's own.
struct Words<'a> {
    locale: &'a Locale,
    errors: &'a FieldErrors,
}

impl Words<'_> {
    fn select<T: Copy>(
        &self,
        name: &'static str,
        chosen: &Choice<T>,
        all: &[T],
        word: fn(T) -> &'static str,
    ) -> Markup {
        self.select_of("option", name, chosen, all, word)
    }

    /// The same where the words mean something of their own in this field.
    fn select_of<T: Copy>(
        &self,
        words: &str,
        name: &'static str,
        chosen: &Choice<T>,
        all: &[T],
        word: fn(T) -> &'static str,
    ) -> Markup {
        let option = |one: &T| {
            let word = word(*one);
            let key = format!("{words}-{}", status::option_key(word));
            (word.to_owned(), self.locale.text(&key))
        };
        let options: Vec<_> = all.iter().map(option).collect();
        Field {
            name,
            value: chosen.shown(word),
            errors: self.errors,
            required: true,
        }
        .select(self.locale, &options)
    }
}
