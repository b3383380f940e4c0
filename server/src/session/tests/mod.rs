//! The session's promises, each with a test that tries to break it.

mod announced;
mod at_once;
mod ballot_box;
mod before_the_vote;
mod calling;
mod ceremony;
mod ceremony_to_the_end;
mod challenges;
mod check_elsewhere;
mod check_in_code;
mod count;
mod desk;
mod ends;
mod forms;
mod kills;
mod pages;
mod random_walk;
mod receipts;
mod screen;
mod secrecy;
mod stated;
mod statements;
mod states;
mod tasks;
mod town;
mod two_people;
