//! Adding and removing second factors.

use super::webauthn::{self, CHALLENGE_BYTES, Registration, RelyingParty};
use super::{PasskeyQuestion, TotpSecret, credential_ids, hash_of, recovery, seal_credential};
use crate::infra::app::App;
use crate::infra::clock::Timestamp;
use crate::infra::ids::AccountId;
use crate::infra::mail::{self, Message};
use crate::infra::unique_key::UniqueKey;
use crate::infra::vault::Purpose;
use crate::people::audit::PeopleEvent;
use crate::people::code::{MessageText, plain_digits};
use crate::people::contact::Contact;
use crate::people::error::PeopleError;
use crate::people::store::{self, Factor, FactorId, FactorKind, OfferKind, Session};
use crate::record::change::{Actor, Change};
use tracing::instrument;

/// How many factors an account may have.
pub const MAX_FACTORS: usize = 10;

/// How long a new app's secret or a challenge waits for its answer.
pub(super) const OFFER_SECONDS: i64 = 15 * 60;

/// A message about a change of factors is worth sending for a day.
const NOTICE_SECONDS: i64 = 86_400;

/// What adding a factor led to.
#[derive(Debug)]
pub struct Added {
    /// With the first factor: the recovery codes, to be shown once. Empty otherwise.
    pub recovery_codes: Vec<String>,
}

/// A fresh secret for an authenticator app, kept until its first code comes.
#[instrument(skip_all, err(level = "debug"))]
pub async fn offer_totp(app: &App, session: &Session) -> Result<TotpSecret, PeopleError> {
    let secret = TotpSecret::fresh(&app.entropy);
    keep_offer(app, session, OfferKind::Totp, secret.expose()).await?;
    Ok(secret)
}

/// The secret that was offered to this session.
#[instrument(skip_all, err(level = "debug"))]
pub async fn offered_totp(app: &App, session: &Session) -> Result<TotpSecret, PeopleError> {
    let mut tx = app.database.read().await?;
    let sealed = store::offer(&mut tx, session.id, OfferKind::Totp, app.clock.now())
        .await?
        .ok_or(PeopleError::FactorOfferGone)?;
    Ok(TotpSecret::kept(&app.vault.open(Purpose::Factor, &sealed)?))
}

pub(super) async fn keep_offer(
    app: &App,
    session: &Session,
    kind: OfferKind,
    text: &[u8],
) -> Result<(), PeopleError> {
    let sealed = app.vault.seal(Purpose::Factor, text, &app.entropy)?;
    let until = app.clock.now().plus_seconds(OFFER_SECONDS);
    let mut tx = app.database.write().await?;
    store::put_offer(&mut tx, session.id, kind, &sealed, until).await?;
    Ok(tx.commit().await?)
}

/// Takes what was offered; once, also where the answer then turns out wrong.
pub(super) async fn take_offer(
    change: &mut Change<'_>,
    session: &Session,
    kind: OfferKind,
) -> Result<Vec<u8>, PeopleError> {
    let at = change.at;
    let sealed = store::take_offer(&mut change.tx, session.id, kind, at)
        .await?
        .ok_or(PeopleError::FactorOfferGone)?;
    let vault = &change.app().vault;
    Ok(vault.open(Purpose::Factor, &sealed)?.to_vec())
}

/// Adds the authenticator app whose secret was offered, with the first code that it shows.
#[instrument(skip_all, err(level = "debug"))]
pub async fn add_totp(
    app: &App,
    session: &Session,
    name: &str,
    typed: &str,
    notice: &MessageText,
) -> Result<Added, PeopleError> {
    let secret = offered_totp(app, session).await?;
    let mut change = Change::begin(app, Actor::Account(session.account), None).await?;
    let step = secret
        .step_of(&plain_digits(typed), change.at, 0)
        .ok_or(PeopleError::FactorWrong)?;
    // Of two parallel answers the second finds no offer any more.
    take_offer(&mut change, session, OfferKind::Totp).await?;
    let new = Factor {
        id: FactorId::new(change.at, &app.entropy),
        kind: FactorKind::Totp,
        name: name.to_owned(),
        sealed: app
            .vault
            .seal(Purpose::Factor, secret.expose(), &app.entropy)?,
        credential_hash: None,
        counter: step,
        created_at: change.at,
        used_at: None,
    };
    add(change, app, session, &new, notice).await
}

