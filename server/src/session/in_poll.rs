//! From an address to the poll that it names.

use crate::web::cycle_path::{CycleHeading, InCycle};
use crate::web::export::FileName;
use crate::web::http_error::HttpError;
use crate::web::routes::Site;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use domain::cycles::store::cycles;
use domain::cycles::{Cycle, Jurisdiction};
use domain::infra::database::Tx;
use domain::session::store;
use domain::session::{Poll, PollId};
use std::str::FromStr;

/// The poll that `/…/{jurisdiction}/{year}/…/{poll}` names; under another jurisdiction or year it does not exist
/// (promise 7).
#[derive(Debug, Clone)]
pub struct InPoll {
    /// The poll.
    pub poll: Poll,
    at: InCycle,
}

impl FromRequestParts<Site> for InPoll {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, HttpError> {
        let at = InCycle::from_request_parts(parts, site).await?;
        let id: PollId = at.param("poll")?;
        let mut tx = site.0.database.read().await?;
        let poll = store::poll(&mut tx, at.cycle().jurisdiction, id)
            .await?
            .filter(|poll| poll.cycle == at.cycle().id)
            .ok_or(HttpError::NotFound)?;
        Ok(Self { poll, at })
    }
}

impl InPoll {
    /// A poll of the cycle that the address names.
    pub const fn of(poll: Poll, at: InCycle) -> Self {
        Self { poll, at }
    }

    /// Whose cycle, and which.
    pub const fn heading(&self) -> &CycleHeading {
        &self.at.heading
    }

    /// Another parameter of the path; one that is none names no page.
    pub fn param<T: FromStr>(&self, name: &str) -> Result<T, HttpError> {
        self.at.param(name)
    }

    /// The jurisdiction.
    pub const fn jurisdiction(&self) -> &Jurisdiction {
        &self.at.heading.jurisdiction
    }

    /// The cycle.
    pub const fn cycle(&self) -> &Cycle {
        &self.at.heading.cycle
    }

    /// Title and page of the poll at whose check-in its roll will be made, where that is another one.
    pub async fn checked_in_with(&self, tx: &mut Tx) -> Result<Option<(Poll, String)>, HttpError> {
        let poll = &self.poll;
        if !poll.is_checked_in_before() || poll.follows.is_some() {
            return Ok(None);
        }
        let other = store::poll(tx, poll.jurisdiction, poll.check_in).await?;
        let Some(other) = other else {
            return Ok(None);
        };
        let mut cycles = cycles(tx, poll.jurisdiction).await?.into_iter();
        let year = cycles.find(|cycle| cycle.id == other.cycle);
        let year = year.map_or(self.cycle().year, |cycle| cycle.year);
        let page = format!(
            "/j/{}/{year}/session/polls/{}",
            self.jurisdiction().slug,
            other.id
        );
        Ok(Some((other, page)))
    }

    /// What its archive and its bundle are called.
    pub fn file(&self) -> FileName {
        let election = self.poll.election.to_string();
        FileName::of_cycle(&self.at.heading, &election, &self.poll.title)
    }

    /// `/j/{jurisdiction}/{year}/session/polls/{poll}`
    pub fn page(&self) -> String {
        format!("{}/session/polls/{}", self.at.heading.path(), self.poll.id)
    }

    /// `/j/{jurisdiction}/{year}/results/{poll}`
    pub fn results(&self) -> String {
        format!("{}/results/{}", self.at.heading.path(), self.poll.id)
    }

    /// `/api/v1/j/{jurisdiction}/{year}/polls/{poll}`
    pub fn api(&self) -> String {
        format!("/api/v1{}/polls/{}", self.at.heading.path(), self.poll.id)
    }
}
