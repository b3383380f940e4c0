//! What the unit and the office send: reports, corrections, milestones, delivery, acceptance.

use super::detail::ProjectPage;
use super::forms::{DayForm, FormInput, ReportForm, ReworkForm, read_day};
use super::report::ReportPage;
use crate::web::cycle_path::{CycleHeading, InCycle};
use crate::web::http_error::{HttpError, HttpResult, url_encode};
use crate::web::visit::{Visit, redirect_with};
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::cycles::Cycle;
use domain::evaluation::answer_rework;
use domain::infra::app::App;
use domain::infra::field_errors::FieldErrors;
use domain::people::Viewer;
use domain::projects::{self, Correction, ProjectError, hand_over_chosen};
use time::Date;

/// Where a form was sent to, by whom.
struct Submission {
    app: App,
    visit: Visit,
    viewer: Viewer,
    heading: CycleHeading,
    /// The project's code, as the path has it.
    key: String,
}

impl Submission {
    fn new(app: App, visit: Visit, viewer: Viewer, at: InCycle) -> Result<Self, HttpError> {
        Ok(Self {
            app,
            visit,
            viewer,
            key: at.param("project")?,
            heading: at.heading,
        })
    }

    const fn cycle(&self) -> &Cycle {
        &self.heading.cycle
    }

    /// Back to the project with a message, or the page again with what is wrong.
    async fn answer(
        &self,
        done: Result<(), ProjectError>,
        flash: &'static str,
        mut typed: FormInput,
    ) -> HttpResult {
        match done {
            Ok(()) => Ok(self.back(flash)),
            Err(error) => match error.field() {
                Some((field, code)) => {
                    typed.errors.add(field, code);
                    self.again(typed).await
                }
                None => Err(error.into()),
            },
        }
    }

    async fn again(&self, typed: FormInput) -> HttpResult {
        let page = self.page(typed).await?;
        Ok(page.refused(&self.visit, StatusCode::UNPROCESSABLE_ENTITY))
    }

    /// The report's form again, with what is wrong or asked.
    async fn report_again(&self, typed: FormInput) -> HttpResult {
        let page = self.report_page(typed).await?;
        Ok(page.refused(&self.visit, StatusCode::UNPROCESSABLE_ENTITY))
    }

    /// The form with the report in force and the correction beside it: sent again, it has seen what stands there.
    async fn stale(&self, mut typed: FormInput) -> HttpResult {
        typed.is_stale = true;
        let mut page = self.report_page(typed).await?;
        page.has_seen_what_is_in_force();
        Ok(page.refused(&self.visit, StatusCode::CONFLICT))
    }

    async fn report_page(&self, typed: FormInput) -> Result<ReportPage, HttpError> {
        let heading = self.heading.clone();
        ReportPage::load(&self.app, &self.viewer, heading, &self.key, typed).await
    }

    fn back(&self, flash: &'static str) -> Response {
        let path = format!("{}/projects/{}", self.heading.path(), url_encode(&self.key));
        redirect_with(&path, flash)
    }

    async fn page(&self, typed: FormInput) -> Result<ProjectPage, HttpError> {
        let heading = self.heading.clone();
        let page = ProjectPage::load(&self.app, &self.visit, heading, &self.key, typed).await?;
        if page.may_act() {
            Ok(page)
        } else {
            Err(HttpError::Forbidden)
        }
    }
}

/// A monthly report, first or corrected.
async fn on_report(sent: Submission, form: ReportForm, correction: bool) -> HttpResult {
    let typed = |form: ReportForm, errors| FormInput {
        correcting: form.month().filter(|_| correction),
        report: form,
        errors,
        ..FormInput::default()
    };
    let new = match form.read(correction) {
        Ok(new) => new,
        Err(errors) => return sent.report_again(typed(form, errors)).await,
    };
    let (app, cycle, key) = (&sent.app, sent.cycle(), &sent.key);
    let actor = sent.viewer.actor();
    let (done, flash) = if correction {
        let correction = Correction {
            seen: form.seen(),
            report: &new,
            reason: &form.report_reason,
        };
        let done = projects::correct_report(app, actor, cycle, key, correction).await;
        if matches!(done, Err(ProjectError::Stale)) {
            return sent.stale(typed(form, FieldErrors::none())).await;
        }
        (done, "project-flash-corrected")
    } else {
        let done = projects::report_progress(app, actor, cycle, key, &new).await;
        (done, "project-flash-reported")
    };
    let mut typed = typed(form, FieldErrors::none());
    let Err(error) = done else {
        return Ok(sent.back(flash));
    };
    let Some((field, code)) = error.field() else {
        return Err(error.into());
    };
    typed.errors.add(field, code);
    if let ProjectError::Questioned(questions) = error {
        typed.questions = questions;
    }
    sent.report_again(typed).await
}

