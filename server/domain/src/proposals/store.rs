//! Proposals, their pictures and their supporters in the database.

use super::draft::ValidDraft;
use super::picture;
use super::proposal::{Channel, Content, PictureId, Proposal, ProposalId, State};
use super::search;
use crate::cycles::Cycle;
use crate::cycles::settings::{CategoryCode, DeclineReasonCode};
use crate::infra::clock::Timestamp;
use crate::infra::database::{DatabaseError, Tx, exactly_one};
use crate::infra::ids::{AccountId, JurisdictionId};
use crate::infra::money::Money;
use crate::on_either;
use tracing::instrument;

/// The columns of [`ProposalRow`], for the statements here and in `search`.
pub const COLUMNS: &str = "proposals.id, proposals.number, proposals.title, proposals.body, proposals.category, \
     proposals.district, proposals.place, proposals.budget, proposals.picture, proposals.channel, \
     proposals.proposer, proposals.display_name, proposals.made_at, proposals.state, proposals.reason, \
     proposals.explanation, proposals.decided_at, proposals.supporters";

/// A proposal's row.
#[derive(sqlx::FromRow)]
pub struct ProposalRow {
    id: ProposalId,
    number: i32,
    title: String,
    body: String,
    category: String,
    district: Option<String>,
    place: String,
    budget: Option<Money>,
    picture: Option<PictureId>,
    channel: Channel,
    proposer: AccountId,
    display_name: String,
    made_at: Timestamp,
    state: String,
    reason: Option<String>,
    explanation: Option<String>,
    decided_at: Option<Timestamp>,
    supporters: i64,
}

impl TryFrom<ProposalRow> for Proposal {
    type Error = DatabaseError;

    fn try_from(row: ProposalRow) -> Result<Self, DatabaseError> {
        let state = match (row.state.as_str(), row.decided_at, row.reason) {
            ("submitted", None, None) => State::Submitted,
            ("accepted", Some(at), None) => State::Accepted { at },
            ("declined", Some(at), Some(reason)) => State::Declined {
                at,
                reason: stored_code("reason", &reason, |code| DeclineReasonCode::new(code))?,
                explanation: row.explanation.unwrap_or_default(),
            },
            (state, _, _) => {
                return Err(DatabaseError::Column {
                    table: "proposals",
                    column: "state",
                    reason: format!("{state}, which does not fit the rest of {}", row.id),
                });
            }
        };
        Ok(Self {
            id: row.id,
            number: row.number,
            content: Content {
                title: row.title,
                body: row.body,
                category: stored_code("category", &row.category, |code| CategoryCode::new(code))?,
                district: row.district,
                place: row.place,
                budget: row.budget,
            },
            picture: row.picture,
            channel: row.channel,
            proposer: row.proposer,
            display_name: row.display_name,
            made_at: row.made_at,
            state,
            supporters: row.supporters,
        })
    }
}

fn stored_code<T>(
    column: &'static str,
    stored: &str,
    code: fn(&str) -> Option<T>,
) -> Result<T, DatabaseError> {
    code(stored).ok_or_else(|| DatabaseError::Column {
        table: "proposals",
        column,
        reason: format!("{stored:?} is no code"),
    })
}

/// A new proposal: who makes it, and the form in order.
#[derive(Debug)]
pub struct New<'a> {
    /// Its id.
    pub id: ProposalId,
    /// A random number from 0 below 2^62.
    pub doc: i64,
    /// Who makes it.
    pub proposer: AccountId,
    /// The form.
    pub ready: &'a ValidDraft,
    /// When.
    pub at: Timestamp,
}

