//! Before the vote: the office makes the poll and writes the rules, the meeting adopts them, scrutineers give their
//! keys, deputies sign in. One function is one act.

use super::count::{Outcome, outcome};
use super::error::SessionError;
use super::poll::{Hands, Poll, PollId, PollItem, PollKind, Scrutineer};
use super::state::{Adopted, PollState, StateError, StateName, Step};
use super::store::{self, Eligible, ObjectKind};
use crate::cycles::{Cycle, GuardError, Hold, Stage, require_stage};
use crate::infra::app::App;
use crate::infra::database::{DatabaseError, Tx};
use crate::infra::ids::{AccountId, JurisdictionId};
use crate::people::{Deputy, DeputyId, store as people_store};
use crate::record::EntryKind;
use crate::record::change::{Actor, Change};
use crate::screening::{self, Shortlist};
use ballot::group::GroupElement as _;
use ballot::trustee::VerificationKey;
use ballot::{Ed25519, Group as _, Uuid, Wire as _};
use serde_json::json;
use tally::rules::{Rule, RuleHash};

/// A poll to be made.
#[derive(Debug, Clone)]
pub struct NewPoll {
    /// What it decides.
    pub kind: PollKind,
    /// Its title.
    pub title: String,
    /// What is voted on, in the official order.
    pub items: Vec<PollItem>,
    /// SHA-256 of the candidates' published facts, where the poll is about candidates.
    pub facts: Option<String>,
}

/// The main poll of a cycle, from the published shortlist: all candidates, or where an earlier poll left places
/// empty, those that it did not choose.
pub async fn new_main_poll(
    app: &App,
    cycle: &Cycle,
    title: String,
) -> Result<NewPoll, SessionError> {
    let mut tx = app.database.read().await?;
    let Shortlist::Published { facts_sha256, .. } = screening::shortlist(&mut tx, cycle).await?
    else {
        return Err(SessionError::NoItems);
    };
    let chosen = chosen_codes(&mut tx, cycle).await?;
    let items = screening::candidates(&mut tx, cycle)
        .await?
        .into_iter()
        .filter(|candidate| !chosen.contains(&candidate.facts.code))
        .map(|candidate| PollItem {
            note: format!(
                "{} · {} 万元",
                candidate.facts.unit,
                candidate.facts.budget.wan()
            ),
            code: candidate.facts.code,
            title: candidate.facts.title,
            source: Some(candidate.id.uuid()),
        })
        .collect();
    Ok(NewPoll {
        kind: PollKind::Main,
        title,
        items,
        facts: Some(facts_sha256),
    })
}

/// The office makes a poll.
pub async fn create(
    app: &App,
    actor: Actor,
    cycle: &Cycle,
    new: NewPoll,
) -> Result<PollId, SessionError> {
    if new.items.is_empty() {
        return Err(SessionError::NoItems);
    }
    let needed = match new.kind {
        PollKind::Main => Stage::Voting,
        PollKind::Evaluation => Stage::Evaluating,
    };
    let mut change = Change::begin(app, actor, Some(cycle.scope())).await?;
    require_stage(&mut change.tx, cycle, Hold::Shared, &[needed])
        .await
        .map_err(|error| match error {
            GuardError::NotInStage(_) => SessionError::Stage,
            GuardError::Database(error) => error.into(),
        })?;
    require_nothing_decided(&mut change.tx, cycle, new.kind).await?;
    let poll = Poll {
        id: PollId::new(change.at, &app.entropy),
        jurisdiction: cycle.jurisdiction,
        cycle: cycle.id,
        kind: new.kind,
        title: new.title,
        election: Uuid::generate(&mut app.entropy.rng()),
        facts: new.facts,
        state: PollState::Drafted,
        created_at: change.at,
    };
    store::insert_poll(&mut change.tx, &poll)
        .await
        .map_err(poll_taken)?;
    for (position, item) in (0..).zip(&new.items) {
        store::insert_item(&mut change.tx, &poll, position, item).await?;
    }
    change.publish_about(EntryKind::PollCreated, poll.election.as_str(), &json!({
            "poll": poll.id, "kind": poll.kind, "title": poll.title, "election_uuid": poll.election.as_str(),
            "facts_sha256": poll.facts, "items": new.items,
        }),
    )
    .await?;
    change
        .audit("session.create_poll", poll.id, json!({}))
        .await?;
    change.commit().await?;
    Ok(poll.id)
}

