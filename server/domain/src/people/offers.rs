//! A role is offered by one person and accepted by the other, on that person's own device. Nobody offers one to an account of
//! the own making: two people are two people.

use super::admin::{may_give, require_another_enrolled};
use super::audit::PeopleEvent;
use super::contact::Contact;
use super::error::PeopleError;
use super::store::{self, Offer};
use super::viewer::Viewer;
use super::{Role, UnitId};
use crate::id;
use crate::infra::app::App;
use crate::infra::database::Tx;
use crate::infra::ids::{AccountId, JurisdictionId};
use crate::infra::unique_key::UniqueKey;
use crate::record::change::{Actor, Change, Scope};
use tracing::instrument;

id!(
    /// A role that was offered and not accepted yet.
    OfferId
);

/// A role to be offered to whoever is reached by a contact.
#[derive(Debug)]
pub struct NewOffer<'a> {
    /// The contact. Nobody needs an account yet: signing in by it makes one.
    pub contact: &'a Contact,
    /// The name, so that the list of offers can be read.
    pub name: &'a str,
    /// The role.
    pub role: Role,
    /// The unit that unit staff work for.
    pub unit: Option<UnitId>,
}

/// Offers a role. The same offer again is the same.
///
/// # Errors
/// [`PeopleError::MayNotGive`] · [`PeopleError::EnrolledByGiver`] · [`PeopleError::NotADeputy`] · [`PeopleError::NoSuchUnit`]
#[instrument(skip_all, fields(%jurisdiction), err(level = "debug"))]
pub async fn offer(
    app: &App,
    giver: &Viewer,
    jurisdiction: JurisdictionId,
    new: &NewOffer<'_>,
) -> Result<(), PeopleError> {
    if !may_give(giver, jurisdiction, new.role) {
        return Err(PeopleError::MayNotGive(new.role));
    }
    let place = Scope {
        jurisdiction,
        cycle: None,
    };
    let mut change = Change::begin(app, giver.actor(), Some(place)).await?;
    let lookup = new.contact.lookup(&app.vault).to_vec();
    let account = store::account_of_contact(&mut change.tx, &lookup).await?;
    if let Some(account) = account {
        require_another_enrolled(&mut change.tx, jurisdiction, giver.account, account).await?;
    }
    require_deputy(&mut change.tx, jurisdiction, new.role, account).await?;
    let unit = unit_of(&mut change.tx, jurisdiction, new).await?;
    let offer = Offer {
        jurisdiction,
        id: OfferId::new(change.at, &app.entropy),
        lookup,
        role: new.role,
        name: new.name.to_owned(),
        unit,
        offered_by: giver.account,
        offered_at: change.at,
    };
    match store::insert_offer(&mut change.tx, &offer).await {
        Ok(()) => {}
        Err(error) if error.refused_by(UniqueKey::RoleOffersOnce) => return Ok(()),
        Err(error) => return Err(error.into()),
    }
    change
        .audit(PeopleEvent::RoleOffer {
            offer: offer.id,
            role: offer.role,
            unit,
        })
        .await?;
    Ok(change.commit().await?)
}

/// 监票人 and the chair are deputies (domain: "a deputy chosen by the meeting").
async fn require_deputy(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    role: Role,
    account: Option<AccountId>,
) -> Result<(), PeopleError> {
    if !matches!(role, Role::Scrutineer | Role::ChiefScrutineer | Role::Chair) {
        return Ok(());
    }
    let deputy = match account {
        Some(account) => store::deputy_of_account(tx, jurisdiction, account).await?,
        None => None,
    };
    deputy.map(|_| ()).ok_or(PeopleError::NotADeputy)
}

/// Unit staff work for a unit that is there; nobody else does.
async fn unit_of(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    new: &NewOffer<'_>,
) -> Result<Option<UnitId>, PeopleError> {
    if new.role != Role::UnitStaff {
        return Ok(None);
    }
    let units = store::units(tx, jurisdiction).await?;
    let unit = new
        .unit
        .filter(|unit| units.iter().any(|known| known.id == *unit));
    unit.map(Some).ok_or(PeopleError::NoSuchUnit)
}

/// The person accepts what was offered, and holds the role from then on.
#[instrument(skip_all, fields(%offer), err(level = "debug"))]
pub async fn accept(app: &App, account: AccountId, offer: OfferId) -> Result<Role, PeopleError> {
    let (mut change, offer) = take(app, account, offer).await?;
    let jurisdiction = offer.jurisdiction;
    require_another_enrolled(&mut change.tx, jurisdiction, offer.offered_by, account).await?;
    require_deputy(&mut change.tx, jurisdiction, offer.role, Some(account)).await?;
    store::grant_role(&mut change.tx, jurisdiction, account, offer.role).await?;
    if let Some(unit) = offer.unit {
        store::add_unit_member(&mut change.tx, jurisdiction, unit, account).await?;
    }
    change
        .audit(PeopleEvent::RoleGrant {
            account,
            role: offer.role,
            unit: offer.unit,
        })
        .await?;
    change.commit().await?;
    Ok(offer.role)
}

/// The person declines.
#[instrument(skip_all, fields(%offer), err(level = "debug"))]
pub async fn decline(app: &App, account: AccountId, offer: OfferId) -> Result<(), PeopleError> {
    let (mut change, offer) = take(app, account, offer).await?;
    change
        .audit(PeopleEvent::RoleDecline {
            offer: offer.id,
            role: offer.role,
        })
        .await?;
    Ok(change.commit().await?)
}

/// Whoever may give the role takes the offer back.
#[instrument(skip_all, fields(%jurisdiction, %offer), err(level = "debug"))]
pub async fn withdraw(
    app: &App,
    giver: &Viewer,
    jurisdiction: JurisdictionId,
    offer: OfferId,
) -> Result<(), PeopleError> {
    let place = Scope {
        jurisdiction,
        cycle: None,
    };
    let mut change = Change::begin(app, giver.actor(), Some(place)).await?;
    let offers = store::offers(&mut change.tx, jurisdiction).await?;
    let offer = offers
        .into_iter()
        .find(|one| one.id == offer)
        .ok_or(PeopleError::NotFound)?;
    if !may_give(giver, jurisdiction, offer.role) {
        return Err(PeopleError::MayNotGive(offer.role));
    }
    remove(&mut change.tx, &offer).await?;
    change
        .audit(PeopleEvent::RoleDecline {
            offer: offer.id,
            role: offer.role,
        })
        .await?;
    Ok(change.commit().await?)
}

/// The offer to this person, which is gone with it.
async fn take(
    app: &App,
    account: AccountId,
    offer: OfferId,
) -> Result<(Change<'_>, Offer), PeopleError> {
    let mut change = Change::begin(app, Actor::Account(account), None).await?;
    let offers = store::offers_to(&mut change.tx, account).await?;
    let (offer, _) = offers
        .into_iter()
        .find(|(one, _)| one.id == offer)
        .ok_or(PeopleError::NotFound)?;
    change.belongs_to(Scope {
        jurisdiction: offer.jurisdiction,
        cycle: None,
    });
    remove(&mut change.tx, &offer).await?;
    Ok((change, offer))
}

/// Of two presses at once, one finds it.
async fn remove(tx: &mut Tx, offer: &Offer) -> Result<(), PeopleError> {
    if store::delete_offer(tx, offer.jurisdiction, offer.id).await? {
        Ok(())
    } else {
        Err(PeopleError::NotFound)
    }
}
