//! Promise 6: whatever is typed or sent, the service answers with a page or a problem, never with a failure of its own.

use super::world::{RequestBody, at_work, field_names, filled, in_session, send};
use crate::testing::TestService;
use axum::body::Body;
use axum::http::{Method, Request};
use domain::people::Role;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use std::collections::{BTreeMap, BTreeSet};

/// Values that people, mistakes and attackers send.
fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        2 => Just(String::new()),
        2 => "[0-9]{1,20}",
        1 => "-[0-9]{1,4}",
        1 => "[0-9]{1,3}\\.[0-9]{1,4}",
        2 => "20[0-9]{2}-[0-9]{2}-[0-9]{2}",
        1 => "20[0-9]{2}-[0-9]{2}",
        2 => prop::sample::select(vec![
            "yes", "no", "on", "office", "admin", "freeze", "open", "close", "chief_scrutineer", "environment", "other",
            "feasible", "declined", "zh-CN", "en", "null", "true", "NaN", "1e400", "9223372036854775808", "\0", "\u{feff}",
            "' OR 1=1 --", "<script>alert(1)</script>", "../../etc/passwd", "%00", "{}", "[]",
            "01900000-0000-7000-8000-000000000000",
        ]).prop_map(str::to_owned),
        1 => "\\PC{0,40}",
        1 => Just("长".repeat(6000)),
    ]
}

/// Posts random values to every address that takes any.
async fn pelt(
    service: &TestService,
    ids: &BTreeMap<&'static str, String>,
    rounds: usize,
) -> BTreeSet<String> {
    let mut ids = ids.clone();
    ids.insert("jurisdiction", "qinghe".to_owned());
    ids.insert("token", "00".repeat(32));
    let everybody = service.sign_in(&Role::ALL).await;
    let routes = crate::router::routes(&service.app);
    let mut names: BTreeSet<String> = ["picture", "file", "next"].map(str::to_owned).into();
    for route in routes
        .declared()
        .iter()
        .filter(|route| route.method == Method::GET)
    {
        if let Some(path) = filled(route.path, &ids) {
            let reply = service
                .send(Request::get(&path), Some(&everybody), Body::empty())
                .await;
            assert!(!reply.status.is_server_error(), "{path}: {}", reply.body);
            names.extend(field_names(&reply.body));
        }
    }
    let names: Vec<String> = names.into_iter().collect();
    let fields = prop::collection::vec((prop::sample::select(names), value()), 0..24);
    let mut runner = TestRunner::deterministic();
    let mut pelted = BTreeSet::new();
    for route in routes
        .declared()
        .iter()
        .filter(|route| route.method == Method::POST)
    {
        let Some(path) = filled(route.path, &ids) else {
            continue;
        };
        // What ends the session comes from a stranger.
        let ends = path.starts_with("/sign-out") || path.starts_with("/me/sessions");
        let browser = (!ends).then_some(&everybody);
        for round in 0..rounds {
            let fields = fields.new_tree(&mut runner).unwrap().current();
            let sent = [RequestBody::Form, RequestBody::Multipart, RequestBody::Json][round % 3];
            let reply = send(service, (&route.method, &path), browser, &fields, sent).await;
            assert!(
                !reply.status.is_server_error(),
                "{path}: {} to {sent:?} {fields:?}: {}",
                reply.status,
                reply.body
            );
        }
        pelted.insert(route.path.to_owned());
    }
    pelted
}

#[tokio::test]
async fn no_address_fails_whatever_is_posted_to_it() {
    const ROUNDS: usize = 9;
    let (session, ids) = in_session().await;
    let mut pelted = pelt(&session.service, &ids, ROUNDS).await;
    let (works, ids) = at_work().await;
    pelted.extend(pelt(&works.service, &ids, ROUNDS).await);
    let forgotten: Vec<&str> = crate::router::routes(session.app())
        .declared()
        .iter()
        .filter(|route| route.method == Method::POST && !pelted.contains(route.path))
        .map(|route| route.path)
        .collect();
    assert!(forgotten.is_empty(), "{forgotten:?}");
}
