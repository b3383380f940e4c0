//! Days, months and times as the language writes them; the machine's form stands in `datetime`.

use crate::web::locale::Locale;
use crate::web::visit::Visit;
use domain::infra::clock::Timestamp;
use domain::projects::Month;
use maud::{Markup, html};
use time::format_description::well_known::Rfc3339;
use time::macros::{format_description, offset};
use time::{Date, UtcOffset};

/// A date and time in the deployment's zone, which it says.
pub fn moment(visit: &Visit, at: Timestamp) -> Markup {
    let local = at.in_zone(visit.zone);
    let clock = local.format(format_description!("[hour]:[minute]"));
    let machine = local.format(&Rfc3339).unwrap_or_default();
    let shown = visit.locale.text_with(
        "moment",
        &[
            ("day", day_text(visit.locale, local.date()).into()),
            ("time", clock.unwrap_or_default().into()),
            ("zone", zone(visit.locale, visit.zone).into()),
        ],
    );
    html! { time datetime=(machine) { (shown) } }
}

/// A date in the deployment's zone.
pub fn date(visit: &Visit, at: Timestamp) -> Markup {
    day(visit.locale, at.in_zone(visit.zone).date())
}

/// A day.
pub fn day(locale: &Locale, day: Date) -> Markup {
    html! { time datetime=(day) { (day_text(locale, day)) } }
}

/// A day, for a sentence: 2026年1月22日, 22 January 2026.
pub fn day_text(locale: &Locale, day: Date) -> String {
    locale.text_with(
        "day",
        &[
            ("year", day.year().to_string().into()),
            ("month", month_name(locale, u8::from(day.month())).into()),
            ("day", day.day().to_string().into()),
        ],
    )
}

/// A month, for a sentence: 2026年7月, July 2026.
pub fn month_text(locale: &Locale, month: Month) -> String {
    locale.text_with(
        "month",
        &[
            ("year", month.day(1).year().to_string().into()),
            ("month", month_name(locale, month.number()).into()),
        ],
    )
}

fn month_name(locale: &Locale, number: u8) -> String {
    locale.text_with("month-name", &[("number", number.into())])
}

fn zone(locale: &Locale, zone: UtcOffset) -> String {
    if zone == offset!(+8) {
        locale.text("zone-beijing")
    } else {
        let hours = format_description!("UTC[offset_hour sign:mandatory]:[offset_minute]");
        zone.format(hours).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn days_and_months_are_written_as_the_language_writes_them() {
        let day = date!(2026 - 01 - 22);
        for (code, day_shown, month_shown) in [
            ("zh-CN", "2026年1月22日", "2026年1月"),
            ("en", "22 January 2026", "January 2026"),
        ] {
            let locale = Locale::find(code).unwrap();
            assert_eq!(day_text(locale, day), day_shown);
            assert_eq!(month_text(locale, Month::of(day)), month_shown);
        }
        assert_eq!(zone(Locale::default_locale(), offset!(+8)), "北京时间");
        assert_eq!(zone(Locale::default_locale(), offset!(+5:30)), "UTC+05:30");
    }
}
