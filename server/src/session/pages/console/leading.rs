//! What the console knows of a poll besides what the big screen shows: who is waited for.

use crate::web::http_error::HttpError;
use domain::infra::database::Tx;
use domain::session::store::{self, Confirmation, Eligible};
use domain::session::{
    Awaited, DualControlStep, Headcount, Poll, StateName, awaited, ceremony, headcounts, matter,
    motions, paper_counted, reserved_paper,
};
use tally::record::ceremony::Round;

/// Who is waited for.
#[derive(Debug)]
pub(in crate::session::pages) struct Leading {
    /// The delegations that have somebody present.
    pub headcounts: Vec<Headcount>,
    /// The step that two people confirm next.
    pub awaited: Option<Awaited>,
    /// What was put forward off the straight road, with who has confirmed it.
    pub motions: Vec<(DualControlStep, Vec<Confirmation>)>,
    /// The round of the key ceremony that is due, and the numbers of those who have not sent theirs.
    pub round: Option<(Round, Vec<u32>)>,
    /// Chairs and tellers.
    pub officers: Vec<Eligible>,
    /// The polls of the same check-in that have no rules yet, by title.
    pub without_rules: Vec<String>,
    /// How far the papers are, where the rule sets any aside.
    pub paper: Option<PaperSigns>,
}

/// How far the papers are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::session::pages) struct PaperSigns {
    /// Whether a teller's device has made their credentials.
    pub has_credentials: bool,
    /// How many of the two tellers have handed in what they typed.
    pub lists: usize,
    /// Whether what came out of the box is published.
    pub is_counted: bool,
}

impl PaperSigns {
    async fn look(tx: &mut Tx, poll: &Poll) -> Result<Option<Self>, HttpError> {
        if reserved_paper(tx, poll).await? == 0 {
            return Ok(None);
        }
        Ok(Some(Self {
            has_credentials: store::paper_reserve(tx, poll).await?.is_some(),
            lists: store::paper_lists(tx, poll).await?.len(),
            is_counted: paper_counted(tx, poll).await?.is_some(),
        }))
    }
}

impl Leading {
    pub(in crate::session::pages) async fn load(
        tx: &mut Tx,
        poll: &Poll,
    ) -> Result<Self, HttpError> {
        let state = poll.state.name();
        let prepares = state == StateName::RulesAdopted;
        let round = match ceremony(tx, poll).await? {
            Some(made) if prepares => made.transcript.due().map(|round| {
                let awaited = made.transcript.awaited();
                (round, awaited.iter().map(|one| one.get()).collect())
            }),
            _ => None,
        };
        let mut without_rules = Vec::new();
        if prepares {
            let joined = store::joined_polls(tx, poll).await?.into_iter();
            let drafted = joined.filter(|one| one.state.name() == StateName::Drafted);
            without_rules.extend(drafted.map(|one| one.title));
        }
        let mut pending = Vec::new();
        for motion in motions(tx, poll).await? {
            let step = motion.motion.step();
            let matter = matter(tx, poll, step).await?;
            let mut given = store::confirmations(tx, poll).await?;
            given.retain(|one| one.step == step && one.matter == matter.as_str());
            pending.push((step, given));
        }
        Ok(Self {
            headcounts: if prepares {
                headcounts(tx, poll).await?
            } else {
                Vec::new()
            },
            awaited: awaited(tx, poll).await?,
            motions: pending,
            round,
            officers: store::officers(tx, poll).await?,
            without_rules,
            paper: PaperSigns::look(tx, poll).await?,
        })
    }
}

/// What of it can change from one second to the next.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::session::pages) struct LeadingSigns {
    headcounts: Vec<Headcount>,
    confirmations: Vec<Confirmation>,
    messages: usize,
    motions: usize,
    without_rules: usize,
    paper: Option<PaperSigns>,
}

impl LeadingSigns {
    pub(in crate::session::pages) async fn look(
        tx: &mut Tx,
        poll: &Poll,
    ) -> Result<Self, HttpError> {
        let prepares = poll.state.name() == StateName::RulesAdopted;
        let mut signs = Self {
            headcounts: Vec::new(),
            confirmations: store::confirmations(tx, poll).await?,
            messages: 0,
            motions: store::motions(tx, poll).await?.len(),
            without_rules: 0,
            paper: PaperSigns::look(tx, poll).await?,
        };
        if prepares {
            signs.headcounts = headcounts(tx, poll).await?;
            let restarts = store::ceremony_restarts(tx, poll).await?.len();
            let attempt = u32::try_from(restarts).unwrap_or(u32::MAX - 1) + 1;
            signs.messages = store::ceremony_messages(tx, poll, attempt).await?.len() + restarts;
            let joined = store::joined_polls(tx, poll).await?.into_iter();
            let drafted = joined.filter(|one| one.state.name() == StateName::Drafted);
            signs.without_rules = drafted.count();
        }
        Ok(signs)
    }
}
