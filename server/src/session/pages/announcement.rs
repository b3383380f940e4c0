//! The presidium's announcement (公告) of a result: its text follows from the decision; number and day are the office's.

use super::paper::Announcement;
use super::result_view::{is_adoption, sentence};
use super::status;
use crate::session::in_poll::InPoll;
use crate::web::components::{Field, day_text};
use crate::web::cycle_path::CycleHeading;
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::shared::levels::verdict_name;
use crate::web::visit::{Visit, redirect_with};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum_extra::extract::Form;
use domain::infra::app::App;
use domain::infra::field_errors::FieldErrors;
use domain::people::{Role, Viewer};
use domain::session::{Numbered, PollOutcome, SessionError, number_announcement};
use maud::{Markup, html};
use serde::Deserialize;
use tally::decision::{Decision, Outcome as Decided, Sheet};
use tally::evaluation::{Evaluation, EvaluationOutcome};

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
        html! {
            (self.of.ways(locale))
            @if self.of.numbered.is_none() {
                @if is_office { (self.number_form(locale)) }
                @else { p.notice.no-print { (locale.text("announcement-not-numbered")) } }
            }
            article.paper {
                header.paper-head {
                    p { (self.of.meeting(locale)) }
                    h1 { (locale.text("announcement-title")) }
                    @if let Some(numbered) = self.of.numbered {
                        p { (locale.text_with("announcement-number", &[("number", numbered.number.into())])) }
                    }
                }
                (self.text(visit))
                (status::advisory(locale, &self.of.found))
                div.paper-signed {
                    p { (self.signed(locale)) }
                    @if let Some(numbered) = self.of.numbered { p { (day_text(locale, numbered.day)) } }
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

    /// What was decided: by whom, of how many, and which.
    fn text(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        match &self.of.outcome {
            PollOutcome::Choice {
                decision: Decided::Decided(decision),
            } if is_adoption(&self.of.rule) => html! {
                p { (self.opening(visit, "announcement-adoption", &decision.sheet, self.of.list.len())) }
                p { (sentence(locale, &self.of.rule, &self.of.outcome)) }
                ol.paper-list { @for item in &self.of.list { li { (item.title) " " span.code { (item.code) } } } }
            },
            PollOutcome::Choice {
                decision: Decided::Decided(decision),
            } => html! {
                p { (self.opening(visit, "announcement-voted", &decision.sheet, decision.items.len())) }
                (self.chosen(locale, decision))
            },
            PollOutcome::Evaluation {
                verdicts: EvaluationOutcome::Judged(judged),
            } => html! {
                p { (self.opening(visit, "announcement-judged", &judged.sheet, judged.items.len())) }
                (self.verdicts(locale, judged))
            },
            PollOutcome::Choice {
                decision: Decided::NoQuorum { .. } | Decided::Void { .. },
            }
            | PollOutcome::Evaluation {
                verdicts: EvaluationOutcome::NoQuorum { .. } | EvaluationOutcome::Void { .. },
            } => html! { p { (sentence(locale, &self.of.rule, &self.of.outcome)) } },
        }
    }

    fn opening(&self, visit: &Visit, key: &str, sheet: &Sheet, items: usize) -> String {
        let locale = visit.locale;
        let body = &self.of.found.jurisdiction().settings.body;
        locale.text_with(
            key,
            &[
                ("meeting", self.of.meeting(locale).into()),
                ("members", locale.of(&body.members).into()),
                ("day", self.of.day(visit).into()),
                ("advises", self.of.advises().into()),
                ("items", items.into()),
                ("deputies", sheet.deputies.into()),
                ("present", sheet.present.into()),
                ("issued", sheet.issued.into()),
                ("returned", sheet.returned.into()),
                ("valid", sheet.valid.into()),
                ("invalid", sheet.invalid.into()),
            ],
        )
    }

    /// The chosen in the order of their ranks.
    fn chosen(&self, locale: &Locale, decision: &Decision) -> Markup {
        let mut ranked: Vec<_> = decision
            .items
            .iter()
            .filter(|item| item.standing.is_chosen())
            .collect();
        ranked.sort_by_key(|item| item.rank);
        let said = [
            ("chosen", ranked.len().into()),
            ("advises", self.of.advises().into()),
        ];
        html! {
            @if ranked.is_empty() {
                p { (locale.text_with("announcement-none", &said)) }
            } @else {
                p { (locale.text_with("announcement-chosen", &said)) }
                ol.paper-list { @for item in &ranked {
                    li { (self.title(item.id.as_str())) " " span.note { (locale.text_with("announcement-votes", &[("votes", item.votes.in_favour.into())])) } }
                } }
            }
            p { (sentence(locale, &self.of.rule, &self.of.outcome)) }
        }
    }

    fn verdicts(&self, locale: &Locale, judged: &Evaluation) -> Markup {
        let rule = self.of.rule.evaluation();
        html! {
            ol.paper-list { @for item in &judged.items {
                li {
                    (self.title(item.id.as_str())) " "
                    @if let Some(rule) = rule { strong { (verdict_name(locale, rule, item.verdict.as_ref())) } }
                }
            } }
        }
    }

    fn title(&self, code: &str) -> Markup {
        let title = super::result_view::title_of(&self.of.items, code);
        html! { (title) " " span.code { (code) } }
    }

    /// Who announces: the presidium; where a council advises, the council.
    fn signed(&self, locale: &Locale) -> String {
        let here = self.of.found.jurisdiction();
        locale.text_with(
            "announcement-signed",
            &[
                ("advises", self.of.advises().into()),
                ("meeting", self.of.meeting(locale).into()),
                ("place", here.name.clone().into()),
                ("body", locale.of(&here.settings.body.title).into()),
            ],
        )
    }
}

async fn load(app: &App, found: InPoll) -> HttpResult<AnnouncementPage> {
    let of = Announcement::load(app, found).await?;
    Ok(AnnouncementPage {
        of: of.ok_or(HttpError::NotFound)?,
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
