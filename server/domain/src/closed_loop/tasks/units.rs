//! What waits for a unit's staff: proposals to decide on, reports, milestones, rework.

use super::store::{self, OwnProject};
use super::{Act, ProjectAct, Search};
use crate::cycles::Stage;
use crate::infra::database::Tx;
use crate::infra::ids::{CycleId, JurisdictionId};
use crate::people::Role;
use crate::projects::{LightRules, Month, light_rules, owed_months};
use crate::proposals::ProposalId;
use crate::session::SessionError;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use time::Date;

/// The stages in which units report.
const RUNNING: [Stage; 2] = [Stage::Implementing, Stage::Evaluating];

impl Search<'_> {
    pub(super) async fn units(&mut self, tx: &mut Tx) -> Result<(), SessionError> {
        let account = self.viewer.account;
        if !self.viewer.holds_anywhere(Role::UnitStaff) {
            return Ok(());
        }
        self.reviews(&store::assigned(tx, account).await?);
        for (project, due) in store::reworks(tx, account).await? {
            // An order that a cycle was archived with stays in force.
            let stages = [Stage::Implementing, Stage::Evaluating, Stage::Closed];
            if self.place_in(project.cycle, &stages).is_some() {
                self.add(
                    project.cycle,
                    project.act(ProjectAct::AnswerRework),
                    Some(due),
                );
            }
        }
        self.reports(tx).await?;
        let month_end = Month::of(self.today).last_day();
        for (project, due) in store::milestones(tx, account, month_end).await? {
            self.of_project(&project, ProjectAct::CompleteMilestone, due);
        }
        Ok(())
    }

    /// One task for each cycle, which leads to the oldest of its cases.
    fn reviews(&mut self, assigned: &[(CycleId, ProposalId)]) {
        let mut cycles: Vec<CycleId> = assigned.iter().map(|(cycle, _)| *cycle).collect();
        cycles.dedup();
        for cycle in cycles {
            let mut own = assigned.iter().filter(|(of, _)| *of == cycle);
            let left = own.clone().count();
            if let Some((_, proposal)) = own.next().copied()
                && self.place_in(cycle, &[Stage::Screening]).is_some()
            {
                self.add(cycle, Act::Review { proposal, left }, None);
            }
        }
    }

    /// The oldest month of each project that is over and has no report.
    async fn reports(&mut self, tx: &mut Tx) -> Result<(), SessionError> {
        let mut rules: HashMap<JurisdictionId, LightRules> = HashMap::new();
        let this_month = Month::of(self.today);
        for (project, times, months) in store::reported(tx, self.viewer.account).await? {
            let (from, to) = times;
            let open = owed_months(from, to, self.today)
                .find(|month| *month < this_month && !months.contains(month));
            let (Some(month), Some(place)) = (open, self.place_in(project.cycle, &RUNNING)) else {
                continue;
            };
            let here = place.jurisdiction.id;
            let rules = match rules.entry(here) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(new) => new.insert(light_rules(self.app, tx, here).await?),
            };
            let due = rules.on(self.today).due(month);
            self.of_project(&project, ProjectAct::Report, due);
        }
        Ok(())
    }

    fn of_project(&mut self, project: &OwnProject, act: ProjectAct, due: Date) {
        if self.place_in(project.cycle, &RUNNING).is_some() {
            self.add(project.cycle, project.act(act), Some(due));
        }
    }
}
