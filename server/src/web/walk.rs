//! A walk through every route that is declared, as different people and in every stage: each says who may call it,
//! none fails, and every page that answers is in order in each language (see [`super::lint`]).

use crate::router::routes;
use crate::testing::TestService;
use crate::web::routes::Access;
use axum::http::{Method, StatusCode};
use domain::cycles::Stage;
use domain::people::Role;
use std::collections::BTreeSet;

/// The path with its parameters filled in: the county and its year, else something that no object has.
pub(crate) fn filled(path: &str) -> String {
    path.split('/')
        .map(|part| match part {
            "{jurisdiction}" => "qinghe",
            "{year}" => "2026",
            "{position}" | "{number}" => "7",
            "{*path}" => "tile/0/000",
            part if part.starts_with('{') => "01900000-0000-7000-8000-000000000000",
            part => part,
        })
        .collect::<Vec<_>>()
        .join("/")
}

#[tokio::test]
async fn every_declared_page_answers_everybody_in_every_stage_and_is_in_order() {
    for stage in Stage::ALL {
        let service = TestService::start(stage).await;
        let resident = service.sign_in(&[Role::Resident]).await;
        let everything = service.sign_in(&Role::ALL).await;
        let paths: BTreeSet<&str> = routes(&service.app)
            .declared()
            .iter()
            .filter(|route| route.method == Method::GET)
            .map(|route| route.path)
            .collect();
        assert!(paths.len() > 20, "{paths:?}");
        for path in paths {
            for browser in [None, Some(&resident), Some(&everything)] {
                let reply = service.get(&filled(path), browser).await;
                assert!(
                    !reply.status.is_server_error(),
                    "{path} in {stage:?}: {} {}",
                    reply.status,
                    reply.body
                );
            }
        }
    }
}

#[tokio::test]
async fn a_page_for_roles_or_the_demo_is_closed_to_others() {
    let service = TestService::start(Stage::Collecting).await;
    let resident = service.sign_in(&[Role::Resident]).await;
    let routes = routes(&service.app);
    for route in routes.declared().iter().filter(|r| r.method == Method::GET) {
        let path = filled(route.path);
        let as_stranger = service.get(&path, None).await.status;
        let as_resident = service.get(&path, Some(&resident)).await.status;
        match route.access {
            Access::Public => {}
            Access::Demo => assert_eq!(as_stranger, StatusCode::NOT_FOUND, "{path}"),
            Access::SignedIn => assert_closed(&path, as_stranger),
            Access::Admin => {
                assert_closed(&path, as_stranger);
                assert_eq!(as_resident, StatusCode::FORBIDDEN, "{path}");
            }
            Access::Roles(roles) => {
                assert_closed(&path, as_stranger);
                if !roles.contains(&Role::Resident) {
                    assert_eq!(as_resident, StatusCode::FORBIDDEN, "{path}");
                }
            }
        }
    }
}

/// A page sends to sign in; the API says that one must.
fn assert_closed(path: &str, status: StatusCode) {
    let closed = if path.starts_with("/api/") {
        StatusCode::UNAUTHORIZED
    } else {
        StatusCode::SEE_OTHER
    };
    assert_eq!(status, closed, "{path}");
}

/// Pages that only somebody else, another moment or a secret opens: each has a test of its own beside its code.
const OPENED_ELSEWHERE: [&str; 22] = [
    "/demo",
    // No pages, but files.
    "/assets/",
    "/favicon.ico",
    "/downloads/",
    "/record/body/",
    "/record/tile/",
    // On the way in: whoever is signed in is led on.
    "/sign-in",
    // With a picture: `proposals::tests`; with a deputy of the roster: `session::tests::pages`.
    "/j/{jurisdiction}/{year}/proposals/{proposal}/picture",
    "/j/{jurisdiction}/{year}/session/polls/{poll}/cast",
    "/j/{jurisdiction}/{year}/session/polls/{poll}/check-in",
    // Of an announced poll: `session::tests::forms`.
    "/j/{jurisdiction}/{year}/results/{poll}/announcement",
    "/j/{jurisdiction}/{year}/results/{poll}/announcement.pdf",
    "/j/{jurisdiction}/{year}/results/{poll}/sheet",
    "/j/{jurisdiction}/{year}/results/{poll}/sheet.pdf",
    // Of a poll that sets paper aside: `session::tests::paper`.
    "/j/{jurisdiction}/{year}/session/polls/{poll}/papers",
    // Streams without an end: `session::tests::screen`.
    "/j/{jurisdiction}/{year}/session/polls/{poll}/screen/events",
    "/j/{jurisdiction}/{year}/session/polls/{poll}/attendance/events",
    "/j/{jurisdiction}/{year}/session/polls/{poll}/console/events",
    // By who works for the unit: `projects::report_tests`.
    "/j/{jurisdiction}/{year}/projects/{project}/report",
    // With one that waits: `screening::bench_tests`.
    "/j/{jurisdiction}/{year}/proposals/intake/{proposal}",
    // By its own code: `screening::tests`.
    "/j/{jurisdiction}/{year}/shortlist/{code}",
    "/sign-in/link/{token}",
];

/// Every page renders with an object behind it: together with the walks above this is what a `sample()` of each page
/// would prove, from the addresses that people open and on the data that use cases wrote. The set is closed: a page
/// that no world opens fails here until one does.
#[tokio::test]
async fn every_declared_page_opens_with_an_object_behind_it_and_is_in_order() {
    use crate::invariants::world::{at_work, filled, in_session};
    let (session, mut ids) = in_session().await;
    let (works, mut more) = at_work().await;
    let mut unopened = BTreeSet::new();
    for (service, ids) in [(&session.service, &mut ids), (&works.service, &mut more)] {
        ids.insert("jurisdiction", "qinghe".to_owned());
        let everything = service.sign_in(&Role::ALL).await;
        for route in routes(&service.app).declared() {
            let is_page = route.method == Method::GET && !route.path.starts_with("/api/");
            if !is_page {
                continue;
            }
            let opened = match filled(route.path, ids) {
                // Lints what it opens, in both languages.
                Some(path) => service.get(&path, Some(&everything)).await.status == StatusCode::OK,
                None => false,
            };
            unopened.insert((opened, route.path));
        }
    }
    let opened: BTreeSet<&str> = unopened
        .iter()
        .filter_map(|(opened, path)| opened.then_some(*path))
        .collect();
    let missing: Vec<&str> = unopened
        .iter()
        .map(|(_, path)| *path)
        .filter(|path| !opened.contains(path))
        .filter(|path| !OPENED_ELSEWHERE.iter().any(|known| path.starts_with(known)))
        .collect();
    assert!(missing.is_empty(), "nothing opens {missing:#?}");
}
