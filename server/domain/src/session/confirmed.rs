//! What office and chief scrutineer confirm: everything that the step fixes, under one hash. Each side's page shows it on the
//! button, so that both confirm the same.

use super::base::stored_object;
use super::error::SessionError;
use super::motions::stored_text;
use super::poll::{DualControlStep, Poll};
use super::preparing::roster;
use super::store::{self, ObjectKind};
use crate::infra::database::Tx;
use serde::Serialize;
use tally::record::body::{Sha256Hex, roster_sha256};

/// The hash of what is confirmed.
pub type Matter = Sha256Hex;

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Confirmed {
    Freeze {
        election: String,
        rule: String,
        roster: Sha256Hex,
        items: Vec<(String, String)>,
        keys: Vec<(u32, String, Option<String>)>,
        present: Vec<(i32, String)>,
        /// Keyed hashes of the devices' credentials.
        credentials: Vec<String>,
        /// How many of those present vote on paper, and the credentials that are set aside for it.
        on_paper: u32,
        paper: Option<String>,
    },
    Open {
        election: String,
        fingerprint: String,
        roll: String,
    },
    Close {
        election: String,
        fingerprint: String,
        /// What was counted of the paper, where there is any.
        paper: Option<String>,
    },
    Motion {
        election: String,
        /// JSON, as it is stored.
        motion: String,
    },
}

/// The hash of what a step fixes, as it stands now.
pub async fn matter(
    tx: &mut Tx,
    poll: &Poll,
    step: DualControlStep,
) -> Result<Matter, SessionError> {
    let election = poll.election.to_string();
    let frozen = || poll.state.frozen().ok_or(SessionError::NotYet);
    let confirmed = match step {
        DualControlStep::Freeze => freeze(tx, poll).await?,
        DualControlStep::Open => Confirmed::Open {
            election,
            fingerprint: frozen()?.fingerprint.to_string(),
            roll: frozen()?.roll.to_hex(),
        },
        DualControlStep::Close => Confirmed::Close {
            election,
            fingerprint: frozen()?.fingerprint.to_string(),
            paper: store::object(tx, poll, ObjectKind::Paper).await?,
        },
        DualControlStep::Withdraw | DualControlStep::Void | DualControlStep::Lot => {
            Confirmed::Motion {
                election,
                motion: stored_text(tx, poll, step).await?,
            }
        }
    };
    // Strings and integers serialise without fail.
    Ok(Sha256Hex::of(
        &serde_json::to_vec(&confirmed).unwrap_or_default(),
    ))
}

async fn freeze(tx: &mut Tx, poll: &Poll) -> Result<Confirmed, SessionError> {
    let rule = stored_object(tx, poll, ObjectKind::Rule).await?;
    let items = store::items(tx, poll).await?;
    let keys = store::scrutineers(tx, poll).await?;
    let present = store::attendance(tx, poll).await?;
    let credentials = store::link_macs(tx, poll).await?;
    Ok(Confirmed::Freeze {
        election: poll.election.to_string(),
        rule,
        roster: roster_sha256(&roster(tx, poll.jurisdiction).await?),
        items: items.into_iter().map(|one| (one.code, one.title)).collect(),
        keys: keys
            .into_iter()
            .map(|one| (one.number, one.name, one.public_key))
            .collect(),
        present: present
            .into_iter()
            .filter(|one| one.checked_in_at.is_some())
            .map(|one| (one.number, one.name))
            .collect(),
        credentials: credentials.iter().map(hex::encode).collect(),
        on_paper: store::count_on_paper(tx, poll).await?,
        paper: store::paper_reserve(tx, poll)
            .await?
            .map(|kept| kept.credentials),
    })
}
