//! The chief scrutineer's look at the result before the chair announces it (总监票人先行核对). Nobody else sees it, and each look is in
//! the audit.

use super::{result_view, status};
use crate::session::in_poll::InPoll;
use crate::web::components::page_head;
use crate::web::cycle_path::CycleHeading;
use crate::web::http_error::HttpResult;
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::visit::Visit;
use axum::extract::State;
use domain::infra::app::App;
use domain::people::Viewer;
use domain::session::{PollItem, PollOutcome, StateName, look_first, store};
use maud::{Markup, html};
use tally::rules::Rule;

struct FirstLook {
    found: InPoll,
    items: Vec<PollItem>,
    /// Once it was asked for.
    result: Option<(Rule, PollOutcome)>,
}

impl Page for FirstLook {
    fn title(&self, locale: &Locale) -> String {
        locale.text("first-look-title")
    }

    fn cycle(&self) -> Option<&CycleHeading> {
        Some(self.found.heading())
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let is_due = self.found.poll.state.name() == StateName::Decrypted;
        html! {
            p.back { a href={ (self.found.page()) "/manage" } { "← " (self.found.poll.title) } }
            (page_head(&locale.text("first-look-title"), &locale.text("first-look-lead")))
            (status::advisory(locale, &self.found))
            @if let Some((rule, outcome)) = &self.result {
                p.notice role="status" { (locale.text("first-look-silence")) }
                p { strong { (result_view::sentence(locale, rule, outcome)) } }
                (result_view::outcome(locale, rule, outcome, &self.items))
            } @else if is_due {
                form method="post" action={ (self.found.page()) "/first-look" } {
                    button.button.primary type="submit" { (locale.text("first-look-button")) }
                }
            } @else {
                p.notice { (locale.text("first-look-not-now")) }
            }
        }
    }
}

async fn load(app: &App, found: InPoll) -> HttpResult<FirstLook> {
    let mut tx = app.database.read().await?;
    let items = store::items(&mut tx, &found.poll).await?;
    drop(tx);
    Ok(FirstLook {
        found,
        items,
        result: None,
    })
}

/// `GET …/polls/{poll}/first-look`
pub(crate) async fn first_look(State(app): State<App>, visit: Visit, found: InPoll) -> HttpResult {
    Ok(show(&visit, &load(&app, found).await?))
}

/// `POST …/polls/{poll}/first-look`
pub(crate) async fn look(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    found: InPoll,
) -> HttpResult {
    let (here, poll) = (found.poll.jurisdiction, found.poll.id);
    let result = look_first(&app, viewer.account, here, poll).await?;
    let page = FirstLook {
        result: Some(result),
        ..load(&app, found).await?
    };
    Ok(show(&visit, &page))
}
