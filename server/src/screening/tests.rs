//! Screening and the shortlist on each database.

use super::candidate_form::CandidateForm;
pub(crate) use super::candidate_form::tests::{districts, form};
use crate::invariants::world::opened;
use crate::proposals::tests::{accepted, set_stage};
use crate::testing::{Browser, NOW, TestService};
use axum::http::StatusCode;
use domain::closed_loop::{AdvanceError, ConditionKind, advance};
use domain::cycles::Stage;
use domain::cycles::settings::DeclineReasonCode;
use domain::infra::money::Money;
use domain::on_either;
use domain::people::{Role, Unit, UnitId, store as people};
use domain::proposals::ProposalId;
use domain::record::change::Actor;
use domain::screening::*;
use time::macros::date;

pub(super) const PATH: &str = "/j/qinghe/2026";

pub(super) fn by(person: &Browser) -> Actor {
    Actor::Account(person.account)
}

/// A proposal as its page shows it now.
pub(super) async fn as_seen(service: &TestService, proposal: ProposalId) -> Chosen {
    let mut tx = service.app.database.read().await.unwrap();
    let found = case(&mut tx, &service.cycle, proposal).await.unwrap();
    Chosen {
        proposal,
        seen: found.unwrap().seen(),
    }
}

/// Somebody decides on the case of a proposal, having seen what stands.
pub(super) async fn decides(
    service: &TestService,
    who: &Browser,
    proposal: ProposalId,
    (outcome, explanation): (Outcome, &str),
) -> Result<(), ScreeningError> {
    let on = [as_seen(service, proposal).await];
    let decision = NewDecision {
        by: who.account,
        outcome,
        explanation,
    };
    decide(&service.app, by(who), &service.cycle, &on, &decision).await
}

/// Somebody assigns the case of a proposal, having seen who has it.
pub(super) async fn assigns(
    service: &TestService,
    who: &Browser,
    proposal: ProposalId,
    unit: UnitId,
) -> Result<(), ScreeningError> {
    let chosen = [as_seen(service, proposal).await];
    assign(&service.app, by(who), &service.cycle, &chosen, unit).await
}

pub(super) async fn record_kinds(service: &TestService) -> Vec<String> {
    let mut tx = service.app.database.read().await.unwrap();
    on_either!(&mut tx, conn => sqlx::query_scalar("SELECT kind FROM record_entries ORDER BY position")
        .fetch_all(&mut *conn).await.unwrap())
}

/// Three accepted proposals in a cycle at screening.
pub(super) async fn at_screening(service: &mut TestService) -> [ProposalId; 3] {
    let proposals = [
        accepted(service, "社区办个老人食堂", "老人吃口热饭。").await,
        accepted(service, "城南也办老人食堂", "走不动的送餐。").await,
        accepted(service, "修一修打铁巷的路灯", "晚上黑得很。").await,
    ];
    set_stage(service, Stage::Screening).await;
    proposals
}

/// A unit, and somebody who works for it.
pub(super) async fn unit_with_staff(service: &TestService, name: &str) -> (UnitId, Browser) {
    let staff = service.sign_in(&[Role::UnitStaff]).await;
    let unit = Unit {
        id: UnitId::new(NOW, &service.app.entropy),
        name: name.to_owned(),
    };
    let here = service.jurisdiction.id;
    let mut tx = service.app.database.write().await.unwrap();
    people::insert_unit(&mut tx, here, &unit).await.unwrap();
    people::add_unit_member(&mut tx, here, unit.id, staff.account)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    (unit.id, staff)
}

pub(super) fn feasible() -> Outcome {
    Outcome::Feasible {
        unit: "县民政局".to_owned(),
        budget: Money::from_wan(150),
        funding: String::new(),
    }
}

#[tokio::test]
async fn a_cluster_keeps_its_originals_and_counts_each_supporter_once() {
    for mut service in TestService::on_each_database(Stage::Collecting).await {
        let one = accepted(&service, "社区办个老人食堂", "热饭").await;
        let two = accepted(&service, "城南也办老人食堂", "送餐").await;
        let fan = service.sign_in(&[Role::Resident]).await;
        let other = service.sign_in(&[Role::Resident]).await;
        for (person, proposal) in [(&fan, one), (&fan, two), (&other, two)] {
            let path = format!("{PATH}/proposals/{proposal}/support");
            service.post(&path, Some(person), &[]).await;
        }
        set_stage(&mut service, Stage::Screening).await;
        let office = service.sign_in(&[Role::Office]).await;
        let id = cluster(&service.app, by(&office), &service.cycle, &[one, two])
            .await
            .unwrap();
        let mut tx = service.app.database.read().await.unwrap();
        let found = clusters(&mut tx, &service.cycle).await.unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].id, found[0].supporters), (id, 2));
        assert_eq!(found[0].title(), "社区办个老人食堂");
        drop(tx);
        let page = service.get(&format!("{PATH}/proposals/{two}"), None).await;
        assert!(page.body.contains("社区办个老人食堂"), "{}", page.body);
        assert!(page.body.contains("共 2 人支持"), "{}", page.body);
    }
}

