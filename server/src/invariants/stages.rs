//! Each act in each stage by each role: who may is let through, and only in the act's own stages.

use super::world::{RequestBody, filled, in_session, send};
use crate::proposals::tests::set_stage;
use crate::screening::tests::candidate_fields;
use crate::testing::{Browser, Reply, TestService};
use axum::http::{Method, StatusCode};
use domain::cycles::Stage::{self, Collecting, Screening, Shortlisted, Voting};
use domain::people::Role;
use domain::proposals::{PROPOSERS, SUPPORTERS};
use domain::screening;
use std::collections::{BTreeMap, BTreeSet};

/// What somebody does, by its address after the year's.
struct Act {
    path: &'static str,
    roles: &'static [Role],
    stages: &'static [Stage],
}

const fn act(path: &'static str, roles: &'static [Role], stages: &'static [Stage]) -> Act {
    Act {
        path,
        roles,
        stages,
    }
}

const OFFICE: &[Role] = &[Role::Office];
const DESK: &[Role] = &[Role::Office, Role::Teller];
const CLERKS: &[Role] = &[Role::Office, Role::Government];
const SCREENERS: &[Role] = &[Role::Office, Role::UnitStaff, Role::Government];
const LEADERS: &[Role] = &[
    Role::Office,
    Role::ChiefScrutineer,
    Role::Scrutineer,
    Role::Chair,
];
const CONFIRMERS: &[Role] = &[Role::Chair, Role::Committee];
const CLUSTERING: &[Stage] = &[Collecting, Screening];
const COMPOSING: &[Stage] = &[Screening, Shortlisted];
/// The state of the poll says when, not the stage: `session::tests::states`.
const ANY: &[Stage] = &Stage::ALL;

const ACTS: [Act; 41] = [
    act("stage", OFFICE, ANY),
    act("stage/exception", OFFICE, ANY),
    act("stage/exception/confirm", CONFIRMERS, ANY),
    act("proposals/new", PROPOSERS, &[Collecting]),
    act("proposals/{proposal}/support", SUPPORTERS, &[Collecting]),
    act("proposals/{proposal}/withdraw", SUPPORTERS, &[Collecting]),
    act("proposals/{proposal}/accept", OFFICE, CLUSTERING),
    act("proposals/{proposal}/decline", OFFICE, CLUSTERING),
    act("screening/clusters", CLERKS, CLUSTERING),
    act(
        "screening/clusters/{cluster}/split/{proposal}",
        CLERKS,
        CLUSTERING,
    ),
    act("screening/queue/assign", OFFICE, CLUSTERING),
    act("screening/queue/decline", SCREENERS, &[Screening]),
    act("screening/queue/{proposal}/assign", OFFICE, CLUSTERING),
    act("screening/queue/{proposal}/decide", SCREENERS, &[Screening]),
    act("screening/publish", OFFICE, COMPOSING),
    act("shortlist/compose/new", CLERKS, COMPOSING),
    act("shortlist/compose/{candidate}", CLERKS, COMPOSING),
    act("shortlist/compose/{candidate}/remove", CLERKS, COMPOSING),
    act("shortlist/compose/review", CLERKS, COMPOSING),
    act("shortlist/compose/publish", OFFICE, COMPOSING),
    act("shortlist/comments", PROPOSERS, &[Shortlisted]),
    act(
        "shortlist/comments/{comment}",
        OFFICE,
        &[Shortlisted, Voting],
    ),
    act("session/polls", OFFICE, &[Voting]),
    act("session/follow-up", OFFICE, &[Voting]),
    act("session/polls/{poll}/motion", LEADERS, ANY),
    act("session/polls/{poll}/rules", OFFICE, ANY),
    act("session/polls/{poll}/adopt", OFFICE, ANY),
    act("session/polls/{poll}/confirm", LEADERS, ANY),
    act("session/polls/{poll}/ceremony/restart", OFFICE, ANY),
    act("session/polls/{poll}/announce", &[Role::Chair], ANY),
    act(
        "session/polls/{poll}/first-look",
        &[Role::ChiefScrutineer],
        ANY,
    ),
    act("session/polls/{poll}/headcount", &[Role::Deputy], ANY),
    act("results/{poll}/announcement", OFFICE, ANY),
    act("session/polls/{poll}/check-in-code", OFFICE, ANY),
    act("session/polls/{poll}/check-in-with", OFFICE, ANY),
    act("session/polls/{poll}/planned-end", OFFICE, ANY),
    act("session/polls/{poll}/desk/code", DESK, ANY),
    act("session/polls/{poll}/desk/leave", DESK, ANY),
    act("session/polls/{poll}/desk/paper", DESK, ANY),
    act("session/polls/{poll}/desk/hand-out", DESK, ANY),
    act("session/polls/{poll}/desk/replace", DESK, ANY),
];

/// What is said where the stage is not the act's.
const REFUSALS: [&str; 2] = ["当前阶段不能办理此事项。", "年度工作还没有进入这个环节。"];

