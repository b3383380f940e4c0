//! What people change about themselves: the name shown, where they live, their password.

use super::audit::PeopleEvent;
use super::error::PeopleError;
use super::limits::Lane;
use super::password::{self, Password};
use super::store::{self, Session};
use super::{Contact, Role, limits};
use crate::infra::app::App;
use crate::infra::field_errors::FieldErrors;
use crate::infra::ids::{AccountId, JurisdictionId};
use crate::record::change::{Actor, Change, Scope};
use tracing::instrument;
use unicode_normalization::UnicodeNormalization as _;

/// The shortest name that a person can choose, in characters.
pub const SHORTEST_NAME: usize = 1;
/// The longest, likewise.
pub const LONGEST_NAME: usize = 20;

/// Words of offices: who has one in the name shown looks like one.
const OFFICIAL: [&str; 24] = [
    "人大",
    "人民代表",
    "政府",
    "党委",
    "县委",
    "市委",
    "纪委",
    "监委",
    "法院",
    "检察",
    "公安",
    "派出所",
    "街道办",
    "居委会",
    "村委会",
    "办公室",
    "管理员",
    "工作人员",
    "客服",
    "官方",
    "监票",
    "民生票决",
    "admin",
    "official",
];

/// A name that somebody chooses to be shown by, as it is stored: refused where it is too long, nothing to be seen, or an office's.
pub fn chosen_name(errors: &mut FieldErrors, field: &'static str, typed: &str) -> String {
    let name = errors.text(field, typed, SHORTEST_NAME, LONGEST_NAME);
    let plain: String = name
        .nfkc()
        .filter(|c| c.is_alphanumeric())
        .collect::<String>()
        .to_lowercase();
    if OFFICIAL.iter().any(|word| plain.contains(word)) {
        errors.add(field, "name-of-an-office");
    }
    if name.contains('\n') {
        errors.add(field, "control-characters");
    }
    name
}

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
    if let Some(weakness) = new.weakness(&known_of(app, account).await?) {
        return Err(PeopleError::PasswordWeak(weakness));
    }
    let lane = prove_present(app, account, present, session).await?;
    let hash = password::hash(new, &app.entropy).await?;
    let mut change = Change::begin(app, Actor::Account(account), None).await?;
    limits::forgive(&mut change.tx, app, &lane, &[limits::PASSWORDS]).await?;
    store::set_password_hash(&mut change.tx, account, &hash).await?;
    store::end_other_sessions(&mut change.tx, account, session.id).await?;
    change.audit(PeopleEvent::PasswordSet { account }).await?;
    Ok(change.commit().await?)
}

/// What is known of a person, and would be tried first: their name and contacts.
async fn known_of(app: &App, account: AccountId) -> Result<Vec<String>, PeopleError> {
    let mut tx = app.database.read().await?;
    let mut known = Vec::new();
    known.extend(store::display_name(&mut tx, account).await?);
    for stored in store::contacts(&mut tx, account).await? {
        let contact = Contact::unseal(&app.vault, stored.channel, &stored.sealed)?;
        known.push(contact.expose().to_owned());
    }
    Ok(known)
}

/// Lets on who knows the present password, or has none. Who only found the session open guesses as slowly as anybody.
async fn prove_present(
    app: &App,
    account: AccountId,
    present: Option<Password>,
    session: &Session,
) -> Result<Lane, PeopleError> {
    let lane = Lane::of_device(account.uuid().as_bytes(), session.id.uuid().as_bytes());
    let turn = limits::PASSWORDS.take_turn(app, &lane).await?;
    app.clock.sleep_until(turn.at).await;
    let mut tx = app.database.read().await?;
    let former = store::password_hash(&mut tx, account).await?;
    drop(tx);
    if former.is_none() {
        return Ok(lane);
    }
    let present = present.unwrap_or_else(|| Password::new(""));
    if password::verify(present, former, &app.entropy).await? {
        return Ok(lane);
    }
    let event = PeopleEvent::PasswordWrong {
        account: Some(account),
    };
    limits::note_failure(app, limits::PASSWORDS, &lane, event).await?;
    Err(PeopleError::PasswordWrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(typed: &str) -> Option<&'static str> {
        let mut errors = FieldErrors::none();
        chosen_name(&mut errors, "display_name", typed);
        errors.of("display_name").map(|error| error.code)
    }

    #[test]
    fn nobody_is_shown_by_the_name_of_an_office() {
        for typed in [
            "人大办公室",
            "县 人 大",
            "人·大·办",
            "\u{200b}人\u{200b}大\u{202e}",
            "Ａｄｍｉｎ",
            "青禾县政府",
        ] {
            assert_eq!(refusal(typed), Some("name-of-an-office"), "{typed:?}");
        }
        for typed in ["城东李师傅", "李", "人间大爱", "Li Ming"] {
            assert_eq!(refusal(typed), None, "{typed:?}");
        }
        assert_eq!(refusal("\u{200b}\u{3164}"), Some("required"));
    }
}
