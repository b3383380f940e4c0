//! When a light changes, and which of a jurisdiction's settings say so in which month.

use super::month::Month;
use crate::cycles::settings::{Settings, SettingsVersion};
use time::{Date, UtcOffset};

/// When a light changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thresholds {
    /// Yellow from so many points behind plan.
    pub yellow_points: i32,
    /// Red from so many points behind plan.
    pub red_points: i32,
    /// Red from so many days that a milestone is late.
    pub red_milestone_days: i64,
    /// The day of the next month by which a month's report is due.
    pub report_due_day: u8,
    /// Red from so many days that a report is overdue.
    pub red_report_days: i64,
}

impl From<&Settings> for Thresholds {
    fn from(settings: &Settings) -> Self {
        let lights = &settings.lights;
        Self {
            yellow_points: lights.yellow_points.get().into(),
            red_points: lights.red_points.get().into(),
            red_milestone_days: lights.red_milestone_days.get().into(),
            report_due_day: settings.periods.report_due_day.get(),
            red_report_days: lights.red_report_days.get().into(),
        }
    }
}

impl Thresholds {
    /// The day by which the report for `month` is due.
    pub fn due(&self, month: Month) -> Date {
        month.next().day(self.report_due_day)
    }
}

/// The thresholds of every month: a change is in force from the month after it, so that nobody is measured by what
/// was not known when the month began.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LightRules {
    first: Thresholds,
    /// From which month on, in their order.
    later: Vec<(Month, Thresholds)>,
}

impl From<Thresholds> for LightRules {
    fn from(first: Thresholds) -> Self {
        Self {
            first,
            later: Vec::new(),
        }
    }
}

impl LightRules {
    /// Of the versions after the first settings, in their order. Days begin in `zone`.
    pub fn new(first: &Settings, later: &[SettingsVersion], zone: UtcOffset) -> Self {
        let from = |version: &SettingsVersion| {
            let day = version.changed_at.in_zone(zone).date();
            (Month::of(day).next(), Thresholds::from(&version.settings))
        };
        Self {
            first: first.into(),
            later: later.iter().map(from).collect(),
        }
    }

    /// Those of a month.
    pub fn of(&self, month: Month) -> &Thresholds {
        self.later
            .iter()
            .rev()
            .find(|(from, _)| *from <= month)
            .map_or(&self.first, |(_, thresholds)| thresholds)
    }

    /// Those of the month that a day lies in.
    pub fn on(&self, day: Date) -> &Thresholds {
        self.of(Month::of(day))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cycles::JurisdictionKind;
    use crate::cycles::settings::usual;
    use crate::infra::clock::Timestamp;
    use tally::record::body::Percent;
    use time::macros::{date, offset};

    #[test]
    fn a_change_is_in_force_from_the_month_after_it_on() {
        let first = usual(JurisdictionKind::County);
        let mut changed = first.clone();
        changed.lights.yellow_points = Percent::new(5).unwrap();
        // 2026-03-31 23:30 in Beijing.
        let changed_at = Timestamp::from_millis(1_774_971_000_000);
        let version = SettingsVersion {
            number: 2,
            changed_at,
            settings: changed,
        };
        let rules = LightRules::new(first, &[version], offset!(+8));
        assert_eq!(rules.on(date!(2026 - 03 - 31)).yellow_points, 10);
        assert_eq!(rules.on(date!(2026 - 04 - 01)).yellow_points, 5);
        let unchanged = LightRules::from(Thresholds::from(first));
        assert_eq!(unchanged.on(date!(2030 - 01 - 01)).yellow_points, 10);
    }
}
