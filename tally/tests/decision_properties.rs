//! The rule engine against a second one, on every example document and random ballots.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::cast_possible_truncation,
    reason = "helpers of tests fail as tests do"
)]

mod common;
mod naive;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use common::rules::examples;
use naive::{Ballot, Figures};
use proptest::prelude::*;
use proptest::sample::Index;
use tally::decision::{Decision, FollowUp, Lot, Outcome, Returns, Standing, decide};
use tally::rules::{Blank, Form, ItemId, Reserved, Rule, RuleHash};
use toml::Table;

/// A rule of one of the examples, made small: 1 to 7 items, up to 24 deputies, so that ties and boundaries are common.
#[derive(Clone, Debug)]
struct Case {
    table: Table,
    rule: Rule,
    figures: Figures,
    ballots: Vec<Ballot>,
}

static EXAMPLES: LazyLock<Vec<Table>> = LazyLock::new(|| {
    let tables = examples()
        .into_iter()
        .map(|(_, text)| text.parse().unwrap());
    tables
        .filter(|table: &Table| table.contains_key("decision"))
        .collect()
});

fn case() -> impl Strategy<Value = Case> {
    let shape = (1_usize..=7, 1_u64..=7, 1_u64..=24, any::<[Index; 4]>());
    let raw = proptest::collection::vec(any::<u64>(), 24);
    (any::<Index>(), shape, any::<[u64; 4]>(), raw).prop_map(
        |(example, (items, places, deputies, bounds), figures, raw)| {
            let mut table = EXAMPLES[example.index(EXAMPLES.len())].clone();
            shrink(&mut table, items, places, deputies, bounds);
            let rule = Rule::parse(&toml::to_string(&table).unwrap()).unwrap();
            let (figures, valid) = figures_of(deputies, figures);
            let ballots = raw[..valid]
                .iter()
                .map(|bits| ballot(rule.form(), rule.items().len(), *bits))
                .collect();
            Case {
                table,
                rule,
                figures,
                ballots,
            }
        },
    )
}

fn shrink(table: &mut Table, items: usize, places: u64, deputies: u64, bounds: [Index; 4]) {
    let poll = table["poll"].as_str().unwrap().to_owned();
    let items = match poll.as_str() {
        "adoption" => 1,
        "run_off" => items.max(2),
        _ => items,
    };
    let most = if poll == "run_off" { items - 1 } else { items };
    let places = places.min(most as u64);
    let ids: Vec<String> = (0..items).map(|item| format!("i{item}")).collect();
    table.insert("items".into(), ids.into());
    table.insert("deputies".into(), deputies.cast_signed().into());
    table.insert("surplus".into(), "0/1".into());
    table.remove("reserved");
    let set = |table: &mut Table, name: &str, key: &str, value: usize| {
        table[name]
            .as_table_mut()
            .unwrap()
            .insert(key.into(), (value as u64).cast_signed().into());
    };
    set(table, "decision", "places", places as usize);
    let max = 1 + bounds[0].index(items);
    let ballot = table["ballot"].as_table().unwrap().clone();
    if ballot.contains_key("max") {
        set(table, "ballot", "max", max);
    }
    if ballot.contains_key("min") {
        let exactly = ballot["min"] == ballot["max"];
        set(
            table,
            "ballot",
            "min",
            if exactly {
                max
            } else {
                1 + bounds[1].index(max)
            },
        );
    }
}

/// Figures that fit each other, and how many valid ballots they leave; sometimes one ballot too many is in the box.
fn figures_of(deputies: u64, raw: [u64; 4]) -> (Figures, usize) {
    let present = deputies - raw[0] % (deputies / 2 + 1);
    let issued = present - raw[1] % (present / 4 + 1);
    let too_many = raw[2].is_multiple_of(16) && issued < 24;
    let returned = if too_many {
        issued + 1
    } else {
        issued - raw[2] % (issued / 4 + 1)
    };
    let invalid = raw[3] % (returned / 4 + 1);
    let figures = Figures {
        present,
        issued,
        invalid,
        returned,
    };
    (figures, (returned - invalid) as usize)
}

