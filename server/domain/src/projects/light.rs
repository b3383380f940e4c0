//! The lights (亮灯): computed from plan and reports, never chosen.
//!
//! What is planned for a day lies on the straight line between the milestones on both sides of it, beginning with
//! nothing on the day of the hand-over; after the last milestone it stays. A report for a month says how far the
//! project was at that month's end (or on the day of the report, where that came before), so it is compared with
//! the plan for that day, not with today's.

use super::month::Month;
use super::thresholds::{LightRules, Thresholds};
use serde::{Deserialize, Serialize};
use time::Date;

/// Hundredths of a per cent of the whole: 2550 is 25.5 %.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct BasisPoints(i64);

impl BasisPoints {
    /// From whole per cent.
    pub fn from_percent(percent: i32) -> Self {
        Self(i64::from(percent) * 100)
    }

    /// In hundredths of a per cent.
    pub const fn hundredths(self) -> i64 {
        self.0
    }

    /// How far `other` is behind this, negative where it is ahead.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// In whole per cent, rounded half up, not below nothing and not above 100.
    pub fn rounded(self) -> u32 {
        u32::try_from((self.0.saturating_add(50)) / 100)
            .unwrap_or(0)
            .min(100)
    }

    /// In per cent with at most one decimal, for people: `25.5`, `12`.
    pub fn shown(self) -> String {
        let tenths = self.0 / 10;
        if tenths % 10 == 0 {
            (tenths / 10).to_string()
        } else {
            format!("{}.{}", tenths / 10, (tenths % 10).abs())
        }
    }
}

/// A light's colour, from best to worst; blue is beside them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Colour {
    /// Done and accepted.
    Blue,
    /// On plan.
    Green,
    /// Behind plan.
    Yellow,
    /// Far behind plan.
    Red,
}

impl Colour {
    /// All colours.
    pub const ALL: [Self; 4] = [Self::Green, Self::Yellow, Self::Red, Self::Blue];

    /// The name in code, URLs and exports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Blue => "blue",
            Self::Green => "green",
            Self::Yellow => "yellow",
            Self::Red => "red",
        }
    }
}

/// Why a light has its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Accepted on this day.
    Accepted {
        /// The day.
        on: Date,
    },
    /// Delivered on this day, to be accepted.
    Delivered {
        /// The day.
        on: Date,
    },
    /// Nothing is late.
    OnPlan,
    /// The report for this month says less than was planned.
    Behind {
        /// The reported month.
        month: Month,
        /// By how much.
        points: BasisPoints,
    },
    /// A milestone should have been reached.
    MilestoneLate {
        /// Which, from 0.
        position: usize,
        /// By how many days.
        days: i64,
    },
    /// The report for this month is missing.
    ReportMissing {
        /// Which month.
        month: Month,
        /// For how many days.
        days: i64,
    },
}

/// A light with everything that makes it so, worst first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Light {
    /// The colour.
    pub colour: Colour,
    /// Why; never empty.
    pub reasons: Vec<Reason>,
}

/// A milestone, as far as lights need it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waypoint {
    /// By when.
    pub due: Date,
    /// How much of the whole, 0 to 100 per cent.
    pub planned_percent: i32,
    /// When it was reached.
    pub completed_on: Option<Date>,
}

/// A report, as far as lights need it. A corrected report has one for each version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// For which month.
    pub month: Month,
    /// How much of the whole, 0 to 100 per cent.
    pub percent: i32,
    /// On which day it was made.
    pub reported_on: Date,
}

/// All that a light is computed from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The day of the hand-over.
    pub started_on: Date,
    /// The plan.
    pub waypoints: Vec<Waypoint>,
    /// The reports in the order in which they were made.
    pub readings: Vec<Reading>,
    /// When it was delivered.
    pub delivered_on: Option<Date>,
    /// When it was accepted.
    pub accepted_on: Option<Date>,
}

impl Standing {
    /// What was to be done by the end of `day`, rounded down, which never makes a project late.
    pub fn planned(&self, day: Date) -> BasisPoints {
        let (mut from, mut had) = (self.started_on, 0_i64);
        if day <= from {
            return BasisPoints(0);
        }
        let mut waypoints: Vec<&Waypoint> = self.waypoints.iter().collect();
        waypoints.sort_by_key(|waypoint| waypoint.due);
        for waypoint in waypoints {
            let target = i64::from(waypoint.planned_percent) * 100;
            if day < waypoint.due {
                let whole = (waypoint.due - from).whole_days().max(1);
                let passed = (day - from).whole_days();
                let planned = had + (target - had) * passed / whole;
                return BasisPoints(planned);
            }
            (from, had) = (waypoint.due.max(from), target);
        }
        BasisPoints(had)
    }

    /// The last word, by the end of `day`, on the latest month reported.
    pub fn latest(&self, day: Date) -> Option<Reading> {
        self.readings
            .iter()
            .filter(|reading| reading.reported_on <= day)
            .max_by_key(|reading| reading.month)
            .copied()
    }

