//! `/j/{jurisdiction}/{year}/proposals/mine`: a person's own proposals, and what became of them.

use super::state_badge;
use crate::web::components::{empty_state, page_head};
use crate::web::cycle_path::{CycleHeading, InCycle};
use crate::web::http_error::HttpResult;
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::shared::proposal_card::{list_path, meta};
use crate::web::shared::screening_decision::outcome_badge;
use crate::web::visit::Visit;
use axum::extract::State;
use domain::infra::app::App;
use domain::people::Viewer;
use domain::proposals::{Proposal, store};
use domain::screening::{self, Standing};
use maud::{Markup, html};

/// How far down the list of a person's own proposals is looked what became of them: a resident makes a handful, a station's
/// staff enters many.
const FOLLOWED: usize = 50;

struct MinePage {
    heading: CycleHeading,
    own: Vec<(Proposal, Option<Standing>)>,
}

/// A person's own proposals, whatever their state.
pub(crate) async fn mine(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    at: InCycle,
) -> HttpResult {
    let mut tx = app.database.read().await?;
    let mut own = Vec::new();
    for (place, proposal) in (0..).zip(store::of_person(&mut tx, at.cycle(), viewer.account).await?)
    {
        let standing = if place < FOLLOWED {
            screening::standing(&mut tx, at.cycle(), proposal.id).await?
        } else {
            None
        };
        own.push((proposal, standing));
    }
    let page = MinePage {
        own,
        heading: at.heading,
    };
    Ok(show(&visit, &page))
}

impl Page for MinePage {
    fn title(&self, locale: &Locale) -> String {
        locale.text("my-proposals")
    }

    fn cycle(&self) -> Option<&CycleHeading> {
        Some(&self.heading)
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let path = list_path(&self.heading);
        html! {
            (page_head(&locale.text("my-proposals"), &locale.text("my-proposals-lead")))
            @if self.own.is_empty() { (empty_state(locale, "my-proposals-empty")) }
            h2.visually-hidden { (locale.text("cycle-proposals")) }
            ul.list {
                @for (proposal, standing) in &self.own {
                    li {
                        h3 { a href={ (path) "/" (proposal.id) } { (proposal.content.title) } }
                        (meta(visit, &self.heading.jurisdiction.settings, proposal))
                        p.row {
                            (state_badge(locale, &proposal.state))
                            span { (locale.text_with("supporters", &[("count", proposal.supporters.into())])) }
                        }
                        @if let Some(standing) = standing { (self.became(locale, standing)) }
                    }
                }
            }
        }
    }
}

impl MinePage {
    /// What became of a proposal: the answer of the screening, and the candidates that grew from it.
    fn became(&self, locale: &Locale, standing: &Standing) -> Markup {
        let settings = &self.heading.jurisdiction.settings;
        let path = self.heading.path();
        html! {
            @if let Some(decision) = &standing.decision {
                p { (locale.text("screening-says")) " " (outcome_badge(locale, settings, &decision.outcome)) }
                @if !decision.explanation.is_empty() { p { (decision.explanation) } }
            }
            @for (code, title) in &standing.candidates {
                p { (locale.text("became-candidate")) " " a.own-line href={ (path) "/shortlist/" (code) } { (code) " " (title) } }
            }
        }
    }
}
