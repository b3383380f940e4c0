//! A change: one change of state, with its audit line and its entries in the public record, in one transaction.

use super::{EntryIndex, Fact, append, store};
use crate::infra::app::App;
use crate::infra::audit::{self, AuditEvent, AuditLine};
use crate::infra::clock::{self, Timestamp};
use crate::infra::database::{DatabaseError, Tx};
use crate::infra::ids::AccountId;
pub use crate::infra::scope::Scope;
use tally::record::body::Body;

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

/// A change of state under way. Everything written through `tx` becomes permanent together, or not at all.
#[derive(Debug)]
pub struct Change<'a> {
    /// The transaction that stores write through.
    pub tx: Tx,
    /// The moment that everything in this change carries.
    pub at: Timestamp,
    /// What the clock showed.
    now: Timestamp,
    app: &'a App,
    actor: Actor,
    scope: Option<Scope>,
    audited: bool,
}

impl<'a> Change<'a> {
    /// Begins a change by `actor` in `scope` (`None` where it belongs to no jurisdiction, like signing in).
    ///
    /// # Errors
    /// [`DatabaseError::SecondHistory`] where the database was found not to continue what was published;
    /// [`DatabaseError::Clock`] where the clock is behind the record's last entry by more than a small correction.
    pub async fn begin(
        app: &'a App,
        actor: Actor,
        scope: Option<Scope>,
    ) -> Result<Self, DatabaseError> {
        if app.record_key.has_forked() {
            return Err(DatabaseError::SecondHistory);
        }
        let mut tx = app.database.write().await?;
        let now = app.clock.now();
        let at = match actor {
            // Who signs in makes no entry; a ballot's is compared as it is appended: the whole meeting casts at once, and this
            // is a statement less.
            Actor::Anonymous => now,
            Actor::Account(_) | Actor::System => clock::after(store::last_at(&mut tx).await?, now)?,
        };
        Ok(Self {
            tx,
            at,
            now,
            app,
            actor,
            scope,
            audited: false,
        })
    }

    /// The service that it changes.
    pub const fn app(&self) -> &'a App {
        self.app
    }

    /// The account that changes, where it is one.
    pub const fn account(&self) -> Option<AccountId> {
        match self.actor {
            Actor::Account(account) => Some(account),
            Actor::Anonymous | Actor::System => None,
        }
    }

    /// Says where the change belongs, where that is known only once the transaction has begun.
    pub fn belongs_to(&mut self, scope: Scope) {
        self.scope = Some(scope);
    }

    /// Writes the change's line in the audit trail. A change may have several.
    pub async fn audit(&mut self, event: impl AuditEvent) -> Result<(), DatabaseError> {
        let line = AuditLine {
            at: self.at,
            account: self.account(),
            jurisdiction: self.scope.map(|scope| scope.jurisdiction),
            audited: event.audited(),
        };
        audit::write(&mut self.tx, &line).await?;
        self.audited = true;
        Ok(())
    }

    /// Appends a fact to the public record. Answers with the entry's index.
    pub async fn publish(
        &mut self,
        body: impl Into<Body> + Send,
    ) -> Result<EntryIndex, DatabaseError> {
        let fact = Fact {
            at: self.at,
            now: self.now,
            place: self.scope,
            body: &body.into(),
        };
        append(&mut self.tx, &self.app.entropy, &fact).await
    }

    /// Makes the change permanent. A change that left no line in the audit trail is refused: nothing here changes
    /// unseen.
    pub async fn commit(self) -> Result<(), DatabaseError> {
        if !self.audited {
            return Err(DatabaseError::Touched {
                statement: "a change without a line in the audit trail: INSERT INTO audit",
                touched: 0,
            });
        }
        self.tx.commit().await
    }
}
