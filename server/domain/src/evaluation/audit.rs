//! What the audit trail says of evaluations. Neither stars nor words: it says that somebody rated, and the rating
//! itself can be changed.

use crate::audit_events;
use crate::session::PollId;
use tally::record::body::Code;

audit_events! {
    /// What happens in an evaluation.
    pub(crate) enum EvaluationEvent {
        Verdicts { poll: PollId, projects: usize } = EvaluationVerdicts,
        Rework { project: Code } = EvaluationRework,
        Rate { project: Code } = EvaluationRate,
    }
}