/// A valid ballot of the form from random bits: as likely to have one tick as many.
fn ballot(form: Form, items: usize, bits: u64) -> Ballot {
    let most = (bits >> 56) as usize % (items + 1);
    let ticks: Vec<usize> = (0..items)
        .filter(|item| bits >> item & 1 == 1)
        .take(most)
        .collect();
    let least = |min: u64, max: u64| {
        let ticks: Vec<usize> = ticks.iter().copied().take(max as usize).collect();
        if (ticks.len() as u64) < min {
            Ballot::Blank
        } else {
            Ballot::Ticks(ticks)
        }
    };
    match form {
        Form::AtMost {
            max,
            blank: Blank::Nobody,
        } => least(0, max),
        Form::AtMost {
            max,
            blank: Blank::Abstention,
        } => least(1, max),
        Form::AtLeast { min, max } => least(min, max),
        Form::EachItem { .. } => {
            let answer = |item: usize| Some((bits >> (2 * item) & 3) as usize).filter(|a| *a < 3);
            Ballot::Answers((0..items).map(answer).collect())
        }
        Form::Levels => panic!("no decision has levels"),
    }
}

/// The ballots' counts as the archive has them: question by question, the blank choice first.
fn counts(rule: &Rule, ballots: &[Ballot]) -> Vec<Vec<u64>> {
    let items = rule.items().len();
    match rule.form() {
        Form::EachItem { .. } => (0..items)
            .map(|item| {
                let said = |answer: usize| {
                    let said = |ballot: &&Ballot| matches!(ballot, Ballot::Answers(a) if a[item] == Some(answer));
                    ballots.iter().filter(said).count() as u64
                };
                (0..3).map(said).collect()
            })
            .collect(),
        _ => {
            let ticked = |item: usize| {
                let ticked = |ballot: &&Ballot| matches!(ballot, Ballot::Ticks(t) if t.contains(&item));
                ballots.iter().filter(ticked).count() as u64
            };
            let blank = ballots.iter().filter(|ballot| matches!(ballot, Ballot::Blank)).count() as u64;
            let blank = rule.questions()[0].blank.then_some(blank);
            vec![blank.into_iter().chain((0..items).map(ticked)).collect()]
        }
    }
}

fn returns(figures: Figures) -> Returns {
    Returns {
        present: figures.present,
        issued: figures.issued,
        returned: figures.returned,
        invalid: figures.invalid,
    }
}

fn engine(case: &Case) -> Outcome {
    let counts = counts(&case.rule, &case.ballots);
    decide(&case.rule, returns(case.figures), &counts, None).unwrap()
}

/// The engine's answer in the second engine's words.
fn plain(outcome: &Outcome) -> naive::Outcome {
    let decision = match outcome {
        Outcome::NoQuorum { .. } => return naive::Outcome::NoQuorum,
        Outcome::Void { .. } => return naive::Outcome::Void,
        Outcome::Decided(decision) => decision,
    };
    let with = |standing: Standing| {
        let items = decision.items.iter().enumerate();
        items
            .filter(|(_, item)| item.standing == standing)
            .map(|(position, _)| position)
            .collect()
    };
    let places_for_tied = match &decision.follow_up {
        FollowUp::Nothing => 0,
        FollowUp::RunOff { places, .. } | FollowUp::Lot { places, .. } => *places,
    };
    naive::Outcome::Decided(naive::Decided {
        votes: decision
            .items
            .iter()
            .map(|item| {
                let or_none = Option::unwrap_or_default;
                let votes = item.votes;
                [
                    votes.in_favour,
                    or_none(votes.against),
                    or_none(votes.abstained),
                    or_none(votes.unanswered),
                ]
            })
            .collect(),
        ranks: decision.items.iter().map(|item| item.rank).collect(),
        chosen: with(Standing::Chosen),
        filled: with(Standing::Filled),
        tied: with(Standing::Tied),
        reserve: with(Standing::Reserve),
        places_for_tied,
        empty: decision.empty_places,
    })
}