/// No poll of the kind is under way, and no main poll has filled the places: only then can a poll be called.
async fn require_nothing_decided(
    tx: &mut Tx,
    cycle: &Cycle,
    kind: PollKind,
) -> Result<(), SessionError> {
    for poll in store::polls_of_cycle(tx, cycle.jurisdiction, cycle.id).await? {
        if poll.kind != kind {
            continue;
        }
        if poll.state.name() != StateName::Announced {
            return Err(SessionError::PollExists);
        }
        if let Some(Outcome::Choice {
            decision: tally::decision::Outcome::Decided(decided),
        }) = outcome(tx, &poll).await?
            && decided.empty_places == 0
        {
            return Err(SessionError::PollExists);
        }
    }
    Ok(())
}

/// The codes that announced main polls of the cycle have chosen.
async fn chosen_codes(tx: &mut Tx, cycle: &Cycle) -> Result<Vec<String>, SessionError> {
    let mut codes = Vec::new();
    for poll in store::polls_of_cycle(tx, cycle.jurisdiction, cycle.id).await? {
        if let Some(Outcome::Choice {
            decision: tally::decision::Outcome::Decided(decided),
        }) = outcome(tx, &poll).await?
        {
            codes.extend(decided.chosen().iter().map(|item| item.id.to_string()));
        }
    }
    Ok(codes)
}

fn poll_taken(error: DatabaseError) -> SessionError {
    if error.is_unique_violation() {
        SessionError::PollExists
    } else {
        error.into()
    }
}

/// The office writes the rules, as often as it likes until the meeting has adopted them.
pub async fn write_rules(
    app: &App,
    actor: Actor,
    jurisdiction: JurisdictionId,
    poll: PollId,
    rule: &Rule,
) -> Result<RuleHash, SessionError> {
    let (mut change, poll) = begin(app, actor, jurisdiction, poll).await?;
    require(&poll, StateName::Drafted, Step::Adopt)?;
    let text = rule.to_toml();
    store::set_rule_draft(&mut change.tx, &poll, &text).await?;
    let hash = RuleHash::of(text.as_bytes());
    change
        .audit(
            "session.write_rules",
            poll.id,
            json!({ "rule_sha256": hash.to_hex() }),
        )
        .await?;
    change.commit().await?;
    Ok(hash)
}

/// What the meeting decided by show of hands.
#[derive(Debug, Clone)]
pub struct Adoption {
    /// The hash of the rules that the meeting saw.
    pub rule: RuleHash,
    /// The counted hands.
    pub hands: Hands,
    /// Who holds the keys to the count; the chief scrutineer is among them.
    pub scrutineers: Vec<AccountId>,
}

