//! The room's rules on each database.

use crate::invariants::world::opened;
use crate::projects::tests::{UNIT, World};
use crate::testing::NOW;
use axum::http::StatusCode;
use domain::cycles::{Stage, store as cycles};
use domain::evaluation::*;
use domain::infra::clock::Timestamp;
use domain::infra::ids::AccountId;
use domain::on_either;
use domain::people::Role;
use domain::record::Kind;
use domain::record::change::{Actor, Change};
use domain::session::{self, Poll, PollKind, PollState};
use tally::decision::Sheet;
use tally::evaluation::{Evaluation, ItemVerdict, LevelVotes, RatingSummary};
use tally::rules::{
    Body, EvaluationBase, EvaluationRule, ItemId, Level, LevelId, LevelRole, Threshold,
};
use time::macros::date;
use uuid::Uuid;

const PAGE: &str = "/j/qinghe/2026/evaluation";
const RATE: &str = "/j/qinghe/2026/evaluation/QH26-01";

fn id(level: &str) -> LevelId {
    LevelId::new(level).unwrap()
}

/// 满意, 基本满意 and 不满意, of half.
fn rule() -> EvaluationRule {
    let half: Threshold = ">= 1/2".parse().unwrap();
    let level = |level: &str, label: &str, role| Level {
        id: id(level),
        label: label.to_owned(),
        role,
    };
    EvaluationRule {
        body: Body::Congress,
        base: EvaluationBase::Entitled,
        levels: vec![
            level("satisfied", "满意", LevelRole::From(half)),
            level("basically_satisfied", "基本满意", LevelRole::From(half)),
            level("unsatisfied", "不满意", LevelRole::Otherwise),
        ],
    }
}

/// 213 entitled, 107 needed; the first project's counts as given, the second satisfied by all who voted.
fn judged(satisfied: u64, basically: u64, verdict: &str) -> Evaluation {
    let item = |code: &str, satisfied, basically, verdict| ItemVerdict {
        id: ItemId::new(code).unwrap(),
        levels: [
            ("satisfied", satisfied, Some(107)),
            ("basically_satisfied", basically, Some(107)),
            ("unsatisfied", 196 - satisfied - basically, None),
        ]
        .map(|(level, votes, needed)| LevelVotes {
            id: id(level),
            votes,
            needed,
        })
        .to_vec(),
        unanswered: 0,
        base: 213,
        verdict: Some(id(verdict)),
    };
    Evaluation {
        sheet: Sheet {
            deputies: 213,
            present: 200,
            issued: 200,
            returned: 196,
            not_returned: 4,
            valid: 196,
            invalid: 0,
            not_voted: 4,
        },
        items: vec![
            item("QH26-01", satisfied, basically, verdict),
            item("QH26-02", 196, 0, "satisfied"),
        ],
        advisory: false,
    }
}

fn poll(world: &World, number: u128) -> Poll {
    let id = Uuid::from_u128(number).into();
    Poll {
        id,
        follows: None,
        check_in: id,
        keys_of: id,
        jurisdiction: world.cycle.jurisdiction,
        cycle: world.cycle.id,
        kind: PollKind::Evaluation,
        title: "2026 满意度测评".to_owned(),
        election: ballot::Uuid::generate(&mut world.service.app.entropy.rng()),
        facts: None,
        roster: String::new(),
        state: PollState::Drafted,
        created_at: NOW,
    }
}

async fn enter(
    world: &World,
    number: u128,
    evaluation: &Evaluation,
) -> Result<(), EvaluationError> {
    let app = &world.service.app;
    let place = Some(world.cycle.scope());
    let mut change = Change::begin(app, Actor::System, place).await.unwrap();
    let poll = poll(world, number);
    let judged = Judged {
        poll: &poll,
        rule: &rule(),
        evaluation,
    };
    apply_verdicts(app, &mut change, judged).await?;
    change.commit().await.unwrap();
    Ok(())
}

async fn reworks(world: &World) -> Vec<Rework> {
    let mut tx = world.service.app.database.read().await.unwrap();
    store::reworks(&mut tx, &world.cycle).await.unwrap()
}

fn rating(stars: i32) -> Rating {
    Rating {
        stars: Stars::new(stars).unwrap(),
        comment: "路好走多了".to_owned(),
    }
}

