//! Where the office says whether the check-in asks for the code that the hall's screen shows.

use crate::session::in_poll::InPoll;
use crate::web::choice::{Choice, YesNo};
use crate::web::http_error::HttpResult;
use crate::web::locale::Locale;
use crate::web::visit::redirect_with;
use axum::extract::State;
use axum_extra::extract::Form;
use domain::infra::app::App;
use domain::people::Viewer;
use domain::session::set_check_in_code;
use maud::{Markup, html};
use serde::Deserialize;

/// How it is now, and the button that changes it.
pub(super) fn setting(locale: &Locale, page: &str, asked: bool) -> Markup {
    let (now, other, button) = if asked {
        ("code-setting-on", YesNo::No, "code-setting-switch-off")
    } else {
        ("code-setting-off", YesNo::Yes, "code-setting-switch-on")
    };
    html! {
        section {
            h2 { (locale.text("code-setting-title")) }
            p { (locale.text(now)) }
            form method="post" action={ (page) "/check-in-code" } {
                input type="hidden" name="asked" value=(other.name());
                button.secondary type="submit" { (locale.text(button)) }
            }
        }
    }
}

/// Whether the code is asked for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct CodeForm {
    asked: Choice<YesNo>,
}

/// `POST …/polls/{poll}/check-in-code`
pub(crate) async fn set(
    State(app): State<App>,
    viewer: Viewer,
    found: InPoll,
    Form(form): Form<CodeForm>,
) -> HttpResult {
    let asked = form.asked.or_refused("asked")? == YesNo::Yes;
    let poll = &found.poll;
    set_check_in_code(&app, viewer.actor(), poll.jurisdiction, poll.id, asked).await?;
    Ok(redirect_with(&format!("{}/manage", found.page()), "saved"))
}
