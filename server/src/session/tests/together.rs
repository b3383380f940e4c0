//! Several polls of one meeting by one check-in: each deputy's device is on every roll, and nothing that happens to one of the polls
//! is a dead end for another.

use crate::session::testkit::{TestSession, withdraw};
use crate::testing::NOW;
use domain::cycles::Cycle;
use domain::cycles::store::insert_cycle;
use domain::infra::ids::CycleId;
use domain::record::change::Actor;
use domain::session::{self, DualControlStep, NewPoll, PollId, PollKind, SessionError, StateName};
use tally::verify::Verdict;

/// A session with its own poll, and a second one of another kind in the same cycle.
struct Meeting {
    session: TestSession,
    first: PollId,
    second: PollId,
}

impl Meeting {
    async fn drafted() -> Self {
        let session = TestSession::drafted(PollKind::Evaluation, 3, 4).await;
        let first = session.poll;
        let second = another(&session).await;
        Self {
            session,
            first,
            second,
        }
    }

    async fn join(&self) -> Result<(), SessionError> {
        let session = &self.session;
        let actor = Actor::Account(session.office.account);
        let here = session.jurisdiction();
        session::check_in_together(session.app(), actor, here, self.second, self.first).await
    }

    fn turn_to(&mut self, poll: PollId) {
        self.session.poll = poll;
    }

    /// Both have rules; everybody is present and both have their scrutineers' keys.
    async fn checked_in() -> Self {
        let mut meeting = Self::drafted().await;
        meeting.join().await.unwrap();
        meeting.session.adopt(2).await;
        let (first, second) = (meeting.first, meeting.second);
        meeting.turn_to(second);
        meeting.session.adopt(2).await;
        meeting.turn_to(first);
        meeting.session.check_in(3).await;
        meeting
    }
}

/// A second evaluation, in the cycle of the year before.
async fn another(session: &TestSession) -> PollId {
    let app = session.app();
    let cycle = Cycle {
        id: CycleId::new(NOW, &app.entropy),
        year: 2025,
        ..session.service.cycle.clone()
    };
    let mut tx = app.database.write().await.unwrap();
    insert_cycle(&mut tx, &cycle, NOW).await.unwrap();
    tx.commit().await.unwrap();
    let new = NewPoll {
        kind: PollKind::Evaluation,
        items: crate::session::testkit::items_of(4),
        facts: None,
    };
    let actor = Actor::Account(session.office.account);
    session::create(session.app(), actor, &cycle, new)
        .await
        .unwrap()
}

/// The levels of four projects, all the best.
fn satisfied() -> ballot::Choices {
    ballot::Choices::from(vec![vec![true, false, false]; 4])
}

#[tokio::test]
async fn one_check_in_serves_both_polls_and_both_are_verified() {
    let mut meeting = Meeting::checked_in().await;
    let (first, second) = (meeting.first, meeting.second);
    for (poll, keys) in [(first, true), (second, false)] {
        meeting.turn_to(poll);
        if !keys {
            meeting.session.keys = Vec::new();
            meeting.session.make_keys().await;
        }
        meeting.session.both(DualControlStep::Freeze).await;
        meeting.session.both(DualControlStep::Open).await;
        for deputy in 0..3 {
            meeting.session.cast(deputy, &satisfied()).await;
        }
        meeting.session.both(DualControlStep::Close).await;
        meeting.session.decrypt_all().await;
        meeting.session.announce().await;
        let found = meeting.session.poll().await;
        let bundle = session::bundle(meeting.session.app(), &found)
            .await
            .unwrap();
        let report = crate::session::testkit::judged(&bundle);
        assert_eq!(report.verdict, Verdict::Verified, "{}", report.summary());
        assert_eq!(report.counted.unwrap().counted, 3);
    }
}

