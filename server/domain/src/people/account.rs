//! What people change about themselves: the name shown, where they live, their password.

use super::audit::PeopleEvent;
use super::error::PeopleError;
use super::password::{self, Password};
use super::store::{self, Session};
use super::{Role, limits};
use crate::infra::app::App;
use crate::infra::ids::{AccountId, JurisdictionId};
use crate::record::change::{Actor, Change, Scope};
use tracing::instrument;

/// The shortest name that a person can choose, in characters.
pub const SHORTEST_NAME: usize = 2;
/// The longest, likewise.
pub const LONGEST_NAME: usize = 20;

/// Changes the name that others see.
#[instrument(skip_all, err(level = "debug"))]
pub async fn rename(app: &App, account: AccountId, name: &str) -> Result<(), PeopleError> {
    let mut change = Change::begin(app, Actor::Account(account), None).await?;
    store::set_display_name(&mut change.tx, account, name).await?;
    change.audit(PeopleEvent::AccountRename { account }).await?;
    Ok(change.commit().await?)
}

/// Changes where a person is a resident: in one place at a time.
#[instrument(skip_all, fields(jurisdiction = %residence), err(level = "debug"))]
pub async fn move_to(
    app: &App,
    account: AccountId,
    residence: JurisdictionId,
) -> Result<(), PeopleError> {
    let place = Scope {
        jurisdiction: residence,
        cycle: None,
    };
    let mut change = Change::begin(app, Actor::Account(account), Some(place)).await?;
    for (jurisdiction, role) in store::roles_of(&mut change.tx, account).await? {
        if role == Role::Resident && jurisdiction != residence {
            store::revoke_role(&mut change.tx, jurisdiction, account, Role::Resident).await?;
        }
    }
    store::grant_role(&mut change.tx, residence, account, Role::Resident).await?;
    change.audit(PeopleEvent::AccountMove { account }).await?;
    Ok(change.commit().await?)
}

/// Sets a password. Who has one proves it first; every other session of the person ends.
#[instrument(skip_all, err(level = "debug"))]
pub async fn set_password(
    app: &App,
    account: AccountId,
    present: Option<Password>,
    new: Password,
    session: &Session,
) -> Result<(), PeopleError> {
    if new.is_easily_guessed() {
        return Err(PeopleError::PasswordWeak);
    }
    let mut change = Change::begin(app, Actor::Account(account), None).await?;
    let key = account.uuid();
    if let Err(refusal) = limits::PASSWORDS_OF_CONTACT
        .spend(&mut change, app, key.as_bytes())
        .await?
    {
        change.commit().await?;
        return Err(refusal);
    }
    let former = store::password_hash(&mut change.tx, account).await?;
    change
        .audit(PeopleEvent::PasswordTry {
            account: Some(account),
        })
        .await?;
    change.commit().await?;
    if let Some(former) = former {
        let present = present.unwrap_or_else(|| Password::new(""));
        if !password::verify(present, Some(former), &app.entropy).await? {
            return Err(PeopleError::PasswordWrong);
        }
    }
    let hash = password::hash(new, &app.entropy).await?;
    let mut change = Change::begin(app, Actor::Account(account), None).await?;
    store::set_password_hash(&mut change.tx, account, &hash).await?;
    store::end_other_sessions(&mut change.tx, account, session.id).await?;
    change.audit(PeopleEvent::PasswordSet { account }).await?;
    Ok(change.commit().await?)
}
