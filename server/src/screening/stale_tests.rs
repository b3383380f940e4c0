//! Two people who edit the same thing never undo each other: the second is shown both texts.

use super::candidate_form::{
    CandidateForm,
    tests::{districts, form},
};
use super::tests::{PATH, at_screening, by, pairs};
use crate::testing::TestService;
use axum::http::StatusCode;
use domain::cycles::Stage;
use domain::people::Role;
use domain::screening::*;

/// The value of the hidden field `seen`.
pub(super) fn seen(page: &str) -> String {
    let value = page.split("name=\"seen\" value=\"").nth(1).unwrap();
    value.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_decision_made_meanwhile_is_shown_beside_one_s_own_and_never_replaced_unseen() {
    for mut service in TestService::on_each_database(Stage::Collecting).await {
        let [one, ..] = at_screening(&mut service).await;
        let office = service.sign_in(&[Role::Office]).await;
        let colleague = service.sign_in(&[Role::Office]).await;
        let (app, cycle) = (&service.app, &service.cycle);
        let page = format!("{PATH}/screening/queue/{one}");
        let decide = format!("{page}/decide");
        let opened = seen(&service.get(&page, Some(&office)).await.body);
        let form = |seen: &str, budget: &str, why: &str| {
            [
                ("seen", seen),
                ("outcome", "feasible"),
                ("screening-unit", "县民政局"),
                ("screening-budget", budget),
                ("explanation", why),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
        };
        let post = async |who, seen: &str, budget: &str, why: &str| {
            let form = form(seen, budget, why);
            let form = form
                .each_ref()
                .map(|(name, value)| (name.as_str(), value.as_str()));
            service.post(&decide, Some(who), &form).await
        };
        // The first one, and the same press again.
        for _ in 0..2 {
            let reply = post(&colleague, &opened, "120", "同事的意见").await;
            assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.body);
        }
        let reply = post(&office, &opened, "300", "我的意见").await;
        assert_eq!(reply.status, StatusCode::CONFLICT);
        for text in [
            "同事的意见",
            "120",
            "我的意见",
            "value=\"300\"",
            "他人已作修改",
        ] {
            assert!(reply.body.contains(text), "{text}: {}", reply.body);
        }
        let now = service.get(&page, Some(&office)).await.body;
        assert!(
            now.contains("同事的意见") && !now.contains("我的意见"),
            "{now}"
        );
        // Having seen both, one decides.
        let reply = post(&office, &seen(&reply.body), "300", "我的意见").await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.body);
        let mut tx = app.database.read().await.unwrap();
        let id = case(&mut tx, cycle, one).await.unwrap().unwrap().cluster;
        let former = former_decisions(&mut tx, cycle, id.unwrap()).await.unwrap();
        assert_eq!(former.len(), 1, "what was replaced is kept");
    }
}

#[tokio::test]
async fn a_candidate_changed_meanwhile_is_shown_beside_one_s_own_and_never_undone() {
    for mut service in TestService::on_each_database(Stage::Collecting).await {
        at_screening(&mut service).await;
        let office = service.sign_in(&[Role::Office]).await;
        let colleague = service.sign_in(&[Role::Office]).await;
        let (app, cycle) = (&service.app, &service.cycle);
        let facts = form().check(2026, &districts()).unwrap();
        let id = shortlist::add(app, by(&office), cycle, &facts, None)
            .await
            .unwrap();
        let page = format!("{PATH}/shortlist/compose/{id}");
        let opened = service.get(&page, Some(&office)).await;
        assert_eq!(opened.status, StatusCode::OK, "{}", opened.body);
        let edited = |budget: &str, goal: &str, seen: String| CandidateForm {
            candidate_budget: budget.to_owned(),
            candidate_goal: goal.to_owned(),
            seen,
            ..form()
        };
        let theirs = edited("1500", "八个中心开放", seen(&opened.body));
        for _ in 0..2 {
            let reply = service.post(&page, Some(&colleague), &pairs(&theirs)).await;
            assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.body);
        }
        let mine = edited("1180", "九个中心开放", seen(&opened.body));
        let reply = service.post(&page, Some(&office), &pairs(&mine)).await;
        assert_eq!(reply.status, StatusCode::CONFLICT);
        for text in ["1500", "九个中心开放", "他人已作修改"] {
            assert!(reply.body.contains(text), "{text}: {}", reply.body);
        }
        let budget = async || {
            let mut tx = app.database.read().await.unwrap();
            let found = candidates(&mut tx, cycle).await.unwrap();
            found[0].facts.budget.wan()
        };
        assert_eq!(budget().await, "1500", "the colleague's figure stands");
        let both = edited("1500", "九个中心开放", seen(&reply.body));
        let reply = service.post(&page, Some(&office), &pairs(&both)).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.body);
        assert_eq!(budget().await, "1500");
    }
}

