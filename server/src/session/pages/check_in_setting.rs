//! Where the office lets a poll be checked in for with another one of the meeting.

use crate::session::in_poll::InPoll;
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::locale::Locale;
use crate::web::visit::redirect_with;
use axum::extract::State;
use axum_extra::extract::Form;
use domain::infra::app::App;
use domain::people::Viewer;
use domain::session::{Poll, check_in_together};
use maud::{Markup, html};
use serde::Deserialize;

/// With which poll deputies check in, and the others that they may check in with. Nothing where there is no choice.
pub(super) fn setting(locale: &Locale, page: &str, poll: &Poll, others: &[Poll]) -> Markup {
    if others.is_empty() && !poll.is_checked_in_before() {
        return html! {};
    }
    html! {
        section {
            h2 { (locale.text("check-in-with-title")) }
            p { (locale.text("check-in-with-lead")) }
            form.form method="post" action={ (page) "/check-in-with" } {
                div.field {
                    label for="field-with" { (locale.text("field-with")) }
                    select #field-with name="with" {
                        option value=(poll.id) selected[!poll.is_checked_in_before()] { (locale.text("check-in-with-own")) }
                        @for other in others {
                            option value=(other.id) selected[poll.check_in == other.id] { (other.title) }
                        }
                    }
                }
                button.secondary type="submit" { (locale.text("check-in-with-save")) }
            }
        }
    }
}

/// With which poll.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct WithForm {
    with: String,
}

/// `POST …/polls/{poll}/check-in-with`
pub(crate) async fn set(
    State(app): State<App>,
    viewer: Viewer,
    found: InPoll,
    Form(form): Form<WithForm>,
) -> HttpResult {
    let poll = &found.poll;
    let with = form.with.parse();
    let with = with.map_err(|_| HttpError::invalid("with", "not-an-option"))?;
    check_in_together(&app, viewer.actor(), poll.jurisdiction, poll.id, with).await?;
    Ok(redirect_with(&format!("{}/manage", found.page()), "saved"))
}
