//! The first block of a project's page: how it stands, what comes next, who answers for it, and where it came from.

use super::{lamp_line, percent, reasons, tone};
use crate::web::components::{Tone, amount_text, day, day_text, facts, progress};
use crate::web::cycle_path::CycleHeading;
use crate::web::locale::Locale;
use crate::web::shared::districts::served;
use domain::infra::money::Money;
use domain::projects::{Lit, Milestone, Source};
use maud::{Markup, html};
use time::Date;

/// How many proposals are named one by one.
const NAMED: usize = 3;

/// The light with its reason, above the title.
pub(super) fn head(locale: &Locale, lit: &Lit) -> Markup {
    let plan = &lit.project.plan;
    let more = reasons(locale, &lit.project, &lit.light);
    html! {
        header.page-head.project-head {
            (lamp_line(locale, &lit.project, &lit.light))
            @for reason in more.iter().skip(1) { p.small.muted { (reason) } }
            h1 { (plan.title) }
            p.eyebrow { (plan.code) " · " (plan.unit.name) }
        }
    }
}

/// Progress and money as two bars; then the next milestone, who answers, and where it came from.
pub(super) fn standing(
    locale: &Locale,
    heading: &CycleHeading,
    lit: &Lit,
    source: &Source,
    today: Date,
) -> Markup {
    let plan = &lit.project.plan;
    let (done, planned) = (percent(lit.done), lit.planned.rounded());
    let mut list = Vec::new();
    if let Some(next) = lit.project.next_milestone() {
        list.push((locale.text("project-next"), milestone(locale, next, today)));
    }
    let kind = heading.jurisdiction.kind;
    list.extend([
        (
            locale.text("project-answers"),
            html! { (plan.lead) @if !plan.lead.contains(&plan.unit.name) { " · " (plan.unit.name) } },
        ),
        (
            locale.text("project-districts"),
            html! { (served(locale, kind, &plan.districts)) },
        ),
        (locale.text("project-source"), origin(locale, heading, lit, source)),
    ]);
    html! {
        section.panel.project-standing aria-label=(locale.text("project-standing")) {
            (progress(
                &locale.text("project-progress"), done, Some(planned), tone(lit.light.colour),
                &locale.text_with("project-done-of-plan", &[("done", done.into()), ("planned", planned.into())]),
            ))
            (progress(
                &locale.text("project-money"), of_budget(lit.spent, plan.budget), None, money_tone(lit),
                &locale.text_with("project-spent-of-budget", &[
                    ("spent", amount_text(locale, lit.spent).into()),
                    ("budget", amount_text(locale, plan.budget).into()),
                ]),
            ))
            (facts(&list))
        }
    }
}

/// What is spent of the budget, in per cent rounded down; of no budget all.
fn of_budget(spent: Money, budget: Money) -> u32 {
    let hundred = i128::from(spent.fen()) * 100;
    let part = hundred.checked_div(i128::from(budget.fen())).unwrap_or(100);
    u32::try_from(part).unwrap_or(0)
}

/// Money is a plain fact, until more is spent than was planned.
fn money_tone(lit: &Lit) -> Tone {
    if lit.spent > lit.project.plan.budget {
        Tone::Bad
    } else {
        Tone::Neutral
    }
}

fn milestone(locale: &Locale, next: &Milestone, today: Date) -> Markup {
    let days = (next.due - today).whole_days();
    let (key, days) = if days < 0 {
        ("project-days-late", -days)
    } else {
        ("project-days-left", days)
    };
    html! {
        (next.text) " · " (day(locale, next.due)) " "
        span.muted { (locale.text_with(key, &[("days", days.into())])) }
    }
}

/// Candidate, proposals, and the vote.
fn origin(locale: &Locale, heading: &CycleHeading, lit: &Lit, source: &Source) -> Markup {
    let path = heading.path();
    let count = source.proposals.len();
    html! {
        @for origin in source.proposals.iter().take(NAMED) {
            a href={ (path) "/proposals/" (origin.id) } {
                (locale.text_with("project-proposal", &[("number", origin.number.into())]))
            }
            " "
        }
        @if count > NAMED { (locale.text_with("project-proposals", &[("count", count.into())])) " " }
        @if count > 0 { "→ " }
        a href={ (path) "/shortlist/" (lit.project.plan.code) } { (locale.text("project-candidate")) }
        @if let Some(vote) = &source.vote {
            " → "
            a href={ (path) "/results/" (vote.poll) } {
                (locale.text_with("project-votes", &[("votes", vote.votes.into()), ("needed", vote.needed.into())]))
            }
        }
        " → " (locale.text_with("project-handed-over", &[
            ("day", day_text(locale, lit.project.handed_over_on).into()),
        ]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spending_is_measured_by_the_budget() {
        let wan = Money::from_wan;
        for (spent, budget, part) in [
            (0, 1000, 0),
            (300, 1000, 30),
            (1200, 1000, 120),
            (1, 0, 100),
        ] {
            assert_eq!(of_budget(wan(spent), wan(budget)), part, "{spent} {budget}");
        }
    }
}
