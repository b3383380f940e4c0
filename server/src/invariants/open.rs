//! What programs of other sites may read is the same for everybody, and nothing else is open to them.

use super::world::{at_work, filled, in_session};
use crate::router::routes;
use crate::testing::{Reply, TestService};
use crate::web::routes::Access;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use domain::people::Role;
use domain::session::DualControlStep;
use std::collections::{BTreeMap, BTreeSet};

/// Whom the answer is open to, beside pages of this site.
fn open_to(reply: &Reply) -> Option<&str> {
    let value = reply.headers.get(header::ACCESS_CONTROL_ALLOW_ORIGIN)?;
    Some(value.to_str().unwrap())
}

/// As a browser sends the request of a script of another site.
async fn from_elsewhere(service: &TestService, path: &str) -> Reply {
    let request = Request::get(path)
        .header(header::ORIGIN, "https://newspaper.example")
        .header("sec-fetch-site", "cross-site")
        .header("sec-fetch-mode", "cors");
    service.send(request, None, Body::empty()).await
}

/// Opens every route of a world; returns the open ones that answered.
async fn walked(
    service: &TestService,
    ids: &BTreeMap<&'static str, String>,
) -> BTreeSet<&'static str> {
    let everything = service.sign_in(&Role::ALL).await;
    let mut answered = BTreeSet::new();
    for route in routes(&service.app).declared() {
        if route.method != Method::GET {
            assert!(!route.open, "{}: is read by nobody", route.path);
            continue;
        }
        let path = filled(route.path, ids).unwrap_or_else(|| crate::web::walk::filled(route.path));
        let reply = from_elsewhere(service, &path).await;
        assert_eq!(open_to(&reply), route.open.then_some("*"), "{path}");
        let credentials = header::ACCESS_CONTROL_ALLOW_CREDENTIALS;
        assert!(!reply.headers.contains_key(credentials), "{path}");
        if !route.open {
            continue;
        }
        assert_eq!(route.access, Access::Public, "{path}");
        assert!(!reply.headers.contains_key(header::SET_COOKIE), "{path}");
        let html = reply.headers.get(header::CONTENT_TYPE);
        let is_page = html.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
        assert!(!is_page || reply.status == StatusCode::NOT_FOUND, "{path}");
        let known = service.get(&path, Some(&everything)).await;
        assert_eq!(known.status, reply.status, "{path}");
        if reply.status == StatusCode::OK {
            assert!(known.bytes == reply.bytes, "{path}: tells who asks");
            answered.insert(route.path);
        }
    }
    answered
}

#[tokio::test]
async fn other_sites_read_what_is_the_same_for_everybody_and_nothing_else() {
    let (session, mut ids) = in_session().await;
    session.both(DualControlStep::Close).await;
    session.decrypt_all().await;
    session.announce().await;
    let (works, mut more) = at_work().await;
    let mut answered = BTreeSet::new();
    for (service, ids) in [(&session.service, &mut ids), (&works.service, &mut more)] {
        ids.insert("jurisdiction", "qinghe".to_owned());
        ids.insert("*path", "0/000.p/1".to_owned());
        answered.extend(walked(service, ids).await);
    }
    for path in [
        "/api/openapi.json",
        "/api/v1",
        "/api/v1/j/{jurisdiction}/{year}/polls/{poll}/bundle",
        "/api/v1/j/{jurisdiction}/{year}/polls/{poll}/archive",
        "/j/{jurisdiction}/{year}/record.atom",
        "/j/{jurisdiction}/{year}/calendar.ics",
        "/j/{jurisdiction}/{year}/projects.csv",
        "/j/{jurisdiction}/{year}/projects.xlsx",
        "/record.atom",
        "/record/checkpoint",
        "/record/vkey",
        "/record/tile/{*path}",
        "/record/entry/{position}/receipt",
    ] {
        assert!(answered.contains(path), "{path}: {answered:#?}");
    }
}

/// Whoever reads the API without signing in may do so from anywhere; what is sent in is open to nobody else.
#[tokio::test]
async fn the_whole_api_that_anybody_reads_is_open() {
    let (session, _) = in_session().await;
    for route in routes(&session.service.app).declared() {
        if route.path.starts_with("/api/") {
            let is_read = route.method == Method::GET && route.access == Access::Public;
            assert_eq!(route.open, is_read, "{}", route.path);
        }
    }
}
