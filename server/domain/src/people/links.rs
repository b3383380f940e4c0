//! Sign-in links for people who cannot be sent a code, made by office, administrator or the command on the machine: for one person, or
//! for a whole delegation.
//!
//! Whoever makes a link could use it. So nobody makes one that opens more than they could give anyway, nor one for those who
//! watch them, unless a second factor stands behind it; and whoever has made one has enrolled that person.

use super::Role;
use super::admin::{find_or_invite, invite, may_give};
use super::code::MessageText;
use super::contact::Contact;
use super::error::PeopleError;
use super::factors::send_notice;
use super::roster::{DelegationId, Deputy, DeputyId};
use super::sign_in::make_link;
use super::store::{self, Offer};
use super::viewer::Viewer;
use crate::infra::app::App;
use crate::infra::clock::Timestamp;
use crate::infra::database::{DatabaseError, Tx};
use crate::infra::ids::{AccountId, JurisdictionId};
use crate::record::change::{Actor, Change, Scope};
use tracing::instrument;

/// For how many days a link can be used.
pub const LINK_DAYS: i64 = 7;

const DAY_SECONDS: i64 = 86_400;

/// Who makes links.
#[derive(Debug, Clone, Copy)]
pub enum Maker<'a> {
    /// Office or administrator of the jurisdiction.
    Person(&'a Viewer),
    /// Whoever runs the service, by the command on the machine.
    Operator,
}

/// For whom.
#[derive(Debug, Clone, Copy)]
pub enum Whom<'a> {
    /// Somebody who holds a role here.
    Account(AccountId),
    /// A deputy in office.
    Deputy(DeputyId),
    /// All deputies of a delegation.
    Delegation(DelegationId),
    /// Whoever is reached by this contact: holds a role here, or was offered one.
    Contact(&'a Contact),
}

/// A link, to be handed over and not kept.
#[derive(Debug)]
pub struct Card {
    /// Whose it is.
    pub name: String,
    /// The delegation, of a deputy.
    pub delegation: Option<String>,
    /// The link's path.
    pub path: String,
}

/// What was made.
#[derive(Debug)]
pub struct Cards {
    /// The links, in the roster's order.
    pub made: Vec<Card>,
    /// For whom none was made, and why.
    pub refused: Vec<(String, NoLink)>,
    /// When the links run out.
    pub until: Timestamp,
}

/// Why no link is made for a person, or not by this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoLink {
    /// Nobody makes one for themselves.
    #[error("nobody makes one for themselves")]
    Own,
    /// The person holds a role, or was offered one, that the maker could not give.
    #[error("the person holds a role that is not the maker's to give")]
    Standing,
    /// The maker has offered this person a role: who hands over the link must be another.
    #[error("who offers a role does not make the link as well")]
    Offered,
    /// The person leads or counts a vote, says who may, or heads a delegation, and no second factor stands behind a link.
    #[error("a person of this standing first needs a second factor")]
    NoFactor,
}

impl NoLink {
    /// The code of the message.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Own => "link-own",
            Self::Standing => "link-standing",
            Self::Offered => "link-offered",
            Self::NoFactor => "link-no-factor",
        }
    }
}

/// A person for whom a link is wanted; the account is made with it where there is none.
struct Wanted<'a> {
    name: String,
    account: Option<AccountId>,
    seat: Option<Deputy>,
    contact: Option<&'a Contact>,
}

impl Wanted<'_> {
    fn of_seat(seat: Deputy) -> Self {
        Self {
            name: seat.name.clone(),
            account: seat.account,
            seat: Some(seat),
            contact: None,
        }
    }
}

