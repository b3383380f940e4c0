//! Who may do what: jurisdictions and first administrators from the command line, roles by the office's page.

use super::audit::{PeopleEvent, Proof};
use super::contact::Contact;
use super::error::PeopleError;
use super::sign_in::{make_link, stored};
use super::store;
use super::viewer::Viewer;
use super::{DeputyId, Role, UnitId};
use crate::cycles::{Jurisdiction, JurisdictionKind, store as cycle_store};
use crate::infra::app::App;
use crate::infra::database::{DatabaseError, Tx};
use crate::infra::ids::{AccountId, JurisdictionId};
use crate::infra::unique_key::UniqueKey;
use crate::record::change::{Actor, Change, Scope};
use tracing::instrument;

/// How long the first administrator's link can be used: three days.
const FIRST_LINK_SECONDS: i64 = 3 * 86_400;

#[expect(clippy::unnecessary_wraps, reason = "a change takes an optional scope")]
const fn at(jurisdiction: JurisdictionId) -> Option<Scope> {
    Some(Scope {
        jurisdiction,
        cycle: None,
    })
}

/// Whether this text can be a jurisdiction's name in URLs: lower-case letters, digits and hyphens, 2 to 40.
pub fn is_slug(text: &str) -> bool {
    (2..=40).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-')
}

/// Adds a jurisdiction.
#[instrument(skip_all, err(level = "debug"))]
pub async fn add_jurisdiction(
    app: &App,
    slug: &str,
    name: &str,
    kind: JurisdictionKind,
) -> Result<Jurisdiction, PeopleError> {
    let id = JurisdictionId::new(app.clock.now(), &app.entropy);
    let jurisdiction = Jurisdiction::new(id, slug, name, kind);
    let mut change = Change::begin(app, Actor::System, at(jurisdiction.id)).await?;
    let when = change.at;
    cycle_store::insert_jurisdiction(&mut change.tx, &jurisdiction, when)
        .await
        .map_err(|error| name_taken(UniqueKey::JurisdictionsSlug, error))?;
    change
        .audit(PeopleEvent::JurisdictionAdd {
            jurisdiction: jurisdiction.id,
        })
        .await?;
    change.commit().await?;
    Ok(jurisdiction)
}

fn name_taken(key: UniqueKey, error: DatabaseError) -> PeopleError {
    if error.refused_by(key) {
        PeopleError::NameTaken
    } else {
        error.into()
    }
}

/// Makes the person who is reached by this contact an administrator, and gives the path of a link by which they
/// sign in the first time (before any mail server is set up).
#[instrument(skip_all, fields(jurisdiction = %jurisdiction.id), err(level = "debug"))]
pub async fn first_admin(
    app: &App,
    jurisdiction: &Jurisdiction,
    name: &str,
    contact: &Contact,
) -> Result<String, PeopleError> {
    let mut change = Change::begin(app, Actor::System, at(jurisdiction.id)).await?;
    let account = find_or_invite(&mut change, app, contact, name).await?;
    store::grant_role(&mut change.tx, jurisdiction.id, account, Role::Admin).await?;
    change
        .audit(PeopleEvent::RoleGrant {
            account,
            role: Role::Admin,
            unit: None,
        })
        .await?;
    let path = make_link(&mut change, app, account, FIRST_LINK_SECONDS).await?;
    change.commit().await?;
    Ok(path)
}

/// The account that is reached by this contact; a new one by this name where there is none.
#[instrument(skip_all, err(level = "debug"))]
pub async fn find_or_invite(
    change: &mut Change<'_>,
    app: &App,
    contact: &Contact,
    name: &str,
) -> Result<AccountId, PeopleError> {
    let new = stored(app, contact)?;
    if let Some(account) = store::account_of_contact(&mut change.tx, &new.lookup).await? {
        return Ok(account);
    }
    let account = invite(change, app, name).await?;
    let (when, by) = (change.at, change.account());
    store::insert_contact(&mut change.tx, account, &new, by, when)
        .await
        .map_err(|error| {
            if error.refused_by(UniqueKey::AccountContactsLookup) {
                PeopleError::ContactTaken
            } else {
                error.into()
            }
        })?;
    Ok(account)
}

/// A new account by this name, without contacts.
pub(super) async fn invite(
    change: &mut Change<'_>,
    app: &App,
    name: &str,
) -> Result<AccountId, PeopleError> {
    let account = AccountId::new(change.at, &app.entropy);
    let (when, by) = (change.at, change.account());
    store::insert_account(&mut change.tx, account, name, by, when).await?;
    change
        .audit(PeopleEvent::AccountCreate {
            account,
            by: Proof::Invitation,
        })
        .await?;
    Ok(account)
}

