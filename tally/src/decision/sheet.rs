//! The figures of the result sheet (计票报告单) and the identities between them.

use serde::{Deserialize, Serialize};

/// What the scrutineers report before the count is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Returns {
    /// Deputies present (实到).
    pub present: u64,
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Sheet {
    /// Deputies in office (应到).
    pub deputies: u64,
    /// Present (实到).
    pub present: u64,
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
    /// Present and returned nothing (未投): its own number.
    pub not_voted: u64,
}

/// A sheet as it is written: with figures that need not fit.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Written {
    deputies: u64,
    present: u64,
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
    /// More present than are in office.
    #[error("signed in ({present}) is more than deputies in office ({deputies})")]
    Present {
        /// Present.
        present: u64,
        /// In office.
        deputies: u64,
    },
    /// More issued than present.
    #[error("issued ({issued}) is more than signed in ({present})")]
    Issued {
        /// Issued.
        issued: u64,
        /// Present.
        present: u64,
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
    /// `present = returned + not voted` does not hold.
    #[error("signed in ({present}) is not returned ({returned}) + not voted ({not_voted})")]
    NotVoted {
        /// Present.
        present: u64,
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
            present,
            issued,
            returned,
            invalid,
        } = returns;
        if present > deputies {
            return Err(SheetError::Present { present, deputies });
        }
        if issued > present {
            return Err(SheetError::Issued { issued, present });
        }
        let valid = returned
            .checked_sub(invalid)
            .ok_or(SheetError::Invalid { invalid, returned })?;
        Ok(Self {
            deputies,
            present,
            issued,
            returned,
            valid,
            invalid,
            not_returned: issued.saturating_sub(returned),
            not_voted: present.saturating_sub(returned),
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
            present,
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
                present,
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
                present,
                returned,
                not_voted,
            });
        }
        Ok(sheet)
    }
}
