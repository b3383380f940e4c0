//! A deputy's ballot: choose, review, seal, cast, receipt.

use super::{Device, action, browsers, elsewhere, hand_out, print, step, word};
use crate::session::pages::planned_end;
use crate::web::cycle_path::CycleHeading;
use crate::web::locale::Locale;
use crate::web::page::{Focus, Page};
use crate::web::shared::check_names::receipt_check_names;
use crate::web::shared::readiness::Purpose;
use crate::web::visit::Visit;
use maud::{Markup, html};

/// How a ballot is filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum BallotForm {
    /// Tick so many of the items, or none: one question.
    Select {
        /// The fewest ticks of a ballot that is not blank.
        least: usize,
        /// The most ticks.
        most: usize,
        /// Whether a blank ballot counts as abstention.
        blank_abstains: bool,
    },
    /// For, against or abstaining on each item, or nothing: one question an item.
    EachItem {
        /// The texts of the answers.
        answers: Vec<String>,
        /// Whether an item without an answer counts as abstention.
        silence_abstains: bool,
    },
    /// One level for each item, or none: one question an item. The texts of the levels.
    Levels(Vec<String>),
}

impl BallotForm {
    /// What counts of an item that is left without a mark, as a translation key.
    const fn unmarked(&self) -> &'static str {
        match self {
            Self::Select { .. } => "device-unmarked-select",
            Self::EachItem {
                silence_abstains: true,
                ..
            } => "device-unmarked-abstains",
            Self::EachItem { .. } => "device-unmarked-each-item",
            Self::Levels(_) => "device-unmarked-levels",
        }
    }

    /// What a ballot without any tick is.
    const fn blank(&self) -> &'static str {
        match self {
            Self::Select {
                blank_abstains: true,
                ..
            } => "device-review-abstains",
            Self::Select { .. } | Self::EachItem { .. } | Self::Levels(_) => "device-review-none",
        }
    }

    /// The fewest ticks of a ballot that is not blank.
    const fn least(&self) -> usize {
        match self {
            Self::Select { least, .. } => *least,
            Self::EachItem { .. } | Self::Levels(_) => 0,
        }
    }

    /// What stands above the items left without a mark in the review.
    const fn unmarked_title(&self) -> &'static str {
        match self {
            Self::Select { .. } => "device-unmarked-title-select",
            Self::EachItem { .. } | Self::Levels(_) => "device-unmarked-title",
        }
    }

    /// What is left to mark, and that nothing is, in the fixed bar.
    const fn left(&self) -> (&'static str, &'static str) {
        match self {
            Self::Select { .. } => ("device-left-select", "device-left-select-none"),
            Self::EachItem { .. } | Self::Levels(_) => ("device-left", "device-left-none"),
        }
    }
}

/// An item of the ballot paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BallotItem {
    /// The official number, e.g. QH26-01.
    pub code: String,
    /// What it is.
    pub title: String,
    /// Unit and money, to tell items apart.
    pub note: String,
    /// What was published of a candidate: the name of each fact and its text. Not what the device believes, but what one has read
    /// on the shortlist, at hand while one chooses.
    pub facts: Vec<(String, String)>,
}

/// The ballot of a deputy.
#[derive(Debug, Clone)]
pub(crate) struct CastPage {
    /// The device page's frame.
    pub device: Device,
    /// Whether this deputy has checked in with a credential, on whatever device.
    pub registered: bool,
    /// The other browsers in which this deputy is signed in, in words.
    pub browsers: Vec<String>,
    /// Until when the vote is planned, as a clock shows it.
    pub planned_end: Option<String>,
    /// How it is filled in.
    pub form: BallotForm,
    /// What stands on it, in the official order.
    pub items: Vec<BallotItem>,
}

impl Page for CastPage {
    fn title(&self, locale: &Locale) -> String {
        locale.text("device-cast-title")
    }

    fn cycle(&self) -> Option<&CycleHeading> {
        Some(&self.device.heading)
    }

    fn focus(&self, locale: &Locale) -> Option<Focus> {
        Some(Focus {
            leave: self.device.poll_path.clone(),
            leave_text: locale.text("device-leave"),
        })
    }

