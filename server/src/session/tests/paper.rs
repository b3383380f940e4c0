//! Paper in the same sealed count: from the rule to the verified bundle, and what nobody can do with it.

use crate::session::simulate::paper::{
    SimulatedTellers, count_paper, marks, reserve_paper, seal_paper,
};
use crate::session::simulate::{self, SimulateError};
use crate::session::testkit::{TestSession, judged, ticks, void};
use crate::testing::Browser;
use axum::http::StatusCode;
use ballot::{Choices, Wire as _};
use domain::closed_loop::{Act, tasks};
use domain::infra::ids::AccountId;
use domain::people::{Role, Viewer};
use domain::session::{
    self, DualControlStep, PaperSide, Party, PollKind, SessionError, StateName, set_on_paper,
};
use tally::bundle::PaperCount;
use tally::verify::Verdict;

/// Five deputies, of whom two vote on paper; four papers are set aside; two tellers.
struct Hall {
    session: TestSession,
    tellers: [AccountId; 2],
    desk: Browser,
    paper: Option<SimulatedTellers>,
}

impl Hall {
    async fn drafted() -> Self {
        let session = TestSession::drafted(PollKind::Main, 5, 4).await;
        let mut tellers = Vec::new();
        for _ in 0..2 {
            tellers.push(session.service.sign_in(&[Role::Teller]).await);
        }
        Self {
            tellers: [tellers[0].account, tellers[1].account],
            desk: tellers.remove(0),
            session,
            paper: None,
        }
    }

    async fn adopted() -> Self {
        let mut hall = Self::drafted().await;
        let written = hall
            .session
            .write_rules_with(2, |form| form.rule_paper = "4".to_owned());
        let rule = written.await;
        hall.session.adopt_written(rule).await;
        hall
    }

    async fn reserve(&mut self) {
        let session = &self.session;
        let (app, here) = (session.app(), session.jurisdiction());
        let made = reserve_paper(app, here, session.poll, self.tellers).await;
        self.paper = Some(made.unwrap());
    }

    async fn on_paper(&self, number: i32, on: bool) -> Result<(), SessionError> {
        let session = &self.session;
        let (app, here) = (session.app(), session.jurisdiction());
        set_on_paper(app, self.desk.account, here, session.poll, number, on).await
    }

    /// Three with devices, the fourth and the fifth on paper.
    async fn open() -> Self {
        let mut hall = Self::adopted().await;
        hall.reserve().await;
        hall.on_paper(4, true).await.unwrap();
        hall.on_paper(5, true).await.unwrap();
        hall.session.check_in(3).await;
        hall.session.both(DualControlStep::Freeze).await;
        hall.session.both(DualControlStep::Open).await;
        hall
    }

    async fn hand_out(&self, number: i32, helped: bool) -> Result<u32, SessionError> {
        let session = &self.session;
        let (app, here, by) = (session.app(), session.jurisdiction(), self.desk.account);
        session::hand_out_paper(app, by, here, session.poll, number, helped).await
    }

    /// Both have their papers, and voting is over but for the box.
    async fn handed_out() -> Self {
        let hall = Self::open().await;
        for number in [4, 5] {
            hall.hand_out(number, false).await.unwrap();
        }
        for (deputy, marks) in [[1, 1, 0, 0], [1, 0, 0, 0], [1, 1, 0, 0]]
            .iter()
            .enumerate()
        {
            hall.session.cast(deputy, &ticks(marks)).await;
        }
        hall
    }

    fn paper(&self) -> &SimulatedTellers {
        self.paper.as_ref().unwrap()
    }

    async fn list(
        &self,
        side: PaperSide,
        sheets: &[Option<Choices>],
    ) -> Result<session::Agreement, SessionError> {
        let session = &self.session;
        let (app, here) = (session.app(), session.jurisdiction());
        let secret = &self.paper().secret;
        let (list, _) = marks(app, here, session.poll, secret, sheets)
            .await
            .unwrap();
        let teller = match side {
            PaperSide::First => self.tellers[0],
            PaperSide::Second => self.tellers[1],
        };
        session::submit_paper_list(app, teller, here, session.poll, side, &list).await
    }

