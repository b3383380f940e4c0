//! The comparison finds what it is there for: each test draws a small crate and breaks one thing.
#![allow(clippy::unwrap_used, reason = "a test's helpers may fail loudly, too")]

use arrows::{Arrows, Difference};

/// A crate of three modules: the roof knows the ground and the stairs, the stairs know the ground.
struct Crate(Vec<(&'static str, String)>);

const DRAWN: &str = "# from above\nroof: ground stairs\n\nstairs: ground\n";

impl Crate {
    fn sound() -> Self {
        let file = |path, text: &str| (path, text.to_owned());
        Self(vec![
            file(
                "lib.rs",
                "mod ground; pub mod roof; mod stairs; pub use ground::Stone;",
            ),
            file("ground.rs", "pub struct Stone;"),
            file("roof/mod.rs", "mod tile; use crate::stairs::{self, Step};"),
            file("roof/tile.rs", "fn lay() { super::super::ground::dig() }"),
            file("stairs.rs", "pub struct Step(crate::Stone);"),
        ])
    }

    fn with(mut self, path: &'static str, more: &str) -> Self {
        match self.0.iter_mut().find(|(other, _)| *other == path) {
            Some((_, text)) => *text += more,
            None => self.0.push((path, more.to_owned())),
        }
        self
    }

    fn differences(&self) -> Vec<Difference> {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in &self.0 {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let mut differences = arrows::read(folder.path())
            .unwrap()
            .differences(&Arrows::parse(DRAWN).unwrap());
        for difference in &mut differences {
            if let Difference::New { place, .. } = difference {
                place.file = place.file.strip_prefix(folder.path()).unwrap().to_owned();
            }
        }
        differences
    }
}

fn texts(differences: &[Difference]) -> Vec<String> {
    differences.iter().map(ToString::to_string).collect()
}

#[test]
fn a_crate_as_drawn_has_no_differences() {
    assert_eq!(Crate::sound().differences(), []);
}

#[test]
fn an_arrow_that_is_not_drawn_is_named_with_its_place_and_its_circle() {
    let wrong = Crate::sound().with("ground.rs", "\nuse crate::roof::Tile;");
    let differences = wrong.differences();
    assert!(
        matches!(&differences[0], Difference::New { place, .. } if *place.file == *"ground.rs"),
        "{differences:?}"
    );
    assert_eq!(
        texts(&differences),
        [
            "ground.rs:2: ground now knows roof",
            "a circle: ground → roof",
            "a circle: ground → roof → stairs",
        ]
    );
}

#[test]
fn every_way_to_name_a_module_is_an_arrow() {
    for way in [
        "use crate::roof;",
        "use crate::{roof::Tile as T, ground::Stone};",
        "use super::roof::*;",
        "fn f(tile: crate::roof::Tile) {}",
        "fn f() { super::roof::lay() }",
        "fn f() { println!(\"{}\", crate::roof::lay()) }",
        "macro_rules! m { () => { $crate::roof::lay() } }",
        "#[serde(with = \"crate::roof\")] struct S;",
        "mod inner { use super::super::roof::Tile; }",
        "#[path = \"elsewhere.rs\"] mod inner;",
        "impl Step { #[cfg(feature = \"tiles\")] fn f() { crate::roof::lay() } }",
    ] {
        let wrong = Crate::sound()
            .with("ground.rs", way)
            .with("elsewhere.rs", "use super::super::roof::Tile;");
        let differences = texts(&wrong.differences());
        assert_eq!(
            differences[0],
            "ground.rs:1: ground now knows roof".replace(
                "ground.rs",
                if way.contains("elsewhere") {
                    "elsewhere.rs"
                } else {
                    "ground.rs"
                }
            ),
            "{way}"
        );
    }
}

#[test]
fn what_only_tests_name_is_no_arrow() {
    for free in [
        "#[cfg(test)] use crate::roof;",
        "#[cfg(all(test, feature = \"tiles\"))] use crate::roof;",
        "#[cfg(test)] mod tests { use crate::roof; }",
        "#[cfg(test)] mod of_no_file;",
        "#[test] fn t() { crate::roof::lay() }",
        "/// See [`crate::roof`].\npub(in crate::roof) fn f() {}",
        "use ::roof::Tile; use other::roof;",
    ] {
        let same = Crate::sound().with("ground.rs", free);
        assert_eq!(same.differences(), [], "{free}");
    }
}

#[test]
fn an_arrow_that_the_code_has_lost_is_named() {
    let mut lost = Crate::sound();
    lost.0[4].1 = "pub struct Step;".to_owned();
    assert_eq!(
        texts(&lost.differences()),
        ["stairs does not know ground, as is drawn"]
    );
}

#[test]
fn what_the_root_defines_is_known_as_the_root() {
    let wrong = Crate::sound()
        .with(
            "lib.rs",
            "\npub struct House(ground::Stone); fn f(roof: u8) -> u8 { roof }",
        )
        .with("stairs.rs", "\nuse crate::House;");
    assert_eq!(
        texts(&wrong.differences())
            .iter()
            .map(|text| text.split_once(": ").unwrap().1)
            .collect::<Vec<_>>(),
        ["lib now knows ground", "stairs now knows lib"]
    );
}

#[test]
fn a_module_without_a_file_and_a_damaged_drawing_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("lib.rs"), "mod ground;").unwrap();
    let error = arrows::read(folder.path()).unwrap_err().to_string();
    assert!(error.contains("ground.rs"), "{error}");
    for (drawing, line) in [("roof ground", 1), ("roof: ground\nroof: stairs", 2)] {
        let error = Arrows::parse(drawing).unwrap_err();
        assert!(matches!(error, arrows::ArrowsError::Drawing(at) if at == line));
    }
}

#[test]
fn a_drawing_is_read_as_it_is_written() {
    let drawn = Arrows::parse(DRAWN).unwrap();
    assert_eq!(drawn.to_string(), "roof: ground stairs\nstairs: ground\n");
}
