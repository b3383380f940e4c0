//! The office's bench: a list that is worked through one by one, with the one in hand beside it. What `css/bench.css` lays out and
//! `js/bench.js` lets the keyboard do; without the script everything is a link or a button.

use crate::web::components::{Icon, icon};
use crate::web::http_error::url_encode;
use crate::web::locale::Locale;
use domain::infra::turn::Turn;
use maud::{Markup, html};
use std::ops::Range;

/// The script of the keys.
pub const SCRIPT: &[&str] = &["js/bench.js"];
/// How many rows stand on a page of the list.
pub const PER_PAGE: usize = 50;
/// How many stand beside the one in hand, and how many of them above it.
const BESIDE: usize = 24;
const ABOVE: usize = 6;

/// A field of the bar above the list: its name, its label, and what there is to choose (value, text).
pub fn choice(name: &str, label: &str, options: &[(String, String)], chosen: &str) -> Markup {
    html! {
        div.field {
            label for=(name) { (label) }
            select id=(name) name=(name) {
                @for (value, text) in options {
                    option value=(value) selected[value == chosen] { (text) }
                }
            }
        }
    }
}

/// The words to look for.
pub fn words(locale: &Locale, typed: &str) -> Markup {
    html! {
        div.field {
            label for="q" { (locale.text("search-words")) }
            input type="search" id="q" name="q" value=(typed) maxlength="100" accesskey="/";
        }
    }
}

/// `path` with those of these that say something.
pub fn with_pairs(path: &str, pairs: &[(&str, &str)]) -> String {
    let said = pairs.iter().filter(|(_, value)| !value.is_empty());
    let said: Vec<String> = said
        .map(|(name, value)| format!("{name}={}", url_encode(value)))
        .collect();
    if said.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{}", said.join("&"))
    }
}

/// A row beside the one in hand.
#[derive(Debug)]
pub struct Beside<'a> {
    /// Where it leads.
    pub address: String,
    /// The proposal's number.
    pub number: i32,
    /// Its title.
    pub title: &'a str,
    /// Whether it is done.
    pub is_done: bool,
    /// Whether it is the one in hand.
    pub is_present: bool,
}

/// Which rows of a list of so many stand beside the one at this place.
pub fn beside(rows: usize, place: Option<usize>) -> Range<usize> {
    let start = place.unwrap_or(0).saturating_sub(ABOVE);
    let start = start.min(rows.saturating_sub(BESIDE));
    start..rows.min(start + BESIDE)
}

/// The list beside the one in hand. `all` is the whole list's address with its text.
pub fn list_beside(
    locale: &Locale,
    label: &str,
    rows: &[Beside<'_>],
    (all, text): (&str, &str),
) -> Markup {
    html! {
        nav.bench-list aria-label=(label) {
            p { a.own-line href=(all) { (text) } }
            ol {
                @for row in rows {
                    li {
                        a href=(row.address) aria-current=[row.is_present.then_some("true")] {
                            span.number { (row.number) } " "
                            span.bench-title { (row.title) }
                            @if row.is_done { span.bench-done { "✓" span.visually-hidden { (locale.text("bench-done")) } } }
                        }
                    }
                }
            }
        }
    }
}

/// Back to the list, to the one before and to the next, how much is left, and the [`keys`].
pub fn turn_bar<I: Copy>(
    locale: &Locale,
    turn: &Turn<I>,
    list: &str,
    address: impl Fn(I) -> String,
    keys: &Markup,
) -> Markup {
    let left = locale.text_with("bench-left", &[("count", turn.left.into())]);
    html! {
        div.bench-bar {
            nav aria-label=(locale.text("bench-turn")) {
                a href=(list) data-key="list" accesskey="u" { (locale.text("bench-list")) }
                @if let Some(previous) = turn.previous {
                    a rel="prev" href=(address(previous)) data-key="previous" accesskey="k" {
                        (icon(Icon::Previous)) (locale.text("bench-previous"))
                    }
                }
                @if let Some(next) = turn.next {
                    a rel="next" href=(address(next)) data-key="next" accesskey="j" {
                        (locale.text("bench-next")) (icon(Icon::Next))
                    }
                }
            }
            p.bench-left data-part="left" { (left) }
            (keys)
        }
    }
}

/// What the keyboard does here: the keys by their names in `bench-key-<name>`.
pub fn keys(locale: &Locale, names: &[&str]) -> Markup {
    let key = |name: &str| match name {
        "next" => "J",
        "previous" => "K",
        "list" => "U",
        "first" => "1",
        "second" => "2",
        "search" => "/",
        "tick" => "X",
        "save" => "Ctrl+Enter",
        _ => "Enter",
    };
    html! {
        details.bench-keys {
            summary { (locale.text("bench-keys")) }
            dl {
                @for name in names {
                    dt { kbd { (key(name)) } }
                    dd { (locale.text(&format!("bench-key-{name}"))) }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_one_in_hand_stands_beside_some_above_it() {
        assert_eq!(beside(10, Some(3)), 0..10);
        assert_eq!(beside(100, Some(40)), 34..58);
        assert_eq!(beside(100, Some(99)), 76..100);
        assert_eq!(beside(100, None), 0..24);
        assert_eq!(beside(0, None), 0..0);
    }

    #[test]
    fn an_address_names_what_says_something() {
        assert_eq!(with_pairs("/a", &[("q", ""), ("page", "")]), "/a");
        assert_eq!(
            with_pairs("/a", &[("q", "路"), ("sort", ""), ("state", "all")]),
            "/a?q=%E8%B7%AF&state=all"
        );
    }
}
