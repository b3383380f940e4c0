//! The form of a candidate: anew, from a cluster, or changed.

use super::compose::compose_path;
use crate::screening::candidate_form::{CandidateForm, MILESTONES};
use crate::web::components::{Field, Tone, breadcrumbs, error_text, facts, notice, page_head};
use crate::web::cycle_path::{CycleHeading, InCycle};
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::query::Query;
use crate::web::visit::{Visit, redirect_with};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum_extra::extract::Form;
use domain::cycles::store::districts;
use domain::infra::app::App;
use domain::infra::field_errors::FieldErrors;
use domain::people::{Unit, Viewer, store as people_store};
use domain::screening;
use domain::screening::CandidateId;
use domain::screening::ClusterId;
use domain::screening::{ShortlistError, shortlist};
use maud::{Markup, html};
use serde::Deserialize;

struct EditPage {
    heading: CycleHeading,
    /// The candidate that is changed; none where one is added.
    id: Option<CandidateId>,
    /// The jurisdiction's districts.
    districts: Vec<String>,
    /// Whether the list is published, so that a change needs a reason.
    published: bool,
    /// The jurisdiction's units: where there are some, one of them does it.
    units: Vec<Unit>,
    form: CandidateForm,
    errors: FieldErrors,
    /// Whether somebody else has changed it while the form was filled in: the form as it is now.
    present: Option<CandidateForm>,
}

impl EditPage {
    fn refused(mut self, visit: &Visit, errors: FieldErrors) -> Response {
        self.errors = errors;
        (StatusCode::UNPROCESSABLE_ENTITY, show(visit, &self)).into_response()
    }
}

/// From which cluster.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct From {
    cluster: String,
}

/// The empty form, or one begun with what screening found out about a cluster.
pub(crate) async fn new(
    State(app): State<App>,
    visit: Visit,
    at: InCycle,
    Query(from): Query<From>,
) -> HttpResult {
    let mut tx = app.database.read().await?;
    let districts = districts(&mut tx, at.cycle().jurisdiction).await?;
    let mut form = CandidateForm::default();
    if let Ok(id) = from.cluster.parse::<ClusterId>() {
        let cluster = screening::find_cluster(&mut tx, at.cycle(), id)
            .await?
            .ok_or(HttpError::NotFound)?;
        form = CandidateForm::from_cluster(&cluster, &districts);
    }
    let page = EditPage {
        units: people_store::units(&mut tx, at.cycle().jurisdiction).await?,
        heading: at.heading,
        id: None,
        districts,
        published: false,
        form,
        errors: FieldErrors::none(),
        present: None,
    };
    Ok(show(&visit, &page))
}

/// Adds a candidate.
pub(crate) async fn add(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    at: InCycle,
    Form(form): Form<CandidateForm>,
) -> HttpResult {
    let mut tx = app.database.read().await?;
    let districts = districts(&mut tx, at.cycle().jurisdiction).await?;
    let checked = form.check(at.cycle().year, &districts);
    let cluster = form.cluster.parse().ok();
    let page = EditPage {
        units: people_store::units(&mut tx, at.cycle().jurisdiction).await?,
        heading: at.heading.clone(),
        id: None,
        districts,
        published: false,
        form,
        errors: FieldErrors::none(),
        present: None,
    };
    drop(tx);
    let facts = match checked {
        Ok(facts) => facts,
        Err(errors) => return Ok(page.refused(&visit, errors)),
    };
    if let Err(error) = shortlist::add(&app, viewer.actor(), at.cycle(), &facts, cluster).await {
        return code_taken(page, &visit, error);
    }
    Ok(redirect_with(&compose_path(&at.heading), "candidate-saved"))
}

/// The form of a candidate that is there.
pub(crate) async fn edit(State(app): State<App>, visit: Visit, at: InCycle) -> HttpResult {
    let page = open(&app, &at).await?;
    Ok(show(&visit, &page))
}

