//! What the command says. Names in files are others' words: nothing of them steers a terminal or begins a line.

use std::fmt::{Arguments, Display, Write as _};
use std::io::{self, Write as _};
use std::sync::OnceLock;

use tally::rules::is_invisible;

/// Why the first line could not be written.
static UNHEARD: OnceLock<io::Error> = OnceLock::new();

/// A line on standard output, as `println!`, which panics where nobody listens and shows anything.
macro_rules! say {
    ($($part:tt)*) => { $crate::cli::terminal::line(format_args!($($part)*)) };
}
pub(super) use say;

/// Writes one line to standard output. Whatever it was made of, it stays one. What the command does goes on even if nobody can
/// read it: [`unheard`] tells.
pub(super) fn line(text: Arguments<'_>) {
    write(shown(&text.to_string()));
}

/// Writes JSON to standard output. What is not seen is escaped there as JSON escapes it, so that the value is the same.
pub(super) fn json(text: &str) {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c == '\n' || !is_invisible(c) {
            out.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        }
    }
    write(out);
}

fn write(mut text: String) {
    text.push('\n');
    let mut out = io::stdout().lock();
    if let Err(error) = out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        let _ = UNHEARD.set(error);
    }
}

/// Why standard output could not be written, where it could not.
pub(super) fn unheard() -> Option<&'static io::Error> {
    UNHEARD.get()
}

/// Writes to standard error, where that is possible. Further lines, as of an error that shows a place in a file, are
/// indented, so that none passes for another message.
pub(super) fn tell(text: impl Display) {
    let text = text.to_string();
    let lines: Vec<String> = text.lines().map(shown).collect();
    drop(writeln!(
        io::stderr().lock(),
        "tally: {}",
        lines.join("\n       ")
    ));
}

/// The text on one line: what is not seen, or steers a terminal, is shown as `\u{1b}`.
fn shown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_invisible(c) {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn what_steers_a_terminal_is_shown_and_other_writing_stays() {
        for (given, seen) in [
            (
                "修路 \"a\" \\ · Straße\u{301} ▀",
                "修路 \"a\" \\ · Straße\u{301} ▀",
            ),
            ("\u{1b}[2Jverified\u{1b}[8m", "\\u{1b}[2Jverified\\u{1b}[8m"),
            ("a\u{9b}31m\rb\u{7f}", "a\\u{9b}31m\\rb\\u{7f}"),
            // These turn the direction of writing, hide themselves, or begin a line.
            ("\u{202e}abc\u{2066}", "\\u{202e}abc\\u{2066}"),
            ("a\u{200b}\u{ad}", "a\\u{200b}\\u{ad}"),
            ("two\nlines\u{2028}", "two\\nlines\\u{2028}"),
        ] {
            assert_eq!(shown(given), seen);
        }
    }
}
