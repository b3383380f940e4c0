//! What stands above every page of a cycle: whose it is, how far it has come, and the ways to its parts.

use super::components::{Tone, badge};
use super::cycle_path::CycleHeading;
use super::locale::Locale;
use super::visit::Visit;
use domain::cycles::Stage;
use maud::{Markup, html};

/// What a cycle has below its address; each name's translation is `cycle-<name>`.
const PARTS: [&str; 7] = [
    "proposals",
    "shortlist",
    "session",
    "results",
    "projects",
    "evaluation",
    "record",
];

/// The banner: whose cycle it is, the timeline with the current stage, and the ways to its parts.
pub fn banner(visit: &Visit, heading: &CycleHeading) -> Markup {
    let locale = visit.locale;
    let path = heading.path();
    let is_here = |part: &str| {
        visit
            .path
            .strip_prefix(&format!("{path}/{part}"))
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
    };
    html! {
        div.cycle-banner {
            a.cycle-name href=(path) { (heading.jurisdiction.name) " " (heading.cycle.year) }
            ol.timeline aria-label=(locale.text("timeline")) {
                @for stage in Stage::ALL {
                    li.done[stage < heading.cycle.stage].current[stage == heading.cycle.stage]
                        aria-current=[(stage == heading.cycle.stage).then_some("step")] {
                        span { (locale.text(&format!("stage-{}", stage.name()))) }
                    }
                }
            }
            nav.cycle-nav aria-label=(locale.text("cycle-nav")) {
                @for part in PARTS {
                    a href={ (path) "/" (part) } aria-current=[is_here(part).then_some("page")] {
                        (locale.text(&format!("cycle-{part}")))
                    }
                }
            }
        }
    }
}

/// The stage a cycle has reached, in a pill.
pub fn stage_badge(locale: &Locale, stage: Stage) -> Markup {
    let tone = match stage {
        Stage::Closed => Tone::Done,
        Stage::Collecting
        | Stage::Screening
        | Stage::Shortlisted
        | Stage::Voting
        | Stage::Implementing
        | Stage::Evaluating => Tone::Accent,
    };
    badge(tone, &locale.text(&format!("stage-{}", stage.name())))
}
