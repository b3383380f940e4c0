//! What may not be put together any more, or not yet.

use super::tests::{at_screening, by, decides, feasible, record_kinds};
use crate::proposals::tests::{accepted, ready, set_stage};
use crate::testing::TestService;
use domain::cycles::Stage;
use domain::cycles::settings::DeclineReasonCode;
use domain::people::Role;
use domain::proposals::propose;
use domain::screening::*;

#[tokio::test]
async fn a_cluster_whose_decision_is_published_stays_as_it_is() {
    for mut service in TestService::on_each_database(Stage::Collecting).await {
        let [one, two, three] = at_screening(&mut service).await;
        let office = service.sign_in(&[Role::Office]).await;
        let (app, cycle, by) = (&service.app, &service.cycle, by(&office));
        let id = cluster(app, by, cycle, &[one, two]).await.unwrap();
        decides(&service, &office, one, (feasible(), "可办"))
            .await
            .unwrap();
        publish_decisions(app, by, cycle).await.unwrap();
        let before = record_kinds(&service).await;
        for done in [
            cluster(app, by, cycle, &[one, three]).await.map(drop),
            split(app, by, cycle, id, two).await,
        ] {
            assert!(
                matches!(
                    done,
                    Err(ScreeningError::State(_, DecisionError::Published))
                ),
                "{done:?}"
            );
        }
        assert_eq!(record_kinds(&service).await, before);
    }
}

/// What was decided of a proposal by itself is not thrown away with its cluster.
#[tokio::test]
async fn a_proposal_that_was_decided_alone_joins_no_other_cluster() {
    for mut service in TestService::on_each_database(Stage::Collecting).await {
        let [one, two, three] = at_screening(&mut service).await;
        let office = service.sign_in(&[Role::Office]).await;
        let (app, cycle, by) = (&service.app, &service.cycle, by(&office));
        cluster(app, by, cycle, &[one, two]).await.unwrap();
        decides(&service, &office, three, (feasible(), "可办"))
            .await
            .unwrap();
        let refused = cluster(app, by, cycle, &[one, three]).await;
        assert!(
            matches!(refused, Err(ScreeningError::InAnotherCluster(found)) if found == three),
            "{refused:?}"
        );
        let mut tx = app.database.read().await.unwrap();
        let kept = case(&mut tx, cycle, three).await.unwrap().unwrap();
        assert_eq!(kept.decision.unwrap().explanation, "可办");
    }
}

/// Only what says the same in every word is the same decision again.
#[tokio::test]
async fn a_decision_with_one_thing_changed_is_another() {
    for mut service in TestService::on_each_database(Stage::Collecting).await {
        let [one, ..] = at_screening(&mut service).await;
        let office = service.sign_in(&[Role::Office]).await;
        let (app, cycle) = (&service.app, &service.cycle);
        let no = Outcome::Declined {
            reason: DeclineReasonCode::new("already_planned").unwrap(),
        };
        for (outcome, words) in [
            (feasible(), "可办"),
            (feasible(), "先行试点"),
            (no, "先行试点"),
        ] {
            decides(&service, &office, one, (outcome.clone(), words))
                .await
                .unwrap();
            let mut tx = app.database.read().await.unwrap();
            let found = case(&mut tx, cycle, one).await.unwrap().unwrap();
            let kept = found.decision.unwrap();
            assert_eq!((kept.outcome, kept.explanation.as_str()), (outcome, words));
        }
    }
}

/// The record names a cluster's proposals: one that nobody may see yet is in none.
#[tokio::test]
async fn a_proposal_that_is_not_accepted_is_in_no_cluster() {
    for mut service in TestService::on_each_database(Stage::Collecting).await {
        let public = accepted(&service, "社区办个老人食堂", "热饭").await;
        let person = service.sign_in(&[Role::Resident]).await;
        let form = ready("城南也办老人食堂", "送餐", "form");
        let who = person.account;
        let hidden = propose(&service.app, by(&person), &service.cycle, who, &form)
            .await
            .unwrap();
        set_stage(&mut service, Stage::Screening).await;
        let office = service.sign_in(&[Role::Office]).await;
        let (app, cycle, by) = (&service.app, &service.cycle, by(&office));
        cluster(app, by, cycle, &[public]).await.unwrap();
        for done in [
            cluster(app, by, cycle, &[hidden]).await.map(|_| ()),
            cluster(app, by, cycle, &[hidden, public]).await.map(|_| ()),
            cluster(app, by, cycle, &[public, hidden]).await.map(|_| ()),
        ] {
            assert!(
                matches!(done, Err(ScreeningError::NoSuchProposal(found)) if found == hidden),
                "{done:?}"
            );
        }
        let kinds = record_kinds(&service).await;
        assert!(!kinds.contains(&"proposals_merged".to_owned()), "{kinds:?}");
    }
}
