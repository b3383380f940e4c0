//! Where the office writes the rules.

use super::manage_view::ManagePage;
use super::status;
use crate::session::rule_form::BallotKind;
use crate::session::rule_template::RuleTemplate;
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
            (self.templates(locale))
            form.form #rule-form method="post" action=(self.path("rules")) {
                (field("rule_title", &form.rule_title).input(locale, "text", "off"))
                (facts(&[(locale.text("sheet-deputies"), html! { (form.deputies) })]))
                p.hint { (locale.text("hint-rule_deputies")) }
                (share("rule_quorum", &form.rule_quorum, &QUORUMS))
                @match self.found.poll.kind {
                    PollKind::Main | PollKind::RunOff | PollKind::SecondBallot | PollKind::Adoption => {
                        (number("rule_places", &form.rule_places))
                        (words.select("rule_form", &form.rule_form, &BallotKind::ALL, BallotKind::name))
                        (maybe("rule_min", &form.rule_min))
                        (maybe("rule_max", &form.rule_max))
                        (words.select_of("blank", "rule_blank", &form.rule_blank, Blank::ALL, Blank::name))
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
                (number("rule_paper", &form.rule_paper))
                button.button.primary type="submit" { (locale.text("manage-save-rules")) }
            }
        }
    }
}

impl ManagePage {
    /// The buttons that fill the form, each with what it asks for in this meeting's figures.
    fn templates(&self, locale: &Locale) -> Markup {
        let offered = RuleTemplate::offered(self.found.poll.kind, self.found.jurisdiction());
        html! {
            @if !offered.is_empty() {
                // The key Enter presses a form's first button: it must save, not fill in.
                button hidden type="submit" form="rule-form" { (locale.text("manage-save-rules")) }
                section.panel #field-rule_template {
                    h3 { (locale.text("field-rule_template")) }
                    p.hint { (locale.text("hint-rule_template")) }
                    ul.plain.stack { @for one in offered { li { (self.template(locale, *one)) } } }
                }
            }
        }
    }

    fn template(&self, locale: &Locale, template: RuleTemplate) -> Markup {
        let found = &self.found;
        let body = &found.jurisdiction().settings.body;
        let name = format!("rule-template-{}", status::option_key(template.name()));
        let filled = template.fill(&self.form, found.cycle(), self.items.len());
        let rule = filled.rule(found.poll.kind, found.jurisdiction(), &self.items, None);
        html! {
            button.button.secondary type="submit" form="rule-form" formnovalidate name="rule_template" value=(template.name()) {
                (locale.text_about(&name, body))
            }
            // Where something typed does not fit yet, the form says what, once it is saved.
            @if let Ok(rule) = &rule {
                details {
                    summary { (locale.text("rule-template-says")) }
                    (status::rule_in_words(locale, rule))
                }
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
