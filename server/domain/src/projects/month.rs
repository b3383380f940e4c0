//! A calendar month, as reports are made for one.

use serde::{Serialize, Serializer};
use std::fmt;
use std::str::FromStr;
use time::Date;

/// A calendar month, written `2026-03`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    year: i32,
    month: u8,
}

/// Not a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a month like 2026-03")]
pub struct MonthError;

impl Month {
    /// The month that a day lies in.
    pub fn of(day: Date) -> Self {
        Self {
            year: day.year(),
            month: u8::from(day.month()),
        }
    }

    /// The month after.
    #[must_use]
    pub fn next(self) -> Self {
        if self.month == 12 {
            Self {
                year: self.year + 1,
                month: 1,
            }
        } else {
            Self {
                year: self.year,
                month: self.month + 1,
            }
        }
    }

    /// The month's number in its year, 1 to 12.
    pub const fn number(self) -> u8 {
        self.month
    }

    /// A day of the month; days beyond its last one mean the last one.
    pub fn day(self, day: u8) -> Date {
        let month = time::Month::try_from(self.month).unwrap_or(time::Month::January);
        let day = day.clamp(1, month.length(self.year));
        Date::from_calendar_date(self.year, month, day).unwrap_or(Date::MIN)
    }

    /// The last day.
    pub fn last_day(self) -> Date {
        self.day(31)
    }

    /// The months from this one to `last`, both included; none where `last` lies before.
    pub fn to(self, last: Self) -> impl Iterator<Item = Self> {
        std::iter::successors(Some(self), |month| Some(month.next()))
            .take_while(move |month| *month <= last)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl FromStr for Month {
    type Err = MonthError;

    fn from_str(text: &str) -> Result<Self, MonthError> {
        let (year, month) = text.split_once('-').ok_or(MonthError)?;
        let is_number = |part: &str, digits: usize| {
            part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        if !is_number(year, 4) || !is_number(month, 2) {
            return Err(MonthError);
        }
        let year: i32 = year.parse().map_err(|_| MonthError)?;
        let month: u8 = month.parse().map_err(|_| MonthError)?;
        if !(1..=12).contains(&month) || year < 1000 {
            return Err(MonthError);
        }
        Ok(Self { year, month })
    }
}

impl Serialize for Month {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn a_month_is_read_and_written_in_one_way() {
        let month: Month = "2026-03".parse().unwrap();
        assert_eq!(month.to_string(), "2026-03");
        assert_eq!(month, Month::of(date!(2026 - 03 - 31)));
        for wrong in [
            "",
            "2026",
            "2026-3",
            "2026-13",
            "2026-00",
            "26-03",
            "2026-03-01",
            "+026-03",
        ] {
            assert_eq!(wrong.parse::<Month>(), Err(MonthError), "{wrong}");
        }
    }

    #[test]
    fn months_follow_each_other_over_the_year_s_end_and_end_on_their_last_day() {
        let november = Month::of(date!(2026 - 11 - 02));
        let listed: Vec<String> = november
            .to(Month::of(date!(2027 - 02 - 01)))
            .map(|month| month.to_string())
            .collect();
        assert_eq!(listed, ["2026-11", "2026-12", "2027-01", "2027-02"]);
        assert_eq!(
            Month::of(date!(2028 - 02 - 03)).last_day(),
            date!(2028 - 02 - 29)
        );
        assert_eq!(november.to(Month::of(date!(2026 - 10 - 31))).count(), 0);
    }
}
