//! What screening decided.

use crate::web::components::{Tone, badge, facts as facts_list};
use crate::web::locale::Locale;
use domain::screening::{Decision, Outcome};
use maud::{Markup, html};

/// A decision in a pill.
pub fn outcome_badge(locale: &Locale, outcome: &Outcome) -> Markup {
    match outcome {
        Outcome::Feasible { .. } => badge(Tone::Good, &locale.text("outcome-feasible")),
        Outcome::Declined { reason } => badge(
            Tone::Bad,
            &locale.text(&format!("reason-{}", reason.name())),
        ),
    }
}

/// A decision with all that was said.
pub fn decision_facts(locale: &Locale, decision: &Decision) -> Markup {
    let mut lines = vec![(
        locale.text("screening-outcome"),
        outcome_badge(locale, &decision.outcome),
    )];
    if let Outcome::Feasible {
        unit,
        budget,
        funding,
    } = &decision.outcome
    {
        let amount = locale.text_with("amount-wan", &[("amount", budget.wan().into())]);
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
