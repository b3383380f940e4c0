//! Two tellers type every sheet, each by himself or herself. What each typed is compared by keyed marks whose key the service does
//! not know (`ballot::ComparisonKey`), so that it learns which sheets differ and of none what stands on it.

use super::teller;
use crate::infra::app::App;
use crate::infra::database::Tx;
use crate::infra::ids::{AccountId, JurisdictionId};
use crate::infra::unique_key::UniqueKey;
use crate::name_enum;
use crate::record;
use crate::record::change::Actor;
use crate::session::audit::SessionEvent;
use crate::session::base::{begin, inconsistent};
use crate::session::error::SessionError;
use crate::session::paper::{paper_counted, reserved_paper};
use crate::session::poll::{Poll, PollId};
use crate::session::state::Step;
use crate::session::store;
use serde::{Deserialize, Serialize};
use tracing::instrument;

name_enum! {
    /// Which of the two tellers.
    ///
    /// [`Self::name`]: the side's name in code and the API.
    pub enum PaperSide {
        /// Whose device holds the paper's credentials and seals.
        First = "first",
        /// Whose device compares.
        Second = "second",
    }
}

/// What a teller's device says of what was typed: marks of 64 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaperList {
    /// The mark of how many sheets came out of the box.
    pub count: String,
    /// The mark of each sheet, in the order of their numbers.
    pub sheets: Vec<String>,
}

impl PaperList {
    fn check(&self, reserved: u32) -> Result<(), SessionError> {
        let is_mark = |text: &String| {
            text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
        };
        let all = || std::iter::once(&self.count).chain(&self.sheets);
        // More than were reserved can come out of the box, which voids the vote; hundreds of times as many cannot.
        let most = usize::try_from(reserved).unwrap_or(0) * 4 + 100;
        if self.sheets.len() <= most && all().all(is_mark) {
            Ok(())
        } else {
            Err(SessionError::PaperList)
        }
    }
}

/// How far the two tellers are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Agreement {
    /// Who has handed in a list: first and second.
    pub tellers: [Option<(AccountId, String)>; 2],
    /// Once both have: how many sheets they agree on, with the numbers of those on which they do not.
    pub compared: Option<Compared>,
}

/// Both lists beside each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// Whether both have as many sheets and the same key.
    pub same_count: bool,
    /// How many sheets the longer list has.
    pub sheets: u32,
    /// The numbers of the sheets of which the marks differ or one is missing.
    pub differ: Vec<u32>,
}

impl Compared {
    fn of(first: &PaperList, second: &PaperList) -> Self {
        let longer = first.sheets.len().max(second.sheets.len());
        let differ =
            (0..longer).filter(|place| first.sheets.get(*place) != second.sheets.get(*place));
        let number = |place: usize| u32::try_from(place).unwrap_or(u32::MAX);
        Self {
            same_count: first.count == second.count,
            sheets: number(longer),
            differ: differ.map(|place| number(place + 1)).collect(),
        }
    }

    /// Whether everything can be sealed.
    pub fn is_complete(&self) -> bool {
        self.same_count && self.differ.is_empty()
    }
}

/// A teller's device hands in what was typed, in place of its earlier list. The same again changes nothing.
///
/// # Errors
/// [`SessionError::NotATeller`] · [`SessionError::NoPaper`] · [`SessionError::PaperList`] · [`SessionError::SameTeller`] where this
/// teller is the other side · [`SessionError::PaperFigures`] once a paper was sealed · [`SessionError::AlreadyCounted`]
#[instrument(skip_all, fields(%jurisdiction, %poll), err(level = "debug"))]
pub async fn submit_paper_list(
    app: &App,
    account: AccountId,
    jurisdiction: JurisdictionId,
    poll: PollId,
    side: PaperSide,
    list: &PaperList,
) -> Result<Agreement, SessionError> {
    let (mut change, poll) = begin(app, Actor::Account(account), jurisdiction, poll).await?;
    let name = teller(&mut change.tx, &poll, account).await?;
    poll.state
        .require(Step::Close)
        .map_err(|_| SessionError::NotOpen)?;
    let reserved = reserved_paper(&mut change.tx, &poll).await?;
    if reserved == 0 {
        return Err(SessionError::NoPaper);
    }
    list.check(reserved)?;
    if paper_counted(&mut change.tx, &poll).await?.is_some() {
        return Err(SessionError::AlreadyCounted);
    }
    let text =
        serde_json::to_string(list).map_err(|error| inconsistent(&poll, error.to_string()))?;
    let kept = store::paper_lists(&mut change.tx, &poll).await?;
    let is_same = |one: &store::StoredPaperList| {
        one.side == side && one.account == account && one.marks == text
    };
    if kept.iter().any(is_same) {
        return agreement(&mut change.tx, &poll).await;
    }
    // What is sealed by now was agreed on: another list would leave no count that fits the box.
    record::store::hold(&mut change.tx).await?;
    if !store::paper_trackers(&mut change.tx, &poll)
        .await?
        .is_empty()
    {
        return Err(SessionError::PaperFigures("paper-sealed"));
    }
    let new = store::StoredPaperList {
        side,
        account,
        name,
        marks: text,
    };
    store::keep_paper_list(&mut change.tx, &poll, &new, change.at)
        .await
        .map_err(|error| {
            if error.refused_by(UniqueKey::PollPaperListsAccount) {
                SessionError::SameTeller
            } else {
                error.into()
            }
        })?;
    change
        .audit(SessionEvent::PaperList {
            poll: poll.id,
            side,
            sheets: u32::try_from(list.sheets.len()).unwrap_or(u32::MAX),
        })
        .await?;
    let agreement = agreement(&mut change.tx, &poll).await?;
    change.commit().await?;
    Ok(agreement)
}

/// How far the two tellers are. Nothing of one list is told before the other is in.
pub async fn agreement(tx: &mut Tx, poll: &Poll) -> Result<Agreement, SessionError> {
    let mut agreement = Agreement::default();
    let mut lists = Vec::new();
    for kept in store::paper_lists(tx, poll).await? {
        let list: PaperList = serde_json::from_str(&kept.marks)
            .map_err(|error| inconsistent(poll, format!("poll_paper_lists: {error}")))?;
        let [first, second] = &mut agreement.tellers;
        let place = match kept.side {
            PaperSide::First => first,
            PaperSide::Second => second,
        };
        *place = Some((kept.account, kept.name));
        lists.push(list);
    }
    if let [one, other] = lists.as_slice() {
        agreement.compared = Some(Compared::of(one, other));
    }
    Ok(agreement)
}

/// Both tellers agree on every sheet: answers with how many there are, and the tellers' names.
///
/// # Errors
/// [`SessionError::PaperNotAgreed`]
pub(in crate::session) async fn require_agreed_sheets(
    tx: &mut Tx,
    poll: &Poll,
) -> Result<(u32, Vec<String>), SessionError> {
    let agreement = agreement(tx, poll).await?;
    let compared = agreement.compared.filter(Compared::is_complete);
    let compared = compared.ok_or(SessionError::PaperNotAgreed)?;
    let names = agreement.tellers.into_iter().flatten();
    Ok((compared.sheets, names.map(|(_, name)| name).collect()))
}
