//! Everybody in the demo, at each step of the year: they look at their tasks and tap each, and some do what the switch does not.

use super::task_tests::whose;
use super::walk_tests::demo;
use super::{DemoStep, Now, next, take};
use crate::demo::content::Content;
use crate::demo::devices::Devices;
use crate::demo::people::{account_of, cast_of_characters};
use crate::proposals::tests::ready;
use crate::session::simulate;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use domain::closed_loop::{Act, PollAct, tasks};
use domain::cycles::JurisdictionKind;
use domain::infra::app::App;
use domain::infra::ids::AccountId;
use domain::people::offers::OfferId;
use domain::people::store::{self as people, Offer};
use domain::people::{Contact, Role, Viewer};
use domain::projects::{self, Project, ProjectState};
use domain::proposals;
use domain::record::change::Actor;
use domain::record::{EntryIndex, store as record};
use domain::screening::{self, NewComment, shortlist};
use domain::session::{self, DualControlStep, Motion, Party};
use domain::takedown;
use std::collections::BTreeSet;
use tower::ServiceExt as _;

/// The demo with everybody whom visitors can be.
pub(super) struct Walk {
    pub(super) app: App,
    content: Content,
    router: Router,
    people: Vec<AccountId>,
    /// Somebody with every role in another county.
    stranger: AccountId,
    pub(super) reached: BTreeSet<&'static str>,
    _dir: tempfile::TempDir,
}

