//! What people see of jurisdictions and cycles.

mod change_settings;
mod cycle;
mod exception;
mod front;
mod next_stage;
mod office;
mod open_data;
mod pulse;
mod schedule;
mod settings;

pub(crate) use open_data::open_data;

pub(super) use change_settings::{change as change_settings, form as settings_form};
pub(super) use cycle::cycle;
pub(super) use exception::{ask as ask_exception, confirm as confirm_exception};
pub(super) use front::{front, jurisdiction};
pub(super) use office::{create, new, step};
pub(super) use schedule::{form as schedule_form, plan};
pub(super) use settings::{KEEPERS, settings};
