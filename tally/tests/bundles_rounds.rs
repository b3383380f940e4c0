//! Run-offs and second ballots: items and places are those that the poll before left, which stands in the bundle.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests fail as tests do"
)]

mod common;

use ballot::{Choices, Question};
use common::poll::{Poll, Setting, bundle, hold};
use common::recorded::{Signers, document, leaves};
use tally::bundle::Bundle;
use tally::rules::{FactsHash, ItemId, Reserved, Rule, RuleHash};
use tally::verify::{Report, Verdict};

const NO_PAPER: fn() -> Setting = || Setting {
    paper: 0,
    ..Setting::default()
};

/// A poll of the twelve under this rule, on as many items as there are marks.
fn poll(rule: &str, items: &[&str], max: u32, marks: fn(usize) -> Vec<bool>) -> Poll {
    let question = Question::new("q", items.to_vec(), 0, max).unwrap();
    hold(rule.to_owned(), vec![question], NO_PAPER(), |n| {
        Choices::from([marks(n)])
    })
}

/// The first poll's rule: three items for so many places, two ticks.
fn first(places: u64) -> String {
    common::RULE
        .replace("213", "12")
        .replace("ITEMS", "\"a\", \"b\", \"c\"")
        .replace("max = 10", "max = 2")
        .replace("\"1/5\"", "\"0/1\"")
        .replace("places = 10", &format!("places = {places}"))
}

/// Nine tick both a and b: they are tied for the one place.
fn tied() -> Poll {
    poll(&first(1), &["a", "b", "c"], 2, |_| vec![true, true, false])
}

fn written(poll: &Poll, previous: Option<&[u8]>) -> Vec<u8> {
    let whole = Bundle {
        paper: None,
        voided: None,
        previous,
        ..bundle(poll)
    };
    whole.write().unwrap()
}

fn report(poll: &Poll, previous: Option<&[u8]>) -> Report {
    common::opinion::bundle(&written(poll, previous))
}

fn refusal(poll: &Poll, previous: Option<&[u8]>) -> &'static str {
    let report = report(poll, previous);
    assert_eq!(report.verdict, Verdict::NotVerified);
    let failure = report.failure.unwrap();
    assert_eq!(failure.check, "rounds", "{failure}");
    failure.reason.unwrap()
}

fn ids(names: &[&str]) -> Vec<ItemId> {
    names
        .iter()
        .map(|name| ItemId::new(*name).unwrap())
        .collect()
}

/// The text of a run-off's rule among these, as it follows from a poll's; `hold` adds the record to it.
fn run_off(of: &Poll, items: &[&str], places: u64) -> String {
    let rule = Rule::parse(&of.rule).unwrap();
    let hash = RuleHash::of(of.rule.as_bytes());
    let next = rule.run_off(hash, &ids(items), places, Reserved::default());
    without_record(&next.unwrap().to_toml())
}

fn without_record(rule: &str) -> String {
    let (head, _) = rule.split_once("\n[record]").unwrap();
    head.to_owned() + "\n"
}

fn decided(rule: &str) -> Poll {
    poll(rule, &["a", "b"], 1, |n| vec![n < 5, n >= 5])
}

#[test]
fn a_run_off_with_the_poll_whose_tie_it_resolves_is_verified() {
    let main = tied();
    let second = decided(&run_off(&main, &["a", "b"], 1));
    let before = written(&main, None);
    let report = report(&second, Some(&before));
    assert_eq!(report.verdict, Verdict::Verified, "{report:?}");
    assert!(report.checks.iter().any(|check| check.check == "rounds"));
    assert_eq!(report.decision.unwrap()["items"][0]["standing"], "chosen");
}

#[test]
fn the_poll_before_must_be_there_verified_and_the_one_that_the_rule_follows() {
    let main = tied();
    let second = decided(&run_off(&main, &["a", "b"], 1));
    assert_eq!(refusal(&second, None), "missing");
    assert_eq!(refusal(&second, Some(b"PK")), "previous");
    let mut broken = written(&main, None);
    let middle = broken.len() / 2;
    broken[middle] ^= 1;
    assert_eq!(refusal(&second, Some(&broken)), "previous");
    let another = poll(
        &first(1).replace("办法", "办法（另一份）"),
        &["a", "b", "c"],
        2,
        |_| vec![true, true, false],
    );
    assert_eq!(refusal(&second, Some(&written(&another, None))), "other");
    assert_eq!(refusal(&main, Some(&written(&another, None))), "unexpected");
}

#[test]
fn a_run_off_is_among_exactly_the_tied_items_for_the_places_left() {
    let main = tied();
    let before = written(&main, None);
    let other_items = poll(&run_off(&main, &["a", "c"], 1), &["a", "c"], 1, |n| {
        vec![n < 5, n >= 5]
    });
    assert_eq!(refusal(&other_items, Some(&before)), "items");
    let more = poll(
        &run_off(&main, &["a", "b", "c"], 2),
        &["a", "b", "c"],
        2,
        |n| vec![n < 5, n >= 5, true],
    );
    assert_eq!(refusal(&more, Some(&before)), "items");
    let order = poll(&run_off(&main, &["b", "a"], 1), &["b", "a"], 1, |n| {
        vec![n < 5, n >= 5]
    });
    assert_eq!(refusal(&order, Some(&before)), "items");
    // Nothing is tied.
    let clear = poll(&first(1), &["a", "b", "c"], 2, |n| vec![true, n > 5, false]);
    let needless = decided(&run_off(&clear, &["a", "b"], 1));
    assert_eq!(refusal(&needless, Some(&written(&clear, None))), "items");
}

