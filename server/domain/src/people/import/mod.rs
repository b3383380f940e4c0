//! The roster of deputies from a spreadsheet: what the file says, what the roster says to it, and the import of the
//! rows that are left.

mod columns;
mod file;
mod plan;
mod table;
mod workbook;

pub use file::{BadRow, CELL_CHARACTERS, MAX_ROWS, Preview, Row, read};
pub use plan::{Effect, Plan, Planned, compare};
pub use table::TITLE_ROWS;

use super::Role;
use super::admin::find_or_invite;
use super::audit::PeopleEvent;
use super::error::PeopleError;
use super::roster::{Delegation, DelegationId, DeputyId};
use super::store::{self, NewDeputy};
use crate::infra::app::App;
use crate::infra::database::fitted;

use crate::infra::ids::JurisdictionId;
use crate::record::change::Change;
use std::collections::BTreeMap;
use tracing::instrument;

/// Puts the rows on the roster, all or none, and says how many deputies are new. What follows for polls is the caller's.
#[instrument(skip_all, fields(%jurisdiction), err(level = "debug"))]
pub(crate) async fn import(
    change: &mut Change<'_>,
    jurisdiction: JurisdictionId,
    rows: &[Row],
) -> Result<usize, PeopleError> {
    let app = change.app();
    let mut delegations: BTreeMap<String, DelegationId> =
        store::delegations(&mut change.tx, jurisdiction)
            .await?
            .into_iter()
            .map(|delegation| (delegation.name, delegation.id))
            .collect();
    let roster = store::deputies(&mut change.tx, jurisdiction).await?;
    let mut added = 0;
    for row in rows {
        let delegation = delegation(change, app, jurisdiction, &mut delegations, row).await?;
        let deputy = match roster.iter().find(|deputy| deputy.number == row.number) {
            Some(known) => known.id,
            None => {
                added += 1;
                add_deputy(change, app, jurisdiction, delegation, row).await?
            }
        };
        let has_account = roster
            .iter()
            .any(|known| known.number == row.number && known.account.is_some());
        if !has_account {
            give_account(change, app, jurisdiction, deputy, row).await?;
        }
    }
    change
        .audit(PeopleEvent::RosterImport {
            jurisdiction,
            rows: rows.len(),
            added,
        })
        .await?;
    Ok(added)
}

async fn delegation(
    change: &mut Change<'_>,
    app: &App,
    jurisdiction: JurisdictionId,
    known: &mut BTreeMap<String, DelegationId>,
    row: &Row,
) -> Result<DelegationId, PeopleError> {
    if let Some(id) = known.get(&row.delegation) {
        return Ok(*id);
    }
    let new = Delegation {
        id: DelegationId::new(change.at, &app.entropy),
        name: row.delegation.clone(),
        position: fitted("delegations", "position", known.len() + 1)?,
    };
    store::insert_delegation(&mut change.tx, jurisdiction, &new).await?;
    known.insert(new.name, new.id);
    Ok(new.id)
}

async fn add_deputy(
    change: &mut Change<'_>,
    app: &App,
    jurisdiction: JurisdictionId,
    delegation: DelegationId,
    row: &Row,
) -> Result<DeputyId, PeopleError> {
    let new = NewDeputy {
        id: DeputyId::new(change.at, &app.entropy),
        number: row.number,
        name: row.name.clone(),
        delegation,
        account: None,
    };
    let at = change.at;
    store::insert_deputy(&mut change.tx, jurisdiction, &new, at).await?;
    Ok(new.id)
}

/// Lets the deputy sign in by the row's contacts: the account of whichever is known, else a new one.
async fn give_account(
    change: &mut Change<'_>,
    app: &App,
    jurisdiction: JurisdictionId,
    deputy: DeputyId,
    row: &Row,
) -> Result<(), PeopleError> {
    let mut account = None;
    for contact in &row.contacts {
        let lookup = contact.lookup(&app.vault);
        account = account.or(store::account_of_contact(&mut change.tx, &lookup).await?);
    }
    let Some(first) = row.contacts.first() else {
        return Ok(());
    };
    let account = match account {
        Some(account) => account,
        None => find_or_invite(change, app, first, &row.name).await?,
    };
    for contact in &row.contacts {
        let new = super::sign_in::stored(app, contact)?;
        if store::account_of_contact(&mut change.tx, &new.lookup)
            .await?
            .is_none()
        {
            let at = change.at;
            let by = change.account();
            store::insert_contact(&mut change.tx, account, &new, by, at).await?;
        }
    }
    let by = change.account();
    store::link_deputy(&mut change.tx, jurisdiction, deputy, account, by).await?;
    store::grant_role(&mut change.tx, jurisdiction, account, Role::Deputy).await?;
    Ok(())
}
