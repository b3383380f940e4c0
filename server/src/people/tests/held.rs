//! Nothing typed is lost where nobody is signed in, or not any more: the form waits, and one press after the sign-in sends it.

use super::passwords::{MAIL, PASSWORD, office_with_password};
use super::{Jar, Seen, code_sent_to, hidden};
use crate::testing::{NOW, TestService};
use crate::web::lint::faults;
use axum::http::StatusCode;
use domain::cycles::Stage;
use domain::people::Role;

/// What people type: marks of every kind, and line ends as browsers send them.
const TYPED: &str = "一行\r\n二行 \"引号\" <尖> & 'x' 100%";

/// A page in which a form waits, with what it carries on.
fn waiting(seen: &Seen) -> [(&'static str, String); 2] {
    assert_eq!(faults(&seen.body), Vec::<String>::new());
    [
        ("next", hidden(&seen.body, "next")),
        ("held", hidden(&seen.body, "held")),
    ]
}

fn with<'a>(
    carried: &'a [(&'static str, String)],
    more: &[(&'a str, &'a str)],
) -> Vec<(&'a str, &'a str)> {
    let carried = carried.iter().map(|(name, value)| (*name, value.as_str()));
    carried.chain(more.iter().copied()).collect()
}

#[tokio::test]
async fn a_form_sent_after_the_session_ended_comes_whole_through_the_sign_in() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let mut jar = office_with_password(&service).await;
        let path = "/j/qinghe/people/units";
        service.app.clock.set(NOW.plus_days(31));
        let seen = jar
            .post(&service, path, &[("unit_name", "县\"水利\"<局>&")])
            .await;
        assert_eq!(seen.status, StatusCode::UNAUTHORIZED, "{}", seen.body);
        let carried = waiting(&seen);
        assert_eq!(carried[0].1, path);
        // The first step, the other way in, a wrong password: it goes on waiting.
        let step = jar.post(&service, "/sign-in", &with(&carried, &[])).await;
        assert_eq!(waiting(&step), carried);
        let step = jar
            .post(&service, "/sign-in/password", &with(&carried, &[]))
            .await;
        assert_eq!(waiting(&step), carried);
        let wrong = [("contact", MAIL), ("password", "wrong horse battery")];
        let step = jar
            .post(&service, "/sign-in/password", &with(&carried, &wrong))
            .await;
        assert_eq!(step.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(waiting(&step), carried);
        let right = [("contact", MAIL), ("password", PASSWORD)];
        let step = jar
            .post(&service, "/sign-in/password", &with(&carried, &right))
            .await;
        assert_eq!(step.status, StatusCode::OK, "{}", step.body);
        let here = format!("action=\"{path}\"");
        assert!(step.body.contains(&here), "{}", step.body);
        // Nothing is done before the press, and once after two.
        let unit = hidden(&step.body, "unit_name");
        let before = jar.get(&service, "/j/qinghe/people").await.body;
        assert!(!before.contains("县&quot;水利&quot;"), "{before}");
        for _ in 0..2 {
            jar.post(&service, path, &[("unit_name", unit.as_str())])
                .await;
        }
        let page = jar.get(&service, "/j/qinghe/people").await.body;
        assert_eq!(
            page.matches("<li>县&quot;水利&quot;&lt;局&gt;&amp;</li>")
                .count(),
            1,
            "{page}"
        );
    }
}

#[tokio::test]
async fn every_mark_and_line_end_comes_through() {
    let service = TestService::start(Stage::Collecting).await;
    let mut jar = Jar::sign_in(&service, "13800001234").await;
    service.app.clock.set(NOW.plus_days(31));
    let seen = jar
        .post(&service, "/me/name", &[("display_name", TYPED)])
        .await;
    let carried = waiting(&seen);
    let step = jar
        .post(
            &service,
            "/sign-in",
            &with(&carried, &[("contact", "13800001234")]),
        )
        .await;
    assert_eq!(step.status, StatusCode::OK, "{}", step.body);
    let code = code_sent_to(&service, "13800001234");
    let step = jar
        .post(
            &service,
            "/sign-in/code",
            &with(&waiting(&step), &[("code", &code)]),
        )
        .await;
    assert_eq!(hidden(&step.body, "display_name"), TYPED);
}

#[tokio::test]
async fn who_presses_support_before_signing_in_is_one_press_from_it_after() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let proposal = crate::proposals::tests::accepted(&service, "修一修路灯", "黑得很。").await;
        let path = format!("/j/qinghe/2026/proposals/{proposal}/support");
        let mut jar = Jar::default();
        let seen = jar.post(&service, &path, &[]).await;
        assert_eq!(seen.status, StatusCode::UNAUTHORIZED);
        let carried = waiting(&seen);
        // A newcomer, who also has to choose a name.
        let contact = [("contact", "13900009999")];
        let step = jar
            .post(&service, "/sign-in", &with(&carried, &contact))
            .await;
        let code = code_sent_to(&service, "13900009999");
        let typed = [("code", code.as_str())];
        let step = jar
            .post(&service, "/sign-in/code", &with(&waiting(&step), &typed))
            .await;
        let named = [("display_name", "李"), ("residence", "qinghe")];
        let step = jar
            .post(&service, "/sign-in/name", &with(&waiting(&step), &named))
            .await;
        assert_eq!(step.status, StatusCode::OK, "{}", step.body);
        assert!(
            step.body.contains(&format!("action=\"{path}\"")),
            "{}",
            step.body
        );
        for _ in 0..2 {
            let done = jar.post(&service, &path, &[]).await;
            assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
        }
        let page = jar
            .get(&service, &format!("/j/qinghe/2026/proposals/{proposal}"))
            .await
            .body;
        assert!(page.contains("您已支持"), "{page}");
    }
}

