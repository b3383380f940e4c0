//! After the close: scrutineers decrypt, and the count is opened. Nothing else can follow.

use crate::infra::app::App;
use crate::infra::database::{DatabaseError, Tx};
use crate::infra::ids::{AccountId, JurisdictionId};
use crate::infra::vault::{Purpose, Vault};
use crate::people::Role;
use crate::record::change::{Actor, Change};
use crate::record::values::{exact, number, text};
use crate::session::audit::SessionEvent;
use crate::session::base::{
    begin, inconsistent, off_thread, own_seat, required_rule, run_blocking, stored_object,
};
use crate::session::error::SessionError;
use crate::session::paper::{PaperCounted, paper_counted};
use crate::session::poll::{Poll, PollId};
use crate::session::state::{PollState, StateError, StateName, Step};
use crate::session::statements::require_agreed;
use crate::session::store::{self, ObjectKind};
use ballot::{Digest, Ed25519, ElectionResult, Wire as _};
use tally::bundle::{Figures, Reported};
use tally::decision::{Lot, Outcome, Returns};
use tally::opening::{self, PollOutcome};
use tally::record::body::{NamedDeputy, PollAnnounced, PollPartiallyDecrypted, TrusteePartial};
use tally::rules::Rule;
use tally::verify::Closed;
use tracing::instrument;

/// A scrutineer hands in the partial decryption, bound. Until the announcement the record holds only its hash, since
/// enough of them are the result.
#[instrument(skip_all, fields(%jurisdiction, %poll), err(level = "debug"))]
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
    let given = partials(&app.vault, &mut change.tx, &poll).await?;
    if let Some((_, earlier)) = given.iter().find(|(number, _)| *number == own) {
        // A repeated submission is harmless; a second, different one is not the same tally twice.
        return if *earlier == partial {
            Ok(())
        } else {
            Err(SessionError::AlreadyDecrypted)
        };
    }
    require_counting(&poll.state)?;
    let closed = closed(&mut change.tx, &poll).await?;
    require_agreed(&mut change.tx, &poll, &closed, own).await?;
    let text = partial.clone();
    off_thread(&poll, move || opening::check_partial(&closed, own, &text)).await??;
    let sealed = app
        .vault
        .seal(Purpose::PartialDecryption, partial.as_bytes(), &app.entropy)
        .map_err(|error| inconsistent(&poll, error.to_string()))?;
    store::insert_partial(&mut change.tx, &poll, own, &sealed, change.at).await?;
    let hash = Digest::of(&partial);
    change
        .publish(PollPartiallyDecrypted {
            election_uuid: (&poll.election).into(),
            trustee: number("trustee", own)?,
            partial_decryption_hash: (&hash).into(),
        })
        .await?;
    change
        .audit(SessionEvent::Decrypt {
            poll: poll.id,
            trustee: own,
            partial_decryption_hash: hash,
        })
        .await?;
    let enough = poll.state.adopted().map(|adopted| adopted.threshold);
    if u32::try_from(given.len() + 1).ok() == enough {
        let next = poll.state.clone().decrypt(change.at)?;
        store::save_state(&mut change.tx, &poll, poll.state.name(), &next).await?;
    }
    change.commit().await?;
    Ok(())
}

/// Between the close and the announcement: who states or decrypts after enough others have is no trouble.
pub(in crate::session) fn require_counting(state: &PollState) -> Result<(), StateError> {
    if state.can(Step::Announce) {
        Ok(())
    } else {
        state.require(Step::Decrypt)
    }
}

/// The partial decryptions by the scrutineers' numbers. They lie sealed, since whoever reads all of them has the result
/// before the chair announces it.
pub(in crate::session) async fn partials(
    vault: &Vault,
    tx: &mut Tx,
    poll: &Poll,
) -> Result<Vec<(u32, String)>, SessionError> {
    let broken = |number, reason: String| {
        inconsistent(poll, format!("partial decryption {number}: {reason}"))
    };
    let open = |(number, sealed): (u32, Vec<u8>)| {
        let text = vault.open(Purpose::PartialDecryption, &sealed);
        let text = text.map_err(|error| broken(number, error.to_string()))?;
        let text = String::from_utf8(text.to_vec());
        Ok((
            number,
            text.map_err(|error| broken(number, error.to_string()))?,
        ))
    };
    store::partials(tx, poll)
        .await?
        .into_iter()
        .map(open)
        .collect()
}

