//! Recovery codes: ten, shown once, each good for one sign-in where the factor is lost. Only keyed hashes are kept.

use crate::infra::app::App;
use crate::infra::ids::AccountId;
use crate::infra::typed;
use crate::infra::vault::Purpose;

/// How many codes there are.
pub const RECOVERY_CODES: usize = 10;

/// Letters and digits that nobody takes for each other: 32, so five bits each.
const ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";

/// Ten characters of five bits: far beyond what the limit on tries lets anybody guess.
const CHARACTERS: usize = 10;

/// Fresh codes, as they are shown: two groups of five.
pub(super) fn fresh(app: &App) -> Vec<String> {
    (0..RECOVERY_CODES)
        .map(|_| {
            let letters: String = app
                .entropy
                .bytes::<CHARACTERS>()
                .iter()
                .filter_map(|byte| {
                    ALPHABET
                        .get(usize::from(byte & 31))
                        .copied()
                        .map(char::from)
                })
                .collect();
            let (first, second) = letters.split_at(CHARACTERS / 2);
            format!("{first}-{second}")
        })
        .collect()
}

/// What is kept of a code.
pub(super) fn mac(app: &App, account: AccountId, typed: &str) -> [u8; 32] {
    let plain: String = typed::plain(typed)
        .chars()
        .filter(|c| !matches!(c, ' ' | '-'))
        .map(|c| c.to_ascii_lowercase())
        .collect();
    let parts = [account.uuid().into_bytes().to_vec(), plain.into_bytes()];
    let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
    app.vault.mac(Purpose::RecoveryCode, &parts)
}
