//! The demo's people: their accounts, and who of them plays which part.

use super::content::{DemoStaff, People};
use super::error::DemoError;
use domain::infra::app::App;
use domain::infra::database::Tx;
use domain::infra::ids::{AccountId, JurisdictionId};
use domain::people::{
    Contact, Delegation, DelegationId, DeputyId, Role, Unit, UnitId, admin::find_or_invite, store,
};
use domain::record::change::Change;
use std::collections::{HashMap, HashSet};

/// How many deputies are left to the visitors: no simulated device stands in for them.
const VISITING_DEPUTIES: usize = 3;

/// How many deputies have simulated devices, so that the visitor can be the next.
pub(crate) const SIMULATED_DEPUTIES: u32 = 190;

/// Somebody whom a visitor can be with one click.
#[derive(Debug, Clone)]
pub(crate) struct DemoPerson {
    /// The part: a role's name (`role-<name>`).
    pub role: Role,
    /// The name.
    pub name: String,
    /// What the person does, or for whom.
    pub note: String,
    /// The e-mail address, by which the account is found.
    pub email: String,
}

/// The people whom visitors want to be, in the order of the closed loop.
pub(crate) fn cast_of_characters(people: &People) -> Vec<DemoPerson> {
    let mut cast = Vec::new();
    for resident in people.residents.iter().take(3) {
        cast.push(person(
            Role::Resident,
            &resident.display_name,
            "",
            &resident.email,
        ));
    }
    staff(&mut cast, Role::Office, people.office.iter().take(1));
    staff(&mut cast, Role::UnitStaff, people.unit_staff.iter());
    staff(
        &mut cast,
        Role::Government,
        people.government.iter().take(1),
    );
    staff(&mut cast, Role::Committee, people.committee.iter().take(1));
    for scrutineer in &people.scrutineers {
        let role = if scrutineer.chief {
            Role::ChiefScrutineer
        } else {
            Role::Scrutineer
        };
        cast.extend(deputy(people, &scrutineer.number, role));
    }
    cast.extend(deputy(people, &people.chair.number, Role::Chair));
    for number in visiting_deputies(people) {
        cast.extend(deputy(people, number, Role::Deputy));
    }
    staff(&mut cast, Role::Teller, people.tellers.iter().take(2));
    staff(
        &mut cast,
        Role::StationStaff,
        people.station_staff.iter().take(1),
    );
    staff(&mut cast, Role::Admin, people.admin.iter());
    cast
}

/// Everybody: the characters, then all other deputies.
pub(crate) fn everybody(people: &People) -> Vec<DemoPerson> {
    let mut all = cast_of_characters(people);
    let shown: Vec<String> = all
        .iter()
        .filter(|one| one.role == Role::Deputy)
        .map(|one| one.email.clone())
        .collect();
    all.extend(
        people
            .deputies
            .iter()
            .filter(|deputy| !shown.contains(&deputy.email))
            .map(|deputy| {
                person(
                    Role::Deputy,
                    &deputy.name,
                    &deputy.delegation,
                    &deputy.email,
                )
            }),
    );
    all
}

fn person(role: Role, name: &str, note: &str, email: &str) -> DemoPerson {
    DemoPerson {
        role,
        name: name.to_owned(),
        note: note.to_owned(),
        email: email.to_owned(),
    }
}

fn staff<'a>(cast: &mut Vec<DemoPerson>, role: Role, members: impl Iterator<Item = &'a DemoStaff>) {
    cast.extend(members.map(|member| {
        let note = member
            .unit
            .as_deref()
            .or(member.title.as_deref())
            .unwrap_or_default();
        person(role, &member.name, note, &member.email)
    }));
}

fn deputy(people: &People, number: &str, role: Role) -> Option<DemoPerson> {
    let deputy = people
        .deputies
        .iter()
        .find(|deputy| deputy.number == number)?;
    Some(person(
        role,
        &deputy.name,
        &deputy.delegation,
        &deputy.email,
    ))
}

/// Deputies without an office in the meeting who attend: the visitors'.
fn visiting_deputies(people: &People) -> impl Iterator<Item = &str> {
    attending(people)
        .filter(|number| {
            people.chair.number != *number
                && people
                    .scrutineers
                    .iter()
                    .all(|scrutineer| scrutineer.number != *number)
        })
        .take(VISITING_DEPUTIES)
}

fn attending(people: &People) -> impl Iterator<Item = &str> {
    people
        .deputies
        .iter()
        .map(|deputy| deputy.number.as_str())
        .filter(|number| {
            !people
                .absent_from_session
                .iter()
                .any(|absent| absent == number)
        })
}

/// The roster numbers of the deputies whose devices are simulated.
pub(crate) fn simulated_numbers(people: &People) -> Vec<i32> {
    let visiting: Vec<&str> = visiting_deputies(people).collect();
    attending(people)
        .filter(|number| !visiting.contains(number))
        .filter_map(|number| number.parse().ok())
        .zip(0..SIMULATED_DEPUTIES)
        .map(|(number, _)| number)
        .collect()
}

