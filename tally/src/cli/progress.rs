//! How far a long verification is, on standard error.

use std::fmt::Arguments;
use std::io::{IsTerminal as _, Write as _};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Nothing is said about what takes less.
const PATIENCE: Duration = Duration::from_secs(1);
/// Between two lines of a log.
const LOG_EVERY: Duration = Duration::from_secs(10);
/// Between two strokes on a terminal.
const DRAW_EVERY: Duration = Duration::from_millis(200);

/// One line that is drawn again and again on a terminal; elsewhere a line now and then.
pub(super) struct Meter {
    terminal: bool,
    /// When the next stroke is due, and whether there was one.
    state: Mutex<(Instant, bool)>,
}

impl Meter {
    pub(super) fn start() -> Self {
        Self {
            terminal: std::io::stderr().is_terminal(),
            state: Mutex::new((Instant::now() + PATIENCE, false)),
        }
    }

    pub(super) fn show(&self, done: usize, total: usize) {
        // Whoever comes while another is drawing has nothing newer to say.
        let Ok(mut state) = self.state.try_lock() else {
            return;
        };
        let now = Instant::now();
        if now < state.0 {
            return;
        }
        *state = if self.terminal {
            draw(format_args!("\rballots checked: {done} of {total}"));
            (now + DRAW_EVERY, true)
        } else {
            draw(format_args!("ballots checked: {done} of {total}\n"));
            (now + LOG_EVERY, true)
        };
    }

    pub(super) fn finish(&self) {
        if self.terminal && self.state.lock().is_ok_and(|state| state.1) {
            draw(format_args!("\r\x1b[K"));
        }
    }
}

/// Whoever does not listen misses nothing that is needed.
fn draw(stroke: Arguments<'_>) {
    drop(std::io::stderr().write_fmt(stroke));
}
