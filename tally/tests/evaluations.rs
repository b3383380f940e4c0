//! Verdicts of satisfaction polls, at the boundary of exactly half.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::cast_possible_truncation,
    reason = "helpers of tests fail as tests do"
)]

use tally::decision::{DecisionError, Returns};
use tally::evaluation::{Evaluation, EvaluationOutcome, RatingSummary, Ratings, Verdict, judge};
use tally::rules::Rule;

const RULE: &str = r#"format = "minsheng-rule/1"
title = "民生实事项目满意度测评办法"
poll = "evaluation"
advisory = false
secrecy = "secret"
revoting = false
deputies = 100
quorum = "> 1/2"
surplus = "0/1"
items = ["a"]

[ballot]
form = "levels"
unknown = true

[evaluation]
body = "congress"
base = "entitled"
threshold = ">= 1/2"
unknown_in_base = true
"#;

const RETURNS: Returns = Returns {
    signed_in: 80,
    issued: 80,
    returned: 79,
    invalid: 1,
};

fn judged(keys: &[(&str, &str)], counts: &[u64]) -> Evaluation {
    let text = keys
        .iter()
        .fold(RULE.to_owned(), |text, (from, to)| text.replace(from, to));
    match judge(&Rule::parse(&text).unwrap(), RETURNS, &[counts.to_vec()]).unwrap() {
        EvaluationOutcome::Judged(evaluation) => evaluation,
        other => panic!("{other:?}"),
    }
}

fn verdict(keys: &[(&str, &str)], counts: &[u64]) -> Verdict {
    judged(keys, counts).items[0].verdict
}

#[test]
fn exactly_half_of_all_entitled_is_enough() {
    assert_eq!(verdict(&[], &[50, 0, 0, 0]), Verdict::Satisfied);
    assert_eq!(verdict(&[], &[49, 1, 0, 0]), Verdict::BasicallySatisfied);
    assert_eq!(verdict(&[], &[49, 0, 0, 0]), Verdict::Unsatisfied);
}

#[test]
fn exactly_half_is_not_enough_where_the_rule_says_more_than_half() {
    let more = [(">= 1/2", "> 1/2")];
    assert_eq!(verdict(&more, &[50, 0, 0, 0]), Verdict::Unsatisfied);
    assert_eq!(verdict(&more, &[50, 1, 0, 0]), Verdict::BasicallySatisfied);
    assert_eq!(verdict(&more, &[51, 0, 0, 0]), Verdict::Satisfied);
}

#[test]
fn the_share_is_of_the_base_that_the_rule_names() {
    assert_eq!(judged(&[], &[0, 0, 0, 0]).items[0].base, 100);
    assert_eq!(
        judged(&[("entitled", "present")], &[0, 0, 0, 0]).items[0].base,
        80
    );
    assert_eq!(
        judged(&[("entitled", "valid")], &[0, 0, 0, 0]).items[0].base,
        78
    );
}

#[test]
fn who_does_not_know_the_project_leaves_the_base_where_the_rule_says_so() {
    let without = [("unknown_in_base = true", "unknown_in_base = false")];
    assert_eq!(verdict(&[], &[45, 0, 0, 10]), Verdict::Unsatisfied);
    assert_eq!(verdict(&without, &[45, 0, 0, 10]), Verdict::Satisfied);
    let all = [without[0], ("entitled", "valid")];
    assert_eq!(verdict(&all, &[0, 0, 0, 78]), Verdict::NoBase);
}

#[test]
fn who_says_nothing_is_counted_apart() {
    let levels = judged(&[], &[40, 10, 5, 3]).items[0].levels;
    assert_eq!((levels.unknown, levels.unanswered), (Some(3), 20));
}

#[test]
fn a_rule_of_a_choice_judges_nothing() {
    let text = RULE
        .replace("\"evaluation\"", "\"adoption\"")
        .replace("form = \"levels\"\nunknown = true", "form = \"each_item\"");
    let (head, _) = text.split_once("[evaluation]").unwrap();
    let decision = "[decision]\nplaces = 1\nmajority = \"> 1/2\"\nbase = \"deputies\"\ntie = \"lot\"\ntoo_few = \"leave_empty\"\nreserve = false\n";
    let rule = Rule::parse(&format!("{head}{decision}")).unwrap();
    assert_eq!(
        judge(&rule, RETURNS, &[vec![0, 0, 0]]),
        Err(DecisionError::OtherPoll)
    );
}

#[test]
fn fewer_than_five_ratings_are_withheld() {
    assert_eq!(
        Ratings::new([0, 0, 1, 1, 2]).summary(),
        RatingSummary::Withheld
    );
    let summary = Ratings::new([0, 0, 1, 1, 3]).summary();
    assert_eq!(
        summary,
        RatingSummary::Published {
            responses: 5,
            mean_hundredths: 440,
            counts: [0, 0, 1, 1, 3]
        }
    );
}
