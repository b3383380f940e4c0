//! The freeze: roll, keys and election are fixed, and with them what every ballot signs.

use super::headcount::headcounts;
use super::links::Links;
use crate::infra::database::{DatabaseError, fitted};
use crate::record::change::Change;
use crate::record::values::{election_uuid, exact, number, public_credential, sha256, text};
use crate::session::base::{inconsistent, run_blocking, stored_object};
use crate::session::error::SessionError;
use crate::session::keys::shared_trustees;
use crate::session::paper::require_reserved;
use crate::session::poll::{Party, Poll, PollItem};
use crate::session::preparing::elections_of_check_in;
use crate::session::rehearsal::ballot_items;
use crate::session::store::{self, Attendee, ObjectKind};
use ballot::trustee::Trustees;
use ballot::{Ed25519, Wire as _};
use tally::record::body::{DelegationCount, NamedDeputy, PollFrozen, ReservedRoll};
use tally::setup::{self, Frozen, Parts, SetupError};
use tracing::instrument;

/// Roll, keys and election are fixed and published; whose credential is whose is forgotten. A poll that deputies checked in for
/// before takes the roll that was fixed then, and the keys that the scrutineers made then.
#[instrument(skip_all, fields(poll = %poll.id), err(level = "debug"))]
pub(in crate::session) async fn freeze(
    change: &mut Change<'_>,
    poll: &Poll,
) -> Result<(), SessionError> {
    let present = store::count_present(&mut change.tx, poll).await?;
    let rolls = if poll.is_checked_in_before() {
        earlier_roll(change, poll).await?
    } else {
        registered(change, poll).await?
    };
    let paper = rolls.paper.len();
    let on_paper = store::count_on_paper(&mut change.tx, poll).await?;
    let devices = rolls.own.len().checked_sub(paper);
    let devices = devices.and_then(|count| u32::try_from(count).ok());
    if devices.and_then(|count| count.checked_add(on_paper)) != Some(present) {
        return Err(inconsistent(poll, "present deputies without credential"));
    }
    let Rolls {
        own,
        paper,
        reserved,
        links,
    } = rolls;
    let chosen = ChosenObjects {
        rule: stored_object(&mut change.tx, poll, ObjectKind::Rule).await?,
        items: store::items(&mut change.tx, poll).await?,
        trustees: trustees(change, poll).await?,
        credentials: own,
    };
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
    store::insert_roll(&mut change.tx, poll, &frozen.credentials, &paper).await?;
    for one in &reserved {
        store::insert_reserved_roll(&mut change.tx, poll, &one.0, &one.1).await?;
    }
    let forgotten = store::delete_links(&mut change.tx, poll).await?;
    if forgotten != links {
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
    publish_freeze(change, poll, &frozen, present, &paper, &reserved).await
}

/// Who may vote in this poll, and in those that may follow.
struct Rolls {
    own: Vec<String>,
    /// Those of `own` that are set aside for paper, sorted.
    paper: Vec<String>,
    /// Election and roll.
    reserved: Vec<(String, String)>,
    /// How many links they come from.
    links: u64,
}

/// The credentials that devices registered at this poll's check-in.
async fn registered(change: &mut Change<'_>, poll: &Poll) -> Result<Rolls, SessionError> {
    let mut paper = require_reserved(&mut change.tx, poll).await?;
    let mut by_slot = Links::of(change.app(), poll)?
        .credentials(&mut change.tx)
        .await?;
    let links = by_slot.values().map(Vec::len).sum::<usize>();
    let own = by_slot.remove(&0).unwrap_or_default();
    let devices = own.len();
    let mut of_paper = paper.remove(poll.election.as_str()).unwrap_or_default();
    of_paper.sort_unstable();
    let own = [own, of_paper.clone()].concat();
    let elections = elections_of_check_in(&mut change.tx, poll).await?;
    let mut reserved = Vec::new();
    for (slot, election) in (1..).zip(elections) {
        let mut credentials = by_slot.remove(&slot).unwrap_or_default();
        if credentials.len() != devices {
            return Err(inconsistent(
                poll,
                "a reserved election without credentials",
            ));
        }
        credentials.extend(paper.remove(&election).unwrap_or_default());
        let roll = run_blocking(poll, move || setup::roll::<Ed25519>(&credentials)).await?;
        reserved.push((election, roll.to_json()));
    }
    Ok(Rolls {
        own,
        paper: of_paper,
        reserved,
        links: fitted("poll_links", "COUNT(*)", links)?,
    })
}

/// The roll that was fixed for this poll at an earlier one's freeze.
async fn earlier_roll(change: &mut Change<'_>, poll: &Poll) -> Result<Rolls, SessionError> {
    let election = poll.election.to_string();
    let roll = store::reserved_roll(&mut change.tx, poll, &election)
        .await?
        .ok_or(SessionError::CheckInFirst)?;
    let own = serde_json::from_str(&roll);
    let mut reserve = require_reserved(&mut change.tx, poll).await?;
    let mut paper = reserve.remove(&election).unwrap_or_default();
    paper.sort_unstable();
    Ok(Rolls {
        paper,
        own: own.map_err(|error| inconsistent(poll, format!("poll_reserved_rolls: {error}")))?,
        reserved: Vec::new(),
        links: 0,
    })
}

/// The scrutineers' keys together.
async fn trustees(change: &mut Change<'_>, poll: &Poll) -> Result<Trustees<Ed25519>, SessionError> {
    if poll.has_keys_before() {
        let earlier = store::poll(&mut change.tx, poll.jurisdiction, poll.keys_of)
            .await?
            .ok_or_else(|| inconsistent(poll, "the poll of its keys is gone"))?;
        let text = stored_object(&mut change.tx, &earlier, ObjectKind::Trustees).await?;
        return Trustees::from_json(text.as_bytes())
            .map_err(|error| inconsistent(poll, format!("trustees: {error}")));
    }
    if let Some(shared) = shared_trustees(&mut change.tx, poll).await? {
        return Ok(shared);
    }
    let scrutineers = store::scrutineers(&mut change.tx, poll).await?;
    let keys: Vec<String> = scrutineers
        .into_iter()
        .filter_map(|one| one.public_key)
        .collect();
    run_blocking(poll, move || setup::single_trustees(&keys)).await
}

/// What the meeting, the scrutineers and the deputies' devices have chosen.
struct ChosenObjects {
    rule: String,
    items: Vec<PollItem>,
    trustees: Trustees<Ed25519>,
    credentials: Vec<String>,
}

impl ChosenObjects {
    fn build(self, uuid: ballot::Uuid, name: String) -> Result<Frozen<Ed25519>, SetupError> {
        Parts {
            uuid,
            name,
            rule: &self.rule,
            items: ballot_items(&self.items),
            trustees: self.trustees,
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
    paper: &[String],
    reserved: &[(String, String)],
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
    let on_leave = on_leave(change, poll).await?;
    let body = PollFrozen {
        election_uuid: (&poll.election).into(),
        fingerprint: (&frozen.election.fingerprint()).into(),
        election: exact("election", &frozen.election.to_json())?,
        trustees: exact("trustees", &frozen.trustees)?,
        roll_sha256: sha256("roll_sha256", &frozen.roll_hash.to_hex())?,
        roll: exact("roll", &frozen.roll)?,
        paper_credentials: paper
            .iter()
            .map(|one| public_credential(one))
            .collect::<Result<_, _>>()?,
        reserved: reserved
            .iter()
            .map(|(election, roll)| {
                Ok::<_, DatabaseError>(ReservedRoll {
                    election_uuid: election_uuid(election)?,
                    roll: exact("roll", roll)?,
                })
            })
            .collect::<Result<_, _>>()?,
        present,
        attendance: attendance.collect::<Result<_, _>>()?,
        on_leave,
        headcount: headcount.collect::<Result<_, _>>()?,
        confirmed_by: Party::recorded(),
    };
    change.publish(body).await?;
    Ok(())
}

/// Who has leave and has not come, in the order of the roster.
async fn on_leave(change: &mut Change<'_>, poll: &Poll) -> Result<Vec<NamedDeputy>, SessionError> {
    let mut away = store::desk_roster(&mut change.tx, poll).await?;
    away.retain(|one| one.leave_at.is_some() && one.checked_in_at.is_none());
    away.sort_by_key(|one| one.number);
    let named = away.iter().map(|one| {
        Ok::<_, DatabaseError>(NamedDeputy {
            number: number("number", one.number)?,
            name: text("name", &one.name)?,
        })
    });
    Ok(named.collect::<Result<_, _>>()?)
}
