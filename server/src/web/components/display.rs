//! What pages show: states, figures, facts, lists' frames, ways to other pages.

use super::icons::{Icon, icon};
use crate::web::http_error::url_encode;
use crate::web::locale::Locale;
use crate::web::visit::Visit;
use domain::projects::Colour;
use maud::{Markup, html};

/// What a state means to the reader. A word always stands beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// A plain fact.
    Neutral,
    /// Good news.
    Good,
    /// Needs attention.
    Warn,
    /// Bad news.
    Bad,
    /// Finished and accepted.
    Done,
    /// What goes on.
    Accent,
    /// Chosen by vote: filled, like a seal.
    Chosen,
}

impl Tone {
    const fn class(self) -> Option<&'static str> {
        match self {
            Self::Neutral => None,
            Self::Good => Some("good"),
            Self::Warn => Some("warn"),
            Self::Bad => Some("bad"),
            Self::Done => Some("done"),
            Self::Accent => Some("accent"),
            Self::Chosen => Some("chosen"),
        }
    }
}

/// A short state in a pill.
pub fn badge(tone: Tone, text: &str) -> Markup {
    html! { span.badge .(tone.class().unwrap_or_default()) { (text) } }
}

/// A project's light.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LightColour {
    /// On plan.
    Green,
    /// Behind plan.
    Yellow,
    /// Far behind plan.
    Red,
    /// Done and accepted.
    Blue,
}

impl LightColour {
    /// The colour's name, in CSS and in the translation key `light-<name>`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Green => "green",
            Self::Yellow => "yellow",
            Self::Red => "red",
            Self::Blue => "blue",
        }
    }
}

impl From<Colour> for LightColour {
    fn from(colour: Colour) -> Self {
        match colour {
            Colour::Green => Self::Green,
            Colour::Yellow => Self::Yellow,
            Colour::Red => Self::Red,
            Colour::Blue => Self::Blue,
        }
    }
}

/// A light with its word; each colour has its own shape, so that nobody needs to tell colours apart.
pub fn light(locale: &Locale, colour: LightColour) -> Markup {
    html! {
        span.light .(colour.name()) {
            (light_mark(colour))
            (locale.text(&format!("light-{}", colour.name())))
        }
    }
}

/// A light's shape without its word, for whoever sets a word beside it.
pub fn light_mark(colour: LightColour) -> Markup {
    html! {
        svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true" {
            @match colour {
                LightColour::Green => circle cx="8" cy="8" r="6.5" {},
                LightColour::Yellow => path d="M8 1.5 15.2 14.5H.8z" {},
                LightColour::Red => rect x="2" y="2" width="12" height="12" rx="1" {},
                LightColour::Blue => {
                    path fill-rule="evenodd" d="M8 .8a7.2 7.2 0 1 0 0 14.4A7.2 7.2 0 0 0 8 .8Zm3.9 5.6-4.6 5.2a1 1 0 0 1-1.4 0L3.6 9.3 5 7.9l1.6 1.6 3.9-4.4z" {}
                }
            }
        }
    }
}

/// One figure: what it is, its value, and a note below (base, date, rule).
#[derive(Debug, Clone)]
pub struct Stat {
    /// What is counted.
    pub label: String,
    /// The value with its unit.
    pub value: String,
    /// What must be known to read it.
    pub note: Option<String>,
}

impl Stat {
    /// A figure without a note.
    pub fn new(label: impl Into<String>, value: impl std::fmt::Display) -> Self {
        Self {
            label: label.into(),
            value: value.to_string(),
            note: None,
        }
    }

    /// The same with a note.
    #[must_use]
    pub fn with_note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }
}

/// Figures beside each other.
pub fn stats(figures: &[Stat]) -> Markup {
    html! {
        dl.stats {
            @for figure in figures {
                div.stat {
                    dt.stat-label { (figure.label) }
                    dd.stat-value { (figure.value) }
                    @if let Some(note) = &figure.note { dd.stat-note { (note) } }
                }
            }
        }
    }
}

/// Facts of one thing: term and value.
pub fn facts(facts: &[(String, Markup)]) -> Markup {
    html! {
        dl.facts {
            @for (term, value) in facts {
                dt { (term) }
                dd { (value) }
            }
        }
    }
}

/// A hash or another long string of digits, wrapping anywhere.
pub fn hash(text: &str) -> Markup {
    html! { code.mono { (text) } }
}

