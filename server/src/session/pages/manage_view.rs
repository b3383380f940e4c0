//! What the page shows to those who lead a poll.

use super::check_in_setting;
use super::code_setting;
use super::manage::{AdoptionForm, HandsCounted, is_scrutineer};
use super::manage_ceremony::{RestartForm, threshold_in_words};
use super::manage_ends::Ends;
use super::planned_end;
use super::status;
use crate::session::api::Figures;
use crate::session::in_poll::InPoll;
use crate::session::rule_form::RuleForm;
use crate::web::components::{Field, error_text, facts, hash, irrevocable, page_head, stats};
use crate::web::cycle_path::CycleHeading;
use crate::web::locale::Locale;
use crate::web::page::Page;
use crate::web::visit::Visit;
use domain::infra::clock::Timestamp;
use domain::infra::field_errors::FieldErrors;
use domain::people::Role;
use domain::session::StateName;
use domain::session::store::{Confirmation, Eligible};
use domain::session::{
    Ceremony, DualControlStep, Headcount, Matter, Poll, PollItem, Scrutineer, departures,
};
use maud::{Markup, html};
use tally::rules::{Rule, RuleHash};

/// The rules as far as they have come.
#[derive(Debug, Clone)]
pub(super) enum RulesInForce {
    /// Nothing is written yet.
    None,
    /// What the office has written, with its exact text.
    Draft {
        /// `rule.toml`
        text: String,
        /// The same, read.
        rule: Rule,
    },
    /// What the meeting has adopted.
    Adopted(Rule),
}

/// The page.
pub(super) struct ManagePage {
    pub found: InPoll,
    pub figures: Figures,
    pub rules: RulesInForce,
    pub form: RuleForm,
    pub errors: FieldErrors,
    pub adoption: AdoptionForm,
    pub adoption_errors: FieldErrors,
    pub items: Vec<PollItem>,
    pub eligible: Vec<Eligible>,
    pub scrutineers: Vec<Scrutineer>,
    pub confirmations: Vec<Confirmation>,
    /// The ceremony in which the scrutineers make one key together, where they do.
    pub ceremony: Option<Ceremony>,
    pub restart: RestartForm,
    pub headcounts: Vec<Headcount>,
    /// Until when the vote is planned.
    pub planned_end: Option<Timestamp>,
    /// The polls with which this one may be checked in for.
    pub may_join: Vec<Poll>,
    /// Whether the check-in asks for the code of the hall.
    pub asks_code: bool,
    /// What office and chief scrutineer confirm next, where they do.
    pub matter: Option<Matter>,
    pub ends: Ends,
}

impl Page for ManagePage {
    fn title(&self, locale: &Locale) -> String {
        locale.text("manage-title")
    }

    fn errors(&self) -> Option<&FieldErrors> {
        let all = [
            &self.errors,
            &self.adoption_errors,
            &self.restart.errors,
            &self.ends.errors,
        ];
        all.into_iter().find(|errors| !errors.is_empty())
    }

    fn cycle(&self) -> Option<&CycleHeading> {
        Some(self.found.heading())
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let poll = &self.found.poll;
        let state = poll.state.name();
        html! {
            p.back { a href=(self.found.page()) { "← " (poll.title) } }
            (page_head(&locale.text("manage-title"), &locale.text_about(&format!("manage-lead-{}", state.name()), &self.found.jurisdiction().settings.body)))
            (status::advisory(locale, &self.found))
            (status::way(locale, &poll.state))
            (status::ended(locale, &poll.state))
            (stats(&status::participation(locale, poll, self.figures)))
            @match state {
                StateName::Drafted => (self.drafted(visit)),
                StateName::RulesAdopted => {
                    (self.ready(locale))
                    (self.key_ceremony(visit))
                    (self.dual_control(visit, DualControlStep::Freeze))
                }
                StateName::Frozen => {
                    (threshold_in_words(locale, &self.found.poll, self.scrutineers.len()))
                    (self.approvals(locale))
                    (self.dual_control(visit, DualControlStep::Open))
                }
                StateName::Open => {
                    @if self.is(visit, Role::Office) {
                        (planned_end::setting(visit, &self.found.page(), self.planned_end))
                    } @else { p.note { (planned_end::now(visit, self.planned_end)) } }
                    (self.dual_control(visit, DualControlStep::Close))
                }
                StateName::Closed => {
                    (threshold_in_words(locale, &self.found.poll, self.scrutineers.len()))
                    (self.partials(locale))
                    (self.too_few(locale))
                }
                StateName::Decrypted => (self.announce(visit)),
                StateName::Announced => {
                    p.actions {
                        a.button.primary href=(self.found.results()) { (locale.text("session-to-result")) }
                    }
                }
                StateName::Withdrawn | StateName::Voided => {}
            }
            (self.ends(visit))
            (self.confirmed(visit))
        }
    }
}

