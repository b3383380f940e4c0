//! From an address to the poll that it names.

use crate::web::cycle_path::{CycleHeading, find_cycle};
use crate::web::http_error::HttpError;
use domain::cycles::{Cycle, Jurisdiction};
use domain::infra::app::App;
use domain::session::store;
use domain::session::{Poll, PollId};

/// A poll with its cycle and jurisdiction.
#[derive(Debug, Clone)]
pub struct Found {
    /// Whose cycle, and which.
    pub heading: CycleHeading,
    /// The poll.
    pub poll: Poll,
}

impl Found {
    /// The poll that `/…/{jurisdiction}/{year}/…/{poll}` names; under another jurisdiction or year it does not
    /// exist (promise 7).
    pub async fn at(app: &App, slug: &str, year: i32, poll: &str) -> Result<Self, HttpError> {
        let (jurisdiction, cycle) = find_cycle(app, slug, year).await?;
        let id: PollId = poll.parse().map_err(|_| HttpError::NotFound)?;
        let mut tx = app.database.read().await?;
        let poll = store::poll(&mut tx, jurisdiction.id, id)
            .await?
            .filter(|poll| poll.cycle == cycle.id)
            .ok_or(HttpError::NotFound)?;
        Ok(Self {
            heading: CycleHeading {
                jurisdiction,
                cycle,
            },
            poll,
        })
    }

    /// The jurisdiction.
    pub const fn jurisdiction(&self) -> &Jurisdiction {
        &self.heading.jurisdiction
    }

    /// The cycle.
    pub const fn cycle(&self) -> &Cycle {
        &self.heading.cycle
    }

    /// `/j/{jurisdiction}/{year}/session/polls/{poll}`
    pub fn page(&self) -> String {
        format!("{}/session/polls/{}", self.heading.path(), self.poll.id)
    }

    /// `/j/{jurisdiction}/{year}/results/{poll}`
    pub fn results(&self) -> String {
        format!("{}/results/{}", self.heading.path(), self.poll.id)
    }

    /// `/api/v1/j/{jurisdiction}/{year}/polls/{poll}`
    pub fn api(&self) -> String {
        format!("/api/v1{}/polls/{}", self.heading.path(), self.poll.id)
    }
}
