//! `/device`: anybody learns, days before a session, whether this browser can vote.

use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::shared::readiness::{Purpose, readiness};
use crate::web::visit::Visit;
use axum::response::Response;
use maud::{Markup, html};

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
                p { (locale.text("device-preview-which-text")) }
            }
        }
    }
}

/// `GET /device`
pub(crate) async fn preview(visit: Visit) -> Response {
    show(&visit, &PreviewPage)
}
