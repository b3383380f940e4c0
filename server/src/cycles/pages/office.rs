//! The office's pages of a cycle: beginning one, moving it on.

use crate::web::choice::Choice;
use crate::web::components::{Field, breadcrumbs, page_head};
use crate::web::cycle_path::InCycle;
use crate::web::cycle_path::find_jurisdiction;
use crate::web::http_error::HttpResult;
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::visit::{Visit, redirect_with};
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use domain::closed_loop;
use domain::cycles::{self, CycleError, NewCycle};
use domain::cycles::{Jurisdiction, Stage};
use domain::infra::app::App;
use domain::infra::field_errors::FieldErrors;
use domain::people::Viewer;
use maud::{Markup, html};
use serde::Deserialize;

const DISTRICTS: usize = 200;
const DISTRICT_CHARACTERS: usize = 30;

/// The form of a new cycle as it was typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
#[expect(
    clippy::struct_field_names,
    reason = "the names as sent, which are also the keys of their labels"
)]
pub(crate) struct CycleForm {
    cycle_year: String,
    cycle_term: String,
    cycle_session: String,
    cycle_places: String,
    cycle_districts: String,
}

impl CycleForm {
    /// The cycle and the districts, or what is wrong with the form.
    fn check(&self) -> Result<(NewCycle, Vec<String>), FieldErrors> {
        let mut errors = FieldErrors::none();
        let mut number = |field, text: &str, min, max| {
            errors
                .whole_number(field, text, min, max)
                .and_then(|number| i32::try_from(number).ok())
        };
        let year = number("cycle-year", &self.cycle_year, 2000, 2999);
        let term = number("cycle-term", &self.cycle_term, 1, 999);
        let session = number("cycle-session", &self.cycle_session, 1, 99);
        let places = number("cycle-places", &self.cycle_places, 1, 100);
        let mut districts: Vec<String> = Vec::new();
        for line in self.cycle_districts.lines().map(str::trim) {
            if !line.is_empty() && !districts.iter().any(|known| known == line) {
                districts.push(line.to_owned());
            }
        }
        for district in &districts {
            errors.text("cycle-districts", district, 1, DISTRICT_CHARACTERS);
        }
        if districts.len() > DISTRICTS {
            errors.add("cycle-districts", "too-large");
        }
        match (year, term, session, places) {
            (Some(year), Some(term), Some(session), Some(places)) if errors.is_empty() => {
                let new = NewCycle {
                    year,
                    term,
                    session,
                    places,
                };
                Ok((new, districts))
            }
            _ => Err(errors),
        }
    }
}

struct NewPage {
    jurisdiction: Jurisdiction,
    form: CycleForm,
    errors: FieldErrors,
}

impl NewPage {
    fn refused(mut self, visit: &Visit, errors: FieldErrors) -> Response {
        self.errors = errors;
        (StatusCode::UNPROCESSABLE_ENTITY, show(visit, &self)).into_response()
    }
}

/// `/j/{jurisdiction}/new`: the form, with the districts and the numbers that follow from the last cycle.
pub(crate) async fn new(
    State(app): State<App>,
    visit: Visit,
    Path(slug): Path<String>,
) -> HttpResult {
    let jurisdiction = find_jurisdiction(&app, &slug).await?;
    let mut tx = app.database.read().await?;
    let last = cycles::store::cycles(&mut tx, jurisdiction.id)
        .await?
        .into_iter()
        .next();
    let districts = cycles::store::districts(&mut tx, jurisdiction.id).await?;
    let mut form = CycleForm {
        cycle_districts: districts.join("\n"),
        ..CycleForm::default()
    };
    if let Some(last) = last {
        form.cycle_year = (last.year + 1).to_string();
        form.cycle_term = last.term.to_string();
        form.cycle_session = (last.session + 1).to_string();
        form.cycle_places = last.places.to_string();
    }
    let page = NewPage {
        jurisdiction,
        form,
        errors: FieldErrors::none(),
    };
    Ok(show(&visit, &page))
}

/// Begins the cycle.
pub(crate) async fn create(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    Path(slug): Path<String>,
    Form(form): Form<CycleForm>,
) -> HttpResult {
    let page = NewPage {
        jurisdiction: find_jurisdiction(&app, &slug).await?,
        form,
        errors: FieldErrors::none(),
    };
    let (new, districts) = match page.form.check() {
        Ok(checked) => checked,
        Err(errors) => return Ok(page.refused(&visit, errors)),
    };
    match cycles::create(&app, viewer.actor(), &page.jurisdiction, new, &districts).await {
        Ok(_) => {}
        Err(CycleError::YearTaken(_)) => {
            let mut errors = FieldErrors::none();
            errors.add("cycle-year", "year-taken");
            return Ok(page.refused(&visit, errors));
        }
        Err(error) => return Err(error.into()),
    }
    let path = format!("/j/{slug}/{}", new.year);
    Ok(redirect_with(&path, "cycle-begun"))
}

/// Where a cycle is to go.
#[derive(Debug, Deserialize)]
pub(crate) struct Step {
    #[serde(default)]
    to: Choice<Stage>,
}

/// Moves the cycle on.
pub(crate) async fn step(
    State(app): State<App>,
    viewer: Viewer,
    at: InCycle,
    Form(step): Form<Step>,
) -> HttpResult {
    let to = step.to.or_refused("to")?;
    closed_loop::advance(&app, viewer.actor(), at.cycle(), to).await?;
    Ok(redirect_with(&at.heading.path(), "cycle-moved"))
}

impl Page for NewPage {
    fn title(&self, locale: &Locale) -> String {
        locale.text("new-cycle")
    }

    fn errors(&self) -> Option<&FieldErrors> {
        Some(&self.errors)
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let above = format!("/j/{}", self.jurisdiction.slug);
        let field = |name, value, required| Field {
            name,
            value,
            errors: &self.errors,
            required,
        };
        let form = &self.form;
        let numbers = [
            ("cycle-year", &form.cycle_year),
            ("cycle-term", &form.cycle_term),
            ("cycle-session", &form.cycle_session),
            ("cycle-places", &form.cycle_places),
        ];
        html! {
            (breadcrumbs(locale, &[(above.clone(), self.jurisdiction.name.clone())], &locale.text("new-cycle")))
            (page_head(&locale.text("new-cycle"), &locale.text("new-cycle-lead")))
            form.form method="post" action={ (above) "/new" } {
                @for (name, value) in numbers {
                    (field(name, value.as_str(), true).input(locale, "number", "off"))
                }
                (field("cycle-districts", form.cycle_districts.as_str(), false).textarea(locale, 8))
                button type="submit" { (locale.text("begin-cycle")) }
            }
        }
    }
}
