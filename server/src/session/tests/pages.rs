//! The session as browsers and programs see it: promises 3, 6 and 7.

use crate::session::simulate;
use crate::session::testkit::{TestSession, ticks};
use crate::testing::{Browser, NOW, TestService};
use axum::http::{Method, StatusCode};
use domain::cycles::{JurisdictionKind, Stage};
use domain::infra::entropy::Entropy;
use domain::infra::ids::AccountId;
use domain::on_either;
use domain::people::{Role, store as people};
use domain::session::{DualControlStep, PollKind, StateName};
use serde_json::{Value, json};

async fn json_of(session: &TestSession, path: &str) -> Value {
    let reply = session.service.get(path, None).await;
    assert_eq!(reply.status, StatusCode::OK, "{path}: {}", reply.body);
    serde_json::from_str(&reply.body).unwrap()
}

/// A deputy of the roster who can sign in.
async fn deputy_browser(session: &TestSession, index: usize) -> Browser {
    let browser = session.service.sign_in(&[Role::Deputy]).await;
    let mut tx = session.app().database.write().await.unwrap();
    let (deputy, account): (_, AccountId) = (session.deputies[index], browser.account);
    people::link_deputy(&mut tx, session.jurisdiction(), deputy, account, None)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    browser
}

/// The office's form of the rules for three deputies.
pub(super) fn rules_for(places: &str) -> Vec<(&'static str, &str)> {
    vec![
        ("rule_title", "青禾县民生实事项目票决办法"),
        ("rule_quorum", ">= 2/3"),
        ("rule_form", "at_most"),
        ("rule_blank", "nobody"),
        ("rule_max", "2"),
        ("rule_places", places),
        ("rule_surplus", "1/5"),
        ("rule_majority", "> 1/2"),
        ("rule_base", "deputies"),
        ("rule_tie", "run_off"),
        ("rule_too_few", "leave_empty"),
        ("rule_reserve", "yes"),
    ]
}

/// An unknown value is never taken for the usual one.
#[tokio::test]
async fn a_rule_s_value_that_is_none_is_refused_by_its_field() {
    let session = TestSession::drafted(PollKind::Main, 3, 4).await;
    let rules = format!("{}/rules", session.page());
    let good = rules_for("2");
    for at in 2..good.len() {
        let mut form = good.clone();
        let field = form[at].0;
        form[at] = (field, "nonsense");
        let refused = session
            .service
            .post(&rules, Some(&session.office), &form)
            .await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}");
        let blame = format!("href=\"#field-{field}\"");
        assert!(refused.body.contains(&blame), "{field}: {}", refused.body);
    }
    let saved = session
        .service
        .post(&rules, Some(&session.office), &good)
        .await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
}

/// The meeting adopts the rules as they are shown: with enough hands, and with a reason where they depart from the cycle.
async fn adopted_by_form(session: &TestSession) {
    let page = session.page();
    let manage = format!("{page}/manage");
    let shown = session.service.get(&manage, Some(&session.office)).await;
    let (_, after) = shown
        .body
        .split_once("name=\"rule_sha256\" value=\"")
        .unwrap();
    let hash = after.get(..64).unwrap().to_owned();
    let (chief, second) = (
        session.chief.account.to_string(),
        session.second.account.to_string(),
    );
    let mut adoption = vec![
        ("rule_sha256", hash.as_str()),
        ("hands_in_favour", "1"),
        ("hands_against", "0"),
        ("hands_abstained", "0"),
        ("threshold", "2"),
        ("scrutineers", &chief),
        ("scrutineers", &second),
        ("counted_by", "voting_device"),
        ("passed_on", "2026-01-10"),
        ("passed_document", "青人主〔2026〕3号"),
        ("departure", ""),
    ];
    let adopt = format!("{page}/adopt");
    let refused = session
        .service
        .post(&adopt, Some(&session.office), &adoption)
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("未超过全体代表的半数"));
    adoption[1] = ("hands_in_favour", "2");
    // Two places where the cycle has ten: the meeting says why, and nothing typed is lost.
    let refused = session
        .service
        .post(&adopt, Some(&session.office), &adoption)
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for words in [
        "办法规定选 2 个项目，本年度名额是 10 个",
        "请写明理由",
        "青人主〔2026〕3号",
    ] {
        assert!(refused.body.contains(words), "{words}: {}", refused.body);
    }
    adoption[10] = ("departure", "今年财力只够办两件。");
    let adopted = session
        .service
        .post(&adopt, Some(&session.office), &adoption)
        .await;
    assert_eq!(adopted.status, StatusCode::SEE_OTHER, "{}", adopted.body);
    let shown = session.service.get(&page, None).await;
    for words in ["今年财力只够办两件。", "青人主〔2026〕3号", "表决器的数字"]
    {
        assert!(shown.body.contains(words), "{words}: {}", shown.body);
    }
}

