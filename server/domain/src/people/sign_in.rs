//! Signing in: by a one-time code to an e-mail address or a mobile number, by password, by a link that works once.
//!
//! A code belongs to the browser that asked for it (its ticket, a cookie) and to one contact. Nothing that a
//! stranger sees, nor how long it takes, tells whether a contact has an account.

use super::audit::{PeopleEvent, Proof};
use super::caller::Caller;
use super::contact::{Contact, half_width};
use super::error::PeopleError;
use super::password::{self, Password};
use super::session::{SessionToken, begin_session, fresh_token, token_hash};
use super::store::{self, StoredContact};
use super::ticket::{Ticket, TicketState};
use super::{Role, limits};
use crate::infra::app::App;
use crate::infra::ids::{AccountId, JurisdictionId};
use crate::infra::mail::{self, Message};
use crate::infra::unique_key::UniqueKey;
use crate::infra::vault::Purpose;
use crate::record::change::{Actor, Change, Scope};
use tracing::instrument;

/// How long a code can be used.
pub const CODE_SECONDS: i64 = 10 * 60;
/// How many digits a code has.
pub const CODE_DIGITS: usize = 6;
/// How many wrong codes a ticket takes.
pub const CODE_TRIES: i32 = 5;
/// How long a newcomer may take to choose a name.
const NAME_SECONDS: i64 = 30 * 60;

/// A contact ready to be stored.
pub fn stored(app: &App, contact: &Contact) -> Result<StoredContact, PeopleError> {
    Ok(StoredContact {
        lookup: contact.lookup(&app.vault).to_vec(),
        channel: contact.channel(),
        sealed: app
            .vault
            .seal(Purpose::Contact, contact.expose().as_bytes(), &app.entropy)?,
    })
}

/// What a message says, in the reader's language.
#[derive(Debug)]
pub struct MessageText {
    /// The subject, where the channel has one.
    pub subject: String,
    /// The text.
    pub text: String,
}

/// Sends a code to the contact, in the given words, and gives the ticket's token for the browser's cookie.
#[instrument(skip_all, err(level = "debug"))]
pub async fn ask_code(
    app: &App,
    contact: &Contact,
    caller: &Caller,
    words: impl FnOnce(&str) -> MessageText,
) -> Result<String, PeopleError> {
    if !app.senders.offers(contact.channel()) {
        return Err(PeopleError::ChannelNotOffered(contact.channel()));
    }
    let contact_stored = stored(app, contact)?;
    let mut change = Change::begin(app, Actor::Anonymous, None).await?;
    let network = limits::network(caller.address);
    for (limit, key) in [
        (limits::CODES_OF_ADDRESS, network.as_slice()),
        (limits::CODES_OF_CONTACT, contact_stored.lookup.as_slice()),
        (
            limits::CODES_OF_CONTACT_A_DAY,
            contact_stored.lookup.as_slice(),
        ),
    ] {
        if let Err(refusal) = limit.spend(&mut change, app, key).await? {
            change.commit().await?;
            return Err(refusal);
        }
    }
    let token = fresh_token(app);
    let code = fresh_code(app);
    let ticket_hash = token_hash(&token);
    let ticket = Ticket {
        code_mac: code_mac(app, &ticket_hash, &code).to_vec(),
        contact: contact_stored,
        state: TicketState::Pending,
        tries: 0,
        expires_at: change.at.plus_seconds(CODE_SECONDS),
    };
    store::insert_ticket(&mut change.tx, &ticket_hash, &ticket, change.at).await?;
    let MessageText { subject, text } = words(&code);
    let message = Message {
        to: contact.expose().to_owned(),
        subject,
        text,
    };
    let id = mail::enqueue(
        &mut change.tx,
        change.at,
        app,
        contact.channel(),
        &message,
        ticket.expires_at,
    )
    .await?;
    change
        .audit(PeopleEvent::CodeAsk {
            message: id,
            channel: contact.channel(),
        })
        .await?;
    change.commit().await?;
    if app.senders.console().is_some() {
        mail::deliver_due(app).await?;
    }
    app.senders.wake();
    Ok(token)
}

/// What stands behind the ticket's cookie: the contact that the code went to.
#[instrument(skip_all, err(level = "debug"))]
pub async fn contact_of_ticket(app: &App, token: &str) -> Result<Contact, PeopleError> {
    let mut tx = app.database.read().await?;
    let ticket = store::find_ticket(&mut tx, &token_hash(token))
        .await?
        .filter(|ticket| ticket.state != TicketState::Used && ticket.expires_at > app.clock.now())
        .ok_or(PeopleError::NoTicket)?;
    Ok(Contact::unseal(
        &app.vault,
        ticket.contact.channel,
        &ticket.contact.sealed,
    )?)
}

