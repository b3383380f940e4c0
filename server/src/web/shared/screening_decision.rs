//! What screening decided.

use super::money::money;
use crate::web::components::{Tone, badge, facts as facts_list};
use crate::web::locale::Locale;
use crate::web::shared::code_names::decline_reason;
use domain::cycles::settings::Settings;
use domain::screening::{Decision, Outcome};
use maud::{Markup, html};

/// A decision in a pill.
pub fn outcome_badge(locale: &Locale, settings: &Settings, outcome: &Outcome) -> Markup {
    match outcome {
        Outcome::Feasible { .. } => badge(Tone::Good, &locale.text("outcome-feasible")),
        Outcome::Declined { reason } => badge(Tone::Bad, &decline_reason(locale, settings, reason)),
    }
}

/// A decision with all that was said.
pub fn decision_facts(locale: &Locale, settings: &Settings, decision: &Decision) -> Markup {
    let mut lines = vec![(
        locale.text("screening-outcome"),
        outcome_badge(locale, settings, &decision.outcome),
    )];
    if let Outcome::Declined { reason } = &decision.outcome
        && let Some(rule) = settings
            .decline_reason(reason)
            .and_then(|known| known.rule.as_ref())
    {
        let rule = locale.of(rule);
        lines.push((locale.text("decline-rule"), html! { (rule) }));
    }
    if let Outcome::Feasible {
        unit,
        budget,
        funding,
    } = &decision.outcome
    {
        let amount = money(locale, *budget);
        lines.push((locale.text("field-screening-unit"), html! { (unit) }));
        lines.push((locale.text("field-screening-budget"), html! { (amount) }));
        if !funding.is_empty() {
            lines.push((locale.text("field-screening-funding"), html! { (funding) }));
        }
    }
    if !decision.explanation.is_empty() {
        lines.push((
            locale.text("field-explanation"),
            html! { (decision.explanation) },
        ));
    }
    facts_list(&lines)
}