/// The challenge for a new passkey.
#[instrument(skip_all, err(level = "debug"))]
pub async fn offer_passkey(app: &App, session: &Session) -> Result<PasskeyQuestion, PeopleError> {
    let mut tx = app.database.read().await?;
    let factors = store::factors(&mut tx, session.account).await?;
    drop(tx);
    ask(app, session, OfferKind::Registration, &factors).await
}

pub(super) async fn ask(
    app: &App,
    session: &Session,
    kind: OfferKind,
    factors: &[Factor],
) -> Result<PasskeyQuestion, PeopleError> {
    let rp = relying_party(app)?;
    let challenge: [u8; CHALLENGE_BYTES] = app.entropy.bytes();
    keep_offer(app, session, kind, &challenge).await?;
    Ok(PasskeyQuestion {
        rp,
        challenge,
        credentials: credential_ids(app, factors)?,
    })
}

pub(super) fn relying_party(app: &App) -> Result<RelyingParty, PeopleError> {
    RelyingParty::at(&app.config.base_url).ok_or(PeopleError::PasskeysNotOffered)
}

/// Adds a passkey that answers what this session was asked.
#[instrument(skip_all, err(level = "debug"))]
pub async fn add_passkey(
    app: &App,
    session: &Session,
    name: &str,
    answer: &Registration<'_>,
    notice: &MessageText,
) -> Result<Added, PeopleError> {
    let rp = relying_party(app)?;
    let mut change = Change::begin(app, Actor::Account(session.account), None).await?;
    let challenge = take_offer(&mut change, session, OfferKind::Registration).await?;
    let credential = match webauthn::register(&rp, &challenge, answer) {
        Ok(credential) => credential,
        Err(refusal) => {
            // The challenge is used up all the same.
            change.audit(PeopleEvent::FactorWrong).await?;
            change.commit().await?;
            return Err(refusal.into());
        }
    };
    let new = Factor {
        id: FactorId::new(change.at, &app.entropy),
        kind: FactorKind::Passkey,
        name: name.to_owned(),
        sealed: seal_credential(app, &credential)?,
        credential_hash: Some(hash_of(&credential.id)),
        counter: credential.sign_count.into(),
        created_at: change.at,
        used_at: None,
    };
    add(change, app, session, &new, notice).await
}

/// Adds a factor, which this session has thereby proved. With the first one the recovery codes are made, and every other
/// session of the person ends: none of them has proved a factor.
async fn add(
    mut change: Change<'_>,
    app: &App,
    session: &Session,
    new: &Factor,
    notice: &MessageText,
) -> Result<Added, PeopleError> {
    let account = session.account;
    let before = store::lock_factors(&mut change.tx, account).await?.len();
    if before >= MAX_FACTORS {
        return Err(PeopleError::TooManyFactors);
    }
    store::insert_factor(&mut change.tx, account, new)
        .await
        .map_err(|error| {
            if error.refused_by(UniqueKey::FactorsCredential) {
                PeopleError::PasskeyTaken
            } else {
                error.into()
            }
        })?;
    let at = change.at;
    store::set_factor_proved(&mut change.tx, session.id, at).await?;
    let mut recovery_codes = Vec::new();
    if before == 0 {
        store::end_other_sessions(&mut change.tx, account, session.id).await?;
        recovery_codes = put_recovery_codes(&mut change, app, account).await?;
    }
    let kind = new.kind;
    change
        .audit(PeopleEvent::FactorAdd {
            factor: new.id,
            kind,
        })
        .await?;
    send_notice(&mut change, app, account, notice).await?;
    change.commit().await?;
    app.senders.wake();
    Ok(Added { recovery_codes })
}

