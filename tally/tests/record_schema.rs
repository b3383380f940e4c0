//! The JSON Schema of the record's bodies and `docs/record.md` are what the structs are.
//!
//! `WRITE_GENERATED=1 cargo test -p tally --test record_schema` writes both again.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests fail as tests do"
)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};
use tally::record::body::{Body, Kind, Subject, schema};

/// What stands before the kinds in `docs/record.md`.
const INTRODUCTION: &str = include_str!("../record/introduction.md");

#[test]
fn the_schema_is_that_of_the_structs() {
    let text = serde_json::to_string_pretty(&schema()).unwrap() + "\n";
    is_generated("record/record.schema.json", &text);
}

#[test]
fn the_document_is_that_of_the_structs() {
    let schema = schema();
    let mut text = INTRODUCTION.to_owned();
    text.push_str("\n## Kinds\n\n| kind | about | what |\n|---|---|---|\n");
    for &kind in Kind::ALL {
        let what = description(definition(&schema, kind.name()));
        let fact = what.split(" Written ").next().unwrap();
        writeln!(text, "| [`{kind}`](#{kind}) | {} | {fact} |", about(kind)).unwrap();
    }
    for &kind in Kind::ALL {
        section(&mut text, &schema, kind);
    }
    text.push_str("\n## Values\n\n| value | form |\n|---|---|\n");
    for (name, definition) in definitions(&schema) {
        if fields(definition).is_none() && Kind::find(name).is_none() {
            let anchor = name.to_lowercase();
            writeln!(
                text,
                "| <a id=\"{anchor}\"></a>{name} | {} |",
                form(definition)
            )
            .unwrap();
        }
    }
    text.push_str("\n## Parts\n");
    for (name, definition) in definitions(&schema) {
        if fields(definition).is_some() && Kind::find(name).is_none() {
            let what = description(definition);
            write!(text, "\n### {name}\n\n{what}\n\n").unwrap();
            table(&mut text, definition);
        }
    }
    is_generated("../docs/record.md", &text);
}

#[test]
fn every_field_of_every_struct_is_closed_and_explained() {
    let schema = schema();
    for (name, definition) in definitions(&schema) {
        let Some(fields) = fields(definition) else {
            assert!(
                definition.get("description").is_some() || definition.get("oneOf").is_some(),
                "{name}"
            );
            continue;
        };
        if name != "poll_ballot" {
            assert_eq!(definition["additionalProperties"], json!(false), "{name}");
            assert!(
                fields
                    .iter()
                    .all(|(_, field)| field.get("description").is_some()),
                "{name}"
            );
        }
    }
}

#[test]
fn no_field_of_any_struct_could_hold_who_somebody_is() {
    // Candidates name the official who answers for them (责任人), as the law has it published. Deputies are public, and who acts in
    // a poll does so in public.
    let public = ["NamedDeputy", "Officer", "RosterDeputy"];
    let names: Vec<_> = definitions(&schema())
        .filter_map(|(of, definition)| Some((of, fields(definition)?)))
        .flat_map(|(of, fields)| fields.iter().map(move |(name, _)| (of, name)))
        .filter(|(of, name)| *name != "name" || !public.contains(&of.as_str()))
        .map(|(_, name)| name.clone())
        .collect();
    let personal = [
        "account",
        "account_id",
        "accounts",
        "author",
        "authors",
        "birthday",
        "commenter",
        "contact",
        "contacts",
        "device",
        "display_name",
        "email",
        "id_card",
        "id_number",
        "ip",
        "mobile",
        "name",
        "password",
        "phone",
        "proposer",
        "proposers",
        "resident",
        "submitter",
        "supporter",
        "token",
        "voter",
        "voters",
    ];
    for personal in personal {
        assert!(names.iter().all(|name| name != personal), "{personal}");
    }
    assert!(names.iter().any(|name| name == "lead"));
}

fn definitions(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    schema["$defs"].as_object().unwrap().iter()
}

