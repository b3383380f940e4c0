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
///     announced --> [*]
/// ```
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
    /// All scrutineers have decrypted; the result is known to whoever holds all parts, and published by nobody.
    Decrypted(Decrypted),
    /// The chair has announced the result.
    Announced(Announced),
}

/// What is fixed once the rules are adopted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adopted {
    /// Hash of the adopted `rule.toml`.
    pub rule: RuleHash,
    /// The counted hands.
    pub hands: Hands,
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

/// What is fixed once all scrutineers have decrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decrypted {
    /// When the last one did.
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
}

impl Step {
    /// Every step, in the order in which they are taken.
    pub const ALL: [Self; 6] = [
        Self::Adopt,
        Self::Freeze,
        Self::Open,
        Self::Close,
        Self::Decrypt,
        Self::Announce,
    ];

    /// The state that the step is taken in.
    pub const fn from(self) -> StateName {
        match self {
            Self::Adopt => StateName::Drafted,
            Self::Freeze => StateName::RulesAdopted,
            Self::Open => StateName::Frozen,
            Self::Close => StateName::Open,
            Self::Decrypt => StateName::Closed,
            Self::Announce => StateName::Decrypted,
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
        self.name() == step.from()
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
            other @ (Self::RulesAdopted(_)
            | Self::Frozen(_)
            | Self::Open(_)
            | Self::Closed(_)
            | Self::Decrypted(_)
            | Self::Announced(_)) => Err(other.refuse(Step::Adopt)),
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
            other @ (Self::Drafted
            | Self::Frozen(_)
            | Self::Open(_)
            | Self::Closed(_)
            | Self::Decrypted(_)
            | Self::Announced(_)) => Err(other.refuse(Step::Freeze)),
        }
    }

    /// Voting begins.
    pub fn open(self, at: Timestamp) -> Result<Self, StateError> {
        match self {
            Self::Frozen(frozen) => Ok(Self::Open(Opened { at, frozen })),
            other @ (Self::Drafted
            | Self::RulesAdopted(_)
            | Self::Open(_)
            | Self::Closed(_)
            | Self::Decrypted(_)
            | Self::Announced(_)) => Err(other.refuse(Step::Open)),
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
            other @ (Self::Drafted
            | Self::RulesAdopted(_)
            | Self::Frozen(_)
            | Self::Closed(_)
            | Self::Decrypted(_)
            | Self::Announced(_)) => Err(other.refuse(Step::Close)),
        }
    }

    /// The last scrutineer has decrypted.
    pub fn decrypt(self, at: Timestamp) -> Result<Self, StateError> {
        match self {
            Self::Closed(closed) => Ok(Self::Decrypted(Decrypted { at, closed })),
            other @ (Self::Drafted
            | Self::RulesAdopted(_)
            | Self::Frozen(_)
            | Self::Open(_)
            | Self::Decrypted(_)
            | Self::Announced(_)) => Err(other.refuse(Step::Decrypt)),
        }
    }

    /// The chair announces.
    pub fn announce(self, at: Timestamp) -> Result<Self, StateError> {
        match self {
            Self::Decrypted(decrypted) => Ok(Self::Announced(Announced { at, decrypted })),
            other @ (Self::Drafted
            | Self::RulesAdopted(_)
            | Self::Frozen(_)
            | Self::Open(_)
            | Self::Closed(_)
            | Self::Announced(_)) => Err(other.refuse(Step::Announce)),
        }
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
        }
    }

    /// What the adoption fixed, once it has been.
    pub const fn adopted(&self) -> Option<&Adopted> {
        match self {
            Self::Drafted => None,
            Self::RulesAdopted(adopted) => Some(adopted),
            Self::Frozen(_)
            | Self::Open(_)
            | Self::Closed(_)
            | Self::Decrypted(_)
            | Self::Announced(_) => match self.frozen() {
                Some(frozen) => Some(&frozen.adopted),
                None => None,
            },
        }
    }

    /// What the freeze fixed, once it has been.
    pub const fn frozen(&self) -> Option<&Frozen> {
        match self {
            Self::Drafted | Self::RulesAdopted(_) => None,
            Self::Frozen(frozen) => Some(frozen),
            Self::Open(opened) => Some(&opened.frozen),
            Self::Closed(closed) => Some(&closed.opened.frozen),
            Self::Decrypted(decrypted) => Some(&decrypted.closed.opened.frozen),
            Self::Announced(announced) => Some(&announced.decrypted.closed.opened.frozen),
        }
    }

    /// What the opening fixed, once it has been.
    pub const fn opened(&self) -> Option<&Opened> {
        match self {
            Self::Drafted | Self::RulesAdopted(_) | Self::Frozen(_) => None,
            Self::Open(opened) => Some(opened),
            Self::Closed(closed) => Some(&closed.opened),
            Self::Decrypted(decrypted) => Some(&decrypted.closed.opened),
            Self::Announced(announced) => Some(&announced.decrypted.closed.opened),
        }
    }

    /// What the close fixed, once it has been.
    pub const fn closed(&self) -> Option<&Closed> {
        match self {
            Self::Drafted | Self::RulesAdopted(_) | Self::Frozen(_) | Self::Open(_) => None,
            Self::Closed(closed) => Some(closed),
            Self::Decrypted(decrypted) => Some(&decrypted.closed),
            Self::Announced(announced) => Some(&announced.decrypted.closed),
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
