//! A device on which an account was signed in before. It keeps a long-lived mark, so that a stranger's wrong tries for the
//! same contact do not make its owner wait: a random number, and the keyed hash of that number and the account.
//!
//! The mark opens nothing, and names nobody: whether it is an account's can only be found out with the data key and that
//! account at hand, and the marks of two accounts have nothing in common. Nothing is stored of it.

use super::caller::Caller;
use crate::infra::app::App;
use crate::infra::ids::AccountId;
use crate::infra::vault::Purpose;
use zeroize::Zeroizing;

/// For how many seconds a browser keeps the mark: as long as browsers keep anything.
pub const MARK_SECONDS: i64 = 400 * 86_400;

const NUMBER_BYTES: usize = 16;

/// The number of the caller's device, where `account` was signed in on it before.
pub(super) fn known(app: &App, account: AccountId, caller: &Caller) -> Option<Vec<u8>> {
    let (number, mac) = caller.known_device.as_ref()?.split_once('.')?;
    let (number, mac) = (hex::decode(number).ok()?, hex::decode(mac).ok()?);
    let account = account.uuid();
    let parts = [number.as_slice(), account.as_bytes()];
    app.vault
        .is_mac(Purpose::Device, &parts, &mac)
        .then_some(number)
}

/// The mark of the caller's device for `account`: the one that it has, or a fresh one.
pub(super) fn mark(app: &App, account: AccountId, caller: &Caller) -> Zeroizing<String> {
    let number =
        known(app, account, caller).unwrap_or_else(|| app.entropy.bytes::<NUMBER_BYTES>().to_vec());
    let account = account.uuid();
    let parts = [number.as_slice(), account.as_bytes()];
    let mac = app.vault.mac(Purpose::Device, &parts);
    Zeroizing::new(format!("{}.{}", hex::encode(&number), hex::encode(mac)))
}
