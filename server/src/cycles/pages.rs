//! The front page, a jurisdiction's page, a cycle's page, and the banner that stands above every page of a cycle.

use super::cycle::{Cycle, Jurisdiction, Stage};
use super::{find_jurisdiction, store};
use crate::app::App;
use crate::people::Role;
use crate::web::components::{Icon, Tone, badge, empty_state, icon, page_head};
use crate::web::failure::Answer;
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::visit::Visit;
use axum::extract::{Path, State};
use maud::{Markup, html};

/// What the banner above a cycle's pages shows.
#[derive(Debug, Clone)]
pub struct CycleHeading {
    /// Whose cycle.
    pub jurisdiction: Jurisdiction,
    /// The cycle.
    pub cycle: Cycle,
}

impl CycleHeading {
    /// The cycle's address: `/j/{jurisdiction}/{year}`.
    pub fn path(&self) -> String {
        format!("/j/{}/{}", self.jurisdiction.slug, self.cycle.year)
    }
}

/// What a cycle has below its address; each name's translation is `cycle-<name>`.
const PARTS: [&str; 7] = [
    "proposals",
    "shortlist",
    "session",
    "results",
    "projects",
    "evaluation",
    "record",
];

/// The banner: whose cycle it is, the timeline with the current stage, and the ways to its parts.
pub fn banner(visit: &Visit, heading: &CycleHeading) -> Markup {
    let locale = visit.locale;
    let path = heading.path();
    let is_here = |part: &str| {
        visit
            .path
            .strip_prefix(&format!("{path}/{part}"))
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
    };
    html! {
        div.cycle-banner {
            a.cycle-name href=(path) { (heading.jurisdiction.name) " " (heading.cycle.year) }
            ol.timeline aria-label=(locale.text("timeline")) {
                @for stage in Stage::ALL {
                    li.done[stage < heading.cycle.stage].current[stage == heading.cycle.stage]
                        aria-current=[(stage == heading.cycle.stage).then_some("step")] {
                        span { (locale.text(&format!("stage-{}", stage.name()))) }
                    }
                }
            }
            nav.cycle-nav aria-label=(locale.text("cycle-nav")) {
                @for part in PARTS {
                    a href={ (path) "/" (part) } aria-current=[is_here(part).then_some("page")] {
                        (locale.text(&format!("cycle-{part}")))
                    }
                }
            }
        }
    }
}

struct FrontPage {
    /// Each jurisdiction with its newest cycle.
    jurisdictions: Vec<(Jurisdiction, Option<Cycle>)>,
}

impl Page for FrontPage {
    fn title(&self, locale: &Locale) -> String {
        locale.text("front-title")
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let steps = [
            "front-propose",
            "front-decide",
            "front-deliver",
            "front-judge",
        ];
        html! {
            (page_head(&locale.text("front-title"), &locale.text("front-lead")))
            @if self.jurisdictions.is_empty() { (empty_state(locale, "no-jurisdictions")) }
            ul.cards {
                @for (jurisdiction, newest) in &self.jurisdictions {
                    li.card {
                        h2 { a.card-link href={ "/j/" (jurisdiction.slug) } { (icon(Icon::Place)) " " (jurisdiction.name) } }
                        @if let Some(cycle) = newest {
                            p { (locale.text(&format!("stage-lead-{}", cycle.stage.name()))) }
                            p.card-foot { span { (cycle.year) } (stage_badge(locale, cycle.stage)) }
                        }
                    }
                }
            }
            h2 { (locale.text("front-how")) }
            div.grid.narrow {
                @for step in steps {
                    section.panel {
                        h3 { (locale.text(step)) }
                        p { (locale.text(&format!("{step}-text"))) }
                    }
                }
            }
        }
    }
}

/// The stage a cycle has reached, in a pill.
pub fn stage_badge(locale: &Locale, stage: Stage) -> Markup {
    let tone = match stage {
        Stage::Closed => Tone::Done,
        Stage::Collecting
        | Stage::Screening
        | Stage::Shortlisted
        | Stage::Voting
        | Stage::Implementing
        | Stage::Evaluating => Tone::Accent,
    };
    badge(tone, &locale.text(&format!("stage-{}", stage.name())))
}

/// `/`
pub async fn front(State(app): State<App>, visit: Visit) -> Answer {
    let mut tx = app.database.read().await?;
    let mut jurisdictions = Vec::new();
    for jurisdiction in store::jurisdictions(&mut tx).await? {
        let cycles = store::cycles(&mut tx, jurisdiction.id).await?;
        jurisdictions.push((jurisdiction, cycles.into_iter().next()));
    }
    Ok(show(&visit, &FrontPage { jurisdictions }))
}

struct JurisdictionPage {
    jurisdiction: Jurisdiction,
    cycles: Vec<Cycle>,
}

impl Page for JurisdictionPage {
    fn title(&self, _: &Locale) -> String {
        self.jurisdiction.name.clone()
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let path = format!("/j/{}", self.jurisdiction.slug);
        html! {
            (page_head(&self.jurisdiction.name, &locale.text("jurisdiction-lead")))
            @if self.jurisdiction.kind.is_advisory() { p.notice { (locale.text("advisory")) } }
            @if visit.holds_any(&[Role::Office], self.jurisdiction.id) {
                div.actions { a.button.secondary href={ (path) "/new" } { (locale.text("new-cycle")) } }
            }
            @if self.cycles.is_empty() { (empty_state(locale, "no-cycles")) }
            ul.cards {
                @for cycle in &self.cycles {
                    li.card {
                        h2 { a.card-link href={ (path) "/" (cycle.year) } {
                            (locale.text_with("cycle-of-year", &[("year", cycle.year.to_string().into())]))
                        } }
                        p { (locale.text_with("congress-session", &[
                            ("term", cycle.term.into()), ("session", cycle.session.into()),
                        ])) }
                        p.card-foot { (stage_badge(locale, cycle.stage)) }
                    }
                }
            }
        }
    }
}

/// `/j/{jurisdiction}`
pub async fn jurisdiction(
    State(app): State<App>,
    visit: Visit,
    Path(slug): Path<String>,
) -> Answer {
    let jurisdiction = find_jurisdiction(&app, &slug).await?;
    let mut tx = app.database.read().await?;
    let cycles = store::cycles(&mut tx, jurisdiction.id).await?;
    let page = JurisdictionPage {
        jurisdiction,
        cycles,
    };
    Ok(show(&visit, &page))
}