async fn open(app: &App, at: &InCycle) -> Result<EditPage, HttpError> {
    let id: CandidateId = at.param("candidate")?;
    let mut tx = app.database.read().await?;
    let candidate = screening::candidates(&mut tx, at.cycle())
        .await?
        .into_iter()
        .find(|candidate| candidate.id == id)
        .ok_or(HttpError::NotFound)?;
    Ok(EditPage {
        units: people_store::units(&mut tx, at.cycle().jurisdiction).await?,
        heading: at.heading.clone(),
        id: Some(id),
        districts: districts(&mut tx, at.cycle().jurisdiction).await?,
        published: shortlist(&mut tx, at.cycle()).await?.is_published(),
        form: CandidateForm::of(&candidate),
        errors: FieldErrors::none(),
        present: None,
    })
}

/// Changes a candidate.
pub(crate) async fn change(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    at: InCycle,
    Form(form): Form<CandidateForm>,
) -> HttpResult {
    let id: CandidateId = at.param("candidate")?;
    let mut page = open(&app, &at).await?;
    let present = std::mem::replace(&mut page.form, form);
    let mut checked = page.form.check(at.cycle().year, &page.districts);
    if page.published {
        let mut errors = checked.as_ref().err().cloned().unwrap_or_default();
        errors.text("amend-reason", &page.form.amend_reason, 1, 300);
        if !errors.is_empty() {
            checked = Err(errors);
        }
    }
    let facts = match checked {
        Ok(facts) => facts,
        Err(errors) => return Ok(page.refused(&visit, errors)),
    };
    let why = page.form.amend_reason.clone();
    let (actor, seen) = (viewer.actor(), page.form.seen.clone());
    match shortlist::change(&app, actor, at.cycle(), id, &facts, &seen, &why).await {
        Ok(()) => {}
        Err(ShortlistError::Stale(_)) => {
            // Sent again, the form has seen what stands above it.
            page.form.seen.clone_from(&present.seen);
            page.present = Some(present);
            return Ok((StatusCode::CONFLICT, show(&visit, &page)).into_response());
        }
        Err(error) => return code_taken(page, &visit, error),
    }
    Ok(redirect_with(&compose_path(&at.heading), "candidate-saved"))
}

fn code_taken(page: EditPage, visit: &Visit, error: ShortlistError) -> HttpResult {
    if let ShortlistError::CodeTaken(_) = error {
        let mut errors = FieldErrors::none();
        errors.add("candidate-code", "code-taken");
        return Ok(page.refused(visit, errors));
    }
    Err(error.into())
}

impl Page for EditPage {
    fn title(&self, locale: &Locale) -> String {
        locale.text(if self.id.is_some() {
            "change-candidate"
        } else {
            "add-candidate"
        })
    }

    fn errors(&self) -> Option<&FieldErrors> {
        Some(&self.errors)
    }

    fn cycle(&self) -> Option<&CycleHeading> {
        Some(&self.heading)
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let compose = compose_path(&self.heading);
        let action = match self.id {
            Some(id) => format!("{compose}/{id}"),
            None => format!("{compose}/new"),
        };
        let title = self.title(locale);
        html! {
            (breadcrumbs(locale, &[(compose, locale.text("compose-title"))], &title))
            (page_head(&title, &locale.text("candidate-lead-text")))
            @if let Some(present) = &self.present {
                (notice(Tone::Bad, &html! { p role="alert" { (locale.text("changed-meanwhile-both")) } }))
                section.panel { (differences(locale, present, &self.form)) }
                h2 { (locale.text("what-you-filled-in")) }
            }
            form.form method="post" action=(action) {
                input type="hidden" name="seen" value=(self.form.seen);
                input type="hidden" name="cluster" value=(self.form.cluster);
                (self.fields(locale))
                (self.served(locale))
                (self.milestones(locale))
                @if self.published {
                    (self.field("amend-reason", &self.form.amend_reason).textarea(locale, 2))
                }
                button type="submit" { (locale.text("candidate-save")) }
            }
        }
    }
}

