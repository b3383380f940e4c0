//! `/j/{jurisdiction}/{year}/proposals/intake` (the office's queue) and `/mine` (a person's own proposals).

use super::state_badge;
use crate::web::components::{Field, empty_state, page_head};
use crate::web::cycle_path::{CycleHeading, InCycle};
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::query::Query;
use crate::web::shared::code_names::{offered_reason, reason_options};
use crate::web::shared::proposal_card::{list_path, meta};
use crate::web::shared::screening_decision::outcome_badge;
use crate::web::visit::{Visit, redirect_with};
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use domain::cycles::settings::{DeclineReasonCode, Settings};
use domain::infra::app::App;
use domain::infra::field_errors::FieldErrors;
use domain::people::Viewer;
use domain::proposals::{self, Proposal, ProposalId, store};
use domain::screening::{self, Standing};
use maud::{Markup, html};
use serde::Deserialize;

struct IntakePage {
    heading: CycleHeading,
    waiting: Vec<Proposal>,
    /// The proposal that is being declined, as far as it was typed. One at a time: a page has each field once.
    declining: Option<(ProposalId, Refusal, FieldErrors)>,
}

/// Which proposal is to be declined.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wish {
    decline: String,
}

/// A declining as it was typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Refusal {
    reason: String,
    explanation: String,
}

impl Refusal {
    fn check(&self, settings: &Settings) -> Result<(DeclineReasonCode, String), FieldErrors> {
        let mut errors = FieldErrors::none();
        let most = proposals::EXPLANATION_CHARACTERS;
        let explanation = errors.text("explanation", &self.explanation, 1, most);
        match offered_reason(&mut errors, settings, &self.reason) {
            Some(reason) if errors.is_empty() => Ok((reason, explanation)),
            _ => Err(errors),
        }
    }
}

/// The queue.
pub(crate) async fn intake(
    State(app): State<App>,
    visit: Visit,
    at: InCycle,
    Query(wish): Query<Wish>,
) -> HttpResult {
    let mut tx = app.database.read().await?;
    let wished = wish.decline.parse().ok();
    let page = IntakePage {
        waiting: store::submitted(&mut tx, at.cycle()).await?,
        heading: at.heading,
        declining: wished.map(|id| (id, Refusal::default(), FieldErrors::none())),
    };
    Ok(show(&visit, &page))
}

/// The office lets a proposal in.
pub(crate) async fn accept(State(app): State<App>, viewer: Viewer, at: InCycle) -> HttpResult {
    proposals::accept(&app, viewer.actor(), at.cycle(), at.param("proposal")?).await?;
    let path = format!("{}/intake", list_path(&at.heading));
    Ok(redirect_with(&path, "proposal-was-accepted"))
}

/// The office does not let a proposal in.
pub(crate) async fn decline(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    at: InCycle,
    Form(refusal): Form<Refusal>,
) -> HttpResult {
    let id: ProposalId = at.param("proposal")?;
    let (reason, explanation) = match refusal.check(&at.heading.jurisdiction.settings) {
        Ok(checked) => checked,
        Err(errors) => {
            let mut tx = app.database.read().await?;
            let waiting = store::submitted(&mut tx, at.cycle()).await?;
            if waiting.iter().all(|proposal| proposal.id != id) {
                return Err(HttpError::Conflict("already-decided"));
            }
            let page = IntakePage {
                waiting,
                heading: at.heading,
                declining: Some((id, refusal, errors)),
            };
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, show(&visit, &page)).into_response());
        }
    };
    proposals::decline(&app, viewer.actor(), at.cycle(), id, &reason, &explanation).await?;
    let path = format!("{}/intake", list_path(&at.heading));
    Ok(redirect_with(&path, "proposal-was-declined"))
}

impl Page for IntakePage {
    fn title(&self, locale: &Locale) -> String {
        locale.text("intake-title")
    }

    fn errors(&self) -> Option<&FieldErrors> {
        self.declining.as_ref().map(|(_, _, errors)| errors)
    }

    fn cycle(&self) -> Option<&CycleHeading> {
        Some(&self.heading)
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let path = list_path(&self.heading);
        html! {
            (page_head(&locale.text("intake-title"), &locale.text("intake-lead")))
            @if self.waiting.is_empty() { (empty_state(locale, "intake-empty")) }
            h2.visually-hidden { (locale.text("cycle-proposals")) }
            ul.list {
                @for proposal in &self.waiting {
                    li id={ "proposal-" (proposal.id) } {
                        h3 { a href={ (path) "/" (proposal.id) } { (proposal.content.title) } }
                        (meta(visit, &self.heading.jurisdiction.settings, proposal))
                        p { (proposal.content.body) }
                        (self.decision(locale, &path, proposal))
                    }
                }
            }
        }
    }
}

impl IntakePage {
    fn decision(&self, locale: &Locale, path: &str, proposal: &Proposal) -> Markup {
        let declining = self
            .declining
            .as_ref()
            .filter(|(id, _, _)| *id == proposal.id);
        let wish = format!(
            "{path}/intake?decline={}#proposal-{}",
            proposal.id, proposal.id
        );
        html! {
            div.actions {
                form.inline method="post" action={ (path) "/" (proposal.id) "/accept" } {
                    button type="submit" { (locale.text("proposal-accept")) }
                }
                @if declining.is_none() { a.button.secondary href=(wish) { (locale.text("proposal-decline")) } }
            }
            @if let Some((_, refusal, errors)) = declining {
                form.form.panel method="post" action={ (path) "/" (proposal.id) "/decline" } {
                    (Field { name: "reason", value: &refusal.reason, errors, required: true }
                        .select(locale, &reason_options(locale, &self.heading.jurisdiction.settings, &refusal.reason)))
                    (Field { name: "explanation", value: &refusal.explanation, errors, required: true }
                        .textarea(locale, 3))
                    div.actions {
                        button.danger type="submit" { (locale.text("proposal-decline")) }
                        a.button.secondary href={ (path) "/intake" } { (locale.text("cancel")) }
                    }
                }
            }
        }
    }
}

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
