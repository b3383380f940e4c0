//! The figures: what they must add up to.

use super::Figures;
use super::check::failure;
use crate::rules::Rule;
use crate::verify::{Counted, Failure};

/// The figures fit the rule, the roll, the count and each other.
pub(super) fn check_figures(
    figures: &Figures,
    rule: &Rule,
    counted: &Counted,
) -> Result<(), Failure> {
    let refused =
        |reason, message: String| Err(failure("figures", "figures.json", reason, message));
    let equal = |reason, what: &str, found: Option<u64>, expected: u64| {
        if found == Some(expected) {
            return Ok(());
        }
        let found = found.map_or("impossible".to_owned(), |found| found.to_string());
        refused(reason, format!("{what} is {found}, {expected} expected"))
    };
    equal(
        "deputies",
        "deputies",
        Some(figures.deputies),
        rule.deputies(),
    )?;
    equal(
        "paper-credentials",
        "paper_credentials",
        Some(figures.paper_credentials),
        rule.reserved().paper,
    )?;
    equal(
        "credentials",
        "device_credentials + paper_credentials",
        figures
            .device_credentials
            .checked_add(figures.paper_credentials),
        counted.credentials,
    )?;
    equal(
        "issued",
        "device_credentials - revoked + paper_issued",
        figures
            .device_credentials
            .checked_sub(figures.revoked)
            .and_then(|used| used.checked_add(figures.paper_issued)),
        figures.issued,
    )?;
    equal(
        "returned",
        "returned - invalid",
        figures.returned.checked_sub(figures.invalid),
        counted.counted,
    )?;
    if figures.device_credentials > figures.signed_in {
        let message = "more device credentials than signed-in deputies";
        return refused("signed-in", message.to_owned());
    }
    if figures.paper_issued > figures.paper_credentials {
        let message = "more paper ballots issued than paper credentials";
        return refused("paper-issued", message.to_owned());
    }
    Ok(())
}
