//! The address that people type.

use url::{Host, Url};

/// An address of the service, taken apart.
pub(super) struct Address {
    /// Scheme, host and port, without a final slash.
    pub(super) text: String,
    /// The host's name or number.
    pub(super) host: String,
    /// Whether it is this machine's own.
    pub(super) is_local: bool,
}

/// Reads an address; why it is none of a service, in words.
pub(super) fn parse(text: &str) -> Result<Address, String> {
    let refused = |why: &str| Err(format!("{text:?} {why}"));
    let url = match Url::parse(text) {
        Ok(url) => url,
        Err(error) => return refused(&format!("is no address: {error}")),
    };
    if !matches!(url.scheme(), "http" | "https") {
        return refused("begins neither with https:// nor with http://");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return refused("must not hold a user or a password");
    }
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        return refused("must end after host and port: the service has an address of its own");
    }
    let (is_local, host) = match url.host() {
        None => return refused("has no host"),
        Some(Host::Domain(name)) => (
            name == "localhost" || name.ends_with(".localhost"),
            name.to_owned(),
        ),
        Some(Host::Ipv4(number)) => (number.is_loopback(), number.to_string()),
        Some(Host::Ipv6(number)) => (number.is_loopback(), number.to_string()),
    };
    Ok(Address {
        text: url.origin().ascii_serialization(),
        host,
        is_local,
    })
}
