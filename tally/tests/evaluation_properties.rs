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
use tally::evaluation::{EvaluationOutcome, LEAST_RATINGS, RatingSummary, Ratings, judge};
use tally::rules::Rule;
use toml::Table;

static EXAMPLES: LazyLock<Vec<Table>> = LazyLock::new(|| {
    let tables = examples()
        .into_iter()
        .map(|(_, text)| text.parse().unwrap());
    tables
        .filter(|table: &Table| table.contains_key("evaluation"))
        .collect()
});

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn both_judge_the_same(
        example in any::<Index>(),
        base in any::<Index>(),
        threshold in any::<Index>(),
        keep in any::<bool>(),
        absent in 0_usize..4,
        answers in proptest::collection::vec(proptest::option::weighted(0.9, 0_usize..4), 1..16),
    ) {
        let mut table = EXAMPLES[example.index(EXAMPLES.len())].clone();
        let offered = table["ballot"]["unknown"].as_bool().unwrap();
        let answers: Vec<Option<usize>> =
            answers.into_iter().map(|answer| answer.filter(|level| offered || *level < 3)).collect();
        let pick = |list: &[&str], index: Index| list[index.index(list.len())].to_owned();
        let evaluation = table["evaluation"].as_table_mut().unwrap();
        evaluation.insert("base".into(), pick(&["entitled", "present", "valid"], base).into());
        let shares = [">= 1/2", "> 1/2", ">= 2/3", "> 0/1", ">= 0/1", ">= 1/1"];
        evaluation.insert("threshold".into(), pick(&shares, threshold).into());
        evaluation.insert("unknown_in_base".into(), (keep && offered).into());
        table.insert("deputies".into(), i64::try_from(answers.len() + absent).unwrap().into());
        table.insert("quorum".into(), "> 0/1".into());
        table.insert("items".into(), vec!["a"].into());

        let signed_in = answers.len() as u64;
        let figures = Figures { signed_in, issued: signed_in, invalid: 0, returned: signed_in };
        let rule = Rule::parse(&toml::to_string(&table).unwrap()).unwrap();
        let levels = if offered { 4 } else { 3 };
        let counts = (0..levels)
            .map(|level| answers.iter().filter(|answer| **answer == Some(level)).count() as u64)
            .collect();
        let returns = Returns { signed_in, issued: signed_in, returned: signed_in, invalid: 0 };
        let EvaluationOutcome::Judged(judged) = judge(&rule, returns, &[counts]).unwrap() else {
            panic!("not judged")
        };
        let verdict = serde_json::to_value(judged.items[0].verdict).unwrap();
        prop_assert_eq!(verdict, naive::verdict(&table, figures, &answers));
        let silent = answers.iter().filter(|answer| answer.is_none()).count() as u64;
        prop_assert_eq!(judged.items[0].levels.unanswered, silent);
    }

    #[test]
    fn the_mean_of_ratings_is_the_nearest_hundredth_and_half_goes_up(stars in proptest::collection::vec(1_usize..=5, 0..40)) {
        let mut counts = [0; 5];
        for star in &stars {
            counts[star - 1] += 1;
        }
        let summary = Ratings::new(counts).summary();
        let responses = stars.len() as u64;
        if responses < LEAST_RATINGS {
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
