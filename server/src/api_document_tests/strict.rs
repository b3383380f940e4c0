//! The document names every word, day and body, and the API takes a program at its word.

use super::{json as document_json, misfit, operations, routes};
use crate::session::simulate;
use crate::session::testkit::{TestSession, ticks};
use crate::testing::TestService;
use axum::http::StatusCode;
use ballot::Wire as _;
use domain::cycles::Stage;
use domain::session::DualControlStep;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The parameters of an operation's query, by name.
fn in_query(operation: &Value) -> BTreeMap<&str, &Value> {
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    parameters
        .filter(|one| one["in"] == "query")
        .map(|one| (one["name"].as_str().unwrap(), one))
        .collect()
}

fn filled(path: &str) -> String {
    path.replace("{jurisdiction}", "qinghe")
        .replace("{year}", "2026")
}

#[tokio::test]
async fn the_parameters_of_a_query_are_those_that_the_route_takes() {
    let service = TestService::start(Stage::Collecting).await;
    let document = document_json();
    let documented: BTreeMap<(String, String), BTreeSet<&str>> = operations(&document)
        .into_iter()
        .map(|(method, path, operation)| {
            ((method, path), in_query(operation).into_keys().collect())
        })
        .collect();
    let mut found = 0;
    for route in routes(&service.app).declared() {
        let taken: BTreeSet<&str> = route.parameters.iter().copied().collect();
        found += taken.len();
        let at = (route.method.to_string(), route.path.to_owned());
        if let Some(documented) = documented.get(&at) {
            assert_eq!(*documented, taken, "{at:?}");
        } else {
            assert!(taken.is_empty(), "{at:?} is not of the API");
        }
    }
    assert_eq!(found, 8);
}

/// The field that a refusal of the query names.
async fn refused(service: &TestService, method: &str, address: &str) -> Value {
    let reply = match method {
        "GET" => service.get(address, None).await,
        _ => service.post_json(address, None, &json!({})).await,
    };
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    assert_eq!(reply.status, status, "{method} {address}: {}", reply.body);
    let media = &reply.headers["content-type"];
    assert_eq!(media, "application/problem+json", "{address}");
    serde_json::from_str(&reply.body).unwrap()
}

#[tokio::test]
async fn every_operation_refuses_a_parameter_that_it_does_not_know_and_names_it() {
    let service = TestService::start(Stage::Collecting).await;
    let document = document_json();
    for (method, path, operation) in operations(&document) {
        let address = filled(&path);
        let problem = refused(&service, &method, &format!("{address}?pages=2")).await;
        assert_eq!(problem["field"], "pages", "{address}");
        assert_eq!(problem["code"], "parameter-unknown", "{address}");
        let title = problem["title"].as_str().unwrap();
        assert!(title.contains("参数"), "{title}");
        assert!(operation["responses"]["422"].is_object(), "{address}");
    }
}

#[tokio::test]
async fn a_parameter_that_is_repeated_or_not_of_its_kind_is_refused_and_named() {
    let service = TestService::start(Stage::Collecting).await;
    let document = document_json();
    let mut tried = 0;
    for (method, path, operation) in operations(&document) {
        for (name, parameter) in in_query(operation) {
            let address = filled(&path);
            let twice = format!("{address}?{name}=1&{name}=1");
            let problem = refused(&service, &method, &twice).await;
            assert_eq!(problem["field"], name, "{twice}");
            assert!(parameter["description"].is_string(), "{path}: {name}");
            let wrong: &[&str] = match name {
                "page" => &["x", "0", "-1", "1.5"],
                "category" => &["Roads!"],
                "state" | "light" => &["xx", "Accepted"],
                "q" => &[TOO_LONG],
                _ => &[],
            };
            for wrong in wrong {
                let address = format!("{address}?{name}={wrong}");
                let problem = refused(&service, &method, &address).await;
                assert_eq!(problem["field"], name, "{address}");
                assert_eq!(problem["code"], "parameter-malformed", "{address}");
                tried += 1;
            }
        }
    }
    assert!(tried >= 10, "{tried}");
}

