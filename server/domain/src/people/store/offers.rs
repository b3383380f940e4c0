//! Roles that were offered and not accepted yet.

use crate::infra::clock::Timestamp;
use crate::infra::database::{DatabaseError, Tx, exactly_one};
use crate::infra::ids::{AccountId, JurisdictionId};
use crate::on_either;
use crate::people::offers::OfferId;
use crate::people::{Role, UnitId};
use tracing::instrument;

/// A role that was offered to whoever is reached by a contact.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Offer {
    /// Where.
    pub jurisdiction: JurisdictionId,
    /// The id.
    pub id: OfferId,
    /// The contact's keyed hash.
    pub lookup: Vec<u8>,
    /// The role.
    pub role: Role,
    /// The name as the giver wrote it.
    pub name: String,
    /// The unit that unit staff will work for.
    pub unit: Option<UnitId>,
    /// Who offered it.
    pub offered_by: AccountId,
    /// When.
    pub offered_at: Timestamp,
}

const COLUMNS: &str = "role_offers.jurisdiction, role_offers.id, role_offers.lookup, role, name, unit, offered_by, offered_at";

/// Keeps an offer. One of the same role to the same contact violates `role_offers_once`.
#[instrument(level = "debug", skip_all)]
pub async fn insert_offer(tx: &mut Tx, new: &Offer) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "INSERT INTO role_offers (jurisdiction, id, lookup, role, name, unit, offered_by, offered_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    ).bind(new.jurisdiction).bind(new.id).bind(&new.lookup).bind(new.role).bind(&new.name).bind(new.unit)
     .bind(new.offered_by).bind(new.offered_at).execute(&mut *conn).await?.rows_affected());
    exactly_one("INSERT INTO role_offers", touched)
}

/// The offers of a jurisdiction, oldest first.
#[instrument(level = "debug", skip_all)]
pub async fn offers(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
) -> Result<Vec<Offer>, DatabaseError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM role_offers WHERE jurisdiction = $1 ORDER BY offered_at, id"
    );
    Ok(
        on_either!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(jurisdiction).fetch_all(&mut *conn).await?),
    )
}

/// What is offered, anywhere, to whoever is reached by the contact with this keyed hash.
#[instrument(level = "debug", skip_all)]
pub async fn offers_by_lookup(tx: &mut Tx, lookup: &[u8]) -> Result<Vec<Offer>, DatabaseError> {
    let sql =
        format!("SELECT {COLUMNS} FROM role_offers WHERE lookup = $1 ORDER BY offered_at, id");
    Ok(
        on_either!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(lookup).fetch_all(&mut *conn).await?),
    )
}

/// What is offered to a person, with the jurisdiction's name, oldest first.
#[instrument(level = "debug", skip_all)]
pub async fn offers_to(
    tx: &mut Tx,
    account: AccountId,
) -> Result<Vec<(Offer, String)>, DatabaseError> {
    #[derive(sqlx::FromRow)]
    struct Row {
        #[sqlx(flatten)]
        offer: Offer,
        place: String,
    }
    let sql = format!(
        "SELECT {COLUMNS}, place FROM role_offers \
         JOIN account_contacts ON account_contacts.lookup = role_offers.lookup \
         JOIN (SELECT id AS place_id, name AS place FROM jurisdictions) AS places \
             ON place_id = role_offers.jurisdiction \
         WHERE account_contacts.account = $1 ORDER BY offered_at, role_offers.id"
    );
    let rows: Vec<Row> = on_either!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(account).fetch_all(&mut *conn).await?);
    Ok(rows.into_iter().map(|row| (row.offer, row.place)).collect())
}

/// Takes an offer away, and says whether it was there.
#[instrument(level = "debug", skip_all)]
pub async fn delete_offer(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    id: OfferId,
) -> Result<bool, DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "DELETE FROM role_offers WHERE jurisdiction = $1 AND id = $2",
    ).bind(jurisdiction).bind(id).execute(&mut *conn).await?.rows_affected());
    Ok(touched == 1)
}

/// Takes away what somebody has offered here, who may not any more.
#[instrument(level = "debug", skip_all)]
pub async fn delete_offers_by(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    account: AccountId,
) -> Result<(), DatabaseError> {
    on_either!(tx, conn => sqlx::query(
        "DELETE FROM role_offers WHERE jurisdiction = $1 AND offered_by = $2",
    ).bind(jurisdiction).bind(account).execute(&mut *conn).await?.rows_affected());
    Ok(())
}
