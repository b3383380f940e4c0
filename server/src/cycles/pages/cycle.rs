//! `/j/{jurisdiction}/{year}`: what happens now, the key figures, the ways to every part, the office's next steps.

use super::next_stage::NextStage;
use crate::web::components::{Stat, Tone, date, notice, stats};
use crate::web::cycle_banner::stage_badge;
use crate::web::cycle_path::{CycleHeading, InCycle};
use crate::web::http_error::HttpResult;
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::shared::tasks::Todo;
use crate::web::visit::Visit;
use axum::extract::State;
use domain::cycles::Stage;
use domain::cycles::settings::meeting;
use domain::cycles::store;
use domain::infra::app::App;
use domain::infra::clock::Timestamp;
use domain::people::Role;
use domain::proposals::store::{self as proposal_store, Figures};
use domain::screening::{self, Outcome};
use domain::session::{self, Poll, PollKind, StateName};
use maud::{Markup, html};

/// The parts of a cycle, each with the stage in which it is what happens.
const ROOMS: [(&str, Option<Stage>); 8] = [
    ("proposals", Some(Stage::Collecting)),
    ("screening", Some(Stage::Screening)),
    ("shortlist", Some(Stage::Shortlisted)),
    ("session", Some(Stage::Voting)),
    ("results", None),
    ("projects", Some(Stage::Implementing)),
    ("evaluation", Some(Stage::Evaluating)),
    ("record", Some(Stage::Closed)),
];

struct CyclePage {
    heading: CycleHeading,
    steps: Vec<(Stage, Timestamp)>,
    figures: Figures,
    /// Published decisions that say yes.
    feasible: usize,
    /// Candidates of the published shortlist.
    candidates: usize,
    /// Whether the stage's poll has been announced.
    is_announced: bool,
    /// For the office: the step to the next stage.
    next: Option<NextStage>,
    todo: Todo,
}

/// The page.
pub(crate) async fn cycle(State(app): State<App>, visit: Visit, at: InCycle) -> HttpResult {
    let cycle = at.cycle();
    let mut tx = app.database.read().await?;
    let feasible = screening::clusters(&mut tx, cycle)
        .await?
        .iter()
        .filter_map(|cluster| cluster.decision.as_ref())
        .filter(|decision| decision.published_at.is_some())
        .filter(|decision| matches!(decision.outcome, Outcome::Feasible { .. }))
        .count();
    let published = screening::shortlist(&mut tx, cycle).await?.is_published();
    let candidates = screening::candidates(&mut tx, cycle).await?.len();
    let polls = session::store::polls_of_cycle(&mut tx, cycle.jurisdiction, cycle.id).await?;
    let is_of_stage = |poll: &&Poll| match cycle.stage {
        Stage::Voting => poll.kind == PollKind::Main,
        Stage::Evaluating => poll.kind == PollKind::Evaluation,
        Stage::Collecting
        | Stage::Screening
        | Stage::Shortlisted
        | Stage::Implementing
        | Stage::Closed => false,
    };
    let next = if visit.holds_any(&[Role::Office], cycle.jurisdiction) {
        NextStage::of(&mut tx, &at.heading).await?
    } else {
        None
    };
    let page = CyclePage {
        steps: store::steps(&mut tx, cycle).await?,
        figures: proposal_store::figures(&mut tx, cycle).await?,
        feasible,
        is_announced: polls
            .iter()
            .filter(is_of_stage)
            .any(|poll| poll.state.name() == StateName::Announced),
        next,
        todo: Todo::in_cycle(&app, &mut tx, &visit, cycle).await?,
        candidates: if published { candidates } else { 0 },
        heading: at.heading,
    };
    Ok(show(&visit, &page))
}

impl Page for CyclePage {
    fn title(&self, _: &Locale) -> String {
        format!(
            "{} {}",
            self.heading.jurisdiction.name, self.heading.cycle.year
        )
    }

