//! The parts of the site know each other only as `arrows.txt` draws it, and never in a circle.

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
