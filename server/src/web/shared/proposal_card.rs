//! A proposal as lists show it.

use crate::web::components::{Icon, Tone, badge, date, icon};
use crate::web::cycle_path::CycleHeading;
use crate::web::locale::Locale;
use crate::web::shared::code_names::category;
use crate::web::visit::Visit;
use domain::cycles::settings::Settings;
use domain::proposals::Proposal;
use domain::proposals::search::{Listed, Progress};
use maud::{Markup, html};

/// The address of a cycle's proposals.
pub fn list_path(heading: &CycleHeading) -> String {
    format!("{}/proposals", heading.path())
}

/// A proposal in a list: its title leads to it.
pub fn card(visit: &Visit, heading: &CycleHeading, line: &Listed) -> Markup {
    let proposal = &line.proposal;
    let settings = &heading.jurisdiction.settings;
    html! {
        h3 { a.card-link href={ (list_path(heading)) "/" (proposal.id) } { (proposal.content.title) } }
        (meta(visit, settings, proposal))
        p { (opening(&proposal.content.body)) }
        p.card-foot {
            (progress_badge(visit.locale, line.progress))
            span { (icon(Icon::People)) " " (visit.locale.text_with("supporters", &[("count", proposal.supporters.into())])) }
        }
    }
}

/// How far a proposal has come, in a pill.
pub fn progress_badge(locale: &Locale, progress: Progress) -> Markup {
    let tone = match progress {
        Progress::Accepted => Tone::Neutral,
        Progress::Feasible => Tone::Good,
        Progress::Declined => Tone::Bad,
        Progress::Candidate => Tone::Accent,
    };
    badge(tone, &locale.text(&format!("progress-{}", progress.name())))
}

/// What stands under a proposal's title in every list.
pub fn meta(visit: &Visit, settings: &Settings, proposal: &Proposal) -> Markup {
    let content = &proposal.content;
    html! {
        p.card-meta {
            span { (visit.locale.text_with("proposal-number", &[("number", proposal.number.into())])) }
            span { (category(visit.locale, settings, &content.category)) }
            @if let Some(district) = &content.district { span { (district) } }
            (date(visit, proposal.made_at))
        }
    }
}

/// The first sentences of a text, for a card.
pub fn opening(text: &str) -> String {
    const CHARACTERS: usize = 72;
    let mut opening: String = text.chars().take(CHARACTERS).collect();
    if text.chars().count() > CHARACTERS {
        opening.push('…');
    }
    opening
}
