//! Collecting: residents propose and support; the office takes in.

pub(crate) mod audit;
mod draft;
mod error;
pub mod picture;
mod proposal;
pub mod search;
mod search_store;
pub mod store;
mod terms;
mod use_cases;

pub use draft::{BODY_CHARACTERS, Draft, TITLE_CHARACTERS, ValidDraft};
pub use error::{PictureError, ProposalError};
pub use proposal::{AlreadyDecided, Channel, Content, PictureId, Proposal, ProposalId, State};
pub use search_store::index_all;
pub use use_cases::{
    EXPLANATION_CHARACTERS, PICTURES_WAITING, PROPOSALS_PER_PERSON, accept, decline,
    delete_stale_pictures, keep_picture, may_send_picture, propose, support, withdraw_support,
};

use crate::people::Role;

/// Who proposes (群众提): residents, deputies, and those who enter for others. Whoever signs in by code chooses where they
/// live and is a resident there; who lives elsewhere does not take part here.
pub const PROPOSERS: &[Role] = &[
    Role::Resident,
    Role::Deputy,
    Role::StationStaff,
    Role::UnitStaff,
    Role::Office,
];
/// Who supports: a person of this jurisdiction, not an office.
pub const SUPPORTERS: &[Role] = &[Role::Resident, Role::Deputy];