    fn scripts(&self) -> &'static [&'static str] {
        &["js/cast.js"]
    }

    fn asks_readiness(&self) -> bool {
        true
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let (form, most) = match &self.form {
            BallotForm::Select { most, .. } => ("select", *most),
            BallotForm::EachItem { .. } | BallotForm::Levels(_) => ("levels", self.items.len()),
        };
        let (left, none_left) = self.form.left();
        let steps = html! {
            (word(locale, "not-open", "device-not-open"))
            (word(locale, "over", "device-over"))
            (word(locale, "not-cast", "device-not-cast"))
            (elsewhere(locale, &self.browsers))
            (self.no_credential(locale))
            (step("choose", &self.choose_title(locale), &self.paper(locale, most)))
            (step("review", &locale.text("device-review"), &html! {
                p { (locale.text("device-review-text")) }
                (print(locale, "device-print-text"))
                p.notice data-part="print-late" role="status" hidden { (locale.text("device-print-late")) }
                ol.review-list data-part="review-list" {}
                p.notice data-part="review-none" hidden { (locale.text(self.form.blank())) }
                (self.unmarked(locale))
                p.note { (locale.text("device-review-challenge")) }
                div.sticky-bar {
                    (action(locale, "back", "device-back-button", "secondary"))
                    (action(locale, "seal", "device-seal-button", ""))
                }
            }))
            (step("sealed", &locale.text("device-sealed"), &html! {
                p { (locale.text("device-sealed-text")) }
                p.notice data-part="sealed-elsewhere" hidden { (locale.text("device-sealed-elsewhere")) }
                p.mono.tracker data-part="tracker" {}
                p.notice data-part="waiting" role="status" hidden { (locale.text("device-waiting")) }
                p { (action(locale, "cast", "device-cast-button", "wide")) }
                (challenge(locale))
            }))
            (step("challenged", &locale.text("device-challenged"), &challenged(locale)))
            (step("receipt", &locale.text("device-receipt"), &receipt(locale)))
        };
        let data = html! {
            div data-not-on-roll=(locale.text("device-off-roll-text"))
                data-not-bound=(locale.text("device-not-bound"))
                data-foreign-key=(locale.text("device-foreign-key"))
                data-other-paper=(locale.text("device-other-paper")) data-part="device-page"
                data-registered=(self.registered) data-api=(self.device.api) data-owner=(self.device.owner) data-form=(form)
                data-most=(most) data-least=(self.form.least())
                data-missing=(locale.text_with("device-missing", &[("missing", PLACE.into())])) data-left=(locale.text_with(left, &[("left", PLACE.into())]))
                data-none-left=(locale.text(none_left)) { (receipt_check_names(locale)) (steps) }
        };
        html! {
            h1.here { (self.device.heading.jurisdiction.name) " " (self.device.poll_title) }
            (progress(locale))
            (self.device.ready(locale, Purpose::Cast, &data))
        }
    }
}

impl CastPage {
    /// Why there is no credential here: not yet checked in, too late for it, or done in another browser.
    fn no_credential(&self, locale: &Locale) -> Markup {
        html! {
            (step("not-checked-in", &locale.text("device-not-checked-in"), &html! {
                p { (locale.text("device-not-checked-in-text")) }
                p { a.button href={ (self.device.poll_path) "/check-in" } { (locale.text("session-to-check-in")) } }
            }))
            (word(locale, "check-in-over", "device-check-in-over"))
            (step("no-credential", &locale.text("device-not-here"), &html! {
                p { (locale.text("device-not-here-text")) }
                (browsers(locale, &self.browsers))
            }))
        }
    }

    /// What there is to do, above the paper.
    fn choose_title(&self, locale: &Locale) -> String {
        match &self.form {
            BallotForm::Select { least, most, .. } => {
                let key = match *least {
                    0 => "device-choose-select",
                    least if least == *most => "device-choose-exactly",
                    _ => "device-choose-at-least",
                };
                let numbers = [("least", (*least).into()), ("most", (*most).into())];
                locale.text_with(key, &numbers)
            }
            BallotForm::EachItem { .. } => locale.text("device-choose-each-item"),
            BallotForm::Levels(_) => locale.text("device-choose-levels"),
        }
    }

    /// What is left without a mark, and what the rules make of it: as much a choice as a tick.
    fn unmarked(&self, locale: &Locale) -> Markup {
        html! {
            div.unmarked data-part="unmarked" {
                h3 { (locale.text(self.form.unmarked_title())) }
                p.note { (locale.text(self.form.unmarked())) }
                ul.review-list data-part="unmarked-list" {}
            }
        }
    }

    /// The ballot paper with its fixed bar.
    fn paper(&self, locale: &Locale, most: usize) -> Markup {
        html! {
            @match &self.form {
                BallotForm::Select { .. } => {
                    ul.ballot-items {
                        @for (index, item) in self.items.iter().enumerate() {
                            li.ballot-row { (tick(locale, index, item)) }
                        }
                    }
                }
                BallotForm::EachItem { answers: levels, .. } | BallotForm::Levels(levels) => {
                    @for (index, item) in self.items.iter().enumerate() {
                        (levels_of(locale, index, item, levels))
                    }
                }
            }
            p { (action(locale, "clear", "device-clear-button", "secondary")) }
            @if self.form.least() > 0 {
                p { (action(locale, "blank", "device-blank-button", "secondary")) }
                p.note { (locale.text("device-blank-note")) }
            }
            (planned_end::note(locale, self.planned_end.as_deref()))
            (print(locale, "device-print-text"))
            div.sticky-bar {
                p.too-many data-part="too-many" role="alert" hidden {
                    (locale.text_with("device-too-many", &[("most", most.into())]))
                }
                p role="status" {
                    span.visually-hidden { span data-part="ticked" { "0" } " / " (most) " " }
                    span.left data-part="left" {}
                }
                (action(locale, "review", "device-review-button", ""))
            }
        }
    }
}

