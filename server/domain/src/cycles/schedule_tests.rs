//! A schedule names stages to come in the order of the loop, and of two who change it the first wins.

use super::*;
use crate::testing::TestApp;
use time::macros::date;

fn schedule(version: i32, days: &[(Stage, Date)]) -> Schedule {
    Schedule {
        version,
        begins_on: days.iter().copied().collect(),
    }
}

async fn timeline(service: &TestApp) -> Timeline {
    let mut tx = service.app.database.read().await.unwrap();
    Timeline::read(&service.app, &mut tx, &service.cycle)
        .await
        .unwrap()
}

async fn planned(service: &TestApp, new: &Schedule) -> Result<(), ScheduleError> {
    plan(&service.app, Actor::System, &service.cycle, new).await
}

#[tokio::test]
async fn a_stage_ends_when_the_next_that_has_a_day_begins() {
    for service in TestApp::on_each_database(Stage::Collecting).await {
        let began = timeline(&service)
            .await
            .begins_on(Stage::Collecting)
            .unwrap();
        let (screening, voting) = (
            began + time::Duration::days(30),
            began + time::Duration::days(90),
        );
        let new = schedule(0, &[(Stage::Screening, screening), (Stage::Voting, voting)]);
        planned(&service, &new).await.unwrap();
        let now = timeline(&service).await;
        assert_eq!(now.schedule, Schedule { version: 1, ..new });
        assert_eq!(now.ends_on(Stage::Collecting), Some(screening));
        assert_eq!(now.begins_on(Stage::Shortlisted), None);
        assert_eq!(now.ends_on(Stage::Screening), Some(voting));
        assert_eq!(now.ends_on(Stage::Voting), None);
        assert_eq!(now.days_left(began), Some(30));
        assert_eq!(now.days_left(screening), Some(0));
        assert_eq!(now.days_left(screening + time::Duration::days(1)), None);
    }
}

#[tokio::test]
async fn what_has_begun_counts_before_what_was_planned() {
    let service = TestApp::start(Stage::Collecting).await;
    let began = timeline(&service)
        .await
        .begins_on(Stage::Collecting)
        .unwrap();
    let new = schedule(0, &[(Stage::Screening, began + time::Duration::days(30))]);
    planned(&service, &new).await.unwrap();
    let mut tx = service.app.database.write().await.unwrap();
    let at = service.app.clock.now();
    store::set_stage(&mut tx, &service.cycle, Stage::Screening, at)
        .await
        .unwrap();
    let screening = Cycle {
        stage: Stage::Screening,
        ..service.cycle.clone()
    };
    let now = Timeline::read(&service.app, &mut tx, &screening)
        .await
        .unwrap();
    assert_eq!(now.begins_on(Stage::Screening), Some(began));
    assert_eq!(now.ends_on(Stage::Collecting), Some(began));
}

#[tokio::test]
async fn only_stages_to_come_are_planned_and_in_their_order() {
    let service = TestApp::start(Stage::Screening).await;
    let began = timeline(&service)
        .await
        .begins_on(Stage::Screening)
        .unwrap();
    let later = began + time::Duration::days(10);
    let refused = planned(&service, &schedule(0, &[(Stage::Screening, later)])).await;
    assert!(
        matches!(refused, Err(ScheduleError::Reached(Stage::Screening))),
        "{refused:?}"
    );
    let before = began - time::Duration::days(1);
    let refused = planned(&service, &schedule(0, &[(Stage::Voting, before)])).await;
    assert!(
        matches!(refused, Err(ScheduleError::OutOfOrder(Stage::Voting))),
        "{refused:?}"
    );
    let swapped = [(Stage::Shortlisted, later), (Stage::Voting, began)];
    let refused = planned(&service, &schedule(0, &swapped)).await;
    assert!(
        matches!(refused, Err(ScheduleError::OutOfOrder(Stage::Voting))),
        "{refused:?}"
    );
    assert_eq!(timeline(&service).await.schedule, Schedule::default());
}

#[tokio::test]
async fn of_two_changes_at_once_one_wins_and_the_same_again_is_no_news() {
    for service in TestApp::on_each_database(Stage::Collecting).await {
        let far = date!(2199 - 01 - 01);
        let one = schedule(0, &[(Stage::Screening, far)]);
        let other = schedule(0, &[(Stage::Voting, far)]);
        let (first, second) = tokio::join!(planned(&service, &one), planned(&service, &other));
        assert_eq!(
            [&first, &second].iter().filter(|one| one.is_ok()).count(),
            1
        );
        for refused in [first, second].into_iter().filter_map(Result::err) {
            assert!(matches!(refused, ScheduleError::Stale), "{refused:?}");
        }
        let now = timeline(&service).await.schedule;
        assert_eq!(now.version, 1);
        planned(
            &service,
            &schedule(0, &now.begins_on.clone().into_iter().collect::<Vec<_>>()),
        )
        .await
        .unwrap();
        assert_eq!(timeline(&service).await.schedule.version, 1);
    }
}
