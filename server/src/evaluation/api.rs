//! What programs are told of the evaluation.

use crate::web::cycle_path::InCycle;
use crate::web::export::{Cell, Sheet};
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::locale::Locale;
use crate::web::openapi::{OfCycle, ReadProblems};
use crate::web::visit::Visit;
use axum::Json;
use axum::extract::State;
use domain::evaluation::store;
use domain::evaluation::{ProjectVerdict, Rework, verdict_name};
use domain::infra::app::App;
use domain::projects::store as project_store;
use serde::Serialize;
use tally::evaluation::{Levels, RatingSummary};
use utoipa::{OpenApi, ToSchema};

/// This room's part of the API's document.
#[derive(Debug, OpenApi)]
#[openapi(paths(evaluation))]
pub(super) struct Operations;

/// The evaluation of a cycle's projects.
#[derive(Debug, Serialize, ToSchema)]
pub struct EvaluationAnswer {
    /// Whether it only advises: a street's council has no congress behind it.
    advisory: bool,
    /// Every project.
    projects: Vec<EvaluatedProject>,
}

/// A project with what deputies and residents say of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct EvaluatedProject {
    /// The candidate's code.
    code: String,
    /// The title.
    title: String,
    /// The deputies' verdicts, newest first.
    verdicts: Vec<VerdictAnswer>,
    /// What residents gave: `{"ratings":"withheld"}` below five responses, else `responses`, `mean_hundredths` and
    /// `counts` of 1 to 5 stars.
    #[schema(value_type = Object)]
    residents: RatingSummary,
    /// The rework orders.
    reworks: Vec<ReworkAnswer>,
}

/// The deputies' verdict in one announced poll.
#[derive(Debug, Serialize, ToSchema)]
pub struct VerdictAnswer {
    /// The poll.
    poll: uuid::Uuid,
    /// `satisfied`, `basically_satisfied`, `unsatisfied` or `no_base`.
    verdict: &'static str,
    /// How many chose `satisfied`, `basically`, `unsatisfied`, `unknown` where offered, or nothing (`unanswered`).
    #[schema(value_type = Object)]
    levels: Levels,
    /// Of how many the share was counted.
    base: u64,
    /// The fewest that reach the share.
    needed: u64,
    /// The day of the announcement.
    announced_on: String,
}

/// A rework order (二次办理).
#[derive(Debug, Serialize, ToSchema)]
pub struct ReworkAnswer {
    /// The poll whose verdict orders it.
    poll: uuid::Uuid,
    /// The day of the order.
    ordered_on: String,
    /// By when.
    due: String,
    /// What the unit did.
    answer: Option<String>,
    /// When it said so.
    answered_on: Option<String>,
}

/// Deputies' verdicts and residents' ratings of every project, side by side.
#[utoipa::path(
    get, path = "/api/v1/j/{jurisdiction}/{year}/evaluation", tag = "evaluation", operation_id = "getEvaluation",
    params(OfCycle), responses((status = 200, description = "The evaluation.", body = EvaluationAnswer), ReadProblems)
)]
pub async fn evaluation(State(app): State<App>, at: InCycle) -> HttpResult<Json<EvaluationAnswer>> {
    let cycle = at.cycle();
    let mut tx = app.database.read().await?;
    let projects = project_store::projects(&mut tx, cycle).await?;
    let verdicts = store::verdicts(&mut tx, cycle).await?;
    let reworks = store::reworks(&mut tx, cycle).await?;
    let ratings = store::ratings(&mut tx, cycle).await?;
    let evaluated = projects.into_iter().map(|project| {
        let verdicts = verdicts.iter().filter(|one| one.project == project.id);
        let reworks = reworks.iter().filter(|one| one.project == project.id);
        let residents = ratings.get(&project.id).copied().unwrap_or_default();
        EvaluatedProject {
            code: project.plan.code,
            title: project.plan.title,
            verdicts: verdicts.map(verdict).collect(),
            residents: residents.summary(),
            reworks: reworks.map(rework).collect(),
        }
    });
    Ok(Json(EvaluationAnswer {
        advisory: at.heading.jurisdiction.kind.is_advisory(),
        projects: evaluated.collect(),
    }))
}

fn verdict(one: &ProjectVerdict) -> VerdictAnswer {
    VerdictAnswer {
        poll: one.poll,
        verdict: verdict_name(one.verdict),
        levels: one.levels,
        base: one.base,
        needed: one.needed,
        announced_on: one.announced_on.to_string(),
    }
}

fn rework(one: &Rework) -> ReworkAnswer {
    let answer = one.answer.as_ref();
    ReworkAnswer {
        poll: one.poll,
        ordered_on: one.ordered_on.to_string(),
        due: one.due.to_string(),
        answer: answer.map(|(text, _)| text.clone()),
        answered_on: answer.map(|(_, on)| on.to_string()),
    }
}

/// `/j/{jurisdiction}/{year}/evaluation.csv`
pub async fn csv(State(app): State<App>, visit: Visit, at: InCycle) -> HttpResult {
    sheet(app, visit.locale, at).await?.csv()
}

/// `/j/{jurisdiction}/{year}/evaluation.xlsx`
pub async fn xlsx(State(app): State<App>, visit: Visit, at: InCycle) -> HttpResult {
    sheet(app, visit.locale, at).await?.xlsx()
}

const COLUMNS: [&str; 12] = [
    "export-code",
    "export-title",
    "result-verdict",
    "verdict-satisfied",
    "verdict-basically",
    "verdict-unsatisfied",
    "export-unanswered",
    "export-base",
    "export-announced-on",
    "export-responses",
    "export-mean",
    "export-rework-due",
];

/// A line a verdict, the newest first; a project without one has a line for its ratings.
async fn sheet(app: App, locale: &Locale, at: InCycle) -> Result<Sheet, HttpError> {
    let Json(answer) = evaluation(State(app), at).await?;
    let mut rows = Vec::new();
    for project in &answer.projects {
        let verdicts: Vec<Option<&VerdictAnswer>> = if project.verdicts.is_empty() {
            vec![None]
        } else {
            project.verdicts.iter().map(Some).collect()
        };
        rows.extend(verdicts.into_iter().map(|one| line(locale, project, one)));
    }
    Ok(Sheet {
        name: "evaluation",
        columns: COLUMNS.iter().map(|key| locale.text(key)).collect(),
        rows,
    })
}

fn line(locale: &Locale, project: &EvaluatedProject, one: Option<&VerdictAnswer>) -> Vec<Cell> {
    let (responses, mean) = match project.residents {
        RatingSummary::Withheld => (Cell::Empty, Cell::Empty),
        RatingSummary::Published {
            responses,
            mean_hundredths,
            ..
        } => (
            responses.into(),
            format!("{}.{:02}", mean_hundredths / 100, mean_hundredths % 100).into(),
        ),
    };
    let verdict = one.map(|one| locale.text(&format!("project-verdict-{}", one.verdict)));
    let rework = one.and_then(|one| {
        project
            .reworks
            .iter()
            .find(|rework| rework.poll == one.poll)
    });
    vec![
        project.code.clone().into(),
        project.title.clone().into(),
        verdict.into(),
        one.map(|one| one.levels.satisfied).into(),
        one.map(|one| one.levels.basically).into(),
        one.map(|one| one.levels.unsatisfied).into(),
        one.map(|one| one.levels.unanswered).into(),
        one.map(|one| one.base).into(),
        one.map(|one| one.announced_on.clone()).into(),
        responses,
        mean,
        rework.map(|rework| rework.due.clone()).into(),
    ]
}
