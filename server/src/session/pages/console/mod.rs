//! The office's console (会务台): where each poll of the meeting stands, for whom it waits, and the way to what comes next. It is sent
//! again whenever something has changed, like the big screen, and by the same watcher.

mod leading;
mod steps;
mod view;

pub(super) use leading::{Leading, LeadingSigns};
pub(super) use view::poll;

use super::screen;
use crate::session::in_poll::InPoll;
use crate::web::components::{empty_state, page_head};
use crate::web::cycle_path::{CycleHeading, InCycle};
use crate::web::http_error::HttpResult;
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::visit::Visit;
use axum::extract::State;
use domain::infra::app::App;
use domain::people::Role;
use domain::session::store;
use maud::{Markup, html};

/// Who sees it: those who lead, and the desk.
pub(in crate::session) const CONSOLE_ROLES: &[Role] = &[
    Role::Office,
    Role::ChiefScrutineer,
    Role::Scrutineer,
    Role::Chair,
    Role::Teller,
];

struct Console {
    heading: CycleHeading,
    /// Those under way first, then those that are over, each as its stream sends it.
    polls: Vec<(InPoll, Markup)>,
}

impl Page for Console {
    fn title(&self, locale: &Locale) -> String {
        locale.text("console-title")
    }

    fn cycle(&self) -> Option<&CycleHeading> {
        Some(&self.heading)
    }

    fn scripts(&self) -> &'static [&'static str] {
        &["js/live.js"]
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let jurisdiction = &self.heading.jurisdiction;
        let body = &jurisdiction.settings.body;
        html! {
            p.back { a href={ (self.heading.path()) "/session" } { "← " (locale.text("session-title")) } }
            (page_head(&locale.text("console-title"), &locale.text_about("console-lead", body)))
            @if jurisdiction.kind.is_advisory() { p.notice { (locale.text_about("session-advisory", body)) } }
            @if self.polls.is_empty() { (empty_state(locale, "session-no-polls")) }
            @for (found, shown) in &self.polls {
                @if found.poll.state.name().is_over() {
                    div { (shown) }
                } @else {
                    div data-live={ (found.page()) "/console/events" } { (shown) }
                }
            }
        }
    }
}

/// `GET …/session/console`
pub(crate) async fn console(State(app): State<App>, visit: Visit, at: InCycle) -> HttpResult {
    let mut tx = app.database.read().await?;
    let (here, cycle) = (at.cycle().jurisdiction, at.cycle().id);
    let mut all = store::polls_of_cycle(&mut tx, here, cycle).await?;
    drop(tx);
    all.sort_by_key(|poll| poll.state.name().is_over());
    let heading = at.heading.clone();
    let mut polls = Vec::new();
    for one in all {
        let found = InPoll::of(one, at.clone());
        let facts = screen::load(&app, found.clone()).await?;
        polls.push((found, poll(&visit, &facts)));
    }
    Ok(show(&visit, &Console { heading, polls }))
}

/// Whether somebody may see the console of this cycle's meeting.
pub(super) fn is_for(visit: &Visit, heading: &CycleHeading) -> bool {
    visit.holds_any(CONSOLE_ROLES, heading.jurisdiction.id)
}
