//! Public lists as files: CSV that spreadsheets open as UTF-8, XLSX, Atom feeds and calendars.

use super::http_error::{HttpError, HttpResult};
use super::locale::Locale;
use super::visit::Visit;
use atom_syndication::{Category, Entry, Feed, Link, Person, Text};
use axum::http::header;
use axum::response::IntoResponse as _;
use domain::infra::clock::Timestamp;
use icalendar::{Calendar, Component as _, Event, Property};
use maud::{Markup, html};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, XlsxError};
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, PrimitiveDateTime, UtcOffset};

/// A moment in a list of text.
const MOMENT: &[time::format_description::BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");

/// A value of a list.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Words.
    Text(String),
    /// A whole number, at most nine digits.
    Number(i32),
    /// An amount in 万元, as it is shown: `12.5`.
    Wan(String),
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

impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Empty, Into::into)
    }
}

/// A public list.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// The file's name without its ending.
    pub name: &'static str,
    /// The columns' headings.
    pub columns: Vec<String>,
    /// The lines.
    pub rows: Vec<Vec<Cell>>,
}

impl Sheet {
    /// As CSV (RFC 4180), in UTF-8 with a byte order mark, by which spreadsheets know it.
    pub fn csv(&self) -> HttpResult {
        let failed = |error: csv::Error| HttpError::internal(&error);
        let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
        writer.write_record(&self.columns).map_err(failed)?;
        for row in &self.rows {
            writer
                .write_record(row.iter().map(written))
                .map_err(failed)?;
        }
        let bytes = writer
            .into_inner()
            .map_err(|error| HttpError::internal(error.error()))?;
        Ok(self.file("csv", "text/csv; charset=utf-8", bytes))
    }

    /// As an Office Open XML workbook with one sheet.
    pub fn xlsx(&self) -> HttpResult {
        const MEDIA: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        let bytes = self
            .workbook()
            .map_err(|error| HttpError::internal(&error))?;
        Ok(self.file("xlsx", MEDIA, bytes))
    }

    fn workbook(&self) -> Result<Vec<u8>, XlsxError> {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet();
        sheet.set_name(self.name)?;
        let bold = Format::new().set_bold();
        let times = Format::new().set_num_format("yyyy-mm-dd hh:mm:ss");
        for (column, name) in (0..).zip(&self.columns) {
            sheet.write_string_with_format(0, column, name, &bold)?;
        }
        for (line, row) in (1..).zip(&self.rows) {
            for (column, cell) in (0..).zip(row) {
                match cell {
                    Cell::Text(text) => sheet.write_string(line, column, text)?,
                    Cell::Number(number) => sheet.write_number(line, column, *number)?,
                    Cell::Wan(amount) => match amount.parse::<f64>() {
                        Ok(number) => sheet.write_number(line, column, number)?,
                        Err(_) => sheet.write_string(line, column, amount)?,
                    },
                    Cell::Moment(moment) => {
                        sheet.write_with_format(line, column, &excel_time(moment)?, &times)?
                    }
                    Cell::Empty => sheet,
                };
            }
        }
        workbook.save_to_buffer()
    }

    fn file(&self, ending: &str, media: &'static str, bytes: Vec<u8>) -> axum::response::Response {
        let disposition = format!("attachment; filename=\"{}.{ending}\"", self.name);
        let headers = [
            (header::CONTENT_TYPE, media.to_owned()),
            (header::CONTENT_DISPOSITION, disposition),
        ];
        (headers, bytes).into_response()
    }
}

fn written(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => harmless(text),
        Cell::Number(number) => number.to_string(),
        Cell::Wan(amount) => amount.clone(),
        Cell::Moment(moment) => moment.format(MOMENT).unwrap_or_default(),
        Cell::Empty => String::new(),
    }
}

