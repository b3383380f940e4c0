//! A teller's device: the credentials that are set aside for paper, what stands on the sheets, and what is sealed of them.

use super::ballot_paper::{BallotForm, BallotItem, PLACE};
use super::{Device, action, lasting, step, word};
use crate::web::cycle_path::CycleHeading;
use crate::web::locale::Locale;
use crate::web::page::Page;
use crate::web::shared::readiness::Purpose;
use crate::web::visit::Visit;
use maud::{Markup, html};

/// A teller's page.
#[derive(Debug, Clone)]
pub(crate) struct TellerPage {
    /// The device page's frame.
    pub device: Device,
    /// How a sheet is filled in, once the rules say.
    pub form: Option<BallotForm>,
    /// What stands on it, in the official order.
    pub items: Vec<BallotItem>,
}

impl Page for TellerPage {
    fn title(&self, locale: &Locale) -> String {
        locale.text("teller-title")
    }

    fn cycle(&self) -> Option<&CycleHeading> {
        Some(&self.device.heading)
    }

    fn scripts(&self) -> &'static [&'static str] {
        &["js/teller.js"]
    }

    fn asks_readiness(&self) -> bool {
        true
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let data = html! {
            div data-part="device-page" data-api=(self.device.api) data-owner=(self.device.owner)
                data-invalid=(locale.text("teller-invalid")) data-ruled=(locale.text("teller-ruled"))
                data-empty=(locale.text("teller-empty"))
                data-number=(locale.text_with("teller-number", &[("number", PLACE.into())]))
                data-not-a-code=(locale.text("teller-not-a-code")) data-other-code=(locale.text("teller-other-code"))
                data-not-bound=(locale.text("device-not-bound")) data-other-paper=(locale.text("device-other-paper"))
                data-separator=(locale.text("list-separator")) {
                    (before(locale))
                    (self.during(locale))
                }
        };
        self.device
            .frame(locale, "teller-title", Purpose::Scrutineer, &data)
    }
}

impl TellerPage {
    /// From the opening to the close: the sheets.
    fn during(&self, locale: &Locale) -> Markup {
        html! {
            (word(locale, "not-open", "teller-not-open"))
            (step("side", &locale.text("teller-side"), &html! {
                p { (locale.text("teller-side-text")) }
                (code_field(locale, "compare"))
                p { (action(locale, "compare", "teller-compare-button", "wide")) }
                details {
                    summary { (locale.text("teller-lost")) }
                    p { (locale.text("teller-lost-text")) }
                    (code_field(locale, "lost"))
                    p { (action(locale, "restore-lost", "teller-restore-button", "secondary")) }
                }
            }))
            (step("sheets", &locale.text("teller-sheets"), &html! {
                p { (locale.text("teller-sheets-text")) }
                details data-part="own-code" hidden {
                    summary { (locale.text("teller-for-the-other")) }
                    p { (locale.text("teller-for-the-other-text")) }
                    p.code-text.mono data-part="compare-code" {}
                }
                dl.facts {
                    dt { (locale.text("desk-paper-issued")) } dd data-part="issued" {}
                    dt { (locale.text("teller-typed")) } dd data-part="typed" aria-live="polite" {}
                }
                p.notice data-part="waiting-for-other" role="status" hidden { (locale.text("teller-waiting")) }
                p.notice.bad data-part="other-count" role="alert" hidden { (locale.text("teller-other-count")) }
                p.notice.bad data-part="differences" role="alert" hidden { (locale.text("teller-differ")) }
                p.notice.good data-part="all-alike" role="status" hidden { (locale.text("teller-all-alike")) }
                ol.sheet-list data-part="sheet-list" {}
                p.note data-part="no-sheets" { (locale.text("teller-none-yet")) }
                div.actions {
                    (action(locale, "add", "teller-add", ""))
                    (action(locale, "hand-in", "teller-hand-in", "secondary"))
                    button type="button" data-part="seal" hidden { (locale.text("teller-seal")) }
                }
                p.notice data-part="waiting" role="status" hidden { (locale.text("device-waiting")) }
                p.note data-part="sealing" role="status" hidden {
                    (locale.text("teller-sealing")) " " span data-part="sealed-count" {}
                }
            }))
            (step("sheet", &locale.text("teller-sheet"), &self.sheet(locale)))
            (step("done", &locale.text("teller-done"), &html! {
                p { (locale.text("teller-done-text")) }
                dl.facts {
                    dt { (locale.text("desk-paper-issued")) } dd data-part="issued" {}
                    dt { (locale.text("desk-paper-spoiled")) } dd data-part="spoiled" {}
                }
                p { a.button.secondary href=(self.device.poll_path) { (locale.text("teller-back")) } }
            }))
        }
    }

