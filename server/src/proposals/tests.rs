//! Collecting on each database: what the use cases and the pages promise.

#![expect(clippy::missing_panics_doc, reason = "a test panics where it fails")]

use crate::testing::{Browser, NOW, Reply, TestService};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use domain::cycles::settings::CategoryCode;
use domain::cycles::{Cycle, GuardError, JurisdictionKind, Stage};
use domain::infra::money::Money;
use domain::on_either;
use domain::people::Role;
use domain::proposals::search::{self, Filter, Order};
use domain::proposals::store;
use domain::proposals::*;
use domain::record::change::Actor;

pub(super) const PATH: &str = "/j/qinghe/2026/proposals";

/// A form in order.
pub fn ready(title: &str, body: &str, token: &str) -> ValidDraft {
    ValidDraft {
        content: Content {
            title: title.to_owned(),
            body: body.to_owned(),
            category: CategoryCode::new("elderly").unwrap(),
            district: Some("城关".to_owned()),
            place: "文庙社区".to_owned(),
            budget: Some(Money::from_wan(150)),
        },
        channel: Channel::Online,
        display_name: "文庙社区老人".to_owned(),
        picture: None,
        token: token.to_owned(),
    }
}

/// A proposal, accepted.
pub async fn accepted(service: &TestService, title: &str, body: &str) -> ProposalId {
    let person = service.sign_in(&[Role::Resident]).await;
    let form = ready(title, body, "form");
    let id = propose(
        &service.app,
        by(&person),
        &service.cycle,
        person.account,
        &form,
    )
    .await
    .unwrap();
    accept(&service.app, by(&person), &service.cycle, id)
        .await
        .unwrap();
    id
}

pub(super) fn by(person: &Browser) -> Actor {
    Actor::Account(person.account)
}

/// Moves the cycle without its guards.
pub async fn set_stage(service: &mut TestService, to: Stage) {
    let mut tx = service.app.database.write().await.unwrap();
    domain::cycles::store::set_stage(&mut tx, &service.cycle, to, NOW)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    service.cycle = Cycle {
        stage: to,
        ..service.cycle.clone()
    };
}

fn everything(order: Order) -> Filter {
    Filter {
        category: None,
        district: String::new(),
        progress: None,
        query: String::new(),
        order,
    }
}

async fn titles(service: &TestService, filter: &Filter) -> Vec<String> {
    let mut tx = service.app.database.read().await.unwrap();
    let (listed, total) = search::list(&mut tx, &service.cycle, filter, 0, 100)
        .await
        .unwrap();
    assert_eq!(usize::try_from(total).unwrap(), listed.len());
    listed
        .into_iter()
        .map(|line| line.proposal.content.title)
        .collect()
}

#[tokio::test]
async fn search_finds_any_piece_of_chinese_and_filters_narrow_it() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        accepted(
            &service,
            "社区办个老人食堂",
            "老人吃口热饭，LED灯也换一换。",
        )
        .await;
        accepted(&service, "修一修打铁巷的路灯", "晚上黑得很。").await;
        let found = async |query: &str| {
            let filter = Filter {
                query: query.to_owned(),
                ..everything(Order::Newest)
            };
            titles(&service, &filter).await
        };
        for query in [
            "老人",
            "人食",
            "吃口热饭",
            "led",
            "ＬＥＤ",
            "堂",
            "文庙社区 热饭",
        ] {
            assert_eq!(found(query).await, ["社区办个老人食堂"], "{query}");
        }
        assert_eq!(found("路灯").await, ["修一修打铁巷的路灯"]);
        for query in ["老灯", "河道", "，", "' OR 1=1 --", "\" * ("] {
            assert!(found(query).await.is_empty(), "{query}");
        }
        let roads = Filter {
            category: Some(CategoryCode::new("roads").unwrap()),
            ..everything(Order::Newest)
        };
        assert!(titles(&service, &roads).await.is_empty());
        let district = Filter {
            district: "城关".to_owned(),
            progress: Some(search::Progress::Accepted),
            ..everything(Order::Newest)
        };
        assert_eq!(titles(&service, &district).await.len(), 2);
    }
}

