//! No list costs a query for each of its rows: a page with a hundred rows executes what one with ten does.

use crate::demo::audit::DemoEvent;
use crate::projects::tests::facts;
use crate::proposals::tests::{accepted, set_stage};
use crate::session::RuleForm;
use crate::session::testkit::items_of;
use crate::testing::{Browser, NOW, TestService};
use crate::traces::statements;
use ballot::Digest;
use domain::cycles::Stage;
use domain::evaluation::{ProjectVerdict, Rank, VerdictLevel, store as evaluation};
use domain::infra::database::Tx;
use domain::people::{Delegation, DelegationId, DeputyId, Role, store as people};
use domain::projects::hand_over;
use domain::projects::store as projects;
use domain::record::change::{Actor, Change};
use domain::screening::{self, CandidateId, store as candidates};
use domain::session::{
    Adopted, Hands, Poll, PollId, PollKind, PollState, StateName, store as session,
};
use std::collections::BTreeMap;
use tally::rules::{LevelId, RollHash, RuleHash};
use time::macros::date;

/// Every list, and who opens it.
const LISTS: &[(&str, Option<Role>)] = &[
    ("/", None),
    ("/j/qinghe", None),
    ("/j/qinghe/2026", None),
    ("/j/qinghe/2026/proposals", None),
    ("/j/qinghe/2026/proposals.csv", None),
    ("/j/qinghe/2026/proposals.atom", None),
    ("/api/v1", None),
    ("/api/v1/j/qinghe", None),
    ("/api/v1/j/qinghe/2026", None),
    ("/api/v1/j/qinghe/2026/proposals", None),
    ("/j/qinghe/2026/proposals/intake", Some(Role::Office)),
    ("/j/qinghe/2026/screening", Some(Role::Office)),
    ("/j/qinghe/2026/screening/queue", Some(Role::Office)),
    ("/j/qinghe/2026/shortlist", None),
    ("/j/qinghe/2026/shortlist.csv", None),
    ("/api/v1/j/qinghe/2026/shortlist", None),
    ("/j/qinghe/2026/shortlist/compose", Some(Role::Office)),
    ("/j/qinghe/2026/session", None),
    ("/j/qinghe/2026/results", None),
    ("/j/qinghe/2026/projects", None),
    ("/j/qinghe/2026/projects.csv", None),
    ("/j/qinghe/2026/calendar.ics", None),
    ("/api/v1/j/qinghe/2026/projects", None),
    ("/j/qinghe/2026/evaluation", None),
    ("/j/qinghe/2026/evaluation.csv", None),
    ("/api/v1/j/qinghe/2026/evaluation", None),
    ("/record", None),
    ("/j/qinghe/2026/record", None),
    ("/j/qinghe/2026/record.atom", None),
    ("/j/qinghe/deputies", None),
    ("/j/qinghe/people", Some(Role::Office)),
    ("/j/qinghe/audit", Some(Role::Office)),
];

/// A county with so many of everything, from proposals to verdicts.
async fn county_of(rows: usize) -> TestService {
    let mut service = TestService::start(Stage::Collecting).await;
    let mut proposals = Vec::new();
    for number in 0..rows {
        proposals
            .push(accepted(&service, &format!("修一修第{number}条路"), "路面坏了很久。").await);
    }
    set_stage(&mut service, Stage::Screening).await;
    for one in proposals.iter().step_by(2) {
        screening::cluster(&service.app, Actor::System, &service.cycle, &[*one])
            .await
            .unwrap();
    }
    let codes: Vec<String> = (1..=rows)
        .map(|number| format!("QH26-{number:03}"))
        .collect();
    let mut change = Change::begin(&service.app, Actor::System, Some(service.cycle.scope()))
        .await
        .unwrap();
    for code in &codes {
        let id = CandidateId::new(NOW, &service.app.entropy);
        candidates::insert(
            &mut change.tx,
            &service.cycle,
            id,
            &facts(code, "县交通运输局"),
        )
        .await
        .unwrap();
    }
    enrol(&service, &mut change.tx, rows).await;
    change
        .audit(DemoEvent::Enrol {
            jurisdiction: service.jurisdiction.id,
        })
        .await
        .unwrap();
    change.commit().await.unwrap();
    set_stage(&mut service, Stage::Voting).await;
    at_work(&service, &codes).await;
    decided(&service, rows).await;
    set_stage(&mut service, Stage::Implementing).await;
    service
}