/// Where the script puts a number into a text.
pub(super) const PLACE: &str = "#";

/// The four steps, of which the script marks the one that is taken.
fn progress(locale: &Locale) -> Markup {
    html! {
        ol.ballot-steps aria-label=(locale.text("device-steps")) {
            @for (name, key) in [
                ("choose", "device-step-choose"),
                ("review", "device-step-review"),
                ("seal", "device-step-seal"),
                ("cast", "device-step-cast"),
            ] {
                li data-progress=(name) { (locale.text(key)) }
            }
        }
    }
}

/// The published facts of an item, folded up.
fn facts(locale: &Locale, item: &BallotItem) -> Markup {
    html! {
        @if !item.facts.is_empty() {
            details.ballot-facts {
                summary {
                    (locale.text("device-facts"))
                    span.visually-hidden { " " (item.code) " " (item.title) }
                }
                dl.facts {
                    @for (name, text) in &item.facts { dt { (name) } dd { (text) } }
                }
            }
        }
    }
}

fn tick(locale: &Locale, index: usize, item: &BallotItem) -> Markup {
    html! {
        label.ballot-item {
            input type="checkbox" name={ "item-" (index) } autocomplete="off"
                data-question="0" data-answer=(index) data-code=(item.code);
            span.ballot-item-text {
                span data-part="answer-label" { span.code { (item.code) } " " strong { (item.title) } }
                span.note { (item.note) }
            }
        }
        (facts(locale, item))
    }
}

fn levels_of(locale: &Locale, index: usize, item: &BallotItem, levels: &[String]) -> Markup {
    html! {
        fieldset.ballot-levels {
            legend data-part="item-label" { span.code { (item.code) } " " (item.title) }
            @for (answer, level) in levels.iter().enumerate() {
                label.ballot-level {
                    input type="radio" name={ "item-" (index) } autocomplete="off"
                        data-question=(index) data-answer=(answer) data-code=(item.code);
                    span data-part="answer-label" { (level) }
                }
            }
            (facts(locale, item))
        }
    }
}

/// To check the device instead of casting: folded up, and only where the page still knows how it sealed.
fn challenge(locale: &Locale) -> Markup {
    html! {
        details.challenge data-part="may-challenge" hidden {
            summary { (locale.text("device-challenge")) }
            p { (locale.text("device-challenge-text")) }
            p { strong { (locale.text("device-challenge-others")) } }
            p { (action(locale, "challenge", "device-challenge-button", "secondary")) }
        }
    }
}

/// The ballot can no longer be cast: what any other device needs to compute it again.
fn challenged(locale: &Locale) -> Markup {
    html! {
        p { (locale.text("device-challenged-text")) }
        p.mono.tracker data-part="tracker" {}
        ol {
            li { (locale.text("device-challenged-hand-out")) }
            li { (locale.text("device-challenged-verify")) " " a href="/verify" target="_blank" rel="noopener" { (locale.text("nav-verify")) } }
            li { (locale.text("device-challenged-compare")) }
        }
        (hand_out(locale, "challenge", "device-challenge-as-text"))
        p { (action(locale, "seal-anew", "device-seal-anew", "wide")) }
    }
}

fn receipt(locale: &Locale) -> Markup {
    html! {
        p data-part="receipt-checking" { (locale.text("device-receipt-checking")) }
        p.notice.good data-part="receipt-good" role="status" hidden { (locale.text("device-receipt-good")) }
        div data-part="receipt-bad" role="alert" hidden {
            p.notice.bad { (locale.text("device-receipt-bad")) " " code data-part="receipt-why" {} }
        }
        dl.facts {
            dt { (locale.text("device-tracker")) } dd.mono data-part="tracker" {}
            dt { (locale.text("device-position")) } dd data-part="position" {}
        }
        p { (locale.text("device-receipt-text")) }
        figure data-part="receipt-qr" data-label=(locale.text("device-receipt-qr")) hidden {
            figcaption { (locale.text("device-receipt-qr-text")) }
        }
        (hand_out(locale, "receipt", "device-receipt-as-text"))
        p { a.button.secondary href="/verify" { (locale.text("device-to-verify")) } }
    }
}
