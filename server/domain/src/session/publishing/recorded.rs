//! What the public record says of a poll, entry by entry: for minutes and forms. Devices and the bundle take the whole with its proofs
//! ([`super::poll_record`]).

use crate::infra::database::Tx;
use crate::record::EntryIndex;
use crate::record::store::told_about_but;
use crate::session::base::inconsistent;
use crate::session::error::SessionError;
use crate::session::poll::Poll;
use tally::record::body::{Body, Kind};
use tracing::instrument;

/// The entries about the poll in their order, but for its ballots, which say nothing by themselves. One whose body was taken down is not
/// among them.
#[instrument(skip_all, fields(poll = %poll.id), err(level = "debug"))]
pub async fn recorded_steps(
    tx: &mut Tx,
    poll: &Poll,
) -> Result<Vec<(EntryIndex, Body)>, SessionError> {
    let subject = poll.election.to_string();
    let told = told_about_but(tx, poll.scope(), &subject, Kind::PollBallot).await?;
    let mut steps = Vec::new();
    for entry in told {
        let (Some(kind), Some(body)) = (Kind::find(&entry.kind), &entry.body) else {
            continue;
        };
        let body = Body::parse(kind, body.as_bytes())
            .map_err(|error| inconsistent(poll, format!("entry {}: {error}", entry.position)))?;
        steps.push((entry.position, body));
    }
    Ok(steps)
}
