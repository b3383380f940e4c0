//! What the session's tests share: a congress in session with deputies, scrutineers and an office, and a poll in any state.

use super::RuleForm;
use super::simulate::{self, SimulateError, SimulatedDeputy, SimulatedScrutineer};
use crate::testing::{Browser, NOW, TestService};
use ballot::Choices;
use domain::closed_loop;
use domain::cycles::Stage;
use domain::infra::app::App;
use domain::infra::ids::{AccountId, JurisdictionId};
use domain::infra::money::Money;
use domain::people::{Delegation, DelegationId, DeputyId, Role, store as people};
use domain::record::change::Actor;
use domain::session::StateName;
use domain::session::store::CastBallot;
use domain::session::{self, Adoption, AdoptionDetails, Confirmed, NewPoll, SessionError};
use domain::session::{DualControlStep, EndReason, Hands, Matter, Motion, Party};
use domain::session::{Poll, PollId, PollItem, PollKind};
use tally::archive::ObjectHash;
use tally::verify::Report;

/// A congress in session.
pub(crate) struct TestSession {
    pub service: TestService,
    pub office: Browser,
    pub chief: Browser,
    pub second: Browser,
    pub chair: Browser,
    pub deputies: Vec<DeputyId>,
    pub poll: PollId,
    pub present: Vec<SimulatedDeputy>,
    pub keys: Vec<SimulatedScrutineer>,
}

impl TestSession {
    /// A session of `deputies` deputies with a drafted poll on `items` items.
    pub(crate) async fn drafted(kind: PollKind, deputies: i32, items: usize) -> Self {
        let stage = match kind {
            PollKind::Main | PollKind::RunOff | PollKind::SecondBallot | PollKind::Adoption => {
                Stage::Voting
            }
            PollKind::Evaluation => Stage::Evaluating,
        };
        Self::in_service(TestService::start(stage).await, kind, deputies, items).await
    }

    pub(crate) async fn in_service(
        service: TestService,
        kind: PollKind,
        deputies: i32,
        items: usize,
    ) -> Self {
        let office = service.sign_in(&[Role::Office]).await;
        let chief = service.sign_in(&[Role::ChiefScrutineer]).await;
        let second = service.sign_in(&[Role::Scrutineer]).await;
        let chair = service.sign_in(&[Role::Chair]).await;
        let deputies = seat_deputies(&service.app, service.jurisdiction.id, deputies).await;
        seat_officers(&service, &deputies, [&chief, &second, &chair]).await;
        let new = NewPoll {
            kind,
            items: items_of(items),
            facts: None,
        };
        let actor = Actor::Account(office.account);
        let poll = session::create(&service.app, actor, &service.cycle, new)
            .await
            .unwrap();
        Self {
            service,
            office,
            chief,
            second,
            chair,
            deputies,
            poll,
            present: Vec::new(),
            keys: Vec::new(),
        }
    }

    pub(crate) fn app(&self) -> &App {
        &self.service.app
    }

    pub(crate) fn jurisdiction(&self) -> JurisdictionId {
        self.service.jurisdiction.id
    }

    /// `/j/qinghe/2026/session/polls/{poll}`
    pub(crate) fn page(&self) -> String {
        format!("/j/qinghe/2026/session/polls/{}", self.poll)
    }

    /// `/api/v1/j/qinghe/2026/polls/{poll}`
    pub(crate) fn api(&self) -> String {
        format!("/api/v1/j/qinghe/2026/polls/{}", self.poll)
    }

    pub(crate) async fn state(&self) -> StateName {
        session::find(self.app(), self.jurisdiction(), self.poll)
            .await
            .unwrap()
            .state
            .name()
    }

    /// The rule with the law's defaults, for so many places.
    pub(crate) async fn write_rules(&self, places: u32) -> tally::rules::RuleHash {
        self.write_rules_with(places, |_| {}).await
    }

    /// The same with something of the form changed.
    pub(crate) async fn write_rules_with(
        &self,
        places: u32,
        change: impl FnOnce(&mut RuleForm),
    ) -> tally::rules::RuleHash {
        let poll = session::find(self.app(), self.jurisdiction(), self.poll)
            .await
            .unwrap();
        let mut tx = self.app().database.read().await.unwrap();
        let items = session::store::items(&mut tx, &poll).await.unwrap();
        let seats = people::deputies_in_office(&mut tx, self.jurisdiction())
            .await
            .unwrap();
        drop(tx);
        let mut form = RuleForm::defaults(
            poll.kind,
            &self.service.jurisdiction,
            &self.service.cycle,
            seats,
            items.len(),
        );
        form.rule_places = places.to_string();
        form.rule_max = places.to_string();
        change(&mut form);
        let rule = form
            .rule(poll.kind, &self.service.jurisdiction, &items, None)
            .unwrap();
        let actor = Actor::Account(self.office.account);
        session::write_rules(self.app(), actor, self.jurisdiction(), self.poll, &rule)
            .await
            .unwrap()
    }

