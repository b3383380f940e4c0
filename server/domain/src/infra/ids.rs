//! One newtype for each kind of id, so that none is ever taken for another.

/// Declares an id: a UUIDv7 (RFC 9562) that sorts by the time of its making and is stored as 16 bytes.
#[macro_export]
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord,
            serde::Serialize, serde::Deserialize, sqlx::Type,
        )]
        #[serde(transparent)]
        #[sqlx(transparent)]
        pub struct $name(uuid::Uuid);

        impl $name {
            /// A new id made from the given time and entropy.
            pub fn new(at: $crate::infra::clock::Timestamp, entropy: &$crate::infra::entropy::Entropy) -> Self {
                Self($crate::infra::ids::uuid_v7(at, entropy))
            }

            /// The id as the database and URLs know it.
            pub const fn uuid(self) -> uuid::Uuid {
                self.0
            }
        }

        impl From<uuid::Uuid> for $name {
            fn from(id: uuid::Uuid) -> Self {
                Self(id)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl $crate::infra::audit::Detail for $name {
            fn json(&self) -> serde_json::Value {
                serde_json::Value::String(self.to_string())
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                uuid::Uuid::parse_str(text).map(Self)
            }
        }
    };
}

use super::{clock::Timestamp, entropy::Entropy};

/// A UUIDv7 of this moment: 48 bits of milliseconds, then entropy.
pub fn uuid_v7(at: Timestamp, entropy: &Entropy) -> uuid::Uuid {
    let random: [u8; 10] = entropy.bytes();
    uuid::Builder::from_unix_timestamp_millis(at.unsigned_millis(), &random).into_uuid()
}

id!(
    /// A jurisdiction (行政区).
    JurisdictionId
);
id!(
    /// One year's cycle of one jurisdiction.
    CycleId
);
id!(
    /// A person's account, whatever roles it holds.
    AccountId
);
