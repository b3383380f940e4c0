//! The newest entries of the record, of all of it and of a cycle, as Atom feeds.

use super::pages::body_view;
use crate::web::cycle_path::InCycle;
use crate::web::export::{FeedOf, News, feed};
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::locale::Locale;
use crate::web::visit::Visit;
use axum::extract::State;
use domain::cycles::store as cycle_store;
use domain::infra::app::App;
use domain::infra::clock::Timestamp;
use domain::infra::database::Tx;
use domain::record::store::{self, Entry};
use domain::record::{EntryIndex, Kind};
use serde_json::Value;
use std::collections::BTreeMap;

/// How many entries a feed has.
const ENTRIES: i64 = 50;

/// `/record.atom`
pub(crate) async fn whole_record(State(app): State<App>, visit: Visit) -> HttpResult {
    let locale = visit.locale;
    let mut tx = app.database.read().await?;
    let newest = store::newest(&mut tx, ENTRIES).await?;
    let first = match EntryIndex::new(0) {
        Some(first) => store::entry(&mut tx, first).await?,
        None => None,
    };
    let service = locale.text("service-name");
    let of = FeedOf {
        path: "/record".to_owned(),
        title: locale.text("record-title"),
        author: &service,
        since: first.map_or(Timestamp::from_millis(0), |entry| entry.at),
        locale,
    };
    let news = news(&mut tx, locale, newest).await?;
    feed(&app, &of, news)
}

/// `/j/{jurisdiction}/{year}/record.atom`
pub(crate) async fn record(State(app): State<App>, visit: Visit, at: InCycle) -> HttpResult {
    let (locale, cycle) = (visit.locale, at.cycle());
    let mut tx = app.database.read().await?;
    let newest = store::of_cycle(&mut tx, cycle.jurisdiction, cycle.id, None, (0, ENTRIES)).await?;
    let steps = cycle_store::steps(&mut tx, cycle).await?;
    let name = &at.heading.jurisdiction.name;
    let of = FeedOf {
        path: format!("{}/record", at.heading.path()),
        title: format!("{name} {} {}", cycle.year, locale.text("record-title")),
        author: name,
        since: steps
            .first()
            .map_or(Timestamp::from_millis(0), |(_, at)| *at),
        locale,
    };
    let news = news(&mut tx, locale, newest).await?;
    feed(&app, &of, news)
}

async fn news(tx: &mut Tx, locale: &Locale, entries: Vec<Entry>) -> Result<Vec<News>, HttpError> {
    let stages = stages(tx, locale, &entries).await?;
    Ok(entries
        .into_iter()
        .map(|entry| {
            let kind = body_view::kind(locale, &entry.kind);
            let title = format!("{kind} {}", entry.subject);
            News {
                path: format!("/record/entry/{}", entry.position),
                title: match stages.get(&entry.position) {
                    Some(stage) => locale.labelled(&title, stage),
                    None => title,
                },
                at: entry.at,
                category: entry.kind,
                summary: String::new(),
            }
        })
        .collect())
}

/// Which stage an entry says is reached, in words.
async fn stages(
    tx: &mut Tx,
    locale: &Locale,
    entries: &[Entry],
) -> Result<BTreeMap<EntryIndex, String>, HttpError> {
    let reached = |entry: &&Entry| entry.kind == Kind::CycleStageReached.name();
    let steps = entries.iter().filter(reached).map(|entry| entry.position);
    let (Some(first), Some(last)) = (steps.clone().min(), steps.max()) else {
        return Ok(BTreeMap::new());
    };
    let told = store::told_between(tx, Kind::CycleStageReached, (first, last)).await?;
    Ok(told
        .into_iter()
        .filter_map(|one| {
            let body: Value = serde_json::from_str(&one.body?).ok()?;
            let stage = body.get("stage")?.as_str()?;
            Some((one.position, locale.text(&format!("stage-{stage}"))))
        })
        .collect())
}
