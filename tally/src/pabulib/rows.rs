//! The lines of a file: fields separated by semicolons, under headings, in sections.

use super::{PabulibError, Problem, fault};

/// A row: its line and its fields.
pub(super) struct Row {
    pub(super) line: u64,
    /// As they stand in the file; read through `field`, which leaves out the white space around them.
    fields: csv::StringRecord,
}

/// The file's rows, one after the other.
pub(super) struct Rows<'a> {
    reader: csv::Reader<&'a [u8]>,
}

impl<'a> Rows<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(b';')
            .flexible(true)
            .from_reader(text.as_bytes());
        // It would keep the first row, twice, where it has no headers.
        reader.set_headers(csv::StringRecord::new());
        Self { reader }
    }

    pub(super) fn next(&mut self) -> Result<Option<Row>, PabulibError> {
        let mut fields = csv::StringRecord::new();
        let is_there = self.reader.read_record(&mut fields).map_err(|error| {
            let line = error.position().map_or(0, csv::Position::line);
            fault(line, Problem::Csv(error.to_string()))
        })?;
        let line = fields.position().map_or(0, csv::Position::line);
        Ok(is_there.then_some(Row { line, fields }))
    }

    pub(super) fn section(&mut self, name: &'static str) -> Result<(), PabulibError> {
        let row = self.next()?;
        let line = row.as_ref().map_or(0, |row| row.line);
        if row.is_some_and(|row| row.is_section(name)) {
            Ok(())
        } else {
            Err(fault(line, Problem::Section(name)))
        }
    }

    /// A section's heading: where its columns stand.
    pub(super) fn heading(&mut self, after: &'static str) -> Result<Row, PabulibError> {
        self.next()?
            .ok_or_else(|| fault(0, Problem::Section(after)))
    }
}

impl Row {
    pub(super) fn is_section(&self, name: &str) -> bool {
        self.fields.len() == 1 && self.field(0).eq_ignore_ascii_case(name)
    }

    pub(super) fn column(&self, name: &'static str) -> Result<usize, PabulibError> {
        self.optional(name)
            .ok_or_else(|| fault(self.line, Problem::Missing(name)))
    }

    pub(super) fn optional(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.trim() == name)
    }

    pub(super) fn field(&self, column: usize) -> &str {
        self.fields.get(column).map_or("", str::trim)
    }

    pub(super) fn as_wide_as(&self, heading: &Self) -> Result<(), PabulibError> {
        let (expected, found) = (heading.fields.len(), self.fields.len());
        if expected == found {
            Ok(())
        } else {
            Err(fault(self.line, Problem::Fields { expected, found }))
        }
    }
}
