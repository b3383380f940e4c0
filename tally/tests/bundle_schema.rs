//! The JSON Schemas of a bundle's files are what the structs are, and `docs/bundle-format.md` lists the files.
//!
//! `WRITE_GENERATED=1 cargo test -p tally --test bundle_schema` writes the schemas again.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests fail as tests do"
)]

mod common;

use std::path::{Path, PathBuf};

use common::poll::{POLL, bundle};
use common::zipped::files;
use serde_json::Value;
use tally::bundle::{FILES, schema};

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

#[test]
fn the_schema_is_that_of_the_structs() {
    let text = serde_json::to_string_pretty(&schema()).unwrap() + "\n";
    let path = root("bundle/bundle.schema.json");
    if std::env::var_os("WRITE_GENERATED").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == text,
        "{} is not what is generated: WRITE_GENERATED=1 writes it again",
        path.display()
    );
}

#[test]
fn the_document_lists_the_files_in_their_order_with_their_schemas() {
    let text = std::fs::read_to_string(root("../docs/bundle-format.md")).unwrap();
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `"));
    let listed: Vec<&str> = rows
        .filter_map(|row| row.split_once('`'))
        .map(|(name, _)| name)
        .filter(|name| name.contains('.') && !name.contains("ballot."))
        .collect();
    let due: Vec<&str> = ["manifest.json"].into_iter().chain(FILES).collect();
    assert_eq!(listed, due);
    let schema = schema();
    for name in due.iter().filter(|name| {
        Path::new(name)
            .extension()
            .is_some_and(|extension| extension == "json")
    }) {
        assert!(schema["$defs"].get(*name).is_some(), "{name}");
    }
}

#[test]
fn a_real_bundles_files_have_the_members_of_their_schemas_in_this_order() {
    let schema = schema();
    for (name, content) in files(&bundle(&POLL).write().unwrap()) {
        let Some(due) = schema["$defs"]
            .get(&name)
            .and_then(|one| one["properties"].as_object())
        else {
            continue;
        };
        let value: Value = serde_json::from_slice(&content).unwrap();
        let found: Vec<&String> = value.as_object().unwrap().keys().collect();
        assert_eq!(found, due.keys().collect::<Vec<_>>(), "{name}");
    }
}
