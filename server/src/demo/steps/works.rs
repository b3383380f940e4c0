//! The year of the chosen projects.

use super::{Now, move_to, set_clock};
use crate::demo::content::{Content, DemoProject, DemoReport};
use crate::demo::error::DemoError;
use domain::cycles::{Cycle, Stage};
use domain::evaluation::{self, EvaluationError};
use domain::infra::app::App;
use domain::infra::clock::Timestamp;
use domain::infra::money::Money;
use domain::projects::{self, Month, NewReport, ProjectError};
use domain::record::change::Actor;
use domain::session;
use time::macros::{date, datetime};
use time::{Date, OffsetDateTime};

/// When half of the year's reports are in.
pub(crate) fn mid_year() -> Timestamp {
    datetime!(2026-07-08 10:00 +8).into()
}

/// Whether the vote has chosen something and left no tie open: not where nobody has cast a ballot.
pub(crate) async fn is_decided(app: &App, cycle: &Cycle) -> Result<bool, DemoError> {
    let mut tx = app.database.read().await?;
    let rounds = session::rounds(&mut tx, cycle).await?;
    Ok(rounds.is_some_and(|one| one.decision.is_complete() && !one.chosen().is_empty()))
}

/// What was chosen is handed over, unless a visitor of the office has done it.
pub(crate) async fn hand_over(app: &App, now: &Now) -> Result<(), DemoError> {
    set_clock(app, datetime!(2026-01-28 09:00 +8));
    match projects::hand_over_chosen(app, Actor::System, &now.cycle).await {
        Ok(_) | Err(ProjectError::AlreadyHandedOver) => {}
        Err(error) => return Err(error.into()),
    }
    move_to(app, now, Stage::Implementing).await.map(|_| ())
}

pub(crate) async fn mid_year_reports(
    app: &App,
    now: &Now,
    content: &Content,
) -> Result<(), DemoError> {
    report_until(app, now, content, date!(2026 - 07 - 08)).await?;
    app.clock.set(mid_year());
    Ok(())
}

pub(crate) async fn year_end(app: &App, now: &Now, content: &Content) -> Result<(), DemoError> {
    report_until(app, now, content, date!(2027 - 01 - 10)).await?;
    set_clock(app, datetime!(2027-01-12 09:00 +8));
    move_to(app, now, Stage::Evaluating).await.map(|_| ())
}

/// The projects with a rework order that their unit has not answered.
pub(crate) async fn open_reworks(app: &App, cycle: &Cycle) -> Result<Vec<String>, DemoError> {
    let mut tx = app.database.read().await?;
    let projects = projects::store::projects(&mut tx, cycle).await?;
    let reworks = evaluation::store::reworks(&mut tx, cycle).await?;
    let open = reworks.iter().filter(|rework| rework.answer.is_none());
    Ok(open
        .filter_map(|rework| projects.iter().find(|one| one.id == rework.project))
        .map(|project| project.plan.code.clone())
        .collect())
}

/// A month after the evaluation the units say what they have reworked, unless a visitor of the unit has.
pub(crate) async fn answer_reworks(app: &App, now: &Now) -> Result<(), DemoError> {
    app.clock.set(app.clock.now().plus_days(30));
    for code in open_reworks(app, &now.cycle).await? {
        let answer = "已按测评意见逐项整改，由监督小组代表现场复核。";
        match evaluation::answer_rework(app, Actor::System, &now.cycle, &code, answer).await {
            Ok(()) | Err(EvaluationError::NoRework) => {}
            Err(error) => return Err(DemoError::Unfit(error.to_string())),
        }
    }
    Ok(())
}

/// What happened on a day of the year.
enum Event<'a> {
    Milestone(usize),
    Report(&'a DemoReport),
    Delivered,
    Accepted,
}

/// Tells everything that happened after now and up to `last`, in the order of the days.
async fn report_until(
    app: &App,
    now: &Now,
    content: &Content,
    last: Date,
) -> Result<(), DemoError> {
    let first = today(app);
    let mut events: Vec<(Date, &DemoProject, Event<'_>)> = Vec::new();
    for project in &content.progress {
        for report in &project.reports {
            for done in &report.completed_milestones {
                events.push((done.completed_on, project, Event::Milestone(done.quarter)));
            }
            events.push((report.reported_on, project, Event::Report(report)));
        }
        events.extend(
            project
                .delivered_on
                .map(|day| (day, project, Event::Delivered)),
        );
        events.extend(
            project
                .accepted_on
                .map(|day| (day, project, Event::Accepted)),
        );
    }
    events.retain(|(day, ..)| first < *day && *day <= last);
    events.sort_by_key(|(day, _, event)| (*day, rank(event)));
    for (day, project, event) in events {
        set_clock(app, at_work(app, day));
        tell(app, &now.cycle, &project.id, day, event).await?;
    }
    Ok(())
}

/// Within a day: first what was reached, then what is said of it.
const fn rank(event: &Event<'_>) -> u8 {
    match event {
        Event::Milestone(_) => 0,
        Event::Delivered => 1,
        Event::Report(_) => 2,
        Event::Accepted => 3,
    }
}

async fn tell(
    app: &App,
    cycle: &Cycle,
    key: &str,
    day: Date,
    event: Event<'_>,
) -> Result<(), DemoError> {
    let done = match event {
        Event::Milestone(quarter) => {
            // The content counts milestones from 1, as people do.
            let position = quarter.saturating_sub(1);
            projects::complete_milestone(app, Actor::System, cycle, key, position, day).await
        }
        Event::Report(report) => {
            let new = NewReport {
                month: report
                    .month
                    .parse::<Month>()
                    .map_err(|_| DemoError::Unfit(report.month.clone()))?,
                percent: i32::from(report.percent),
                spent: Money::from_wan(report.spent_wan),
                text: report.text.clone(),
                // Where a visitor has reported other figures before.
                explanation: Some("此前月报有误，以本月数据为准。".to_owned()),
            };
            projects::report_progress(app, Actor::System, cycle, key, &new).await
        }
        Event::Delivered => projects::deliver(app, Actor::System, cycle, key, day).await,
        Event::Accepted => projects::accept(app, Actor::System, cycle, key, day).await,
    };
    match done {
        // A visitor may have been the unit and have said it before, or something that this does not go with; or the deputies have
        // chosen otherwise.
        Err(
            ProjectError::MilestoneDone
            | ProjectError::MonthReported
            | ProjectError::MonthNotOpen
            | ProjectError::MilestonesOpen
            | ProjectError::Day(_)
            | ProjectError::State(_)
            | ProjectError::NoSuchProject
            | ProjectError::NoSuchMilestone,
        ) => Ok(()),
        done => Ok(done?),
    }
}

fn today(app: &App) -> Date {
    app.clock.now().in_zone(app.config.zone()).date()
}

fn at_work(app: &App, day: Date) -> OffsetDateTime {
    day.with_hms(15, 30, 0)
        .unwrap_or_else(|_| day.midnight())
        .assume_offset(app.config.zone())
}
