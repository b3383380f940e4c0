//! What came out of the box with the papers, once both tellers agree and the device has cast what it sealed. It is published before
//! the close, and nothing of it can change.

use super::agreement::require_agreed_sheets;
use super::{reserved_paper, teller};
use crate::infra::app::App;
use crate::infra::database::{DatabaseError, Tx, fitted};
use crate::infra::ids::{AccountId, JurisdictionId};
use crate::record;
use crate::record::change::Actor;
use crate::record::values::text;
use crate::session::audit::SessionEvent;
use crate::session::base::{begin, inconsistent};
use crate::session::error::SessionError;
use crate::session::poll::{Poll, PollId};
use crate::session::state::Step;
use crate::session::store::{self, HandedOut, ObjectKind};
use ballot::Tracker;
use std::collections::BTreeSet;
use tally::bundle::PaperCount;
use tally::record::body::{BeleniosHash, Body, Kind, Ordinal, PollPaperCounted};
use tracing::instrument;

/// What was counted of the paper, as it was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaperCounted(PollPaperCounted);

impl PaperCounted {
    /// Papers handed out, less the spoiled ones.
    pub fn issued(&self) -> u32 {
        self.0.issued
    }

    /// Invalid ones among those returned.
    pub fn invalid(&self) -> u32 {
        u32::try_from(self.0.invalid.len()).unwrap_or(u32::MAX)
    }

    /// As the record has it.
    pub fn recorded(&self) -> &PollPaperCounted {
        &self.0
    }

    /// As the bundle has it.
    pub fn published(&self) -> PaperCount {
        PaperCount {
            returned: self.0.returned.into(),
            invalid: self.0.invalid.iter().map(|one| one.get()).collect(),
            sealed: self.0.sealed.iter().map(ToString::to_string).collect(),
        }
    }
}

/// A teller's device, having cast what it sealed, says what came out of the box. The same again changes nothing.
///
/// # Errors
/// [`SessionError::NotATeller`] · [`SessionError::NoPaper`] · [`SessionError::PaperNotAgreed`] · [`SessionError::PaperFigures`] where
/// the sheets do not add up or the box has other ballots of paper · [`SessionError::MorePaperReturned`]: the vote is void ·
/// [`SessionError::AlreadyCounted`]
#[instrument(skip_all, fields(%jurisdiction, %poll), err(level = "debug"))]
pub async fn submit_paper_count(
    app: &App,
    account: AccountId,
    jurisdiction: JurisdictionId,
    poll: PollId,
    count: &PaperCount,
) -> Result<(), SessionError> {
    let (mut change, poll) = begin(app, Actor::Account(account), jurisdiction, poll).await?;
    teller(&mut change.tx, &poll, account).await?;
    if reserved_paper(&mut change.tx, &poll).await? == 0 {
        return Err(SessionError::NoPaper);
    }
    if let Some(counted) = paper_counted(&mut change.tx, &poll).await? {
        return if counted.published() == *count {
            Ok(())
        } else {
            Err(SessionError::AlreadyCounted)
        };
    }
    poll.state
        .require(Step::Close)
        .map_err(|_| SessionError::NotOpen)?;
    let (sheets, tellers) = require_agreed_sheets(&mut change.tx, &poll).await?;
    let (invalid, sealed) = read(count, sheets)?;
    let handed_out = store::papers(&mut change.tx, &poll).await?;
    let issued = number_of(&handed_out, |one| !one.spoiled)?;
    if sheets > issued {
        return Err(SessionError::MorePaperReturned {
            returned: sheets,
            issued,
        });
    }
    // As at the close: no ballot is under way while this is held.
    record::store::hold(&mut change.tx).await?;
    let in_box = store::paper_trackers(&mut change.tx, &poll).await?;
    if in_box != count.sealed {
        return Err(SessionError::PaperFigures("paper-sealed"));
    }
    let names = tellers.iter().map(|name| text("tellers", name));
    let counted = PollPaperCounted {
        election_uuid: (&poll.election).into(),
        issued,
        replaced: number_of(&handed_out, |one| one.spoiled)?,
        helped: number_of(&handed_out, |one| one.helped && !one.spoiled)?,
        returned: sheets,
        invalid,
        sealed,
        tellers: names.collect::<Result<_, _>>()?,
    };
    let body =
        serde_json::to_string(&counted).map_err(|error| inconsistent(&poll, error.to_string()))?;
    store::insert_object(&mut change.tx, &poll, ObjectKind::Paper, &body).await?;
    change.publish(counted).await?;
    change
        .audit(SessionEvent::CountPaper {
            poll: poll.id,
            sheets,
        })
        .await?;
    change.commit().await?;
    Ok(())
}