/// Adds a proposal under the cycle's next number and makes it findable. The caller holds the cycle alone.
#[instrument(level = "debug", skip_all)]
pub async fn insert(tx: &mut Tx, cycle: &Cycle, new: &New<'_>) -> Result<(), DatabaseError> {
    let ValidDraft {
        content,
        channel,
        display_name,
        picture,
        token,
    } = new.ready;
    on_either!(tx, conn => sqlx::query(
        "INSERT INTO proposals (jurisdiction, id, cycle, number, doc, title, body, category, district, place, \
         budget, picture, channel, proposer, display_name, form_token, state, made_at) \
         SELECT $1, $2, $3, COALESCE(MAX(number), 0) + 1, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, \
         'submitted', $16 FROM proposals WHERE jurisdiction = $1 AND cycle = $3",
    ).bind(cycle.jurisdiction).bind(new.id).bind(cycle.id).bind(new.doc).bind(&content.title)
     .bind(&content.body).bind(content.category.as_str()).bind(&content.district).bind(&content.place)
     .bind(content.budget).bind(picture).bind(channel).bind(new.proposer).bind(display_name)
     .bind(token).bind(new.at)
     .execute(&mut *conn).await?.rows_affected());
    search::index(tx, new.doc, content).await
}

/// The proposal that this person's form made already, if it did.
#[instrument(level = "debug", skip_all)]
pub async fn made_by_form(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    proposer: AccountId,
    token: &str,
) -> Result<Option<ProposalId>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_scalar(
        "SELECT id FROM proposals WHERE jurisdiction = $1 AND proposer = $2 AND form_token = $3",
    ).bind(jurisdiction).bind(proposer).bind(token).fetch_optional(&mut *conn).await?))
}

/// How many proposals of the cycle this person made for themselves.
#[instrument(level = "debug", skip_all)]
pub async fn count_of_person(
    tx: &mut Tx,
    cycle: &Cycle,
    proposer: AccountId,
) -> Result<i64, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_scalar(
        "SELECT COUNT(*) FROM proposals WHERE jurisdiction = $1 AND cycle = $2 AND proposer = $3 \
         AND channel IN ('online', 'qr')",
    ).bind(cycle.jurisdiction).bind(cycle.id).bind(proposer).fetch_one(&mut *conn).await?))
}

/// The proposal of this id, in this cycle.
#[instrument(level = "debug", skip_all)]
pub async fn find(
    tx: &mut Tx,
    cycle: &Cycle,
    id: ProposalId,
) -> Result<Option<Proposal>, DatabaseError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM proposals WHERE jurisdiction = $1 AND cycle = $2 AND id = $3"
    );
    let row: Option<ProposalRow> = on_either!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(cycle.jurisdiction).bind(cycle.id).bind(id).fetch_optional(&mut *conn).await?);
    row.map(TryInto::try_into).transpose()
}

/// The proposal of this id, kept for this transaction alone until its end.
#[instrument(level = "debug", skip_all)]
pub async fn find_alone(
    tx: &mut Tx,
    cycle: &Cycle,
    id: ProposalId,
) -> Result<Option<Proposal>, DatabaseError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM proposals WHERE jurisdiction = $1 AND cycle = $2 AND id = $3{}",
        tx.for_update()
    );
    let row: Option<ProposalRow> = on_either!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(cycle.jurisdiction).bind(cycle.id).bind(id).fetch_optional(&mut *conn).await?);
    row.map(TryInto::try_into).transpose()
}

/// What waits for the office's intake, oldest first, a thousand at most.
#[instrument(level = "debug", skip_all)]
pub async fn submitted(tx: &mut Tx, cycle: &Cycle) -> Result<Vec<Proposal>, DatabaseError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM proposals WHERE jurisdiction = $1 AND cycle = $2 AND state = 'submitted' \
         ORDER BY number LIMIT 1000"
    );
    let rows: Vec<ProposalRow> = on_either!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(cycle.jurisdiction).bind(cycle.id).fetch_all(&mut *conn).await?);
    rows.into_iter().map(TryInto::try_into).collect()
}

/// This person's own proposals of the cycle, newest first.
#[instrument(level = "debug", skip_all)]
pub async fn of_person(
    tx: &mut Tx,
    cycle: &Cycle,
    proposer: AccountId,
) -> Result<Vec<Proposal>, DatabaseError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM proposals WHERE jurisdiction = $1 AND cycle = $2 AND proposer = $3 \
         ORDER BY number DESC LIMIT 200"
    );
    let rows: Vec<ProposalRow> = on_either!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(cycle.jurisdiction).bind(cycle.id).bind(proposer).fetch_all(&mut *conn).await?);
    rows.into_iter().map(TryInto::try_into).collect()
}