/// Makes links, in place of those of the same people that nobody has used. Whoever can be reached is told.
///
/// # Errors
/// [`PeopleError::NotFound`] where nobody here is meant · [`PeopleError::NoLink`] where none could be made.
#[instrument(skip_all, fields(%jurisdiction), err(level = "debug"))]
pub async fn make(
    app: &App,
    maker: Maker<'_>,
    jurisdiction: JurisdictionId,
    whom: Whom<'_>,
    notice: &MessageText,
) -> Result<Cards, PeopleError> {
    let place = Scope {
        jurisdiction,
        cycle: None,
    };
    let actor = match maker {
        Maker::Person(viewer) => viewer.actor(),
        Maker::Operator => Actor::System,
    };
    let mut change = Change::begin(app, actor, Some(place)).await?;
    store::lock_roster(&mut change.tx, jurisdiction).await?;
    let mut cards = Cards {
        made: Vec::new(),
        refused: Vec::new(),
        until: change.at.plus_days(LINK_DAYS),
    };
    for wanted in find(&mut change, jurisdiction, whom).await? {
        if let Maker::Person(viewer) = maker
            && let Some(refusal) = refusal(&mut change.tx, app, viewer, &wanted).await?
        {
            cards.refused.push((wanted.name, refusal));
            continue;
        }
        let card = card(&mut change, jurisdiction, wanted, notice).await?;
        cards.made.push(card);
    }
    if cards.made.is_empty() {
        let first = cards.refused.first();
        return Err(first.map_or(PeopleError::NotFound, |(_, why)| (*why).into()));
    }
    change.commit().await?;
    app.senders.wake();
    Ok(cards)
}

/// Those who are meant, as far as they stand in this jurisdiction's roster or roles.
async fn find<'a>(
    change: &mut Change<'_>,
    jurisdiction: JurisdictionId,
    whom: Whom<'a>,
) -> Result<Vec<Wanted<'a>>, PeopleError> {
    let roster = store::deputies(&mut change.tx, jurisdiction).await?;
    let seats = |meant: &dyn Fn(&Deputy) -> bool| {
        let meant = roster.iter().filter(|deputy| meant(deputy)).cloned();
        meant.map(Wanted::of_seat).collect()
    };
    Ok(match whom {
        Whom::Deputy(id) => seats(&|deputy| deputy.id == id),
        Whom::Delegation(id) => seats(&|deputy| deputy.delegation_id == id),
        Whom::Account(account) => {
            let holders = store::role_holders(&mut change.tx, jurisdiction).await?;
            let holder = holders.into_iter().find(|one| one.account == account);
            let seat = roster.iter().find(|one| one.account == Some(account));
            let wanted = holder.map(|holder| Wanted {
                name: holder.display_name,
                account: Some(account),
                seat: seat.cloned(),
                contact: None,
            });
            wanted.into_iter().collect()
        }
        Whom::Contact(contact) => by_contact(change, jurisdiction, &roster, contact)
            .await?
            .into_iter()
            .collect(),
    })
}

async fn by_contact<'a>(
    change: &mut Change<'_>,
    jurisdiction: JurisdictionId,
    roster: &[Deputy],
    contact: &'a Contact,
) -> Result<Option<Wanted<'a>>, PeopleError> {
    let lookup = contact.lookup(&change.app().vault);
    let account = store::account_of_contact(&mut change.tx, &lookup).await?;
    let holders = store::role_holders(&mut change.tx, jurisdiction).await?;
    let holder = holders.into_iter().find(|one| Some(one.account) == account);
    let offers = store::offers_by_lookup(&mut change.tx, &lookup).await?;
    let offer = offers
        .into_iter()
        .find(|offer| offer.jurisdiction == jurisdiction);
    let name = holder.map(|holder| holder.display_name);
    Ok(name.or(offer.map(|offer| offer.name)).map(|name| Wanted {
        name,
        account,
        seat: roster
            .iter()
            .find(|one| one.account.is_some() && one.account == account)
            .cloned(),
        contact: Some(contact),
    }))
}

