//! A list as a workbook that an official goes on with: values of their types, the headings stay in sight, filters are there.

use super::{Cell, Sheet};
use domain::infra::clock::Timestamp;
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError,
};
use time::{Date, PrimitiveDateTime, UtcOffset};

/// The narrowest and the widest column, in digits of the standard type. What is longer goes on in a second line.
const WIDTHS: (usize, usize) = (8, 48);
/// How wide the arrow of the filter is.
const ARROW: usize = 3;

/// How cells look.
struct Formats {
    heading: Format,
    text: Format,
    number: Format,
    hundredths: Format,
    day: Format,
    moment: Format,
}

impl Formats {
    fn new() -> Self {
        let cell = || Format::new().set_align(FormatAlign::Top);
        Self {
            heading: cell().set_bold().set_text_wrap(),
            text: cell().set_text_wrap(),
            number: cell().set_num_format("0"),
            hundredths: cell().set_num_format("#,##0.00"),
            day: cell().set_num_format("yyyy-mm-dd"),
            moment: cell().set_num_format("yyyy-mm-dd hh:mm:ss"),
        }
    }
}

/// The bytes of the file.
pub(super) fn bytes(list: &Sheet, made: Timestamp) -> Result<Vec<u8>, XlsxError> {
    let formats = Formats::new();
    let mut workbook = Workbook::new();
    let made = made.in_zone(UtcOffset::UTC);
    let made = excel_time(&PrimitiveDateTime::new(made.date(), made.time()))?;
    let properties = DocProperties::new().set_title(&list.title);
    workbook.set_properties(&properties.set_creation_datetime(&made));
    let sheet = workbook.add_worksheet();
    sheet.set_name(sheet_name(&list.title))?;
    let mut last = 0;
    for (column, heading) in (0..).zip(&list.columns) {
        sheet.write_string_with_format(0, column, heading, &formats.heading)?;
        last = column;
    }
    let mut end = 0;
    for (line, row) in (1..).zip(&list.rows) {
        for (column, cell) in (0..).zip(row) {
            write(sheet, (line, column), cell, &formats)?;
        }
        end = line;
    }
    for (column, width) in (0..).zip(widths(list)) {
        sheet.set_column_width(column, width)?;
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.set_repeat_rows(0, 0)?;
    sheet.set_landscape().set_print_fit_to_pages(1, 0);
    if !list.columns.is_empty() {
        sheet.autofilter(0, 0, end, last)?;
    }
    workbook.save_to_buffer()
}

fn write(
    sheet: &mut Worksheet,
    (line, column): (u32, u16),
    cell: &Cell,
    formats: &Formats,
) -> Result<(), XlsxError> {
    match cell {
        Cell::Text(text) => sheet.write_string_with_format(line, column, text, &formats.text)?,
        Cell::Number(number) => {
            sheet.write_number_with_format(line, column, *number, &formats.number)?
        }
        Cell::Hundredths(hundredths) => {
            let number = f64::from(*hundredths) / 100.0;
            sheet.write_number_with_format(line, column, number, &formats.hundredths)?
        }
        Cell::Wan(amount) => match amount.wan().parse::<f64>() {
            Ok(number) => {
                sheet.write_number_with_format(line, column, number, &formats.hundredths)?
            }
            Err(_) => sheet.write_string_with_format(line, column, amount.wan(), &formats.text)?,
        },
        Cell::Day(day) => sheet.write_with_format(line, column, &excel_day(*day)?, &formats.day)?,
        Cell::Moment(moment) => {
            sheet.write_with_format(line, column, &excel_time(moment)?, &formats.moment)?
        }
        Cell::Empty => sheet,
    };
    Ok(())
}

/// How wide each column is: as its widest value, within [`WIDTHS`].
fn widths(list: &Sheet) -> Vec<u32> {
    let mut widths: Vec<usize> = list
        .columns
        .iter()
        .map(|heading| digits(heading) + ARROW)
        .collect();
    for row in &list.rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(digits(&cell.written()) + 1);
        }
    }
    let (least, most) = WIDTHS;
    widths
        .into_iter()
        .map(|width| u32::try_from(width.clamp(least, most)).unwrap_or(0))
        .collect()
}

/// How wide a text's widest line is, in digits: a Chinese character is as wide as two.
fn digits(text: &str) -> usize {
    let wide = |c: char| if c.is_ascii() { 1 } else { 2 };
    let line = |line: &str| line.chars().map(wide).sum();
    text.lines().map(line).max().unwrap_or(0)
}

/// A sheet's name is at most 31 characters, without some signs.
fn sheet_name(title: &str) -> String {
    let taken = |c: &char| !matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '\'');
    title.chars().filter(taken).take(31).collect()
}

/// A day as a workbook counts it.
fn excel_day(day: Date) -> Result<ExcelDateTime, XlsxError> {
    let year = u16::try_from(day.year()).unwrap_or(1900);
    ExcelDateTime::from_ymd(year, u8::from(day.month()), day.day())
}

/// A moment as a workbook counts it.
fn excel_time(moment: &PrimitiveDateTime) -> Result<ExcelDateTime, XlsxError> {
    excel_day(moment.date())?.and_hms(u16::from(moment.hour()), moment.minute(), moment.second())
}
