//! The approval of the election (核准声明): each scrutineer's device computes the election from rule, roll and trustees, and signs it
//! when its owner has compared the print.

use super::{Stated, count, is_repeated, read};
use crate::infra::app::App;
use crate::infra::database::Tx;
use crate::infra::ids::{AccountId, JurisdictionId};
use crate::record::change::Actor;
use crate::record::values::exact;
use crate::session::audit::SessionEvent;
use crate::session::base::{begin, inconsistent, off_thread, own_seat, stored_object};
use crate::session::error::{SessionError, StatementError};
use crate::session::poll::{Poll, PollId};
use crate::session::state::Step;
use crate::session::store::{self, ObjectKind, StatementKind};
use ballot::trustee::{Approval, Trustees};
use ballot::{Digest, Ed25519, Election, Wire as _};
use tally::record::body::PollApproved;
use tracing::instrument;

/// A scrutineer's device hands in its signed approval. The same again changes nothing.
///
/// # Errors
/// [`SessionError::Statement`] where it is not this election's, or not signed by this scrutineer's key ·
/// [`SessionError::AlreadyStated`]
#[instrument(skip_all, fields(%jurisdiction, %poll), err(level = "debug"))]
pub async fn approve(
    app: &App,
    account: AccountId,
    jurisdiction: JurisdictionId,
    poll: PollId,
    approval: String,
) -> Result<(), SessionError> {
    let (mut change, poll) = begin(app, Actor::Account(account), jurisdiction, poll).await?;
    let all = store::scrutineers(&mut change.tx, &poll).await?;
    let own = own_seat(&all, account)?;
    if is_repeated(
        &mut change.tx,
        &poll,
        StatementKind::Approval,
        own,
        &approval,
    )
    .await?
    {
        return Ok(());
    }
    poll.state.require(Step::Open)?;
    let frozen = Setup::of(&mut change.tx, &poll).await?;
    let text = approval.clone();
    off_thread(&poll, move || frozen.check(own, &text)).await??;
    let kind = StatementKind::Approval;
    store::insert_statement(&mut change.tx, &poll, kind, own, &approval, change.at).await?;
    change
        .publish(PollApproved {
            election_uuid: (&poll.election).into(),
            approval: exact("approval", &approval)?,
        })
        .await?;
    change
        .audit(SessionEvent::Approve {
            poll: poll.id,
            trustee: own,
            statement_hash: Digest::of(&approval),
        })
        .await?;
    Ok(change.commit().await?)
}

/// Everybody whom it takes has approved the election.
///
/// # Errors
/// [`SessionError::ApprovalsMissing`]
pub(in crate::session) async fn require_approved(
    tx: &mut Tx,
    poll: &Poll,
) -> Result<(), SessionError> {
    let text = stored_object(tx, poll, ObjectKind::Trustees).await?;
    let trustees = Trustees::<Ed25519>::from_json(text.as_bytes())
        .map_err(|error| inconsistent(poll, format!("trustees: {error}")))?;
    let Stated { stated, needed } = count(tx, poll, StatementKind::Approval, &trustees).await?;
    if stated < needed {
        return Err(SessionError::ApprovalsMissing { stated, needed });
    }
    Ok(())
}

/// What was frozen.
struct Setup {
    election: String,
    rule: String,
    roll: String,
    trustees: String,
}

impl Setup {
    async fn of(tx: &mut Tx, poll: &Poll) -> Result<Self, SessionError> {
        Ok(Self {
            election: stored_object(tx, poll, ObjectKind::Election).await?,
            rule: stored_object(tx, poll, ObjectKind::Rule).await?,
            roll: stored_object(tx, poll, ObjectKind::Roll).await?,
            trustees: stored_object(tx, poll, ObjectKind::Trustees).await?,
        })
    }

    fn check(&self, own: u32, text: &str) -> Result<(), StatementError> {
        let stored = |error: String| StatementError::Setup(error);
        let trustees = Trustees::from_json(self.trustees.as_bytes());
        let trustees = trustees.map_err(|error| stored(error.to_string()))?;
        let election = Election::<Ed25519>::from_json(self.election.as_bytes());
        let election = election.map_err(|error| stored(error.to_string()))?;
        let expected = Approval::of(&election, self.rule.as_bytes(), self.roll.as_bytes())
            .map_err(|error| stored(error.to_string()))?;
        let stated: Approval = read(&trustees, own, text)?;
        if stated == expected {
            Ok(())
        } else {
            Err(StatementError::Differs)
        }
    }
}
