//! The big screen (大屏幕): what the whole hall sees of a poll, from 30 metres; and how it stays live.
//!
//! It says what everybody may know, and nothing else: of ballots, how many came back. Only the code of the check-in is for the
//! hall alone, so that it is shown where the desk or the office has opened the page.

mod facts;
mod live;
mod views;

pub(super) use facts::{Facts, load};
pub(crate) use live::Screens;

use crate::session::in_poll::InPoll;
use crate::session::pages::{console, counts};
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::layout;
use crate::web::visit::Visit;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse as _;
use axum_extra::extract::Query;
use domain::infra::app::App;
use domain::infra::clock::Timestamp;
use domain::people::Role;
use maud::{Markup, html};
use serde::Deserialize;

/// Who opens the screen of the hall itself.
pub(in crate::session) const HALL_ROLES: &[Role] = &[Role::Office, Role::Teller];

/// How the screen looks.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ScreenQuery {
    look: String,
}

/// Whether the code of the hall is shown to whoever asks. In the demo everybody is everybody.
fn is_in_the_hall(app: &App, visit: &Visit, found: &InPoll) -> bool {
    app.demo || visit.holds_any(HALL_ROLES, found.poll.jurisdiction)
}

/// `GET …/polls/{poll}/screen`
pub(crate) async fn screen(
    State(app): State<App>,
    visit: Visit,
    found: InPoll,
    Query(query): Query<ScreenQuery>,
) -> HttpResult {
    let is_light = query.look == "light";
    let facts = load(&app, found).await?;
    let in_hall = is_in_the_hall(&app, &visit, &facts.found);
    let page = facts.found.page();
    let locale = visit.locale;
    let main = html! {
        div.screen-live data-live={ (page) "/screen/events" } { (views::view(&visit, &facts, app.clock.now(), in_hall)) }
        footer.screen-foot {
            a href=(page) { (locale.text("screen-to-poll")) }
            @if is_light {
                a href={ (page) "/screen" } { (locale.text("screen-dark")) }
            } @else {
                a href={ (page) "/screen?look=light" } { (locale.text("screen-light")) }
            }
        }
    };
    let look = if is_light {
        "screen light"
    } else {
        "screen dark"
    };
    let title = locale.labelled(&locale.text("screen-title"), &facts.found.poll.title);
    Ok(layout::bare(&visit, look, &title, &main).into_response())
}

/// What one listener is shown.
#[derive(Clone, Copy)]
enum Shown {
    Screen,
    Counts,
    Console,
}

impl Shown {
    fn of(self, visit: &Visit, facts: &Facts, now: Timestamp, in_hall: bool) -> Markup {
        match self {
            Self::Screen => views::view(visit, facts, now, in_hall),
            Self::Counts => counts::table(visit.locale, &facts.delegations),
            Self::Console => console::poll(visit, facts),
        }
    }
}

/// `GET …/polls/{poll}/screen/events`: the screen's content, again whenever it has changed.
pub(crate) async fn screen_events(
    screens: Screens,
    app: App,
    visit: Visit,
    found: InPoll,
    headers: HeaderMap,
) -> HttpResult {
    events(screens, app, visit, found, &headers, Shown::Screen).await
}

/// `GET …/polls/{poll}/attendance/events`: the same of attendance by delegation.
pub(crate) async fn attendance_events(
    screens: Screens,
    app: App,
    visit: Visit,
    found: InPoll,
    headers: HeaderMap,
) -> HttpResult {
    events(screens, app, visit, found, &headers, Shown::Counts).await
}

/// `GET …/polls/{poll}/console/events`: the same of the console, for those who lead.
pub(crate) async fn console_events(
    screens: Screens,
    app: App,
    visit: Visit,
    found: InPoll,
    headers: HeaderMap,
) -> HttpResult {
    events(screens, app, visit, found, &headers, Shown::Console).await
}

async fn events(
    screens: Screens,
    app: App,
    visit: Visit,
    found: InPoll,
    headers: &HeaderMap,
    shown: Shown,
) -> HttpResult {
    // It has no end, so it is no page: only who can read a stream of events gets one.
    let accepts = headers.get(header::ACCEPT);
    if accepts.is_none_or(|value| value.as_bytes() != b"text/event-stream") {
        return Err(HttpError::NotFound);
    }
    let in_hall = is_in_the_hall(&app, &visit, &found);
    let watched = screens.watch(&app, found).await?;
    let render = move |facts: &Facts| {
        let fragment = shown.of(&visit, facts, app.clock.now(), in_hall);
        layout::fragment(visit.locale, fragment)
    };
    Ok(live::stream(watched, render).into_response())
}
