//! What people see of a congress session.

pub(super) mod announcement;
mod announcement_words;
pub(super) mod ballot_papers;
pub(super) mod check_in_setting;
pub(super) mod code_setting;
pub(super) mod console;
mod counts;
pub(super) mod desk;
pub(super) mod desk_paper;
pub(super) mod device;
pub(super) mod first_look;
pub(super) mod headcount;
pub(super) mod manage;
pub(super) mod manage_ceremony;
mod manage_confirm;
pub(super) mod manage_ends;
mod manage_rules;
mod manage_view;
pub(super) mod overview;
mod paper;
pub(super) mod planned_end;
pub(super) mod result;
pub(super) mod result_view;
pub(super) mod screen;
pub(super) mod sheet;
mod sheet_words;
pub(super) mod status;

use crate::web::components::exact_amount;
use crate::web::locale::Locale;
use domain::session::PollItem;

/// Unit and money of an item, to tell items apart.
fn item_note(locale: &Locale, item: &PollItem) -> String {
    let money = item.budget.map(|budget| exact_amount(locale, budget));
    let parts: Vec<String> = item.unit.iter().cloned().chain(money).collect();
    parts.join(" · ")
}