    pub(crate) async fn adopt(&mut self, places: u32) {
        let rule = self.write_rules(places).await;
        self.adopt_written(rule).await;
    }

    /// The meeting adopts what is written.
    pub(crate) async fn adopt_written(&mut self, rule: tally::rules::RuleHash) {
        let all = u32::try_from(self.deputies.len()).unwrap();
        let adoption = Adoption {
            rule,
            hands: Hands {
                in_favour: all,
                against: 0,
                abstained: 0,
            },
            scrutineers: vec![self.chief.account, self.second.account],
            threshold: 2,
            details: details(),
        };
        let actor = Actor::Account(self.office.account);
        session::adopt(self.app(), actor, self.jurisdiction(), self.poll, &adoption)
            .await
            .unwrap();
    }

    /// The first `n` deputies sign in, and both scrutineers make their keys.
    pub(crate) async fn check_in(&mut self, n: usize) {
        for deputy in self.deputies.iter().take(n).copied() {
            let one = simulate::check_in(self.app(), self.jurisdiction(), self.poll, deputy)
                .await
                .unwrap();
            self.present.push(one);
        }
        self.make_keys().await;
        simulate::confirm_headcounts(self.app(), self.jurisdiction(), self.poll)
            .await
            .unwrap();
    }

    /// Both scrutineers make their keys for the session's poll.
    pub(crate) async fn make_keys(&mut self) {
        for account in [self.chief.account, self.second.account] {
            let key = simulate::make_key(self.app(), self.jurisdiction(), self.poll, account)
                .await
                .unwrap();
            self.keys.push(key);
        }
    }

    pub(crate) async fn confirm(
        &self,
        step: DualControlStep,
        side: Party,
    ) -> Result<Confirmed, SessionError> {
        let account = match side {
            Party::Office => self.office.account,
            Party::ChiefScrutineer => self.chief.account,
        };
        let poll = session::find(self.app(), self.jurisdiction(), self.poll)
            .await
            .unwrap();
        let mut tx = self.app().database.read().await.unwrap();
        let matter = session::matter(&mut tx, &poll, step).await;
        drop(tx);
        // A step that does not come now has none.
        let matter = matter.unwrap_or_else(|_| Matter::of(b"nothing"));
        self.confirm_as(account, step, side, &matter).await
    }

    /// Somebody confirms what a page has shown.
    pub(crate) async fn confirm_as(
        &self,
        account: AccountId,
        step: DualControlStep,
        side: Party,
        seen: &Matter,
    ) -> Result<Confirmed, SessionError> {
        let (here, poll) = (self.jurisdiction(), self.poll);
        session::confirm(self.app(), account, here, poll, step, side, seen).await
    }

    /// Both sides confirm; before the opening, every scrutineer's device has approved the election.
    pub(crate) async fn both(&self, step: DualControlStep) {
        if step == DualControlStep::Open {
            self.approve_all().await;
        }
        let first = self.confirm(step, Party::Office).await.unwrap();
        assert_eq!(first, Confirmed::Waiting);
        let second = self.confirm(step, Party::ChiefScrutineer).await.unwrap();
        assert_eq!(second, Confirmed::Done);
    }

    /// The chief scrutineer puts a motion forward, and the office confirms it.
    pub(crate) async fn carry(&self, motion: Motion) {
        let (here, poll) = (self.jurisdiction(), self.poll);
        let (step, side) = (motion.step(), Party::ChiefScrutineer);
        let chief = self.chief.account;
        let first = session::put_forward(self.app(), chief, here, poll, side, motion).await;
        assert_eq!(first.unwrap(), Confirmed::Waiting);
        let second = self.confirm(step, Party::Office).await;
        assert_eq!(second.unwrap(), Confirmed::Done);
    }

    /// The office calls the poll that follows; from here on it is the session's poll.
    pub(crate) async fn call(&mut self, kind: PollKind) {
        let actor = Actor::Account(self.office.account);
        let cycle = &self.service.cycle;
        self.poll = session::call_follow_up(&self.service.app, actor, cycle, kind)
            .await
            .unwrap();
    }

