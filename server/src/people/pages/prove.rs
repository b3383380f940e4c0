//! Proving who one is: by a second factor at sign-in, and again before what weighs.

use super::onward::{Onward, OnwardFields};
use super::passkey::{self, PasskeyForm};
use super::refusal::Refusal;
use super::sign_in::{AskPage, Next, TICKET_SECONDS, code_text};
use super::ways::{Ways, contacts};
use crate::web::components::{Field, page_head};
use crate::web::cookies::{secret_cookie, ticket_cookie_name};
use crate::web::held::proceed;
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::query::Query;
use crate::web::visit::{Visit, with_next};
use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use domain::infra::app::App;
use domain::infra::field_errors::FieldErrors;
use domain::people::code::{self, CodeOutcome};
use domain::people::factors::{self, Answer};
use domain::people::password::Password;
use domain::people::session::{Admission, SignedIn, present_session};
use domain::people::sign_in;
use domain::people::store::{Session, Standing};
use domain::people::{Caller, PeopleError};
use maud::{Markup, html};
use serde::Deserialize;

/// Where half a session proves its second factor.
const FACTOR: &str = "/sign-in/factor";
/// Where a full one proves anew.
const AGAIN: &str = "/sign-in/again";

struct ProvePage<'a> {
    action: &'static str,
    ways: Ways,
    code_sent: bool,
    onward: &'a Onward,
    errors: FieldErrors,
}

impl ProvePage<'_> {
    fn field(&self, name: &'static str) -> Field<'_> {
        Field {
            name,
            value: "",
            errors: &self.errors,
            required: true,
        }
    }

    /// A form of one way, which carries along what waits.
    fn way(&self, locale: &Locale, action: &str, button: &str, fields: &Markup) -> Markup {
        html! {
            form.card method="post" action=(action) {
                (self.onward.fields())
                (fields)
                button.button type="submit" { (locale.text(button)) }
            }
        }
    }

    fn factors(&self, locale: &Locale) -> Markup {
        let recovery = || self.field("recovery_code").input(locale, "text", "off");
        html! {
            @if self.ways.passkey {
                (passkey::assertion_form(locale, self.action, &self.onward.fields(), &self.errors))
            }
            @if self.ways.totp {
                (self.way(locale, self.action, "prove", &self.field("factor_code").input(locale, "text", "one-time-code")))
            }
            @if self.ways.recovery {
                details open[self.errors.of("recovery_code").is_some()] {
                    summary { (locale.text("factor-lost")) }
                    (self.way(locale, self.action, "use-recovery-code", &recovery()))
                }
            }
        }
    }

    fn others(&self, locale: &Locale) -> Markup {
        html! {
            @if self.ways.demo {
                (self.way(locale, "/demo/again", "demo-prove", &html! { p { (locale.text("demo-prove-text")) } }))
            }
            @if self.ways.password {
                (self.way(locale, AGAIN, "prove", &self.field("password").input(locale, "password", "current-password")))
            }
            @if let Some(contact) = &self.ways.message {
                @let to = locale.text_with("code-goes-to", &[("to", contact.masked().into())]);
                @if self.code_sent {
                    (self.way(locale, AGAIN, "prove", &self.field("code").input(locale, "text", "one-time-code")))
                }
                (self.way(locale, "/sign-in/again/code", "send-code", &html! { p { (to) } }))
            }
        }
    }
}

impl Page for ProvePage<'_> {
    fn title(&self, locale: &Locale) -> String {
        locale.text(if self.action == FACTOR {
            "prove-factor"
        } else {
            "prove-again"
        })
    }

    fn errors(&self) -> Option<&FieldErrors> {
        Some(&self.errors)
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let lead = if self.ways.is_none() {
            "prove-no-way"
        } else if self.action == FACTOR {
            "prove-factor-lead"
        } else {
            "prove-again-lead"
        };
        html! {
            (page_head(&self.title(locale), &locale.text(lead)))
            (self.factors(locale))
            (self.others(locale))
            form.inline method="post" action="/sign-out" {
                button.link type="submit" { (locale.text("sign-out")) }
            }
        }
    }

    fn scripts(&self) -> &'static [&'static str] {
        if self.ways.passkey {
            &["js/passkey.js"]
        } else {
            &[]
        }
    }
}

