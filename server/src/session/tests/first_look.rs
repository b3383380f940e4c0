//! The chief scrutineer sees the result before the chair announces it, once enough have decrypted, and nobody else does.

use crate::session::testkit::{TestSession, ticks};
use axum::http::StatusCode;
use domain::on_either;
use domain::session::{DualControlStep, SessionError, StateName, look_first};

async fn closed() -> TestSession {
    let session = TestSession::open().await;
    for deputy in 0..3 {
        session.cast(deputy, &ticks(&[1, 1, 0, 0])).await;
    }
    session.both(DualControlStep::Close).await;
    session
}

async fn looked_of(session: &TestSession) -> i64 {
    let mut tx = session.app().database.read().await.unwrap();
    on_either!(&mut tx, conn => sqlx::query_scalar(
        "SELECT COUNT(*) FROM audit WHERE action = 'session.look_first'",
    ).fetch_one(&mut *conn).await.unwrap())
}

#[tokio::test]
async fn the_chief_scrutineer_looks_after_the_decryption_and_before_the_announcement() {
    let session = closed().await;
    let page = format!("{}/first-look", session.page());
    let (service, chief) = (&session.service, Some(&session.chief));
    let early = service.post(&page, chief, &[]).await;
    assert_eq!(early.status, StatusCode::CONFLICT);
    session.decrypt_all().await;
    let shown = service.get(&page, chief).await;
    assert!(!shown.body.contains("data-chosen") && !shown.body.contains("100%"));
    let looked = service.post(&page, chief, &[]).await;
    assert_eq!(looked.status, StatusCode::OK, "{}", looked.body);
    assert!(looked.body.contains("QH26-01"), "{}", looked.body);
    assert_eq!(looked_of(&session).await, 1);
    // It changes nothing, and nobody else sees anything.
    assert_eq!(session.state().await, StateName::Decrypted);
    let (app, here, poll) = (session.app(), session.jurisdiction(), session.poll);
    for (account, browser) in [
        (session.office.account, &session.office),
        (session.second.account, &session.second),
        (session.chair.account, &session.chair),
    ] {
        let refused = look_first(app, account, here, poll).await;
        assert!(matches!(refused, Err(SessionError::Forbidden)));
        let page = service.post(&page, Some(browser), &[]).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
    }
    session.announce().await;
    let late = service.post(&page, chief, &[]).await;
    assert_eq!(
        late.status,
        StatusCode::CONFLICT,
        "what was announced is public"
    );
}