    /// The poll from its freeze to its announcement, with these ticks by the first deputies.
    pub(crate) async fn hold(&self, ballots: &[&[u8]]) {
        self.both(DualControlStep::Freeze).await;
        self.both(DualControlStep::Open).await;
        for (deputy, marks) in ballots.iter().enumerate() {
            self.cast(deputy, &ticks(marks)).await;
        }
        self.both(DualControlStep::Close).await;
        self.decrypt_all().await;
        self.announce().await;
    }

    /// An account confirms a step as it stands now, for a side that may not be its own.
    pub(crate) async fn confirm_of(
        &self,
        account: AccountId,
        step: DualControlStep,
        side: Party,
    ) -> Result<(), SessionError> {
        let poll = self.poll().await;
        let mut tx = self.app().database.read().await.unwrap();
        let matter = session::matter(&mut tx, &poll, step).await;
        drop(tx);
        let matter = matter.unwrap_or_else(|_| Matter::of(b"nothing"));
        self.confirm_as(account, step, side, &matter)
            .await
            .map(drop)
    }

    /// Both sides confirm, whoever of them has confirmed before.
    pub(crate) async fn both_again(&self, step: DualControlStep) {
        if step == DualControlStep::Freeze {
            let (here, poll) = (self.jurisdiction(), self.poll);
            simulate::confirm_headcounts(self.app(), here, poll)
                .await
                .unwrap();
        }
        if step == DualControlStep::Open {
            self.approve_all().await;
        }
        for side in Party::ALL {
            if self.confirm(step, side).await.unwrap() == Confirmed::Done {
                return;
            }
        }
        panic!("{step:?} waits for a third");
    }

    /// A session of three deputies, all signed in, with an open poll of 4 items for 2 places.
    pub(crate) async fn open() -> Self {
        Self::opened(TestService::start(Stage::Voting).await).await
    }

    /// The same on SQLite and on PostgreSQL (where there is one).
    pub(crate) async fn open_on_each_database() -> Vec<Self> {
        let mut sessions = Vec::new();
        for service in TestService::on_each_database(Stage::Voting).await {
            sessions.push(Self::opened(service).await);
        }
        sessions
    }

    async fn opened(service: TestService) -> Self {
        let mut session = Self::in_service(service, PollKind::Main, 3, 4).await;
        session.adopt(2).await;
        session.check_in(3).await;
        session.both(DualControlStep::Freeze).await;
        session.both(DualControlStep::Open).await;
        session
    }

    pub(crate) async fn poll(&self) -> Poll {
        session::find(self.app(), self.jurisdiction(), self.poll)
            .await
            .unwrap()
    }

    pub(crate) async fn seal(&self, deputy: usize, choices: &Choices) -> String {
        simulate::seal_ballot(
            self.app(),
            self.jurisdiction(),
            self.poll,
            &self.present[deputy],
            choices,
        )
        .await
        .unwrap()
    }

    pub(crate) async fn cast(&self, deputy: usize, choices: &Choices) -> CastBallot {
        let ballot = self.seal(deputy, choices).await;
        self.put(ballot).await.unwrap()
    }

    /// Casts these bytes, as a request does: the poll is found, and the ballot put into its box.
    pub(crate) async fn put(&self, ballot: String) -> Result<CastBallot, SessionError> {
        let poll = session::find(self.app(), self.jurisdiction(), self.poll).await?;
        session::cast(self.app(), &poll, ballot).await
    }

    pub(crate) async fn approve_all(&self) {
        for key in &self.keys {
            let (app, here) = (self.app(), self.jurisdiction());
            or_before(simulate::approve(app, here, self.poll, key).await);
        }
    }

    pub(crate) async fn state_closing_all(&self) {
        for key in &self.keys {
            let (app, here) = (self.app(), self.jurisdiction());
            or_before(simulate::state_closing(app, here, self.poll, key).await);
        }
    }

    /// All state which ballots are summed, and decrypt.
    pub(crate) async fn decrypt_all(&self) {
        self.state_closing_all().await;
        for key in &self.keys {
            let (app, here) = (self.app(), self.jurisdiction());
            or_before(simulate::decrypt(app, here, self.poll, key).await);
        }
    }

    pub(crate) async fn announce(&self) {
        closed_loop::announce(
            self.app(),
            self.chair.account,
            self.jurisdiction(),
            self.poll,
        )
        .await
        .unwrap();
    }
}

/// Every vote of the tests is for fewer places than the cycle has, and says why.
pub(crate) fn details() -> AdoptionDetails {
    AdoptionDetails {
        departure: Some("今年只办两件实事。".to_owned()),
        ..AdoptionDetails::default()
    }
}

