//! What the page of one case shows: its proposals, what is like it, and the form of its decision.

use super::case::CasePage;
use super::queue::state_badge;
use crate::screening::CLERK_ROLES;
use crate::web::choice::Choice;
use crate::web::components::{Field, Tone, amount, error_text, facts, moment, notice};
use crate::web::locale::Locale;
use crate::web::shared::code_names::{category, reason_options};
use crate::web::shared::screening_decision::decision_facts;
use crate::web::visit::Visit;
use domain::people::Role;
use domain::proposals::Proposal;
use domain::screening::OutcomeName;
use maud::{Markup, html};

impl CasePage {
    /// What is asked for.
    pub(super) fn text(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let case = &self.case;
        let clerk = visit.holds_any(&CLERK_ROLES, self.desk.heading.jurisdiction.id);
        html! {
            header {
                h1 { (case.title) }
                p.card-meta {
                    span { (locale.text_with("proposal-number", &[("number", case.number.into())])) }
                    span { (category(locale, &self.desk.heading.jurisdiction.settings, &case.category)) }
                    @if let Some(district) = &case.district { span { (district) } }
                    @if case.members.len() > 1 {
                        span { (locale.text_with("cluster-size", &[("count", case.members.len().into())])) }
                        span { (locale.text_with("distinct-supporters", &[("count", case.supporters.into())])) }
                    } @else {
                        span { (locale.text_with("supporters", &[("count", case.supporters.into())])) }
                    }
                    (state_badge(locale, case))
                }
            }
            @if let Some((first, others)) = self.originals.split_first() {
                (self.original(visit, first))
                @if !others.is_empty() { (self.members(visit, others, clerk)) }
            }
            @if clerk && !self.alike.is_empty() { (self.similar(visit)) }
        }
    }

    /// A proposal as it was made.
    fn original(&self, visit: &Visit, proposal: &Proposal) -> Markup {
        let locale = visit.locale;
        let content = &proposal.content;
        let page = format!("{}/proposals/{}", self.desk.heading.path(), proposal.id);
        let mut lines = Vec::new();
        if !content.place.is_empty() {
            let place = html! { (content.place) };
            lines.push((locale.text("field-proposal-place"), place));
        }
        if let Some(budget) = content.budget {
            let shown = amount(locale, budget);
            lines.push((locale.text("field-proposal-budget"), shown));
        }
        html! {
            div.prose {
                @for line in content.body.lines().filter(|line| !line.trim().is_empty()) { p { (line) } }
            }
            @if proposal.picture.is_some() {
                a href={ (page) "/picture" } {
                    img.picture src={ (page) "/picture" }
                        alt=(locale.text_with("picture-alt", &[("title", content.title.clone().into())]));
                }
            }
            @if !lines.is_empty() { (facts(&lines)) }
            p.small { a.own-line href=(page) { (locale.text("queue-public-page")) } }
        }
    }

    /// The others that it is reviewed with, each in full.
    fn members(&self, visit: &Visit, others: &[Proposal], clerk: bool) -> Markup {
        let locale = visit.locale;
        let clusters = format!("{}/clusters", self.desk.screening());
        html! {
            h2 { (locale.text("cluster-members")) }
            @for one in others {
                details {
                    summary { (one.number) " " (one.content.title) }
                    (self.original(visit, one))
                    @if let (true, false, Some(cluster)) = (clerk, self.case.is_published(), self.case.cluster) {
                        form.inline method="post" action=(self.desk.query.address(&format!("{clusters}/{cluster}/split/{}", one.id))) {
                            button.link type="submit" { (locale.text("split-off")) }
                        }
                    }
                }
            }
        }
    }

