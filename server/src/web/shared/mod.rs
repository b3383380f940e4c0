//! Pieces that pages of more than one stage show.

pub mod bench;
pub mod check_names;
pub mod code_names;
pub mod districts;
pub mod evaluation_panel;
pub mod lamp_strip;
pub mod levels;
pub mod printed;
pub mod proposal_card;
pub(crate) mod readiness;
pub mod screening_decision;
pub mod tasks;
