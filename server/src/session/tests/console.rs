//! The office's console: for whom each poll waits, by name, and nothing of what is voted.

use super::screen::Listener;
use crate::session::simulate;
use crate::session::testkit::{TestSession, ticks, void, withdraw};
use axum::http::StatusCode;
use domain::people::Role;
use domain::session::{self, Confirmed, DualControlStep, Party, PollKind};

const CONSOLE: &str = "/j/qinghe/2026/session/console";

async fn shown(session: &TestSession) -> String {
    let page = session.service.get(CONSOLE, Some(&session.office)).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    page.body
}

/// The names of this session's scrutineers, in the order of their numbers.
async fn scrutineers(session: &TestSession) -> Vec<String> {
    let poll = session.poll().await;
    let mut tx = session.app().database.read().await.unwrap();
    let all = session::store::scrutineers(&mut tx, &poll).await.unwrap();
    all.into_iter().map(|one| one.name).collect()
}

/// Everybody checks in, and no head has confirmed anybody.
async fn come(session: &mut TestSession) {
    for deputy in session.deputies.clone() {
        let (app, here) = (session.app(), session.jurisdiction());
        let present = simulate::check_in(app, here, session.poll, deputy).await;
        session.present.push(present.unwrap());
    }
}

/// What is due in the state, each with whom it waits for.
#[tokio::test]
async fn each_state_says_for_whom_it_waits_by_name() {
    let mut session = TestSession::drafted(PollKind::Main, 3, 4).await;
    let due = |page: &str, text: &str| assert!(page.contains(text), "{text}: {page}");
    due(&shown(&session).await, "办公室拟定办法，会议通过后录入");
    session.adopt(2).await;
    let names = scrutineers(&session).await.join("、");
    let page = shown(&session).await;
    due(&page, "法定人数 2 名，还差 2 名");
    due(&page, &format!("等待：{names}"));
    come(&mut session).await;
    let poll = session.poll().await;
    let mut tx = session.app().database.read().await.unwrap();
    let heads = session::headcounts(&mut tx, &poll).await.unwrap();
    drop(tx);
    let page = shown(&session).await;
    for one in &heads {
        let head = one.delegation.head_name.clone();
        let head = head.unwrap_or_else(|| "尚未指定团长".to_owned());
        due(
            &page,
            &format!("{}：等待团长{head}确认到会名单", one.delegation.name),
        );
    }
    session.make_keys().await;
    let (app, here) = (session.app(), session.jurisdiction());
    simulate::confirm_headcounts(app, here, session.poll)
        .await
        .unwrap();
    session.both(DualControlStep::Freeze).await;
    due(&shown(&session).await, &format!("等待：{names}"));
    session.approve_all().await;
    let waiting = session.confirm(DualControlStep::Open, Party::Office).await;
    assert_eq!(waiting.unwrap(), Confirmed::Waiting);
    due(&shown(&session).await, "<p>等待：总监票人 ");
    session
        .confirm(DualControlStep::Open, Party::ChiefScrutineer)
        .await
        .unwrap();
    session.cast(0, &ticks(&[1, 0, 0, 1])).await;
    let open = shown(&session).await;
    due(&open, "<strong class=\"number\">1 / 3</strong>");
    session.both(DualControlStep::Close).await;
    due(&shown(&session).await, &format!("等待：{names}"));
    session.decrypt_all().await;
    let decrypted = shown(&session).await;
    due(&decrypted, "等待：执行主席 ");
    // Nothing of the choices, in no state.
    for page in [&open, &decrypted] {
        assert!(!page.contains("第4个项目"), "{page}");
    }
    session.announce().await;
    due(&shown(&session).await, "/results/");
}

#[tokio::test]
async fn what_somebody_has_put_forward_is_the_first_thing_that_is_due() {
    let mut session = TestSession::drafted(PollKind::Main, 3, 4).await;
    session.adopt(2).await;
    let (app, here, poll) = (session.app(), session.jurisdiction(), session.poll);
    let chief = session.chief.account;
    let side = Party::ChiefScrutineer;
    session::put_forward(app, chief, here, poll, side, withdraw("改期。"))
        .await
        .unwrap();
    let page = shown(&session).await;
    assert!(page.contains("有提议待确认"), "{page}");
    assert!(page.contains("撤回本次表决"), "{page}");
    let open = TestSession::open().await;
    assert!(!shown(&open).await.contains("有提议待确认"));
    open.carry(void("不能解密。")).await;
    assert!(shown(&open).await.contains("不能解密。"));
}

#[tokio::test]
async fn it_is_for_those_who_lead_and_the_desk_and_for_nobody_else() {
    let session = TestSession::drafted(PollKind::Main, 3, 4).await;
    let events = format!("{}/console/events", session.page());
    for role in Role::ALL {
        let somebody = session.service.sign_in(&[role]).await;
        let leads = [
            Role::Office,
            Role::ChiefScrutineer,
            Role::Scrutineer,
            Role::Chair,
            Role::Teller,
        ];
        for path in [CONSOLE, &events] {
            let status = session.service.get(path, Some(&somebody)).await.status;
            let is_refused = status == StatusCode::FORBIDDEN;
            assert_eq!(is_refused, !leads.contains(&role), "{} {path}", role.name());
        }
    }
    let stranger = session.service.get(CONSOLE, None).await;
    assert_ne!(stranger.status, StatusCode::OK);
}

#[tokio::test]
async fn it_is_sent_again_when_a_delegation_s_head_or_a_side_has_confirmed() {
    let mut session = TestSession::drafted(PollKind::Main, 3, 4).await;
    session.adopt(2).await;
    come(&mut session).await;
    let office = session.office.clone();
    let mut console = Listener::to(&session, "/console/events", Some(&office)).await;
    assert!(console.next().await.contains("等待团长"));
    let (app, here) = (session.app(), session.jurisdiction());
    simulate::confirm_headcounts(app, here, session.poll)
        .await
        .unwrap();
    session.make_keys().await;
    let mut shown = console.next().await;
    while !shown.contains("等待：办公室、总监票人") && !shown.contains("、总监票人 ")
    {
        shown = console.next().await;
    }
    assert!(!shown.contains("等待团长"), "{shown}");
    session
        .confirm(DualControlStep::Freeze, Party::Office)
        .await
        .unwrap();
    while !shown.contains("<p>等待：总监票人 ") {
        shown = console.next().await;
    }
}
