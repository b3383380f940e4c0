//! One ceremony in which a poll's scrutineers make a key together, message by message: which round is due, who is waited for, and
//! whether a message can be taken. Pure: the service takes messages by it, and whoever reads the public record follows it.
//!
//! The mathematics is [`ballot::trustee::ceremony`]'s. Only what everybody can see is checked here; whether a share is good, its
//! recipient's device says, and acknowledges it.

use std::collections::BTreeMap;

use ballot::trustee::ceremony::{
    CeremonyError, Certificates, Commitments, Complaint, Polynomials, Setting, Verdict,
};
use ballot::trustee::{TrusteeId, Trustees};
use ballot::{Group, Wire as _, WireError};

use super::ceremony::Round;

/// The rounds of a ceremony, in order.
pub const ROUNDS: [Round; 4] = [
    Round::Certificate,
    Round::Commitment,
    Round::Polynomial,
    Round::Acknowledgement,
];

/// Whether so many of the scrutineers may be enough to open the count: more than half, so that two sets of them share one.
pub fn may_open(threshold: u32, scrutineers: u32) -> bool {
    threshold <= scrutineers && u64::from(threshold) * 2 > u64::from(scrutineers)
}

/// The smallest number that may be enough.
pub fn smallest_threshold(scrutineers: u32) -> u32 {
    scrutineers / 2 + 1
}

/// Whether the scrutineers make one key together: where it takes all of them, each has a key of their own.
pub fn is_shared(threshold: u32, scrutineers: u32) -> bool {
    threshold < scrutineers
}

/// The messages of a ceremony, as far as they have come. Every one of them was taken by [`Transcript::check`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transcript {
    setting: Setting,
    messages: BTreeMap<(Round, TrusteeId), String>,
}

/// What taking a message leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It is a new one.
    New,
    /// The very same is there already.
    Again,
}

/// A complaint about a share, judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Complained {
    /// Who complains.
    pub by: TrusteeId,
    /// Whose share it is about.
    pub against: TrusteeId,
    /// Whether the share is bad; if not, whoever complains is to blame.
    pub is_true: bool,
}

/// Why a message is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotTaken {
    /// The ceremony has fewer members.
    #[error("there is no trustee {0} in this ceremony")]
    NoSuchTrustee(TrusteeId),
    /// Another round is due, or none any more.
    #[error("a message of the round {given} cannot be taken now")]
    NotDue {
        /// Of which round it is.
        given: Round,
        /// Which is due.
        due: Option<Round>,
    },
    /// Another message of this member in this round is there.
    #[error("trustee {0} has sent another message in this round")]
    Another(TrusteeId),
    /// A complaint that cannot be read.
    #[error("the complaint: {0}")]
    Complaint(WireError),
    /// A complaint that another member has made.
    #[error("trustee {0} has made this complaint")]
    OtherComplainer(TrusteeId),
    /// The message, or one before it, is refused; the error names the member.
    #[error(transparent)]
    Refused(#[from] CeremonyError),
}

impl Transcript {
    /// A ceremony that begins.
    pub fn new(setting: Setting) -> Self {
        Self {
            setting,
            messages: BTreeMap::new(),
        }
    }

    /// Which ceremony.
    pub fn setting(&self) -> &Setting {
        &self.setting
    }

    /// The round in which messages are awaited; none, once all rounds are complete.
    pub fn due(&self) -> Option<Round> {
        let mut rounds = ROUNDS.into_iter();
        rounds.find(|round| self.count(*round) < self.size())
    }

    /// Whose messages are awaited in the round that is due.
    pub fn awaited(&self) -> Vec<TrusteeId> {
        let Some(due) = self.due() else {
            return Vec::new();
        };
        let sent = |member: &TrusteeId| self.messages.contains_key(&(due, *member));
        self.members().filter(|member| !sent(member)).collect()
    }

    /// The message of a member in a round.
    pub fn message(&self, round: Round, trustee: TrusteeId) -> Option<&str> {
        self.messages.get(&(round, trustee)).map(String::as_str)
    }