    /// What may ask for the same: each can be read here, and all that are ticked are put together in one act.
    fn similar(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let clusters = format!("{}/clusters", self.desk.screening());
        html! {
            section.panel #similar {
                h2 { (locale.text_with("queue-similar", &[("count", self.alike.len().into())])) }
                p.hint { (locale.text("merge-hint")) }
                form method="post" action=(self.desk.query.address(&clusters)) {
                    input type="hidden" name="proposal" value=(self.case.id);
                    @for one in &self.alike {
                        label.choice {
                            input type="checkbox" name="proposal" value=(one.id) checked;
                            span { (one.number) " " (one.content.title) }
                        }
                        details { summary { (locale.text("read-it")) } (self.original(visit, one)) }
                    }
                    button.secondary type="submit" { (locale.text("merge-and-review")) }
                }
            }
        }
    }

    /// Beside the text: the decision, whose it is, and what was decided before.
    pub(super) fn side(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let settings = &self.desk.heading.jurisdiction.settings;
        html! {
            h2 #decision tabindex="-1" data-part="form-heading" { (locale.text("screening-outcome")) }
            @match &self.case.decision {
                Some(decision) if self.case.is_published() => (decision_facts(locale, settings, decision)),
                _ if self.may_decide => (self.decision_form(locale)),
                _ => p.hint { (locale.text("cluster-not-yours")) },
            }
            (self.assigned(visit))
            @if !self.former.is_empty() {
                h3 { (locale.text("former-decisions")) }
                ul.list { @for decision in &self.former {
                    li { p { (moment(visit, decision.decided_at)) } (decision_facts(locale, settings, decision)) }
                } }
            }
        }
    }

    fn decision_form(&self, locale: &Locale) -> Markup {
        let form = &self.form;
        let settings = &self.desk.heading.jurisdiction.settings;
        html! {
            @if self.is_stale {
                (notice(Tone::Bad, &html! { p role="alert" { (locale.text("changed-meanwhile-both")) } }))
                @if let Some(decision) = &self.case.decision { (decision_facts(locale, settings, decision)) }
                h3 { (locale.text("what-you-filled-in")) }
            }
            form.form.branches method="post" action=(self.act("/decide")) novalidate {
                input type="hidden" name="seen" value=(form.seen);
                fieldset #field-outcome aria-describedby=[self.errors.of("outcome").map(|_| "error-outcome")] {
                    legend.visually-hidden { (locale.text("field-outcome")) }
                    @if let Some(error) = self.errors.of("outcome") {
                        p.field-error #error-outcome { (error_text(locale, error)) }
                    }
                    div.choices {
                        @for outcome in OutcomeName::ALL {
                            label.choice {
                                input type="radio" name="outcome" value=(outcome.name()) required
                                    checked[form.outcome == Choice::One(outcome)];
                                span { (locale.text(&format!("outcome-{}", outcome.name()))) }
                            }
                        }
                    }
                }
                (self.branches(locale))
                div.actions {
                    button type="submit" name="then" value="next" accesskey="s" data-key="save" { (locale.text("save-and-next")) }
                    button.secondary type="submit" name="then" value="stay" { (locale.text("save-and-stay")) }
                }
                p.small.muted { (locale.text("decision-is-held-first")) }
            }
        }
    }

    /// What each outcome asks for; of two only the chosen one's is shown where the browser can tell.
    fn branches(&self, locale: &Locale) -> Markup {
        let form = &self.form;
        let settings = &self.desk.heading.jurisdiction.settings;
        let field = |name, value, required| Field {
            name,
            value,
            errors: &self.errors,
            required,
        };
        let mut units: Vec<_> = self
            .desk
            .units
            .iter()
            .map(|unit| (unit.name.clone(), unit.name.clone()))
            .collect();
        let typed = &form.screening_unit;
        if !typed.is_empty() && units.iter().all(|(name, _)| name != typed) && !units.is_empty() {
            units.push((typed.clone(), typed.clone()));
        }
        let must = html! { " " span.must { (locale.text("required-here")) } };
        html! {
            fieldset.if-feasible {
                legend { (locale.text("outcome-feasible")) (must) }
                @if units.is_empty() {
                    (field("screening-unit", typed.as_str(), true).input(locale, "text", "off"))
                } @else {
                    (field("screening-unit", typed.as_str(), true).select(locale, &units))
                }
                (field("screening-budget", form.screening_budget.as_str(), true).input(locale, "text", "off"))
                (field("screening-funding", form.screening_funding.as_str(), false).input(locale, "text", "off"))
            }
            fieldset.if-declined {
                legend { (locale.text("outcome-declined")) (must) }
                (field("reason", form.reason.as_str(), true).select(locale, &reason_options(locale, settings, &form.reason)))
            }
            // Whoever declines must explain; whoever does not, may.
            (field("explanation", form.explanation.as_str(), false).textarea(locale, 4))
        }
    }

    /// The unit that reviews it; the office may assign another one.
    fn assigned(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let office = visit.holds_any(&[Role::Office], self.desk.heading.jurisdiction.id);
        let present = self.case.unit.as_ref().map(|unit| unit.id);
        let proposed = self.wanted.or(present);
        html! {
            p.bench-unit {
                @match &self.case.unit {
                    Some(unit) => { (locale.text("cluster-assigned-to")) " " strong { (unit.name) } },
                    None => (locale.text("cluster-unassigned")),
                }
            }
            @if office && !self.desk.units.is_empty() && !self.case.is_published() {
                form.form method="post" action=(self.act("/assign")) {
                    @if self.wanted.is_some() {
                        (notice(Tone::Bad, &html! { p role="alert" { (locale.text("assigned-meanwhile")) } }))
                    }
                    input type="hidden" name="seen" value=(self.case.seen());
                    div.bench-assign {
                        div.field {
                            label for="assign-unit" { (locale.text("cluster-assign")) }
                            select #assign-unit name="unit" required {
                                option value="" {}
                                @for unit in &self.desk.units {
                                    option value=(unit.id) selected[proposed == Some(unit.id)] { (unit.name) }
                                }
                            }
                        }
                        button.secondary type="submit" { (locale.text("cluster-assign-button")) }
                    }
                }
            }
        }
    }
}
