//! Why the demo cannot go on.

use super::content::ContentError;
use crate::cycles::CycleError;
use crate::evaluation::EvaluationError;
use crate::infra::database::DatabaseError;
use crate::people::{NotAContact, PeopleError};
use crate::projects::ProjectError;
use crate::proposals::ProposalError;
use crate::screening::ScreeningError;
use crate::screening::shortlist::ShortlistError;
use crate::session::SessionError;
use crate::session::simulate::SimulateError;
use crate::web::failure::Failure;

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
    #[error("cycle: {0}")]
    Cycle(#[from] CycleError),
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

impl From<DemoError> for Failure {
    fn from(error: DemoError) -> Self {
        Self::internal(&error)
    }
}
