//! An act: one change of state, with its audit line and its entries in the public record, in one transaction.

use super::audit::{self, AuditLine};
use super::clock::Timestamp;
use super::database::{DatabaseError, Tx};
use super::ids::{AccountId, CycleId, JurisdictionId};
use crate::app::App;
use crate::record;
use serde::Serialize;

/// Who acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// A signed-in person.
    Account(AccountId),
    /// Somebody who must stay unknown: casting is authorised by the ballot's signature alone.
    Anonymous,
    /// The service itself: first set-up, due dates, the demo.
    System,
}

/// Where an act belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The jurisdiction.
    pub jurisdiction: JurisdictionId,
    /// The cycle, where the act belongs to one.
    pub cycle: Option<CycleId>,
}

/// A change of state under way. Everything written through `tx` becomes permanent together, or not at all.
#[derive(Debug)]
pub struct Act<'a> {
    /// The transaction that stores write through.
    pub tx: Tx,
    /// The moment that everything in this act carries.
    pub at: Timestamp,
    app: &'a App,
    actor: Actor,
    place: Option<Place>,
    audited: bool,
}

impl<'a> Act<'a> {
    /// Begins an act of `actor` at `place` (`None` where it belongs to no jurisdiction, like signing in).
    pub async fn begin(
        app: &'a App,
        actor: Actor,
        place: Option<Place>,
    ) -> Result<Self, DatabaseError> {
        Ok(Self {
            tx: app.database.write().await?,
            at: app.clock.now(),
            app,
            actor,
            place,
            audited: false,
        })
    }

    /// Writes the act's line in the audit trail. An act may have several.
    pub async fn audit(
        &mut self,
        action: &'static str,
        object: impl ToString + Send,
        details: serde_json::Value,
    ) -> Result<(), DatabaseError> {
        let line = AuditLine {
            at: self.at,
            account: match self.actor {
                Actor::Account(account) => Some(account),
                Actor::Anonymous | Actor::System => None,
            },
            jurisdiction: self.place.map(|place| place.jurisdiction),
            action,
            object: object.to_string(),
            details,
        };
        audit::write(&mut self.tx, &line).await?;
        self.audited = true;
        Ok(())
    }

    /// Appends a fact to the public record. `body` must hold nothing personal. Answers with the entry's index.
    pub async fn publish(
        &mut self,
        kind: record::EntryKind,
        body: &(impl Serialize + Sync),
    ) -> Result<record::EntryIndex, DatabaseError> {
        self.publish_about(kind, "", body).await
    }

    /// The same about one public object: a proposal's number, an election's id (no white space).
    pub async fn publish_about(
        &mut self,
        kind: record::EntryKind,
        subject: &str,
        body: &(impl Serialize + Sync),
    ) -> Result<record::EntryIndex, DatabaseError> {
        let body = serde_json::to_string(body).map_err(|error| DatabaseError::Column {
            table: "record_bodies",
            column: "body",
            reason: error.to_string(),
        })?;
        self.publish_exactly(kind, subject, &body).await
    }

    /// The same where every byte of the body counts (a ballot, an election): `body` is compact JSON.
    pub async fn publish_exactly(
        &mut self,
        kind: record::EntryKind,
        subject: &str,
        body: &str,
    ) -> Result<record::EntryIndex, DatabaseError> {
        let fact = record::Fact {
            at: self.at,
            place: self.place,
            kind,
            subject,
            body,
        };
        record::append(&mut self.tx, &self.app.chance, &fact).await
    }

    /// Makes the act permanent. An act that left no line in the audit trail is refused: nothing here changes
    /// unseen.
    pub async fn commit(self) -> Result<(), DatabaseError> {
        if !self.audited {
            return Err(DatabaseError::Touched {
                statement: "an act without a line in the audit trail: INSERT INTO audit",
                touched: 0,
            });
        }
        self.tx.commit().await
    }
}
