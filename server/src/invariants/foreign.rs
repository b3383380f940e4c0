//! Promise 7: what one jurisdiction may not see or change of another, no id in an address or in a form opens.

use super::world::{RequestBody, at_work, filled, in_session, is_anybodys, parameters, rows, send};
use crate::testing::{NOW, TestService};
use axum::http::{Method, StatusCode};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use domain::cycles::{Cycle, JurisdictionKind, Stage};
use domain::infra::ids::CycleId;
use domain::people::Role;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// A second county with a cycle of the same year and stage, and somebody who holds every role there and none in the
/// first.
async fn second_county(service: &TestService, stage: &Cycle) -> (Cycle, crate::testing::Browser) {
    let app = &service.app;
    let other = TestService::add_jurisdiction(app, "baihe", JurisdictionKind::County).await;
    let cycle = Cycle {
        id: CycleId::new(NOW, &app.entropy),
        jurisdiction: other.id,
        ..stage.clone()
    };
    let mut tx = app.database.write().await.unwrap();
    domain::cycles::store::insert_cycle(&mut tx, &cycle, NOW)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    (cycle, service.sign_in_at(&Role::ALL, other.id).await)
}

/// Fields that name objects, filled with the first county's.
fn fields(ids: &BTreeMap<&'static str, String>) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> = ids
        .iter()
        .map(|(name, id)| ((*name).to_owned(), id.clone()))
        .collect();
    for (name, of) in [
        ("comment-candidate", "candidate"),
        ("proposals", "proposal"),
        ("chosen", "proposal"),
        ("scrutineers", "account"),
        ("scrutineer", "account"),
    ] {
        if let Some(id) = ids.get(of) {
            fields.push((name.to_owned(), id.clone()));
        }
    }
    for (name, value) in [
        ("comment-text", "一句话"),
        ("answer", "一句话"),
        ("adopted", "yes"),
        ("role", "office"),
        ("step", "close"),
        ("side", "office"),
        ("reason", "duplicate"),
        ("explanation", "已有同样的建议，合并办理。"),
        ("report_month", "2025-07"),
        ("report_percent", "30"),
        ("report_spent", "1"),
        ("report_text", "一句话"),
        ("report_reason", "一句话"),
        ("completed_on", "2025-07-30"),
        ("delivered_on", "2025-07-30"),
        ("accepted_on", "2025-07-30"),
        ("rework_answer", "一句话"),
        ("stars", "5"),
        ("public_credential", "00"),
        ("token", "t7"),
    ] {
        fields.push((name.to_owned(), value.to_owned()));
    }
    fields
}

async fn knock(
    service: &TestService,
    cycle: &Cycle,
    ids: &BTreeMap<&'static str, String>,
) -> BTreeSet<String> {
    let (mut other, insider) = second_county(service, cycle).await;
    let mut here = ids.clone();
    here.insert("jurisdiction", "baihe".to_owned());
    let mut knocked = BTreeSet::new();
    for stage in Stage::ALL {
        set_stage_of(service, &other, stage).await;
        other.stage = stage;
        let before = rows(&service.app, |table| !is_anybodys(table)).await;
        knock_at(service, &insider, ids, &here, &mut knocked).await;
        let after = rows(&service.app, |table| !is_anybodys(table)).await;
        assert_eq!(before, after, "something was changed");
    }
    with_foreign_ids_in_forms(service, other.jurisdiction.uuid(), &insider, ids).await;
    knocked
}

