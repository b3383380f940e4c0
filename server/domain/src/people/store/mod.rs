//! People in the database, one file for each group of tables.

mod accounts;
mod audit;
mod codes;
mod factors;
mod key_check;
mod limits;
mod links;
mod offers;
mod roster;
#[cfg(test)]
mod roster_tests;
mod sessions;
mod tickets;
mod units;

pub use accounts::{
    RoleHolder, StoredContact, account_of_contact, any_contact, clear_password, contacts,
    display_name, grant_role, has_enrolled, insert_account, insert_contact, lock_holders,
    password_hash, revoke_role, role_holders, roles_of, set_display_name, set_password_hash,
};
pub use audit::{AuditEntry, audit_actions, audit_lines};
pub use codes::{Code, delete_code, lock_code, save_code};
pub use factors::{
    Factor, FactorId, FactorKind, OfferKind, delete_factor, factors, insert_factor, lock_factors,
    offer, put_offer, recovery_codes_left, replace_recovery_codes, take_offer, use_factor,
    use_recovery_code,
};
pub use key_check::{insert_key_check, key_check};
pub use limits::{Tries, count_try, forget_tries, lock_tries, save_tries, tries};
pub use links::{
    account_of_link, delete_unused_links, insert_link, lock_account, lock_roster, note_maker,
    use_link,
};
pub use offers::{
    Offer, delete_offer, delete_offers_by, insert_offer, offers, offers_by_lookup, offers_to,
};
pub use roster::{
    NewDeputy, delegations, deputies, deputies_in_office, deputy_of_account, end_office, heads,
    heads_a_delegation, insert_delegation, insert_deputy, link_deputy, numbers_out_of_office,
    set_head,
};
pub use sessions::{
    NewSession, Rotation, Session, SessionId, Standing, end_all_sessions, end_other_sessions,
    end_session, forget_factor_proofs, insert_session, move_sessions, rotate, session_of_token,
    sessions, set_factor_proved, viewer_of_session,
};
pub use tickets::{
    count_wrong_code, delete_expired, find_ticket, insert_ticket, lock_ticket, set_ticket_state,
};
pub use units::{
    add_unit_member, insert_unit, remove_unit_member, unit_members, units, units_of_account,
};
