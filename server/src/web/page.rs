//! What a page is.

use super::layout;
use super::locale::Locale;
use super::visit::Visit;
use crate::web::cycle_path::CycleHeading;
use axum::response::{IntoResponse, Response};
use domain::infra::field_errors::FieldErrors;
use maud::Markup;

/// The way out of a page on which one thing is done: all that stands above it beside the brand.
#[derive(Debug, Clone)]
pub struct Focus {
    /// Where it leads.
    pub leave: String,
    /// What it is called.
    pub leave_text: String,
}

/// A page: its title and what stands in its main part. The layout does the rest.
pub trait Page {
    /// The title, shown in the browser's tab; the page's `h1` is its own.
    fn title(&self, locale: &Locale) -> String;

    /// What the page says in a sentence, for who passes its address on.
    fn summary(&self, _locale: &Locale) -> Option<String> {
        None
    }

    /// The main part.
    fn main(&self, visit: &Visit) -> Markup;

    /// The cycle that the page belongs to: its banner with the timeline stands above the page.
    fn cycle(&self) -> Option<&CycleHeading> {
        None
    }

    /// Whether one thing is done here, with nothing around it that is not needed for it.
    fn focus(&self, _locale: &Locale) -> Option<Focus> {
        None
    }

    /// Whether it is a form on paper: printed, nothing of the site stands around it.
    fn is_paper(&self) -> bool {
        false
    }

    /// What is wrong with what was sent: its summary stands first in the page.
    fn errors(&self) -> Option<&FieldErrors> {
        None
    }

    /// The feeds (Atom) of what the page is about: path and title.
    fn feeds(&self, locale: &Locale) -> Vec<(String, String)> {
        self.cycle().map_or_else(Vec::new, |cycle| {
            let title = |key| {
                format!(
                    "{} {} {}",
                    cycle.jurisdiction.name,
                    cycle.cycle.year,
                    locale.text(key)
                )
            };
            vec![
                (
                    format!("{}/record.atom", cycle.path()),
                    title("record-title"),
                ),
                (
                    format!("{}/proposals.atom", cycle.path()),
                    title("cycle-proposals"),
                ),
            ]
        })
    }

    /// ES modules that the page needs, e.g. `js/cast.js`: where a secret stays on the device, or where keys make long work short.
    fn scripts(&self) -> &'static [&'static str] {
        &[]
    }

    /// Whether the page asks first if the browser can do what it is for (`web::shared::readiness`).
    fn asks_readiness(&self) -> bool {
        false
    }
}

/// The whole page as an answer.
pub fn show(visit: &Visit, page: &impl Page) -> Response {
    layout::page(visit, page).into_response()
}
