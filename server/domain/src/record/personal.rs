//! Nothing personal is ever in the record: a body with a field that names a person is refused before it is
//! written, in service as in tests.

use crate::infra::database::DatabaseError;
use serde_json::Value;

/// Fields that could only hold who somebody is or how to reach them. Deputies act in public: their names stand in
/// `name` or `deputies` of the facts that the law wants published by name.
const FORBIDDEN: [&str; 26] = [
    "account",
    "account_id",
    "accounts",
    "author",
    "authors",
    "birthday",
    "commenter",
    "contact",
    "contacts",
    "device",
    "display_name",
    "email",
    "id_card",
    "id_number",
    "ip",
    "mobile",
    "password",
    "phone",
    "proposer",
    "proposers",
    "resident",
    "submitter",
    "supporter",
    "token",
    "voter",
    "voters",
];

/// Refuses a body that is not JSON or has a forbidden field at any depth.
pub(super) fn refuse(body: &str) -> Result<(), DatabaseError> {
    let refused = |reason: String| DatabaseError::Column {
        table: "record_bodies",
        column: "body",
        reason,
    };
    let value: Value = serde_json::from_str(body).map_err(|error| refused(error.to_string()))?;
    match forbidden_field(&value) {
        Some(field) => Err(refused(format!("`{field}` would name a person"))),
        None => Ok(()),
    }
}

fn forbidden_field(value: &Value) -> Option<&str> {
    match value {
        Value::Object(fields) => fields.iter().find_map(|(name, value)| {
            if FORBIDDEN.contains(&name.as_str()) {
                Some(name.as_str())
            } else {
                forbidden_field(value)
            }
        }),
        Value::Array(values) => values.iter().find_map(forbidden_field),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_that_names_a_person_at_any_depth_is_refused() {
        assert!(refuse(r#"{"number":"QH-118","supporters":128}"#).is_ok());
        for body in [
            r#"{"number":"QH-118","proposer":"李"}"#,
            r#"{"merged":[{"number":"QH-1"},{"number":"QH-2","phone":"1"}]}"#,
        ] {
            let error = refuse(body).unwrap_err();
            assert!(matches!(
                error,
                DatabaseError::Column {
                    table: "record_bodies",
                    ..
                }
            ));
        }
    }
}
