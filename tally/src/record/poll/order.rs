//! The order of the entries about a poll.
//!
//! ```text
//! created ─▶ roster changed* ─▶ rules adopted ─▶ ceremony* ─▶ frozen ─▶ approved* ─▶ opened ─▶ ballot* and paper counted ─▶ closed ─▶ closing stated* and partially decrypted* ─▶ announced ─▶ lot drawn
//!    └───────────────┴─────────────────┴──▶ withdrawn ◀─┴────────────┘            └──────────┴───────────┴─▶ void
//! ```

use std::collections::{BTreeMap, BTreeSet};

use ballot::Tracker;

use super::statements::{Closed, Entry, Stated, check_approvals, check_closings};
use super::{Ended, PollRecordError, RecordedCeremony, RecordedPoll, open, people};
use crate::note::Note;
use crate::record::body::{
    Body, ElectionUuid, Kind, PollAnnounced, PollBallot, PollClosed, PollFrozen, PollLotDrawn,
    PollOpened, PollPaperCounted, PollPartiallyDecrypted, PollRulesAdopted, RosterDeputy,
    RosterFault, Sha256Hex, roster_sha256,
};
use crate::record::checkpoint::Checkpoint;
use crate::record::leaf::LeafHeader;
use crate::record::tree::Hash;

/// Where entries of a kind stand among those about a poll.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Created,
    Roster,
    Rules,
    Ceremony,
    Frozen,
    Approval,
    /// Nothing follows it.
    Withdrawn,
    Opened,
    /// Ballots, and once among them the count of the paper: devices may cast until the close.
    Ballot,
    Closed,
    /// Closing statements and partial decryptions: in a group, some state after others have decrypted.
    Decryption,
    /// Nothing follows it.
    Voided,
    Announced,
    Lot,
}

impl Place {
    /// The place of a kind; `None` for kinds that are about something else.
    fn of(kind: Kind) -> Option<Self> {
        match kind {
            Kind::PollCreated => Some(Self::Created),
            Kind::PollRosterChanged => Some(Self::Roster),
            Kind::PollRulesAdopted => Some(Self::Rules),
            Kind::CeremonyMessage | Kind::CeremonyComplained | Kind::CeremonyRestarted => {
                Some(Self::Ceremony)
            }
            Kind::PollFrozen => Some(Self::Frozen),
            Kind::PollApproved => Some(Self::Approval),
            Kind::PollOpened => Some(Self::Opened),
            Kind::PollBallot | Kind::PollPaperCounted => Some(Self::Ballot),
            Kind::PollClosed => Some(Self::Closed),
            Kind::PollClosingStated | Kind::PollPartiallyDecrypted => Some(Self::Decryption),
            Kind::PollAnnounced => Some(Self::Announced),
            Kind::PollLotDrawn => Some(Self::Lot),
            Kind::PollWithdrawn => Some(Self::Withdrawn),
            Kind::PollVoided => Some(Self::Voided),
            Kind::CycleStageReached
            | Kind::CycleScheduled
            | Kind::ProposalAccepted
            | Kind::ProposalsMerged
            | Kind::ProposalSplit
            | Kind::ClusterAssigned
            | Kind::ScreeningDecided
            | Kind::ShortlistPublished
            | Kind::ShortlistAmended
            | Kind::ProjectHandedOver
            | Kind::ProjectReported
            | Kind::ProjectMilestoneReached
            | Kind::ProjectDelivered
            | Kind::ProjectAccepted
            | Kind::EvaluationVerdict
            | Kind::ReworkOrdered
            | Kind::ReworkAnswered
            | Kind::SettingsChanged
            // The office numbers the printed text whenever it comes to it: before a lot, or after.
            | Kind::AnnouncementNumbered
            | Kind::BodyTakenDown => None,
        }
    }

    /// Whether an entry may follow one of the same place.
    fn repeats(self) -> bool {
        matches!(
            self,
            Self::Roster | Self::Ceremony | Self::Approval | Self::Ballot | Self::Decryption
        )
    }