    /// One sheet as it lies on the table: whatever is ticked on it is typed, too many ticks as well.
    fn sheet(&self, locale: &Locale) -> Markup {
        html! {
            p { strong data-part="sheet-number" {} }
            div data-part="sheet-paper" {
                @match &self.form {
                    Some(BallotForm::Select { .. }) => {
                        ul.ballot-items {
                            @for (answer, item) in self.items.iter().enumerate() {
                                li.ballot-row { label.ballot-item {
                                    input type="checkbox" autocomplete="off" data-question="0" data-answer=(answer);
                                    span.ballot-item-text {
                                        span data-part="answer-label" { span.code { (item.code) } " " strong { (item.title) } }
                                    }
                                } }
                            }
                        }
                    }
                    Some(BallotForm::EachItem { answers, .. } | BallotForm::Levels(answers)) => {
                        @for (question, item) in self.items.iter().enumerate() {
                            fieldset.ballot-levels {
                                legend data-part="item-label" { span.code { (item.code) } " " (item.title) }
                                @for (answer, text) in answers.iter().enumerate() {
                                    label.ballot-level {
                                        input type="checkbox" autocomplete="off" data-question=(question) data-answer=(answer);
                                        span data-part="answer-label" { (text) }
                                    }
                                }
                            }
                        }
                    }
                    None => {}
                }
            }
            label.ballot-item {
                input type="checkbox" autocomplete="off" data-part="ruled-invalid";
                span.ballot-item-text {
                    strong { (locale.text("teller-ruled-invalid")) }
                    span.note { (locale.text("teller-ruled-invalid-hint")) }
                }
            }
            div.sticky-bar {
                (action(locale, "leave-sheet", "teller-leave-sheet", "secondary"))
                (action(locale, "keep-sheet", "teller-keep-sheet", ""))
            }
        }
    }
}

/// Until the roll is fixed: the credentials.
fn before(locale: &Locale) -> Markup {
    html! {
        (word(locale, "too-early", "teller-too-early"))
        (word(locale, "no-paper", "teller-no-paper"))
        (step("make", &locale.text("teller-make"), &html! {
            p { (locale.text("teller-make-text")) }
            p.notice data-part="made-elsewhere" hidden { (locale.text("teller-made-elsewhere")) }
            (lasting(locale))
            p { (action(locale, "make", "teller-make-button", "wide")) }
            details {
                summary { (locale.text("teller-have-code")) }
                (code_field(locale, "restore"))
                p { (action(locale, "restore", "teller-restore-button", "secondary")) }
            }
        }))
        (step("write-down", &locale.text("teller-write-down"), &html! {
            p { (locale.text("teller-write-down-text")) }
            p.code-text.mono data-part="secret" {}
            (code_field(locale, "again"))
            p { (action(locale, "reserve", "teller-reserve-button", "wide")) }
        }))
        (step("reserved", &locale.text("teller-reserved"), &html! {
            p { (locale.text("teller-reserved-text")) }
            dl.facts {
                dt { (locale.text("desk-paper-reserved")) } dd data-part="reserved" {}
                dt { (locale.text("desk-paper-present")) } dd data-part="on-paper" {}
            }
            p { (action(locale, "show-again", "teller-show-again", "secondary")) }
        }))
    }
}

/// Where a code of four groups is typed from paper or from another device.
fn code_field(locale: &Locale, name: &str) -> Markup {
    html! {
        div.field {
            label for={ "code-" (name) } { (locale.text("teller-code")) }
            p.hint id={ "code-" (name) "-hint" } { (locale.text("teller-code-hint")) }
            input.mono id={ "code-" (name) } type="text" autocomplete="off" autocapitalize="off" spellcheck="false"
                data-part={ "code-" (name) } aria-describedby={ "code-" (name) "-hint" };
        }
    }
}
