//! Why a hand-over or a change of a project is refused.

use super::project::StateError;
use super::questions::Question;
use crate::cycles::GuardError;
use crate::infra::database::DatabaseError;
use crate::session::SessionError;

/// Why a hand-over or a change of a project is refused, naming what is to blame.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// The database.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The polls that choose cannot be read.
    #[error(transparent)]
    Session(#[from] SessionError),
    /// There is no such project in this cycle.
    #[error("no such project here")]
    NoSuchProject,
    /// The account does not work for the responsible unit.
    #[error("not of the responsible unit")]
    NotYourUnit,
    /// The cycle's stage does not allow it.
    #[error("not in this stage of the cycle")]
    Stage,
    /// The project is not in a state for this.
    #[error(transparent)]
    State(#[from] StateError),
    /// Nothing was chosen.
    #[error("no candidate was chosen")]
    NothingChosen,
    /// Not a candidate of this cycle.
    #[error("{0} is no candidate of this cycle")]
    UnknownCandidate(String),
    /// The projects have been handed over before.
    #[error("the projects have been handed over")]
    AlreadyHandedOver,
    /// A percentage above 100 or below 0.
    #[error("not between 0 and 100 per cent")]
    Percent,
    /// A negative sum.
    #[error("a negative sum")]
    Spent,
    /// The figures are questioned, and nothing is said of it.
    #[error("the figures are questioned")]
    Questioned(Vec<Question>),
    /// A text that is empty or too long.
    #[error("{0}: empty or too long")]
    Text(&'static str),
    /// A month before the hand-over, or one that has not begun.
    #[error("no report can be made for this month")]
    MonthNotOpen,
    /// The month has its report: correct that.
    #[error("the month has its report")]
    MonthReported,
    /// The month has no report that could be corrected.
    #[error("the month has no report")]
    MonthNotReported,
    /// The report has another version than the one that was to be corrected.
    #[error("the report was corrected meanwhile")]
    Stale,
    /// A day before the hand-over or in the future; names the field.
    #[error("{0}: before the hand-over or in the future")]
    Day(&'static str),
    /// There is no such milestone.
    #[error("no such milestone")]
    NoSuchMilestone,
    /// The milestone was reached before.
    #[error("the milestone has been reached")]
    MilestoneDone,
    /// Milestones are open.
    #[error("milestones are open")]
    MilestonesOpen,
}

impl ProjectError {
    /// The field to blame and what is wrong with it, where a form was filled in wrongly.
    pub const fn field(&self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Database(_)
            | Self::Session(_)
            | Self::NoSuchProject
            | Self::NotYourUnit
            | Self::Stage
            | Self::State(_)
            | Self::AlreadyHandedOver
            | Self::NoSuchMilestone
            | Self::MilestoneDone
            | Self::Stale
            | Self::MilestonesOpen => None,
            Self::NothingChosen => Some(("chosen", "required")),
            Self::UnknownCandidate(_) => Some(("chosen", "unknown-candidate")),
            Self::Percent => Some(("report_percent", "not-a-percentage")),
            Self::Spent => Some(("report_spent", "not-an-amount")),
            Self::Text(field) => Some((field, "required")),
            Self::Questioned(_) => Some(("report_explanation", "questioned")),
            Self::MonthNotOpen => Some(("report_month", "month-not-open")),
            Self::MonthReported => Some(("report_month", "month-reported")),
            Self::MonthNotReported => Some(("report_month", "month-not-reported")),
            Self::Day(field) => Some((field, "day-outside")),
        }
    }
}

impl From<GuardError> for ProjectError {
    fn from(error: GuardError) -> Self {
        match error {
            GuardError::Database(error) => error.into(),
            GuardError::NotInStage(_) => Self::Stage,
        }
    }
}
