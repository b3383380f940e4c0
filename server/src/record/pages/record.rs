//! The record for people: what it is, what is in it, and how to check it without trusting this service.

use super::body_view;
use crate::web::components::{
    Icon, Stat, Tone, breadcrumbs, empty_state, facts, hash, icon, moment, notice, page_head,
    pagination, stats, table_wrap,
};
use crate::web::cycle_path::{CycleHeading, InCycle};
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::visit::{Visit, redirect_with};
use axum::Form;
use axum::extract::{Path, Query, State};
use domain::infra::app::App;
use domain::people::Role;
use domain::people::Viewer;
use domain::record::Reason;
use domain::record::change::Scope;
use domain::record::store::{self, Body, Entry};
use domain::record::{self, EntryIndex, InclusionProof, Kind};
use maud::{Markup, html};
use serde::Deserialize;
use tally::record::LeafHeader;

/// Entries on one page of a list.
const PER_PAGE: usize = 50;
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
}

impl Page for RecordPage {
    fn title(&self, locale: &Locale) -> String {
        locale.text("record-title")
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        html! {
            (page_head(&locale.text("record-title"), &locale.text("record-lead")))
            (stats(&[
                Stat::new(locale.text("record-size"), self.size).with_note(locale.text("record-size-note")),
                Stat::new(locale.text("record-root"), self.root.chars().take(8).collect::<String>())
                    .with_note(locale.text("record-root-note")),
            ]))
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

fn entry_path(position: EntryIndex) -> String {
    format!("/record/entry/{position}")
}

/// What a cycle's list is narrowed to.
#[derive(Debug, Deserialize)]
pub(crate) struct EntryFilter {
    #[serde(default)]
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

/// `/record/entry/{position}`
pub(crate) async fn entry(
    State(app): State<App>,
    visit: Visit,
    Path(position): Path<u64>,
) -> HttpResult {
    let (entry, body) = find(&app, position).await?;
    let receipt = record::receipt(&app, entry.position).await?;
    let may_take_down = visit
        .viewer
        .as_ref()
        .is_some_and(|viewer| rules(viewer, &entry));
    Ok(show(
        &visit,
        &EntryPage {
            entry,
            body,
            receipt,
            may_take_down,
        },
    ))
}

async fn find(app: &App, position: u64) -> Result<(Entry, Body), HttpError> {
    let index = EntryIndex::new(position).ok_or(HttpError::NotFound)?;
    let mut tx = app.database.read().await?;
    let entry = store::entry(&mut tx, index)
        .await?
        .ok_or(HttpError::NotFound)?;
    let body = store::body_of(&mut tx, index)
        .await?
        .ok_or(HttpError::NotFound)?;
    Ok((entry, body))
}

/// An administrator rules over the entries of the own jurisdiction; the deployment's own over none.
fn rules(viewer: &Viewer, entry: &Entry) -> bool {
    entry
        .jurisdiction
        .is_some_and(|jurisdiction| viewer.holds(Role::Admin, jurisdiction))
}

pub(super) struct EntryPage {
    pub(super) entry: Entry,
    pub(super) body: Body,
    pub(super) receipt: InclusionProof,
    pub(super) may_take_down: bool,
}

impl Page for EntryPage {
    fn title(&self, locale: &Locale) -> String {
        format!(
            "{} {}",
            body_view::kind(locale, &self.entry.kind),
            self.entry.position
        )
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        html! {
            (breadcrumbs(locale, &[("/record".into(), locale.text("record-title"))], &self.entry.position.to_string()))
            h1 { (body_view::kind(locale, &self.entry.kind)) }
            (self.facts(visit))
            h2 { (locale.text("record-body")) }
            (self.shown_body(visit))
            h2 { (locale.text("record-proof")) }
            p { (locale.text("record-proof-note")) }
            details {
                summary { (locale.text("record-proof-hashes")) }
                @if self.receipt.proof.is_empty() { p { (locale.text("record-proof-alone")) } }
                ol { @for sibling in &self.receipt.proof { li { (hash(sibling)) } } }
                h3 { (locale.text("record-checkpoint")) }
                pre tabindex="0" { (self.receipt.checkpoint) }
            }
            p { a.button.secondary href={ (entry_path(self.entry.position)) "/receipt" } {
                (icon(Icon::Download)) (locale.text("record-receipt"))
            } }
            @if self.may_take_down && matches!(self.body, Body::Shown { .. }) { (self.take_down_form(locale)) }
        }
    }
}

impl EntryPage {
    fn facts(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let header = LeafHeader::from_entry(self.entry.header.as_bytes()).ok();
        let mut rows = vec![
            (
                locale.text("record-position"),
                html! { span.number { (self.entry.position) } },
            ),
            (locale.text("record-time"), moment(visit, self.entry.at)),
            (
                locale.text("record-subject"),
                html! { span.mono { (self.entry.subject) } },
            ),
        ];
        if let Some(header) = header {
            if header.scope() != "-" {
                let path = format!("/j/{}", header.scope());
                rows.push((
                    locale.text("record-scope"),
                    html! { a href=(path) { (header.scope()) } },
                ));
            }
            rows.push((
                locale.text("record-body-hash"),
                hash(&header.body().to_hex()),
            ));
        }
        facts(&rows)
    }

    fn shown_body(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        match &self.body {
            Body::Shown { text, salt } => html! {
                section.panel { (body_view::body(locale, &self.entry.kind, text)) }
                details {
                    summary { (locale.text("record-raw")) }
                    p { (locale.text("record-raw-note")) }
                    p { (hash(&hex::encode(salt))) }
                    pre tabindex="0" { (text) }
                    p { (locale.text("record-leaf")) }
                    pre tabindex="0" { (self.entry.header) }
                }
            },
            Body::TakenDown { at, reason } => notice(
                Tone::Warn,
                &html! {
                    p { (locale.text("record-taken-down")) }
                    p { (locale.text(&format!("reason-{reason}"))) " · " (moment(visit, *at)) }
                },
            ),
        }
    }

    fn take_down_form(&self, locale: &Locale) -> Markup {
        html! {
            form.form method="post" action={ (entry_path(self.entry.position)) "/take-down" } {
                h2 { (locale.text("record-take-down")) }
                p.hint { (locale.text("record-take-down-note")) }
                fieldset {
                    legend { (locale.text("fact-reason")) }
                    div.choices { @for reason in Reason::ALL {
                        label.choice {
                            input type="radio" name="reason" value=(reason.code()) required;
                            span { (locale.text(&format!("reason-{}", reason.code()))) }
                        }
                    } }
                }
                button.danger type="submit" { (locale.text("record-take-down")) }
            }
        }
    }
}

/// Why a body is to be taken down.
#[derive(Debug, Deserialize)]
pub(crate) struct TakeDown {
    #[serde(default)]
    reason: String,
}

/// `POST /record/entry/{position}/take-down`
pub(crate) async fn take_down(
    State(app): State<App>,
    viewer: Viewer,
    Path(position): Path<u64>,
    Form(asked): Form<TakeDown>,
) -> HttpResult {
    let (entry, _) = find(&app, position).await?;
    if !rules(&viewer, &entry) {
        return Err(HttpError::Forbidden);
    }
    let reason = Reason::find(&asked.reason).ok_or(HttpError::invalid("reason", "required"))?;
    let place = entry.jurisdiction.map(|jurisdiction| Scope {
        jurisdiction,
        cycle: None,
    });
    record::take_down(&app, viewer.actor(), place, entry.position, reason)
        .await?
        .ok_or(HttpError::Conflict("already-taken-down"))?;
    Ok(redirect_with(
        &entry_path(entry.position),
        "record-taken-down",
    ))
}
