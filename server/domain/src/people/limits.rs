//! How often something may be tried, counted in the database so that every server counts together. The numbers and
//! why they are so: `docs/decisions/0025-a-hall-behind-one-address.md`.
//!
//! Nobody is ever shut out by what others do. Tries for one contact are counted where they come from: each network has
//! a *lane* of its own, and so has each device on which the account was signed in before. In a lane the first failures
//! cost nothing, after them each try waits for its *turn*, and the turns lie ever further apart. What is right enters
//! when its turn comes, and that empties the lane.

use super::audit::PeopleEvent;
use super::error::PeopleError;
use super::store;
pub use super::window::Limit;
use super::window::{note_limit, too_many};
use crate::infra::app::App;
use crate::infra::clock::Timestamp;
use crate::infra::database::{DatabaseError, Tx};
use crate::infra::vault::Purpose;
use crate::record::change::{Actor, Change};
use std::net::IpAddr;

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

/// How long a lane is remembered after its last try.
const REMEMBERED: i64 = DAY;

/// The longest that a request waits for its turn, in seconds: less than a request may take.
pub const PATIENCE: i64 = 30;

/// How fast tries may follow each other in one lane.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    name: &'static str,
    /// How many come at once.
    free: i32,
    /// The same, where the network fails much or the contact is tried from many networks.
    free_in_haste: i32,
    /// Seconds between the first two turns after the free ones; each further one is twice as far.
    first_pause: i64,
    /// Seconds between turns at the most.
    longest_pause: i64,
    /// Seconds between turns where the contact is tried from many networks.
    alarmed_pause: i64,
    /// The longest that a try waits for its turn, in seconds.
    patience: i64,
}

/// Passwords tried in one lane: 2,893 in a day.
pub const PASSWORDS: Pace = Pace {
    name: "passwords",
    free: 10,
    free_in_haste: 3,
    first_pause: 1,
    longest_pause: 30,
    alarmed_pause: HOUR,
    patience: PATIENCE,
};

/// Codes typed in one lane: 162 in a day, at a million (a hundred million where the contact is under attack).
pub const CODES: Pace = Pace {
    name: "codes",
    free: 10,
    free_in_haste: 5,
    first_pause: 1,
    longest_pause: 600,
    alarmed_pause: HOUR,
    patience: PATIENCE,
};

/// Messages sent to one contact, asked for in one lane: 31 in a day.
pub const MESSAGES: Pace = Pace {
    name: "messages",
    free: 3,
    free_in_haste: 1,
    first_pause: 60,
    longest_pause: HOUR,
    alarmed_pause: HOUR,
    patience: 0,
};

/// Failures from one network in an hour; past it the lanes of this network have fewer free tries. A congress's hall with
/// hundreds of deputies is one network.
pub const FAILURES_OF_NETWORK: Limit = Limit::new("failures-of-network", 300, HOUR);
/// Failures for one contact in a day; past it the contact is under attack. One network adds at most `SHARE_OF_ALARM`.
pub const FAILURES_OF_CONTACT: Limit = Limit::new("failures-of-contact", 60, DAY);
/// Messages to one contact in a day that unknown devices asked for, likewise.
pub const MESSAGES_OF_CONTACT: Limit = Limit::new("messages-of-contact", 15, DAY);
/// Messages asked for from one network in an hour by unknown devices.
pub const MESSAGES_OF_NETWORK: Limit = Limit::new("messages-of-network", 600, HOUR);

/// Codes typed by one deputy at a check-in, in ten minutes. Of a million two are right at a time: who only guesses needs half a
/// million tries, which takes a year.
pub const CHECK_IN_CODES: Limit = Limit::new("check-in-codes", 10, 600);

/// How much one network alone adds to what makes an alarm: an attack is what comes from many.
const SHARE_OF_ALARM: i32 = 3;

/// Where the tries for one contact come from.
#[derive(Debug, Clone)]
pub struct Lane {
    contact: Vec<u8>,
    origin: Origin,
}

#[derive(Debug, Clone)]
enum Origin {
    /// An unknown device in this network.
    Network(Vec<u8>),
    /// A device on which the contact's account was signed in before.
    Device(Vec<u8>),
}

