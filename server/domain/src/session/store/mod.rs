//! The session in the database, one file for each group of tables.

mod announcements;
mod ballots;
mod ceremonies;
mod check_in;
mod desk;
mod headcounts;
mod motions;
mod objects;
mod officers;
mod papers;
mod polls;
mod statements;

pub use announcements::{insert_numbered, numbered};
pub use ballots::{
    CastBallot, ballot_of_tracker, ballots, ballots_from, count_ballots, insert_ballot,
    insert_partial, insert_roll, insert_spoiled, listed, partials, roll, spoiled, spoiled_of,
};
pub use ceremonies::{
    SentComplaint, SentMessage, ceremony_complaints, ceremony_messages, ceremony_restarts,
    insert_ceremony_complaint, insert_ceremony_message, restart_ceremony,
};
pub use check_in::{
    Attendee, SealedLink, attend, attend_on_paper, attendance, count_links, count_on_paper,
    count_present, delete_links, delete_links_of, has_attended, insert_reserved_roll, leave, link,
    link_macs, links, own_macs, reserved_roll,
};
pub use desk::{
    DelegationAttendance, DeskDeputy, NewDeskCode, asks_code, attendance_by_delegation,
    cancel_leave, delete_desk_code, desk_code, desk_roster, keep_desk_code, note_leave,
    set_asks_code,
};
pub use headcounts::{DelegationHead, NewHeadcount, delegation_heads, keep_headcount};
pub use motions::{StoredMotion, keep_motion, motions};
pub use objects::{ObjectKind, insert_object, object};
pub use officers::{
    Confirmation, Eligible, confirm, confirmations, eligible_officers, holds_role, insert_officer,
    insert_scrutineer, officers, scrutineers, set_trustee_key, undo_confirmations,
};
pub use papers::{
    HandedOut, StoredPaperList, StoredPaperReserve, forget_papers, insert_paper, keep_paper_list,
    keep_paper_reserve, paper_lists, paper_reserve, paper_trackers, papers, set_helped,
    spoil_paper, unused_paper,
};
pub use polls::{
    Participation, all_polls, insert_item, insert_poll, items, joined_polls, lock_poll,
    lock_polls_under_way, participation, planned_end, poll, polls_in_voting, polls_of_cycle,
    polls_under_way, rule_draft, save_state, set_check_in, set_planned_end, set_roster,
    set_rule_draft, state_of,
};
pub use statements::{StatementKind, insert_statement, statements};
