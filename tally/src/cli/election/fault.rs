//! Only in the builds of tests (feature `faults`): stops the command between two steps on the disk, or fills the disk.
//!
//! `TALLY_FAULT` says where, steps counting from 1: `kill:N` ends the process before step N; `full:N` leaves no space from step N
//! on; `wait:N:FILE` writes FILE.reached before step N and goes on once FILE is there.

use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// The code of a process that was stopped.
const KILLED: i32 = 99;

static STEPS: AtomicU32 = AtomicU32::new(0);

/// Lets the next step pass, or not.
pub(super) fn pass(takes_space: bool) -> io::Result<()> {
    let Ok(fault) = std::env::var("TALLY_FAULT") else {
        return Ok(());
    };
    let mut parts = fault.splitn(3, ':');
    let (kind, at) = (parts.next(), parts.next());
    let at: u32 = at.and_then(|at| at.parse().ok()).unwrap_or(u32::MAX);
    let step = STEPS.fetch_add(1, Ordering::SeqCst) + 1;
    match kind {
        // Nothing is in a buffer, and the system lets go of all locks, as if the process had been killed.
        Some("kill") if step == at => std::process::exit(KILLED),
        Some("full") if step >= at && takes_space => Err(io::ErrorKind::StorageFull.into()),
        Some("wait") if step == at => wait(Path::new(parts.next().unwrap_or_default())),
        _ => Ok(()),
    }
}

fn wait(file: &Path) -> io::Result<()> {
    std::fs::write(file.with_extension("reached"), [])?;
    for _ in 0..10_000 {
        if file.exists() {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    Err(io::ErrorKind::TimedOut.into())
}
