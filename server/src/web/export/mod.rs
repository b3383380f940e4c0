//! Public lists as files: CSV that spreadsheets open as UTF-8, XLSX, Atom feeds and calendars.

mod calendar;
mod feed;
#[cfg(test)]
mod feed_tests;
mod file_name;
mod sheet;
#[cfg(test)]
mod tests;
mod workbook;

pub use calendar::{Deadline, calendar};
pub use feed::{FeedOf, News, feed};
pub use file_name::FileName;
pub use sheet::{Cell, Sheet, in_zone};

use super::http_error::url_encode;
use super::visit::Visit;
use domain::infra::clock::Timestamp;
use maud::{Markup, html};
use time::UtcOffset;
use time::format_description::well_known::Rfc3339;

/// The links to a list's files: `path` without its ending, and the same in the API. What the page is narrowed down to goes along, so
/// that the files hold what it shows; an empty value is none.
pub fn links(visit: &Visit, path: &str, narrowed: &[(&str, &str)]) -> Markup {
    let given = narrowed.iter().filter(|(_, value)| !value.is_empty());
    let pairs: Vec<String> = given
        .map(|(name, value)| format!("{name}={}", url_encode(value)))
        .collect();
    let query = if pairs.is_empty() {
        String::new()
    } else {
        format!("?{}", pairs.join("&"))
    };
    html! {
        p.small {
            (visit.locale.text("export-as")) " "
            a href={ (path) ".csv" (query) } { "CSV" } " · "
            a href={ (path) ".xlsx" (query) } { "XLSX" } " · "
            a href={ "/api/v1" (path) (query) } { "JSON" }
        }
    }
}

/// A moment as feeds and the API write it (RFC 3339, UTC).
pub fn rfc3339(at: Timestamp) -> String {
    at.in_zone(UtcOffset::UTC)
        .format(&Rfc3339)
        .unwrap_or_default()
}
