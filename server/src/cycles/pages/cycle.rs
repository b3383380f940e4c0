//! `/j/{jurisdiction}/{year}`: what is going on, the office's next steps, and what has been.

use super::next_stage::NextStage;
use super::pulse::Pulse;
use crate::web::components::{Icon, Tone, date, icon, notice};
use crate::web::cycle_path::{CycleHeading, InCycle};
use crate::web::http_error::HttpResult;
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::shared::tasks::Todo;
use crate::web::visit::Visit;
use axum::extract::State;
use domain::cycles::settings::meeting;
use domain::cycles::{Jurisdiction, Stage, store};
use domain::infra::app::App;
use domain::infra::clock::Timestamp;
use domain::people::Role;
use maud::{Markup, html};

struct CyclePage {
    pulse: Pulse,
    steps: Vec<(Stage, Timestamp)>,
    /// For the office: the steps to other stages.
    next: Vec<NextStage>,
    todo: Todo,
}

/// The page.
pub(crate) async fn cycle(State(app): State<App>, visit: Visit, at: InCycle) -> HttpResult {
    let cycle = at.cycle();
    let mut tx = app.database.read().await?;
    let next = if visit.holds_any(&[Role::Office], cycle.jurisdiction) {
        NextStage::all_of(&mut tx, &at.heading).await?
    } else {
        Vec::new()
    };
    let steps = store::steps(&mut tx, cycle).await?;
    let todo = Todo::in_cycle(&app, &mut tx, &visit, cycle).await?;
    drop(tx);
    let page = CyclePage {
        pulse: Pulse::of(&app, at.heading).await?,
        steps,
        next,
        todo,
    };
    Ok(show(&visit, &page))
}

impl CyclePage {
    const fn heading(&self) -> &CycleHeading {
        self.pulse.heading()
    }
}

impl Page for CyclePage {
    fn title(&self, _: &Locale) -> String {
        let heading = self.heading();
        format!("{} {}", heading.jurisdiction.name, heading.cycle.year)
    }

    fn cycle(&self) -> Option<&CycleHeading> {
        Some(self.heading())
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let CycleHeading {
            jurisdiction,
            cycle,
            ..
        } = self.heading();
        let body = &jurisdiction.settings.body;
        let year = locale.text_with("cycle-of-year", &[("year", cycle.year.to_string().into())]);
        html! {
            header.page-head {
                p.eyebrow { (jurisdiction.name) " · " (locale.of(&meeting(body, cycle))) }
                h1 { (year) }
            }
            @if jurisdiction.kind.is_advisory() {
                (notice(Tone::Warn, &html! { p { (locale.text_about("advisory", body)) } }))
            }
            (self.todo.panel(visit))
            (self.pulse.shown(visit))
            (self.staff(visit))
            (choose_home(visit, jurisdiction))
            h2 { (locale.text("cycle-steps")) }
            ol.log {
                @for (stage, at) in &self.steps {
                    li { (date(visit, *at)) " " (locale.text(&format!("stage-{}", stage.name()))) }
                }
            }
        }
    }
}

/// Lets the front page show this place first.
fn choose_home(visit: &Visit, place: &Jurisdiction) -> Markup {
    let is_home = visit.home.as_deref() == Some(&place.slug);
    let place_first = visit
        .locale
        .text_with("home-choose", &[("place", place.name.clone().into())]);
    html! {
        @if !is_home {
            form.inline method="post" action="/preferences" {
                input type="hidden" name="back" value=(visit.path);
                button.link type="submit" name="home" value=(place.slug) { (icon(Icon::Place)) (place_first) }
            }
        }
    }
}

impl CyclePage {
    /// What the office can do next.
    fn staff(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let heading = self.heading();
        if !visit.holds_any(&[Role::Office], heading.jurisdiction.id) {
            return html! {};
        }
        let path = heading.path();
        let parts: &[(&str, &str)] = match heading.cycle.stage {
            Stage::Collecting => &[("proposals/intake", "staff-intake")],
            Stage::Screening => &[
                ("proposals/intake", "staff-intake"),
                ("screening/queue", "staff-queue"),
                ("shortlist/compose", "staff-compose"),
            ],
            Stage::Shortlisted => &[("shortlist/compose", "staff-compose")],
            Stage::Voting => &[("session", "staff-session")],
            Stage::Implementing => &[("projects", "staff-projects")],
            Stage::Evaluating => &[("evaluation", "staff-evaluation")],
            Stage::Closed => &[],
        };
        html! {
            section.panel {
                h2 { (locale.text("staff-parts")) }
                div.actions {
                    @for (part, text) in parts { a.button.secondary href={ (path) "/" (part) } { (locale.text(text)) } }
                    @if heading.cycle.stage != Stage::Closed {
                        a.button.secondary href={ (path) "/schedule" } { (locale.text("schedule-title")) }
                    }
                }
                div #next-stage { @for next in &self.next { (next.shown(locale)) } }
            }
        }
    }
}