/// A moment as a workbook counts it.
fn excel_time(moment: &PrimitiveDateTime) -> Result<ExcelDateTime, XlsxError> {
    let year = u16::try_from(moment.year()).unwrap_or(1900);
    ExcelDateTime::from_ymd(year, u8::from(moment.month()), moment.day())?.and_hms(
        u16::from(moment.hour()),
        moment.minute(),
        moment.second(),
    )
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

/// The links to a list's files: `path` without its ending, and the list's address in the API. The page's query goes along, so that
/// the files hold what the page shows.
pub fn links(visit: &Visit, path: &str, api: &str) -> Markup {
    let query = match visit.path.split_once('?') {
        Some((_, query)) if !query.is_empty() => format!("?{query}"),
        _ => String::new(),
    };
    html! {
        p.small {
            (visit.locale.text("export-as")) " "
            a href={ (path) ".csv" (query) } { "CSV" } " · "
            a href={ (path) ".xlsx" (query) } { "XLSX" } " · "
            a href={ (api) (query) } { "JSON" }
        }
    }
}

/// A moment as feeds and the API write it (RFC 3339, UTC).
pub fn rfc3339(at: Timestamp) -> String {
    at.in_zone(UtcOffset::UTC)
        .format(&Rfc3339)
        .unwrap_or_default()
}

/// A news item of a feed.
#[derive(Debug, Clone)]
pub struct News {
    /// A permanent URI.
    pub id: String,
    /// The headline.
    pub title: String,
    /// When.
    pub at: Timestamp,
    /// Its page.
    pub link: String,
    /// A category's name.
    pub category: String,
    /// More in words; may be empty.
    pub summary: String,
}

/// An Atom feed (RFC 4287) at `{page}.atom`.
pub fn feed(page: &str, title: &str, author: &str, news: Vec<News>) -> HttpResult {
    let newest = news.iter().map(|one| one.at).max();
    let newest = newest.unwrap_or_else(|| Timestamp::from_millis(0));
    let link = |rel: &str, href: &str| Link {
        rel: rel.to_owned(),
        href: href.to_owned(),
        ..Link::default()
    };
    let feed = Feed {
        title: Text::plain(in_xml(title)),
        id: page.to_owned(),
        updated: rfc3339(newest).parse().unwrap_or_default(),
        authors: vec![Person {
            name: in_xml(author),
            ..Person::default()
        }],
        links: vec![
            link("self", &format!("{page}.atom")),
            link("alternate", page),
        ],
        entries: news
            .into_iter()
            .map(|one| Entry {
                id: one.id,
                title: Text::plain(in_xml(&one.title)),
                updated: rfc3339(one.at).parse().unwrap_or_default(),
                links: vec![link("alternate", &one.link)],
                categories: vec![Category {
                    term: one.category,
                    ..Category::default()
                }],
                summary: (!one.summary.is_empty()).then(|| Text::plain(in_xml(&one.summary))),
                ..Entry::default()
            })
            .collect(),
        ..Feed::default()
    };
    let headers = [(header::CONTENT_TYPE, "application/atom+xml; charset=utf-8")];
    Ok((headers, feed.to_string()).into_response())
}

/// Characters that XML 1.0 does not have are left out; what must be escaped, the library escapes.
fn in_xml(text: &str) -> String {
    let kept = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
    text.chars().filter(kept).collect()
}

/// A day of a calendar.
#[derive(Debug, Clone)]
pub struct Deadline {
    /// A permanent id.
    pub uid: String,
    /// The day.
    pub on: Date,
    /// What is due.
    pub title: String,
    /// More in words.
    pub text: String,
    /// The page about it.
    pub link: String,
}

/// A calendar of whole days (RFC 5545); `at` is when it was made.
pub fn calendar(name: &str, at: Timestamp, deadlines: Vec<Deadline>) -> HttpResult {
    let stamp = at
        .in_zone(UtcOffset::UTC)
        .format(format_description!(
            "[year][month][day]T[hour][minute][second]Z"
        ))
        .unwrap_or_default();
    let mut calendar = Calendar::new();
    calendar.name(name);
    for one in deadlines {
        let on = one.on.format(format_description!("[year][month][day]"));
        let mut start = Property::new("DTSTART", on.unwrap_or_default());
        start.add_parameter("VALUE", "DATE");
        let event = Event::new()
            .uid(&one.uid)
            .summary(&one.title)
            .description(&one.text)
            .add_property("DTSTAMP", &stamp)
            .add_property("URL", &one.link)
            .append_property(start)
            .done();
        calendar.push(event);
    }
    let headers = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"calendar.ics\"",
        ),
    ];
    Ok((headers, calendar.to_string()).into_response())
}
