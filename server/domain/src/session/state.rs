//! How far a poll has come. Each state carries what is fixed from then on.

use super::poll::Hands;
use crate::infra::clock::Timestamp;
use crate::name_enum;
use ballot::Fingerprint;
use tally::rules::{RollHash, RuleHash};

/// The states of a poll and the steps between them.
///
/// ```mermaid
/// stateDiagram-v2
///     [*] --> drafted
///     drafted --> rules_adopted: adopt
///     rules_adopted --> frozen: freeze
///     frozen --> open: open
///     open --> closed: close
///     closed --> decrypted: decrypt
///     decrypted --> announced: announce
///     drafted --> withdrawn: withdraw
///     rules_adopted --> withdrawn: withdraw
///     frozen --> withdrawn: withdraw
///     open --> voided: void
///     closed --> voided: void
///     announced --> [*]
///     withdrawn --> [*]
///     voided --> [*]
/// ```
///
/// Once enough scrutineers have decrypted, whoever holds the parts knows the result: from then on it can only be announced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PollState {
    /// The office writes the rules.
    Drafted,
    /// The meeting has adopted the rules and the scrutineers; keys are made and deputies sign in.
    RulesAdopted(Adopted),
    /// Roll, keys and election are fixed and published.
    Frozen(Frozen),
    /// Deputies vote.
    Open(Opened),
    /// Voting is over; only the result can follow.
    Closed(Closed),
    /// Enough scrutineers have decrypted; the result is known to whoever holds all parts, and published by nobody.
    Decrypted(Decrypted),
    /// The chair has announced the result.
    Announced(Announced),
    /// Ended before anybody could vote.
    Withdrawn(Ended),
    /// Ended after the opening: nothing is counted.
    Voided(Ended),
}

/// What is fixed once the rules are adopted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adopted {
    /// Hash of the adopted `rule.toml`.
    pub rule: RuleHash,
    /// The counted hands.
    pub hands: Hands,
    /// How many of the scrutineers are enough to open the count.
    pub threshold: u32,
    /// When.
    pub at: Timestamp,
}

/// What is fixed once the roll is frozen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frozen {
    /// Hash of the public credentials.
    pub roll: RollHash,
    /// φ of the election object.
    pub fingerprint: Fingerprint,
    /// Deputies signed in (实到), each with a credential on the roll.
    pub present: u32,
    /// When.
    pub at: Timestamp,
    /// What was fixed before.
    pub adopted: Adopted,
}

/// What is fixed once voting has begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// When.
    pub at: Timestamp,
    /// What was fixed before.
    pub frozen: Frozen,
}

/// What is fixed once voting is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed {
    /// Ballots returned (收回).
    pub returned: u32,
    /// When.
    pub at: Timestamp,
    /// What was fixed before.
    pub opened: Opened,
}

/// What is fixed once enough scrutineers have decrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decrypted {
    /// When the last of them did.
    pub at: Timestamp,
    /// What was fixed before.
    pub closed: Closed,
}

/// What is fixed once the result is announced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announced {
    /// When.
    pub at: Timestamp,
    /// What was fixed before.
    pub decrypted: Decrypted,
}

/// How a poll ended without a result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// Why.
    pub reason: EndReason,
    /// The same in words.
    pub explanation: String,
    /// When.
    pub at: Timestamp,
    /// How far it had come.
    pub before: Box<PollState>,
}

name_enum! {
    /// Why a poll ends without a result.
    ///
    /// [`Self::name`]: the name in code, forms and translation keys (`end-reason-<name>`).
    pub enum EndReason {
        /// More ballots came back than were issued.
        MoreReturned = "more_returned",
        /// Too few scrutineers can decrypt.
        CannotDecrypt = "cannot_decrypt",
        /// The ballots name the wrong candidates.
        WrongCandidates = "wrong_candidates",
        /// The rules are not those that the meeting meant.
        WrongRules = "wrong_rules",
        /// Too few are present.
        QuorumLost = "quorum_lost",
        /// The meeting does not vote now.
        Postponed = "postponed",
        /// As the words say.
        Other = "other",
    }
}

