//! What a jurisdiction settles for itself is in force everywhere: no code knows its categories, reasons or names.

use super::settings_form::SettingsForm;
use crate::proposals::tests::{ready, set_stage};
use crate::testing::{Browser, TestService};
use axum::http::StatusCode;
use domain::cycles::settings::{CategoryCode, Settings};
use domain::cycles::{JurisdictionKind, NewCycle, Stage, store};
use domain::people::Role;
use domain::projects::light_rules;
use domain::proposals::{self, ProposalId};
use domain::record::change::Actor;

const CHANGE: &str = "/j/qinghe/settings/change";

/// The form's fields as the page sends them, with these values in place of those in force.
async fn fields(service: &TestService, changed: &[(&str, &str)]) -> Vec<(String, String)> {
    let settings = in_force(service).await;
    let form = SettingsForm::of(&settings.0, settings.1);
    let mut all: Vec<(String, String)> = sent(&form)
        .into_iter()
        .map(|(name, value)| {
            let other = changed.iter().find(|(field, _)| *field == name);
            let value = other.map_or(value, |(_, value)| (*value).to_owned());
            (name, value)
        })
        .collect();
    let added = changed
        .iter()
        .filter(|(name, _)| name.contains("-row-"))
        .map(|(name, value)| (name.replace("-row-", "-"), (*value).to_owned()));
    all.extend(added.collect::<Vec<_>>());
    all
}

/// A form as a browser sends it: a field each, those of a list once a row.
fn sent(form: &SettingsForm) -> Vec<(String, String)> {
    use domain::cycles::settings::CodeList;
    let words = form.words().map(|(name, value, _)| (name, value));
    let mut all: Vec<(String, String)> = [("version", form.version.as_str())]
        .into_iter()
        .chain(form.numbers())
        .chain(words)
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    for (list, name) in [
        (CodeList::Categories, "category"),
        (CodeList::DeclineReasons, "reason"),
    ] {
        for at in 0..form.rows(list) {
            let row = form.row(list, at);
            if row.is_empty() {
                continue;
            }
            let usage = row.usage.shown(super::settings_rows::Use::name);
            let mut cells = vec![
                ("code", row.code),
                ("zh", row.zh),
                ("en", row.en),
                ("use", usage),
            ];
            if list == CodeList::DeclineReasons {
                cells.extend([("rule-zh", row.rule_zh), ("rule-en", row.rule_en)]);
            }
            all.extend(
                cells
                    .into_iter()
                    .map(|(cell, value)| (format!("{name}-{cell}"), value.to_owned())),
            );
        }
    }
    all
}

async fn in_force(service: &TestService) -> (Settings, i32) {
    let mut tx = service.app.database.read().await.unwrap();
    let here = store::jurisdiction_by_slug(&mut tx, "qinghe")
        .await
        .unwrap()
        .unwrap();
    (here.settings, here.settings_version)
}

async fn post(
    service: &TestService,
    browser: &Browser,
    form: &[(String, String)],
) -> crate::testing::Reply {
    let form: Vec<(&str, &str)> = form
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    service.post(CHANGE, Some(browser), &form).await
}

/// A county of its own kind: a category, a reason with its rule, thresholds, and another name for its members.
const OF_ITS_OWN: &[(&str, &str)] = &[
    ("category-row-code", "old_town"),
    ("category-row-zh", "老城更新"),
    ("category-row-en", "Old town renewal"),
    ("category-row-use", "offered"),
    ("reason-row-code", "heritage"),
    ("reason-row-zh", "涉及文物保护"),
    ("reason-row-en", "Protected heritage"),
    ("reason-row-rule-zh", "《文物保护办法》第三条"),
    ("reason-row-rule-en", "Heritage rules, article 3"),
    ("reason-row-use", "offered"),
    ("settings-yellow-points", "5"),
    ("settings-rework-days", "45"),
    ("settings-name-zh", "居民大会"),
    ("settings-name-en", "residents’ assembly"),
];

async fn proposed(service: &TestService, category: &str) -> ProposalId {
    let person = service.sign_in(&[Role::Resident]).await;
    let mut form = ready("修缮钟楼", "钟楼漏雨。", category);
    form.content.category = CategoryCode::new(category).unwrap();
    let actor = Actor::Account(person.account);
    proposals::propose(&service.app, actor, &service.cycle, person.account, &form)
        .await
        .unwrap()
}

