//! Standard output: names that come from files are shown escaped, and nobody panics where nobody listens.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::sync::OnceLock;

/// Why the first line could not be written.
static FAILED: OnceLock<String> = OnceLock::new();

/// Writes one line. Whatever it was made of, it stays one: what a terminal would obey is shown as `\u{1b}`.
pub(super) fn line(text: &str) {
    write(&(shown(text) + "\n"));
}

/// Writes text of this program's own as it is.
pub(super) fn raw(text: &str) {
    write(text);
}

fn write(text: &str) {
    let mut out = io::stdout().lock();
    if let Err(error) = out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        let _ = FAILED.set(error.to_string());
    }
}

/// Why standard output could not be written, where it could not.
pub(super) fn failure() -> Option<&'static str> {
    FAILED.get().map(String::as_str)
}

/// The text with control, format and other characters that nobody sees escaped.
pub(super) fn shown(text: &str) -> String {
    text.chars().fold(String::new(), |mut out, c| {
        // Quotes are escaped in literals only.
        if matches!(c, '"' | '\'' | '\\') {
            out.push(c);
        } else {
            let _ = write!(out, "{}", c.escape_debug());
        }
        out
    })
}

/// A line on standard output, as the standard library's macro, which panics where nobody listens and shows anything.
macro_rules! println {
    ($($part:tt)*) => {
        $crate::cli::output::line(&format!($($part)*))
    };
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn what_a_terminal_would_obey_is_shown() {
        assert_eq!(
            shown("\u{1b}[2J\u{1b}[H verified \u{1b}[8m\n"),
            "\\u{1b}[2J\\u{1b}[H verified \\u{1b}[8m\\n"
        );
        // Overrides the direction of writing; hides itself.
        assert_eq!(
            shown("a\u{202e}b\u{200b}\u{9b}"),
            "a\\u{202e}b\\u{200b}\\u{9b}"
        );
        assert_eq!(shown("修路 \"a\" \\ é ▀"), "修路 \"a\" \\ é ▀");
    }
}
