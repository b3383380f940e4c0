//! The rule engine on the two worked examples and at its edges.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::cast_possible_truncation,
    reason = "helpers of tests fail as tests do"
)]

mod common;

use common::{Example, small};
use tally::decision::{
    CountError, Decision, DecisionError, FollowUp, Lot, Outcome, Returns, Standing, decide,
};
use tally::rules::{ItemId, Reserved, Rule, RuleHash};

fn decided(outcome: Outcome) -> Decision {
    match outcome {
        Outcome::Decided(decision) => decision,
        other => panic!("{other:?}"),
    }
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
fn qinghe_chooses_ten_with_runners_up_over_the_majority() {
    let county = Example::read("qinghe-county");
    let rule = Rule::parse(&county.rule_text()).unwrap();
    let counts = county.counts();
    let recorded: Vec<u64> = county
        .projects
        .iter()
        .map(|project| project.approvals)
        .collect();
    assert_eq!(counts, [recorded]);

    let decision = decided(decide(&rule, county.returns(), &counts, None).unwrap());
    assert_eq!(decision.votes_needed, county.majority_floor);
    assert_eq!(decision.sheet.valid, county.valid);
    assert_eq!(
        (decision.sheet.not_returned, decision.sheet.not_voted),
        (1, 1)
    );
    assert_eq!(decision.chosen().len(), 10);
    assert_eq!(decision.reserve().len(), 3);
    assert!(
        decision
            .reserve()
            .iter()
            .all(|item| item.votes.in_favour >= 107)
    );
    let lowest_chosen = decision
        .chosen()
        .iter()
        .map(|item| item.votes.in_favour)
        .min()
        .unwrap();
    assert!(
        decision
            .reserve()
            .iter()
            .all(|item| item.votes.in_favour < lowest_chosen)
    );
    assert!(decision.is_complete());
    assert_eq!(decision.empty_places, 0);
}

#[test]
fn liuwan_ties_for_the_tenth_place_and_a_run_off_decides() {
    let town = Example::read("liuwan-town");
    let rule_text = town.rule_text();
    let rule = Rule::parse(&rule_text).unwrap();
    let decision = decided(decide(&rule, town.returns(), &town.counts(), None).unwrap());
    assert_eq!(decision.votes_needed, town.majority_floor);
    assert_eq!(decision.chosen().len(), 9);
    let FollowUp::RunOff { items, places } = decision.follow_up.clone() else {
        panic!("no run-off")
    };
    assert_eq!((items.len(), places), (2, 1));

    let hash = RuleHash::of(rule_text.as_bytes());
    let run_off_rule = rule
        .run_off(hash, &items, places, Reserved::default())
        .unwrap();
    let second = decided(decide(&run_off_rule, town.returns(), &[vec![20, 21]], None).unwrap());
    let whole = decision.clone().with_run_off(&rule, &second).unwrap();
    assert!(whole.is_complete());
    assert_eq!(whole.chosen().len(), 10);
    let winner = whole
        .items
        .iter()
        .find(|item| item.standing == Standing::ChosenInRunOff)
        .unwrap();
    assert_eq!(winner.id, items[1]);

    let tied_again = decided(decide(&run_off_rule, town.returns(), &[vec![20, 20]], None).unwrap());
    let whole = decision.with_run_off(&rule, &tied_again).unwrap();
    assert_eq!(whole.follow_up, FollowUp::RunOff { items, places: 1 });
}

#[test]
fn a_run_off_of_other_items_is_refused() {
    let (rule, returns, counts) = small(&[60, 60, 60], 2, &[]);
    let decision = decided(decide(&rule, returns, &counts, None).unwrap());
    assert_eq!(standings(&decision), [Standing::Tied; 3]);
    let other = rule
        .run_off(RuleHash::of(b""), &ids(&["a", "b"]), 1, Reserved::default())
        .unwrap();
    let other = decided(decide(&other, returns, &[vec![40, 30]], None).unwrap());
    assert_eq!(
        decision.with_run_off(&rule, &other),
        Err(DecisionError::OtherRunOff)
    );
}

#[test]
fn a_run_off_for_another_number_of_places_is_refused() {
    let (rule, returns, counts) = small(&[60, 60, 60], 1, &[]);
    let decision = decided(decide(&rule, returns, &counts, None).unwrap());
    let run_off = |places: u64| {
        let hash = RuleHash::of(b"");
        let tied = ids(&["a", "b", "c"]);
        let rule = rule.run_off(hash, &tied, places, Reserved::default());
        let votes = vec![50, 40, 10];
        decided(decide(&rule.unwrap(), returns, &[votes], None).unwrap())
    };
    let whole = decision.clone().with_run_off(&rule, &run_off(1)).unwrap();
    assert_eq!(whole.chosen().len(), 1);
    assert_eq!(
        decision.with_run_off(&rule, &run_off(2)),
        Err(DecisionError::OtherRunOff)
    );
}

/// Were there as many places as tied items, each would have one.
#[test]
fn a_run_off_has_fewer_places_than_items() {
    let (rule, ..) = small(&[60, 60, 60], 2, &[]);
    let run_off = |places| {
        let tied = ids(&["a", "b", "c"]);
        rule.run_off(RuleHash::of(b""), &tied, places, Reserved::default())
    };
    assert!(run_off(2).is_ok());
    let refused = run_off(3).unwrap_err().to_string();
    assert!(refused.contains("decision.places"), "{refused}");
}

#[test]
fn exactly_half_is_not_more_than_half() {
    let (rule, returns, counts) = small(&[51, 50], 2, &[]);
    let decision = decided(decide(&rule, returns, &counts, None).unwrap());
    assert_eq!(
        standings(&decision),
        [Standing::Chosen, Standing::NotChosen]
    );
    assert_eq!(decision.empty_places, 1);
}

#[test]
fn places_are_filled_by_plurality_where_the_rule_says_so() {
    let (rule, returns, counts) = small(&[51, 50, 49, 0], 4, &[("leave_empty", "fill")]);
    let decision = decided(decide(&rule, returns, &counts, None).unwrap());
    assert_eq!(
        standings(&decision),
        [
            Standing::Chosen,
            Standing::Filled,
            Standing::Filled,
            Standing::NotChosen
        ]
    );
    assert_eq!(decision.empty_places, 1);
}

#[test]
fn a_tie_that_fits_in_the_places_is_no_tie() {
    let (rule, returns, counts) = small(&[70, 60, 60, 55], 3, &[]);
    let decision = decided(decide(&rule, returns, &counts, None).unwrap());
    assert_eq!(
        standings(&decision),
        [
            Standing::Chosen,
            Standing::Chosen,
            Standing::Chosen,
            Standing::Reserve
        ]
    );
    assert_eq!(
        decision
            .items
            .iter()
            .map(|item| item.rank)
            .collect::<Vec<_>>(),
        [1, 2, 2, 4]
    );
}

#[test]
fn a_drawn_lot_decides_where_the_rule_says_so() {
    let (rule, returns, counts) = small(
        &[70, 60, 60, 60],
        3,
        &[("tie = \"run_off\"", "tie = \"lot\"")],
    );
    let open = decided(decide(&rule, returns, &counts, None).unwrap());
    assert_eq!(
        open.follow_up,
        FollowUp::Lot {
            items: ids(&["b", "c", "d"]),
            places: 2
        }
    );
    let lot = Lot {
        drawn: ids(&["d", "b"]),
    };
    let decision = decided(decide(&rule, returns, &counts, Some(&lot)).unwrap());
    assert_eq!(
        standings(&decision),
        [
            Standing::Chosen,
            Standing::ChosenByLot,
            Standing::Reserve,
            Standing::ChosenByLot
        ]
    );
    for drawn in [&["a", "b"][..], &["b"], &["b", "b"], &["b", "c", "d"]] {
        let lot = Lot { drawn: ids(drawn) };
        let refused = decide(&rule, returns, &counts, Some(&lot));
        assert_eq!(
            refused,
            Err(DecisionError::BadLot { places: 2, tied: 3 }),
            "{drawn:?}"
        );
    }
}

#[test]
fn a_lot_without_a_tie_is_refused() {
    let (rule, returns, counts) = small(&[70, 60], 1, &[]);
    let lot = Lot { drawn: ids(&["a"]) };
    assert_eq!(
        decide(&rule, returns, &counts, Some(&lot)),
        Err(DecisionError::NoLotToDraw)
    );
}

#[test]
fn below_the_quorum_nothing_is_decided() {
    let (rule, _, counts) = small(&[60, 60], 1, &[]);
    let returns = Returns {
        present: 66,
        issued: 66,
        returned: 66,
        invalid: 0,
    };
    assert_eq!(
        decide(&rule, returns, &counts, None),
        Ok(Outcome::NoQuorum {
            present: 66,
            needed: 67
        })
    );
}

#[test]
fn more_returned_than_issued_is_void() {
    let (rule, returns, counts) = small(&[60, 60], 1, &[]);
    let returns = Returns {
        issued: 99,
        ..returns
    };
    assert_eq!(
        decide(&rule, returns, &counts, None),
        Ok(Outcome::Void {
            issued: 99,
            returned: 100
        })
    );
}

#[test]
fn items_voted_one_by_one_have_votes_for_against_and_abstained() {
    let form = (
        "form = \"at_most\"\nmax = 2\nblank = \"nobody\"",
        "form = \"each_item\"",
    );
    let (rule, returns, _) = small(&[0, 0], 1, &[form]);
    let decision =
        decided(decide(&rule, returns, &[vec![60, 20, 10], vec![51, 49, 0]], None).unwrap());
    let first = decision.items[0].votes;
    assert_eq!(
        (
            first.in_favour,
            first.against,
            first.abstained,
            first.unanswered
        ),
        (60, Some(20), Some(10), Some(10))
    );
    assert_eq!(standings(&decision), [Standing::Chosen, Standing::Reserve]);
    let too_many = decide(&rule, returns, &[vec![60, 41, 0], vec![0, 0, 0]], None);
    let sum = CountError::Sum {
        question: 0,
        sum: 101,
        ballots: 100,
        least: 0,
        most: 100,
    };
    assert_eq!(too_many, Err(DecisionError::Counts(sum)));
}

#[test]
fn an_item_without_an_answer_abstains_where_the_rule_says_so() {
    let form = (
        "form = \"at_most\"\nmax = 2\nblank = \"nobody\"",
        "form = \"each_item\"\nblank = \"abstention\"",
    );
    let (rule, returns, _) = small(&[0, 0], 1, &[form]);
    let decision =
        decided(decide(&rule, returns, &[vec![60, 20, 10], vec![51, 49, 0]], None).unwrap());
    let first = decision.items[0].votes;
    assert_eq!((first.abstained, first.unanswered), (Some(20), Some(0)));
}

#[test]
fn a_decision_of_an_advisory_vote_says_so() {
    let advisory = ("advisory = false", "advisory = true");
    let (rule, returns, counts) = small(&[60, 50], 1, &[advisory]);
    let decision = decided(decide(&rule, returns, &counts, None).unwrap());
    assert!(decision.advisory);
    assert_eq!(serde_json::to_value(&decision).unwrap()["advisory"], true);
    let (rule, returns, counts) = small(&[60, 50], 1, &[]);
    let decision = decided(decide(&rule, returns, &counts, None).unwrap());
    assert_eq!(
        serde_json::to_value(&decision).unwrap().get("advisory"),
        None
    );
}

#[test]
fn a_blank_ballot_is_no_vote_and_no_missing_tick() {
    let form = (
        "form = \"at_most\"\nmax = 3\nblank = \"nobody\"",
        "form = \"at_least\"\nmin = 2\nmax = 3",
    );
    let (rule, returns, _) = small(&[0, 0, 0], 1, &[form]);
    let decision = decided(decide(&rule, returns, &[vec![10, 60, 60, 60]], None).unwrap());
    assert_eq!(decision.blank, Some(10));
    let too_few = decide(&rule, returns, &[vec![10, 60, 60, 59]], None);
    let sum = CountError::Sum {
        question: 0,
        sum: 179,
        ballots: 90,
        least: 180,
        most: 270,
    };
    assert_eq!(too_few, Err(DecisionError::Counts(sum)));
    // A hundred valid ballots of which forty are blank: the sum would fit, the answer has more votes than ballots could give.
    let too_many = decide(&rule, returns, &[vec![40, 61, 60, 59]], None);
    let votes = CountError::TooManyVotes {
        question: 0,
        answer: 1,
        votes: 61,
        most: 60,
    };
    assert_eq!(too_many, Err(DecisionError::Counts(votes)));
}

#[test]
fn the_majority_is_counted_of_the_base_that_the_rule_names() {
    for (base, needed) in [("deputies", 51), ("present", 46), ("valid", 41)] {
        let (rule, _, counts) = small(
            &[45, 10],
            1,
            &[("base = \"deputies\"", &format!("base = \"{base}\""))],
        );
        let returns = Returns {
            present: 90,
            issued: 90,
            returned: 85,
            invalid: 4,
        };
        assert_eq!(
            decided(decide(&rule, returns, &counts, None).unwrap()).votes_needed,
            needed,
            "{base}"
        );
    }
}

#[test]
fn a_decision_written_as_json_reads_back() {
    let (rule, returns, counts) = small(&[60, 60], 1, &[]);
    let outcome = decide(&rule, returns, &counts, None).unwrap();
    let text = serde_json::to_string(&outcome).unwrap();
    assert_eq!(serde_json::from_str::<Outcome>(&text).unwrap(), outcome);
}
