//! `/j/{jurisdiction}/{year}/screening/queue`: what is still to be screened, and what is held.

use crate::screening::CLERK_ROLES;
use crate::web::cycle_path::{CycleHeading, InCycle};
use crate::web::shared::screening_decision::outcome_badge;
use domain::cycles::settings::Settings;
use domain::infra::app::App;
use domain::people::Role;
use domain::proposals::ProposalId;
use domain::screening::{self, Cluster};

use crate::web::components::{Tone, empty_state, irrevocable, notice, page_head, progress};
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::visit::{Visit, redirect_with};
use axum::extract::State;
use axum_extra::extract::Form;
use domain::people::Viewer;
use maud::{Markup, html};
use serde::Deserialize;

struct QueuePage {
    heading: CycleHeading,
    clusters: Vec<Cluster>,
    unclustered: Vec<(ProposalId, i32, String, i64)>,
}

/// The page.
pub(crate) async fn queue(State(app): State<App>, visit: Visit, at: InCycle) -> HttpResult {
    let mut tx = app.database.read().await?;
    let page = QueuePage {
        clusters: screening::clusters(&mut tx, at.cycle()).await?,
        unclustered: screening::unclustered(&mut tx, at.cycle()).await?,
        heading: at.heading,
    };
    Ok(show(&visit, &page))
}

/// Which proposals to put together.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct MergeForm {
    proposal: Vec<String>,
}

/// Puts the chosen proposals into one cluster.
pub(crate) async fn merge(
    State(app): State<App>,
    viewer: Viewer,
    at: InCycle,
    Form(chosen): Form<MergeForm>,
) -> HttpResult {
    let ids = chosen.proposal.iter().map(|id| id.parse());
    let ids: Vec<ProposalId> = ids
        .collect::<Result<_, _>>()
        .map_err(|_| HttpError::invalid("proposal", "not-an-option"))?;
    review_together(&app, &viewer, &at, &ids).await
}

/// Opens the review of one proposal.
pub(crate) async fn review(State(app): State<App>, viewer: Viewer, at: InCycle) -> HttpResult {
    let proposal: ProposalId = at.param("proposal")?;
    let mut tx = app.database.read().await?;
    let jurisdiction = at.cycle().jurisdiction;
    if let Some(cluster) = screening::cluster_of(&mut tx, jurisdiction, proposal).await? {
        let path = format!("{}/screening/clusters/{cluster}", at.heading.path());
        return Ok(redirect_with(&path, "cluster-opened"));
    }
    drop(tx);
    review_together(&app, &viewer, &at, &[proposal]).await
}

async fn review_together(
    app: &App,
    viewer: &Viewer,
    at: &InCycle,
    proposals: &[ProposalId],
) -> HttpResult {
    let id = screening::cluster(app, viewer.actor(), at.cycle(), proposals).await?;
    let path = format!("{}/screening/clusters/{id}", at.heading.path());
    Ok(redirect_with(&path, "cluster-opened"))
}

/// Publishes all decisions that are held.
pub(crate) async fn publish(State(app): State<App>, viewer: Viewer, at: InCycle) -> HttpResult {
    screening::publish_decisions(&app, viewer.actor(), at.cycle()).await?;
    let path = format!("{}/screening", at.heading.path());
    Ok(redirect_with(&path, "decisions-published"))
}

impl Page for QueuePage {
    fn title(&self, locale: &Locale) -> String {
        locale.text("queue-title")
    }

