//! A body in plain words: its fields by their names in the reader's language, and the values that have words.

use crate::web::components::{exact_amount, facts, hash};
use crate::web::locale::Locale;
use crate::web::shared::code_names::{category, decline_reason};
use domain::cycles::settings::{CategoryCode, DeclineReasonCode, Settings};
use domain::infra::money::Money;
use domain::record::Kind;
use maud::{Markup, html};
use serde_json::Value;

/// Long strings without spaces (hashes, keys, proofs) are shown as such.
const LONG: usize = 32;

/// Objects of Belenios, which are shown as they stand.
pub(in crate::record) const EXACT: [&str; 6] = [
    "election",
    "trustees",
    "roll",
    "message",
    "partial_decryption",
    "result",
];

/// The kind's words; an entry of a version that knew more kinds keeps its name.
pub(crate) fn kind(locale: &Locale, name: &str) -> String {
    Kind::find(name).map_or_else(|| name.to_owned(), |kind| locale.text(&kind_key(kind)))
}

/// The key of a kind's words.
pub(in crate::record) fn kind_key(kind: Kind) -> String {
    format!("entry-{}", kind.name().replace('_', "-"))
}

/// The key of a field's words.
pub(in crate::record) fn field_key(field: &str) -> String {
    format!("fact-{}", field.replace('_', "-"))
}

/// The key of a value's words, if the field's values are codes.
pub(in crate::record) fn value_key(kind: Kind, path: &[&str], text: &str) -> Option<String> {
    let (field, parent) = (path.last()?, path.iter().nth_back(1));
    let words = match *field {
        "stage" | "channel" => field,
        "reason" if kind == Kind::BodyTakenDown => field,
        "reason" if matches!(kind, Kind::PollWithdrawn | Kind::PollVoided) => "end-reason",
        "round" => "ceremony-round",
        "confirmed_by" => "party",
        "role" => "officer",
        "poll" if parent == Some(&"outcome") => "outcome-of",
        "kind" if parent.is_none() => "poll-kind",
        "counted_by" => "hands-counted",
        "kind" => return Some(format!("follow-up-{}", text.replace('_', "-"))),
        "outcome" | "standing" => return Some(format!("{field}-{}", text.replace('_', "-"))),
        // A rule may name levels of its own.
        "level" | "verdict" => {
            return Some(format!("level-{}", text.replace('_', "-")))
                .filter(|key| Locale::is_known(key));
        }
        _ => return None,
    };
    Some(format!("{words}-{text}"))
}

/// The body's fields in words; one that is a single object of Belenios, or no body of its kind, is shown as it is.
/// What the jurisdiction's own codes mean stands in its settings.
pub(crate) fn body(locale: &Locale, settings: Option<&Settings>, kind: &str, text: &str) -> Markup {
    match (Kind::find(kind), serde_json::from_str(text)) {
        (Some(kind), Ok(parsed)) if kind != Kind::PollBallot => {
            let shown = Shown {
                locale,
                settings,
                kind,
            };
            shown.value(&[], &parsed)
        }
        _ => exact(text),
    }
}

fn exact(text: &str) -> Markup {
    html! { pre tabindex="0" { (text) } }
}

struct Shown<'a> {
    locale: &'a Locale,
    settings: Option<&'a Settings>,
    kind: Kind,
}

impl Shown<'_> {
    fn value(&self, path: &[&str], value: &Value) -> Markup {
        let locale = self.locale;
        let field = path.last().copied().unwrap_or_default();
        if EXACT.contains(&field) && !value.is_string() {
            return exact(&value.to_string());
        }
        match value {
            Value::Null => html! { span.muted { (locale.text("fact-none")) } },
            Value::Bool(true) => html! { (locale.text("fact-yes")) },
            Value::Bool(false) => html! { (locale.text("fact-no")) },
            Value::Number(number) => match number.as_i64() {
                Some(fen) if field.ends_with("_fen") => {
                    html! { (exact_amount(locale, Money::from_fen(fen))) }
                }
                _ => html! { span.number { (number) } },
            },
            Value::String(text) => self.string(path, text),
            Value::Array(values) if values.is_empty() => {
                html! { span.muted { (locale.text("fact-none")) } }
            }
            Value::Array(values) => html! {
                ol { @for each in values { li { (self.value(path, each)) } } }
            },
            Value::Object(fields) => {
                let rows: Vec<_> = fields
                    .iter()
                    .map(|(name, each)| {
                        let inner = [path, &[name.as_str()]].concat();
                        (locale.text(&field_key(name)), self.value(&inner, each))
                    })
                    .collect();
                facts(&rows)
            }
        }
    }

    /// What a code of the jurisdiction's settings is called.
    fn name_of_code(&self, path: &[&str], code: &str) -> Option<String> {
        let settings = self.settings?;
        match (self.kind, *path.last()?) {
            (Kind::ProposalAccepted, "category") => {
                CategoryCode::new(code).map(|code| category(self.locale, settings, &code))
            }
            (Kind::ScreeningDecided, "reason") => DeclineReasonCode::new(code)
                .map(|code| decline_reason(self.locale, settings, &code)),
            _ => None,
        }
    }

    fn string(&self, path: &[&str], text: &str) -> Markup {
        if let Some(key) = value_key(self.kind, path, text) {
            return html! { (self.locale.text(&key)) };
        }
        if let Some(name) = self.name_of_code(path, text) {
            return html! { (name) " " span.mono { (text) } };
        }
        let is_long = text.len() >= LONG && text.is_ascii() && !text.contains([' ', '\n']);
        html! {
            @if text.contains('\n') { (exact(text)) } @else if is_long { (hash(text)) } @else { (text) }
        }
    }
}
