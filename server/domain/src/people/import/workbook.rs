//! The sheets of a workbook (.xlsx), within bounds: a small archive can hold a large one.

use super::file::MAX_ROWS;
use super::table::{TITLE_ROWS, Table, TableRow, as_text};
use crate::people::error::FileError;
use calamine::{Cell, DataRef, Dimensions, Reader as _, SheetType, Xlsx};
use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};
use zip::ZipArchive;

/// The most bytes that a workbook may have once unpacked. A roster of 5,000 deputies with twenty columns has a tenth of it.
const UNPACKED_BYTES: u64 = 64 * 1024 * 1024;
/// The columns that are looked at.
const COLUMNS: usize = 256;
/// How an archive begins (APPNOTE.TXT 4.3.7); so do .xlsx and .ods.
const ARCHIVE: &[u8] = b"PK\x03\x04";
/// How a compound file begins ([MS-CFB] 2.2): .xls, .et and every workbook with a password.
const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// Whether the bytes are a workbook's, and no text's.
pub(super) fn is_workbook(bytes: &[u8]) -> bool {
    bytes.starts_with(ARCHIVE) || bytes.starts_with(COMPOUND)
}

/// The sheets in their order.
///
/// # Errors
/// [`FileError::OldWorkbook`] for a compound file, [`FileError::Workbook`] for what is none or unpacks beyond all measure,
/// [`FileError::TooLong`] for more rows than a roster has.
pub(super) fn sheets(bytes: &[u8]) -> Result<Vec<Table>, FileError> {
    if bytes.starts_with(COMPOUND) {
        return Err(FileError::OldWorkbook);
    }
    bounded(bytes)?;
    let mut workbook: Xlsx<_> =
        calamine::open_workbook_from_rs(Cursor::new(bytes)).map_err(|_| FileError::Workbook)?;
    let names: Vec<String> = workbook
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet)
        .map(|sheet| sheet.name.clone())
        .collect();
    names
        .into_iter()
        .map(|name| sheet(&mut workbook, name))
        .collect()
}

/// Unpacks everything to nowhere, so that no reader of it meets more than the bound.
fn bounded(bytes: &[u8]) -> Result<(), FileError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| FileError::Workbook)?;
    let mut left = UNPACKED_BYTES;
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(|_| FileError::Workbook)?;
        let read = std::io::copy(&mut entry.take(left + 1), &mut std::io::sink())
            .map_err(|_| FileError::Workbook)?;
        left = left.checked_sub(read).ok_or(FileError::Workbook)?;
    }
    Ok(())
}

type Book<'a> = Xlsx<Cursor<&'a [u8]>>;

fn sheet(workbook: &mut Book<'_>, name: String) -> Result<Table, FileError> {
    let merged = workbook
        .merge_cells_by_sheet_name(&name)
        .map_err(|_| FileError::Workbook)?;
    let mut cells = workbook
        .worksheet_cells_reader(&name)
        .map_err(|_| FileError::Workbook)?;
    let mut rows: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    while let Some(cell) = cells.next_cell().map_err(|_| FileError::Workbook)? {
        let (row, column) = place(&cell);
        let text = shown(cell.get_value());
        if text.is_empty() || column >= COLUMNS {
            continue;
        }
        if row >= MAX_ROWS + TITLE_ROWS {
            return Err(FileError::TooLong);
        }
        put(rows.entry(row).or_default(), column, text);
    }
    for region in &merged {
        fill_down(&mut rows, region);
    }
    let rows: Vec<TableRow> = rows
        .into_iter()
        .map(|(row, cells)| TableRow {
            line: u64::try_from(row + 1).unwrap_or(u64::MAX),
            cells: Some(cells),
        })
        .collect();
    Ok(Table {
        sheet: Some(name),
        text: as_text(&rows)?,
        rows,
    })
}

fn place(cell: &Cell<DataRef<'_>>) -> (usize, usize) {
    let (row, column) = cell.get_position();
    let number = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
    (number(row), number(column))
}

fn put(cells: &mut Vec<String>, column: usize, text: String) {
    if cells.len() <= column {
        cells.resize(column + 1, String::new());
    }
    if let Some(cell) = cells.get_mut(column) {
        *cell = text;
    }
}

/// A cell as a text. A whole number is written out, however it is displayed, since it may be a telephone number; what
/// a formula could not compute is as unreadable as a damaged character.
fn shown(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            text.trim().to_owned()
        }
        DataRef::SharedString(text) => text.trim().to_owned(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::Bool(value) => value.to_string(),
        DataRef::DateTime(moment) => moment.as_f64().to_string(),
        DataRef::Error(_) => char::REPLACEMENT_CHARACTER.to_string(),
    }
}

/// What stands in the first cell of a merged column stands for all its rows, e.g. a delegation's name.
fn fill_down(rows: &mut BTreeMap<usize, Vec<String>>, region: &Dimensions) {
    let number = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
    let (first, column) = (number(region.start.0), number(region.start.1));
    let last = number(region.end.0);
    if region.end.1 != region.start.1 || column >= COLUMNS || last <= first {
        return;
    }
    let text = rows.get(&first).and_then(|cells| cells.get(column));
    let Some(text) = text.filter(|text| !text.is_empty()).cloned() else {
        return;
    };
    for (_, cells) in rows.range_mut(first + 1..=last) {
        put(cells, column, text.clone());
    }
}