#[tokio::test]
async fn a_page_beyond_the_last_is_the_last() {
    let service = TestService::start(Stage::Collecting).await;
    accepted(&service, "路灯", "巷子里太黑，晚上看不见路。").await;
    for beyond in ["2", "999", "10000000"] {
        let list = format!("/j/qinghe/2026/proposals?page={beyond}");
        let reply = service.get(&list, None).await;
        assert!(reply.body.contains("共 1 条"), "{}", reply.body);
        assert!(reply.body.contains("巷子里太黑"), "{}", reply.body);
        assert!(!reply.body.contains("没有符合条件的建议"));
    }
    let gone = "/j/qinghe/2026/proposals/01900000-0000-7000-8000-000000000000";
    let reply = service.get(gone, None).await;
    let back = "<a class=\"button\" href=\"/j/qinghe/2026\">";
    assert!(reply.body.contains(back), "a way on: {}", reply.body);
}

#[tokio::test]
async fn a_random_order_is_the_same_for_the_same_seed_and_holds_everything() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        for number in 0..8 {
            accepted(&service, &format!("建议{number}"), "内容").await;
        }
        let one = titles(&service, &everything(Order::Shuffled(1))).await;
        assert_eq!(one, titles(&service, &everything(Order::Shuffled(1))).await);
        let mut orders = std::collections::BTreeSet::new();
        for seed in 0..20 {
            let order = titles(&service, &everything(Order::Shuffled(seed))).await;
            let mut sorted = order.clone();
            sorted.sort();
            assert_eq!(sorted.len(), 8);
            orders.insert(order);
        }
        assert!(orders.len() > 10, "{}", orders.len());
    }
}

#[tokio::test]
async fn parallel_supports_of_one_person_count_once() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let id = accepted(&service, "社区办个食堂", "老人吃口热饭。").await;
        let person = service.sign_in(&[Role::Resident]).await;
        let service = std::sync::Arc::new(service);
        let tasks: Vec<_> = (0..12)
            .map(|_| {
                let (service, person) = (service.clone(), person.clone());
                tokio::spawn(async move {
                    let path = format!("{PATH}/{id}/support");
                    service.post(&path, Some(&person), &[]).await.status
                })
            })
            .collect();
        for task in tasks {
            assert_eq!(task.await.unwrap(), StatusCode::SEE_OTHER);
        }
        let other = service.sign_in(&[Role::Resident]).await;
        let path = format!("{PATH}/{id}");
        service
            .post(&format!("{path}/support"), Some(&other), &[])
            .await;
        assert_eq!(supporters(&service, id).await, (2, 2));
        for _ in 0..2 {
            service
                .post(&format!("{path}/withdraw"), Some(&other), &[])
                .await;
        }
        assert_eq!(supporters(&service, id).await, (1, 1));
    }
}

/// The shown count and the rows behind it.
async fn supporters(service: &TestService, id: ProposalId) -> (i64, i64) {
    let mut tx = service.app.database.read().await.unwrap();
    let shown = store::find(&mut tx, &service.cycle, id)
        .await
        .unwrap()
        .unwrap()
        .supporters;
    let rows: i64 = on_either!(&mut tx, conn => sqlx::query_scalar("SELECT COUNT(*) FROM supports")
        .fetch_one(&mut *conn).await.unwrap());
    (shown, rows)
}

#[tokio::test]
async fn one_form_makes_one_proposal_however_often_it_is_sent() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let person = service.sign_in(&[Role::Resident]).await;
        let service = std::sync::Arc::new(service);
        let tasks: Vec<_> = (0..6)
            .map(|_| {
                let (service, person) = (service.clone(), person.clone());
                tokio::spawn(async move { send(&service, &person, &fields(), None).await })
            })
            .collect();
        let mut locations = std::collections::BTreeSet::new();
        for task in tasks {
            let reply = task.await.unwrap();
            assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.body);
            locations.insert(reply.location.unwrap());
        }
        assert_eq!(locations.len(), 1);
        let mut tx = service.app.database.read().await.unwrap();
        let figures = store::figures(&mut tx, &service.cycle).await.unwrap();
        assert_eq!(figures.submitted, 1);
    }
}

#[tokio::test]
async fn a_person_makes_so_many_proposals_and_no_more() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let person = service.sign_in(&[Role::Resident]).await;
        for number in 0..=PROPOSALS_PER_PERSON {
            let form = ready("社区办个食堂", "热饭", &format!("form {number}"));
            let made = propose(
                &service.app,
                by(&person),
                &service.cycle,
                person.account,
                &form,
            )
            .await;
            if number < PROPOSALS_PER_PERSON {
                made.unwrap();
            } else {
                assert!(matches!(made, Err(ProposalError::TooMany)));
            }
        }
    }
}