/// `POST …/projects/{project}/reports`
pub(crate) async fn report(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    at: InCycle,
    Form(form): Form<ReportForm>,
) -> HttpResult {
    let sent = Submission::new(app, visit, viewer, at)?;
    on_report(sent, form, false).await
}

/// `POST …/projects/{project}/corrections`
pub(crate) async fn correct(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    at: InCycle,
    Form(form): Form<ReportForm>,
) -> HttpResult {
    let sent = Submission::new(app, visit, viewer, at)?;
    on_report(sent, form, true).await
}

/// What happens on a day that is typed.
#[derive(Debug, Clone, Copy)]
enum OnDay {
    /// The milestone at this position is reached.
    Milestone(usize),
    /// The unit delivers.
    Delivery,
    /// The office accepts.
    Acceptance,
}

impl OnDay {
    /// The field's name and what was typed in it.
    fn field(self, form: &DayForm) -> (&'static str, &str) {
        match self {
            Self::Milestone(_) => ("completed_on", &form.completed_on),
            Self::Delivery => ("delivered_on", &form.delivered_on),
            Self::Acceptance => ("accepted_on", &form.accepted_on),
        }
    }

    fn flash(self) -> &'static str {
        match self {
            Self::Milestone(_) => "project-flash-milestone",
            Self::Delivery => "project-flash-delivered",
            Self::Acceptance => "project-flash-accepted",
        }
    }

    fn milestone(self) -> Option<usize> {
        match self {
            Self::Milestone(position) => Some(position),
            Self::Delivery | Self::Acceptance => None,
        }
    }

    async fn carry_out(self, sent: &Submission, on: Date) -> Result<(), ProjectError> {
        let (app, cycle, key) = (&sent.app, sent.cycle(), sent.key.as_str());
        let actor = sent.viewer.actor();
        match self {
            Self::Milestone(position) => {
                projects::complete_milestone(app, actor, cycle, key, position, on).await
            }
            Self::Delivery => projects::deliver(app, actor, cycle, key, on).await,
            Self::Acceptance => projects::accept(app, actor, cycle, key, on).await,
        }
    }
}

async fn on_day(sent: Submission, form: DayForm, change: OnDay) -> HttpResult {
    let (field, text) = change.field(&form);
    let read = read_day(field, text);
    let typed = |errors| FormInput {
        days: form,
        errors,
        milestone: change.milestone(),
        ..FormInput::default()
    };
    let on = match read {
        Ok(on) => on,
        Err(errors) => return sent.again(typed(errors)).await,
    };
    let done = change.carry_out(&sent, on).await;
    sent.answer(done, change.flash(), typed(FieldErrors::none()))
        .await
}

/// `POST …/projects/{project}/milestones/{position}`, the position from 0.
pub(crate) async fn complete(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    at: InCycle,
    Form(form): Form<DayForm>,
) -> HttpResult {
    let position = at.param("position")?;
    let sent = Submission::new(app, visit, viewer, at)?;
    on_day(sent, form, OnDay::Milestone(position)).await
}

/// `POST …/projects/{project}/delivery`
pub(crate) async fn deliver(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    at: InCycle,
    Form(form): Form<DayForm>,
) -> HttpResult {
    let sent = Submission::new(app, visit, viewer, at)?;
    on_day(sent, form, OnDay::Delivery).await
}

/// `POST …/projects/{project}/acceptance`
pub(crate) async fn accept(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    at: InCycle,
    Form(form): Form<DayForm>,
) -> HttpResult {
    let sent = Submission::new(app, visit, viewer, at)?;
    on_day(sent, form, OnDay::Acceptance).await
}

/// `POST …/projects/{project}/rework`: what the unit did about a rework order.
pub(crate) async fn rework(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    at: InCycle,
    Form(form): Form<ReworkForm>,
) -> HttpResult {
    let sent = Submission::new(app, visit, viewer, at)?;
    let errors = form.errors();
    if !errors.is_empty() {
        let typed = FormInput {
            rework: form,
            errors,
            ..FormInput::default()
        };
        return sent.again(typed).await;
    }
    let (actor, key) = (sent.viewer.actor(), &sent.key);
    answer_rework(&sent.app, actor, sent.cycle(), key, &form.rework_answer).await?;
    sent.answer(Ok(()), "rework-flash", FormInput::default())
        .await
}

/// `POST …/projects/handover`: the office hands over what was chosen.
pub(crate) async fn hand_over(State(app): State<App>, viewer: Viewer, at: InCycle) -> HttpResult {
    hand_over_chosen(&app, viewer.actor(), at.cycle()).await?;
    Ok(redirect_with(
        &format!("{}/projects", at.heading.path()),
        "projects-flash-handed-over",
    ))
}
