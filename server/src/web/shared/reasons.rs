//! Why a proposal is not taken up, as a form offers it.

use crate::web::locale::Locale;
use domain::proposals::Reason;

/// The reasons to choose from.
pub fn reason_options(locale: &Locale) -> Vec<(String, String)> {
    Reason::ALL
        .into_iter()
        .map(|one| {
            let text = locale.text(&format!("reason-{}", one.name()));
            (one.name().to_owned(), text)
        })
        .collect()
}
