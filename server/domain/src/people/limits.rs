//! How often something may be tried, counted in the database so that every server counts together.

use super::audit::PeopleEvent;
use super::error::PeopleError;
use super::store;
use crate::infra::app::App;
use crate::infra::clock::Timestamp;
use crate::infra::vault::Purpose;
use crate::record::change::Change;
use std::net::IpAddr;

/// At most so many tries in a window of time.
#[derive(Debug, Clone, Copy)]
pub struct Limit {
    name: &'static str,
    max: i32,
    seconds: i64,
}

const HOUR: i64 = 3_600;

/// Codes sent to one contact in an hour: with 5 tries each, 25 guesses at a million.
pub const CODES_OF_CONTACT: Limit = Limit::new("codes-of-contact", 5, HOUR);
/// Codes sent to one contact in a day.
pub const CODES_OF_CONTACT_A_DAY: Limit = Limit::new("codes-of-contact-a-day", 15, 24 * HOUR);
/// Codes asked for from one address in an hour. A congress's hall with hundreds of deputies is one address.
pub const CODES_OF_ADDRESS: Limit = Limit::new("codes-of-address", 600, HOUR);
/// Wrong codes from one address in an hour.
pub const WRONG_CODES_OF_ADDRESS: Limit = Limit::new("wrong-codes-of-address", 200, HOUR);
/// Passwords tried for one contact in an hour.
pub const PASSWORDS_OF_CONTACT: Limit = Limit::new("passwords-of-contact", 10, HOUR);
/// Passwords tried from one address in an hour.
pub const PASSWORDS_OF_ADDRESS: Limit = Limit::new("passwords-of-address", 100, HOUR);

impl Limit {
    const fn new(name: &'static str, max: i32, seconds: i64) -> Self {
        Self { name, max, seconds }
    }

    /// How many tries a window allows.
    pub const fn max(self) -> i32 {
        self.max
    }

    fn bucket(self, app: &App, key: &[u8]) -> [u8; 32] {
        app.vault.mac(Purpose::Limit, &[self.name.as_bytes(), key])
    }

    fn window(self, at: Timestamp) -> (Timestamp, Timestamp) {
        let width = self.seconds * 1000;
        let start = at.millis() - at.millis().rem_euclid(width);
        (
            Timestamp::from_millis(start),
            Timestamp::from_millis(start + width),
        )
    }

    fn refusal(self, at: Timestamp) -> PeopleError {
        let (_, end) = self.window(at);
        let left = (end.millis() - at.millis()) / 1000 + 1;
        PeopleError::TooMany {
            retry_after_seconds: u64::try_from(left).unwrap_or(1),
        }
    }

    /// Counts a try. Past the limit the refusal is noted in the audit trail; the caller commits the change either way.
    pub async fn spend(
        self,
        change: &mut Change<'_>,
        app: &App,
        key: &[u8],
    ) -> Result<Result<(), PeopleError>, PeopleError> {
        let (start, end) = self.window(change.at);
        let tries = store::count_try(&mut change.tx, &self.bucket(app, key), start, end).await?;
        if tries <= self.max {
            return Ok(Ok(()));
        }
        if tries == self.max + 1 {
            tracing::warn!(limit = self.name, "a limit was reached");
        }
        change
            .audit(PeopleEvent::Limit {
                limit: self.name,
                tries,
            })
            .await?;
        Ok(Err(self.refusal(change.at)))
    }

    /// Refuses, without counting, where the limit has been reached.
    pub async fn check(
        self,
        change: &mut Change<'_>,
        app: &App,
        key: &[u8],
    ) -> Result<(), PeopleError> {
        let (start, _) = self.window(change.at);
        let tries = store::tries(&mut change.tx, &self.bucket(app, key), start).await?;
        if tries < self.max {
            Ok(())
        } else {
            Err(self.refusal(change.at))
        }
    }
}

/// What an address counts as: an IPv6 network of /64 is one household, as an IPv4 address is.
pub fn network(address: IpAddr) -> Vec<u8> {
    match address.to_canonical() {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().into_iter().take(8).collect(),
    }
}
