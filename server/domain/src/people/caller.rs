//! The browser that calls: its address, what it says of itself, and the tokens that it carries.

use std::fmt;
use std::net::IpAddr;
use zeroize::Zeroizing;

/// The browser that calls.
#[derive(Clone)]
pub struct Caller {
    /// Its network address.
    pub address: IpAddr,
    /// The browser in words, e.g. `Chrome · Android`.
    pub device: String,
    /// The token of its login session, if it carries one.
    pub session: Option<Zeroizing<String>>,
    /// The token of its sign-in under way, if it carries one.
    pub ticket: Option<Zeroizing<String>>,
    /// What it carries to show that somebody was signed in on it before, if anything.
    pub known_device: Option<Zeroizing<String>>,
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Caller(<redacted>)")
    }
}