/// Why this person makes no link for that one.
async fn refusal(
    tx: &mut Tx,
    app: &App,
    maker: &Viewer,
    wanted: &Wanted<'_>,
) -> Result<Option<NoLink>, DatabaseError> {
    let offers = offers_to(tx, app, wanted).await?;
    let roles = match wanted.account {
        Some(account) => store::roles_of(tx, account).await?,
        None => Vec::new(),
    };
    // Whoever is in accepts what waits for this person, wherever it was offered.
    let waiting = offers.iter().map(|offer| (offer.jurisdiction, offer.role));
    let mut all = roles.iter().copied().chain(waiting);
    if wanted.account == Some(maker.account) {
        return Ok(Some(NoLink::Own));
    }
    if !all.all(|(place, role)| may_let_in(maker, place, role)) {
        return Ok(Some(NoLink::Standing));
    }
    if offers.iter().any(|offer| offer.offered_by == maker.account) {
        return Ok(Some(NoLink::Offered));
    }
    let Some(account) = wanted.account else {
        return Ok(None);
    };
    let watches = roles.iter().any(|(_, role)| role.needs_factor())
        || store::heads_a_delegation(tx, account).await?;
    let is_bare = watches && store::factors(tx, account).await?.is_empty();
    Ok(is_bare.then_some(NoLink::NoFactor))
}

/// What is offered to a person who may have no account yet.
async fn offers_to(
    tx: &mut Tx,
    app: &App,
    wanted: &Wanted<'_>,
) -> Result<Vec<Offer>, DatabaseError> {
    if let Some(account) = wanted.account {
        let offers = store::offers_to(tx, account).await?;
        return Ok(offers.into_iter().map(|(offer, _)| offer).collect());
    }
    match wanted.contact {
        Some(contact) => store::offers_by_lookup(tx, &contact.lookup(&app.vault)).await,
        None => Ok(Vec::new()),
    }
}

/// Whether this person may open an account with this role: who could give it, who keeps the roster that it comes from.
fn may_let_in(maker: &Viewer, jurisdiction: JurisdictionId, role: Role) -> bool {
    match role {
        Role::Resident => true,
        Role::Deputy => [Role::Office, Role::Admin]
            .into_iter()
            .any(|keeper| maker.holds(keeper, jurisdiction)),
        Role::StationStaff
        | Role::UnitStaff
        | Role::Office
        | Role::Scrutineer
        | Role::ChiefScrutineer
        | Role::Teller
        | Role::Chair
        | Role::Government
        | Role::Committee
        | Role::Admin => may_give(maker, jurisdiction, role),
    }
}

async fn card(
    change: &mut Change<'_>,
    jurisdiction: JurisdictionId,
    wanted: Wanted<'_>,
    notice: &MessageText,
) -> Result<Card, PeopleError> {
    let app = change.app();
    let account = match (wanted.account, wanted.contact, &wanted.seat) {
        (Some(account), _, _) => account,
        (None, Some(contact), _) => find_or_invite(change, app, contact, &wanted.name).await?,
        (None, None, Some(seat)) => seated(change, jurisdiction, seat).await?,
        (None, None, None) => return Err(PeopleError::NotFound),
    };
    store::lock_account(&mut change.tx, account).await?;
    store::delete_unused_links(&mut change.tx, account).await?;
    let path = make_link(change, app, account, LINK_DAYS * DAY_SECONDS).await?;
    if let Some(maker) = change.account() {
        let at = change.at;
        store::note_maker(&mut change.tx, account, maker, at).await?;
    }
    send_notice(change, app, account, notice).await?;
    Ok(Card {
        name: wanted.name,
        delegation: wanted.seat.map(|seat| seat.delegation),
        path,
    })
}

/// A new account for a deputy of whom the roster has no contact.
async fn seated(
    change: &mut Change<'_>,
    jurisdiction: JurisdictionId,
    seat: &Deputy,
) -> Result<AccountId, PeopleError> {
    let app = change.app();
    let account = invite(change, app, &seat.name).await?;
    let by = change.account();
    store::link_deputy(&mut change.tx, jurisdiction, seat.id, account, by).await?;
    store::grant_role(&mut change.tx, jurisdiction, account, Role::Deputy).await?;
    Ok(account)
}
