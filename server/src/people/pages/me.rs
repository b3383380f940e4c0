//! One's own page: name, residence, roles, sessions, password.

use super::refusal::Refusal;
use super::sign_in::again;
use crate::web::choice::no_such_option;
use crate::web::components::{Field, Tone, badge, facts, moment, page_head, table_wrap};
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::shared::tasks::Todo;
use crate::web::visit::{Visit, redirect_with};
use axum::Form;
use axum::extract::{Path, State};
use domain::cycles::{Jurisdiction, store as cycle_store};
use domain::infra::app::App;
use domain::infra::field_errors::FieldErrors;
use domain::people::Caller;
use domain::people::Viewer;
use domain::people::account::chosen_name;
use domain::people::password::{LONGEST, Password, SHORTEST};
use domain::people::store::{self, Offer, Session, SessionId};
use domain::people::{Contact, PeopleError, Role, account, session};
use maud::{Markup, html};
use serde::Deserialize;

struct MePage<'a> {
    viewer: &'a Viewer,
    contacts: Vec<Contact>,
    jurisdictions: Vec<Jurisdiction>,
    sessions: Vec<Session>,
    offers: Vec<(Offer, String)>,
    present: SessionId,
    name: &'a str,
    errors: FieldErrors,
    todo: Todo,
}

impl<'a> MePage<'a> {
    async fn new(
        app: &App,
        (visit, caller): (&Visit, &Caller),
        viewer: &'a Viewer,
        name: &'a str,
        errors: FieldErrors,
    ) -> HttpResult<Self> {
        let present = session::present_session(app, caller).await?.id;
        let mut tx = app.database.read().await?;
        let contacts = store::contacts(&mut tx, viewer.account)
            .await?
            .iter()
            .map(|contact| Contact::unseal(&app.vault, contact.channel, &contact.sealed))
            .collect::<Result<_, _>>()
            .map_err(PeopleError::from)?;
        Ok(Self {
            viewer,
            contacts,
            jurisdictions: cycle_store::jurisdictions(&mut tx).await?,
            offers: store::offers_to(&mut tx, viewer.account).await?,
            sessions: store::sessions(&mut tx, viewer.account, app.clock.now()).await?,
            present,
            name,
            errors,
            todo: Todo::of(app, &mut tx, visit).await?,
        })
    }

    fn roles(&self, locale: &Locale) -> Markup {
        html! {
            ul.plain {
                @for here in &self.jurisdictions {
                    @for role in Role::ALL.into_iter().filter(|role| self.viewer.holds(*role, here.id)) {
                        li {
                            (badge(Tone::Neutral, &locale.text(&format!("role-{}", role.name()))))
                            " " a href={ "/j/" (here.slug) } { (here.name) }
                            @if matches!(role, Role::Admin | Role::Office) {
                                " · " a href={ "/j/" (here.slug) "/people" } { (locale.text("people-title")) }
                            }
                        }
                    }
                }
            }
        }
    }

    fn residence(&self) -> &str {
        self.jurisdictions
            .iter()
            .find(|here| self.viewer.holds(Role::Resident, here.id))
            .map(|here| here.slug.as_str())
            .unwrap_or_default()
    }

    fn names(&self, locale: &Locale) -> Markup {
        let places: Vec<(String, String)> = self
            .jurisdictions
            .iter()
            .map(|here| (here.slug.clone(), here.name.clone()))
            .collect();
        html! {
            form.card method="post" action="/me/name" {
                (Field { name: "display_name", value: self.name, errors: &self.errors, required: true }
                    .input(locale, "text", "nickname"))
                button.button type="submit" { (locale.text("save")) }
            }
            @if !places.is_empty() {
                form.card method="post" action="/me/residence" {
                    (Field { name: "residence", value: self.residence(), errors: &self.errors, required: true }
                        .select(locale, &places))
                    button.button type="submit" { (locale.text("save")) }
                }
            }
        }
    }

