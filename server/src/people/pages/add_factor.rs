//! Adding a second factor: an authenticator app, or a passkey.

use super::passkey::{self, PasskeyForm};
use super::security::{changed, done};
use super::sign_in::{again, next_field};
use crate::web::components::{Field, facts, page_head};
use crate::web::http_error::{HttpError, HttpResult, url_encode};
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::qr::QrCode;
use crate::web::visit::Visit;
use axum::Form;
use axum::extract::State;
use domain::infra::app::App;
use domain::infra::field_errors::FieldErrors;
use domain::people::factors::{self, TotpSecret};
use domain::people::{Caller, Viewer, session};
use maud::{Markup, html};
use serde::Deserialize;

/// The longest name of a factor, in characters.
const LONGEST_FACTOR_NAME: usize = 30;

/// What was typed where a factor is added.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct NewFactor {
    next: String,
    factor_name: String,
    factor_code: String,
    #[serde(flatten)]
    passkey: PasskeyForm,
}

impl NewFactor {
    fn name(&self, errors: &mut FieldErrors) -> String {
        errors.text("factor_name", &self.factor_name, 1, LONGEST_FACTOR_NAME)
    }
}

fn name_field(typed: &NewFactor, errors: &FieldErrors, locale: &Locale) -> Markup {
    Field {
        name: "factor_name",
        value: &typed.factor_name,
        errors,
        required: true,
    }
    .input(locale, "text", "off")
}

struct AppPage<'a> {
    secret: TotpSecret,
    account_name: &'a str,
    typed: &'a NewFactor,
    errors: FieldErrors,
}

impl Page for AppPage<'_> {
    fn title(&self, locale: &Locale) -> String {
        locale.text("factor-add-totp")
    }

    fn errors(&self) -> Option<&FieldErrors> {
        Some(&self.errors)
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let issuer = locale.text("service-name");
        let address = self.secret.address(&issuer, self.account_name, url_encode);
        let code = Field {
            name: "factor_code",
            value: "",
            errors: &self.errors,
            required: true,
        };
        let secret = html! { code { (self.secret.typed()) } };
        html! {
            (page_head(&locale.text("factor-add-totp"), &locale.text("factor-add-totp-lead")))
            @if let Some(code) = QrCode::of(&address) { (code.drawn(&locale.text("factor-qr"))) }
            (facts(&[(locale.text("factor-secret"), secret)]))
            form.card method="post" action="/me/security/app/confirm" {
                (next_field(&self.typed.next))
                (name_field(self.typed, &self.errors, locale))
                (code.input(locale, "text", "one-time-code"))
                button.button type="submit" { (locale.text("factor-confirm")) }
            }
            p { a href="/me/security" { (locale.text("cancel")) } }
        }
    }
}

/// `POST /me/security/app`: a fresh secret, to be scanned or typed into an app.
pub(crate) async fn offer_app(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    caller: Caller,
    Form(mut typed): Form<NewFactor>,
) -> HttpResult {
    require_work(&viewer)?;
    let present = session::present_session(&app, &caller).await?;
    typed.factor_name = visit.locale.text("factor-totp");
    let page = AppPage {
        secret: factors::offer_totp(&app, &present).await?,
        account_name: &viewer.display_name,
        typed: &typed,
        errors: FieldErrors::none(),
    };
    Ok(show(&visit, &page))
}

/// Who works here may have a second factor; residents need none.
fn require_work(viewer: &Viewer) -> HttpResult<()> {
    if viewer.works_here() {
        Ok(())
    } else {
        Err(HttpError::Forbidden)
    }
}

/// `POST /me/security/app/confirm`: with the first code that the app shows.
pub(crate) async fn add_app(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    caller: Caller,
    Form(typed): Form<NewFactor>,
) -> HttpResult {
    require_work(&viewer)?;
    let present = session::present_session(&app, &caller).await?;
    // Looked for first: where nothing waits any more there is nothing to type a code for.
    let secret = factors::offered_totp(&app, &present).await?;
    let mut errors = FieldErrors::none();
    let name = typed.name(&mut errors);
    if errors.is_empty() {
        let words = changed(visit.locale, "factor-added", &name);
        match factors::add_totp(&app, &present, &name, &typed.factor_code, &words).await {
            Ok(added) => return Ok(done(&visit, &added, &typed.next)),
            Err(error) => error.into_form(&mut errors)?,
        }
    }
    let page = AppPage {
        secret,
        account_name: &viewer.display_name,
        typed: &typed,
        errors,
    };
    Ok(again(&visit, &page))
}

struct PasskeyPage<'a> {
    typed: &'a NewFactor,
    errors: FieldErrors,
}

impl Page for PasskeyPage<'_> {
    fn title(&self, locale: &Locale) -> String {
        locale.text("factor-add-passkey")
    }

    fn errors(&self) -> Option<&FieldErrors> {
        Some(&self.errors)
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let fields = html! {
            (next_field(&self.typed.next))
            (name_field(self.typed, &self.errors, locale))
        };
        html! {
            (page_head(&locale.text("factor-add-passkey"), &locale.text("factor-add-passkey-lead")))
            (passkey::registration_form(locale, "/me/security/passkey/confirm", &fields, &self.errors))
            p { a href="/me/security" { (locale.text("cancel")) } }
        }
    }

    fn scripts(&self) -> &'static [&'static str] {
        &["js/passkey.js"]
    }
}

/// `POST /me/security/passkey`
pub(crate) async fn offer_passkey(
    visit: Visit,
    viewer: Viewer,
    Form(mut typed): Form<NewFactor>,
) -> HttpResult {
    require_work(&viewer)?;
    typed.factor_name = visit.locale.text("factor-passkey");
    let page = PasskeyPage {
        typed: &typed,
        errors: FieldErrors::none(),
    };
    Ok(show(&visit, &page))
}

/// `POST /me/security/passkey/confirm`
pub(crate) async fn add_passkey(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    caller: Caller,
    Form(typed): Form<NewFactor>,
) -> HttpResult {
    require_work(&viewer)?;
    let present = session::present_session(&app, &caller).await?;
    let mut errors = FieldErrors::none();
    let name = typed.name(&mut errors);
    if errors.is_empty() {
        let words = changed(visit.locale, "factor-added", &name);
        let answer = typed.passkey.registration();
        match factors::add_passkey(&app, &present, &name, &answer.as_answer(), &words).await {
            Ok(added) => return Ok(done(&visit, &added, &typed.next)),
            Err(error) => error.into_form(&mut errors)?,
        }
    }
    Ok(again(
        &visit,
        &PasskeyPage {
            typed: &typed,
            errors,
        },
    ))
}
