//! `/j/{jurisdiction}/{year}/proposals/{proposal}`: one proposal, its picture, its supporters.

use super::{list_path, meta, progress_badge, state_badge};
use crate::web::components::{Icon, Tone, breadcrumbs, facts, icon, notice};
use crate::web::cycle_path::{CycleHeading, InCycle};
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::shared::code_names::decline_reason;
use crate::web::shared::money::money;
use crate::web::shared::screening_decision::decision_facts;
use crate::web::visit::{Visit, redirect_with};
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse as _;
use domain::cycles::Stage;
use domain::cycles::settings::Settings;
use domain::infra::app::App;
use domain::people::Role;
use domain::people::Viewer;
use domain::proposals::search::{self, Progress};
use domain::proposals::{self, Proposal, ProposalId, SUPPORTERS, State as ProposalState, store};
use domain::screening::{self, Standing};
use maud::{Markup, html};

struct OnePage {
    heading: CycleHeading,
    proposal: Proposal,
    progress: Option<Progress>,
    standing: Option<Standing>,
    supported: bool,
}

/// The proposal's page. One that is not accepted is there only for its proposer and the office.
pub(crate) async fn one(State(app): State<App>, visit: Visit, at: InCycle) -> HttpResult {
    let id: ProposalId = at.param("proposal")?;
    let mut tx = app.database.read().await?;
    let proposal = visible(&visit, &at, store::find(&mut tx, at.cycle(), id).await?)?;
    let supported = match &visit.viewer {
        Some(viewer) => {
            store::supports(&mut tx, at.cycle().jurisdiction, id, viewer.account).await?
        }
        None => false,
    };
    let page = OnePage {
        progress: search::progress(&mut tx, at.cycle(), id).await?,
        standing: screening::standing(&mut tx, at.cycle(), id).await?,
        heading: at.heading,
        proposal,
        supported,
    };
    Ok(show(&visit, &page))
}

fn visible(visit: &Visit, at: &InCycle, found: Option<Proposal>) -> Result<Proposal, HttpError> {
    let own = |proposal: &Proposal| {
        visit
            .viewer
            .as_ref()
            .is_some_and(|viewer| viewer.account == proposal.proposer)
    };
    found
        .filter(|proposal| {
            proposal.state.is_public()
                || own(proposal)
                || visit.holds_any(&[Role::Office], at.cycle().jurisdiction)
        })
        .ok_or(HttpError::NotFound)
}

/// The proposal's picture.
pub(crate) async fn picture(State(app): State<App>, visit: Visit, at: InCycle) -> HttpResult {
    let mut tx = app.database.read().await?;
    let found = store::find(&mut tx, at.cycle(), at.param("proposal")?).await?;
    let proposal = visible(&visit, &at, found)?;
    let id = proposal.picture.ok_or(HttpError::NotFound)?;
    let (media_type, bytes) = store::picture(&mut tx, at.cycle().jurisdiction, id)
        .await?
        .ok_or(HttpError::NotFound)?;
    let keep = if proposal.state.is_public() {
        "public, max-age=86400"
    } else {
        "no-store"
    };
    let headers = [
        (header::CONTENT_TYPE, media_type),
        (header::CACHE_CONTROL, keep.to_owned()),
    ];
    Ok((headers, bytes).into_response())
}

/// A person supports the proposal.
pub(crate) async fn support(State(app): State<App>, viewer: Viewer, at: InCycle) -> HttpResult {
    let id: ProposalId = at.param("proposal")?;
    proposals::support(&app, viewer.actor(), at.cycle(), id, viewer.account).await?;
    let path = format!("{}/{id}", list_path(&at.heading));
    Ok(redirect_with(&path, "support-counted"))
}

/// A person takes their support back.
pub(crate) async fn withdraw(State(app): State<App>, viewer: Viewer, at: InCycle) -> HttpResult {
    let id: ProposalId = at.param("proposal")?;
    proposals::withdraw_support(&app, viewer.actor(), at.cycle(), id, viewer.account).await?;
    let path = format!("{}/{id}", list_path(&at.heading));
    Ok(redirect_with(&path, "support-withdrawn"))
}

impl Page for OnePage {
    fn title(&self, _: &Locale) -> String {
        self.proposal.content.title.clone()
    }