#[tokio::test]
async fn outside_the_collecting_stage_nobody_proposes_or_supports() {
    for mut service in TestService::on_each_database(Stage::Collecting).await {
        let id = accepted(&service, "社区办个食堂", "热饭").await;
        set_stage(&mut service, Stage::Screening).await;
        let person = service.sign_in(&[Role::Resident]).await;
        let form = ready("修路灯", "黑", "t");
        let late = |error| {
            matches!(
                error,
                ProposalError::Guard(GuardError::NotInStage(Stage::Screening))
            )
        };
        let made = propose(
            &service.app,
            by(&person),
            &service.cycle,
            person.account,
            &form,
        )
        .await;
        assert!(late(made.unwrap_err()));
        let supported = support(
            &service.app,
            by(&person),
            &service.cycle,
            id,
            person.account,
        )
        .await;
        assert!(late(supported.unwrap_err()));
        let reply = send(&service, &person, &fields(), None).await;
        assert_eq!(reply.status, StatusCode::CONFLICT);
        assert!(reply.body.contains("文庙社区办个食堂"), "{}", reply.body);
    }
}

#[tokio::test]
async fn what_is_not_accepted_is_seen_by_its_proposer_and_the_office_alone() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let proposer = service.sign_in(&[Role::Resident]).await;
        let other = service.sign_in(&[Role::Resident]).await;
        let office = service.sign_in(&[Role::Office]).await;
        let page = send(&service, &proposer, &fields(), None)
            .await
            .location
            .unwrap();
        let status = async |browser: Option<&Browser>| service.get(&page, browser).await.status;
        assert_eq!(status(None).await, StatusCode::NOT_FOUND);
        assert_eq!(status(Some(&other)).await, StatusCode::NOT_FOUND);
        assert_eq!(status(Some(&proposer)).await, StatusCode::OK);
        assert_eq!(status(Some(&office)).await, StatusCode::OK);
        let api = format!("/api/v1{PATH}");
        assert!(!service.get(&api, None).await.body.contains("食堂"));

        let refused = service
            .post(&format!("{page}/accept"), Some(&other), &[])
            .await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        let done = service
            .post(&format!("{page}/accept"), Some(&office), &[])
            .await;
        assert_eq!(done.status, StatusCode::SEE_OTHER);
        assert_eq!(status(None).await, StatusCode::OK);
        assert!(service.get(&api, None).await.body.contains("食堂"));
        let again = service
            .post(&format!("{page}/accept"), Some(&office), &[])
            .await;
        assert_eq!(again.status, StatusCode::SEE_OTHER, "the same press again");
        let form = [("reason", "duplicate"), ("explanation", "同事另有意见。")];
        let other = service
            .post(&format!("{page}/decline"), Some(&office), &form)
            .await;
        assert_eq!(other.status, StatusCode::CONFLICT, "{}", other.body);
        assert!(other.body.contains("同事另有意见。"), "{}", other.body);
    }
}

#[tokio::test]
async fn the_public_record_has_the_proposal_and_nothing_of_the_person() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let id = accepted(&service, "社区办个食堂", "老人吃口热饭。").await;
        let mut tx = service.app.database.read().await.unwrap();
        let proposer = store::find(&mut tx, &service.cycle, id)
            .await
            .unwrap()
            .unwrap()
            .proposer;
        let bodies: Vec<String> = on_either!(&mut tx, conn => sqlx::query_scalar(
            "SELECT body FROM record_bodies").fetch_all(&mut *conn).await.unwrap());
        let all = bodies.join("\n");
        assert!(all.contains("社区办个食堂"), "{all}");
        assert!(
            !all.contains("文庙社区老人"),
            "the display name is in the record"
        );
        assert!(!all.contains(&proposer.to_string()));
        for path in [
            format!("/api/v1{PATH}"),
            format!("{PATH}.csv"),
            format!("{PATH}.atom"),
        ] {
            let body = service.get(&path, None).await.body;
            assert!(body.contains("社区办个食堂"), "{path}: {body}");
            assert!(!body.contains("文庙社区老人"), "{path}");
        }
    }
}