/// Writes what the office decided; fails if it was decided already.
#[instrument(level = "debug", skip_all)]
pub async fn set_state(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    id: ProposalId,
    state: &State,
) -> Result<(), DatabaseError> {
    let (at, reason, explanation) = match state {
        State::Submitted => (None, None, None),
        State::Accepted { at } => (Some(*at), None, None),
        State::Declined {
            at,
            reason,
            explanation,
        } => (Some(*at), Some(reason.as_str()), Some(explanation.as_str())),
    };
    let touched = on_either!(tx, conn => sqlx::query(
        "UPDATE proposals SET state = $3, decided_at = $4, reason = $5, explanation = $6 \
         WHERE jurisdiction = $1 AND id = $2 AND state = 'submitted'",
    ).bind(jurisdiction).bind(id).bind(state.name()).bind(at).bind(reason).bind(explanation)
     .execute(&mut *conn).await?.rows_affected());
    exactly_one("UPDATE proposals SET state", touched)
}

/// Notes one person's support and counts it; a second one changes nothing. Says whether it counted.
#[instrument(level = "debug", skip_all)]
pub async fn insert_support(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    proposal: ProposalId,
    account: AccountId,
    at: Timestamp,
) -> Result<bool, DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "INSERT INTO supports (jurisdiction, proposal, account, at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (jurisdiction, proposal, account) DO NOTHING",
    ).bind(jurisdiction).bind(proposal).bind(account).bind(at)
     .execute(&mut *conn).await?.rows_affected());
    if touched == 1 {
        change_supporters(tx, jurisdiction, proposal, 1).await?;
    }
    Ok(touched == 1)
}

/// Takes one person's support back. Says whether there was one.
#[instrument(level = "debug", skip_all)]
pub async fn delete_support(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    proposal: ProposalId,
    account: AccountId,
) -> Result<bool, DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "DELETE FROM supports WHERE jurisdiction = $1 AND proposal = $2 AND account = $3",
    ).bind(jurisdiction).bind(proposal).bind(account).execute(&mut *conn).await?.rows_affected());
    if touched == 1 {
        change_supporters(tx, jurisdiction, proposal, -1).await?;
    }
    Ok(touched == 1)
}

async fn change_supporters(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    proposal: ProposalId,
    by: i64,
) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "UPDATE proposals SET supporters = supporters + $3 WHERE jurisdiction = $1 AND id = $2",
    ).bind(jurisdiction).bind(proposal).bind(by).execute(&mut *conn).await?.rows_affected());
    exactly_one("UPDATE proposals SET supporters", touched)
}

/// Whether this person supports the proposal.
#[instrument(level = "debug", skip_all)]
pub async fn supports(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    proposal: ProposalId,
    account: AccountId,
) -> Result<bool, DatabaseError> {
    let found: i64 = on_either!(tx, conn => sqlx::query_scalar(
        "SELECT COUNT(*) FROM supports WHERE jurisdiction = $1 AND proposal = $2 AND account = $3",
    ).bind(jurisdiction).bind(proposal).bind(account).fetch_one(&mut *conn).await?);
    Ok(found > 0)
}

/// Keeps a cleaned picture (JPEG).
#[instrument(level = "debug", skip_all)]
pub async fn insert_picture(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    id: PictureId,
    owner: AccountId,
    bytes: &[u8],
    at: Timestamp,
) -> Result<(), DatabaseError> {
    on_either!(tx, conn => sqlx::query(
        "INSERT INTO pictures (jurisdiction, id, owner, media_type, bytes, made_at) \
         VALUES ($1, $2, $3, $4, $5, $6)",
    ).bind(jurisdiction).bind(id).bind(owner).bind(picture::MEDIA_TYPE).bind(bytes).bind(at)
     .execute(&mut *conn).await?.rows_affected());
    Ok(())
}