/// What cannot be undone: the first press says what it means, the button in `form` does it.
pub fn irrevocable(summary: &str, note: &str, form: &Markup) -> Markup {
    html! { details.irrevocable { summary { (summary) } p { (note) } (form) } }
}

/// A notice in the text.
pub fn notice(tone: Tone, text: &Markup) -> Markup {
    html! { div.notice .(tone.class().unwrap_or_default()) { (text) } }
}

/// The head of a page: its `h1` and one sentence on what it is for.
pub fn page_head(title: &str, lead: &str) -> Markup {
    html! {
        header.page-head {
            h1 { (title) }
            p.lead { (lead) }
        }
    }
}

/// The way here: (address, text) of each page above, and this page's name.
pub fn breadcrumbs(locale: &Locale, above: &[(String, String)], here: &str) -> Markup {
    html! {
        nav aria-label=(locale.text("breadcrumbs")) {
            ol.breadcrumbs {
                @for (address, text) in above { li { a href=(address) { (text) } } }
                li { span aria-current="page" { (here) } }
            }
        }
    }
}

/// Pages that belong together, the present one marked: (address, text).
pub fn tabs(visit: &Visit, label: &str, pages: &[(String, String)]) -> Markup {
    let here = visit.path.split('?').next().unwrap_or_default();
    html! {
        nav.tabs aria-label=(label) {
            @for (address, text) in pages {
                a href=(address) aria-current=[(address == here).then_some("page")] { (text) }
            }
        }
    }
}

/// A form's steps: which are done, which is next (counted from 0).
pub fn steps(names: &[String], current: usize) -> Markup {
    html! {
        ol.steps {
            @for (position, name) in names.iter().enumerate() {
                li.done[position < current].current[position == current]
                    aria-current=[(position == current).then_some("step")] { (name) }
            }
        }
    }
}

/// A table that scrolls by itself on narrow screens, also by keyboard. `label` says what it lists.
pub fn table_wrap(label: &str, table: &Markup) -> Markup {
    html! { div.table-wrap role="region" aria-label=(label) tabindex="0" { (table) } }
}

/// Links to the pages of a list that is on page `page` (from 1) of `pages`; they keep the rest of the address.
pub fn pagination(visit: &Visit, page: usize, pages: usize) -> Markup {
    let locale = visit.locale;
    if pages <= 1 {
        return html! {};
    }
    let shown = |number: usize| number == 1 || number == pages || number.abs_diff(page) <= 1;
    let numbers: Vec<Option<usize>> = (1..=pages).fold(Vec::new(), |mut list, number| {
        if shown(number) {
            list.push(Some(number));
        } else if list.last().is_some_and(Option::is_some) {
            list.push(None);
        }
        list
    });
    html! {
        nav.pagination aria-label=(locale.text("pagination")) {
            @if page > 1 {
                a rel="prev" href=(with_query(&visit.path, "page", &(page - 1).to_string())) {
                    (icon(Icon::Previous)) span.visually-hidden { (locale.text("previous-page")) }
                }
            }
            @for number in numbers {
                @match number {
                    Some(number) if number == page => span aria-current="page" { (number) },
                    Some(number) => {
                        a.far[number.abs_diff(page) > 1] href=(with_query(&visit.path, "page", &number.to_string())) {
                            (number)
                        }
                    }
                    None => span.gap.far aria-hidden="true" { "…" },
                }
            }
            @if page < pages {
                a rel="next" href=(with_query(&visit.path, "page", &(page + 1).to_string())) {
                    (icon(Icon::Next)) span.visually-hidden { (locale.text("next-page")) }
                }
            }
        }
    }
}

/// `path` with the query parameter set to `value` and the others kept.
pub fn with_query(path: &str, name: &str, value: &str) -> String {
    let (bare, query) = path.split_once('?').unwrap_or((path, ""));
    let mut pairs: Vec<String> = query
        .split('&')
        .filter(|pair| !pair.is_empty() && pair.split('=').next() != Some(name))
        .map(str::to_owned)
        .collect();
    pairs.push(format!("{name}={}", url_encode(value)));
    format!("{bare}?{}", pairs.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_parameter_is_replaced_and_the_others_stay() {
        assert_eq!(with_query("/a", "page", "2"), "/a?page=2");
        assert_eq!(
            with_query("/a?q=%E8%B7%AF&page=3&state=open", "page", "4"),
            "/a?q=%E8%B7%AF&state=open&page=4"
        );
    }
}
