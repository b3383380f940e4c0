//! The steps that two people confirm: what is confirmed, by whom, and what was confirmed so far.

use super::manage_view::ManagePage;
use crate::web::components::moment;
use crate::web::visit::Visit;
use ballot::Print;
use domain::people::Role;
use domain::session::store::Confirmation;
use domain::session::{DualControlStep, Party};
use maud::{Markup, html};
use tally::record::body::Sha256Hex;

impl ManagePage {
    /// The step that office and chief scrutineer confirm, each for the own side.
    pub(super) fn dual_control(&self, visit: &Visit, step: DualControlStep) -> Markup {
        let locale = visit.locale;
        let given = |side: Party| {
            self.confirmations
                .iter()
                .find(|one| one.step == step && one.side == side && self.is_of_now(one))
        };
        html! {
            section {
                h2 { (locale.text(&format!("dual-control-{}", step.name()))) }
                p { (locale.text(&format!("dual-control-{}-lead", step.name()))) }
                ul.checks {
                    @for side in Party::ALL {
                        li.good[given(side).is_some()] {
                            (self.role_name(locale, side.name()))
                            @match given(side) {
                                Some(one) => { " · " (locale.text("manage-confirmed")) " " (moment(visit, one.at)) }
                                None => { " · " (locale.text("manage-not-confirmed")) }
                            }
                        }
                    }
                }
                @for side in Party::ALL {
                    @let role = match side { Party::Office => Role::Office, Party::ChiefScrutineer => Role::ChiefScrutineer };
                    @if self.is(visit, role) && given(side).is_none() {
                        form method="post" action=(self.path("confirm")) {
                            input type="hidden" name="step" value=(step.name());
                            input type="hidden" name="side" value=(side.name());
                            input type="hidden" name="matter" value=(self.matter_text());
                            p.print-line {
                                (locale.text("manage-matter")) " " strong.print { (self.print()) }
                            }
                            button.button.primary type="submit" {
                                (locale.text_with(&format!("dual-control-{}-button", step.name()), &[
                                    ("side", self.role_name(locale, side.name()).into()),
                                ]))
                            }
                        }
                    }
                }
            }
        }
    }

    fn matter_text(&self) -> &str {
        self.matter.as_ref().map_or("", Sha256Hex::as_str)
    }

    /// The short form of what is confirmed, to be read aloud and compared.
    fn print(&self) -> String {
        Print::of_step(self.matter_text()).to_string()
    }

    /// Whether what was confirmed is still what would be confirmed.
    fn is_of_now(&self, one: &Confirmation) -> bool {
        one.matter == self.matter_text()
    }

    /// Who confirmed what, and when.
    pub(super) fn confirmed(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        html! {
            @if !self.confirmations.is_empty() {
                h2 { (locale.text("manage-log")) }
                ul {
                    @for one in &self.confirmations {
                        li {
                            (moment(visit, one.at)) " " (locale.text(&format!("dual-control-{}", one.step.name())))
                            " · " (self.role_name(locale, one.side.name()))
                        }
                    }
                }
            }
            h2 { (locale.text("session-items")) }
            ol { @for item in &self.items { li { span.code { (item.code) } " " (item.title) } } }
        }
    }
}