/// Whether this person's picture is with us and stands in no proposal yet.
#[instrument(level = "debug", skip_all)]
pub async fn is_free_picture(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    id: PictureId,
    owner: AccountId,
) -> Result<bool, DatabaseError> {
    let found: i64 = on_either!(tx, conn => sqlx::query_scalar(
        "SELECT COUNT(*) FROM pictures WHERE jurisdiction = $1 AND id = $2 AND owner = $3 AND NOT EXISTS \
         (SELECT 1 FROM proposals WHERE proposals.jurisdiction = $1 AND proposals.picture = $2)",
    ).bind(jurisdiction).bind(id).bind(owner).fetch_one(&mut *conn).await?);
    Ok(found > 0)
}

/// How many of this person's pictures stand in no proposal yet, and how many bytes they have.
#[instrument(level = "debug", skip_all)]
pub async fn free_pictures(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    owner: AccountId,
) -> Result<(i64, i64), DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_as(
        "SELECT COUNT(*), CAST(COALESCE(SUM(LENGTH(bytes)), 0) AS BIGINT) FROM pictures \
         WHERE jurisdiction = $1 AND owner = $2 AND NOT EXISTS \
         (SELECT 1 FROM proposals WHERE proposals.jurisdiction = $1 AND proposals.picture = pictures.id)",
    ).bind(jurisdiction).bind(owner).fetch_one(&mut *conn).await?))
}

/// Throws away this person's picture, unless it stands in a proposal.
#[instrument(level = "debug", skip_all)]
pub async fn delete_free_picture(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    id: PictureId,
    owner: AccountId,
) -> Result<(), DatabaseError> {
    on_either!(tx, conn => sqlx::query(
        "DELETE FROM pictures WHERE jurisdiction = $1 AND id = $2 AND owner = $3 AND NOT EXISTS \
         (SELECT 1 FROM proposals WHERE proposals.jurisdiction = $1 AND proposals.picture = $2)",
    ).bind(jurisdiction).bind(id).bind(owner).execute(&mut *conn).await?.rows_affected());
    Ok(())
}

/// Throws away everybody's pictures from before `before` that came into no proposal; says how many.
#[instrument(level = "debug", skip_all)]
pub async fn delete_stale_pictures(tx: &mut Tx, before: Timestamp) -> Result<u64, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query(
        "DELETE FROM pictures WHERE made_at < $1 AND NOT EXISTS (SELECT 1 FROM proposals \
         WHERE proposals.jurisdiction = pictures.jurisdiction AND proposals.picture = pictures.id)",
    ).bind(before).execute(&mut *conn).await?.rows_affected()))
}

/// A picture's bytes and media type.
#[instrument(level = "debug", skip_all)]
pub async fn picture(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    id: PictureId,
) -> Result<Option<(String, Vec<u8>)>, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_as(
        "SELECT media_type, bytes FROM pictures WHERE jurisdiction = $1 AND id = $2",
    ).bind(jurisdiction).bind(id).fetch_optional(&mut *conn).await?))
}

/// How the cycle's collecting stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, sqlx::FromRow)]
pub struct Figures {
    /// Proposals that wait for the office.
    pub submitted: i64,
    /// Accepted proposals.
    pub accepted: i64,
    /// Supports of accepted proposals, all together.
    pub supports: i64,
}

/// How the cycle's collecting stands.
#[instrument(level = "debug", skip_all)]
pub async fn figures(tx: &mut Tx, cycle: &Cycle) -> Result<Figures, DatabaseError> {
    Ok(on_either!(tx, conn => sqlx::query_as(
        "SELECT COALESCE(SUM(CASE WHEN state = 'submitted' THEN 1 ELSE 0 END), 0) AS submitted, \
         COALESCE(SUM(CASE WHEN state = 'accepted' THEN 1 ELSE 0 END), 0) AS accepted, \
         CAST(COALESCE(SUM(CASE WHEN state = 'accepted' THEN supporters ELSE 0 END), 0) AS BIGINT) AS supports \
         FROM proposals WHERE jurisdiction = $1 AND cycle = $2",
    ).bind(cycle.jurisdiction).bind(cycle.id).fetch_one(&mut *conn).await?))
}
