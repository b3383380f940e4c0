//! What programs are told of the evaluation.

use crate::web::cycle_path::InCycle;
use crate::web::export::{Cell, Sheet};
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::locale::Locale;
use crate::web::openapi::{Day, OfCycle, ReadProblems};
use crate::web::shared::levels::level_name;
use crate::web::visit::Visit;
use axum::Json;
use axum::extract::State;
use domain::evaluation::store;
use domain::evaluation::{ProjectVerdict, Rework, Stars, VerdictLevel};
use domain::infra::app::App;
use domain::projects::store as project_store;
use serde::Serialize;
use tally::evaluation::RatingSummary;
use tally::rules::LevelId;
use utoipa::{OpenApi, ToSchema};

/// This room's part of the API's document.
#[derive(Debug, OpenApi)]
#[openapi(paths(evaluation))]
pub(super) struct Operations;

/// The evaluation of a cycle's projects.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EvaluationAnswer {
    /// Whether it only advises: a street's council has no congress behind it.
    advisory: bool,
    /// Every project.
    projects: Vec<EvaluatedProject>,
}

/// A project with what deputies and residents say of it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EvaluatedProject {
    /// The candidate's code.
    code: String,
    /// The title.
    title: String,
    /// The deputies' verdicts, newest first.
    verdicts: Vec<VerdictAnswer>,
    /// What residents gave.
    residents: ResidentsAnswer,
    /// The rework orders.
    reworks: Vec<ReworkAnswer>,
}

/// What residents gave; below five responses it is not told.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "ratings", rename_all = "snake_case")]
pub(crate) enum ResidentsAnswer {
    /// Too few to be told.
    Withheld,
    /// Enough.
    Published {
        /// How many residents rated.
        responses: u64,
        /// The mean in hundredths of a star: 437 is 4.37.
        mean_hundredths: u64,
        /// How many gave 1, 2, 3, 4 and 5 stars.
        counts: [u64; 5],
    },
}

impl From<RatingSummary> for ResidentsAnswer {
    fn from(summary: RatingSummary) -> Self {
        match summary {
            RatingSummary::Withheld => Self::Withheld,
            RatingSummary::Published {
                responses,
                mean_hundredths,
                counts,
            } => Self::Published {
                responses,
                mean_hundredths,
                counts,
            },
        }
    }
}

/// The deputies' verdict in one announced poll.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VerdictAnswer {
    /// The poll.
    poll: uuid::Uuid,
    /// The level that is the verdict, by its id in the poll's rule; `null` where nobody was left in the base.
    #[schema(value_type = Option<String>)]
    verdict: Option<LevelId>,
    /// The votes of each level, in the order of the ballot.
    levels: Vec<LevelAnswer>,
    /// How many ballots said nothing of the project.
    unanswered: u64,
    /// Of how many the shares were counted.
    base: u64,
    /// The day of the announcement.
    announced_on: Day,
}

/// The votes of one level.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LevelAnswer {
    /// Its id in the poll's rule, e.g. `satisfied`.
    #[schema(value_type = String)]
    level: LevelId,
    /// What the ballot said, e.g. 满意.
    label: String,
    /// Its votes.
    votes: u64,
    /// The fewest votes of this and all better levels together with which it is the verdict; `null` where the rule
    /// sets no share.
    needed: Option<u64>,
}

/// A rework order (二次办理).
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReworkAnswer {
    /// The poll whose verdict orders it.
    poll: uuid::Uuid,
    /// The day of the order.
    ordered_on: Day,
    /// By when.
    due: Day,
    /// What the unit did.
    answer: Option<String>,
    /// When it said so.
    answered_on: Option<Day>,
}

/// Deputies' verdicts and residents' ratings of every project, side by side.
#[utoipa::path(
    get, path = "/api/v1/j/{jurisdiction}/{year}/evaluation", tag = "evaluation", operation_id = "getEvaluation",
    params(OfCycle), responses((status = 200, description = "The evaluation.", body = EvaluationAnswer), ReadProblems)
)]
pub(crate) async fn evaluation(
    State(app): State<App>,
    at: InCycle,
) -> HttpResult<Json<EvaluationAnswer>> {
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
            residents: residents.summary().into(),
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
        verdict: one.verdict.clone(),
        levels: one.levels.iter().map(level).collect(),
        unanswered: one.unanswered,
        base: one.base,
        announced_on: Day(one.announced_on),
    }
}

fn level(one: &VerdictLevel) -> LevelAnswer {
    LevelAnswer {
        level: one.id.clone(),
        label: one.label.clone(),
        votes: one.votes,
        needed: one.needed,
    }
}

fn rework(one: &Rework) -> ReworkAnswer {
    let answer = one.answer.as_ref();
    ReworkAnswer {
        poll: one.poll,
        ordered_on: Day(one.ordered_on),
        due: Day(one.due),
        answer: answer.map(|(text, _)| text.clone()),
        answered_on: answer.map(|(_, on)| Day(*on)),
    }
}

