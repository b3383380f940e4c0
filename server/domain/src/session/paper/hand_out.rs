//! Numbered papers are handed out: one to each deputy who is present on paper, and another one for one that came back spoiled. The
//! number stands on the stub that stays at the desk, never on the paper that goes into the box.

use crate::infra::app::App;
use crate::infra::ids::{AccountId, JurisdictionId};
use crate::record::change::{Actor, Change};
use crate::session::audit::SessionEvent;
use crate::session::base::begin;
use crate::session::error::SessionError;
use crate::session::paper::paper_counted;
use crate::session::poll::{Poll, PollId};
use crate::session::state::StateName;
use crate::session::store::{self, DeskDeputy, HandedOut};
use tracing::instrument;

/// The desk hands a paper to the deputy of this roster number and answers with its number. Asked again it is the same one; that
/// somebody helps to write (代写) can be noted later.
///
/// # Errors
/// [`SessionError::NotOpen`] · [`SessionError::NoSuchDeputy`] · [`SessionError::NotOnPaper`] · [`SessionError::AlreadyCounted`]
#[instrument(skip_all, fields(%jurisdiction, %poll), err(level = "debug"))]
pub async fn hand_out_paper(
    app: &App,
    account: AccountId,
    jurisdiction: JurisdictionId,
    poll: PollId,
    number: i32,
    helped: bool,
) -> Result<u32, SessionError> {
    let (mut change, poll, deputy) = on_paper(app, account, jurisdiction, poll, number).await?;
    let handed_out = store::papers(&mut change.tx, &poll).await?;
    if let Some(own) = of_deputy(&handed_out, &deputy) {
        if own.helped != helped {
            store::set_helped(&mut change.tx, &poll, own.number, helped).await?;
            audit(&mut change, &poll, own.number, helped).await?;
            change.commit().await?;
        }
        return Ok(own.number);
    }
    let next = next_number(&handed_out);
    let new = HandedOut {
        number: next,
        deputy: deputy.id,
        helped,
        spoiled: false,
    };
    store::insert_paper(&mut change.tx, &poll, &new, change.at).await?;
    audit(&mut change, &poll, next, helped).await?;
    change.commit().await?;
    Ok(next)
}

/// The deputy of this roster number brings a spoiled paper back and gets another one: answers with its number. What is asked again
/// names the paper that was spoiled, so that one press replaces one paper.
///
/// # Errors
/// As [`hand_out_paper`]; [`SessionError::NotOnPaper`] also where the deputy has not this paper.
#[instrument(skip_all, fields(%jurisdiction, %poll), err(level = "debug"))]
pub async fn replace_paper(
    app: &App,
    account: AccountId,
    jurisdiction: JurisdictionId,
    poll: PollId,
    number: i32,
    spoiled: u32,
) -> Result<u32, SessionError> {
    let (mut change, poll, deputy) = on_paper(app, account, jurisdiction, poll, number).await?;
    let handed_out = store::papers(&mut change.tx, &poll).await?;
    let is_own = |one: &&HandedOut| one.number == spoiled && one.deputy == deputy.id;
    let brought = handed_out.iter().find(is_own);
    let brought = brought.ok_or(SessionError::NotOnPaper)?;
    if brought.spoiled {
        let own = of_deputy(&handed_out, &deputy).ok_or(SessionError::NotOnPaper)?;
        return Ok(own.number);
    }
    store::spoil_paper(&mut change.tx, &poll, spoiled).await?;
    let next = next_number(&handed_out);
    let new = HandedOut {
        number: next,
        deputy: deputy.id,
        helped: brought.helped,
        spoiled: false,
    };
    store::insert_paper(&mut change.tx, &poll, &new, change.at).await?;
    change
        .audit(SessionEvent::ReplacePaper {
            poll: poll.id,
            spoiled,
            number: next,
        })
        .await?;
    change.commit().await?;
    Ok(next)
}

async fn audit(
    change: &mut Change<'_>,
    poll: &Poll,
    number: u32,
    helped: bool,
) -> Result<(), SessionError> {
    let event = SessionEvent::HandOutPaper {
        poll: poll.id,
        number,
        helped,
    };
    Ok(change.audit(event).await?)
}

/// The paper that the deputy has, unless it came back spoiled.
fn of_deputy<'a>(handed_out: &'a [HandedOut], deputy: &DeskDeputy) -> Option<&'a HandedOut> {
    let is_own = |one: &&HandedOut| one.deputy == deputy.id && !one.spoiled;
    handed_out.iter().find(is_own)
}

fn next_number(handed_out: &[HandedOut]) -> u32 {
    let last = handed_out.iter().map(|one| one.number).max();
    last.unwrap_or(0).saturating_add(1)
}

async fn on_paper(
    app: &App,
    account: AccountId,
    jurisdiction: JurisdictionId,
    poll: PollId,
    number: i32,
) -> Result<(Change<'_>, Poll, DeskDeputy), SessionError> {
    let (mut change, poll) = begin(app, Actor::Account(account), jurisdiction, poll).await?;
    let roster = store::desk_roster(&mut change.tx, &poll).await?;
    let deputy = roster.into_iter().find(|one| one.number == number);
    let deputy = deputy.ok_or(SessionError::NoSuchDeputy)?;
    if !matches!(poll.state.name(), StateName::Frozen | StateName::Open) {
        return Err(SessionError::NotOpen);
    }
    if !deputy.on_paper {
        return Err(SessionError::NotOnPaper);
    }
    if paper_counted(&mut change.tx, &poll).await?.is_some() {
        return Err(SessionError::AlreadyCounted);
    }
    Ok((change, poll, deputy))
}