impl ManagePage {
    /// Whoever leads the session, as the jurisdiction calls them.
    pub(super) fn role_name(&self, locale: &Locale, role: &str) -> String {
        let body = &self.found.jurisdiction().settings.body;
        locale.text_about(&format!("session-role-{role}"), body)
    }

    pub(super) fn path(&self, change: &str) -> String {
        format!("{}/{change}", self.found.page())
    }

    pub(super) fn is(&self, visit: &Visit, role: Role) -> bool {
        visit.holds_any(&[role], self.found.poll.jurisdiction)
    }

    fn drafted(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let office = self.is(visit, Role::Office);
        html! {
            @if office {
                section {
                    h2 { (locale.text("manage-write-rules")) }
                    (self.rule_form(locale))
                }
                (check_in_setting::setting(locale, &self.found.page(), &self.found.poll, &self.may_join))
                (code_setting::setting(locale, &self.found.page(), self.asks_code))
            }
            @if let RulesInForce::Draft { text, rule } = &self.rules {
                section {
                    h2 { (locale.text("manage-draft")) }
                    p { (locale.text("manage-draft-lead")) }
                    (status::rule_in_words(locale, rule))
                    (status::departures(locale, rule, self.found.cycle()))
                    (facts(&[(locale.text("session-rule-hash"), hash(&RuleHash::of(text.as_bytes()).to_hex()))]))
                    details { summary { "rule.toml" } pre tabindex="0" { code { (text) } } }
                }
                @if office {
                    section {
                        h2 { (locale.text("manage-adopt")) }
                        (self.adoption_form(locale, text, rule))
                    }
                }
            }
        }
    }

