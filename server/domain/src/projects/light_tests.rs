use super::*;
use time::Duration;
use time::macros::date;

const RULES: Thresholds = Thresholds {
    yellow_points: 10,
    red_points: 30,
    red_milestone_days: 30,
    report_due_day: 5,
    red_report_days: 30,
};

/// Handed over on 31 January; 40 % by the end of May (120 days), the rest by the end of September.
fn on_plan() -> Standing {
    Standing {
        started_on: date!(2026 - 01 - 31),
        waypoints: vec![
            waypoint(date!(2026 - 05 - 31), 40),
            waypoint(date!(2026 - 09 - 30), 100),
        ],
        readings: vec![
            reading("2026-02", 10, date!(2026 - 03 - 03)),
            reading("2026-03", 20, date!(2026 - 04 - 03)),
        ],
        delivered_on: None,
        accepted_on: None,
    }
}

fn waypoint(due: Date, planned_percent: i32) -> Waypoint {
    Waypoint {
        due,
        planned_percent,
        completed_on: None,
    }
}

fn reading(month: &str, percent: i32, reported_on: Date) -> Reading {
    Reading {
        month: month.parse().unwrap(),
        percent,
        reported_on,
    }
}

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

fn colour(standing: &Standing, today: Date) -> Colour {
    light(standing, today, &RULES).colour
}

#[test]
fn the_plan_runs_straight_between_milestones() {
    let standing = on_plan();
    for (day, hundredths) in [
        (date!(2026 - 01 - 01), 0),
        (date!(2026 - 01 - 31), 0),
        (date!(2026 - 02 - 01), 33),
        (date!(2026 - 04 - 01), 2000),
        (date!(2026 - 05 - 31), 4000),
        (date!(2026 - 07 - 31), 7000),
        (date!(2026 - 09 - 30), 10_000),
        (date!(2027 - 01 - 01), 10_000),
    ] {
        assert_eq!(standing.planned(day).hundredths(), hundredths, "{day}");
    }
}

#[test]
fn on_plan_is_green_and_says_so() {
    let found = light(&on_plan(), date!(2026 - 04 - 20), &RULES);
    assert_eq!(found.colour, Colour::Green);
    assert_eq!(found.reasons, [Reason::OnPlan]);
}

#[test]
fn yellow_begins_at_exactly_ten_points_behind_plan_and_red_at_exactly_thirty() {
    // 1 April is planned with exactly 20 %, 31 May with exactly 40 %.
    let at = |percent: i32| {
        let mut standing = on_plan();
        standing.readings = vec![
            reading("2026-02", 10, date!(2026 - 03 - 03)),
            reading("2026-03", 19, date!(2026 - 04 - 03)),
            reading("2026-04", 29, date!(2026 - 05 - 03)),
            reading("2026-05", percent, date!(2026 - 06 - 03)),
        ];
        standing.waypoints[0].completed_on = Some(date!(2026 - 05 - 31));
        light(&standing, date!(2026 - 06 - 04), &RULES)
    };
    assert_eq!(at(31).colour, Colour::Green);
    assert_eq!(at(30).colour, Colour::Yellow);
    assert_eq!(at(11).colour, Colour::Yellow);
    assert_eq!(at(10).colour, Colour::Red);
    assert_eq!(
        at(30).reasons,
        [Reason::Behind {
            month: month("2026-05"),
            points: BasisPoints::from_percent(10)
        }]
    );
}

#[test]
fn a_hundredth_of_a_point_below_ten_is_still_green() {
    let mut standing = on_plan();
    // 31 March is planned with 19.66 %.
    standing.readings[1].percent = 10;
    assert_eq!(standing.planned(date!(2026 - 03 - 31)).hundredths(), 1966);
    assert_eq!(colour(&standing, date!(2026 - 04 - 20)), Colour::Green);
    standing.readings[1].percent = 9;
    assert_eq!(colour(&standing, date!(2026 - 04 - 20)), Colour::Yellow);
}

