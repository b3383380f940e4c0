//! Atom feeds.

use super::rfc3339;
use crate::web::http_error::HttpResult;
use atom_syndication::{Category, Entry, Feed, Link, Person, Text};
use axum::http::header;
use axum::response::IntoResponse as _;
use domain::infra::clock::Timestamp;

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
