//! The figures: how they are made, and what they must add up to.

use super::Figures;
use super::check::failure;
use crate::rules::Rule;
use crate::verify::{Counted, Failure};

/// What the scrutineers report, and neither rule nor archive tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reported {
    /// Deputies present.
    pub present: u64,
    /// Unused device credentials revoked after the roll was frozen.
    pub revoked: u64,
    /// Paper ballots handed out.
    pub paper_issued: u64,
    /// Invalid ballots among those returned.
    pub invalid: u64,
}

/// Why a report does not fit the rule or the roll.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FiguresError {
    /// More credentials reserved for paper than there are.
    #[error("the rule reserves {reserved} paper ballots, and the roll has {credentials}")]
    Credentials {
        /// By the rule.
        reserved: u64,
        /// On the roll.
        credentials: u64,
    },
    /// More revoked than there are.
    #[error("{revoked} device credentials are revoked, and the roll has {devices}")]
    Revoked {
        /// Revoked.
        revoked: u64,
        /// Of devices, on the roll.
        devices: u64,
    },
    /// Credentials of deputies who are not there.
    #[error("more device credentials ({devices}) than deputies present ({present})")]
    Present {
        /// Present.
        present: u64,
        /// Of devices, on the roll.
        devices: u64,
    },
    /// More paper handed out than there is.
    #[error("more paper ballots issued ({issued}) than paper credentials ({reserved})")]
    PaperIssued {
        /// Handed out.
        issued: u64,
        /// By the rule.
        reserved: u64,
    },
    /// A sum passes 2⁶⁴.
    #[error("figures this large cannot be added")]
    Overflow,
}

impl FiguresError {
    /// What is wrong, as a stable name for machines.
    pub fn code(self) -> &'static str {
        match self {
            Self::Credentials { .. } => "credentials",
            Self::Revoked { .. } => "issued",
            Self::Present { .. } => "present",
            Self::PaperIssued { .. } => "paper-issued",
            Self::Overflow => "returned",
        }
    }
}

impl Figures {
    /// The account of a poll's ballots: what is reported, beside what the rule fixes, the roll has and the archive counts.
    /// The roll's `credentials` are devices' but for those that the rule reserves for paper; `counted` are the ballots in
    /// the sum, each of which is valid.
    ///
    /// # Errors
    /// [`FiguresError`].
    pub fn account(
        rule: &Rule,
        credentials: u64,
        counted: u64,
        reported: Reported,
    ) -> Result<Self, FiguresError> {
        let reserved = rule.reserved().paper;
        let devices = credentials
            .checked_sub(reserved)
            .ok_or(FiguresError::Credentials {
                reserved,
                credentials,
            })?;
        let Reported {
            present,
            revoked,
            paper_issued,
            invalid,
        } = reported;
        if devices > present {
            return Err(FiguresError::Present { present, devices });
        }
        if paper_issued > reserved {
            return Err(FiguresError::PaperIssued {
                issued: paper_issued,
                reserved,
            });
        }
        let able = devices
            .checked_sub(revoked)
            .ok_or(FiguresError::Revoked { revoked, devices })?;
        let sum = |a: u64, b: u64| a.checked_add(b).ok_or(FiguresError::Overflow);
        Ok(Self {
            deputies: rule.deputies(),
            present,
            device_credentials: devices,
            paper_credentials: reserved,
            revoked,
            paper_issued,
            issued: sum(able, paper_issued)?,
            returned: sum(counted, invalid)?,
            invalid,
        })
    }
}

/// The figures fit the rule, the roll, the count and each other: they are what their own report gives.
pub(super) fn check_figures(
    figures: &Figures,
    rule: &Rule,
    counted: &Counted,
) -> Result<(), Failure> {
    let reported = Reported {
        present: figures.present,
        revoked: figures.revoked,
        paper_issued: figures.paper_issued,
        invalid: figures.invalid,
    };
    let refused = |reason, message: String| failure("figures", "figures.json", reason, message);
    let due = Figures::account(rule, counted.credentials, counted.counted, reported)
        .map_err(|error| refused(error.code(), error.to_string()))?;
    let it = figures;
    [
        ("deputies", it.deputies, due.deputies),
        (
            "paper-credentials",
            it.paper_credentials,
            due.paper_credentials,
        ),
        ("credentials", it.device_credentials, due.device_credentials),
        ("issued", it.issued, due.issued),
        ("returned", it.returned, due.returned),
    ]
    .into_iter()
    .find(|(_, found, due)| found != due)
    .map_or(Ok(()), |(reason, found, due)| {
        Err(refused(
            reason,
            format!("{reason}: {found}, {due} expected"),
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: &str = include_str!("../../rules/paper-only.toml");

    fn account(credentials: u64, change: fn(&mut Reported)) -> Result<Figures, FiguresError> {
        let rule = Rule::parse(RULE).unwrap();
        let mut reported = Reported {
            present: 210,
            revoked: 1,
            paper_issued: 10,
            invalid: 2,
        };
        change(&mut reported);
        let credentials = credentials + rule.reserved().paper;
        Figures::account(&rule, credentials, 205, reported)
    }

    #[test]
    fn the_figures_add_up() {
        let figures = account(200, |_| ()).unwrap();
        assert_eq!(figures.device_credentials, 200);
        assert_eq!((figures.issued, figures.returned), (209, 207));
    }

    #[test]
    fn a_report_that_does_not_fit_is_refused_by_its_figure() {
        let reserved = Rule::parse(RULE).unwrap().reserved().paper;
        let rule = Rule::parse(RULE).unwrap();
        let too_few = Figures::account(&rule, reserved - 1, 0, Reported::default());
        let credentials = reserved - 1;
        assert_eq!(
            too_few,
            Err(FiguresError::Credentials {
                reserved,
                credentials
            })
        );
        let (present, devices) = (199, 200);
        assert_eq!(
            account(200, |it| it.present = 199),
            Err(FiguresError::Present { present, devices })
        );
        let revoked = 201;
        assert_eq!(
            account(200, |it| it.revoked = 201),
            Err(FiguresError::Revoked { revoked, devices })
        );
        let issued = 10_000;
        assert_eq!(
            account(200, |it| it.paper_issued = 10_000),
            Err(FiguresError::PaperIssued { issued, reserved })
        );
        assert_eq!(
            account(200, |it| it.invalid = u64::MAX),
            Err(FiguresError::Overflow)
        );
    }
}
