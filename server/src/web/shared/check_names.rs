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

/// What can be wrong with a receipt, by the names of [`tally::record::receipt::ReceiptError`].
pub const OF_RECEIPTS: [&str; 7] = [
    "receipt-form",
    "leaf",
    "witnesses",
    "checkpoint-signature",
    "checkpoint-form",
    "checkpoint-origin",
    "inclusion-proof",
];

/// What else can be wrong on the device that has cast: the receipt is not of the ballot that it has sealed.
const OF_THIS_DEVICE: [&str; 2] = ["ballots", "body"];

/// The same for the checks of a receipt.
pub fn receipt_check_names(locale: &Locale) -> Markup {
    html! {
        div hidden {
            @for name in OF_RECEIPTS.into_iter().chain(OF_THIS_DEVICE) {
                span data-check=(name) { (locale.text(&format!("check-{name}"))) }
            }
        }
    }
}