/// What was typed, or what the passkey answered: of one way.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct ProofForm {
    #[serde(flatten)]
    onward: OnwardFields,
    factor_code: String,
    recovery_code: String,
    code: String,
    password: Option<Password>,
    #[serde(flatten)]
    passkey: PasskeyForm,
}

impl ProofForm {
    /// What was answered, and where it leads.
    fn read(mut self) -> HttpResult<(Self, Onward)> {
        let onward = std::mem::take(&mut self.onward).read()?;
        Ok((self, onward))
    }

    /// The field of the way that was answered.
    fn answered(&self) -> &'static str {
        if self.passkey.assertion().is_some() {
            "passkey"
        } else if !self.factor_code.is_empty() {
            "factor_code"
        } else if !self.recovery_code.is_empty() {
            "recovery_code"
        } else if self.code.is_empty() {
            "password"
        } else {
            "code"
        }
    }
}

/// `GET /sign-in/factor`
pub(crate) async fn factor(
    State(app): State<App>,
    visit: Visit,
    caller: Caller,
    Query(next): Query<Next>,
) -> HttpResult {
    factor_page(&app, &visit, &caller, &Onward::to(next.next)).await
}

/// The page for half a session; who has none is led to sign in.
pub(super) async fn factor_page(
    app: &App,
    visit: &Visit,
    caller: &Caller,
    onward: &Onward,
) -> HttpResult {
    let session = match factors::proving_session(app, caller).await {
        Ok(session) if session.standing == Standing::Half => session,
        Ok(_) | Err(PeopleError::NotSignedIn) => {
            return Ok(Redirect::to(&with_next("/sign-in", &onward.next)).into_response());
        }
        Err(error) => return Err(error.into()),
    };
    let page = ProvePage {
        action: FACTOR,
        ways: Ways::of(app, &session).await?,
        code_sent: false,
        onward,
        errors: FieldErrors::none(),
    };
    Ok(show(visit, &page))
}

/// `POST /sign-in/factor`
pub(crate) async fn enter_factor(
    State(app): State<App>,
    visit: Visit,
    caller: Caller,
    Form(form): Form<ProofForm>,
) -> HttpResult {
    let (form, onward) = form.read()?;
    let session = match factors::proving_session(&app, &caller).await {
        Err(PeopleError::NotSignedIn) => return Ok(sign_in_first(&app, &visit, &onward)),
        found => found?,
    };
    let refusal = match by_factor(&app, &caller, &form).await {
        Some(Ok(signed_in)) => return onward.enter(&app, &visit, &caller, &signed_in).await,
        Some(Err(error)) => Refusal::from(error, form.answered())?,
        None => Refusal::of("factor_code", "required"),
    };
    let page = ProvePage {
        action: FACTOR,
        ways: Ways::of(&app, &session).await?,
        code_sent: false,
        onward: &onward,
        errors: refusal.errors.clone(),
    };
    Ok(refusal.answer(&visit, &page))
}

/// The outcome of the second factor that was answered, if one was.
async fn by_factor(
    app: &App,
    caller: &Caller,
    form: &ProofForm,
) -> Option<Result<SignedIn, PeopleError>> {
    let passkey = form.passkey.assertion();
    let answer = if let Some(passkey) = &passkey {
        Answer::Passkey(passkey.as_answer())
    } else if !form.factor_code.is_empty() {
        Answer::Totp(&form.factor_code)
    } else if !form.recovery_code.is_empty() {
        Answer::Recovery(&form.recovery_code)
    } else {
        return None;
    };
    Some(factors::prove(app, caller, &answer).await)
}

/// `GET /sign-in/again`
pub(crate) async fn prove_again(
    State(app): State<App>,
    visit: Visit,
    caller: Caller,
    Query(next): Query<Next>,
) -> HttpResult {
    let session = present_session(&app, &caller).await?;
    let page = ProvePage {
        action: AGAIN,
        ways: Ways::of(&app, &session).await?,
        code_sent: false,
        onward: &Onward::to(next.next),
        errors: FieldErrors::none(),
    };
    Ok(show(&visit, &page))
}

