//! Signing in: by a one-time code (`code`), by password, by a link that works once. Nothing that a stranger sees, nor how
//! long it takes, tells whether a contact has an account.

use super::audit::{PeopleEvent, Proof};
use super::caller::Caller;
use super::contact::Contact;
use super::error::PeopleError;
use super::limits::Lane;
use super::password::{self, Password};
use super::session::{SignedIn, begin_session, fresh_token, token_hash};
use super::store::{self, StoredContact};
use super::{Role, device, limits};
use crate::infra::app::App;
use crate::infra::database::DatabaseError;
use crate::infra::ids::{AccountId, JurisdictionId};
use crate::infra::unique_key::UniqueKey;
use crate::infra::vault::Purpose;
use crate::record::change::{Actor, Change, Scope};
use tracing::instrument;

/// How long a newcomer may take to choose a name.
pub(super) const NAME_SECONDS: i64 = 30 * 60;

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

/// Makes the account of a newcomer whose code was right, resident of `residence`, and signs in.
#[instrument(skip_all, err(level = "debug"))]
pub async fn choose_name(
    app: &App,
    ticket_token: &str,
    display_name: &str,
    residence: Option<JurisdictionId>,
    caller: &Caller,
) -> Result<SignedIn, PeopleError> {
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
    store::insert_account(&mut change.tx, account, display_name, None, change.at).await?;
    store::insert_contact(&mut change.tx, account, &ticket.contact, None, change.at)
        .await
        .map_err(taken)?;
    if let Some(residence) = residence {
        store::grant_role(&mut change.tx, residence, account, Role::Resident).await?;
    }
    let signed_in = begin_session(&mut change, app, account, caller).await?;
    change
        .audit(PeopleEvent::AccountCreate {
            account,
            by: Proof::Code,
        })
        .await?;
    change.commit().await?;
    Ok(signed_in)
}

/// A contact that got an account meanwhile (another browser was quicker).
fn taken(error: DatabaseError) -> PeopleError {
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
) -> Result<SignedIn, PeopleError> {
    let lookup = contact.lookup(&app.vault);
    let lane = lane_of(app, &lookup, caller).await?;
    let turn = limits::PASSWORDS.take_turn(app, &lane).await?;
    app.clock.sleep_until(turn.at).await;
    let mut tx = app.database.read().await?;
    let account = store::account_of_contact(&mut tx, &lookup).await?;
    let hash = match account {
        Some(account) => store::password_hash(&mut tx, account).await?,
        None => None,
    };
    drop(tx);
    let fits = password::verify(typed, hash, &app.entropy).await?;
    let Some(account) = account.filter(|_| fits) else {
        let event = PeopleEvent::PasswordWrong { account: None };
        limits::note_failure(app, limits::PASSWORDS, &lane, event).await?;
        return Err(PeopleError::PasswordWrong);
    };
    let mut change = Change::begin(app, Actor::Account(account), None).await?;
    limits::forgive(&mut change.tx, app, &lane, &[limits::PASSWORDS]).await?;
    let signed_in = begin_session(&mut change, app, account, caller).await?;
    change
        .audit(PeopleEvent::SignIn {
            account,
            by: Proof::Password,
        })
        .await?;
    change.commit().await?;
    Ok(signed_in)
}

/// Where the caller's tries for a contact are counted: with its network's, or by itself on a device on which the contact's
/// account was signed in before.
pub(super) async fn lane_of(
    app: &App,
    lookup: &[u8],
    caller: &Caller,
) -> Result<Lane, DatabaseError> {
    let mut tx = app.database.read().await?;
    let account = store::account_of_contact(&mut tx, lookup).await?;
    let device = account.and_then(|account| device::known(app, account, caller));
    Ok(match device {
        Some(device) => Lane::of_device(lookup, &device),
        None => Lane::of_network(lookup, caller.address),
    })
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

/// Uses a link up and signs in. Without a second factor, former sessions end and a former password is gone: whoever had a link of this
/// account before, and was not its owner, has left nothing to come back by.
#[instrument(skip_all, err(level = "debug"))]
pub async fn enter_link(app: &App, token: &str, caller: &Caller) -> Result<SignedIn, PeopleError> {
    let mut change = Change::begin(app, Actor::Anonymous, None).await?;
    let at = change.at;
    let account = store::use_link(&mut change.tx, &token_hash(token), at)
        .await?
        .ok_or(PeopleError::LinkDead)?;
    if store::factors(&mut change.tx, account).await?.is_empty() {
        store::end_all_sessions(&mut change.tx, account).await?;
        store::clear_password(&mut change.tx, account).await?;
    }
    let signed_in = begin_session(&mut change, app, account, caller).await?;
    change
        .audit(PeopleEvent::SignIn {
            account,
            by: Proof::Link,
        })
        .await?;
    change.commit().await?;
    Ok(signed_in)
}
