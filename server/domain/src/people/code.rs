//! Signing in by a one-time code to an e-mail address or a mobile number.
//!
//! A contact has one code at a time, whoever asks: asked for again it is sent again, and where no more messages may be sent
//! it still lives. So nobody can take a code from its owner by asking for others. It is typed in a browser that asked for
//! it, which its ticket (a cookie) shows.

use super::audit::{PeopleEvent, Proof};
use super::caller::Caller;
use super::contact::Contact;
use super::error::PeopleError;
use super::limits::{self, Turn};
use super::session::{SignedIn, begin_session, fresh_token, token_hash};
use super::sign_in::{NAME_SECONDS, lane_of, stored};
use super::store::{self, Code, StoredContact};
use super::ticket::{Ticket, TicketState};
use crate::infra::app::App;
use crate::infra::clock::Timestamp;
use crate::infra::database::Tx;
use crate::infra::mail::{self, Message};
use crate::infra::typed;
use crate::infra::vault::{Purpose, Unsealable};
use crate::record::change::{Actor, Change};
use tracing::instrument;
use zeroize::Zeroizing;

/// How long a code can be used, at least.
pub const CODE_SECONDS: i64 = 10 * 60;
/// How old a code may be that is sent again.
const CODE_OLDEST_SECONDS: i64 = 2 * 3_600;
/// How many digits a code has.
pub const CODE_DIGITS: usize = 6;
/// How many it has where its contact is under attack from many networks.
pub const CODE_DIGITS_UNDER_ATTACK: usize = 8;
/// How many wrong codes a ticket takes.
pub const CODE_TRIES: i32 = 5;

/// What a message says, in the reader's language.
#[derive(Debug)]
pub struct MessageText {
    /// The subject, where the channel has one.
    pub subject: String,
    /// The text.
    pub text: String,
}

/// A browser that waits for a code to be typed.
pub struct Asked {
    /// The ticket's token, for the browser's cookie.
    pub ticket: Zeroizing<String>,
    /// Whether a message was sent. Else the one that was sent before holds the code.
    pub is_sent: bool,
}

impl std::fmt::Debug for Asked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Asked(<redacted>)")
    }
}

/// Sends the contact's code, in the given words, unless so many messages were sent that the last one must do.
#[instrument(skip_all, err(level = "debug"))]
pub async fn ask_code(
    app: &App,
    contact: &Contact,
    caller: &Caller,
    words: impl FnOnce(&str) -> MessageText,
) -> Result<Asked, PeopleError> {
    if !app.senders.offers(contact.channel()) {
        return Err(PeopleError::ChannelNotOffered(contact.channel()));
    }
    let contact_stored = stored(app, contact)?;
    let lane = lane_of(app, &contact_stored.lookup, caller).await?;
    match limits::take_message(app, &lane).await {
        Ok(turn) => send_code(app, contact, contact_stored, turn, words).await,
        Err(refusal @ PeopleError::TooMany { .. }) => {
            join_code(app, contact_stored).await?.ok_or(refusal)
        }
        Err(error) => Err(error),
    }
}

async fn send_code(
    app: &App,
    contact: &Contact,
    contact_stored: StoredContact,
    turn: Turn,
    words: impl FnOnce(&str) -> MessageText,
) -> Result<Asked, PeopleError> {
    let mut change = Change::begin(app, Actor::Anonymous, None).await?;
    let at = change.at;
    let (digits, code) = living_or_fresh(&mut change.tx, app, &contact_stored.lookup, at).await?;
    let code = Code {
        // Until the next message may be sent, this one must do.
        expires_at: code
            .expires_at
            .max(at.plus_seconds(CODE_SECONDS))
            .max(turn.next),
        ..code
    };
    store::save_code(&mut change.tx, &contact_stored.lookup, &code).await?;
    let ticket = issue_ticket(&mut change.tx, app, contact_stored, at, code.expires_at).await?;
    let MessageText { subject, text } = words(&digits);
    let message = Message {
        to: contact.expose().to_owned(),
        subject,
        text,
    };
    let channel = contact.channel();
    let until = code.expires_at;
    let id = mail::enqueue(&mut change.tx, at, app, channel, &message, until).await?;
    change
        .audit(PeopleEvent::CodeAsk {
            message: id,
            channel,
        })
        .await?;
    change.commit().await?;
    if app.senders.console().is_some() {
        mail::deliver_due(app).await?;
    }
    app.senders.wake();
    Ok(Asked {
        ticket,
        is_sent: true,
    })
}

/// A ticket for the code that was sent before; `None` where none lives.
async fn join_code(app: &App, contact: StoredContact) -> Result<Option<Asked>, PeopleError> {
    let at = app.clock.now();
    let mut tx = app.database.write().await?;
    let Some(code) = store::lock_code(&mut tx, &contact.lookup, at).await? else {
        return Ok(None);
    };
    let ticket = issue_ticket(&mut tx, app, contact, at, code.expires_at).await?;
    tx.commit().await?;
    Ok(Some(Asked {
        ticket,
        is_sent: false,
    }))
}