    fn session_table(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let (since, until) = (locale.text("session-since"), locale.text("session-until"));
        let table = html! {
            table.stacked {
                thead { tr {
                    th scope="col" { (locale.text("session-device")) }
                    th scope="col" { (since) }
                    th scope="col" { (until) }
                    th scope="col" { (locale.text("action")) }
                } }
                tbody {
                    @for session in &self.sessions {
                        tr {
                            td { @if session.device.is_empty() { (locale.text("session-unknown")) } @else { (session.device) } }
                            td data-label=(since) { (moment(visit, session.created_at)) }
                            td data-label=(until) { (moment(visit, session.expires_at)) }
                            td {
                                @if session.id == self.present {
                                    (badge(Tone::Good, &locale.text("session-this")))
                                } @else {
                                    form.inline method="post" action={ "/me/sessions/" (session.id) "/end" } {
                                        button.link type="submit" { (locale.text("session-end")) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        };
        html! {
            (table_wrap(&locale.text("sessions"), &table))
            @if self.sessions.len() > 1 {
                form method="post" action="/me/sessions/end-others" {
                    button.button type="submit" { (locale.text("session-end-others")) }
                }
            }
        }
    }
}

impl Page for MePage<'_> {
    fn title(&self, locale: &Locale) -> String {
        locale.text("me-title")
    }

    fn errors(&self) -> Option<&FieldErrors> {
        Some(&self.errors)
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let contacts: Vec<(String, Markup)> = self
            .contacts
            .iter()
            .map(|contact| {
                let label = locale.text(&format!("channel-{}", contact.channel().name()));
                (label, html! { (contact.masked()) })
            })
            .collect();
        html! {
            (page_head(&locale.text("me-title"), &locale.text("me-lead")))
            (self.todo.panel(visit))
            (super::offers::own(locale, &self.offers))
            (self.names(locale))
            h2 { (locale.text("my-contacts")) }
            (facts(&contacts))
            @if !self.viewer.roles.is_empty() {
                h2 { (locale.text("my-roles")) }
                (self.roles(locale))
            }
            // Staff and deputies sign in by password as well, and by a second factor; residents need none.
            @if self.viewer.works_here() {
                p { a.button href="/me/password" { (locale.text("set-password")) } }
                p { a.button href="/me/security" { (locale.text("security-title")) } }
            }
            h2 { (locale.text("sessions")) }
            (self.session_table(visit))
        }
    }
}

/// `GET /me`
pub(crate) async fn me(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    caller: Caller,
) -> HttpResult {
    let name = viewer.display_name.clone();
    let page = MePage::new(&app, (&visit, &caller), &viewer, &name, FieldErrors::none()).await?;
    Ok(show(&visit, &page))
}

/// The form of one's name.
#[derive(Deserialize)]
pub(crate) struct Renamed {
    #[serde(default)]
    display_name: String,
}

/// `POST /me/name`
pub(crate) async fn rename(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    caller: Caller,
    Form(form): Form<Renamed>,
) -> HttpResult {
    let mut errors = FieldErrors::none();
    let name = chosen_name(&mut errors, "display_name", &form.display_name);
    if errors.is_empty() {
        account::rename(&app, viewer.account, &name).await?;
        return Ok(redirect_with("/me", "saved"));
    }
    let page = MePage::new(&app, (&visit, &caller), &viewer, &form.display_name, errors).await?;
    Ok(again(&visit, &page))
}

/// The form of one's residence.
#[derive(Deserialize)]
pub(crate) struct Moved {
    #[serde(default)]
    residence: String,
}

/// `POST /me/residence`
pub(crate) async fn move_to(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    caller: Caller,
    Form(form): Form<Moved>,
) -> HttpResult {
    let mut tx = app.database.read().await?;
    let home = cycle_store::jurisdiction_by_slug(&mut tx, &form.residence).await?;
    drop(tx);
    if let Some(home) = home {
        account::move_to(&app, viewer.account, home.id).await?;
        return Ok(redirect_with("/me", "saved"));
    }
    let mut errors = FieldErrors::none();
    errors.add("residence", no_such_option(&form.residence));
    let name = viewer.display_name.clone();
    let page = MePage::new(&app, (&visit, &caller), &viewer, &name, errors).await?;
    Ok(again(&visit, &page))
}

/// `POST /me/sessions/{session}/end`
pub(crate) async fn end_session(
    State(app): State<App>,
    viewer: Viewer,
    Path(id): Path<String>,
) -> HttpResult {
    let id: SessionId = id.parse().map_err(|_| HttpError::NotFound)?;
    session::end_session(&app, viewer.account, id).await?;
    Ok(redirect_with("/me", "session-ended"))
}

/// `POST /me/sessions/end-others`
pub(crate) async fn end_others(
    State(app): State<App>,
    viewer: Viewer,
    caller: Caller,
) -> HttpResult {
    let present = session::present_session(&app, &caller).await?;
    session::end_other_sessions(&app, viewer.account, present.id).await?;
    Ok(redirect_with("/me", "session-ended"))
}

struct PasswordPage {
    has_one: bool,
    errors: FieldErrors,
}

impl Page for PasswordPage {
    fn title(&self, locale: &Locale) -> String {
        locale.text("set-password")
    }

    fn errors(&self) -> Option<&FieldErrors> {
        Some(&self.errors)
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let field = |name, purpose| {
            Field {
                name,
                value: "",
                errors: &self.errors,
                required: true,
            }
            .input(locale, "password", purpose)
        };
        html! {
            (page_head(&locale.text("set-password"), &locale.text("set-password-lead")))
            form.card method="post" action="/me/password" {
                @if self.has_one { (field("password", "current-password")) }
                (field("new_password", "new-password"))
                (field("new_password_again", "new-password"))
                button.button type="submit" { (locale.text("save")) }
            }
        }
    }
}

async fn has_password(app: &App, viewer: &Viewer) -> HttpResult<bool> {
    let mut tx = app.database.read().await?;
    Ok(store::password_hash(&mut tx, viewer.account)
        .await?
        .is_some())
}

/// `GET /me/password`
pub(crate) async fn password(State(app): State<App>, visit: Visit, viewer: Viewer) -> HttpResult {
    if !viewer.works_here() {
        return Err(HttpError::Forbidden);
    }
    let page = PasswordPage {
        has_one: has_password(&app, &viewer).await?,
        errors: FieldErrors::none(),
    };
    Ok(show(&visit, &page))
}

/// The form of [`password`].
#[derive(Deserialize)]
pub(crate) struct NewPassword {
    password: Option<Password>,
    new_password: Password,
    new_password_again: Password,
}

/// `POST /me/password`
pub(crate) async fn set_password(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    caller: Caller,
    Form(form): Form<NewPassword>,
) -> HttpResult {
    if !viewer.works_here() {
        return Err(HttpError::Forbidden);
    }
    let mut refusal = Refusal::default();
    let errors = &mut refusal.errors;
    let limit = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    if form.new_password.length() < SHORTEST {
        errors.add_limit("new_password", "too-short", limit(SHORTEST));
    } else if form.new_password.length() > LONGEST {
        errors.add_limit("new_password", "too-long", limit(LONGEST));
    } else if !form.new_password.is_same_as(&form.new_password_again) {
        errors.add("new_password_again", "passwords-differ");
    }
    if errors.is_empty() {
        let present = session::present_session(&app, &caller).await?;
        let new = form.new_password.clone();
        match account::set_password(&app, viewer.account, form.password.clone(), new, &present)
            .await
        {
            Ok(()) => return Ok(redirect_with("/me", "saved")),
            Err(error) => refusal = Refusal::from(error, "password")?,
        }
    }
    let page = PasswordPage {
        has_one: has_password(&app, &viewer).await?,
        errors: refusal.errors.clone(),
    };
    Ok(refusal.answer(&visit, &page))
}
