//! The key of a poll as the record has it: the trustees of the freeze are those whom the meeting adopted, as many of them open the
//! count as it said, and where they share a key it is the one that their last ceremony gave, round after round.

use ballot::group::{InGroup, in_group};
use ballot::trustee::ceremony::{CeremonyError, Setting};
use ballot::trustee::{TrusteeId, TrusteeKind, Trustees};
use ballot::{Belenios2048, Ed25519, Group, Uuid, Wire as _};

use super::PollRecordError;
use crate::record::body::{
    CeremonyComplained, CeremonyMessage, CeremonyRestarted, PollFrozen, PollRulesAdopted,
};
use crate::record::ceremony::Round;
use crate::record::transcript::{Complained, NotTaken, ROUNDS, Transcript, is_shared};

/// Why the key of a poll is not the one that its scrutineers have made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyFault {
    /// No ceremony, or another one, is under way.
    #[error("it is of ceremony {found}, number {expected} is under way")]
    Attempt {
        /// By the entry.
        found: u32,
        /// By the entries before.
        expected: u32,
    },
    /// A message where none of its round can be, or a second one.
    #[error("the message of trustee {trustee} in the round {round} cannot stand here")]
    Message {
        /// Whose, by its number.
        trustee: u32,
        /// Of which round.
        round: Round,
    },
    /// The messages do not fit together; the error names the trustee.
    #[error("the ceremony: {0}")]
    Ceremony(#[from] CeremonyError),
    /// A message that cannot be taken.
    #[error("the ceremony: {0}")]
    NotTaken(#[from] NotTaken),
    /// The trustees of the freeze are not those of the ceremony.
    #[error("the trustees are not those that the ceremony has given")]
    OtherTrustees,
    /// The trustees of the freeze are not as many as were adopted, or another number of them opens the count.
    #[error("the trustees are not {threshold} of {scrutineers}, as it was adopted")]
    Threshold {
        /// How many are enough.
        threshold: u32,
        /// How many there are.
        scrutineers: usize,
    },
    /// The objects of the freeze cannot be read.
    #[error("the poll's trustees cannot be read: {0}")]
    Unreadable(String),
}

/// The ceremony that is under way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordedCeremony {
    /// Which it is, from 1; 0 where the scrutineers share no key.
    pub attempt: u32,
    /// Its messages, once the rules are adopted.
    pub transcript: Option<Transcript>,
    /// The complaints about shares, of all ceremonies, each judged: with the number of its ceremony.
    pub complaints: Vec<(u32, Complained)>,
    setting: Option<Setting>,
}

impl RecordedCeremony {
    /// The rules are adopted: the first ceremony can begin, where there is to be one.
    pub(super) fn adopted(rules: &PollRulesAdopted) -> Self {
        let (threshold, size) = sizes(rules);
        let poll = rules.election_uuid.as_str().parse::<Uuid>().ok();
        let setting = poll
            .filter(|_| is_shared(threshold, size))
            .and_then(|poll| Setting::new(poll, size, threshold).ok());
        Self {
            attempt: u32::from(setting.is_some()),
            transcript: setting.clone().map(Transcript::new),
            complaints: Vec::new(),
            setting,
        }
    }

    /// One more message. Where no key is shared, the trustees' own keys may stand here, and say nothing more than the freeze.
    pub(super) fn message(&mut self, body: &CeremonyMessage) -> Result<(), KeyFault> {
        let trustee = body.trustee.get();
        let cannot = KeyFault::Message {
            trustee,
            round: body.round,
        };
        let Some(transcript) = &mut self.transcript else {
            return if body.round == Round::Key {
                Ok(())
            } else {
                Err(cannot)
            };
        };
        require_attempt(body.attempt.get(), self.attempt)?;
        let id = TrusteeId::new(trustee).ok_or(cannot.clone())?;
        // Whether it is good is asked of the ceremony whose key was frozen.
        if transcript.due() != Some(body.round) || !transcript.awaited().contains(&id) {
            return Err(cannot);
        }
        transcript.add(body.round, id, body.message.text().to_owned());
        Ok(())
    }