/// The meeting adopts the rules and the scrutineers. From here on the rule cannot change.
pub async fn adopt(
    app: &App,
    actor: Actor,
    jurisdiction: JurisdictionId,
    poll: PollId,
    adoption: &Adoption,
) -> Result<(), SessionError> {
    let (mut change, poll) = begin(app, actor, jurisdiction, poll).await?;
    require(&poll, StateName::Drafted, Step::Adopt)?;
    let text = store::rule_draft(&mut change.tx, &poll)
        .await?
        .ok_or(SessionError::NoRules)?;
    let rule = parsed_rule(&poll, &text)?;
    if RuleHash::of(text.as_bytes()) != adoption.rule {
        return Err(SessionError::RulesChanged);
    }
    check_hands(adoption.hands, rule.deputies())?;
    let named = named_scrutineers(&mut change.tx, jurisdiction, &adoption.scrutineers).await?;
    for (number, who) in (1..).zip(&named) {
        store::insert_scrutineer(&mut change.tx, &poll, number, who).await?;
    }
    store::insert_object(&mut change.tx, &poll, ObjectKind::Rule, &text).await?;
    let next = poll.state.clone().adopt(Adopted {
        rule: adoption.rule,
        hands: adoption.hands,
        at: change.at,
    })?;
    store::save_state(&mut change.tx, &poll, poll.state.name(), &next).await?;
    change.publish_about(EntryKind::PollRules, poll.election.as_str(), &json!({
            "poll": poll.id, "rule_sha256": adoption.rule.to_hex(), "rule": text, "hands": adoption.hands,
            "scrutineers": named.len(),
        }),
    )
    .await?;
    change
        .audit(
            "session.adopt_rules",
            poll.id,
            json!({ "rule_sha256": adoption.rule.to_hex() }),
        )
        .await?;
    change.commit().await?;
    Ok(())
}

/// More than half of all deputies, and not more hands than deputies.
fn check_hands(hands: Hands, deputies: u64) -> Result<(), SessionError> {
    let all = [hands.in_favour, hands.against, hands.abstained]
        .map(u64::from)
        .iter()
        .sum::<u64>();
    if all > deputies {
        Err(SessionError::Hands("more-hands-than-deputies"))
    } else if u64::from(hands.in_favour) * 2 <= deputies {
        Err(SessionError::Hands("hands-no-majority"))
    } else {
        Ok(())
    }
}

async fn named_scrutineers(
    tx: &mut Tx,
    jurisdiction: JurisdictionId,
    wanted: &[AccountId],
) -> Result<Vec<Eligible>, SessionError> {
    if wanted.is_empty() {
        return Err(SessionError::Scrutineers("required"));
    }
    let eligible = store::eligible_scrutineers(tx, jurisdiction).await?;
    if !wanted
        .iter()
        .all(|account| eligible.iter().any(|one| one.account == *account))
    {
        return Err(SessionError::Scrutineers("not-a-scrutineer"));
    }
    let named: Vec<Eligible> = eligible
        .into_iter()
        .filter(|one| wanted.contains(&one.account))
        .collect();
    if named
        .iter()
        .any(|one| one.role == crate::people::Role::ChiefScrutineer)
    {
        Ok(named)
    } else {
        Err(SessionError::Scrutineers("no-chief-scrutineer"))
    }
}

/// A scrutineer's device gives its public key, in place of an earlier one until the freeze.
pub async fn submit_trustee_key(
    app: &App,
    account: AccountId,
    jurisdiction: JurisdictionId,
    poll: PollId,
    key: &str,
) -> Result<(), SessionError> {
    let refused = |reason: String| SessionError::TrusteeKey(reason);
    let read = VerificationKey::<Ed25519>::from_json(key.as_bytes())
        .map_err(|error| refused(error.to_string()))?;
    if read.public_key().is_identity() {
        return Err(refused("the key is the neutral element".to_owned()));
    }
    if !read.shows_possession() {
        return Err(refused("the proof of possession does not hold".to_owned()));
    }
    let (mut change, poll) = begin(app, Actor::Account(account), jurisdiction, poll).await?;
    require(&poll, StateName::RulesAdopted, Step::Freeze)?;
    let all = store::scrutineers(&mut change.tx, &poll).await?;
    let own = own_seat(&all, account)?;
    let public = Ed25519::encode(read.public_key());
    let taken = all
        .iter()
        .filter(|other| other.number != own)
        .filter_map(|other| other.public_key.as_deref())
        .any(|other| other.contains(&public));
    if taken {
        return Err(refused("another scrutineer has this key".to_owned()));
    }
    store::set_trustee_key(&mut change.tx, &poll, own, key, change.at).await?;
    change
        .audit(
            "session.trustee_key",
            poll.id,
            json!({ "trustee": own, "public_key": public }),
        )
        .await?;
    change.commit().await?;
    Ok(())
}