/// Where a right code leads.
#[derive(Debug)]
pub enum CodeOutcome {
    /// In: the cookie of the new session.
    In(SessionToken),
    /// A newcomer chooses a name first.
    ChooseName,
}

/// Takes a code typed in the browser that holds this ticket.
#[instrument(skip_all, err(level = "debug"))]
pub async fn enter_code(
    app: &App,
    ticket_token: &str,
    typed: &str,
    caller: &Caller,
) -> Result<CodeOutcome, PeopleError> {
    let ticket_hash = token_hash(ticket_token);
    let network = limits::network(caller.address);
    let mut change = Change::begin(app, Actor::Anonymous, None).await?;
    let ticket = store::lock_ticket(&mut change.tx, &ticket_hash)
        .await?
        .ok_or(PeopleError::NoTicket)?;
    check_usable(&ticket, &change)?;
    limits::WRONG_CODES_OF_ADDRESS
        .check(&mut change, app, &network)
        .await?;
    let typed = plain_digits(typed);
    let parts = [ticket_hash.as_slice(), typed.as_bytes()];
    if app.vault.is_mac(Purpose::Code, &parts, &ticket.code_mac) {
        return accept_code(app, change, &ticket_hash, &ticket, caller).await;
    }
    store::count_wrong_code(&mut change.tx, &ticket_hash).await?;
    // The count alone matters here: whether this try was past the limit was checked above.
    drop(
        limits::WRONG_CODES_OF_ADDRESS
            .spend(&mut change, app, &network)
            .await?,
    );
    change.audit(PeopleEvent::CodeWrong).await?;
    change.commit().await?;
    let left = CODE_TRIES - ticket.tries - 1;
    Err(if left > 0 {
        PeopleError::CodeWrong { left }
    } else {
        PeopleError::CodeLocked
    })
}

fn check_usable(ticket: &Ticket, change: &Change<'_>) -> Result<(), PeopleError> {
    if ticket.state != TicketState::Pending {
        Err(PeopleError::CodeUsed)
    } else if ticket.expires_at <= change.at {
        Err(PeopleError::CodeExpired)
    } else if ticket.tries >= CODE_TRIES {
        Err(PeopleError::CodeLocked)
    } else {
        Ok(())
    }
}

async fn accept_code(
    app: &App,
    mut change: Change<'_>,
    ticket_hash: &[u8],
    ticket: &Ticket,
    caller: &Caller,
) -> Result<CodeOutcome, PeopleError> {
    let account = store::account_of_contact(&mut change.tx, &ticket.contact.lookup).await?;
    let Some(account) = account else {
        let step = (ticket.state, ticket.state.verify()?);
        let until = change.at.plus_seconds(NAME_SECONDS);
        store::set_ticket_state(&mut change.tx, ticket_hash, step, until).await?;
        change.audit(PeopleEvent::CodeRight).await?;
        change.commit().await?;
        return Ok(CodeOutcome::ChooseName);
    };
    let step = (ticket.state, ticket.state.sign_in()?);
    store::set_ticket_state(&mut change.tx, ticket_hash, step, ticket.expires_at).await?;
    let cookie = begin_session(&mut change, app, account, caller).await?;
    change
        .audit(PeopleEvent::SignIn {
            account,
            by: Proof::Code,
        })
        .await?;
    change.commit().await?;
    Ok(CodeOutcome::In(cookie))
}

/// Makes the account of a newcomer whose code was right, resident of `residence`, and signs in.
#[instrument(skip_all, err(level = "debug"))]
pub async fn choose_name(
    app: &App,
    ticket_token: &str,
    display_name: &str,
    residence: Option<JurisdictionId>,
    caller: &Caller,
) -> Result<SessionToken, PeopleError> {
    let ticket_hash = token_hash(ticket_token);
    let place = residence.map(|jurisdiction| Scope {
        jurisdiction,
        cycle: None,
    });
    let mut change = Change::begin(app, Actor::Anonymous, place).await?;
    let ticket = store::lock_ticket(&mut change.tx, &ticket_hash)
        .await?
        .filter(|ticket| ticket.expires_at > change.at)
        .ok_or(PeopleError::NoTicket)?;
    let next = ticket.state.choose_name();
    let step = (ticket.state, next.map_err(|_| PeopleError::NoTicket)?);
    store::set_ticket_state(&mut change.tx, &ticket_hash, step, ticket.expires_at).await?;
    let account = AccountId::new(change.at, &app.entropy);
    store::insert_account(&mut change.tx, account, display_name, change.at).await?;
    store::insert_contact(&mut change.tx, account, &ticket.contact, change.at)
        .await
        .map_err(taken)?;
    if let Some(residence) = residence {
        store::grant_role(&mut change.tx, residence, account, Role::Resident).await?;
    }
    let cookie = begin_session(&mut change, app, account, caller).await?;
    change
        .audit(PeopleEvent::AccountCreate {
            account,
            by: Proof::Code,
        })
        .await?;
    change.commit().await?;
    Ok(cookie)
}

