//! Every route that is declared, walked: none is open by mistake, none falls over nonsense.

use super::routes;
use crate::testing::{Browser, Reply, TestService};
use crate::web::routes::{Access, Declared, Takes};
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

/// Sends so many bytes: announced beforehand, or in pieces whose number nobody knows.
async fn sent(
    service: &TestService,
    route: &Declared,
    browser: &Browser,
    (bytes, is_announced): (usize, bool),
) -> Reply {
    let path = filled(route.path, true, "nonsense");
    let kind = match (path.starts_with("/api/"), route.terms.takes) {
        (true, _) => "application/json",
        (false, Takes::File) => "multipart/form-data; boundary=line",
        (false, _) => "application/x-www-form-urlencoded",
    };
    let request = Request::builder()
        .method(route.method.clone())
        .uri(path)
        .header(header::CONTENT_TYPE, kind);
    let body = vec![b'a'; bytes];
    if is_announced {
        let request = request.header(header::CONTENT_LENGTH, bytes);
        return service.send(request, Some(browser), Body::from(body)).await;
    }
    let pieces: Vec<Result<Vec<u8>, std::io::Error>> = body
        .chunks(64 * 1024)
        .map(|piece| Ok(piece.to_vec()))
        .collect();
    let body = Body::from_stream(futures_util::stream::iter(pieces));
    service.send(request, Some(browser), body).await
}

#[tokio::test]
async fn no_route_takes_more_than_its_class_and_says_so_in_words() {
    let service = TestService::start(Stage::Collecting).await;
    for route in routes(&service.app).declared() {
        if route.method == Method::GET || route.access == Access::Demo {
            continue;
        }
        // Some routes end the session.
        let everybody = service.sign_in(&domain::people::Role::ALL).await;
        let most = route.terms.takes.bytes();
        let reply = sent(&service, route, &everybody, (most + 1, true)).await;
        let what = format!("{} {}", route.method, route.path);
        assert_eq!(reply.status, StatusCode::PAYLOAD_TOO_LARGE, "{what}");
        if route.path.starts_with("/api/") {
            assert!(
                reply.body.contains("urn:minsheng:problem:body-too-large"),
                "{what}"
            );
        } else {
            assert!(
                reply.body.contains("提交的内容过大"),
                "{what}: {}",
                reply.body
            );
        }
        let reply = sent(&service, route, &everybody, (most, true)).await;
        assert_ne!(
            reply.status,
            StatusCode::PAYLOAD_TOO_LARGE,
            "{what} takes {most}"
        );
    }
}

#[tokio::test]
async fn a_body_whose_length_is_not_announced_is_cut_where_its_route_ends() {
    let service = TestService::start(Stage::Collecting).await;
    let everybody = service.sign_in(&domain::people::Role::ALL).await;
    for path in [
        "/sign-in",
        "/sign-in/password",
        "/j/{jurisdiction}/settings/change",
    ] {
        let all = routes(&service.app);
        let route = all.declared().iter();
        let route = route
            .clone()
            .find(|route| route.path == path && route.method == Method::POST)
            .unwrap();
        let sent_bytes = (route.terms.takes.bytes() + 1, false);
        let reply = sent(&service, route, &everybody, sent_bytes).await;
        assert_eq!(reply.status, StatusCode::PAYLOAD_TOO_LARGE, "{path}");
    }
}

#[tokio::test]
async fn files_go_to_few_routes_and_only_from_who_is_signed_in() {
    let service = TestService::start(Stage::Collecting).await;
    let all = routes(&service.app);
    let taking = |takes: Takes| {
        all.declared()
            .iter()
            .filter(move |route| route.terms.takes == takes)
    };
    let files: Vec<&str> = taking(Takes::File).map(|route| route.path).collect();
    assert_eq!(
        files,
        [
            "/j/{jurisdiction}/{year}/proposals/new",
            "/j/{jurisdiction}/people/import"
        ]
    );
    let public = |route: &&Declared| route.access == Access::Public;
    assert_eq!(taking(Takes::File).filter(public).count(), 0);
    let ballots: Vec<&str> = taking(Takes::Ballot)
        .filter(public)
        .map(|route| route.path)
        .collect();
    // A ballot is cast or challenged.
    assert_eq!(
        ballots.len(),
        2,
        "cast by nobody in particular: {ballots:?}"
    );
    assert_eq!(taking(Takes::Long).filter(public).count(), 0);
    // The steps of the sign-in carry a form that waits.
    let held = taking(Takes::Held).filter(public);
    assert!(
        held.into_iter()
            .all(|route| route.path.starts_with("/sign-in"))
    );
}

#[tokio::test]
async fn the_page_of_a_failure_knows_who_is_signed_in() {
    let service = TestService::start(Stage::Collecting).await;
    let office = service.sign_in(&[domain::people::Role::Office]).await;
    let form = [("link_account", "nobody")];
    for reply in [
        service.get("/j/qinghe/nope", Some(&office)).await,
        service.get("/record/entry/999", Some(&office)).await,
        service
            .post("/j/qinghe/people/heads", Some(&office), &form)
            .await,
        service.post("/me/name", Some(&office), &[]).await,
    ] {
        assert!(reply.status.is_client_error(), "{}", reply.status);
        assert!(reply.body.contains("class=\"viewer\""), "{}", reply.body);
    }
    let reply = service.get("/j/qinghe/nope", None).await;
    assert!(!reply.body.contains("class=\"viewer\""), "{}", reply.body);
}

#[tokio::test]
async fn a_slash_behind_an_address_leads_to_its_page_and_to_nobody_else_s() {
    let service = TestService::start(Stage::Collecting).await;
    for (sent, meant) in [
        ("/j/qinghe/", "/j/qinghe"),
        ("/sign-in/?next=/me", "/sign-in?next=/me"),
        ("/j/qinghe/2026/proposals//", "/j/qinghe/2026/proposals"),
    ] {
        let reply = service.get(sent, None).await;
        assert_eq!(reply.status, StatusCode::PERMANENT_REDIRECT, "{sent}");
        assert_eq!(reply.location.as_deref(), Some(meant));
    }
    for elsewhere in ["//evil.example/", "/\\evil.example/"] {
        let Ok(uri) = elsewhere.parse::<axum::http::Uri>() else {
            continue;
        };
        let reply = service.get(&uri.to_string(), None).await;
        assert_eq!(reply.location, None, "{elsewhere}");
    }
}
