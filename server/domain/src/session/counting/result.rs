//! After the close: scrutineers decrypt, and the count is opened. Nothing else can follow.

use crate::infra::app::App;
use crate::infra::ids::AccountId;
use crate::infra::ids::JurisdictionId;
use crate::record::EntryKind;
use crate::record::change::Actor;
use crate::record::change::Change;
use crate::session::base::{
    begin, inconsistent, own_seat, parsed_rule, run_blocking, stored_object,
};
use crate::session::error::SessionError;
use crate::session::poll::Poll;
use crate::session::poll::PollId;
use crate::session::state::StateName;
use crate::session::state::Step;
use crate::session::store;
use crate::session::store::ObjectKind;
use ballot::BoundDecryption;
use ballot::Digest;
use ballot::Ed25519;
use ballot::Election;
use ballot::ElectionResult;
use ballot::EncryptedTally;
use ballot::Wire as _;
use ballot::trustee::TrusteeId;
use ballot::trustee::Trustees;
use serde::Deserialize;
use serde::Serialize;
use serde_json::json;
use tally::decision;
use tally::decision::Returns;
use tally::evaluation;
use tally::evaluation::EvaluationOutcome;
use tally::rules::Poll as RulePoll;
use tally::rules::Rule;

/// What a poll came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "poll", rename_all = "snake_case")]
pub enum Outcome {
    /// A choice among candidates.
    Choice {
        /// As `tally` decided it.
        decision: decision::Outcome,
    },
    /// Verdicts on projects.
    Evaluation {
        /// As `tally` judged it.
        verdicts: EvaluationOutcome,
    },
}

/// A scrutineer hands in the partial decryption, bound. Until the announcement the record holds only its hash, since
/// all of them together are the result.
pub async fn submit_partial_decryption(
    app: &App,
    account: AccountId,
    jurisdiction: JurisdictionId,
    poll: PollId,
    partial: String,
) -> Result<(), SessionError> {
    let (mut change, poll) = begin(app, Actor::Account(account), jurisdiction, poll).await?;
    let all = store::scrutineers(&mut change.tx, &poll).await?;
    let own = own_seat(&all, account)?;
    let given = store::partials(&mut change.tx, &poll).await?;
    if let Some((_, earlier)) = given.iter().find(|(number, _)| *number == own) {
        // A repeated submission is harmless; a second, different one is not the same tally twice.
        return if *earlier == partial {
            Ok(())
        } else {
            Err(SessionError::AlreadyDecrypted)
        };
    }
    poll.state.require(Step::Decrypt)?;
    let context = Context::load(&mut change, &poll).await?;
    let text = partial.clone();
    run_blocking(&poll, move || Ok(context.check_partial(own, &text)))
        .await?
        .map_err(SessionError::Partial)?;
    store::insert_partial(&mut change.tx, &poll, own, &partial, change.at).await?;
    let hash = Digest::of(&partial).to_string();
    change
        .publish_about(
            EntryKind::PollPartial,
            poll.election.as_str(),
            &json!({ "poll": poll.id, "trustee": own, "partial_decryption": hash }),
        )
        .await?;
    change
        .audit(
            "session.decrypt",
            poll.id,
            json!({ "trustee": own, "partial_decryption": hash }),
        )
        .await?;
    if given.len() + 1 == all.len() {
        let next = poll.state.clone().decrypt(change.at)?;
        store::save_state(&mut change.tx, &poll, poll.state.name(), &next).await?;
    }
    change.commit().await?;
    Ok(())
}

/// Opens the count and publishes it: counts, decision and partial decryptions become public, all at once. What follows
/// from the outcome in other stages is for [`crate::closed_loop::announce`].
pub(crate) async fn publish_result(
    change: &mut Change<'_>,
    poll: &Poll,
) -> Result<Outcome, SessionError> {
    poll.state.require(Step::Announce)?;
    let text = stored_object(&mut change.tx, poll, ObjectKind::Rule).await?;
    let rule = parsed_rule(poll, &text)?;
    let returns = returns(poll)?;
    let context = Context::load(change, poll).await?;
    let partials = store::partials(&mut change.tx, poll).await?;
    let opened = partials.clone();
    let result = run_blocking(poll, move || context.open(&opened, returns)).await?;
    let outcome = decide(&rule, returns, &result).map_err(|reason| inconsistent(poll, reason))?;
    let next = poll.state.clone().announce(change.at)?;
    let result = result.to_json();
    let outcome_text =
        serde_json::to_string(&outcome).map_err(|error| inconsistent(poll, error.to_string()))?;
    store::insert_object(&mut change.tx, poll, ObjectKind::Result, &result).await?;
    store::insert_object(&mut change.tx, poll, ObjectKind::Outcome, &outcome_text).await?;
    store::save_state(&mut change.tx, poll, poll.state.name(), &next).await?;
    change.publish_about(
        EntryKind::PollAnnounced,
        poll.election.as_str(),
        &json!({
            "poll": poll.id, "returns": returns, "result": result, "outcome": outcome,
            "partial_decryptions": partials.iter().map(|(_, partial)| partial).collect::<Vec<_>>(),
        }),
    )
    .await?;
    Ok(outcome)
}