/// Whether this person may grant and revoke this role here. Residents make themselves, deputies come by the roster,
/// and only administrators name offices and administrators.
pub fn may_give(giver: &Viewer, jurisdiction: JurisdictionId, role: Role) -> bool {
    let admin = giver.holds(Role::Admin, jurisdiction);
    let office = giver.holds(Role::Office, jurisdiction);
    match role {
        Role::Resident | Role::Deputy => false,
        Role::Admin | Role::Office => admin,
        Role::StationStaff
        | Role::UnitStaff
        | Role::Scrutineer
        | Role::ChiefScrutineer
        | Role::Teller
        | Role::Chair
        | Role::Government
        | Role::Committee => admin || office,
    }
}

/// Revokes a role. A jurisdiction's last administrator stays.
#[instrument(skip_all, fields(%jurisdiction), err(level = "debug"))]
pub async fn revoke(
    app: &App,
    giver: &Viewer,
    jurisdiction: JurisdictionId,
    account: AccountId,
    role: Role,
) -> Result<(), PeopleError> {
    if !may_give(giver, jurisdiction, role) {
        return Err(PeopleError::MayNotGive(role));
    }
    let mut change = Change::begin(app, giver.actor(), at(jurisdiction)).await?;
    let holders = store::lock_holders(&mut change.tx, jurisdiction, role).await?;
    if role == Role::Admin && holders <= 1 {
        return Err(PeopleError::LastAdmin);
    }
    if !store::revoke_role(&mut change.tx, jurisdiction, account, role).await? {
        return Err(PeopleError::NotFound);
    }
    if role == Role::UnitStaff {
        store::remove_unit_member(&mut change.tx, jurisdiction, account).await?;
    }
    if matches!(role, Role::Admin | Role::Office) {
        store::delete_offers_by(&mut change.tx, jurisdiction, account).await?;
    }
    change
        .audit(PeopleEvent::RoleRevoke { account, role })
        .await?;
    Ok(change.commit().await?)
}

/// Shows the contacts of a person with a role here, and records that they were shown.
#[instrument(skip_all, fields(%jurisdiction), err(level = "debug"))]
pub async fn reveal_contacts(
    app: &App,
    reader: &Viewer,
    jurisdiction: JurisdictionId,
    account: AccountId,
) -> Result<(String, Vec<Contact>), PeopleError> {
    let mut change = Change::begin(app, reader.actor(), at(jurisdiction)).await?;
    let here = store::role_holders(&mut change.tx, jurisdiction).await?;
    let name = here
        .into_iter()
        .find(|holder| holder.account == account)
        .map(|holder| holder.display_name)
        .ok_or(PeopleError::NotFound)?;
    let contacts = store::contacts(&mut change.tx, account)
        .await?
        .iter()
        .map(|contact| Contact::unseal(&app.vault, contact.channel, &contact.sealed))
        .collect::<Result<_, _>>()?;
    change.audit(PeopleEvent::ContactRead { account }).await?;
    change.commit().await?;
    Ok((name, contacts))
}

/// Adds a responsible unit.
#[instrument(skip_all, fields(%jurisdiction), err(level = "debug"))]
pub async fn add_unit(
    app: &App,
    giver: &Viewer,
    jurisdiction: JurisdictionId,
    name: &str,
) -> Result<UnitId, PeopleError> {
    let mut change = Change::begin(app, giver.actor(), at(jurisdiction)).await?;
    let unit = super::Unit {
        id: UnitId::new(change.at, &app.entropy),
        name: name.to_owned(),
    };
    store::insert_unit(&mut change.tx, jurisdiction, &unit)
        .await
        .map_err(|error| name_taken(UniqueKey::UnitsName, error))?;
    change.audit(PeopleEvent::UnitAdd { unit: unit.id }).await?;
    change.commit().await?;
    Ok(unit.id)
}

/// Appoints a delegation's head (团长): a deputy in office of that delegation, whom the appointer has not enrolled.
#[instrument(skip_all, fields(%jurisdiction, %deputy), err(level = "debug"))]
pub async fn appoint_head(
    app: &App,
    office: &Viewer,
    jurisdiction: JurisdictionId,
    deputy: DeputyId,
) -> Result<(), PeopleError> {
    let mut change = Change::begin(app, office.actor(), at(jurisdiction)).await?;
    let deputies = store::deputies(&mut change.tx, jurisdiction).await?;
    let head = deputies
        .into_iter()
        .find(|one| one.id == deputy)
        .ok_or(PeopleError::NotFound)?;
    if let Some(account) = head.account {
        require_another_enrolled(&mut change.tx, jurisdiction, office.account, account).await?;
    }
    let when = change.at;
    store::set_head(
        &mut change.tx,
        jurisdiction,
        head.delegation_id,
        deputy,
        when,
    )
    .await?;
    change
        .audit(PeopleEvent::HeadAppoint {
            delegation: head.delegation_id,
            deputy,
        })
        .await?;
    Ok(change.commit().await?)
}

/// Nobody gives a task to an account of the own making.
pub(super) async fn require_another_enrolled(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    giver: AccountId,
    account: AccountId,
) -> Result<(), PeopleError> {
    if giver == account || store::has_enrolled(tx, jurisdiction, giver, account).await? {
        Err(PeopleError::EnrolledByGiver)
    } else {
        Ok(())
    }
}
