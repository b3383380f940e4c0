//! A trustee's device states only a closing that is what the public record says of the poll.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests fail as tests do"
)]

mod common;

use ballot::trustee::Closing;
use ballot::{Digest, Ed25519, Tracker};
use common::poll::{POLL, Poll, Setting, run};
use common::recorded::{Leaf, Signers, document, leaves};
use tally::archive::Archive;
use tally::record::poll::PollRecord;
use tally::record::{Checkpoint, Note};
use tally::rules::Rule;
use tally::statement::{NotRecorded, closing_of, recorded_closing};
use tally::verify::{self, Closed, Options};

fn closed(poll: &Poll) -> Closed<Ed25519> {
    verify::closed(&poll.archive, Options::default()).unwrap()
}

fn ballots(poll: &Poll) -> Vec<Tracker> {
    let archive = Archive::read(&poll.archive).unwrap();
    archive
        .ballots
        .iter()
        .map(|one| Tracker::of(one.bytes))
        .collect()
}

fn state(poll: &Poll, ballots: &[Tracker], record: &PollRecord) -> Result<Closing, NotRecorded> {
    let rule = Rule::parse(&poll.rule).unwrap();
    recorded_closing(&closed(poll), ballots, &rule, record)
}

/// The record of the sound poll after a change of its leaves.
fn changed(change: impl FnOnce(&mut Vec<Leaf>)) -> PollRecord {
    let mut all = leaves(&POLL);
    change(&mut all);
    document(&all, &Signers::default())
}

fn of_kind(leaves: &[Leaf], kind: &str) -> usize {
    leaves.iter().position(|leaf| leaf.kind == kind).unwrap()
}

/// The record as it is right after the close.
fn at_the_close() -> PollRecord {
    changed(|leaves| leaves.truncate(of_kind(leaves, "poll_closed") + 1))
}

#[test]
fn a_closing_names_the_checkpoint_under_which_the_ballots_were_taken() {
    let record = at_the_close();
    let own = state(&POLL, &ballots(&POLL), &record).unwrap();
    let note = Note::parse(&record.checkpoint).unwrap();
    let root = Checkpoint::parse(note.text()).unwrap().root;
    assert_eq!(
        own,
        closing_of(&closed(&POLL), Some(Digest::from_bytes(*root.as_bytes())))
    );
}

#[test]
fn an_archive_without_a_ballot_of_the_record_is_not_stated() {
    let mut kept = ballots(&POLL);
    let lost = kept.remove(0);
    let Err(NotRecorded::Ballots(difference)) = state(&POLL, &kept, &at_the_close()) else {
        panic!("it is stated");
    };
    assert_eq!(
        (difference.missing, difference.invented),
        (vec![lost], vec![])
    );
    let mut kept = ballots(&POLL);
    kept.swap(0, 1);
    assert_eq!(
        state(&POLL, &kept, &at_the_close()),
        Err(NotRecorded::Order)
    );
}

#[test]
fn a_record_without_the_close_or_with_another_sum_is_not_enough() {
    let open = changed(|leaves| leaves.truncate(of_kind(leaves, "poll_closed")));
    assert_eq!(
        state(&POLL, &ballots(&POLL), &open),
        Err(NotRecorded::NotClosed)
    );
    let own = closed(&POLL);
    let hash = closing_of(&own, None).tally.to_string();
    let record = changed(|leaves| {
        let at = of_kind(leaves, "poll_closed");
        leaves.truncate(at + 1);
        let body = &mut leaves[at].body;
        assert!(body.contains(&hash));
        *body = body.replace(&hash, &own.election.fingerprint().to_string());
    });
    assert_eq!(
        state(&POLL, &ballots(&POLL), &record),
        Err(NotRecorded::OtherTally)
    );
}

#[test]
fn only_the_record_that_the_rule_names_counts() {
    let foreign = document(
        &leaves(&POLL),
        &Signers {
            seed: 12,
            ..Signers::default()
        },
    );
    let refused = state(&POLL, &ballots(&POLL), &foreign);
    assert!(
        matches!(refused, Err(NotRecorded::Record(_))),
        "{refused:?}"
    );
    let without = run(Setting {
        recorded: false,
        ..Setting::default()
    });
    let refused = state(&without, &ballots(&without), &without.record);
    assert_eq!(refused, Err(NotRecorded::NoLog));
}