    async fn count(&self, sheets: &[Option<Choices>]) -> Result<PaperCount, SimulateError> {
        let session = &self.session;
        let (app, here) = (session.app(), session.jurisdiction());
        count_paper(app, here, session.poll, self.paper(), sheets).await
    }

    async fn submit(&self, count: &PaperCount) -> Result<(), SessionError> {
        let session = &self.session;
        let (app, here, by) = (session.app(), session.jurisdiction(), self.tellers[0]);
        session::submit_paper_count(app, by, here, session.poll, count).await
    }

    async fn finish(&self) {
        self.session.both(DualControlStep::Close).await;
        self.session.decrypt_all().await;
        self.session.announce().await;
    }

    async fn bundle(&self) -> tally::verify::Report {
        let poll = self.session.poll().await;
        let bundle = session::bundle(self.session.app(), &poll).await.unwrap();
        judged(&bundle)
    }
}

/// What is ticked on a sheet; nothing of one that the chief scrutineer has ruled invalid.
fn sheet(marks: &[u8]) -> Option<Choices> {
    (!marks.is_empty()).then(|| ticks(marks))
}

/// One good paper for the first and second, one with three ticks where two are the most.
fn two_sheets() -> Vec<Option<Choices>> {
    vec![sheet(&[1, 1, 0, 0]), sheet(&[1, 1, 1, 0])]
}

#[tokio::test]
async fn devices_and_paper_are_one_count_with_an_invalid_paper_and_the_rest_voided() {
    let hall = Hall::handed_out().await;
    let count = hall.count(&two_sheets()).await.unwrap();
    assert_eq!((count.returned, count.invalid.as_slice()), (2, &[2][..]));
    hall.finish().await;
    let report = hall.bundle().await;
    assert_eq!(report.verdict, Verdict::Verified, "{}", report.summary());
    // Three by device and the valid paper: four for the first item, three for the second.
    assert_eq!(report.counted.unwrap().counted, 4);
    let sheet = &report.decision.unwrap()["sheet"];
    let figures =
        ["present", "issued", "returned", "valid", "invalid"].map(|name| sheet[name].as_u64());
    assert_eq!(figures, [5, 5, 5, 4, 1].map(Some), "{sheet}");
    let poll = hall.session.poll().await;
    let mut tx = hall.session.app().database.read().await.unwrap();
    let unused = session::store::unused_paper(&mut tx, &poll).await.unwrap();
    assert_eq!(unused.len(), 3);
}

#[tokio::test]
async fn an_empty_box_is_counted_too_and_the_close_waits_for_it() {
    let hall = Hall::open().await;
    let close = hall.session.confirm(DualControlStep::Close, Party::Office);
    assert!(matches!(close.await, Err(SessionError::PaperNotCounted)));
    hall.count(&[]).await.unwrap();
    hall.finish().await;
    let report = hall.bundle().await;
    assert_eq!(report.verdict, Verdict::Verified, "{}", report.summary());
}

