//! The head count (点名): each delegation's head confirms, on the own device, who of it is present. What is confirmed is a list
//! of names; when somebody checks in after it, the head is asked again.

use crate::infra::app::App;
use crate::infra::database::Tx;
use crate::infra::ids::{AccountId, JurisdictionId};
use crate::people::DelegationId;
use crate::record::change::Actor;
use crate::session::audit::SessionEvent;
use crate::session::base::begin;
use crate::session::error::SessionError;
use crate::session::poll::{Poll, PollId};
use crate::session::state::StateName;
use crate::session::store::{self, Attendee, DelegationHead, NewHeadcount};
use tally::record::body::Sha256Hex;
use tracing::instrument;

/// A delegation with those of it who are present.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Headcount {
    /// The delegation, its head, and what the head has confirmed.
    pub delegation: DelegationHead,
    /// Those present, by roster number.
    pub present: Vec<Attendee>,
    /// The hash of their numbers and names, which a confirmation names.
    pub names: Sha256Hex,
}

impl Headcount {
    /// Whether the delegation's head has confirmed exactly these names.
    pub fn is_confirmed(&self) -> bool {
        let by_head =
            self.delegation.head.is_some() && self.delegation.confirmed_by == self.delegation.head;
        by_head && self.delegation.names_sha256.as_deref() == Some(self.names.as_str())
    }
}

/// The head counts of the delegations that have somebody present, in the roster's order.
#[instrument(skip_all, fields(poll = %poll.id), err(level = "debug"))]
pub async fn headcounts(tx: &mut Tx, poll: &Poll) -> Result<Vec<Headcount>, SessionError> {
    let attendees = store::attendance(tx, poll).await?;
    let delegations = store::delegation_heads(tx, poll).await?;
    let count = |delegation: DelegationHead| {
        let present: Vec<Attendee> = attendees
            .iter()
            .filter(|one| one.delegation_id == delegation.delegation)
            .filter(|one| one.checked_in_at.is_some())
            .cloned()
            .collect();
        Headcount {
            names: hash(poll, &delegation, &present),
            delegation,
            present,
        }
    };
    let counts = delegations.into_iter().map(count);
    Ok(counts.filter(|one| !one.present.is_empty()).collect())
}

fn hash(poll: &Poll, delegation: &DelegationHead, present: &[Attendee]) -> Sha256Hex {
    let head = format!("{} {}", poll.check_in, delegation.delegation);
    let names = present
        .iter()
        .map(|one| format!("{} {}", one.number, one.name));
    let lines: Vec<String> = std::iter::once(head).chain(names).collect();
    Sha256Hex::of(lines.join("\n").as_bytes())
}

/// The head of a delegation confirms who of it is present: the names of this hash, as the own device showed them.
///
/// # Errors
/// [`SessionError::NotTheHead`] · [`SessionError::CheckInClosed`] · [`SessionError::NamesChanged`] where somebody has checked in
/// since.
#[instrument(skip_all, fields(%jurisdiction, %poll), err(level = "debug"))]
pub async fn confirm_headcount(
    app: &App,
    account: AccountId,
    jurisdiction: JurisdictionId,
    poll: PollId,
    names: &str,
) -> Result<DelegationId, SessionError> {
    let (mut change, poll) = begin(app, Actor::Account(account), jurisdiction, poll).await?;
    let counts = headcounts(&mut change.tx, &poll).await?;
    let own = counts
        .iter()
        .find(|one| one.delegation.head_account == Some(account))
        .ok_or(SessionError::NotTheHead)?;
    if poll.state.name() != StateName::RulesAdopted || poll.is_checked_in_before() {
        return Err(SessionError::CheckInClosed);
    }
    if own.names.as_str() != names {
        return Err(SessionError::NamesChanged);
    }
    if own.is_confirmed() {
        return Ok(own.delegation.delegation);
    }
    let Some(head) = own.delegation.head else {
        return Err(SessionError::NotTheHead);
    };
    let delegation = own.delegation.delegation;
    let new = NewHeadcount {
        delegation,
        head,
        names_sha256: names,
        at: change.at,
    };
    store::keep_headcount(&mut change.tx, &poll, &new).await?;
    change
        .audit(SessionEvent::Headcount {
            poll: poll.id,
            delegation,
        })
        .await?;
    change.commit().await?;
    Ok(delegation)
}

/// The heads' accounts, once every delegation that has somebody present is confirmed by its own.
pub(in crate::session) async fn confirmed_heads(
    tx: &mut Tx,
    poll: &Poll,
) -> Result<Vec<AccountId>, SessionError> {
    let counts = headcounts(tx, poll).await?;
    if let Some(open) = counts.iter().find(|one| !one.is_confirmed()) {
        return Err(SessionError::HeadcountMissing(open.delegation.name.clone()));
    }
    Ok(counts
        .iter()
        .filter_map(|one| one.delegation.head_account)
        .collect())
}
