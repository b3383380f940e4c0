//! Cycles on each database: beginning one, moving it on.

use crate::testing::{Browser, TestService};
use axum::http::StatusCode;
use domain::cycles::{Stage, store};
use domain::on_either;
use domain::people::Role;
use tally::record::body::CycleStageReached;

fn fields() -> Vec<(&'static str, &'static str)> {
    vec![
        ("cycle-year", "2027"),
        ("cycle-term", "18"),
        ("cycle-session", "6"),
        ("cycle-places", "8"),
        ("cycle-districts", "城关\n稻香镇\n\n城关"),
    ]
}

#[tokio::test]
async fn the_office_begins_a_cycle_and_it_is_in_the_record() {
    for service in TestService::on_each_database(Stage::Closed).await {
        let office = service.sign_in(&[Role::Office]).await;
        let form = service.get("/j/qinghe/new", Some(&office)).await;
        assert!(form.body.contains("value=\"2027\""), "{}", form.body);
        let reply = service
            .post("/j/qinghe/new", Some(&office), &fields())
            .await;
        assert_eq!(reply.location.as_deref(), Some("/j/qinghe/2027"));
        let page = service.get("/j/qinghe/2027", None).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(
            page.body.contains("第十八届人民代表大会第六次会议"),
            "{}",
            page.body
        );
        let mut tx = service.app.database.read().await.unwrap();
        let districts = store::districts(&mut tx, service.jurisdiction.id)
            .await
            .unwrap();
        assert_eq!(districts, ["城关", "稻香镇"]);
        let bodies: Vec<String> = on_either!(&mut tx, conn => sqlx::query_scalar(
            "SELECT body FROM record_bodies").fetch_all(&mut *conn).await.unwrap());
        assert!(
            bodies.iter().any(|body| body.contains("2027")),
            "{bodies:?}"
        );
    }
}

#[tokio::test]
async fn a_wrong_cycle_form_comes_back_as_it_was_typed() {
    for service in TestService::on_each_database(Stage::Closed).await {
        let office = service.sign_in(&[Role::Office]).await;
        for (name, value, message) in [
            ("cycle-year", "2026", "该年度的工作已经存在。"),
            ("cycle-places", "0", "不得小于 1。"),
            ("cycle-term", "十八", "请填写整数。"),
        ] {
            let mut wrong = fields();
            wrong.retain(|(field, _)| *field != name);
            wrong.push((name, value));
            let reply = service.post("/j/qinghe/new", Some(&office), &wrong).await;
            assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
            assert!(reply.body.contains(message), "{name}: {}", reply.body);
            assert!(reply.body.contains("稻香镇"), "{name}");
        }
    }
}

#[tokio::test]
async fn a_cycle_takes_the_loop_s_steps_and_no_other_and_only_for_the_office() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let office = service.sign_in(&[Role::Office]).await;
        let resident = service.sign_in(&[Role::Resident]).await;
        let path = "/j/qinghe/2026/stage";
        let refused = service
            .post(path, Some(&resident), &[("to", "screening")])
            .await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        let jump = service.post(path, Some(&office), &[("to", "voting")]).await;
        assert_eq!(jump.status, StatusCode::CONFLICT);
        let nonsense = service.post(path, Some(&office), &[("to", "moon")]).await;
        assert_eq!(nonsense.status, StatusCode::UNPROCESSABLE_ENTITY);
        let step = service
            .post(path, Some(&office), &[("to", "screening")])
            .await;
        assert_eq!(step.status, StatusCode::SEE_OTHER, "{}", step.body);
        let again = service
            .post(path, Some(&office), &[("to", "screening")])
            .await;
        assert_eq!(again.status, StatusCode::SEE_OTHER, "the same press again");
        let mut tx = service.app.database.read().await.unwrap();
        let steps = store::steps(&mut tx, &service.cycle).await.unwrap();
        let stages: Vec<Stage> = steps.into_iter().map(|(stage, _)| stage).collect();
        assert_eq!(stages, [Stage::Collecting, Stage::Screening]);
        // The step that was taken is in the public record, and those that were refused are not.
        let recorded: Vec<String> = on_either!(&mut tx, conn => sqlx::query_scalar(
            "SELECT body FROM record_bodies").fetch_all(&mut *conn).await.unwrap());
        assert_eq!(recorded.len(), 1, "{recorded:?}");
        let reached = CycleStageReached::parse(recorded[0].as_bytes()).unwrap();
        assert_eq!(reached.stage, Stage::Screening.into());
    }
}