#[tokio::test]
async fn a_proposal_is_in_one_cluster_only() {
    for mut service in TestService::on_each_database(Stage::Collecting).await {
        let [one, two, three] = at_screening(&mut service).await;
        let office = service.sign_in(&[Role::Office]).await;
        let id = cluster(&service.app, by(&office), &service.cycle, &[one, two])
            .await
            .unwrap();

        let again = cluster(&service.app, by(&office), &service.cycle, &[three, two]).await;
        assert!(
            matches!(again, Err(ScreeningError::InAnotherCluster(found)) if found == two),
            "{again:?}"
        );

        let lead = split(&service.app, by(&office), &service.cycle, id, one).await;
        assert!(matches!(lead, Err(ScreeningError::StandsForCluster(_))));
        split(&service.app, by(&office), &service.cycle, id, two)
            .await
            .unwrap();
        opened(&service.app).await;
        let kinds = record_kinds(&service).await;
        assert!(kinds.ends_with(&["proposals_merged".to_owned(), "proposal_split".to_owned()]));

        // One that was opened alone may still be merged, and once is enough.
        for chosen in [vec![two], vec![one, two], vec![one, two]] {
            cluster(&service.app, by(&office), &service.cycle, &chosen)
                .await
                .unwrap();
        }
        let mut tx = service.app.database.read().await.unwrap();
        assert_eq!(clusters(&mut tx, &service.cycle).await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn decisions_are_held_and_then_published_together() {
    for mut service in TestService::on_each_database(Stage::Collecting).await {
        let [one, _, three] = at_screening(&mut service).await;
        let office = service.sign_in(&[Role::Office]).await;
        let (bureau, unit) = unit_with_staff(&service, "县民政局").await;
        for proposal in [one, three] {
            assigns(&service, &office, proposal, bureau).await.unwrap();
        }
        let no = Outcome::Declined {
            reason: DeclineReasonCode::new("already_planned").unwrap(),
        };
        decides(&service, &unit, one, (feasible(), "可办"))
            .await
            .unwrap();
        decides(&service, &unit, three, (no, "已列入今年路灯计划"))
            .await
            .unwrap();

        let page = format!("{PATH}/proposals/{three}");
        for path in [page.as_str(), "/j/qinghe/2026/screening"] {
            let body = service.get(path, None).await.body;
            assert!(!body.contains("已列入今年路灯计划"), "{path}");
        }
        let publish = format!("{PATH}/screening/publish");
        let refused = service.post(&publish, Some(&unit), &[]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        let reply = service.post(&publish, Some(&office), &[]).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.body);
        for path in [page.as_str(), "/j/qinghe/2026/screening"] {
            let body = service.get(path, None).await.body;
            assert!(body.contains("已列入今年路灯计划"), "{path}: {body}");
            assert!(body.contains("已列入计划"), "{path}");
        }
        opened(&service.app).await;
        let kinds = record_kinds(&service).await;
        assert_eq!(
            kinds
                .iter()
                .filter(|kind| *kind == "screening_decided")
                .count(),
            2
        );
        let api = service
            .get("/api/v1/j/qinghe/2026/proposals?state=declined", None)
            .await
            .body;
        assert!(api.contains("打铁巷") && !api.contains("食堂"), "{api}");

        let late = decides(&service, &office, one, (feasible(), "")).await;
        assert!(
            matches!(
                late,
                Err(ScreeningError::State(_, DecisionError::Published))
            ),
            "{late:?}"
        );
    }
}

#[tokio::test]
async fn a_decision_with_something_missing_comes_back_as_it_was_typed() {
    for mut service in TestService::on_each_database(Stage::Collecting).await {
        let [one, ..] = at_screening(&mut service).await;
        let office = service.sign_in(&[Role::Office]).await;
        let page = format!("{PATH}/screening/queue/{one}");
        let opened = service.get(&page, Some(&office)).await;
        assert_eq!(opened.status, StatusCode::OK, "{}", opened.body);
        let decide = format!("{page}/decide");
        let seen = crate::screening::stale_tests::seen(&opened.body);
        let wrong = [
            ("outcome", "feasible"),
            ("screening-unit", "县民政局"),
            ("screening-budget", "-3"),
            ("explanation", "先行试点"),
            ("seen", &seen),
        ];
        let reply = service.post(&decide, Some(&office), &wrong).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
        for kept in ["县民政局", "-3", "先行试点", "不得小于 0。"] {
            assert!(reply.body.contains(kept), "{kept}: {}", reply.body);
        }
        let right = [
            ("outcome", "feasible"),
            ("screening-unit", "县民政局"),
            ("screening-budget", "3"),
            ("seen", &seen),
        ];
        let reply = service.post(&decide, Some(&office), &right).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.body);
        let queue = service
            .get(&format!("{PATH}/screening/queue"), Some(&office))
            .await;
        assert!(queue.body.contains("已审 1 条，共 3 条"), "{}", queue.body);
        let resident = service.sign_in(&[Role::Resident]).await;
        let reply = service.post(&decide, Some(&resident), &right).await;
        assert_eq!(reply.status, StatusCode::FORBIDDEN);
    }
}

/// The fields of a candidate's form, all in order.
pub(crate) fn candidate_fields(code: &str) -> Vec<(String, String)> {
    let mut form = form();
    form.candidate_code = code.to_owned();
    form.amend_reason = "采纳公众意见。".to_owned();
    let mut fields: Vec<(String, String)> = pairs(&form)
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    for (name, value) in [
        ("review-date", "2026-01-10"),
        ("review-document", "青委〔2026〕3号"),
    ] {
        fields.push((name.to_owned(), value.to_owned()));
    }
    fields
}

pub(crate) fn pairs(form: &CandidateForm) -> Vec<(&'static str, &str)> {
    let mut pairs = vec![
        ("candidate-code", form.candidate_code.as_str()),
        ("candidate-title", &form.candidate_title),
        ("candidate-summary", &form.candidate_summary),
        ("candidate-unit", &form.candidate_unit),
        ("candidate-lead", &form.candidate_lead),
        ("candidate-goal", &form.candidate_goal),
        ("candidate-budget", &form.candidate_budget),
        ("candidate-funding", &form.candidate_funding),
        ("candidate-location", &form.candidate_location),
        ("amend-reason", &form.amend_reason),
        ("cluster", &form.cluster),
        ("seen", &form.seen),
    ];
    pairs.extend(form.due.iter().map(|value| ("due", value.as_str())));
    pairs.extend(form.text.iter().map(|value| ("text", value.as_str())));
    pairs.extend(form.percent.iter().map(|value| ("percent", value.as_str())));
    pairs
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one list's whole way, step by step")]
async fn a_shortlist_is_composed_reviewed_published_and_then_changed_only_with_a_reason() {
    for mut service in TestService::on_each_database(Stage::Collecting).await {
        let [one, two, _] = at_screening(&mut service).await;
        let office = service.sign_in(&[Role::Office]).await;
        let post = async |path: &str, fields: &[(&str, &str)]| {
            service
                .post(&format!("{PATH}/shortlist{path}"), Some(&office), fields)
                .await
        };
        let merged = service
            .post(
                &format!("{PATH}/screening/clusters"),
                Some(&office),
                &[
                    ("proposal", &one.to_string()),
                    ("proposal", &two.to_string()),
                ],
            )
            .await;
        let location = merged.location.unwrap();
        assert!(
            location.ends_with(&format!("/screening/queue/{one}")),
            "{location}"
        );
        let mut tx = service.app.database.read().await.unwrap();
        let found = clusters(&mut tx, &service.cycle).await.unwrap();
        let cluster = found[0].id.to_string();
        drop(tx);

        let early = post("/compose/publish", &[]).await;
        assert_eq!(early.status, StatusCode::CONFLICT);
        let mut typed = form();
        typed.cluster = cluster;
        typed.candidate_budget = "-1".to_owned();
        let wrong = post("/compose/new", &pairs(&typed)).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            wrong.body.contains("城乡居家养老服务中心建设"),
            "{}",
            wrong.body
        );
        assert!(wrong.body.contains("2026-12-20"));
        typed.candidate_budget = "1180".to_owned();
        let added = post("/compose/new", &pairs(&typed)).await;
        assert_eq!(added.status, StatusCode::SEE_OTHER, "{}", added.body);
        let taken = post("/compose/new", &pairs(&typed)).await;
        assert!(taken.body.contains("此编号已被使用"), "{}", taken.body);

        let hidden = service.get(&format!("{PATH}/shortlist"), None).await.body;
        assert!(!hidden.contains("QH26-04"));
        let bad_date = post(
            "/compose/review",
            &[
                ("review-date", "昨天"),
                ("review-document", "青委〔2026〕3号"),
            ],
        )
        .await;
        assert_eq!(bad_date.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(bad_date.body.contains("青委〔2026〕3号"));
        let review = [
            ("review-date", "2026-01-10"),
            ("review-document", "青委〔2026〕3号"),
        ];
        assert_eq!(
            post("/compose/review", &review).await.status,
            StatusCode::SEE_OTHER
        );
        assert_eq!(
            post("/compose/publish", &[]).await.status,
            StatusCode::SEE_OTHER
        );

        let facts = service
            .get("/api/v1/j/qinghe/2026/shortlist/facts", None)
            .await
            .body;
        let hash = hex::encode(ring::digest::digest(
            &ring::digest::SHA256,
            facts.as_bytes(),
        ));
        let shown = service.get(&format!("{PATH}/shortlist"), None).await.body;
        assert!(
            shown.contains(&hash) && shown.contains("QH26-04"),
            "{shown}"
        );
        let page = service
            .get(&format!("{PATH}/shortlist/QH26-04"), None)
            .await
            .body;
        assert!(
            page.contains("城南也办老人食堂") && page.contains("钱局长"),
            "{page}"
        );
        let proposal = service
            .get(&format!("{PATH}/proposals/{two}"), None)
            .await
            .body;
        assert!(proposal.contains("列入候选项目"), "{proposal}");

        assert_eq!(
            post("/compose/publish", &[]).await.status,
            StatusCode::CONFLICT
        );
        assert_eq!(
            post("/compose/new", &pairs(&typed)).await.status,
            StatusCode::CONFLICT
        );
        let mut tx = service.app.database.read().await.unwrap();
        let found = candidates(&mut tx, &service.cycle).await.unwrap();
        drop(tx);
        assert_eq!(found.len(), 1);
        let grown_from: Vec<_> = found[0].proposals.iter().map(|origin| origin.id).collect();
        assert_eq!(grown_from, [one, two]);
        let edit = format!("/compose/{}", found[0].id);
        assert_eq!(
            post(&format!("{edit}/remove"), &[]).await.status,
            StatusCode::CONFLICT
        );
        typed.seen = found[0].facts.version();
        typed.candidate_budget = "1200".to_owned();
        let unexplained = post(&edit, &pairs(&typed)).await;
        assert_eq!(unexplained.status, StatusCode::UNPROCESSABLE_ENTITY);
        typed.amend_reason = "采纳公众意见，增加助餐点。".to_owned();
        let amended = post(&edit, &pairs(&typed)).await;
        assert_eq!(amended.status, StatusCode::SEE_OTHER, "{}", amended.body);
        // Nothing more to change: the list is amended once.
        let mut tx = service.app.database.read().await.unwrap();
        let now = candidates(&mut tx, &service.cycle).await.unwrap();
        drop(tx);
        typed.seen = now[0].facts.version();
        let again = post(&edit, &pairs(&typed)).await;
        assert_eq!(again.status, StatusCode::SEE_OTHER, "{}", again.body);
        let api = service
            .get("/api/v1/j/qinghe/2026/shortlist", None)
            .await
            .body;
        assert!(api.contains("1200000000") && !api.contains(&hash), "{api}");
        opened(&service.app).await;
        let kinds = record_kinds(&service).await;
        assert!(
            kinds.ends_with(&[
                "shortlist_published".to_owned(),
                "shortlist_amended".to_owned()
            ]),
            "{kinds:?}"
        );
    }
}

/// A published shortlist of one candidate, in a cycle at the stage for comments.
pub(crate) async fn published(service: &mut TestService) -> CandidateId {
    set_stage(service, Stage::Shortlisted).await;
    let office = service.sign_in(&[Role::Office]).await;
    let facts = form().check(2026, &districts()).unwrap();
    let id = shortlist::add(&service.app, by(&office), &service.cycle, &facts, None)
        .await
        .unwrap();
    let review = Review {
        on: date!(2026 - 01 - 10),
        document: "青委〔2026〕3号".to_owned(),
    };
    shortlist::review(&service.app, by(&office), &service.cycle, &review)
        .await
        .unwrap();
    shortlist::publish(&service.app, by(&office), &service.cycle)
        .await
        .unwrap();
    id
}

#[tokio::test]
async fn a_comment_is_public_once_and_is_answered_once() {
    for mut service in TestService::on_each_database(Stage::Screening).await {
        let candidate = published(&mut service).await.to_string();
        let person = service.sign_in(&[Role::Resident]).await;
        let office = service.sign_in(&[Role::Office]).await;
        let path = format!("{PATH}/shortlist");
        let comments_path = format!("{path}/comments");
        let comment = [
            ("comment-candidate", candidate.as_str()),
            ("comment-text", "建议增加送餐服务"),
            ("token", "t1"),
        ];
        for _ in 0..2 {
            let reply = service.post(&comments_path, Some(&person), &comment).await;
            assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.body);
        }
        let long = "长".repeat(501);
        let reply = service
            .post(&comments_path, Some(&person), &[("comment-text", &long)])
            .await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(reply.body.contains(&long));
        let mut tx = service.app.database.read().await.unwrap();
        let found = comments(&mut tx, &service.cycle).await.unwrap();
        drop(tx);
        assert_eq!(found.len(), 1);
        let answer = format!("{comments_path}/{}", found[0].id);
        let text = [("adopted", "yes"), ("answer", "已增加八个送餐点")];
        let refused = service.post(&answer, Some(&person), &text).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        let empty = service
            .post(&answer, Some(&office), &[("adopted", "yes")])
            .await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
        // One field is wrong: the other stays as it was typed, and both are asked for again at the same comment.
        let typed = "已增加八个<送餐点>";
        for (adopted, text) in [("", typed), ("yes", &*"长".repeat(1001))] {
            let form = [("adopted", adopted), ("answer", text)];
            let reply = service.post(&answer, Some(&office), &form).await;
            assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
            let kept = text.replace('<', "&lt;").replace('>', "&gt;");
            assert!(reply.body.contains(&kept), "{}", reply.body);
            assert!(reply.body.contains("<details open"), "{}", reply.body);
            let faults = crate::web::lint::faults(&reply.body);
            assert!(faults.is_empty(), "{faults:#?}");
        }
        for _ in 0..2 {
            let done = service.post(&answer, Some(&office), &text).await;
            assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
        }
        // A colleague's answer comes second: both are shown.
        let theirs = [("adopted", "no"), ("answer", "同事另写的一份。")];
        let second = service.post(&answer, Some(&office), &theirs).await;
        assert_eq!(second.status, StatusCode::CONFLICT);
        for part in ["同事已先答复", "同事另写的一份。", "已增加八个送餐点"] {
            assert!(second.body.contains(part), "{part}: {}", second.body);
        }
        let body = service.get(&path, None).await.body;
        assert!(
            body.contains("已增加八个送餐点") && body.contains("采纳"),
            "{body}"
        );
    }
}

#[tokio::test]
async fn voting_begins_with_a_published_shortlist_only_and_then_nothing_changes() {
    for mut service in TestService::on_each_database(Stage::Shortlisted).await {
        let office = service.sign_in(&[Role::Office]).await;
        let actor = Actor::Account(office.account);
        let early = advance(&service.app, actor, &service.cycle, Stage::Voting).await;
        let unpublished = |left| matches!(left, Err(AdvanceError::NotYet(one)) if one.kind == ConditionKind::ShortlistPublished);
        assert!(unpublished(early));
        let facts = form().check(2026, &districts()).unwrap();
        let id = shortlist::add(&service.app, by(&office), &service.cycle, &facts, None)
            .await
            .unwrap();
        let review = Review {
            on: date!(2026 - 01 - 10),
            document: "青委〔2026〕3号".to_owned(),
        };
        shortlist::review(&service.app, by(&office), &service.cycle, &review)
            .await
            .unwrap();
        shortlist::publish(&service.app, by(&office), &service.cycle)
            .await
            .unwrap();
        service.cycle = advance(&service.app, actor, &service.cycle, Stage::Voting)
            .await
            .unwrap();
        let late = shortlist::change(
            &service.app,
            by(&office),
            &service.cycle,
            id,
            &facts,
            &facts.version(),
            "更正",
        )
        .await;
        assert!(
            matches!(
                late,
                Err(ShortlistError::Guard(
                    domain::cycles::GuardError::NotInStage(Stage::Voting)
                ))
            ),
            "{late:?}"
        );
    }
}
