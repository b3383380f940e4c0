//! Signing in, without script: contact, code, in.

use super::refusal::Refusal;
use crate::web::components::{Field, Tone, notice, page_head};
use crate::web::cookies::{
    self, gone_cookie, secret_cookie, session_cookie_name, ticket_cookie_name,
};
use crate::web::http_error::{HttpResult, url_encode};
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::visit::{Visit, local_path, redirect_with};
use axum::Form;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use domain::infra::app::App;
use domain::infra::field_errors::FieldErrors;
use domain::infra::mail::Channel;
use domain::people::Caller;
use domain::people::code::{self, Asked, CODE_SECONDS, CodeOutcome, MessageText};
use domain::people::session::{Admission, SignedIn};
use domain::people::{Contact, PeopleError, factors, session};
use maud::{Markup, html};
use serde::Deserialize;

/// How long the browser keeps its ticket: the code's time, and the newcomer's to choose a name.
pub(super) const TICKET_SECONDS: i64 = 45 * 60;

/// Where to go once in.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Next {
    /// The path.
    #[serde(default)]
    pub next: String,
}

pub(super) fn with_next(path: &str, next: &str) -> String {
    if next.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?next={}", url_encode(local_path(next)))
    }
}

pub(super) fn goal(next: &str) -> &str {
    if next.is_empty() {
        "/me"
    } else {
        local_path(next)
    }
}

pub(super) fn next_field(next: &str) -> Markup {
    html! { @if !next.is_empty() { input type="hidden" name="next" value=(local_path(next)); } }
}

/// A form with something wrong in it.
pub(super) fn again(visit: &Visit, page: &impl Page) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, show(visit, page)).into_response()
}

/// The message with a code.
pub(super) fn code_text(code: &str, locale: &Locale) -> MessageText {
    let minutes = CODE_SECONDS / 60;
    MessageText {
        subject: locale.text("code-subject"),
        text: locale.text_with(
            "code-text",
            &[("code", code.into()), ("minutes", minutes.into())],
        ),
    }
}

/// In, or half in: the session's cookie comes, the ticket's goes. Who has a second factor is asked for it, who needs one is
/// led to set it up.
pub(super) fn enter(app: &App, signed_in: &SignedIn, next: &str) -> Response {
    let cookies = cookies::signed_in(app, signed_in);
    match signed_in.admission {
        Admission::Full => (cookies, redirect_with(goal(next), "signed-in")).into_response(),
        Admission::WithoutFactor => {
            let to = with_next("/me/security", goal(next));
            (cookies, redirect_with(&to, "signed-in")).into_response()
        }
        Admission::Half => {
            let to = with_next("/sign-in/factor", next);
            (cookies, Redirect::to(&to)).into_response()
        }
    }
}

struct AskPage<'a> {
    contact: &'a str,
    next: &'a str,
    errors: FieldErrors,
    by_email: bool,
    by_phone: bool,
}

impl<'a> AskPage<'a> {
    fn new(app: &App, contact: &'a str, next: &'a str, errors: FieldErrors) -> Self {
        Self {
            contact,
            next,
            errors,
            by_email: app.senders.offers(Channel::Email),
            by_phone: app.senders.offers(Channel::Phone),
        }
    }
}

impl Page for AskPage<'_> {
    fn title(&self, locale: &Locale) -> String {
        locale.text("sign-in")
    }

    fn errors(&self) -> Option<&FieldErrors> {
        Some(&self.errors)
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let offered = match (self.by_email, self.by_phone) {
            (true, true) => "sign-in-lead-both",
            (true, false) => "sign-in-lead-email",
            (false, true) => "sign-in-lead-phone",
            (false, false) => "sign-in-lead-none",
        };
        html! {
            (page_head(&locale.text("sign-in"), &locale.text(offered)))
            @if self.by_email || self.by_phone {
                form.card method="post" action="/sign-in" {
                    (next_field(self.next))
                    (Field { name: "contact", value: self.contact, errors: &self.errors, required: true }
                        .input(locale, "text", "username"))
                    button.button type="submit" { (locale.text("send-code")) }
                }
            }
            p { a href=(with_next("/sign-in/password", self.next)) { (locale.text("by-password")) } }
        }
    }
}

/// `GET /sign-in`
pub(crate) async fn ask(
    State(app): State<App>,
    visit: Visit,
    Query(next): Query<Next>,
) -> Response {
    if visit.viewer.is_some() {
        return Redirect::to(goal(&next.next)).into_response();
    }
    let page = AskPage::new(&app, "", &next.next, FieldErrors::none());
    show(&visit, &page)
}

/// The form of [`ask`].
#[derive(Deserialize)]
pub(crate) struct CodeRequest {
    #[serde(default)]
    contact: String,
    #[serde(default)]
    next: String,
}

/// `POST /sign-in`
pub(crate) async fn send_code(
    State(app): State<App>,
    visit: Visit,
    caller: Caller,
    Form(form): Form<CodeRequest>,
) -> HttpResult {
    let refusal = match Contact::parse(&form.contact) {
        Err(_) => Refusal::of("contact", "not-a-contact"),
        Ok(contact) => {
            let words = |code: &str| code_text(code, visit.locale);
            match code::ask_code(&app, &contact, &caller, words).await {
                Ok(asked) => return Ok(wait_for_code(&app, &asked, &form.next)),
                Err(error) => Refusal::from(error, "contact")?,
            }
        }
    };
    let errors = refusal.errors.clone();
    let page = AskPage::new(&app, &form.contact, &form.next, errors);
    Ok(refusal.answer(&visit, &page))
}