async fn put_recovery_codes(
    change: &mut Change<'_>,
    app: &App,
    account: AccountId,
) -> Result<Vec<String>, PeopleError> {
    let codes = recovery::fresh(app);
    let macs: Vec<[u8; 32]> = codes
        .iter()
        .map(|code| recovery::mac(app, account, code))
        .collect();
    store::replace_recovery_codes(&mut change.tx, account, &macs).await?;
    Ok(codes)
}

/// Makes new recovery codes, to be shown once; the former ones no longer work.
#[instrument(skip_all, err(level = "debug"))]
pub async fn renew_recovery_codes(
    app: &App,
    account: AccountId,
    notice: &MessageText,
) -> Result<Vec<String>, PeopleError> {
    let mut change = Change::begin(app, Actor::Account(account), None).await?;
    if store::lock_factors(&mut change.tx, account)
        .await?
        .is_empty()
    {
        return Err(PeopleError::NotFound);
    }
    let codes = put_recovery_codes(&mut change, app, account).await?;
    change
        .audit(PeopleEvent::RecoveryCodesMake { account })
        .await?;
    send_notice(&mut change, app, account, notice).await?;
    change.commit().await?;
    app.senders.wake();
    Ok(codes)
}

/// Removes a factor of the account. With the last one go the recovery codes, and no session has proved a factor any more.
#[instrument(skip_all, err(level = "debug"))]
pub async fn remove(
    app: &App,
    account: AccountId,
    factor: FactorId,
    notice: &MessageText,
) -> Result<(), PeopleError> {
    let mut change = Change::begin(app, Actor::Account(account), None).await?;
    let before = store::lock_factors(&mut change.tx, account).await?.len();
    if !store::delete_factor(&mut change.tx, account, factor).await? {
        return Err(PeopleError::NotFound);
    }
    if before == 1 {
        store::replace_recovery_codes(&mut change.tx, account, &[]).await?;
        store::forget_factor_proofs(&mut change.tx, account).await?;
    }
    change.audit(PeopleEvent::FactorRemove { factor }).await?;
    send_notice(&mut change, app, account, notice).await?;
    change.commit().await?;
    app.senders.wake();
    Ok(())
}

/// Removes every factor of the account that is reached by this contact, and ends its sessions: for somebody who has lost
/// device and recovery codes. Only whoever runs the service can do it. How many there were.
#[instrument(skip_all, err(level = "debug"))]
pub async fn remove_all(
    app: &App,
    contact: &Contact,
    notice: &MessageText,
) -> Result<usize, PeopleError> {
    let mut change = Change::begin(app, Actor::System, None).await?;
    let lookup = contact.lookup(&app.vault);
    let account = store::account_of_contact(&mut change.tx, &lookup)
        .await?
        .ok_or(PeopleError::NotFound)?;
    let factors = store::lock_factors(&mut change.tx, account).await?;
    if factors.is_empty() {
        return Err(PeopleError::NotFound);
    }
    for factor in &factors {
        store::delete_factor(&mut change.tx, account, factor.id).await?;
        change
            .audit(PeopleEvent::FactorRemove { factor: factor.id })
            .await?;
    }
    store::replace_recovery_codes(&mut change.tx, account, &[]).await?;
    store::end_all_sessions(&mut change.tx, account).await?;
    send_notice(&mut change, app, account, notice).await?;
    change.commit().await?;
    Ok(factors.len())
}

/// Tells the person, by each way that they are reached, so that they notice what they have not done themselves.
pub(in crate::people) async fn send_notice(
    change: &mut Change<'_>,
    app: &App,
    account: AccountId,
    notice: &MessageText,
) -> Result<(), PeopleError> {
    let at: Timestamp = change.at;
    for stored in store::contacts(&mut change.tx, account).await? {
        if !app.senders.offers(stored.channel) {
            continue;
        }
        let contact = Contact::unseal(&app.vault, stored.channel, &stored.sealed)?;
        let message = Message {
            to: contact.expose().to_owned(),
            subject: notice.subject.clone(),
            text: notice.text.clone(),
        };
        let until = at.plus_seconds(NOTICE_SECONDS);
        mail::enqueue(&mut change.tx, at, app, stored.channel, &message, until).await?;
    }
    Ok(())
}
