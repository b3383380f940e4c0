//! Levels are data: a level more is a line in a rule, and nothing else.

use crate::projects::tests::World;
use crate::session::RuleForm;
use crate::session::testkit::TestSession;
use crate::testing::NOW;
use axum::http::StatusCode;
use ballot::Choices;
use domain::cycles::{Stage, store as cycles};
use domain::record::change::Actor;
use domain::session::{self, DualControlStep, PollKind};
use serde_json::{Value, json};
use tally::rules::Rule;
use tally::rules::document::{Document, LevelTable};

/// The usual rule with one level more, and another beside it that is never the verdict.
fn with_better_level(rule: &Rule) -> Rule {
    let mut document = Document::from(rule);
    document.levels.insert(
        0,
        LevelTable {
            id: "very_satisfied".to_owned(),
            label: "非常满意".to_owned(),
            threshold: Some("> 1/2".to_owned()),
            counts: None,
        },
    );
    Rule::from_document(document).unwrap()
}

/// Four deputies have judged two projects under the rule with four levels, and the result is announced.
async fn announced(world: World) -> TestSession {
    let mut tx = world.service.app.database.write().await.unwrap();
    cycles::set_stage(&mut tx, &world.cycle, Stage::Evaluating, NOW)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let mut session = TestSession::in_service(world.service, PollKind::Evaluation, 4, 2).await;
    let poll = session::find(session.app(), session.jurisdiction(), session.poll)
        .await
        .unwrap();
    let mut tx = session.app().database.read().await.unwrap();
    let items = session::store::items(&mut tx, &poll).await.unwrap();
    drop(tx);
    let (jurisdiction, cycle) = (&session.service.jurisdiction, &session.service.cycle);
    let usual = RuleForm::defaults(PollKind::Evaluation, jurisdiction, cycle, 4, 2)
        .rule(PollKind::Evaluation, jurisdiction, &items, None)
        .unwrap();
    let rule = with_better_level(&usual);
    let written = session::write_rules(
        session.app(),
        Actor::System,
        jurisdiction.id,
        session.poll,
        &rule,
    )
    .await
    .unwrap();
    session.adopt_written(written).await;
    session.check_in(4).await;
    session.both(DualControlStep::Freeze).await;
    session.both(DualControlStep::Open).await;
    let level = |n: usize| (0..4).map(|index| index == n).collect::<Vec<bool>>();
    for (deputy, [first, second]) in [[0, 3], [0, 3], [1, 2], [9, 3]].into_iter().enumerate() {
        session
            .cast(deputy, &Choices::from(vec![level(first), level(second)]))
            .await;
    }
    session.both(DualControlStep::Close).await;
    session.decrypt_all().await;
    session.announce().await;
    session
}

#[tokio::test]
async fn a_fourth_level_goes_from_the_rule_to_pages_exports_api_and_rework() {
    for world in World::on_each_database().await {
        a_fourth_level_is_shown(&announced(world).await).await;
    }
}

async fn a_fourth_level_is_shown(session: &TestSession) {
    let get = async |path: String| {
        let reply = session.service.get(&path, None).await;
        assert_eq!(reply.status, StatusCode::OK, "{path}: {}", reply.body);
        reply.body
    };
    let result = get(format!("/j/qinghe/2026/results/{}", session.poll)).await;
    // Two of four are half, but not more: with the next level together three are enough for that.
    for part in [
        "0 个非常满意、1 个满意、0 个基本满意、1 个不满意",
        "“非常满意”线：3 票",
        "“非常满意”：选此项的达到全体代表的过半数。",
        "“满意”：选此项与更好等次的合计达到全体代表的半数以上（含半数）。",
        "“不满意”：其余项目。",
    ] {
        assert!(result.contains(part), "{part}: {result}");
    }
    let results = get("/j/qinghe/2026/results.csv".to_owned()).await;
    assert!(
        results.contains("非常满意,满意,基本满意,不满意,"),
        "{results}"
    );
    assert!(results.contains("2,1,0,0,满意"), "{results}");
    let page = get("/j/qinghe/2026/evaluation".to_owned()).await;
    for part in [
        "“非常满意”：达到 3 票（应计 4 票）",
        "“满意”：达到 2 票（应计 4 票）",
        "badge warn",
        "badge bad",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let list = get("/j/qinghe/2026/evaluation.csv".to_owned()).await;
    assert!(list.contains("非常满意,满意,基本满意,不满意,"), "{list}");
    assert!(list.contains(",不满意,0,0,1,3,0,4,"), "{list}");
    let english = session.chair.clone().in_english();
    let english = session
        .service
        .get("/j/qinghe/2026/evaluation.csv", Some(&english))
        .await;
    // What our catalogue does not know stays as the ballot said it.
    assert!(
        english
            .body
            .contains("非常满意,Satisfied,Basically satisfied,"),
        "{}",
        english.body
    );
    let answer = get("/api/v1/j/qinghe/2026/evaluation".to_owned()).await;
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let first = &answer["projects"][0]["verdicts"][0];
    assert_eq!(first["verdict"], "satisfied");
    assert_eq!(
        first["levels"],
        json!([
            { "level": "very_satisfied", "label": "非常满意", "votes": 2, "needed": 3 },
            { "level": "satisfied", "label": "满意", "votes": 1, "needed": 2 },
            { "level": "basically_satisfied", "label": "基本满意", "votes": 0, "needed": 2 },
            { "level": "unsatisfied", "label": "不满意", "votes": 0, "needed": null },
        ])
    );
    assert_eq!(first["unanswered"], 1);
    let reworked = |project: usize| {
        answer["projects"][project]["reworks"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!((reworked(0), reworked(1)), (0, 1));
}
