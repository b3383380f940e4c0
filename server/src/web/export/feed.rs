//! Atom feeds.

use super::rfc3339;
use crate::web::http_error::{HttpResult, url_encode};
use crate::web::locale::Locale;
use atom_syndication::{Category, Entry, Feed, Link, Person, Text};
use axum::http::header;
use axum::response::IntoResponse as _;
use domain::infra::app::App;
use domain::infra::clock::Timestamp;
use time::UtcOffset;

/// What a feed is about.
#[derive(Debug)]
pub struct FeedOf<'a> {
    /// The path of the page with the same news; the feed is at `{path}.atom`.
    pub path: String,
    /// The title.
    pub title: String,
    /// Who tells them.
    pub author: &'a str,
    /// Since when there is something of this name.
    pub since: Timestamp,
    /// In which language titles are.
    pub locale: &'a Locale,
}

/// A news item of a feed.
#[derive(Debug, Clone)]
pub struct News {
    /// The path of its page, which never changes.
    pub path: String,
    /// The headline.
    pub title: String,
    /// When.
    pub at: Timestamp,
    /// A category's name.
    pub category: String,
    /// More in words; may be empty.
    pub summary: String,
}

/// An Atom feed (RFC 4287). Who reads it knows an item again by its id, which is none of the service's address: that may
/// change, and everything would be new.
pub fn feed(app: &App, of: &FeedOf<'_>, news: Vec<News>) -> HttpResult {
    let newest = news.iter().map(|one| one.at).max().unwrap_or(of.since);
    let page = format!("{}{}", app.config.base_url, of.path);
    let feed = Feed {
        id: tag(app, of.since, &of.path),
        title: Text::plain(in_xml(&of.title)),
        updated: rfc3339(newest).parse().unwrap_or_default(),
        authors: vec![Person {
            name: in_xml(of.author),
            ..Person::default()
        }],
        links: vec![
            link("self", format!("{page}.atom")),
            link("alternate", page),
        ],
        lang: Some(of.locale.code().to_owned()),
        entries: news.into_iter().map(|one| entry(app, one)).collect(),
        ..Feed::default()
    };
    let headers = [(header::CONTENT_TYPE, "application/atom+xml; charset=utf-8")];
    Ok((headers, feed.to_string()).into_response())
}

fn entry(app: &App, one: News) -> Entry {
    let at = rfc3339(one.at);
    Entry {
        id: tag(app, one.at, &one.path),
        title: Text::plain(in_xml(&one.title)),
        updated: at.parse().unwrap_or_default(),
        published: at.parse().ok(),
        links: vec![link(
            "alternate",
            format!("{}{}", app.config.base_url, one.path),
        )],
        categories: vec![Category {
            term: one.category,
            ..Category::default()
        }],
        summary: (!one.summary.is_empty()).then(|| Text::plain(in_xml(&one.summary))),
        ..Entry::default()
    }
}

fn link(rel: &str, href: String) -> Link {
    Link {
        rel: rel.to_owned(),
        href,
        ..Link::default()
    }
}

/// A name for ever (RFC 4151): by the record's origin, which never changes once something is signed, on the day of the thing.
fn tag(app: &App, at: Timestamp, path: &str) -> String {
    let origin = &app.config.record_origin;
    let host = origin.split(['/', ':']).next().unwrap_or_default();
    let day = at.in_zone(UtcOffset::UTC).date();
    let thing = path.trim_start_matches('/');
    format!("tag:{},{day}:{thing}", url_encode(host))
}

/// Characters that XML 1.0 does not have are left out; what must be escaped, the library escapes.
fn in_xml(text: &str) -> String {
    let kept = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
    text.chars().filter(kept).collect()
}