fn chosen(decision: &Decision) -> BTreeSet<ItemId> {
    decision
        .chosen()
        .iter()
        .map(|item| item.id.clone())
        .collect()
}

fn decided(outcome: Outcome) -> Option<Decision> {
    match outcome {
        Outcome::Decided(decision) => Some(decision),
        Outcome::NoQuorum { .. } | Outcome::Void { .. } => None,
    }
}

/// Run-offs to the end: the first has the highest votes, and among equal ones the next decides. Votes for `tied` for `places`.
fn run_off_by_hand(
    tied: &[ItemId],
    places: usize,
    rounds: &[Vec<Ballot>],
) -> Option<BTreeSet<ItemId>> {
    let (ballots, rest) = rounds.split_first()?;
    let votes = |item: usize| {
        let has = |ballot: &&Ballot| matches!(ballot, Ballot::Ticks(t) if t.contains(&item));
        ballots.iter().filter(has).count()
    };
    let mut levels: Vec<usize> = (0..tied.len()).map(votes).collect();
    levels.sort_unstable();
    levels.dedup();
    let mut taken = BTreeSet::new();
    for level in levels.into_iter().rev().filter(|level| *level > 0) {
        let here: Vec<ItemId> = (0..tied.len())
            .filter(|i| votes(*i) == level)
            .map(|i| tied[i].clone())
            .collect();
        let left = places - taken.len();
        if here.len() <= left {
            taken.extend(here);
        } else {
            if left > 0 {
                taken.extend(run_off_by_hand(&here, left, rest)?);
            }
            break;
        }
    }
    Some(taken)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn both_engines_decide_the_same(case in case()) {
        prop_assert_eq!(plain(&engine(&case)), naive::decide(&case.table, case.figures, &case.ballots));
    }

    #[test]
    fn the_figures_of_a_decision_fit_each_other(case in case()) {
        let Some(decision) = decided(engine(&case)) else { return Ok(()) };
        let sheet = decision.sheet;
        prop_assert_eq!(sheet.issued, sheet.returned + sheet.not_returned);
        prop_assert_eq!(sheet.returned, sheet.valid + sheet.invalid);
        prop_assert_eq!(sheet.present, sheet.returned + sheet.not_voted);
        let written = serde_json::to_string(&decision).unwrap();
        prop_assert_eq!(serde_json::from_str::<Decision>(&written).unwrap(), decision.clone());
        for item in &decision.items {
            if let (Some(against), Some(abstained), Some(unanswered)) =
                (item.votes.against, item.votes.abstained, item.votes.unanswered) {
                prop_assert_eq!(item.votes.in_favour + against + abstained + unanswered, sheet.valid);
            }
        }
        let open = match &decision.follow_up {
            FollowUp::Nothing => 0,
            FollowUp::RunOff { places, .. } | FollowUp::Lot { places, .. } => *places,
        };
        prop_assert_eq!(chosen(&decision).len() as u64 + open + decision.empty_places, decision.places);
        prop_assert_eq!(decision.advisory, case.rule.is_advisory());
    }

    #[test]
    fn the_order_of_the_ballot_paper_decides_nothing(case in case(), turn in any::<Index>()) {
        let Some(before) = decided(engine(&case)) else { return Ok(()) };
        let turn = turn.index(case.rule.items().len());
        let mut turned = case.clone();
        turned.table["items"].as_array_mut().unwrap().rotate_left(turn);
        turned.rule = Rule::parse(&toml::to_string(&turned.table).unwrap()).unwrap();
        let items = case.rule.items().len();
        let place = |item: &usize| (item + items - turn) % items;
        for ballot in &mut turned.ballots {
            match ballot {
                Ballot::Blank => {}
                Ballot::Ticks(ticks) => *ticks = ticks.iter().map(place).collect(),
                Ballot::Answers(answers) => answers.rotate_left(turn),
            }
        }
        let after = decided(engine(&turned)).unwrap();
        for item in &before.items {
            let same = after.items.iter().find(|other| other.id == item.id).unwrap();
            prop_assert_eq!(same, item);
        }
    }

    #[test]
    fn run_offs_are_held_until_nothing_is_tied(case in case(), raw in any::<[[u64; 9]; 4]>()) {
        let Some(mut decision) = decided(engine(&case)) else { return Ok(()) };
        let FollowUp::RunOff { items: tied, places } = decision.follow_up.clone() else { return Ok(()) };
        let before = chosen(&decision);
        let hash = RuleHash::of(b"rule");
        let returns = Returns { present: case.figures.present, issued: case.figures.present, returned: 0, invalid: 0 };
        // In every round the deputies, as many as are present, tick at most so many of the items still tied.
        let mut rounds = Vec::new();
        for raw in raw {
            let FollowUp::RunOff { items, places } = decision.follow_up.clone() else { break };
            let rule = case.rule.run_off(hash, &items, places, Reserved::default()).unwrap();
            prop_assert_eq!(rule.items(), items.as_slice());
            let voters = raw.len().min(case.figures.present as usize);
            let ballots: Vec<Ballot> = raw[..voters].iter().map(|bits| ballot(rule.form(), items.len(), *bits)).collect();
            let returns = Returns { returned: voters as u64, ..returns };
            let round = decided(decide(&rule, returns, &counts(&rule, &ballots), None).unwrap()).unwrap();
            decision = decision.with_run_off(&case.rule, &round).unwrap();
            rounds.push(ballots);
        }
        if decision.is_complete() {
            let by_hand = run_off_by_hand(&tied, places as usize, &rounds).unwrap();
            prop_assert_eq!(&chosen(&decision) - &before, by_hand);
            prop_assert_eq!(chosen(&decision).len() as u64 + decision.empty_places, decision.places);
        } else {
            prop_assert_eq!(run_off_by_hand(&tied, places as usize, &rounds), None);
        }
    }

    #[test]
    fn a_lot_gives_the_places_left_to_who_is_drawn(case in case(), first in any::<Index>()) {
        let Some(open) = decided(engine(&case)) else { return Ok(()) };
        let FollowUp::Lot { items, places } = open.follow_up.clone() else { return Ok(()) };
        let drawn: Vec<ItemId> = items.iter().cycle().skip(first.index(items.len())).take(places as usize).cloned().collect();
        let lot = Lot { drawn: drawn.clone() };
        let outcome = decide(&case.rule, returns(case.figures), &counts(&case.rule, &case.ballots), Some(&lot));
        let after = decided(outcome.unwrap()).unwrap();
        prop_assert!(after.is_complete());
        prop_assert_eq!(&chosen(&after) - &chosen(&open), drawn.into_iter().collect());
        prop_assert_eq!(chosen(&after).len() as u64, after.places);
    }

    #[test]
    fn one_more_vote_never_takes_a_place_away(case in case(), item in any::<Index>()) {
        let Some(before) = decided(engine(&case)) else { return Ok(()) };
        let item = item.index(case.rule.items().len());
        let mut more = case.clone();
        let changed = more.ballots.iter_mut().find(|ballot| match ballot {
            Ballot::Ticks(ticks) => !ticks.contains(&item) && ticks.len() < case.rule.questions()[0].max as usize,
            Ballot::Answers(answers) => answers[item] != Some(0),
            Ballot::Blank => false,
        });
        match changed {
            Some(Ballot::Ticks(ticks)) => ticks.push(item),
            Some(Ballot::Answers(answers)) => answers[item] = Some(0),
            _ => return Ok(()),
        }
        let after = decided(engine(&more)).unwrap();
        if before.items[item].standing.is_chosen() {
            prop_assert!(after.items[item].standing.is_chosen());
        }
        prop_assert!(after.items[item].rank <= before.items[item].rank);
    }
}
