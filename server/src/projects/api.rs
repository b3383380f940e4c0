//! What programs are told of projects.

use crate::web::cycle_path::InCycle;
use crate::web::http_error::HttpResult;
use crate::web::openapi::{Day, Light, Month, OfCycle, ProjectState, ReadProblems};
use crate::web::query::Parameters;
use axum::Json;
use axum::extract::State;
use domain::infra::app::App;
use domain::projects::{BasisPoints, Colour, LightRules, Reason, light_rules};
use domain::projects::{Milestone, Project, Report, StateName};
use domain::projects::{ProjectId, store, today};
use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::{OpenApi, ToSchema};

/// This room's part of the API's document.
#[derive(Debug, OpenApi)]
#[openapi(paths(projects))]
pub(super) struct Operations;

/// The parameters of [`projects`].
pub(super) const PARAMETERS: &[&str] = &["district", "unit", "light"];

/// Which projects are asked for.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    /// Only those that serve this district, by its name: those of the whole jurisdiction among them.
    district: Option<String>,
    /// Only those of this unit, by its name.
    unit: Option<String>,
    /// Only those with this light today.
    #[param(value_type = Option<Light>)]
    light: Option<Colour>,
}

impl Wanted {
    fn passes(&self, project: &ProjectAnswer) -> bool {
        let serves =
            |name: &String| project.districts.is_empty() || project.districts.contains(name);
        self.district.as_ref().is_none_or(serves)
            && self.unit.as_ref().is_none_or(|unit| *unit == project.unit)
            && self.light.is_none_or(|light| light == project.light)
    }
}

/// The projects of a cycle.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProjectsAnswer {
    /// The day that lights and plans are computed for.
    today: Day,
    /// The projects that were asked for.
    projects: Vec<ProjectAnswer>,
}

/// A project under way. Money in fen, months as `2026-03`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProjectAnswer {
    /// Its id.
    #[schema(value_type = uuid::Uuid)]
    id: ProjectId,
    /// The candidate's code.
    code: String,
    /// The title.
    title: String,
    /// What will be done.
    summary: String,
    /// The responsible unit.
    unit: String,
    /// The responsible lead.
    lead: String,
    /// What will be there when it is done.
    goal: String,
    /// Where.
    location: String,
    /// The districts that it serves; none: the whole jurisdiction.
    districts: Vec<String>,
    /// The planned investment.
    budget_fen: i64,
    /// Where the money comes from.
    funding: String,
    /// The day of the handing over.
    handed_over_on: Day,
    /// How far it has come.
    #[schema(value_type = ProjectState)]
    state: StateName,
    /// The day of the delivery.
    delivered_on: Option<Day>,
    /// The day of the acceptance.
    accepted_on: Option<Day>,
    /// Its colour.
    #[schema(value_type = Light)]
    light: Colour,
    /// Why the light has its colour.
    reasons: Vec<ReasonAnswer>,
    /// What the plan wants by today, in hundredths of a per cent of the whole.
    #[schema(value_type = i32)]
    planned_hundredths: BasisPoints,
    /// What the latest report says is done, in per cent.
    percent: Option<i32>,
    /// What the latest report says is spent.
    spent_fen: Option<i64>,
    /// The plan's milestones in their order.
    milestones: Vec<MilestoneAnswer>,
    /// Every version of every monthly report.
    reports: Vec<ReportAnswer>,
    /// The light of each month.
    lights: Vec<MonthLight>,
}

/// Why a light has its colour, with what belongs to the reason.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub(crate) enum ReasonAnswer {
    /// Accepted on this day.
    Accepted { on: Day },
    /// Delivered on this day, to be accepted.
    Delivered { on: Day },
    /// Nothing is late.
    OnPlan,
    /// The report for this month says less than was planned, by so many hundredths of a per cent of the whole.
    Behind {
        month: Month,
        #[schema(value_type = i32)]
        points: BasisPoints,
    },
    /// A milestone, counted from 0, should have been reached so many days ago.
    MilestoneLate { position: usize, days: i64 },
    /// The report for this month has been missing for so many days.
    ReportMissing { month: Month, days: i64 },
}

