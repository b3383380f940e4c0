//! Calendars.

use super::FileName;
use crate::web::http_error::HttpResult;
use axum::http::header;
use axum::response::IntoResponse as _;
use domain::infra::clock::Timestamp;
use icalendar::{Calendar, Component as _, Event, Property};
use time::macros::format_description;
use time::{Date, UtcOffset};

/// A day of a calendar.
#[derive(Debug, Clone)]
pub struct Deadline {
    /// An id that stays whatever becomes of the day and the words.
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

/// Whose program made it (RFC 5545, section 3.7.3).
const PRODUCT: &str = "-//Minsheng//Livelihood projects//ZH";

/// A calendar of whole days (RFC 5545); `at` is when it was made.
pub fn calendar(
    file: &FileName,
    name: &str,
    at: Timestamp,
    deadlines: Vec<Deadline>,
) -> HttpResult {
    let stamp = at
        .in_zone(UtcOffset::UTC)
        .format(format_description!(
            "[year][month][day]T[hour][minute][second]Z"
        ))
        .unwrap_or_default();
    let mut calendar = Calendar::empty();
    for (property, value) in [
        ("VERSION", "2.0"),
        ("PRODID", PRODUCT),
        ("CALSCALE", "GREGORIAN"),
        ("METHOD", "PUBLISH"),
    ] {
        calendar.append_property(Property::new(property, value));
    }
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
            // Nobody is busy because something is due.
            .add_property("TRANSP", "TRANSPARENT")
            .append_property(start)
            .done();
        calendar.push(event);
    }
    let headers = [
        (
            header::CONTENT_TYPE,
            "text/calendar; charset=utf-8".to_owned(),
        ),
        (header::CONTENT_DISPOSITION, file.attachment("ics")),
    ];
    Ok((headers, calendar.to_string()).into_response())
}
