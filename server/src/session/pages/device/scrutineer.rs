//! A scrutineer's device: key, check, decryption.

use super::ceremony_steps::ceremony;
use super::{Device, action, hand_out, lasting, print, step, word};
use crate::web::cycle_path::CycleHeading;
use crate::web::locale::Locale;
use crate::web::page::Page;
use crate::web::shared::check_names::check_names;
use crate::web::shared::readiness::Purpose;
use crate::web::visit::Visit;
use maud::{Markup, html};

/// A scrutineer's page: key, check, decryption.
#[derive(Debug, Clone)]
pub(crate) struct ScrutineerPage {
    /// The device page's frame.
    pub device: Device,
    /// The public key that the service has of this scrutineer, as the text in which it was sent.
    pub key: Option<String>,
    /// This scrutineer's number, from 1.
    pub number: Option<u32>,
    /// Whether the service has this scrutineer's approval.
    pub has_approved: bool,
    /// Whether the service has this scrutineer's partial decryption.
    pub has_decrypted: bool,
}

impl Page for ScrutineerPage {
    fn title(&self, locale: &Locale) -> String {
        locale.text("scrutineer-title")
    }

    fn cycle(&self) -> Option<&CycleHeading> {
        Some(&self.device.heading)
    }

    fn scripts(&self) -> &'static [&'static str] {
        &["js/scrutineer.js"]
    }

    fn asks_readiness(&self) -> bool {
        true
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let data = html! {
            div data-part="device-page" data-api=(self.device.api) data-owner=(self.device.owner)
                data-key=(self.key.as_deref().unwrap_or_default()) data-has-approved=(self.has_approved)
                data-has-decrypted=(self.has_decrypted) data-number=[self.number]
                data-separator=(locale.text("list-separator"))
                data-other-code=(locale.text("scrutineer-other-code"))
                data-wrong-code=(locale.text("scrutineer-wrong-code"))
                data-not-made=(locale.text("scrutineer-not-made"))
                data-other-ceremony=(locale.text("scrutineer-other-ceremony"))
                data-not-a-key=(locale.text("scrutineer-not-a-key"))
                data-not-this-key=(locale.text("scrutineer-not-this-key"))
                data-archive-refused=(locale.text("scrutineer-archive-refused"))
                data-other-backup=(locale.text("scrutineer-other-backup"))
                data-other-election=(locale.text("scrutineer-other-election"))
                data-what-reported=(locale.text("scrutineer-what-reported"))
                data-other-number=(locale.text("scrutineer-other-number"))
                data-not-agreed=(locale.text("scrutineer-not-agreed"))
                data-other-tally=(locale.text("scrutineer-other-tally")) { (check_names(locale)) }
        };
        let steps = html! {
            (word(locale, "too-early", "scrutineer-too-early"))
            (step("key", &locale.text("scrutineer-key"), &html! {
                (elsewhere(locale))
                p { (locale.text("scrutineer-key-text")) }
                (lasting(locale))
                p { (action(locale, "make-key", "scrutineer-key-button", "wide")) }
            }))
            (step("key-backup", &locale.text("scrutineer-backup"), &html! {
                (elsewhere(locale))
                p { (locale.text("scrutineer-backup-text")) }
                (lasting(locale))
                (hand_out(locale, "key", "scrutineer-key-as-text"))
                (given_back(locale, "backup"))
                p { (action(locale, "check-backup", "scrutineer-backup-button", "wide")) }
            }))
            (step("key-made", &locale.text("scrutineer-key-made"), &html! {
                p { (locale.text("scrutineer-key-made-text")) }
                dl.facts { dt { (locale.text("scrutineer-public-key")) } dd.mono data-part="public-key" {} }
                (lasting(locale))
                p { (action(locale, "backup-again", "scrutineer-backup-again", "secondary")) }
            }))
            (ceremony(locale))
            (step("approve", &locale.text("scrutineer-approve"), &html! {
                p { (locale.text("scrutineer-approve-text")) }
                (print(locale, "scrutineer-print-text"))
                p { (action(locale, "approve", "scrutineer-approve-button", "wide")) }
            }))
            (step("waiting", &locale.text("scrutineer-waiting"), &html! {
                p { (locale.text("scrutineer-waiting-text")) }
                (print(locale, "scrutineer-print-text"))
            }))
            (word(locale, "not-trustee", "scrutineer-not-trustee"))
            (step("lost-key", &locale.text("scrutineer-lost-key"), &html! {
                p { (locale.text("scrutineer-lost-key-text")) }
                (given_back(locale, "restore"))
                p { (action(locale, "restore", "scrutineer-restore-button", "wide")) }
            }))
            (step("decrypt", &locale.text("scrutineer-decrypt"), &html! {
                p { (locale.text("scrutineer-decrypt-text")) }
                div.field {
                    label for="reported" { (locale.text("scrutineer-reported")) }
                    p.hint #reported-hint { (locale.text("scrutineer-reported-hint")) }
                    input #reported inputmode="numeric" autocomplete="off" data-part="reported"
                        aria-describedby="reported-hint";
                }
                p { (action(locale, "check", "scrutineer-decrypt-button", "wide")) }
            }))
            (step("confirm", &locale.text("scrutineer-confirm"), &html! {
                p { (locale.text("scrutineer-confirm-text")) }
                dl.facts {
                    dt { (locale.text("scrutineer-tallied")) } dd data-part="tallied" {}
                    dt { (locale.text("session-print")) } dd.print data-part="print" {}
                    dt { (locale.text("session-tally-print")) } dd.print data-part="tally-print" {}
                }
                p { (action(locale, "state", "scrutineer-confirm-button", "wide")) }
            }))
            (step("stated", &locale.text("scrutineer-stated"), &html! {
                p { (locale.text("scrutineer-stated-text")) }
                dl.facts {
                    dt { (locale.text("scrutineer-tallied")) } dd data-part="tallied" {}
                    dt { (locale.text("scrutineer-stated-count")) } dd data-part="stated" aria-live="polite" {}
                }
                p { (action(locale, "decrypt", "scrutineer-stated-button", "wide")) }
            }))
            (step("present", &locale.text("scrutineer-present"), &html! {
                p { (locale.text("scrutineer-present-text")) }
                dl.facts {
                    dt { (locale.text("scrutineer-absent")) } dd data-part="absent" {}
                    dt { (locale.text("session-tally-print")) } dd.print data-part="tally-print" {}
                }
                p { (action(locale, "all-present", "scrutineer-present-button", "wide")) }
            }))
            (word(locale, "decrypted", "scrutineer-decrypted"))
            p.working data-part="progress" role="status" hidden { (locale.text("scrutineer-working")) }
            ul.checks data-part="checks" aria-live="polite" {}
        };
        let page = html! { (data) (steps) };
        self.device
            .frame(locale, "scrutineer-title", Purpose::Scrutineer, &page)
    }
}

/// The service has a key of this scrutineer, which is not this device's.
fn elsewhere(locale: &Locale) -> Markup {
    html! { p.notice data-part="key-elsewhere" hidden { (locale.text("scrutineer-key-elsewhere")) } }
}

/// Where a backup comes back: as the file, or as the text that was copied.
fn given_back(locale: &Locale, what: &str) -> Markup {
    html! {
        div.field {
            label for={ (what) "-file" } { (locale.text("scrutineer-restore")) }
            input id={ (what) "-file" } type="file" accept="application/json,.json,text/plain" data-part={ (what) "-file" };
        }
        div.field {
            label for={ (what) "-text" } { (locale.text("scrutineer-restore-text")) }
            textarea id={ (what) "-text" } rows="3" data-part={ (what) "-text" } spellcheck="false" autocomplete="off" {}
        }
    }
}