/// When a try may be looked at.
#[derive(Debug, Clone, Copy)]
pub struct Turn {
    /// Its turn.
    pub at: Timestamp,
    /// When the lane's next one is.
    pub next: Timestamp,
    /// The how-manieth of the lane's it is.
    tries: i32,
}

/// What is known of a lane's surroundings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mood {
    Calm,
    /// The network fails much.
    Hasty,
    /// The contact is tried from many networks.
    Alarmed,
}

impl Pace {
    /// How many tries come at once.
    pub const fn free(self) -> i32 {
        self.free
    }

    /// Seconds between the `tries`th try and the next.
    fn pause(self, tries: i32, mood: Mood) -> i64 {
        let free = if mood == Mood::Calm {
            self.free
        } else {
            self.free_in_haste
        };
        if tries < free {
            return 0;
        }
        if mood == Mood::Alarmed {
            return self.alarmed_pause;
        }
        // Thirty doublings of a second are more than any longest pause, and fit.
        let doublings = (tries - free).min(30);
        (self.first_pause << doublings).min(self.longest_pause)
    }

    fn bucket(self, app: &App, lane: &Lane) -> [u8; 32] {
        let (kind, origin) = match &lane.origin {
            Origin::Network(network) => ("network", network),
            Origin::Device(device) => ("device", device),
        };
        app.vault.mac(
            Purpose::Limit,
            &[self.name.as_bytes(), &lane.contact, kind.as_bytes(), origin],
        )
    }

    /// Takes the lane's next turn, before it is known whether the try is right, so that parallel ones are all counted.
    ///
    /// # Errors
    /// [`PeopleError::TooMany`] where the turn is further away than a request waits. That is said before anything is
    /// looked at, so that it tells nothing; the first one in a lane leaves a line in the audit trail.
    pub async fn take_turn(self, app: &App, lane: &Lane) -> Result<Turn, PeopleError> {
        let now = app.clock.now();
        let mut tx = app.database.write().await?;
        let mood = lane.mood(&mut tx, app, now).await?;
        let bucket = self.bucket(app, lane);
        let forgotten = now.plus_seconds(REMEMBERED);
        let mut lane_row = store::lock_tries(&mut tx, &bucket, now, forgotten).await?;
        let at = lane_row.free_at.max(now);
        if at > now.plus_seconds(self.patience) {
            lane_row.refused = lane_row.refused.saturating_add(1);
            store::save_tries(&mut tx, &bucket, &lane_row).await?;
            tx.commit().await?;
            if lane_row.refused == 1 {
                note_limit(app, self.name, lane_row.tries).await?;
            }
            return Err(too_many(now, at.plus_seconds(-self.patience)));
        }
        lane_row.tries = lane_row.tries.saturating_add(1);
        lane_row.free_at = at.plus_seconds(self.pause(lane_row.tries, mood));
        lane_row.expires_at = lane_row.free_at.plus_seconds(REMEMBERED);
        store::save_tries(&mut tx, &bucket, &lane_row).await?;
        tx.commit().await?;
        Ok(Turn {
            at,
            next: lane_row.free_at,
            tries: lane_row.tries,
        })
    }
}

impl Lane {
    /// The lane of an unknown device in this network.
    pub fn of_network(contact: &[u8], address: IpAddr) -> Self {
        Self {
            contact: contact.to_vec(),
            origin: Origin::Network(network(address)),
        }
    }

    /// The lane of a device on which the contact's account was signed in before.
    pub fn of_device(contact: &[u8], device: &[u8]) -> Self {
        Self {
            contact: contact.to_vec(),
            origin: Origin::Device(device.to_vec()),
        }
    }

    async fn mood(&self, tx: &mut Tx, app: &App, now: Timestamp) -> Result<Mood, DatabaseError> {
        let Origin::Network(network) = &self.origin else {
            return Ok(Mood::Calm);
        };
        if is_under_attack(tx, app, &self.contact, now).await? {
            return Ok(Mood::Alarmed);
        }
        let fails_much = FAILURES_OF_NETWORK.is_reached(tx, app, network, now);
        Ok(if fails_much.await? {
            Mood::Hasty
        } else {
            Mood::Calm
        })
    }
}