    /// The place before, where this one cannot be without it.
    fn follows(self) -> Option<Self> {
        match self {
            Self::Created => None,
            Self::Roster | Self::Rules | Self::Withdrawn => Some(Self::Created),
            Self::Ceremony | Self::Frozen => Some(Self::Rules),
            Self::Approval | Self::Opened => Some(Self::Frozen),
            Self::Ballot | Self::Closed | Self::Voided => Some(Self::Opened),
            Self::Decryption | Self::Announced => Some(Self::Closed),
            Self::Lot => Some(Self::Announced),
        }
    }

    /// Whether the poll has ended with it.
    fn ends(self) -> bool {
        matches!(self, Self::Withdrawn | Self::Voided | Self::Lot)
    }
}

/// Whether a leaf is about the poll of this election.
pub(super) fn is_about(header: &LeafHeader, election: &ElectionUuid) -> bool {
    let kind = Kind::find(header.kind());
    // Codes and ids are subjects, too: only what is said of polls has an election for its subject.
    header.subject() == election.as_str() && kind.is_none_or(|kind| Place::of(kind).is_some())
}

/// The entries so far.
#[derive(Default)]
pub(super) struct Progress {
    places: Vec<Place>,
    trackers: BTreeSet<Tracker>,
    roster: Vec<RosterDeputy>,
    rules: Option<PollRulesAdopted>,
    /// The election of the poll that left what this one decides.
    follows: Option<ElectionUuid>,
    ceremony: RecordedCeremony,
    frozen: Option<PollFrozen>,
    approvals: Vec<Entry>,
    opened: Option<PollOpened>,
    opened_at: Option<u64>,
    ballots: Vec<(u64, PollBallot)>,
    paper: Option<PollPaperCounted>,
    closed: Option<PollClosed>,
    closed_at: Option<u64>,
    closings: Vec<Entry>,
    partials: Vec<PollPartiallyDecrypted>,
    decrypted_at: Option<u64>,
    announced: Option<PollAnnounced>,
    lot: Option<PollLotDrawn>,
    ended: Option<Ended>,
}

impl Progress {
    /// One more entry, with its body where the document has it.
    pub(super) fn entry(
        &mut self,
        index: u64,
        header: &LeafHeader,
        document: Option<&str>,
    ) -> Result<(), PollRecordError> {
        let kind = Kind::find(header.kind()).and_then(|kind| Some((kind, Place::of(kind)?)));
        let allowed = kind.filter(|(_, place)| self.allows(*place));
        let (kind, place) = allowed.ok_or_else(|| PollRecordError::Order {
            index,
            kind: header.kind().to_owned(),
        })?;
        self.places.push(place);
        match kind {
            Kind::PollOpened => self.opened_at = Some(index),
            Kind::PollClosed => self.closed_at = Some(index),
            // Whatever is opened first: the announcement has the result.
            Kind::PollPartiallyDecrypted | Kind::PollAnnounced => {
                self.decrypted_at.get_or_insert(index);
            }
            _ => {}
        }
        match document {
            Some(document) => self.take(index, open(index, header, document)?),
            // A partial decryption is published with the announcement only.
            None if kind == Kind::PollPartiallyDecrypted => Ok(()),
            None => Err(PollRecordError::MissingBody { index, kind }),
        }
    }

    fn allows(&self, place: Place) -> bool {
        let in_order = self.places.last().is_none_or(|last| {
            (!last.ends() && *last < place) || (*last == place && place.repeats())
        });
        let needed = place.follows();
        in_order && needed.is_none_or(|needed| self.places.contains(&needed))
    }

