//! The session: from the rules to the announcement.

use super::{Now, a_while_later};
use crate::demo::content::{Content, DemoStaff, Evaluations};
use crate::demo::devices::Devices;
use crate::demo::error::DemoError;
use crate::demo::people::{account_of, simulated_numbers};
use crate::session::simulate::SimulatedScrutineer;
use crate::session::simulate::paper::SimulatedTellers;
use crate::session::{RuleForm, simulate};
use ballot::{Choices, PaperSecret};
use domain::closed_loop;
use domain::evaluation;
use domain::infra::app::App;
use domain::infra::ids::AccountId;
use domain::people::store as people_store;
use domain::record::change::Actor;
use domain::session::{
    self, Adoption, Confirmed, DualControlStep, Hands, Party, Poll, PollId, PollKind, Scrutineer,
};
use tally::record::ceremony::Round;
use tally::record::transcript::smallest_threshold;
use tally::rules::{QuestionShape, Rule};

/// Makes the poll of this kind, unless a visitor has, and lets the meeting adopt its rules.
pub(crate) async fn adopt_rules(
    app: &App,
    now: &Now,
    content: &Content,
    kind: PollKind,
) -> Result<(), DemoError> {
    let cycle = &now.cycle;
    let poll = match (now.poll(kind), kind) {
        (Some(poll), _) => poll.id,
        (None, PollKind::Main) => {
            let new = session::new_main_poll(app, cycle).await?;
            session::create(app, Actor::System, cycle, new).await?
        }
        (None, PollKind::RunOff | PollKind::SecondBallot | PollKind::Adoption) => {
            return Err(DemoError::Unfit(
                "what follows a vote is called by it".to_owned(),
            ));
        }
        (None, PollKind::Evaluation) => evaluation::create_poll(app, Actor::System, cycle).await?,
    };
    adopt(app, now, content, poll, kind).await
}

/// Writes the rules with their defaults and lets the meeting adopt them.
async fn adopt(
    app: &App,
    now: &Now,
    content: &Content,
    poll: PollId,
    kind: PollKind,
) -> Result<(), DemoError> {
    let county = &now.county;
    let found = session::find(app, county.id, poll).await?;
    let mut tx = app.database.read().await?;
    let items = session::store::items(&mut tx, &found).await?;
    let deputies = people_store::deputies_in_office(&mut tx, county.id).await?;
    let mut scrutineers = Vec::new();
    for scrutineer in &content.people.scrutineers {
        scrutineers.push(account_of_deputy(app, content, &scrutineer.number).await?);
    }
    drop(tx);
    let rule = RuleForm::defaults(kind, county, &now.cycle, deputies, items.len())
        .rule(kind, county, &items, found.facts.as_deref())
        .map_err(|errors| DemoError::Unfit(format!("rules: {errors:?}")))?;
    let rule = session::write_rules(app, Actor::System, county.id, poll, &rule).await?;
    a_while_later(app, 10);
    let hands = Hands {
        in_favour: 200,
        against: 0,
        abstained: 1,
    };
    let adoption = Adoption {
        rule,
        hands,
        threshold: smallest_threshold(u32::try_from(scrutineers.len()).unwrap_or(u32::MAX)),
        scrutineers,
        details: session::AdoptionDetails::default(),
    };
    session::adopt(app, Actor::System, county.id, poll, &adoption).await?;
    Ok(())
}

async fn account_of_deputy(
    app: &App,
    content: &Content,
    number: &str,
) -> Result<AccountId, DemoError> {
    let deputy = content
        .people
        .deputies
        .iter()
        .find(|deputy| deputy.number == number)
        .ok_or_else(|| DemoError::Unfit(format!("deputy {number}")))?;
    let mut tx = app.database.read().await?;
    account_of(app, &mut tx, &deputy.email).await
}

