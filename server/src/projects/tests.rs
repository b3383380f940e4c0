//! The room's rules on each database. [`World`] is what the rooms after this one also begin with.

#![expect(
    clippy::missing_panics_doc,
    missing_docs,
    reason = "made for tests, where a panic is the answer"
)]

use crate::testing::{Browser, NOW, TestService};
use domain::cycles::{Cycle, Stage, store as cycle_store};
use domain::infra::ids::AccountId;
use domain::infra::money::Money;
use domain::on_either;
use domain::people::{Role, store as people_store};
use domain::projects::*;
use domain::record::change::{Actor, Change};
use domain::screening::{CandidateFacts, CandidateId, Milestone as Planned, store as candidates};
use time::Date;
use time::macros::{date, datetime};

/// The responsible unit of `QH26-01`.
pub const UNIT: &str = "县交通运输局";

/// A county whose two chosen candidates were handed over on 10 June 2025; the clock stands at 1 August.
pub struct World {
    pub service: TestService,
    pub cycle: Cycle,
}

impl World {
    pub async fn on_each_database() -> Vec<Self> {
        let mut worlds = Vec::new();
        for service in TestService::on_each_database(Stage::Voting).await {
            worlds.push(Self::of(service).await);
        }
        worlds
    }

    pub async fn of(service: TestService) -> Self {
        let app = &service.app;
        let mut tx = app.database.write().await.unwrap();
        for (code, unit) in [
            ("QH26-01", UNIT),
            ("QH26-02", "县教育局"),
            ("QH26-03", UNIT),
        ] {
            let id = CandidateId::new(NOW, &app.entropy);
            candidates::insert(&mut tx, &service.cycle, id, &facts(code, unit))
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
        app.clock.set(datetime!(2025-06-10 12:00 +8).into());
        take(&service, &["QH26-01", "QH26-02"]).await.unwrap();
        let mut tx = app.database.write().await.unwrap();
        cycle_store::set_stage(&mut tx, &service.cycle, Stage::Implementing, NOW)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        app.clock.set(NOW);
        let cycle = Cycle {
            stage: Stage::Implementing,
            ..service.cycle.clone()
        };
        Self { service, cycle }
    }

    /// Somebody who works for the unit of this name.
    pub async fn staff_of(&self, unit: &str) -> Browser {
        let browser = self.service.sign_in(&[Role::UnitStaff]).await;
        let mut tx = self.service.app.database.write().await.unwrap();
        let units = people_store::units(&mut tx, self.cycle.jurisdiction)
            .await
            .unwrap();
        let id = units.iter().find(|one| one.name == unit).unwrap().id;
        people_store::add_unit_member(&mut tx, self.cycle.jurisdiction, id, browser.account)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        browser
    }

    pub async fn project(&self, code: &str) -> Project {
        let mut tx = self.service.app.database.read().await.unwrap();
        store::project(&mut tx, &self.cycle, code)
            .await
            .unwrap()
            .unwrap()
    }

    pub async fn report(&self, code: &str, new: &NewReport) -> Result<(), ProjectError> {
        report_progress(&self.service.app, Actor::System, &self.cycle, code, new).await
    }

    /// Delivers the project with all its milestones, and accepts it.
    pub async fn finish(&self, code: &str, on: Date) {
        let app = &self.service.app;
        for position in 0..2 {
            complete_milestone(app, Actor::System, &self.cycle, code, position, on)
                .await
                .unwrap();
        }
        deliver(app, Actor::System, &self.cycle, code, on)
            .await
            .unwrap();
        accept(app, Actor::System, &self.cycle, code, on)
            .await
            .unwrap();
    }

    pub async fn entries(&self, kind: &str) -> i64 {
        let mut tx = self.service.app.database.read().await.unwrap();
        on_either!(&mut tx, conn => sqlx::query_scalar("SELECT COUNT(*) FROM record_entries WHERE kind = $1")
            .bind(kind).fetch_one(&mut *conn).await.unwrap())
    }
}

pub fn facts(code: &str, unit: &str) -> CandidateFacts {
    let milestone = |quarter, due, planned_percent| Planned {
        quarter,
        due,
        text: format!("完成{planned_percent}%"),
        planned_percent,
    };
    CandidateFacts {
        code: code.to_owned(),
        title: format!("农村公路提档升级（{code}）"),
        summary: "改造68公里".to_owned(),
        unit: unit.to_owned(),
        lead: "赵局长".to_owned(),
        goal: "68公里通车".to_owned(),
        budget: Money::from_wan(5440),
        funding: "县财政".to_owned(),
        location: "九个乡镇".to_owned(),
        // The others serve the whole county.
        districts: match code {
            "QH26-01" => vec!["稻香镇".to_owned(), "柳湾镇".to_owned()],
            _ => Vec::new(),
        },
        milestones: vec![
            milestone(3, date!(2025 - 09 - 30), 60),
            milestone(4, date!(2025 - 12 - 20), 100),
        ],
    }
}

async fn take(service: &TestService, chosen: &[&str]) -> Result<Vec<ProjectId>, ProjectError> {
    let app = &service.app;
    let place = Some(service.cycle.scope());
    let chosen: Vec<String> = chosen.iter().map(|code| (*code).to_owned()).collect();
    let mut change = Change::begin(app, Actor::System, place).await.unwrap();
    let made = hand_over(app, &mut change, &service.cycle, &chosen).await?;
    change.commit().await.unwrap();
    Ok(made)
}

pub fn june() -> NewReport {
    NewReport {
        month: "2025-06".parse().unwrap(),
        percent: 12,
        spent: Money::from_wan(300),
        text: "招标完成，先行段开工。".to_owned(),
        explanation: None,
    }
}

#[tokio::test]
async fn chosen_candidates_become_projects_with_their_plans_and_only_they() {
    for world in World::on_each_database().await {
        let mut tx = world.service.app.database.read().await.unwrap();
        let projects = store::projects(&mut tx, &world.cycle).await.unwrap();
        let codes: Vec<&str> = projects.iter().map(|one| one.plan.code.as_str()).collect();
        assert_eq!(codes, ["QH26-01", "QH26-02"]);
        let first = &projects[0];
        assert_eq!(first.plan.unit.name, UNIT);
        assert_eq!(first.handed_over_on, date!(2025 - 06 - 10));
        assert_eq!(first.state, ProjectState::Planned);
        assert_eq!(first.milestones.len(), 2);
        assert_eq!(first.plan.budget, Money::from_wan(5440));
        drop(tx);
        assert_eq!(world.entries("project_handed_over").await, 2);
        let by_id = world.project(&first.id.to_string()).await;
        assert_eq!(by_id.plan.code, "QH26-01");
    }
}

#[tokio::test]
async fn a_candidate_is_handed_over_once_and_an_unknown_one_never() {
    for service in TestService::on_each_database(Stage::Voting).await {
        let mut tx = service.app.database.write().await.unwrap();
        let id = CandidateId::new(NOW, &service.app.entropy);
        candidates::insert(&mut tx, &service.cycle, id, &facts("QH26-01", UNIT))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let unknown = take(&service, &["QH26-09"]).await;
        assert!(matches!(unknown, Err(ProjectError::UnknownCandidate(code)) if code == "QH26-09"));
        assert!(matches!(
            take(&service, &[]).await,
            Err(ProjectError::NothingChosen)
        ));
        take(&service, &["QH26-01"]).await.unwrap();
        let again = take(&service, &["QH26-01"]).await;
        assert!(matches!(again, Err(ProjectError::AlreadyHandedOver)));
    }
}

#[tokio::test]
async fn a_report_starts_the_project_and_a_correction_keeps_what_stood_before() {
    for world in World::on_each_database().await {
        // The same press twice makes one report; another one for the month is a correction.
        for _ in 0..2 {
            world.report("QH26-01", &june()).await.unwrap();
        }
        let project = world.project("QH26-01").await;
        assert_eq!(project.state.name(), StateName::Underway);
        let other = NewReport {
            percent: 13,
            ..june()
        };
        assert!(matches!(
            world.report("QH26-01", &other).await,
            Err(ProjectError::MonthReported)
        ));
        let corrected = NewReport {
            percent: 10,
            ..june()
        };
        let correct = async |seen, report| {
            let (app, cycle) = (&world.service.app, &world.cycle);
            let reason = "误填";
            let correction = Correction {
                seen,
                report,
                reason,
            };
            correct_report(app, Actor::System, cycle, "QH26-01", correction).await
        };
        for _ in 0..2 {
            correct(1, &corrected).await.unwrap();
        }
        let project = world.project("QH26-01").await;
        let versions: Vec<(i32, i32)> = project
            .reports
            .iter()
            .map(|report| (report.version, report.percent))
            .collect();
        assert_eq!(versions, [(1, 12), (2, 10)]);
        assert_eq!(project.latest().unwrap().percent, 10);
        assert_eq!(world.entries("project_reported").await, 2);
        let july = NewReport {
            month: "2025-07".parse().unwrap(),
            ..june()
        };
        // Who still sees the first version corrects nothing.
        let stale = correct(1, &other).await;
        assert!(matches!(stale, Err(ProjectError::Stale)), "{stale:?}");
        let nothing = correct(1, &july).await;
        assert!(matches!(nothing, Err(ProjectError::MonthNotReported)));
    }
}

#[tokio::test]
async fn a_report_with_one_wrong_value_is_refused_by_its_name() {
    for world in World::on_each_database().await {
        let month = |text: &str| NewReport {
            month: text.parse().unwrap(),
            ..june()
        };
        for early_or_late in ["2025-05", "2025-09", "2026-06"] {
            let refused = world.report("QH26-01", &month(early_or_late)).await;
            assert!(
                matches!(refused, Err(ProjectError::MonthNotOpen)),
                "{early_or_late}"
            );
        }
        for percent in [101, -1] {
            let refused = world
                .report("QH26-01", &NewReport { percent, ..june() })
                .await;
            assert!(matches!(refused, Err(ProjectError::Percent)));
        }
        let negative = NewReport {
            spent: Money::from_fen(-1),
            ..june()
        };
        assert!(matches!(
            world.report("QH26-01", &negative).await,
            Err(ProjectError::Spent)
        ));
        let empty = NewReport {
            text: " ".to_owned(),
            ..june()
        };
        assert!(matches!(
            world.report("QH26-01", &empty).await,
            Err(ProjectError::Text("report_text"))
        ));
        let refused = world.report("QH26-03", &june()).await;
        assert!(matches!(refused, Err(ProjectError::NoSuchProject)));
        assert_eq!(world.entries("project_reported").await, 0);
    }
}

#[tokio::test]
async fn only_the_responsible_unit_reports() {
    for world in World::on_each_database().await {
        let app = &world.service.app;
        let own = world.staff_of(UNIT).await.account;
        let other = world.staff_of("县教育局").await.account;
        let report = async |account: AccountId| {
            report_progress(
                app,
                Actor::Account(account),
                &world.cycle,
                "QH26-01",
                &june(),
            )
            .await
        };
        assert!(matches!(
            report(other).await,
            Err(ProjectError::NotYourUnit)
        ));
        report(own).await.unwrap();
    }
}

#[tokio::test]
async fn a_project_is_delivered_once_every_milestone_is_reached_and_then_accepted() {
    for world in World::on_each_database().await {
        let app = &world.service.app;
        let (system, cycle, day) = (Actor::System, &world.cycle, date!(2025 - 07 - 20));
        let reach = async |position: usize, on: Date| {
            complete_milestone(app, system, cycle, "QH26-01", position, on).await
        };
        let refused = deliver(app, system, cycle, "QH26-01", day).await;
        assert!(matches!(refused, Err(ProjectError::State(_))));
        for outside in [date!(2025 - 06 - 09), date!(2025 - 08 - 02)] {
            let refused = reach(0, outside).await;
            assert!(
                matches!(refused, Err(ProjectError::Day("completed_on"))),
                "{outside}"
            );
        }
        // The same press again is harmless; another day is not taken.
        for _ in 0..2 {
            reach(0, day).await.unwrap();
        }
        assert!(matches!(
            reach(0, day.next_day().unwrap()).await,
            Err(ProjectError::MilestoneDone)
        ));
        assert!(matches!(
            reach(2, day).await,
            Err(ProjectError::NoSuchMilestone)
        ));
        let refused = deliver(app, system, cycle, "QH26-01", day).await;
        assert!(matches!(refused, Err(ProjectError::MilestonesOpen)));
        reach(1, day).await.unwrap();
        for _ in 0..2 {
            deliver(app, system, cycle, "QH26-01", day).await.unwrap();
        }
        let before = accept(app, system, cycle, "QH26-01", date!(2025 - 07 - 19)).await;
        assert!(matches!(before, Err(ProjectError::Day("accepted_on"))));
        for _ in 0..2 {
            accept(app, system, cycle, "QH26-01", day).await.unwrap();
        }
        let project = world.project("QH26-01").await;
        assert_eq!(project.state.accepted_on(), Some(day));
        let mut tx = app.database.read().await.unwrap();
        let rules = light_rules(app, &mut tx, cycle.jurisdiction).await.unwrap();
        drop(tx);
        assert_eq!(project.light(today(app), &rules).colour, Colour::Blue);
        for kind in ["project_delivered", "project_accepted"] {
            assert_eq!(world.entries(kind).await, 1, "{kind}");
        }
    }
}