/// 101 characters.
const TOO_LONG: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

/// A page's link never fails, and the same query leads from it to the API.
#[tokio::test]
async fn the_api_takes_the_query_of_every_link_on_a_page() {
    let service = TestService::start(Stage::Collecting).await;
    for query in [
        "?category=&district=&state=&q=",
        "?state=xx&category=Roads!&page=abc&order=7&from=singlemessage",
        "?state=accepted&category=roads&q=%E8%B7%AF&page=2",
    ] {
        let page = format!("/j/qinghe/2026/proposals{query}");
        let reply = service.get(&page, None).await;
        assert_eq!(reply.status, StatusCode::OK, "{page}");
        let (_, rest) = reply.body.split_once("href=\"/api/v1/").unwrap();
        let link = rest.split('"').next().unwrap().replace("&amp;", "&");
        let reply = service.get(&format!("/api/v1/{link}"), None).await;
        assert_eq!(reply.status, StatusCode::OK, "{link}: {}", reply.body);
    }
}

/// Every property of every schema, by its name.
fn properties<'d>(value: &'d Value, found: &mut Vec<(&'d str, &'d Value)>) {
    match value {
        Value::Object(fields) => {
            if let Some(own) = fields.get("properties").and_then(Value::as_object) {
                found.extend(own.iter().map(|(name, schema)| (name.as_str(), schema)));
            }
            fields.values().for_each(|field| properties(field, found));
        }
        Value::Array(items) => items.iter().for_each(|item| properties(item, found)),
        _ => {}
    }
}

#[test]
fn what_is_one_of_few_words_names_them_and_days_and_moments_say_their_format() {
    let document = document_json();
    let mut found = Vec::new();
    properties(&document["components"]["schemas"], &mut found);
    let loose: BTreeSet<&str> = found
        .iter()
        .filter(|(_, schema)| schema["type"] == "object" && schema["properties"].is_null())
        .map(|(name, _)| *name)
        .collect();
    // Their schemas are those of the record and of the bundle.
    assert_eq!(loose, BTreeSet::from(["outcome", "returns", "settings"]));
    let mut told = BTreeMap::new();
    for (name, schema) in found {
        let reference = schema.to_string();
        let leads_to = |list: &str| reference.contains(&format!("schemas/{list}\""));
        let right = match name {
            "state" => {
                leads_to("PollState") || leads_to("ProjectState") || leads_to("ProposalState")
            }
            "kind" => leads_to("PollKind") || leads_to("KindOfJurisdiction"),
            "stage" => leads_to("CycleStage"),
            "light" => leads_to("Light"),
            "channel" => leads_to("ProposalChannel"),
            "month" => leads_to("Month"),
            "due" | "today" => leads_to("Day"),
            name if name.ends_with("_on") => leads_to("Day"),
            name if name.ends_with("_at") => leads_to("Moment"),
            _ => continue,
        };
        assert!(right, "{name}: {schema}");
        *told.entry(name).or_insert(0) += 1;
    }
    for name in [
        "state", "kind", "stage", "light", "channel", "month", "due", "made_at",
    ] {
        assert!(told.contains_key(name), "{name} is nowhere: {told:?}");
    }
    let schemas = &document["components"]["schemas"];
    let lights = ["green", "yellow", "red", "blue"];
    assert_eq!(schemas["Light"]["enum"], json!(lights));
    assert_eq!(
        schemas["CycleStage"]["enum"].as_array().unwrap().len(),
        Stage::ALL.len()
    );
}

