//! What a verification found: stable names, so that programs can rely on them.

use std::{fmt, io};

use serde::Serialize;

use super::{Halt, reasons};

/// The report of a verification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The verdict.
    pub verdict: Verdict,
    /// The first failure, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
    /// Every check in order.
    pub checks: Vec<Check>,
    /// What was counted, where the archive is an election's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counted: Option<Counted>,
    /// The rule of a bundle, once it is known to be the one that the ballots sign.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<RuleNamed>,
    /// The decision, recomputed from a bundle's rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<serde_json::Value>,
    /// What the reader should know.
    pub notes: Vec<String>,
}

/// By which rule was decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RuleNamed {
    /// Its title.
    pub title: String,
    /// The hash of its bytes, 64 hexadecimal digits.
    pub sha256: String,
    /// What is voted on, as the ballots say it: the id, a space, the label.
    pub items: Vec<String>,
}

/// The verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Every check passed.
    Verified,
    /// A check failed.
    NotVerified,
    /// It cannot be read at all, or is of a kind that this verifier does not support. Nothing is said of its truth.
    Unsupported,
}

impl Verdict {
    /// The exit code of the command line.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Verified => 0,
            Self::NotVerified => 1,
            Self::Unsupported => 2,
        }
    }
}

/// Which check failed, on which object, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{check}{}: {message}", object.as_ref().map(|object| format!(", {object}")).unwrap_or_default())]
pub struct Failure {
    /// The check's stable name.
    pub check: &'static str,
    /// The object to blame: an event's height, a ballot's tracker, a trustee.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// Why, as a stable name: which part of the check.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
    /// What was found and what was expected.
    pub message: String,
}

impl Failure {
    pub(crate) fn new(
        check: &'static str,
        object: Option<String>,
        reason: &'static str,
        message: impl fmt::Display,
    ) -> Self {
        Self {
            check,
            object,
            reason: Some(reason),
            message: message.to_string(),
        }
    }
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// Its stable name.
    pub check: &'static str,
    /// How it went.
    pub status: CheckStatus,
    /// The object to blame.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// Why it does not hold, as a stable name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
    /// What was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// How a check went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckStatus {
    /// It holds.
    Passed,
    /// It holds, but something stands out.
    Warning,
    /// It does not hold.
    Failed,
}

/// What was counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Counted {
    /// The election's id.
    pub uuid: String,
    /// Its title.
    pub name: String,
    /// Its fingerprint φ.
    pub fingerprint: String,
    /// Credentials on the roll.
    pub credentials: u64,
    /// Ballots in the archive.
    pub ballots: u64,
    /// Ballots that count.
    pub counted: u64,
    /// The sum of their weights.
    pub weight: u64,
    /// The counts: one list a question, the blank choice first where there is one.
    pub result: Vec<Vec<u64>>,
    /// The answers' texts: one list a question.
    pub answers: Vec<Vec<String>>,
    /// How many trustees hold a key.
    #[serde(skip)]
    pub(crate) trustees: usize,
    /// The election's description, in which rule and roll are bound.
    #[serde(skip)]
    pub(crate) description: String,
    /// What the election asks.
    #[serde(skip)]
    pub(crate) questions: Vec<ballot::Question>,
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = match self.status {
            CheckStatus::Passed => "ok     ",
            CheckStatus::Warning => "warning",
            CheckStatus::Failed => "FAILED ",
        };
        write!(f, "{status} {}", self.check)?;
        if let Some(object) = &self.object {
            write!(f, ", {object}")?;
        }
        self.message
            .as_ref()
            .map_or(Ok(()), |message| write!(f, ": {message}"))
    }
}

impl Report {
    /// The last line of the command: `verified`, or what is not.
    pub fn summary(&self) -> String {
        let failure = self
            .failure
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();
        match self.verdict {
            Verdict::Verified => "verified".to_owned(),
            Verdict::NotVerified => format!("NOT VERIFIED: {failure}"),
            Verdict::Unsupported => format!("cannot be verified here: {failure}"),
        }
    }
}

/// The checks so far.
#[derive(Debug, Default)]
pub(crate) struct Checks {
    checks: Vec<Check>,
    unsupported: bool,
}

impl Checks {
    pub(crate) fn pass(&mut self, check: &'static str) {
        self.checks.push(Check {
            check,
            status: CheckStatus::Passed,
            object: None,
            reason: None,
            message: None,
        });
    }

    pub(crate) fn warn(
        &mut self,
        check: &'static str,
        object: Option<String>,
        reason: &'static str,
        message: impl fmt::Display,
    ) {
        debug_assert!(reasons::are_known(check, reason), "{check}: {reason}");
        self.checks.push(Check {
            check,
            status: CheckStatus::Warning,
            object,
            reason: Some(reason),
            message: Some(message.to_string()),
        });
    }

    pub(crate) fn fail(
        &mut self,
        check: &'static str,
        object: Option<String>,
        reason: &'static str,
        message: impl fmt::Display,
    ) {
        self.failure(Failure::new(check, object, reason, message));
    }

    pub(crate) fn failure(&mut self, failure: Failure) {
        debug_assert!(
            failure
                .reason
                .is_some_and(|reason| reasons::are_known(failure.check, reason)),
            "{failure:?}"
        );
        self.checks.push(Check {
            check: failure.check,
            status: CheckStatus::Failed,
            object: failure.object,
            reason: failure.reason,
            message: Some(failure.message),
        });
    }

    pub(crate) fn unsupported(&mut self, what: impl fmt::Display) {
        self.unsupported = true;
        self.fail(
            "supported",
            None,
            "unsupported",
            format!("unsupported: {what}"),
        );
    }

    pub(crate) fn unreadable(&mut self, why: impl fmt::Display) {
        self.unsupported = true;
        self.fail("archive", None, "unreadable", why);
    }

    /// What was found, if the verification went on to its end; a source that cannot be read is no check's matter.
    pub(crate) fn settle<T>(&mut self, found: Result<T, Halt>) -> io::Result<Option<T>> {
        match found {
            Ok(found) => Ok(Some(found)),
            Err(Halt::Listed) => Ok(None),
            Err(Halt::Failed(failure)) => {
                self.failure(failure);
                Ok(None)
            }
            Err(Halt::Io(error)) => Err(error),
        }
    }

    pub(crate) fn all_passed(&self) -> bool {
        self.checks
            .iter()
            .all(|check| check.status != CheckStatus::Failed)
    }

    pub(crate) fn into_report(self, counted: Option<Counted>) -> Report {
        let failed = self
            .checks
            .iter()
            .find(|check| check.status == CheckStatus::Failed);
        let failure = failed.map(|check| Failure {
            check: check.check,
            object: check.object.clone(),
            reason: check.reason,
            message: check.message.clone().unwrap_or_default(),
        });
        let verdict = match (&failure, self.unsupported) {
            (_, true) => Verdict::Unsupported,
            (Some(_), false) => Verdict::NotVerified,
            (None, false) => Verdict::Verified,
        };
        Report {
            verdict,
            failure,
            checks: self.checks,
            counted,
            rule: None,
            decision: None,
            notes: Vec::new(),
        }
    }
}
