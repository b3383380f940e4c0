//! The record for people: what it is, what is in it, and how to check it without trusting this service.

use super::body_view;
use crate::web::components::{
    Icon, Stat, empty_state, facts, hash, icon, moment, page_head, pagination, stats, table_wrap,
};
use crate::web::cycle_path::{CycleHeading, InCycle};
use crate::web::http_error::HttpResult;
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::query::Query;
use crate::web::visit::Visit;
use axum::extract::State;
use domain::infra::app::App;
use domain::infra::database::{DatabaseError, Tx};
use domain::people::Role;
use domain::record::store::{self, Entry};
use domain::record::{self, EntryIndex, Kind};
use domain::takedown;
use maud::{Markup, html};
use serde::Deserialize;

/// Entries on one page of a list.
const PER_PAGE: usize = 50;
/// How much of the root is shown first.
const ROOT_DIGITS: usize = 8;
/// Entries on the record's own page.
const NEWEST: i64 = 20;

/// `/record`
pub(crate) async fn record(State(app): State<App>, visit: Visit) -> HttpResult {
    let signed = record::checkpoint(&app).await?;
    let mut tx = app.database.read().await?;
    let page = RecordPage {
        size: signed.checkpoint.size,
        origin: signed.checkpoint.origin.clone(),
        root: hex::encode(signed.checkpoint.root.as_bytes()),
        checkpoint: signed.note.to_string(),
        vkey: record::verifier_key(&app)?.to_string(),
        newest: store::newest(&mut tx, NEWEST).await?,
        takedowns: takedowns(&mut tx, &visit).await?,
    };
    Ok(show(&visit, &page))
}

pub(super) struct RecordPage {
    pub(super) size: u64,
    pub(super) origin: String,
    pub(super) root: String,
    pub(super) checkpoint: String,
    pub(super) vkey: String,
    pub(super) newest: Vec<Entry>,
    /// What waits for the viewer, as an administrator, to confirm or withdraw it.
    pub(super) takedowns: Vec<EntryIndex>,
}

async fn takedowns(tx: &mut Tx, visit: &Visit) -> Result<Vec<EntryIndex>, DatabaseError> {
    let mut open = Vec::new();
    for (jurisdiction, role) in visit.viewer.iter().flat_map(|viewer| &viewer.roles) {
        if *role == Role::Admin {
            open.extend(takedown::open_requests(tx, *jurisdiction).await?);
        }
    }
    Ok(open)
}

impl Page for RecordPage {
    fn title(&self, locale: &Locale) -> String {
        locale.text("record-title")
    }

    fn feeds(&self, locale: &Locale) -> Vec<(String, String)> {
        vec![("/record.atom".to_owned(), locale.text("record-title"))]
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        html! {
            (page_head(&locale.text("record-title"), &locale.text("record-lead")))
            (stats(&[
                Stat::new(locale.text("record-size"), self.size).with_note(locale.text("record-size-note")),
                Stat::new(locale.text_with("record-root", &[("digits", ROOT_DIGITS.into())]), self.root.chars().take(ROOT_DIGITS).collect::<String>())
                    .with_note(locale.text("record-root-note")),
            ]))
            @if !self.takedowns.is_empty() {
                section.panel {
                    h2 { (locale.text("record-takedowns")) }
                    ul { @for entry in &self.takedowns {
                        li { a href=(entry_path(*entry)) { (locale.text("record-position")) " " (entry) } }
                    } }
                }
            }
            div.split {
                section {
                    h2 { (locale.text("record-newest")) }
                    (entry_list(visit, &self.newest))
                }
                aside {
                    section.panel {
                        h2 { (locale.text("record-promises")) }
                        ul {
                            li { (locale.text("record-promise-append")) }
                            li { (locale.text("record-promise-person")) }
                            li { (locale.text("record-promise-body")) }
                        }
                    }
                    section.panel {
                        h2 { (locale.text("record-check")) }
                        p { (locale.text("record-check-lead")) }
                        p { a.button.secondary href="/verify" { (icon(Icon::Check)) (locale.text("record-check-here")) } }
                        details {
                            summary { (locale.text("record-check-elsewhere")) }
                            p { (locale.text("record-check-format")) }
                            (facts(&[
                                (locale.text("record-origin"), html! { code { (self.origin) } }),
                                (locale.text("record-checkpoint"), html! { a href="/record/checkpoint" { "/record/checkpoint" } }),
                                (locale.text("record-vkey"), html! { a href="/record/vkey" { "/record/vkey" } }),
                                (locale.text("record-tiles"), html! { code { "/record/tile/{L}/{N}[.p/{W}]" } }),
                                (locale.text("record-bundles"), html! { code { "/record/tile/entries/{N}[.p/{W}]" } }),
                                (locale.text("record-bodies"), html! { code { "/record/body/{hash}" } }),
                            ]))
                        }
                    }
                }
            }
            h2 { (locale.text("record-checkpoint")) }
            p { (locale.text("record-checkpoint-note")) }
            pre tabindex="0" { (self.checkpoint) }
            h2 { (locale.text("record-vkey")) }
            p { (locale.text("record-vkey-note")) }
            p { (hash(&self.vkey)) }
        }
    }
}

