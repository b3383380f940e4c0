//! Who acts in an election, and what each does.

use crate::session::RuleForm;
use crate::session::simulate::{self, CeremonyDevice, SimulateError, SimulatedScrutineer};
use crate::session::testkit::{items_of, seat_deputies, seat_officers, ticks};
use crate::testing::{Browser, TestService};
use ballot::trustee::SecretKey;
use ballot::{BoundDecryption, Credential, Ed25519, Election, EncryptedTally, Wire as _};
use domain::closed_loop;
use domain::cycles::{Cycle, Jurisdiction};
use domain::infra::app::App;
use domain::people::{DeputyId, Role};
use domain::record;
use domain::record::change::Actor;
use domain::session::store::ObjectKind;
use domain::session::{
    self, Adoption, DualControlStep, Hands, Matter, NewPoll, Party, Poll, PollKind, SessionError,
    store,
};
use std::collections::BTreeMap;
use std::sync::Mutex;
use tally::record::transcript::ROUNDS;

/// What somebody does, in the order of an election.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Act {
    Create,
    WriteRules,
    Adopt,
    /// The same, with three scrutineers of whom two are enough.
    AdoptTwoOfThree,
    /// A message of the key ceremony: of which round, by whom.
    Message(usize, usize),
    Key(usize),
    CheckIn(usize),
    Headcount(usize),
    Confirm(DualControlStep, Party),
    Approve(usize),
    Cast(usize),
    StateClosing(usize),
    Decrypt(usize),
    Announce,
}

pub(super) const ACTS: [Act; 24] = [
    Act::Create,
    Act::WriteRules,
    Act::Adopt,
    Act::Key(0),
    Act::Key(1),
    Act::CheckIn(0),
    Act::CheckIn(1),
    Act::CheckIn(2),
    Act::Headcount(0),
    Act::Headcount(1),
    Act::Confirm(DualControlStep::Freeze, Party::Office),
    Act::Confirm(DualControlStep::Freeze, Party::ChiefScrutineer),
    Act::Approve(0),
    Act::Approve(1),
    Act::Confirm(DualControlStep::Open, Party::Office),
    Act::Confirm(DualControlStep::Open, Party::ChiefScrutineer),
    Act::Cast(0),
    Act::Cast(1),
    Act::Confirm(DualControlStep::Close, Party::Office),
    Act::Confirm(DualControlStep::Close, Party::ChiefScrutineer),
    Act::StateClosing(0),
    Act::StateClosing(1),
    Act::Decrypt(0),
    Act::Decrypt(1),
];

/// Up to the key that three make together.
pub(super) fn ceremony() -> Vec<Act> {
    let mut acts = vec![Act::Create, Act::WriteRules, Act::AdoptTwoOfThree];
    for round in 0..ROUNDS.len() {
        acts.extend((0..3).map(|number| Act::Message(round, number)));
    }
    acts
}

/// Everybody's accounts, and what lies on their devices: sent again, it is the same.
pub(super) struct People {
    jurisdiction: Jurisdiction,
    cycle: Cycle,
    office: Browser,
    chief: Browser,
    second: Browser,
    chair: Browser,
    deputies: Vec<DeputyId>,
    credentials: Vec<Credential>,
    keys: Vec<SecretKey<Ed25519>>,
    sent: Mutex<BTreeMap<Act, String>>,
    devices: Mutex<Vec<CeremonyDevice>>,
}

impl People {
    pub(super) async fn of(service: &TestService) -> Self {
        let mut random = service.app.entropy.rng();
        let people = Self {
            jurisdiction: service.jurisdiction.clone(),
            cycle: service.cycle.clone(),
            office: service.sign_in(&[Role::Office]).await,
            chief: service.sign_in(&[Role::ChiefScrutineer]).await,
            second: service.sign_in(&[Role::Scrutineer]).await,
            chair: service.sign_in(&[Role::Chair, Role::Scrutineer]).await,
            deputies: seat_deputies(&service.app, service.jurisdiction.id, 3).await,
            credentials: (0..3).map(|_| Credential::generate(&mut random)).collect(),
            keys: (0..2).map(|_| SecretKey::generate(&mut random)).collect(),
            sent: Mutex::new(BTreeMap::new()),
            devices: Mutex::new(Vec::new()),
        };
        let officers = [&people.chief, &people.second, &people.chair];
        seat_officers(service, &people.deputies, officers).await;
        people
    }

    /// What a device has sent in this act, made at the first time.
    fn sends(&self, act: Act, make: impl FnOnce() -> String) -> String {
        self.sent
            .lock()
            .unwrap()
            .entry(act)
            .or_insert_with(make)
            .clone()
    }