impl EndReason {
    /// Whether a poll can take the step for this reason.
    pub const fn fits(self, step: Step) -> bool {
        match self {
            Self::MoreReturned | Self::CannotDecrypt => matches!(step, Step::Void),
            Self::WrongRules | Self::Postponed => matches!(step, Step::Withdraw),
            Self::WrongCandidates | Self::QuorumLost | Self::Other => {
                matches!(step, Step::Withdraw | Step::Void)
            }
        }
    }
}

name_enum! {
    /// A state's name.
    ///
    /// [`Self::name`]: the name in code, the API and translation keys (`poll-state-<name>`).
    #[expect(missing_docs, reason = "described at PollState")]
    pub enum StateName {
        Drafted = "drafted",
        RulesAdopted = "rules_adopted",
        Frozen = "frozen",
        Open = "open",
        Closed = "closed",
        Decrypted = "decrypted",
        Announced = "announced",
        Withdrawn = "withdrawn",
        Voided = "voided",
    }
}

impl StateName {
    /// Whether nothing of the poll is left to do: it is announced, withdrawn or void.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Announced | Self::Withdrawn | Self::Voided)
    }
}

/// The steps from state to state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "described at PollState")]
pub enum Step {
    Adopt,
    Freeze,
    Open,
    Close,
    Decrypt,
    Announce,
    Withdraw,
    Void,
}

impl Step {
    /// Every step: first those of the straight road, in the order in which they are taken.
    pub const ALL: [Self; 8] = [
        Self::Adopt,
        Self::Freeze,
        Self::Open,
        Self::Close,
        Self::Decrypt,
        Self::Announce,
        Self::Withdraw,
        Self::Void,
    ];

    /// The states that the step is taken in.
    pub const fn from(self) -> &'static [StateName] {
        match self {
            Self::Adopt => &[StateName::Drafted],
            Self::Freeze => &[StateName::RulesAdopted],
            Self::Open => &[StateName::Frozen],
            Self::Close => &[StateName::Open],
            Self::Decrypt => &[StateName::Closed],
            Self::Announce => &[StateName::Decrypted],
            Self::Withdraw => &[
                StateName::Drafted,
                StateName::RulesAdopted,
                StateName::Frozen,
            ],
            Self::Void => &[StateName::Open, StateName::Closed],
        }
    }
}

/// A step that the machine does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a poll that is {from:?} cannot take the step {step:?}")]
pub struct StateError {
    /// Where the poll is.
    pub from: StateName,
    /// What was to be done.
    pub step: Step,
}

impl PollState {
    /// Whether the step can be taken now.
    pub fn can(&self, step: Step) -> bool {
        step.from().contains(&self.name())
    }

    /// Refuses a step that cannot be taken now: for use cases that have much to do before they take it.
    pub fn require(&self, step: Step) -> Result<(), StateError> {
        if self.can(step) {
            Ok(())
        } else {
            Err(self.refuse(step))
        }
    }

    /// The meeting adopts the rules and the scrutineers.
    pub fn adopt(self, adopted: Adopted) -> Result<Self, StateError> {
        match self {
            Self::Drafted => Ok(Self::RulesAdopted(adopted)),
            other => Err(other.refuse(Step::Adopt)),
        }
    }

    /// Roll, keys and election are fixed.
    pub fn freeze(
        self,
        roll: RollHash,
        fingerprint: Fingerprint,
        present: u32,
        at: Timestamp,
    ) -> Result<Self, StateError> {
        match self {
            Self::RulesAdopted(adopted) => Ok(Self::Frozen(Frozen {
                roll,
                fingerprint,
                present,
                at,
                adopted,
            })),
            other => Err(other.refuse(Step::Freeze)),
        }
    }

    /// Voting begins.
    pub fn open(self, at: Timestamp) -> Result<Self, StateError> {
        match self {
            Self::Frozen(frozen) => Ok(Self::Open(Opened { at, frozen })),
            other => Err(other.refuse(Step::Open)),
        }
    }

    /// Voting ends with so many ballots returned.
    pub fn close(self, returned: u32, at: Timestamp) -> Result<Self, StateError> {
        match self {
            Self::Open(opened) => Ok(Self::Closed(Closed {
                returned,
                at,
                opened,
            })),
            other => Err(other.refuse(Step::Close)),
        }
    }

    /// The last scrutineer has decrypted.
    pub fn decrypt(self, at: Timestamp) -> Result<Self, StateError> {
        match self {
            Self::Closed(closed) => Ok(Self::Decrypted(Decrypted { at, closed })),
            other => Err(other.refuse(Step::Decrypt)),
        }
    }

