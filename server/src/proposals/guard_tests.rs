//! Whose proposals are counted, and which can be supported.

use super::tests::{accepted, ready};
use crate::testing::{Browser, TestService};
use domain::cycles::Stage;
use domain::cycles::settings::DeclineReasonCode;
use domain::people::Role;
use domain::proposals::*;
use domain::record::change::Actor;

fn by(person: &Browser) -> Actor {
    Actor::Account(person.account)
}

/// A station enters for those who do not go online, however many come.
#[tokio::test]
async fn a_station_enters_more_proposals_than_a_person_may_make() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let station = service.sign_in(&[Role::StationStaff]).await;
        let enter = async |number: i64, channel| {
            let form = ValidDraft {
                channel,
                ..ready("社区办个食堂", "热饭", &format!("form {number}"))
            };
            let (app, cycle, who) = (&service.app, &service.cycle, station.account);
            propose(app, by(&station), cycle, who, &form).await
        };
        for number in 0..PROPOSALS_PER_PERSON {
            enter(number, Channel::Online).await.unwrap();
        }
        let own = enter(98, Channel::Online).await;
        assert!(matches!(own, Err(ProposalError::TooMany)), "{own:?}");
        for number in 100..=100 + PROPOSALS_PER_PERSON {
            enter(number, Channel::Station).await.unwrap();
        }
    }
}

#[tokio::test]
async fn only_what_everybody_sees_is_supported() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let proposer = service.sign_in(&[Role::Resident]).await;
        let (app, cycle) = (&service.app, &service.cycle);
        let send = async |token: &str| {
            let form = ready("社区办个食堂", "热饭", token);
            propose(app, by(&proposer), cycle, proposer.account, &form)
                .await
                .unwrap()
        };
        let (submitted, declined) = (send("one").await, send("two").await);
        let reason = DeclineReasonCode::new("duplicate").unwrap();
        decline(
            app,
            Actor::System,
            cycle,
            declined,
            &reason,
            "与第 1 号重复。",
        )
        .await
        .unwrap();
        let fan = service.sign_in(&[Role::Resident]).await;
        for id in [submitted, declined] {
            let (one, other) = (
                support(app, by(&fan), cycle, id, fan.account).await,
                withdraw_support(app, by(&fan), cycle, id, fan.account).await,
            );
            for done in [one, other] {
                assert!(
                    matches!(done, Err(ProposalError::NoSuchProposal(found)) if found == id),
                    "{done:?}"
                );
            }
        }
        let public = accepted(&service, "修一修路灯", "黑").await;
        let counted = support(app, by(&fan), cycle, public, fan.account).await;
        assert!(counted.unwrap());
    }
}