#[tokio::test]
async fn before_the_next_stage_the_office_sees_what_is_left_and_the_server_refuses() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let office = service.sign_in(&[Role::Office]).await;
        let resident = service.sign_in(&[Role::Resident]).await;
        let path = "/j/qinghe/2026";
        let to = |stage| [("to", stage)];
        let stage = format!("{path}/stage");
        let waiting = crate::proposals::tests::ready("修一修路灯", "黑得很。", "form");
        let (app, cycle) = (&service.app, &service.cycle);
        let by = domain::record::change::Actor::Account(resident.account);
        let proposal = domain::proposals::propose(app, by, cycle, resident.account, &waiting)
            .await
            .unwrap();
        let moved = service.post(&stage, Some(&office), &to("screening")).await;
        assert_eq!(moved.status, StatusCode::SEE_OTHER, "{}", moved.body);
        let page = service.get(path, Some(&office)).await.body;
        for left in [
            "收到的建议已全部受理或不予受理 <a href=\"/j/qinghe/2026/proposals/intake\">还差 1 项，去办理</a>",
            "候选项目已公示 <a href=\"/j/qinghe/2026/shortlist/compose\">去办理</a>",
        ] {
            assert!(page.contains(left), "{left}: {page}");
        }
        assert!(!page.contains("value=\"shortlisted\""), "{page}");
        let public = service.get(path, None).await.body;
        assert!(!public.contains("须办完"), "{public}");
        let early = service
            .post(&stage, Some(&office), &to("shortlisted"))
            .await;
        assert_eq!(early.status, StatusCode::CONFLICT);
        assert!(early.body.contains("条件还没有全部满足"), "{}", early.body);
        // One thing is done: the next is named.
        let accept = format!("{path}/proposals/{proposal}/accept");
        service.post(&accept, Some(&office), &[]).await;
        let page = service.get(path, Some(&office)).await.body;
        assert!(
            page.contains(
                "受理的建议已全部提出筛选意见 <a href=\"/j/qinghe/2026/screening/queue\">还差 1 项"
            ),
            "{page}"
        );
    }
}

#[tokio::test]
async fn the_office_plans_the_stages_and_everybody_sees_until_when() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let office = service.sign_in(&[Role::Office]).await;
        let resident = service.sign_in(&[Role::Resident]).await;
        let path = "/j/qinghe/2026/schedule";
        let today = service
            .app
            .clock
            .now()
            .in_zone(service.app.config.zone())
            .date();
        let day = |days| (today + time::Duration::days(days)).to_string();
        let (screening, voting) = (day(30), day(90));
        let plan = |version| {
            [
                ("version", version),
                ("begins-screening", screening.as_str()),
                ("begins-voting", voting.as_str()),
            ]
        };
        let refused = service.post(path, Some(&resident), &plan("0")).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        let planned = service.post(path, Some(&office), &plan("0")).await;
        assert_eq!(
            planned.location.as_deref(),
            Some("/j/qinghe/2026"),
            "{}",
            planned.body
        );
        let page = service.get("/j/qinghe/2026/proposals", None).await.body;
        assert!(page.contains("还剩 30 天"), "{page}");
        // The same press again is no news; another one who read the first version is told, and keeps what was typed.
        let again = service.post(path, Some(&office), &plan("0")).await;
        assert_eq!(again.status, StatusCode::SEE_OTHER);
        let other = [("version", "0"), ("begins-screening", &*day(40))];
        let stale = service.post(path, Some(&office), &other).await;
        assert_eq!(stale.status, StatusCode::CONFLICT);
        assert!(
            stale.body.contains(&day(40)) && stale.body.contains(&day(30)),
            "{}",
            stale.body
        );
        for (name, typed, word) in [
            ("begins-screening", "明天", "请填写日期"),
            ("begins-shortlisted", "2000-01-01", "日期不能早于前一阶段。"),
        ] {
            let wrong = service
                .post(path, Some(&office), &[("version", "1"), (name, typed)])
                .await;
            assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
            assert!(wrong.body.contains(word), "{name}: {}", wrong.body);
            assert!(wrong.body.contains(typed), "{name}: {}", wrong.body);
        }
    }
}

