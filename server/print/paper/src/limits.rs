//! How much a paper may hold: more than any meeting has, and little enough that it is always printed.

use crate::{
    Announcement, BallotForm, BallotPapers, Day, Document, Numbers, Paper, QrModules, ResultSheet,
    Table,
};

/// The most bytes of a document as JSON.
pub const MOST_BYTES: usize = 1024 * 1024;
/// The most characters of a text.
const MOST_CHARACTERS: usize = 5_000;
/// The most lines of a list or a table.
const MOST_LINES: usize = 300;
/// The most columns.
const MOST_COLUMNS: usize = 16;
/// The most ballot papers in a file (of two sides each, they still fit in the memory that the program allows itself), and the highest
/// number of one.
const MOST_PAPERS: u32 = 300;
const HIGHEST_NUMBER: u32 = 999_999;
/// The sizes of QR codes, with or without the quiet zone of four.
const QR_SIDES: std::ops::RangeInclusive<usize> = 21..=185;

/// Which part of a document is too large, too small or of the wrong shape. Never says what stands in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMuch(pub &'static str);

impl std::fmt::Display for TooMuch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} is not within its limits", self.0)
    }
}

impl std::error::Error for TooMuch {}

impl Document {
    /// Whether it can be printed.
    ///
    /// # Errors
    /// The first part that is not within its limits.
    pub fn check(&self) -> Result<(), TooMuch> {
        text("title", &self.title)?;
        self.day.check()?;
        match &self.paper {
            Paper::ResultSheet(sheet) => sheet.check(),
            Paper::Announcement(announcement) => announcement.check(),
            Paper::BallotPapers(papers) => papers.check(),
        }
    }
}

impl Day {
    fn check(self) -> Result<(), TooMuch> {
        let last = match self.month {
            4 | 6 | 9 | 11 => 30,
            2 if self.year.is_multiple_of(4)
                && (!self.year.is_multiple_of(100) || self.year.is_multiple_of(400)) =>
            {
                29
            }
            2 => 28,
            _ => 31,
        };
        let is_day = (1..=9999).contains(&self.year)
            && (1..=12).contains(&self.month)
            && (1..=last).contains(&self.day);
        holds("day", is_day)
    }
}

impl ResultSheet {
    fn check(&self) -> Result<(), TooMuch> {
        let texts = [
            &self.meeting,
            &self.heading,
            &self.decision,
            &self.rules_heading,
            &self.signatures_heading,
            &self.check.heading,
            &self.check.text,
            &self.check.command,
        ];
        for one in texts {
            text("result_sheet", one)?;
        }
        lines("line", &self.line)?;
        lines("sums", &self.sums)?;
        lines("notes", &self.notes)?;
        lines("rules", &self.rules)?;
        if let Some(advisory) = &self.advisory {
            text("advisory", advisory)?;
        }
        holds("figures", self.figures.len() <= MOST_COLUMNS)?;
        for figure in &self.figures {
            text("figures", &figure.name)?;
        }
        if let Some(table) = &self.table {
            table.check()?;
        }
        holds("signatures", self.signatures.len() <= MOST_LINES)?;
        for one in &self.signatures {
            text("signatures", &one.role)?;
            text("signatures", &one.name)?;
        }
        holds("facts", self.check.facts.len() <= MOST_COLUMNS)?;
        for fact in &self.check.facts {
            text("facts", &fact.name)?;
            text("facts", &fact.value)?;
        }
        self.check.address.as_ref().map_or(Ok(()), QrModules::check)
    }
}

impl Table {
    fn check(&self) -> Result<(), TooMuch> {
        let columns = self.columns.len();
        holds("columns", (1..=MOST_COLUMNS).contains(&columns))?;
        for column in &self.columns {
            text("columns", &column.name)?;
        }
        holds("rows", self.rows.len() <= MOST_LINES)?;
        for row in &self.rows {
            holds("rows", row.len() == columns)?;
            lines("rows", row)?;
        }
        Ok(())
    }
}

impl QrModules {
    fn check(&self) -> Result<(), TooMuch> {
        text("address", &self.means)?;
        let side = self.rows.len();
        let is_row =
            |row: &String| row.len() == side && row.bytes().all(|b| matches!(b, b'0' | b'1'));
        holds(
            "address",
            QR_SIDES.contains(&side) && self.rows.iter().all(is_row),
        )
    }
}

