//! A table as offices have it: a workbook, a text file in one of the encodings that spreadsheets write, or rows pasted from either.

use super::workbook;
use crate::people::error::FileError;

/// How far down the headings may stand: title rows are above them.
pub const TITLE_ROWS: usize = 10;
/// The most bytes that a table may have as text: it is carried in a page from the preview to the confirmation.
const TEXT_BYTES: usize = 384 * 1024;
/// What spreadsheets put between cells, in the order in which they are tried.
const DELIMITERS: [u8; 3] = [b'\t', b',', b';'];

/// One way to read what was sent: a text with one of the delimiters, or a sheet of a workbook.
#[derive(Debug)]
pub(super) struct Table {
    /// The sheet's name, in a workbook.
    pub sheet: Option<String>,
    /// The rows in which something stands.
    pub rows: Vec<TableRow>,
    /// The whole as text, with the same lines: what the text box of the page is filled with.
    pub text: String,
}

/// A row of a table.
#[derive(Debug)]
pub(super) struct TableRow {
    /// The line of the text or the row of the sheet, from 1.
    pub line: u64,
    /// Its cells; `None` where a quotation mark is opened and closed nowhere in the row.
    pub cells: Option<Vec<String>>,
}

/// All ways to read what was sent, the likeliest first.
///
/// # Errors
/// [`FileError`] where the file can be read in no way, or is larger than a roster is.
pub(super) fn tables(bytes: &[u8]) -> Result<Vec<Table>, FileError> {
    if workbook::is_workbook(bytes) {
        return workbook::sheets(bytes);
    }
    let text = decoded(bytes)?;
    if text.len() > TEXT_BYTES {
        return Err(FileError::TooLong);
    }
    let read = |delimiter| Table {
        sheet: None,
        rows: delimited(&text, delimiter),
        text: text.clone(),
    };
    Ok(DELIMITERS.map(read).into_iter().collect())
}

/// The text of a file: UTF-8, UTF-16 with its mark, or else GB18030, which spreadsheets in China write unasked. None of
/// them is read with replacement characters.
fn decoded(bytes: &[u8]) -> Result<String, FileError> {
    let (encoding, rest) = match encoding_rs::Encoding::for_bom(bytes) {
        Some((encoding, mark)) => (encoding, bytes.get(mark..).unwrap_or_default()),
        None if std::str::from_utf8(bytes).is_ok() => (encoding_rs::UTF_8, bytes),
        None => (encoding_rs::GB18030, bytes),
    };
    let text = encoding
        .decode_without_bom_handling_and_without_replacement(rest)
        .filter(|text| !text.contains('\0'))
        .ok_or(FileError::Encoding)?;
    // Line ends of every kind count once, so that lines are numbered as an editor numbers them.
    Ok(text.replace("\r\n", "\n").replace('\r', "\n"))
}

/// The rows of a text. A quotation mark that is never closed spoils its own row, not those that follow.
fn delimited(text: &str, delimiter: u8) -> Vec<TableRow> {
    let mut rows = Vec::new();
    let mut rest = text;
    let mut line = 1;
    while !rest.is_empty() {
        let (cells, bytes) = first_row(rest, delimiter);
        let raw = rest.get(..bytes).unwrap_or(rest);
        let first = raw.trim_start_matches('\n');
        let begins = line + lines(raw) - lines(first);
        let swallows = swallows_rows(&cells, delimiter);
        let end = if swallows {
            // On behind the line that the row begins on.
            let skipped = raw.len() - first.len();
            skipped + first.find('\n').map_or(first.len(), |at| at + 1)
        } else {
            bytes
        };
        let taken = rest.get(..end).unwrap_or(rest);
        line += lines(taken);
        rest = rest.get(taken.len()..).unwrap_or_default();
        if swallows {
            rows.push(TableRow {
                line: begins,
                cells: None,
            });
        } else if cells.iter().any(|cell| !cell.is_empty()) {
            rows.push(TableRow {
                line: begins,
                cells: Some(cells),
            });
        }
    }
    rows
}