#[test]
fn a_second_ballot_is_on_what_was_not_chosen_by_the_same_majority() {
    // Only a reaches the majority: one of two places is empty.
    let main = poll(&first(2), &["a", "b", "c"], 2, |n| {
        vec![true, n == 0, n == 1]
    });
    let before = written(&main, None);
    let rule = Rule::parse(&main.rule).unwrap();
    let hash = RuleHash::of(main.rule.as_bytes());
    let next = rule
        .second_ballot(hash, &ids(&["b", "c"]), 1, Reserved::default())
        .unwrap();
    let text = without_record(&next.to_toml());
    let on_the_rest = |text: &str| poll(text, &["b", "c"], 1, |n| vec![n < 8, n == 8]);
    let sound = report(&on_the_rest(&text), Some(&before));
    assert_eq!(sound.verdict, Verdict::Verified, "{sound:?}");
    let easier = on_the_rest(&text.replace("majority = \"> 1/2\"", "majority = \"none\""));
    assert_eq!(refusal(&easier, Some(&before)), "items");
}

/// A bundle in a bundle in a bundle is not followed for ever.
#[test]
fn no_more_than_eight_polls_follow_each_other() {
    let main = tied();
    let second = decided(&run_off(&main, &["a", "b"], 1));
    let nested = |polls: usize| {
        let first = written(&main, None);
        let whole = (2..polls).fold(first, |before, _| written(&second, Some(&before)));
        let failure = report(&second, Some(&whole)).failure.unwrap();
        assert_eq!(
            (failure.check, failure.reason),
            ("rounds", Some("previous"))
        );
        failure.message
    };
    // Eight are looked at to the first, and the third is found to follow from nothing that was left.
    let eight = nested(8);
    assert!(eight.contains("left nothing to decide"), "{eight}");
    let nine = nested(9);
    assert!(
        nine.contains("more than 8 polls follow each other"),
        "{nine}"
    );
}

/// The vote by which the meeting adopts this list, after a poll; `hold` adds the record to its rule.
fn adoption(of: &Poll, list: &str) -> Poll {
    let rule = Rule::parse(&of.rule).unwrap();
    let resolution = ItemId::new("resolution").unwrap();
    let next = rule.adoption("决议", resolution, FactsHash::of(list.as_bytes()));
    let text = without_record(&next.unwrap().to_toml());
    let question = Question::new("resolution", ["赞成", "反对", "弃权"], 0, 1).unwrap();
    hold(text, vec![question], NO_PAPER(), |n| {
        Choices::from([vec![n < 9, n == 9, n > 9]])
    })
}

#[test]
fn the_list_that_is_adopted_is_the_one_that_the_vote_has_decided() {
    let main = poll(&first(1), &["a", "b", "c"], 2, |n| vec![true, n > 5, false]);
    let before = written(&main, None);
    let sound = report(&adoption(&main, "a\n"), Some(&before));
    assert_eq!(sound.verdict, Verdict::Verified, "{sound:?}");
    assert_eq!(sound.decision.unwrap()["items"][0]["standing"], "chosen");
    for list in ["b\n", "a\nb\n", "a", ""] {
        let other = adoption(&main, list);
        assert_eq!(refusal(&other, Some(&before)), "items", "{list:?}");
    }
    // Nothing is decided yet: two are tied.
    let main = tied();
    let early = adoption(&main, "");
    assert_eq!(refusal(&early, Some(&written(&main, None))), "items");
}

/// The attack: an adoption of another list is shown without the vote that it adopts.
#[test]
fn a_poll_that_the_record_calls_a_following_one_stands_with_the_poll_before() {
    let main = poll(&first(1), &["a", "b", "c"], 2, |n| vec![true, n > 5, false]);
    let alone = adoption(&main, "b\n");
    assert_eq!(report(&alone, None).verdict, Verdict::Verified);
    let mut leaves = leaves(&alone);
    let created = leaves.iter_mut().find(|leaf| leaf.kind == "poll_created");
    let body = &mut created.unwrap().body;
    let follows = body.replace(r#""title""#, r#""follows":"nru5SH6GFJM2rT","title""#);
    assert_ne!(*body, follows);
    *body = follows;
    let called = Poll {
        record: document(&leaves, &Signers::default()),
        ..alone
    };
    assert_eq!(refusal(&called, None), "missing");
}

/// The attack: the run-off's rule asks for fewer deputies present, lets people vote again, or needs fewer witnesses, so that fewer
/// people can decide what the meeting could not.
#[test]
fn who_votes_and_who_watches_is_the_first_rules() {
    let main = tied();
    let before = written(&main, None);
    let due = run_off(&main, &["a", "b"], 1);
    for (from, to) in [
        ("quorum = \">= 2/3\"", "quorum = \">= 1/3\""),
        ("advisory = false", "advisory = true"),
        ("revoting = false", "revoting = true"),
    ] {
        assert!(due.contains(from), "{from} in {due}");
        let weaker = decided(&due.replace(from, to));
        assert_eq!(refusal(&weaker, Some(&before)), "items", "{to}");
    }
}