/// So many polls of the cycle, with their rules, are announced.
async fn decided(service: &TestService, polls: usize) {
    let items = items_of(2);
    let kind = PollKind::Evaluation;
    let rule = RuleForm::defaults(kind, &service.jurisdiction, &service.cycle, 3, items.len())
        .rule(kind, &service.jurisdiction, &items, None)
        .unwrap()
        .to_toml();
    let hands = Hands {
        in_favour: 3,
        against: 0,
        abstained: 0,
    };
    let adopted = Adopted {
        rule: RuleHash::of(rule.as_bytes()),
        hands,
        threshold: 2,
        at: NOW,
    };
    let announced = PollState::Drafted
        .adopt(adopted)
        .and_then(|state| state.freeze(RollHash::of(b"[]"), Digest::of("election"), 3, NOW))
        .and_then(|state| state.open(NOW))
        .and_then(|state| state.close(2, NOW))
        .and_then(|state| state.decrypt(NOW))
        .and_then(|state| state.announce(NOW))
        .unwrap();
    let mut tx = service.app.database.write().await.unwrap();
    for number in 0..polls {
        let id = PollId::new(NOW, &service.app.entropy);
        let poll = Poll {
            id,
            follows: None,
            check_in: id,
            keys_of: id,
            jurisdiction: service.jurisdiction.id,
            cycle: service.cycle.id,
            kind,
            title: format!("第{number}次测评"),
            election: ballot::Uuid::generate(&mut service.app.entropy.rng()),
            facts: None,
            roster: String::new(),
            state: PollState::Drafted,
            created_at: NOW,
        };
        session::insert_poll(&mut tx, &poll).await.unwrap();
        session::insert_object(&mut tx, &poll, session::ObjectKind::Rule, &rule)
            .await
            .unwrap();
        session::save_state(&mut tx, &poll, StateName::Drafted, &announced)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
}

async fn enrol(service: &TestService, tx: &mut Tx, deputies: usize) {
    let delegation = Delegation {
        id: DelegationId::new(NOW, &service.app.entropy),
        name: "城关代表团".to_owned(),
        position: 1,
    };
    people::insert_delegation(tx, service.jurisdiction.id, &delegation)
        .await
        .unwrap();
    for number in 1..=i32::try_from(deputies).unwrap() {
        let new = people::NewDeputy {
            id: DeputyId::new(NOW, &service.app.entropy),
            number,
            name: format!("代表{number}"),
            delegation: delegation.id,
            account: None,
        };
        people::insert_deputy(tx, service.jurisdiction.id, &new, NOW)
            .await
            .unwrap();
    }
}

/// Every candidate is a project with a verdict.
async fn at_work(service: &TestService, codes: &[String]) {
    let app = &service.app;
    let mut change = Change::begin(app, Actor::System, Some(service.cycle.scope()))
        .await
        .unwrap();
    hand_over(app, &mut change, &service.cycle, codes)
        .await
        .unwrap();
    for project in projects::projects(&mut change.tx, &service.cycle)
        .await
        .unwrap()
    {
        let verdict = ProjectVerdict {
            project: project.id,
            poll: uuid::Uuid::from_u128(7),
            levels: vec![VerdictLevel {
                id: LevelId::new("satisfied").unwrap(),
                label: "满意".to_owned(),
                rank: Some(Rank::Best),
                votes: 150,
                needed: Some(107),
            }],
            unanswered: 3,
            base: 213,
            verdict: LevelId::new("satisfied"),
            announced_at: NOW,
            announced_on: date!(2025 - 08 - 01),
        };
        evaluation::insert_verdict(&mut change.tx, service.jurisdiction.id, &verdict)
            .await
            .unwrap();
    }
    change
        .audit(DemoEvent::Enrol {
            jurisdiction: service.jurisdiction.id,
        })
        .await
        .unwrap();
    change.commit().await.unwrap();
}

/// The number of statements of each list.
async fn costs(service: &TestService) -> BTreeMap<&'static str, usize> {
    let office = service.sign_in(&[Role::Office]).await;
    let mut costs = BTreeMap::new();
    for (path, role) in LISTS {
        let browser: Option<&Browser> = role.map(|_| &office);
        // What is kept from one request to the next (a checkpoint, a connection) is made by the first.
        for _ in 0..2 {
            let request = axum::http::Request::get(*path);
            let (reply, noted) =
                statements(service.send(request, browser, axum::body::Body::empty())).await;
            assert_eq!(reply.status, 200, "{path}: {}", reply.body);
            costs.insert(*path, noted.len());
        }
    }
    costs
}

#[tokio::test]
#[expect(clippy::print_stdout, reason = "the numbers are worth seeing")]
async fn no_list_costs_a_query_for_each_row() {
    let ten = costs(&county_of(10).await).await;
    let hundred = costs(&county_of(100).await).await;
    for (path, count) in &ten {
        println!(
            "{path}: {count} statements for 10 rows, {} for 100",
            hundred[path]
        );
    }
    let grown: Vec<_> = ten
        .iter()
        .filter(|(path, count)| hundred[*path] > **count)
        .collect();
    assert!(grown.is_empty(), "more for 100 rows than for 10: {grown:?}");
}
