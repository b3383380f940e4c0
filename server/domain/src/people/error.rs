//! Why something about people cannot be done.

use super::Role;
use super::factors::webauthn::WebauthnError;
use super::links::NoLink;
use super::ticket::TicketError;
use super::weak_password::Weakness;
use crate::infra::database::DatabaseError;
use crate::infra::field_errors::FieldErrors;
use crate::infra::mail::{Channel, EnqueueError};
use crate::infra::vault::Unsealable;

/// Why something about people cannot be done.
#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    /// The database refused.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// A stored contact or message cannot be encrypted or decrypted.
    #[error(transparent)]
    Vault(#[from] Unsealable),
    /// The password's hash cannot be computed or read.
    #[error("password hash: {0}")]
    PasswordHash(String),
    /// No sender is configured for this kind of contact.
    #[error("no sender is configured for {0:?}")]
    ChannelNotOffered(Channel),
    /// Tried too often.
    #[error("tried too often, again in {retry_after_seconds} s")]
    TooMany {
        /// When it makes sense to try again.
        retry_after_seconds: u64,
    },
    /// This browser has no sign-in under way, or it ran out.
    #[error("no sign-in under way")]
    NoTicket,
    /// The code has run out.
    #[error("the code has run out")]
    CodeExpired,
    /// The code was used already.
    #[error("the code was used already")]
    CodeUsed,
    /// The code is wrong.
    #[error("the code is wrong, {left} tries left")]
    CodeWrong {
        /// How many tries are left for this code.
        left: i32,
    },
    /// Too many wrong codes: a new one is needed.
    #[error("too many wrong codes")]
    CodeLocked,
    /// Contact and password do not belong together, or there is no such account: never said which.
    #[error("wrong contact or password")]
    PasswordWrong,
    /// A password that is too easy to guess.
    #[error("the password is too easy to guess: {0:?}")]
    PasswordWeak(Weakness),
    /// A code of the authenticator app that is wrong, old, or was used.
    #[error("the factor's code is wrong or was used")]
    FactorWrong,
    /// A recovery code that is wrong or was used.
    #[error("the recovery code is wrong or was used")]
    RecoveryCodeWrong,
    /// A passkey's answer is refused.
    #[error("passkey: {0}")]
    Passkey(#[from] WebauthnError),
    /// The passkey is registered already.
    #[error("the passkey is registered already")]
    PasskeyTaken,
    /// Passkeys need a name as the service's address, and HTTPS.
    #[error("passkeys cannot be used at this address")]
    PasskeysNotOffered,
    /// What this session was to answer has run out or was answered.
    #[error("nothing waits for this answer any more")]
    FactorOfferGone,
    /// No account has use for so many factors.
    #[error("too many factors")]
    TooManyFactors,
    /// The link was used, ran out, or never was.
    #[error("the link was used or ran out")]
    LinkDead,
    /// No link is made for this person, or not by this one.
    #[error("no sign-in link: {0}")]
    NoLink(#[from] NoLink),
    /// The contact belongs to another account.
    #[error("the contact belongs to another account")]
    ContactTaken,
    /// The jurisdiction would be left without an administrator.
    #[error("the last administrator stays")]
    LastAdmin,
    /// This role is not for this person to grant or revoke.
    #[error("{0:?} is not theirs to give")]
    MayNotGive(Role),
    /// Nobody gives a task to themselves, or to an account of their own making.
    #[error("one's own account, or one that the giver has enrolled")]
    EnrolledByGiver,
    /// The roster is fixed while a poll is between its adoption and its announcement.
    #[error("the roster is fixed while a poll is under way")]
    RosterFixed,
    /// Scrutineers are deputies, and this person is none here.
    #[error("scrutineers are deputies")]
    NotADeputy,
    /// Unit staff work for a unit.
    #[error("no such unit")]
    NoSuchUnit,
    /// No such person, session or deputy here.
    #[error("nothing here by that id")]
    NotFound,
    /// Nobody is signed in.
    #[error("nobody is signed in")]
    NotSignedIn,
    /// A name that is there already.
    #[error("the name is taken")]
    NameTaken,
}

impl From<EnqueueError> for PeopleError {
    fn from(error: EnqueueError) -> Self {
        match error {
            EnqueueError::Vault(error) => Self::Vault(error),
            EnqueueError::Database(error) => Self::Database(error),
        }
    }
}

impl PeopleError {
    /// Notes the error at the field that it blames; gives it back where it blames none.
    pub fn into_form(self, errors: &mut FieldErrors) -> Result<(), Self> {
        match &self {
            Self::ChannelNotOffered(_) => errors.add("contact", "channel-not-offered"),
            Self::NoTicket | Self::CodeExpired => errors.add("code", "code-expired"),
            Self::CodeUsed => errors.add("code", "code-used"),
            Self::CodeWrong { left } => errors.add_limit("code", "code-wrong", i64::from(*left)),
            Self::CodeLocked => errors.add("code", "code-locked"),
            Self::PasswordWrong => errors.add("password", "password-wrong"),
            Self::PasswordWeak(weakness) => errors.add("new_password", weakness.code()),
            Self::FactorWrong => errors.add("factor_code", "factor-wrong"),
            Self::RecoveryCodeWrong => errors.add("recovery_code", "recovery-code-wrong"),
            Self::Passkey(_) => errors.add("passkey", "passkey-refused"),
            Self::PasskeyTaken => errors.add("passkey", "passkey-taken"),
            Self::FactorOfferGone => errors.add("passkey", "factor-offer-gone"),
            Self::ContactTaken => errors.add("contact", "contact-taken"),
            Self::MayNotGive(_) => errors.add("role", "may-not-give"),
            Self::LastAdmin => errors.add("role", "last-admin"),
            Self::EnrolledByGiver => errors.add("contact", "enrolled-by-giver"),
            Self::NotADeputy => errors.add("role", "not-a-deputy"),
            Self::NoSuchUnit => errors.add("unit", "required"),
            Self::NameTaken => errors.add("unit_name", "name-taken"),
            Self::Database(_)
            | Self::Vault(_)
            | Self::PasswordHash(_)
            | Self::TooMany { .. }
            | Self::LinkDead
            | Self::NoLink(_)
            | Self::RosterFixed
            | Self::PasskeysNotOffered
            | Self::TooManyFactors
            | Self::NotSignedIn
            | Self::NotFound => return Err(self),
        }
        Ok(())
    }
}

impl From<TicketError> for PeopleError {
    fn from(_: TicketError) -> Self {
        Self::CodeUsed
    }
}

/// Why a file cannot be understood at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FileError {
    /// It is text in none of the encodings that spreadsheets write.
    #[error("in no encoding of text")]
    Encoding,
    /// A compound file: a workbook of the former kind (.xls), or one with a password.
    #[error("a workbook of the former kind, or with a password")]
    OldWorkbook,
    /// An archive that is no workbook, or a damaged one, or one that unpacks beyond all measure.
    #[error("no workbook that can be read")]
    Workbook,
    /// None of the first rows names the columns number, name and delegation.
    #[error("no row names the columns")]
    Columns,
    /// Nothing below the headings.
    #[error("no rows")]
    Empty,
    /// More rows than any congress has deputies, or more text than these need.
    #[error("too long")]
    TooLong,
}

impl FileError {
    /// The code of the message.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Encoding => "csv-encoding",
            Self::OldWorkbook => "csv-old-workbook",
            Self::Workbook => "csv-workbook",
            Self::Columns => "csv-columns",
            Self::Empty => "csv-empty",
            Self::TooLong => "csv-too-long",
        }
    }
}