#[tokio::test]
async fn another_jurisdiction_s_proposal_is_not_there() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let id = accepted(&service, "社区办个食堂", "热饭").await;
        let elsewhere =
            TestService::add_jurisdiction(&service.app, "liuwan", JurisdictionKind::Town).await;
        let cycle = Cycle {
            id: domain::infra::ids::CycleId::new(NOW, &service.app.entropy),
            jurisdiction: elsewhere.id,
            ..service.cycle.clone()
        };
        let mut tx = service.app.database.write().await.unwrap();
        domain::cycles::store::insert_cycle(&mut tx, &cycle, NOW)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let office = service
            .sign_in_at(&[Role::Office, Role::Resident], elsewhere.id)
            .await;
        let page = format!("/j/liuwan/2026/proposals/{id}");
        assert_eq!(
            service.get(&page, Some(&office)).await.status,
            StatusCode::NOT_FOUND
        );
        for done in ["support", "accept"] {
            let reply = service
                .post(&format!("{page}/{done}"), Some(&office), &[])
                .await;
            assert_eq!(reply.status, StatusCode::NOT_FOUND, "{done}");
        }
        let reply = service
            .post(&format!("{PATH}/{id}/accept"), Some(&office), &[])
            .await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN);
        assert_eq!(supporters(&service, id).await, (0, 0));
    }
}

#[tokio::test]
async fn a_similar_proposal_is_shown_before_a_new_one_is_made() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        accepted(&service, "文庙社区办个老人食堂", "老人吃口热饭。").await;
        let person = service.sign_in(&[Role::Resident]).await;
        let reply = send(&service, &person, &fields(), None).await;
        assert_eq!(reply.status, StatusCode::OK);
        assert!(reply.body.contains("支持这一条"), "{}", reply.body);
        assert!(reply.body.contains("value=\"文庙社区办个食堂\""));
        let mut seen = fields();
        seen.push(("seen", "yes".to_owned()));
        let reply = send(&service, &person, &seen, None).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER);
    }
}

#[tokio::test]
async fn a_wrong_field_is_named_and_everything_typed_is_kept() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let person = service.sign_in(&[Role::Resident]).await;
        let long = "长".repeat(41);
        for (name, value, message) in [
            ("proposal-title", long.as_str(), "最多填写 40 个字。"),
            ("proposal-budget", "-5", "不得小于 0。"),
            ("proposal-category", "", "请填写此项。"),
        ] {
            let mut wrong = fields();
            wrong.retain(|(field, _)| *field != name);
            wrong.push((name, value.to_owned()));
            let reply = send(&service, &person, &wrong, None).await;
            assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
            assert!(reply.body.contains(message), "{name}: {}", reply.body);
            assert!(reply.body.contains("老人吃口热饭"), "{name}");
            assert!(reply.body.contains(value), "{name}");
            assert!(reply.body.contains("有一处需要修改"), "{name}");
        }
        let mut two = fields();
        two.retain(|(field, _)| !["proposal-title", "proposal-category"].contains(field));
        let reply = send(&service, &person, &two, None).await;
        assert!(reply.body.contains("有 2 处需要修改"), "{}", reply.body);
    }
}

#[tokio::test]
async fn a_picture_is_kept_through_other_mistakes_and_one_that_is_none_is_refused() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let person = service.sign_in(&[Role::Resident]).await;
        let reply = send(&service, &person, &fields(), Some(b"GIF89a not really")).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(reply.body.contains("这不是可识别的图片"), "{}", reply.body);
        assert!(reply.body.contains("文庙社区办个食堂"));

        let mut wrong = fields();
        wrong.retain(|(field, _)| *field != "proposal-body");
        let png = domain::testing::png(30, 20);
        let reply = send(&service, &person, &wrong, Some(&png)).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
        let kept = reply
            .body
            .split_once("name=\"picture\" value=\"")
            .and_then(|(_, rest)| rest.split_once('"'))
            .map(|(id, _)| id.to_owned())
            .unwrap();
        let mut right = fields();
        right.push(("picture", kept));
        let page = send(&service, &person, &right, None)
            .await
            .location
            .unwrap();
        let picture = format!("{page}/picture");
        assert_eq!(
            service.get(&picture, None).await.status,
            StatusCode::NOT_FOUND
        );
        assert_eq!(
            service.get(&picture, Some(&person)).await.status,
            StatusCode::OK
        );
        // Somebody else cannot put it into a proposal of theirs.
        let other = service.sign_in(&[Role::Resident]).await;
        let stolen = send(&service, &other, &right, None).await;
        assert_eq!(stolen.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(stolen.body.contains("上传的图片已失效"), "{}", stolen.body);
    }
}

