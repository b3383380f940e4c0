//! `/j/{jurisdiction}/{year}/projects`: all projects with their lights, and the same as CSV.

use super::{lamp, percent, reasons, state_badge, tone};
use crate::web::components::{
    Icon, Stat, breadcrumbs, empty_state, icon, page_head, progress, stats,
};
use crate::web::cycle_path::{CycleHeading, InCycle};
use crate::web::export::{self, Cell, Sheet};
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::query::Query;
use crate::web::shared::money::money;
use crate::web::visit::Visit;
use axum::extract::State;
use domain::infra::app::App;
use domain::infra::money::Money;
use domain::people::Role;
use domain::projects::Project;
use domain::projects::{Colour, Light, LightRules, light_rules};
use domain::projects::{chosen, store, today};
use maud::{Markup, html};
use serde::Deserialize;
use std::collections::BTreeSet;
use time::Date;

/// What the list is narrowed down to; empty means all.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Filter {
    unit: String,
    light: String,
}

impl Filter {
    /// What the list is narrowed down to, as far as it could be read.
    fn narrowed(&self) -> [(&'static str, &str); 2] {
        let light = Colour::ALL
            .into_iter()
            .find(|colour| colour.name() == self.light);
        [
            ("unit", &self.unit),
            ("light", light.map_or("", Colour::name)),
        ]
    }
}

/// A project with what is computed of it today.
struct Row {
    project: Project,
    light: Light,
    planned: u32,
    done: u32,
    spent: Money,
}

impl Row {
    fn new(project: Project, today: Date, rules: &LightRules) -> Self {
        let latest = project.latest();
        Self {
            light: project.light(today, rules),
            planned: project.planned(today).rounded(),
            done: latest.map_or(0, |report| percent(report.percent)),
            spent: latest.map_or(Money::from_fen(0), |report| report.spent),
            project,
        }
    }

    fn passes(&self, filter: &Filter) -> bool {
        (filter.unit.is_empty() || self.project.plan.unit.name == filter.unit)
            && (filter.light.is_empty() || self.light.colour.name() == filter.light)
    }
}

struct ListPage {
    heading: CycleHeading,
    /// What was chosen and is not handed over yet; empty for whoever may not hand over.
    to_hand_over: Vec<String>,
    rows: Vec<Row>,
    filter: Filter,
}

impl Page for ListPage {
    fn title(&self, locale: &Locale) -> String {
        locale.text("projects-title")
    }

    fn cycle(&self) -> Option<&CycleHeading> {
        Some(&self.heading)
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let path = self.heading.path();
        let name = format!(
            "{} {}",
            self.heading.jurisdiction.name, self.heading.cycle.year
        );
        html! {
            (breadcrumbs(locale, &[(path.clone(), name)], &locale.text("projects-title")))
            (page_head(&locale.text("projects-title"), &locale.text("projects-lead")))
            (self.hand_over(locale, &path))
            @if self.rows.is_empty() {
                (empty_state(locale, "projects-none"))
            } @else {
                (self.summary(locale))
                (self.filters(locale, &path))
                h2 { (locale.text("projects-list")) }
                (self.cards(locale, &path))
                p {
                    (icon(Icon::Download)) " "
                    a href={ (path) "/calendar.ics" } { (locale.text("calendar-title")) }
                }
                (export::links(visit, &format!("{path}/projects"), &self.filter.narrowed()))
            }
        }
    }
}

impl ListPage {
    fn hand_over(&self, locale: &Locale, path: &str) -> Markup {
        html! {
            @if !self.to_hand_over.is_empty() {
                section.panel {
                    h2 { (locale.text("projects-handover-title")) }
                    p { (locale.text("projects-handover-lead")) " " (locale.list(&self.to_hand_over)) }
                    form method="post" action={ (path) "/projects/handover" } {
                        button type="submit" { (locale.text("projects-handover")) }
                    }
                }
            }
        }
    }

    fn summary(&self, locale: &Locale) -> Markup {
        let sum = |amount: &dyn Fn(&Row) -> Money| {
            Money::from_fen(self.rows.iter().map(|row| amount(row).fen()).sum())
        };
        let mut figures = vec![
            Stat::new(locale.text("projects-count"), self.rows.len()),
            Stat::new(
                locale.text("projects-budget"),
                money(locale, sum(&|row| row.project.plan.budget)),
            ),
            Stat::new(
                locale.text("projects-spent"),
                money(locale, sum(&|row| row.spent)),
            ),
        ];
        figures.extend(Colour::ALL.map(|colour| {
            let count = self
                .rows
                .iter()
                .filter(|row| row.light.colour == colour)
                .count();
            Stat::new(locale.text(&format!("light-{}", colour.name())), count)
        }));
        stats(&figures)
    }