fn definition<'s>(schema: &'s Value, name: &str) -> &'s Value {
    &schema["$defs"][name]
}

/// The fields of a struct.
fn fields(definition: &Value) -> Option<&Map<String, Value>> {
    definition["properties"].as_object()
}

fn description(definition: &Value) -> String {
    let text = definition["description"].as_str().unwrap_or_default();
    let words: Vec<_> = text.split_whitespace().collect();
    words.join(" ").replace("[`", "`").replace("`]", "`")
}

fn about(kind: Kind) -> &'static str {
    match Body::parse(kind, kind.sample().as_bytes())
        .unwrap()
        .subject()
    {
        Subject::Jurisdiction(_) => "jurisdiction",
        Subject::Cycle(_) => "cycle",
        Subject::Proposal(_) => "proposal",
        Subject::Cluster(_) => "cluster",
        Subject::Candidate(_) => "candidate",
        Subject::Project(_) => "project",
        Subject::Poll(_) => "poll",
        Subject::Entry(_) => "entry",
    }
}

fn section(text: &mut String, schema: &Value, kind: Kind) {
    let definition = definition(schema, kind.name());
    let subject = Body::parse(kind, kind.sample().as_bytes())
        .unwrap()
        .subject();
    let what = description(definition);
    write!(
        text,
        "\n### {kind}\n\n{what} Subject: the {}, here `{subject}`.{}\n\n",
        about(kind),
        if kind.may_be_taken_down() {
            " Such a body may be taken down."
        } else {
            ""
        }
    )
    .unwrap();
    table(text, definition);
    let sample = kind.sample();
    let example = format!("[example](../tally/record/samples/{kind}.json)");
    if sample.len() <= 600 {
        write!(text, "\n{example}:\n\n```json\n{sample}\n```\n").unwrap();
    } else {
        write!(text, "\n{example}\n").unwrap();
    }
}

fn table(text: &mut String, definition: &Value) {
    text.push_str("| field | form | what |\n|---|---|---|\n");
    for (name, field) in fields(definition).unwrap() {
        let optional = if is_required(definition, name) {
            ""
        } else {
            ", optional"
        };
        let (form, what) = (form(field), description(field));
        writeln!(text, "| `{name}` | {form}{optional} | {what} |").unwrap();
    }
}

/// What a value looks like, in words.
fn form(schema: &Value) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.trim_start_matches("#/$defs/");
        return format!("[{name}](#{})", name.to_lowercase());
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let choices = choices.iter().map(form);
        return choices.collect::<Vec<_>>().join(" · ");
    }
    if let Some(value) = schema["const"].as_str() {
        return format!("`{value}` {}", description(schema));
    }
    if let Some(fields) = fields(schema) {
        let fields = fields.iter().map(|(name, field)| {
            let optional = if is_required(schema, name) {
                ""
            } else {
                ", optional"
            };
            format!("`{name}`: {}{optional}", form(field))
        });
        return format!("{{ {} }}", fields.collect::<Vec<_>>().join("; "));
    }
    let is_plain = schema.get("pattern").is_none() && schema.get("maximum").is_none();
    match schema["type"].as_str() {
        Some("array") => format!("list of {}", form(&schema["items"])),
        Some("integer") if is_plain => "whole number".to_owned(),
        Some("string") if is_plain => "text".to_owned(),
        Some("object") => "object".to_owned(),
        _ => description(schema),
    }
}

fn is_required(definition: &Value, field: &str) -> bool {
    let required = definition["required"].as_array();
    required.is_some_and(|names| names.iter().any(|name| name == field))
}

/// Compares a file with what is generated, or writes it.
fn is_generated(path: &str, text: &str) {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("WRITE_GENERATED").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    let first = found.lines().zip(text.lines()).position(|(a, b)| a != b);
    assert!(
        found == text,
        "{} is not what is generated, from line {} on: WRITE_GENERATED=1 writes it again",
        path.display(),
        first.map_or(found.lines().count(), |line| line) + 1
    );
}