#[tokio::test]
async fn the_front_page_shows_the_home_that_was_chosen_before_all_others() {
    use domain::cycles::{self, JurisdictionKind, NewCycle};
    use domain::people::admin::add_jurisdiction;
    use domain::record::change::Actor;
    let service = TestService::start(Stage::Collecting).await;
    let now = "id=\"now\"";
    let only = service.get("/", None).await.body;
    assert!(only.contains(now), "the only place there is: {only}");
    let town = add_jurisdiction(&service.app, "liuwan", "柳湾镇", JurisdictionKind::Town)
        .await
        .unwrap();
    let new = NewCycle {
        year: 2026,
        term: 1,
        session: 2,
        places: 3,
    };
    cycles::create(&service.app, Actor::System, &town, new, &[])
        .await
        .unwrap();
    let both = service.get("/", None).await.body;
    assert!(!both.contains(now), "nobody has said which: {both}");
    assert!(
        both.contains("href=\"/j/liuwan/2026\""),
        "no page in between: {both}"
    );
    let office = service.sign_in(&[Role::Office]).await;
    let of_role = service.get("/", Some(&office)).await.body;
    assert!(
        of_role.contains(now) && of_role.contains("href=\"/j/qinghe/2026/proposals\""),
        "{of_role}"
    );
    let at_home = |cookie| Browser::stranger().with_cookie(cookie);
    let chosen = service.get("/", Some(&at_home("home=liuwan"))).await.body;
    assert!(
        chosen.contains("href=\"/j/liuwan/2026/proposals\""),
        "{chosen}"
    );
    for odd in ["home=../x", "home=nowhere"] {
        let odd = service.get("/", Some(&at_home(odd))).await;
        assert_eq!(odd.status, StatusCode::OK);
    }
    let forms = [
        ("home", "liuwan", StatusCode::SEE_OTHER),
        ("home", "柳湾", StatusCode::UNPROCESSABLE_ENTITY),
    ];
    for (name, value, status) in forms {
        let kept = service
            .post("/preferences", None, &[(name, value), ("back", "/")])
            .await;
        assert_eq!(kept.status, status, "{value}");
    }
}

#[tokio::test]
async fn each_step_of_the_year_leads_to_what_it_is_about() {
    let service = TestService::start(Stage::Voting).await;
    let page = service.get("/j/qinghe/2026", None).await.body;
    for stage in Stage::ALL {
        let part = crate::web::cycle_banner::part_of(stage);
        let path = format!("/j/qinghe/2026/{part}");
        assert!(page.contains(&format!("href=\"{path}\"")), "{path}: {page}");
        assert_eq!(
            service.get(&path, None).await.status,
            StatusCode::OK,
            "{path}"
        );
    }
}

#[tokio::test]
async fn after_an_evaluation_the_year_can_be_archived_as_well_as_go_on() {
    let service = TestService::start(Stage::Evaluating).await;
    let office = service.sign_in(&[Role::Office]).await;
    let page = service.get("/j/qinghe/2026", Some(&office)).await.body;
    assert!(page.contains("value=\"closed\""), "{page}");
    assert!(page.contains("转入“实施”阶段"), "{page}");
}
