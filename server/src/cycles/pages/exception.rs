//! A stage begins by an exception: the office's form, what the chair or the committee confirms, and what stands of it for everybody.

use super::cycle;
use crate::web::choice::Choice;
use crate::web::components::{Field, irrevocable};
use crate::web::cycle_path::InCycle;
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::locale::Locale;
use crate::web::visit::{Visit, redirect_with};
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use domain::closed_loop::{self, AdvanceError, Exception};
use domain::cycles::{Cycle, Stage};
use domain::infra::app::App;
use domain::infra::field_errors::FieldErrors;
use domain::people::{Role, Viewer};
use domain::session::Matter;
use maud::{Markup, html};
use serde::Deserialize;

/// What the office typed, or what is confirmed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ExceptionForm {
    to: Choice<Stage>,
    pub(super) exception_reason: String,
    /// The hash of what the page showed.
    matter: String,
    #[serde(skip)]
    pub(super) errors: FieldErrors,
}

/// `POST …/stage/exception`: the office asks.
pub(crate) async fn ask(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    at: InCycle,
    Form(mut form): Form<ExceptionForm>,
) -> HttpResult {
    let to = form.to.or_refused("to")?;
    let reason = &form.exception_reason;
    match closed_loop::ask_exception(&app, viewer.account, at.cycle(), to, reason).await {
        Ok(()) => Ok(redirect_with(&at.heading.path(), "exception-asked")),
        Err(AdvanceError::Form(errors)) => {
            form.errors = errors;
            let page = cycle::page(&app, &visit, at, form).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST …/stage/exception/confirm`: the chair or the committee confirms, and the stage begins.
pub(crate) async fn confirm(
    State(app): State<App>,
    viewer: Viewer,
    at: InCycle,
    Form(form): Form<ExceptionForm>,
) -> HttpResult {
    let to = form.to.or_refused("to")?;
    let seen = Matter::new(form.matter.as_str())
        .ok_or_else(|| HttpError::invalid("matter", "unreadable"))?;
    closed_loop::confirm_exception(&app, viewer.account, at.cycle(), to, &seen).await?;
    Ok(redirect_with(&at.heading.path(), "cycle-moved"))
}

/// The form by which the office asks to begin the stage all the same.
pub(super) fn asking(locale: &Locale, path: &str, to: Stage, form: &ExceptionForm) -> Markup {
    let reason = Field {
        name: "exception_reason",
        value: &form.exception_reason,
        errors: &form.errors,
        required: true,
    };
    let ask = locale.text("exception-ask");
    html! {
        details.panel open[!form.errors.is_empty()] {
            summary { (ask) }
            p { (locale.text("exception-lead")) }
            form.form method="post" action={ (path) "/stage/exception" } {
                input type="hidden" name="to" value=(to.name());
                (reason.textarea(locale, 3))
                button.button.secondary type="submit" { (ask) }
            }
        }
    }
}

/// What was asked for and waits; with the button for whoever may confirm it.
pub(super) fn waiting(
    locale: &Locale,
    path: &str,
    cycle: &Cycle,
    asked: &Exception,
    may_confirm: bool,
) -> Markup {
    let stage = locale.text(&format!("stage-{}", asked.to.name()));
    let confirm = locale.text_with("exception-confirm", &[("stage", stage.into())]);
    html! {
        div.notice {
            p { (locale.text_with("exception-waits", &[("open", asked.open_reworks.into())])) }
            p { (locale.text("exception-reason")) (asked.reason) }
            @if may_confirm {
                (irrevocable(&confirm, &locale.text("move-note"), &html! {
                    form method="post" action={ (path) "/stage/exception/confirm" } {
                        input type="hidden" name="to" value=(asked.to.name());
                        input type="hidden" name="matter" value=(asked.matter(cycle));
                        button.button.primary type="submit" { (confirm) }
                    }
                }))
            }
        }
    }
}

/// By what exception a stage has begun, for everybody.
pub(super) fn told(locale: &Locale, exception: &Exception) -> Markup {
    let Some((_, role, _)) = exception.confirmed else {
        return html! {};
    };
    let by = match role {
        Role::Committee => "exception-by-committee",
        _ => "exception-by-chair",
    };
    html! {
        p.note {
            (locale.text_with(by, &[("open", exception.open_reworks.into())])) " "
            (locale.text("exception-reason")) (exception.reason)
        }
    }
}
