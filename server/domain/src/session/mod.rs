//! The congress session (票决), by its phases: preparing, keys, roll, voting, counting, publishing. Evaluation polls go by
//! the same machinery.

pub(crate) mod audit;
mod base;
mod confirmed;
mod counting;
mod dual_control;
mod error;
mod keys;
mod motions;
mod paper;
mod poll;
mod preparing;
mod publishing;
mod recheck;
mod rehearsal;
mod roll;
mod rounds;
mod state;
mod statements;
pub mod store;
pub mod titles;
mod voting;

pub(crate) use audit::SessionEvent;
pub use base::{adopted_rule, deputy_of, find, parsed_rule};
pub(crate) use base::{begin, inconsistent};
pub use confirmed::{Matter, matter};
pub(crate) use counting::publish_result;
pub use counting::{look_first, outcome, submit_partial_decryption};
pub use dual_control::{Awaited, Confirmed, awaited, confirm};
pub use error::{SessionError, StatementError};
pub use keys::{
    Ceremony, ceremony, restart_ceremony, submit_ceremony_message, submit_complaint,
    submit_trustee_key,
};
pub use motions::{EXPLANATION_MAX, Motion, Pending, WITNESSES, motions, put_forward};
pub use paper::{
    Agreement, PaperCounted, PaperList, PaperSide, agreement, hand_out_paper, paper_counted,
    paper_reserve, replace_paper, reserve_paper, reserved_paper, set_on_paper, submit_paper_count,
    submit_paper_list,
};
pub use poll::{
    DualControlStep, Hands, Numbered, Party, Poll, PollId, PollItem, PollKind, Scrutineer,
};
pub(crate) use preparing::roster_changed;
pub use preparing::{
    Adoption, AdoptionDetails, Departure, NewPoll, adopt, call_follow_up, check_in_together,
    create, departures, elections_of_check_in, may_join, new_main_poll, recorded_adoption,
    rule_text, write_rules,
};
pub use publishing::{UpTo, archive, bundle, number_announcement, poll_record, recorded_steps};
pub use recheck::recheck;
pub use rehearsal::{NotCarriedOut, Turnout, rehearse, rehearse_ballot};
pub use roll::{
    CheckInCode, HALL_CODE_SECONDS, PERSONAL_CODE_SECONDS, desk_code, give_desk_code, hall_code,
    set_check_in_code, set_leave, takes_leaves,
};
pub use roll::{
    Credentials, Headcount, check_in, confirm_headcount, forget_spent_links, headcounts,
};
pub use rounds::{NextRound, Rounds, adopted_list, rounds, rounds_of};
pub use state::{
    Adopted, Announced, Closed, Decrypted, EndReason, Ended, Frozen, Opened, PollState, StateError,
    StateName, Step,
};
pub use statements::{approve, state_closing};
pub use tally::opening::PollOutcome;
pub use voting::{MOST_CHALLENGES, cast, challenge, find_ballot, plan_end};