async fn rate_as(world: &World, account: AccountId, stars: i32) -> Result<(), EvaluationError> {
    rate_seeing(world, account, None, stars).await
}

/// Rates in the place of what was rated at a time.
async fn rate_seeing(
    world: &World,
    account: AccountId,
    seen: Option<Timestamp>,
    stars: i32,
) -> Result<(), EvaluationError> {
    let app = &world.service.app;
    rate(
        app,
        account,
        &world.cycle,
        "QH26-01",
        (seen, &rating(stars)),
    )
    .await
}

#[tokio::test]
async fn an_unsatisfying_project_and_only_that_is_sent_back_with_a_deadline() {
    for world in World::on_each_database().await {
        enter(&world, 1, &judged(38, 61, "unsatisfied"))
            .await
            .unwrap();
        let orders = reworks(&world).await;
        assert_eq!(orders.len(), 1);
        assert_eq!(orders[0].project, world.project("QH26-01").await.id);
        assert_eq!(orders[0].ordered_on, date!(2025 - 08 - 01));
        assert_eq!(orders[0].due, date!(2025 - 09 - 30));
        assert!(!orders[0].is_late(date!(2025 - 09 - 30)));
        assert!(orders[0].is_late(date!(2025 - 10 - 01)));
        assert_eq!(world.entries("evaluation_verdict").await, 2);
        assert_eq!(world.entries("rework_ordered").await, 1);
        let page = world
            .service
            .get("/j/qinghe/2026/projects/QH26-01", None)
            .await;
        assert!(
            page.body
                .contains("交办限期整改（二次办理），2025年9月30日前办结"),
            "{}",
            page.body
        );
        let both = world.service.get(PAGE, None).await;
        for part in ["不满意", "达到 107 票（应计 213 票）", "评分不足 5 人"] {
            assert!(both.body.contains(part), "{part}: {}", both.body);
        }
    }
}

#[tokio::test]
async fn the_verdicts_of_a_poll_are_entered_once_and_a_second_evaluation_stands_before_the_first() {
    for world in World::on_each_database().await {
        enter(&world, 1, &judged(38, 61, "unsatisfied"))
            .await
            .unwrap();
        let again = enter(&world, 1, &judged(38, 61, "unsatisfied")).await;
        assert!(matches!(again, Err(EvaluationError::Applied)));
        world.service.app.clock.set(NOW.plus_days(30));
        enter(&world, 2, &judged(120, 40, "satisfied"))
            .await
            .unwrap();
        let mut tx = world.service.app.database.read().await.unwrap();
        let found = verdicts(&mut tx, &world.cycle).await.unwrap();
        assert_eq!(found[0].verdict, Some(id("satisfied")));
        assert_eq!(found[2].verdict, Some(id("unsatisfied")));
        let level = |of: &str, label: &str, rank, votes, needed| VerdictLevel {
            id: id(of),
            label: label.to_owned(),
            rank: Some(rank),
            votes,
            needed,
        };
        assert_eq!(
            found[2].levels,
            [
                level("satisfied", "满意", Rank::Best, 38, Some(107)),
                level(
                    "basically_satisfied",
                    "基本满意",
                    Rank::Between,
                    61,
                    Some(107)
                ),
                level("unsatisfied", "不满意", Rank::Lowest, 97, None),
            ]
        );
        let change = "UPDATE project_verdict_levels SET votes = 0";
        let mut write = world.service.app.database.write().await.unwrap();
        let done =
            on_either!(&mut write, conn => sqlx::query(change).execute(&mut *conn).await.is_ok());
        assert!(!done, "counts can be changed");
        assert_eq!(reworks(&world).await.len(), 1);
    }
}

