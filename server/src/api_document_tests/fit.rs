//! Whether a value is as its schema says.

use serde_json::Value;
use time::Date;
use time::OffsetDateTime;
use time::format_description::well_known::{Iso8601, Rfc3339};

/// What does not fit the schema, as far as types, fields, lists, closed lists, formats and references say.
pub(super) fn misfit(document: &Value, schema: &Value, value: &Value, at: &str) -> Option<String> {
    if let Some(reference) = schema["$ref"].as_str() {
        let schema = document
            .pointer(reference.strip_prefix('#').unwrap())
            .unwrap();
        return misfit(document, schema, value, at);
    }
    if let Some(all) = schema["allOf"].as_array() {
        return all
            .iter()
            .find_map(|schema| misfit(document, schema, value, &format!("{at}*")));
    }
    if let Some(any) = schema["oneOf"].as_array() {
        let fits = any
            .iter()
            .any(|schema| misfit(document, schema, value, at).is_none());
        return (!fits).then(|| format!("{at}: {value} fits none of {schema}"));
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(many) => many.iter().filter_map(Value::as_str).collect(),
        _ => return None,
    };
    let is = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_i64() || number.is_u64() => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    if !types.contains(&is) {
        return Some(format!("{at}: {value} is no {types:?}"));
    }
    if let Some(fault) = other_word(schema, value) {
        return Some(format!("{at}: {value} {fault}"));
    }
    if let Some(fields) = value.as_object() {
        let missing = schema["required"]
            .as_array()
            .into_iter()
            .flatten()
            .find(|name| !fields.contains_key(name.as_str().unwrap()));
        if let Some(name) = missing {
            return Some(format!("{at}: no {name}"));
        }
        return fields.iter().find_map(|(name, field)| {
            let properties = schema["properties"].as_object()?;
            match properties.get(name) {
                Some(schema) => misfit(document, schema, field, &format!("{at}/{name}")),
                // A part of a whole does not know the other parts' fields.
                None if !at.ends_with('*') => Some(format!("{at}: {name} is not declared")),
                None => None,
            }
        });
    }
    value
        .as_array()
        .into_iter()
        .flatten()
        .find_map(|item| misfit(document, &schema["items"], item, &format!("{at}/[]")))
}

/// What a value of the right type is not: a word of the list, a day, a moment, large enough.
fn other_word(schema: &Value, value: &Value) -> Option<String> {
    let words = schema["enum"].as_array();
    if words.is_some_and(|words| !value.is_null() && !words.contains(value)) {
        return Some(format!("is none of {words:?}"));
    }
    if let (Some(number), Some(least)) = (value.as_i64(), schema["minimum"].as_i64())
        && number < least
    {
        return Some(format!("is below {least}"));
    }
    let text = value.as_str()?;
    let is = match schema["format"].as_str()? {
        "date" => text.len() == 10 && Date::parse(text, &Iso8601::DATE).is_ok(),
        "date-time" => text.ends_with('Z') && OffsetDateTime::parse(text, &Rfc3339).is_ok(),
        "uuid" => uuid::Uuid::try_parse(text).is_ok(),
        other => panic!("a format that nobody checks: {other}"),
    };
    (!is).then(|| format!("is no {}", schema["format"]))
}