impl Announcement {
    fn check(&self) -> Result<(), TooMuch> {
        for one in [&self.meeting, &self.heading, &self.signed] {
            text("announcement", one)?;
        }
        for one in [&self.number, &self.advisory, &self.day]
            .into_iter()
            .flatten()
        {
            text("announcement", one)?;
        }
        lines("opening", &self.opening)?;
        lines("closing", &self.closing)?;
        holds("list", self.list.len() <= MOST_LINES)?;
        for one in &self.list {
            text("list", &one.title)?;
            text("list", &one.code)?;
            text("list", one.said.as_deref().unwrap_or_default())?;
        }
        Ok(())
    }
}

impl Numbers {
    /// The same numbers in ranges that each fit in one file.
    pub fn by_file(self) -> impl Iterator<Item = Self> {
        let size = usize::try_from(MOST_PAPERS).unwrap_or(usize::MAX);
        (self.first..=self.last)
            .step_by(size)
            .map(move |first| Self {
                first,
                last: first.saturating_add(MOST_PAPERS - 1).min(self.last),
            })
    }
}

impl BallotPapers {
    fn check(&self) -> Result<(), TooMuch> {
        let texts = [
            &self.meeting,
            &self.vote,
            &self.heading,
            &self.order_column,
            &self.title_column,
            &self.seal,
            &self.tear,
            &self.stub,
            &self.number,
            &self.overleaf,
        ];
        for one in texts {
            text("ballot_papers", one)?;
        }
        text("advisory", self.advisory.as_deref().unwrap_or_default())?;
        lines("rules", &self.rules)?;
        lines("stub_lines", &self.stub_lines)?;
        match &self.form {
            BallotForm::Tick { mark } => text("form", mark)?,
            BallotForm::EachItem { marks } => {
                holds("form", (1..=MOST_COLUMNS).contains(&marks.len()))?;
                lines("form", marks)?;
            }
        }
        let candidates = self.candidates.len();
        holds("candidates", (1..=MOST_LINES).contains(&candidates))?;
        for one in &self.candidates {
            text("candidates", &one.code)?;
            text("candidates", &one.title)?;
            text("candidates", one.about.as_deref().unwrap_or_default())?;
        }
        let numbers = self.numbers;
        let many = numbers.last.checked_sub(numbers.first);
        let are_few = many.is_some_and(|more| more < MOST_PAPERS);
        holds(
            "numbers",
            numbers.first >= 1 && numbers.last <= HIGHEST_NUMBER && are_few,
        )
    }
}

fn text(part: &'static str, text: &str) -> Result<(), TooMuch> {
    // A character has at most four bytes: most texts need no counting.
    let fits = text.len() <= MOST_CHARACTERS || text.chars().count() <= MOST_CHARACTERS;
    holds(part, fits)
}

fn lines(part: &'static str, texts: &[String]) -> Result<(), TooMuch> {
    holds(part, texts.len() <= MOST_LINES)?;
    texts.iter().try_for_each(|one| text(part, one))
}

const fn holds(part: &'static str, fits: bool) -> Result<(), TooMuch> {
    if fits { Ok(()) } else { Err(TooMuch(part)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_in_one_file_and_no_file_has_too_many() {
        for last in [1, 299, 300, 301, 523, 900] {
            let all = Numbers { first: 1, last };
            let files: Vec<Numbers> = all.by_file().collect();
            let each = files.iter().flat_map(|file| file.first..=file.last);
            assert!(each.eq(1..=last), "{last}: {files:?}");
            let are_few = |file: &Numbers| file.last - file.first < MOST_PAPERS;
            assert!(files.iter().all(are_few), "{last}: {files:?}");
        }
    }

    #[test]
    fn a_day_is_one_of_the_calendar() {
        let is_day = |year, month, day| Day { year, month, day }.check().is_ok();
        for (year, month, day) in [(2026, 1, 31), (2024, 2, 29), (2000, 2, 29), (2026, 11, 30)] {
            assert!(is_day(year, month, day), "{year}-{month}-{day}");
        }
        for (year, month, day) in [
            (2026, 2, 29),
            (1900, 2, 29),
            (2026, 11, 31),
            (2026, 0, 1),
            (2026, 13, 1),
            (2026, 1, 0),
            (0, 1, 1),
        ] {
            assert!(!is_day(year, month, day), "{year}-{month}-{day}");
        }
    }
}
