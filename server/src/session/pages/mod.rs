//! What people see of a congress session.

pub(super) mod device;
pub(super) mod headcount;
pub(super) mod manage;
mod manage_confirm;
mod manage_view;
pub(super) mod overview;
pub(super) mod result;
pub(super) mod result_view;
pub(super) mod status;

use crate::web::locale::Locale;
use crate::web::shared::money::money;
use domain::session::PollItem;

/// Unit and money of an item, to tell items apart.
fn item_note(locale: &Locale, item: &PollItem) -> String {
    let money = item.budget.map(|budget| money(locale, budget));
    let parts: Vec<String> = item.unit.iter().cloned().chain(money).collect();
    parts.join(" · ")
}
