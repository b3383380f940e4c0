//! The domain's modules know each other only as `arrows.txt` draws it, and never in a circle.

use std::path::Path;

#[test]
fn the_modules_know_each_other_as_drawn() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    arrows::compare(&src, include_str!("arrows.txt")).unwrap_or_else(|found| panic!("{found}"));
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
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let without = include_str!("arrows.txt").replace(
        "screening: cycles infra lib people proposals record",
        "screening: cycles infra lib people record",
    );
    let found = arrows::compare(&src, &without).unwrap_err();
    let difference = found.lines().next().unwrap_or_default();
    assert!(
        difference.contains("screening") && difference.contains("proposals"),
        "{found}"
    );
}