    fn has_sent(&self, act: Act) -> Option<String> {
        self.sent.lock().unwrap().get(&act).cloned()
    }

    fn device(&self, number: usize) -> SimulatedScrutineer {
        SimulatedScrutineer::alone(self.scrutineer(number).account, self.keys[number].clone())
    }

    async fn poll(&self, app: &App) -> Poll {
        let mut tx = app.database.read().await.unwrap();
        let mut polls = store::polls_of_cycle(&mut tx, self.cycle.jurisdiction, self.cycle.id)
            .await
            .unwrap();
        polls.pop().unwrap()
    }

    async fn rule(&self, app: &App, poll: &Poll) -> tally::rules::Rule {
        let mut tx = app.database.read().await.unwrap();
        let items = store::items(&mut tx, poll).await.unwrap();
        let mut form =
            RuleForm::defaults(poll.kind, &self.jurisdiction, &self.cycle, 3, items.len());
        form.rule_places = "2".to_owned();
        form.rule_max = "2".to_owned();
        form.rule(poll.kind, &self.jurisdiction, &items, None)
            .unwrap()
    }

    fn scrutineer(&self, number: usize) -> &Browser {
        [&self.chief, &self.second, &self.chair][number]
    }

    /// What a device sends in a round, made once, from what all have sent in the round before.
    async fn message(&self, app: &App, poll: &Poll, round: usize, number: usize) -> String {
        let act = Act::Message(round, number);
        if let Some(sent) = self.has_sent(act) {
            return sent;
        }
        let fresh = simulate::ceremony_devices(app, poll.jurisdiction, poll.id).await;
        let mut devices = self.devices.lock().unwrap();
        if devices.is_empty() {
            *devices = fresh.unwrap();
        }
        let device = &mut devices[number];
        if round > 0 {
            let before: Vec<String> = (0..3)
                .map(|other| self.has_sent(Act::Message(round - 1, other)).unwrap())
                .collect();
            let mut random = app.entropy.rng();
            device.proceed(&before, &mut random).unwrap();
        }
        self.sends(act, || device.message().1)
    }

    pub(super) async fn does(&self, app: &App, act: Act) -> Result<(), SessionError> {
        let place = self.jurisdiction.id;
        let office = Actor::Account(self.office.account);
        if act == Act::Create {
            let new = NewPoll {
                kind: PollKind::Main,
                items: items_of(4),
                facts: None,
            };
            return session::create(app, office, &self.cycle, new)
                .await
                .map(drop);
        }
        let poll = self.poll(app).await;
        match act {
            Act::Create => Ok(()),
            Act::WriteRules => {
                let rule = self.rule(app, &poll).await;
                session::write_rules(app, office, place, poll.id, &rule)
                    .await
                    .map(drop)
            }
            Act::Adopt | Act::AdoptTwoOfThree => {
                let rule = self.rule(app, &poll).await;
                let text = session::rule_text(app, &poll, &rule)?;
                let mut scrutineers = vec![self.chief.account, self.second.account];
                if act == Act::AdoptTwoOfThree {
                    scrutineers.push(self.chair.account);
                }
                let adoption = Adoption {
                    rule: tally::rules::RuleHash::of(text.as_bytes()),
                    hands: Hands {
                        in_favour: 3,
                        against: 0,
                        abstained: 0,
                    },
                    scrutineers,
                    threshold: 2,
                    details: crate::session::testkit::details(),
                };
                session::adopt(app, office, place, poll.id, &adoption).await
            }
            Act::Message(round, number) => {
                let message = self.message(app, &poll, round, number).await;
                let (account, round) = (self.scrutineer(number).account, ROUNDS[round]);
                session::submit_ceremony_message(app, account, place, poll.id, 1, round, message)
                    .await
            }
            Act::Key(number) => {
                let key = self.sends(act, || {
                    let mut random = app.entropy.rng();
                    self.keys[number].verification_key(&mut random).to_json()
                });
                let account = self.scrutineer(number).account;
                session::submit_trustee_key(app, account, place, poll.id, &key).await
            }
            Act::CheckIn(number) => {
                let deputy = self.deputies[number];
                let own = &self.credentials[number];
                let own = simulate::registered(app, place, poll.id, own)
                    .await
                    .unwrap();
                let code = session::hall_code(app, poll.id).digits;
                let (who, code) = (Actor::System, Some(code.as_str()));
                session::check_in(app, who, place, poll.id, deputy, &own, code)
                    .await
                    .map(drop)
            }
            Act::Headcount(number) => {
                let mut tx = app.database.read().await.unwrap();
                let counts = session::headcounts(&mut tx, &poll).await.unwrap();
                drop(tx);
                let head = self.scrutineer(number).account;
                let names = self.sends(act, || {
                    let own =
                        |count: &&session::Headcount| count.delegation.head_account == Some(head);
                    counts.iter().find(own).unwrap().names.to_string()
                });
                session::confirm_headcount(app, head, place, poll.id, &names)
                    .await
                    .map(drop)
            }
            Act::Confirm(..)
            | Act::Approve(_)
            | Act::Cast(_)
            | Act::StateClosing(_)
            | Act::Decrypt(_) => self.does_with_both_or_a_device(app, &poll, act).await,
            Act::Announce => closed_loop::announce(app, self.chair.account, place, poll.id).await,
        }
    }

