//! Why an act of the session is refused.

use super::state::StateError;
use crate::infra::database::DatabaseError;
use crate::web::failure::Failure;
use crate::web::form::FormErrors;
use ballot::BallotError;

/// Why an act of the session is refused, naming what is to blame.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SessionError {
    /// The database.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// There is no such poll in this jurisdiction.
    #[error("no such poll here")]
    NoSuchPoll,
    /// The poll is not in a state for this.
    #[error(transparent)]
    State(#[from] StateError),
    /// The cycle's stage does not allow it.
    #[error("the cycle has not reached this stage")]
    Stage,
    /// Another poll of this kind is under way, or has decided already.
    #[error("another poll of this kind is under way or has decided")]
    PollExists,
    /// Nothing to vote on.
    #[error("there is nothing to vote on yet")]
    NoItems,
    /// The form has errors.
    #[error("the form has errors")]
    Form(FormErrors),
    /// The rules have not been written yet.
    #[error("the rules have not been written")]
    NoRules,
    /// The rules were changed after the page that was confirmed had been shown.
    #[error("the rules have changed since they were shown")]
    RulesChanged,
    /// No scrutineer is named, or the chief scrutineer is not among them.
    #[error("scrutineers: {0}")]
    Scrutineers(&'static str),
    /// The hands do not add up, or are not a majority.
    #[error("hands: {0}")]
    Hands(&'static str),
    /// Not in a role for this.
    #[error("not in a role for this")]
    Forbidden,
    /// Office and chief scrutineer must be two people.
    #[error("the same person cannot confirm for both sides")]
    SamePerson,
    /// Too few deputies have signed in.
    #[error("{signed_in} deputies have signed in, {needed} are needed")]
    NoQuorum {
        /// Signed in.
        signed_in: u64,
        /// Needed.
        needed: u64,
    },
    /// A scrutineer has no key yet.
    #[error("scrutineer {0} has no key")]
    KeyMissing(u32),
    /// The account is no deputy here.
    #[error("not a deputy in office here")]
    NotADeputy,
    /// The account is no scrutineer of this poll.
    #[error("not a scrutineer of this poll")]
    NotAScrutineer,
    /// Not a public credential, or one that is taken.
    #[error("public credential: {0}")]
    Credential(&'static str),
    /// Sign-in is only open between the adoption of the rules and the freeze.
    #[error("the poll does not take sign-ins now")]
    SignInClosed,
    /// The poll is not open.
    #[error("the poll is not open")]
    NotOpen,
    /// A ballot that fails a check.
    #[error("ballot: {0}")]
    Ballot(#[from] BallotError),
    /// Another ballot of this credential is in the ballot box.
    #[error("a ballot of this credential has been cast")]
    AlreadyCast,
    /// There is no ballot with this tracker.
    #[error("no ballot with this tracker")]
    NoSuchBallot,
    /// Not a trustee's key, or its proof does not hold.
    #[error("trustee key: {0}")]
    TrusteeKey(String),
    /// Not a partial decryption of this tally by this trustee.
    #[error("partial decryption: {0}")]
    Partial(String),
    /// Another partial decryption of this trustee is there.
    #[error("this scrutineer has decrypted")]
    AlreadyDecrypted,
    /// The object does not exist yet in this state.
    #[error("not there yet")]
    NotYet,
    /// What is stored contradicts itself: our fault.
    #[error("poll {poll}: {reason}")]
    Inconsistent {
        /// Which poll.
        poll: super::PollId,
        /// What is wrong.
        reason: String,
    },
}

impl From<SessionError> for Failure {
    fn from(error: SessionError) -> Self {
        match error {
            SessionError::Database(error) => error.into(),
            SessionError::Inconsistent { .. } => Self::internal(&error),
            SessionError::NoSuchPoll | SessionError::NoSuchBallot | SessionError::NotYet => {
                Self::NotFound
            }
            SessionError::Forbidden | SessionError::NotADeputy | SessionError::NotAScrutineer => {
                Self::Forbidden
            }
            SessionError::State(_) => Self::Conflict("poll-state"),
            SessionError::Stage => Self::Conflict("stage-not-reached"),
            SessionError::PollExists => Self::Conflict("poll-exists"),
            SessionError::NoItems => Self::Conflict("poll-no-items"),
            SessionError::NoRules => Self::Conflict("poll-no-rules"),
            SessionError::RulesChanged => Self::Conflict("poll-rules-changed"),
            SessionError::SamePerson => Self::Conflict("same-person"),
            SessionError::NoQuorum { .. } => Self::Conflict("no-quorum"),
            SessionError::KeyMissing(_) => Self::Conflict("keys-missing"),
            SessionError::SignInClosed => Self::Conflict("sign-in-closed"),
            SessionError::NotOpen => Self::Conflict("poll-not-open"),
            SessionError::AlreadyCast => Self::Conflict("already-cast"),
            SessionError::AlreadyDecrypted => Self::Conflict("already-decrypted"),
            SessionError::Form(errors) => errors
                .iter()
                .next()
                .map_or(Self::invalid("body", "unreadable"), |(field, error)| {
                    Self::invalid(field, error.code)
                }),
            SessionError::Scrutineers(code) => Self::invalid("scrutineers", code),
            SessionError::Hands(code) => Self::invalid("hands_in_favour", code),
            SessionError::Credential(code) => Self::invalid("public_credential", code),
            SessionError::Ballot(BallotError::NotOnRoll) => {
                Self::invalid("ballot", "credential-not-on-roll")
            }
            SessionError::Ballot(error) => Self::invalid("ballot", error.code()),
            SessionError::TrusteeKey(_) => Self::invalid("trustee-key", "trustee-key-refused"),
            SessionError::Partial(_) => Self::invalid("partial-decryption", "partial-refused"),
        }
    }
}