    /// The day for which a reading is compared with the plan.
    fn compared_on(reading: &Reading) -> Date {
        reading.month.last_day().min(reading.reported_on)
    }

    fn behind(&self, today: Date) -> Option<(Month, BasisPoints)> {
        let reading = self.latest(today)?;
        let planned = self.planned(Self::compared_on(&reading));
        Some((
            reading.month,
            planned.minus(BasisPoints::from_percent(reading.percent)),
        ))
    }

    /// How far the project is behind its plan, negative where it is ahead: what the last report says against the plan for
    /// its day, or the whole plan for `day` where nothing is reported.
    pub fn lag(&self, day: Date) -> BasisPoints {
        let behind = self.behind(day);
        behind.map_or_else(|| self.planned(day), |(_, points)| points)
    }

    /// The oldest month whose report is missing at the end of `today`.
    fn missing(&self, today: Date, thresholds: &Thresholds) -> Option<(Month, i64)> {
        owed_months(self.started_on, self.delivered_on, today)
            .find(|month| {
                thresholds.due(*month) < today
                    && !self
                        .readings
                        .iter()
                        .any(|reading| reading.month == *month && reading.reported_on <= today)
            })
            .map(|month| (month, (today - thresholds.due(month)).whole_days()))
    }
}

/// The months up to `today`'s for which a project owes a report, oldest first. The month of the hand-over needs none, and none
/// is due any more from the month of the delivery on.
pub fn owed_months(
    handed_over_on: Date,
    delivered_on: Option<Date>,
    today: Date,
) -> impl Iterator<Item = Month> {
    let delivered = delivered_on.filter(|day| *day <= today).map(Month::of);
    Month::of(handed_over_on)
        .next()
        .to(Month::of(today))
        .take_while(move |month| delivered.is_none_or(|last| *month < last))
}

/// The light at the end of `today`, from what was known then.
pub fn light(standing: &Standing, today: Date, thresholds: &Thresholds) -> Light {
    let known = |day: &Date| *day <= today;
    if let Some(on) = standing.accepted_on.filter(known) {
        return Light {
            colour: Colour::Blue,
            reasons: vec![Reason::Accepted { on }],
        };
    }
    let delivered = standing.delivered_on.filter(known);
    let mut found: Vec<(Colour, Reason)> = Vec::new();
    if delivered.is_none() {
        found.extend(behind_plan(standing, today, thresholds));
        found.extend(late_milestones(standing, today, thresholds));
    }
    if let Some((month, days)) = standing.missing(today, thresholds) {
        let colour = worse_from(days, thresholds.red_report_days);
        found.push((colour, Reason::ReportMissing { month, days }));
    }
    found.sort_by_key(|(colour, _)| std::cmp::Reverse(*colour));
    let Some((colour, _)) = found.first() else {
        let reason = delivered.map_or(Reason::OnPlan, |on| Reason::Delivered { on });
        return Light {
            colour: Colour::Green,
            reasons: vec![reason],
        };
    };
    Light {
        colour: *colour,
        reasons: found.into_iter().map(|(_, reason)| reason).collect(),
    }
}

fn behind_plan(
    standing: &Standing,
    today: Date,
    thresholds: &Thresholds,
) -> Option<(Colour, Reason)> {
    let (month, points) = standing.behind(today)?;
    let colour = if points >= BasisPoints::from_percent(thresholds.red_points) {
        Colour::Red
    } else if points >= BasisPoints::from_percent(thresholds.yellow_points) {
        Colour::Yellow
    } else {
        return None;
    };
    Some((colour, Reason::Behind { month, points }))
}

fn late_milestones(
    standing: &Standing,
    today: Date,
    thresholds: &Thresholds,
) -> Vec<(Colour, Reason)> {
    standing
        .waypoints
        .iter()
        .enumerate()
        .filter(|(_, waypoint)| {
            waypoint.due < today && waypoint.completed_on.is_none_or(|day| day > today)
        })
        .map(|(position, waypoint)| {
            let days = (today - waypoint.due).whole_days();
            let colour = worse_from(days, thresholds.red_milestone_days);
            (colour, Reason::MilestoneLate { position, days })
        })
        .collect()
}

fn worse_from(days: i64, red: i64) -> Colour {
    if days >= red {
        Colour::Red
    } else {
        Colour::Yellow
    }
}

/// The light of each month from the first that needs a report until `today`: as it stood at the end of the day
/// after the report was due, or stands today where that day has not come. Each day has the rules of its own month.
pub fn history(standing: &Standing, today: Date, rules: &LightRules) -> Vec<(Month, Light)> {
    Month::of(standing.started_on)
        .next()
        .to(Month::of(today))
        .map(|month| {
            let due = rules.of(month.next()).due(month);
            let seen = due.next_day().unwrap_or(due).min(today);
            (month, light(standing, seen, rules.on(seen)))
        })
        .collect()
}

#[cfg(test)]
#[path = "light_tests.rs"]
mod tests;
