//! Helping people in by the command on the machine.

use super::CliError;
use super::setup::{jurisdiction_called, say};
use clap::{Args, Subcommand};
use domain::infra::app::App;
use domain::infra::clock::Clock;
use domain::infra::config::Config;
use domain::infra::ids::JurisdictionId;
use domain::people::links::{self, Cards, LINK_DAYS, Maker, Whom};
use domain::people::{Contact, DeputyId, store};
use domain::startup;
use server::people::link_made;
use server::web::export::rfc3339;
use server::web::locale::Locale;
use server::web::qr::QrCode;

/// What can be done about accounts.
#[derive(Debug, Subcommand)]
pub(crate) enum AccountCommand {
    /// Print a link by which somebody who holds a role, was offered one, or is a deputy signs in once.
    ///
    /// It takes the place of an unused link of that person. Where the person has a second factor, it is asked for; where not, former
    /// sessions and a former password end when the link is used.
    Link(Person),
}

/// For whom the link is.
#[derive(Debug, Args)]
pub(crate) struct Person {
    /// The jurisdiction's slug.
    #[arg(long)]
    jurisdiction: String,
    #[command(flatten)]
    by: By,
}

/// By what the person is found.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct By {
    /// The e-mail address.
    #[arg(long)]
    email: Option<String>,
    /// The mobile number.
    #[arg(long)]
    phone: Option<String>,
    /// The deputy's number on the roster.
    #[arg(long)]
    number: Option<i32>,
}

/// Carries out what is asked about accounts.
pub(crate) async fn account(config: Config, command: AccountCommand) -> Result<(), CliError> {
    let AccountCommand::Link(person) = command;
    let base_url = config.base_url.clone();
    let app = startup::open(config, Clock::system(), false).await?;
    let made = link(&app, person).await;
    app.database.close().await;
    let cards = made?;
    for card in &cards.made {
        let address = format!("{base_url}{}", card.path);
        let until = rfc3339(cards.until);
        let name = &card.name;
        say(&format!(
            "{name} signs in once by this link, within {LINK_DAYS} days (until {until}):\n{address}"
        ))?;
        if let Some(code) = QrCode::of(&address) {
            say(&code.in_characters())?;
        }
    }
    Ok(())
}

async fn link(app: &App, person: Person) -> Result<Cards, CliError> {
    let here = jurisdiction_called(app, person.jurisdiction).await?;
    let notice = link_made(Locale::default_locale(), &here.name);
    let typed = person.by.email.or(person.by.phone).unwrap_or_default();
    let contact = Contact::parse(&typed);
    let whom = match (person.by.number, &contact) {
        (Some(number), _) => Whom::Deputy(deputy(app, here.id, number).await?),
        (None, Ok(contact)) => Whom::Contact(contact),
        (None, Err(_)) => return Err(CliError::Contact),
    };
    Ok(links::make(app, Maker::Operator, here.id, whom, &notice).await?)
}

async fn deputy(app: &App, here: JurisdictionId, number: i32) -> Result<DeputyId, CliError> {
    let mut tx = app.database.read().await?;
    let deputies = store::deputies(&mut tx, here).await?;
    let found = deputies.iter().find(|deputy| deputy.number == number);
    found
        .map(|deputy| deputy.id)
        .ok_or(CliError::NoDeputy(number))
}
