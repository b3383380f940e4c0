//! Pieces that pages of more than one stage show.

pub mod check_names;
pub mod code_names;
pub mod evaluation_panel;
pub mod levels;
pub mod money;
pub(crate) mod readiness;
pub mod screening_decision;
