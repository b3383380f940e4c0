//! What is answered where a use case refuses.

use crate::web::http_error::HttpError;
use domain::projects::ProjectError;

impl From<ProjectError> for HttpError {
    fn from(error: ProjectError) -> Self {
        match error {
            ProjectError::Database(error) => error.into(),
            ProjectError::Session(error) => error.into(),
            ProjectError::NoSuchProject | ProjectError::NoSuchMilestone => Self::NotFound,
            ProjectError::NotYourUnit => Self::Forbidden,
            ProjectError::Stage => Self::Conflict("project-stage"),
            ProjectError::State(_) => Self::Conflict("project-state"),
            ProjectError::AlreadyHandedOver => Self::Conflict("projects-handed-over"),
            ProjectError::MilestoneDone => Self::Conflict("milestone-done"),
            ProjectError::Stale => Self::Conflict("changed-meanwhile"),
            ProjectError::MilestonesOpen => Self::Conflict("milestones-open"),
            other => match other.field() {
                Some((field, code)) => Self::invalid(field, code),
                None => Self::NotFound,
            },
        }
    }
}
