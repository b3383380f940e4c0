//! The office writes the rules (票决办法), the meeting adopts them and names its scrutineers.

use super::departure::departures;
use super::officers::Officers;
use super::roster::publish_roster;
use crate::cycles::store::cycles;
use crate::infra::app::App;
use crate::infra::database::{DatabaseError, Tx};
use crate::infra::ids::AccountId;
use crate::infra::ids::JurisdictionId;
use crate::people::store::deputies_in_office;
use crate::record::change::Actor;
use crate::record::store::told_about_but;
use crate::record::values::{date, number, sha256, text};
use crate::record::verifier_key;
use crate::session::audit::SessionEvent;
use crate::session::base::{begin, inconsistent, parsed_rule};
use crate::session::error::SessionError;
use crate::session::paper::require_same_reserve;
use crate::session::poll::Hands;
use crate::session::poll::{Poll, PollId, PollKind};
use crate::session::rehearsal;
use crate::session::state::Adopted;
use crate::session::state::Step;
use crate::session::store;
use crate::session::store::ObjectKind;
use ballot::{Digest, Uuid};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use tally::record::body::{
    Body, CountedBy, DraftPassed, Kind, PollRulesAdopted, PublicText, roster_sha256,
};
use tally::record::transcript::may_open;
use tally::rules::{ElectionId, Reserved, Rule, RuleHash};
use time::Date;
use tracing::instrument;

/// The office writes the rules, as often as it likes until the meeting has adopted them. The same again changes nothing.
#[instrument(skip_all, fields(%jurisdiction, %poll), err(level = "debug"))]
pub async fn write_rules(
    app: &App,
    actor: Actor,
    jurisdiction: JurisdictionId,
    poll: PollId,
    rule: &Rule,
) -> Result<RuleHash, SessionError> {
    let (mut change, poll) = begin(app, actor, jurisdiction, poll).await?;
    poll.state.require(Step::Adopt)?;
    let seats = deputies_in_office(&mut change.tx, jurisdiction).await?;
    require_all_deputies(rule, u64::from(seats))?;
    let draft = store::rule_draft(&mut change.tx, &poll).await?;
    let text = rule_text(app, &poll, rule)?;
    let hash = RuleHash::of(text.as_bytes());
    if draft.as_ref() == Some(&text) {
        return Ok(hash);
    }
    store::set_rule_draft(&mut change.tx, &poll, &text).await?;
    change
        .audit(SessionEvent::WriteRules {
            poll: poll.id,
            rule_sha256: hash,
        })
        .await?;
    change.commit().await?;
    Ok(hash)
}

/// The exact text of a poll's rules: with the elections that it sets aside, and the record that it is held in, from which
/// anybody sees later that no ballot was left out.
pub fn rule_text(app: &App, poll: &Poll, rule: &Rule) -> Result<String, SessionError> {
    let rule = rule.clone().recorded_in(verifier_key(app)?);
    let reserved = Reserved {
        paper: rule.reserved().paper,
        ..reserved(poll)?
    };
    Ok(rule.reserving(reserved).to_toml())
}

/// How many elections a vote sets aside for what may follow it by the same check-in: a run-off, one of that, a second ballot and
/// its run-off. Besides, one for the adoption of the list.
const FOLLOWING: usize = 4;

/// The elections that are set aside, made of the poll's own id: whoever writes the rules again sets the same aside.
fn reserved(poll: &Poll) -> Result<Reserved, SessionError> {
    if poll.kind != PollKind::Main {
        return Ok(Reserved::default());
    }
    let seed = format!("minsheng-reserved|{}", poll.election);
    let mut rng = ChaCha20Rng::from_seed(*Digest::of(seed).bytes());
    let next = || ElectionId::new(Uuid::generate(&mut rng).as_str());
    let mut ids = std::iter::repeat_with(next);
    let none = || inconsistent(poll, "an election's id is none");
    let run_offs: Option<Vec<ElectionId>> = ids.by_ref().take(FOLLOWING).collect();
    let adoption = ids.next().flatten();
    Ok(Reserved {
        run_offs: run_offs.ok_or_else(none)?,
        adoption: Some(adoption.ok_or_else(none)?),
        ..Reserved::default()
    })
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
    /// How many of them are enough to open the count: more than half.
    pub threshold: u32,
    /// What else is published with it.
    pub details: AdoptionDetails,
}

/// What else is published of an adoption.
#[derive(Debug, Clone, Default)]
pub struct AdoptionDetails {
    /// Why the rules depart from the cycle's places or stay below what the law asks; asked for where they do.
    pub departure: Option<String>,
    /// When the presidium passed the draft, and its document's number.
    pub draft_passed: Option<(Date, String)>,
    /// Whether the hands are the figures of a voting device (表决器).
    pub by_voting_device: bool,
}

impl AdoptionDetails {
    fn draft_passed(&self) -> Result<Option<DraftPassed>, SessionError> {
        let passed = self.draft_passed.as_ref();
        let recorded = passed.map(|(day, document)| {
            Ok::<_, DatabaseError>(DraftPassed {
                passed_on: date("passed_on", *day)?,
                passed_document: text("passed_document", document)?,
            })
        });
        Ok(recorded.transpose()?)
    }

