//! Polls and what is voted on.

use super::objects::ObjectKind;
use crate::infra::clock::Timestamp;
use crate::infra::database::{DatabaseError, Tx, exactly_one, fitted};
use crate::infra::ids::{CycleId, JurisdictionId};
use crate::on_either;
use crate::session::poll::{Hands, Poll, PollId, PollItem, PollKind};
use crate::session::state::{
    Adopted, Announced, Closed, Decrypted, EndReason, Ended, Frozen, Opened, PollState, StateName,
};
use ballot::Fingerprint;
use std::collections::HashMap;
use tally::rules::{RollHash, RuleHash};
use tracing::instrument;

const COLUMNS: &str = "jurisdiction, id, cycle, kind, follows, check_in, keys_of, title, election_uuid, facts_sha256, roster_sha256, state, rule_sha256, \
     hands_in_favour, hands_against, hands_abstained, threshold, adopted_at, roll_sha256, fingerprint, present, frozen_at, \
     opened_at, returned, closed_at, decrypted_at, announced_at, ended_at, end_reason, end_explanation, \
     created_at";

#[derive(sqlx::FromRow)]
struct PollRow {
    jurisdiction: JurisdictionId,
    id: PollId,
    cycle: CycleId,
    kind: PollKind,
    follows: Option<PollId>,
    check_in: PollId,
    keys_of: PollId,
    title: String,
    election_uuid: String,
    facts_sha256: Option<String>,
    roster_sha256: String,
    state: StateName,
    rule_sha256: Option<String>,
    hands_in_favour: Option<i32>,
    hands_against: Option<i32>,
    hands_abstained: Option<i32>,
    threshold: Option<i32>,
    adopted_at: Option<Timestamp>,
    roll_sha256: Option<String>,
    fingerprint: Option<String>,
    present: Option<i32>,
    frozen_at: Option<Timestamp>,
    opened_at: Option<Timestamp>,
    returned: Option<i32>,
    closed_at: Option<Timestamp>,
    decrypted_at: Option<Timestamp>,
    announced_at: Option<Timestamp>,
    ended_at: Option<Timestamp>,
    end_reason: Option<EndReason>,
    end_explanation: Option<String>,
    created_at: Timestamp,
}

fn broken(column: &'static str, reason: impl std::fmt::Display) -> DatabaseError {
    DatabaseError::Column {
        table: "polls",
        column,
        reason: reason.to_string(),
    }
}

fn there<T>(column: &'static str, value: Option<T>) -> Result<T, DatabaseError> {
    value.ok_or_else(|| broken(column, "missing in this state"))
}

fn number(column: &'static str, value: Option<i32>) -> Result<u32, DatabaseError> {
    u32::try_from(there(column, value)?).map_err(|error| broken(column, error))
}

impl PollRow {
    fn adopted(&self) -> Result<Adopted, DatabaseError> {
        let rule = there("rule_sha256", self.rule_sha256.as_deref())?;
        Ok(Adopted {
            rule: RuleHash::from_hex(rule).ok_or_else(|| broken("rule_sha256", rule))?,
            hands: Hands {
                in_favour: number("hands_in_favour", self.hands_in_favour)?,
                against: number("hands_against", self.hands_against)?,
                abstained: number("hands_abstained", self.hands_abstained)?,
            },
            threshold: number("threshold", self.threshold)?,
            at: there("adopted_at", self.adopted_at)?,
        })
    }

    fn frozen(&self) -> Result<Frozen, DatabaseError> {
        let roll = there("roll_sha256", self.roll_sha256.as_deref())?;
        let phi = there("fingerprint", self.fingerprint.as_deref())?;
        Ok(Frozen {
            roll: RollHash::from_hex(roll).ok_or_else(|| broken("roll_sha256", roll))?,
            fingerprint: Fingerprint::parse(phi).ok_or_else(|| broken("fingerprint", phi))?,
            present: number("present", self.present)?,
            at: there("frozen_at", self.frozen_at)?,
            adopted: self.adopted()?,
        })
    }

    fn opened(&self) -> Result<Opened, DatabaseError> {
        Ok(Opened {
            at: there("opened_at", self.opened_at)?,
            frozen: self.frozen()?,
        })
    }