/// Opens the count and publishes it: counts, decision and partial decryptions become public, all at once. What follows
/// from the outcome in other stages is for [`crate::closed_loop::announce`].
#[instrument(skip_all, fields(poll = %poll.id), err(level = "debug"))]
pub(crate) async fn publish_result(
    change: &mut Change<'_>,
    poll: &Poll,
) -> Result<(Rule, PollOutcome), SessionError> {
    poll.state.require(Step::Announce)?;
    let chair = chair(change, poll).await?;
    let app = change.app();
    let Count {
        rule,
        returns,
        partials,
        result,
        outcome,
    } = count(app, &mut change.tx, poll).await?;
    let next = poll.state.clone().announce(change.at)?;
    let result = result.to_json();
    let outcome_text =
        serde_json::to_string(&outcome).map_err(|error| inconsistent(poll, error.to_string()))?;
    store::insert_object(&mut change.tx, poll, ObjectKind::Result, &result).await?;
    store::insert_object(&mut change.tx, poll, ObjectKind::Outcome, &outcome_text).await?;
    store::save_state(&mut change.tx, poll, poll.state.name(), &next).await?;
    let partials = partials.iter().map(|(trustee, partial)| {
        Ok::<_, DatabaseError>(TrusteePartial {
            trustee: number("trustee", *trustee)?,
            partial_decryption: exact("partial_decryption", partial)?,
        })
    });
    let announced = PollAnnounced {
        election_uuid: (&poll.election).into(),
        announced_by: chair,
        returns,
        partial_decryptions: partials.collect::<Result<_, _>>()?,
        result: exact("result", &result)?,
        outcome: outcome.clone(),
    };
    change.publish(announced).await?;
    Ok((rule, outcome))
}

/// What the opened parts come to.
struct Count {
    rule: Rule,
    returns: Returns,
    partials: Vec<(u32, String)>,
    result: ElectionResult,
    outcome: PollOutcome,
}

async fn count(app: &App, tx: &mut Tx, poll: &Poll) -> Result<Count, SessionError> {
    let rule = required_rule(tx, poll).await?;
    let returns = figures(tx, poll, &rule).await?.returns();
    let closed = closed(tx, poll).await?;
    let partials = partials(&app.vault, tx, poll).await?;
    let given = partials.clone();
    let result = run_blocking(poll, move || open(&closed, given)).await?;
    let outcome = opening::decide(&rule, returns, &result.result, None)
        .map_err(|error| inconsistent(poll, error.to_string()))?;
    Ok(Count {
        rule,
        returns,
        partials,
        result,
        outcome,
    })
}

/// The chief scrutineer looks at the result, and at nothing else of the count, before the chair announces it. Nothing is published or
/// kept of it but that somebody has looked.
///
/// # Errors
/// [`SessionError::Forbidden`] and [`SessionError::NotAScrutineer`] for everybody else · [`SessionError::State`] before enough have
/// decrypted, and after the announcement
#[instrument(skip_all, fields(%jurisdiction, %poll), err(level = "debug"))]
pub async fn look_first(
    app: &App,
    account: AccountId,
    jurisdiction: JurisdictionId,
    poll: PollId,
) -> Result<(Rule, PollOutcome), SessionError> {
    let (mut change, poll) = begin(app, Actor::Account(account), jurisdiction, poll).await?;
    let chief = Role::ChiefScrutineer;
    if !store::holds_role(&mut change.tx, jurisdiction, account, chief).await? {
        return Err(SessionError::Forbidden);
    }
    let all = store::scrutineers(&mut change.tx, &poll).await?;
    own_seat(&all, account)?;
    poll.state.require(Step::Announce)?;
    let Count { rule, outcome, .. } = count(app, &mut change.tx, &poll).await?;
    change
        .audit(SessionEvent::LookFirst { poll: poll.id })
        .await?;
    change.commit().await?;
    Ok((rule, outcome))
}

