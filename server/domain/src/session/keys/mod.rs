//! The keys to the count, made and kept on the scrutineers' devices.

mod trustee_key;

pub use trustee_key::submit_trustee_key;
