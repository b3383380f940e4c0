//! Where the office says until when the vote is planned, and how that is shown.

use crate::session::in_poll::InPoll;
use crate::web::components::Field;
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::locale::Locale;
use crate::web::visit::{Visit, redirect_with};
use axum::extract::State;
use axum_extra::extract::Form;
use domain::infra::app::App;
use domain::infra::clock::Timestamp;
use domain::infra::field_errors::FieldErrors;
use domain::people::Viewer;
use domain::session::plan_end;
use maud::{Markup, html};
use serde::Deserialize;

/// The most minutes ahead: a session's day.
const MOST: i64 = 600;

/// The clock time of a planned end.
pub(super) fn clock_time(visit: &Visit, end: Timestamp) -> String {
    let local = end.in_zone(visit.zone);
    format!("{:02}:{:02}", local.hour(), local.minute())
}

/// The form, with what is planned now.
pub(super) fn setting(visit: &Visit, page: &str, planned: Option<Timestamp>) -> Markup {
    let locale = visit.locale;
    let errors = FieldErrors::none();
    let minutes = Field {
        name: "planned_minutes",
        value: "",
        errors: &errors,
        required: false,
    };
    html! {
        section {
            h2 { (locale.text("planned-end-title")) }
            p { (now(visit, planned)) }
            form.form method="post" action={ (page) "/planned-end" } {
                (minutes.input(locale, "number", "off"))
                button.secondary type="submit" { (locale.text("planned-end-save")) }
            }
        }
    }
}

/// What is planned, in a sentence.
pub(super) fn now(visit: &Visit, planned: Option<Timestamp>) -> String {
    match planned {
        Some(end) => visit
            .locale
            .text_with("planned-end-at", &[("time", clock_time(visit, end).into())]),
        None => visit.locale.text("planned-end-none"),
    }
}

/// For whoever votes: until when, where it is planned.
pub(super) fn note(locale: &Locale, time: Option<&str>) -> Markup {
    html! {
        @if let Some(time) = time {
            p.note { (locale.text_with("planned-end-at", &[("time", time.to_owned().into())])) }
        }
    }
}

/// So many minutes from now; nothing takes the plan back.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct EndForm {
    planned_minutes: String,
}

impl EndForm {
    fn read(&self) -> Result<Option<u32>, HttpError> {
        if self.planned_minutes.trim().is_empty() {
            return Ok(None);
        }
        let mut errors = FieldErrors::none();
        let minutes = errors.whole_number("planned_minutes", &self.planned_minutes, 1, MOST);
        let minutes = minutes.and_then(|minutes| u32::try_from(minutes).ok());
        let wrong = || HttpError::invalid("planned_minutes", "planned-minutes");
        minutes.map(Some).ok_or_else(wrong)
    }
}

/// `POST …/polls/{poll}/planned-end`
pub(crate) async fn set(
    State(app): State<App>,
    viewer: Viewer,
    found: InPoll,
    Form(form): Form<EndForm>,
) -> HttpResult {
    let poll = &found.poll;
    plan_end(
        &app,
        viewer.actor(),
        poll.jurisdiction,
        poll.id,
        form.read()?,
    )
    .await?;
    Ok(redirect_with(&format!("{}/manage", found.page()), "saved"))
}
