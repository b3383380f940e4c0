//! What the scrutineers' devices state, signed, before voting begins and before anything is decrypted. The service takes only what
//! the public record will prove: [`tally::record::poll`] refuses any other.

mod approval;
mod closing;

pub use approval::approve;
pub(super) use approval::require_approved;
pub(super) use closing::require_agreed;
pub use closing::state_closing;

use super::error::{SessionError, StatementError};
use super::poll::Poll;
use super::store::{self, StatementKind};
use crate::infra::database::Tx;
use ballot::trustee::{Signed, Statement, TrusteeId, Trustees, fewest};
use ballot::{Ed25519, Wire as _};

/// How many have stated something, and how many must.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stated {
    /// Whose statements are there.
    pub stated: usize,
    /// Without which the next step is not taken.
    pub needed: usize,
}

/// What the device of trustee `own` has signed.
fn read<S: Statement + Clone>(
    trustees: &Trustees<Ed25519>,
    own: u32,
    text: &str,
) -> Result<S, StatementError> {
    let signed = Signed::<Ed25519, S>::from_json(text.as_bytes())
        .map_err(|error| StatementError::Unreadable(error.to_string()))?;
    if Some(signed.trustee()) != TrusteeId::new(own) {
        return Err(StatementError::OtherTrustee);
    }
    if !signed.is_signed(trustees) {
        return Err(StatementError::Signature);
    }
    Ok(signed.statement().clone())
}

/// What this trustee has stated before: the same again changes nothing, and nobody states two things.
async fn is_repeated(
    tx: &mut Tx,
    poll: &Poll,
    kind: StatementKind,
    own: u32,
    text: &str,
) -> Result<bool, SessionError> {
    let all = store::statements(tx, poll, kind).await?;
    match all.iter().find(|(number, _)| *number == own) {
        None => Ok(false),
        Some((_, earlier)) if earlier == text => Ok(true),
        Some(_) => Err(SessionError::AlreadyStated),
    }
}

/// How many have stated this, and how many must.
async fn count(
    tx: &mut Tx,
    poll: &Poll,
    kind: StatementKind,
    trustees: &Trustees<Ed25519>,
) -> Result<Stated, SessionError> {
    Ok(Stated {
        stated: store::statements(tx, poll, kind).await?.len(),
        needed: fewest(trustees),
    })
}
