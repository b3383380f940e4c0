//! The big screen: the same for everybody but the code, live, and silent on what is voted.

use crate::session::testkit::{TestSession, ticks};
use crate::testing::Browser;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use domain::people::Role;
use domain::session::{self, DualControlStep, PollKind};
use futures_util::StreamExt as _;
use std::time::Duration;

/// What a listener has been sent, event by event.
pub(super) struct Listener(axum::body::BodyDataStream);

impl Listener {
    pub(super) async fn to(session: &TestSession, path: &str, browser: Option<&Browser>) -> Self {
        let request = Request::get(format!("{}{path}", session.page()))
            .header(header::ACCEPT, "text/event-stream")
            .header(
                header::COOKIE,
                browser.map_or("lang=zh-CN", Browser::cookie),
            )
            .body(Body::empty())
            .unwrap();
        let reply = session.service.raw(request).await;
        assert_eq!(reply.status(), StatusCode::OK);
        assert_eq!(reply.headers()[header::CONTENT_TYPE], "text/event-stream");
        Self(reply.into_body().into_data_stream())
    }

    pub(super) async fn next(&mut self) -> String {
        let sent = tokio::time::timeout(Duration::from_secs(20), self.0.next()).await;
        let bytes = sent.expect("something is sent").unwrap().unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }
}

#[tokio::test]
async fn the_code_stands_on_the_screen_of_the_hall_and_on_nobody_elses() {
    let mut session = TestSession::drafted(PollKind::Main, 3, 4).await;
    session.adopt(2).await;
    let code = session::hall_code(session.app(), session.poll).digits;
    let shown = format!("{} {}", &code[..3], &code[3..]);
    let teller = session.service.sign_in(&[Role::Teller]).await;
    let deputy = session.service.sign_in(&[Role::Deputy]).await;
    let screen = format!("{}/screen", session.page());
    for (who, in_hall) in [
        (Some(&session.office), true),
        (Some(&teller), true),
        (Some(&deputy), false),
        (Some(&session.chief), false),
        (None, false),
    ] {
        let page = session.service.get(&screen, who).await;
        assert_eq!(page.status, StatusCode::OK);
        assert_eq!(page.body.contains(&shown), in_hall);
        assert_eq!(page.body.contains(&code), in_hall);
        let sent = Listener::to(&session, "/screen/events", who)
            .await
            .next()
            .await;
        assert_eq!(sent.contains(&shown), in_hall, "{sent}");
    }
}

#[tokio::test]
async fn the_screen_and_the_counts_are_sent_again_when_somebody_has_checked_in() {
    let mut session = TestSession::drafted(PollKind::Main, 3, 4).await;
    session.adopt(2).await;
    let mut screen = Listener::to(&session, "/screen/events", None).await;
    let mut counts = Listener::to(&session, "/attendance/events", None).await;
    assert!(screen.next().await.contains(">0</text>"));
    assert!(counts.next().await.contains("<table"));
    session.check_in(2).await;
    let mut shown = screen.next().await;
    while !shown.contains(">2</text>") {
        shown = screen.next().await;
    }
    assert!(counts.next().await.contains("<td class=\"number\">1</td>"));
}

#[tokio::test]
async fn every_state_has_its_screen_and_none_before_the_announcement_orders_or_counts_the_items() {
    let mut session = TestSession::drafted(PollKind::Main, 3, 4).await;
    let screen = format!("{}/screen", session.page());
    let look = async |session: &TestSession| {
        let page = session.service.get(&screen, None).await;
        assert_eq!(page.status, StatusCode::OK);
        page.body
    };
    let mut before = vec![look(&session).await];
    session.adopt(2).await;
    before.push(look(&session).await);
    session.check_in(3).await;
    session.both(DualControlStep::Freeze).await;
    let frozen = look(&session).await;
    assert!(
        frozen.contains("<p class=\"screen-figure\">0</p>"),
        "the box is shown empty"
    );
    let phi = session.poll().await.state.frozen().unwrap().fingerprint;
    assert!(frozen.contains(&ballot::Print::of_election(&phi).to_string()));
    before.push(frozen);
    session.both(DualControlStep::Open).await;
    before.push(look(&session).await);
    session.cast(0, &ticks(&[0, 1, 0, 1])).await;
    let open = look(&session).await;
    assert!(
        open.contains("<p class=\"screen-figure\">1<span> / 3</span>"),
        "{open}"
    );
    session.cast(1, &ticks(&[1, 0, 0, 1])).await;
    before.push(open);
    session.both(DualControlStep::Close).await;
    before.push(look(&session).await);
    session.decrypt_all().await;
    before.push(look(&session).await);
    for page in &before {
        assert!(
            !page.contains("第4个项目"),
            "no item is named before the announcement"
        );
    }
    session.announce().await;
    let announced = look(&session).await;
    assert!(announced.contains("第4个项目"));
    assert_eq!(announced.matches("class=\"screen-rank\"").count(), 4);
}

