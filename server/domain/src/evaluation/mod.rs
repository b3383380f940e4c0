//! Evaluation (测评): deputies' verdicts and residents' ratings side by side, and what follows from them. The
//! deputies' poll itself is held by the session's machinery.

pub(crate) mod audit;
mod error;
pub mod store;
mod types;
mod use_cases;

pub use error::EvaluationError;
pub use store::verdicts;
pub use types::{ProjectVerdict, Rank, Rating, Rework, Stars, VerdictLevel};
pub use use_cases::{
    ANSWER_CHARACTERS, COMMENT_CHARACTERS, Judged, answer_rework, apply_announced, apply_verdicts,
    create_poll, polls, rate,
};