#[tokio::test]
async fn the_responsible_unit_answers_a_rework_order_once() {
    for world in World::on_each_database().await {
        enter(&world, 1, &judged(38, 61, "unsatisfied"))
            .await
            .unwrap();
        let mut tx = world.service.app.database.write().await.unwrap();
        session::store::insert_poll(&mut tx, &poll(&world, 1))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let path = "/j/qinghe/2026/projects/QH26-01/rework";
        let other = world.staff_of("县教育局").await;
        let own = world.staff_of(UNIT).await;
        let good = [("rework_answer", "已补修12公里，逐村回访。")];
        let sent = world.service.post(path, Some(&other), &good).await;
        assert_eq!(sent.status, StatusCode::FORBIDDEN);
        let sent = world
            .service
            .post(path, Some(&own), &[("rework_answer", " ")])
            .await;
        assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(sent.body.contains("请填写此项"), "{}", sent.body);
        for _ in 0..2 {
            let sent = world.service.post(path, Some(&own), &good).await;
            assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
        }
        // A colleague's answer comes second: it is not taken, and not lost.
        let second = [("rework_answer", "同事另写的一份。")];
        let sent = world.service.post(path, Some(&own), &second).await;
        assert_eq!(sent.status, StatusCode::CONFLICT);
        assert!(sent.body.contains("同事另写的一份。"), "{}", sent.body);
        let page = world.service.get(PAGE, None).await;
        assert!(page.body.contains("逐村回访"), "{}", page.body);
        let kinds = opened(&world.service.app).await;
        for kind in [
            Kind::EvaluationVerdict,
            Kind::ReworkOrdered,
            Kind::ReworkAnswered,
        ] {
            assert!(kinds.contains(&kind), "{kind}");
        }
        assert_eq!(world.entries("rework_answered").await, 1);
    }
}

#[tokio::test]
async fn only_a_delivered_project_is_rated() {
    for world in World::on_each_database().await {
        let resident = world.service.sign_in(&[Role::Resident]).await;
        let early = rate_as(&world, resident.account, 5).await;
        assert!(matches!(early, Err(EvaluationError::NotDelivered)));
        world.finish("QH26-01", date!(2025 - 07 - 20)).await;
        rate_as(&world, resident.account, 5).await.unwrap();
    }
}

#[tokio::test]
async fn a_resident_has_one_rating_and_none_made_elsewhere_is_replaced_unseen() {
    for world in World::on_each_database().await {
        world.finish("QH26-01", date!(2025 - 07 - 20)).await;
        let resident = world.service.sign_in(&[Role::Resident]).await.account;
        let at_once = tokio::join!(
            rate_as(&world, resident, 1),
            rate_as(&world, resident, 2),
            rate_as(&world, resident, 3),
        );
        let at_once: [_; 3] = at_once.into();
        assert_eq!(at_once.iter().filter(|done| done.is_ok()).count(), 1);
        let stale = |done: &Result<(), _>| matches!(done, Err(EvaluationError::Stale));
        assert_eq!(at_once.iter().filter(|done| stale(done)).count(), 2);
        let stars = async || {
            let mut tx = world.service.app.database.read().await.unwrap();
            let stars: Vec<i32> = on_either!(&mut tx, conn => sqlx::query_scalar("SELECT stars FROM project_ratings")
                .fetch_all(&mut *conn).await.unwrap());
            stars
        };
        assert_eq!(stars().await.len(), 1);
        // In the place of what was seen; the same press again is harmless; who saw what stood before replaces nothing.
        world.service.app.clock.set(NOW.plus_seconds(60));
        for _ in 0..2 {
            rate_seeing(&world, resident, Some(NOW), 4).await.unwrap();
        }
        let former = rate_seeing(&world, resident, Some(NOW), 5).await;
        assert!(stale(&former), "{former:?}");
        assert_eq!(stars().await, [4]);
    }
}

#[tokio::test]
async fn a_rating_made_in_another_tab_is_shown_beside_this_one() {
    for world in World::on_each_database().await {
        world.finish("QH26-01", date!(2025 - 07 - 20)).await;
        let service = &world.service;
        let resident = service.sign_in(&[Role::Resident]).await;
        let seen = |page: &str| {
            let value = page.split("name=\"seen\" value=\"").nth(1).unwrap();
            value.split('"').next().unwrap().to_owned()
        };
        let opened = seen(&service.get(RATE, Some(&resident)).await.body);
        let send = async |seen: &str, stars: &str, comment: &str| {
            let form = [
                ("seen", seen),
                ("stars", stars),
                ("rating_comment", comment),
            ];
            service.post(RATE, Some(&resident), &form).await
        };
        let sent = send(&opened, "5", "第一个页面").await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
        let stale = send(&opened, "2", "第二个页面").await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        for part in ["第一个页面", "第二个页面", "另一个页面"] {
            assert!(stale.body.contains(part), "{part}: {}", stale.body);
        }
        let sent = send(&seen(&stale.body), "2", "第二个页面").await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
        let page = service.get(RATE, Some(&resident)).await;
        assert!(page.body.contains("第二个页面"), "{}", page.body);
    }
}

