//! Other ways in: by password, and by a link that works once.

use super::onward::{Onward, OnwardFields};
use super::probe::{self, COOKIES_OFF, Probe};
use super::refusal::Refusal;
use super::sign_in::{Next, again};
use crate::web::components::{Field, Tone, notice, page_head};
use crate::web::http_error::HttpResult;
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::query::Query;
use crate::web::visit::Visit;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
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
                (probe::field())
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
pub(crate) async fn password(
    State(app): State<App>,
    visit: Visit,
    Query(next): Query<Next>,
) -> Response {
    let page = PasswordPage {
        contact: "",
        onward: &Onward::to(next.next),
        errors: FieldErrors::none(),
    };
    probe::with_cookie(&app, show(&visit, &page))
}

/// The form of [`password`].
#[derive(Deserialize)]
pub(crate) struct PasswordForm {
    #[serde(default)]
    contact: String,
    password: Option<Password>,
    #[serde(flatten)]
    onward: OnwardFields,
    #[serde(flatten)]
    probe: Probe,
}

/// `POST /sign-in/password`: with nothing typed and a form that waits it shows this way.
pub(crate) async fn enter_password(
    State(app): State<App>,
    visit: Visit,
    caller: Caller,
    headers: HeaderMap,
    Form(form): Form<PasswordForm>,
) -> HttpResult {
    let onward = form.onward.read()?;
    let Some(password) = form.password else {
        let page = PasswordPage {
            contact: &form.contact,
            onward: &onward,
            errors: FieldErrors::none(),
        };
        return Ok(probe::with_cookie(&app, show(&visit, &page)));
    };
    let refusal = match Contact::parse(&form.contact) {
        _ if form.probe.finds_cookies_off(&headers) => Refusal::of("contact", COOKIES_OFF),
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
    cookies_off: bool,
}

impl<'a> LinkPage<'a> {
    async fn open(app: &App, token: &'a str, cookies_off: bool) -> HttpResult<Self> {
        let name = sign_in::name_of_link(app, token).await?;
        Ok(Self {
            token,
            name,
            cookies_off,
        })
    }
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
            @if self.cookies_off {
                (notice(Tone::Bad, &html! { p role="alert" { (locale.text(&format!("error-{COOKIES_OFF}"))) } }))
            }
            form.card method="post" action={ "/sign-in/link/" (self.token) } {
                (probe::field())
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
    let page = LinkPage::open(&app, &token, false).await?;
    Ok(probe::with_cookie(&app, show(&visit, &page)))
}

/// `POST /sign-in/link/{token}`
pub(crate) async fn enter_link(
    State(app): State<App>,
    visit: Visit,
    caller: Caller,
    Path(token): Path<String>,
    headers: HeaderMap,
    Form(sent): Form<Probe>,
) -> HttpResult {
    if sent.finds_cookies_off(&headers) {
        return Ok(again(&visit, &LinkPage::open(&app, &token, true).await?));
    }
    let signed_in = sign_in::enter_link(&app, &token, &caller).await?;
    let onward = Onward::default();
    onward.enter(&app, &visit, &caller, &signed_in).await
}