#[tokio::test]
async fn nothing_is_sealed_before_two_tellers_have_typed_the_same_of_every_sheet() {
    let hall = Hall::handed_out().await;
    let mut other = two_sheets();
    other[0] = sheet(&[1, 0, 0, 0]);
    hall.list(PaperSide::First, &two_sheets()).await.unwrap();
    let alone = hall.list(PaperSide::First, &two_sheets()).await.unwrap();
    assert_eq!(alone.compared, None, "nothing is told before both are in");
    let both = hall.list(PaperSide::Second, &other).await.unwrap();
    let compared = both.compared.unwrap();
    assert_eq!(
        (compared.same_count, compared.differ.as_slice()),
        (true, &[1][..])
    );
    let session = &hall.session;
    let (app, here) = (session.app(), session.jurisdiction());
    let sheets = two_sheets();
    let early = seal_paper(app, here, session.poll, hall.paper(), (&sheets, &[2])).await;
    assert!(matches!(
        early,
        Err(SimulateError::Session(SessionError::PaperNotAgreed))
    ));
    let early = hall.submit(&PaperCount::default()).await;
    assert!(matches!(early, Err(SessionError::PaperNotAgreed)));
    let both = hall.list(PaperSide::Second, &two_sheets()).await.unwrap();
    assert!(both.compared.unwrap().is_complete());
    let short = hall
        .list(PaperSide::Second, &two_sheets()[..1])
        .await
        .unwrap();
    let compared = short.compared.unwrap();
    assert_eq!(
        (compared.same_count, compared.differ.as_slice()),
        (false, &[2][..])
    );
}

#[tokio::test]
async fn one_teller_is_not_two_and_only_tellers_whom_the_meeting_adopted_type() {
    let hall = Hall::handed_out().await;
    hall.list(PaperSide::First, &two_sheets()).await.unwrap();
    let session = &hall.session;
    let (app, here) = (session.app(), session.jurisdiction());
    let secret = &hall.paper().secret;
    let (list, _) = marks(app, here, session.poll, secret, &two_sheets())
        .await
        .unwrap();
    let submit = |account| {
        session::submit_paper_list(app, account, here, session.poll, PaperSide::Second, &list)
    };
    assert!(matches!(
        submit(hall.tellers[0]).await,
        Err(SessionError::SameTeller)
    ));
    let late = session.service.sign_in(&[Role::Teller]).await;
    for account in [late.account, session.office.account, session.chief.account] {
        assert!(matches!(
            submit(account).await,
            Err(SessionError::NotATeller)
        ));
        let nothing = PaperCount::default();
        let count = session::submit_paper_count(app, account, here, session.poll, &nothing);
        assert!(matches!(count.await, Err(SessionError::NotATeller)));
    }
}

#[tokio::test]
async fn more_papers_than_were_handed_out_are_not_counted_and_the_vote_is_declared_void() {
    let hall = Hall::handed_out().await;
    let sheets = vec![sheet(&[1, 0, 0, 0]); 3];
    let refused = hall.count(&sheets).await;
    assert!(matches!(
        refused,
        Err(SimulateError::Session(SessionError::MorePaperReturned {
            returned: 3,
            issued: 2
        }))
    ));
    hall.session.carry(void("收回的纸质票多于发出的")).await;
    assert_eq!(hall.session.state().await, StateName::Voided);
    let report = hall.bundle().await;
    assert_eq!(report.verdict, Verdict::Verified, "{}", report.summary());
}

