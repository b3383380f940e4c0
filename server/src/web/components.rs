//! The pieces that pages are made of. `/demo/style` shows them all; `assets/css/main.css` lists their classes.

mod charts;
mod display;
mod form;
mod icons;

pub use charts::{Bar, bar_chart, progress};
pub use display::{
    LightColour, Stat, Tone, badge, breadcrumbs, facts, hash, irrevocable, light, notice,
    page_head, pagination, stats, steps, table_wrap, tabs, with_query,
};
pub(super) use form::error_summary;
pub use form::{Field, error_text};
pub use icons::{Icon, icon, mark};

use super::locale::Locale;
use super::visit::Visit;
use domain::infra::clock::Timestamp;
use maud::{Markup, html};
use time::UtcOffset;
use time::macros::{format_description, offset};

/// A date and time in the deployment's zone, which it names.
pub fn moment(visit: &Visit, at: Timestamp) -> Markup {
    let local = at.in_zone(visit.zone);
    let shown = local
        .format(format_description!("[year]-[month]-[day] [hour]:[minute]"))
        .unwrap_or_default();
    let machine = local
        .format(&time::format_description::well_known::Rfc3339)
        .unwrap_or_default();
    html! { time datetime=(machine) { (shown) " " span.zone { (zone_name(visit.locale, visit.zone)) } } }
}

/// What people call the deployment's zone.
fn zone_name(locale: &Locale, zone: UtcOffset) -> String {
    if zone == offset!(+8) {
        return locale.text("zone-beijing");
    }
    zone.format(format_description!(
        "UTC[offset_hour sign:mandatory]:[offset_minute]"
    ))
    .unwrap_or_default()
}

/// A date in the deployment's zone.
pub fn date(visit: &Visit, at: Timestamp) -> Markup {
    let local = at.in_zone(visit.zone).date();
    html! { time datetime=(local) { (local) } }
}

/// What stands where a list has nothing to show yet.
pub fn empty_state(locale: &Locale, key: &str) -> Markup {
    html! { p.empty-state { (locale.text(key)) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_called_as_people_call_it() {
        let name = |zone| zone_name(Locale::default_locale(), zone);
        assert_eq!(name(offset!(+8)), "北京时间");
        assert_eq!(name(offset!(+6)), "UTC+06:00");
        assert_eq!(name(offset!(-3:30)), "UTC-03:30");
    }
}
