//! Your tasks (您的待办): what waits for the signed-in person, each a row that leads to where it is done.

use crate::web::components::{Icon, icon};
use crate::web::http_error::HttpResult;
use crate::web::locale::Locale;
use crate::web::visit::Visit;
use domain::closed_loop::{Act, CycleAct, Place, PollAct, ProjectAct, Task, Tasks, tasks};
use domain::cycles::Cycle;
use domain::infra::app::App;
use domain::infra::database::Tx;
use maud::{Markup, html};

/// What waits for the person behind a request; of nobody where nobody is signed in.
#[derive(Debug, Default)]
pub struct Todo(Option<Tasks>);

impl Todo {
    /// All of it.
    pub async fn of(app: &App, tx: &mut Tx, visit: &Visit) -> HttpResult<Self> {
        let Some(viewer) = &visit.viewer else {
            return Ok(Self(None));
        };
        let mut found = tasks(app, tx, viewer).await?;
        // What is done on this very page stands below.
        found.all.retain(|task| path(task) != visit.path);
        Ok(Self(Some(found)))
    }

    /// What waits in one cycle; and the second factor, which may be all that keeps the rest from being shown.
    pub async fn in_cycle(
        app: &App,
        tx: &mut Tx,
        visit: &Visit,
        cycle: &Cycle,
    ) -> HttpResult<Self> {
        let mut todo = Self::of(app, tx, visit).await?;
        if let Some(tasks) = &mut todo.0 {
            tasks.several_places = false;
            tasks.all.retain(|task| match &task.place {
                Some(place) => place.cycle.id == cycle.id,
                None => task.act == Act::SetUpFactor,
            });
        }
        Ok(todo)
    }

    /// The list; one line where there is nothing in it.
    pub fn panel(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let Some(tasks) = &self.0 else {
            return html! {};
        };
        html! {
            section.tasks aria-labelledby="tasks" {
                h2 #tasks { (locale.text("tasks-title")) }
                @if tasks.all.is_empty() {
                    p.muted { (locale.text("tasks-none")) }
                } @else {
                    ul { @for task in &tasks.all { li { (row(locale, tasks, task)) } } }
                }
            }
        }
    }
}

fn row(locale: &Locale, tasks: &Tasks, task: &Task) -> Markup {
    let notes = notes(locale, tasks, task);
    html! {
        a href=(path(task)) {
            (icon(drawing(&task.act)))
            span.task-text {
                strong { (words(locale, &task.act)) }
                @if !notes.is_empty() {
                    small { @for (late, note) in &notes { span.task-late[*late] { (note) } } }
                }
            }
            (icon(Icon::Next))
        }
    }
}

/// The act in words.
fn words(locale: &Locale, act: &Act) -> String {
    let (title, left) = match act {
        Act::SetUpFactor | Act::Advance { .. } => ("", 0),
        Act::AnswerOffers { left }
        | Act::ConfirmTakedown { left, .. }
        | Act::OfCycle { left, .. }
        | Act::Review { left, .. } => ("", *left),
        Act::OfPoll { title, .. }
        | Act::OfProject { title, .. }
        | Act::ReadAnswer { title, .. } => (title.as_str(), 0),
    };
    let stage = if let Act::Advance { to } = act {
        locale.text(&format!("stage-{}", to.name()))
    } else {
        String::new()
    };
    let values = [
        ("title", title.into()),
        ("left", left.into()),
        ("stage", stage.into()),
    ];
    locale.text_with(&format!("task-{}", act.name()), &values)
}

/// What stands below it: who else has confirmed, where, until when. True: the day has passed.
fn notes(locale: &Locale, tasks: &Tasks, task: &Task) -> Vec<(bool, String)> {
    let mut notes = Vec::new();
    if let (Some(place), Act::OfPoll { act, .. }) = (&task.place, &task.act)
        && let PollAct::Confirm {
            other: Some(side), ..
        } = act
    {
        let body = &place.jurisdiction.settings.body;
        let side = locale.text_about(&format!("session-role-{}", side.name()), body);
        notes.push((
            false,
            locale.text_with("task-other-side", &[("side", side.into())]),
        ));
    }
    if let Some(day) = task.until {
        let is_late = day < tasks.today;
        let key = if is_late { "task-late" } else { "task-until" };
        notes.push((
            is_late,
            locale.text_with(key, &[("day", day.to_string().into())]),
        ));
    }
    if let Some(place) = task.place.as_ref().filter(|_| tasks.several_places) {
        let values = [
            ("place", place.jurisdiction.name.as_str().into()),
            ("year", place.cycle.year.to_string().into()),
        ];
        notes.push((false, locale.text_with("task-place", &values)));
    }
    notes
}

