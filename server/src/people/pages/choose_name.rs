//! The last step of a newcomer's way in: a name to be shown, and where they live.

use super::onward::{Onward, OnwardFields};
use super::sign_in::{Next, again};
use crate::web::choice::no_such_option;
use crate::web::components::{Field, page_head};
use crate::web::http_error::HttpResult;
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::query::Query;
use crate::web::visit::Visit;
use axum::Form;
use axum::extract::State;
use domain::cycles::{Jurisdiction, store as cycle_store};
use domain::infra::app::App;
use domain::infra::field_errors::FieldErrors;
use domain::people::Caller;
use domain::people::PeopleError;
use domain::people::account::chosen_name;
use domain::people::sign_in;
use maud::{Markup, html};
use serde::Deserialize;

struct NamePage<'a> {
    display_name: &'a str,
    residence: &'a str,
    jurisdictions: &'a [Jurisdiction],
    onward: &'a Onward,
    errors: FieldErrors,
}

impl Page for NamePage<'_> {
    fn title(&self, locale: &Locale) -> String {
        locale.text("choose-name")
    }

    fn errors(&self) -> Option<&FieldErrors> {
        Some(&self.errors)
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let places: Vec<(String, String)> = self
            .jurisdictions
            .iter()
            .map(|here| (here.slug.clone(), here.name.clone()))
            .collect();
        html! {
            (page_head(&locale.text("choose-name"), &locale.text("choose-name-lead")))
            form.card method="post" action="/sign-in/name" {
                (self.onward.fields())
                (Field { name: "display_name", value: self.display_name, errors: &self.errors, required: true }
                    .input(locale, "text", "nickname"))
                @if !places.is_empty() {
                    (Field { name: "residence", value: self.residence, errors: &self.errors, required: true }
                        .select(locale, &places))
                }
                button.button type="submit" { (locale.text("finish-sign-in")) }
            }
        }
    }
}

/// Where a newcomer probably lives: where they were about to go, or the only place there is.
fn likely_residence<'a>(next: &str, jurisdictions: &'a [Jurisdiction]) -> &'a str {
    let named = next
        .strip_prefix("/j/")
        .and_then(|rest| rest.split('/').next());
    let likely = match jurisdictions {
        [only] => Some(only),
        all => all.iter().find(|here| Some(here.slug.as_str()) == named),
    };
    likely.map(|here| here.slug.as_str()).unwrap_or_default()
}

/// `GET /sign-in/name`
pub(super) async fn name(
    State(app): State<App>,
    visit: Visit,
    Query(next): Query<Next>,
) -> HttpResult {
    first(&app, &visit, &Onward::to(next.next)).await
}

/// The step as it is first shown.
pub(super) async fn first(app: &App, visit: &Visit, onward: &Onward) -> HttpResult {
    let mut tx = app.database.read().await?;
    let jurisdictions = cycle_store::jurisdictions(&mut tx).await?;
    let page = NamePage {
        display_name: "",
        residence: likely_residence(&onward.next, &jurisdictions),
        jurisdictions: &jurisdictions,
        onward,
        errors: FieldErrors::none(),
    };
    Ok(show(visit, &page))
}

/// The form of [`name`].
#[derive(Deserialize)]
pub(super) struct Named {
    #[serde(default)]
    display_name: String,
    #[serde(default)]
    residence: String,
    #[serde(flatten)]
    onward: OnwardFields,
}

/// `POST /sign-in/name`
pub(super) async fn choose_name(
    State(app): State<App>,
    visit: Visit,
    caller: Caller,
    Form(form): Form<Named>,
) -> HttpResult {
    let onward = form.onward.read()?;
    let mut tx = app.database.read().await?;
    let jurisdictions = cycle_store::jurisdictions(&mut tx).await?;
    drop(tx);
    let mut errors = FieldErrors::none();
    let name = chosen_name(&mut errors, "display_name", &form.display_name);
    let residence = jurisdictions
        .iter()
        .find(|here| here.slug == form.residence);
    if residence.is_none() && !jurisdictions.is_empty() {
        errors.add("residence", no_such_option(&form.residence));
    }
    if errors.is_empty() {
        let ticket = caller.ticket.as_ref().ok_or(PeopleError::NoTicket)?;
        let home = residence.map(|here| here.id);
        let signed_in = sign_in::choose_name(&app, ticket, &name, home, &caller).await?;
        return onward.enter(&app, &visit, &caller, &signed_in).await;
    }
    let page = NamePage {
        display_name: &form.display_name,
        residence: &form.residence,
        jurisdictions: &jurisdictions,
        onward: &onward,
        errors,
    };
    Ok(again(&visit, &page))
}