    /// Whether a message can be taken now: it is of the round that is due, and everything that everybody can see of it is right.
    ///
    /// # Errors
    /// [`NotTaken`].
    pub fn check<G: Group>(
        &self,
        round: Round,
        trustee: TrusteeId,
        text: &str,
    ) -> Result<Taken, NotTaken> {
        if trustee.get() > self.setting.size() {
            return Err(NotTaken::NoSuchTrustee(trustee));
        }
        match self.message(round, trustee) {
            Some(earlier) if earlier == text => return Ok(Taken::Again),
            Some(_) => return Err(NotTaken::Another(trustee)),
            None => {}
        }
        let due = self.due();
        if due != Some(round) {
            return Err(NotTaken::NotDue { given: round, due });
        }
        match round {
            // No round of a ceremony: it is never due.
            Round::Key => return Err(NotTaken::NotDue { given: round, due }),
            Round::Certificate => {
                let others = self
                    .messages
                    .iter()
                    .map(|((_, one), text)| (*one, text.as_str()));
                Certificates::<G>::check_one(&self.setting, trustee, text, others)?;
            }
            Round::Commitment => {
                Commitments::<G>::check_one(&self.certificates()?, trustee, text)?;
            }
            Round::Polynomial => {
                Polynomials::<G>::check_one(&self.commitments()?, trustee, text)?;
            }
            Round::Acknowledgement => {
                self.polynomials::<G>()?
                    .check_acknowledgement(trustee, text)?;
            }
        }
        Ok(Taken::New)
    }

    /// Whose fault a complaint of this member about a share shows: it can be made once all polynomials are there.
    ///
    /// # Errors
    /// [`NotTaken`]: it is no complaint of this ceremony, or one that proves nothing.
    pub fn judge<G: Group>(&self, trustee: TrusteeId, text: &str) -> Result<Complained, NotTaken> {
        let due = self.due();
        if due != Some(Round::Acknowledgement) {
            let given = Round::Acknowledgement;
            return Err(NotTaken::NotDue { given, due });
        }
        let complaint = Complaint::<G>::from_json(text.as_bytes()).map_err(NotTaken::Complaint)?;
        if complaint.complainer() != trustee {
            return Err(NotTaken::OtherComplainer(complaint.complainer()));
        }
        let verdict = complaint.judge(&self.polynomials()?)?;
        Ok(Complained {
            by: trustee,
            against: complaint.against(),
            is_true: matches!(verdict, Verdict::Sender { .. }),
        })
    }

    /// Adds a message that [`Transcript::check`] has found good.
    pub fn add(&mut self, round: Round, trustee: TrusteeId, text: String) {
        self.messages.entry((round, trustee)).or_insert(text);
    }

    /// The trustees object that a complete ceremony gives.
    ///
    /// # Errors
    /// [`CeremonyError`]: it is not complete, or the error names the member.
    pub fn finish<G: Group>(&self) -> Result<Trustees<G>, CeremonyError> {
        self.polynomials::<G>()?
            .finish(&self.texts(Round::Acknowledgement))
    }

    fn certificates<G: Group>(&self) -> Result<Certificates<G>, CeremonyError> {
        Certificates::check(self.setting.clone(), &self.texts(Round::Certificate))
    }

    fn commitments<G: Group>(&self) -> Result<Commitments<G>, CeremonyError> {
        Commitments::check(self.certificates()?, &self.texts(Round::Commitment))
    }

    fn polynomials<G: Group>(&self) -> Result<Polynomials<G>, CeremonyError> {
        Polynomials::check(self.commitments()?, &self.texts(Round::Polynomial))
    }

    /// The messages of a round in the order of the members.
    pub fn texts(&self, round: Round) -> Vec<String> {
        let of_round = self
            .messages
            .iter()
            .filter(|((other, _), _)| *other == round);
        of_round.map(|(_, text)| text.clone()).collect()
    }

    fn count(&self, round: Round) -> usize {
        self.messages
            .keys()
            .filter(|(other, _)| *other == round)
            .count()
    }

    fn size(&self) -> usize {
        usize::try_from(self.setting.size()).unwrap_or(usize::MAX)
    }

    fn members(&self) -> impl Iterator<Item = TrusteeId> + use<> {
        (1..=self.setting.size()).filter_map(TrusteeId::new)
    }
}