/// The trustee's number of this account.
pub(super) fn own_seat(all: &[Scrutineer], account: AccountId) -> Result<u32, SessionError> {
    all.iter()
        .find(|one| one.account == account)
        .map(|one| one.number)
        .ok_or(SessionError::NotAScrutineer)
}

/// A deputy signs in: the device's public credential will be on the roll. Answers with how many have signed in.
pub async fn register(
    app: &App,
    actor: Actor,
    jurisdiction: JurisdictionId,
    poll: PollId,
    deputy: DeputyId,
    credential: &str,
) -> Result<u32, SessionError> {
    let element =
        Ed25519::decode(credential).map_err(|_| SessionError::Credential("not-a-credential"))?;
    if element.is_identity() {
        return Err(SessionError::Credential("not-a-credential"));
    }
    let (mut change, poll) = begin(app, actor, jurisdiction, poll).await?;
    if poll.state.name() != StateName::RulesAdopted {
        return Err(SessionError::SignInClosed);
    }
    store::attend(&mut change.tx, &poll, deputy, change.at).await?;
    store::link(&mut change.tx, &poll, deputy, credential)
        .await
        .map_err(credential_taken)?;
    let signed_in = store::count_signed_in(&mut change.tx, &poll).await?;
    // The line must not hold the credential: it would outlive the link that the freeze deletes.
    change
        .audit("session.sign_in", poll.id, json!({ "deputy": deputy }))
        .await?;
    change.commit().await?;
    Ok(signed_in)
}

fn credential_taken(error: DatabaseError) -> SessionError {
    if error.is_unique_violation() {
        SessionError::Credential("credential-taken")
    } else {
        error.into()
    }
}

/// The deputy in office that this account is, here.
pub async fn deputy_of(
    app: &App,
    jurisdiction: JurisdictionId,
    account: AccountId,
) -> Result<Deputy, SessionError> {
    let mut tx = app.database.read().await?;
    people_store::deputy_of_account(&mut tx, jurisdiction, account)
        .await?
        .ok_or(SessionError::NotADeputy)
}

/// Begins an act on a poll, which nobody else may change until the act ends.
pub(crate) async fn begin(
    app: &App,
    actor: Actor,
    jurisdiction: JurisdictionId,
    poll: PollId,
) -> Result<(Change<'_>, Poll), SessionError> {
    let found = find(app, jurisdiction, poll).await?;
    let mut change = Change::begin(app, actor, Some(found.scope())).await?;
    let poll = store::lock_poll(&mut change.tx, jurisdiction, poll)
        .await?
        .ok_or(SessionError::NoSuchPoll)?;
    Ok((change, poll))
}

/// The poll of this jurisdiction.
pub async fn find(
    app: &App,
    jurisdiction: JurisdictionId,
    poll: PollId,
) -> Result<Poll, SessionError> {
    let mut tx = app.database.read().await?;
    store::poll(&mut tx, jurisdiction, poll)
        .await?
        .ok_or(SessionError::NoSuchPoll)
}

pub(super) fn require(poll: &Poll, state: StateName, step: Step) -> Result<(), SessionError> {
    let from = poll.state.name();
    if from == state {
        Ok(())
    } else {
        Err(StateError { from, step }.into())
    }
}

/// The rule of a poll, which was checked when it was written.
pub fn parsed_rule(poll: &Poll, text: &str) -> Result<Rule, SessionError> {
    Rule::parse(text).map_err(|error| inconsistent(poll, format!("rule: {error}")))
}

/// An object that must be there in this state.
pub(super) async fn stored_object(
    tx: &mut Tx,
    poll: &Poll,
    kind: ObjectKind,
) -> Result<String, SessionError> {
    store::object(tx, poll, kind)
        .await?
        .ok_or_else(|| inconsistent(poll, format!("no {kind:?} object")))
}

pub(crate) fn inconsistent(poll: &Poll, reason: impl Into<String>) -> SessionError {
    SessionError::Inconsistent {
        poll: poll.id,
        reason: reason.into(),
    }
}
