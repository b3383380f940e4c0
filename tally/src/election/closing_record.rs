//! What a trustee's device keeps of the close.

use serde::{Deserialize, Serialize};

/// What stands beside a trustee's key, and once more for its user: one closing is stated and one tally decrypted with a key, ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClosingRecord {
    /// The election's id.
    pub election: String,
    /// The signed [`Closing`](ballot::trustee::Closing), its exact bytes.
    pub statement: String,
    /// The bound partial decryption, its exact bytes, once it was made: also for the case that the file for the others is lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partial: Option<String>,
}

/// Two records of one key that are not of one closing and one decryption.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("two records of this key are not of the same closing")]
pub struct RecordsDiffer;

impl ClosingRecord {
    /// What two records of one key say together: one of them may be from before the decryption.
    ///
    /// # Errors
    /// [`RecordsDiffer`].
    pub fn join(self, other: Self) -> Result<Self, RecordsDiffer> {
        let same = self.election == other.election && self.statement == other.statement;
        match (&self.partial, &other.partial) {
            _ if !same => Err(RecordsDiffer),
            (Some(one), Some(another)) if one != another => Err(RecordsDiffer),
            (Some(_), _) => Ok(self),
            (None, _) => Ok(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ClosingRecord, RecordsDiffer};

    fn record(statement: &str, partial: Option<&str>) -> ClosingRecord {
        ClosingRecord {
            election: "Minsheng111111".to_owned(),
            statement: statement.to_owned(),
            partial: partial.map(str::to_owned),
        }
    }

    #[test]
    fn two_records_of_one_key_are_of_one_closing_and_one_decryption() {
        let (stated, decrypted) = (record("a", None), record("a", Some("p")));
        assert_eq!(
            stated.clone().join(decrypted.clone()),
            Ok(decrypted.clone())
        );
        assert_eq!(
            decrypted.clone().join(stated.clone()),
            Ok(decrypted.clone())
        );
        for other in [record("b", None), record("a", Some("q"))] {
            assert_eq!(decrypted.clone().join(other), Err(RecordsDiffer));
        }
        let mut other = stated.clone();
        other.election = "Minsheng222222".to_owned();
        assert_eq!(stated.join(other), Err(RecordsDiffer));
    }
}