#[tokio::test]
async fn the_session_may_end_again_while_somebody_proves_who_they_are() {
    let service = TestService::start(Stage::Collecting).await;
    let mut jar = office_with_password(&service).await;
    service.app.clock.set(NOW.plus_seconds(11 * 60));
    let granting = [
        ("contact", "13700001234"),
        ("person", "李芳"),
        ("role", "teller"),
    ];
    let seen = jar
        .post(&service, "/j/qinghe/people/grant", &granting)
        .await;
    assert_eq!(seen.status, StatusCode::FORBIDDEN);
    let carried = waiting(&seen);
    service.app.clock.set(NOW.plus_days(31));
    let step = jar
        .post(&service, "/sign-in/again", &with(&carried, &[]))
        .await;
    assert_eq!(
        waiting(&step),
        carried,
        "the sign-in, with the form still held"
    );
    assert!(step.body.contains("action=\"/sign-in\""), "{}", step.body);
}

#[tokio::test]
async fn what_is_too_long_to_hold_is_said_and_leads_back_to_the_form() {
    let service = TestService::start(Stage::Collecting).await;
    let office = service.sign_in(&[Role::Office]).await;
    service.app.clock.set(NOW.plus_days(2));
    let long = "长".repeat(200_000);
    let fields = [("csv".to_owned(), long)];
    let to = (&axum::http::Method::POST, "/j/qinghe/people/import");
    let sent = crate::invariants::world::send(
        &service,
        to,
        Some(&office),
        &fields,
        crate::invariants::world::RequestBody::Multipart,
    )
    .await;
    assert_eq!(sent.status, StatusCode::UNAUTHORIZED);
    assert!(sent.body.contains("未能保留"), "{}", sent.body);
    assert!(!sent.body.contains("name=\"held\""));
}

#[tokio::test]
async fn programs_are_told_and_pages_are_led_to_the_sign_in() {
    let service = TestService::start(Stage::Collecting).await;
    let page = service.get("/me", None).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    let front = service.get("/j/qinghe?x=1", None).await.body;
    assert!(
        front.contains("href=\"/sign-in?next=/j/qinghe%3Fx%3D1\""),
        "{front}"
    );
}

#[tokio::test]
async fn staff_who_work_on_stay_signed_in_but_not_for_ever() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let mut jar = office_with_password(&service).await;
        // The lifetime of staff counts from the sign-in with the role.
        let right = [("contact", MAIL), ("password", PASSWORD)];
        jar.post(&service, "/sign-in/password", &right).await;
        let mut idle = Jar::default();
        idle.set("device", jar.cookie("device"));
        idle.post(&service, "/sign-in/password", &right).await;
        let mut hours = 0;
        while jar.get(&service, "/me").await.status == StatusCode::OK {
            hours += 4;
            assert!(hours <= 24 * 6, "a session has its longest");
            service.app.clock.set(NOW.plus_seconds(hours * 3_600));
            if hours == 12 {
                let seen = idle.get(&service, "/me").await;
                assert_eq!(seen.status, StatusCode::SEE_OTHER, "half a day without use");
            }
        }
        assert_eq!(hours, 24 * 5);
    }
}

#[tokio::test]
async fn a_file_is_left_out_and_asked_for_again_and_the_texts_are_kept() {
    let service = TestService::start(Stage::Collecting).await;
    let path = "/j/qinghe/2026/proposals/new";
    let part = |name: &str, file: &str, value: &str| {
        format!("--b\r\ncontent-disposition: form-data; name=\"{name}\"{file}\r\n\r\n{value}\r\n")
    };
    let body = [
        part(
            "proposal-picture",
            "; filename=\"a.jpg\"",
            &"x".repeat(5 * 1024 * 1024),
        ),
        part("proposal-title", "", "修一修路灯"),
        "--b--\r\n".to_owned(),
    ]
    .concat();
    let request = axum::http::Request::post(path)
        .header("content-type", "multipart/form-data; boundary=b")
        .header("sec-fetch-site", "same-origin")
        .body(axum::body::Body::from(body))
        .unwrap();
    let response = service.raw(request).await;
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    let page = axum::body::to_bytes(response.into_body(), usize::MAX)
        .await
        .unwrap();
    let held = hidden(std::str::from_utf8(&page).unwrap(), "held");
    assert!(held.contains("修一修路灯") && held.len() < 1_000, "{held}");
    assert!(held.contains("\"files\":[\"proposal-picture\"]"), "{held}");
}
