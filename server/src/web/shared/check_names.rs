//! The words of the verifier's checks.

use crate::web::locale::Locale;
use maud::{Markup, html};

/// What the verifier's checks are called in the page's language; the script looks them up by their stable name.
pub fn check_names(locale: &Locale) -> Markup {
    html! {
        div hidden {
            @for name in tally::verify::CHECKS {
                span data-check=(name) { (locale.text(&format!("check-{name}"))) }
            }
        }
    }
}
