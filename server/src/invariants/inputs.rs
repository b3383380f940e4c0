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

/// A choice that nothing offers is never taken for a usual one: it is refused under its field's name.
#[tokio::test]
async fn a_word_that_a_field_does_not_have_is_refused_by_the_field_s_name() {
    // Where to, which field, and what else the form has.
    type Case<'a> = (String, &'a str, Vec<(&'a str, &'a str)>);

    let (session, ids) = in_session().await;
    let service = &session.service;
    let everybody = service.sign_in(&Role::ALL).await;
    let (account, poll, proposal) = (&ids["account"], &ids["poll"], &ids["proposal"]);
    let polls = format!("/j/qinghe/2026/session/polls/{poll}");
    let screening = "/j/qinghe/2026/screening";
    let cases: [Case<'_>; 12] = [
        ("/j/qinghe/2026/stage".to_owned(), "to", vec![]),
        (
            "/j/qinghe/people/grant".to_owned(),
            "role",
            vec![("contact", "a@example.org"), ("person", "张三")],
        ),
        (
            "/j/qinghe/people/grant".to_owned(),
            "unit",
            vec![
                ("contact", "a@example.org"),
                ("person", "张三"),
                ("role", "unit_staff"),
            ],
        ),
        (
            "/j/qinghe/people/revoke".to_owned(),
            "role",
            vec![("account", account)],
        ),
        ("/record/entry/0/take-down".to_owned(), "reason", vec![]),
        (format!("{polls}/confirm"), "step", vec![("side", "office")]),
        (format!("{polls}/confirm"), "side", vec![("step", "close")]),
        (
            format!("{polls}/motion"),
            "end_reason",
            vec![("step", "void"), ("side", "office")],
        ),
        (format!("{screening}/clusters"), "proposal", vec![]),
        (
            format!("{screening}/queue/{proposal}/decide"),
            "outcome",
            vec![],
        ),
        ("/me/residence".to_owned(), "residence", vec![]),
        ("/preferences".to_owned(), "lang", vec![("back", "/")]),
    ];
    for (path, field, rest) in cases {
        let form = [rest, vec![(field, "perhaps")]].concat();
        let reply = service.post(&path, Some(&everybody), &form).await;
        assert_eq!(reply.status.as_u16(), 422, "{path} {field}: {}", reply.body);
        let locale = crate::web::locale::Locale::default_locale();
        for words in [format!("field-{field}"), "error-not-an-option".to_owned()] {
            let words = locale.text(&words);
            assert!(
                reply.body.contains(&words),
                "{path} {words}: {}",
                reply.body
            );
        }
    }
}