/// Makes the keys that no visitor has made. Where the scrutineers make one together and visitors have not brought it to its end, all
/// begin again, and all of them are simulated.
async fn make_keys(
    app: &App,
    poll: &Poll,
    content: &Content,
    scrutineers: &[Scrutineer],
) -> Result<Vec<SimulatedScrutineer>, DemoError> {
    let mut tx = app.database.read().await?;
    let ceremony = session::ceremony(&mut tx, poll).await?;
    let office = account_of(app, &mut tx, &office(content)?.email).await?;
    drop(tx);
    let (here, id) = (poll.jurisdiction, poll.id);
    let Some(ceremony) = ceremony else {
        let mut devices = Vec::new();
        for one in scrutineers.iter().filter(|one| one.public_key.is_none()) {
            devices.push(simulate::make_key(app, here, id, one.account).await?);
        }
        return Ok(devices);
    };
    if ceremony.transcript.due().is_none() {
        return Ok(Vec::new());
    }
    if ceremony.transcript.awaited().len() < scrutineers.len()
        || ceremony.transcript.due() != Some(Round::Certificate)
    {
        let reason = "演示中改由模拟的监票人制作密钥";
        session::restart_ceremony(app, office, here, id, ceremony.attempt, reason).await?;
    }
    Ok(simulate::make_shared_key(app, here, id).await?)
}

/// Makes the keys that no visitor has made, and signs the simulated deputies in.
pub(crate) async fn check_in(app: &App, poll: &Poll, content: &Content) -> Result<(), DemoError> {
    let mut tx = app.database.read().await?;
    let scrutineers = session::store::scrutineers(&mut tx, poll).await?;
    let roster = people_store::deputies(&mut tx, poll.jurisdiction).await?;
    let mut here = Vec::new();
    for number in simulated_numbers(&content.people) {
        if let Some(deputy) = roster.iter().find(|deputy| deputy.number == number)
            && !session::store::has_attended(&mut tx, poll, deputy.id).await?
        {
            here.push(deputy.id);
        }
    }
    drop(tx);
    let mut devices = Devices {
        scrutineers: make_keys(app, poll, content, &scrutineers).await?,
        ..Devices::default()
    };
    for deputy in here {
        devices
            .deputies
            .push(simulate::check_in(app, poll.jurisdiction, poll.id, deputy).await?);
    }
    devices.paper = reserve_paper(app, poll, content).await?;
    devices.save(app, poll.id)?;
    simulate::confirm_headcounts(app, poll.jurisdiction, poll.id).await?;
    a_while_later(app, 30);
    Ok(())
}

pub(crate) async fn freeze(app: &App, poll: &Poll, content: &Content) -> Result<(), DemoError> {
    both_confirm(app, poll, content, DualControlStep::Freeze).await
}

pub(crate) async fn open(app: &App, poll: &Poll, content: &Content) -> Result<(), DemoError> {
    let mut tx = app.database.read().await?;
    let stated = session::store::scrutineers(&mut tx, poll).await?;
    drop(tx);
    for device in waiting(app, poll, &stated, |one| one.has_approved)? {
        simulate::approve(app, poll.jurisdiction, poll.id, &device).await?;
    }
    both_confirm(app, poll, content, DualControlStep::Open).await
}

pub(crate) async fn close(app: &App, poll: &Poll, content: &Content) -> Result<(), DemoError> {
    empty_box(app, poll, content).await?;
    both_confirm(app, poll, content, DualControlStep::Close).await
}

async fn tellers(app: &App, content: &Content) -> Result<[AccountId; 2], DemoError> {
    let [first, second, ..] = content.people.tellers.as_slice() else {
        return Err(DemoError::Unfit("no two tellers".to_owned()));
    };
    let mut tx = app.database.read().await?;
    Ok([
        account_of(app, &mut tx, &first.email).await?,
        account_of(app, &mut tx, &second.email).await?,
    ])
}

/// Makes the credentials of the papers where the rule sets any aside and no visitor has made them.
async fn reserve_paper(
    app: &App,
    poll: &Poll,
    content: &Content,
) -> Result<Option<PaperSecret>, DemoError> {
    let mut tx = app.database.read().await?;
    let is_asked = session::reserved_paper(&mut tx, poll).await? > 0;
    let is_there = session::paper_reserve(&mut tx, poll).await?.is_some();
    drop(tx);
    if !is_asked || is_there || poll.is_checked_in_before() {
        return Ok(None);
    }
    let tellers = tellers(app, content).await?;
    let made = simulate::paper::reserve_paper(app, poll.jurisdiction, poll.id, tellers).await?;
    Ok(Some(made.secret))
}

