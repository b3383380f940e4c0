//! The pages of collecting.

mod form;
mod intake;
mod intake_one;
mod list;
mod mine;
mod one;

pub(crate) use form::{new, send};
pub(crate) use intake::intake;
pub(crate) use intake_one::{accept, decline, intake_one};
pub(crate) use list::{ListQuery, WORDS, list};
pub(crate) use mine::mine;
pub(crate) use one::{one, picture, support, withdraw};

use crate::web::components::{Tone, badge};
use crate::web::cycle_path::CycleHeading;
use crate::web::locale::Locale;
use crate::web::shared::code_names::category;
use crate::web::visit::Visit;
use domain::cycles::settings::Settings;
use domain::proposals::search::Progress;
use domain::proposals::{Proposal, State};
use maud::{Markup, html};

/// The address of a cycle's proposals.
pub(crate) fn list_path(heading: &CycleHeading) -> String {
    format!("{}/proposals", heading.path())
}

fn progress_badge(locale: &Locale, progress: Progress) -> Markup {
    let tone = match progress {
        Progress::Accepted => Tone::Neutral,
        Progress::Feasible => Tone::Good,
        Progress::Declined => Tone::Bad,
        Progress::Candidate => Tone::Accent,
    };
    badge(tone, &locale.text(&format!("progress-{}", progress.name())))
}

fn state_badge(locale: &Locale, state: &State) -> Markup {
    let tone = match state {
        State::Submitted => Tone::Warn,
        State::Accepted { .. } => Tone::Good,
        State::Declined { .. } => Tone::Bad,
    };
    badge(
        tone,
        &locale.text(&format!("proposal-state-{}", state.name())),
    )
}

/// What stands under a proposal's title in every list.
fn meta(visit: &Visit, settings: &Settings, proposal: &Proposal) -> Markup {
    let content = &proposal.content;
    html! {
        p.card-meta {
            span { (visit.locale.text_with("proposal-number", &[("number", proposal.number.into())])) }
            span { (category(visit.locale, settings, &content.category)) }
            @if let Some(district) = &content.district { span { (district) } }
            (crate::web::components::date(visit, proposal.made_at))
        }
    }
}

/// The first sentences of a text, for a card.
fn opening(text: &str) -> String {
    const CHARACTERS: usize = 72;
    let mut opening: String = text.chars().take(CHARACTERS).collect();
    if text.chars().count() > CHARACTERS {
        opening.push('…');
    }
    opening
}