#[test]
fn a_month_s_report_is_due_on_the_fifth_and_missing_on_the_sixth() {
    let standing = on_plan();
    assert_eq!(colour(&standing, date!(2026 - 05 - 05)), Colour::Green);
    let found = light(&standing, date!(2026 - 05 - 06), &RULES);
    assert_eq!(found.colour, Colour::Yellow);
    assert_eq!(
        found.reasons,
        [Reason::ReportMissing {
            month: month("2026-04"),
            days: 1
        }]
    );
}

#[test]
fn a_report_is_red_from_the_thirtieth_day_overdue() {
    let mut standing = on_plan();
    standing.waypoints[0].completed_on = Some(date!(2026 - 05 - 20));
    let due = date!(2026 - 05 - 05);
    assert_eq!(colour(&standing, due + Duration::days(29)), Colour::Yellow);
    assert_eq!(colour(&standing, due + Duration::days(30)), Colour::Red);
}

#[test]
fn a_milestone_is_late_the_day_after_it_was_due_and_red_from_the_thirtieth_day() {
    let mut standing = on_plan();
    standing.readings = (2..=6)
        .map(|number| {
            let month = month(&format!("2026-0{number}"));
            Reading {
                month,
                percent: number * 10,
                reported_on: RULES.due(month),
            }
        })
        .collect();
    let due = date!(2026 - 05 - 31);
    assert_eq!(colour(&standing, due), Colour::Green);
    let found = light(&standing, due + Duration::days(1), &RULES);
    assert_eq!(found.colour, Colour::Yellow);
    assert_eq!(
        found.reasons,
        [Reason::MilestoneLate {
            position: 0,
            days: 1
        }]
    );
    assert_eq!(colour(&standing, due + Duration::days(29)), Colour::Yellow);
    assert_eq!(colour(&standing, due + Duration::days(30)), Colour::Red);
    standing.waypoints[0].completed_on = Some(due + Duration::days(30));
    assert_eq!(colour(&standing, due + Duration::days(30)), Colour::Green);
}

#[test]
fn the_month_of_the_hand_over_needs_no_report() {
    let mut standing = on_plan();
    standing.readings.clear();
    assert_eq!(colour(&standing, date!(2026 - 02 - 20)), Colour::Green);
    assert_eq!(colour(&standing, date!(2026 - 03 - 05)), Colour::Green);
    assert_eq!(colour(&standing, date!(2026 - 03 - 06)), Colour::Yellow);
}

#[test]
fn a_delivered_project_waits_in_green_and_an_accepted_one_is_blue() {
    let mut standing = on_plan();
    standing.delivered_on = Some(date!(2026 - 04 - 10));
    standing.accepted_on = Some(date!(2026 - 04 - 20));
    assert_eq!(
        light(&standing, date!(2026 - 04 - 19), &RULES).reasons,
        [Reason::Delivered {
            on: date!(2026 - 04 - 10)
        }]
    );
    let found = light(&standing, date!(2027 - 01 - 01), &RULES);
    assert_eq!(found.colour, Colour::Blue);
    assert_eq!(
        found.reasons,
        [Reason::Accepted {
            on: date!(2026 - 04 - 20)
        }]
    );
}

#[test]
fn the_worst_reason_gives_the_colour_and_stands_first() {
    let mut standing = on_plan();
    standing.readings[1].percent = 5;
    let found = light(&standing, date!(2026 - 06 - 30), &RULES);
    assert_eq!(found.colour, Colour::Red);
    assert_eq!(
        found.reasons[..2],
        [
            Reason::MilestoneLate {
                position: 0,
                days: 30
            },
            Reason::ReportMissing {
                month: month("2026-04"),
                days: 56
            },
        ]
    );
    assert!(matches!(found.reasons[2], Reason::Behind { .. }));
}

