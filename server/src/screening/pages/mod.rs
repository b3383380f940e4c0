//! The pages of screening and the shortlist.

mod board;
mod cluster;
mod comments;
mod compose;
mod edit;
mod queue;
mod shortlist;

pub use board::board;
pub use cluster::{cluster, decide, join, split};
pub use comments::{answer, comment};
pub use compose::{compose, publish as publish_shortlist, remove, review};
pub use edit::{add, change, edit, new};
pub use queue::{merge, publish as publish_decisions, queue, review as review_proposal};
pub use shortlist::{candidate, shortlist};

use crate::web::components::{Tone, badge, facts as facts_list};
use crate::web::locale::Locale;
use domain::screening::{Decision, Outcome, Standing};
use maud::{Markup, html};

/// A decision in a pill.
fn outcome_badge(locale: &Locale, outcome: &Outcome) -> Markup {
    match outcome {
        Outcome::Feasible { .. } => badge(Tone::Good, &locale.text("outcome-feasible")),
        Outcome::Declined { reason } => badge(
            Tone::Bad,
            &locale.text(&format!("reason-{}", reason.name())),
        ),
    }
}

/// A decision with all that was said.
fn decision_facts(locale: &Locale, decision: &Decision) -> Markup {
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

/// How a proposal fares in screening, for its own page. `path` is the address of the cycle's proposals.
pub fn standing_section(locale: &Locale, path: &str, standing: &Standing) -> Markup {
    let shortlist = path.trim_end_matches("/proposals");
    html! {
        @if !standing.others.is_empty() {
            section.panel {
                h2 { (locale.text("treated-together")) }
                p { (locale.text_with("distinct-supporters", &[("count", standing.supporters.into())])) }
                ul {
                    @for member in &standing.others {
                        li { a href={ (path) "/" (member.id) } { (member.title) } }
                    }
                }
            }
        }
        @if let Some(decision) = &standing.decision {
            section.panel {
                h2 { (locale.text("screening-says")) }
                (decision_facts(locale, decision))
            }
        }
        @if !standing.candidates.is_empty() {
            section.panel {
                h2 { (locale.text("became-candidate")) }
                ul {
                    @for (code, title) in &standing.candidates {
                        li { a href={ (shortlist) "/shortlist/" (code) } { (code) " " (title) } }
                    }
                }
            }
        }
    }
}
