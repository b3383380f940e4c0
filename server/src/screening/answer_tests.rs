//! Who proposed is told what became of it.

use super::tests::{PATH, by, decides};
use crate::proposals::tests::{ready, set_stage};
use crate::testing::TestService;
use domain::cycles::Stage;
use domain::cycles::settings::DeclineReasonCode;
use domain::people::Role;
use domain::proposals;
use domain::screening::*;

#[tokio::test]
async fn who_proposed_reads_the_answer_among_their_own_once_it_is_published() {
    for mut service in TestService::on_each_database(Stage::Collecting).await {
        let resident = service.sign_in(&[Role::Resident]).await;
        let office = service.sign_in(&[Role::Office]).await;
        let wish = ready("修一修路灯", "黑得很。", "form");
        let (app, cycle) = (&service.app, &service.cycle);
        let id = proposals::propose(app, by(&resident), cycle, resident.account, &wish)
            .await
            .unwrap();
        proposals::accept(app, by(&office), cycle, id)
            .await
            .unwrap();
        set_stage(&mut service, Stage::Screening).await;
        let (app, cycle) = (&service.app, &service.cycle);
        let together = cluster(app, by(&office), cycle, &[id]).await.unwrap();
        let no = Outcome::Declined {
            reason: DeclineReasonCode::new("already_planned").unwrap(),
        };
        let answer = "已列入交警部门本年度计划。";
        decides(&service, &office, together, (no, answer))
            .await
            .unwrap();
        let mine = async || {
            let path = format!("{PATH}/proposals/mine");
            service.get(&path, Some(&resident)).await.body
        };
        assert!(
            !mine().await.contains(answer),
            "a held decision is nobody's"
        );
        publish_decisions(app, by(&office), cycle).await.unwrap();
        let page = mine().await;
        for part in ["已列入计划", answer] {
            assert!(page.contains(part), "{part}: {page}");
        }
    }
}
