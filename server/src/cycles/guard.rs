//! What other rooms ask of a cycle: which one the address names, and whether its stage allows an act.

use super::cycle::{Cycle, Stage};
use super::pages::CycleHeading;
use super::{find_cycle, store};
use crate::app::App;
use crate::infra::database::{DatabaseError, Tx};
use crate::web::failure::Failure;
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use std::str::FromStr;

/// The cycle that the path's `{jurisdiction}` and `{year}` name; anything else in them is a page that does not
/// exist.
#[derive(Debug, Clone)]
pub struct InCycle {
    /// The cycle and whose it is.
    pub heading: CycleHeading,
    params: Vec<(String, String)>,
}

impl InCycle {
    /// The cycle.
    pub const fn cycle(&self) -> &Cycle {
        &self.heading.cycle
    }

    /// The path's parameter as an id or a number; one that is none names no page.
    pub fn param<T: FromStr>(&self, name: &str) -> Result<T, Failure> {
        param(&self.params, name)
    }
}

fn param<T: FromStr>(params: &[(String, String)], name: &str) -> Result<T, Failure> {
    params
        .iter()
        .find(|(key, _)| key == name)
        .and_then(|(_, value)| value.parse().ok())
        .ok_or(Failure::NotFound)
}

impl FromRequestParts<App> for InCycle {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let params: Vec<(String, String)> = RawPathParams::from_request_parts(parts, app)
            .await
            .map_err(|_| Failure::NotFound)?
            .iter()
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect();
        let slug: String = param(&params, "jurisdiction")?;
        let (jurisdiction, cycle) = find_cycle(app, &slug, param(&params, "year")?).await?;
        Ok(Self {
            heading: CycleHeading {
                jurisdiction,
                cycle,
            },
            params,
        })
    }
}

/// Why an act cannot be done in the cycle's stage.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GuardError {
    /// The stage does not allow it.
    #[error("not possible in the stage {0:?}")]
    NotInStage(Stage),
    /// The database refused.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl From<GuardError> for Failure {
    fn from(error: GuardError) -> Self {
        match error {
            GuardError::NotInStage(_) => Self::Conflict("not-in-this-stage"),
            GuardError::Database(error) => error.into(),
        }
    }
}

/// How long the stage must stay as it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// Until the transaction's end, beside others that need the same.
    Shared,
    /// Until the transaction's end, alone: acts that number things.
    Alone,
}

/// Requires that the cycle is in one of these stages, and keeps it there until the transaction's end.
pub async fn require_stage(
    tx: &mut Tx,
    cycle: &Cycle,
    hold: Hold,
    allowed: &[Stage],
) -> Result<(), GuardError> {
    let stage = store::held_stage(tx, cycle, hold).await?;
    if allowed.contains(&stage) {
        Ok(())
    } else {
        Err(GuardError::NotInStage(stage))
    }
}