#[tokio::test]
async fn ratings_average_and_comments_are_withheld_below_five_responses() {
    for world in World::on_each_database().await {
        world.finish("QH26-01", date!(2025 - 07 - 20)).await;
        let api = "/api/v1/j/qinghe/2026/evaluation";
        for (number, stars) in [5, 4, 4, 5].into_iter().enumerate() {
            let resident = world.service.sign_in(&[Role::Resident]).await;
            rate_as(&world, resident.account, stars).await.unwrap();
            for path in [PAGE, RATE, api, "/j/qinghe/2026/projects/QH26-01"] {
                let shown = world.service.get(path, None).await;
                assert!(!shown.body.contains("路好走多了"), "{number} {path}");
                assert!(!shown.body.contains("位居民评分"), "{number} {path}");
                assert!(!shown.body.contains("mean_hundredths"), "{number} {path}");
            }
        }
        let fifth = world.service.sign_in(&[Role::Resident]).await;
        rate_as(&world, fifth.account, 3).await.unwrap();
        let page = world.service.get(PAGE, None).await;
        assert!(
            page.body.contains("4.20") && page.body.contains("5 位居民评分"),
            "{}",
            page.body
        );
        let words = world.service.get(RATE, None).await;
        assert!(words.body.contains("路好走多了"));
        assert!(
            !words.body.contains("城东李师傅"),
            "comments stand under no name"
        );
        let reply = world.service.get(api, None).await;
        let body: serde_json::Value = serde_json::from_str(&reply.body).unwrap();
        let residents = &body["projects"][0]["residents"];
        let expected = RatingSummary::Published {
            responses: 5,
            mean_hundredths: 420,
            counts: [0, 0, 1, 2, 2],
        };
        assert_eq!(*residents, serde_json::to_value(expected).unwrap());
    }
}

#[tokio::test]
async fn a_rating_is_sent_from_the_page_and_a_wrong_one_is_named() {
    for world in World::on_each_database().await {
        world.finish("QH26-01", date!(2025 - 07 - 20)).await;
        let service = &world.service;
        let resident = service.sign_in(&[Role::Resident]).await;
        let deputy = service.sign_in(&[Role::Deputy]).await;
        let good = [("stars", "4"), ("rating_comment", "很好")];
        let sent = service.post(RATE, Some(&deputy), &good).await;
        assert_eq!(
            sent.status,
            StatusCode::FORBIDDEN,
            "deputies vote, residents rate"
        );
        let long = "好".repeat(501);
        for (stars, comment, message) in [
            ("", "很好", "请填写此项"),
            ("6", "很好", "不得大于 5"),
            ("0", "很好", "不得小于 1"),
            ("4", long.as_str(), "最多填写 500 个字"),
        ] {
            let form = [("stars", stars), ("rating_comment", comment)];
            let sent = service.post(RATE, Some(&resident), &form).await;
            assert_eq!(sent.status, StatusCode::UNPROCESSABLE_ENTITY, "{stars}");
            assert!(sent.body.contains(message), "{message}: {}", sent.body);
            assert!(sent.body.contains(comment), "what was typed is lost");
        }
        let sent = service.post(RATE, Some(&resident), &good).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
        let own = service.get(RATE, Some(&resident)).await;
        assert!(own.body.contains("修改评价") && own.body.contains("很好"));
        let others = service.get("/j/qinghe/2026/evaluation/QH26-09", None).await;
        assert_eq!(others.status, StatusCode::NOT_FOUND);
    }
}

/// What every ballot signs is in the jurisdiction's language.
#[tokio::test]
async fn an_evaluation_made_by_an_english_reader_has_its_chinese_title() {
    for world in World::on_each_database().await {
        let mut tx = world.service.app.database.write().await.unwrap();
        cycles::set_stage(&mut tx, &world.cycle, Stage::Evaluating, NOW)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let office = world.service.sign_in(&[Role::Office]).await.in_english();
        let path = format!("{PAGE}/poll");
        let made = world.service.post(&path, Some(&office), &[]).await;
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
        let mut tx = world.service.app.database.read().await.unwrap();
        let made = polls(&mut tx, &world.cycle).await.unwrap();
        let titles: Vec<&str> = made.iter().map(|poll| poll.title.as_str()).collect();
        assert_eq!(titles, ["2026年民生实事项目满意度测评"]);
    }
}
