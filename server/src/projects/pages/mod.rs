//! What is shown of projects.

mod chart;
mod detail;
mod forms;
mod handlers;
mod list;
mod report;
mod sheet;
mod standing;

pub(crate) use detail::project;
pub(crate) use handlers::{accept, complete, correct, deliver, hand_over, report, rework};
pub(crate) use list::{list, remember_district};
pub(crate) use report::report_page;
pub(crate) use sheet::{csv, xlsx};

use crate::web::components::{LightColour, Tone, badge, day_text, light, month_text};
use crate::web::locale::Locale;
use domain::projects::{Colour, Light, Reason};
use domain::projects::{Project, StateName};
use maud::{Markup, html};

/// A light with its word.
fn lamp(locale: &Locale, colour: Colour) -> Markup {
    light(locale, LightColour::from(colour))
}

/// A light with its word and the first of its reasons, in a line.
fn lamp_line(locale: &Locale, project: &Project, light: &Light) -> Markup {
    html! {
        p.lamp-line {
            (lamp(locale, light.colour)) " "
            @if let Some(reason) = light.reasons.first() {
                span { (reason_text(locale, project, *reason)) }
            }
        }
    }
}

const fn tone(colour: Colour) -> Tone {
    match colour {
        Colour::Blue => Tone::Done,
        Colour::Green => Tone::Good,
        Colour::Yellow => Tone::Warn,
        Colour::Red => Tone::Bad,
    }
}

fn state_badge(locale: &Locale, state: StateName) -> Markup {
    let tone = match state {
        StateName::Planned | StateName::Underway => Tone::Neutral,
        StateName::Delivered => Tone::Good,
        StateName::Accepted => Tone::Done,
    };
    badge(
        tone,
        &locale.text(&format!("project-state-{}", state.name())),
    )
}

/// Why the light has its colour, in words.
fn reasons(locale: &Locale, project: &Project, light: &Light) -> Vec<String> {
    light
        .reasons
        .iter()
        .map(|reason| reason_text(locale, project, *reason))
        .collect()
}

fn reason_text(locale: &Locale, project: &Project, reason: Reason) -> String {
    match reason {
        Reason::Accepted { on } => {
            locale.text_with("reason-accepted", &[("day", day_text(locale, on).into())])
        }
        Reason::Delivered { on } => {
            locale.text_with("reason-delivered", &[("day", day_text(locale, on).into())])
        }
        Reason::OnPlan => locale.text("reason-on-plan"),
        Reason::Behind { month, points } => locale.text_with(
            "reason-behind",
            &[
                ("month", month_text(locale, month).into()),
                ("points", points.shown().into()),
            ],
        ),
        Reason::MilestoneLate { position, days } => {
            let text = project
                .milestones
                .get(position)
                .map_or_else(String::new, |milestone| milestone.text.clone());
            locale.text_with(
                "reason-milestone-late",
                &[("text", text.into()), ("days", days.into())],
            )
        }
        Reason::ReportMissing { month, days } => locale.text_with(
            "reason-report-missing",
            &[
                ("month", month_text(locale, month).into()),
                ("days", days.into()),
            ],
        ),
    }
}

/// Per cent of a report as the charts take it.
fn percent(value: i32) -> u32 {
    u32::try_from(value).unwrap_or(0)
}
