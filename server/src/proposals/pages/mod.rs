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
use crate::web::locale::Locale;
use domain::proposals::State;
use maud::Markup;

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