/// The box with the papers is counted empty where no visitor has counted it: the simulated deputies all have devices.
async fn empty_box(app: &App, poll: &Poll, content: &Content) -> Result<(), DemoError> {
    let mut tx = app.database.read().await?;
    let is_asked = session::reserved_paper(&mut tx, poll).await? > 0;
    let is_counted = session::paper_counted(&mut tx, poll).await?.is_some();
    drop(tx);
    let secret = Devices::load(app, poll.check_in)?.paper;
    let Some(secret) = secret.filter(|_| is_asked && !is_counted) else {
        return Ok(());
    };
    let [first, second] = tellers(app, content).await?;
    let tellers = SimulatedTellers {
        first,
        second,
        secret,
    };
    simulate::paper::count_paper(app, poll.jurisdiction, poll.id, &tellers, &[]).await?;
    Ok(())
}

fn office(content: &Content) -> Result<&DemoStaff, DemoError> {
    let first = content.people.office.first();
    first.ok_or_else(|| DemoError::Unfit("no office".to_owned()))
}

/// Office and chief scrutineer confirm, as far as a visitor has not done it.
async fn both_confirm(
    app: &App,
    poll: &Poll,
    content: &Content,
    step: DualControlStep,
) -> Result<(), DemoError> {
    a_while_later(app, 5);
    let mut tx = app.database.read().await?;
    let office = account_of(app, &mut tx, &office(content)?.email).await?;
    drop(tx);
    let chief = content
        .people
        .scrutineers
        .iter()
        .find(|scrutineer| scrutineer.chief)
        .ok_or_else(|| DemoError::Unfit("no chief scrutineer".to_owned()))?;
    let chief = account_of_deputy(app, content, &chief.number).await?;
    if step == DualControlStep::Freeze {
        simulate::confirm_headcounts(app, poll.jurisdiction, poll.id).await?;
    }
    for (account, side) in [(office, Party::Office), (chief, Party::ChiefScrutineer)] {
        // A visitor may be the other side, and have confirmed before.
        if simulate::confirm(app, account, poll, step, side).await? == Confirmed::Done {
            break;
        }
    }
    Ok(())
}

/// The simulated deputies cast recorded ballots, one each.
pub(crate) async fn cast(app: &App, poll: &Poll, content: &Content) -> Result<(), DemoError> {
    let mut tx = app.database.read().await?;
    let codes: Vec<String> = session::store::items(&mut tx, poll)
        .await?
        .into_iter()
        .map(|item| item.code)
        .collect();
    let rule = session::adopted_rule(&mut tx, poll).await?;
    drop(tx);
    let answers = rule.as_ref().and_then(Rule::item_answers);
    let recorded: Vec<Choices> = match poll.kind {
        PollKind::Adoption => on_the_list(content.county.ballots.len()),
        PollKind::Main | PollKind::RunOff | PollKind::SecondBallot => {
            let asked = rule.as_ref().map(Rule::questions).unwrap_or_default();
            choices(&content.county.ballots, &codes, &asked)
        }
        PollKind::Evaluation => {
            let levels = answers.map_or(0, |answers| answers.len());
            marks(&content.evaluations, &codes, levels)
        }
    };
    let devices = Devices::load(app, poll.check_in)?;
    for (deputy, choices) in devices.deputies.iter().zip(&recorded) {
        simulate::cast(app, poll.jurisdiction, poll.id, deputy, choices).await?;
    }
    Ok(())
}

/// What so many deputies say of the list that the meeting is to adopt: most are for it, a few against, a few abstain.
fn on_the_list(ballots: usize) -> Vec<Choices> {
    let of = |number: usize| match number % 25 {
        7 => [false, true, false],
        19 => [false, false, true],
        _ => [true, false, false],
    };
    (0..ballots)
        .map(|number| Choices::from(vec![of(number).to_vec()]))
        .collect()
}