    fn closed(&self) -> Result<Closed, DatabaseError> {
        Ok(Closed {
            returned: number("returned", self.returned)?,
            at: there("closed_at", self.closed_at)?,
            opened: self.opened()?,
        })
    }

    fn decrypted(&self) -> Result<Decrypted, DatabaseError> {
        Ok(Decrypted {
            at: there("decrypted_at", self.decrypted_at)?,
            closed: self.closed()?,
        })
    }

    fn state(&self) -> Result<PollState, DatabaseError> {
        Ok(match self.state {
            StateName::Drafted => PollState::Drafted,
            StateName::RulesAdopted => PollState::RulesAdopted(self.adopted()?),
            StateName::Frozen => PollState::Frozen(self.frozen()?),
            StateName::Open => PollState::Open(self.opened()?),
            StateName::Closed => PollState::Closed(self.closed()?),
            StateName::Decrypted => PollState::Decrypted(self.decrypted()?),
            StateName::Announced => PollState::Announced(Announced {
                at: there("announced_at", self.announced_at)?,
                decrypted: self.decrypted()?,
            }),
            StateName::Withdrawn => PollState::Withdrawn(self.ended()?),
            StateName::Voided => PollState::Voided(self.ended()?),
        })
    }

    /// An ended poll stands where it last was, by what had been fixed.
    fn ended(&self) -> Result<Ended, DatabaseError> {
        let before = if self.closed_at.is_some() {
            PollState::Closed(self.closed()?)
        } else if self.opened_at.is_some() {
            PollState::Open(self.opened()?)
        } else if self.frozen_at.is_some() {
            PollState::Frozen(self.frozen()?)
        } else if self.adopted_at.is_some() {
            PollState::RulesAdopted(self.adopted()?)
        } else {
            PollState::Drafted
        };
        Ok(Ended {
            reason: there("end_reason", self.end_reason)?,
            explanation: there("end_explanation", self.end_explanation.clone())?,
            at: there("ended_at", self.ended_at)?,
            before: Box::new(before),
        })
    }
}

impl TryFrom<PollRow> for Poll {
    type Error = DatabaseError;

    fn try_from(row: PollRow) -> Result<Self, DatabaseError> {
        Ok(Self {
            state: row.state()?,
            id: row.id,
            jurisdiction: row.jurisdiction,
            cycle: row.cycle,
            kind: row.kind,
            follows: row.follows,
            check_in: row.check_in,
            keys_of: row.keys_of,
            title: row.title,
            election: row
                .election_uuid
                .parse()
                .map_err(|error| broken("election_uuid", error))?,
            facts: row.facts_sha256,
            roster: row.roster_sha256,
            created_at: row.created_at,
        })
    }
}

/// The poll of this id in this jurisdiction; of another jurisdiction there is none (promise 7).
#[instrument(level = "debug", skip_all)]
pub async fn poll(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    id: PollId,
) -> Result<Option<Poll>, DatabaseError> {
    find(tx, jurisdiction, id, "").await
}

/// As [`poll`], and nobody else may change it until the transaction ends.
#[instrument(level = "debug", skip_all)]
pub async fn lock_poll(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    id: PollId,
) -> Result<Option<Poll>, DatabaseError> {
    let lock = tx.for_update();
    find(tx, jurisdiction, id, lock).await
}

async fn find(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    id: PollId,
    lock: &str,
) -> Result<Option<Poll>, DatabaseError> {
    let sql = format!("SELECT {COLUMNS} FROM polls WHERE jurisdiction = $1 AND id = $2{lock}");
    let row: Option<PollRow> = on_either!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(jurisdiction).bind(id).fetch_optional(&mut *conn).await?);
    row.map(TryInto::try_into).transpose()
}

/// The state of the poll of this id, in whichever jurisdiction.
pub async fn state_of(tx: &mut Tx, id: PollId) -> Result<Option<StateName>, DatabaseError> {
    Ok(
        on_either!(tx, conn => sqlx::query_scalar("SELECT state FROM polls WHERE id = $1")
        .bind(id).fetch_optional(&mut *conn).await?),
    )
}

