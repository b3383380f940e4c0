//! `/j/{jurisdiction}/{year}/proposals/intake/{proposal}`: one that waits beside the list, with what is like it, and the form that lets
//! it in or not.

use super::intake::{IntakeQuery, Waiting};
use crate::web::components::{Field, amount, facts};
use crate::web::cycle_path::{CycleHeading, InCycle};
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::query::Query;
use crate::web::shared::bench::{self, Beside, SCRIPT};
use crate::web::shared::code_names::{offered_reason, reason_options};
use crate::web::shared::proposal_card::{list_path, meta};
use crate::web::visit::Visit;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect};
use domain::cycles::settings::{DeclineReasonCode, Settings};
use domain::infra::app::App;
use domain::infra::field_errors::FieldErrors;
use domain::people::Viewer;
use domain::proposals::{self, Proposal, ProposalId, State as ProposalState, search, store};
use maud::{Markup, html};
use serde::Deserialize;

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
        let reason = offered_reason(&mut errors, settings, &self.reason);
        let most = proposals::EXPLANATION_CHARACTERS;
        let explanation = errors.text("explanation", &self.explanation, 1, most);
        match reason {
            Some(reason) if errors.is_empty() => Ok((reason, explanation)),
            _ => Err(errors),
        }
    }
}

/// One that waits. What is decided already has a page of its own.
pub(crate) async fn intake_one(
    State(app): State<App>,
    visit: Visit,
    at: InCycle,
    Query(query): Query<IntakeQuery>,
) -> HttpResult {
    let page = OnePage::open(&app, &at, query).await?;
    if !matches!(page.proposal.state, ProposalState::Submitted) {
        let path = format!("{}/{}", list_path(&at.heading), page.proposal.id);
        return Ok(Redirect::to(&path).into_response());
    }
    Ok(show(&visit, &page))
}

/// The office lets a proposal in.
pub(crate) async fn accept(
    State(app): State<App>,
    viewer: Viewer,
    at: InCycle,
    Query(query): Query<IntakeQuery>,
) -> HttpResult {
    let id: ProposalId = at.param("proposal")?;
    // What comes next is settled before: let in, it waits no longer.
    let mut tx = app.database.read().await?;
    let waiting = Waiting::open(&mut tx, &at, query).await?;
    drop(tx);
    proposals::accept(&app, viewer.actor(), at.cycle(), id).await?;
    Ok(waiting.after(id, "proposal-was-accepted"))
}

/// The office does not let a proposal in.
pub(crate) async fn decline(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    at: InCycle,
    Query(query): Query<IntakeQuery>,
    Form(refusal): Form<Refusal>,
) -> HttpResult {
    let mut page = OnePage::open(&app, &at, query).await?;
    let id = page.proposal.id;
    let (reason, explanation) = match refusal.check(&at.heading.jurisdiction.settings) {
        Ok(checked) => checked,
        Err(errors) => {
            if !matches!(page.proposal.state, ProposalState::Submitted) {
                return Err(HttpError::Conflict("already-decided"));
            }
            page.refusal = refusal;
            page.errors = errors;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, show(&visit, &page)).into_response());
        }
    };
    proposals::decline(&app, viewer.actor(), at.cycle(), id, &reason, &explanation).await?;
    Ok(page.waiting.after(id, "proposal-was-declined"))
}

struct OnePage {
    waiting: Waiting,
    proposal: Proposal,
    /// Accepted proposals that are like it.
    similar: Vec<Proposal>,
    refusal: Refusal,
    errors: FieldErrors,
}

impl OnePage {
    async fn open(app: &App, at: &InCycle, query: IntakeQuery) -> Result<Self, HttpError> {
        let mut tx = app.database.read().await?;
        let found = store::find(&mut tx, at.cycle(), at.param("proposal")?).await?;
        let proposal = found.ok_or(HttpError::NotFound)?;
        let mut similar = search::similar(&mut tx, at.cycle(), &proposal.content).await?;
        similar.retain(|one| one.id != proposal.id);
        Ok(Self {
            waiting: Waiting::open(&mut tx, at, query).await?,
            proposal,
            similar,
            refusal: Refusal::default(),
            errors: FieldErrors::none(),
        })
    }
}

impl Page for OnePage {
    fn title(&self, _: &Locale) -> String {
        self.proposal.content.title.clone()
    }

    fn errors(&self) -> Option<&FieldErrors> {
        Some(&self.errors)
    }

