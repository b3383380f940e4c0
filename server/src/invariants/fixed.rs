//! Promise 5: rule, roll and candidates cannot change after a poll has opened, by any route, sent by anybody.

use super::world::{RequestBody, field_names, filled, in_session, rows, send};
use axum::http::Method;
use domain::people::Role;
use domain::session::StateName;
use std::collections::BTreeSet;

/// Where what is voted on, and by whom, is stored.
const FIXED: [&str; 7] = [
    "poll_items",
    "poll_roll",
    "poll_scrutineers",
    "candidates",
    "candidate_districts",
    "candidate_milestones",
    "candidate_clusters",
];

#[tokio::test]
async fn after_the_opening_no_route_changes_rule_roll_or_candidates() {
    let (session, mut ids) = in_session().await;
    ids.insert("jurisdiction", "qinghe".to_owned());
    let service = &session.service;
    let everybody = service.sign_in(&Role::ALL).await;
    let routes = crate::router::routes(session.app());
    let mut names = BTreeSet::new();
    for route in routes
        .declared()
        .iter()
        .filter(|route| route.method == Method::GET)
    {
        if let Some(path) = filled(route.path, &ids) {
            let reply = service
                .send(
                    axum::http::Request::get(&path),
                    Some(&everybody),
                    axum::body::Body::empty(),
                )
                .await;
            names.extend(field_names(&reply.body));
        }
    }
    assert!(names.len() > 20, "{names:?}");
    let is_fixed = |table: &str| FIXED.contains(&table) || table == "poll_objects";
    let before = rows(session.app(), is_fixed).await;
    let poll_before = poll(&session).await;
    assert!(
        before.values().all(|lines| !lines.is_empty()) || before["candidate_clusters"].is_empty()
    );
    for value in ["1", "2026-03-01", "改了", "office", "rules"] {
        let fields: Vec<(String, String)> = names
            .iter()
            .map(|name| {
                let real = ids.iter().find(|(parameter, _)| name.contains(*parameter));
                (
                    name.clone(),
                    real.map_or(value.to_owned(), |(_, id)| id.clone()),
                )
            })
            .collect();
        for route in routes
            .declared()
            .iter()
            .filter(|route| route.method == Method::POST)
        {
            let Some(path) = filled(route.path, &ids) else {
                continue;
            };
            // Signing out would end the attempt, not the poll.
            if path.starts_with("/sign-out") || path.starts_with("/me/") {
                continue;
            }
            for sent in [RequestBody::Form, RequestBody::Multipart, RequestBody::Json] {
                let reply = send(
                    service,
                    (&route.method, &path),
                    Some(&everybody),
                    &fields,
                    sent,
                )
                .await;
                assert!(!reply.status.is_server_error(), "{path}: {}", reply.body);
            }
        }
    }
    let after = rows(session.app(), is_fixed).await;
    assert_eq!(before, after);
    assert_eq!(poll_before, poll(&session).await);
    assert_eq!(session.state().await, StateName::Open);
}

/// What the poll's state says of rule, roll and election.
async fn poll(session: &crate::session::testkit::TestSession) -> (String, String, String) {
    let found = domain::session::find(session.app(), session.jurisdiction(), session.poll)
        .await
        .unwrap();
    let frozen = found.state.frozen().unwrap();
    let adopted = found.state.adopted().unwrap();
    (
        adopted.rule.to_hex(),
        frozen.roll.to_hex(),
        frozen.fingerprint.to_string(),
    )
}
