//! The newest entries of a cycle's record, as an Atom feed.

use super::pages::body_view;
use crate::web::cycle_path::InCycle;
use crate::web::export::{News, feed};
use crate::web::http_error::HttpResult;
use crate::web::visit::Visit;
use axum::extract::State;
use domain::infra::app::App;
use domain::record::store;

/// How many entries the feed has.
const ENTRIES: i64 = 50;

/// `/j/{jurisdiction}/{year}/record.atom`
pub(crate) async fn record(State(app): State<App>, visit: Visit, at: InCycle) -> HttpResult {
    let (base, cycle) = (&app.config.base_url, at.cycle());
    let mut tx = app.database.read().await?;
    let newest = store::of_cycle(&mut tx, cycle.jurisdiction, cycle.id, None, (0, ENTRIES)).await?;
    let news = newest.into_iter().map(|entry| {
        let link = format!("{base}/record/entry/{}", entry.position);
        News {
            id: link.clone(),
            title: format!(
                "{} {}",
                body_view::kind(visit.locale, &entry.kind),
                entry.subject
            ),
            at: entry.at,
            link,
            category: entry.kind,
            summary: String::new(),
        }
    });
    let name = &at.heading.jurisdiction.name;
    let title = format!(
        "{name} {} {}",
        cycle.year,
        visit.locale.text("record-title")
    );
    let page = format!("{base}{}/record", at.heading.path());
    feed(&page, &title, name, news.collect())
}