/// On to the second step, with the ticket.
fn wait_for_code(app: &App, asked: &Asked, next: &str) -> Response {
    let token = asked.ticket.as_str().to_owned();
    let ticket = secret_cookie(app, ticket_cookie_name(app), token, TICKET_SECONDS);
    let path = with_next("/sign-in/code", next);
    let to = if asked.is_sent {
        Redirect::to(&path).into_response()
    } else {
        redirect_with(&path, "code-sent-before")
    };
    (CookieJar::new().add(ticket), to).into_response()
}

struct CodePage<'a> {
    sent_to: String,
    /// In the demo the message is shown here, because it goes nowhere else.
    message: Option<String>,
    next: &'a str,
    errors: FieldErrors,
}

impl<'a> CodePage<'a> {
    /// The page for the browser's ticket, or nothing where it has none that lives.
    async fn new(
        app: &App,
        caller: &Caller,
        next: &'a str,
        errors: FieldErrors,
    ) -> HttpResult<Option<Self>> {
        let Some(ticket) = &caller.ticket else {
            return Ok(None);
        };
        let contact = match code::contact_of_ticket(app, ticket).await {
            Ok(contact) => contact,
            Err(PeopleError::NoTicket) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let console = app.senders.console().filter(|_| app.demo);
        let message = console.and_then(|console| console.newest_to(contact.expose()));
        Ok(Some(Self {
            sent_to: contact.masked(),
            message: message.map(|message| message.text.clone()),
            next,
            errors,
        }))
    }
}

impl Page for CodePage<'_> {
    fn title(&self, locale: &Locale) -> String {
        locale.text("enter-code")
    }

    fn errors(&self) -> Option<&FieldErrors> {
        Some(&self.errors)
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let lead = locale.text_with("code-sent", &[("to", self.sent_to.clone().into())]);
        html! {
            (page_head(&locale.text("enter-code"), &lead))
            @if let Some(message) = &self.message {
                (notice(Tone::Neutral, &html! { (locale.text("demo-message")) " " (message) }))
            }
            form.card method="post" action="/sign-in/code" {
                (next_field(self.next))
                (Field { name: "code", value: "", errors: &self.errors, required: true }
                    .input(locale, "text", "one-time-code"))
                button.button type="submit" { (locale.text("sign-in")) }
            }
            p { a href=(with_next("/sign-in", self.next)) { (locale.text("ask-code-again")) } }
        }
    }
}

/// `GET /sign-in/code`
pub(crate) async fn code_page(
    State(app): State<App>,
    visit: Visit,
    caller: Caller,
    Query(next): Query<Next>,
) -> HttpResult {
    let page = CodePage::new(&app, &caller, &next.next, FieldErrors::none()).await?;
    Ok(match page {
        Some(page) => show(&visit, &page),
        None => Redirect::to(&with_next("/sign-in", &next.next)).into_response(),
    })
}

/// The form of [`code_page`].
#[derive(Deserialize)]
pub(crate) struct CodeForm {
    #[serde(default)]
    code: String,
    #[serde(default)]
    next: String,
}

/// `POST /sign-in/code`
pub(crate) async fn enter_code(
    State(app): State<App>,
    visit: Visit,
    caller: Caller,
    Form(form): Form<CodeForm>,
) -> HttpResult {
    let outcome = match &caller.ticket {
        Some(ticket) => code::enter_code(&app, ticket, &form.code, &caller).await,
        None => Err(PeopleError::NoTicket),
    };
    let error = match outcome {
        Ok(CodeOutcome::In(signed_in)) => return Ok(enter(&app, &signed_in, &form.next)),
        Ok(CodeOutcome::ChooseName) => {
            return Ok(Redirect::to(&with_next("/sign-in/name", &form.next)).into_response());
        }
        Err(error) => error,
    };
    let needs_new_code = !matches!(
        error,
        PeopleError::CodeWrong { .. } | PeopleError::TooMany { .. }
    );
    let refusal = Refusal::from(error, "code")?;
    let page = if needs_new_code {
        None
    } else {
        CodePage::new(&app, &caller, &form.next, refusal.errors.clone()).await?
    };
    Ok(match page {
        Some(page) => refusal.answer(&visit, &page),
        None => {
            // Back to the first step, whose only field is the contact.
            let mut back = FieldErrors::none();
            for (_, error) in refusal.errors.iter() {
                back.add("contact", error.code);
            }
            again(&visit, &AskPage::new(&app, "", &form.next, back))
        }
    })
}

/// `POST /sign-out`: signing out twice is no error.
pub(crate) async fn sign_out(State(app): State<App>, caller: Caller) -> HttpResult {
    match factors::proving_session(&app, &caller).await {
        Ok(present) => match session::end_session(&app, present.account, present.id).await {
            Ok(()) | Err(PeopleError::NotFound) => {}
            Err(error) => return Err(error.into()),
        },
        Err(PeopleError::NotSignedIn) => {}
        Err(error) => return Err(error.into()),
    }
    let cookies = CookieJar::new().add(gone_cookie(&app, session_cookie_name(&app)));
    Ok((cookies, redirect_with("/", "signed-out")).into_response())
}
