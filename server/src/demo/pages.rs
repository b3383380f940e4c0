//! The demo's page: be somebody, or let the county's people do what comes next.

use super::Demo;
use super::audit::DemoEvent;
use super::people::{DemoPerson, account_of, cast_of_characters};
use super::steps::{DemoStep, Now, next, take};
use crate::web::components::moment;
use crate::web::cookies::session_cookie;
use crate::web::cycle_path::CycleHeading;
use crate::web::held::{Held, proceed};
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::visit::{Visit, redirect_with};
use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use domain::infra::app::App;
use domain::infra::ids::AccountId;
use domain::people::session::{SignedIn, begin_proved_session};
use domain::people::{Caller, Viewer};
use domain::record::change::{Actor, Change};
use maud::{Markup, html};
use serde::Deserialize;

struct DemoPage {
    heading: CycleHeading,
    now: domain::infra::clock::Timestamp,
    step: Option<DemoStep>,
    people: Vec<DemoPerson>,
}

impl Page for DemoPage {
    fn title(&self, locale: &Locale) -> String {
        locale.text("demo-title")
    }

    fn cycle(&self) -> Option<&CycleHeading> {
        Some(&self.heading)
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        html! {
            header.page-head {
                h1 { (locale.text("demo-title")) }
                p.lead { (locale.text("demo-lead")) }
            }
            section.panel {
                h2 { (locale.text("demo-switch")) }
                p { (locale.text("demo-clock")) " " strong { (moment(visit, self.now)) } }
                @match self.step {
                    Some(step) => {
                        p { (locale.text(&format!("demo-step-{}-text", step.name()))) }
                        form method="post" action="/demo/step" {
                            input type="hidden" name="step" value=(step.name());
                            button type="submit" { (locale.text(&format!("demo-step-{}", step.name()))) }
                        }
                    }
                    None => p.notice { (locale.text("demo-no-step")) }
                }
            }
            section {
                h2 { (locale.text("demo-people")) }
                p { (locale.text("demo-people-text")) }
                ul.cards {
                    @for person in &self.people {
                        li.card {
                            p.eyebrow { (locale.text(&format!("role-{}", person.role.name()))) }
                            h3 { (person.name) }
                            @if !person.note.is_empty() { p.card-meta { (person.note) } }
                            form method="post" action="/demo/sign-in" {
                                input type="hidden" name="email" value=(person.email);
                                button.secondary type="submit" {
                                    (locale.text("demo-be"))
                                    span.visually-hidden { " " (person.name) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// `GET /demo`
pub(crate) async fn demo(State(app): State<App>, visit: Visit) -> HttpResult {
    let demo = Demo::of(&app)?;
    let now = Now::read(&app).await?;
    let page = DemoPage {
        now: app.clock.now(),
        step: next(&app, &demo.content, &now).await?,
        people: cast_of_characters(&demo.content.people),
        heading: CycleHeading::read(&app, now.county, now.cycle).await?,
    };
    Ok(show(&visit, &page))
}

/// The step that the visitor saw.
#[derive(Debug, Deserialize)]
pub(crate) struct StepForm {
    step: String,
}

/// `POST /demo/step`
pub(crate) async fn step(State(app): State<App>, Form(form): Form<StepForm>) -> HttpResult {
    let demo = Demo::of(&app)?;
    let now = Now::read(&app).await?;
    if let Some(step) = next(&app, &demo.content, &now)
        .await?
        .filter(|step| step.name() == form.step)
    {
        take(&app, &demo.content, step).await?;
    }
    Ok(redirect_with("/demo", "demo-stepped"))
}

/// Whom the visitor wants to be.
#[derive(Debug, Deserialize)]
pub(crate) struct SignInForm {
    email: String,
}

/// `POST /demo/sign-in`
pub(crate) async fn sign_in(
    State(app): State<App>,
    cookies: CookieJar,
    caller: Caller,
    Form(form): Form<SignInForm>,
) -> HttpResult {
    let mut tx = app.database.read().await?;
    let account = account_of(&app, &mut tx, &form.email)
        .await
        .map_err(|_| HttpError::NotFound)?;
    drop(tx);
    enter_as(&app, cookies, &caller, account).await
}

/// `GET /demo/enter/{account}`: the same by a link, for tests.
pub(crate) async fn enter(
    State(app): State<App>,
    cookies: CookieJar,
    caller: Caller,
    Path(account): Path<String>,
) -> HttpResult {
    let account = account
        .parse::<uuid::Uuid>()
        .map(AccountId::from)
        .map_err(|_| HttpError::NotFound)?;
    enter_as(&app, cookies, &caller, account).await
}

/// What waits until the visitor has proved who they are.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct AgainForm {
    next: String,
    held: String,
}

/// `POST /demo/again`: one press is proof enough here.
pub(crate) async fn prove_again(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    caller: Caller,
    Form(form): Form<AgainForm>,
) -> HttpResult {
    let held = Held::read(&form.held)?;
    let signed_in = begin(&app, &caller, viewer.account).await?;
    Ok(proceed(&app, &visit, &signed_in, &form.next, held.as_ref()))
}

async fn begin(app: &App, caller: &Caller, account: AccountId) -> HttpResult<SignedIn> {
    let mut change = Change::begin(app, Actor::Account(account), None).await?;
    let signed_in = begin_proved_session(&mut change, app, account, caller, false)
        .await
        .map_err(|_| HttpError::NotFound)?;
    change.audit(DemoEvent::SignIn { account }).await?;
    change.commit().await?;
    Ok(signed_in)
}

async fn enter_as(
    app: &App,
    cookies: CookieJar,
    caller: &Caller,
    account: AccountId,
) -> HttpResult<Response> {
    let signed_in = begin(app, caller, account).await?;
    let home = format!("/j/{}/{}", super::seed::COUNTY, super::seed::YEAR);
    Ok((
        cookies.add(session_cookie(app, &signed_in.session)),
        Redirect::to(&home),
    )
        .into_response())
}