#[tokio::test]
async fn what_a_jurisdiction_adds_is_on_forms_pages_exports_api_and_record() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let office = service.sign_in(&[Role::Office]).await;
        let form = fields(&service, OF_ITS_OWN).await;
        let reply = post(&service, &office, &form).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.body);
        let id = proposed(&service, "old_town").await;

        let base = "/j/qinghe/2026/proposals";
        let resident = service.sign_in(&[Role::Resident]).await;
        let page = service.get(&format!("{base}/new"), Some(&resident)).await;
        assert!(page.body.contains("老城更新"), "{}", page.body);
        let intake = service
            .get(&format!("{base}/intake/{id}"), Some(&office))
            .await;
        assert!(
            intake
                .body
                .contains("涉及文物保护（《文物保护办法》第三条）"),
            "{}",
            intake.body
        );
        let accept = format!("{base}/{id}/accept");
        let reply = service.post(&accept, Some(&office), &[]).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.body);
        for (path, words) in [
            (format!("{base}?category=old_town"), "修缮钟楼"),
            (format!("{base}/{id}"), "老城更新"),
            (format!("{base}.csv"), "老城更新"),
            (format!("/api/v1{base}"), "\"category\":\"old_town\""),
            (format!("/api/v1{base}"), "\"zh\":\"老城更新\""),
            ("/api/v1/j/qinghe/settings".to_owned(), "\"heritage\""),
            ("/j/qinghe/settings".to_owned(), "居民大会"),
            ("/record".to_owned(), "地区设置变更"),
            // What is in the record: the settings, then the proposal.
            ("/record/entry/0".to_owned(), "old_town"),
            ("/record/entry/1".to_owned(), "老城更新"),
        ] {
            let reply = service.get(&path, None).await;
            assert_eq!(reply.status, StatusCode::OK, "{path}");
            assert!(reply.body.contains(words), "{path}: {}", reply.body);
        }
    }
}

#[tokio::test]
async fn an_added_reason_declines_and_an_unknown_or_retired_one_is_refused() {
    let service = TestService::start(Stage::Collecting).await;
    let office = service.sign_in(&[Role::Office]).await;
    let form = fields(&service, OF_ITS_OWN).await;
    assert_eq!(
        post(&service, &office, &form).await.status,
        StatusCode::SEE_OTHER
    );
    let id = proposed(&service, "old_town").await;
    let decline = format!("/j/qinghe/2026/proposals/{id}/decline");
    for (reason, status) in [
        ("weather", StatusCode::UNPROCESSABLE_ENTITY),
        ("heritage", StatusCode::SEE_OTHER),
    ] {
        let form = [("reason", reason), ("explanation", "钟楼是文物。")];
        let reply = service.post(&decline, Some(&office), &form).await;
        assert_eq!(reply.status, status, "{reason}: {}", reply.body);
    }
    let page = service
        .get(&format!("/j/qinghe/2026/proposals/{id}"), Some(&office))
        .await;
    assert!(page.body.contains("涉及文物保护"), "{}", page.body);
}

#[tokio::test]
async fn other_thresholds_are_in_force_from_the_next_month() {
    let service = TestService::start(Stage::Implementing).await;
    let office = service.sign_in(&[Role::Office]).await;
    let form = fields(&service, &[("settings-yellow-points", "5")]).await;
    assert_eq!(
        post(&service, &office, &form).await.status,
        StatusCode::SEE_OTHER
    );
    let mut tx = service.app.database.read().await.unwrap();
    let rules = light_rules(&service.app, &mut tx, service.jurisdiction.id)
        .await
        .unwrap();
    let points = |month: &str| rules.of(month.parse().unwrap()).yellow_points;
    assert_eq!((points("2025-08"), points("2025-09")), (10, 5));
}

