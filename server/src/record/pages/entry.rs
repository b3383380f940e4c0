//! One entry of the record: what it says, and that it is in the record.

use super::body_view;
use super::record::entry_path;
use super::takedown::{Takedown, takedown_of};
use crate::web::components::{Icon, Tone, breadcrumbs, facts, hash, icon, moment, notice};
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::visit::Visit;
use axum::extract::{Path, State};
use domain::cycles::{Jurisdiction, store as cycle_store};
use domain::infra::app::App;
use domain::record::store::{self, Body, Entry};
use domain::record::{self, EntryIndex, InclusionProof};
use maud::{Markup, html};
use tally::record::LeafHeader;

/// `/record/entry/{position}`
pub(crate) async fn entry(
    State(app): State<App>,
    visit: Visit,
    Path(position): Path<u64>,
) -> HttpResult {
    let (entry, body) = find(&app, position).await?;
    let receipt = record::receipt(&app, entry.position).await?;
    let takedown = takedown_of(&app, &visit, &entry, &body).await?;
    Ok(show(
        &visit,
        &EntryPage {
            jurisdiction: jurisdiction_of(&app, &entry).await?,
            entry,
            body,
            receipt,
            takedown,
        },
    ))
}

pub(super) async fn find(app: &App, position: u64) -> Result<(Entry, Body), HttpError> {
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

async fn jurisdiction_of(app: &App, entry: &Entry) -> Result<Option<Jurisdiction>, HttpError> {
    let Some(id) = entry.jurisdiction else {
        return Ok(None);
    };
    let mut tx = app.database.read().await?;
    let all = cycle_store::jurisdictions(&mut tx).await?;
    Ok(all.into_iter().find(|one| one.id == id))
}

pub(super) struct EntryPage {
    pub(super) entry: Entry,
    /// Whose entry it is.
    pub(super) jurisdiction: Option<Jurisdiction>,
    pub(super) body: Body,
    pub(super) receipt: InclusionProof,
    /// What the viewer may do about showing the body.
    pub(super) takedown: Option<Takedown>,
}

impl Page for EntryPage {
    fn title(&self, locale: &Locale) -> String {
        format!(
            "{} {}",
            body_view::kind(locale, &self.entry.kind),
            self.entry.position
        )
    }

    fn feeds(&self, locale: &Locale) -> Vec<(String, String)> {
        vec![("/record.atom".to_owned(), locale.text("record-title"))]
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
            @if let Some(takedown) = &self.takedown { (takedown.section(visit, &self.entry)) }
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
            if let Some(jurisdiction) = &self.jurisdiction {
                let path = format!("/j/{}", header.scope());
                let year = header.scope().split_once('/').map(|(_, year)| year);
                rows.push((
                    locale.text("record-scope"),
                    html! { a href=(path) { (jurisdiction.name) @if let Some(year) = year { " " (year) } } },
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
                section.panel { (body_view::body(locale, self.jurisdiction.as_ref().map(|jurisdiction| &jurisdiction.settings), &self.entry.kind, text)) }
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
}