#[tokio::test]
async fn who_may_not_is_told_so() {
    let service = TestService::start(Stage::Collecting).await;
    let resident = service.sign_in(&[Role::Resident]).await;
    let intake = format!("{PATH}/intake");
    let reply = service.get(&intake, Some(&resident)).await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN);
    assert!(reply.body.contains("您的身份不能办理此事项"));
    let reply = service.get(&format!("{PATH}/new"), None).await;
    assert_eq!(
        reply.location.as_deref(),
        Some("/sign-in?next=/j/qinghe/2026/proposals/new")
    );
    for path in [
        "/j/qinghe/next/proposals",
        "/j/qinghe/2026/proposals/not-an-id",
    ] {
        assert_eq!(
            service.get(path, None).await.status,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
}

#[tokio::test]
async fn every_page_of_collecting_opens() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        accepted(&service, "文庙社区办个老人食堂", "老人吃口热饭。").await;
        let office = service.sign_in(&[Role::Office]).await;
        send(&service, &office, &fields_for_somebody(), None).await;
        for path in [
            "",
            "?q=%E9%A3%9F%E5%A0%82&category=elderly&page=2&state=accepted",
            "/new",
            "/mine",
            "/intake",
            ".csv",
            ".atom",
        ] {
            let reply = service.get(&format!("{PATH}{path}"), Some(&office)).await;
            assert_eq!(reply.status, StatusCode::OK, "{path}: {}", reply.body);
        }
        let intake = service
            .get(&format!("{PATH}/intake"), Some(&office))
            .await
            .body;
        assert!(intake.contains("文庙社区办个食堂"), "{intake}");
        let row = intake
            .split("href=\"")
            .find_map(|link| {
                link.split('"')
                    .next()
                    .filter(|link| link.contains("/intake/"))
            })
            .unwrap();
        let opened = service.get(row, Some(&office)).await;
        assert!(opened.body.contains("受理并看下一条"), "{}", opened.body);
        let page = row.replace("/intake/", "/");
        let wrong = service
            .post(
                &format!("{page}/decline"),
                Some(&office),
                &[("reason", ""), ("explanation", "说明在此")],
            )
            .await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.body.contains("说明在此"));
        let right = [("reason", "duplicate"), ("explanation", "与第 1 号重复。")];
        let reply = service
            .post(&format!("{page}/decline"), Some(&office), &right)
            .await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.body);
        let own = service.get(&page, Some(&office)).await.body;
        assert!(
            own.contains("与第 1 号重复。") && own.contains("与其他建议重复"),
            "{own}"
        );
    }
}

pub(crate) fn fields() -> Vec<(&'static str, String)> {
    [
        ("token", "the form's token"),
        ("proposal-title", "文庙社区办个食堂"),
        ("proposal-body", "老人吃口热饭。"),
        ("proposal-category", "elderly"),
        ("proposal-budget", "12.5"),
    ]
    .map(|(name, value)| (name, value.to_owned()))
    .to_vec()
}

fn fields_for_somebody() -> Vec<(&'static str, String)> {
    let mut fields = fields();
    fields.push(("proposal-channel", "station".to_owned()));
    fields.push(("proposal-name", "王阿姨".to_owned()));
    fields.push(("seen", "yes".to_owned()));
    fields
}

pub(crate) async fn send(
    service: &TestService,
    person: &Browser,
    fields: &[(&str, String)],
    picture: Option<&[u8]>,
) -> Reply {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend_from_slice(
            format!("--line\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                .as_bytes(),
        );
    }
    if let Some(picture) = picture {
        body.extend_from_slice(
            b"--line\r\ncontent-disposition: form-data; name=\"proposal-picture\"; filename=\"a.png\"\r\n\r\n",
        );
        body.extend_from_slice(picture);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--line--\r\n");
    let request = Request::post(format!("{PATH}/new"))
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=line")
        .header(header::CONTENT_LENGTH, body.len());
    service.send(request, Some(person), Body::from(body)).await
}
