//! The figures of the result sheet (计票报告单) and the identities between them.

use serde::{Deserialize, Serialize};

/// What the scrutineers report before the count is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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

/// The figures of the sheet. `returned = valid + invalid`, `issued = returned + not returned`; a sheet that is read is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written")]
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

/// A sheet as it is written: with figures that need not fit.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    deputies: u64,
    signed_in: u64,
    issued: u64,
    returned: u64,
    valid: u64,
    invalid: u64,
    not_returned: u64,
    not_voted: u64,
}

/// A contradiction between figures: the identity that does not hold.
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
    /// `returned = valid + invalid` does not hold.
    #[error("returned ({returned}) is not valid ({valid}) + invalid ({invalid})")]
    Returned {
        /// Returned.
        returned: u64,
        /// Valid.
        valid: u64,
        /// Invalid.
        invalid: u64,
    },
    /// `issued = returned + not returned` does not hold.
    #[error("issued ({issued}) is not returned ({returned}) + not returned ({not_returned})")]
    NotReturned {
        /// Issued.
        issued: u64,
        /// Returned.
        returned: u64,
        /// Not returned.
        not_returned: u64,
    },
    /// `signed in = returned + not voted` does not hold.
    #[error("signed in ({signed_in}) is not returned ({returned}) + not voted ({not_voted})")]
    NotVoted {
        /// Signed in.
        signed_in: u64,
        /// Returned.
        returned: u64,
        /// Not voted.
        not_voted: u64,
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

impl TryFrom<Written> for Sheet {
    type Error = SheetError;

    /// Computes the sheet again from what the scrutineers reported and names the figure that differs.
    fn try_from(written: Written) -> Result<Self, Self::Error> {
        let Written {
            deputies,
            signed_in,
            issued,
            returned,
            valid,
            invalid,
            not_returned,
            not_voted,
        } = written;
        let sheet = Self::new(
            deputies,
            Returns {
                signed_in,
                issued,
                returned,
                invalid,
            },
        )?;
        if sheet.valid != valid {
            return Err(SheetError::Returned {
                returned,
                valid,
                invalid,
            });
        }
        if sheet.not_returned != not_returned {
            return Err(SheetError::NotReturned {
                issued,
                returned,
                not_returned,
            });
        }
        if sheet.not_voted != not_voted {
            return Err(SheetError::NotVoted {
                signed_in,
                returned,
                not_voted,
            });
        }
        Ok(sheet)
    }
}
