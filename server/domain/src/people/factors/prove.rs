//! Proving who one is by a second factor: at sign-in, from a half session, and again before what weighs.

use super::enrol::{ask, relying_party, take_offer};
use super::webauthn::{self, Assertion, WebauthnError};
use super::{PasskeyQuestion, TotpSecret, credential_of, hash_of, recovery};
use crate::infra::app::App;
use crate::infra::ids::AccountId;
use crate::infra::vault::Purpose;
use crate::people::audit::{PeopleEvent, Proof};
use crate::people::caller::Caller;
use crate::people::code::plain_digits;
use crate::people::error::PeopleError;
use crate::people::session::{SignedIn, begin_proved_session, token_hash};
use crate::people::store::{self, Factor, FactorKind, OfferKind, Session};
use crate::people::window::{Limit, note_limit};
use crate::record::change::{Actor, Change};
use tracing::instrument;

const QUARTER_HOUR: i64 = 15 * 60;

/// Wrong factors of one account in a quarter of an hour: 480 guesses a day at a million codes, three of which stand. Only
/// who knows the code or the password before it can try at all.
const WRONG_FACTORS: Limit = Limit::new("wrong-factors-of-account", 5, QUARTER_HOUR);

/// Wrong recovery codes, counted by themselves, so that wrong codes of the app never close the way out.
const WRONG_RECOVERY_CODES: Limit = Limit::new("wrong-recovery-codes-of-account", 5, QUARTER_HOUR);

/// What somebody answers.
#[derive(Debug)]
pub enum Answer<'a> {
    /// A code that the authenticator app shows.
    Totp(&'a str),
    /// A recovery code.
    Recovery(&'a str),
    /// A passkey.
    Passkey(PasskeyAnswer<'a>),
}

/// What a passkey answers.
#[derive(Debug)]
pub struct PasskeyAnswer<'a> {
    /// Which passkey.
    pub credential_id: &'a [u8],
    /// What it says.
    pub assertion: Assertion<'a>,
}

/// The session of the calling browser, be it a half one.
#[instrument(skip_all, err(level = "debug"))]
pub async fn proving_session(app: &App, caller: &Caller) -> Result<Session, PeopleError> {
    let token = caller.session.as_ref().ok_or(PeopleError::NotSignedIn)?;
    let mut tx = app.database.read().await?;
    store::session_of_token(&mut tx, &token_hash(token), app.clock.now())
        .await?
        .ok_or(PeopleError::NotSignedIn)
}

/// The challenge for one of the account's passkeys.
#[instrument(skip_all, err(level = "debug"))]
pub async fn offer_assertion(app: &App, session: &Session) -> Result<PasskeyQuestion, PeopleError> {
    let mut tx = app.database.read().await?;
    let factors = store::factors(&mut tx, session.account).await?;
    drop(tx);
    ask(app, session, OfferKind::Assertion, &factors).await
}

/// Takes the answer. Where it is right a new session begins in the place of the one at hand.
#[instrument(skip_all, err(level = "debug"))]
pub async fn prove(
    app: &App,
    caller: &Caller,
    answer: &Answer<'_>,
) -> Result<SignedIn, PeopleError> {
    let session = proving_session(app, caller).await?;
    let account = session.account;
    let mut change = Change::begin(app, Actor::Account(account), None).await?;
    let factors = store::lock_factors(&mut change.tx, account).await?;
    if factors.is_empty() {
        return Err(PeopleError::NotFound);
    }
    let limit = match answer {
        Answer::Totp(_) | Answer::Passkey(_) => WRONG_FACTORS,
        Answer::Recovery(_) => WRONG_RECOVERY_CODES,
    };
    let key = account.uuid();
    let at = change.at;
    limit.check(&mut change.tx, app, key.as_bytes(), at).await?;
    match check(&mut change, app, &session, &factors, answer).await {
        Ok(by) => {
            let signed_in = begin_proved_session(&mut change, app, account, caller, true).await?;
            change
                .audit(PeopleEvent::FactorProve { account, by })
                .await?;
            change.commit().await?;
            Ok(signed_in)
        }
        Err(refusal) if is_wrong(&refusal) => {
            let failures = limit.count(&mut change.tx, app, key.as_bytes(), at).await?;
            change.audit(PeopleEvent::FactorWrong).await?;
            change.commit().await?;
            if failures == limit.max() {
                note_limit(app, limit.name, failures).await?;
            }
            Err(refusal)
        }
        Err(failure) => Err(failure),
    }
}

/// Whether the person's answer was wrong, not our own work.
const fn is_wrong(refusal: &PeopleError) -> bool {
    matches!(
        refusal,
        PeopleError::FactorWrong | PeopleError::RecoveryCodeWrong | PeopleError::Passkey(_)
    )
}

async fn check(
    change: &mut Change<'_>,
    app: &App,
    session: &Session,
    factors: &[Factor],
    answer: &Answer<'_>,
) -> Result<Proof, PeopleError> {
    match answer {
        Answer::Totp(typed) => {
            check_totp(change, app, factors, typed).await?;
            Ok(Proof::Totp)
        }
        Answer::Recovery(typed) => {
            check_recovery_code(change, app, session.account, typed).await?;
            Ok(Proof::RecoveryCode)
        }
        Answer::Passkey(answer) => {
            let challenge = take_offer(change, session, OfferKind::Assertion).await?;
            check_passkey(change, app, factors, &challenge, answer).await?;
            Ok(Proof::Passkey)
        }
    }
}

async fn check_totp(
    change: &mut Change<'_>,
    app: &App,
    factors: &[Factor],
    typed: &str,
) -> Result<(), PeopleError> {
    let (typed, at) = (plain_digits(typed), change.at);
    for factor in factors.iter().filter(|one| one.kind == FactorKind::Totp) {
        let secret = TotpSecret::kept(&app.vault.open(Purpose::Factor, &factor.sealed)?);
        if let Some(step) = secret.step_of(&typed, at, factor.counter) {
            return Ok(store::use_factor(&mut change.tx, factor.id, step, at).await?);
        }
    }
    Err(PeopleError::FactorWrong)
}

async fn check_recovery_code(
    change: &mut Change<'_>,
    app: &App,
    account: AccountId,
    typed: &str,
) -> Result<(), PeopleError> {
    let mac = recovery::mac(app, account, typed);
    if store::use_recovery_code(&mut change.tx, account, &mac).await? {
        Ok(())
    } else {
        Err(PeopleError::RecoveryCodeWrong)
    }
}

async fn check_passkey(
    change: &mut Change<'_>,
    app: &App,
    factors: &[Factor],
    challenge: &[u8],
    answer: &PasskeyAnswer<'_>,
) -> Result<(), PeopleError> {
    let hash = hash_of(answer.credential_id);
    let factor = factors
        .iter()
        .find(|one| one.credential_hash.as_ref() == Some(&hash))
        .ok_or(WebauthnError::UnknownCredential)?;
    let credential = credential_of(app, factor)?.ok_or(WebauthnError::UnknownCredential)?;
    let rp = relying_party(app)?;
    let count = webauthn::assert(&rp, challenge, &credential, &answer.assertion)?;
    let at = change.at;
    Ok(store::use_factor(&mut change.tx, factor.id, count.into(), at).await?)
}