/// The polls of a cycle, oldest first.
#[instrument(level = "debug", skip_all)]
pub async fn polls_of_cycle(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    cycle: CycleId,
) -> Result<Vec<Poll>, DatabaseError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM polls WHERE jurisdiction = $1 AND cycle = $2 ORDER BY created_at, id"
    );
    let rows: Vec<PollRow> = on_either!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(jurisdiction).bind(cycle).fetch_all(&mut *conn).await?);
    rows.into_iter().map(TryInto::try_into).collect()
}

/// The polls of a jurisdiction that are not over, oldest first; nobody else may change them until the transaction ends.
#[instrument(level = "debug", skip_all)]
pub async fn lock_polls_under_way(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
) -> Result<Vec<Poll>, DatabaseError> {
    let lock = tx.for_update();
    let sql = format!(
        "SELECT {COLUMNS} FROM polls WHERE jurisdiction = $1 \
         AND state NOT IN ('announced', 'withdrawn', 'voided') ORDER BY created_at, id{lock}"
    );
    let rows: Vec<PollRow> = on_either!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(jurisdiction).fetch_all(&mut *conn).await?);
    rows.into_iter().map(TryInto::try_into).collect()
}

/// The polls of a jurisdiction that are not over, oldest first.
#[instrument(level = "debug", skip_all)]
pub async fn polls_under_way(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
) -> Result<Vec<Poll>, DatabaseError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM polls WHERE jurisdiction = $1 \
         AND state NOT IN ('announced', 'withdrawn', 'voided') ORDER BY created_at, id"
    );
    let rows: Vec<PollRow> = on_either!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(jurisdiction).fetch_all(&mut *conn).await?);
    rows.into_iter().map(TryInto::try_into).collect()
}

/// The polls that were joined to this one's check-in, oldest first; those that follow another are not.
#[instrument(level = "debug", skip_all)]
pub async fn joined_polls(tx: &mut Tx, poll: &Poll) -> Result<Vec<Poll>, DatabaseError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM polls WHERE jurisdiction = $1 AND check_in = $2 AND id <> $2 AND follows IS NULL \
         ORDER BY created_at, id"
    );
    let rows: Vec<PollRow> = on_either!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(poll.jurisdiction).bind(poll.id).fetch_all(&mut *conn).await?);
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Joins a poll to another's check-in, or gives it its own.
#[instrument(level = "debug", skip_all)]
pub async fn set_check_in(tx: &mut Tx, poll: &Poll, with: PollId) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "UPDATE polls SET check_in = $3 WHERE jurisdiction = $1 AND id = $2",
    ).bind(poll.jurisdiction).bind(poll.id).bind(with).execute(&mut *conn).await?.rows_affected());
    exactly_one("UPDATE polls SET check_in", touched)
}

/// The polls of the jurisdiction's cycles that are in the vote, by cycle, oldest first.
#[instrument(level = "debug", skip_all)]
pub async fn polls_in_voting(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
) -> Result<Vec<Poll>, DatabaseError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM polls WHERE jurisdiction = $1 AND cycle IN \
         (SELECT id FROM cycles WHERE jurisdiction = $1 AND stage = 'voting') ORDER BY cycle, created_at, id"
    );
    let rows: Vec<PollRow> = on_either!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(jurisdiction).fetch_all(&mut *conn).await?);
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Notes the roster that a drafted poll's part of the record has.
#[instrument(level = "debug", skip_all)]
pub async fn set_roster(tx: &mut Tx, poll: &Poll, sha256: &str) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "UPDATE polls SET roster_sha256 = $3 WHERE jurisdiction = $1 AND id = $2 AND state = 'drafted'",
    ).bind(poll.jurisdiction).bind(poll.id).bind(sha256).execute(&mut *conn).await?.rows_affected());
    exactly_one("UPDATE polls SET roster_sha256", touched)
}

/// Every poll of every jurisdiction, in the order in which they were made.
#[instrument(level = "debug", skip_all)]
pub async fn all_polls(tx: &mut Tx) -> Result<Vec<Poll>, DatabaseError> {
    let sql = format!("SELECT {COLUMNS} FROM polls ORDER BY created_at, id");
    let rows: Vec<PollRow> = on_either!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .fetch_all(&mut *conn).await?);
    rows.into_iter().map(TryInto::try_into).collect()
}

/// How many take part in a poll, and by which rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Participation {
    /// Deputies present (实到).
    pub present: u32,
    /// Ballots in the box.
    pub ballots_cast: u32,
    /// The adopted `rule.toml`.
    pub rule: Option<String>,
}