#[tokio::test]
async fn the_count_must_be_what_is_in_the_box_and_is_said_once() {
    let hall = Hall::handed_out().await;
    let sheets = two_sheets();
    let session = &hall.session;
    let (app, here) = (session.app(), session.jurisdiction());
    hall.list(PaperSide::First, &sheets).await.unwrap();
    hall.list(PaperSide::Second, &sheets).await.unwrap();
    let sealed = seal_paper(app, here, session.poll, hall.paper(), (&sheets, &[2]))
        .await
        .unwrap();
    // Half way between the sealing and the count nobody types another list.
    let other = hall.list(PaperSide::Second, &sheets[..1]).await;
    assert!(matches!(
        other,
        Err(SessionError::PaperFigures("paper-sealed"))
    ));
    let good = PaperCount {
        returned: 2,
        invalid: vec![2],
        sealed,
    };
    let with = |change: fn(&mut PaperCount)| {
        let mut count = good.clone();
        change(&mut count);
        count
    };
    for (wrong, code) in [
        (with(|it| it.returned = 3), "paper-sheets"),
        (with(|it| it.invalid.clear()), "paper-sheets"),
        (with(|it| it.invalid = vec![3]), "paper-invalid"),
        (with(|it| it.invalid = vec![0]), "paper-invalid"),
        (
            with(|it| (it.invalid, it.sealed) = (vec![1, 2], Vec::new())),
            "paper-sealed",
        ),
        (
            with(|it| it.sealed[0].replace_range(..1, "_")),
            "paper-sealed",
        ),
    ] {
        match hall.submit(&wrong).await {
            Err(SessionError::PaperFigures(found)) => assert_eq!(found, code),
            other => panic!("{wrong:?}: {other:?}"),
        }
    }
    hall.submit(&good).await.unwrap();
    // A lost answer: the same again.
    hall.submit(&good).await.unwrap();
    let other = hall.submit(&with(|it| it.invalid = vec![1])).await;
    assert!(matches!(other, Err(SessionError::AlreadyCounted)));
    let typed = hall.list(PaperSide::First, &sheets[..1]).await;
    assert!(matches!(typed, Err(SessionError::AlreadyCounted)));
    let late = hall.hand_out(4, false).await;
    assert!(matches!(late, Err(SessionError::AlreadyCounted)));
    // Nobody seals another paper once the count is public, and no leftover credential votes after the close.
    let more = vec![sheet(&[0, 0, 1, 0]); 4];
    for _ in 0..2 {
        let late = seal_paper(app, here, session.poll, hall.paper(), (&more, &[])).await;
        let Err(SimulateError::Session(refused)) = late else {
            panic!("a late paper was taken");
        };
        assert!(
            matches!(
                refused,
                SessionError::AlreadyCounted | SessionError::AlreadyCast | SessionError::NotOpen
            ),
            "{refused:?}"
        );
        if session.state().await == StateName::Open {
            session.both(DualControlStep::Close).await;
        }
    }
}

#[tokio::test]
async fn a_deputy_is_present_with_a_device_or_on_paper_and_never_both() {
    let mut hall = Hall::adopted().await;
    hall.reserve().await;
    hall.session.check_in(4).await;
    // The device's credential is forgotten, and presence stays one.
    hall.on_paper(4, true).await.unwrap();
    hall.on_paper(4, true).await.unwrap();
    let present = |session: &TestSession| {
        let (app, here, poll) = (session.app().clone(), session.jurisdiction(), session.poll);
        async move {
            let poll = session::find(&app, here, poll).await.unwrap();
            let mut tx = app.database.read().await.unwrap();
            let present = session::store::count_present(&mut tx, &poll).await.unwrap();
            (
                present,
                session::store::count_on_paper(&mut tx, &poll)
                    .await
                    .unwrap(),
            )
        }
    };
    assert_eq!(present(&hall.session).await, (4, 1));
    // Checked in with a device after all.
    let (app, here) = (hall.session.app(), hall.session.jurisdiction());
    let deputy = hall.session.deputies[3];
    simulate::check_in(app, here, hall.session.poll, deputy)
        .await
        .unwrap();
    assert_eq!(present(&hall.session).await, (4, 0));
    hall.on_paper(4, true).await.unwrap();
    hall.on_paper(4, false).await.unwrap();
    assert_eq!(present(&hall.session).await, (3, 0));
    hall.on_paper(5, true).await.unwrap();
    simulate::confirm_headcounts(app, here, hall.session.poll)
        .await
        .unwrap();
    hall.session.both(DualControlStep::Freeze).await;
    let late = hall.on_paper(4, true).await;
    assert!(matches!(late, Err(SessionError::CheckInClosed)));
    let without = hall.hand_out(1, false).await;
    assert!(matches!(without, Err(SessionError::NotOnPaper)));
    let poll = hall.session.poll().await;
    assert_eq!(poll.state.frozen().unwrap().present, 4);
    let mut tx = hall.session.app().database.read().await.unwrap();
    // Three devices and the four papers that are set aside.
    assert_eq!(session::store::roll(&mut tx, &poll).await.unwrap().len(), 7);
}

