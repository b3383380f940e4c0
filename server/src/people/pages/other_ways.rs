//! Other ways in: by password, and by a link that works once.

use super::refusal::Refusal;
use super::sign_in::{Next, enter, next_field, with_next};
use crate::web::components::{Field, page_head};
use crate::web::http_error::HttpResult;
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::visit::Visit;
use axum::Form;
use axum::extract::{Path, Query, State};
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
    next: &'a str,
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
                (next_field(self.next))
                (Field { name: "contact", value: self.contact, errors: &self.errors, required: true }
                    .input(locale, "text", "username"))
                (Field { name: "password", value: "", errors: &self.errors, required: true }
                    .input(locale, "password", "current-password"))
                button.button type="submit" { (locale.text("sign-in")) }
            }
            p { a href=(with_next("/sign-in", self.next)) { (locale.text("by-code")) } }
        }
    }
}

/// `GET /sign-in/password`
pub(crate) async fn password(visit: Visit, Query(next): Query<Next>) -> Response {
    let page = PasswordPage {
        contact: "",
        next: &next.next,
        errors: FieldErrors::none(),
    };
    show(&visit, &page)
}

/// The form of [`password`].
#[derive(Deserialize)]
pub(crate) struct PasswordForm {
    #[serde(default)]
    contact: String,
    password: Password,
    #[serde(default)]
    next: String,
}

/// `POST /sign-in/password`
pub(crate) async fn enter_password(
    State(app): State<App>,
    visit: Visit,
    caller: Caller,
    Form(form): Form<PasswordForm>,
) -> HttpResult {
    let refusal = match Contact::parse(&form.contact) {
        Err(_) => Refusal::of("contact", "not-a-contact"),
        Ok(_) if form.password.length() > LONGEST => Refusal::of("password", "password-wrong"),
        Ok(contact) => {
            match sign_in::enter_password(&app, &contact, form.password.clone(), &caller).await {
                Ok(signed_in) => return Ok(enter(&app, &signed_in, &form.next)),
                Err(error) => Refusal::from(error, "password")?,
            }
        }
    };
    let page = PasswordPage {
        contact: &form.contact,
        next: &form.next,
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
    caller: Caller,
    Path(token): Path<String>,
) -> HttpResult {
    let signed_in = sign_in::enter_link(&app, &token, &caller).await?;
    Ok(enter(&app, &signed_in, ""))
}
