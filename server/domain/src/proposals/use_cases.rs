//! What people do with proposals, each in one transaction of its own.

use super::audit::ProposalEvent;
use super::draft::ValidDraft;
use super::error::ProposalError;
use super::proposal::{PictureId, Proposal, ProposalId, State};
use super::store;
use crate::cycles::settings::DeclineReasonCode;
use crate::cycles::{Cycle, Hold, Stage, require_stage};
use crate::infra::app::App;
use crate::infra::clock::Timestamp;
use crate::infra::database::{DatabaseError, Tx};
use crate::infra::ids::AccountId;
use crate::record::change::{Actor, Change};
use crate::record::values::{number, text};
use tally::record::body::{ProposalAccepted, PublicText};
use tracing::instrument;

/// How many proposals a person may make for themselves in a cycle.
pub const PROPOSALS_PER_PERSON: i64 = 5;
/// How many pictures of a person's may wait for a proposal.
pub const PICTURES_WAITING: i64 = 5;
/// How many bytes they may have together, as they are kept.
pub(super) const PICTURE_BYTES_WAITING: i64 = 4 * 1024 * 1024;
/// How long a picture waits for a proposal.
const PICTURE_DAYS: i64 = 1;
/// The longest explanation, in characters.
pub const EXPLANATION_CHARACTERS: usize = 500;

/// A resident (or staff for somebody) makes a proposal. The same form sent again answers with the same
/// proposal.
#[instrument(skip_all, fields(cycle = %cycle.id), err(level = "debug"))]
pub async fn propose(
    app: &App,
    actor: Actor,
    cycle: &Cycle,
    proposer: AccountId,
    ready: &ValidDraft,
) -> Result<ProposalId, ProposalError> {
    let mut change = Change::begin(app, actor, Some(cycle.scope())).await?;
    let held = require_stage(&mut change.tx, cycle, Hold::Alone, &[Stage::Collecting]).await;
    // A form that was sent in time and is sent again later has still made its proposal.
    let made =
        store::made_by_form(&mut change.tx, cycle.jurisdiction, proposer, &ready.token).await?;
    if let Some(id) = made {
        let made = store::find(&mut change.tx, cycle, id).await?;
        if made.is_some_and(|made| made.content != ready.content) {
            return Err(ProposalError::SentOtherwise(id));
        }
        change
            .audit(ProposalEvent::ProposeAgain { proposal: id })
            .await?;
        change.commit().await?;
        return Ok(id);
    }
    held?;
    let own = store::count_of_person(&mut change.tx, cycle, proposer).await?;
    if is_own(ready) && own >= PROPOSALS_PER_PERSON {
        return Err(ProposalError::TooMany);
    }
    if let Some(picture) = ready.picture {
        let free =
            store::is_free_picture(&mut change.tx, cycle.jurisdiction, picture, proposer).await?;
        if !free {
            return Err(ProposalError::NoSuchPicture(picture));
        }
    }
    let new = store::New {
        id: ProposalId::new(change.at, &app.entropy),
        doc: i64::from_be_bytes(app.entropy.bytes()) & (i64::MAX >> 1),
        proposer,
        ready,
        at: change.at,
    };
    store::insert(&mut change.tx, cycle, &new).await?;
    change
        .audit(ProposalEvent::Propose {
            proposal: new.id,
            channel: ready.channel,
        })
        .await?;
    change.commit().await?;
    Ok(new.id)
}

fn is_own(ready: &ValidDraft) -> bool {
    use super::proposal::Channel;
    match ready.channel {
        Channel::Online | Channel::Qr => true,
        Channel::Station | Channel::Hotline | Channel::Visit => false,
    }
}

/// Whether this person may send a picture now: asked before anything of it is read. A picture that came before in the same
/// form makes room for the new one.
#[instrument(skip_all, fields(cycle = %cycle.id), err(level = "debug"))]
pub async fn may_send_picture(
    app: &App,
    cycle: &Cycle,
    owner: AccountId,
    replaced: Option<PictureId>,
) -> Result<(), ProposalError> {
    let mut tx = app.database.write().await?;
    require_stage(&mut tx, cycle, Hold::Shared, &[Stage::Collecting]).await?;
    if let Some(replaced) = replaced {
        store::delete_free_picture(&mut tx, cycle.jurisdiction, replaced, owner).await?;
    }
    require_room(&mut tx, cycle, owner).await?;
    Ok(tx.commit().await?)
}

async fn require_room(tx: &mut Tx, cycle: &Cycle, owner: AccountId) -> Result<(), ProposalError> {
    let (pictures, bytes) = store::free_pictures(tx, cycle.jurisdiction, owner).await?;
    if pictures >= PICTURES_WAITING || bytes >= PICTURE_BYTES_WAITING {
        return Err(ProposalError::TooManyPictures);
    }
    Ok(())
}

/// Keeps a cleaned picture for a proposal that this person is about to make.
#[instrument(skip_all, fields(cycle = %cycle.id), err(level = "debug"))]
pub async fn keep_picture(
    app: &App,
    actor: Actor,
    cycle: &Cycle,
    owner: AccountId,
    jpeg: &[u8],
) -> Result<PictureId, ProposalError> {
    let mut change = Change::begin(app, actor, Some(cycle.scope())).await?;
    require_stage(&mut change.tx, cycle, Hold::Shared, &[Stage::Collecting]).await?;
    require_room(&mut change.tx, cycle, owner).await?;
    let id = PictureId::new(change.at, &app.entropy);
    store::insert_picture(
        &mut change.tx,
        cycle.jurisdiction,
        id,
        owner,
        jpeg,
        change.at,
    )
    .await?;
    change
        .audit(ProposalEvent::Picture {
            picture: id,
            bytes: jpeg.len(),
        })
        .await?;
    change.commit().await?;
    Ok(id)
}

