//! `/device`: anybody learns, days before a session, whether this browser can vote.

use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::shared::readiness::{Purpose, readiness};
use crate::web::visit::Visit;
use axum::response::Response;
use maud::{Markup, html};

/// The oldest versions that can vote, as docs/browsers.md has them.
const FLOOR: [(&str, u32); 3] = [("chrome", 78), ("safari", 14), ("firefox", 79)];

/// The page; its work is done by `js/readiness.js`, the same as on the pages that need the device.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PreviewPage;

impl Page for PreviewPage {
    fn title(&self, locale: &Locale) -> String {
        locale.text("device-preview-title")
    }

    fn asks_readiness(&self) -> bool {
        true
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        html! {
            header.page-head {
                h1 { (locale.text("device-preview-title")) }
                p.lead { (locale.text("device-preview-lead")) }
            }
            (readiness(locale, Purpose::Preview))
            section.panel {
                h2 { (locale.text("device-preview-which")) }
                p { (locale.text_with("device-preview-which-text", &FLOOR.map(|(name, version)| (name, version.into())))) }
            }
        }
    }
}

/// `GET /device`
pub(crate) async fn preview(visit: Visit) -> Response {
    show(&visit, &PreviewPage)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_and_the_document_name_the_same_floor() {
        let document = include_str!("../../../../../docs/browsers.md");
        let row = document
            .lines()
            .find(|line| line.starts_with("| check in, cast"))
            .unwrap();
        let found: Vec<u32> = row
            .split("**")
            .filter_map(|part| part.parse().ok())
            .collect();
        assert_eq!(found, FLOOR.map(|(_, version)| version));
    }
}