#[tokio::test]
async fn a_poll_is_led_from_draft_to_result_by_forms() {
    let mut session = TestSession::drafted(PollKind::Main, 3, 4).await;
    let (page, api) = (session.page(), session.api());
    let manage = format!("{page}/manage");
    let shown = session.service.get(&manage, Some(&session.office)).await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.body);
    assert!(shown.body.contains("第五次会议民生实事项目票决办法"));
    let form = rules_for("4");
    let rules = format!("{page}/rules");
    let refused = session
        .service
        .post(&rules, Some(&session.office), &form)
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("差额不足"), "{}", refused.body);
    assert!(
        refused.body.contains("青禾县民生实事项目票决办法"),
        "what was typed stays"
    );
    let form = rules_for("2");
    let saved = session
        .service
        .post(&rules, Some(&session.office), &form)
        .await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    adopted_by_form(&session).await;
    session.check_in(3).await;
    for step in ["freeze", "open"] {
        confirm(&session, step).await;
    }
    session.cast(0, &ticks(&[1, 1, 0, 0])).await;
    session.cast(1, &ticks(&[1, 0, 1, 0])).await;
    let view = json_of(&session, &api).await;
    assert_eq!(view["state"], "open");
    assert_eq!(
        view["figures"],
        json!({ "deputies": 3, "present": 3, "ballots_cast": 2 })
    );
    confirm(&session, "close").await;
    session.decrypt_all().await;
    let announced = session
        .service
        .post(&format!("{page}/announce"), Some(&session.chair), &[])
        .await;
    assert_eq!(
        announced.status,
        StatusCode::SEE_OTHER,
        "{}",
        announced.body
    );
    let result = session
        .service
        .get(&format!("/j/qinghe/2026/results/{}", session.poll), None)
        .await;
    assert_eq!(result.status, StatusCode::OK);
    assert!(result.body.contains("至少 2 票方可入选"), "{}", result.body);
    assert!(result.body.contains("得票最多的 1 个入选"));
    assert!(result.body.contains("有 1 个名额空缺"));
}

#[tokio::test]
async fn the_office_is_told_that_a_missing_key_may_be_one_without_a_backup() {
    let mut session = TestSession::drafted(PollKind::Main, 3, 4).await;
    session.adopt(2).await;
    let page = format!("{}/manage", session.page());
    let said = session.service.get(&page, Some(&session.office)).await.body;
    assert!(said.contains("也可能已生成而未备份"), "{said}");
    session.check_in(3).await;
    let said = session.service.get(&page, Some(&session.office)).await.body;
    assert!(!said.contains("未备份"), "{said}");
}

async fn confirm(session: &TestSession, step: &str) {
    if step == "open" {
        session.approve_all().await;
    }
    let path = format!("{}/confirm", session.page());
    for (browser, side) in [
        (&session.office, "office"),
        (&session.chief, "chief_scrutineer"),
    ] {
        let manage = format!("{}/manage", session.page());
        let shown = session.service.get(&manage, Some(browser)).await.body;
        let (_, rest) = shown.split_once("name=\"matter\" value=\"").unwrap();
        let matter: String = rest.chars().take_while(|c| *c != '"').collect();
        let form = [("step", step), ("side", side), ("matter", matter.as_str())];
        let reply = session.service.post(&path, Some(browser), &form).await;
        assert_eq!(
            reply.status,
            StatusCode::SEE_OTHER,
            "{step}: {}",
            reply.body
        );
    }
}

