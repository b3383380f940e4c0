//! The closing statement (停票声明): each scrutineer's device computes the sum from the record's ballots and states it, once ever. Nothing is
//! decrypted before enough have stated the same.

use super::{Stated, count, is_repeated, read};
use crate::infra::app::App;
use crate::infra::database::Tx;
use crate::infra::ids::{AccountId, JurisdictionId};
use crate::record::change::Actor;
use crate::record::values::exact;
use crate::record::{Kind, had_root, store as record_store};
use crate::session::audit::SessionEvent;
use crate::session::base::{begin, inconsistent, off_thread, own_seat};
use crate::session::counting::{closed, require_counting};
use crate::session::error::{SessionError, StatementError};
use crate::session::poll::{Poll, PollId};
use crate::session::store::{self, StatementKind};
use ballot::trustee::Closing;
use ballot::{Digest, Ed25519};
use tally::record::Hash;
use tally::record::body::PollClosingStated;
use tally::statement::closing_of;
use tally::verify::Closed;
use tracing::instrument;

/// A scrutineer's device hands in its signed closing statement. The same again changes nothing.
///
/// # Errors
/// [`SessionError::Statement`] where it is of other ballots, of a record that this one is not, or not signed by this scrutineer's key ·
/// [`SessionError::AlreadyStated`]
#[instrument(skip_all, fields(%jurisdiction, %poll), err(level = "debug"))]
pub async fn state_closing(
    app: &App,
    account: AccountId,
    jurisdiction: JurisdictionId,
    poll: PollId,
    closing: String,
) -> Result<(), SessionError> {
    let (mut change, poll) = begin(app, Actor::Account(account), jurisdiction, poll).await?;
    let all = store::scrutineers(&mut change.tx, &poll).await?;
    let own = own_seat(&all, account)?;
    if is_repeated(&mut change.tx, &poll, StatementKind::Closing, own, &closing).await? {
        return Ok(());
    }
    require_counting(&poll.state)?;
    let closed = closed(&mut change.tx, &poll).await?;
    let text = closing.clone();
    let stated = off_thread(&poll, move || check(&closed, own, &text)).await??;
    require_root(&mut change.tx, &poll, stated.root).await?;
    let kind = StatementKind::Closing;
    store::insert_statement(&mut change.tx, &poll, kind, own, &closing, change.at).await?;
    change
        .publish(PollClosingStated {
            election_uuid: (&poll.election).into(),
            closing: exact("closing", &closing)?,
        })
        .await?;
    change
        .audit(SessionEvent::StateClosing {
            poll: poll.id,
            trustee: own,
            statement_hash: Digest::of(&closing),
        })
        .await?;
    Ok(change.commit().await?)
}

/// Enough have stated which ballots are summed, and this trustee is among them.
///
/// # Errors
/// [`SessionError::ClosingsMissing`]
pub(in crate::session) async fn require_agreed(
    tx: &mut Tx,
    poll: &Poll,
    closed: &Closed<Ed25519>,
    own: u32,
) -> Result<(), SessionError> {
    let kind = StatementKind::Closing;
    let Stated { stated, needed } = count(tx, poll, kind, &closed.trustees).await?;
    let all = store::statements(tx, poll, kind).await?;
    if stated < needed || !all.iter().any(|(number, _)| *number == own) {
        return Err(SessionError::ClosingsMissing { stated, needed });
    }
    Ok(())
}

fn check(closed: &Closed<Ed25519>, own: u32, text: &str) -> Result<Closing, StatementError> {
    let stated: Closing = read(&closed.trustees, own, text)?;
    if stated.agrees_with(&closing_of(closed, None)) {
        Ok(stated)
    } else {
        Err(StatementError::Differs)
    }
}

/// The device saw this record, with the close in it.
async fn require_root(tx: &mut Tx, poll: &Poll, root: Option<Digest>) -> Result<(), SessionError> {
    let root = root.ok_or(StatementError::History)?;
    let subject = poll.election.to_string();
    let close = record_store::position_of(tx, poll.scope(), &subject, Kind::PollClosed)
        .await?
        .ok_or_else(|| inconsistent(poll, "the record has no close"))?;
    if had_root(tx, Hash::from_bytes(*root.bytes()), close).await? {
        Ok(())
    } else {
        Err(StatementError::History.into())
    }
}