    fn cycle(&self) -> Option<&CycleHeading> {
        Some(&self.heading)
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let cycle = &self.heading.cycle;
        let year = locale.text_with("cycle-of-year", &[("year", cycle.year.to_string().into())]);
        html! {
            header.page-head {
                p.eyebrow {
                    (self.heading.jurisdiction.name) " · "
                    (locale.of(&meeting(&self.heading.jurisdiction.settings.body, cycle)))
                }
                h1 { (year) }
            }
            (self.todo.panel(visit))
            @if self.heading.jurisdiction.kind.is_advisory() {
                (notice(Tone::Warn, &html! { p { (locale.text_about("advisory", &self.heading.jurisdiction.settings.body)) } }))
            }
            section.panel aria-labelledby="now" {
                p.row { strong #now { (locale.text("cycle-now")) } (stage_badge(locale, cycle.stage)) }
                p.lead { (locale.text_about(&self.lead(), &self.heading.jurisdiction.settings.body)) }
                (self.call(locale))
            }
            (self.staff(visit))
            h2 { (locale.text("cycle-figures")) }
            (stats(&self.key_figures(locale)))
            h2 { (locale.text("cycle-rooms")) }
            (self.rooms(locale))
            h2 { (locale.text("cycle-steps")) }
            ol.log {
                @for (stage, at) in &self.steps {
                    li { (date(visit, *at)) " " (locale.text(&format!("stage-{}", stage.name()))) }
                }
            }
        }
    }
}

impl CyclePage {
    /// What happens now, by what has happened.
    fn lead(&self) -> String {
        let stage = self.heading.cycle.stage.name();
        let done = if self.is_announced { "-announced" } else { "" };
        format!("stage-lead-{stage}{done}")
    }

    /// The one thing that most visitors come for in this stage.
    fn call(&self, locale: &Locale) -> Markup {
        let path = self.heading.path();
        let (part, text) = match self.heading.cycle.stage {
            Stage::Collecting => ("proposals/new", "propose"),
            Stage::Screening => ("screening", "cycle-screening"),
            Stage::Shortlisted => ("shortlist", "cycle-shortlist"),
            Stage::Voting if self.is_announced => ("results", "cycle-results"),
            Stage::Voting => ("session", "cycle-session"),
            Stage::Implementing => ("projects", "cycle-projects"),
            Stage::Evaluating => ("evaluation", "cycle-evaluation"),
            Stage::Closed => ("results", "cycle-results"),
        };
        html! { div.actions { a.button href={ (path) "/" (part) } { (locale.text(text)) } } }
    }

    fn key_figures(&self, locale: &Locale) -> Vec<Stat> {
        let cycle = &self.heading.cycle;
        let mut figures = vec![
            Stat::new(locale.text("figure-proposals"), self.figures.accepted),
            Stat::new(locale.text("figure-supports"), self.figures.supports),
        ];
        if self.feasible > 0 {
            figures.push(Stat::new(locale.text("figure-feasible"), self.feasible));
        }
        if self.candidates > 0 {
            figures.push(Stat::new(locale.text("figure-candidates"), self.candidates));
        }
        figures.push(Stat::new(locale.text("figure-places"), cycle.places));
        figures
    }

    fn rooms(&self, locale: &Locale) -> Markup {
        let path = self.heading.path();
        html! {
            ul.cards {
                @for (room, stage) in ROOMS {
                    li.card.selected[stage == Some(self.heading.cycle.stage)] {
                        h3 { a.card-link href={ (path) "/" (room) } { (locale.text(&format!("cycle-{room}"))) } }
                        p { (locale.text(&format!("room-{room}"))) }
                    }
                }
            }
        }
    }

    /// What the office can do next.
    fn staff(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        if !visit.holds_any(&[Role::Office], self.heading.jurisdiction.id) {
            return html! {};
        }
        let path = self.heading.path();
        let stage = self.heading.cycle.stage;
        let intake = locale.text_with("staff-intake", &[("count", self.figures.submitted.into())]);
        let parts: Vec<(&str, String)> = match stage {
            Stage::Collecting => vec![("proposals/intake", intake)],
            Stage::Screening => vec![
                ("proposals/intake", intake),
                ("screening/queue", locale.text("staff-queue")),
                ("shortlist/compose", locale.text("staff-compose")),
            ],
            Stage::Shortlisted => vec![("shortlist/compose", locale.text("staff-compose"))],
            Stage::Voting => vec![("session", locale.text("staff-session"))],
            Stage::Implementing => vec![("projects", locale.text("staff-projects"))],
            Stage::Evaluating => vec![("evaluation", locale.text("staff-evaluation"))],
            Stage::Closed => Vec::new(),
        };
        html! {
            section.panel {
                h2 { (locale.text("staff-parts")) }
                div.actions {
                    @for (part, text) in parts { a.button.secondary href={ (path) "/" (part) } { (text) } }
                }
                @if let Some(next) = &self.next { (next.shown(locale)) }
            }
        }
    }
}
