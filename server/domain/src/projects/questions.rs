//! What a unit is asked before its report is taken: figures that are seldom meant as they were typed. None of them is
//! refused; each is explained in words that everybody reads.

use super::month::Month;
use super::project::Project;
use super::reporting::NewReport;
use crate::infra::money::Money;

/// More points than this in a month are a leap.
pub const LEAP_POINTS: i32 = 30;
/// More of the budget than this in a month is a leap, in hundredths.
const LEAP_OF_BUDGET: i64 = 40;

/// A question about the figures of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// Less is done than the report for an earlier month said.
    PercentFell {
        /// That month.
        since: Month,
        /// By how many points.
        points: i32,
    },
    /// Much more is done than before.
    PercentLeapt {
        /// By how many points.
        points: i32,
    },
    /// Less is spent than the report for an earlier month said.
    SpentFell {
        /// That month.
        since: Month,
        /// By how much.
        by: Money,
    },
    /// Much more is spent than before.
    SpentLeapt {
        /// By how much.
        by: Money,
    },
    /// More is spent than was planned for the whole.
    OverBudget {
        /// By how much.
        by: Money,
    },
}

/// What is asked about a report, in the order of its fields. It is measured by the report in force for the latest month
/// before it; without one, by nothing done at the hand-over.
pub fn questions(project: &Project, new: &NewReport) -> Vec<Question> {
    let before = project.report_before(new.month);
    let (since, percent, spent) = before.map_or_else(
        || (Month::of(project.handed_over_on), 0, 0),
        |report| (report.month, report.percent, report.spent.fen()),
    );
    let passed = since.next().to(new.month).count().max(1);
    let budget = project.plan.budget.fen();
    let leap = |most: i64| most.saturating_mul(i64::try_from(passed).unwrap_or(i64::MAX));
    let points = new.percent - percent;
    let more = new.spent.fen().saturating_sub(spent);
    let mut found = Vec::new();
    if points < 0 {
        found.push(Question::PercentFell {
            since,
            points: -points,
        });
    } else if i64::from(points) > leap(LEAP_POINTS.into()) {
        found.push(Question::PercentLeapt { points });
    }
    if more < 0 {
        let by = Money::from_fen(-more);
        found.push(Question::SpentFell { since, by });
    } else if more > leap(budget.saturating_mul(LEAP_OF_BUDGET) / 100) {
        let by = Money::from_fen(more);
        found.push(Question::SpentLeapt { by });
    }
    if new.spent.fen() > budget {
        let by = Money::from_fen(new.spent.fen().saturating_sub(budget));
        found.push(Question::OverBudget { by });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::sample::{project, report};
    use super::*;

    /// What is asked about such figures for June, where May was reported with 30 % and 300 of 1,000 万元.
    fn asked(month: &str, percent: i32, wan: i64) -> Vec<Question> {
        let mut project = project("QH26-02");
        project.reports = vec![report("2026-04", 35, 290), report("2026-05", 30, 300)];
        let new = NewReport {
            month: month.parse().unwrap(),
            percent,
            spent: Money::from_wan(wan),
            text: "按计划推进。".to_owned(),
            explanation: None,
        };
        questions(&project, &new)
    }

    #[test]
    fn figures_that_go_on_as_they_should_are_not_questioned() {
        for (percent, wan) in [(30, 300), (31, 301), (60, 700)] {
            assert_eq!(asked("2026-06", percent, wan), [], "{percent} {wan}");
        }
        assert_eq!(
            asked("2026-07", 90, 1000),
            [],
            "two months, twice the points and twice the money"
        );
    }

    #[test]
    fn each_figure_that_is_seldom_meant_is_questioned() {
        let since: Month = "2026-05".parse().unwrap();
        let wan = Money::from_wan;
        let cases = [
            ((29, 300), Question::PercentFell { since, points: 1 }),
            ((61, 300), Question::PercentLeapt { points: 31 }),
            ((30, 299), Question::SpentFell { since, by: wan(1) }),
            ((30, 701), Question::SpentLeapt { by: wan(401) }),
        ];
        for ((percent, spent), question) in cases {
            assert_eq!(asked("2026-06", percent, spent), [question]);
        }
        assert_eq!(
            asked("2026-07", 30, 1001),
            [Question::OverBudget { by: wan(1) }]
        );
    }

    #[test]
    fn the_first_report_is_measured_by_the_hand_over() {
        let mut new = NewReport {
            month: "2026-02".parse().unwrap(),
            percent: 30,
            spent: Money::from_wan(400),
            text: "开工。".to_owned(),
            explanation: None,
        };
        assert_eq!(questions(&project("QH26-02"), &new), []);
        new.percent = 31;
        let leapt = Question::PercentLeapt { points: 31 };
        assert_eq!(questions(&project("QH26-02"), &new), [leapt]);
    }
}
