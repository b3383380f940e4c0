//! Paper in the same sealed count (纸质表决票): credentials are set aside for it, deputies without a device are present on paper, the
//! numbered papers are handed out, two tellers type each sheet by themselves, and one of their devices seals what both agree on.
//! The service learns what stands on no sheet: it compares keyed marks, and takes ballots like any others.

mod agreement;
mod count;
mod hand_out;
mod presence;
mod reserve;

pub(super) use agreement::require_agreed_sheets;
pub use agreement::{Agreement, PaperList, PaperSide, agreement, submit_paper_list};
pub use count::{PaperCounted, paper_counted, submit_paper_count};
pub(super) use count::{require_counted, unused};
pub use hand_out::{hand_out_paper, replace_paper};
pub use presence::set_on_paper;
pub(super) use reserve::{has_credential, require_reserved, require_same_reserve};
pub use reserve::{paper_reserve, reserve_paper, reserved_paper};

use super::error::SessionError;
use super::poll::Poll;
use super::store;
use crate::infra::database::Tx;
use crate::infra::ids::AccountId;
use crate::people::Role;

/// The name of a teller (计票人) whom the meeting adopted with the poll's rules.
async fn teller(tx: &mut Tx, poll: &Poll, account: AccountId) -> Result<String, SessionError> {
    let officers = store::officers(tx, poll).await?;
    let mut tellers = officers.into_iter().filter(|one| one.role == Role::Teller);
    tellers
        .find(|one| one.account == account)
        .map(|one| one.name)
        .ok_or(SessionError::NotATeller)
}