#[tokio::test]
async fn no_page_and_no_api_shows_a_count_before_the_announcement() {
    let session = TestSession::open().await;
    let deputy = deputy_browser(&session, 0).await;
    for index in 0..3 {
        session.cast(index, &ticks(&[1, 1, 0, 0])).await;
    }
    let routes = crate::router::routes(session.app());
    let paths: Vec<String> = routes
        .declared()
        .iter()
        .filter(|route| route.method == Method::GET && route.path.contains("{jurisdiction}"))
        .map(|route| {
            route
                .path
                .replace("{jurisdiction}", "qinghe")
                .replace("{year}", "2026")
                .replace("{poll}", &session.poll.to_string())
        })
        .collect();
    assert!(paths.len() > 10);
    let viewers = [
        None,
        Some(&session.office),
        Some(&session.chief),
        Some(&session.chair),
        Some(&deputy),
    ];
    for state in [StateName::Open, StateName::Closed, StateName::Decrypted] {
        match state {
            StateName::Closed => session.both(DualControlStep::Close).await,
            StateName::Decrypted => session.decrypt_all().await,
            _ => {}
        }
        assert_eq!(session.state().await, state);
        for path in &paths {
            for viewer in viewers {
                let reply = session.service.get(path, viewer).await;
                assert!(!reply.status.is_server_error(), "{path}: {}", reply.body);
                for count in [
                    "in-favour",
                    "得票明细",
                    "名次",
                    "\"result\":",
                    "decryption_factors",
                    "standing",
                ] {
                    assert!(!reply.body.contains(count), "{state:?} {path}: {count}");
                }
            }
        }
        let result = session
            .service
            .get(&format!("{}/result", session.api()), Some(&session.chair))
            .await;
        assert_eq!(result.status, StatusCode::NOT_FOUND);
        let mut tx = session.app().database.read().await.unwrap();
        let stored: i64 = on_either!(&mut tx, conn => sqlx::query_scalar(
            "SELECT COUNT(*) FROM poll_objects WHERE kind IN ('result', 'outcome')",
        ).fetch_one(&mut *conn).await.unwrap());
        assert_eq!(stored, 0);
    }
}

#[tokio::test]
async fn under_another_jurisdiction_no_address_of_the_poll_answers() {
    let session = TestSession::open().await;
    session.cast(0, &ticks(&[1, 1, 0, 0])).await;
    let other =
        TestService::add_jurisdiction(session.app(), "baihe", JurisdictionKind::County).await;
    let cycle = domain::cycles::Cycle {
        id: domain::infra::ids::CycleId::new(NOW, &Entropy::system()),
        jurisdiction: other.id,
        ..session.service.cycle.clone()
    };
    let mut tx = session.app().database.write().await.unwrap();
    domain::cycles::store::insert_cycle(&mut tx, &cycle, NOW)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let everything: Vec<Role> = Role::ALL.to_vec();
    let insider = session.service.sign_in_at(&everything, other.id).await;
    let routes = crate::router::routes(session.app());
    let mut seen = 0;
    for route in routes
        .declared()
        .iter()
        .filter(|route| route.path.contains("{poll}"))
    {
        let path = route
            .path
            .replace("{jurisdiction}", "baihe")
            .replace("{year}", "2026")
            .replace("{poll}", &session.poll.to_string())
            .replace("{tracker}", "x");
        let reply = if route.method == Method::GET {
            session.service.get(&path, Some(&insider)).await
        } else if route.path.ends_with("/check-in") {
            let body = json!({ "public_credential": "00" });
            session
                .service
                .post_json(&path, Some(&insider), &body)
                .await
        } else {
            let form = [("step", "freeze"), ("side", "office")];
            session.service.post(&path, Some(&insider), &form).await
        };
        assert_eq!(
            reply.status,
            StatusCode::NOT_FOUND,
            "{path}: {}",
            reply.body
        );
        seen += 1;
    }
    assert!(seen >= 18, "{seen}");
}

