//! The pieces that pages are made of. `/demo/style` shows them all; `assets/css/main.css` lists their classes.

mod amount;
mod charts;
mod display;
mod form;
mod icons;
mod when;

pub use amount::{amount, amount_text, exact_amount};
pub use charts::{Bar, bar_chart, progress};
pub use display::{
    LightColour, Stat, Tone, badge, breadcrumbs, facts, hash, irrevocable, light, light_mark,
    notice, page_head, pagination, stats, steps, table_wrap, tabs, with_query,
};
pub(super) use form::error_summary;
pub use form::{Field, error_text};
pub use icons::{Icon, icon, mark};
pub use when::{date, day, day_text, moment, month_text};

use super::locale::Locale;
use maud::{Markup, html};

/// What stands where a list has nothing to show yet.
pub fn empty_state(locale: &Locale, key: &str) -> Markup {
    html! { p.empty-state { (locale.text(key)) } }
}
