//! Comments on the shortlist and their answers in the database.

use super::candidate::CandidateId;
use crate::cycles::Cycle;
use crate::id;
use crate::infra::clock::Timestamp;
use crate::infra::database::{DatabaseError, Tx, exactly_one};
use crate::infra::ids::AccountId;
use crate::on_either;
use tracing::instrument;

id!(
    /// A comment on the shortlist.
    CommentId
);

/// A comment on the shortlist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Its id.
    pub id: CommentId,
    /// About which candidate; `None`: about the whole list.
    pub candidate: Option<CandidateId>,
    /// The chosen name of who wrote it.
    pub display_name: String,
    /// What it says.
    pub text: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// What the office answered.
    pub answer: Option<Answered>,
}

/// A comment as a person sends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewComment<'a> {
    /// About which candidate; `None`: about the whole list.
    pub candidate: Option<CandidateId>,
    /// The chosen name of who writes it.
    pub display_name: &'a str,
    /// What it says.
    pub text: &'a str,
    /// The form's own random value: the same form sent again makes no second comment.
    pub form_token: &'a str,
}

/// The office's answer to a comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// Whether the comment is adopted.
    pub adopted: bool,
    /// In words: what changes, or why not.
    pub text: String,
    /// When.
    pub at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct CommentRow {
    id: CommentId,
    candidate: Option<CandidateId>,
    display_name: String,
    text: String,
    made_at: Timestamp,
    adopted: Option<bool>,
    answer: Option<String>,
    answered_at: Option<Timestamp>,
}

impl From<CommentRow> for Comment {
    fn from(row: CommentRow) -> Self {
        let answer = match (row.adopted, row.answer, row.answered_at) {
            (Some(adopted), Some(text), Some(at)) => Some(Answered { adopted, text, at }),
            _ => None,
        };
        Self {
            id: row.id,
            candidate: row.candidate,
            display_name: row.display_name,
            text: row.text,
            made_at: row.made_at,
            answer,
        }
    }
}

/// The comments on the cycle's shortlist, oldest first.
#[instrument(level = "debug", skip_all)]
pub async fn comments(tx: &mut Tx, cycle: &Cycle) -> Result<Vec<Comment>, DatabaseError> {
    let rows: Vec<CommentRow> = on_either!(tx, conn => sqlx::query_as(
        "SELECT id, candidate, display_name, text, made_at, adopted, answer, answered_at \
         FROM shortlist_comments WHERE jurisdiction = $1 AND cycle = $2 ORDER BY id LIMIT 2000",
    ).bind(cycle.jurisdiction).bind(cycle.id).fetch_all(&mut *conn).await?);
    Ok(rows.into_iter().map(Into::into).collect())
}

/// The comment of this id, kept for this transaction alone until its end.
#[instrument(level = "debug", skip_all)]
pub(crate) async fn find_alone(
    tx: &mut Tx,
    cycle: &Cycle,
    id: CommentId,
) -> Result<Option<Comment>, DatabaseError> {
    let sql = format!(
        "SELECT id, candidate, display_name, text, made_at, adopted, answer, answered_at \
         FROM shortlist_comments WHERE jurisdiction = $1 AND cycle = $2 AND id = $3{}",
        tx.for_update()
    );
    let row: Option<CommentRow> = on_either!(tx, conn => sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(cycle.jurisdiction).bind(cycle.id).bind(id).fetch_optional(&mut *conn).await?);
    Ok(row.map(Into::into))
}

/// Adds a comment, or answers with the one that this form made already.
#[instrument(level = "debug", skip_all)]
pub(crate) async fn insert(
    tx: &mut Tx,
    cycle: &Cycle,
    id: CommentId,
    author: AccountId,
    new: &NewComment<'_>,
    at: Timestamp,
) -> Result<CommentId, DatabaseError> {
    on_either!(tx, conn => sqlx::query(
        "INSERT INTO shortlist_comments (jurisdiction, id, cycle, candidate, author, display_name, text, \
         form_token, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
         ON CONFLICT (jurisdiction, author, form_token) DO NOTHING",
    ).bind(cycle.jurisdiction).bind(id).bind(cycle.id).bind(new.candidate).bind(author)
     .bind(new.display_name).bind(new.text).bind(new.form_token).bind(at)
     .execute(&mut *conn).await?.rows_affected());
    Ok(on_either!(tx, conn => sqlx::query_scalar(
        "SELECT id FROM shortlist_comments WHERE jurisdiction = $1 AND author = $2 AND form_token = $3",
    ).bind(cycle.jurisdiction).bind(author).bind(new.form_token).fetch_one(&mut *conn).await?))
}

/// Writes the answer to a comment that has none.
#[instrument(level = "debug", skip_all)]
pub(crate) async fn set_answer(
    tx: &mut Tx,
    cycle: &Cycle,
    id: CommentId,
    adopted: bool,
    text: &str,
    at: Timestamp,
) -> Result<(), DatabaseError> {
    let touched = on_either!(tx, conn => sqlx::query(
        "UPDATE shortlist_comments SET adopted = $4, answer = $5, answered_at = $6 \
         WHERE jurisdiction = $1 AND cycle = $2 AND id = $3 AND answer IS NULL",
    ).bind(cycle.jurisdiction).bind(cycle.id).bind(id).bind(adopted).bind(text).bind(at)
     .execute(&mut *conn).await?.rows_affected());
    exactly_one("UPDATE shortlist_comments", touched)
}
