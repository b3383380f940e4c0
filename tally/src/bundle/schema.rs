//! The JSON Schemas of a bundle's files, from their structs.

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

use super::file::Manifest;
use super::{Figures, PaperCount};
use crate::decision::{Lot, Outcome};
use crate::evaluation::EvaluationOutcome;
use crate::record::body::without_null;
use crate::record::poll::{Ended, PollRecord};

/// What a list holds, where a file is one.
const CREDENTIALS: &str =
    "Public credentials as they stand on the roll: an element of the election's group each.";
const TRACKERS: &str = "Trackers: SHA-256 in base64 without padding, 43 characters.";

/// One document: `#/$defs/F` for each JSON file F of a bundle, and one definition for each struct in them.
pub fn schema() -> Value {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    let decision = json!({ "anyOf": [
        generator.subschema_for::<Outcome>(),
        generator.subschema_for::<EvaluationOutcome>(),
    ]});
    let texts =
        |what: &str| json!({ "type": "array", "description": what, "items": { "type": "string" } });
    let mut definitions: Map<String, Value> = [
        ("manifest.json", of::<Manifest>(&mut generator)),
        ("bindings.json", bindings()),
        ("roll.json", texts(CREDENTIALS)),
        ("figures.json", of::<Figures>(&mut generator)),
        ("revocations.json", texts(CREDENTIALS)),
        ("spoiled.json", texts(TRACKERS)),
        ("paper.json", of::<PaperCount>(&mut generator)),
        ("voided.json", texts(CREDENTIALS)),
        ("lot.json", of::<Lot>(&mut generator)),
        ("decision.json", decision),
        ("ended.json", of::<Ended>(&mut generator)),
        ("record.json", of::<PollRecord>(&mut generator)),
    ]
    .into_iter()
    .map(|(name, schema)| (name.to_owned(), schema))
    .collect();
    let mut parts: Vec<_> = generator.take_definitions(true).into_iter().collect();
    parts.sort_by(|(a, _), (b, _)| a.cmp(b));
    definitions.extend(parts);
    definitions.values_mut().for_each(without_null);
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Files of a poll's bundle",
        "description": "The file F is as #/$defs/F; docs/bundle-format.md explains them.",
        "$defs": definitions,
    })
}

fn of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Value {
    T::json_schema(generator).to_value()
}

/// An object of the ballot protocol, which its own crate reads.
fn bindings() -> Value {
    let number = json!({ "type": "string", "pattern": "^(0|[1-9][0-9]*)$", "description": "A number below q in base 10." });
    json!({
        "type": "array",
        "description": "A proof for each valid partial decryption of the archive, in ascending order of owners.",
        "items": {
            "type": "object",
            "additionalProperties": false,
            "required": ["owner", "binding"],
            "properties": {
                "owner": { "type": "integer", "minimum": 1, "description": "The trustee's number." },
                "binding": {
                    "type": "object",
                    "additionalProperties": false,
                    "required": ["challenge", "response"],
                    "properties": { "challenge": number, "response": number }
                }
            }
        }
    })
}
