//! The freeze: roll, keys and election are fixed, and with them what every ballot signs.

use super::headcount::headcounts;
use super::links::Links;
use crate::infra::database::{DatabaseError, fitted};
use crate::record::change::Change;
use crate::record::values::{exact, number, sha256, text};
use crate::session::base::{inconsistent, run_blocking, stored_object};
use crate::session::error::SessionError;
use crate::session::poll::{Party, Poll, PollItem};
use crate::session::store::{self, Attendee, ObjectKind};
use ballot::{Ed25519, Wire as _};
use tally::record::body::{DelegationCount, NamedDeputy, PollFrozen};
use tally::rules::ItemId;
use tally::setup::{self, Frozen, Item, Parts, SetupError};
use tracing::instrument;

/// Roll, keys and election are fixed and published; whose credential is whose is forgotten.
#[instrument(skip_all, fields(poll = %poll.id), err(level = "debug"))]
pub(in crate::session) async fn freeze(
    change: &mut Change<'_>,
    poll: &Poll,
) -> Result<(), SessionError> {
    let present = store::count_present(&mut change.tx, poll).await?;
    let chosen = ChosenObjects {
        rule: stored_object(&mut change.tx, poll, ObjectKind::Rule).await?,
        items: store::items(&mut change.tx, poll).await?,
        keys: store::scrutineers(&mut change.tx, poll)
            .await?
            .into_iter()
            .filter_map(|one| one.public_key)
            .collect(),
        credentials: Links::of(change.app(), poll)?
            .credentials(&mut change.tx)
            .await?,
    };
    if u32::try_from(chosen.credentials.len()) != Ok(present) {
        return Err(inconsistent(poll, "present deputies without credential"));
    }
    let (uuid, name) = (poll.election.clone(), poll.title.clone());
    let frozen = run_blocking(poll, move || chosen.build(uuid, name)).await?;
    let election = frozen.election.to_json();
    for (kind, text) in [
        (ObjectKind::Trustees, &frozen.trustees),
        (ObjectKind::Roll, &frozen.roll),
        (ObjectKind::Election, &election),
    ] {
        store::insert_object(&mut change.tx, poll, kind, text).await?;
    }
    store::insert_roll(&mut change.tx, poll, &frozen.credentials).await?;
    let forgotten = store::delete_links(&mut change.tx, poll).await?;
    if forgotten != u64::from(present) {
        return Err(DatabaseError::Touched {
            statement: "DELETE FROM poll_links",
            touched: forgotten,
        }
        .into());
    }
    let phi = frozen.election.fingerprint();
    let next = poll
        .state
        .clone()
        .freeze(frozen.roll_hash, phi, present, change.at)?;
    store::save_state(&mut change.tx, poll, poll.state.name(), &next).await?;
    publish_freeze(change, poll, &frozen, present).await
}

/// What the meeting, the scrutineers and the deputies' devices have chosen.
struct ChosenObjects {
    rule: String,
    items: Vec<PollItem>,
    keys: Vec<String>,
    credentials: Vec<String>,
}

impl ChosenObjects {
    fn build(self, uuid: ballot::Uuid, name: String) -> Result<Frozen<Ed25519>, SetupError> {
        // A code that is no id stands in no rule: if the rule needs the item, the setup says that it is missing.
        let item = |item: &PollItem| {
            let label = item.ballot_label(&self.items);
            ItemId::new(item.code.as_str()).map(|id| Item { id, label })
        };
        Parts {
            uuid,
            name,
            rule: &self.rule,
            items: self.items.iter().filter_map(item).collect(),
            trustees: setup::single_trustees(&self.keys)?,
            roll: setup::roll(&self.credentials)?,
        }
        .build()
    }
}

async fn publish_freeze(
    change: &mut Change<'_>,
    poll: &Poll,
    frozen: &Frozen<Ed25519>,
    present: u32,
) -> Result<(), SessionError> {
    let counts = headcounts(&mut change.tx, poll).await?;
    let headcount = counts.iter().map(|count| {
        Ok::<_, SessionError>(DelegationCount {
            delegation: text("delegation", &count.delegation.name)?,
            present: fitted("poll_attendance", "COUNT(*)", count.present.len())?,
            head: number(
                "head",
                count
                    .delegation
                    .head_number
                    .ok_or(SessionError::NotTheHead)?,
            )?,
        })
    });
    let mut attendees: Vec<&Attendee> = counts.iter().flat_map(|count| &count.present).collect();
    attendees.sort_by_key(|one| one.number);
    let attendance = attendees.into_iter().map(|one| {
        Ok::<_, DatabaseError>(NamedDeputy {
            number: number("number", one.number)?,
            name: text("name", &one.name)?,
        })
    });
    let body = PollFrozen {
        election_uuid: (&poll.election).into(),
        fingerprint: (&frozen.election.fingerprint()).into(),
        election: exact("election", &frozen.election.to_json())?,
        trustees: exact("trustees", &frozen.trustees)?,
        roll_sha256: sha256("roll_sha256", &frozen.roll_hash.to_hex())?,
        roll: exact("roll", &frozen.roll)?,
        paper_credentials: Vec::new(),
        present,
        attendance: attendance.collect::<Result<_, _>>()?,
        headcount: headcount.collect::<Result<_, _>>()?,
        confirmed_by: Party::recorded(),
    };
    change.publish(body).await?;
    Ok(())
}
