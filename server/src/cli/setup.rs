//! First steps: jurisdictions and administrators.

use super::CliError;
use clap::{Args, Subcommand, ValueEnum};
use domain::cycles::{Jurisdiction, JurisdictionKind, store as cycles};
use domain::infra::app::App;
use domain::infra::clock::Clock;
use domain::infra::config::Config;
use domain::people::Contact;
use domain::people::admin::{self, is_slug};
use domain::people::factors;
use domain::startup;
use server::people::factors_removed;
use server::web::locale::Locale;
use std::io::Write as _;

/// What can be done about jurisdictions.
#[derive(Debug, Subcommand)]
pub(crate) enum JurisdictionCommand {
    /// Add a jurisdiction.
    Add {
        /// Its name in addresses: lower-case letters, digits and hyphens.
        #[arg(long)]
        slug: String,
        /// Its name, e.g. 青禾县.
        #[arg(long)]
        name: String,
        /// What it is.
        #[arg(long, value_enum)]
        kind: Kind,
    },
}

/// What a jurisdiction is.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Kind {
    /// 省
    Province,
    /// 市
    City,
    /// 县、区
    County,
    /// 乡镇
    Town,
    /// 街道: votes held here only advise.
    Street,
}

impl From<Kind> for JurisdictionKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Province => Self::Province,
            Kind::City => Self::City,
            Kind::County => Self::County,
            Kind::Town => Self::Town,
            Kind::Street => Self::Street,
        }
    }
}

/// What can be done about administrators.
#[derive(Debug, Subcommand)]
pub(crate) enum AdminCommand {
    /// Make a person an administrator and print a link by which they sign in.
    Add(NewAdmin),
    /// Remove every second factor of somebody who has lost device and recovery codes.
    RemoveFactors(Person),
}

/// The administrator to be.
#[derive(Debug, Args)]
pub(crate) struct NewAdmin {
    /// The jurisdiction's slug.
    #[arg(long)]
    jurisdiction: String,
    /// The name shown.
    #[arg(long)]
    name: String,
    #[command(flatten)]
    person: Person,
}

/// By what somebody is reached.
#[derive(Debug, Args)]
pub(crate) struct Person {
    /// The e-mail address.
    #[arg(long, required_unless_present = "phone", conflicts_with = "phone")]
    email: Option<String>,
    /// The mobile number.
    #[arg(long)]
    phone: Option<String>,
}

impl Person {
    fn contact(self) -> Result<Contact, CliError> {
        let typed = self.email.or(self.phone).unwrap_or_default();
        Contact::parse(&typed).map_err(|_| CliError::Contact)
    }
}

/// Carries out what is asked about jurisdictions.
pub(crate) async fn jurisdiction(
    config: Config,
    command: JurisdictionCommand,
) -> Result<(), CliError> {
    let JurisdictionCommand::Add { slug, name, kind } = command;
    if !is_slug(&slug) {
        return Err(CliError::Slug(slug));
    }
    let origin = config.record_origin.clone();
    let app = startup::open(config, Clock::system(), false).await?;
    let added = admin::add_jurisdiction(&app, &slug, name.trim(), kind.into()).await;
    app.database.close().await;
    added?;
    say(&format!(
        "added {slug}; the public record is signed under the name {origin}, which cannot be changed once something is signed\n\
         next: server admin add --jurisdiction {slug} --name NAME --email ADDRESS"
    ))
}

/// Carries out what is asked about administrators.
pub(crate) async fn admin(config: Config, command: AdminCommand) -> Result<(), CliError> {
    match command {
        AdminCommand::Add(new) => add_admin(config, new).await,
        AdminCommand::RemoveFactors(person) => remove_factors(config, person).await,
    }
}

async fn remove_factors(config: Config, person: Person) -> Result<(), CliError> {
    let contact = person.contact()?;
    let app = startup::open(config, Clock::system(), false).await?;
    let words = factors_removed(Locale::default_locale());
    let removed = factors::remove_all(&app, &contact, &words).await;
    app.database.close().await;
    say(&format!(
        "removed {}; the person signs in without a second step, and is told so",
        removed?
    ))
}

async fn add_admin(config: Config, new: NewAdmin) -> Result<(), CliError> {
    let contact = new.person.contact()?;
    let base_url = config.base_url.clone();
    let app = startup::open(config, Clock::system(), false).await?;
    let here = jurisdiction_called(&app, new.jurisdiction).await?;
    let link = admin::first_admin(&app, &here, new.name.trim(), &contact).await;
    let can_send = app.senders.offers(contact.channel());
    app.database.close().await;
    let link = link?;
    let later = if can_send {
        "afterwards: sign in by a code sent to this contact, or set a password under 我的账号 (My account)"
    } else {
        "no sender is configured for this kind of contact: set a password under 我的账号 (My account)"
    };
    say(&format!(
        "{} is an administrator of {}\n\
         next: start `server serve` and open this link within three days; it works once:\n{base_url}{link}\n{later}",
        new.name, here.slug
    ))
}

/// The jurisdiction with this slug.
pub(super) async fn jurisdiction_called(app: &App, slug: String) -> Result<Jurisdiction, CliError> {
    let mut tx = app.database.read().await?;
    cycles::jurisdiction_by_slug(&mut tx, &slug)
        .await?
        .ok_or(CliError::NoJurisdiction(slug))
}

/// Says a line on standard output.
pub(super) fn say(line: &str) -> Result<(), CliError> {
    writeln!(std::io::stdout(), "{line}").map_err(CliError::Output)
}