impl From<Reason> for ReasonAnswer {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::Accepted { on } => Self::Accepted { on: Day(on) },
            Reason::Delivered { on } => Self::Delivered { on: Day(on) },
            Reason::OnPlan => Self::OnPlan,
            Reason::Behind { month, points } => Self::Behind {
                month: Month(month),
                points,
            },
            Reason::MilestoneLate { position, days } => Self::MilestoneLate { position, days },
            Reason::ReportMissing { month, days } => Self::ReportMissing {
                month: Month(month),
                days,
            },
        }
    }
}

/// A milestone of the plan.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MilestoneAnswer {
    /// The quarter, 1 to 4.
    quarter: i32,
    /// By when.
    due: Day,
    /// What is to be reached.
    text: String,
    /// How much of the whole is to be done by then, in per cent.
    planned_percent: i32,
    /// When it was reached.
    completed_on: Option<Day>,
}

/// One version of a monthly report.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReportAnswer {
    /// For which month.
    month: Month,
    /// 1 for the first, more for corrections.
    version: i32,
    /// How much of the whole is done, in per cent.
    percent: i32,
    /// How much is spent since the start.
    spent_fen: i64,
    /// What was done.
    text: String,
    /// Why it was corrected.
    reason: Option<String>,
    /// What the unit says of figures that were questioned.
    explanation: Option<String>,
    /// On which day it was made.
    reported_on: Day,
}

/// A month's light.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MonthLight {
    /// The month.
    month: Month,
    /// Its colour.
    #[schema(value_type = Light)]
    light: Colour,
}

/// The projects with plan, milestones, reports and lights.
#[utoipa::path(
    get, path = "/api/v1/j/{jurisdiction}/{year}/projects", tag = "projects", operation_id = "listProjects",
    params(OfCycle, Wanted), responses((status = 200, description = "The projects.", body = ProjectsAnswer), ReadProblems)
)]
pub(crate) async fn projects(
    State(app): State<App>,
    at: InCycle,
    Parameters(wanted): Parameters<Wanted>,
) -> HttpResult<Json<ProjectsAnswer>> {
    let mut tx = app.database.read().await?;
    let day = today(&app);
    let projects = store::projects(&mut tx, at.cycle()).await?;
    let rules = light_rules(&app, &mut tx, at.cycle().jurisdiction).await?;
    let shown = |one| shown(one, day, &rules);
    Ok(Json(ProjectsAnswer {
        today: Day(day),
        projects: projects
            .into_iter()
            .map(shown)
            .filter(|one| wanted.passes(one))
            .collect(),
    }))
}

fn shown(project: Project, today: Date, rules: &LightRules) -> ProjectAnswer {
    let light = project.light(today, rules);
    let latest = project.latest();
    let (percent, spent_fen) = (
        latest.map(|one| one.percent),
        latest.map(|one| one.spent.fen()),
    );
    let lights = project.lights(today, rules).into_iter();
    let lights = lights.map(|(month, light)| MonthLight {
        month: Month(month),
        light: light.colour,
    });
    let lights = lights.collect();
    let planned_hundredths = project.planned(today);
    let state = project.state;
    let plan = project.plan;
    ProjectAnswer {
        id: project.id,
        code: plan.code,
        title: plan.title,
        summary: plan.summary,
        unit: plan.unit.name,
        lead: plan.lead,
        goal: plan.goal,
        location: plan.location,
        districts: plan.districts,
        budget_fen: plan.budget.fen(),
        funding: plan.funding,
        handed_over_on: Day(project.handed_over_on),
        state: state.name(),
        delivered_on: state.delivered_on().map(Day),
        accepted_on: state.accepted_on().map(Day),
        light: light.colour,
        reasons: light.reasons.into_iter().map(ReasonAnswer::from).collect(),
        planned_hundredths,
        percent,
        spent_fen,
        milestones: project.milestones.into_iter().map(milestone).collect(),
        reports: project.reports.into_iter().map(report).collect(),
        lights,
    }
}

fn milestone(one: Milestone) -> MilestoneAnswer {
    MilestoneAnswer {
        quarter: one.quarter,
        due: Day(one.due),
        text: one.text,
        planned_percent: one.planned_percent,
        completed_on: one.completed_on.map(Day),
    }
}

fn report(one: Report) -> ReportAnswer {
    ReportAnswer {
        month: Month(one.month),
        version: one.version,
        percent: one.percent,
        spent_fen: one.spent.fen(),
        text: one.text,
        reason: one.reason,
        explanation: one.explanation,
        reported_on: Day(one.reported_on),
    }
}