    async fn does_with_both_or_a_device(
        &self,
        app: &App,
        poll: &Poll,
        act: Act,
    ) -> Result<(), SessionError> {
        let place = self.jurisdiction.id;
        match act {
            Act::Confirm(step, side) => {
                let account = match side {
                    Party::Office => self.office.account,
                    Party::ChiefScrutineer => self.chief.account,
                };
                let mut tx = app.database.read().await.unwrap();
                let now = session::matter(&mut tx, poll, step).await;
                drop(tx);
                let seen = self.sends(act, || now.unwrap().to_string());
                let seen = Matter::new(seen).unwrap();
                session::confirm(app, account, place, poll.id, step, side, &seen)
                    .await
                    .map(drop)
            }
            Act::Cast(number) => {
                let election = object(app, poll, ObjectKind::Election).await;
                let ballot = self.sends(act, || {
                    let election = Election::<Ed25519>::from_json(election.as_bytes()).unwrap();
                    let choices = ticks(&[1, 0, 0, 1]);
                    let mut random = app.entropy.rng();
                    let sealed =
                        ballot::seal(&election, &self.credentials[number], &choices, &mut random);
                    sealed.unwrap().ballot.to_json()
                });
                // As the API answers: the ballot, then its receipt.
                let cast = session::cast(app, poll, ballot).await?;
                record::receipt(app, cast.entry).await?;
                Ok(())
            }
            Act::Approve(number) => {
                let device = self.device(number);
                let signed = match self.has_sent(act) {
                    Some(signed) => signed,
                    None => simulated(simulate::approval(app, place, poll.id, &device).await)?,
                };
                let signed = self.sends(act, || signed);
                session::approve(app, device.account, place, poll.id, signed).await
            }
            Act::StateClosing(number) => {
                let device = self.device(number);
                let mut tx = app.database.read().await.unwrap();
                let kind = store::StatementKind::Closing;
                let given = store::statements(&mut tx, poll, kind).await.unwrap();
                drop(tx);
                if given.len() <= number {
                    // As the device begins: it takes the record.
                    record::checkpoint(app).await?;
                }
                let signed = match self.has_sent(act) {
                    Some(signed) => signed,
                    None => simulated(simulate::closing(app, place, poll.id, &device).await)?,
                };
                let signed = self.sends(act, || signed);
                session::state_closing(app, device.account, place, poll.id, signed).await
            }
            Act::Decrypt(number) => {
                let election = object(app, poll, ObjectKind::Election).await;
                let tally = object(app, poll, ObjectKind::EncryptedTally).await;
                let partial = self.sends(act, || {
                    let election = Election::<Ed25519>::from_json(election.as_bytes()).unwrap();
                    let tally = EncryptedTally::<Ed25519>::from_json(tally.as_bytes()).unwrap();
                    let mut random = app.entropy.rng();
                    BoundDecryption::make(&tally, &self.keys[number], &election, &mut random)
                        .to_json()
                });
                let account = self.scrutineer(number).account;
                session::submit_partial_decryption(app, account, place, poll.id, partial).await
            }
            other => panic!("{other:?} has no device"),
        }
    }
}

/// What the service refused; a device of these tests is never at a loss itself.
fn simulated(signed: Result<String, SimulateError>) -> Result<String, SessionError> {
    signed.map_err(|error| match error {
        SimulateError::Session(error) => error,
        other => panic!("{other}"),
    })
}

async fn object(app: &App, poll: &Poll, kind: ObjectKind) -> String {
    let mut tx = app.database.read().await.unwrap();
    store::object(&mut tx, poll, kind).await.unwrap().unwrap()
}