#[tokio::test]
async fn two_ballots_that_say_other_things_make_the_same_screen() {
    let mut screens = Vec::new();
    for marks in [[1, 0, 0, 1], [0, 1, 1, 0]] {
        let session = TestSession::open().await;
        session.cast(0, &ticks(&marks)).await;
        let sent = Listener::to(&session, "/screen/events", None)
            .await
            .next()
            .await;
        let figure = sent.split("screen-figure").nth(1).unwrap();
        screens.push(figure.split("screen-scan").next().unwrap().to_owned());
    }
    assert_eq!(screens[0], screens[1]);
}

#[tokio::test]
async fn a_stream_is_for_who_reads_events_and_one_watcher_serves_all() {
    let session = TestSession::open().await;
    let path = format!("{}/screen/events", session.page());
    let as_page = session.service.get(&path, None).await;
    assert_eq!(as_page.status, StatusCode::NOT_FOUND);
    let mut many = Vec::new();
    for _ in 0..20 {
        many.push(Listener::to(&session, "/screen/events", None).await);
    }
    session.cast(0, &ticks(&[1, 0, 0, 1])).await;
    for one in &mut many {
        let mut sent = one.next().await;
        while !sent.contains("1<span> / 3") {
            sent = one.next().await;
        }
    }
}

/// The office plans the end and puts it off; the screen counts down to it, and nothing closes by itself.
#[tokio::test]
async fn a_planned_end_is_counted_down_put_off_and_taken_back_and_closes_nothing() {
    let session = TestSession::open().await;
    let path = format!("{}/planned-end", session.page());
    let plan = async |who: &Browser, minutes: &str| {
        let form = [("planned_minutes", minutes)];
        session.service.post(&path, Some(who), &form).await.status
    };
    let mut screen = Listener::to(&session, "/screen/events", None).await;
    assert!(!screen.next().await.contains("data-until"));
    assert_eq!(plan(&session.chair, "20").await, StatusCode::FORBIDDEN);
    for wrong in ["0", "-5", "601", "二十"] {
        let status = plan(&session.office, wrong).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
    assert_eq!(plan(&session.office, "20").await, StatusCode::SEE_OTHER);
    assert!(screen.next().await.contains("data-until=\"1200\""));
    assert_eq!(plan(&session.office, "30").await, StatusCode::SEE_OTHER);
    assert!(screen.next().await.contains("data-until=\"1800\""));
    // An hour later: the vote is open until two people close it.
    session
        .app()
        .clock
        .set(session.app().clock.now().plus_seconds(3600));
    session.cast(0, &ticks(&[1, 0, 0, 0])).await;
    let page = session
        .service
        .get(&format!("{}/screen", session.page()), None)
        .await;
    assert!(page.body.contains("data-until=\"0\""), "{}", page.body);
    assert_eq!(plan(&session.office, "").await, StatusCode::SEE_OTHER);
    let page = session
        .service
        .get(&format!("{}/screen", session.page()), None)
        .await;
    assert!(!page.body.contains("data-until"));
    session.both(DualControlStep::Close).await;
    assert_eq!(plan(&session.office, "5").await, StatusCode::CONFLICT);
}

/// The meeting has adopted fewer places than the year has, and said why.
#[tokio::test]
async fn a_departure_stands_with_its_reason_on_the_screen_and_beside_the_result() {
    let mut session = TestSession::drafted(PollKind::Main, 3, 4).await;
    let screen = format!("{}/screen", session.page());
    let results = format!("/j/qinghe/2026/results/{}", session.poll);
    session.adopt(2).await;
    let why = "今年只办两件实事。";
    let shown =
        async |session: &TestSession, path: &str| session.service.get(path, None).await.body;
    let page = shown(&session, &screen).await;
    assert!(page.contains(why), "{page}");
    session.check_in(3).await;
    session.both(DualControlStep::Freeze).await;
    assert!(shown(&session, &screen).await.contains(why));
    session.both(DualControlStep::Open).await;
    session.both(DualControlStep::Close).await;
    assert!(!shown(&session, &results).await.contains(why));
    session.decrypt_all().await;
    session.announce().await;
    let page = shown(&session, &results).await;
    assert!(page.contains(why), "{page}");
}
