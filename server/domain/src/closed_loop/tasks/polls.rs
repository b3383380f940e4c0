//! What a poll waits for from one person.

use super::store::{self, OwnPoll};
use super::{Act, PollAct, Search};
use crate::infra::database::Tx;
use crate::people::{Role, Viewer};
use crate::session::{
    self, DualControlStep, Party, Poll, PollKind, SessionError, StateName, awaited, headcounts,
};

/// Who has something to do in a poll.
const ROLES: [Role; 6] = [
    Role::Teller,
    Role::Deputy,
    Role::Scrutineer,
    Role::ChiefScrutineer,
    Role::Chair,
    Role::Office,
];

impl Search<'_> {
    pub(super) async fn polls(&mut self, tx: &mut Tx) -> Result<(), SessionError> {
        let viewer = self.viewer;
        if !ROLES.iter().any(|role| viewer.holds_anywhere(*role)) {
            return Ok(());
        }
        for own in store::own_polls(tx, viewer.account).await? {
            let mut acts = own.acts(viewer);
            let is_asked = own.heads_one(viewer) || own.types(viewer);
            if is_asked || !own.sides(viewer).is_empty() {
                let found = session::store::poll(tx, own.jurisdiction, own.id).await?;
                if let Some(poll) = found {
                    acts.extend(headcount(tx, viewer, &own, &poll).await?);
                    acts.extend(paper(tx, viewer, &own, &poll).await?);
                    acts.extend(confirmation(tx, viewer, &own, &poll).await?);
                }
            }
            for act in acts {
                let title = own.title.clone();
                let poll = own.id;
                self.add(own.cycle, Act::OfPoll { poll, title, act }, None);
            }
        }
        Ok(())
    }
}

impl OwnPoll {
    /// What this person alone does in this state. A scrutineer is a deputy as well.
    fn acts(&self, viewer: &Viewer) -> Vec<PollAct> {
        let holds = |role| viewer.holds(role, self.jurisdiction);
        let is_deputy = self.deputy.is_some() && holds(Role::Deputy);
        let is_present = is_deputy && self.present.is_some();
        let has_ballot = is_present && !self.on_paper;
        let counts =
            self.seat.is_some() && (holds(Role::Scrutineer) || holds(Role::ChiefScrutineer));
        let all = match self.state {
            StateName::Drafted => vec![(holds(Role::Office), PollAct::WriteRules)],
            StateName::RulesAdopted => vec![
                // Whoever was not there at the check-in that serves this poll has no credential on its roll.
                (
                    is_deputy && !is_present && self.check_in == self.id,
                    PollAct::CheckIn,
                ),
                (counts && self.public_key.is_none(), PollAct::MakeKey),
            ],
            StateName::Frozen => vec![(counts && self.approvals == 0, PollAct::ApproveElection)],
            // On the roll or not is all that is known: the answer is the same before and after the ballot.
            StateName::Open => match self.kind {
                PollKind::Main | PollKind::RunOff | PollKind::SecondBallot | PollKind::Adoption => {
                    vec![(has_ballot, PollAct::Vote)]
                }
                PollKind::Evaluation => vec![(has_ballot, PollAct::Evaluate)],
            },
            StateName::Closed => vec![(counts && self.partials == 0, PollAct::Decrypt)],
            StateName::Decrypted => vec![(holds(Role::Chair), PollAct::Announce)],
            StateName::Announced | StateName::Withdrawn | StateName::Voided => Vec::new(),
        };
        let due = all.into_iter().filter(|(is_due, _)| *is_due);
        due.map(|(_, act)| act).collect()
    }

    /// Whether the person heads a delegation whose presence may still be confirmed.
    fn heads_one(&self, viewer: &Viewer) -> bool {
        self.heads > 0
            && self.state == StateName::RulesAdopted
            && viewer.holds(Role::Deputy, self.jurisdiction)
    }

    /// Whether the person may be asked for what tellers do.
    fn types(&self, viewer: &Viewer) -> bool {
        matches!(self.state, StateName::RulesAdopted | StateName::Open)
            && viewer.holds(Role::Teller, self.jurisdiction)
    }