    fn adoption_form(&self, locale: &Locale, text: &str, rule: &Rule) -> Markup {
        let errors = &self.adoption_errors;
        let hands = |name, value| {
            Field {
                name,
                value,
                errors,
                required: true,
            }
            .input(locale, "number", "off")
        };
        html! {
            form.form method="post" action=(self.path("adopt")) {
                input type="hidden" name="rule_sha256" value=(RuleHash::of(text.as_bytes()).to_hex());
                p { (locale.text("manage-adopt-lead")) }
                (hands("hands_in_favour", &self.adoption.hands_in_favour))
                (hands("hands_against", &self.adoption.hands_against))
                (hands("hands_abstained", &self.adoption.hands_abstained))
                (self.adoption_details(locale, rule))
                fieldset #field-scrutineers {
                    legend { (locale.text("field-scrutineers")) }
                    @if let Some(error) = errors.of("scrutineers") {
                        p.field-error #error-scrutineers { (error_text(locale, error)) }
                    }
                    @for one in self.eligible.iter().filter(|one| is_scrutineer(one)) {
                        @let id = one.account.to_string();
                        label.check {
                            input type="checkbox" name="scrutineers" value=(id)
                                checked[self.adoption.scrutineers.contains(&id)];
                            (one.name) " " span.note { (self.role_name(locale, one.role.name())) }
                        }
                    }
                }
                (hands("threshold", &self.adoption.threshold))
                p {
                    (locale.text("manage-officers")) " "
                    @for (place, one) in self.eligible.iter().filter(|one| !is_scrutineer(one)).enumerate() {
                        @if place > 0 { (locale.text("list-separator")) }
                        (self.role_name(locale, one.role.name())) " " (one.name)
                    }
                }
                button.button.primary type="submit" { (locale.text("manage-adopt-button")) }
            }
        }
    }

    /// How the hands were counted, the presidium's document, and why the rules depart where they do.
    fn adoption_details(&self, locale: &Locale, rule: &Rule) -> Markup {
        let form = &self.adoption;
        let field = |name, value, required| Field {
            name,
            value,
            errors: &self.adoption_errors,
            required,
        };
        let counted: Vec<(String, String)> = HandsCounted::ALL
            .iter()
            .map(|way| {
                let text = locale.text(&format!("hands-counted-{}", way.name()));
                (way.name().to_owned(), text)
            })
            .collect();
        html! {
            (field("counted_by", form.counted_by.shown(HandsCounted::name), true).select(locale, &counted))
            (field("passed_on", &form.passed_on, false).input(locale, "date", "off"))
            (field("passed_document", &form.passed_document, false).input(locale, "text", "off"))
            @if !departures(rule, self.found.cycle()).is_empty() {
                (status::departures(locale, rule, self.found.cycle()))
                (field("departure", &form.departure, true).textarea(locale, 2))
            }
        }
    }

    /// What the freeze still needs.
    fn ready(&self, locale: &Locale) -> Markup {
        let RulesInForce::Adopted(rule) = &self.rules else {
            return html! {};
        };
        let needed = rule.quorum_count();
        let has_quorum = u64::from(self.figures.present) >= needed;
        html! {
            h2 { (locale.text("manage-ready")) }
            ul.checks {
                li.good[has_quorum] {
                    (locale.text_with("manage-quorum", &[
                        ("signed", self.figures.present.into()), ("needed", needed.into()),
                    ]))
                    " " (mark(locale, has_quorum))
                }
                @for one in &self.scrutineers {
                    li.good[one.public_key.is_some()] {
                        (locale.text_with("manage-key-of", &[("name", one.name.clone().into())]))
                        " " (mark(locale, one.public_key.is_some()))
                    }
                }
                @for count in &self.headcounts {
                    li.good[count.is_confirmed()] {
                        (headcount(locale, count)) " " (mark(locale, count.is_confirmed()))
                    }
                }
            }
            @if self.scrutineers.iter().any(|one| one.public_key.is_none()) {
                p.note { (locale.text("manage-keys-note")) }
            }
        }
    }

    fn approvals(&self, locale: &Locale) -> Markup {
        html! {
            h2 { (locale.text("manage-approvals")) }
            p { (locale.text("manage-approvals-lead")) }
            ul.checks {
                @for one in &self.scrutineers {
                    li.good[one.has_approved] {
                        (locale.text_with("manage-approval-of", &[("name", one.name.clone().into())]))
                        " " (mark(locale, one.has_approved))
                    }
                }
            }
        }
    }

    fn partials(&self, locale: &Locale) -> Markup {
        html! {
            h2 { (locale.text("manage-partials")) }
            p { (locale.text("manage-partials-lead")) }
            ul.checks {
                @for one in &self.scrutineers {
                    li.good[one.has_stated_closing] {
                        (locale.text_with("manage-closing-of", &[("name", one.name.clone().into())]))
                        " " (mark(locale, one.has_stated_closing))
                    }
                    li.good[one.has_decrypted] {
                        (locale.text_with("manage-decryption-of", &[("name", one.name.clone().into())]))
                        " " (mark(locale, one.has_decrypted))
                    }
                }
            }
        }
    }

    fn announce(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        html! {
            h2 { (locale.text("manage-announce")) }
            p { (locale.text("manage-announce-lead")) }
            @if self.is(visit, Role::ChiefScrutineer) {
                p { a.button href=(self.path("first-look")) { (locale.text("first-look-title")) } }
            }
            @if self.is(visit, Role::Chair) {
                (irrevocable(&locale.text("manage-announce-button"), &locale.text("manage-announce-note"), &html! {
                    form method="post" action=(self.path("announce")) {
                        button.button.primary type="submit" { (locale.text("manage-announce-button")) }
                    }
                }))
            } @else { p.notice { (locale.text("manage-announce-by-chair")) } }
        }
    }
}

/// Who of a delegation is present, and who confirms it.
fn headcount(locale: &Locale, count: &Headcount) -> String {
    let head = count.delegation.head_name.clone();
    let head = head.unwrap_or_else(|| locale.text("headcount-no-head"));
    locale.text_with(
        "headcount-of",
        &[
            ("delegation", count.delegation.name.clone().into()),
            ("count", count.present.len().into()),
            ("head", head.into()),
        ],
    )
}

fn mark(locale: &Locale, done: bool) -> Markup {
    html! { strong { (locale.text(if done { "session-done" } else { "session-not-yet" })) } }
}
