//! A program that ends when the test does, however the test ends.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// `$1` log, `$2` what to do at the end (`$child` is the program's id), then the program itself.
/// Its keeper waits for the end of its own input, which comes even when the test is killed, and
/// ends when the program has ended.
const KEEPER: &str = r#"
trap '' INT TERM HUP
log=$1; ending=$2; shift 2
(trap - INT TERM HUP; exec "$@") >"$log" 2>"$log.err" & child=$!
(read -r _; eval "$ending") <&0 & disown
wait $child
"#;

/// A running program and its log.
#[derive(Debug)]
pub(crate) struct Kept {
    keeper: Child,
    log: PathBuf,
    name: String,
    /// Holds the log where the caller did not say where it should lie.
    _folder: Option<TempDir>,
}

impl Kept {
    /// Starts `command` (program and arguments) with `ending`, a line for bash, at the end.
    pub(crate) fn start(
        command: &[&str],
        ending: &str,
        environment: &[(&str, &str)],
        log: Option<&Path>,
    ) -> Self {
        let folder = log
            .is_none()
            .then(|| tempfile::tempdir().expect("a temporary folder"));
        let log = log.map_or_else(
            || folder.as_ref().expect("made").path().join("log"),
            Path::to_owned,
        );
        let keeper = Command::new("bash")
            .args(["-c", KEEPER, "keeper"])
            .arg(&log)
            .arg(ending)
            .args(command)
            .envs(environment.iter().copied())
            .stdin(Stdio::piped())
            .spawn()
            .expect("bash starts");
        Self {
            keeper,
            log,
            name: command.join(" "),
            _folder: folder,
        }
    }

    /// Waits until a line of the program's standard output begins with `prefix`; the rest of it.
    pub(crate) fn line(&mut self, prefix: &str, patience: Duration) -> String {
        let since = Instant::now();
        loop {
            let text = fs::read_to_string(&self.log).unwrap_or_default();
            // Only whole lines: the last one may still be on its way.
            let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
            if let Some(rest) = whole.lines().find_map(|line| line.strip_prefix(prefix)) {
                return rest.to_owned();
            }
            let errors = self.errors();
            let ended = self.keeper.try_wait().expect("the keeper is ours");
            assert!(ended.is_none(), "{} ended:\n{text}{errors}", self.name);
            assert!(
                since.elapsed() < patience,
                "{} said no line {prefix:?}:\n{text}{errors}",
                self.name
            );
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// What the program wrote to standard error so far.
    pub(crate) fn errors(&self) -> String {
        let mut path = self.log.clone().into_os_string();
        path.push(".err");
        fs::read_to_string(path).unwrap_or_default()
    }

    /// Ends the program and waits for it.
    pub(crate) fn end(&mut self) {
        if let Some(mut input) = self.keeper.stdin.take() {
            let _ = input.flush();
        }
        let _ = self.keeper.wait();
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.end();
    }
}
