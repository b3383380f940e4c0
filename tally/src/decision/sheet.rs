//! The figures of the result sheet (计票报告单) and the identities between them.

use serde::{Deserialize, Serialize};

/// What the scrutineers report before the count is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Returns {
    /// Deputies signed in (实到).
    pub signed_in: u64,
    /// Ballots issued (发出), on paper and electronic.
    pub issued: u64,
    /// Ballots returned (收回).
    pub returned: u64,
    /// Invalid ones among the returned (无效). Electronic ballots cannot be invalid: their proofs forbid it.
    pub invalid: u64,
}

/// The figures of the sheet. `returned = valid + invalid`, `issued = returned + not returned`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Sheet {
    /// Deputies in office (应到).
    pub deputies: u64,
    /// Signed in (实到).
    pub signed_in: u64,
    /// Issued (发出).
    pub issued: u64,
    /// Returned (收回).
    pub returned: u64,
    /// Valid (有效).
    pub valid: u64,
    /// Invalid (无效).
    pub invalid: u64,
    /// Issued and not returned; zero where more came back than were issued.
    pub not_returned: u64,
    /// Signed in and returned nothing (未投): its own number.
    pub not_voted: u64,
}

/// A contradiction between figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SheetError {
    /// More signed in than are in office.
    #[error("signed in ({signed_in}) is more than deputies in office ({deputies})")]
    SignedIn {
        /// Signed in.
        signed_in: u64,
        /// In office.
        deputies: u64,
    },
    /// More issued than signed in.
    #[error("issued ({issued}) is more than signed in ({signed_in})")]
    Issued {
        /// Issued.
        issued: u64,
        /// Signed in.
        signed_in: u64,
    },
    /// More invalid than returned.
    #[error("invalid ({invalid}) is more than returned ({returned})")]
    Invalid {
        /// Invalid.
        invalid: u64,
        /// Returned.
        returned: u64,
    },
}

impl Sheet {
    /// Completes the figures, or names the one that cannot be.
    pub fn new(deputies: u64, returns: Returns) -> Result<Self, SheetError> {
        let Returns {
            signed_in,
            issued,
            returned,
            invalid,
        } = returns;
        if signed_in > deputies {
            return Err(SheetError::SignedIn {
                signed_in,
                deputies,
            });
        }
        if issued > signed_in {
            return Err(SheetError::Issued { issued, signed_in });
        }
        let valid = returned
            .checked_sub(invalid)
            .ok_or(SheetError::Invalid { invalid, returned })?;
        Ok(Self {
            deputies,
            signed_in,
            issued,
            returned,
            valid,
            invalid,
            not_returned: issued.saturating_sub(returned),
            not_voted: signed_in.saturating_sub(returned),
        })
    }

    /// More returned than issued: the vote is void and must be held again.
    pub fn is_void(&self) -> bool {
        self.returned > self.issued
    }
}