#[test]
fn a_correction_counts_from_its_own_day_on() {
    let mut standing = on_plan();
    standing
        .readings
        .push(reading("2026-03", 5, date!(2026 - 04 - 15)));
    assert_eq!(colour(&standing, date!(2026 - 04 - 14)), Colour::Green);
    assert_eq!(colour(&standing, date!(2026 - 04 - 15)), Colour::Yellow);
}

#[test]
fn the_history_shows_each_month_as_it_stood_the_day_after_its_report_was_due() {
    let mut standing = on_plan();
    standing.readings[1].reported_on = date!(2026 - 04 - 11);
    let lights: Vec<(String, Colour)> = history(&standing, date!(2026 - 04 - 20), &RULES.into())
        .into_iter()
        .map(|(month, light)| (month.to_string(), light.colour))
        .collect();
    assert_eq!(
        lights,
        [
            ("2026-02".to_owned(), Colour::Green),
            ("2026-03".to_owned(), Colour::Yellow),
            ("2026-04".to_owned(), Colour::Green),
        ]
    );
}

/// Reports of each month until `last`, all on plan.
fn reported_until(last: u8) -> Standing {
    let mut standing = on_plan();
    standing.waypoints[0].completed_on = Some(date!(2026 - 05 - 31));
    standing.readings = [(2, 10), (3, 20), (4, 30), (5, 40), (6, 55), (7, 70)]
        .into_iter()
        .filter(|(number, _)| *number <= last)
        .map(|(number, percent)| {
            let month = month(&format!("2026-0{number}"));
            reading(&month.to_string(), percent, RULES.due(month))
        })
        .collect();
    standing
}

#[test]
fn a_report_made_before_its_month_has_ended_is_compared_with_the_plan_of_its_day() {
    let mut standing = reported_until(5);
    // 10 June is planned with 44.91 %, 30 June with 54.75 %.
    standing
        .readings
        .push(reading("2026-06", 42, date!(2026 - 06 - 10)));
    assert_eq!(colour(&standing, date!(2026 - 06 - 12)), Colour::Green);
    standing.readings[4].reported_on = date!(2026 - 07 - 03);
    assert_eq!(colour(&standing, date!(2026 - 07 - 04)), Colour::Yellow);
}

#[test]
fn the_month_of_the_delivery_needs_no_report_and_the_one_before_does() {
    let mut standing = reported_until(5);
    standing.delivered_on = Some(date!(2026 - 06 - 12));
    let delivered = Reason::Delivered {
        on: date!(2026 - 06 - 12),
    };
    let found = light(&standing, date!(2026 - 07 - 20), &RULES);
    assert_eq!(
        (found.colour, &found.reasons[..]),
        (Colour::Green, &[delivered][..])
    );
    standing.readings.pop();
    let found = light(&standing, date!(2026 - 07 - 20), &RULES);
    let missing = Reason::ReportMissing {
        month: month("2026-05"),
        days: 45,
    };
    assert_eq!(found.reasons, [missing]);
}

#[test]
fn a_milestone_that_was_reached_later_was_late_then() {
    let mut standing = reported_until(6);
    standing.waypoints[0].completed_on = Some(date!(2026 - 06 - 20));
    let lights = history(&standing, date!(2026 - 07 - 10), &RULES.into());
    let of = |wanted: &str| {
        let found = lights.iter().find(|(one, _)| one.to_string() == wanted);
        found.unwrap().1.clone()
    };
    // May was looked at on 6 June.
    let late = Reason::MilestoneLate {
        position: 0,
        days: 6,
    };
    assert_eq!(of("2026-05").reasons, [late]);
    assert_eq!(of("2026-06").colour, Colour::Green);
}

#[test]
fn per_cents_are_shown_with_at_most_one_decimal() {
    for (hundredths, shown) in [
        (0, "0"),
        (1200, "12"),
        (2550, "25.5"),
        (4491, "44.9"),
        (10_000, "100"),
    ] {
        assert_eq!(BasisPoints(hundredths).shown(), shown);
    }
}