    fn filters(&self, locale: &Locale, path: &str) -> Markup {
        let units: BTreeSet<&str> = self
            .rows
            .iter()
            .map(|row| row.project.plan.unit.name.as_str())
            .collect();
        html! {
            form.filters method="get" action={ (path) "/projects" } role="search" {
                div.field {
                    label for="unit" { (locale.text("project-unit")) }
                    select id="unit" name="unit" {
                        option value="" { (locale.text("projects-all")) }
                        @for unit in units {
                            option value=(unit) selected[unit == self.filter.unit] { (unit) }
                        }
                    }
                }
                div.field {
                    label for="light" { (locale.text("project-light")) }
                    select id="light" name="light" {
                        option value="" { (locale.text("projects-all")) }
                        @for colour in Colour::ALL {
                            option value=(colour.name()) selected[colour.name() == self.filter.light] {
                                (locale.text(&format!("light-{}", colour.name())))
                            }
                        }
                    }
                }
                button type="submit" { (locale.text("projects-filter")) }
            }
        }
    }

    fn cards(&self, locale: &Locale, path: &str) -> Markup {
        let shown: Vec<&Row> = self
            .rows
            .iter()
            .filter(|row| row.passes(&self.filter))
            .collect();
        html! {
            @if shown.is_empty() { (empty_state(locale, "projects-none-such")) }
            ul.cards {
                @for row in shown {
                    li.card {
                        h3 { a.card-link href={ (path) "/projects/" (row.project.plan.code) } {
                            (row.project.plan.title)
                        } }
                        p.card-meta {
                            span { (row.project.plan.code) }
                            span { (row.project.plan.unit.name) }
                        }
                        (progress(
                            &locale.text("project-progress"), row.done, Some(row.planned), tone(row.light.colour),
                            &locale.text_with("project-done-of-plan", &[
                                ("done", row.done.into()), ("planned", row.planned.into()),
                            ]),
                        ))
                        @for reason in reasons(locale, &row.project, &row.light) { p.small.muted { (reason) } }
                        p.card-foot {
                            (lamp(locale, row.light.colour))
                            (state_badge(locale, row.project.state.name()))
                        }
                    }
                }
            }
        }
    }
}

/// `/j/{jurisdiction}/{year}/projects`
pub(crate) async fn list(
    State(app): State<App>,
    visit: Visit,
    at: InCycle,
    Query(filter): Query<Filter>,
) -> HttpResult {
    let heading = at.heading;
    let rows = rows(&app, &heading).await?;
    let to_hand_over = if visit.holds_any(&[Role::Office], heading.jurisdiction.id) {
        let mut tx = app.database.read().await?;
        chosen(&mut tx, &heading.cycle)
            .await?
            .into_iter()
            .filter(|code| rows.iter().all(|row| row.project.plan.code != *code))
            .collect()
    } else {
        Vec::new()
    };
    Ok(show(
        &visit,
        &ListPage {
            heading,
            to_hand_over,
            rows,
            filter,
        },
    ))
}

async fn rows(app: &App, heading: &CycleHeading) -> Result<Vec<Row>, HttpError> {
    let mut tx = app.database.read().await?;
    let day = today(app);
    let rules = light_rules(app, &mut tx, heading.cycle.jurisdiction).await?;
    Ok(store::projects(&mut tx, &heading.cycle)
        .await?
        .into_iter()
        .map(|project| Row::new(project, day, &rules))
        .collect())
}

const COLUMNS: [&str; 13] = [
    "project-code",
    "project-title",
    "project-unit",
    "project-lead",
    "export-budget-planned",
    "project-spent",
    "export-percent-done",
    "export-percent-planned",
    "project-light",
    "project-reasons",
    "project-state",
    "project-delivered-on",
    "project-accepted-on",
];

/// `/j/{jurisdiction}/{year}/projects.csv`
pub(crate) async fn csv(
    State(app): State<App>,
    visit: Visit,
    at: InCycle,
    Query(filter): Query<Filter>,
) -> HttpResult {
    sheet(&app, visit.locale, &at.heading, &filter).await?.csv()
}

/// `/j/{jurisdiction}/{year}/projects.xlsx`
pub(crate) async fn xlsx(
    State(app): State<App>,
    visit: Visit,
    at: InCycle,
    Query(filter): Query<Filter>,
) -> HttpResult {
    sheet(&app, visit.locale, &at.heading, &filter)
        .await?
        .xlsx(app.clock.now())
}

/// The projects that the list shows with this filter.
async fn sheet(
    app: &App,
    locale: &Locale,
    heading: &CycleHeading,
    filter: &Filter,
) -> Result<Sheet, HttpError> {
    let rows = rows(app, heading).await?;
    let shown = rows.iter().filter(|row| row.passes(filter));
    Ok(Sheet::of_cycle(
        heading,
        ("projects", locale.text("projects-title")),
        COLUMNS.iter().map(|key| locale.text(key)).collect(),
        shown.map(|row| record(locale, row)).collect(),
    ))
}

fn record(locale: &Locale, row: &Row) -> Vec<Cell> {
    let plan = &row.project.plan;
    let state = row.project.state;
    vec![
        plan.code.clone().into(),
        plan.title.clone().into(),
        plan.unit.name.clone().into(),
        plan.lead.clone().into(),
        plan.budget.into(),
        row.spent.into(),
        row.done.into(),
        row.planned.into(),
        locale
            .text(&format!("light-{}", row.light.colour.name()))
            .into(),
        reasons(locale, &row.project, &row.light).join(" ").into(),
        locale
            .text(&format!("project-state-{}", state.name().name()))
            .into(),
        state.delivered_on().into(),
        state.accepted_on().into(),
    ]
}
