//! A deputy signs in: the device makes the poll's credential.

use super::{Device, action, step, word};
use crate::web::cycle_path::CycleHeading;
use crate::web::locale::Locale;
use crate::web::page::Page;
use crate::web::visit::Visit;
use maud::{Markup, html};

/// A deputy's sign-in: the device makes the credential of this poll.
#[derive(Debug, Clone)]
pub struct SignInPage {
    /// The device page's frame.
    pub device: Device,
    /// Whether this deputy has registered a credential.
    pub registered: bool,
}

impl Page for SignInPage {
    fn title(&self, locale: &Locale) -> String {
        locale.text("device-sign-in-title")
    }

    fn cycle(&self) -> Option<&CycleHeading> {
        Some(&self.device.heading)
    }

    fn scripts(&self) -> &'static [&'static str] {
        &["js/sign-in.js"]
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let steps = html! {
            (word(locale, "too-early", "device-too-early"))
            (step("ready", &locale.text("device-sign-in-ready"), &html! {
                p { (locale.text("device-sign-in-ready-text")) }
                p { (action(locale, "sign-in", "device-sign-in-button", "wide")) }
            }))
            (step("registered", &locale.text("device-signed-in"), &html! {
                p { (locale.text("device-signed-in-text")) }
                p { (locale.text("device-signed-in-count")) " " strong data-part="signed-in-count" {} }
            }))
            (word(locale, "not-on-this-device", "device-not-here"))
            (step("on-roll", &locale.text("device-on-roll"), &html! {
                p { (locale.text("device-on-roll-text")) }
                p { a.button.wide href={ (self.device.poll_path) "/cast" } { (locale.text("device-to-ballot")) } }
            }))
            (word(locale, "missing-from-roll", "device-off-roll"))
        };
        let data = html! {
            div data-part="device-page" data-api=(self.device.api) data-owner=(self.device.owner)
                data-registered=(self.registered) {}
        };
        self.device
            .frame(locale, "device-sign-in-title", &data, &steps)
    }
}
