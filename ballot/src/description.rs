//! An election's description binds the rule and the roll: its two last lines are their hashes, and each ballot's
//! signature covers the description.
//!
//! ```text
//! 青禾县民生实事项目票决办法
//! rule:sha256:<64 lowercase hexadecimal digits>
//! roll:sha256:<64 lowercase hexadecimal digits>
//! ```
//!
//! This is the one place that writes and reads these lines: for the service, the command, the verifier and the
//! voter's device.

use std::fmt;

use crate::digest::Digest;

/// What an election's description binds: the hashes of the rule's and the roll's exact bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BindingLines {
    rule: Digest,
    roll: Digest,
}

/// One of the two lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BindingLine {
    /// `rule:sha256:…`, the last but one.
    Rule,
    /// `roll:sha256:…`, the last.
    Roll,
}

/// Why a description does not bind what it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BindingError {
    /// The line is not there, or is written otherwise.
    #[error(
        "the election's description does not end with its lines `rule:sha256:…` and `roll:sha256:…`: the {0} line"
    )]
    Line(BindingLine),
    /// A line of this kind stands before the last two, where a reader may take it for the one that binds.
    #[error("the election's description has a second {0} line")]
    Repeated(BindingLine),
    /// No text stands before the lines.
    #[error("the election's description has no text before its lines")]
    NoTitle,
    /// The line is that of other bytes.
    #[error("the election's description names another {0}")]
    Other(BindingLine),
}

impl BindingLine {
    const fn prefix(self) -> &'static str {
        match self {
            Self::Rule => "rule:sha256:",
            Self::Roll => "roll:sha256:",
        }
    }

    /// Reads the line strictly: 64 lowercase hexadecimal digits and nothing else.
    fn parse(self, line: Option<&str>) -> Result<Digest, BindingError> {
        let digest = || {
            let digits = line?.strip_prefix(self.prefix())?;
            let bytes: [u8; 32] = hex::decode(digits).ok()?.try_into().ok()?;
            (hex::encode(bytes) == digits).then(|| Digest::from_bytes(bytes))
        };
        digest().ok_or(BindingError::Line(self))
    }
}

impl fmt::Display for BindingLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rule => "rule",
            Self::Roll => "roll",
        })
    }
}

impl BindingLines {
    /// The lines for the exact bytes of a rule document and of a public-credentials object.
    pub fn of(rule: &[u8], roll: &[u8]) -> Self {
        Self {
            rule: Digest::of(rule),
            roll: Digest::of(roll),
        }
    }

    /// The description that binds them: `title`, then the lines.
    ///
    /// # Errors
    /// [`BindingError`] for a title that is empty or has such a line itself.
    pub fn description(&self, title: &str) -> Result<String, BindingError> {
        check_title(title)?;
        Ok(format!("{title}\n{self}"))
    }

    /// Reads a description: its text and its lines.
    ///
    /// # Errors
    /// [`BindingError`], but never [`BindingError::Other`].
    pub fn parse(description: &str) -> Result<(&str, Self), BindingError> {
        let mut parts = description.rsplitn(3, '\n');
        let roll = BindingLine::Roll.parse(parts.next())?;
        let rule = BindingLine::Rule.parse(parts.next())?;
        let title = parts.next().ok_or(BindingError::NoTitle)?;
        check_title(title)?;
        Ok((title, Self { rule, roll }))
    }

    /// Checks that these lines are those of the exact bytes of a rule document.
    ///
    /// # Errors
    /// [`BindingError::Other`].
    pub fn check_rule(&self, rule: &[u8]) -> Result<(), BindingError> {
        check(self.rule, rule, BindingLine::Rule)
    }

    /// Checks that these lines are those of the exact bytes of a public-credentials object.
    ///
    /// # Errors
    /// [`BindingError::Other`].
    pub fn check_roll(&self, roll: &[u8]) -> Result<(), BindingError> {
        check(self.roll, roll, BindingLine::Roll)
    }
}

impl fmt::Display for BindingLines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = |line: BindingLine, digest: Digest| {
            format!("{}{}", line.prefix(), hex::encode(digest.bytes()))
        };
        write!(
            f,
            "{}\n{}",
            line(BindingLine::Rule, self.rule),
            line(BindingLine::Roll, self.roll)
        )
    }
}

fn check(bound: Digest, bytes: &[u8], line: BindingLine) -> Result<(), BindingError> {
    if bound == Digest::of(bytes) {
        Ok(())
    } else {
        Err(BindingError::Other(line))
    }
}