/// `/j/{jurisdiction}/{year}/evaluation.csv`
pub(crate) async fn csv(State(app): State<App>, visit: Visit, at: InCycle) -> HttpResult {
    sheet(app, visit.locale, at).await?.csv()
}

/// `/j/{jurisdiction}/{year}/evaluation.xlsx`
pub(crate) async fn xlsx(State(app): State<App>, visit: Visit, at: InCycle) -> HttpResult {
    let made = app.clock.now();
    sheet(app, visit.locale, at).await?.xlsx(made)
}

/// The columns before those of the levels.
const HEAD: [&str; 3] = ["export-code", "export-title", "result-verdict"];

/// The columns after those of the levels.
const TAIL: [&str; 6] = [
    "export-unanswered",
    "export-base",
    "export-announced-on",
    "export-responses",
    "export-mean",
    "export-rework-due",
];

/// A line a verdict, the newest first; a project without one has a line for its ratings.
async fn sheet(app: App, locale: &Locale, at: InCycle) -> Result<Sheet, HttpError> {
    let heading = at.heading.clone();
    let Json(answer) = evaluation(State(app), at).await?;
    let levels = levels_of(&answer.projects);
    let mut rows = Vec::new();
    for project in &answer.projects {
        let verdicts: Vec<Option<&VerdictAnswer>> = if project.verdicts.is_empty() {
            vec![None]
        } else {
            project.verdicts.iter().map(Some).collect()
        };
        rows.extend(
            verdicts
                .into_iter()
                .map(|one| line(locale, project, one, &levels)),
        );
    }
    let names = levels
        .iter()
        .map(|one| level_name(locale, &one.level, &one.label));
    let most = [("most", Stars::ALL.len().into())];
    let word = |key: &&str| match *key {
        "export-mean" => locale.text_with("export-mean", &most),
        key => locale.text(key),
    };
    let words = |keys: &[&str]| -> Vec<String> { keys.iter().map(word).collect() };
    let columns = words(&HEAD)
        .into_iter()
        .chain(names)
        .chain(words(&TAIL))
        .collect();
    let title = locale.text("evaluation-title");
    Ok(Sheet::of_cycle(
        &heading,
        ("evaluation", title),
        columns,
        rows,
    ))
}

/// The levels that occur, each once, in the order of the ballots.
fn levels_of(projects: &[EvaluatedProject]) -> Vec<&LevelAnswer> {
    let mut found: Vec<&LevelAnswer> = Vec::new();
    let verdicts = projects.iter().flat_map(|project| &project.verdicts);
    for level in verdicts.flat_map(|verdict| &verdict.levels) {
        if !found.iter().any(|other| is_same(other, level)) {
            found.push(level);
        }
    }
    found
}

/// The same answer on two ballots.
fn is_same(one: &LevelAnswer, other: &LevelAnswer) -> bool {
    one.level == other.level && one.label == other.label
}

/// The verdict in words.
fn verdict_in_words(locale: &Locale, one: &VerdictAnswer) -> String {
    let reached = one
        .levels
        .iter()
        .find(|level| Some(&level.level) == one.verdict.as_ref());
    reached.map_or_else(
        || locale.text("verdict-no-base"),
        |level| level_name(locale, &level.level, &level.label),
    )
}

fn line(
    locale: &Locale,
    project: &EvaluatedProject,
    one: Option<&VerdictAnswer>,
    levels: &[&LevelAnswer],
) -> Vec<Cell> {
    let (responses, mean) = match project.residents {
        ResidentsAnswer::Withheld => (Cell::Empty, Cell::Empty),
        ResidentsAnswer::Published {
            responses,
            mean_hundredths,
            ..
        } => (
            responses.into(),
            i32::try_from(mean_hundredths).map_or(Cell::Empty, Cell::Hundredths),
        ),
    };
    let votes = |level: &&LevelAnswer| {
        one.and_then(|one| one.levels.iter().find(|own| is_same(own, level)))
            .map(|own| own.votes)
            .into()
    };
    let rework = one.and_then(|one| {
        project
            .reworks
            .iter()
            .find(|rework| rework.poll == one.poll)
    });
    let mut cells: Vec<Cell> = vec![
        project.code.clone().into(),
        project.title.clone().into(),
        one.map(|one| verdict_in_words(locale, one)).into(),
    ];
    cells.extend(levels.iter().map(votes));
    cells.extend([
        one.map(|one| one.unanswered).into(),
        one.map(|one| one.base).into(),
        one.map(|one| one.announced_on.0).into(),
        responses,
        mean,
        rework.map(|rework| rework.due.0).into(),
    ]);
    cells
}
