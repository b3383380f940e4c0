//! Why a step of a poll is refused.

use super::rehearsal::NotCarriedOut;
use super::state::StateError;
use crate::infra::database::DatabaseError;
use crate::infra::field_errors::FieldErrors;
use crate::infra::vault::VaultError;
use crate::record::RecordError;
use ballot::BallotError;
use tally::opening::PartialError;
use tally::record::poll::BoxDifference;
use tally::record::transcript::NotTaken;

/// Why a step of a poll is refused, naming what is to blame.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The database.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The public record cannot be signed or read.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The box has other ballots than the record: somebody has a receipt and would not be counted, or the other way round.
    #[error("the ballot box is not that of the record: {0}")]
    BoxDiffers(#[from] BoxDifference),
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
    /// Nothing is tied, or the rule decides the tie otherwise, or the lot was drawn.
    #[error("no lot is to be drawn")]
    NoLot,
    /// Nothing is left for the poll that was to follow.
    #[error("nothing follows the vote like this")]
    NothingFollows,
    /// Nothing to vote on.
    #[error("there is nothing to vote on yet")]
    NoItems,
    /// The form has errors.
    #[error("the form has errors")]
    Form(FieldErrors),
    /// The rules have not been written yet.
    #[error("the rules have not been written")]
    NoRules,
    /// The rules end in an error where a vote under them is run.
    #[error(transparent)]
    NotCarriedOut(#[from] NotCarriedOut),
    /// The rules were changed after the page that was confirmed had been shown.
    #[error("the rules have changed since they were shown")]
    RulesChanged,
    /// No scrutineer is named, or the chief scrutineer is not among them.
    #[error("scrutineers: {0}")]
    Scrutineers(&'static str),
    /// Not more than half of the scrutineers would open the count, or more than there are.
    #[error("threshold: {0}")]
    Threshold(&'static str),
    /// The scrutineers of this poll make no key together.
    #[error("there is no key ceremony in this poll")]
    NoCeremony,
    /// Another ceremony is under way than the one that was meant.
    #[error("the key ceremony has been begun again")]
    OtherAttempt,
    /// A message of the ceremony that is not taken.
    #[error(transparent)]
    Ceremony(#[from] NotTaken),
    /// The hands do not add up, or are not a majority.
    #[error("hands: {0}")]
    Hands(&'static str),
    /// The roster changes no more between the adoption of a poll's rules and its announcement.
    #[error("the roster is fixed while a poll is under way")]
    RosterFixed,
    /// The rule counts other deputies in office than the roster has.
    #[error("the rule counts {rule} deputies, the roster has {roster}")]
    Deputies {
        /// By the rule.
        rule: u64,
        /// By the roster.
        roster: u64,
    },
    /// Only a delegation's head confirms who of it is present.
    #[error("not the head of a delegation that has somebody present")]
    NotTheHead,
    /// Others are present than those whom the page showed.
    #[error("others have checked in since the names were shown")]
    NamesChanged,
    /// A delegation's head has not confirmed who of it is present.
    #[error("the head count of {0} is not confirmed")]
    HeadcountMissing(String),
    /// Only a chair whom the meeting adopted announces.
    #[error("not a chair of this poll")]
    NotTheChair,
    /// What is confirmed is no longer what the page showed.
    #[error("what is confirmed has changed since it was shown")]
    MatterChanged,
    /// Nobody confirms with an account that the same person made, or whose contact the same person entered.
    #[error("one of the two has enrolled the other")]
    EnrolledByEachOther,
    /// Not in a role for this.
    #[error("not in a role for this")]
    Forbidden,
    /// Office and chief scrutineer must be two people.
    #[error("the same person cannot confirm for both sides")]
    SamePerson,
    /// Too few deputies are present.
    #[error("{present} deputies are present, {needed} are needed")]
    NoQuorum {
        /// Signed in.
        present: u64,
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
    #[error("the poll does not take check-ins now")]
    CheckInClosed,
    /// The rules depart from the cycle's places or from the law, and no reason is given.
    #[error("the rules depart from the cycle or the law without a reason")]
    DepartureWithoutReason,
    /// Deputies check in with another poll, and its roll is not fixed yet.
    #[error("the roll is made at the check-in of another poll, which is not frozen yet")]
    CheckInFirst,
    /// The check-in of the other poll has begun, or that one is over, or is checked in for with another.
    #[error("the other poll's check-in cannot be joined")]
    CheckInTogether,
    /// A poll that is checked in for with this one has no rules yet.
    #[error("a poll of the same check-in has no adopted rules yet")]
    RulesOfJoined,
    /// Not a code of this check-in.
    #[error("check-in code: {0}")]
    CheckInCode(&'static str),
    /// Too many codes were tried for one deputy.
    #[error("too many check-in codes were tried")]
    TooManyCodes {
        /// When it makes sense to try again.
        retry_after_seconds: u64,
    },
    /// This check-in asks for no code.
    #[error("the check-in asks for no code")]
    NoCodeAsked,
    /// No deputy of the roster has this number.
    #[error("no deputy of this number")]
    NoSuchDeputy,
    /// Who is present has no leave.
    #[error("the deputy has checked in")]
    IsPresent,
    /// The poll is not open.
    #[error("the poll is not open")]
    NotOpen,
    /// A ballot that fails a check.
    #[error("ballot: {0}")]
    Ballot(#[from] BallotError),
    /// Another ballot of this credential is in the ballot box.
    #[error("a ballot of this credential has been cast")]
    AlreadyCast,
    /// The ballot was challenged: its choice has been shown.
    #[error("this ballot was challenged")]
    Challenged,
    /// As many ballots of this credential were challenged as may be.
    #[error("too many ballots of this credential were challenged")]
    TooManyChallenges,
    /// There is no ballot with this tracker.
    #[error("no ballot with this tracker")]
    NoSuchBallot,
    /// Not a trustee's key, or its proof does not hold.
    #[error("trustee key: {0}")]
    TrusteeKey(String),
    /// Not a partial decryption of this tally by this trustee.
    #[error("partial decryption: {0}")]
    Partial(#[from] PartialError),
    /// Another partial decryption of this trustee is there.
    #[error("this scrutineer has decrypted")]
    AlreadyDecrypted,
    /// What a scrutineer's device states is not what the poll is.
    #[error("statement: {0}")]
    Statement(#[from] StatementError),
    /// Another statement of this scrutineer is there.
    #[error("this scrutineer has stated something else")]
    AlreadyStated,
    /// Not all whom it takes have approved the election.
    #[error("{stated} scrutineers have approved the election, {needed} must")]
    ApprovalsMissing {
        /// So many have.
        stated: usize,
        /// So many must.
        needed: usize,
    },
    /// Not enough have stated which ballots are summed, or this scrutineer has not.
    #[error(
        "{stated} scrutineers have stated which ballots are summed, {needed} must, and whoever decrypts among them"
    )]
    ClosingsMissing {
        /// So many have.
        stated: usize,
        /// So many must.
        needed: usize,
    },
    /// The account is no teller whom the meeting adopted with the rules.
    #[error("not a teller of this poll")]
    NotATeller,
    /// The rule reserves no paper.
    #[error("the rule reserves no paper ballots")]
    NoPaper,
    /// As many deputies are present on paper as the rule reserves.
    #[error("all paper ballots that the rule reserves are taken")]
    PaperUsedUp,
    /// No teller's device has made the credentials of the paper.
    #[error("the credentials of {0} paper ballots are missing")]
    PaperMissing(u32),
    /// Polls of one check-in reserve other numbers of papers.
    #[error("the polls of one check-in reserve the same number of paper ballots")]
    PaperDiffers,
    /// The deputy does not vote on paper, or has not this one.
    #[error("the deputy does not have this paper")]
    NotOnPaper,
    /// Not a list of marks.
    #[error("not a list of marks of what was typed")]
    PaperList,
    /// One teller has typed the other list.
    #[error("two tellers type the papers, each by himself or herself")]
    SameTeller,
    /// The two tellers do not agree on every sheet.
    #[error("the two tellers do not agree on every paper")]
    PaperNotAgreed,
    /// The sheets do not add up, or the box has other ballots of paper.
    #[error("the papers do not add up: {0}")]
    PaperFigures(&'static str),
    /// More papers came out of the box than were handed out: the vote is void.
    #[error("{returned} papers came back and {issued} were handed out: the vote is void")]
    MorePaperReturned {
        /// Out of the box.
        returned: u32,
        /// Handed out.
        issued: u32,
    },
    /// The papers were counted already.
    #[error("the papers were counted already")]
    AlreadyCounted,
    /// The box with the papers was not emptied.
    #[error("the papers have not been counted")]
    PaperNotCounted,
    /// The result has not been announced.
    #[error("the result has not been announced")]
    NotAnnounced,
    /// The announcement has another number or day already.
    #[error("the announcement is numbered already")]
    AlreadyNumbered,
    /// Another announcement of the year has this number.
    #[error("another announcement of the year has this number")]
    NumberTaken,
    /// The announcement's day is before the result, or to come.
    #[error("the announcement's day: {0}")]
    AnnouncementDay(&'static str),
    /// The object does not exist yet in this state.
    #[error("not there yet")]
    NotYet,
    /// The key file that links between deputies and credentials are sealed with.
    #[error("the check-in's key: {0}")]
    LinkKey(#[from] VaultError),
    /// What is stored contradicts itself: our fault.
    #[error("poll {poll}: {reason}")]
    Inconsistent {
        /// Which poll.
        poll: super::PollId,
        /// What is wrong.
        reason: String,
    },
}

/// Why what a scrutineer's device states is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StatementError {
    /// No signed statement of this kind.
    #[error("not a signed statement: {0}")]
    Unreadable(String),
    /// Signed for another trustee.
    #[error("it names another trustee")]
    OtherTrustee,
    /// Not signed by this trustee's key.
    #[error("it is not signed by this trustee's key")]
    Signature,
    /// Another election, or other ballots.
    #[error("it states something else than this poll")]
    Differs,
    /// Another record than this one, or one without the close.
    #[error("it names a root that this record did not have after the close")]
    History,
    /// What was frozen cannot be read: our fault.
    #[error("what was frozen cannot be read: {0}")]
    Setup(String),
}