    /// A complaint about a share of the ceremony that is under way: it must prove something, whoever is to blame. The group is the
    /// one in which it does.
    pub(super) fn complained(&mut self, body: &CeremonyComplained) -> Result<(), KeyFault> {
        require_attempt(body.attempt.get(), self.attempt)?;
        let cannot = KeyFault::Message {
            trustee: body.trustee.get(),
            round: Round::Acknowledgement,
        };
        let transcript = self.transcript.as_ref().ok_or(cannot.clone())?;
        let by = TrusteeId::new(body.trustee.get()).ok_or(cannot)?;
        let text = body.complaint.text();
        let judged = transcript.judge::<Ed25519>(by, text).or_else(|error| {
            let older = transcript.judge::<Belenios2048>(by, text);
            older.map_err(|_| error)
        })?;
        self.complaints.push((self.attempt, judged));
        Ok(())
    }

    /// All begin again.
    pub(super) fn restarted(&mut self, body: &CeremonyRestarted) -> Result<(), KeyFault> {
        let next = self.attempt.saturating_add(1);
        require_attempt(body.attempt.get(), next)?;
        let setting = self.setting.clone().ok_or(KeyFault::Attempt {
            found: next,
            expected: 0,
        })?;
        self.attempt = next;
        self.transcript = Some(Transcript::new(setting));
        Ok(())
    }

    fn has_not_begun(&self) -> bool {
        let sent = |one: &Transcript| ROUNDS.iter().any(|round| !one.texts(*round).is_empty());
        self.attempt <= 1 && !self.transcript.as_ref().is_some_and(sent)
    }

    /// The trustees of the freeze are those of the last ceremony; without one each has a key of its own.
    ///
    /// A poll that follows another may take the key of that one: then no ceremony of its own has begun.
    pub(super) fn check_frozen(
        &self,
        rules: &PollRulesAdopted,
        frozen: &PollFrozen,
        follows: bool,
    ) -> Result<(), KeyFault> {
        let unreadable = |error: String| KeyFault::Unreadable(error);
        let election = frozen.election.text().as_bytes();
        let group = ballot::group_of_election(election).map_err(|e| unreadable(e.to_string()))?;
        let work = Check {
            ceremony: self,
            rules,
            frozen,
            takes_a_key: follows && self.has_not_begun(),
        };
        in_group(&group, work).unwrap_or_else(|| Err(unreadable(format!("the group {group}"))))
    }
}

/// How many open the count, of how many.
fn sizes(rules: &PollRulesAdopted) -> (u32, u32) {
    let scrutineers = rules.officers.iter().filter(|one| one.holds_key()).count();
    let size = u32::try_from(scrutineers).unwrap_or(u32::MAX);
    (rules.threshold.get(), size)
}

fn require_attempt(found: u32, expected: u32) -> Result<(), KeyFault> {
    if found == expected {
        Ok(())
    } else {
        Err(KeyFault::Attempt { found, expected })
    }
}

struct Check<'a> {
    ceremony: &'a RecordedCeremony,
    rules: &'a PollRulesAdopted,
    frozen: &'a PollFrozen,
    takes_a_key: bool,
}

impl InGroup for Check<'_> {
    type Output = Result<(), KeyFault>;

    fn run<G: Group>(self) -> Self::Output {
        let text = self.frozen.trustees.text();
        let transcript = self.ceremony.transcript.as_ref();
        if let Some(transcript) = transcript.filter(|_| !self.takes_a_key) {
            let made = transcript.finish::<G>()?;
            return if made.to_json() == text {
                Ok(())
            } else {
                Err(KeyFault::OtherTrustees)
            };
        }
        let trustees = Trustees::<G>::from_json(text.as_bytes())
            .map_err(|error| KeyFault::Unreadable(error.to_string()))?;
        let (threshold, size) = sizes(self.rules);
        let as_adopted = match (transcript, trustees.kinds()) {
            (Some(_), [TrusteeKind::Threshold(group)]) => group.threshold() == threshold,
            (Some(_), _) => false,
            (None, kinds) => kinds
                .iter()
                .all(|kind| matches!(kind, TrusteeKind::Single(_))),
        };
        let all = trustees.verification_keys().count();
        if as_adopted && u32::try_from(all) == Ok(size) {
            Ok(())
        } else {
            Err(KeyFault::Threshold {
                threshold,
                scrutineers: usize::try_from(size).unwrap_or(usize::MAX),
            })
        }
    }
}

impl From<(u64, KeyFault)> for PollRecordError {
    fn from((index, fault): (u64, KeyFault)) -> Self {
        Self::Key { index, fault }
    }
}

#[cfg(test)]
#[path = "ceremony_tests.rs"]
mod tests;
