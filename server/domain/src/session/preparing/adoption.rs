//! The office writes the rules (票决办法), the meeting adopts them and names its scrutineers.

use crate::infra::app::App;
use crate::infra::database::Tx;
use crate::infra::ids::AccountId;
use crate::infra::ids::JurisdictionId;
use crate::record::change::Actor;
use crate::record::values::sha256;
use crate::record::verifier_key;
use crate::session::audit::SessionEvent;
use crate::session::base::{begin, inconsistent, parsed_rule};
use crate::session::error::SessionError;
use crate::session::poll::Hands;
use crate::session::poll::PollId;
use crate::session::state::Adopted;
use crate::session::state::Step;
use crate::session::store;
use crate::session::store::Eligible;
use crate::session::store::ObjectKind;
use tally::record::body::PollRulesAdopted;
use tally::rules::Rule;
use tally::rules::RuleHash;
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
    // The rule names this record: from it, anybody sees later that no ballot was left out.
    let text = rule.clone().recorded_in(verifier_key(app)?).to_toml();
    let hash = RuleHash::of(text.as_bytes());
    if store::rule_draft(&mut change.tx, &poll).await?.as_ref() == Some(&text) {
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
    let adopted = PollRulesAdopted {
        election_uuid: (&poll.election).into(),
        rule_sha256: sha256("rule_sha256", &adoption.rule.to_hex())?,
        rule: text,
        hands: adoption.hands.into(),
        scrutineers: u32::try_from(named.len())
            .map_err(|error| inconsistent(&poll, error.to_string()))?,
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