#[derive(sqlx::FromRow)]
struct ParticipationRow {
    id: PollId,
    present: i64,
    ballots_cast: i64,
    rule: Option<String>,
}

/// Participation in each poll of a cycle, in one statement whatever their number.
#[instrument(level = "debug", skip_all)]
pub async fn participation(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    cycle: CycleId,
) -> Result<HashMap<PollId, Participation>, DatabaseError> {
    let rows: Vec<ParticipationRow> = on_either!(tx, conn => sqlx::query_as(
        "SELECT polls.id, \
             (SELECT COUNT(*) FROM poll_attendance WHERE poll_attendance.jurisdiction = polls.jurisdiction \
                 AND poll_attendance.poll = polls.check_in) AS present, \
             (SELECT COUNT(*) FROM poll_ballots WHERE poll_ballots.jurisdiction = polls.jurisdiction \
                 AND poll_ballots.poll = polls.id) AS ballots_cast, \
             (SELECT text FROM poll_objects WHERE poll_objects.jurisdiction = polls.jurisdiction \
                 AND poll_objects.poll = polls.id AND poll_objects.kind = $3) AS rule \
         FROM polls WHERE jurisdiction = $1 AND cycle = $2",
    ).bind(jurisdiction).bind(cycle).bind(ObjectKind::Rule).fetch_all(&mut *conn).await?);
    let read = |row: ParticipationRow| {
        let participation = Participation {
            present: fitted("poll_attendance", "COUNT(*)", row.present)?,
            ballots_cast: fitted("poll_ballots", "COUNT(*)", row.ballots_cast)?,
            rule: row.rule,
        };
        Ok((row.id, participation))
    };
    rows.into_iter().map(read).collect()
}

/// Adds a drafted poll. A second running one of the kind violates `polls_one_running`.
#[instrument(level = "debug", skip_all)]
pub async fn insert_poll(tx: &mut Tx, new: &Poll) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "INSERT INTO polls (jurisdiction, id, cycle, kind, follows, check_in, keys_of, title, election_uuid, facts_sha256, \
         roster_sha256, state, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
    ).bind(new.jurisdiction).bind(new.id).bind(new.cycle).bind(new.kind).bind(new.follows).bind(new.check_in)
     .bind(new.keys_of).bind(&new.title)
     .bind(new.election.as_str()).bind(&new.facts).bind(&new.roster).bind(new.state.name()).bind(new.created_at)
     .execute(&mut *conn).await?.rows_affected());
    exactly_one("INSERT INTO polls", touched)
}

/// Adds what is voted on at the place `position`, from 0.
#[instrument(level = "debug", skip_all)]
pub async fn insert_item(
    tx: &mut Tx,
    poll: &Poll,
    position: i32,
    item: &PollItem,
) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "INSERT INTO poll_items (jurisdiction, poll, position, code, title, unit, budget, source) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    ).bind(poll.jurisdiction).bind(poll.id).bind(position).bind(&item.code).bind(&item.title)
     .bind(&item.unit).bind(item.budget).bind(item.source).execute(&mut *conn).await?.rows_affected());
    exactly_one("INSERT INTO poll_items", touched)
}

/// What is voted on, in the official order.
#[instrument(level = "debug", skip_all)]
pub async fn items(tx: &mut Tx, poll: &Poll) -> Result<Vec<PollItem>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_as(
        "SELECT code, title, unit, budget, source FROM poll_items WHERE jurisdiction = $1 AND poll = $2 \
         ORDER BY position",
    ).bind(poll.jurisdiction).bind(poll.id).fetch_all(&mut *conn).await?))
}

/// The draft of the rules, once there is one.
#[instrument(level = "debug", skip_all)]
pub async fn rule_draft(tx: &mut Tx, poll: &Poll) -> Result<Option<String>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_scalar(
        "SELECT rule_draft FROM polls WHERE jurisdiction = $1 AND id = $2",
    ).bind(poll.jurisdiction).bind(poll.id).fetch_one(&mut *conn).await?))
}