/// Forms in order, so that nothing else is wrong with them. No step of the loop leads to collecting, and no poll closes twice.
fn fields(act: &Act, ids: &BTreeMap<&'static str, String>) -> Vec<(String, String)> {
    if act.path.starts_with("shortlist/compose/") {
        return candidate_fields("QH26-44");
    }
    let mut fields: Vec<(String, String)> = [
        ("to", "collecting"),
        ("exception_reason", "一项整改跨年办理。"),
        ("seen", "yes"),
        ("kind", "run_off"),
        ("proposal-title", "文庙社区办个食堂"),
        ("proposal-body", "老人吃口热饭。"),
        ("proposal-category", "elderly"),
        ("proposal-name", "王阿姨"),
        ("reason", "duplicate"),
        ("explanation", "已有同样的建议，合并办理。"),
        ("outcome", "feasible"),
        ("screening-unit", "县民政局"),
        ("screening-budget", "3"),
        ("comment-text", "一句话"),
        ("adopted", "yes"),
        ("answer", "一句话"),
        ("unit", "00000000-0000-0000-0000-000000000000"),
        ("step", "close"),
        ("side", "office"),
        ("asked", "no"),
        ("deputy", "1"),
        ("on_leave", "yes"),
        ("on_paper", "yes"),
        ("helped", "no"),
        ("paper", "1"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec();
    for name in ["proposal", "token", "proposal-channel"] {
        let value = ids.get(name).cloned();
        fields.extend(value.map(|value| (name.to_owned(), value)));
    }
    fields
}

async fn unclustered(service: &TestService) -> String {
    let mut tx = service.app.database.read().await.unwrap();
    let all = screening::unclustered(&mut tx, &service.cycle)
        .await
        .unwrap();
    all[0].0.to_string()
}

async fn does(
    service: &TestService,
    act: &Act,
    who: Option<&Browser>,
    ids: &BTreeMap<&'static str, String>,
) -> Reply {
    let path = format!("/j/qinghe/2026/{}", act.path);
    let path = filled(&path, ids).unwrap();
    let sent = if act.path == "proposals/new" {
        RequestBody::Multipart
    } else {
        RequestBody::Form
    };
    let to = (&Method::POST, path.as_str());
    send(service, to, who, &fields(act, ids), sent).await
}

fn is_decision(act: &Act) -> bool {
    act.path.ends_with("/decide") || act.path.ends_with("/decline") && act.path.contains("queue")
}

/// Why the answer is not what it should be, if it is not.
fn fault(act: &Act, stage: Stage, role: Role, reply: &Reply) -> Option<String> {
    let is_refused_by_stage = REFUSALS.iter().any(|text| reply.body.contains(text));
    let expected = match (act.roles.contains(&role), act.stages.contains(&stage)) {
        (false, _) => reply.status == StatusCode::FORBIDDEN && !is_refused_by_stage,
        (true, false) => reply.status == StatusCode::CONFLICT && is_refused_by_stage,
        // A unit's staff decide on what their unit is given.
        (true, true) if is_decision(act) && role == Role::UnitStaff => {
            reply.status == StatusCode::FORBIDDEN
        }
        // Who is no deputy of the roster, and on no side of the poll, is told so by the poll.
        (true, true) if act.path.starts_with("session/polls/") => !is_refused_by_stage,
        (true, true) => !is_refused_by_stage && reply.status != StatusCode::FORBIDDEN,
    };
    (!expected).then(|| {
        let (status, role) = (reply.status, role.name());
        format!("{} in {stage:?} by {role}: {status}", act.path)
    })
}

#[tokio::test]
async fn each_act_is_done_in_its_stages_by_its_roles() {
    let (mut session, mut ids) = in_session().await;
    // A proposal that is in a cluster is not opened anew.
    ids.insert("proposal", unclustered(&session.service).await);
    let mut people = Vec::new();
    for role in Role::ALL {
        people.push((role, session.service.sign_in(&[role]).await));
    }
    let mut faults = Vec::new();
    // Those in which the proposal is clustered come last.
    let (first, last) = Stage::ALL.split_at(CLUSTERING.len());
    for stage in last.iter().chain(first).copied() {
        for act in &ACTS {
            set_stage(&mut session.service, stage).await;
            ids.insert("token", format!("{stage:?}"));
            let stranger = does(&session.service, act, None, &ids).await;
            if stranger.status != StatusCode::UNAUTHORIZED {
                faults.push(format!("{} in {stage:?} by nobody", act.path));
            }
            for (role, person) in &people {
                // They enter for somebody who does not go online.
                match role {
                    Role::StationStaff | Role::Office => {
                        ids.insert("proposal-channel", "station".to_owned())
                    }
                    _ => ids.remove("proposal-channel"),
                };
                let reply = does(&session.service, act, Some(person), &ids).await;
                faults.extend(fault(act, stage, *role, &reply));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

/// So that no act is left out that is added later.
#[tokio::test]
async fn every_act_of_these_rooms_is_in_the_table() {
    let service = TestService::start(Collecting).await;
    let declared: BTreeSet<&str> = crate::router::routes(&service.app)
        .declared()
        .iter()
        .filter(|route| route.method == Method::POST)
        .filter_map(|route| route.path.strip_prefix("/j/{jurisdiction}/{year}/"))
        .filter(|path| {
            let room = path.split('/').next().unwrap_or_default();
            let rooms = [
                "stage",
                "proposals",
                "screening",
                "shortlist",
                "session",
                "results",
            ];
            rooms.contains(&room)
        })
        .collect();
    assert_eq!(declared, ACTS.iter().map(|act| act.path).collect());
}