/// The first row of a text, and how many bytes it takes.
fn first_row(text: &str, delimiter: u8) -> (Vec<String>, usize) {
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .has_headers(false)
        .delimiter(delimiter)
        .buffer_capacity(1024)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    // Of a text in memory, the reader can refuse nothing.
    let _ = reader.read_record(&mut record);
    let bytes = usize::try_from(reader.position().byte()).unwrap_or(text.len());
    let cells = record.iter().map(str::to_owned).collect();
    (cells, if bytes == 0 { text.len() } else { bytes })
}

/// Whether a cell goes over lines and has further cells within: its quotation mark was closed nowhere, or in another row.
fn swallows_rows(cells: &[String], delimiter: u8) -> bool {
    cells.iter().any(|cell| {
        cell.split_once('\n')
            .is_some_and(|(_, below)| below.contains(char::from(delimiter)))
    })
}

fn lines(text: &str) -> u64 {
    u64::try_from(text.matches('\n').count()).unwrap_or(u64::MAX)
}

/// Rows as a text of the same lines, to be read again as they were read now.
///
/// # Errors
/// [`FileError::TooLong`] where the text would be longer than a roster's is.
pub(super) fn as_text(rows: &[TableRow]) -> Result<String, FileError> {
    let mut text = String::new();
    let mut line = 1;
    for row in rows {
        while line < row.line {
            text.push('\n');
            line += 1;
        }
        let cells = row.cells.iter().flatten();
        let quoted: Vec<String> = cells.map(|cell| quoted(cell)).collect();
        text.push_str(&quoted.join(","));
        if text.len() > TEXT_BYTES {
            return Err(FileError::TooLong);
        }
    }
    text.push('\n');
    Ok(text)
}

fn quoted(cell: &str) -> String {
    let one_line = cell.replace(['\n', '\r'], " ");
    if one_line.contains([',', '"']) {
        format!("\"{}\"", one_line.replace('"', "\"\""))
    } else {
        one_line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(u64, Option<Vec<String>>)> {
        delimited(text, b',')
            .into_iter()
            .map(|row| (row.line, row.cells))
            .collect()
    }

    fn cells(cells: &[&str]) -> Vec<String> {
        cells.iter().map(|cell| (*cell).to_owned()).collect()
    }

    #[test]
    fn a_quotation_mark_that_is_not_closed_spoils_its_own_row_only() {
        let rows = read("1,\"张明,城关\n2,李芳,城关\n3,\"王\n强\",石桥\n\n4,\"赵\"\"六\",石桥\n");
        assert_eq!(
            rows,
            [
                (1, None),
                (2, Some(cells(&["2", "李芳", "城关"]))),
                (3, Some(cells(&["3", "王\n强", "石桥"]))),
                (6, Some(cells(&["4", "赵\"六", "石桥"]))),
            ]
        );
    }

    #[test]
    fn one_opened_in_a_row_and_closed_in_another_takes_none_between() {
        let rows = read("1,\"张明,城关\n2,李芳,城关\n3,王\",石桥\n");
        assert_eq!(rows.iter().map(|row| row.0).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(rows[0].1, None);
    }

    #[test]
    fn a_table_written_as_text_reads_as_itself_with_the_same_lines() {
        let rows = read("编号,姓名\n\n\n1,\"张,明\"\n2,\"李\"\"芳\"\n");
        let text = as_text(&delimited(
            "编号,姓名\n\n\n1,\"张,明\"\n2,\"李\"\"芳\"\n",
            b',',
        ))
        .unwrap();
        assert_eq!(read(&text), rows);
    }

    proptest::proptest! {
        /// Whatever is pasted is read to its end, and no line is numbered twice or beyond it.
        #[test]
        fn every_text_is_read_to_its_end(text in "[1a,;\"\n\t ]{0,60}") {
            for delimiter in DELIMITERS {
                let rows = delimited(&text, delimiter);
                let mut before = 0;
                for row in rows {
                    proptest::prop_assert!(row.line > before && row.line <= lines(&text) + 1);
                    before = row.line;
                }
            }
        }
    }
}