    fn take(&mut self, index: u64, body: Body) -> Result<(), PollRecordError> {
        let people = |fault| PollRecordError::People { index, fault };
        match body {
            Body::PollCreated(body) => {
                self.follows = body.follows;
                require_hash(&body.roster, &body.roster_sha256).map_err(people)?;
                self.roster = body.roster;
            }
            Body::PollRosterChanged(body) => {
                require_hash(&body.roster, &body.roster_sha256).map_err(people)?;
                self.roster = body.roster;
            }
            Body::PollRulesAdopted(body) => {
                people::check_adopted(&self.roster, &body).map_err(people)?;
                self.ceremony = RecordedCeremony::adopted(&body);
                self.rules = Some(body);
            }
            Body::CeremonyMessage(body) => {
                let taken = self.ceremony.message(&body);
                taken.map_err(|fault| (index, fault))?;
            }
            Body::CeremonyComplained(body) => {
                let taken = self.ceremony.complained(&body);
                taken.map_err(|fault| (index, fault))?;
            }
            Body::CeremonyRestarted(body) => {
                let taken = self.ceremony.restarted(&body);
                taken.map_err(|fault| (index, fault))?;
            }
            Body::PollFrozen(body) => {
                people::check_present(&self.roster, &body).map_err(people)?;
                if let Some(rules) = &self.rules {
                    let made = self
                        .ceremony
                        .check_frozen(rules, &body, self.follows.is_some());
                    made.map_err(|fault| (index, fault))?;
                }
                self.frozen = Some(body);
            }
            Body::PollApproved(body) => self.approvals.push((index, body.approval)),
            Body::PollClosingStated(body) => self.closings.push((index, body.closing)),
            Body::PollOpened(body) => self.opened = Some(body),
            Body::PollBallot(body) => {
                let tracker = body.tracker();
                if !self.trackers.insert(tracker) {
                    return Err(PollRecordError::BallotTwice { index, tracker });
                }
                self.ballots.push((index, body));
            }
            Body::PollPaperCounted(body) => {
                let earlier = self.paper.replace(body);
                if earlier.is_some() {
                    let kind = Kind::PollPaperCounted.name().to_owned();
                    return Err(PollRecordError::Order { index, kind });
                }
            }
            Body::PollClosed(body) => self.closed = Some(body),
            Body::PollPartiallyDecrypted(body) => self.partials.push(body),
            Body::PollAnnounced(body) => {
                if let Some(rules) = &self.rules {
                    people::check_announcer(rules, &body).map_err(people)?;
                }
                self.announced = Some(body);
            }
            Body::PollLotDrawn(body) => self.lot = Some(body),
            Body::PollWithdrawn(body) => self.ended = Some(Ended::Withdrawn(body)),
            Body::PollVoided(body) => self.ended = Some(Ended::Voided(body)),
            // Nothing is concluded from the others; that they are what their leaves say was checked.
            _ => {}
        }
        Ok(())
    }

    /// The entry of the close, from which on roots are asked for.
    pub(super) fn closed_at(&self) -> Option<u64> {
        self.closed_at
    }

    /// What was said, once it has been compared with what the scrutineers' devices signed. `roots` are those of each size from
    /// the close on.
    pub(super) fn finish(
        self,
        checkpoint: Checkpoint,
        note: Note,
        roots: &BTreeMap<u64, Hash>,
    ) -> Result<RecordedPoll, PollRecordError> {
        let rules = self.rules.ok_or(PollRecordError::NoRules)?;
        let (mut approved, mut closing) = (Stated::default(), (Stated::default(), None));
        if let Some(frozen) = &self.frozen {
            approved = check_approvals(frozen, &rules.rule, &self.approvals, self.opened_at)?;
            if let (Some(body), Some(index)) = (&self.closed, self.closed_at) {
                let closed = Closed {
                    index,
                    body,
                    roots,
                    decrypted: self.decrypted_at,
                };
                closing = check_closings(frozen, &closed, &self.closings)?;
            }
        }
        Ok(RecordedPoll {
            checkpoint,
            note,
            follows: self.follows,
            roster: self.roster,
            rules,
            ceremony: self.ceremony,
            frozen: self.frozen,
            approved,
            opened: self.opened,
            ballots: self.ballots,
            paper: self.paper,
            closed: self.closed,
            partials: self.partials,
            closing: closing.0,
            stated_ballots: closing.1,
            announced: self.announced,
            lot: self.lot,
            ended: self.ended,
        })
    }
}

fn require_hash(roster: &[RosterDeputy], hash: &Sha256Hex) -> Result<(), RosterFault> {
    if roster_sha256(roster) == *hash {
        Ok(())
    } else {
        Err(RosterFault::Hash)
    }
}
