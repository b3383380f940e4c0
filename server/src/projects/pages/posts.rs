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
use time::Date;

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

/// A monthly report, first or corrected.
async fn on_report(sent: Sent, form: ReportForm, correction: bool) -> Answer {
    let typed = |form: ReportForm, errors| Typed {
        correcting: form.month().filter(|_| correction),
        report: form,
        errors,
        ..Typed::default()
    };
    let new = match form.read(correction) {
        Ok(new) => new,
        Err(errors) => return sent.again(typed(form, errors)).await,
    };
    let (app, cycle, key) = (&sent.app, &sent.cycle, &sent.address.2);
    let actor = sent.viewer.actor();
    let (done, flash) = if correction {
        let reason = &form.report_reason;
        let done = acts::correct_report(app, actor, cycle, key, &new, reason).await;
        (done, "project-flash-corrected")
    } else {
        let done = acts::report_progress(app, actor, cycle, key, &new).await;
        (done, "project-flash-reported")
    };
    let typed = typed(form, FormErrors::none());
    sent.answer(done, flash, typed).await
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
    on_report(sent, form, false).await
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

    async fn carry_out(self, sent: &Sent, on: Date) -> Result<(), ProjectError> {
        let (app, cycle, key) = (&sent.app, &sent.cycle, sent.address.2.as_str());
        let actor = sent.viewer.actor();
        match self {
            Self::Milestone(position) => {
                acts::complete_milestone(app, actor, cycle, key, position, on).await
            }
            Self::Delivery => acts::deliver(app, actor, cycle, key, on).await,
            Self::Acceptance => acts::accept(app, actor, cycle, key, on).await,
        }
    }
}

async fn on_day(sent: Sent, form: DayForm, act: OnDay) -> Answer {
    let (field, text) = act.field(&form);
    let read = read_day(field, text);
    let typed = |errors| Typed {
        days: form,
        errors,
        milestone: act.milestone(),
        ..Typed::default()
    };
    let on = match read {
        Ok(on) => on,
        Err(errors) => return sent.again(typed(errors)).await,
    };
    let done = act.carry_out(&sent, on).await;
    sent.answer(done, act.flash(), typed(FormErrors::none()))
        .await
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
    on_day(sent, form, OnDay::Milestone(position)).await
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
    on_day(sent, form, OnDay::Delivery).await
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
    on_day(sent, form, OnDay::Acceptance).await
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
