//! The session in the database, one file for each group of tables.

mod ballots;
mod objects;
mod people;
mod polls;

pub use ballots::{
    CastBallot, ballot_of_tracker, ballots, ballots_from, count_ballots, insert_ballot,
    insert_partial, insert_roll, listed, partials, roll,
};
pub use objects::{ObjectKind, insert_object, object};
pub use people::{
    Attendee, Confirmation, Eligible, SealedLink, attend, attendance, confirm, confirmations,
    count_links, count_present, delete_links, eligible_scrutineers, has_attended, holds_role,
    insert_scrutineer, is_linked, link, links, scrutineers, set_trustee_key,
};
pub use polls::{
    Participation, all_polls, insert_item, insert_poll, items, lock_poll, participation, poll,
    polls_of_cycle, rule_draft, save_state, set_rule_draft, state_of,
};
