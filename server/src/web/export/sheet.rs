//! A public list and its values, as CSV.

use super::{FileName, workbook};
use crate::web::cycle_path::CycleHeading;
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::locale::Locale;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use domain::infra::clock::Timestamp;
use domain::infra::money::Money;
use time::macros::format_description;
use time::{Date, PrimitiveDateTime, UtcOffset};

/// A moment in a list of text.
const MOMENT: &[time::format_description::BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");

/// A value of a list. Its unit stands in the column's heading.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Words.
    Text(String),
    /// A whole number, at most nine digits.
    Number(i32),
    /// A number with two decimals, in hundredths.
    Hundredths(i32),
    /// An amount, shown in 万元: `12.5`.
    Wan(Money),
    /// A day.
    Day(Date),
    /// A time of the day, in the zone that its column's heading names.
    Moment(PrimitiveDateTime),
    /// Nothing.
    Empty,
}

impl Cell {
    /// A moment as it was in this zone, to the second.
    pub fn moment(at: Timestamp, zone: UtcOffset) -> Self {
        let local = at.in_zone(zone);
        Self::Moment(PrimitiveDateTime::new(local.date(), local.time()))
    }

    /// As it stands in a list of text.
    pub(super) fn written(&self) -> String {
        match self {
            Self::Text(text) => harmless(text),
            Self::Number(number) => number.to_string(),
            Self::Hundredths(hundredths) => {
                let sign = if *hundredths < 0 { "-" } else { "" };
                let whole = hundredths.unsigned_abs();
                format!("{sign}{}.{:02}", whole / 100, whole % 100)
            }
            Self::Wan(amount) => amount.wan(),
            Self::Day(day) => day.to_string(),
            Self::Moment(moment) => moment.format(MOMENT).unwrap_or_default(),
            Self::Empty => String::new(),
        }
    }
}

/// Spreadsheets take a cell that begins so for a formula and carry it out, some of them also with the full-width sign; an apostrophe
/// makes it a text.
fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

/// A heading with the zone of its column's times: `提出时间（UTC+8）`.
pub fn in_zone(locale: &Locale, heading: &str, zone: UtcOffset) -> String {
    let (hours, minutes, _) = zone.as_hms();
    let minutes = match minutes.unsigned_abs() {
        0 => String::new(),
        minutes => format!(":{minutes:02}"),
    };
    let zone = format!("UTC{hours:+}{minutes}");
    locale.text_with(
        "export-in-zone",
        &[("heading", heading.into()), ("zone", zone.into())],
    )
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        if text.is_empty() {
            Self::Empty
        } else {
            Self::Text(text)
        }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<i32> for Cell {
    fn from(number: i32) -> Self {
        Self::Number(number)
    }
}

impl From<u32> for Cell {
    fn from(number: u32) -> Self {
        u64::from(number).into()
    }
}

impl From<u64> for Cell {
    fn from(number: u64) -> Self {
        i32::try_from(number).map_or_else(|_| Self::Text(number.to_string()), Self::Number)
    }
}

impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        i32::try_from(number).map_or_else(|_| Self::Text(number.to_string()), Self::Number)
    }
}

impl From<Money> for Cell {
    fn from(amount: Money) -> Self {
        Self::Wan(amount)
    }
}

impl From<Date> for Cell {
    fn from(day: Date) -> Self {
        Self::Day(day)
    }
}

impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Empty, Into::into)
    }
}

/// A public list.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    file: FileName,
    pub(super) title: String,
    /// The columns' headings.
    pub(super) columns: Vec<String>,
    /// The lines, each as long as the headings.
    pub(super) rows: Vec<Vec<Cell>>,
}

impl Sheet {
    /// A list of a cycle: its name in addresses, its title, its headings, its lines.
    pub fn of_cycle(
        at: &CycleHeading,
        (name, title): (&str, String),
        columns: Vec<String>,
        rows: Vec<Vec<Cell>>,
    ) -> Self {
        Self {
            file: FileName::of_cycle(at, name, &title),
            title,
            columns,
            rows,
        }
    }

    /// As CSV (RFC 4180), in UTF-8 with a byte order mark, by which spreadsheets know it.
    pub fn csv(&self) -> HttpResult {
        let failed = |error: csv::Error| HttpError::internal(&error);
        let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
        writer.write_record(&self.columns).map_err(failed)?;
        for row in &self.rows {
            writer
                .write_record(row.iter().map(Cell::written))
                .map_err(failed)?;
        }
        let bytes = writer
            .into_inner()
            .map_err(|error| HttpError::internal(error.error()))?;
        Ok(self.download("csv", "text/csv; charset=utf-8", bytes))
    }

    /// As an Office Open XML workbook with one sheet, made at this moment.
    pub fn xlsx(&self, made: Timestamp) -> HttpResult {
        const MEDIA: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        let bytes = workbook::bytes(self, made).map_err(|error| HttpError::internal(&error))?;
        Ok(self.download("xlsx", MEDIA, bytes))
    }

    fn download(&self, ending: &str, media: &'static str, bytes: Vec<u8>) -> Response {
        let headers = [
            (header::CONTENT_TYPE, media.to_owned()),
            (header::CONTENT_DISPOSITION, self.file.attachment(ending)),
        ];
        (headers, bytes).into_response()
    }
}
