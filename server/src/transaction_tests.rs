//! The site opens no transaction that writes: a use case of the domain owns it, from its first check to its audit line.

use std::fs;
use std::path::{Path, PathBuf};

/// What opens a transaction that writes.
const OPENS: [&str; 2] = ["Change::begin", ".database.write("];

fn is_for_tests(path: &Path) -> bool {
    let name = path
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    name == "invariants" || name.ends_with("tests") || ["testing", "testkit"].contains(&&*name)
}

/// The sources under `folder`, without tests and without what `is_left_out`.
fn sources(folder: &Path, is_left_out: &dyn Fn(&Path) -> bool) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if is_left_out(&path) {
            continue;
        }
        if path.is_dir() {
            found.extend(sources(&path, is_left_out));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
    found
}

fn opens_a_transaction(path: &Path) -> bool {
    let text = fs::read_to_string(path).unwrap();
    let code = text.split("#[cfg(test)]\nmod ").next().unwrap();
    OPENS.iter().any(|call| code.contains(call))
}

#[test]
fn no_page_and_no_handler_opens_a_transaction() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let demo = root.join("demo");
    let all = sources(&root, &|path| is_for_tests(path) || path == demo);
    assert!(all.len() > 90, "{} files read", all.len());
    let opening: Vec<_> = all
        .iter()
        .filter(|path| opens_a_transaction(path))
        .collect();
    assert!(opening.is_empty(), "{opening:#?}");
    // The demo plays people who are not there; it shows that the scan finds what it looks for.
    assert!(
        sources(&demo, &is_for_tests)
            .iter()
            .any(|path| opens_a_transaction(path))
    );
}