#[tokio::test]
async fn a_stale_form_comes_back_with_both_texts_and_can_then_be_saved() {
    for service in TestService::on_each_database(Stage::Implementing).await {
        let office = service.sign_in(&[Role::Office]).await;
        let slow = fields(&service, &[("settings-rework-days", "45")]).await;
        let quick = fields(&service, &[("settings-rework-days", "77")]).await;
        assert_eq!(
            post(&service, &office, &quick).await.status,
            StatusCode::SEE_OTHER
        );
        let reply = post(&service, &office, &slow).await;
        assert_eq!(reply.status, StatusCode::CONFLICT, "{}", reply.body);
        for words in ["设置已由他人修改", ">77<", "value=\"45\""] {
            assert!(reply.body.contains(words), "{words}: {}", reply.body);
        }
        assert_eq!(in_force(&service).await.1, 2);
        let mut again = slow;
        for (name, value) in &mut again {
            if name == "version" {
                "2".clone_into(value);
            }
        }
        assert_eq!(
            post(&service, &office, &again).await.status,
            StatusCode::SEE_OTHER
        );
        let (settings, version) = in_force(&service).await;
        assert_eq!((settings.periods.rework_days.get(), version), (45, 3));
    }
}

#[tokio::test]
async fn what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost() {
    let mut service = TestService::start(Stage::Implementing).await;
    let office = service.sign_in(&[Role::Office]).await;
    for (name, value, words) in [
        ("settings-red-points", "10", "不得小于 11。"),
        ("settings-rework-days", "两个月", "请填写整数。"),
        ("settings-meeting-zh", "{year}年会议", "花括号中"),
        ("settings-name-zh", "", "请填写此项。"),
    ] {
        let form = fields(
            &service,
            &[(name, value), ("settings-office-en", "the desk")],
        )
        .await;
        let reply = post(&service, &office, &form).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        for words in [words, "value=\"the desk\""] {
            assert!(reply.body.contains(words), "{name}: {}", reply.body);
        }
    }
    let mut without_roads = fields(&service, &[]).await;
    let first = without_roads
        .iter()
        .position(|(name, _)| name == "category-code")
        .unwrap();
    without_roads.drain(first..first + 4);
    let reply = post(&service, &office, &without_roads).await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(reply.body.contains("不能删除或改写"), "{}", reply.body);

    set_stage(&mut service, Stage::Voting).await;
    let form = fields(&service, &[("settings-members-zh", "委员")]).await;
    let reply = post(&service, &office, &form).await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(reply.body.contains("正在票决或测评"), "{}", reply.body);
    assert_eq!(in_force(&service).await.1, 1);
}

#[tokio::test]
async fn only_the_office_and_administrators_change_settings() {
    let service = TestService::start(Stage::Implementing).await;
    let form = fields(&service, &[("settings-rework-days", "45")]).await;
    for (role, status) in [
        (Role::Resident, StatusCode::FORBIDDEN),
        (Role::Government, StatusCode::FORBIDDEN),
        (Role::Admin, StatusCode::SEE_OTHER),
    ] {
        let browser = service.sign_in(&[role]).await;
        let reply = post(&service, &browser, &form).await;
        assert_eq!(reply.status, status, "{role:?}");
    }
}

#[tokio::test]
async fn a_street_s_pages_do_not_speak_of_a_congress() {
    let service = TestService::start(Stage::Collecting).await;
    let app = &service.app;
    let street = TestService::add_jurisdiction(app, "liuxi", JurisdictionKind::Street).await;
    let new = NewCycle {
        year: 2026,
        term: 1,
        session: 1,
        places: 3,
    };
    domain::cycles::create(app, Actor::System, &street, new, &[])
        .await
        .unwrap();
    let everything = service.sign_in_at(&Role::ALL, street.id).await;
    for path in [
        "",
        "/settings",
        "/2026",
        "/2026/proposals",
        "/2026/screening",
        "/2026/screening/queue",
        "/2026/shortlist",
        "/2026/session",
        "/2026/results",
        "/2026/projects",
        "/2026/evaluation",
    ] {
        let path = format!("/j/liuxi{path}");
        let page = service.get(&path, Some(&everything)).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        for words in ["人民代表大会", "人大代表", "人大办公室"] {
            assert!(!page.body.contains(words), "{path}: {words}");
        }
    }
    let page = service.get("/j/liuxi/2026", None).await;
    assert!(page.body.contains("居民议事会会议"), "{}", page.body);
    assert!(page.body.contains("由街道党工委确认"), "{}", page.body);
}
