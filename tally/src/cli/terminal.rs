//! What the command says. Names in files are others' words: nothing of them steers a terminal.

use std::fmt::Display;
use std::io::{self, Write as _};
use std::sync::Mutex;

use super::CommandError;

/// The first line that could not be written.
static UNSAID: Mutex<Option<io::Error>> = Mutex::new(None);

/// As `println!`, by [`write_line`].
macro_rules! say {
    ($($part:tt)*) => { $crate::cli::terminal::write_line(format_args!($($part)*)) };
}
pub(super) use say;

/// Writes a line to standard output. What the command does goes on even if nobody can read it: [`all_said`] tells.
pub(super) fn write_line(line: impl Display) {
    let line = visible(&line.to_string());
    let mut out = io::stdout().lock();
    if let Err(error) = writeln!(out, "{line}").and_then(|()| out.flush()) {
        let mut unsaid = UNSAID
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        unsaid.get_or_insert(error);
    }
}

/// Whether every line of [`write_line`] was written.
///
/// # Errors
/// [`CommandError::Unsaid`], the command's own work being done.
pub(super) fn all_said() -> Result<(), CommandError> {
    let mut unsaid = UNSAID
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    unsaid
        .take()
        .map_or(Ok(()), |error| Err(CommandError::Unsaid(error)))
}

/// Writes a line to standard error, where that is possible.
pub(super) fn tell(line: impl Display) {
    let line = visible(&line.to_string());
    drop(writeln!(io::stderr().lock(), "tally: {line}"));
}

/// A name from a file on one line: whatever steers a terminal, or begins another line, is shown as an escape.
pub(super) fn name(text: &str) -> String {
    visible(text).replace('\n', "\\n")
}

/// Text of several lines, of which nothing steers a terminal.
fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if c != '\n' && steers(c) {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// Control characters, and those that turn the direction of writing or break a line.
fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::{name, visible};

    #[test]
    fn what_steers_a_terminal_is_shown_and_other_writing_stays() {
        for (given, shown) in [
            ("修路 · Straße\u{301}", "修路 · Straße\u{301}"),
            ("\u{1b}[2Jverified\u{1b}[8m", "\\u{1b}[2Jverified\\u{1b}[8m"),
            ("a\u{9b}31m\rb\u{7f}", "a\\u{9b}31m\\rb\\u{7f}"),
            ("\u{202e}abc\u{2066}", "\\u{202e}abc\\u{2066}"),
            ("two\nlines", "two\nlines"),
        ] {
            assert_eq!(visible(given), shown);
        }
        assert_eq!(name("a\nverified"), "a\\nverified");
    }
}
