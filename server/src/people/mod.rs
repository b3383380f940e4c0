//! Accounts, roles, sign-in, rosters, delegations.

mod account;
mod admin;
mod caller;
mod contact;
mod error;
mod import;
mod limits;
mod pages;
mod password;
mod role;
mod roster;
mod session;
mod sign_in;
pub mod store;

#[cfg(test)]
mod tests;

pub use admin::{add_jurisdiction, find_or_invite, first_admin, is_slug};
pub use caller::Caller;
pub use contact::{Contact, NotAContact};
pub use error::PeopleError;
pub use pages::routes;
pub use role::Role;
pub use roster::{Delegation, DelegationId, Deputy, DeputyId, Unit, UnitId};
pub use session::{Resumed, begin_session, resume_session};
pub use sign_in::make_link;

use crate::app::App;
use crate::infra::post;
use std::time::Duration;

/// How often what has run out is deleted.
const SWEEP: Duration = Duration::from_mins(10);

/// Starts what runs beside the requests: sending messages, deleting what has run out.
pub fn start_loops(app: &App) {
    tokio::spawn(post::run(app.clone()));
    tokio::spawn(sweep(app.clone()));
}

async fn sweep(app: App) {
    loop {
        if let Err(error) = sweep_once(&app).await {
            tracing::error!(%error, "what has run out could not be deleted");
        }
        tokio::time::sleep(SWEEP).await;
    }
}

async fn sweep_once(app: &App) -> Result<u64, crate::infra::database::DatabaseError> {
    let mut tx = app.database.write().await?;
    let deleted = store::delete_expired(&mut tx, app.clock.now()).await?;
    tx.commit().await?;
    Ok(deleted)
}