#[tokio::test]
async fn a_deputy_registers_over_the_api_and_a_stranger_may_not() {
    let mut session = TestSession::drafted(PollKind::Main, 3, 4).await;
    session.adopt(2).await;
    let deputy = deputy_browser(&session, 0).await;
    let poll = domain::session::find(session.app(), session.jurisdiction(), session.poll)
        .await
        .unwrap();
    let credential = ballot::Credential::generate(&mut session.app().entropy.rng());
    let (app, here) = (session.app(), session.jurisdiction());
    let own = simulate::registered(app, here, poll.id, &credential)
        .await
        .unwrap();
    let path = format!("{}/check-in", session.api());
    let code = domain::session::hall_code(app, session.poll).digits;
    let body = json!({
        "public_credential": own.own, "reserved": own.reserved, "check_in_code": code,
    });
    let page = format!("{}/check-in", session.page());
    let shown = session.service.get(&page, Some(&deputy)).await.body;
    assert!(shown.contains("data-checked-in=\"false\""), "{shown}");
    for _ in 0..2 {
        let reply = session.service.post_json(&path, Some(&deputy), &body).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.body);
        let answer: Value = serde_json::from_str(&reply.body).unwrap();
        assert_eq!(answer, json!({ "checked_in": true, "present": 1 }));
    }
    let shown = session.service.get(&page, Some(&deputy)).await.body;
    assert!(shown.contains("data-checked-in=\"true\""), "{shown}");
    let stranger = session.service.sign_in(&[Role::Resident]).await;
    let reply = session
        .service
        .post_json(&path, Some(&stranger), &body)
        .await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN);
    let bad = json!({ "public_credential": "zz" });
    let reply = session.service.post_json(&path, Some(&deputy), &bad).await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(reply.body.contains("not-a-credential"), "{}", reply.body);
}

#[tokio::test]
async fn the_api_names_what_is_wrong_with_a_ballot() {
    let session = TestSession::open().await;
    let path = format!("{}/ballots", session.api());
    let good: Value = serde_json::from_str(&session.seal(0, &ticks(&[1, 0, 0, 0])).await).unwrap();
    let other: Value = serde_json::from_str(&session.seal(0, &ticks(&[0, 1, 0, 0])).await).unwrap();
    let mut forged = good.clone();
    forged["signature"]["hash"] = other["signature"]["hash"].clone();
    for (body, status, code) in [
        (json!({}), StatusCode::UNPROCESSABLE_ENTITY, "encoding"),
        (forged, StatusCode::UNPROCESSABLE_ENTITY, "signed-hash"),
        (good.clone(), StatusCode::OK, "tracker"),
        (good, StatusCode::OK, "tracker"),
        (other, StatusCode::CONFLICT, "already-cast"),
    ] {
        let reply = session.service.post_json(&path, None, &body).await;
        assert_eq!(reply.status, status, "{}", reply.body);
        assert!(reply.body.contains(code), "{code}: {}", reply.body);
    }
}

#[tokio::test]
async fn the_office_makes_a_poll_only_from_a_published_shortlist() {
    let service = TestService::start(Stage::Voting).await;
    let office = service.sign_in(&[Role::Office]).await;
    let reply = service
        .post("/j/qinghe/2026/session/polls", Some(&office), &[])
        .await;
    assert_eq!(reply.status, StatusCode::CONFLICT);
    assert!(reply.body.contains("还没有公布候选项目"), "{}", reply.body);
    let resident = service.sign_in(&[Role::Resident]).await;
    let reply = service
        .post("/j/qinghe/2026/session/polls", Some(&resident), &[])
        .await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN);
}

/// What every ballot signs is in the jurisdiction's language.
#[tokio::test]
async fn a_poll_made_by_an_english_reader_has_its_chinese_title() {
    let mut service = TestService::start(Stage::Screening).await;
    crate::screening::tests::published(&mut service).await;
    crate::proposals::tests::set_stage(&mut service, Stage::Voting).await;
    let office = service.sign_in(&[Role::Office]).await.in_english();
    let path = "/j/qinghe/2026/session/polls";
    let made = service.post(path, Some(&office), &[]).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
    let mut tx = service.app.database.read().await.unwrap();
    let (jurisdiction, cycle) = (service.jurisdiction.id, service.cycle.id);
    let polls = domain::session::store::polls_of_cycle(&mut tx, jurisdiction, cycle)
        .await
        .unwrap();
    let titles: Vec<&str> = polls.iter().map(|poll| poll.title.as_str()).collect();
    assert_eq!(titles, ["2026年民生实事项目票决"]);
}