/// Whether this contact is tried from many networks.
pub async fn is_under_attack(
    tx: &mut Tx,
    app: &App,
    contact: &[u8],
    now: Timestamp,
) -> Result<bool, DatabaseError> {
    for limit in [FAILURES_OF_CONTACT, MESSAGES_OF_CONTACT] {
        if limit.is_reached(tx, app, contact, now).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Empties the lane of what was tried, and forgets the contact's failures: it was right.
pub async fn forgive(
    tx: &mut Tx,
    app: &App,
    lane: &Lane,
    paces: &[Pace],
) -> Result<(), DatabaseError> {
    for pace in paces {
        store::forget_tries(tx, &pace.bucket(app, lane)).await?;
    }
    store::forget_tries(tx, &FAILURES_OF_CONTACT.bucket(app, &lane.contact)).await
}

/// Counts a failure in this lane, and leaves its line in the audit trail: from each network so many in an hour, then one that
/// says so, then none.
pub(super) async fn note_failure(
    app: &App,
    pace: Pace,
    lane: &Lane,
    event: PeopleEvent,
) -> Result<(), DatabaseError> {
    let now = app.clock.now();
    let mut change = Change::begin(app, Actor::Anonymous, None).await?;
    let Origin::Network(network) = &lane.origin else {
        change.audit(event).await?;
        return change.commit().await;
    };
    let tries = store::tries(&mut change.tx, &pace.bucket(app, lane), now).await?;
    if tries <= SHARE_OF_ALARM {
        let contact = &lane.contact;
        FAILURES_OF_CONTACT
            .count(&mut change.tx, app, contact, now)
            .await?;
    }
    let limit = FAILURES_OF_NETWORK;
    let failures = limit.count(&mut change.tx, app, network, now).await?;
    if failures > limit.max {
        change.tx.commit().await?;
        if failures == limit.max + 1 {
            note_limit(app, limit.name, failures).await?;
        }
        return Ok(());
    }
    change.audit(event).await?;
    change.commit().await
}

/// Whether a message to this contact may be sent, for whoever asks in this lane: the turn that it takes, if so.
pub async fn take_message(app: &App, lane: &Lane) -> Result<Turn, PeopleError> {
    let turn = MESSAGES.take_turn(app, lane).await?;
    let Origin::Network(network) = &lane.origin else {
        return Ok(turn);
    };
    let now = app.clock.now();
    let mut tx = app.database.write().await?;
    let limit = MESSAGES_OF_NETWORK;
    let asked = limit.count(&mut tx, app, network, now).await?;
    if asked <= limit.max && turn.tries <= SHARE_OF_ALARM {
        MESSAGES_OF_CONTACT
            .count(&mut tx, app, &lane.contact, now)
            .await?;
    }
    tx.commit().await?;
    if asked == limit.max + 1 {
        note_limit(app, limit.name, asked).await?;
    }
    if asked > limit.max {
        return Err(too_many(now, now.plus_seconds(limit.seconds)));
    }
    Ok(turn)
}

/// Counts a code that is typed at a check-in, before it is known whether it is right, so that parallel ones are all counted.
/// Answers with the seconds to wait where there were too many; the first of those leaves a line in the audit trail.
pub async fn take_check_in_try(app: &App, key: &[u8]) -> Result<Option<u64>, DatabaseError> {
    let limit = CHECK_IN_CODES;
    let mut tx = app.database.write().await?;
    let tries = limit.count(&mut tx, app, key, app.clock.now()).await?;
    tx.commit().await?;
    if tries == limit.max + 1 {
        note_limit(app, limit.name, tries).await?;
    }
    Ok((tries > limit.max).then(|| u64::try_from(limit.seconds).unwrap_or_default()))
}

/// Forgets the codes that were tried under this key: one was right.
pub async fn forgive_check_in(tx: &mut Tx, app: &App, key: &[u8]) -> Result<(), DatabaseError> {
    store::forget_tries(tx, &CHECK_IN_CODES.bucket(app, key)).await
}

/// What an address counts as: an IPv6 network of /64 is one household, as an IPv4 address is.
pub fn network(address: IpAddr) -> Vec<u8> {
    match address.to_canonical() {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().into_iter().take(8).collect(),
    }
}

#[cfg(test)]
#[path = "limits_tests.rs"]
mod tests;