/// What stands now in the fields that the form has otherwise.
fn differences(locale: &Locale, present: &CandidateForm, typed: &CandidateForm) -> Markup {
    let lines: Vec<_> = present
        .lines()
        .into_iter()
        .zip(typed.lines())
        .filter(|((_, now), (_, mine))| now != mine)
        .map(|((name, now), _)| {
            (
                locale.text(&format!("field-{name}")),
                html! { span.pre-line { (now) } },
            )
        })
        .collect();
    facts(&lines)
}

impl EditPage {
    fn field<'a>(&'a self, name: &'static str, value: &'a str) -> Field<'a> {
        Field {
            name,
            value,
            errors: &self.errors,
            required: true,
        }
    }

    fn fields(&self, locale: &Locale) -> Markup {
        let form = &self.form;
        let line = |name, value: &String| {
            self.field(name, value.as_str())
                .input(locale, "text", "off")
        };
        html! {
            (line("candidate-code", &form.candidate_code))
            (line("candidate-title", &form.candidate_title))
            (self.field("candidate-summary", &form.candidate_summary).textarea(locale, 5))
            (line("candidate-goal", &form.candidate_goal))
            (self.unit(locale))
            (line("candidate-lead", &form.candidate_lead))
            (line("candidate-budget", &form.candidate_budget))
            (line("candidate-funding", &form.candidate_funding))
            (line("candidate-location", &form.candidate_location))
        }
    }

    /// The districts to tick; nothing where the jurisdiction does not divide itself.
    fn served(&self, locale: &Locale) -> Markup {
        let ticked = &self.form.candidate_districts;
        html! {
            @if !self.districts.is_empty() {
                fieldset #field-candidate-districts.field-invalid[self.errors.of("candidate-districts").is_some()] {
                    legend { (locale.text("field-candidate-districts")) }
                    p.hint { (locale.text("hint-candidate-districts")) }
                    @if let Some(error) = self.errors.of("candidate-districts") {
                        p.field-error { (error_text(locale, error)) }
                    }
                    div.choices.of-districts {
                        @for one in &self.districts {
                            label.choice {
                                input type="checkbox" name="candidate-districts" value=(one) checked[ticked.contains(one)];
                                span { (one) }
                            }
                        }
                    }
                }
            }
        }
    }

    /// Who does it: as in screening, one of the units where the jurisdiction has entered them; what stood before stays among them.
    fn unit(&self, locale: &Locale) -> Markup {
        let chosen = &self.form.candidate_unit;
        let field = self.field("candidate-unit", chosen.as_str());
        let mut names: Vec<&String> = self.units.iter().map(|unit| &unit.name).collect();
        if names.is_empty() {
            return field.input(locale, "text", "off");
        }
        if !chosen.is_empty() && !names.contains(&chosen) {
            names.push(chosen);
        }
        let options: Vec<_> = names
            .into_iter()
            .map(|name| (name.clone(), name.clone()))
            .collect();
        field.select(locale, &options)
    }

    fn milestones(&self, locale: &Locale) -> Markup {
        let (due, text, percent) = (
            locale.text("milestone-due"),
            locale.text("milestone-what"),
            locale.text("milestone-planned"),
        );
        html! {
            fieldset #field-candidate-milestones {
                legend { (locale.text("field-candidate-milestones")) }
                p.hint { (locale.text("milestones-hint")) }
                @if let Some(error) = self.errors.of("candidate-milestones") {
                    p.field-error { (error_text(locale, error)) }
                }
                table.stacked {
                    thead { tr { th { (due) } th { (text) } th { (percent) } } }
                    tbody {
                        @for number in 0..MILESTONES {
                            @let (on, what, planned) = self.form.row(number);
                            tr {
                                td data-label=(due) {
                                    input type="date" name="due" value=(on) aria-label={ (due) " " (number + 1) };
                                }
                                td data-label=(text) {
                                    input type="text" name="text" value=(what) aria-label={ (text) " " (number + 1) };
                                }
                                td data-label=(percent) {
                                    input type="text" inputmode="numeric" name="percent" value=(planned)
                                        aria-label={ (percent) " " (number + 1) };
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
