//! What the audit trail says of people: their account's id, never a name or a contact.

use super::offers::OfferId;
use super::role::Role;
use super::roster::{DelegationId, DeputyId, UnitId};
use super::store::{FactorId, FactorKind, SessionId};
use crate::audit_events;
use crate::infra::audit::Detail;
use crate::infra::audit_action::AuditAction;
use crate::infra::ids::{AccountId, JurisdictionId};
use crate::infra::mail::{Channel, MessageId};
use serde_json::Value;

audit_events! {
    /// What happens to accounts, roles and rosters.
    pub(crate) enum PeopleEvent {
        AccountCreate { account: AccountId, by: Proof } = PeopleAccountCreate,
        AccountMove { account: AccountId } = PeopleAccountMove,
        AccountRename { account: AccountId } = PeopleAccountRename,
        AuditRead { jurisdiction: JurisdictionId, action: Option<AuditAction> } = PeopleAuditRead,
        CodeAsk { message: MessageId, channel: Channel } = PeopleCodeAsk,
        CodeRight = PeopleCodeRight,
        CodeWrong = PeopleCodeWrong,
        ContactRead { account: AccountId } = PeopleContactRead,
        FactorAdd { factor: FactorId, kind: FactorKind } = PeopleFactorAdd,
        FactorProve { account: AccountId, by: Proof } = PeopleFactorProve,
        FactorRemove { factor: FactorId } = PeopleFactorRemove,
        FactorWrong = PeopleFactorWrong,
        JurisdictionAdd { jurisdiction: JurisdictionId } = PeopleJurisdictionAdd,
        Limit { limit: &'static str, tries: i32 } = PeopleLimit,
        LinkMake { account: AccountId, seconds: i64 } = PeopleLinkMake,
        PasswordSet { account: AccountId } = PeoplePasswordSet,
        PasswordWrong { account: Option<AccountId> } = PeoplePasswordWrong,
        RecoveryCodesMake { account: AccountId } = PeopleRecoveryCodesMake,
        HeadAppoint { delegation: DelegationId, deputy: DeputyId } = PeopleHeadAppoint,
        RoleDecline { offer: OfferId, role: Role } = PeopleRoleDecline,
        RoleOffer { offer: OfferId, role: Role, unit: Option<UnitId> } = PeopleRoleOffer,
        RoleGrant { account: AccountId, role: Role, unit: Option<UnitId> } = PeopleRoleGrant,
        RoleRevoke { account: AccountId, role: Role } = PeopleRoleRevoke,
        RosterImport { jurisdiction: JurisdictionId, rows: usize, added: usize } = PeopleRosterImport,
        SessionEnd { session: SessionId } = PeopleSessionEnd,
        SessionEndOthers { session: SessionId, ended: u64 } = PeopleSessionEndOthers,
        SignIn { account: AccountId, by: Proof } = PeopleSignIn,
        UnitAdd { unit: UnitId } = PeopleUnitAdd,
    }
}

/// What showed who somebody is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Proof {
    /// A one-time code, sent to their contact.
    Code,
    /// Their password.
    Password,
    /// A link that works once.
    Link,
    /// A code of their authenticator app.
    Totp,
    /// Their passkey.
    Passkey,
    /// One of their recovery codes.
    RecoveryCode,
    /// The word of the office or the administrator who entered their contact.
    Invitation,
}

impl Detail for Proof {
    fn json(&self) -> Value {
        Value::from(match self {
            Self::Code => "code",
            Self::Password => "password",
            Self::Link => "link",
            Self::Totp => "totp",
            Self::Passkey => "passkey",
            Self::RecoveryCode => "recovery_code",
            Self::Invitation => "invitation",
        })
    }
}
