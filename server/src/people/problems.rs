//! What is answered where a use case refuses.

use crate::web::http_error::HttpError;
use domain::people::PeopleError;

impl From<PeopleError> for HttpError {
    fn from(error: PeopleError) -> Self {
        match error {
            PeopleError::TooMany {
                retry_after_seconds,
            } => Self::TooMany {
                retry_after_seconds,
            },
            PeopleError::NotSignedIn => Self::SignInFirst,
            PeopleError::NotFound => Self::NotFound,
            PeopleError::FactorWrong => Self::invalid("factor_code", "factor-wrong"),
            PeopleError::RecoveryCodeWrong => Self::invalid("recovery_code", "recovery-code-wrong"),
            PeopleError::Passkey(_) => Self::invalid("passkey", "passkey-refused"),
            PeopleError::PasskeyTaken => Self::invalid("passkey", "passkey-taken"),
            PeopleError::PasskeysNotOffered => Self::Conflict("passkeys-not-offered"),
            PeopleError::FactorOfferGone => Self::Conflict("factor-offer-gone"),
            PeopleError::TooManyFactors => Self::Conflict("too-many-factors"),
            PeopleError::LinkDead => Self::Conflict("link-dead"),
            PeopleError::NoLink(why) => Self::Conflict(why.code()),
            PeopleError::LastAdmin => Self::Conflict("last-admin"),
            PeopleError::MayNotGive(_) => Self::Forbidden,
            PeopleError::EnrolledByGiver => Self::Conflict("enrolled-by-giver"),
            PeopleError::RosterFixed => Self::Conflict("roster-fixed"),
            PeopleError::NotADeputy => Self::Conflict("not-a-deputy"),
            PeopleError::NoTicket | PeopleError::CodeExpired => Self::Conflict("code-expired"),
            PeopleError::CodeUsed => Self::Conflict("code-used"),
            PeopleError::CodeLocked => Self::Conflict("code-locked"),
            PeopleError::ChannelNotOffered(_) => Self::invalid("contact", "channel-not-offered"),
            PeopleError::CodeWrong { .. } => Self::invalid("code", "code-expired"),
            PeopleError::PasswordWrong => Self::invalid("password", "password-wrong"),
            PeopleError::PasswordWeak(weakness) => Self::invalid("new_password", weakness.code()),
            PeopleError::ContactTaken => Self::invalid("contact", "contact-taken"),
            PeopleError::NoSuchUnit => Self::invalid("unit", "required"),
            PeopleError::NameTaken => Self::invalid("unit_name", "name-taken"),
            PeopleError::Database(_) | PeopleError::Vault(_) | PeopleError::PasswordHash(_) => {
                Self::internal(&error)
            }
        }
    }
}
