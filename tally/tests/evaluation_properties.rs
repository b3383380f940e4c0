//! Verdicts and ratings against a second computation, at every boundary.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests fail as tests do"
)]

mod common;
mod naive;

use std::sync::LazyLock;

use common::rules::examples;
use naive::Figures;
use proptest::prelude::*;
use proptest::sample::Index;
use tally::decision::Returns;
use tally::evaluation::{EvaluationOutcome, MIN_RATINGS, RatingSummary, Ratings, judge};
use tally::rules::{LevelId, Rule};
use toml::Table;

static EXAMPLES: LazyLock<Vec<Table>> = LazyLock::new(|| {
    let tables = examples()
        .into_iter()
        .map(|(_, text)| text.parse().unwrap());
    tables
        .filter(|table: &Table| table.contains_key("evaluation"))
        .collect()
});

const SHARES: [&str; 6] = [">= 1/2", "> 1/2", ">= 2/3", "> 0/1", ">= 0/1", ">= 1/1"];

/// Levels of any number: the judged ones in order with their shares, the others put in anywhere.
fn levels() -> impl Strategy<Value = Vec<Table>> {
    let judged = proptest::collection::vec(proptest::sample::select(&SHARES), 1..=5);
    let apart = (
        any::<Index>(),
        proptest::sample::select(&["in_base_only", "nowhere"]),
    );
    let apart = proptest::collection::vec(apart, 0..=3);
    (judged, apart).prop_map(|(shares, apart)| {
        let judged = shares.into_iter().map(|share| ("threshold", share));
        let mut keys: Vec<Option<(&str, &str)>> = judged.map(Some).chain([None]).collect();
        for (place, counts) in apart {
            keys.insert(place.index(keys.len() + 1), Some(("counts", counts)));
        }
        let table = |(number, key): (usize, Option<(&str, &str)>)| {
            let mut table = Table::new();
            table.insert("id".into(), format!("level_{number}").into());
            table.insert("label".into(), format!("第{number}等").into());
            table.extend(key.map(|(key, value)| (key.to_owned(), value.into())));
            table
        };
        keys.into_iter().enumerate().map(table).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn both_judge_the_same(
        example in any::<Index>(),
        base in proptest::sample::select(&["entitled", "present", "valid"]),
        other_levels in proptest::option::of(levels()),
        absent in 0_usize..4,
        answers in proptest::collection::vec(proptest::option::weighted(0.9, any::<Index>()), 1..16),
    ) {
        let mut table = EXAMPLES[example.index(EXAMPLES.len())].clone();
        if let Some(levels) = other_levels {
            table.insert("levels".into(), levels.into());
        }
        let number = table["levels"].as_array().unwrap().len();
        let answers: Vec<Option<usize>> =
            answers.into_iter().map(|answer| answer.map(|level| level.index(number))).collect();
        table["evaluation"].as_table_mut().unwrap().insert("base".into(), base.into());
        table.insert("deputies".into(), i64::try_from(answers.len() + absent).unwrap().into());
        table.insert("quorum".into(), "> 0/1".into());
        table.insert("items".into(), vec!["a"].into());

        let present = answers.len() as u64;
        let figures = Figures { present, issued: present, invalid: 0, returned: present };
        let rule = Rule::parse(&toml::to_string(&table).unwrap()).unwrap();
        let again = Rule::parse(&rule.to_toml());
        prop_assert_eq!(again.as_ref(), Ok(&rule));
        let counts: Vec<u64> = (0..number)
            .map(|level| answers.iter().filter(|answer| **answer == Some(level)).count() as u64)
            .collect();
        let returns = Returns { present, issued: present, returned: present, invalid: 0 };
        let EvaluationOutcome::Judged(judged) = judge(&rule, returns, std::slice::from_ref(&counts)).unwrap() else {
            panic!("not judged")
        };
        let item = &judged.items[0];
        let verdict = item.verdict.as_ref().map(LevelId::as_str);
        prop_assert_eq!(verdict, naive::verdict(&table, figures, &answers));
        let silent = answers.iter().filter(|answer| answer.is_none()).count() as u64;
        prop_assert_eq!(item.unanswered, silent);
        let votes: Vec<u64> = item.levels.iter().map(|level| level.votes).collect();
        prop_assert_eq!(votes, counts);
    }

    #[test]
    fn the_mean_of_ratings_is_the_nearest_hundredth_and_half_goes_up(stars in proptest::collection::vec(1_usize..=5, 0..40)) {
        let mut counts = [0; 5];
        for star in &stars {
            counts[star - 1] += 1;
        }
        let summary = Ratings::new(counts).summary();
        let responses = stars.len() as u64;
        if responses < MIN_RATINGS {
            prop_assert_eq!(summary, RatingSummary::Withheld);
            return Ok(());
        }
        let sum: u64 = stars.iter().map(|star| *star as u64).sum();
        // The only m with sum/n − 1/200 < m/100 ≤ sum/n + 1/200, multiplied out by 200 n.
        let mean: Vec<u64> = (100..=500)
            .filter(|m| 200 * sum < 2 * m * responses + responses && 2 * m * responses <= 200 * sum + responses)
            .collect();
        prop_assert_eq!(mean.len(), 1);
        prop_assert_eq!(summary, RatingSummary::Published { responses, mean_hundredths: mean[0], counts });
    }
}

#[test]
fn exactly_half_a_hundredth_goes_up() {
    // Eight ratings that add up to 33: 4.125.
    let summary = Ratings::new([0, 0, 0, 7, 1]).summary();
    let published = RatingSummary::Published {
        responses: 8,
        mean_hundredths: 413,
        counts: [0, 0, 0, 7, 1],
    };
    assert_eq!(summary, published);
}
