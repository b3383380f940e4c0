//! A cycle's projects in one line each, the latest first.

use super::light::Colour;
use super::project::StateName;
use super::store;
use super::use_cases::{light_rules, today};
use crate::cycles::Cycle;
use crate::infra::app::App;
use crate::infra::database::{DatabaseError, Tx};
use tracing::instrument;

/// A project in one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Glance {
    /// Its code, by which its page is found.
    pub code: String,
    /// Its title.
    pub title: String,
    /// How far it has come.
    pub state: StateName,
    /// Its light today.
    pub light: Colour,
}

/// How urgent a light is: the smaller, the more.
const fn urgency(colour: Colour) -> u8 {
    match colour {
        Colour::Red => 0,
        Colour::Yellow => 1,
        Colour::Green => 2,
        Colour::Blue => 3,
    }
}

/// The cycle's projects, those that are late first and otherwise in the order of their codes.
#[instrument(level = "debug", skip_all)]
pub async fn glance(app: &App, tx: &mut Tx, cycle: &Cycle) -> Result<Vec<Glance>, DatabaseError> {
    let rules = light_rules(app, tx, cycle.jurisdiction).await?;
    let day = today(app);
    let projects = store::projects(tx, cycle).await?.into_iter();
    let mut glances: Vec<Glance> = projects
        .map(|project| Glance {
            light: project.light(day, &rules).colour,
            state: project.state.name(),
            code: project.plan.code,
            title: project.plan.title,
        })
        .collect();
    glances.sort_by_key(|one| urgency(one.light));
    Ok(glances)
}
