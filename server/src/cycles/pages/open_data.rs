//! `/open-data`: where programs, newsrooms and everybody else get what the pages show.

use crate::web::components::{breadcrumbs, facts, page_head};
use crate::web::http_error::HttpResult;
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::visit::Visit;
use axum::extract::State;
use domain::cycles::{Cycle, Jurisdiction, store};
use domain::infra::app::App;
use maud::{Markup, html};

/// The lists of a cycle, by their names in addresses and the keys of their titles.
const LISTS: [(&str, &str); 5] = [
    ("proposals", "cycle-proposals"),
    ("shortlist", "shortlist-title"),
    ("results", "results-title"),
    ("projects", "projects-title"),
    ("evaluation", "evaluation-title"),
];

struct OpenDataPage {
    /// Each jurisdiction with its newest cycle.
    newest: Vec<(Jurisdiction, Cycle)>,
}

impl Page for OpenDataPage {
    fn title(&self, locale: &Locale) -> String {
        locale.text("open-data-title")
    }

    fn feeds(&self, locale: &Locale) -> Vec<(String, String)> {
        vec![("/record.atom".to_owned(), locale.text("record-title"))]
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        html! {
            (breadcrumbs(locale, &[("/".to_owned(), locale.text("front-title"))], &self.title(locale)))
            (page_head(&locale.text("open-data-title"), &locale.text("open-data-lead")))
            section.panel {
                h2 { (locale.text("open-data-programs")) }
                p { (locale.text("open-data-programs-text")) }
                (facts(&[
                    (locale.text("open-data-entry"), address("/api/v1")),
                    (locale.text("open-data-document"), address("/api/openapi.json")),
                    (locale.text("open-data-checkpoint"), address("/record/checkpoint")),
                    (locale.text("open-data-feed"), address("/record.atom")),
                ]))
                p { a href="/record" { (locale.text("record-about")) } }
            }
            @for (jurisdiction, cycle) in &self.newest {
                section.panel {
                    h2 { (jurisdiction.name) " " (cycle.year) }
                    (files(locale, &format!("/j/{}/{}", jurisdiction.slug, cycle.year)))
                }
            }
        }
    }
}

fn address(path: &str) -> Markup {
    html! { a href=(path) { code { (path) } } }
}

/// A cycle's lists, each in every form; its feeds and its calendar.
fn files(locale: &Locale, cycle: &str) -> Markup {
    let lists = LISTS.map(|(name, title)| {
        let path = format!("{cycle}/{name}");
        let forms = html! {
            a href={ (path) ".csv" } { "CSV" } " · "
            a href={ (path) ".xlsx" } { "XLSX" } " · "
            a href={ "/api/v1" (path) } { "JSON" }
        };
        (locale.text(title), forms)
    });
    let feeds = [
        ("record-title", "record.atom", "Atom"),
        ("calendar-title", "calendar.ics", "iCalendar"),
    ]
    .map(|(title, name, form)| {
        let link = html! { a href={ (cycle) "/" (name) } { (form) } };
        (locale.text(title), link)
    });
    facts(&[&lists[..], &feeds[..]].concat())
}

/// `/open-data`
pub(crate) async fn open_data(State(app): State<App>, visit: Visit) -> HttpResult {
    let mut tx = app.database.read().await?;
    let mut cycles = store::newest_cycles(&mut tx).await?;
    let newest = store::jurisdictions(&mut tx)
        .await?
        .into_iter()
        .filter_map(|one| cycles.remove(&one.id).map(|cycle| (one, cycle)))
        .collect();
    Ok(show(&visit, &OpenDataPage { newest }))
}