/// The figures of the result sheet. Every signed-in deputy has a credential on the roll, which is the issued
/// ballot; a sealed ballot that was taken has proved that it is valid.
pub fn returns(poll: &Poll) -> Result<Returns, SessionError> {
    let closed = poll.state.closed().ok_or(SessionError::NotYet)?;
    let signed_in = u64::from(closed.opened.frozen.signed_in);
    Ok(Returns {
        signed_in,
        issued: signed_in,
        returned: u64::from(closed.returned),
        invalid: 0,
    })
}

/// The decision that the rule draws from the counts.
pub fn decide(rule: &Rule, returns: Returns, result: &ElectionResult) -> Result<Outcome, String> {
    match rule.poll() {
        RulePoll::Evaluation(_) => evaluation::judge(rule, returns, &result.result)
            .map(|verdicts| Outcome::Evaluation { verdicts }),
        RulePoll::Choice(_)
        | RulePoll::RunOff { .. }
        | RulePoll::SecondBallot { .. }
        | RulePoll::Adoption(_) => decision::decide(rule, returns, &result.result, None)
            .map(|decision| Outcome::Choice { decision }),
    }
    .map_err(|error| error.to_string())
}

/// What an announced poll came to, if it is announced.
pub async fn outcome(
    tx: &mut crate::infra::database::Tx,
    poll: &Poll,
) -> Result<Option<Outcome>, SessionError> {
    if poll.state.name() != StateName::Announced {
        return Ok(None);
    }
    let text = stored_object(tx, poll, ObjectKind::Outcome).await?;
    serde_json::from_str(&text)
        .map(Some)
        .map_err(|error| inconsistent(poll, format!("outcome: {error}")))
}

/// The published objects that a partial decryption is checked against, as text.
struct Context {
    election: String,
    trustees: String,
    tally: String,
}

/// The same, read.
struct Objects {
    election: Election<Ed25519>,
    trustees: Trustees<Ed25519>,
    tally: EncryptedTally<Ed25519>,
}

impl Context {
    async fn load(change: &mut Change<'_>, poll: &Poll) -> Result<Self, SessionError> {
        Ok(Self {
            election: stored_object(&mut change.tx, poll, ObjectKind::Election).await?,
            trustees: stored_object(&mut change.tx, poll, ObjectKind::Trustees).await?,
            tally: stored_object(&mut change.tx, poll, ObjectKind::EncryptedTally).await?,
        })
    }

    fn read(&self) -> Result<Objects, String> {
        let broken = |error: ballot::WireError| error.to_string();
        Ok(Objects {
            election: Election::from_json(self.election.as_bytes()).map_err(broken)?,
            trustees: Trustees::from_json(self.trustees.as_bytes()).map_err(broken)?,
            tally: EncryptedTally::from_json(self.tally.as_bytes()).map_err(broken)?,
        })
    }

    fn check_partial(&self, number: u32, partial: &str) -> Result<(), String> {
        self.read()?.partial(number, partial).map(|_| ())
    }

    fn open(&self, partials: &[(u32, String)], returns: Returns) -> Result<ElectionResult, String> {
        let objects = self.read()?;
        let read = partials
            .iter()
            .map(|(number, text)| {
                let (id, bound) = objects.partial(*number, text)?;
                Ok((id, bound.partial))
            })
            .collect::<Result<_, String>>()?;
        tally::count::open(&objects.tally, &objects.trustees, &read, returns.returned)
            .map_err(|error| error.to_string())
    }
}

impl Objects {
    fn partial(
        &self,
        number: u32,
        text: &str,
    ) -> Result<(TrusteeId, BoundDecryption<Ed25519>), String> {
        let id = TrusteeId::new(number).ok_or("trustees are numbered from 1")?;
        let key = self
            .trustees
            .verification_key(id)
            .ok_or_else(|| format!("there is no trustee {number}"))?;
        let bound =
            BoundDecryption::from_json(text.as_bytes()).map_err(|error| error.to_string())?;
        bound
            .verify(&self.tally, key.public_key(), &self.election)
            .map_err(|error| format!("trustee {number}: {error}"))?;
        Ok((id, bound))
    }
}