async fn issue_ticket(
    tx: &mut Tx,
    app: &App,
    contact: StoredContact,
    at: Timestamp,
    expires_at: Timestamp,
) -> Result<Zeroizing<String>, PeopleError> {
    let token = Zeroizing::new(fresh_token(app));
    let ticket = Ticket {
        contact,
        state: TicketState::Pending,
        tries: 0,
        expires_at,
    };
    store::insert_ticket(tx, &token_hash(&token), &ticket, at).await?;
    Ok(token)
}

/// The contact's code as it is typed and as it is kept: the one that lives, or a fresh one.
async fn living_or_fresh(
    tx: &mut Tx,
    app: &App,
    lookup: &[u8],
    at: Timestamp,
) -> Result<(Zeroizing<String>, Code), PeopleError> {
    let living = store::lock_code(tx, lookup, at).await?;
    let oldest = at.plus_seconds(-CODE_OLDEST_SECONDS);
    if let Some(code) = living.filter(|code| code.created_at > oldest) {
        return Ok((opened(app, &code)?, code));
    }
    let digits = if limits::is_under_attack(tx, app, lookup, at).await? {
        fresh_code(app, CODE_DIGITS_UNDER_ATTACK)
    } else {
        fresh_code(app, CODE_DIGITS)
    };
    let code = Code {
        sealed: app
            .vault
            .seal(Purpose::Code, digits.as_bytes(), &app.entropy)?,
        created_at: at,
        expires_at: at,
    };
    Ok((digits, code))
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
    /// In: what the browser keeps.
    In(SignedIn),
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
    let mut tx = app.database.read().await?;
    let ticket = store::find_ticket(&mut tx, &ticket_hash)
        .await?
        .ok_or(PeopleError::NoTicket)?;
    drop(tx);
    check_usable(&ticket, app.clock.now())?;
    let lane = lane_of(app, &ticket.contact.lookup, caller).await?;
    let turn = limits::CODES.take_turn(app, &lane).await?;
    app.clock.sleep_until(turn.at).await;

    let mut change = Change::begin(app, Actor::Anonymous, None).await?;
    // Looked at again under lock: meanwhile others may have used the ticket, or its tries.
    let ticket = store::lock_ticket(&mut change.tx, &ticket_hash)
        .await?
        .ok_or(PeopleError::NoTicket)?;
    check_usable(&ticket, change.at)?;
    let lookup = &ticket.contact.lookup;
    let code = store::lock_code(&mut change.tx, lookup, change.at)
        .await?
        .ok_or(PeopleError::CodeExpired)?;
    if is_right(app, typed, &code)? {
        let paces = [limits::CODES, limits::MESSAGES];
        limits::forgive(&mut change.tx, app, &lane, &paces).await?;
        store::delete_code(&mut change.tx, lookup).await?;
        return accept_code(app, change, &ticket_hash, &ticket, caller).await;
    }
    store::count_wrong_code(&mut change.tx, &ticket_hash).await?;
    // Whether a failure has a line in the audit trail is the limits' to say.
    change.tx.commit().await?;
    limits::note_failure(app, limits::CODES, &lane, PeopleEvent::CodeWrong).await?;
    let left = CODE_TRIES - ticket.tries - 1;
    Err(if left > 0 {
        PeopleError::CodeWrong { left }
    } else {
        PeopleError::CodeLocked
    })
}

fn check_usable(ticket: &Ticket, now: Timestamp) -> Result<(), PeopleError> {
    if ticket.state != TicketState::Pending {
        Err(PeopleError::CodeUsed)
    } else if ticket.expires_at <= now {
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
    let signed_in = begin_session(&mut change, app, account, caller).await?;
    change
        .audit(PeopleEvent::SignIn {
            account,
            by: Proof::Code,
        })
        .await?;
    change.commit().await?;
    Ok(CodeOutcome::In(signed_in))
}

/// Random digits. Taken from 64 bits, so that no code is noticeably likelier than another (2⁻³⁷).
fn fresh_code(app: &App, length: usize) -> Zeroizing<String> {
    let random = u64::from_be_bytes(app.entropy.bytes());
    let digits = format!("{random:0length$}");
    Zeroizing::new(digits.chars().rev().take(length).collect())
}

fn opened(app: &App, code: &Code) -> Result<Zeroizing<String>, PeopleError> {
    let digits = app.vault.open(Purpose::Code, &code.sealed)?;
    let digits = std::str::from_utf8(&digits).map_err(|_| Unsealable)?;
    Ok(Zeroizing::new(digits.to_owned()))
}

/// Compares by keyed hashes, so that how long it takes tells nothing.
fn is_right(app: &App, typed: &str, code: &Code) -> Result<bool, PeopleError> {
    let right = app
        .vault
        .mac(Purpose::Code, &[opened(app, code)?.as_bytes()]);
    let typed = plain_digits(typed);
    Ok(app.vault.is_mac(Purpose::Code, &[typed.as_bytes()], &right))
}

/// The digits of a code as they were meant: full-width ones are forgiven, and gaps.
pub(super) fn plain_digits(typed: &str) -> String {
    typed::plain(typed)
        .chars()
        .filter(|c| !matches!(c, ' ' | '-'))
        .collect()
}
