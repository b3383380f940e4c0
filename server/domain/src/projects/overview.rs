//! The projects of a cycle as they stand today: the late ones first, and how many of which light each district has.

use super::light::{BasisPoints, Colour, Light};
use super::project::Project;
use super::store;
use super::thresholds::LightRules;
use super::use_cases::{light_rules, today};
use crate::cycles::Cycle;
use crate::infra::app::App;
use crate::infra::database::{DatabaseError, Tx};
use crate::infra::money::Money;
use std::cmp::Reverse;
use time::Date;
use tracing::instrument;

/// A project as it stands on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lit {
    /// The project.
    pub project: Project,
    /// Its light.
    pub light: Light,
    /// How far it was to be, of the whole.
    pub planned: BasisPoints,
    /// How far the latest report says that it is, 0 to 100 per cent.
    pub done: i32,
    /// What the latest report says is spent.
    pub spent: Money,
    /// How far it is behind the plan.
    pub lag: BasisPoints,
}

impl Lit {
    /// The project on this day.
    pub fn new(project: Project, day: Date, rules: &LightRules) -> Self {
        let latest = project.latest();
        Self {
            light: project.light(day, rules),
            planned: project.planned(day),
            done: latest.map_or(0, |report| report.percent),
            spent: latest.map_or(Money::from_fen(0), |report| report.spent),
            lag: project.standing().lag(day),
            project,
        }
    }
}

/// The late ones first: red, yellow, green, blue; within a colour the furthest behind first, then by code.
pub fn late_first(lit: &mut [Lit]) {
    lit.sort_by(|one, other| {
        let place = |lit: &Lit| (Reverse(lit.light.colour), Reverse(lit.lag));
        let by_code = || one.project.plan.code.cmp(&other.project.plan.code);
        place(one).cmp(&place(other)).then_with(by_code)
    });
}

/// The projects of a cycle as they stand today, the late ones first.
#[instrument(level = "debug", skip_all)]
pub async fn lit_projects(
    app: &App,
    tx: &mut Tx,
    cycle: &Cycle,
) -> Result<Vec<Lit>, DatabaseError> {
    let day = today(app);
    let rules = light_rules(app, tx, cycle.jurisdiction).await?;
    let projects = store::projects(tx, cycle).await?.into_iter();
    let mut lit: Vec<Lit> = projects.map(|one| Lit::new(one, day, &rules)).collect();
    late_first(&mut lit);
    Ok(lit)
}

/// How many projects of which light.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DistrictLights {
    /// The district.
    pub district: String,
    /// The lights that serve it, the worst first, each with how many there are: never none.
    pub lights: Vec<(Colour, usize)>,
}

/// The lights of each district that a project serves, in the jurisdiction's order. A project of the whole jurisdiction
/// serves each of them.
pub fn lights_by_district(lit: &[Lit], districts: &[String]) -> Vec<DistrictLights> {
    let mut names = districts.to_vec();
    for name in lit.iter().flat_map(|one| &one.project.plan.districts) {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    names
        .into_iter()
        .map(|district| {
            let count = |colour| {
                lit.iter()
                    .filter(|one| one.light.colour == colour && one.project.plan.serves(&district))
                    .count()
            };
            let lights = [Colour::Red, Colour::Yellow, Colour::Green, Colour::Blue]
                .map(|colour| (colour, count(colour)));
            let lights = lights.into_iter().filter(|(_, count)| *count > 0).collect();
            DistrictLights { district, lights }
        })
        .filter(|one| !one.lights.is_empty())
        .collect()
}

#[cfg(test)]
#[path = "overview_tests.rs"]
mod tests;
