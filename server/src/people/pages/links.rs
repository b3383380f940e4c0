//! Sign-in links and cards for people who cannot be sent a code: choosing for whom, and the sheet, shown once.

use super::sign_in::again;
use crate::web::components::{Field, Tone, breadcrumbs, moment, notice, page_head};
use crate::web::cycle_path::find_jurisdiction;
use crate::web::http_error::HttpResult;
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::qr::QrCode;
use crate::web::visit::Visit;
use axum::Form;
use axum::extract::{Path, State};
use domain::cycles::Jurisdiction;
use domain::infra::app::App;
use domain::infra::field_errors::FieldErrors;
use domain::people::code::MessageText;
use domain::people::links::{self, Card, Cards, Maker, Whom};
use domain::people::store::{self, RoleHolder};
use domain::people::{Contact, Delegation, Deputy, PeopleError, Role, Viewer};
use maud::{Markup, html};
use serde::Deserialize;

/// For whom: one of them is filled in.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Wish {
    #[serde(default)]
    link_delegation: String,
    #[serde(default)]
    link_deputy: String,
    #[serde(default)]
    link_account: String,
    #[serde(default)]
    link_contact: String,
}

struct LinksPage<'a> {
    jurisdiction: &'a Jurisdiction,
    delegations: Vec<Delegation>,
    deputies: Vec<Deputy>,
    holders: Vec<RoleHolder>,
    typed: &'a Wish,
    errors: FieldErrors,
}

impl<'a> LinksPage<'a> {
    async fn new(
        app: &App,
        jurisdiction: &'a Jurisdiction,
        typed: &'a Wish,
        errors: FieldErrors,
    ) -> HttpResult<Self> {
        let mut tx = app.database.read().await?;
        Ok(Self {
            jurisdiction,
            delegations: store::delegations(&mut tx, jurisdiction.id).await?,
            deputies: store::deputies(&mut tx, jurisdiction.id).await?,
            holders: store::role_holders(&mut tx, jurisdiction.id).await?,
            typed,
            errors,
        })
    }

    fn field<'b>(&'b self, name: &'static str, value: &'b str) -> Field<'b> {
        Field {
            name,
            value,
            errors: &self.errors,
            required: true,
        }
    }

    fn delegations(&self) -> Vec<(String, String)> {
        let all = self.delegations.iter();
        all.map(|one| (one.id.to_string(), one.name.clone()))
            .collect()
    }

    fn deputies(&self) -> Vec<(String, String)> {
        let all = self.deputies.iter();
        all.map(|one| {
            let shown = format!("{} {} {}", one.number, one.name, one.delegation);
            (one.id.to_string(), shown)
        })
        .collect()
    }

    fn holders(&self, locale: &Locale) -> Vec<(String, String)> {
        let all = self.holders.iter();
        all.filter(|one| one.role != Role::Deputy)
            .map(|one| {
                let role = locale.text(&format!("role-{}", one.role.name()));
                (
                    one.account.to_string(),
                    format!("{role} {}", one.display_name),
                )
            })
            .collect()
    }

    fn form(&self, locale: &Locale, title: &str, field: &Markup) -> Markup {
        html! {
            form.card method="post" action={ "/j/" (self.jurisdiction.slug) "/people/links" } {
                h2 { (locale.text(title)) }
                (field)
                button.button type="submit" {
                    (locale.text("make-links"))
                    span.visually-hidden { " " (locale.text(title)) }
                }
            }
        }
    }
}

impl Page for LinksPage<'_> {
    fn title(&self, locale: &Locale) -> String {
        locale.text("links-title")
    }

    fn errors(&self) -> Option<&FieldErrors> {
        Some(&self.errors)
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let title = locale.text("links-title");
        let typed = self.typed;
        let delegation = self
            .field("link_delegation", &typed.link_delegation)
            .select(locale, &self.delegations());
        let deputy = self
            .field("link_deputy", &typed.link_deputy)
            .select(locale, &self.deputies());
        let account = self
            .field("link_account", &typed.link_account)
            .select(locale, &self.holders(locale));
        let contact = self
            .field("link_contact", &typed.link_contact)
            .input(locale, "text", "off");
        html! {
            (breadcrumbs(locale, &[above(self.jurisdiction, locale)], &title))
            (page_head(&title, &locale.text("links-lead")))
            (notice(Tone::Warn, &html! { p { (locale.text("links-rule")) } }))
            @if !self.deputies.is_empty() {
                (self.form(locale, "links-of-delegation", &delegation))
                (self.form(locale, "links-of-deputy", &deputy))
            }
            (self.form(locale, "links-of-holder", &account))
            (self.form(locale, "links-of-contact", &contact))
        }
    }
}

fn above(jurisdiction: &Jurisdiction, locale: &Locale) -> (String, String) {
    (
        format!("/j/{}/people", jurisdiction.slug),
        locale.text("people-title"),
    )
}

