//! Taking a body of the public record down: illegal content, or personal data that slipped in. One administrator asks, with the
//! reason, and another one confirms; then the body is gone for good, and the reason is public and itself an entry. The tree
//! still verifies.
//!
//! What a decision is checked by stays, whoever asks: [`Kind::may_be_taken_down`].

pub(crate) mod audit;
mod error;
mod store;

pub use error::TakedownError;
pub use store::{Confirmation, open_requests, request};

use crate::infra::app::App;
use crate::infra::clock::Timestamp;
use crate::infra::ids::{AccountId, JurisdictionId};
use crate::name_enum;
use crate::people::{Role, store as people_store};
use crate::record::change::{Actor, Change, Scope};
use crate::record::store::{self as record_store, Body, Entry};
use crate::record::values::recorded_as;
use crate::record::{EntryIndex, Kind};
use audit::TakedownEvent;
use serde::Serialize;
use tally::record::body::{BodyTakenDown, Sha256Hex, TakedownReason};
use tracing::instrument;

name_enum! {
    /// Why a body is taken down: the name in the record, in forms and in translation keys (`reason-<name>`).
    pub enum Reason {
        /// Personal data slipped in.
        PersonalData = "personal_data",
        /// The law forbids to show it.
        IllegalContent = "illegal_content",
    }
}

recorded_as!(Reason => TakedownReason { PersonalData IllegalContent });

/// A takedown that somebody has asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Whose body is to go.
    pub entry: EntryIndex,
    /// Why.
    pub reason: Reason,
    /// Who asks.
    pub asked_by: AccountId,
    /// Since when.
    pub asked_at: Timestamp,
    /// Who else confirmed it, once somebody has: then the body is down.
    pub confirmed: Option<Confirmation>,
}

#[derive(Serialize)]
struct Confirmed<'a> {
    entry: u64,
    leaf: &'a str,
    reason: &'static str,
    asked_by: AccountId,
    asked_at: i64,
}

impl Request {
    /// The hash of what is confirmed: this request, of the body that the entry's leaf names.
    pub fn matter(&self, entry: &Entry) -> Sha256Hex {
        let confirmed = Confirmed {
            entry: self.entry.position(),
            leaf: &entry.header,
            reason: self.reason.name(),
            asked_by: self.asked_by,
            asked_at: self.asked_at.millis(),
        };
        // Strings and integers serialise without fail.
        Sha256Hex::of(&serde_json::to_vec(&confirmed).unwrap_or_default())
    }
}

/// Whether the body of such an entry may be taken down. A kind that this program does not know stays.
pub fn may_be_taken_down(entry: &Entry) -> bool {
    Kind::find(&entry.kind).is_some_and(Kind::may_be_taken_down)
}

/// Asks to take a body down. To ask for the same again is harmless.
#[instrument(skip_all, fields(%entry), err(level = "debug"))]
pub async fn ask(
    app: &App,
    account: AccountId,
    entry: EntryIndex,
    reason: Reason,
) -> Result<(), TakedownError> {
    let mut about = About::begin(app, account, entry).await?;
    about.require_shown()?;
    match &about.request {
        Some(open) if open.asked_by == account && open.reason == reason => return Ok(()),
        Some(_) => return Err(TakedownError::AlreadyAsked),
        None => {}
    }
    let change = &mut about.change;
    let asked = Request {
        entry,
        reason,
        asked_by: account,
        asked_at: change.at,
        confirmed: None,
    };
    store::insert(&mut change.tx, &asked).await?;
    change.audit(TakedownEvent::Ask { entry, reason }).await?;
    Ok(about.change.commit().await?)
}

