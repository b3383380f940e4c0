//! One entry of the record: what it says, that it is in the record, and how its body is taken down.

use super::body_view;
use super::record::entry_path;
use crate::web::choice::Choice;
use crate::web::components::{Icon, Tone, breadcrumbs, facts, hash, icon, moment, notice};
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::visit::{Visit, redirect_with};
use axum::Form;
use axum::extract::{Path, State};
use domain::cycles::settings::Settings;
use domain::cycles::store as cycle_store;
use domain::infra::app::App;
use domain::people::Role;
use domain::people::Viewer;
use domain::record::Reason;
use domain::record::change::Scope;
use domain::record::store::{self, Body, Entry};
use domain::record::{self, EntryIndex, InclusionProof};
use maud::{Markup, html};
use serde::Deserialize;
use tally::record::LeafHeader;

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
            settings: settings_of(&app, &entry).await?,
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

async fn settings_of(app: &App, entry: &Entry) -> Result<Option<Settings>, HttpError> {
    let Some(jurisdiction) = entry.jurisdiction else {
        return Ok(None);
    };
    let mut tx = app.database.read().await?;
    let version = cycle_store::settings(&mut tx, jurisdiction).await?;
    Ok(Some(version.settings))
}

/// An administrator rules over the entries of the own jurisdiction; the deployment's own over none.
fn rules(viewer: &Viewer, entry: &Entry) -> bool {
    entry
        .jurisdiction
        .is_some_and(|jurisdiction| viewer.holds(Role::Admin, jurisdiction))
}

pub(super) struct EntryPage {
    pub(super) entry: Entry,
    /// Those of the jurisdiction whose entry it is.
    pub(super) settings: Option<Settings>,
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
                section.panel { (body_view::body(locale, self.settings.as_ref(), &self.entry.kind, text)) }
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
                            input type="radio" name="reason" value=(reason.name()) required;
                            span { (locale.text(&format!("reason-{}", reason.name()))) }
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
    reason: Choice<Reason>,
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
    let reason = asked.reason.or_refused("reason")?;
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
