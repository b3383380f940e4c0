//! `/j/{jurisdiction}/{year}`: what is going on, the office's next steps, and what has been.

use super::exception::{self, ExceptionForm};
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
use domain::closed_loop::{self, CONFIRMERS, Exception};
use domain::cycles::settings::meeting;
use domain::cycles::{Jurisdiction, Stage, store};
use domain::infra::app::App;
use domain::infra::clock::Timestamp;
use domain::infra::field_errors::FieldErrors;
use domain::people::Role;
use maud::{Markup, html};

struct CyclePage {
    pulse: Pulse,
    steps: Vec<(Stage, Timestamp)>,
    /// The exceptions by which stages have begun.
    exceptions: Vec<Exception>,
    /// The steps to other stages, for the office and for whoever confirms an exception.
    next: Vec<NextStage>,
    form: ExceptionForm,
    todo: Todo,
}

/// The page.
pub(crate) async fn cycle(State(app): State<App>, visit: Visit, at: InCycle) -> HttpResult {
    page(&app, &visit, at, ExceptionForm::default()).await
}

/// The page, with what was typed there.
pub(super) async fn page(app: &App, visit: &Visit, at: InCycle, form: ExceptionForm) -> HttpResult {
    let cycle = at.cycle();
    let mut tx = app.database.read().await?;
    let here = cycle.jurisdiction;
    let leads = visit.holds_any(&[Role::Office], here) || visit.holds_any(CONFIRMERS, here);
    let next = if leads {
        NextStage::all_of(&mut tx, &at.heading).await?
    } else {
        Vec::new()
    };
    let steps = store::steps(&mut tx, cycle).await?;
    let exceptions = closed_loop::exceptions(&mut tx, cycle).await?;
    let todo = Todo::in_cycle(app, &mut tx, visit, cycle).await?;
    drop(tx);
    let page = CyclePage {
        pulse: Pulse::of(app, at.heading).await?,
        steps,
        exceptions,
        next,
        form,
        todo,
    };
    Ok(show(visit, &page))
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

    fn errors(&self) -> Option<&FieldErrors> {
        Some(&self.form.errors)
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
            (self.to_confirm(visit))
            (choose_home(visit, jurisdiction))
            h2 { (locale.text("cycle-steps")) }
            ol.log {
                @for (stage, at) in &self.steps {
                    li {
                        (date(visit, *at)) " " (locale.text(&format!("stage-{}", stage.name())))
                        @for one in self.exceptions.iter().filter(|one| one.to == *stage) { (exception::told(locale, one)) }
                    }
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
    /// What the chair or the committee can confirm.
    fn to_confirm(&self, visit: &Visit) -> Markup {
        let cycle = &self.heading().cycle;
        html! {
            @if visit.holds_any(CONFIRMERS, cycle.jurisdiction) {
                @for next in &self.next { (next.to_confirm(visit.locale, cycle)) }
            }
        }
    }

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
                div #next-stage { @for next in &self.next { (next.shown(locale, &heading.cycle, &self.form)) } }
            }
        }
    }
}