/// A contact that got an account meanwhile (another browser was quicker).
fn taken(error: crate::infra::database::DatabaseError) -> PeopleError {
    if error.refused_by(UniqueKey::AccountContactsLookup) {
        PeopleError::ContactTaken
    } else {
        error.into()
    }
}

/// Signs in by password. The same answer, after the same work, for a wrong password, an account without one, and no
/// account at all.
#[instrument(skip_all, err(level = "debug"))]
pub async fn enter_password(
    app: &App,
    contact: &Contact,
    typed: Password,
    caller: &Caller,
) -> Result<SessionToken, PeopleError> {
    let lookup = contact.lookup(&app.vault);
    let mut change = Change::begin(app, Actor::Anonymous, None).await?;
    let network = limits::network(caller.address);
    for (limit, key) in [
        (limits::PASSWORDS_OF_ADDRESS, network.as_slice()),
        (limits::PASSWORDS_OF_CONTACT, lookup.as_slice()),
    ] {
        if let Err(refusal) = limit.spend(&mut change, app, key).await? {
            change.commit().await?;
            return Err(refusal);
        }
    }
    let account = store::account_of_contact(&mut change.tx, &lookup).await?;
    let hash = match account {
        Some(account) => store::password_hash(&mut change.tx, account).await?,
        None => None,
    };
    change
        .audit(PeopleEvent::PasswordTry { account: None })
        .await?;
    // The write lock is not held while the hash is computed.
    change.commit().await?;
    let fits = password::verify(typed, hash, &app.entropy).await?;
    let Some(account) = account.filter(|_| fits) else {
        return Err(PeopleError::PasswordWrong);
    };
    let mut change = Change::begin(app, Actor::Account(account), None).await?;
    let cookie = begin_session(&mut change, app, account, caller).await?;
    change
        .audit(PeopleEvent::SignIn {
            account,
            by: Proof::Password,
        })
        .await?;
    change.commit().await?;
    Ok(cookie)
}

/// Makes a link that signs `account` in once within so many seconds, in the caller's change: its path. For the first
/// administrator, for people without e-mail or phone, for the demo.
#[instrument(skip_all, err(level = "debug"))]
pub async fn make_link(
    change: &mut Change<'_>,
    app: &App,
    account: AccountId,
    seconds: i64,
) -> Result<String, PeopleError> {
    let token = fresh_token(app);
    let until = change.at.plus_seconds(seconds);
    store::insert_link(
        &mut change.tx,
        &token_hash(&token),
        account,
        change.at,
        until,
    )
    .await?;
    change
        .audit(PeopleEvent::LinkMake { account, seconds })
        .await?;
    Ok(format!("/sign-in/link/{token}"))
}

/// Whose link this is, as long as it can be used: the name to greet with.
#[instrument(skip_all, err(level = "debug"))]
pub async fn name_of_link(app: &App, token: &str) -> Result<String, PeopleError> {
    let mut tx = app.database.read().await?;
    let account = store::account_of_link(&mut tx, &token_hash(token), app.clock.now())
        .await?
        .ok_or(PeopleError::LinkDead)?;
    store::display_name(&mut tx, account)
        .await?
        .ok_or(PeopleError::LinkDead)
}

/// Uses a link up and signs in.
#[instrument(skip_all, err(level = "debug"))]
pub async fn enter_link(
    app: &App,
    token: &str,
    caller: &Caller,
) -> Result<SessionToken, PeopleError> {
    let mut change = Change::begin(app, Actor::Anonymous, None).await?;
    let at = change.at;
    let account = store::use_link(&mut change.tx, &token_hash(token), at)
        .await?
        .ok_or(PeopleError::LinkDead)?;
    let cookie = begin_session(&mut change, app, account, caller).await?;
    change
        .audit(PeopleEvent::SignIn {
            account,
            by: Proof::Link,
        })
        .await?;
    change.commit().await?;
    Ok(cookie)
}

/// Random digits. Taken from 64 bits, so that no code is noticeably likelier than another (2⁻⁴⁴).
fn fresh_code(app: &App) -> String {
    let random = u64::from_be_bytes(app.entropy.bytes());
    let digits = format!("{random:0CODE_DIGITS$}");
    digits.chars().rev().take(CODE_DIGITS).collect()
}

/// A code is short, so a plain hash of it could be tried through: the key does not lie in the database.
fn code_mac(app: &App, ticket_hash: &[u8], code: &str) -> [u8; 32] {
    app.vault
        .mac(Purpose::Code, &[ticket_hash, code.as_bytes()])
}

fn plain_digits(typed: &str) -> String {
    typed
        .chars()
        .map(half_width)
        .filter(|c| !matches!(c, ' ' | '-'))
        .collect()
}
