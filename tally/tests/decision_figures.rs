//! Figures and counts that cannot be: each is refused by its name.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail as tests do"
)]

mod common;

use common::small;
use tally::decision::{CountError, DecisionError, Returns, SheetError, decide};

#[test]
fn figures_that_contradict_each_other_are_refused() {
    let (rule, returns, counts) = small(&[60, 60], 1, &[]);
    let refused = |returns| decide(&rule, returns, &counts, None).unwrap_err();
    let found = refused(Returns {
        present: 101,
        ..returns
    });
    assert_eq!(
        found,
        DecisionError::Sheet(SheetError::Present {
            present: 101,
            deputies: 100
        })
    );
    let found = refused(Returns {
        present: 99,
        ..returns
    });
    assert_eq!(
        found,
        DecisionError::Sheet(SheetError::Issued {
            issued: 100,
            present: 99
        })
    );
    let found = refused(Returns {
        invalid: 101,
        ..returns
    });
    assert_eq!(
        found,
        DecisionError::Sheet(SheetError::Invalid {
            invalid: 101,
            returned: 100
        })
    );
}

#[test]
fn counts_that_the_ballots_cannot_give_are_refused() {
    let (rule, returns, _) = small(&[60, 60, 60], 1, &[("max = 3", "max = 2")]);
    let refused = |counts: Vec<Vec<u64>>| match decide(&rule, returns, &counts, None) {
        Err(DecisionError::Counts(error)) => error,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        refused(vec![]),
        CountError::Questions {
            expected: 1,
            found: 0
        }
    );
    assert_eq!(
        refused(vec![vec![1, 2]]),
        CountError::Answers {
            question: 0,
            expected: 3,
            found: 2
        }
    );
    let votes = CountError::TooManyVotes {
        question: 0,
        answer: 1,
        votes: 101,
        most: 100,
    };
    assert_eq!(refused(vec![vec![1, 101, 0]]), votes);
    let sum = CountError::Sum {
        question: 0,
        sum: 201,
        ballots: 100,
        least: 0,
        most: 200,
    };
    assert_eq!(refused(vec![vec![67, 67, 67]]), sum);
}