#[tokio::test]
async fn the_second_roll_waits_for_the_first_and_its_check_in_is_the_first_ones() {
    let mut meeting = Meeting::checked_in().await;
    let (here, second) = (meeting.session.jurisdiction(), meeting.second);
    meeting.turn_to(second);
    meeting.session.keys = Vec::new();
    meeting.session.make_keys().await;
    let early = meeting
        .session
        .confirm(DualControlStep::Freeze, session::Party::Office)
        .await;
    assert!(
        matches!(early, Err(SessionError::CheckInFirst)),
        "{early:?}"
    );
    let own = meeting.session.present[0].credential.clone();
    let app = meeting.session.app();
    let own = crate::session::simulate::registered(app, here, second, &own)
        .await
        .unwrap();
    let deputy = meeting.session.deputies[0];
    let late = session::check_in(app, Actor::System, here, second, deputy, &own, None).await;
    assert!(matches!(late, Err(SessionError::CheckInClosed)));
}

#[tokio::test]
async fn nobody_checks_in_before_every_poll_of_the_check_in_has_its_rules() {
    let mut meeting = Meeting::drafted().await;
    meeting.join().await.unwrap();
    // The same again is harmless.
    meeting.join().await.unwrap();
    meeting.session.adopt(2).await;
    let session = &meeting.session;
    let (here, deputy) = (session.jurisdiction(), session.deputies[0]);
    let early = crate::session::simulate::check_in(session.app(), here, session.poll, deputy).await;
    let refused = "a poll of the same check-in has no adopted rules yet";
    assert_eq!(early.map(drop).unwrap_err().to_string(), refused);
    let second = meeting.second;
    meeting.turn_to(second);
    meeting.session.adopt(2).await;
    let first = meeting.first;
    meeting.turn_to(first);
    meeting.session.check_in(3).await;
}

#[tokio::test]
async fn a_check_in_that_has_begun_or_is_another_s_cannot_be_joined() {
    let mut meeting = Meeting::drafted().await;
    meeting.session.adopt(2).await;
    meeting.session.check_in(3).await;
    let late = meeting.join().await;
    assert!(
        matches!(late, Err(SessionError::CheckInTogether)),
        "{late:?}"
    );
    let meeting = Meeting::drafted().await;
    meeting.join().await.unwrap();
    let session = &meeting.session;
    let actor = Actor::Account(session.office.account);
    let (app, here) = (session.app(), session.jurisdiction());
    let chain = session::check_in_together(app, actor, here, meeting.first, meeting.second).await;
    assert!(
        matches!(chain, Err(SessionError::CheckInTogether)),
        "{chain:?}"
    );
    // On its own again.
    session::check_in_together(app, actor, here, meeting.second, meeting.second)
        .await
        .unwrap();
    let mut meeting = meeting;
    let second = meeting.second;
    meeting.turn_to(second);
    assert!(!meeting.session.poll().await.is_checked_in_before());
    meeting.session.adopt(2).await;
    let adopted = meeting.join().await;
    assert!(
        matches!(adopted, Err(SessionError::State(_))),
        "{adopted:?}"
    );
}

/// Where the poll of the check-in is withdrawn, the other one is checked in for on its own: nothing waits for what does not come.
#[tokio::test]
async fn a_poll_whose_check_in_is_withdrawn_gets_its_own() {
    let mut meeting = Meeting::checked_in().await;
    meeting.session.carry(withdraw("会议改期")).await;
    assert_eq!(meeting.session.state().await, StateName::Withdrawn);
    let second = meeting.second;
    meeting.turn_to(second);
    assert!(!meeting.session.poll().await.is_checked_in_before());
    (meeting.session.present, meeting.session.keys) = (Vec::new(), Vec::new());
    meeting.session.check_in(3).await;
    meeting.session.both(DualControlStep::Freeze).await;
    meeting.session.both(DualControlStep::Open).await;
    meeting.session.cast(0, &satisfied()).await;
}

/// Where the other one is withdrawn, devices that have registered for it stay checked in.
#[tokio::test]
async fn a_withdrawn_poll_of_the_check_in_takes_nobody_s_check_in_away() {
    let mut meeting = Meeting::checked_in().await;
    let (first, second) = (meeting.first, meeting.second);
    meeting.turn_to(second);
    meeting.session.carry(withdraw("会议改期")).await;
    meeting.turn_to(first);
    meeting.session.both(DualControlStep::Freeze).await;
    meeting.session.both(DualControlStep::Open).await;
    meeting.session.cast(2, &satisfied()).await;
}
