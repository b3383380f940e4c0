//! The audit trail: who did what to which object, kept at least six months, never edited (a trigger refuses).
//!
//! What can stand in it is closed. An [`AuditAction`] names what was done; each stage declares its events beside its
//! use cases (`audit.rs`), with the object and the details that their lines carry. Those are [`Detail`]s: ids, numbers,
//! days and words of closed lists. A text that somebody typed is none, so no name and no contact gets into the trail.

use super::audit_action::AuditAction;
use super::clock::Timestamp;
use super::database::{DatabaseError, Tx};
use super::ids::{AccountId, JurisdictionId};
use crate::on_either;
use serde_json::{Map, Value};

/// What an object or a detail may be.
pub trait Detail {
    /// As it stands in the trail.
    fn json(&self) -> Value;
}

/// Something that happened and leaves a line in the trail. Declared by [`audit_events!`](crate::audit_events).
pub trait AuditEvent: Send {
    /// What its line says.
    fn audited(self) -> Audited;
}

/// What a line says, whoever did it and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audited {
    /// What was done.
    pub action: AuditAction,
    /// To which object: its id as text; empty where there is none.
    pub object: String,
    /// Further facts.
    pub details: Map<String, Value>,
}

impl Audited {
    /// What is said of an event by [`audit_events!`](crate::audit_events).
    pub fn new(
        action: AuditAction,
        object: Option<Value>,
        details: Vec<(&'static str, Value)>,
    ) -> Self {
        Self {
            action,
            object: match object {
                Some(Value::String(text)) => text,
                Some(Value::Null) | None => String::new(),
                Some(other) => other.to_string(),
            },
            details: details
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
        }
    }
}

/// Declares a stage's events: a variant each with its action. The first field is the object, the others are details
/// under their own names.
#[macro_export]
macro_rules! audit_events {
    ($(#[$meta:meta])* $vis:vis enum $enum:ident { $(
        $event:ident $({ $object:ident: $of:ty $(, $field:ident: $type:ty)* $(,)? })? = $action:ident,
    )+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone)]
        $vis enum $enum {
            $($event $({ $object: $of $(, $field: $type)* })?,)+
        }

        impl $crate::infra::audit::AuditEvent for $enum {
            fn audited(self) -> $crate::infra::audit::Audited {
                use $crate::infra::audit::{Audited, Detail as _};
                use $crate::infra::audit_action::AuditAction;
                match self {
                    $(Self::$event $({ $object $(, $field)* })? => Audited::new(
                        AuditAction::$action,
                        None $(.or(Some($object.json())))?,
                        vec![$($((stringify!($field), $field.json())),*)?],
                    ),)+
                }
            }
        }
    };
}

macro_rules! details {
    (numbers $($number:ty)*; texts $($text:ty)*) => {
        $(impl Detail for $number {
            fn json(&self) -> Value {
                Value::from(*self)
            }
        })*
        $(impl Detail for $text {
            fn json(&self) -> Value {
                Value::String(self.to_string())
            }
        })*
    };
}

// A word that stands in the program is `'static`; what somebody typed never is.
details! {
    numbers bool i32 i64 u32 u64 usize &'static str;
    texts time::Date ballot::Digest tally::record::body::Code tally::record::body::DeclineReasonCode
        tally::record::body::Sha256Hex
}

impl<T: Detail> Detail for Option<T> {
    fn json(&self) -> Value {
        self.as_ref().map_or(Value::Null, Detail::json)
    }
}

impl<T: Detail> Detail for Vec<T> {
    fn json(&self) -> Value {
        self.iter().map(Detail::json).collect()
    }
}

/// One line of the audit trail.
#[derive(Debug)]
pub struct AuditLine {
    /// When.
    pub at: Timestamp,
    /// Who; `None` for the system itself and for anonymous casts.
    pub account: Option<AccountId>,
    /// Where, if the change belongs to a jurisdiction.
    pub jurisdiction: Option<JurisdictionId>,
    /// What happened.
    pub audited: Audited,
}

/// Writes the line inside the caller's transaction.
pub async fn write(tx: &mut Tx, line: &AuditLine) -> Result<(), DatabaseError> {
    let audited = &line.audited;
    let details = Value::Object(audited.details.clone()).to_string();
    on_either!(tx, conn => sqlx::query(
        "INSERT INTO audit (at, account, jurisdiction, action, object, details) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(line.at)
    .bind(line.account)
    .bind(line.jurisdiction)
    .bind(audited.action)
    .bind(&audited.object)
    .bind(&details)
    .execute(&mut *conn)
    .await?.rows_affected());
    Ok(())
}
