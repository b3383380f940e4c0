//! Where a delegation's head confirms, by name, who of it is present.

use crate::session::in_poll::InPoll;
use crate::web::components::{empty_state, page_head};
use crate::web::cycle_path::CycleHeading;
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::visit::{Visit, redirect_with};
use axum::extract::State;
use axum_extra::extract::Form;
use domain::infra::app::App;
use domain::people::Viewer;
use domain::session::{Headcount, StateName, confirm_headcount, headcounts};
use maud::{Markup, html};
use serde::Deserialize;

struct HeadcountPage {
    found: InPoll,
    own: Option<Headcount>,
}

impl Page for HeadcountPage {
    fn title(&self, locale: &Locale) -> String {
        locale.text("headcount-title")
    }

    fn cycle(&self) -> Option<&CycleHeading> {
        Some(self.found.heading())
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        html! {
            p.back { a href=(self.found.page()) { "← " (self.found.poll.title) } }
            (page_head(&locale.text("headcount-title"), &locale.text("headcount-lead")))
            @match &self.own {
                None => (empty_state(locale, "headcount-not-yours")),
                Some(count) => (self.names(locale, count)),
            }
        }
    }
}

impl HeadcountPage {
    fn names(&self, locale: &Locale, count: &Headcount) -> Markup {
        let size = locale.text_with("delegation-size", &[("count", count.present.len().into())]);
        html! {
            section.card {
                h2 { (count.delegation.name) " " small { (size) } }
                ol.roster { @for one in &count.present { li value=(one.number) { (one.name) } } }
                @if count.is_confirmed() {
                    p.notice { (locale.text("headcount-confirmed")) }
                } @else if self.found.poll.state.name() == StateName::RulesAdopted {
                    form method="post" action={ (self.found.page()) "/headcount" } {
                        input type="hidden" name="names" value=(count.names);
                        button.button.primary.wide type="submit" { (locale.text("headcount-button")) }
                    }
                } @else {
                    p.notice { (locale.text("error-check-in-closed")) }
                }
            }
        }
    }
}

/// `GET …/polls/{poll}/headcount`
pub(crate) async fn headcount(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    found: InPoll,
) -> HttpResult {
    let mut tx = app.database.read().await?;
    let own = headcounts(&mut tx, &found.poll)
        .await?
        .into_iter()
        .find(|one| one.delegation.head_account == Some(viewer.account));
    drop(tx);
    Ok(show(&visit, &HeadcountPage { found, own }))
}

/// The hash of the names that the page showed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct HeadcountForm {
    names: String,
}

/// `POST …/polls/{poll}/headcount`
pub(crate) async fn confirm(
    State(app): State<App>,
    viewer: Viewer,
    found: InPoll,
    Form(form): Form<HeadcountForm>,
) -> Result<axum::response::Response, HttpError> {
    let poll = &found.poll;
    confirm_headcount(
        &app,
        viewer.account,
        poll.jurisdiction,
        poll.id,
        &form.names,
    )
    .await?;
    let back = format!("{}/headcount", found.page());
    Ok(redirect_with(&back, "saved"))
}
