//! The office's queue as an address asks for it: what every page of the bench stands on.

use crate::screening::CLERK_ROLES;
use crate::web::cycle_path::{CycleHeading, InCycle};
use crate::web::http_error::HttpError;
use crate::web::shared::bench::{PER_PAGE, with_pairs};
use domain::cycles::settings::CategoryCode;
use domain::cycles::store as cycle_store;
use domain::infra::database::{DatabaseError, Tx};
use domain::infra::turn::Turn;
use domain::people::{Unit, Viewer, store as people_store};
use domain::proposals::{ProposalId, search};
use domain::screening::{self, Assigned, Case, Chosen, Decided, QueueFilter, QueueOrder, Seen};
use serde::Deserialize;

/// How many characters are looked for at most.
const WORDS: usize = 100;

/// The address's query. Whatever it does not know it takes as not given: a link never fails.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct QueueQuery {
    /// What to search for.
    pub q: String,
    /// A district's name.
    pub district: String,
    /// A category's code.
    pub category: String,
    /// `none`, `some`, or a unit's id.
    pub assigned: String,
    /// `decided` or `all`; without it what is undecided.
    pub state: String,
    /// `yes`: only with a picture.
    pub picture: String,
    /// An order's name.
    pub sort: String,
    /// The page, from 1.
    pub page: String,
}

impl QueueQuery {
    /// The order, by default most supporters first.
    pub(super) fn order(&self) -> QueueOrder {
        QueueOrder::find(&self.sort).unwrap_or(QueueOrder::Supporters)
    }

    /// The page, from 1.
    pub(super) fn page(&self) -> usize {
        self.page.parse().unwrap_or(1).clamp(1, 10_000)
    }

    fn words(&self) -> String {
        self.q.trim().chars().take(WORDS).collect()
    }

    /// The address `path` with all that narrows and orders the list.
    pub(super) fn address(&self, path: &str) -> String {
        with_pairs(
            path,
            &[
                ("q", &self.words()),
                ("district", self.district.trim()),
                ("category", &self.category),
                ("assigned", &self.assigned),
                ("state", &self.state),
                ("picture", &self.picture),
                ("sort", &self.sort),
            ],
        )
    }

    async fn filter(&self, tx: &mut Tx, at: &InCycle) -> Result<QueueFilter, DatabaseError> {
        let words = self.words();
        let found = match words.as_str() {
            "" => None,
            words => Some(search::found(tx, at.cycle(), words).await?),
        };
        Ok(QueueFilter {
            district: self.district.trim().to_owned(),
            category: CategoryCode::new(self.category.as_str()),
            assigned: match self.assigned.as_str() {
                "none" => Assigned::ToNobody,
                "some" => Assigned::ToSomebody,
                unit => unit.parse().map_or(Assigned::Whatever, Assigned::To),
            },
            decided: match self.state.as_str() {
                "decided" => Decided::Already,
                "all" => Decided::Whether,
                _ => Decided::NotYet,
            },
            with_picture: self.picture == "yes",
            found,
            of_units: None,
        })
    }
}

/// The queue as somebody sees it: clerks all of it, a unit's staff what their unit has.
pub(super) struct Desk {
    pub(super) heading: CycleHeading,
    pub(super) query: QueueQuery,
    /// What the filter shows, in order.
    pub(super) shown: Vec<Case>,
    pub(super) units: Vec<Unit>,
    pub(super) districts: Vec<String>,
    /// How many proposals are decided, and how many there are.
    pub(super) progress: (usize, usize),
    /// How many decisions wait for being published.
    pub(super) held: usize,
}

impl Desk {
    pub(super) async fn open(
        tx: &mut Tx,
        viewer: &Viewer,
        at: &InCycle,
        query: QueueQuery,
    ) -> Result<Self, HttpError> {
        let here = at.cycle().jurisdiction;
        let mut filter = query.filter(tx, at).await?;
        if !CLERK_ROLES.iter().any(|role| viewer.holds(*role, here)) {
            let own = people_store::units_of_account(tx, here, viewer.account).await?;
            filter.of_units = Some(own.into_iter().map(|unit| unit.id).collect());
        }
        let all = screening::cases(tx, at.cycle()).await?;
        let decided = all.iter().filter(|one| one.decision.is_some());
        let done = decided.map(|one| one.members.len()).sum();
        let held = all
            .iter()
            .filter_map(|one| one.decision.as_ref())
            .filter(|decision| decision.published_at.is_none())
            .count();
        Ok(Self {
            heading: at.heading.clone(),
            units: people_store::units(tx, here).await?,
            districts: cycle_store::districts(tx, here).await?,
            progress: (done, all.iter().map(|one| one.members.len()).sum()),
            held,
            shown: filter.of(all, query.order()),
            query,
        })
    }

    /// `…/screening`
    pub(super) fn screening(&self) -> String {
        format!("{}/screening", self.heading.path())
    }

    /// The list's address, with its filter.
    pub(super) fn list(&self) -> String {
        self.query.address(&queue_path(&self.heading))
    }

    /// The address of one case, or of what is done with it, with the list's filter.
    pub(super) fn one(&self, id: ProposalId, act: &str) -> String {
        let path = format!("{}/{id}{act}", queue_path(&self.heading));
        self.query.address(&path)
    }

    /// Where a case stands in the list.
    pub(super) fn turn(&self, id: ProposalId) -> Turn<ProposalId> {
        let rows: Vec<(ProposalId, bool)> = self
            .shown
            .iter()
            .map(|one| (one.id, one.decision.is_none()))
            .collect();
        Turn::of(&rows, id)
    }

    /// The rows of the page.
    pub(super) fn page(&self) -> &[Case] {
        let start = (self.query.page() - 1) * PER_PAGE;
        let rows = self.shown.get(start..).unwrap_or_default();
        rows.get(..PER_PAGE.min(rows.len())).unwrap_or_default()
    }

    /// How many pages the list fills.
    pub(super) fn pages(&self) -> usize {
        self.shown.len().div_ceil(PER_PAGE).max(1)
    }
}

/// `…/screening/queue`
pub(super) fn queue_path(heading: &CycleHeading) -> String {
    format!("{}/screening/queue", heading.path())
}

/// What a box on a page stands for: a case, and what is seen of it.
pub(super) fn box_value(case: &Case) -> String {
    format!("{}~{}", case.id, case.seen())
}

/// The cases whose boxes were ticked.
pub(super) fn chosen(boxes: &[String]) -> Result<Vec<Chosen>, HttpError> {
    boxes
        .iter()
        .map(|value| {
            let (id, seen) = value.split_once('~').unwrap_or((value, ""));
            let proposal = id.parse();
            Ok(Chosen {
                proposal: proposal.map_err(|_| HttpError::invalid("proposal", "not-an-option"))?,
                seen: Seen::parse(seen).unwrap_or_default(),
            })
        })
        .collect()
}
