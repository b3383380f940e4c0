//! Time as a parameter. Nothing else in the service asks the machine for the time.

use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use time::{OffsetDateTime, UtcOffset};

/// Milliseconds since 1970-01-01 UTC, as the database stores them.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sqlx::Type,
)]
#[serde(transparent)]
#[sqlx(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From milliseconds since 1970 UTC.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970 UTC.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Milliseconds since 1970 UTC; times before 1970 count as 1970.
    pub fn unsigned_millis(self) -> u64 {
        u64::try_from(self.0).unwrap_or(0)
    }

    /// This time moved by so many seconds.
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1000)))
    }

    /// This time moved by so many days.
    #[must_use]
    pub const fn plus_days(self, days: i64) -> Self {
        self.plus_seconds(days.saturating_mul(86_400))
    }

    /// As date and time in the given zone.
    pub fn in_zone(self, offset: UtcOffset) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000)
            .unwrap_or(OffsetDateTime::UNIX_EPOCH)
            .to_offset(offset)
    }
}

impl From<OffsetDateTime> for Timestamp {
    fn from(time: OffsetDateTime) -> Self {
        Self(
            time.unix_timestamp()
                .saturating_mul(1000)
                .saturating_add(i64::from(time.millisecond())),
        )
    }
}

/// How far the clock may be behind the record's last entry: what a time server's correction steps back, or what two servers'
/// clocks differ by. The change then carries the last entry's time, so that the record never goes back. More is a clock that
/// is wrong, and whatever it dated would be wrong as well.
pub const TOLERANCE_MILLIS: i64 = 5_000;

/// The clock is behind the record's last entry: nothing can be dated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the clock is {} seconds behind the record's last entry: set it right; nothing is changed until then",
    last.millis().saturating_sub(now.millis()) / 1000
)]
pub struct ClockBehind {
    /// What the clock shows.
    pub now: Timestamp,
    /// The time of the record's last entry.
    pub last: Timestamp,
}

/// The time that something carries which happens now, after an entry of time `last`: never an earlier one.
pub fn after(last: Timestamp, now: Timestamp) -> Result<Timestamp, ClockBehind> {
    if last.millis().saturating_sub(now.millis()) > TOLERANCE_MILLIS {
        Err(ClockBehind { now, last })
    } else {
        Ok(now.max(last))
    }
}

/// Says what time it is. The demo's clock can be set forward; a test's clock stands where it is put.
#[derive(Debug, Clone)]
pub struct Clock(Arc<Kind>);

#[derive(Debug)]
enum Kind {
    System,
    Shifted(AtomicI64),
    Fixed(AtomicI64),
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(Arc::new(Kind::System))
    }

    /// The machine's clock shifted so that it now shows `start`; it can be set again (demo only).
    pub fn starting_at(start: Timestamp) -> Self {
        let shift = start.millis() - machine_time().millis();
        Self(Arc::new(Kind::Shifted(AtomicI64::new(shift))))
    }

    /// A clock that stands still until it is set (tests).
    pub fn fixed(at: Timestamp) -> Self {
        Self(Arc::new(Kind::Fixed(AtomicI64::new(at.millis()))))
    }

    /// The time now.
    pub fn now(&self) -> Timestamp {
        match &*self.0 {
            Kind::System => machine_time(),
            Kind::Shifted(shift) => Timestamp(
                machine_time()
                    .0
                    .saturating_add(shift.load(Ordering::Relaxed)),
            ),
            Kind::Fixed(at) => Timestamp(at.load(Ordering::Relaxed)),
        }
    }

    /// Waits until it is so late. A test's clock does not go by itself, so it is set to that time instead.
    pub async fn sleep_until(&self, at: Timestamp) {
        if let Kind::Fixed(now) = &*self.0 {
            now.fetch_max(at.millis(), Ordering::Relaxed);
            return;
        }
        let left = at.millis().saturating_sub(self.now().millis());
        if let Ok(left @ 1..) = u64::try_from(left) {
            tokio::time::sleep(Duration::from_millis(left)).await;
        }
    }

    /// Sets the clock and says whether it could be: the machine's own clock cannot.
    pub fn set(&self, now: Timestamp) -> bool {
        match &*self.0 {
            Kind::System => false,
            Kind::Shifted(shift) => {
                shift.store(now.millis() - machine_time().millis(), Ordering::Relaxed);
                true
            }
            Kind::Fixed(at) => {
                at.store(now.millis(), Ordering::Relaxed);
                true
            }
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place where the machine's clock is read"
)]
fn machine_time() -> Timestamp {
    OffsetDateTime::now_utc().into()
}
