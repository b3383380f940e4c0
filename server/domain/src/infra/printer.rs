//! Papers as PDF, by the program `minsheng-print` as a child process: it has the typesetter's memory and its faults to itself, and ends
//! with the request that waits for it. Where it is not installed, pages are printed by the browser.

use ring::digest::{SHA256, digest};
use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Command;
use tokio::sync::Semaphore;

/// What the program is called.
const PROGRAM: &str = "minsheng-print";
/// How many papers are printed at once; others wait.
const AT_ONCE: usize = 2;
/// How long a paper may take, with its wait.
const TIME_LIMIT: Duration = Duration::from_secs(30);
/// The longest PDF that is taken.
const MOST_BYTES: u64 = 32 * 1024 * 1024;
/// How many papers are kept for the next who asks, and up to which size: an announced result is asked for by many at once.
const KEPT: usize = 16;
const KEPT_BYTES: usize = 1024 * 1024;
/// How much of what the program says of a failure is logged.
const MOST_SAID: u64 = 500;

/// Why there is no PDF.
#[derive(Debug, thiserror::Error)]
pub enum PrintError {
    /// The program is not installed.
    #[error("no program that prints is installed")]
    NotInstalled,
    /// It took too long, or others did.
    #[error("the paper was not printed in time")]
    Late,
    /// The program cannot be started or talked to.
    #[error("the program that prints: {0}")]
    Process(#[from] io::Error),
    /// It refused or failed. What it says is in the log, and never holds what stands on the paper.
    #[error("the program that prints ended with {0}")]
    Failed(ExitStatus),
    /// What it answered is no PDF, or too long a one.
    #[error("the program that prints answered no PDF")]
    NoPdf,
}

type Key = [u8; 32];

/// The program, if there is one, and how many use it.
#[derive(Debug)]
pub struct Printer {
    program: Option<PathBuf>,
    time_limit: Duration,
    turns: Semaphore,
    kept: Mutex<VecDeque<(Key, Arc<[u8]>)>>,
}

impl Default for Printer {
    /// None.
    fn default() -> Self {
        Self {
            program: None,
            time_limit: TIME_LIMIT,
            turns: Semaphore::new(AT_ONCE),
            kept: Mutex::default(),
        }
    }
}

impl Printer {
    /// The configured program; without one that beside the service's own, or on the path.
    pub fn find(configured: Option<PathBuf>) -> Self {
        Self {
            program: configured.or_else(installed),
            ..Self::default()
        }
    }

    /// Whether papers can be had as PDF.
    pub const fn is_there(&self) -> bool {
        self.program.is_some()
    }

    /// The PDF of a document of the package `paper`, in JSON. Ends the program when it is dropped.
    ///
    /// # Errors
    /// See [`PrintError`].
    pub async fn print(&self, document: &[u8]) -> Result<Arc<[u8]>, PrintError> {
        let program = self.program.as_deref().ok_or(PrintError::NotInstalled)?;
        let mut key = Key::default();
        key.copy_from_slice(digest(&SHA256, document).as_ref());
        if let Some(pdf) = self.earlier(&key) {
            return Ok(pdf);
        }
        let printed = async {
            // A closed semaphore is one that nobody closes.
            let _turn = self.turns.acquire().await.map_err(io::Error::other)?;
            match self.earlier(&key) {
                Some(pdf) => Ok(pdf),
                None => run(program, document).await.map(Arc::from),
            }
        };
        let pdf: Arc<[u8]> = tokio::time::timeout(self.time_limit, printed)
            .await
            .map_err(|_| PrintError::Late)??;
        self.keep(key, &pdf);
        Ok(pdf)
    }

    fn earlier(&self, key: &Key) -> Option<Arc<[u8]>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.iter().find(|(of, _)| of == key);
        found.map(|(_, pdf)| Arc::clone(pdf))
    }

    fn keep(&self, key: Key, pdf: &Arc<[u8]>) {
        if pdf.len() > KEPT_BYTES {
            return;
        }
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.iter().all(|(of, _)| *of != key) {
            kept.push_back((key, Arc::clone(pdf)));
            let more = kept.len().saturating_sub(KEPT);
            kept.drain(..more);
        }
    }
}

async fn run(program: &Path, document: &[u8]) -> Result<Vec<u8>, PrintError> {
    let mut child = Command::new(program)
        // Nothing of the service's configuration, and no folder of its own.
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let gone = || io::Error::other("a pipe is missing");
    let mut input = child.stdin.take().ok_or_else(gone)?;
    let output = child.stdout.take().ok_or_else(gone)?;
    let said = child.stderr.take().ok_or_else(gone)?;
    let tell = async move {
        // It may refuse before it has read all; its status says so.
        let _ = input.write_all(document).await;
        drop(input);
    };
    let (mut pdf, mut words) = (Vec::new(), Vec::new());
    let mut output = output.take(MOST_BYTES.saturating_add(1));
    let mut said = said.take(MOST_SAID);
    let ((), read, heard) = tokio::join!(
        tell,
        output.read_to_end(&mut pdf),
        said.read_to_end(&mut words)
    );
    // Whatever else it wants to say has no reader.
    drop((output, said));
    read?;
    heard?;
    let status = child.wait().await?;
    if !status.success() {
        let words = String::from_utf8_lossy(&words);
        tracing::error!(%status, said = words.trim(), "a paper was not printed");
        return Err(PrintError::Failed(status));
    }
    let is_short = u64::try_from(pdf.len()).is_ok_and(|bytes| bytes <= MOST_BYTES);
    if is_short && pdf.starts_with(b"%PDF-") {
        Ok(pdf)
    } else {
        Err(PrintError::NoPdf)
    }
}

fn installed() -> Option<PathBuf> {
    let own = std::env::current_exe().ok();
    let beside = own.and_then(|own| own.parent().map(Path::to_owned));
    let path = std::env::var_os("PATH").unwrap_or_default();
    beside
        .into_iter()
        .chain(std::env::split_paths(&path))
        .map(|folder| folder.join(PROGRAM))
        .find(|program| program.is_absolute() && program.is_file())
}

#[cfg(test)]
#[path = "printer_tests.rs"]
mod tests;
