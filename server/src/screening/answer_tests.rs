//! Who proposed is told what became of it.

use super::tests::{PATH, by, decides, published};
use crate::proposals::tests::{ready, set_stage};
use crate::testing::TestService;
use axum::http::StatusCode;
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
        let no = Outcome::Declined {
            reason: DeclineReasonCode::new("already_planned").unwrap(),
        };
        let answer = "已列入交警部门本年度计划。";
        decides(&service, &office, id, (no, answer)).await.unwrap();
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

/// Comments stand where they belong: on the candidate's own page, with their answers and the forms, and their number on its card.
#[tokio::test]
async fn a_candidate_s_page_has_the_comments_on_it_and_answers_lead_back_there() {
    for mut service in TestService::on_each_database(Stage::Screening).await {
        published(&mut service).await;
        let resident = service.sign_in(&[Role::Resident]).await;
        let office = service.sign_in(&[Role::Office]).await;
        let list = format!("{PATH}/shortlist");
        let facts = super::candidate_form::tests::form()
            .check(2026, &super::candidate_form::tests::districts())
            .unwrap();
        let page = format!("{list}/{}", facts.code);
        let at = format!("?at={}", facts.code);
        let comments_path = format!("{list}/comments");
        for (path, text, token) in [
            (format!("{comments_path}{at}"), "多设几个点", "t1"),
            (comments_path.clone(), "名单很好", "t2"),
        ] {
            let form = [("comment-text", text), ("token", token)];
            let reply = service.post(&path, Some(&resident), &form).await;
            assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.body);
        }
        let shown = service.get(&page, None).await.body;
        assert!(
            shown.contains("多设几个点") && !shown.contains("名单很好"),
            "{shown}"
        );
        let card = service.get(&list, None).await.body;
        let count = format!("href=\"{page}#comments\">公众意见（1）");
        assert!(card.contains(&count) && card.contains("名单很好"), "{card}");
        // What is wrong comes back on the page where it was typed.
        let long = "长".repeat(501);
        let to = format!("{comments_path}{at}");
        let reply = service
            .post(&to, Some(&resident), &[("comment-text", &long)])
            .await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            reply.body.contains(&facts.summary) && reply.body.contains(&long),
            "{}",
            reply.body
        );
        let mut tx = service.app.database.read().await.unwrap();
        let found = comments(&mut tx, &service.cycle).await.unwrap();
        drop(tx);
        let on_it = found.iter().find(|one| one.candidate.is_some()).unwrap();
        let answer = format!("{comments_path}/{}{at}", on_it.id);
        let form = [("adopted", "yes"), ("answer", "已增加两个点。")];
        let reply = service.post(&answer, Some(&office), &form).await;
        assert_eq!(
            reply.location,
            Some(format!("{page}#comments")),
            "{}",
            reply.body
        );
        let shown = service.get(&page, None).await.body;
        assert!(shown.contains("已增加两个点。"), "{shown}");
        let nowhere = format!("{comments_path}?at=QH26-99");
        let reply = service
            .post(&nowhere, Some(&resident), &[("comment-text", "在哪")])
            .await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND);
    }
}