/// Whoever was signed in is not any more: what waits goes on waiting.
fn sign_in_first(app: &App, visit: &Visit, onward: &Onward) -> Response {
    let page = AskPage::new(app, "", onward, FieldErrors::none());
    show(visit, &page)
}

/// `POST /sign-in/again`: with nothing typed it shows the ways.
pub(crate) async fn enter_again(
    State(app): State<App>,
    visit: Visit,
    caller: Caller,
    Form(form): Form<ProofForm>,
) -> HttpResult {
    let (form, onward) = form.read()?;
    let session = match present_session(&app, &caller).await {
        Err(PeopleError::NotSignedIn) => return Ok(sign_in_first(&app, &visit, &onward)),
        found => found?,
    };
    let refusal = match prove(&app, &caller, &session, &form).await? {
        Some(Ok(signed_in)) if signed_in.admission == Admission::Half => {
            return onward.enter(&app, &visit, &caller, &signed_in).await;
        }
        Some(Ok(signed_in)) => {
            let (next, held) = (&onward.next, onward.held.as_ref());
            return Ok(proceed(&app, &visit, &signed_in, next, held));
        }
        Some(Err(error)) => Some(Refusal::from(error, form.answered())?),
        None => None,
    };
    let errors = refusal
        .as_ref()
        .map_or_else(FieldErrors::none, |refusal| refusal.errors.clone());
    let code_sent = errors.of("code").is_some();
    let page = ProvePage {
        action: AGAIN,
        ways: Ways::of(&app, &session).await?,
        code_sent,
        onward: &onward,
        errors,
    };
    Ok(match refusal {
        Some(refusal) => refusal.answer(&visit, &page),
        None => show(&visit, &page),
    })
}

/// The outcome of whatever was answered, if anything was. Code and password begin a session as they do at sign-in: where the
/// person has a second factor it is half a session, which opens nothing.
async fn prove(
    app: &App,
    caller: &Caller,
    session: &Session,
    form: &ProofForm,
) -> HttpResult<Option<Result<SignedIn, PeopleError>>> {
    if let Some(outcome) = by_factor(app, caller, form).await {
        return Ok(Some(outcome));
    }
    if let Some(password) = form.password.clone().filter(|typed| typed.length() > 0) {
        let mut tx = app.database.read().await?;
        let contact = contacts(app, &mut tx, session).await?.into_iter().next();
        drop(tx);
        let contact = contact.ok_or(HttpError::NotFound)?;
        return Ok(Some(
            sign_in::enter_password(app, &contact, password, caller).await,
        ));
    }
    if form.code.is_empty() {
        return Ok(None);
    }
    let ticket = caller.ticket.as_ref().ok_or(PeopleError::NoTicket);
    let outcome = match ticket {
        Ok(ticket) => code::enter_code(app, ticket, &form.code, caller).await,
        Err(error) => Err(error),
    };
    Ok(Some(match outcome {
        Ok(CodeOutcome::In(signed_in)) => Ok(signed_in),
        Ok(CodeOutcome::ChooseName) => Err(PeopleError::NoTicket),
        Err(error) => Err(error),
    }))
}

/// `POST /sign-in/again/code`: sends a code to the person's own contact.
pub(crate) async fn send_code_again(
    State(app): State<App>,
    visit: Visit,
    caller: Caller,
    Form(form): Form<ProofForm>,
) -> HttpResult {
    let (_, onward) = form.read()?;
    let session = match present_session(&app, &caller).await {
        Err(PeopleError::NotSignedIn) => return Ok(sign_in_first(&app, &visit, &onward)),
        found => found?,
    };
    let ways = Ways::of(&app, &session).await?;
    let contact = ways.message.as_ref().ok_or(HttpError::NotFound)?;
    let words = |code: &str| code_text(code, visit.locale);
    let asked = code::ask_code(&app, contact, &caller, words).await?;
    let token = asked.ticket.as_str().to_owned();
    let ticket = secret_cookie(&app, ticket_cookie_name(&app), token, TICKET_SECONDS);
    let page = ProvePage {
        action: AGAIN,
        ways,
        code_sent: true,
        onward: &onward,
        errors: FieldErrors::none(),
    };
    let shown: Response = show(&visit, &page);
    Ok((CookieJar::new().add(ticket), shown).into_response())
}
