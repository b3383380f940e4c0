//! The office's page of people: who holds which role, the units, and granting and revoking.

use super::sign_in::again;
use crate::web::choice::Choice;
use crate::web::components::{Field, breadcrumbs, empty_state, facts, page_head, table_wrap};
use crate::web::cycle_path::find_jurisdiction;
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::visit::{Visit, redirect_with};
use axum::Form;
use axum::extract::{Path, State};
use domain::cycles::Jurisdiction;
use domain::infra::app::App;
use domain::infra::field_errors::FieldErrors;
use domain::infra::ids::AccountId;
use domain::people::Viewer;
use domain::people::account::{LONGEST_NAME, SHORTEST_NAME};
use domain::people::admin;
use domain::people::offers::{self, NewOffer};
use domain::people::store::{self, Offer, RoleHolder};
use domain::people::{Contact, Role, Unit, UnitId};
use maud::{Markup, html};
use serde::Deserialize;

/// What was typed in the form that grants a role.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Granting {
    #[serde(default)]
    contact: String,
    #[serde(default)]
    person: String,
    #[serde(default)]
    role: Choice<Role>,
    #[serde(default)]
    unit: String,
}

struct PeoplePage<'a> {
    jurisdiction: &'a Jurisdiction,
    viewer: &'a Viewer,
    holders: Vec<RoleHolder>,
    offers: Vec<Offer>,
    units: Vec<Unit>,
    deputies: u32,
    typed: &'a Granting,
    unit_name: &'a str,
    errors: FieldErrors,
}

impl<'a> PeoplePage<'a> {
    async fn new(
        app: &App,
        jurisdiction: &'a Jurisdiction,
        viewer: &'a Viewer,
        typed: &'a Granting,
        unit_name: &'a str,
        errors: FieldErrors,
    ) -> HttpResult<Self> {
        let mut tx = app.database.read().await?;
        Ok(Self {
            jurisdiction,
            viewer,
            holders: store::role_holders(&mut tx, jurisdiction.id).await?,
            offers: store::offers(&mut tx, jurisdiction.id).await?,
            units: store::units(&mut tx, jurisdiction.id).await?,
            deputies: store::deputies_in_office(&mut tx, jurisdiction.id).await?,
            typed,
            unit_name,
            errors,
        })
    }

    fn path(&self) -> String {
        format!("/j/{}/people", self.jurisdiction.slug)
    }

    fn may_give(&self, role: Role) -> bool {
        admin::may_give(self.viewer, self.jurisdiction.id, role)
    }

