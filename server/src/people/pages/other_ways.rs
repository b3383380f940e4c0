//! Other ways in: by password, and by a link that works once.

use super::onward::{Onward, OnwardFields};
use super::refusal::Refusal;
use super::sign_in::Next;
use crate::web::components::{Field, page_head};
use crate::web::http_error::HttpResult;
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::query::Query;
use crate::web::visit::Visit;
use axum::Form;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::infra::app::App;
use domain::infra::field_errors::FieldErrors;
use domain::people::Caller;
use domain::people::Contact;
use domain::people::password::{LONGEST, Password};
use domain::people::sign_in;
use maud::{Markup, html};
use serde::Deserialize;

struct PasswordPage<'a> {
    contact: &'a str,
    onward: &'a Onward,
    errors: FieldErrors,
}

impl Page for PasswordPage<'_> {
    fn title(&self, locale: &Locale) -> String {
        locale.text("by-password")
    }

    fn errors(&self) -> Option<&FieldErrors> {
        Some(&self.errors)
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        html! {
            (page_head(&locale.text("by-password"), &locale.text("by-password-lead")))
            form.card method="post" action="/sign-in/password" {
                (self.onward.fields())
                (Field { name: "contact", value: self.contact, errors: &self.errors, required: true }
                    .input(locale, "text", "username"))
                (Field { name: "password", value: "", errors: &self.errors, required: true }
                    .input(locale, "password", "current-password"))
                button.button type="submit" { (locale.text("sign-in")) }
            }
            (self.onward.link(locale, "/sign-in", "by-code"))
        }
    }
}

/// `GET /sign-in/password`
pub(crate) async fn password(visit: Visit, Query(next): Query<Next>) -> Response {
    let page = PasswordPage {
        contact: "",
        onward: &Onward::to(next.next),
        errors: FieldErrors::none(),
    };
    show(&visit, &page)
}

/// The form of [`password`].
#[derive(Deserialize)]
pub(crate) struct PasswordForm {
    #[serde(default)]
    contact: String,
    password: Option<Password>,
    #[serde(flatten)]
    onward: OnwardFields,
}

/// `POST /sign-in/password`: with nothing typed and a form that waits it shows this way.
pub(crate) async fn enter_password(
    State(app): State<App>,
    visit: Visit,
    caller: Caller,
    Form(form): Form<PasswordForm>,
) -> HttpResult {
    let onward = form.onward.read()?;
    let Some(password) = form.password else {
        let page = PasswordPage {
            contact: &form.contact,
            onward: &onward,
            errors: FieldErrors::none(),
        };
        return Ok(show(&visit, &page));
    };
    let refusal = match Contact::parse(&form.contact) {
        Err(_) => Refusal::of("contact", "not-a-contact"),
        Ok(_) if password.length() > LONGEST => Refusal::of("password", "password-wrong"),
        Ok(contact) => match sign_in::enter_password(&app, &contact, password, &caller).await {
            Ok(signed_in) => return onward.enter(&app, &visit, &caller, &signed_in).await,
            Err(error) => Refusal::from(error, "password")?,
        },
    };
    let page = PasswordPage {
        contact: &form.contact,
        onward: &onward,
        errors: refusal.errors.clone(),
    };
    Ok(refusal.answer(&visit, &page))
}

struct LinkPage<'a> {
    token: &'a str,
    name: String,
}

impl Page for LinkPage<'_> {
    fn title(&self, locale: &Locale) -> String {
        locale.text("sign-in")
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let lead = locale.text_with("link-lead", &[("name", self.name.clone().into())]);
        html! {
            (page_head(&locale.text("sign-in"), &lead))
            form.card method="post" action={ "/sign-in/link/" (self.token) } {
                button.button type="submit" { (locale.text("sign-in")) }
            }
        }
    }
}

/// `GET /sign-in/link/{token}`: only the button uses the link up, because mail programs open links by themselves.
pub(crate) async fn link(
    State(app): State<App>,
    visit: Visit,
    Path(token): Path<String>,
) -> HttpResult {
    let name = sign_in::name_of_link(&app, &token).await?;
    Ok(show(
        &visit,
        &LinkPage {
            token: &token,
            name,
        },
    ))
}

/// `POST /sign-in/link/{token}`
pub(crate) async fn enter_link(
    State(app): State<App>,
    visit: Visit,
    caller: Caller,
    Path(token): Path<String>,
) -> HttpResult {
    let signed_in = sign_in::enter_link(&app, &token, &caller).await?;
    let onward = Onward::default();
    onward.enter(&app, &visit, &caller, &signed_in).await
}
