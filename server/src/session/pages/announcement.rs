//! The presidium's announcement (公告) of a result: its text follows from the decision; number and day are the office's.

use super::announcement_words::announcement_words;
use super::paper::Announcement;
use super::status;
use crate::session::in_poll::InPoll;
use crate::web::components::Field;
use crate::web::cycle_path::CycleHeading;
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::shared::printed;
use crate::web::visit::{Visit, redirect_with};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum_extra::extract::Form;
use domain::infra::app::App;
use domain::infra::field_errors::FieldErrors;
use domain::people::{Role, Viewer};
use domain::session::{Numbered, SessionError, number_announcement};
use maud::{Markup, html};
use paper::Paper;
use serde::Deserialize;

/// What the office enters once.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct NumberForm {
    announcement_number: String,
    announcement_day: String,
}

impl NumberForm {
    fn read(&self) -> Result<Numbered, FieldErrors> {
        let mut errors = FieldErrors::none();
        let number = errors.whole_number("announcement_number", &self.announcement_number, 1, 9999);
        let day = errors.day("announcement_day", &self.announcement_day);
        let number = number.and_then(|number| u32::try_from(number).ok());
        match (number, day) {
            (Some(number), Some(day)) => Ok(Numbered { number, day }),
            _ => Err(errors),
        }
    }
}

struct AnnouncementPage {
    of: Announcement,
    printer_is_there: bool,
    form: NumberForm,
    errors: FieldErrors,
}

impl Page for AnnouncementPage {
    fn title(&self, locale: &Locale) -> String {
        locale.text("announcement-title")
    }

    fn cycle(&self) -> Option<&CycleHeading> {
        Some(self.of.found.heading())
    }

    fn errors(&self) -> Option<&FieldErrors> {
        Some(&self.errors)
    }

    fn is_paper(&self) -> bool {
        true
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let is_office = visit.holds_any(&[Role::Office], self.of.found.jurisdiction().id);
        let words = announcement_words(&self.of, visit);
        html! {
            (self.of.ways(locale, self.printer_is_there.then_some("announcement")))
            @if self.of.numbered.is_none() {
                @if is_office { (self.number_form(locale)) }
                @else { p.notice.no-print { (locale.text("announcement-not-numbered")) } }
            }
            article.paper {
                header.paper-head {
                    p { (words.meeting) }
                    h1 { (words.heading) }
                    @if let Some(number) = &words.number { p { (number) } }
                }
                @for line in &words.opening { p { (line) } }
                @if !words.list.is_empty() {
                    ol.paper-list { @for one in &words.list {
                        li { (one.title) " " span.code { (one.code) }
                            @if let Some(said) = &one.said { " " span.note { (said) } } }
                    } }
                }
                @for line in &words.closing { p { (line) } }
                (status::advisory(locale, &self.of.found))
                div.paper-signed {
                    p { (words.signed) }
                    @if let Some(day) = &words.day { p { (day) } }
                }
            }
        }
    }
}

impl AnnouncementPage {
    fn number_form(&self, locale: &Locale) -> Markup {
        let field = |name, value| Field {
            name,
            value,
            errors: &self.errors,
            required: true,
        };
        html! {
            form.form.no-print method="post" action={ (self.of.found.results()) "/announcement" } {
                p { (locale.text("announcement-enter")) }
                (field("announcement_number", &self.form.announcement_number).input(locale, "number", "off"))
                (field("announcement_day", &self.form.announcement_day).input(locale, "date", "off"))
                button.button.primary type="submit" { (locale.text("announcement-save")) }
            }
        }
    }
}

async fn load(app: &App, found: InPoll) -> HttpResult<AnnouncementPage> {
    let of = Announcement::load(app, found).await?;
    Ok(AnnouncementPage {
        of: of.ok_or(HttpError::NotFound)?,
        printer_is_there: app.printer.is_there(),
        form: NumberForm::default(),
        errors: FieldErrors::none(),
    })
}

/// `GET …/results/{poll}/announcement`
pub(crate) async fn announcement(
    State(app): State<App>,
    visit: Visit,
    found: InPoll,
) -> HttpResult {
    let mut page = load(&app, found).await?;
    page.form.announcement_day = page.of.announced.at.in_zone(visit.zone).date().to_string();
    Ok(show(&visit, &page))
}

/// `GET …/results/{poll}/announcement.pdf`
pub(crate) async fn announcement_pdf(
    State(app): State<App>,
    visit: Visit,
    found: InPoll,
) -> HttpResult {
    let of = Announcement::load(&app, found).await?;
    let of = of.ok_or(HttpError::NotFound)?;
    let paper = Paper::Announcement(announcement_words(&of, &visit));
    let title = visit.locale.text("announcement-title");
    let file = of.file("announcement", &title);
    printed::answer(&app, &of.document(&visit, title, paper), &file).await
}

/// `POST …/results/{poll}/announcement`: the office enters number and day.
pub(crate) async fn number(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    found: InPoll,
    Form(form): Form<NumberForm>,
) -> HttpResult {
    let poll = &found.poll;
    let errors = match form.read() {
        Ok(new) => {
            let done =
                number_announcement(&app, viewer.actor(), poll.jurisdiction, poll.id, new).await;
            let mut errors = FieldErrors::none();
            match done {
                Ok(()) => {
                    let back = format!("{}/announcement", found.results());
                    return Ok(redirect_with(&back, "announcement-numbered"));
                }
                Err(SessionError::NumberTaken) => {
                    errors.add("announcement_number", "number-taken");
                }
                Err(SessionError::AnnouncementDay(code)) => errors.add("announcement_day", code),
                Err(other) => return Err(other.into()),
            }
            errors
        }
        Err(errors) => errors,
    };
    let mut page = load(&app, found).await?;
    page.form = form;
    page.errors = errors;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, show(&visit, &page)).into_response())
}