/// The recorded ballots in the form that the rule asks for. Where one question is asked, the candidates that each ticks, as many as it
/// allows, and a blank ballot where they are too few; where one is asked of each candidate, for what is ticked, and of the rest by
/// turns against, abstaining or nothing.
fn choices(ballots: &[Vec<String>], codes: &[String], asked: &[QuestionShape]) -> Vec<Choices> {
    let of = |(number, ballot): (usize, &Vec<String>)| match asked {
        [one] if usize::try_from(one.answers) == Ok(codes.len()) => ticked(ballot, codes, *one),
        _ => Choices::from(
            codes
                .iter()
                .zip(number..)
                .map(|(code, turn)| match (ballot.contains(code), turn % 3) {
                    (true, _) => vec![true, false, false],
                    (false, 0) => vec![false, true, false],
                    (false, 1) => vec![false, false, true],
                    (false, _) => vec![false, false, false],
                })
                .collect::<Vec<_>>(),
        ),
    };
    ballots
        .iter()
        .enumerate()
        .map(|(number, ballot)| of((number, ballot)))
        .collect()
}

fn ticked(ballot: &[String], codes: &[String], asked: QuestionShape) -> Choices {
    let most = usize::try_from(asked.max).unwrap_or(usize::MAX);
    let least = usize::try_from(asked.min).unwrap_or(0);
    let mut left = most;
    let mark = |code: &String| {
        let is_marked = left > 0 && ballot.contains(code);
        left -= usize::from(is_marked);
        is_marked
    };
    let mut marks: Vec<bool> = codes.iter().map(mark).collect();
    if asked.blank {
        let is_blank = marks.iter().filter(|mark| **mark).count() < least;
        if is_blank {
            marks.fill(false);
        }
        marks.insert(0, is_blank);
    }
    Choices::from(vec![marks])
}

/// The recorded evaluations: for each project at most one of so many levels.
fn marks(recorded: &Evaluations, codes: &[String], levels: usize) -> Vec<Choices> {
    let level = |ballot: &[Option<u8>], code: &String| {
        let column = recorded.projects.iter().position(|project| project == code);
        column.and_then(|column| ballot.get(column).copied().flatten())
    };
    recorded
        .ballots
        .iter()
        .map(|ballot| {
            let marks = codes.iter().map(|code| {
                let level = level(ballot, code);
                (0..levels)
                    .map(|this| level.map(usize::from) == Some(this))
                    .collect()
            });
            Choices::from(marks.collect::<Vec<Vec<bool>>>())
        })
        .collect()
}

pub(crate) async fn decrypt(app: &App, poll: &Poll) -> Result<(), DemoError> {
    let mut tx = app.database.read().await?;
    let given = session::store::scrutineers(&mut tx, poll).await?;
    drop(tx);
    // As many as are needed: the others stay at home.
    let threshold = poll.state.adopted().map_or(0, |adopted| adopted.threshold);
    let done = given.iter().filter(|one| one.has_decrypted).count();
    let needed = usize::try_from(threshold).unwrap_or(usize::MAX);
    let mut devices = waiting(app, poll, &given, |one| one.has_decrypted)?;
    devices.truncate(needed.saturating_sub(done));
    let has_stated = |device: &&SimulatedScrutineer| {
        let of = |one: &&Scrutineer| one.account == device.account;
        given
            .iter()
            .find(of)
            .is_some_and(|one| one.has_stated_closing)
    };
    for device in devices.iter().filter(|device| !has_stated(device)) {
        simulate::state_closing(app, poll.jurisdiction, poll.id, device).await?;
    }
    for device in devices {
        simulate::decrypt(app, poll.jurisdiction, poll.id, &device).await?;
    }
    a_while_later(app, 20);
    Ok(())
}

/// The simulated devices of those who have not done it yet.
fn waiting(
    app: &App,
    poll: &Poll,
    scrutineers: &[Scrutineer],
    done: impl Fn(&Scrutineer) -> bool,
) -> Result<Vec<SimulatedScrutineer>, DemoError> {
    let mut devices = Devices::load(app, poll.keys_of)?.scrutineers;
    devices.retain(|device| {
        scrutineers
            .iter()
            .any(|one| one.account == device.account && !done(one))
    });
    Ok(devices)
}

pub(crate) async fn announce(app: &App, poll: &Poll, content: &Content) -> Result<(), DemoError> {
    let chair = account_of_deputy(app, content, &content.people.chair.number).await?;
    closed_loop::announce(app, chair, poll.jurisdiction, poll.id).await?;
    Ok(())
}
