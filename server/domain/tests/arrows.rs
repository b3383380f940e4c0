//! The domain's modules know each other only as `arrows.txt` draws it, and never in a circle.

use std::path::Path;

use arrows::Arrows;

#[test]
fn the_modules_know_each_other_as_drawn() {
    let known = arrows::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap();
    let drawn = Arrows::parse(include_str!("arrows.txt")).unwrap();
    let differences = known.differences(&drawn);
    let texts: Vec<String> = differences.iter().map(ToString::to_string).collect();
    assert!(
        texts.is_empty(),
        "{}\n\nas the code has it:\n{known}",
        texts.join("\n")
    );
}

/// The domain is the lower floor: no web framework, no page, no language reaches it.
#[test]
fn the_domain_names_no_web_framework() {
    let manifest = include_str!("../Cargo.toml");
    for name in ["axum", "maud", "tower", "utoipa", "fluent"] {
        let found = manifest
            .lines()
            .find(|line| line.trim_start().starts_with(name));
        assert_eq!(found, None, "{name} in the domain's manifest");
    }
}

#[test]
fn a_wrong_arrow_is_found() {
    let known = arrows::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap();
    let without = include_str!("arrows.txt").replace(
        "screening: cycles infra lib proposals record",
        "screening: cycles infra lib record",
    );
    let differences = known.differences(&Arrows::parse(&without).unwrap());
    let texts: Vec<String> = differences.iter().map(ToString::to_string).collect();
    assert!(
        matches!(texts.as_slice(), [one] if one.contains("proposals")),
        "{texts:?}"
    );
}
