//! Programs of the distribution that a test needs.

use std::{
    env,
    io::{self, Write as _},
    path::PathBuf,
};

/// Set by `./dev test`, which installs everything: what is missing fails the test.
const REQUIRED: &str = "MINSHENG_REQUIRE_ALL";

/// Whether all of `programs` are installed; else a loud line, or a failure where they must be.
pub fn installed(programs: &[&str]) -> bool {
    let Some(missing) = programs.iter().find(|name| find(name).is_none()) else {
        return true;
    };
    assert!(
        env::var_os(REQUIRED).is_none(),
        "{missing} is not installed"
    );
    // Not `eprintln!`: the test harness would swallow it in a passing test.
    let _ = writeln!(
        io::stderr(),
        "\n!!!! SKIPPED: {missing} is not installed; `./dev test` does it !!!!\n"
    );
    false
}

/// The program's path.
pub fn find(name: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?)
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
}