    /// Deputies stand on the roster, so the table has the other roles only.
    fn holders(&self, locale: &Locale) -> Markup {
        html! {
            table {
                thead { tr {
                    th scope="col" { (locale.text("field-role")) }
                    th scope="col" { (locale.text("field-person")) }
                    th scope="col" { (locale.text("action")) }
                } }
                tbody {
                    @for holder in self.holders.iter().filter(|holder| holder.role != Role::Deputy) {
                        tr {
                            td { (locale.text(&format!("role-{}", holder.role.name()))) }
                            td { (holder.display_name) }
                            td {
                                form.inline method="post" action={ (self.path()) "/" (holder.account) "/contact" } {
                                    button.link type="submit" { (locale.text("show-contact")) }
                                }
                                @if self.may_give(holder.role) {
                                    " "
                                    form.inline method="post" action={ (self.path()) "/revoke" } {
                                        input type="hidden" name="account" value=(holder.account);
                                        input type="hidden" name="role" value=(holder.role.name());
                                        button.link type="submit" { (locale.text("revoke")) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    fn grant_form(&self, locale: &Locale) -> Markup {
        let roles: Vec<(String, String)> = Role::ALL
            .into_iter()
            .filter(|role| self.may_give(*role))
            .map(|role| {
                let name = locale.text(&format!("role-{}", role.name()));
                (role.name().to_owned(), name)
            })
            .collect();
        let units: Vec<(String, String)> = self
            .units
            .iter()
            .map(|unit| (unit.id.to_string(), unit.name.clone()))
            .collect();
        let field = |name, value, required| Field {
            name,
            value,
            errors: &self.errors,
            required,
        };
        html! {
            form.card method="post" action={ (self.path()) "/grant" } {
                h2 { (locale.text("grant-role")) }
                (field("contact", &self.typed.contact, true).input(locale, "text", "off"))
                (field("person", &self.typed.person, true).input(locale, "text", "off"))
                (field("role", self.typed.role.shown(Role::name), true).select(locale, &roles))
                (field("unit", &self.typed.unit, false).select(locale, &units))
                p.hint { (locale.text("grant-unit-note")) }
                button.button type="submit" { (locale.text("grant-role")) }
            }
        }
    }

    fn unit_list(&self, locale: &Locale) -> Markup {
        html! {
            section {
                h2 { (locale.text("units")) }
                @if self.units.is_empty() { (empty_state(locale, "no-units")) }
                ul { @for unit in &self.units { li { (unit.name) } } }
                form.card method="post" action={ (self.path()) "/units" } {
                    (Field { name: "unit_name", value: self.unit_name, errors: &self.errors, required: true }
                        .input(locale, "text", "off"))
                    button.button type="submit" { (locale.text("add-unit")) }
                }
            }
        }
    }
}

impl Page for PeoplePage<'_> {
    fn title(&self, locale: &Locale) -> String {
        locale.text("people-title")
    }

    fn errors(&self) -> Option<&FieldErrors> {
        Some(&self.errors)
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let here = self.jurisdiction;
        let title = locale.text("people-title");
        let deputies = locale.text_with("roster-lead", &[("count", self.deputies.into())]);
        html! {
            (breadcrumbs(locale, &[(format!("/j/{}", here.slug), here.name.clone())], &title))
            (page_head(&title, &locale.text("people-lead")))
            p {
                (deputies) " "
                a href={ "/j/" (here.slug) "/deputies" } { (locale.text("roster-title")) } " · "
                a href={ (self.path()) "/import" } { (locale.text("import-title")) } " · "
                a href={ (self.path()) "/links" } { (locale.text("links-title")) } " · "
                a href={ "/j/" (here.slug) "/audit" } { (locale.text("audit-title")) }
            }
            (table_wrap(&title, &self.holders(locale)))
            (super::offers::pending(locale, &self.path(), &self.offers))
            (self.grant_form(locale))
            (self.unit_list(locale))
        }
    }
}

/// `GET /j/{jurisdiction}/people`
pub(crate) async fn people(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    Path(slug): Path<String>,
) -> HttpResult {
    let jurisdiction = find_jurisdiction(&app, &slug).await?;
    let typed = Granting::default();
    let errors = FieldErrors::none();
    let page = PeoplePage::new(&app, &jurisdiction, &viewer, &typed, "", errors).await?;
    Ok(show(&visit, &page))
}

/// The unit that was chosen, if one was.
fn unit_of(errors: &mut FieldErrors, sent: &str) -> Option<UnitId> {
    if sent.is_empty() {
        return None;
    }
    let unit = sent.parse().ok();
    if unit.is_none() {
        errors.add("unit", "not-an-option");
    }
    unit
}

/// `POST /j/{jurisdiction}/people/grant`
pub(crate) async fn grant(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    Path(slug): Path<String>,
    Form(typed): Form<Granting>,
) -> HttpResult {
    let jurisdiction = find_jurisdiction(&app, &slug).await?;
    let mut errors = FieldErrors::none();
    let contact = Contact::parse(&typed.contact).ok();
    if contact.is_none() {
        errors.add("contact", "not-a-contact");
    }
    let name = errors.text("person", &typed.person, SHORTEST_NAME, LONGEST_NAME);
    let role = typed.role.read(&mut errors, "role");
    let unit = unit_of(&mut errors, &typed.unit);
    if let (true, Some(contact), Some(role)) = (errors.is_empty(), &contact, role) {
        let wish = NewOffer {
            contact,
            name: &name,
            role,
            unit,
        };
        match offers::offer(&app, &viewer, jurisdiction.id, &wish).await {
            Ok(()) => {
                let next = if app.senders.offers(contact.channel()) {
                    "role-offered"
                } else {
                    "role-offered-by-link"
                };
                return Ok(redirect_with(&format!("/j/{slug}/people"), next));
            }
            Err(error) => error.into_form(&mut errors)?,
        }
    }
    let page = PeoplePage::new(&app, &jurisdiction, &viewer, &typed, "", errors).await?;
    Ok(again(&visit, &page))
}

/// Which role of whom.
#[derive(Debug, Deserialize)]
pub(crate) struct Revoking {
    #[serde(default)]
    account: String,
    #[serde(default)]
    role: Choice<Role>,
}

/// `POST /j/{jurisdiction}/people/revoke`
pub(crate) async fn revoke(
    State(app): State<App>,
    viewer: Viewer,
    Path(slug): Path<String>,
    Form(form): Form<Revoking>,
) -> HttpResult {
    let jurisdiction = find_jurisdiction(&app, &slug).await?;
    let account: AccountId = form.account.parse().map_err(|_| HttpError::NotFound)?;
    let role = form.role.or_refused("role")?;
    admin::revoke(&app, &viewer, jurisdiction.id, account, role).await?;
    Ok(redirect_with(&format!("/j/{slug}/people"), "role-revoked"))
}

/// The form that adds a unit.
#[derive(Debug, Deserialize)]
pub(crate) struct AddingUnit {
    #[serde(default)]
    unit_name: String,
}

/// `POST /j/{jurisdiction}/people/units`
pub(crate) async fn add_unit(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    Path(slug): Path<String>,
    Form(form): Form<AddingUnit>,
) -> HttpResult {
    let jurisdiction = find_jurisdiction(&app, &slug).await?;
    let mut errors = FieldErrors::none();
    let name = errors.text("unit_name", &form.unit_name, 2, 50);
    if errors.is_empty() {
        match admin::add_unit(&app, &viewer, jurisdiction.id, &name).await {
            Ok(_) => return Ok(redirect_with(&format!("/j/{slug}/people"), "saved")),
            Err(error) => error.into_form(&mut errors)?,
        }
    }
    let typed = Granting::default();
    let page = PeoplePage::new(
        &app,
        &jurisdiction,
        &viewer,
        &typed,
        &form.unit_name,
        errors,
    )
    .await?;
    Ok(again(&visit, &page))
}

struct ContactPage {
    jurisdiction: Jurisdiction,
    name: String,
    contacts: Vec<Contact>,
}

impl Page for ContactPage {
    fn title(&self, _: &Locale) -> String {
        self.name.clone()
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let above = (
            format!("/j/{}/people", self.jurisdiction.slug),
            locale.text("people-title"),
        );
        let contacts: Vec<(String, Markup)> = self
            .contacts
            .iter()
            .map(|contact| {
                let label = locale.text(&format!("channel-{}", contact.channel().name()));
                (label, html! { (contact.expose()) })
            })
            .collect();
        html! {
            (breadcrumbs(locale, &[above], &self.name))
            (page_head(&self.name, &locale.text("contact-read-recorded")))
            @if contacts.is_empty() { (empty_state(locale, "no-contacts")) }
            (facts(&contacts))
        }
    }
}

/// `POST /j/{jurisdiction}/people/{account}/contact`: an change, because that it was read is recorded.
pub(crate) async fn contact(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    Path((slug, account)): Path<(String, String)>,
) -> HttpResult {
    let jurisdiction = find_jurisdiction(&app, &slug).await?;
    let account: AccountId = account.parse().map_err(|_| HttpError::NotFound)?;
    let (name, contacts) = admin::reveal_contacts(&app, &viewer, jurisdiction.id, account).await?;
    Ok(show(
        &visit,
        &ContactPage {
            jurisdiction,
            name,
            contacts,
        },
    ))
}
