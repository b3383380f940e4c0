//! The steps of a scrutineer's device in the ceremony by which scrutineers make one key together.

use super::{action, lasting, step};
use crate::web::locale::Locale;
use maud::{Markup, html};

/// The rounds, as the API names them.
const ROUNDS: [&str; 4] = ["certificate", "commitment", "polynomial", "acknowledgement"];

/// All steps; the script shows one at a time.
pub(super) fn ceremony(locale: &Locale) -> Markup {
    html! {
        (step("ceremony", &locale.text("scrutineer-ceremony"), &html! {
            p { (locale.text("scrutineer-ceremony-text")) }
            (lasting(locale))
            p { (action(locale, "begin-ceremony", "scrutineer-ceremony-button", "wide")) }
        }))
        (step("ceremony-code", &locale.text("scrutineer-code"), &html! {
            p { (locale.text("scrutineer-code-text")) }
            p.print-line { strong.mono data-part="recovery-code" {} }
            div.field {
                label for="code-again" { (locale.text("scrutineer-code-again")) }
                input #code-again class="mono" autocomplete="off" autocapitalize="off" spellcheck="false" data-part="code-again";
            }
            p { (action(locale, "check-code", "scrutineer-code-button", "wide")) }
        }))
        (step("ceremony-wait", &locale.text("scrutineer-rounds"), &html! {
            p { (locale.text("scrutineer-rounds-text")) }
            ol.checks {
                @for round in ROUNDS {
                    li data-round=(round) { (locale.text(&format!("ceremony-round-{round}"))) }
                }
            }
            dl.facts { dt { (locale.text("scrutineer-awaited")) } dd data-part="awaited" aria-live="polite" {} }
        }))
        (step("ceremony-done", &locale.text("scrutineer-shared-key"), &html! {
            p { (locale.text("scrutineer-shared-key-text")) }
            p.print-line { (locale.text("scrutineer-key-print")) " " strong.print data-part="key-print" {} }
        }))
        (step("ceremony-refused", &locale.text("scrutineer-refused"), &html! {
            p.notice.bad { (locale.text("scrutineer-refused-text")) }
            dl.facts {
                dt { (locale.text("scrutineer-blamed")) } dd data-part="ceremony-blamed" {}
                dt { (locale.text("scrutineer-reason")) } dd data-part="ceremony-reason" lang="en" {}
            }
            details hidden {
                summary { (locale.text("scrutineer-complaint")) }
                pre.mono tabindex="0" data-part="ceremony-complaint" {}
            }
        }))
        (step("ceremony-elsewhere", &locale.text("scrutineer-elsewhere"), &html! {
            p { (locale.text("scrutineer-elsewhere-text")) }
        }))
        (step("lost-share", &locale.text("scrutineer-lost-key"), &html! {
            p { (locale.text("scrutineer-lost-share-text")) }
            div.field {
                label for="recover-code" { (locale.text("scrutineer-recovery-code")) }
                input #recover-code class="mono" autocomplete="off" autocapitalize="off" spellcheck="false" data-part="recover-code";
            }
            p { (action(locale, "recover", "scrutineer-restore-button", "wide")) }
        }))
    }
}
