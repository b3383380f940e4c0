//! A database that is away.

use super::{DatabaseError, says_later};

#[test]
fn what_passes_by_itself_is_told_from_what_does_not() {
    for code in [
        "5", "517", "6", "262", "08006", "57P01", "57P03", "53300", "55P03",
    ] {
        assert!(says_later(code), "{code}");
    }
    for code in [
        "1", "19", "2067", "23505", "57014", "42601", "25006", "", "x",
    ] {
        assert!(!says_later(code), "{code}");
    }
    assert!(DatabaseError::Sql(sqlx::Error::PoolTimedOut).is_away());
    assert!(!DatabaseError::Sql(sqlx::Error::RowNotFound).is_away());
    assert!(!DatabaseError::UnknownUrl.is_away());
}
