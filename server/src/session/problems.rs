//! What is answered where a use case refuses.

use super::rule_form::field_of;
use crate::web::http_error::HttpError;
use ballot::BallotError;
use domain::session::{SessionError, StatementError};
use tally::record::transcript::NotTaken;

impl From<SessionError> for HttpError {
    fn from(error: SessionError) -> Self {
        match error {
            SessionError::Database(error) => error.into(),
            SessionError::Record(error) => error.into(),
            SessionError::BoxDiffers(_) => Self::Conflict("box-differs"),
            SessionError::Inconsistent { .. }
            | SessionError::LinkKey(_)
            | SessionError::Statement(StatementError::Setup(_)) => Self::internal(&error),
            SessionError::NoSuchPoll | SessionError::NoSuchBallot | SessionError::NotYet => {
                Self::NotFound
            }
            SessionError::Forbidden
            | SessionError::NotADeputy
            | SessionError::NotAScrutineer
            | SessionError::NotATeller => Self::Forbidden,
            SessionError::State(_) => Self::Conflict("poll-state"),
            SessionError::Stage => Self::Conflict("stage-not-reached"),
            SessionError::PollExists => Self::Conflict("poll-exists"),
            SessionError::NoLot => Self::Conflict("no-lot"),
            SessionError::NothingFollows => Self::Conflict("nothing-follows"),
            SessionError::NoItems => Self::Conflict("poll-no-items"),
            SessionError::NoRules => Self::Conflict("poll-no-rules"),
            SessionError::NotCarriedOut(why) => {
                Self::invalid(field_of(why.key), not_carried_out(why.key))
            }
            SessionError::RulesChanged => Self::Conflict("poll-rules-changed"),
            SessionError::RosterFixed => Self::Conflict("roster-fixed"),
            SessionError::Deputies { .. } => Self::Conflict("rule-deputies"),
            SessionError::NotTheHead => Self::Conflict("not-the-head"),
            SessionError::NamesChanged => Self::Conflict("names-changed"),
            SessionError::HeadcountMissing(_) => Self::Conflict("headcount-missing"),
            SessionError::MatterChanged => Self::Conflict("matter-changed"),
            SessionError::EnrolledByEachOther => Self::Conflict("enrolled-by-each-other"),
            SessionError::NotTheChair => Self::Conflict("not-the-chair"),
            SessionError::SamePerson => Self::Conflict("same-person"),
            SessionError::NoQuorum { .. } => Self::Conflict("no-quorum"),
            SessionError::KeyMissing(_) => Self::Conflict("keys-missing"),
            SessionError::CheckInClosed => Self::Conflict("check-in-closed"),
            SessionError::DepartureWithoutReason => Self::invalid("departure", "departure-reason"),
            SessionError::CheckInFirst => Self::Conflict("check-in-first"),
            SessionError::CheckInTogether => Self::Conflict("check-in-together"),
            SessionError::RulesOfJoined => Self::Conflict("rules-of-joined"),
            SessionError::NotOpen => Self::Conflict("poll-not-open"),
            SessionError::AlreadyCast => Self::Conflict("already-cast"),
            SessionError::Challenged => Self::Conflict("ballot-challenged"),
            SessionError::TooManyChallenges => Self::Conflict("too-many-challenges"),
            SessionError::AlreadyStated => Self::Conflict("already-stated"),
            SessionError::ApprovalsMissing { .. } => Self::Conflict("approvals-missing"),
            SessionError::ClosingsMissing { .. } => Self::Conflict("closings-missing"),
            SessionError::NoPaper => Self::Conflict("no-paper"),
            SessionError::PaperUsedUp => Self::Conflict("paper-used-up"),
            SessionError::PaperMissing(_) => Self::Conflict("paper-missing"),
            SessionError::PaperDiffers => Self::Conflict("paper-differs"),
            SessionError::NotOnPaper => Self::Conflict("not-on-paper"),
            SessionError::PaperList => Self::invalid("sheets", "paper-list"),
            SessionError::SameTeller => Self::Conflict("same-teller"),
            SessionError::PaperNotAgreed => Self::Conflict("paper-not-agreed"),
            SessionError::PaperFigures(code) => Self::invalid("paper", code),
            SessionError::MorePaperReturned { .. } => Self::Conflict("more-paper-returned"),
            SessionError::AlreadyCounted => Self::Conflict("paper-counted"),
            SessionError::PaperNotCounted => Self::Conflict("paper-not-counted"),
            SessionError::NotAnnounced => Self::Conflict("not-announced"),
            SessionError::AlreadyNumbered => Self::Conflict("already-numbered"),
            SessionError::NumberTaken => Self::invalid("announcement_number", "number-taken"),
            SessionError::AnnouncementDay(code) => Self::invalid("announcement_day", code),
            SessionError::AlreadyDecrypted => Self::Conflict("already-decrypted"),
            SessionError::CheckInCode(code) => Self::invalid("check_in_code", code),
            SessionError::TooManyCodes {
                retry_after_seconds,
            } => Self::TooMany {
                retry_after_seconds,
            },
            SessionError::NoCodeAsked => Self::Conflict("no-code-asked"),
            SessionError::NoSuchDeputy => Self::invalid("deputy", "no-such-deputy"),
            SessionError::IsPresent => Self::Conflict("deputy-is-present"),
            SessionError::Form(errors) => errors
                .iter()
                .next()
                .map_or(Self::invalid("body", "unreadable"), |(field, error)| {
                    Self::invalid(field, error.code)
                }),
            SessionError::Scrutineers(code) => Self::invalid("scrutineers", code),
            SessionError::Threshold(code) => Self::invalid("threshold", code),
            SessionError::NoCeremony => Self::Conflict("no-ceremony"),
            SessionError::OtherAttempt => Self::Conflict("ceremony-begun-again"),
            SessionError::Ceremony(NotTaken::NotDue { .. }) => Self::Conflict("ceremony-not-due"),
            SessionError::Ceremony(NotTaken::Another(_)) => {
                Self::Conflict("ceremony-other-message")
            }
            SessionError::Ceremony(_) => Self::invalid("message", "ceremony-refused"),
            SessionError::Hands(code) => Self::invalid("hands_in_favour", code),
            SessionError::Credential(code) => Self::invalid("public_credential", code),
            SessionError::Ballot(BallotError::NotOnRoll) => {
                Self::invalid("ballot", "credential-not-on-roll")
            }
            SessionError::Ballot(error) => Self::invalid("ballot", error.code()),
            SessionError::TrusteeKey(_) => Self::invalid("trustee-key", "trustee-key-refused"),
            SessionError::Statement(_) => Self::invalid("statement", "statement-refused"),
            SessionError::Partial(_) => Self::invalid("partial-decryption", "partial-refused"),
        }
    }
}

/// What is said of a rule that cannot be carried out.
pub(crate) fn not_carried_out(key: &str) -> &'static str {
    match key {
        "items" => "rule-items-alike",
        _ => "rule-no-result",
    }
}