/// Replaces the draft of the rules of a drafted poll.
#[instrument(level = "debug", skip_all)]
pub async fn set_rule_draft(tx: &mut Tx, poll: &Poll, draft: &str) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "UPDATE polls SET rule_draft = $3 WHERE jurisdiction = $1 AND id = $2 AND state = 'drafted'",
    ).bind(poll.jurisdiction).bind(poll.id).bind(draft).execute(&mut *conn).await?.rows_affected());
    exactly_one("UPDATE polls SET rule_draft", touched)
}

/// Writes the state `to`; fails if the poll is not in `from` any more.
#[instrument(level = "debug", skip_all)]
pub async fn save_state(
    tx: &mut Tx,
    poll: &Poll,
    from: StateName,
    to: &PollState,
) -> Result<(), DatabaseError> {
    let (adopted, frozen, opened, closed) = (to.adopted(), to.frozen(), to.opened(), to.closed());
    let (decrypted_at, announced_at) = match to {
        PollState::Decrypted(decrypted) => (Some(decrypted.at), None),
        PollState::Announced(announced) => (Some(announced.decrypted.at), Some(announced.at)),
        PollState::Drafted
        | PollState::RulesAdopted(_)
        | PollState::Frozen(_)
        | PollState::Open(_)
        | PollState::Closed(_)
        | PollState::Withdrawn(_)
        | PollState::Voided(_) => (None, None),
    };
    let ended = to.ended();
    let stored = |column, n: Option<u32>| -> Result<Option<i32>, DatabaseError> {
        n.map(|n| fitted("polls", column, n)).transpose()
    };
    let hands = adopted.map(|a| a.hands);
    let in_favour = stored("hands_in_favour", hands.map(|h| h.in_favour))?;
    let against = stored("hands_against", hands.map(|h| h.against))?;
    let abstained = stored("hands_abstained", hands.map(|h| h.abstained))?;
    let threshold = stored("threshold", adopted.map(|a| a.threshold))?;
    let present = stored("present", frozen.map(|f| f.present))?;
    let returned = stored("returned", closed.map(|c| c.returned))?;
    let touched = on_either!(tx, conn => sqlx::query(
        "UPDATE polls SET state = $4, rule_sha256 = $5, hands_in_favour = $6, hands_against = $7, \
         hands_abstained = $8, adopted_at = $9, roll_sha256 = $10, fingerprint = $11, present = $12, \
         frozen_at = $13, opened_at = $14, returned = $15, closed_at = $16, decrypted_at = $17, announced_at = $18, \
         ended_at = $19, end_reason = $20, end_explanation = $21, threshold = $22 \
         WHERE jurisdiction = $1 AND id = $2 AND state = $3",
    ).bind(poll.jurisdiction).bind(poll.id).bind(from).bind(to.name())
     .bind(adopted.map(|a| a.rule.to_hex())).bind(in_favour)
     .bind(against).bind(abstained)
     .bind(adopted.map(|a| a.at))
     .bind(frozen.map(|f| f.roll.to_hex())).bind(frozen.map(|f| f.fingerprint.to_string()))
     .bind(present).bind(frozen.map(|f| f.at))
     .bind(opened.map(|o| o.at))
     .bind(returned).bind(closed.map(|c| c.at))
     .bind(decrypted_at).bind(announced_at)
     .bind(ended.map(|e| e.at)).bind(ended.map(|e| e.reason)).bind(ended.map(|e| e.explanation.as_str())).bind(threshold)
     .execute(&mut *conn).await?.rows_affected());
    exactly_one("UPDATE polls SET state", touched)
}

/// Until when the vote is planned, where it is.
#[instrument(level = "debug", skip_all)]
pub async fn planned_end(tx: &mut Tx, poll: &Poll) -> Result<Option<Timestamp>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_scalar(
        "SELECT planned_end FROM polls WHERE jurisdiction = $1 AND id = $2",
    ).bind(poll.jurisdiction).bind(poll.id).fetch_one(&mut *conn).await?))
}

/// Plans the end, or takes the plan back.
#[instrument(level = "debug", skip_all)]
pub async fn set_planned_end(
    tx: &mut Tx,
    poll: &Poll,
    end: Option<Timestamp>,
) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "UPDATE polls SET planned_end = $3 WHERE jurisdiction = $1 AND id = $2",
    ).bind(poll.jurisdiction).bind(poll.id).bind(end).execute(&mut *conn).await?.rows_affected());
    exactly_one("UPDATE polls SET planned_end", touched)
}
