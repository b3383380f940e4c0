//! Plan against actual as a line chart: SVG without inline style, with the same figures in a table below it.

use crate::web::components::{amount, month_text, table_wrap};
use crate::web::locale::Locale;
use domain::projects::Month;
use domain::projects::Project;
use domain::projects::Standing;
use maud::{Markup, html};
use std::collections::BTreeMap;
use time::Date;

/// Room for `100%` in the letters of a phone.
const LEFT: i64 = 72;
const RIGHT: i64 = 624;
const TOP: i64 = 12;
const BOTTOM: i64 = 212;

/// Days on the one axis, per cent on the other.
struct Frame {
    first: Date,
    days: i64,
}

impl Frame {
    fn x(&self, day: Date) -> i64 {
        let passed = (day - self.first).whole_days().clamp(0, self.days);
        LEFT + (RIGHT - LEFT) * passed / self.days
    }

    /// `hundredths` of a per cent.
    fn y(hundredths: i64) -> i64 {
        BOTTOM - (BOTTOM - TOP) * hundredths.clamp(0, 10_000) / 10_000
    }

    fn line(&self, points: &[(Date, i64)]) -> String {
        points
            .iter()
            .map(|(day, hundredths)| format!("{},{}", self.x(*day), Self::y(*hundredths)))
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// The chart of a project with its table.
pub(crate) fn plan_against_actual(locale: &Locale, project: &Project, today: Date) -> Markup {
    let standing = project.standing();
    let plan = planned_points(&standing);
    let actual = actual_points(project);
    let last = plan
        .iter()
        .chain(&actual)
        .map(|(day, _)| *day)
        .max()
        .unwrap_or(today);
    let frame = Frame {
        first: project.handed_over_on,
        days: (last - project.handed_over_on).whole_days().max(1),
    };
    html! {
        figure.chart {
            figcaption { (locale.text("project-chart")) }
            p.chart-key {
                span { svg.line-key width="24" height="10" aria-hidden="true" { line.plan x1="0" y1="5" x2="24" y2="5" {} }
                    (locale.text("project-planned")) }
                span { svg.line-key width="24" height="10" aria-hidden="true" { line.actual x1="0" y1="5" x2="24" y2="5" {} }
                    (locale.text("project-percent")) }
            }
            (drawing(locale, &frame, &plan, &actual, today))
        }
        details {
            summary { (locale.text("project-chart-table")) }
            (table(locale, project, &standing))
        }
    }
}

fn planned_points(standing: &Standing) -> Vec<(Date, i64)> {
    let mut points: Vec<(Date, i64)> = standing
        .waypoints
        .iter()
        .map(|waypoint| (waypoint.due, i64::from(waypoint.planned_percent) * 100))
        .collect();
    points.push((standing.started_on, 0));
    points.sort_unstable();
    points
}

/// The reports in force, each on the day that it speaks of.
fn actual_points(project: &Project) -> Vec<(Date, i64)> {
    let mut points = vec![(project.handed_over_on, 0)];
    points.extend(
        project
            .reported_months()
            .into_iter()
            .filter_map(|month| project.report_of(month))
            .map(|report| {
                let day = report.month.last_day().min(report.reported_on);
                (day, i64::from(report.percent) * 100)
            }),
    );
    points
}

fn drawing(
    locale: &Locale,
    frame: &Frame,
    plan: &[(Date, i64)],
    actual: &[(Date, i64)],
    today: Date,
) -> Markup {
    let last = frame.first + time::Duration::days(frame.days);
    let months: BTreeMap<i64, Month> = Month::of(frame.first)
        .next()
        .to(Month::of(last))
        .map(|month| (frame.x(month.day(1)), month))
        .collect();
    html! {
        svg.line-chart viewBox="0 0 640 240" role="img" aria-label=(locale.text("project-chart")) {
            @for level in [0, 25, 50, 75, 100] {
                line.grid x1=(LEFT) x2=(RIGHT) y1=(Frame::y(level * 100)) y2=(Frame::y(level * 100)) {}
                text.axis x=(LEFT - 6) y=(Frame::y(level * 100) + 6) text-anchor="end" { (level) "%" }
            }
            @for (x, month) in months {
                line.tick x1=(x) x2=(x) y1=(BOTTOM) y2=(BOTTOM + 5) {}
                text.axis x=(x) y=(BOTTOM + 26) text-anchor="middle" { (month.number()) }
            }
            @if (frame.first..=last).contains(&today) {
                line.today x1=(frame.x(today)) x2=(frame.x(today)) y1=(TOP) y2=(BOTTOM) {
                    title { (today) }
                }
            }
            polyline.plan points=(frame.line(plan)) {}
            polyline.actual points=(frame.line(actual)) {}
            @for (day, hundredths) in actual.iter().skip(1) {
                circle.actual cx=(frame.x(*day)) cy=(Frame::y(*hundredths)) r="4" {
                    title { (day) " " (hundredths / 100) "%" }
                }
            }
        }
    }
}

fn table(locale: &Locale, project: &Project, standing: &Standing) -> Markup {
    let label = locale.text("project-chart-table");
    table_wrap(
        &label,
        &html! {
            table {
                caption { (label) }
                thead { tr {
                    th { (locale.text("field-report_month")) }
                    th.number { (locale.text("project-planned")) }
                    th.number { (locale.text("project-percent")) }
                    th.number { (locale.text("project-spent-so-far")) }
                } }
                tbody {
                    @for report in project.reported_months().into_iter().filter_map(|month| project.report_of(month)) {
                        tr {
                            th scope="row" { (month_text(locale, report.month)) }
                            td.number {
                                (standing.planned(report.month.last_day().min(report.reported_on)).shown()) "%"
                            }
                            td.number { (report.percent) "%" }
                            td.number { (amount(locale, report.spent)) }
                        }
                    }
                }
            }
        },
    )
}