/// Sends to every address that names an object. In some stages a change is refused before anybody looks for its object;
/// what is noted as knocked was answered that there is no such object, or that one may not.
async fn knock_at(
    service: &TestService,
    insider: &crate::testing::Browser,
    ids: &BTreeMap<&'static str, String>,
    here: &BTreeMap<&'static str, String>,
    knocked: &mut BTreeSet<String>,
) {
    for route in crate::router::routes(&service.app).declared() {
        let names = parameters(route.path);
        let own = |name: &&str| !["jurisdiction", "year"].contains(name);
        // The record is everybody's; who may take an entry down is asked of its own jurisdiction.
        let is_public = route.path.starts_with("/record/") && route.method == Method::GET;
        let Some(path) = filled(route.path, here).filter(|_| names.iter().any(own) && !is_public)
        else {
            continue;
        };
        let to_api = path.starts_with("/api/") && route.method != Method::GET;
        let sent = if to_api {
            RequestBody::Json
        } else {
            RequestBody::Form
        };
        let to = (&route.method, path.as_str());
        let reply = send(service, to, Some(insider), &fields(ids), sent).await;
        match reply.status {
            StatusCode::NOT_FOUND | StatusCode::FORBIDDEN => {
                knocked.insert(format!("{} {}", route.method, route.path));
            }
            StatusCode::CONFLICT | StatusCode::UNPROCESSABLE_ENTITY
                if route.method == Method::POST => {}
            status => panic!("{} {path}: {status} {}", route.method, reply.body),
        }
    }
}

/// Moves the second county's cycle without its guards.
async fn set_stage_of(service: &TestService, cycle: &Cycle, stage: Stage) {
    let mut tx = service.app.database.write().await.unwrap();
    domain::cycles::store::set_stage(&mut tx, cycle, stage, NOW)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

/// In its own county the insider may change: no form may tie an object there to one of the first county.
async fn with_foreign_ids_in_forms(
    service: &TestService,
    other: Uuid,
    insider: &crate::testing::Browser,
    ids: &BTreeMap<&'static str, String>,
) {
    let here = BTreeMap::from([("jurisdiction", "baihe".to_owned())]);
    for route in crate::router::routes(&service.app).declared() {
        let Some(path) = filled(route.path, &here)
            .filter(|path| route.method == Method::POST && path.starts_with("/j/baihe"))
        else {
            continue;
        };
        for sent in [RequestBody::Form, RequestBody::Multipart] {
            let reply = send(
                service,
                (&route.method, &path),
                Some(insider),
                &fields(ids),
                sent,
            )
            .await;
            assert!(!reply.status.is_server_error(), "{path}: {}", reply.body);
        }
    }
    let encoded = |id: &Uuid| BASE64_STANDARD.encode(id.as_bytes());
    let foreign: Vec<String> = ids
        .iter()
        .filter(|(name, _)| **name != "account" && **name != "session")
        .filter_map(|(_, id)| Uuid::parse_str(id).ok())
        .map(|id| encoded(&id))
        .collect();
    for (table, lines) in rows(&service.app, |_| true).await {
        for line in lines.iter().filter(|line| line.contains(&encoded(&other))) {
            let tied = foreign.iter().find(|id| line.contains(id.as_str()));
            assert_eq!(tied, None, "{table}: {line}");
        }
    }
}

#[tokio::test]
async fn no_address_with_another_jurisdiction_s_id_opens_or_changes_anything() {
    let (session, ids) = in_session().await;
    let mut knocked = knock(&session.service, &session.service.cycle, &ids).await;
    let (works, ids) = at_work().await;
    knocked.extend(knock(&works.service, &works.cycle, &ids).await);
    let every: BTreeSet<String> = crate::router::routes(session.app())
        .declared()
        .iter()
        .filter(|route| {
            parameters(route.path).iter().any(|name| {
                // Files for download are the service's, of no jurisdiction.
                ![
                    "jurisdiction",
                    "year",
                    "digest",
                    "*path",
                    "hash",
                    "token",
                    "file",
                ]
                .contains(name)
            })
        })
        .filter(|route| !(route.path.starts_with("/record/") && route.method == Method::GET))
        .map(|route| format!("{} {}", route.method, route.path))
        .collect();
    assert!(every.len() > 40, "{every:#?}");
    let forgotten: Vec<_> = every.difference(&knocked).collect();
    assert!(
        forgotten.is_empty(),
        "no id for {forgotten:#?}: add one to invariants/world.rs"
    );
}