/// The account that is reached by this address.
pub(crate) async fn account_of(
    app: &App,
    tx: &mut Tx,
    email: &str,
) -> Result<AccountId, DemoError> {
    let contact = Contact::parse(email)?;
    store::account_of_contact(tx, &contact.lookup(&app.vault))
        .await?
        .ok_or_else(|| DemoError::Unfit(format!("{email} has no account")))
}

/// Makes all accounts, the roster and the units.
pub(crate) async fn enrol(
    app: &App,
    change: &mut Change<'_>,
    jurisdiction: JurisdictionId,
    people: &People,
) -> Result<(), DemoError> {
    enrol_deputies(app, change, jurisdiction, people).await?;
    for scrutineer in &people.scrutineers {
        let role = if scrutineer.chief {
            Role::ChiefScrutineer
        } else {
            Role::Scrutineer
        };
        grant_to_deputy(app, change, jurisdiction, people, &scrutineer.number, role).await?;
    }
    grant_to_deputy(
        app,
        change,
        jurisdiction,
        people,
        &people.chair.number,
        Role::Chair,
    )
    .await?;
    for (role, members) in [
        (Role::Teller, &people.tellers),
        (Role::Office, &people.office),
        (Role::Government, &people.government),
        (Role::Committee, &people.committee),
        (Role::StationStaff, &people.station_staff),
        (Role::Admin, &people.admin),
    ] {
        for member in members {
            enrol_one(app, change, jurisdiction, &member.name, &member.email, role).await?;
        }
    }
    enrol_units(app, change, jurisdiction, people).await?;
    for resident in &people.residents {
        enrol_one(
            app,
            change,
            jurisdiction,
            &resident.display_name,
            &resident.email,
            Role::Resident,
        )
        .await?;
    }
    Ok(())
}

async fn enrol_one(
    app: &App,
    change: &mut Change<'_>,
    jurisdiction: JurisdictionId,
    name: &str,
    email: &str,
    role: Role,
) -> Result<AccountId, DemoError> {
    let account = find_or_invite(change, app, &Contact::parse(email)?, name).await?;
    store::grant_role(&mut change.tx, jurisdiction, account, role).await?;
    Ok(account)
}

async fn grant_to_deputy(
    app: &App,
    change: &mut Change<'_>,
    jurisdiction: JurisdictionId,
    people: &People,
    number: &str,
    role: Role,
) -> Result<(), DemoError> {
    let person = deputy(people, number, role)
        .ok_or_else(|| DemoError::Unfit(format!("deputy {number} is not on the roster")))?;
    enrol_one(app, change, jurisdiction, &person.name, &person.email, role).await?;
    Ok(())
}

async fn enrol_deputies(
    app: &App,
    change: &mut Change<'_>,
    jurisdiction: JurisdictionId,
    people: &People,
) -> Result<(), DemoError> {
    let mut delegations = HashMap::new();
    for (position, delegation) in (1..).zip(&people.delegations) {
        let id = DelegationId::new(change.at, &app.entropy);
        let new = Delegation {
            id,
            name: delegation.name.clone(),
            position,
        };
        store::insert_delegation(&mut change.tx, jurisdiction, &new).await?;
        delegations.insert(delegation.name.as_str(), id);
    }
    let mut headed = HashSet::new();
    for deputy in &people.deputies {
        let account = enrol_one(
            app,
            change,
            jurisdiction,
            &deputy.name,
            &deputy.email,
            Role::Deputy,
        )
        .await?;
        let unfit = || DemoError::Unfit(format!("deputy {}", deputy.number));
        let new = store::NewDeputy {
            id: DeputyId::new(change.at, &app.entropy),
            number: deputy.number.parse().map_err(|_| unfit())?,
            name: deputy.name.clone(),
            delegation: *delegations
                .get(deputy.delegation.as_str())
                .ok_or_else(unfit)?,
            account: Some(account),
        };
        let at = change.at;
        store::insert_deputy(&mut change.tx, jurisdiction, &new, at).await?;
        // The first of a delegation who attends heads it.
        let attends = !people.absent_from_session.contains(&deputy.number);
        if attends && headed.insert(new.delegation) {
            store::set_head(&mut change.tx, jurisdiction, new.delegation, new.id, at).await?;
        }
    }
    Ok(())
}

async fn enrol_units(
    app: &App,
    change: &mut Change<'_>,
    jurisdiction: JurisdictionId,
    people: &People,
) -> Result<(), DemoError> {
    for member in people.unit_staff.iter().chain(&people.finance) {
        let name = member.unit.clone().unwrap_or_default();
        let unit = Unit {
            id: UnitId::new(change.at, &app.entropy),
            name,
        };
        store::insert_unit(&mut change.tx, jurisdiction, &unit).await?;
        let account = enrol_one(
            app,
            change,
            jurisdiction,
            &member.name,
            &member.email,
            Role::UnitStaff,
        )
        .await?;
        store::add_unit_member(&mut change.tx, jurisdiction, unit.id, account).await?;
    }
    Ok(())
}
