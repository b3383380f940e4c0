//! Pieces that pages of more than one stage show.

pub mod bench;
pub mod check_names;
pub mod code_names;
pub mod evaluation_panel;
pub mod levels;
pub(crate) mod readiness;
pub mod screening_decision;