    /// The reason that is asked for where the rules depart.
    async fn departure(
        &self,
        tx: &mut Tx,
        poll: &Poll,
        rule: &Rule,
    ) -> Result<Option<PublicText>, SessionError> {
        let cycles = cycles(tx, poll.jurisdiction).await?;
        let cycle = cycles.into_iter().find(|cycle| cycle.id == poll.cycle);
        let cycle = cycle.ok_or_else(|| inconsistent(poll, "its cycle is gone"))?;
        if departures(rule, &cycle).is_empty() {
            return Ok(None);
        }
        let reason = self.departure.as_deref().map(str::trim);
        let reason = reason.filter(|reason| !reason.is_empty());
        let reason = reason.ok_or(SessionError::DepartureWithoutReason)?;
        Ok(Some(text("departure", reason)?))
    }
}

/// The meeting adopts the rules and the scrutineers. From here on the rule cannot change.
#[instrument(skip_all, fields(%jurisdiction, %poll), err(level = "debug"))]
pub async fn adopt(
    app: &App,
    actor: Actor,
    jurisdiction: JurisdictionId,
    poll: PollId,
    adoption: &Adoption,
) -> Result<(), SessionError> {
    let (mut change, poll) = begin(app, actor, jurisdiction, poll).await?;
    poll.state.require(Step::Adopt)?;
    let rule_text = store::rule_draft(&mut change.tx, &poll)
        .await?
        .ok_or(SessionError::NoRules)?;
    let rule = parsed_rule(&poll, &rule_text)?;
    if RuleHash::of(rule_text.as_bytes()) != adoption.rule {
        return Err(SessionError::RulesChanged);
    }
    require_same_reserve(&mut change.tx, &poll, &rule).await?;
    let roster = publish_roster(&mut change, &poll).await?;
    require_all_deputies(&rule, u64::try_from(roster.len()).unwrap_or(u64::MAX))?;
    rehearsal::before_adoption(&mut change.tx, &poll, &rule).await?;
    check_hands(adoption.hands, rule.deputies())?;
    let by = change.account();
    let named = Officers::named(&mut change.tx, jurisdiction, adoption, by).await?;
    check_threshold(adoption.threshold, named.scrutineers.len())?;
    let details = &adoption.details;
    let departure = details.departure(&mut change.tx, &poll, &rule).await?;
    for (number, who) in (1..).zip(&named.scrutineers) {
        store::insert_scrutineer(&mut change.tx, &poll, number, who).await?;
    }
    for who in &named.others {
        store::insert_officer(&mut change.tx, &poll, who).await?;
    }
    store::insert_object(&mut change.tx, &poll, ObjectKind::Rule, &rule_text).await?;
    let next = poll.state.clone().adopt(Adopted {
        rule: adoption.rule,
        hands: adoption.hands,
        threshold: adoption.threshold,
        at: change.at,
    })?;
    store::save_state(&mut change.tx, &poll, poll.state.name(), &next).await?;
    let adopted = PollRulesAdopted {
        election_uuid: (&poll.election).into(),
        rule_sha256: sha256("rule_sha256", &adoption.rule.to_hex())?,
        rule: rule_text,
        hands: adoption.hands.into(),
        roster_sha256: roster_sha256(&roster),
        officers: named.recorded()?,
        threshold: number("threshold", adoption.threshold)?,
        departure,
        draft_passed: details.draft_passed()?,
        counted_by: details.by_voting_device.then_some(CountedBy::VotingDevice),
    };
    change.publish(adopted).await?;
    change
        .audit(SessionEvent::AdoptRules {
            poll: poll.id,
            rule_sha256: adoption.rule,
        })
        .await?;
    change.commit().await?;
    Ok(())
}

/// The base of quorum and majority is no claim: it is the roster's.
fn require_all_deputies(rule: &Rule, roster: u64) -> Result<(), SessionError> {
    if rule.deputies() == roster {
        Ok(())
    } else {
        Err(SessionError::Deputies {
            rule: rule.deputies(),
            roster,
        })
    }
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

/// More than half of the scrutineers open the count, so that two sets of them never open two.
fn check_threshold(threshold: u32, scrutineers: usize) -> Result<(), SessionError> {
    let all = u32::try_from(scrutineers).unwrap_or(u32::MAX);
    if threshold > all {
        Err(SessionError::Threshold("threshold-too-many"))
    } else if may_open(threshold, all) {
        Ok(())
    } else {
        Err(SessionError::Threshold("threshold-no-majority"))
    }
}

/// What the meeting adopted, as the record has it.
#[instrument(skip_all, fields(poll = %poll.id), err(level = "debug"))]
pub async fn recorded_adoption(tx: &mut Tx, poll: &Poll) -> Result<PollRulesAdopted, SessionError> {
    let subject = poll.election.to_string();
    for entry in told_about_but(tx, poll.scope(), &subject, Kind::PollBallot).await? {
        if let (Some(kind @ Kind::PollRulesAdopted), Some(body)) =
            (Kind::find(&entry.kind), entry.body)
            && let Ok(Body::PollRulesAdopted(adopted)) = Body::parse(kind, body.as_bytes())
        {
            return Ok(adopted);
        }
    }
    Err(inconsistent(poll, "the record has no adoption of it"))
}
