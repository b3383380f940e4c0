use super::super::project::ProjectState;
use super::super::sample::{project, report};
use super::super::thresholds::Thresholds;
use super::*;
use crate::cycles::JurisdictionKind;
use crate::cycles::settings::usual;
use time::macros::date;

/// Half of June: about two fifths of the whole are planned.
const TODAY: Date = date!(2026 - 06 - 15);

/// A project that has reported every month, with this much done by the end of May.
fn lit(code: &str, done: i32) -> Lit {
    let mut project = project(code);
    for month in ["2026-02", "2026-03", "2026-04"] {
        project.reports.push(report(month, 0, 0));
    }
    project.reports.push(report("2026-05", done, 100));
    let rules = Thresholds::from(usual(JurisdictionKind::County));
    Lit::new(project, TODAY, &LightRules::from(rules))
}

fn codes(lit: &[Lit]) -> Vec<&str> {
    lit.iter()
        .map(|one| one.project.plan.code.as_str())
        .collect()
}

fn serving(code: &str, done: i32, districts: &[&str]) -> Lit {
    let mut lit = lit(code, done);
    lit.project.plan.districts = districts.iter().map(|one| (*one).to_owned()).collect();
    lit
}

#[test]
fn the_late_ones_come_first_and_of_one_colour_the_furthest_behind() {
    // The plan for 31 May is 40 %.
    let mut list = vec![
        lit("A-on-plan", 40),
        lit("B-little-behind", 28),
        lit("C-far-behind", 8),
        lit("D-ahead", 45),
        lit("E-further-behind", 2),
        lit("F-more-behind", 20),
        lit("G-on-plan", 40),
    ];
    late_first(&mut list);
    assert_eq!(
        codes(&list),
        [
            "E-further-behind",
            "C-far-behind",
            "F-more-behind",
            "B-little-behind",
            "A-on-plan",
            "G-on-plan",
            "D-ahead",
        ]
    );
    let colours: Vec<Colour> = list.iter().map(|one| one.light.colour).collect();
    assert_eq!(colours[..2], [Colour::Red; 2]);
    assert_eq!(colours[2..4], [Colour::Yellow; 2]);
    assert_eq!(colours[4..], [Colour::Green; 3]);
}

#[test]
fn without_a_report_a_project_lags_by_the_whole_plan() {
    let bare = project("A");
    let planned = bare.planned(TODAY);
    assert_eq!(bare.standing().lag(TODAY), planned);
    assert!(planned.hundredths() > 4000);
}

#[test]
fn a_district_counts_what_serves_it_and_what_serves_the_whole_jurisdiction() {
    let list = [
        serving("A", 40, &["柳湾镇", "城关"]),
        serving("B", 2, &["柳湾镇"]),
        serving("C", 40, &[]),
        serving("D", 40, &["并入邻镇的旧镇"]),
    ];
    let districts = ["城关", "稻香镇", "柳湾镇"].map(str::to_owned);
    let found: Vec<(String, Vec<(Colour, usize)>)> = lights_by_district(&list, &districts)
        .into_iter()
        .map(|one| (one.district, one.lights))
        .collect();
    let green = |count| (Colour::Green, count);
    let expected = [
        ("城关", vec![green(2)]),
        ("稻香镇", vec![green(1)]),
        ("柳湾镇", vec![(Colour::Red, 1), green(2)]),
        ("并入邻镇的旧镇", vec![green(2)]),
    ];
    assert_eq!(
        found,
        expected.map(|(name, lights)| (name.to_owned(), lights))
    );
    let none = lights_by_district(&list[..2], &districts);
    let names: Vec<&str> = none.iter().map(|one| one.district.as_str()).collect();
    assert_eq!(names, ["城关", "柳湾镇"], "稻香镇 has no project");
}

#[test]
fn the_oldest_month_that_is_over_is_reported_first_and_none_after_the_delivery() {
    let wanted = |project: &Project| {
        project
            .month_to_report(TODAY)
            .map(|month| month.to_string())
    };
    let mut project = project("A");
    // January is the month of the hand-over and needs none.
    assert_eq!(wanted(&project).as_deref(), Some("2026-02"));
    for month in ["2026-02", "2026-03", "2026-05"] {
        project.reports.push(report(month, 10, 10));
    }
    assert_eq!(wanted(&project).as_deref(), Some("2026-04"));
    project.reports.push(report("2026-04", 10, 10));
    assert_eq!(wanted(&project).as_deref(), Some("2026-06"));
    let since = date!(2026 - 01 - 31);
    let on = date!(2026 - 06 - 10);
    project.state = ProjectState::Delivered { since, on };
    project.reports.push(report("2026-01", 0, 0));
    assert_eq!(wanted(&project), None);
}
