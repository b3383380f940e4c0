//! `/j/{jurisdiction}/{year}/shortlist/{code}`: one candidate with the comments on it, for everybody once the list is published.

use super::comment_panel::CommentPanel;
use crate::web::components::{amount, breadcrumbs, day, facts as facts_list};
use crate::web::cycle_path::{CycleHeading, InCycle};
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::shared::districts::served;
use crate::web::visit::Visit;
use axum::extract::State;
use domain::infra::app::App;
use domain::infra::field_errors::FieldErrors;
use domain::proposals::{ProposalId, store as proposal_store};
use domain::screening::shortlist::published;
use domain::screening::{self, Candidate};
use maud::{Markup, html};

pub(super) struct CandidatePage {
    heading: CycleHeading,
    pub(super) candidate: Candidate,
    origins: Vec<(ProposalId, String)>,
    pub(super) panel: CommentPanel,
}

impl CandidatePage {
    /// The candidate of this code, as everybody may see it: none before the list is published.
    pub(super) async fn open(app: &App, at: &InCycle, code: &str) -> Result<Self, HttpError> {
        let mut tx = app.database.read().await?;
        let candidate = published(&mut tx, at.cycle())
            .await?
            .unwrap_or_default()
            .into_iter()
            .find(|candidate| candidate.facts.code == code)
            .ok_or(HttpError::NotFound)?;
        let mut origins = Vec::new();
        for origin in &candidate.proposals {
            if let Some(found) = proposal_store::find(&mut tx, at.cycle(), origin.id).await? {
                origins.push((origin.id, found.content.title));
            }
        }
        let mut comments = screening::comments(&mut tx, at.cycle()).await?;
        comments.retain(|comment| comment.candidate == Some(candidate.id));
        Ok(Self {
            heading: at.heading.clone(),
            panel: CommentPanel::new(app, comments, code),
            candidate,
            origins,
        })
    }
}

/// The page.
pub(crate) async fn candidate(State(app): State<App>, visit: Visit, at: InCycle) -> HttpResult {
    let code: String = at.param("code")?;
    Ok(show(&visit, &CandidatePage::open(&app, &at, &code).await?))
}

impl Page for CandidatePage {
    fn title(&self, _: &Locale) -> String {
        self.candidate.facts.title.clone()
    }

    fn errors(&self) -> Option<&FieldErrors> {
        Some(&self.panel.errors)
    }

    fn cycle(&self) -> Option<&CycleHeading> {
        Some(&self.heading)
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let path = self.heading.path();
        let facts = &self.candidate.facts;
        html! {
            (breadcrumbs(locale, &[(format!("{path}/shortlist"), locale.text("cycle-shortlist"))], &facts.code))
            header.page-head { p.eyebrow { (facts.code) } h1 { (facts.title) } p.lead { (facts.goal) } }
            div.split {
                div.stack {
                    div.prose { @for line in facts.summary.lines() { p { (line) } } }
                    h2 { (locale.text("field-candidate-milestones")) }
                    ol.milestones {
                        @for milestone in &facts.milestones {
                            li {
                                strong { (milestone.text) }
                                p.muted {
                                    (day(locale, milestone.due)) " · "
                                    (locale.text_with("planned-percent", &[("percent", milestone.planned_percent.into())]))
                                }
                            }
                        }
                    }
                    @if !self.origins.is_empty() {
                        h2 { (locale.text("grown-from")) }
                        ul { @for (id, title) in &self.origins { li { a href={ (path) "/proposals/" (id) } { (title) } } } }
                    }
                }
                aside { section.panel {
                    (facts_list(&[
                        (locale.text("field-candidate-unit"), html! { (facts.unit) }),
                        (locale.text("field-candidate-lead"), html! { (facts.lead) }),
                        (locale.text("field-candidate-budget"), amount(locale, facts.budget)),
                        (locale.text("field-candidate-funding"), html! { (facts.funding) }),
                        (locale.text("field-candidate-location"), html! { (facts.location) }),
                        (locale.text("candidate-serves"), html! { (served(locale, self.heading.jurisdiction.kind, &facts.districts)) }),
                    ]))
                } }
            }
            (self.panel.shown(visit, &self.heading, &[]))
        }
    }
}