fn entry_list(visit: &Visit, entries: &[Entry]) -> Markup {
    let locale = visit.locale;
    if entries.is_empty() {
        return empty_state(locale, "record-empty");
    }
    table_wrap(
        &locale.text("record-entries"),
        &html! {
            table.stacked {
                thead { tr {
                    th scope="col" { (locale.text("record-fact")) }
                    th scope="col" { (locale.text("record-subject")) }
                    th scope="col" { (locale.text("record-time")) }
                    th.number scope="col" { (locale.text("record-position")) }
                } }
                tbody { @for entry in entries {
                    tr {
                        th scope="row" { a href=(entry_path(entry.position)) { (body_view::kind(locale, &entry.kind)) } }
                        td data-label=(locale.text("record-subject")) {
                            span.mono { (entry.subject) }
                        }
                        td data-label=(locale.text("record-time")) { (moment(visit, entry.at)) }
                        td.number data-label=(locale.text("record-position")) { (entry.position) }
                    }
                } }
            }
        },
    )
}

pub(super) fn entry_path(position: EntryIndex) -> String {
    format!("/record/entry/{position}")
}

/// What a cycle's list is narrowed to.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct EntryFilter {
    kind: String,
    page: Option<usize>,
}

/// `/j/{jurisdiction}/{year}/record`
pub(crate) async fn cycle_record(
    State(app): State<App>,
    visit: Visit,
    at: InCycle,
    Query(narrowed): Query<EntryFilter>,
) -> HttpResult {
    let cycle = at.cycle();
    let mut tx = app.database.read().await?;
    let kinds = store::kinds_of_cycle(&mut tx, cycle.jurisdiction, cycle.id).await?;
    let kind = Kind::find(&narrowed.kind);
    let total = kinds
        .iter()
        .filter(|(name, _)| kind.is_none_or(|kind| kind.name() == name))
        .filter_map(|(_, count)| usize::try_from(*count).ok())
        .sum::<usize>();
    let pages = total.div_ceil(PER_PAGE).max(1);
    let page = narrowed.page.unwrap_or(1).clamp(1, pages);
    let offset = i64::try_from((page - 1) * PER_PAGE).unwrap_or(0);
    let count = i64::try_from(PER_PAGE).unwrap_or(0);
    let entries =
        store::of_cycle(&mut tx, cycle.jurisdiction, cycle.id, kind, (offset, count)).await?;
    Ok(show(
        &visit,
        &CycleRecordPage {
            heading: at.heading,
            kinds,
            kind,
            entries,
            page,
            pages,
        },
    ))
}

pub(super) struct CycleRecordPage {
    pub(super) heading: CycleHeading,
    pub(super) kinds: Vec<(String, i64)>,
    pub(super) kind: Option<Kind>,
    pub(super) entries: Vec<Entry>,
    pub(super) page: usize,
    pub(super) pages: usize,
}

impl Page for CycleRecordPage {
    fn title(&self, locale: &Locale) -> String {
        locale.text("cycle-record-title")
    }

    fn cycle(&self) -> Option<&CycleHeading> {
        Some(&self.heading)
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        html! {
            (page_head(&locale.text("cycle-record-title"), &locale.text("cycle-record-lead")))
            form.filters method="get" {
                div.field {
                    label for="field-kind" { (locale.text("record-fact")) }
                    select id="field-kind" name="kind" {
                        option value="" { (locale.text("record-all-kinds")) }
                        @for (name, count) in &self.kinds {
                            option value=(name) selected[self.kind.is_some_and(|kind| kind.name() == name)] {
                                (body_view::kind(locale, name)) " (" (count) ")"
                            }
                        }
                    }
                }
                button.secondary type="submit" { (locale.text("record-show")) }
            }
            (entry_list(visit, &self.entries))
            (pagination(visit, self.page, self.pages))
            p { a href="/record" { (locale.text("record-about")) } }
        }
    }
}
