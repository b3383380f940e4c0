//! What the tasks of those in a session tell, and what they must not.

use crate::session::testkit::{TestSession, ticks};
use crate::testing::{Browser, TestService};
use domain::closed_loop::{Act, PollAct, tasks};
use domain::cycles::Stage;
use domain::people::{Role, Viewer, store as people};
use domain::session::{DualControlStep, PollKind};

/// Five deputies, of whom four check in; the last two sign in as deputies and nothing else.
async fn session(service: TestService) -> (TestSession, [Browser; 2]) {
    let mut session = TestSession::in_service(service, PollKind::Main, 5, 4).await;
    let service = &session.service;
    let two = [
        service.sign_in(&[Role::Deputy]).await,
        service.sign_in(&[Role::Deputy]).await,
    ];
    let mut tx = service.app.database.write().await.unwrap();
    for (deputy, browser) in session.deputies[3..].iter().zip(&two) {
        people::link_deputy(
            &mut tx,
            session.jurisdiction(),
            *deputy,
            browser.account,
            None,
        )
        .await
        .unwrap();
    }
    tx.commit().await.unwrap();
    session.adopt(2).await;
    (session, two)
}

async fn poll_acts(session: &TestSession, browser: &Browser, role: Role) -> Vec<PollAct> {
    let viewer = Viewer {
        account: browser.account,
        display_name: String::new(),
        roles: vec![(session.jurisdiction(), role)],
        withheld: Vec::new(),
    };
    let mut tx = session.app().database.read().await.unwrap();
    let found = tasks(session.app(), &mut tx, &viewer).await.unwrap();
    let act = |task: domain::closed_loop::Task| match task.act {
        Act::OfPoll { act, .. } => Some(act),
        _ => None,
    };
    found.all.into_iter().filter_map(act).collect()
}

/// Promise 4: nothing that a deputy is shown tells whether they, or anybody, have cast.
#[tokio::test]
async fn a_deputy_s_task_does_not_tell_who_has_voted() {
    for service in TestService::on_each_database(Stage::Voting).await {
        let (mut session, [present, absent]) = session(service).await;
        assert_eq!(
            poll_acts(&session, &present, Role::Deputy).await,
            [PollAct::CheckIn]
        );
        session.check_in(4).await;
        assert_eq!(poll_acts(&session, &present, Role::Deputy).await, []);
        assert_eq!(
            poll_acts(&session, &absent, Role::Deputy).await,
            [PollAct::CheckIn]
        );
        session.both(DualControlStep::Freeze).await;
        assert_eq!(poll_acts(&session, &absent, Role::Deputy).await, []);
        session.both(DualControlStep::Open).await;

        let own = poll_acts(&session, &present, Role::Deputy).await;
        assert_eq!(own, [PollAct::Vote]);
        assert_eq!(poll_acts(&session, &absent, Role::Deputy).await, []);
        let front = session.service.get("/", Some(&present)).await.body;
        let link = format!("href=\"{}/cast\"", session.page());
        assert!(front.contains(&link), "{front}");
        // The deputy at the fourth place casts, then another.
        for deputy in [3, 0] {
            session.cast(deputy, &ticks(&[1, 0, 1, 0])).await;
            assert_eq!(poll_acts(&session, &present, Role::Deputy).await, own);
            let after = session.service.get("/", Some(&present)).await.body;
            assert_eq!(after, front);
        }
        session.both(DualControlStep::Close).await;
        assert_eq!(poll_acts(&session, &present, Role::Deputy).await, []);
    }
}

/// Nor could it: what is asked of the database for one person names no table that knows of ballots.
#[test]
fn no_question_for_a_person_s_tasks_is_about_ballots_the_roll_or_links() {
    let source = include_str!("../../../domain/src/closed_loop/tasks/store.rs");
    assert!(source.contains("poll_attendance"));
    for table in ["poll_ballots", "poll_roll", "poll_links"] {
        assert!(!source.contains(table), "{table}");
    }
}

/// Each of those who lead and count has one thing to do in each state, in the role that does it and in no other.
#[tokio::test]
async fn each_state_of_a_poll_waits_for_its_own_people() {
    use DualControlStep::{Close, Freeze, Open};
    let confirm = |step| PollAct::Confirm { step, other: None };
    for service in TestService::on_each_database(Stage::Voting).await {
        let (mut session, _) = session(service).await;
        let roles = [
            Role::Office,
            Role::ChiefScrutineer,
            Role::Scrutineer,
            Role::Chair,
        ];
        let row = async |session: &TestSession| {
            let browsers = [
                &session.office,
                &session.chief,
                &session.second,
                &session.chair,
            ];
            let mut row = Vec::new();
            for (browser, role) in browsers.into_iter().zip(roles) {
                row.push(poll_acts(session, browser, role).await);
            }
            row
        };
        let (prepare, key) = (PollAct::PrepareFreeze, PollAct::MakeKey);
        assert_eq!(
            row(&session).await,
            [vec![prepare], vec![key], vec![key], vec![]]
        );
        session.check_in(4).await;
        let both = confirm(Freeze);
        assert_eq!(
            row(&session).await,
            [vec![both], vec![both], vec![], vec![]]
        );
        session.both(Freeze).await;
        let (prepare, approve) = (PollAct::PrepareOpening, PollAct::ApproveElection);
        assert_eq!(
            row(&session).await,
            [vec![prepare], vec![approve], vec![approve], vec![]]
        );
        session.approve_all().await;
        let both = confirm(Open);
        assert_eq!(
            row(&session).await,
            [vec![both], vec![both], vec![], vec![]]
        );
        session
            .confirm(Open, domain::session::Party::Office)
            .await
            .unwrap();
        session
            .confirm(Open, domain::session::Party::ChiefScrutineer)
            .await
            .unwrap();
        let both = confirm(Close);
        assert_eq!(
            row(&session).await,
            [vec![both], vec![both], vec![], vec![]]
        );
        session.both(Close).await;
        let decrypt = PollAct::Decrypt;
        assert_eq!(
            row(&session).await,
            [vec![], vec![decrypt], vec![decrypt], vec![]]
        );
        session.decrypt_all().await;
        assert_eq!(
            row(&session).await,
            [vec![], vec![], vec![], vec![PollAct::Announce]]
        );
        session.announce().await;
        assert_eq!(row(&session).await, [vec![], vec![], vec![], vec![]]);

        // The same accounts in a role that has no part in it.
        for browser in [&session.office, &session.chief, &session.chair] {
            assert_eq!(poll_acts(&session, browser, Role::Resident).await, []);
        }
    }
}
