//! The promises (docs/threat-model.md), each with tests that try to break it across every declared route:
//!
//! | promise | here | beside the code |
//! |---|---|---|
//! | 2 no two ballots of one credential | | `session::tests::ballot_box`: parallel casts, of one ballot and of one credential |
//! | 3 no count before the announcement | [`secrecy`] | `session::tests::pages` |
//! | 5 rule, roll and candidates are fixed | [`fixed`] | `session::tests::before_the_vote`: also by hand in the database |
//! | 6 bad input is named, nothing fails | [`inputs`] | each room's tests: what was typed is kept |
//! | 7 nothing of another jurisdiction | [`foreign`] | `router::tests`: a role elsewhere opens nothing |
//!
//! Beside the promises, [`markup`]: what people write is text wherever it is shown. [`logs`]: no log tells who somebody is, what opens something, or whose a ballot is. [`open`]: other sites read what is the same for everybody. And [`strict`]: every entry of the record is a body in its one form.
//!
//! [`stages`]: each act in each stage by each role.
//!
//! Parallel supports of one person: `proposals::tests`. Promises 1 and 4 need processes that are killed and a reader of
//! the whole database: the crate `tests`, `backup::tests` and `session::tests::before_the_vote`.

mod fixed;
mod foreign;
mod inputs;
mod logs;
mod markup;
mod open;
mod secrecy;
mod stages;
mod strict;
pub(crate) mod world;