/// The sheet of cards.
struct CardsPage<'a> {
    jurisdiction: &'a Jurisdiction,
    base_url: &'a str,
    cards: &'a Cards,
}

impl CardsPage<'_> {
    fn card(&self, visit: &Visit, card: &Card) -> Markup {
        let locale = visit.locale;
        let address = format!("{}{}", self.base_url, card.path);
        let label = locale.text_with("card-qr", &[("name", card.name.clone().into())]);
        html! {
            li.card {
                h2 { (card.name) }
                p.card-meta {
                    (self.jurisdiction.name)
                    @if let Some(delegation) = &card.delegation { " · " (delegation) }
                }
                @if let Some(code) = QrCode::of(&address) { (code.drawn(&label)) }
                p { (locale.text("card-text")) }
                p { code { (address) } }
                p { (locale.text("card-until")) " " (moment(visit, self.cards.until)) }
            }
        }
    }

    fn refused(&self, locale: &Locale) -> Markup {
        html! {
            section.no-print {
                h2 { (locale.text("cards-refused")) }
                ul {
                    @for (name, why) in &self.cards.refused {
                        li { (name) " · " (locale.text(&format!("error-{}", why.code()))) }
                    }
                }
            }
        }
    }
}

impl Page for CardsPage<'_> {
    fn title(&self, locale: &Locale) -> String {
        locale.text("cards-title")
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let title = locale.text("cards-title");
        html! {
            div.no-print {
                (breadcrumbs(locale, &[above(self.jurisdiction, locale)], &title))
                (page_head(&title, &locale.text("cards-lead")))
            }
            ul.sign-in-cards { @for card in &self.cards.made { (self.card(visit, card)) } }
            @if !self.cards.refused.is_empty() { (self.refused(locale)) }
        }
    }
}

/// `GET /j/{jurisdiction}/people/links`
pub(crate) async fn links(
    State(app): State<App>,
    visit: Visit,
    Path(slug): Path<String>,
) -> HttpResult {
    let jurisdiction = find_jurisdiction(&app, &slug).await?;
    let typed = Wish::default();
    let page = LinksPage::new(&app, &jurisdiction, &typed, FieldErrors::none()).await?;
    Ok(show(&visit, &page))
}

/// The message that a link was made.
pub fn link_made(locale: &Locale, place: &str) -> MessageText {
    MessageText {
        subject: locale.text("card-subject"),
        text: locale.text_with("link-made-message", &[("place", place.to_owned().into())]),
    }
}

/// The field that was filled in, and whom it means.
fn whom<'a>(
    wish: &Wish,
    contact: Option<&'a Contact>,
) -> (&'static str, Result<Whom<'a>, &'static str>) {
    const NOBODY: &str = "nobody-here";
    if !wish.link_delegation.is_empty() {
        let id = wish.link_delegation.parse();
        (
            "link_delegation",
            id.map(Whom::Delegation).map_err(|_| NOBODY),
        )
    } else if !wish.link_deputy.is_empty() {
        let id = wish.link_deputy.parse();
        ("link_deputy", id.map(Whom::Deputy).map_err(|_| NOBODY))
    } else if !wish.link_account.is_empty() {
        let id = wish.link_account.parse();
        ("link_account", id.map(Whom::Account).map_err(|_| NOBODY))
    } else {
        let contact = contact.map(Whom::Contact);
        ("link_contact", contact.ok_or("not-a-contact"))
    }
}

/// `POST /j/{jurisdiction}/people/links`: the answer is the sheet itself, since the links are shown this once.
pub(crate) async fn make(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    Path(slug): Path<String>,
    Form(wish): Form<Wish>,
) -> HttpResult {
    let jurisdiction = find_jurisdiction(&app, &slug).await?;
    let contact = Contact::parse(&wish.link_contact).ok();
    let (field, whom) = whom(&wish, contact.as_ref());
    let code = match whom {
        Err(code) => code,
        Ok(whom) => {
            let words = link_made(Locale::default_locale(), &jurisdiction.name);
            let maker = Maker::Person(&viewer);
            match links::make(&app, maker, jurisdiction.id, whom, &words).await {
                Ok(cards) => {
                    let page = CardsPage {
                        jurisdiction: &jurisdiction,
                        base_url: &app.config.base_url,
                        cards: &cards,
                    };
                    return Ok(show(&visit, &page));
                }
                Err(PeopleError::NotFound) => "nobody-here",
                Err(PeopleError::NoLink(why)) => why.code(),
                Err(error) => return Err(error.into()),
            }
        }
    };
    let mut errors = FieldErrors::none();
    errors.add(field, code);
    let page = LinksPage::new(&app, &jurisdiction, &wish, errors).await?;
    Ok(again(&visit, &page))
}
