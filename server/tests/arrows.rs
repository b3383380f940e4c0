//! The parts of the site know each other only as `arrows.txt` draws it, and never in a circle.

use std::path::Path;

#[test]
fn the_modules_know_each_other_as_drawn() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    arrows::compare(&src, include_str!("arrows.txt")).unwrap_or_else(|found| panic!("{found}"));
}
