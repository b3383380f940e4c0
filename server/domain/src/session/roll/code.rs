//! The check-in code (签到码): nobody checks in from home. The hall's screen shows one that changes every half a minute; who
//! cannot read it gets a personal one from the desk. Both prove that somebody is in the room, not who it is: that is what the
//! sign-in proves, and the head count.
//!
//! No code is stored. Each is computed from the data key, which lies beside the database, so that a copy of the database
//! lets nobody in.

use crate::infra::app::App;
use crate::infra::clock::Timestamp;
use crate::infra::database::Tx;
use crate::infra::typed;
use crate::infra::vault::Purpose;
use crate::people::DeputyId;
use crate::people::limits;
use crate::session::error::SessionError;
use crate::session::poll::{Poll, PollId};
use crate::session::store;
use subtle::ConstantTimeEq as _;

/// How long the hall's code stands on the screen. It is taken for as long again.
pub const HALL_CODE_SECONDS: i64 = 30;
/// How long a personal code is taken.
pub const PERSONAL_CODE_SECONDS: i64 = 600;

const HALL_DIGITS: usize = 6;
const PERSONAL_DIGITS: usize = 8;

/// A code, and until when it is shown.
#[derive(Clone, PartialEq, Eq)]
pub struct CheckInCode {
    /// Six digits of the hall, eight of one person.
    pub digits: String,
    /// When it changes, or is taken no more.
    pub until: Timestamp,
}

impl std::fmt::Debug for CheckInCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CheckInCode(<redacted>)")
    }
}

/// The code that the hall's screen shows now.
pub fn hall_code(app: &App, poll: PollId) -> CheckInCode {
    let window = window_of(app.clock.now());
    CheckInCode {
        digits: of_window(app, poll, window),
        until: Timestamp::from_millis((window + 1) * HALL_CODE_SECONDS * 1000),
    }
}

fn window_of(at: Timestamp) -> i64 {
    at.millis().div_euclid(HALL_CODE_SECONDS * 1000)
}

fn of_window(app: &App, poll: PollId, window: i64) -> String {
    let (poll, window) = (poll.uuid(), window.to_be_bytes());
    let parts: [&[u8]; 3] = [b"hall", poll.as_bytes(), &window];
    digits(app, &parts, HALL_DIGITS)
}

/// The personal code of this deputy that was made with this nonce.
pub(super) fn personal_digits(app: &App, poll: PollId, deputy: DeputyId, nonce: &[u8]) -> String {
    let (poll, deputy) = (poll.uuid(), deputy.uuid());
    let parts: [&[u8]; 4] = [b"personal", poll.as_bytes(), deputy.as_bytes(), nonce];
    digits(app, &parts, PERSONAL_DIGITS)
}

/// Digits taken from 64 bits of a keyed hash, so that no code is noticeably likelier than another.
fn digits(app: &App, parts: &[&[u8]], count: usize) -> String {
    let mac = app.vault.mac(Purpose::CheckInCode, parts);
    let number = mac
        .iter()
        .take(8)
        .fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    let text = format!("{number:020}");
    text.chars()
        .skip(text.len().saturating_sub(count))
        .collect()
}

/// Counts the try; called before the transaction that looks whether the code is right.
pub(super) async fn take_try(app: &App, poll: &Poll, deputy: DeputyId) -> Result<(), SessionError> {
    match limits::take_check_in_try(app, &limit_key(poll, deputy)).await? {
        None => Ok(()),
        Some(retry_after_seconds) => Err(SessionError::TooManyCodes {
            retry_after_seconds,
        }),
    }
}

fn limit_key(poll: &Poll, deputy: DeputyId) -> Vec<u8> {
    [
        poll.id.uuid().as_bytes().as_slice(),
        deputy.uuid().as_bytes(),
    ]
    .concat()
}

/// Takes a code that was typed: one of the hall as it is, a personal one for good.
///
/// # Errors
/// [`SessionError::CheckInCode`] where it is none of this poll, of another deputy, used or too old.
pub(super) async fn accept(
    app: &App,
    tx: &mut Tx,
    poll: &Poll,
    deputy: DeputyId,
    typed: &str,
) -> Result<(), SessionError> {
    let digits = read(typed)?;
    let is_right = if digits.len() == PERSONAL_DIGITS {
        take_personal(app, tx, poll, deputy, &digits).await?
    } else {
        is_of_hall(app, poll.id, &digits)
    };
    if !is_right {
        return Err(SessionError::CheckInCode("check-in-code-wrong"));
    }
    limits::forgive_check_in(tx, app, &limit_key(poll, deputy)).await?;
    Ok(())
}

/// The digits of what was typed or scanned, whatever the keyboard put between them.
pub(super) fn read(typed: &str) -> Result<String, SessionError> {
    let plain = typed::plain(typed);
    let digits: String = plain.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    let is_code = matches!(digits.len(), HALL_DIGITS | PERSONAL_DIGITS)
        && digits.chars().all(|c| c.is_ascii_digit());
    if digits.is_empty() {
        Err(SessionError::CheckInCode("check-in-code-missing"))
    } else if is_code {
        Ok(digits)
    } else {
        Err(SessionError::CheckInCode("check-in-code-digits"))
    }
}

/// The present window and the one before: who has read a code has time to type it.
fn is_of_hall(app: &App, poll: PollId, digits: &str) -> bool {
    let now = window_of(app.clock.now());
    let right = [now, now - 1].map(|window| {
        let code = of_window(app, poll, window);
        code.as_bytes().ct_eq(digits.as_bytes())
    });
    (right[0] | right[1]).into()
}

async fn take_personal(
    app: &App,
    tx: &mut Tx,
    poll: &Poll,
    deputy: DeputyId,
    digits: &str,
) -> Result<bool, SessionError> {
    let Some(kept) = store::desk_code(tx, poll, deputy).await? else {
        return Ok(false);
    };
    let code = personal_digits(app, poll.id, deputy, &kept.nonce);
    let is_right: bool = code.as_bytes().ct_eq(digits.as_bytes()).into();
    if is_right {
        store::delete_desk_code(tx, poll, deputy).await?;
    }
    Ok(is_right && kept.expires_at > app.clock.now())
}
