//! The roster's file as it is read, by itself: every bad row is reported with its line.

use super::columns::Columns;
use super::table::{self, TITLE_ROWS, Table, TableRow};
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
    /// The headings of the columns that are not read.
    pub unread_columns: Vec<String>,
    /// The names of a workbook's sheets that are not read.
    pub unread_sheets: Vec<String>,
    /// The table as text, with the same lines: read again it is understood in the same way.
    pub text: String,
}

/// Reads a file or what was pasted, by itself; what stands on the roster already is compared by [`super::compare`].
///
/// # Errors
/// [`FileError`] where nothing in it can be understood.
pub fn read(bytes: &[u8]) -> Result<Preview, FileError> {
    let mut tables = table::tables(bytes)?;
    let (chosen, heading, columns) = tables
        .iter()
        .enumerate()
        .find_map(|(index, table)| {
            let (heading, columns) = headings(table)?;
            Some((index, heading, columns))
        })
        .ok_or(FileError::Columns)?;
    let table = tables.swap_remove(chosen);
    let mut preview = Preview {
        unread_sheets: tables
            .into_iter()
            .filter(|other| !other.rows.is_empty())
            .filter_map(|other| other.sheet)
            .collect(),
        text: table.text,
        ..Preview::default()
    };
    let mut rows = table.rows.into_iter().skip(heading);
    if let Some(headings) = rows.next().and_then(|row| row.cells) {
        preview.unread_columns = columns.unread(&headings);
    }
    for (index, read) in rows.enumerate() {
        if index >= MAX_ROWS {
            return Err(FileError::TooLong);
        }
        match row(&columns, &read) {
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

/// The row of headings, below title rows.
fn headings(table: &Table) -> Option<(usize, Columns)> {
    let mut above = table.rows.iter().take(TITLE_ROWS).enumerate();
    above.find_map(|(index, row)| Some((index, Columns::read(row.cells.as_ref()?)?)))
}

fn row(columns: &Columns, read: &TableRow) -> Result<Row, BadRow> {
    let line = read.line;
    let bad = |column, code| BadRow { line, column, code };
    let cells = read
        .cells
        .as_ref()
        .ok_or(bad("whole-row", "unclosed-quote"))?;
    let cell = |index: usize| cells.get(index).map(String::as_str).unwrap_or_default();
    let contacts = contacts(columns, cell).map_err(|(column, code)| bad(column, code))?;
    let text = |index: usize, column| text(cell(index)).map_err(|code| bad(column, code));
    let number = text(columns.number, "number")?;
    let number = typed::whole_number(&number)
        .and_then(|number| i32::try_from(number).ok())
        .filter(|number| *number > 0)
        .ok_or(bad("number", "not-a-number"))?;
    Ok(Row {
        line,
        number,
        name: text(columns.name, "name")?,
        delegation: text(columns.delegation, "delegation")?,
        contacts,
    })
}

/// A cell's text as the record takes it. Spaces between Chinese characters only set it: 张　三 is 张三.
fn text(cell: &str) -> Result<String, &'static str> {
    if cell.chars().any(is_damaged) {
        return Err("damaged");
    }
    if cell.contains('\n') || cell.chars().any(|c| c.is_control() && c != '\t') {
        return Err("control-characters");
    }
    let text = PublicText::cleaned(cell).ok_or("missing")?;
    let text = without_setting(text.as_str());
    if text.chars().count() > CELL_CHARACTERS {
        return Err("too-long");
    }
    Ok(text)
}

/// What stands where a character was lost, or where only one machine knows which it is (private use).
fn is_damaged(c: char) -> bool {
    c == char::REPLACEMENT_CHARACTER
        || matches!(u32::from(c), 0xe000..=0xf8ff | 0xf_0000..=0x10_ffff)
}

fn without_setting(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let beside = |index: Option<usize>| {
        index
            .and_then(|index| characters.get(index))
            .is_some_and(|c| !c.is_ascii())
    };
    let mut kept = String::new();
    let mut before = None;
    for (index, c) in characters.iter().enumerate() {
        if !c.is_whitespace() {
            kept.push(*c);
            before = Some(index);
            continue;
        }
        let after = characters
            .iter()
            .skip(index)
            .position(|c| !c.is_whitespace())
            .map(|further| index + further);
        if !(beside(before) && beside(after)) {
            kept.push(*c);
        }
    }
    kept
}

type CellFault = (&'static str, &'static str);

fn contacts<'a>(
    columns: &Columns,
    cell: impl Fn(usize) -> &'a str,
) -> Result<Vec<Contact>, CellFault> {
    let mut contacts = Vec::new();
    for (index, column) in [
        (columns.phone, "phone"),
        (columns.email, "email"),
        (columns.contact, "contact"),
    ] {
        let value = index.map(&cell).unwrap_or_default();
        if typed::plain(value).is_empty() {
            continue;
        }
        let contact = contact(value).map_err(|code| (column, code))?;
        if column != "contact" && contact.channel().name() != column {
            return Err((column, "not-a-contact"));
        }
        if !contacts.contains(&contact) {
            contacts.push(contact);
        }
    }
    Ok(contacts)
}

/// A contact as a spreadsheet has it: a number may come as `19900012301.0`; as `1.99E+10` its digits are lost.
fn contact(cell: &str) -> Result<Contact, &'static str> {
    if cell.chars().any(is_damaged) {
        return Err("damaged");
    }
    let plain = typed::plain(cell);
    let is_scientific = plain
        .to_ascii_lowercase()
        .split_once("e+")
        .is_some_and(|(digits, _)| digits.bytes().all(|b| b.is_ascii_digit() || b == b'.'));
    if is_scientific {
        return Err("digits-lost");
    }
    let whole = plain.strip_suffix(".0").unwrap_or(&plain);
    Contact::parse(whole).map_err(|_| "not-a-contact")
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
#[path = "file_tests.rs"]
mod tests;
