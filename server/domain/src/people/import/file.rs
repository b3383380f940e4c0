//! The roster's file as it is read, by itself: every bad row is reported with its line.

use crate::infra::typed;
use crate::people::contact::Contact;
use crate::people::error::FileError;
use std::collections::BTreeSet;
use tally::record::body::PublicText;

/// The most rows that one file may have.
pub const MAX_ROWS: usize = 5_000;
/// The longest cell of a row, in characters.
pub const CELL_CHARACTERS: usize = 50;

/// A good row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its line in the file, from 1.
    pub line: u64,
    /// The number on the roster.
    pub number: i32,
    /// The name.
    pub name: String,
    /// The delegation's name.
    pub delegation: String,
    /// How the deputy is reached.
    pub contacts: Vec<Contact>,
}

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadRow {
    /// Its line in the file, from 1.
    pub line: u64,
    /// The column, as its translation key `column-<name>`.
    pub column: &'static str,
    /// What is wrong, as its translation key `import-<code>`.
    pub code: &'static str,
}

/// A file as it was understood.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preview {
    /// The rows that can be imported.
    pub good: Vec<Row>,
    /// What is wrong with the others.
    pub bad: Vec<BadRow>,
}

/// Which column holds what; Chinese and English headings are understood.
struct Columns {
    number: usize,
    name: usize,
    delegation: usize,
    phone: Option<usize>,
    email: Option<usize>,
}

impl Columns {
    fn read(headings: &csv::StringRecord) -> Option<Self> {
        let find = |names: &[&str]| {
            headings.iter().position(|heading| {
                let heading = heading.trim().to_lowercase();
                names.contains(&heading.as_str())
            })
        };
        Some(Self {
            number: find(&["number", "no", "编号", "序号", "代表证号"])?,
            name: find(&["name", "姓名"])?,
            delegation: find(&["delegation", "代表团"])?,
            phone: find(&["phone", "mobile", "手机", "手机号", "电话"]),
            email: find(&["email", "e-mail", "邮箱", "电子邮箱"]),
        })
    }
}

/// Reads the file's text by itself; what stands on the roster already is compared by [`super::compare`].
pub fn read(bytes: &[u8]) -> Result<Preview, FileError> {
    let text = std::str::from_utf8(bytes).map_err(|_| FileError::Encoding)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let headings = reader.headers().map_err(|_| FileError::Columns)?;
    let columns = Columns::read(headings).ok_or(FileError::Columns)?;
    let mut preview = Preview::default();
    for (index, record) in reader.records().enumerate() {
        if index >= MAX_ROWS {
            return Err(FileError::TooLong);
        }
        let Ok(record) = record else {
            continue;
        };
        let line = record.position().map_or(0, |at| line_of(text, at));
        if record.iter().all(str::is_empty) {
            continue;
        }
        match row(&columns, &record, line) {
            Ok(row) => preview.good.push(row),
            Err(bad) => preview.bad.push(bad),
        }
    }
    if preview.good.is_empty() && preview.bad.is_empty() {
        return Err(FileError::Empty);
    }
    refuse_repeats(&mut preview);
    Ok(preview)
}

/// The line that a row begins on. The reader's position is where the row before ended, so empty lines are added.
fn line_of(text: &str, at: &csv::Position) -> u64 {
    let begin = usize::try_from(at.byte()).unwrap_or(usize::MAX);
    let rest = text.get(begin..).unwrap_or_default();
    let empty = rest
        .chars()
        .take_while(|c| matches!(c, '\n' | '\r'))
        .filter(|c| *c == '\n')
        .count();
    at.line() + u64::try_from(empty).unwrap_or(0)
}

fn row(columns: &Columns, record: &csv::StringRecord, line: u64) -> Result<Row, BadRow> {
    let bad = |column, code| BadRow { line, column, code };
    let cell = |index: usize| record.get(index).unwrap_or_default();
    let text = |index: usize, column: &'static str| {
        let value = cell(index);
        if value.is_empty() {
            Err(bad(column, "missing"))
        } else if value.chars().count() > CELL_CHARACTERS {
            Err(bad(column, "too-long"))
        } else if value.contains('\n') || PublicText::new(value).is_none() {
            Err(bad(column, "control-characters"))
        } else {
            Ok(value.to_owned())
        }
    };
    let number = typed::whole_number(&text(columns.number, "number")?)
        .and_then(|number| i32::try_from(number).ok())
        .filter(|number| *number > 0)
        .ok_or(bad("number", "not-a-number"))?;
    let mut contacts = Vec::new();
    for (index, column) in [(columns.phone, "phone"), (columns.email, "email")] {
        let value = index.map(cell).unwrap_or_default();
        if value.is_empty() {
            continue;
        }
        let contact = Contact::parse(value).map_err(|_| bad(column, "not-a-contact"))?;
        if contact.channel().name() != column {
            return Err(bad(column, "not-a-contact"));
        }
        contacts.push(contact);
    }
    Ok(Row {
        line,
        number,
        name: text(columns.name, "name")?,
        delegation: text(columns.delegation, "delegation")?,
        contacts,
    })
}

/// A number or a contact stands in a file once; the first row keeps it.
fn refuse_repeats(preview: &mut Preview) {
    let mut numbers = BTreeSet::new();
    let mut addresses = BTreeSet::new();
    let rows = std::mem::take(&mut preview.good);
    for row in rows {
        let repeated = if numbers.contains(&row.number) {
            Some("number")
        } else {
            row.contacts
                .iter()
                .find(|contact| addresses.contains(&contact.mailbox()))
                .map(|contact| contact.channel().name())
        };
        if let Some(column) = repeated {
            preview.bad.push(BadRow {
                line: row.line,
                column,
                code: "repeated",
            });
            continue;
        }
        numbers.insert(row.number);
        addresses.extend(row.contacts.iter().map(Contact::mailbox));
        preview.good.push(row);
    }
    preview.bad.sort_by_key(|bad| bad.line);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bad_row_is_reported_with_its_line() {
        let file = "\u{feff}编号,姓名,代表团,手机\n1,张明,城关代表团,13800000001\nx,李芳,城关代表团,\n3,,城关代表团,\n\n\
                    4,王强,石桥镇代表团,12345\n1,赵六,石桥镇代表团,\n6,孙七,石桥镇代表团,138 0000 0001\n";
        let preview = read(file.as_bytes()).unwrap();
        let good: Vec<_> = preview
            .good
            .iter()
            .map(|row| (row.line, row.number))
            .collect();
        assert_eq!(good, [(2, 1)]);
        let bad: Vec<_> = preview
            .bad
            .iter()
            .map(|bad| (bad.line, bad.column, bad.code))
            .collect();
        assert_eq!(
            bad,
            [
                (3, "number", "not-a-number"),
                (4, "name", "missing"),
                (6, "phone", "not-a-contact"),
                (7, "number", "repeated"),
                (8, "phone", "repeated"),
            ]
        );
    }

    #[test]
    fn a_file_that_is_no_roster_is_named_for_what_it_is() {
        // "编号" as spreadsheets save it by default in China (GBK).
        assert_eq!(read(b"\xb1\xe0\xba\xc5,name\n"), Err(FileError::Encoding));
        assert_eq!(read("a,b\n1,2\n".as_bytes()), Err(FileError::Columns));
        assert_eq!(read(b""), Err(FileError::Columns));
        assert_eq!(
            read("number,name,delegation\n".as_bytes()),
            Err(FileError::Empty)
        );
    }
}
