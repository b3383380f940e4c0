//! The JSON Schema of the bodies, from their structs.

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::Kind;

/// One document: `#/$defs/K` for the bodies of each kind K, and one definition for each struct and value in them.
pub fn schema() -> Value {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    let mut definitions: Map<String, Value> = Kind::ALL
        .iter()
        .map(|kind| {
            (
                kind.name().to_owned(),
                kind.schema(&mut generator).to_value(),
            )
        })
        .collect();
    let any: Vec<_> = definitions
        .keys()
        .map(|kind| json!({ "$ref": format!("#/$defs/{kind}") }))
        .collect();
    let mut parts: Vec<_> = generator.take_definitions(true).into_iter().collect();
    parts.sort_by(|(a, _), (b, _)| a.cmp(b));
    definitions.extend(parts);
    definitions.values_mut().for_each(without_null);
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Bodies of the public record",
        "description": "The body of an entry of kind K is as #/$defs/K; docs/record.md explains them.",
        "anyOf": any,
        "$defs": definitions,
    })
}

/// What is optional is left out where there is none, and never `null`.
pub(crate) fn without_null(schema: &mut Value) {
    match schema {
        Value::Object(keywords) => {
            if let Some(Value::Array(types)) = keywords.get_mut("type") {
                types.retain(|one| one != "null");
                if let [one] = types.as_slice() {
                    let one = one.clone();
                    keywords.insert("type".to_owned(), one);
                }
            }
            if let Some(Value::Array(choices)) = keywords.get_mut("anyOf") {
                choices.retain(|choice| choice["type"] != "null");
                if let [Value::Object(one)] = choices.as_slice() {
                    let one = one.clone();
                    keywords.shift_remove("anyOf");
                    keywords.extend(one);
                }
            }
            keywords.values_mut().for_each(without_null);
        }
        Value::Array(items) => items.iter_mut().for_each(without_null),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
