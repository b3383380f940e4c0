//! The keys to the count, made and kept on the scrutineers' devices.

mod ceremony;
mod trustee_key;

pub(super) use ceremony::shared_trustees;
pub use ceremony::{
    Ceremony, ceremony, restart_ceremony, submit_ceremony_message, submit_complaint,
};
pub use trustee_key::submit_trustee_key;