#[tokio::test]
async fn the_freeze_waits_for_the_credentials_and_no_more_vote_on_paper_than_are_set_aside() {
    let mut hall = Hall::adopted().await;
    hall.session.check_in(4).await;
    assert!(console(&hall).await.contains("纸质票凭证"));
    let freeze = hall.session.confirm(DualControlStep::Freeze, Party::Office);
    assert!(matches!(freeze.await, Err(SessionError::PaperMissing(4))));
    hall.reserve().await;
    for number in 1..=4 {
        hall.on_paper(number, true).await.unwrap();
    }
    let fifth = hall.on_paper(5, true).await;
    assert!(matches!(fifth, Err(SessionError::PaperUsedUp)));
}

#[tokio::test]
async fn papers_are_numbered_one_a_deputy_and_a_spoiled_one_is_replaced_once() {
    let hall = Hall::open().await;
    assert_eq!(hall.hand_out(4, false).await.unwrap(), 1);
    assert_eq!(hall.hand_out(4, true).await.unwrap(), 1);
    assert_eq!(hall.hand_out(5, false).await.unwrap(), 2);
    let session = &hall.session;
    let (app, here, by) = (session.app(), session.jurisdiction(), hall.desk.account);
    let replace =
        |number, spoiled| session::replace_paper(app, by, here, session.poll, number, spoiled);
    assert_eq!(replace(4, 1).await.unwrap(), 3);
    assert_eq!(replace(4, 1).await.unwrap(), 3, "one press more");
    assert!(matches!(replace(5, 3).await, Err(SessionError::NotOnPaper)));
    let count = hall.count(&[sheet(&[0, 1, 0, 0]), sheet(&[])]).await;
    assert_eq!(count.unwrap().invalid, [2], "ruled invalid");
    let poll = session.poll().await;
    let mut tx = app.database.read().await.unwrap();
    let counted = session::paper_counted(&mut tx, &poll)
        .await
        .unwrap()
        .unwrap();
    let recorded = counted.recorded();
    assert_eq!(
        (recorded.issued, recorded.replaced, recorded.helped),
        (2, 1, 1)
    );
    drop(tx);
    session.both(DualControlStep::Close).await;
    let mut tx = app.database.read().await.unwrap();
    let kept = session::store::papers(&mut tx, &poll).await.unwrap();
    assert!(kept.is_empty(), "who had which paper is forgotten");
}

#[tokio::test]
async fn who_voted_on_paper_does_so_in_the_run_off_by_the_same_credentials() {
    let hall = Hall::handed_out().await;
    // Three ticks each for the second and the third item, a majority of five: tied for the second place.
    hall.count(&[sheet(&[1, 0, 1, 0]), sheet(&[0, 0, 1, 0])])
        .await
        .unwrap();
    hall.finish().await;
    let mut tx = hall.session.app().database.read().await.unwrap();
    let rounds = session::rounds(&mut tx, &hall.session.service.cycle)
        .await
        .unwrap();
    drop(tx);
    let next = rounds.unwrap().next();
    assert!(
        matches!(next, session::NextRound::SecondBallot { .. }),
        "{next:?}"
    );
    let mut hall = hall;
    hall.session.call(PollKind::SecondBallot).await;
    hall.session.both(DualControlStep::Freeze).await;
    hall.session.both(DualControlStep::Open).await;
    hall.hand_out(4, false).await.unwrap();
    hall.session.cast(0, &ticks(&[1, 0, 0])).await;
    hall.count(&[sheet(&[1, 0, 0])]).await.unwrap();
    hall.finish().await;
    let report = hall.bundle().await;
    assert_eq!(report.verdict, Verdict::Verified, "{}", report.summary());
}

