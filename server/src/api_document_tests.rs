//! The API's document against the routes that are declared, against its own references, and against real answers.

use super::{document, routes};
use crate::session::testkit::{TestSession, ticks};
use crate::testing::TestService;
use crate::web::routes::Access;
use axum::http::StatusCode;
use domain::cycles::Stage;
use domain::people::Role;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

#[path = "api_document_tests/fit.rs"]
mod fit;
#[path = "api_document_tests/strict.rs"]
mod strict;

use fit::misfit;

fn json() -> Value {
    serde_json::to_value(document()).unwrap()
}

/// Every operation of the document: method, path, and what is said of it.
fn operations(document: &Value) -> Vec<(String, String, &Value)> {
    let mut all = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            all.push((method.to_uppercase(), path.clone(), operation));
        }
    }
    all
}

#[tokio::test]
async fn every_api_route_is_in_the_document_and_the_document_has_no_other() {
    let service = TestService::start(Stage::Collecting).await;
    let declared: BTreeSet<(String, String)> = routes(&service.app)
        .declared()
        .iter()
        .filter(|route| route.path.starts_with("/api/v1"))
        .map(|route| (route.method.to_string(), route.path.to_owned()))
        .collect();
    let document = json();
    let documented: BTreeSet<(String, String)> = operations(&document)
        .into_iter()
        .map(|(method, path, _)| (method, path))
        .collect();
    assert!(declared.len() >= 23, "{declared:#?}");
    assert_eq!(documented, declared);
}

#[tokio::test]
async fn the_document_asks_for_a_session_exactly_where_the_route_does() {
    let service = TestService::start(Stage::Collecting).await;
    let document = json();
    let open: BTreeMap<(String, String), bool> = operations(&document)
        .into_iter()
        .map(|(method, path, operation)| ((method, path), operation["security"].is_null()))
        .collect();
    for route in routes(&service.app).declared() {
        if let Some(open) = open.get(&(route.method.to_string(), route.path.to_owned())) {
            assert_eq!(*open, route.access == Access::Public, "{}", route.path);
        }
    }
}

#[test]
fn every_operation_declares_its_parameters_answers_and_problems() {
    let document = json();
    assert_eq!(document["openapi"], "3.1.0");
    let mut ids = BTreeSet::new();
    for (method, path, operation) in operations(&document) {
        let at = format!("{method} {path}");
        assert!(
            ids.insert(operation["operationId"].as_str().unwrap()),
            "{at}: a second operation of this id"
        );
        assert!(operation["summary"].is_string(), "{at}: no summary");
        let in_path: BTreeSet<&str> = path
            .split('/')
            .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
            .collect();
        let parameters = operation["parameters"].as_array();
        let declared: BTreeSet<&str> = parameters
            .into_iter()
            .flatten()
            .filter(|one| one["in"] == "path")
            .map(|one| {
                assert_eq!(one["required"], true, "{at}");
                assert!(
                    one["description"].is_string() && one["schema"].is_object(),
                    "{at}: {one}"
                );
                one["name"].as_str().unwrap()
            })
            .collect();
        assert_eq!(declared, in_path, "{at}");
        assert_eq!(
            operation["requestBody"].is_object(),
            method == "POST",
            "{at}"
        );
        let answers = operation["responses"].as_object().unwrap();
        assert!(
            answers.contains_key("200")
                && answers.contains_key("422")
                && answers.contains_key("500")
                && answers.contains_key("404") != in_path.is_empty(),
            "{at}"
        );
        for (status, answer) in answers {
            assert!(
                answer["description"]
                    .as_str()
                    .is_some_and(|text| !text.is_empty()),
                "{at}: {status}"
            );
            let content = answer["content"].as_object().unwrap();
            if status != "200" {
                let problem = &content["application/problem+json"]["schema"]["$ref"];
                assert_eq!(problem, "#/components/schemas/Problem", "{at}: {status}");
            }
        }
    }
}

#[test]
fn every_reference_of_the_document_leads_somewhere() {
    let document = json();
    let mut references = Vec::new();
    gather(&document, &mut references);
    assert!(references.len() > 20, "{references:?}");
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

fn gather(value: &Value, references: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                match (name.as_str(), field) {
                    ("$ref", Value::String(reference)) => references.push(reference.clone()),
                    _ => gather(field, references),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| gather(item, references)),
        _ => {}
    }
}

#[tokio::test]
async fn real_answers_and_real_problems_are_as_the_document_says() {
    let session = TestSession::open().await;
    let receipt = session.cast(0, &ticks(&[1, 1, 0, 0])).await;
    session.both(domain::session::DualControlStep::Close).await;
    session.decrypt_all().await;
    session.announce().await;
    let tracker = receipt.tracker.replace('+', "-").replace('/', "_");
    let document = json();
    let teller = session.service.sign_in(&[Role::Teller]).await;
    let mut checked = 0;
    for (method, path, operation) in operations(&document) {
        if method != "GET" {
            continue;
        }
        let filled = path
            .replace("{jurisdiction}", "qinghe")
            .replace("{year}", "2026")
            .replace("{poll}", &session.poll.to_string())
            .replace("{tracker}", &tracker);
        let who = (!operation["security"].is_null()).then_some(&teller);
        let reply = session.service.get(&filled, who).await;
        if reply.status == StatusCode::OK {
            let content = operation["responses"]["200"]["content"]
                .as_object()
                .unwrap();
            let (media, described) = content.iter().next().unwrap();
            if media == "application/json" {
                let answer: Value = serde_json::from_str(&reply.body).unwrap();
                assert_eq!(
                    misfit(&document, &described["schema"], &answer, &filled),
                    None
                );
            }
            checked += 1;
        } else {
            assert_eq!(
                reply.status,
                StatusCode::NOT_FOUND,
                "{filled}: {}",
                reply.body
            );
        }
        let elsewhere = [
            filled.replace("/2026", "/2027"),
            filled.replace("qinghe", "nowhere"),
        ];
        // What belongs to no cycle has no other year.
        for wrong in elsewhere.into_iter().filter(|wrong| *wrong != filled) {
            let status = StatusCode::NOT_FOUND;
            let reply = session.service.get(&wrong, who).await;
            assert_eq!(reply.status, status, "{wrong}");
            let problem: Value = serde_json::from_str(&reply.body).unwrap();
            assert_eq!(problem["status"], status.as_u16());
            let schema = &document["components"]["schemas"]["Problem"];
            assert_eq!(misfit(&document, schema, &problem, &wrong), None);
        }
    }
    assert!(checked >= 18, "{checked}");
}

#[tokio::test]
async fn the_document_is_served_and_is_the_one_that_was_tested() {
    let service = TestService::start(Stage::Collecting).await;
    let reply = service.get("/api/openapi.json", None).await;
    assert_eq!(reply.status, StatusCode::OK);
    assert_eq!(serde_json::from_str::<Value>(&reply.body).unwrap(), json());
}