impl Walk {
    pub(super) async fn begin() -> Self {
        let (app, content, dir) = demo().await;
        let elsewhere =
            domain::testing::add_jurisdiction(&app, "beihe", JurisdictionKind::County).await;
        let mut tx = app.database.write().await.unwrap();
        let mut everybody = Vec::new();
        for person in cast_of_characters(&content.people) {
            everybody.push(account_of(&app, &mut tx, &person.email).await.unwrap());
        }
        let stranger = AccountId::new(app.clock.now(), &app.entropy);
        people::insert_account(&mut tx, stranger, "北河县来的人", None, app.clock.now())
            .await
            .unwrap();
        for role in Role::ALL {
            people::grant_role(&mut tx, elsewhere.id, stranger, role)
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
        Self {
            router: crate::router::router(&app),
            app,
            content,
            people: everybody,
            stranger,
            reached: BTreeSet::new(),
            _dir: dir,
        }
    }

    async fn account(&self, email: &str) -> AccountId {
        let mut tx = self.app.database.read().await.unwrap();
        account_of(&self.app, &mut tx, email).await.unwrap()
    }

    pub(super) async fn office(&self) -> AccountId {
        self.account(&self.content.people.office[0].email).await
    }

    async fn resident(&self) -> AccountId {
        self.account(&self.content.people.residents[0].email).await
    }

    pub(super) async fn viewer(&self, account: AccountId) -> Viewer {
        let mut tx = self.app.database.read().await.unwrap();
        Viewer {
            account,
            display_name: String::new(),
            roles: people::roles_of(&mut tx, account).await.unwrap(),
            withheld: Vec::new(),
        }
    }

    pub(super) async fn acts(&self, viewer: &Viewer) -> Vec<Act> {
        let mut tx = self.app.database.read().await.unwrap();
        let found = tasks(&self.app, &mut tx, viewer).await.unwrap();
        found.all.into_iter().map(|task| task.act).collect()
    }

    /// Everybody looks at their tasks, and taps each.
    pub(super) async fn look(&mut self) {
        let stranger = self.viewer(self.stranger).await;
        assert_eq!(self.acts(&stranger).await, []);
        for account in self.people.clone() {
            let viewer = self.viewer(account).await;
            let acts = self.acts(&viewer).await;
            for act in &acts {
                let roles = whose(act);
                let may = roles.is_empty() || roles.iter().any(|role| viewer.holds_anywhere(*role));
                assert!(may, "{act:?} is shown to {:?}", viewer.roles);
                self.reached.insert(act.name());
            }
            self.tap_all(account, acts.len()).await;
        }
    }

    /// The front page shows the person so many rows, and each leads to a page that answers.
    async fn tap_all(&self, account: AccountId, count: usize) {
        let (_, cookie, _) = self.get(&format!("/demo/enter/{account}"), "").await;
        let (status, _, front) = self.get("/", &cookie).await;
        assert_eq!(status, StatusCode::OK);
        let rows = links(&front);
        assert_eq!(rows.len(), count, "{rows:?}");
        for path in rows {
            let (status, _, page) = self.get(&path, &cookie).await;
            assert_eq!(status, StatusCode::OK, "{path}: {page}");
        }
    }

    /// Status, the session's cookie, and the page.
    async fn get(&self, path: &str, cookie: &str) -> (StatusCode, String, String) {
        let path = path.split('#').next().unwrap();
        let request = Request::get(path).header(header::COOKIE, cookie);
        let request = request.body(Body::empty()).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let cookie = response.headers().get(header::SET_COOKIE).map(|value| {
            let value = value.to_str().unwrap();
            value.split(';').next().unwrap().to_owned()
        });
        let status = response.status();
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let page = String::from_utf8_lossy(&bytes).into_owned();
        (status, cookie.unwrap_or_default(), page)
    }

    pub(super) async fn now(&self) -> Now {
        Now::read(&self.app).await.unwrap()
    }

    /// The switch is pressed once.
    async fn step(&self) -> DemoStep {
        let now = self.now().await;
        let step = next(&self.app, &self.content, &now).await.unwrap().unwrap();
        take(&self.app, &self.content, step).await.unwrap();
        step
    }

    /// The switch is pressed up to and with this step.
    pub(super) async fn up_to(&self, last: DemoStep) {
        while self.step().await != last {}
    }

    /// A wish that nobody has let in, a role that is offered, and a takedown that one administrator asks for.
    pub(super) async fn strew(&self) {
        let (app, cycle) = (&self.app, self.now().await.cycle);
        let resident = self.resident().await;
        let wish = ready("给河堤装上路灯", "晚上散步看不清。", "todo");
        proposals::propose(app, Actor::Account(resident), &cycle, resident, &wish)
            .await
            .unwrap();
        let second = self.account(&self.content.people.committee[0].email).await;
        let mut tx = app.database.write().await.unwrap();
        people::grant_role(&mut tx, cycle.jurisdiction, second, Role::Admin)
            .await
            .unwrap();
        let contact = Contact::parse(&self.content.people.residents[0].email).unwrap();
        let offer = Offer {
            jurisdiction: cycle.jurisdiction,
            id: OfferId::new(app.clock.now(), &app.entropy),
            lookup: contact.lookup(&app.vault).to_vec(),
            role: Role::Teller,
            name: "计票员".to_owned(),
            unit: None,
            offered_by: second,
            offered_at: app.clock.now(),
        };
        people::insert_offer(&mut tx, &offer).await.unwrap();
        let size = record::size(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        for entry in (0..size).filter_map(EntryIndex::new) {
            let asked = takedown::ask(app, second, entry, takedown::Reason::PersonalData).await;
            if asked.is_ok() {
                return;
            }
        }
        panic!("no entry of the record may be taken down");
    }

    /// A cluster that is given to a unit.
    pub(super) async fn assign(&self) {
        let (app, cycle) = (&self.app, self.now().await.cycle);
        let by = Actor::Account(self.office().await);
        let staff = &self.content.people.unit_staff[0];
        let account = self.account(&staff.email).await;
        let mut tx = app.database.read().await.unwrap();
        let loose = screening::unclustered(&mut tx, &cycle).await.unwrap();
        let units = people::units_of_account(&mut tx, cycle.jurisdiction, account)
            .await
            .unwrap();
        let proposal = loose[0].0;
        let case = screening::case(&mut tx, &cycle, proposal).await.unwrap();
        let seen = case.unwrap().seen();
        drop(tx);
        let chosen = [screening::Chosen { proposal, seen }];
        screening::assign(app, by, &cycle, &chosen, units[0].id)
            .await
            .unwrap();
    }

    /// A comment that waits for its answer, then one that has it.
    pub(super) async fn comment(&mut self) {
        let cycle = self.now().await.cycle;
        let (office, author) = (self.office().await, self.resident().await);
        let new = NewComment {
            candidate: None,
            display_name: "文庙社区老人",
            text: "名单很好，请早些开工。",
            form_token: "todo",
        };
        let app = self.app.clone();
        let id = shortlist::comment(&app, Actor::Account(author), &cycle, author, &new)
            .await
            .unwrap();
        self.look().await;
        shortlist::answer(&app, Actor::Account(office), &cycle, id, true, "已采纳。")
            .await
            .unwrap();
        self.look().await;
    }

    /// One deputy more checks in after the head counts, and the head is asked again.
    pub(super) async fn one_more(&mut self) {
        let app = self.app.clone();
        let poll = self.now().await.current_poll().unwrap().clone();
        let (here, id) = (poll.jurisdiction, poll.id);
        let mut tx = app.database.read().await.unwrap();
        let mut late = None;
        for account in &self.people {
            let viewer = people::deputy_of_account(&mut tx, here, *account).await;
            if let Some(deputy) = viewer.unwrap()
                && !session::store::has_attended(&mut tx, &poll, deputy.id)
                    .await
                    .unwrap()
            {
                late = Some(deputy);
            }
        }
        drop(tx);
        let late = late.unwrap();
        simulate::check_in(&app, here, id, late.id).await.unwrap();
        let mut tx = app.database.read().await.unwrap();
        let counts = session::headcounts(&mut tx, &poll).await.unwrap();
        drop(tx);
        let asked = counts.iter().find(|one| !one.is_confirmed()).unwrap();
        assert_eq!(asked.delegation.delegation, late.delegation_id);
        self.people.push(asked.delegation.head_account.unwrap());
        self.look().await;
        simulate::confirm_headcounts(&app, here, id).await.unwrap();
    }

    /// The office confirms the freeze: it is done, and the chief scrutineer is told who waits.
    pub(super) async fn office_freezes(&self) {
        let poll = self.now().await.current_poll().unwrap().clone();
        let office = self.office().await;
        let step = DualControlStep::Freeze;
        let confirms = async |other| {
            let wanted = PollAct::Confirm { step, other };
            let mut holders = Vec::new();
            for account in &self.people {
                let acts = self.acts(&self.viewer(*account).await).await;
                let is_wanted =
                    |act: &Act| matches!(act, Act::OfPoll { act, .. } if *act == wanted);
                if acts.iter().any(is_wanted) {
                    holders.push(*account);
                }
            }
            holders
        };
        assert_eq!(confirms(None).await.len(), 2, "office and chief scrutineer");
        simulate::confirm(&self.app, office, &poll, step, Party::Office)
            .await
            .unwrap();
        assert_eq!(confirms(None).await, []);
        let left = confirms(Some(Party::Office)).await;
        assert_eq!(left.len(), 1);
        assert!(!left.contains(&office));
    }

    /// The office puts forward that the poll ends; the chief scrutineer is told, and it stays at that.
    pub(super) async fn office_moves(&self, motion: Motion) {
        let poll = self.now().await.current_poll().unwrap().clone();
        let (office, here) = (self.office().await, poll.jurisdiction);
        session::put_forward(&self.app, office, here, poll.id, Party::Office, motion)
            .await
            .unwrap();
    }

    /// A unit delivers what was late.
    pub(super) async fn deliver_one(&self) {
        let (app, by, cycle) = (&self.app, Actor::System, self.now().await.cycle);
        let mut tx = app.database.read().await.unwrap();
        let all = projects::store::projects(&mut tx, &cycle).await.unwrap();
        drop(tx);
        let is_under_way = |one: &&Project| matches!(one.state, ProjectState::Underway { .. });
        let late = all.iter().find(is_under_way).unwrap();
        let (key, day) = (late.plan.code.as_str(), projects::today(app));
        for position in 0..late.milestones.len() {
            if late.milestones[position].completed_on.is_none() {
                projects::complete_milestone(app, by, &cycle, key, position, day)
                    .await
                    .unwrap();
            }
        }
        projects::deliver(app, by, &cycle, key, day).await.unwrap();
    }

    /// All scrutineers approve, so that the opening is ready.
    pub(super) async fn approve(&self) {
        let poll = self.now().await.current_poll().unwrap().clone();
        let devices = Devices::load(&self.app, poll.id).unwrap();
        for device in &devices.scrutineers {
            simulate::approve(&self.app, poll.jurisdiction, poll.id, device)
                .await
                .unwrap();
        }
    }
}

/// Where the rows of the list lead.
fn links(page: &str) -> Vec<String> {
    let Some((_, after)) = page.split_once("<section class=\"tasks\"") else {
        panic!("no list of tasks: {page}");
    };
    let list = after.split("</section>").next().unwrap();
    list.split("<a href=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect()
}
