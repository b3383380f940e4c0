//! Signing in, without script: contact, code, in.

use super::choose_name;
use super::onward::{Onward, OnwardFields};
use super::probe::{self, COOKIES_OFF, Probe};
use super::refusal::Refusal;
use crate::web::components::{Field, Tone, notice, page_head};
use crate::web::cookies::{gone_cookie, secret_cookie, session_cookie_name, ticket_cookie_name};
use crate::web::http_error::HttpResult;
use crate::web::layout::SIGNED_OUT;
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::query::Query;
use crate::web::visit::{Visit, local_path, redirect_with, with_next};
use axum::Form;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use domain::infra::app::App;
use domain::infra::field_errors::FieldErrors;
use domain::infra::mail::Channel;
use domain::people::Caller;
use domain::people::code::{self, Asked, CODE_SECONDS, CodeOutcome, MessageText};
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

/// Where somebody goes who is in: to what they were on the way to, else to the front page, where their tasks stand.
pub(super) fn goal(next: &str) -> &str {
    local_path(next)
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

pub(super) struct AskPage<'a> {
    contact: &'a str,
    onward: &'a Onward,
    errors: FieldErrors,
    by_email: bool,
    by_phone: bool,
}

impl<'a> AskPage<'a> {
    pub(super) fn new(
        app: &App,
        contact: &'a str,
        onward: &'a Onward,
        errors: FieldErrors,
    ) -> Self {
        Self {
            contact,
            onward,
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
                    (self.onward.fields())
                    (probe::field())
                    (Field { name: "contact", value: self.contact, errors: &self.errors, required: true }
                        .input(locale, "text", "username"))
                    button.button type="submit" { (locale.text("send-code")) }
                }
            }
            (self.onward.link(locale, "/sign-in/password", "by-password"))
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
    let onward = Onward::to(next.next);
    let page = AskPage::new(&app, "", &onward, FieldErrors::none());
    probe::with_cookie(&app, show(&visit, &page))
}

/// The form of [`ask`].
#[derive(Deserialize)]
pub(crate) struct CodeRequest {
    #[serde(default)]
    contact: String,
    #[serde(flatten)]
    onward: OnwardFields,
    #[serde(flatten)]
    probe: Probe,
}

/// `POST /sign-in`: with no contact and a form that waits it shows the first step.
pub(crate) async fn send_code(
    State(app): State<App>,
    visit: Visit,
    caller: Caller,
    headers: HeaderMap,
    Form(form): Form<CodeRequest>,
) -> HttpResult {
    let onward = form.onward.read()?;
    if form.contact.is_empty() && onward.held.is_some() {
        let page = AskPage::new(&app, "", &onward, FieldErrors::none());
        return Ok(probe::with_cookie(&app, show(&visit, &page)));
    }
    let refusal = match Contact::parse(&form.contact) {
        _ if form.probe.finds_cookies_off(&headers) => Refusal::of("contact", COOKIES_OFF),
        Err(_) => Refusal::of("contact", "not-a-contact"),
        Ok(contact) => {
            let words = |code: &str| code_text(code, visit.locale);
            match code::ask_code(&app, &contact, &caller, words).await {
                Ok(asked) => return wait_for_code(&app, &visit, &caller, &asked, &onward).await,
                Err(error) => Refusal::from(error, "contact")?,
            }
        }
    };
    let errors = refusal.errors.clone();
    let page = AskPage::new(&app, &form.contact, &onward, errors);
    Ok(refusal.answer(&visit, &page))
}

/// On to the second step, with the ticket.
async fn wait_for_code(
    app: &App,
    visit: &Visit,
    caller: &Caller,
    asked: &Asked,
    onward: &Onward,
) -> HttpResult {
    let token = asked.ticket.as_str().to_owned();
    let ticket = secret_cookie(app, ticket_cookie_name(app), token, TICKET_SECONDS);
    let path = with_next("/sign-in/code", &onward.next);
    let step = if onward.held.is_some() {
        let asking = Caller {
            ticket: Some(asked.ticket.clone()),
            ..caller.clone()
        };
        let page = CodePage::new(app, &asking, onward, FieldErrors::none()).await?;
        page.map(|page| show(visit, &page))
    } else {
        None
    };
    let to = match step {
        Some(page) => page,
        None if asked.is_sent => Redirect::to(&path).into_response(),
        None => redirect_with(&path, "code-sent-before"),
    };
    Ok((CookieJar::new().add(ticket), to).into_response())
}

struct CodePage<'a> {
    sent_to: String,
    /// In the demo the message is shown here, because it goes nowhere else.
    message: Option<String>,
    onward: &'a Onward,
    errors: FieldErrors,
}

impl<'a> CodePage<'a> {
    /// The page for the browser's ticket, or nothing where it has none that lives.
    async fn new(
        app: &App,
        caller: &Caller,
        onward: &'a Onward,
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
            onward,
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
                (self.onward.fields())
                (Field { name: "code", value: "", errors: &self.errors, required: true }
                    .input(locale, "text", "one-time-code"))
                button.button type="submit" { (locale.text("sign-in")) }
            }
            (self.onward.link(locale, "/sign-in", "ask-code-again"))
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
    let onward = Onward::to(next.next);
    let page = CodePage::new(&app, &caller, &onward, FieldErrors::none()).await?;
    Ok(match page {
        Some(page) => show(&visit, &page),
        None => Redirect::to(&with_next("/sign-in", &onward.next)).into_response(),
    })
}

/// The form of [`code_page`].
#[derive(Deserialize)]
pub(crate) struct CodeForm {
    #[serde(default)]
    code: String,
    #[serde(flatten)]
    onward: OnwardFields,
}

/// `POST /sign-in/code`
pub(crate) async fn enter_code(
    State(app): State<App>,
    visit: Visit,
    caller: Caller,
    Form(form): Form<CodeForm>,
) -> HttpResult {
    let onward = form.onward.read()?;
    let outcome = match &caller.ticket {
        Some(ticket) => code::enter_code(&app, ticket, &form.code, &caller).await,
        None => Err(PeopleError::NoTicket),
    };
    let error = match outcome {
        Ok(CodeOutcome::In(signed_in)) => {
            return onward.enter(&app, &visit, &caller, &signed_in).await;
        }
        Ok(CodeOutcome::ChooseName) if onward.held.is_some() => {
            return choose_name::first(&app, &visit, &onward).await;
        }
        Ok(CodeOutcome::ChooseName) => {
            return Ok(Redirect::to(&with_next("/sign-in/name", &onward.next)).into_response());
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
        CodePage::new(&app, &caller, &onward, refusal.errors.clone()).await?
    };
    Ok(match page {
        Some(page) => refusal.answer(&visit, &page),
        None => {
            // Back to the first step, whose only field is the contact.
            let mut back = FieldErrors::none();
            for (_, error) in refusal.errors.iter() {
                back.add("contact", error.code);
            }
            again(&visit, &AskPage::new(&app, "", &onward, back))
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
    Ok((cookies, redirect_with("/", SIGNED_OUT)).into_response())
}
