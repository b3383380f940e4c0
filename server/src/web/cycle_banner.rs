//! What stands above every page of a cycle: whose it is, and the way through its year. Each step is named, has its
//! dates and leads to what the step is about.

use super::components::{Tone, badge};
use super::cycle_path::CycleHeading;
use super::locale::Locale;
use super::visit::Visit;
use domain::cycles::{Stage, Timeline};
use maud::{Markup, html};
use time::Date;

/// What stands beside the stages below a cycle's address; each name's translation is `cycle-<name>`.
const BESIDE: [&str; 2] = ["results", "record"];

/// What a stage is about, below a cycle's address.
pub const fn part_of(stage: Stage) -> &'static str {
    match stage {
        Stage::Collecting => "proposals",
        Stage::Screening => "screening",
        Stage::Shortlisted => "shortlist",
        Stage::Voting => "session",
        Stage::Implementing => "projects",
        Stage::Evaluating => "evaluation",
        // What is archived can all be looked up there.
        Stage::Closed => "record",
    }
}

/// The banner. On a phone it is one row, which opens the way.
pub fn banner(visit: &Visit, heading: &CycleHeading) -> Markup {
    let locale = visit.locale;
    let path = heading.path();
    let way = Way {
        visit,
        heading,
        path: &path,
    };
    html! {
        div.cycle-banner {
            a.cycle-name href=(path) aria-current=[way.is_here("").then_some("page")] {
                (heading.jurisdiction.name) " " (heading.cycle.year)
            }
            nav.cycle-beside aria-label=(locale.text("cycle-nav")) {
                @for part in BESIDE { (way.beside(part)) }
            }
            details.way {
                summary {
                    (locale.text_with("timeline-step", &[
                        ("step", step_number(heading.cycle.stage).into()),
                        ("stage", locale.text(&stage_key(heading.cycle.stage)).into()),
                    ]))
                    @if let Some(left) = left(visit, heading) { span.small { (left) } }
                }
                ol { (way.steps()) @for part in BESIDE { li.beside { (way.beside(part)) } } }
            }
            nav.timeline-nav aria-label=(locale.text("timeline")) { ol.timeline { (way.steps()) } }
        }
    }
}

struct Way<'a> {
    visit: &'a Visit,
    heading: &'a CycleHeading,
    path: &'a str,
}

impl Way<'_> {
    /// Whether the visitor is in this part.
    fn is_here(&self, part: &str) -> bool {
        let rest = self.visit.path.strip_prefix(self.path);
        rest.and_then(|rest| match part {
            "" => Some(rest),
            part => rest.strip_prefix('/')?.strip_prefix(part),
        })
        .is_some_and(|rest| {
            rest.is_empty() || rest.starts_with('?') || (!part.is_empty() && rest.starts_with('/'))
        })
    }

    fn beside(&self, part: &str) -> Markup {
        html! {
            a href={ (self.path) "/" (part) } aria-current=[self.is_here(part).then_some("page")] {
                (self.visit.locale.text(&format!("cycle-{part}")))
            }
        }
    }

    fn steps(&self) -> Markup {
        let locale = self.visit.locale;
        let now = self.heading.cycle.stage;
        html! {
            @for stage in Stage::ALL {
                li.done[stage < now].current[stage == now] {
                    a href={ (self.path) "/" (part_of(stage)) } aria-current=[self.is_here(part_of(stage)).then_some("page")] {
                        span.name { (locale.text(&stage_key(stage))) }
                        @if stage == now { span.visually-hidden { (locale.text("timeline-now")) } }
                        @if let Some(days) = days(locale, &self.heading.timeline, stage) { span.days { (days) } }
                    }
                }
            }
        }
    }
}

fn stage_key(stage: Stage) -> String {
    format!("stage-{}", stage.name())
}

/// 1 for the first.
fn step_number(stage: Stage) -> usize {
    1 + Stage::ALL.iter().filter(|other| **other < stage).count()
}

/// How long people can still take part in the present stage, where that is planned.
pub fn left(visit: &Visit, heading: &CycleHeading) -> Option<String> {
    let takes_part = matches!(heading.cycle.stage, Stage::Collecting | Stage::Shortlisted);
    let days = heading.timeline.days_left(visit.today)?;
    if !takes_part {
        return None;
    }
    Some(
        visit
            .locale
            .text_with("days-left", &[("days", days.into())]),
    )
}

/// From when until when a stage lasts, as far as that is known.
pub fn days(locale: &Locale, timeline: &Timeline, stage: Stage) -> Option<String> {
    let begins = timeline.begins_on(stage)?;
    let end = timeline.ends_on(stage).filter(|_| stage != Stage::Closed);
    let (key, end) = match end {
        Some(end) if end != begins => ("days-from-to", end),
        Some(_) => ("days-on", begins),
        None => ("days-from", begins),
    };
    Some(locale.text_with(
        key,
        &[
            ("begins", short_day(locale, begins).into()),
            ("ends", day_after(locale, begins, end).into()),
        ],
    ))
}

/// A day that follows on another: with its year where that is another one.
fn day_after(locale: &Locale, before: Date, day: Date) -> String {
    let short = short_day(locale, day);
    if before.year() == day.year() {
        return short;
    }
    let year = day.year().to_string();
    locale.text_with(
        "day-of-year",
        &[("year", year.into()), ("day", short.into())],
    )
}

/// A day of a year that is known: month and day.
pub fn short_day(locale: &Locale, day: Date) -> String {
    locale.text_with(
        "short-day",
        &[
            ("month", u8::from(day.month()).into()),
            ("day", day.day().into()),
        ],
    )
}

/// The stage a cycle has reached, in a pill.
pub fn stage_badge(locale: &Locale, stage: Stage) -> Markup {
    badge(Tone::Neutral, &locale.text(&stage_key(stage)))
}
