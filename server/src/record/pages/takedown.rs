//! How the body of an entry is taken down: one administrator asks, another one confirms.

use super::entry::find;
use super::record::entry_path;
use crate::web::choice::Choice;
use crate::web::components::moment;
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::visit::{Visit, redirect_with};
use axum::Form;
use axum::extract::{Path, State};
use ballot::Print;
use domain::infra::app::App;
use domain::people::{Role, Viewer};
use domain::record::EntryIndex;
use domain::record::store::{Body, Entry};
use domain::takedown::{self, Reason, Request, may_be_taken_down};
use maud::{Markup, html};
use serde::Deserialize;
use tally::record::body::Sha256Hex;

/// What an administrator may do about showing a body.
pub(super) enum Takedown {
    /// It stays.
    Stays,
    /// Ask.
    Ask,
    /// Withdraw the request or, where it is another's, confirm it.
    Answer {
        /// What is asked.
        request: Request,
        /// Whether it is the viewer's own.
        own: bool,
    },
}

/// What the viewer may do; `None` where nothing.
pub(super) async fn takedown_of(
    app: &App,
    visit: &Visit,
    entry: &Entry,
    body: &Body,
) -> Result<Option<Takedown>, HttpError> {
    let ruling = |viewer: &&Viewer| rules(viewer, entry);
    let Some(viewer) = visit.viewer.as_ref().filter(ruling) else {
        return Ok(None);
    };
    if !may_be_taken_down(entry) {
        return Ok(Some(Takedown::Stays));
    }
    if matches!(body, Body::TakenDown { .. }) {
        return Ok(None);
    }
    let mut tx = app.database.read().await?;
    let request = takedown::request(&mut tx, entry.position).await?;
    Ok(Some(match request {
        None => Takedown::Ask,
        Some(request) => Takedown::Answer {
            own: request.asked_by == viewer.account,
            request,
        },
    }))
}

impl Takedown {
    pub(super) fn section(&self, visit: &Visit, entry: &Entry) -> Markup {
        let locale = visit.locale;
        html! {
            section {
                h2 { (locale.text("record-take-down")) }
                @match self {
                    Self::Stays => p.hint { (locale.text("record-stays")) },
                    Self::Ask => (ask_form(visit, entry)),
                    Self::Answer { request, own } => (answer_forms(visit, entry, request, *own)),
                }
            }
        }
    }
}

fn ask_form(visit: &Visit, entry: &Entry) -> Markup {
    let locale = visit.locale;
    html! {
        form.form method="post" action=(path(entry.position, "")) {
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
            button.danger type="submit" { (locale.text("record-takedown-ask")) }
        }
    }
}

fn answer_forms(visit: &Visit, entry: &Entry, request: &Request, own: bool) -> Markup {
    let locale = visit.locale;
    let matter = request.matter(entry);
    html! {
        p {
            (locale.text("record-takedown-asked")) " " (moment(visit, request.asked_at)) " · "
            (locale.text("fact-reason")) " " strong { (locale.text(&format!("reason-{}", request.reason.name()))) }
        }
        p.hint { (locale.text("record-takedown-print")) " " span.code { (Print::of_step(matter.as_str())) } }
        @if own {
            p { (locale.text("record-takedown-waits")) }
        } @else {
            form.form method="post" action=(path(entry.position, "/confirm")) {
                input type="hidden" name="matter" value=(matter.as_str());
                p.hint { (locale.text("record-takedown-confirm-note")) }
                button.danger type="submit" { (locale.text("record-takedown-confirm")) }
            }
        }
        form.form method="post" action=(path(entry.position, "/withdraw")) {
            button.secondary type="submit" { (locale.text("record-takedown-withdraw")) }
        }
    }
}

fn path(entry: EntryIndex, act: &str) -> String {
    format!("{}/take-down{act}", entry_path(entry))
}

/// An administrator rules over the entries of the own jurisdiction; the deployment's own over none.
fn rules(viewer: &Viewer, entry: &Entry) -> bool {
    entry
        .jurisdiction
        .is_some_and(|jurisdiction| viewer.holds(Role::Admin, jurisdiction))
}

/// Why a body is to be taken down.
#[derive(Debug, Deserialize)]
pub(crate) struct AskForm {
    #[serde(default)]
    reason: Choice<Reason>,
}

/// `POST /record/entry/{position}/take-down`
pub(crate) async fn ask(
    State(app): State<App>,
    viewer: Viewer,
    Path(position): Path<u64>,
    Form(form): Form<AskForm>,
) -> HttpResult {
    let (found, _) = find(&app, position).await?;
    if !rules(&viewer, &found) {
        return Err(HttpError::Forbidden);
    }
    let entry = found.position;
    let reason = form.reason.or_refused("reason")?;
    takedown::ask(&app, viewer.account, entry, reason).await?;
    Ok(redirect_with(&entry_path(entry), "record-takedown-waits"))
}

/// What the page showed to whoever confirms.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ConfirmForm {
    matter: String,
}

/// `POST /record/entry/{position}/take-down/confirm`
pub(crate) async fn confirm(
    State(app): State<App>,
    viewer: Viewer,
    Path(position): Path<u64>,
    Form(form): Form<ConfirmForm>,
) -> HttpResult {
    let (found, _) = find(&app, position).await?;
    if !rules(&viewer, &found) {
        return Err(HttpError::Forbidden);
    }
    let entry = found.position;
    let seen = Sha256Hex::new(form.matter.as_str())
        .ok_or_else(|| HttpError::invalid("matter", "unreadable"))?;
    takedown::confirm(&app, viewer.account, entry, &seen).await?;
    Ok(redirect_with(&entry_path(entry), "record-taken-down"))
}

/// `POST /record/entry/{position}/take-down/withdraw`
pub(crate) async fn withdraw(
    State(app): State<App>,
    viewer: Viewer,
    Path(position): Path<u64>,
) -> HttpResult {
    let (found, _) = find(&app, position).await?;
    let entry = found.position;
    takedown::withdraw(&app, viewer.account, entry).await?;
    Ok(redirect_with(
        &entry_path(entry),
        "record-takedown-withdrawn",
    ))
}