fn check_title(title: &str) -> Result<(), BindingError> {
    if title.is_empty() {
        return Err(BindingError::NoTitle);
    }
    [BindingLine::Rule, BindingLine::Roll]
        .into_iter()
        .find(|line| title.split('\n').any(|one| one.starts_with(line.prefix())))
        .map_or(Ok(()), |line| Err(BindingError::Repeated(line)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: &str =
        "rule:sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
    const ROLL: &str =
        "roll:sha256:4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945";

    fn lines() -> BindingLines {
        BindingLines::of(b"hello", b"[]")
    }

    #[test]
    fn a_description_ends_with_the_hashes_of_rule_and_roll() {
        let text = lines().description("票决办法").unwrap();
        assert_eq!(text, format!("票决办法\n{RULE}\n{ROLL}"));
        assert_eq!(BindingLines::parse(&text), Ok(("票决办法", lines())));
        assert_eq!(lines().check_rule(b"hello"), Ok(()));
        assert_eq!(lines().check_roll(b"[]"), Ok(()));
    }

    #[test]
    fn a_title_of_several_lines_is_read_as_it_was_written() {
        let text = lines().description("票决办法\n\n第二稿").unwrap();
        assert_eq!(BindingLines::parse(&text).unwrap().0, "票决办法\n\n第二稿");
    }

    #[test]
    fn every_line_wrong_in_one_way_is_refused_by_its_name() {
        use BindingError::{Line, NoTitle, Repeated};
        use BindingLine::{Roll, Rule};
        let upper = |line: &str| line.replace("sha256:", "SHA256:");
        let digits = |line: &str| line.replace('b', "B");
        let short = |line: &str| line.get(..line.len() - 1).unwrap().to_owned();
        let long = |line: &str| format!("{line}0");
        let spaced = |line: &str| format!("{line} ");
        let indented = |line: &str| format!(" {line}");
        let returned = |line: &str| format!("{line}\r");
        let foreign = |line: &str| line.replace('4', "g");
        let bare = |line: &str| line.split_once("sha256:").unwrap().1.to_owned();
        let changes: [&dyn Fn(&str) -> String; 9] = [
            &upper, &digits, &short, &long, &spaced, &indented, &returned, &foreign, &bare,
        ];
        for change in changes {
            let text = format!("t\n{}\n{ROLL}", change(RULE));
            assert_eq!(BindingLines::parse(&text), Err(Line(Rule)), "{text}");
            let text = format!("t\n{RULE}\n{}", change(ROLL));
            assert_eq!(BindingLines::parse(&text), Err(Line(Roll)), "{text}");
        }
        let whole = [
            (format!("t\n{ROLL}\n{RULE}"), Line(Roll)),
            (format!("t\n{RULE}"), Line(Roll)),
            (format!("t\n{ROLL}"), Line(Rule)),
            (format!("t\n{RULE}\n{ROLL}\n"), Line(Roll)),
            (format!("t\n{RULE}\n\n{ROLL}"), Line(Rule)),
            (format!("t {RULE}\n{ROLL}"), Line(Rule)),
            (format!("t\n{RULE} {ROLL}"), Line(Roll)),
            (format!("{RULE}\n{ROLL}"), NoTitle),
            (format!("\n{RULE}\n{ROLL}"), NoTitle),
            (format!("t\n{RULE}\n{RULE}\n{ROLL}"), Repeated(Rule)),
            (format!("{ROLL}\nt\n{RULE}\n{ROLL}"), Repeated(Roll)),
            (String::new(), Line(Roll)),
        ];
        for (text, error) in whole {
            assert_eq!(BindingLines::parse(&text), Err(error), "{text}");
        }
    }

    #[test]
    fn other_bytes_are_named() {
        use BindingError::Other;
        assert_eq!(
            lines().check_rule(b"hello\n"),
            Err(Other(BindingLine::Rule))
        );
        assert_eq!(lines().check_roll(b"[]\n"), Err(Other(BindingLine::Roll)));
    }

    #[test]
    fn a_title_that_could_be_taken_for_a_line_is_not_written() {
        for (title, error) in [
            ("", BindingError::NoTitle),
            ("t\nrule:sha256:", BindingError::Repeated(BindingLine::Rule)),
            (
                "roll:sha256:00\nt",
                BindingError::Repeated(BindingLine::Roll),
            ),
        ] {
            assert_eq!(lines().description(title), Err(error));
        }
    }
}