/// Withdraws an open request, one's own or another administrator's. Where there is none, nothing happens.
#[instrument(skip_all, fields(%entry), err(level = "debug"))]
pub async fn withdraw(
    app: &App,
    account: AccountId,
    entry: EntryIndex,
) -> Result<(), TakedownError> {
    let mut about = About::begin(app, account, entry).await?;
    match &about.request {
        None => return Ok(()),
        Some(request) if request.confirmed.is_some() => {
            return Err(TakedownError::AlreadyTakenDown);
        }
        Some(_) => {}
    }
    let change = &mut about.change;
    store::delete_open(&mut change.tx, entry).await?;
    change.audit(TakedownEvent::Withdraw { entry }).await?;
    Ok(about.change.commit().await?)
}

/// Confirms the request as the page showed it: `seen` is the [`Request::matter`] there. The body is gone for good, and its
/// reason is an entry. A repeated confirmation is harmless.
#[instrument(skip_all, fields(%entry), err(level = "debug"))]
pub async fn confirm(
    app: &App,
    account: AccountId,
    entry: EntryIndex,
    seen: &Sha256Hex,
) -> Result<(), TakedownError> {
    let mut about = About::begin(app, account, entry).await?;
    let request = about.request.clone().ok_or(TakedownError::NotAsked)?;
    if request.matter(&about.entry) != *seen {
        return Err(TakedownError::MatterChanged);
    }
    if request
        .confirmed
        .as_ref()
        .is_some_and(|one| one.by == account)
    {
        return Ok(());
    }
    about.require_shown()?;
    about.require_second(&request, account).await?;
    let reason = request.reason;
    let change = &mut about.change;
    let at = change.at;
    store::confirm(&mut change.tx, entry, &Confirmation { by: account, at }).await?;
    record_store::take_down(&mut change.tx, entry, at, reason.name()).await?;
    change
        .audit(TakedownEvent::TakeDown { entry, reason })
        .await?;
    change
        .publish(BodyTakenDown {
            position: entry.position(),
            reason: reason.into(),
        })
        .await?;
    Ok(about.change.commit().await?)
}

/// A change about an entry's body, which is held until its end.
struct About<'a> {
    change: Change<'a>,
    jurisdiction: JurisdictionId,
    entry: Entry,
    body: Body,
    request: Option<Request>,
}

impl<'a> About<'a> {
    async fn begin(
        app: &'a App,
        account: AccountId,
        entry: EntryIndex,
    ) -> Result<Self, TakedownError> {
        let mut change = Change::begin(app, Actor::Account(account), None).await?;
        let tx = &mut change.tx;
        let body = record_store::lock_body_of(tx, entry)
            .await?
            .ok_or(TakedownError::NoSuchEntry)?;
        let found = record_store::entry(tx, entry)
            .await?
            .ok_or(TakedownError::NoSuchEntry)?;
        let jurisdiction = found.jurisdiction.ok_or(TakedownError::Forbidden)?;
        let roles = people_store::roles_of(tx, account).await?;
        if !roles.contains(&(jurisdiction, Role::Admin)) {
            return Err(TakedownError::Forbidden);
        }
        let request = request(tx, entry).await?;
        change.belongs_to(Scope {
            jurisdiction,
            cycle: None,
        });
        Ok(Self {
            change,
            jurisdiction,
            entry: found,
            body,
            request,
        })
    }

    fn require_shown(&self) -> Result<(), TakedownError> {
        if !may_be_taken_down(&self.entry) {
            return Err(TakedownError::Stays(self.entry.kind.clone()));
        }
        match self.body {
            Body::Shown { .. } => Ok(()),
            Body::TakenDown { .. } => Err(TakedownError::AlreadyTakenDown),
        }
    }

    /// Whoever confirms is another person than whoever asked, as far as the service can know: neither enrolled the other.
    async fn require_second(
        &mut self,
        request: &Request,
        account: AccountId,
    ) -> Result<(), TakedownError> {
        let first = request.asked_by;
        if first == account {
            return Err(TakedownError::SamePerson);
        }
        let (tx, here) = (&mut self.change.tx, self.jurisdiction);
        if people_store::has_enrolled(tx, here, first, account).await?
            || people_store::has_enrolled(tx, here, account, first).await?
        {
            return Err(TakedownError::EnrolledByEachOther);
        }
        Ok(())
    }
}