/// Deputies on the roster, in two delegations.
pub(crate) async fn seat_deputies(
    app: &App,
    jurisdiction: JurisdictionId,
    number: i32,
) -> Vec<DeputyId> {
    let mut tx = app.database.write().await.unwrap();
    let mut delegations = Vec::new();
    for (position, name) in [(1, "城关代表团"), (2, "北门街道代表团")] {
        let delegation = Delegation {
            id: DelegationId::new(NOW, &app.entropy),
            name: name.to_owned(),
            position,
        };
        people::insert_delegation(&mut tx, jurisdiction, &delegation)
            .await
            .unwrap();
        delegations.push(delegation.id);
    }
    let mut deputies = Vec::new();
    for n in 1..=number {
        let new = people::NewDeputy {
            id: DeputyId::new(NOW, &app.entropy),
            number: n,
            name: format!("代表{n}"),
            delegation: delegations[usize::try_from(n).unwrap() % 2],
            account: None,
        };
        people::insert_deputy(&mut tx, jurisdiction, &new, NOW)
            .await
            .unwrap();
        deputies.push(new.id);
    }
    tx.commit().await.unwrap();
    deputies
}

/// Chief scrutineer, scrutineer and chair are the first three deputies; the first two head the delegations.
pub(crate) async fn seat_officers(
    service: &TestService,
    deputies: &[DeputyId],
    officers: [&Browser; 3],
) {
    let mut tx = service.app.database.write().await.unwrap();
    let here = service.jurisdiction.id;
    for (deputy, officer) in deputies.iter().zip(officers) {
        people::link_deputy(&mut tx, here, *deputy, officer.account, None)
            .await
            .unwrap();
    }
    let roster = people::deputies(&mut tx, here).await.unwrap();
    for head in roster.iter().take(2) {
        people::set_head(&mut tx, here, head.delegation_id, head.id, NOW)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
}

/// `QH26-01` to `QH26-…`
pub(crate) fn items_of(n: usize) -> Vec<PollItem> {
    (1..=n)
        .map(|index| PollItem {
            code: format!("QH26-{index:02}"),
            title: format!("第{index}个项目"),
            unit: Some("县水利局".to_owned()),
            budget: Some(Money::from_wan(i64::try_from(index).unwrap() * 100)),
            source: None,
        })
        .collect()
}

/// The poll is to be withdrawn, since the meeting votes another time.
pub(crate) fn withdraw(explanation: &str) -> Motion {
    Motion::Withdraw {
        reason: EndReason::Postponed,
        explanation: explanation.to_owned(),
    }
}

/// The vote is to be void, since too few can decrypt.
pub(crate) fn void(explanation: &str) -> Motion {
    Motion::Void {
        reason: EndReason::CannotDecrypt,
        explanation: explanation.to_owned(),
    }
}

/// These were drawn.
pub(crate) fn lot(drawn: &[&str], witnesses: &[&str]) -> Motion {
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    Motion::Lot {
        drawn: owned(drawn),
        witnesses: owned(witnesses),
    }
}

/// A tick for each item.
pub(crate) fn ticks(marks: &[u8]) -> Choices {
    Choices::from([marks.iter().map(|mark| *mark == 1).collect()])
}

/// What anybody's verifier says of a bundle. Where `SECOND_OPINION` names a folder the bundle is kept there, and the second verifier
/// (`tests/second_verifier`) says the same or `./dev test` fails.
pub(crate) fn judged(bundle: &[u8]) -> Report {
    let report = tally::bundle::verify(bundle);
    if let Some(folder) = std::env::var_os("SECOND_OPINION") {
        let test = std::thread::current().name().unwrap_or("test").to_owned();
        let hash = ObjectHash::of(bundle);
        let file = format!("zip.{}.{hash}", test.replace("::", "-"));
        let file = std::path::PathBuf::from(folder).join(file);
        std::fs::write(file.with_added_extension("bytes"), bundle).unwrap();
        let said = format!("{}\n{}", report.verdict.exit_code(), report.summary());
        std::fs::write(file.with_added_extension("exit"), said).unwrap();
    }
    report
}

/// Done now, or by this device before: a simulated one signs anew where a real one repeats what it kept.
fn or_before(answer: Result<(), SimulateError>) {
    match answer {
        Err(SimulateError::Session(
            SessionError::AlreadyStated | SessionError::AlreadyDecrypted,
        )) => {}
        answer => answer.unwrap(),
    }
}