/// Throws away the pictures that came into no proposal in time; says how many.
pub async fn delete_stale_pictures(tx: &mut Tx, now: Timestamp) -> Result<u64, DatabaseError> {
    store::delete_stale_pictures(tx, now.plus_days(-PICTURE_DAYS)).await
}

/// A person supports a proposal. Again changes nothing. Says whether it counted.
#[instrument(skip_all, fields(cycle = %cycle.id, proposal = %id), err(level = "debug"))]
pub async fn support(
    app: &App,
    actor: Actor,
    cycle: &Cycle,
    id: ProposalId,
    account: AccountId,
) -> Result<bool, ProposalError> {
    let mut change = Change::begin(app, actor, Some(cycle.scope())).await?;
    supportable(&mut change, cycle, id).await?;
    let counted =
        store::insert_support(&mut change.tx, cycle.jurisdiction, id, account, change.at).await?;
    change
        .audit(ProposalEvent::Support {
            proposal: id,
            counted,
        })
        .await?;
    change.commit().await?;
    Ok(counted)
}

/// A person takes their support back. Again changes nothing. Says whether there was one.
#[instrument(skip_all, fields(cycle = %cycle.id, proposal = %id), err(level = "debug"))]
pub async fn withdraw_support(
    app: &App,
    actor: Actor,
    cycle: &Cycle,
    id: ProposalId,
    account: AccountId,
) -> Result<bool, ProposalError> {
    let mut change = Change::begin(app, actor, Some(cycle.scope())).await?;
    supportable(&mut change, cycle, id).await?;
    let counted = store::delete_support(&mut change.tx, cycle.jurisdiction, id, account).await?;
    change
        .audit(ProposalEvent::WithdrawSupport {
            proposal: id,
            counted,
        })
        .await?;
    change.commit().await?;
    Ok(counted)
}

async fn supportable(
    change: &mut Change<'_>,
    cycle: &Cycle,
    id: ProposalId,
) -> Result<(), ProposalError> {
    require_stage(&mut change.tx, cycle, Hold::Shared, &[Stage::Collecting]).await?;
    store::find(&mut change.tx, cycle, id)
        .await?
        .filter(|proposal| proposal.state.is_public())
        .map(|_| ())
        .ok_or(ProposalError::NoSuchProposal(id))
}

/// The office lets a proposal in: from now on everybody sees it, and it stands in the public record.
#[instrument(skip_all, fields(cycle = %cycle.id, proposal = %id), err(level = "debug"))]
pub async fn accept(
    app: &App,
    actor: Actor,
    cycle: &Cycle,
    id: ProposalId,
) -> Result<(), ProposalError> {
    let mut change = Change::begin(app, actor, Some(cycle.scope())).await?;
    let proposal = taken_in(&mut change, cycle, id).await?;
    if matches!(proposal.state, State::Accepted { .. }) {
        return Ok(());
    }
    let state = proposal.state.accept(change.at)?;
    store::set_state(&mut change.tx, cycle.jurisdiction, id, &state).await?;
    change.publish(accepted(&proposal)?).await?;
    change.audit(ProposalEvent::Accept { proposal: id }).await?;
    change.commit().await?;
    Ok(())
}

/// The office does not let a proposal in, and says why. The same words sent again are harmless.
#[instrument(skip_all, fields(cycle = %cycle.id, proposal = %id), err(level = "debug"))]
pub async fn decline(
    app: &App,
    actor: Actor,
    cycle: &Cycle,
    id: ProposalId,
    reason: &DeclineReasonCode,
    explanation: &str,
) -> Result<(), ProposalError> {
    let mut change = Change::begin(app, actor, Some(cycle.scope())).await?;
    let proposal = taken_in(&mut change, cycle, id).await?;
    let present = match &proposal.state {
        State::Declined {
            reason,
            explanation,
            ..
        } => Some((reason, explanation.as_str())),
        State::Submitted | State::Accepted { .. } => None,
    };
    if present == Some((reason, explanation)) {
        return Ok(());
    }
    let state: State = proposal
        .state
        .decline(change.at, reason.clone(), explanation.to_owned())?;
    store::set_state(&mut change.tx, cycle.jurisdiction, id, &state).await?;
    change
        .audit(ProposalEvent::Decline {
            proposal: id,
            reason: reason.clone(),
        })
        .await?;
    change.commit().await?;
    Ok(())
}

async fn taken_in(
    change: &mut Change<'_>,
    cycle: &Cycle,
    id: ProposalId,
) -> Result<Proposal, ProposalError> {
    let stages = [Stage::Collecting, Stage::Screening];
    require_stage(&mut change.tx, cycle, Hold::Shared, &stages).await?;
    store::find_alone(&mut change.tx, cycle, id)
        .await?
        .ok_or(ProposalError::NoSuchProposal(id))
}

/// What the record says of an accepted proposal: nothing of the person, not even the display name.
fn accepted(proposal: &Proposal) -> Result<ProposalAccepted, DatabaseError> {
    let content = &proposal.content;
    let budget = content.budget;
    Ok(ProposalAccepted {
        number: number("number", proposal.number)?,
        title: text("title", &content.title)?,
        text: text("text", &content.body)?,
        category: content.category.clone(),
        district: content.district.as_deref().and_then(PublicText::cleaned),
        place: PublicText::cleaned(&content.place),
        budget_fen: budget
            .map(|money| number("budget_fen", money.fen()))
            .transpose()?,
        channel: proposal.channel.into(),
    })
}
