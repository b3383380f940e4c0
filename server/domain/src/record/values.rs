//! The values of bodies, made of what the stages store.
//!
//! What people typed was checked where they typed it: a value that does not fit here is one that the service never stored.

use crate::infra::database::DatabaseError;
use tally::record::body::PublicCredential;
use tally::record::body::{Code, Date, ElectionUuid, Exact, Month, PublicText, Sha256Hex};

/// A text that must be there.
pub fn text(field: &'static str, text: &str) -> Result<PublicText, DatabaseError> {
    fit(field, text, PublicText::cleaned(text))
}

/// A code of a candidate or a project.
pub fn code(text: &str) -> Result<Code, DatabaseError> {
    fit("code", text, Code::new(text))
}

/// A day.
pub fn date(field: &'static str, day: time::Date) -> Result<Date, DatabaseError> {
    fit(field, day, Date::new(day.to_string()))
}

/// A month, as it is written.
pub fn month(month: &impl std::fmt::Display) -> Result<Month, DatabaseError> {
    fit("month", month.to_string(), Month::new(month.to_string()))
}

/// A SHA-256 in hexadecimal digits.
pub fn sha256(field: &'static str, hash: &str) -> Result<Sha256Hex, DatabaseError> {
    fit(field, hash, Sha256Hex::new(hash))
}

/// An object of Belenios.
pub fn exact(field: &'static str, object: &str) -> Result<Exact, DatabaseError> {
    fit(field, object, Exact::new(object))
}

/// An election's id.
pub fn election_uuid(uuid: &str) -> Result<ElectionUuid, DatabaseError> {
    fit("election_uuid", uuid, ElectionUuid::new(uuid))
}

/// A public credential.
pub fn public_credential(credential: &str) -> Result<PublicCredential, DatabaseError> {
    fit("credential", credential, PublicCredential::new(credential))
}

/// A number within its type's bounds, never negative.
pub fn number<T: TryFrom<u64>>(
    field: &'static str,
    number: impl Into<i64>,
) -> Result<T, DatabaseError> {
    let number = number.into();
    let unsigned = u64::try_from(number).ok();
    fit(
        field,
        number,
        unsigned.and_then(|one| T::try_from(one).ok()),
    )
}

fn fit<T>(
    field: &'static str,
    given: impl std::fmt::Debug,
    value: Option<T>,
) -> Result<T, DatabaseError> {
    value.ok_or_else(|| DatabaseError::Column {
        table: "record_bodies",
        column: field,
        reason: format!("{given:?} has no place in the record"),
    })
}

/// Turns an enum of ours into the record's, which has the same variants.
macro_rules! recorded_as {
    ($ours:ty => $recorded:ty { $($variant:ident)* }) => {
        impl From<$ours> for $recorded {
            fn from(value: $ours) -> Self {
                match value {
                    $(<$ours>::$variant => Self::$variant,)*
                }
            }
        }
    };
}
pub(crate) use recorded_as;

#[cfg(test)]
mod tests {
    use super::*;
    use tally::record::body::{Percent, ProposalNumber};

    #[test]
    fn a_value_that_does_not_fit_names_its_field() {
        assert_eq!(text("title", " 修路\t灯 ").unwrap().as_str(), "修路 灯");
        assert_eq!(number::<Percent>("percent", 100).unwrap().get(), 100);
        let faults = [
            text("title", "\u{202e} ").map(drop),
            number::<Percent>("percent", 101).map(drop),
            number::<ProposalNumber>("number", -1).map(drop),
            code("QH 26").map(drop),
        ];
        let fields = faults.map(|fault| match fault.unwrap_err() {
            DatabaseError::Column { column, .. } => column,
            other => panic!("{other}"),
        });
        assert_eq!(fields, ["title", "percent", "number", "code"]);
    }
}