/// What devices send is described, and what they really send fits.
#[tokio::test]
async fn every_body_has_a_schema_and_real_ones_fit_it() {
    let session = TestSession::open().await;
    let (app, here, poll) = (session.app(), session.jurisdiction(), session.poll);
    let scrutineer = &session.keys[0];
    let key = scrutineer.key.verification_key(&mut app.entropy.rng());
    let ballot = session.seal(0, &ticks(&[1, 1, 0, 0])).await;
    let approval = simulate::approval(app, here, poll, scrutineer).await;
    session.put(ballot.clone()).await.unwrap();
    session.both(DualControlStep::Close).await;
    let closing = simulate::closing(app, here, poll, scrutineer).await;
    session.state_closing_all().await;
    let partial = simulate::partial_decryption(app, here, poll, scrutineer).await;
    let real = BTreeMap::from([
        ("castBallot", ballot.clone()),
        ("challengeBallot", ballot),
        ("giveTrusteeKey", key.to_json()),
        (
            "giveCeremonyMessage",
            json!({ "attempt": 1, "round": "certificate", "message": "{}" }).to_string(),
        ),
        (
            "giveCeremonyComplaint",
            json!({ "attempt": 1, "complaint": "{}" }).to_string(),
        ),
        ("giveApproval", approval.unwrap()),
        ("giveClosingStatement", closing.unwrap()),
        ("givePartialDecryption", partial.unwrap()),
        (
            "registerCredential",
            json!({ "public_credential": "ab".repeat(32) }).to_string(),
        ),
        (
            "reservePaper",
            json!({ "credentials": [["ab".repeat(32)]] }).to_string(),
        ),
        (
            "comparePapers",
            json!({ "side": "second", "count": "ab".repeat(32), "sheets": ["cd".repeat(32)] })
                .to_string(),
        ),
        (
            "countPapers",
            json!({ "returned": 1, "invalid": [1], "sealed": [] }).to_string(),
        ),
    ]);
    let document = document_json();
    let mut described = BTreeSet::new();
    for (method, path, operation) in operations(&document) {
        if method != "POST" {
            continue;
        }
        let id = operation["operationId"].as_str().unwrap();
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        let body: Value = serde_json::from_str(&real[id]).unwrap();
        assert_eq!(misfit(&document, schema, &body, &path), None);
        let mut less = body;
        let first = less.as_object().unwrap().keys().next().unwrap().clone();
        less.as_object_mut().unwrap().shift_remove(&first);
        assert!(
            misfit(&document, schema, &less, &path).is_some(),
            "{path}: anything fits"
        );
        described.insert(id);
    }
    assert_eq!(described.len(), real.len());
}

/// Whoever has the service's address finds all of it.
#[tokio::test]
async fn from_the_entry_links_lead_to_everything_that_there_is() {
    let session = TestSession::open().await;
    let service = &session.service;
    let mut open = vec!["/api/v1".to_owned()];
    let mut seen = BTreeSet::new();
    while let Some(address) = open.pop() {
        if !seen.insert(address.clone()) {
            continue;
        }
        let reply = service.get(&address, None).await;
        assert_eq!(reply.status, StatusCode::OK, "{address}");
        if let Ok(answer) = serde_json::from_str::<Value>(&reply.body)
            && address.starts_with("/api/v1")
        {
            addresses(&answer, &mut open);
        }
    }
    let poll = format!("/api/v1/j/qinghe/2026/polls/{}", session.poll);
    for address in [
        "/api/openapi.json",
        "/record/checkpoint",
        "/api/v1/j/qinghe/settings",
        "/api/v1/j/qinghe/2026/projects",
        "/j/qinghe/2026/record.atom",
        "/j/qinghe/2026/calendar.ics",
        &poll,
    ] {
        assert!(seen.contains(address), "{address}: {seen:#?}");
    }
    assert!(seen.len() >= 12, "{seen:#?}");
}

fn addresses(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) if text.starts_with('/') => found.push(text.clone()),
        Value::Object(fields) => fields.values().for_each(|field| addresses(field, found)),
        Value::Array(items) => items.iter().for_each(|item| addresses(item, found)),
        _ => {}
    }
}
