//! Ballots by the way they were cast: on devices, and on paper under reserved credentials, in one count.
//!
//! The roll reserves as many paper credentials as there are numbered stubs. Each stub is issued, spoiled (given back for a fresh
//! one before it was cast) or unused; each valid paper ballot is sealed under one paper credential; the credentials left over
//! are voided on the record.

use serde::{Deserialize, Serialize};

use super::Returns;
use crate::rules::Rule;

/// What the scrutineers report of devices and of paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// Deputies present (实到).
    pub present: u64,
    /// Sealed on devices.
    pub devices: Devices,
    /// On paper.
    pub paper: Paper,
}

/// Ballots of devices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Devices {
    /// Credentials of devices on the roll.
    pub credentials: u64,
    /// Unused ones revoked after the roll was frozen.
    pub revoked: u64,
    /// Ballots cast; none of them can be invalid.
    pub returned: u64,
}

/// Ballots on paper.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paper {
    /// Numbered stubs, and as many reserved credentials.
    pub reserved: u64,
    /// Handed to deputies and not given back for a fresh one.
    pub issued: u64,
    /// Given back for a fresh one.
    pub spoiled: u64,
    /// Never handed out.
    pub unused: u64,
    /// Out of the box.
    pub returned: u64,
    /// Invalid ones among them, over-ticked or ruled so by the chief scrutineer: kept, not sealed.
    pub invalid: u64,
    /// Paper credentials voided on the record because no ballot is sealed under them.
    pub voided: u64,
}

/// An identity that does not hold, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AccountError {
    /// Stubs are not as many as the rule reserves.
    #[error("paper reserved ({found}) is not what the rule reserves ({rule})")]
    Reserved {
        /// As reported.
        found: u64,
        /// As the rule has.
        rule: u64,
    },
    /// More credentials of devices than deputies present.
    #[error("device credentials ({credentials}) are more than signed in ({present})")]
    Credentials {
        /// On the roll.
        credentials: u64,
        /// Present.
        present: u64,
    },
    /// More revoked than there are.
    #[error("revoked ({revoked}) is more than device credentials ({credentials})")]
    Revoked {
        /// Revoked.
        revoked: u64,
        /// On the roll.
        credentials: u64,
    },
    /// More ballots from devices than credentials that may cast one.
    #[error(
        "ballots from devices ({returned}) are more than device credentials − revoked ({able})"
    )]
    Devices {
        /// Cast.
        returned: u64,
        /// Credentials not revoked.
        able: u64,
    },
    /// `reserved = issued + spoiled + unused` does not hold.
    #[error(
        "paper reserved ({reserved}) is not issued ({issued}) + spoiled ({spoiled}) + unused ({unused})"
    )]
    Stubs {
        /// Stubs.
        reserved: u64,
        /// Issued.
        issued: u64,
        /// Spoiled.
        spoiled: u64,
        /// Unused.
        unused: u64,
    },
    /// More invalid paper than returned paper.
    #[error("invalid paper ({invalid}) is more than returned paper ({returned})")]
    Invalid {
        /// Invalid.
        invalid: u64,
        /// Returned.
        returned: u64,
    },
    /// `voided = reserved − (returned − invalid)` does not hold.
    #[error(
        "voided paper credentials ({voided}) are not reserved ({reserved}) − sealed ({sealed})"
    )]
    Voided {
        /// Voided.
        voided: u64,
        /// Stubs.
        reserved: u64,
        /// Valid paper ballots.
        sealed: u64,
    },
    /// A sum passes 2⁶⁴.
    #[error("figures this large cannot be added")]
    Overflow,
}

impl Account {
    /// The figures of the result sheet, after every identity was checked.
    pub fn returns(&self, rule: &Rule) -> Result<Returns, AccountError> {
        let able = self.check_devices()?;
        self.check_paper(rule.reserved().paper)?;
        Ok(Returns {
            present: self.present,
            issued: sum([able, self.paper.issued])?,
            returned: sum([self.devices.returned, self.paper.returned])?,
            invalid: self.paper.invalid,
        })
    }

    /// How many devices were able to cast a ballot.
    fn check_devices(&self) -> Result<u64, AccountError> {
        let Devices {
            credentials,
            revoked,
            returned,
        } = self.devices;
        if credentials > self.present {
            return Err(AccountError::Credentials {
                credentials,
                present: self.present,
            });
        }
        let able = credentials
            .checked_sub(revoked)
            .ok_or(AccountError::Revoked {
                revoked,
                credentials,
            })?;
        if returned > able {
            return Err(AccountError::Devices { returned, able });
        }
        Ok(able)
    }

    fn check_paper(&self, by_rule: u64) -> Result<(), AccountError> {
        let Paper {
            reserved,
            issued,
            spoiled,
            unused,
            returned,
            invalid,
            voided,
        } = self.paper;
        if reserved != by_rule {
            return Err(AccountError::Reserved {
                found: reserved,
                rule: by_rule,
            });
        }
        if sum([issued, spoiled, unused])? != reserved {
            return Err(AccountError::Stubs {
                reserved,
                issued,
                spoiled,
                unused,
            });
        }
        let sealed = returned
            .checked_sub(invalid)
            .ok_or(AccountError::Invalid { invalid, returned })?;
        // With more paper in the box than stubs the vote is void, and nothing is sealed that could be voided.
        if returned <= issued && sealed.checked_add(voided) != Some(reserved) {
            return Err(AccountError::Voided {
                voided,
                reserved,
                sealed,
            });
        }
        Ok(())
    }
}

fn sum<const N: usize>(figures: [u64; N]) -> Result<u64, AccountError> {
    figures
        .into_iter()
        .try_fold(0_u64, u64::checked_add)
        .ok_or(AccountError::Overflow)
}
