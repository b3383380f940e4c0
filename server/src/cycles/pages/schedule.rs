//! `/j/{jurisdiction}/{year}/schedule`: the office plans on which days the stages to come begin.

use crate::web::components::{Field, Tone, notice, page_head};
use crate::web::cycle_path::{CycleHeading, InCycle};
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::visit::{Visit, redirect_with};
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use domain::cycles::{self, Schedule, ScheduleError, Stage};
use domain::infra::app::App;
use domain::infra::field_errors::FieldErrors;
use domain::people::Viewer;
use maud::{Markup, html};
use std::collections::BTreeMap;

/// The form as it was typed: `version`, and for each stage to come `begins-<stage>`.
type Typed = BTreeMap<String, String>;

struct SchedulePage {
    heading: CycleHeading,
    typed: Typed,
    errors: FieldErrors,
    is_stale: bool,
}

/// The field of a stage.
const fn field(stage: Stage) -> &'static str {
    match stage {
        Stage::Collecting => "begins-collecting",
        Stage::Screening => "begins-screening",
        Stage::Shortlisted => "begins-shortlisted",
        Stage::Voting => "begins-voting",
        Stage::Implementing => "begins-implementing",
        Stage::Evaluating => "begins-evaluating",
        Stage::Closed => "begins-closed",
    }
}

/// The stages that can still be planned.
fn to_come(heading: &CycleHeading) -> impl Iterator<Item = Stage> {
    let now = heading.cycle.stage;
    Stage::ALL.into_iter().filter(move |stage| *stage > now)
}

/// The form, with what is planned.
pub(crate) async fn form(visit: Visit, at: InCycle) -> HttpResult {
    let schedule = &at.heading.timeline.schedule;
    let mut typed: Typed = to_come(&at.heading)
        .filter_map(|stage| {
            let day = schedule.begins_on.get(&stage)?;
            Some((field(stage).to_owned(), day.to_string()))
        })
        .collect();
    typed.insert("version".to_owned(), schedule.version.to_string());
    let page = SchedulePage {
        heading: at.heading,
        typed,
        errors: FieldErrors::none(),
        is_stale: false,
    };
    Ok(show(&visit, &page))
}

/// Plans the stages.
pub(crate) async fn plan(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    at: InCycle,
    Form(typed): Form<Typed>,
) -> HttpResult {
    let mut page = SchedulePage {
        heading: at.heading,
        typed,
        errors: FieldErrors::none(),
        is_stale: false,
    };
    let Some(schedule) = page.read()? else {
        return Ok(page.answer(&visit, StatusCode::UNPROCESSABLE_ENTITY));
    };
    match cycles::plan(&app, viewer.actor(), &page.heading.cycle, &schedule).await {
        Ok(()) => Ok(redirect_with(&page.heading.path(), "schedule-planned")),
        Err(ScheduleError::Stale) => {
            page.is_stale = true;
            // Sent again, the form has seen what stands above it.
            let version = page.heading.timeline.schedule.version;
            page.typed.insert("version".to_owned(), version.to_string());
            Ok(page.answer(&visit, StatusCode::CONFLICT))
        }
        Err(ScheduleError::Reached(stage) | ScheduleError::OutOfOrder(stage)) => {
            page.errors.add(field(stage), "out-of-order");
            Ok(page.answer(&visit, StatusCode::UNPROCESSABLE_ENTITY))
        }
        Err(ScheduleError::Database(error)) => Err(error.into()),
    }
}

impl SchedulePage {
    fn value(&self, name: &str) -> &str {
        self.typed.get(name).map_or("", String::as_str)
    }

    /// The schedule that was typed; none where a day cannot be read, which the form then says.
    fn read(&mut self) -> Result<Option<Schedule>, HttpError> {
        let version = self.value("version").parse();
        let version = version.map_err(|_| HttpError::invalid("version", "unreadable"))?;
        let mut begins_on = BTreeMap::new();
        let stages: Vec<Stage> = to_come(&self.heading).collect();
        for stage in stages {
            let name = field(stage);
            let typed = self
                .typed
                .get(name)
                .map_or("", |typed| typed.trim())
                .to_owned();
            if !typed.is_empty()
                && let Some(day) = self.errors.day(name, &typed)
            {
                begins_on.insert(stage, day);
            }
        }
        let schedule = Schedule { version, begins_on };
        Ok(self.errors.is_empty().then_some(schedule))
    }

    fn answer(&self, visit: &Visit, status: StatusCode) -> Response {
        (status, show(visit, self)).into_response()
    }
}

impl Page for SchedulePage {
    fn title(&self, locale: &Locale) -> String {
        locale.text("schedule-title")
    }

    fn cycle(&self) -> Option<&CycleHeading> {
        Some(&self.heading)
    }

    fn errors(&self) -> Option<&FieldErrors> {
        Some(&self.errors)
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        html! {
            (page_head(&self.title(locale), &locale.text("schedule-lead")))
            @if self.is_stale {
                (notice(Tone::Bad, &html! {
                    p role="alert" { (locale.text("schedule-stale")) }
                    ul { @for (stage, day) in &self.heading.timeline.schedule.begins_on {
                        li { (locale.text(&format!("stage-{}", stage.name()))) " " (day) }
                    } }
                }))
            }
            form.form method="post" action={ (self.heading.path()) "/schedule" } {
                input type="hidden" name="version" value=(self.value("version"));
                @for stage in to_come(&self.heading) {
                    (Field { name: field(stage), value: self.value(field(stage)), errors: &self.errors, required: false }
                        .input(locale, "date", "off"))
                }
                button type="submit" { (locale.text("schedule-save")) }
            }
        }
    }
}