/// The chair who announces: one whom the meeting adopted.
async fn chair(change: &mut Change<'_>, poll: &Poll) -> Result<NamedDeputy, SessionError> {
    let account = change.account();
    let officers = store::officers(&mut change.tx, poll).await?;
    let chair = officers
        .iter()
        .find(|one| one.role == Role::Chair && Some(one.account) == account);
    let seat = chair.and_then(|one| Some((one.deputy_number?, &one.name)));
    let (seat, name) = seat.ok_or(SessionError::NotTheChair)?;
    Ok(NamedDeputy {
        number: number("number", seat)?,
        name: text("name", name)?,
    })
}

/// The figures of the result sheet. Every deputy present with a device has a credential on the roll, which is the issued ballot, and
/// the others were handed papers; a sealed ballot that was taken has proved that it is valid. None is revoked.
pub(in crate::session) async fn figures(
    tx: &mut Tx,
    poll: &Poll,
    rule: &Rule,
) -> Result<Figures, SessionError> {
    let closed = poll.state.closed().ok_or(SessionError::NotYet)?;
    let paper = paper_counted(tx, poll).await?;
    let paper = paper.as_ref();
    let present = u64::from(closed.opened.frozen.present);
    let on_paper = u64::from(store::count_on_paper(tx, poll).await?);
    let reported = Reported {
        present,
        paper_issued: paper.map_or(0, PaperCounted::issued).into(),
        invalid: paper.map_or(0, PaperCounted::invalid).into(),
        revoked: 0,
    };
    let credentials = present.saturating_sub(on_paper) + rule.reserved().paper;
    Figures::account(rule, credentials, u64::from(closed.returned), reported)
        .map_err(|error| inconsistent(poll, error.to_string()))
}

/// What an announced poll came to, if it is announced: with the lot, where one was drawn.
#[instrument(skip_all, fields(poll = %poll.id), err(level = "debug"))]
pub async fn outcome(tx: &mut Tx, poll: &Poll) -> Result<Option<PollOutcome>, SessionError> {
    if poll.state.name() != StateName::Announced {
        return Ok(None);
    }
    let broken = |what: &str, error: String| inconsistent(poll, format!("{what}: {error}"));
    let text = stored_object(tx, poll, ObjectKind::Outcome).await?;
    let outcome: PollOutcome =
        serde_json::from_str(&text).map_err(|error| broken("outcome", error.to_string()))?;
    let PollOutcome::Choice {
        decision: Outcome::Decided(decision),
    } = outcome
    else {
        return Ok(Some(outcome));
    };
    let Some(lot) = lot(tx, poll).await? else {
        let decision = Outcome::Decided(decision);
        return Ok(Some(PollOutcome::Choice { decision }));
    };
    let rule = required_rule(tx, poll).await?;
    let decided = decision
        .with_lot(&rule, &lot)
        .map_err(|error| broken("lot", error.to_string()))?;
    let decision = Outcome::Decided(decided);
    Ok(Some(PollOutcome::Choice { decision }))
}

/// The drawn lot, where one was.
pub(in crate::session) async fn lot(tx: &mut Tx, poll: &Poll) -> Result<Option<Lot>, SessionError> {
    let text = store::object(tx, poll, ObjectKind::Lot).await?;
    text.map(|text| serde_json::from_str(&text))
        .transpose()
        .map_err(|error| inconsistent(poll, format!("lot: {error}")))
}

/// The closed poll, read from what is stored, to check statements and partial decryptions, and to open them.
pub(in crate::session) async fn closed(
    tx: &mut Tx,
    poll: &Poll,
) -> Result<Closed<Ed25519>, SessionError> {
    let state = poll.state.closed().ok_or(SessionError::NotYet)?;
    let ballots = u64::from(state.returned);
    let election = stored_object(tx, poll, ObjectKind::Election).await?;
    let trustees = stored_object(tx, poll, ObjectKind::Trustees).await?;
    let tally = stored_object(tx, poll, ObjectKind::EncryptedTally).await?;
    run_blocking(poll, move || {
        opening::read_closed(&election, &trustees, &tally, ballots)
    })
    .await
}

/// Every partial decryption was checked when it was handed in: one that is refused now contradicts what is stored.
fn open(closed: &Closed<Ed25519>, partials: Vec<(u32, String)>) -> Result<ElectionResult, String> {
    let partials = opening::read_partials(partials).map_err(|error| error.to_string())?;
    let opened = opening::open(closed, partials).map_err(|error| error.to_string())?;
    match opened.refused.first() {
        None => Ok(opened.result),
        Some(refused) => Err(refused.to_string()),
    }
}
