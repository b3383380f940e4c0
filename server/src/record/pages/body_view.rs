//! A body in plain words: its fields by their names in the reader's language, and the values that have words.

use crate::web::components::{facts, hash, moment};
use crate::web::locale::Locale;
use crate::web::visit::Visit;
use domain::infra::clock::Timestamp;
use domain::infra::money::Money;
use maud::{Markup, html};
use serde_json::Value;

/// Long strings without spaces (hashes, keys, proofs) are shown as such.
const LONG: usize = 32;

/// The kind's words; an entry of a version that knew more kinds keeps its name.
pub fn kind(locale: &Locale, name: &str) -> String {
    let key = format!("entry-{name}");
    if Locale::is_known(&key) {
        locale.text(&key)
    } else {
        name.to_owned()
    }
}

/// The body's fields in words; a body that is no object is shown as it is.
pub fn body(visit: &Visit, text: &str) -> Markup {
    match serde_json::from_str(text) {
        Ok(parsed) => value(visit, "", &parsed),
        Err(_) => html! { pre tabindex="0" { (text) } },
    }
}

fn value(visit: &Visit, field: &str, value_: &Value) -> Markup {
    let locale = visit.locale;
    match value_ {
        Value::Null => html! { span.muted { (locale.text("fact-none")) } },
        Value::Bool(true) => html! { (locale.text("fact-yes")) },
        Value::Bool(false) => html! { (locale.text("fact-no")) },
        Value::Number(number) => match number.as_i64() {
            Some(millis) if field == "at" || field.ends_with("_at") => {
                moment(visit, Timestamp::from_millis(millis))
            }
            Some(fen) if field.ends_with("_fen") => {
                let amount = Money::from_fen(fen).wan();
                html! { (locale.text_with("amount-wan", &[("amount", amount.into())])) }
            }
            _ => html! { span.number { (number) } },
        },
        Value::String(text) => html! { (string(locale, field, text)) },
        Value::Array(values) if values.is_empty() => {
            html! { span.muted { (locale.text("fact-none")) } }
        }
        Value::Array(values) => html! {
            ol { @for each in values { li { (value(visit, field, each)) } } }
        },
        Value::Object(fields) => {
            let rows: Vec<_> = fields
                .iter()
                .map(|(name, each)| (label(locale, name), value(visit, name, each)))
                .collect();
            facts(&rows)
        }
    }
}

fn string(locale: &Locale, field: &str, text: &str) -> Markup {
    let key = format!("{field}-{text}").replace('_', "-");
    if Locale::is_known(&key) {
        return html! { (locale.text(&key)) };
    }
    let is_long = text.len() >= LONG && text.is_ascii() && !text.contains(' ');
    html! { @if is_long { (hash(text)) } @else { (text) } }
}

fn label(locale: &Locale, field: &str) -> String {
    let key = format!("fact-{}", field.replace('_', "-"));
    if Locale::is_known(&key) {
        locale.text(&key)
    } else {
        field.to_owned()
    }
}
