//! The codes of a jurisdiction's settings in words. A code that the settings do not know stands for itself: that does
//! not happen where it was checked, since none ever leaves them.

use crate::web::choice::no_such_option;
use crate::web::locale::Locale;
use domain::cycles::settings::{CategoryCode, DeclineReasonCode, Settings};
use domain::infra::field_errors::FieldErrors;

/// What a category is called.
pub fn category(locale: &Locale, settings: &Settings, code: &CategoryCode) -> String {
    let known = settings.category(code);
    known.map_or_else(|| code.to_string(), |one| locale.of(&one.title).to_owned())
}

/// A reason in words.
pub fn decline_reason(locale: &Locale, settings: &Settings, code: &DeclineReasonCode) -> String {
    let known = settings.decline_reason(code);
    known.map_or_else(|| code.to_string(), |one| locale.of(&one.title).to_owned())
}

/// The reason that a form's field `reason` gives, which the jurisdiction must still offer.
pub fn offered_reason(
    errors: &mut FieldErrors,
    settings: &Settings,
    sent: &str,
) -> Option<DeclineReasonCode> {
    let offered = DeclineReasonCode::new(sent)
        .and_then(|code| settings.decline_reason(&code))
        .filter(|reason| !reason.retired);
    if offered.is_none() {
        errors.add("reason", no_such_option(sent));
    }
    offered.map(|reason| reason.code.clone())
}

/// The reasons to choose from, with the rule that each rests on; what was chosen before stays among them.
pub fn reason_options(locale: &Locale, settings: &Settings, chosen: &str) -> Vec<(String, String)> {
    settings
        .decline_reasons
        .iter()
        .filter(|one| !one.retired || one.code.as_str() == chosen)
        .map(|one| {
            let name = locale.of(&one.title);
            let text = match &one.rule {
                Some(rule) => locale.text_with(
                    "with-rule",
                    &[("name", name.into()), ("rule", locale.of(rule).into())],
                ),
                None => name.to_owned(),
            };
            (one.code.to_string(), text)
        })
        .collect()
}
