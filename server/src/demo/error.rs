//! Why the demo cannot go on.

use super::content::ContentError;
use crate::session::simulate::SimulateError;
use crate::web::http_error::HttpError;
use domain::closed_loop::AdvanceError;
use domain::cycles::{CycleError, ScheduleError};
use domain::evaluation::EvaluationError;
use domain::infra::database::DatabaseError;
use domain::people::{NotAContact, PeopleError};
use domain::projects::ProjectError;
use domain::proposals::ProposalError;
use domain::screening::ScreeningError;
use domain::screening::ShortlistError;
use domain::session::SessionError;

/// Why the demo cannot go on: a room refused what the demo's people did, or the demo's own files are not there.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "each variant is the room that refused")]
pub enum DemoError {
    #[error(transparent)]
    Content(#[from] ContentError),
    #[error(transparent)]
    Database(#[from] DatabaseError),
    #[error("people: {0}")]
    People(#[from] PeopleError),
    #[error("contact: {0}")]
    Contact(#[from] NotAContact),
    #[error("stage: {0}")]
    Advance(#[from] AdvanceError),
    #[error("cycle: {0}")]
    Cycle(#[from] CycleError),
    #[error("schedule: {0}")]
    Schedule(#[from] ScheduleError),
    #[error("proposal: {0}")]
    Proposal(#[from] ProposalError),
    #[error("screening: {0}")]
    Screening(#[from] ScreeningError),
    #[error("shortlist: {0}")]
    Shortlist(#[from] ShortlistError),
    #[error("session: {0}")]
    Session(#[from] SessionError),
    #[error("simulated person: {0}")]
    Simulate(#[from] SimulateError),
    #[error("project: {0}")]
    Project(#[from] ProjectError),
    #[error("evaluation: {0}")]
    Evaluation(#[from] EvaluationError),
    /// The demo's folder holds something else, or a demo that was cut off while it was set up.
    #[error("the data folder holds no finished demo; take an empty one (--data), or delete it")]
    HalfSeeded,
    /// A file of the demo cannot be read or written.
    #[error("demo files: {0}")]
    File(#[from] std::io::Error),
    /// What the demo's content says does not fit what is there.
    #[error("demo content: {0}")]
    Unfit(String),
}

impl From<DemoError> for HttpError {
    fn from(error: DemoError) -> Self {
        Self::internal(&error)
    }
}