#[tokio::test]
async fn what_stands_on_a_paper_is_nowhere_in_the_service() {
    let hall = Hall::handed_out().await;
    let sheets = two_sheets();
    hall.count(&sheets).await.unwrap();
    let session = &hall.session;
    let stored = super::secrecy::stored_text(session).await;
    let (app, here) = (session.app(), session.jurisdiction());
    let secret = &hall.paper().secret;
    let (list, _) = marks(app, here, session.poll, secret, &sheets)
        .await
        .unwrap();
    assert!(
        stored.contains(&list.sheets[0]),
        "the search finds what is there"
    );
    let poll = session.poll().await;
    let mut hidden = vec![
        secret.expose().to_owned(),
        secret.comparison(&poll.election).expose().to_owned(),
    ];
    hidden.extend((1..=4).map(|number| secret.credential(number).expose().to_owned()));
    hidden.extend(sheets.iter().flatten().map(Choices::to_json));
    for text in hidden {
        assert!(!stored.contains(&text), "{text}");
    }
}

/// What waits for a person of this role.
async fn waits(hall: &Hall, account: AccountId, role: Role) -> Vec<&'static str> {
    let app = hall.session.app();
    let viewer = Viewer {
        account,
        display_name: String::new(),
        roles: vec![(hall.session.jurisdiction(), role)],
        withheld: Vec::new(),
    };
    let mut tx = app.database.read().await.unwrap();
    let all = tasks(app, &mut tx, &viewer).await.unwrap().all;
    let of_poll = all.into_iter().filter_map(|task| match task.act {
        Act::OfPoll { act, .. } => Some(act.name()),
        _ => None,
    });
    of_poll.collect()
}

/// What the office's console says is due.
async fn console(hall: &Hall) -> String {
    let service = &hall.session.service;
    let page = service.get("/j/qinghe/2026/session/console", Some(&hall.session.office));
    let page = page.await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let due = page.body.split("console-due").nth(1);
    let due = due.unwrap_or_else(|| panic!("{}", page.body));
    due.split("</ul>").next().unwrap().to_owned()
}

#[tokio::test]
async fn the_tellers_are_told_what_waits_for_them() {
    let mut hall = Hall::adopted().await;
    let [first, _] = hall.tellers;
    assert_eq!(waits(&hall, first, Role::Teller).await, ["reserve-paper"]);
    assert!(console(&hall).await.contains("纸质票凭证"));
    hall.reserve().await;
    assert!(waits(&hall, first, Role::Teller).await.is_empty());
    let hall = Hall::open().await;
    let [first, second] = hall.tellers;
    for teller in [first, second] {
        assert_eq!(waits(&hall, teller, Role::Teller).await, ["count-paper"]);
    }
    assert!(console(&hall).await.contains("清点纸质票"));
    hall.count(&[]).await.unwrap();
    assert!(waits(&hall, first, Role::Teller).await.is_empty());
}

#[tokio::test]
async fn the_papers_to_print_have_their_number_on_the_stub_alone() {
    let hall = Hall::adopted().await;
    let session = &hall.session;
    let page = format!("{}/papers", session.page());
    let shown = session.service.get(&page, Some(&hall.desk)).await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.body);
    assert_eq!(crate::web::lint::faults(&shown.body), Vec::<String>::new());
    assert_eq!(shown.body.matches("class=\"ballot-stub\"").count(), 4);
    for number in 1..=4 {
        assert_eq!(shown.body.matches(&format!("编号 {number}<")).count(), 1);
    }
    let papers = shown.body.split("class=\"ballot-sheet\"").skip(1);
    for paper in papers.map(|rest| rest.split("</section>").next().unwrap()) {
        assert!(
            paper.contains("民生实事项目") && !paper.contains("编号"),
            "{paper}"
        );
    }
    // Where the rule sets none aside, there are none; and they are for the desk.
    let other = TestSession::open().await;
    let page = format!("{}/papers", other.page());
    let none = other.service.get(&page, Some(&other.office)).await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
    let refused = other.service.get(&page, Some(&other.chair)).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
}
