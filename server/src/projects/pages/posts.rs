//! What the unit and the office send: reports, corrections, milestones, delivery, acceptance.

use super::detail::ProjectPage;
use super::forms::{DayForm, ReportForm, ReworkForm, Typed, read_day};
use crate::app::App;
use crate::cycles::{Cycle, find_cycle};
use crate::evaluation::answer_rework;
use crate::projects::error::ProjectError;
use crate::projects::{acts, take_over_chosen};
use crate::web::failure::{Answer, Failure, url_encode};
use crate::web::form::FormErrors;
use crate::web::visit::{Viewer, Visit, redirect_with};
use axum::Form;
use axum::extract::{Path, State};

type Address = (String, i32, String);

/// Where a form was sent to, by whom.
struct Sent {
    app: App,
    visit: Visit,
    viewer: Viewer,
    cycle: Cycle,
    address: Address,
}

impl Sent {
    async fn new(
        app: App,
        visit: Visit,
        viewer: Viewer,
        address: Address,
    ) -> Result<Self, Failure> {
        let (_, cycle) = find_cycle(&app, &address.0, address.1).await?;
        Ok(Self {
            app,
            visit,
            viewer,
            cycle,
            address,
        })
    }

    /// Back to the project with a message, or the page again with what is wrong.
    async fn answer(
        &self,
        done: Result<(), ProjectError>,
        flash: &'static str,
        mut typed: Typed,
    ) -> Answer {
        let (slug, year, key) = &self.address;
        match done {
            Ok(()) => {
                let path = format!("/j/{slug}/{year}/projects/{}", url_encode(key));
                Ok(redirect_with(&path, flash))
            }
            Err(error) => match error.field() {
                Some((field, code)) => {
                    typed.errors.add(field, code);
                    self.again(typed).await
                }
                None => Err(error.into()),
            },
        }
    }

    async fn again(&self, typed: Typed) -> Answer {
        let (slug, year, key) = &self.address;
        let address = (slug.as_str(), *year, key.as_str());
        let page = ProjectPage::load(&self.app, &self.visit, address, typed).await?;
        if !page.may_act() {
            return Err(Failure::Forbidden);
        }
        Ok(page.refused(&self.visit))
    }
}

fn typed_report(form: ReportForm, errors: FormErrors, correction: bool) -> Typed {
    Typed {
        correcting: form.month().filter(|_| correction),
        report: form,
        errors,
        ..Typed::default()
    }
}

/// `POST …/projects/{project}/reports`
pub async fn report(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    Path(address): Path<Address>,
    Form(form): Form<ReportForm>,
) -> Answer {
    let sent = Sent::new(app, visit, viewer, address).await?;
    let new = match form.read(false) {
        Ok(new) => new,
        Err(errors) => return sent.again(typed_report(form, errors, false)).await,
    };
    let (actor, key) = (sent.viewer.actor(), &sent.address.2);
    let done = acts::report_progress(&sent.app, actor, &sent.cycle, key, &new).await;
    let typed = typed_report(form, FormErrors::none(), false);
    sent.answer(done, "project-flash-reported", typed).await
}

/// `POST …/projects/{project}/corrections`
pub async fn correct(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    Path(address): Path<Address>,
    Form(form): Form<ReportForm>,
) -> Answer {
    let sent = Sent::new(app, visit, viewer, address).await?;
    let new = match form.read(true) {
        Ok(new) => new,
        Err(errors) => return sent.again(typed_report(form, errors, true)).await,
    };
    let (actor, key) = (sent.viewer.actor(), &sent.address.2);
    let done = acts::correct_report(
        &sent.app,
        actor,
        &sent.cycle,
        key,
        &new,
        &form.report_reason,
    )
    .await;
    let typed = typed_report(form, FormErrors::none(), true);
    sent.answer(done, "project-flash-corrected", typed).await
}

/// `POST …/projects/{project}/milestones/{position}`, the position from 0.
pub async fn complete(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    Path((slug, year, key, position)): Path<(String, i32, String, usize)>,
    Form(form): Form<DayForm>,
) -> Answer {
    let sent = Sent::new(app, visit, viewer, (slug, year, key)).await?;
    let typed = |errors| Typed {
        days: form.clone(),
        errors,
        milestone: Some(position),
        ..Typed::default()
    };
    let on = match read_day("completed_on", &form.completed_on) {
        Ok(on) => on,
        Err(errors) => return sent.again(typed(errors)).await,
    };
    let (actor, key) = (sent.viewer.actor(), &sent.address.2);
    let done = acts::complete_milestone(&sent.app, actor, &sent.cycle, key, position, on).await;
    let typed = typed(FormErrors::none());
    sent.answer(done, "project-flash-milestone", typed).await
}

/// `POST …/projects/{project}/delivery`
pub async fn deliver(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    Path(address): Path<Address>,
    Form(form): Form<DayForm>,
) -> Answer {
    let sent = Sent::new(app, visit, viewer, address).await?;
    let on = match read_day("delivered_on", &form.delivered_on) {
        Ok(on) => on,
        Err(errors) => return sent.again(typed_day(form, errors)).await,
    };
    let (actor, key) = (sent.viewer.actor(), &sent.address.2);
    let done = acts::deliver(&sent.app, actor, &sent.cycle, key, on).await;
    sent.answer(
        done,
        "project-flash-delivered",
        typed_day(form, FormErrors::none()),
    )
    .await
}

/// `POST …/projects/{project}/acceptance`
pub async fn accept(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    Path(address): Path<Address>,
    Form(form): Form<DayForm>,
) -> Answer {
    let sent = Sent::new(app, visit, viewer, address).await?;
    let on = match read_day("accepted_on", &form.accepted_on) {
        Ok(on) => on,
        Err(errors) => return sent.again(typed_day(form, errors)).await,
    };
    let (actor, key) = (sent.viewer.actor(), &sent.address.2);
    let done = acts::accept(&sent.app, actor, &sent.cycle, key, on).await;
    sent.answer(
        done,
        "project-flash-accepted",
        typed_day(form, FormErrors::none()),
    )
    .await
}

fn typed_day(form: DayForm, errors: FormErrors) -> Typed {
    Typed {
        days: form,
        errors,
        ..Typed::default()
    }
}

/// `POST …/projects/{project}/rework`: what the unit did about a rework order.
pub async fn rework(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    Path(address): Path<Address>,
    Form(form): Form<ReworkForm>,
) -> Answer {
    let sent = Sent::new(app, visit, viewer, address).await?;
    let errors = form.errors();
    if !errors.is_empty() {
        let typed = Typed {
            rework: form,
            errors,
            ..Typed::default()
        };
        return sent.again(typed).await;
    }
    let (actor, key) = (sent.viewer.actor(), &sent.address.2);
    answer_rework(&sent.app, actor, &sent.cycle, key, &form.rework_answer).await?;
    sent.answer(Ok(()), "rework-flash", Typed::default()).await
}

/// `POST …/projects/take-over`: the office hands over what was chosen.
pub async fn take_over(
    State(app): State<App>,
    viewer: Viewer,
    Path((slug, year)): Path<(String, i32)>,
) -> Answer {
    let (_, cycle) = find_cycle(&app, &slug, year).await?;
    take_over_chosen(&app, viewer.actor(), &cycle).await?;
    Ok(redirect_with(
        &format!("/j/{slug}/{year}/projects"),
        "projects-flash-taken-over",
    ))
}