    fn cycle(&self) -> Option<&CycleHeading> {
        Some(&self.heading)
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let path = format!("{}/screening", self.heading.path());
        let held = self.decided().filter(|one| !one.is_published()).count();
        let office = visit.holds_any(&[Role::Office], self.heading.jurisdiction.id);
        html! {
            (page_head(&locale.text("queue-title"), &locale.text_about("queue-lead", &self.heading.jurisdiction.settings.body)))
            (self.progress(locale))
            @if held > 0 {
                (notice(Tone::Warn, &html! {
                    p { (locale.text_with("decisions-held", &[("count", held.into())])) }
                    @if office {
                        (irrevocable(&locale.text("publish-decisions"), &locale.text("publish-decisions-note"), &html! {
                            form method="post" action={ (path) "/publish" } {
                                button type="submit" { (locale.text("publish-decisions")) }
                            }
                        }))
                    }
                }))
            }
            h2 { (locale.text("queue-clusters")) }
            @if self.clusters.is_empty() { (empty_state(locale, "no-clusters")) }
            ul.list { @for cluster in &self.clusters { li { (line(locale, &self.heading.jurisdiction.settings, &path, cluster)) } } }
            h2 { (locale.text_with("queue-unclustered", &[("count", self.unclustered.len().into())])) }
            @if self.unclustered.is_empty() {
                (empty_state(locale, "queue-empty"))
            } @else {
                (self.unclustered(visit, &path))
            }
        }
    }
}

impl QueuePage {
    fn decided(&self) -> impl Iterator<Item = &Cluster> {
        self.clusters.iter().filter(|one| one.decision.is_some())
    }

    /// How many of the accepted proposals are decided.
    fn progress(&self, locale: &Locale) -> Markup {
        let done: usize = self.decided().map(|one| one.members.len()).sum();
        let clustered: usize = self.clusters.iter().map(|one| one.members.len()).sum();
        let all = clustered + self.unclustered.len();
        let percent = u32::try_from(done * 100 / all.max(1)).unwrap_or(100);
        let text = locale.text_with(
            "queue-progress",
            &[("done", done.into()), ("all", all.into())],
        );
        progress(
            &locale.text("queue-progress-label"),
            percent,
            None,
            Tone::Accent,
            &text,
        )
    }

    fn unclustered(&self, visit: &Visit, path: &str) -> Markup {
        let locale = visit.locale;
        let clerk = visit.holds_any(&CLERK_ROLES, self.heading.jurisdiction.id);
        let proposals = path.trim_end_matches("/screening");
        html! {
            form method="post" action={ (path) "/clusters" } {
                @if clerk { p.muted { (locale.text("merge-hint")) } }
                ul.list {
                    @for (id, number, title, supporters) in &self.unclustered {
                        li {
                            label.choice {
                                @if clerk { input type="checkbox" name="proposal" value=(id); }
                                span { (locale.text_with("proposal-number", &[("number", (*number).into())])) " " (title) }
                            }
                            p.card-meta {
                                span { (locale.text_with("supporters", &[("count", (*supporters).into())])) }
                                a href={ (proposals) "/proposals/" (id) } { (locale.text("read-it")) }
                                @if clerk {
                                    button.link type="submit" formaction={ (path) "/review/" (id) } {
                                        (locale.text("review-it"))
                                    }
                                }
                            }
                        }
                    }
                }
                @if clerk {
                    div.sticky-bar {
                        p { (locale.text("merge-note")) }
                        button type="submit" { (locale.text("merge-chosen")) }
                    }
                }
            }
        }
    }
}

fn line(locale: &Locale, settings: &Settings, path: &str, cluster: &Cluster) -> Markup {
    html! {
        h3 { a href={ (path) "/clusters/" (cluster.id) } { (cluster.title()) } }
        p.card-meta {
            span { (locale.text_with("cluster-size", &[("count", cluster.members.len().into())])) }
            span { (locale.text_with("distinct-supporters", &[("count", cluster.supporters.into())])) }
            @if let Some(unit) = &cluster.unit { span { (unit.name) } }
            @match &cluster.decision {
                Some(decision) => {
                    (outcome_badge(locale, settings, &decision.outcome))
                    @if decision.published_at.is_none() { span { (locale.text("decision-held")) } }
                }
                None => span { (locale.text("cluster-undecided")) },
            }
        }
    }
}