    fn cycle(&self) -> Option<&CycleHeading> {
        Some(&self.waiting.heading)
    }

    fn scripts(&self) -> &'static [&'static str] {
        SCRIPT
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let waiting = &self.waiting;
        let turn = waiting.turn(self.proposal.id);
        let list = waiting.list();
        let rows = waiting
            .shown
            .get(bench::beside(waiting.shown.len(), turn.place));
        let rows: Vec<Beside<'_>> = rows
            .unwrap_or_default()
            .iter()
            .map(|one| Beside {
                address: waiting.one(one.id),
                number: one.number,
                title: &one.content.title,
                is_done: false,
                is_present: one.id == self.proposal.id,
            })
            .collect();
        let found = [("count", waiting.shown.len().into())];
        let whole = locale.text_with("intake-found", &found);
        html! {
            div.bench-page {
                (bench::turn_bar(locale, &turn, &list, |id| waiting.one(id),
                    &bench::keys(locale, &["next", "previous", "list"])))
                div.bench {
                    (bench::list_beside(locale, &locale.text("intake-title"), &rows, (&list, &whole)))
                    article.bench-text { (self.text(visit)) }
                    section.bench-form aria-labelledby="decision" { (self.decision(locale)) }
                }
            }
        }
    }
}

impl OnePage {
    fn text(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let heading = &self.waiting.heading;
        let proposal = &self.proposal;
        html! {
            header {
                h1 { (proposal.content.title) }
                (meta(visit, &heading.jurisdiction.settings, proposal))
            }
            (self.original(locale, proposal))
            section.panel #similar {
                h2 { (locale.text("intake-similar")) }
                @if self.similar.is_empty() { p.muted { (locale.text("intake-nothing-similar")) } }
                @for one in &self.similar {
                    details {
                        summary { (one.number) " " (one.content.title) }
                        p.card-meta { span { (locale.text_with("supporters", &[("count", one.supporters.into())])) } }
                        (self.original(locale, one))
                    }
                }
            }
        }
    }

    /// A proposal as it was made.
    fn original(&self, locale: &Locale, proposal: &Proposal) -> Markup {
        let content = &proposal.content;
        let page = format!("{}/{}", list_path(&self.waiting.heading), proposal.id);
        let mut lines = vec![
            (
                locale.text("proposed-by"),
                html! { (proposal.display_name) },
            ),
            (
                locale.text("field-proposal-channel"),
                html! { (locale.text(&format!("channel-{}", proposal.channel.name()))) },
            ),
        ];
        if !content.place.is_empty() {
            lines.push((
                locale.text("field-proposal-place"),
                html! { (content.place) },
            ));
        }
        if let Some(budget) = content.budget {
            let shown = amount(locale, budget);
            lines.push((locale.text("field-proposal-budget"), shown));
        }
        html! {
            div.prose {
                @for line in content.body.lines().filter(|line| !line.trim().is_empty()) { p { (line) } }
            }
            @if proposal.picture.is_some() {
                a href={ (page) "/picture" } {
                    img.picture src={ (page) "/picture" }
                        alt=(locale.text_with("picture-alt", &[("title", content.title.clone().into())]));
                }
            }
            (facts(&lines))
            p.small { a.own-line href=(page) { (locale.text("intake-page")) } }
        }
    }

    /// One form with two ends: let in by one press, or not, with a reason.
    fn decision(&self, locale: &Locale) -> Markup {
        let settings = &self.waiting.heading.jurisdiction.settings;
        let to = |act: &str| {
            let path = format!(
                "{}/{}{act}",
                list_path(&self.waiting.heading),
                self.proposal.id
            );
            self.waiting.query.address(&path)
        };
        let field = |name, value| Field {
            name,
            value,
            errors: &self.errors,
            required: true,
        };
        let reason = self.refusal.reason.as_str();
        html! {
            h2 #decision tabindex="-1" data-part="form-heading" { (locale.text("intake-title")) }
            p.small.muted { (locale.text("intake-lead")) }
            form.form method="post" action=(to("/accept")) novalidate {
                button type="submit" accesskey="s" { (locale.text("accept-and-next")) }
                details open[!self.errors.is_empty()] {
                    summary { (locale.text("proposal-decline")) }
                    (field("reason", reason).select(locale, &reason_options(locale, settings, reason)))
                    (field("explanation", self.refusal.explanation.as_str()).textarea(locale, 3))
                    button.danger type="submit" formaction=(to("/decline")) { (locale.text("decline-and-next")) }
                }
            }
        }
    }
}
