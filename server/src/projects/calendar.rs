//! The deadlines of a cycle, as a calendar: the plans' milestones and the rework orders.

use crate::web::cycle_path::InCycle;
use crate::web::export::{Deadline, FileName, calendar};
use crate::web::http_error::{HttpResult, url_encode};
use crate::web::visit::Visit;
use axum::extract::State;
use domain::evaluation::store as evaluation_store;
use domain::infra::app::App;
use domain::projects::{store, today};

/// `/j/{jurisdiction}/{year}/calendar.ics`
pub(crate) async fn deadlines(State(app): State<App>, visit: Visit, at: InCycle) -> HttpResult {
    let locale = visit.locale;
    let mut tx = app.database.read().await?;
    let projects = store::projects(&mut tx, at.cycle()).await?;
    let reworks = evaluation_store::reworks(&mut tx, at.cycle()).await?;
    let base = format!("{}{}/projects", app.config.base_url, at.heading.path());
    let day = today(&app);
    let mut deadlines = Vec::new();
    for project in &projects {
        let link = format!("{base}/{}", url_encode(&project.plan.code));
        let title = format!("{} {}", project.plan.code, project.plan.title);
        for (position, milestone) in project.milestones.iter().enumerate() {
            let done = match milestone.completed_on {
                Some(on) => locale.text_with("calendar-reached", &[("day", on.to_string().into())]),
                None if milestone.due < day => locale.text("calendar-late"),
                None => String::new(),
            };
            deadlines.push(Deadline {
                uid: format!("{}-{position}", project.id),
                on: milestone.due,
                title: locale.labelled(&title, &milestone.text),
                text: if done.is_empty() {
                    project.plan.unit.name.clone()
                } else {
                    locale.labelled(&project.plan.unit.name, &done)
                },
                link: link.clone(),
            });
        }
        for rework in reworks.iter().filter(|one| one.project == project.id) {
            deadlines.push(Deadline {
                uid: format!("{}-{}", project.id, rework.poll),
                on: rework.due,
                title: locale.labelled(&title, &locale.text("calendar-rework")),
                text: project.plan.unit.name.clone(),
                link: link.clone(),
            });
        }
    }
    let name = &at.heading.jurisdiction.name;
    let what = locale.text("calendar-title");
    let file = FileName::of_cycle(&at.heading, "calendar", &what);
    let title = format!("{name} {} {what}", at.cycle().year);
    calendar(&file, &title, app.clock.now(), deadlines)
}