    /// The sides that the person confirms for.
    fn sides(&self, viewer: &Viewer) -> Vec<Party> {
        let is_of = |side: &Party| match side {
            Party::Office => viewer.holds(Role::Office, self.jurisdiction),
            Party::ChiefScrutineer => {
                self.seat.is_some() && viewer.holds(Role::ChiefScrutineer, self.jurisdiction)
            }
        };
        Party::ALL.into_iter().filter(is_of).collect()
    }
}

/// A delegation's head is asked again whenever somebody has checked in since.
async fn headcount(
    tx: &mut Tx,
    viewer: &Viewer,
    own: &OwnPoll,
    poll: &Poll,
) -> Result<Option<PollAct>, SessionError> {
    if !own.heads_one(viewer) {
        return Ok(None);
    }
    let waits = headcounts(tx, poll)
        .await?
        .iter()
        .any(|one| one.delegation.head_account == Some(viewer.account) && !one.is_confirmed());
    Ok(waits.then_some(PollAct::ConfirmHeadcount))
}

/// What a teller whom the meeting adopted does with the paper, where the rule reserves any.
async fn paper(
    tx: &mut Tx,
    viewer: &Viewer,
    own: &OwnPoll,
    poll: &Poll,
) -> Result<Option<PollAct>, SessionError> {
    if !own.types(viewer) || session::reserved_paper(tx, poll).await? == 0 {
        return Ok(None);
    }
    let officers = session::store::officers(tx, poll).await?;
    let is_own =
        |one: &session::store::Eligible| one.role == Role::Teller && one.account == viewer.account;
    if !officers.iter().any(is_own) {
        return Ok(None);
    }
    if own.state == StateName::Open {
        let is_counted = session::paper_counted(tx, poll).await?.is_some();
        return Ok((!is_counted).then_some(PollAct::CountPaper));
    }
    let waits = !poll.is_checked_in_before() && session::paper_reserve(tx, poll).await?.is_none();
    Ok(waits.then_some(PollAct::ReservePaper))
}

/// The step that waits for this person's confirmation, or, for the office, what it lacks.
async fn confirmation(
    tx: &mut Tx,
    viewer: &Viewer,
    own: &OwnPoll,
    poll: &Poll,
) -> Result<Option<PollAct>, SessionError> {
    let sides = own.sides(viewer);
    if sides.is_empty() {
        return Ok(None);
    }
    if let Some(motion) = motion(tx, viewer, &sides, poll).await? {
        return Ok(Some(motion));
    }
    let Some(awaited) = awaited(tx, poll).await? else {
        return Ok(None);
    };
    if !awaited.is_ready {
        let sees_to_it = sides.contains(&Party::Office);
        return Ok(match awaited.step {
            DualControlStep::Freeze if sees_to_it => Some(PollAct::PrepareFreeze),
            DualControlStep::Open if sees_to_it => Some(PollAct::PrepareOpening),
            _ => None,
        });
    }
    let other = awaited.given.first();
    let is_done = other.is_some_and(|one| {
        one.account == viewer.account || sides.iter().all(|side| *side == one.side)
    });
    Ok((!is_done).then_some(PollAct::Confirm {
        step: awaited.step,
        other: other.map(|one| one.side),
    }))
}

/// The motion that the other side has put forward.
async fn motion(
    tx: &mut Tx,
    viewer: &Viewer,
    sides: &[Party],
    poll: &Poll,
) -> Result<Option<PollAct>, SessionError> {
    for pending in session::motions(tx, poll).await? {
        let step = pending.motion.step();
        let matter = session::matter(tx, poll, step).await?;
        let given = session::store::confirmations(tx, poll).await?;
        let of_this =
            |one: &&session::store::Confirmation| one.step == step && one.matter == matter.as_str();
        let other = given.iter().find(of_this);
        if let Some(other) = other
            && other.account != viewer.account
            && sides.iter().any(|side| *side != other.side)
        {
            let other = Some(other.side);
            return Ok(Some(PollAct::Confirm { step, other }));
        }
    }
    Ok(None)
}
