//! Where pictures and logs of a run lie: outside the repository.

use std::{env, fs, path::PathBuf};

/// Names the folder for screenshots; by default `journeys` in the target folder.
pub const SCREENSHOTS: &str = "MINSHENG_SCREENSHOTS";

/// The folder for screenshots, made where it is missing.
pub fn screenshots() -> PathBuf {
    let folder = env::var_os(SCREENSHOTS).map_or_else(|| target().join("journeys"), PathBuf::from);
    fs::create_dir_all(&folder).expect("the folder for screenshots");
    folder
}

/// A program of this workspace, built beside the tests (`cargo build --workspace`).
pub fn workspace_program(name: &str) -> PathBuf {
    let path = target().join(name);
    assert!(
        path.is_file(),
        "{} is not built: `cargo build -p {name}` or `./dev test`",
        path.display()
    );
    path
}

/// The workspace's root.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the root")
        .to_owned()
}

/// `target/debug`: a test's own program lies in `deps` below it.
fn target() -> PathBuf {
    let me = env::current_exe().expect("this test's path");
    let folder = me.parent().expect("a folder");
    if folder.ends_with("deps") {
        folder.parent().expect("above deps")
    } else {
        folder
    }
    .to_owned()
}