/// Where it is done.
fn path(task: &Task) -> String {
    let cycle = task.place.as_deref().map(cycle_path).unwrap_or_default();
    match &task.act {
        Act::SetUpFactor => "/me/security".to_owned(),
        Act::AnswerOffers { .. } => "/me".to_owned(),
        Act::ConfirmTakedown { entry, .. } => format!("/record/entry/{}", entry.position()),
        Act::OfPoll { poll, act, .. } => {
            let room = match act {
                PollAct::CheckIn => "check-in",
                PollAct::ConfirmHeadcount => "headcount",
                PollAct::Vote | PollAct::Evaluate => "cast",
                PollAct::MakeKey | PollAct::ApproveElection | PollAct::Decrypt => "scrutineer",
                PollAct::ReservePaper | PollAct::CountPaper => "paper",
                PollAct::WriteRules
                | PollAct::PrepareFreeze
                | PollAct::PrepareOpening
                | PollAct::Confirm { .. }
                | PollAct::Announce => "manage",
            };
            format!("{cycle}/session/polls/{poll}/{room}")
        }
        Act::OfCycle { act, .. } => {
            let room = match act {
                CycleAct::DecideIntake => "proposals/intake",
                CycleAct::Screen | CycleAct::PublishDecisions => "screening/queue",
                CycleAct::ComposeShortlist => "shortlist/compose",
                CycleAct::AnswerComments | CycleAct::ReadCommentAnswers => "shortlist",
                CycleAct::CallVote | CycleAct::DecideTie | CycleAct::VoteOnList => "session",
                CycleAct::CallEvaluation | CycleAct::Rate => "evaluation",
                CycleAct::HandOver => "projects",
            };
            format!("{cycle}/{room}")
        }
        Act::Advance { .. } => format!("{cycle}#next-stage"),
        Act::Review { proposal, .. } => format!("{cycle}/screening/queue/{proposal}"),
        Act::OfProject { code, act, .. } => {
            let part = match act {
                ProjectAct::Report => "#report",
                ProjectAct::AnswerRework => "#rework",
                ProjectAct::CompleteMilestone | ProjectAct::Accept => "",
            };
            format!("{cycle}/projects/{code}{part}")
        }
        Act::ReadAnswer { proposal, .. } => format!("{cycle}/proposals/{proposal}"),
    }
}

fn cycle_path(place: &Place) -> String {
    format!("/j/{}/{}", place.jurisdiction.slug, place.cycle.year)
}

/// Decoration: a lock for what a secret is needed, a seal for what cannot be undone, people for what concerns many.
const fn drawing(act: &Act) -> Icon {
    match act {
        Act::SetUpFactor => Icon::Lock,
        Act::OfPoll { act, .. } => match act {
            PollAct::MakeKey | PollAct::Decrypt | PollAct::ReservePaper => Icon::Lock,
            PollAct::ApproveElection | PollAct::Confirm { .. } | PollAct::Announce => Icon::Seal,
            PollAct::ConfirmHeadcount | PollAct::PrepareFreeze | PollAct::PrepareOpening => {
                Icon::People
            }
            PollAct::CheckIn
            | PollAct::Vote
            | PollAct::Evaluate
            | PollAct::WriteRules
            | PollAct::CountPaper => Icon::Check,
        },
        Act::ConfirmTakedown { .. } | Act::Advance { .. } => Icon::Seal,
        Act::AnswerOffers { .. } | Act::OfCycle { .. } | Act::Review { .. } => Icon::People,
        Act::OfProject { .. } => Icon::Place,
        Act::ReadAnswer { .. } => Icon::Check,
    }
}
