//! Calendars.

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
