//! Every route that is declared, walked: none is open by mistake, none falls over nonsense.

use super::routes;
use crate::testing::{Browser, TestService};
use crate::web::routes::{Access, Declared};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use domain::cycles::Stage;
use std::collections::BTreeSet;

/// What stands for a parameter: mostly nothing that exists.
const NONSENSE: [&str; 4] = [
    "nonsense",
    "99999999999999999999",
    "%E4%B8%8D%00",
    "..%2F..%2Fetc",
];

/// The path with its parameters filled in; `here` says whether it leads to the county and cycle that exist.
fn filled(path: &str, here: bool, nonsense: &str) -> String {
    path.split('/')
        .map(|part| match part {
            "{jurisdiction}" if here => "qinghe",
            "{year}" if here => "2026",
            part if part.starts_with('{') => nonsense,
            part => part,
        })
        .collect::<Vec<_>>()
        .join("/")
}

/// The answer's status; a stream's body is not waited for.
async fn status(
    service: &TestService,
    route: &Declared,
    path: &str,
    browser: Option<&Browser>,
) -> StatusCode {
    let kind = if path.starts_with("/api/") {
        "application/json"
    } else {
        "application/x-www-form-urlencoded"
    };
    let cookie = browser.map_or("lang=zh-CN", Browser::cookie);
    let request = Request::builder()
        .method(route.method.clone())
        .uri(path)
        .header("sec-fetch-site", "same-origin")
        .header(header::CONTENT_TYPE, kind)
        .header(header::COOKIE, cookie)
        .body(Body::empty())
        .unwrap();
    service.raw(request).await.status()
}

#[tokio::test]
async fn no_route_falls_over_nonsense() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let signed_in = service.sign_in(&domain::people::Role::ALL).await;
        for route in routes(&service.app).declared() {
            for nonsense in NONSENSE {
                for here in [true, false] {
                    let path = filled(route.path, here, nonsense);
                    let status = status(&service, route, &path, Some(&signed_in)).await;
                    assert!(
                        !status.is_server_error(),
                        "{} {path}: {status}",
                        route.method
                    );
                }
            }
        }
    }
}

#[tokio::test]
async fn a_route_that_is_not_public_refuses_who_is_not_signed_in() {
    let service = TestService::start(Stage::Collecting).await;
    for route in routes(&service.app).declared() {
        let path = filled(route.path, true, "nonsense");
        let status = status(&service, route, &path, None).await;
        let is_page = route.method == Method::GET && !path.starts_with("/api/");
        let expected = match route.access {
            Access::Public => continue,
            Access::Demo => StatusCode::NOT_FOUND,
            Access::SignedIn | Access::Roles(_) | Access::Admin if is_page => StatusCode::SEE_OTHER,
            Access::SignedIn | Access::Roles(_) | Access::Admin => StatusCode::UNAUTHORIZED,
        };
        assert_eq!(status, expected, "{} {path}", route.method);
    }
}

#[tokio::test]
async fn a_route_for_a_role_refuses_who_does_not_hold_it_here() {
    let service = TestService::start(Stage::Collecting).await;
    let kind = domain::cycles::JurisdictionKind::Town;
    let other = TestService::add_jurisdiction(&service.app, "liuwan", kind).await;
    let nobody = service.sign_in(&[]).await;
    // Every role there is, but in another jurisdiction: promise 7.
    let elsewhere = service
        .sign_in_at(&domain::people::Role::ALL, other.id)
        .await;
    for route in routes(&service.app).declared() {
        let path = filled(route.path, true, "nonsense");
        let strangers: &[&Browser] = match route.access {
            Access::Public | Access::SignedIn | Access::Demo => &[],
            Access::Roles(_) => &[&nobody, &elsewhere],
            Access::Admin => &[&nobody],
        };
        for stranger in strangers {
            let status = status(&service, route, &path, Some(stranger)).await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{} {path}", route.method);
        }
    }
}

#[tokio::test]
async fn a_route_for_roles_names_a_jurisdiction_and_some_role() {
    let service = TestService::start(Stage::Collecting).await;
    let mut declared = BTreeSet::new();
    for route in routes(&service.app).declared() {
        if let Access::Roles(roles) = route.access {
            assert!(!roles.is_empty(), "{}: nobody may", route.path);
            assert!(
                route.path.contains("{jurisdiction}"),
                "{}: roles of where?",
                route.path
            );
        }
        assert!(
            declared.insert((route.method.to_string(), route.path)),
            "{} {} is declared twice",
            route.method,
            route.path
        );
    }
    assert!(declared.len() > 50);
}