#[tokio::test]
async fn a_form_sent_again_with_other_words_is_never_taken_for_the_first() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let resident = service.sign_in(&[Role::Resident]).await;
        let path = format!("{PATH}/proposals/new");
        let form = |title: &str| {
            let fields = [
                ("token", "t1"),
                ("seen", "yes"),
                ("proposal-title", title),
                ("proposal-body", "晚上黑，老人不敢出门。"),
                ("proposal-category", "roads"),
            ];
            fields.map(|(name, value)| (name.to_owned(), value.to_owned()))
        };
        let send = async |title: &str| {
            let sent = crate::invariants::world::RequestBody::Multipart;
            let to = (&axum::http::Method::POST, path.as_str());
            crate::invariants::world::send(&service, to, Some(&resident), &form(title), sent).await
        };
        for _ in 0..2 {
            let reply = send("修一修路灯").await;
            assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.body);
        }
        let reply = send("修一修打铁巷的路灯").await;
        assert_eq!(reply.status, StatusCode::CONFLICT, "{}", reply.body);
        assert!(
            reply.body.contains("value=\"修一修打铁巷的路灯\""),
            "{}",
            reply.body
        );
        assert!(
            reply.body.contains("改动后的内容尚未提交"),
            "{}",
            reply.body
        );
        assert!(!reply.body.contains("value=\"t1\""), "a token of its own");
    }
}

#[tokio::test]
async fn a_comment_sent_again_with_other_words_is_never_taken_for_the_first() {
    for mut service in TestService::on_each_database(Stage::Collecting).await {
        at_screening(&mut service).await;
        let office = service.sign_in(&[Role::Office]).await;
        let resident = service.sign_in(&[Role::Resident]).await;
        let facts = form().check(2026, &districts()).unwrap();
        let (app, actor) = (&service.app, by(&office));
        shortlist::add(app, actor, &service.cycle, &facts, None)
            .await
            .unwrap();
        let review = Review {
            on: time::macros::date!(2026 - 01 - 10),
            document: "青委〔2026〕3号".to_owned(),
        };
        shortlist::review(app, actor, &service.cycle, &review)
            .await
            .unwrap();
        shortlist::publish(app, actor, &service.cycle)
            .await
            .unwrap();
        crate::proposals::tests::set_stage(&mut service, Stage::Shortlisted).await;
        let send = async |text: &str| {
            let new = NewComment {
                candidate: None,
                display_name: "李",
                text,
                form_token: "t1",
            };
            let (app, cycle) = (&service.app, &service.cycle);
            shortlist::comment(app, by(&resident), cycle, resident.account, &new).await
        };
        let first = send("多设几个点").await.unwrap();
        assert_eq!(send("多设几个点").await.unwrap(), first);
        let other = send("少设几个点").await;
        assert!(
            matches!(other, Err(ShortlistError::SentOtherwise(found)) if found == first),
            "{other:?}"
        );
    }
}

#[tokio::test]
async fn a_review_holds_no_longer_once_the_list_is_another() {
    for mut service in TestService::on_each_database(Stage::Collecting).await {
        at_screening(&mut service).await;
        let office = service.sign_in(&[Role::Office]).await;
        let (app, cycle) = (&service.app, &service.cycle);
        let facts = form().check(2026, &districts()).unwrap();
        let review = Review {
            on: time::macros::date!(2026 - 01 - 10),
            document: "青委〔2026〕3号".to_owned(),
        };
        let state = async || {
            let mut tx = app.database.read().await.unwrap();
            shortlist(&mut tx, cycle).await.unwrap()
        };
        let id = shortlist::add(app, by(&office), cycle, &facts, None)
            .await
            .unwrap();
        let dearer = CandidateFacts {
            budget: domain::infra::money::Money::from_wan(1500),
            ..facts.clone()
        };
        for change in ["change", "remove"] {
            shortlist::review(app, by(&office), cycle, &review)
                .await
                .unwrap();
            assert_eq!(state().await, Shortlist::Reviewed(review.clone()));
            let version = facts.version();
            let done = match change {
                "change" => {
                    shortlist::change(app, by(&office), cycle, id, &dearer, &version, "").await
                }
                _ => shortlist::remove(app, by(&office), cycle, id).await,
            };
            done.unwrap();
            assert_eq!(state().await, Shortlist::Drafting, "{change}");
            let early = shortlist::publish(app, by(&office), cycle).await;
            assert!(
                early.is_err(),
                "{change}: what is published was not reviewed"
            );
        }
    }
}