/// Every sheet is invalid or sealed; numbers and trackers ascend.
fn read(
    count: &PaperCount,
    sheets: u32,
) -> Result<(Vec<Ordinal>, Vec<BeleniosHash>), SessionError> {
    let refused = SessionError::PaperFigures;
    let whole = u64::try_from(count.sealed.len() + count.invalid.len());
    if count.returned != u64::from(sheets) || whole != Ok(count.returned) {
        return Err(refused("paper-sheets"));
    }
    let numbers: BTreeSet<u32> = count.invalid.iter().copied().collect();
    if !numbers.iter().eq(&count.invalid) || !numbers.iter().all(|one| (1..=sheets).contains(one)) {
        return Err(refused("paper-invalid"));
    }
    let trackers: BTreeSet<&String> = count.sealed.iter().collect();
    if !trackers.iter().copied().eq(&count.sealed) {
        return Err(refused("paper-sealed"));
    }
    let invalid = numbers
        .into_iter()
        .filter_map(|one| Ordinal::new(one.into()));
    let sealed = count.sealed.iter().map(|text| Tracker::parse(text));
    let sealed: Option<Vec<Tracker>> = sealed.collect();
    let sealed = sealed.ok_or(SessionError::PaperFigures("paper-sealed"))?;
    Ok((invalid.collect(), sealed.iter().map(Into::into).collect()))
}

fn number_of(
    handed_out: &[HandedOut],
    which: impl Fn(&&HandedOut) -> bool,
) -> Result<u32, DatabaseError> {
    let count = handed_out.iter().filter(which).count();
    fitted("poll_papers", "COUNT(*)", count)
}

/// What was counted of the paper, once it was.
pub async fn paper_counted(tx: &mut Tx, poll: &Poll) -> Result<Option<PaperCounted>, SessionError> {
    let Some(text) = store::object(tx, poll, ObjectKind::Paper).await? else {
        return Ok(None);
    };
    match Body::parse(Kind::PollPaperCounted, text.as_bytes()) {
        Ok(Body::PollPaperCounted(counted)) => Ok(Some(PaperCounted(counted))),
        Ok(_) => Err(inconsistent(poll, "another object than the paper's count")),
        Err(error) => Err(inconsistent(poll, format!("paper: {error}"))),
    }
}

/// Before the close the box with the papers was emptied, where the rule has one.
///
/// # Errors
/// [`SessionError::PaperNotCounted`]
pub(in crate::session) async fn require_counted(
    tx: &mut Tx,
    poll: &Poll,
) -> Result<Option<PaperCounted>, SessionError> {
    let counted = paper_counted(tx, poll).await?;
    if counted.is_none() && reserved_paper(tx, poll).await? > 0 {
        return Err(SessionError::PaperNotCounted);
    }
    Ok(counted)
}

/// The paper's credentials under which nothing was sealed, sorted: the close voids them.
pub(in crate::session) async fn unused(
    tx: &mut Tx,
    poll: &Poll,
) -> Result<Vec<String>, SessionError> {
    Ok(store::unused_paper(tx, poll).await?)
}