    fn cycle(&self) -> Option<&CycleHeading> {
        Some(&self.heading)
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let path = list_path(&self.heading);
        let proposal = &self.proposal;
        let content = &proposal.content;
        html! {
            (breadcrumbs(locale, &[(path.clone(), locale.text("cycle-proposals"))], &content.title))
            header.page-head {
                h1 { (content.title) }
                (meta(visit, &self.heading.jurisdiction.settings, proposal))
                p.row {
                    @match self.progress {
                        Some(progress) => (progress_badge(locale, progress)),
                        None => (state_badge(locale, &proposal.state)),
                    }
                }
            }
            (self.intake_notice(locale))
            div.split {
                div.prose {
                    @for line in content.body.lines().filter(|line| !line.trim().is_empty()) { p { (line) } }
                    @if proposal.picture.is_some() {
                        img.picture src={ (path) "/" (proposal.id) "/picture" }
                            alt=(locale.text_with("picture-alt", &[("title", content.title.clone().into())]));
                    }
                }
                aside.stack {
                    (self.support_box(visit, &path))
                    section.panel { (self.facts(locale)) }
                }
            }
            @if let Some(standing) = &self.standing { (standing_section(locale, &self.heading.jurisdiction.settings, &path, standing)) }
        }
    }
}

impl OnePage {
    fn intake_notice(&self, locale: &Locale) -> Markup {
        match &self.proposal.state {
            ProposalState::Submitted => notice(
                Tone::Neutral,
                &html! { p { (locale.text("proposal-waits")) } },
            ),
            ProposalState::Accepted { .. } => html! {},
            ProposalState::Declined {
                reason,
                explanation,
                ..
            } => notice(
                Tone::Bad,
                &html! {
                    p { strong { (decline_reason(locale, &self.heading.jurisdiction.settings, reason)) } }
                    p { (explanation) }
                },
            ),
        }
    }

    fn facts(&self, locale: &Locale) -> Markup {
        let proposal = &self.proposal;
        let content = &proposal.content;
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
            let text = money(locale, budget);
            lines.push((locale.text("field-proposal-budget"), html! { (text) }));
        }
        facts(&lines)
    }

    fn support_box(&self, visit: &Visit, path: &str) -> Markup {
        let locale = visit.locale;
        let proposal = &self.proposal;
        let open = self.heading.cycle.stage == Stage::Collecting && proposal.state.is_public();
        let (change, label) = if self.supported {
            ("withdraw", "support-withdraw")
        } else {
            ("support", "support")
        };
        html! {
            section.panel {
                p.stat-value data-part="supporters" { (icon(Icon::People)) " " (proposal.supporters) }
                p.muted { (locale.text("supporters-label")) }
                @if self.supported { p { (locale.text("you-support-this")) } }
                @let may = visit.viewer.is_none() || visit.holds_any(SUPPORTERS, self.heading.jurisdiction.id);
                @if open && !may {
                    p.small { (locale.text("support-needs-residence")) " " a href="/me" { (locale.text("me-title")) } }
                }
                @if open && may {
                    form method="post" action={ (path) "/" (proposal.id) "/" (change) } {
                        button.wide.secondary[self.supported] type="submit" { (locale.text(label)) }
                    }
                    @if visit.viewer.is_none() { p.small { a.own-line href=(visit.sign_in_link()) { (locale.text("sign-in-to-support")) } } }
                }
            }
        }
    }
}

/// How a proposal fares in screening, for its own page. `path` is the address of the cycle's proposals.
fn standing_section(
    locale: &Locale,
    settings: &Settings,
    path: &str,
    standing: &Standing,
) -> Markup {
    let shortlist = path.trim_end_matches("/proposals");
    html! {
        @if !standing.others.is_empty() {
            section.panel {
                h2 { (locale.text("treated-together")) }
                p { (locale.text_with("distinct-supporters", &[("count", standing.supporters.into())])) }
                ul {
                    @for member in &standing.others {
                        li { a href={ (path) "/" (member.id) } { (member.title) } }
                    }
                }
            }
        }
        @if let Some(decision) = &standing.decision {
            section.panel {
                h2 { (locale.text("screening-says")) }
                (decision_facts(locale, settings, decision))
            }
        }
        @if !standing.candidates.is_empty() {
            section.panel {
                h2 { (locale.text("became-candidate")) }
                ul {
                    @for (code, title) in &standing.candidates {
                        li { a href={ (shortlist) "/shortlist/" (code) } { (code) " " (title) } }
                    }
                }
            }
        }
    }
}