    /// The chair announces.
    pub fn announce(self, at: Timestamp) -> Result<Self, StateError> {
        match self {
            Self::Decrypted(decrypted) => Ok(Self::Announced(Announced { at, decrypted })),
            other => Err(other.refuse(Step::Announce)),
        }
    }

    /// It ends before anybody could vote.
    pub fn withdraw(
        self,
        reason: EndReason,
        explanation: String,
        at: Timestamp,
    ) -> Result<Self, StateError> {
        self.require(Step::Withdraw)?;
        Ok(Self::Withdrawn(Ended {
            reason,
            explanation,
            at,
            before: Box::new(self),
        }))
    }

    /// The vote is void.
    pub fn void(
        self,
        reason: EndReason,
        explanation: String,
        at: Timestamp,
    ) -> Result<Self, StateError> {
        self.require(Step::Void)?;
        Ok(Self::Voided(Ended {
            reason,
            explanation,
            at,
            before: Box::new(self),
        }))
    }

    /// The state's name.
    pub const fn name(&self) -> StateName {
        match self {
            Self::Drafted => StateName::Drafted,
            Self::RulesAdopted(_) => StateName::RulesAdopted,
            Self::Frozen(_) => StateName::Frozen,
            Self::Open(_) => StateName::Open,
            Self::Closed(_) => StateName::Closed,
            Self::Decrypted(_) => StateName::Decrypted,
            Self::Announced(_) => StateName::Announced,
            Self::Withdrawn(_) => StateName::Withdrawn,
            Self::Voided(_) => StateName::Voided,
        }
    }

    /// What the adoption fixed, once it has been.
    pub fn adopted(&self) -> Option<&Adopted> {
        match self {
            Self::Drafted => None,
            Self::RulesAdopted(adopted) => Some(adopted),
            Self::Withdrawn(ended) | Self::Voided(ended) => ended.before.adopted(),
            Self::Frozen(_)
            | Self::Open(_)
            | Self::Closed(_)
            | Self::Decrypted(_)
            | Self::Announced(_) => self.frozen().map(|frozen| &frozen.adopted),
        }
    }

    /// What the freeze fixed, once it has been.
    pub fn frozen(&self) -> Option<&Frozen> {
        match self {
            Self::Drafted | Self::RulesAdopted(_) => None,
            Self::Frozen(frozen) => Some(frozen),
            Self::Withdrawn(ended) | Self::Voided(ended) => ended.before.frozen(),
            Self::Open(_) | Self::Closed(_) | Self::Decrypted(_) | Self::Announced(_) => {
                self.opened().map(|opened| &opened.frozen)
            }
        }
    }

    /// What the opening fixed, once it has been.
    pub fn opened(&self) -> Option<&Opened> {
        match self {
            Self::Drafted | Self::RulesAdopted(_) | Self::Frozen(_) => None,
            Self::Open(opened) => Some(opened),
            Self::Withdrawn(ended) | Self::Voided(ended) => ended.before.opened(),
            Self::Closed(_) | Self::Decrypted(_) | Self::Announced(_) => {
                self.closed().map(|closed| &closed.opened)
            }
        }
    }

    /// What the close fixed, once it has been.
    pub fn closed(&self) -> Option<&Closed> {
        match self {
            Self::Drafted | Self::RulesAdopted(_) | Self::Frozen(_) | Self::Open(_) => None,
            Self::Closed(closed) => Some(closed),
            Self::Decrypted(decrypted) => Some(&decrypted.closed),
            Self::Announced(announced) => Some(&announced.decrypted.closed),
            Self::Withdrawn(ended) | Self::Voided(ended) => ended.before.closed(),
        }
    }

    /// How it ended without a result, where it did.
    pub fn ended(&self) -> Option<&Ended> {
        match self {
            Self::Withdrawn(ended) | Self::Voided(ended) => Some(ended),
            Self::Drafted
            | Self::RulesAdopted(_)
            | Self::Frozen(_)
            | Self::Open(_)
            | Self::Closed(_)
            | Self::Decrypted(_)
            | Self::Announced(_) => None,
        }
    }

    const fn refuse(&self, step: Step) -> StateError {
        StateError {
            from: self.name(),
            step,
        }
    }
}

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;
