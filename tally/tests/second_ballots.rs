//! Places that stayed empty: the second ballot on the rest, its ties, and what is refused as one.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail as tests do"
)]

mod common;

use common::rules::example;
use tally::decision::{Decision, DecisionError, FollowUp, Outcome, Returns, Standing, decide};
use tally::rules::{Form, ItemId, Poll, Reserved, Rule, RuleHash};

/// A hundred deputies, all voting on items a, b, … with these votes, more than half needed.
fn poll(votes: &[u64], places: u64) -> (Rule, Decision) {
    let text = example("equal-numbers");
    let mut table: toml::Table = text.parse().unwrap();
    let ids: Vec<String> = ('a'..).take(votes.len()).map(String::from).collect();
    table.insert("items".into(), ids.into());
    table.insert("deputies".into(), 100.into());
    let mut set = |name: &str, key: &str, value: u64| {
        let value = i64::try_from(value).unwrap();
        let table = table.get_mut(name).unwrap().as_table_mut().unwrap();
        table.insert(key.into(), value.into());
    };
    set("decision", "places", places);
    set("ballot", "max", places);
    let rule = Rule::parse(&toml::to_string(&table).unwrap()).unwrap();
    let decision = count(&rule, votes);
    (rule, decision)
}

fn count(rule: &Rule, votes: &[u64]) -> Decision {
    let returns = Returns {
        present: 100,
        issued: 100,
        returned: 100,
        invalid: 0,
    };
    match decide(rule, returns, &[votes.to_vec()], None).unwrap() {
        Outcome::Decided(decision) => decision,
        other => panic!("{other:?}"),
    }
}

fn second(rule: &Rule, decision: &Decision) -> Rule {
    let (rest, empty) = decision.rest().unwrap();
    rule.second_ballot(RuleHash::of(b"rule"), &rest, empty, Reserved::default())
        .unwrap()
}

fn standings(decision: &Decision) -> Vec<Standing> {
    decision.items.iter().map(|item| item.standing).collect()
}

fn ids(names: &[&str]) -> Vec<ItemId> {
    names
        .iter()
        .map(|name| ItemId::new(*name).unwrap())
        .collect()
}

#[test]
fn the_rest_is_voted_on_for_the_places_left_under_the_same_majority() {
    let (rule, decision) = poll(&[60, 50, 40, 30], 3);
    assert_eq!(decision.empty_places, 2);
    assert_eq!(decision.rest(), Some((ids(&["b", "c", "d"]), 2)));
    let again = second(&rule, &decision);
    assert!(matches!(again.poll(), Poll::SecondBallot { .. }));
    assert!(matches!(again.form(), Form::AtMost { max: 2, .. }));

    let ballot = count(&again, &[51, 70, 20]);
    assert_eq!(ballot.votes_needed, 51);
    let whole = decision.with_second_ballot(&ballot).unwrap();
    assert_eq!(
        standings(&whole),
        [
            Standing::Chosen,
            Standing::ChosenInSecondBallot,
            Standing::ChosenInSecondBallot,
            Standing::NotChosen
        ]
    );
    assert_eq!((whole.chosen().len(), whole.empty_places), (3, 0));
    assert_eq!(whole.rest(), None);
}

#[test]
fn a_tie_in_the_second_ballot_is_resolved_by_a_run_off() {
    let (rule, decision) = poll(&[60, 50, 40, 30], 2);
    let again = second(&rule, &decision);
    let ballot = count(&again, &[33, 33, 33]);
    assert_eq!(ballot.empty_places, 1);
    let still_empty = decision.clone().with_second_ballot(&ballot).unwrap();
    assert_eq!(still_empty.rest(), Some((ids(&["b", "c", "d"]), 1)));

    let (rule, decision) = poll(&[60, 50, 40, 30], 3);
    let again = second(&rule, &decision);
    let ballot = count(&again, &[60, 55, 55]);
    let tied = decision.with_second_ballot(&ballot).unwrap();
    let open = FollowUp::RunOff {
        items: ids(&["c", "d"]),
        places: 1,
    };
    assert_eq!(tied.follow_up, open);
    let run_off = again
        .run_off(
            RuleHash::of(b"second"),
            &ids(&["c", "d"]),
            1,
            Reserved::default(),
        )
        .unwrap();
    let whole = tied
        .with_run_off(&rule, &count(&run_off, &[10, 11]))
        .unwrap();
    assert_eq!(
        standings(&whole),
        [
            Standing::Chosen,
            Standing::ChosenInSecondBallot,
            Standing::Reserve,
            Standing::ChosenInRunOff
        ]
    );
}

#[test]
fn fewer_items_than_empty_places_leave_the_difference_empty() {
    let (rule, decision) = poll(&[60, 50], 2);
    let again = second(&rule, &decision);
    let whole = decision.with_second_ballot(&count(&again, &[80])).unwrap();
    assert_eq!((whole.chosen().len(), whole.empty_places), (2, 0));
}

/// No rule that this library reads leaves more places than items; who calls it with such a decision loses none of them.
#[test]
fn more_places_than_items_are_not_forgotten() {
    let (rule, mut decision) = poll(&[60, 50], 2);
    let hash = RuleHash::of(b"rule");
    let again = rule
        .second_ballot(hash, &ids(&["b"]), 3, Reserved::default())
        .unwrap();
    assert_eq!(again.decision().unwrap().places, 1);
    assert!(matches!(again.form(), Form::AtMost { max: 1, .. }));
    decision.empty_places = 3;
    let whole = decision
        .clone()
        .with_second_ballot(&count(&again, &[80]))
        .unwrap();
    assert_eq!((whole.chosen().len(), whole.empty_places), (2, 2));
    let nobody = decision.with_second_ballot(&count(&again, &[50])).unwrap();
    assert_eq!((nobody.chosen().len(), nobody.empty_places), (1, 3));
}

#[test]
fn a_second_ballot_on_other_items_or_places_is_refused() {
    let (rule, decision) = poll(&[60, 50, 40, 30], 3);
    let other = |items: &[&str], places| {
        let hash = RuleHash::of(b"rule");
        let rule = rule
            .second_ballot(hash, &ids(items), places, Reserved::default())
            .unwrap();
        let ballot = count(&rule, &vec![20; items.len()]);
        decision.clone().with_second_ballot(&ballot)
    };
    let refused = Err(DecisionError::OtherSecondBallot);
    assert_eq!(other(&["b", "c"], 2), refused);
    assert_eq!(other(&["b", "c", "d"], 1), refused);
    assert_eq!(other(&["a", "b", "c"], 2), refused);
}

#[test]
fn no_second_ballot_is_called_where_no_place_is_empty_or_a_tie_is_open() {
    let (_, full) = poll(&[60, 55, 40], 2);
    assert_eq!(full.rest(), None);
    let (_, tied) = poll(&[60, 55, 55], 2);
    assert_eq!(tied.rest(), None);
    assert_eq!(
        tied.clone().with_second_ballot(&full),
        Err(DecisionError::OtherSecondBallot)
    );
}
