//! A deputy checks in: the device makes the poll's credential.

use super::{Device, action, elsewhere, lasting, step, word};
use crate::web::cycle_path::CycleHeading;
use crate::web::locale::Locale;
use crate::web::page::Page;
use crate::web::shared::readiness::Purpose;
use crate::web::visit::Visit;
use maud::{Markup, html};

/// A deputy's check-in: the device makes the credential of this poll.
#[derive(Debug, Clone)]
pub(crate) struct CheckInPage {
    /// The device page's frame.
    pub device: Device,
    /// Whether this deputy has checked in with a credential.
    pub checked_in: bool,
    /// Whether the check-in asks for the code of the hall.
    pub asks_code: bool,
    /// The other browsers in which this deputy is signed in, in words.
    pub browsers: Vec<String>,
}

impl Page for CheckInPage {
    fn title(&self, locale: &Locale) -> String {
        locale.text("device-check-in-title")
    }

    fn cycle(&self) -> Option<&CycleHeading> {
        Some(&self.device.heading)
    }

    fn scripts(&self) -> &'static [&'static str] {
        &["js/check-in.js"]
    }

    fn asks_readiness(&self) -> bool {
        true
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let steps = html! {
            (step("too-early", &locale.text("device-too-early"), &html! {
                p { (locale.text("device-too-early-text")) }
                p { a href="/device" { (locale.text("device-preview-link")) } }
            }))
            (step("ready", &locale.text("device-check-in-ready"), &html! {
                p.notice data-part="on-another" hidden { (locale.text("device-on-another")) }
                p { (locale.text("device-check-in-ready-text")) }
                @if self.asks_code { (code_field(locale)) }
                (lasting(locale))
                p { (action(locale, "check-in", "device-check-in-button", "wide")) }
            }))
            (step("checked-in", &locale.text("device-checked-in"), &html! {
                p { (locale.text("device-checked-in-text")) }
                (lasting(locale))
                p { (locale.text("device-checked-in-count")) " " strong data-part="present-count" {} }
            }))
            (word(locale, "not-on-this-device", "device-not-here"))
            (word(locale, "check-in-over", "device-check-in-over"))
            (step("on-roll", &locale.text("device-on-roll"), &html! {
                p { (locale.text("device-on-roll-text")) }
                p { a.button.wide href={ (self.device.poll_path) "/cast" } { (locale.text("device-to-ballot")) } }
            }))
            (elsewhere(locale, &self.browsers))
            (word(locale, "missing-from-roll", "device-off-roll"))
        };
        let data = html! {
            div data-part="device-page" data-api=(self.device.api) data-owner=(self.device.owner)
                data-checked-in=(self.checked_in) { (steps) }
        };
        self.device
            .frame(locale, "device-check-in-title", Purpose::CheckIn, &data)
    }
}

/// Where the code of the hall is typed; the script fills it in where the screen's picture was scanned.
fn code_field(locale: &Locale) -> Markup {
    html! {
        div.field data-part="code-box" {
            label for="field-check_in_code" { (locale.text("field-check_in_code")) }
            p.hint #hint-check_in_code { (locale.text("hint-check_in_code")) }
            input.code-input #field-check_in_code data-part="code" name="check_in_code" type="text" inputmode="numeric" autocomplete="off"
                maxlength="16" aria-describedby="hint-check_in_code error-check_in_code";
            p.field-error #error-check_in_code data-part="code-error" role="alert" {}
        }
    }
}
