//! Verdicts of satisfaction polls, at the boundary of exactly half.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::cast_possible_truncation,
    reason = "helpers of tests fail as tests do"
)]

use tally::decision::{DecisionError, Returns};
use tally::evaluation::{Evaluation, EvaluationOutcome, RatingSummary, Ratings, judge};
use tally::rules::{LevelId, Rule};

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

[[levels]]
id = "satisfied"
label = "满意"
threshold = ">= 1/2"
[[levels]]
id = "basically_satisfied"
label = "基本满意"
threshold = ">= 1/2"
[[levels]]
id = "unsatisfied"
label = "不满意"
[[levels]]
id = "unknown"
label = "不了解"
counts = "in_base_only"

[evaluation]
body = "congress"
base = "entitled"
"#;

const RETURNS: Returns = Returns {
    present: 80,
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

fn verdict(keys: &[(&str, &str)], counts: &[u64]) -> Option<String> {
    let item = judged(keys, counts).items.remove(0);
    item.verdict.map(String::from)
}

/// A level's name, as a verdict.
#[expect(
    clippy::unnecessary_wraps,
    reason = "compared with a verdict, which may be none"
)]
fn level(id: &str) -> Option<String> {
    Some(id.to_owned())
}

#[test]
fn exactly_half_of_all_entitled_is_enough() {
    assert_eq!(verdict(&[], &[50, 0, 0, 0]), level("satisfied"));
    assert_eq!(verdict(&[], &[49, 1, 0, 0]), level("basically_satisfied"));
    assert_eq!(verdict(&[], &[49, 0, 0, 0]), level("unsatisfied"));
}

#[test]
fn exactly_half_is_not_enough_where_the_rule_says_more_than_half() {
    let more = [(">= 1/2", "> 1/2")];
    assert_eq!(verdict(&more, &[50, 0, 0, 0]), level("unsatisfied"));
    assert_eq!(verdict(&more, &[50, 1, 0, 0]), level("basically_satisfied"));
    assert_eq!(verdict(&more, &[51, 0, 0, 0]), level("satisfied"));
}

#[test]
fn each_level_has_the_share_that_the_rule_sets_for_it() {
    // 满意 from half on; 满意 and 基本满意 together from two thirds on.
    let two = [(
        "label = \"基本满意\"\nthreshold = \">= 1/2\"",
        "label = \"基本满意\"\nthreshold = \">= 2/3\"",
    )];
    assert_eq!(verdict(&two, &[50, 0, 0, 0]), level("satisfied"));
    assert_eq!(verdict(&two, &[49, 17, 0, 0]), level("unsatisfied"));
    assert_eq!(verdict(&two, &[49, 18, 0, 0]), level("basically_satisfied"));
    let needed: Vec<Option<u64>> = judged(&two, &[0, 0, 0, 0]).items[0]
        .levels
        .iter()
        .map(|level| level.needed)
        .collect();
    assert_eq!(needed, [Some(50), Some(67), None, None]);
}

#[test]
fn a_level_more_is_a_table_in_the_rule() {
    let better = [(
        "[[levels]]\nid = \"satisfied\"",
        "[[levels]]\nid = \"very_satisfied\"\nlabel = \"非常满意\"\nthreshold = \">= 2/3\"\n[[levels]]\nid = \"satisfied\"",
    )];
    assert_eq!(verdict(&better, &[67, 0, 0, 0, 0]), level("very_satisfied"));
    assert_eq!(verdict(&better, &[49, 1, 0, 0, 0]), level("satisfied"));
    assert_eq!(
        verdict(&better, &[20, 20, 10, 0, 0]),
        level("basically_satisfied")
    );
    assert_eq!(verdict(&better, &[20, 20, 9, 0, 0]), level("unsatisfied"));
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
    let without = [("in_base_only", "nowhere")];
    assert_eq!(verdict(&[], &[45, 0, 0, 10]), level("unsatisfied"));
    assert_eq!(verdict(&without, &[45, 0, 0, 10]), level("satisfied"));
    let all = [without[0], ("entitled", "valid")];
    assert_eq!(verdict(&all, &[0, 0, 0, 78]), None);
}

#[test]
fn who_says_nothing_is_counted_apart() {
    let item = judged(&[], &[40, 10, 5, 3]).items.remove(0);
    let votes: Vec<(&str, u64)> = item
        .levels
        .iter()
        .map(|level| (level.id.as_str(), level.votes))
        .collect();
    let expected = [
        ("satisfied", 40),
        ("basically_satisfied", 10),
        ("unsatisfied", 5),
        ("unknown", 3),
    ];
    assert_eq!((votes.as_slice(), item.unanswered), (&expected[..], 20));
}

#[test]
fn the_lowest_level_is_the_last_that_is_judged() {
    let rule = Rule::parse(RULE).unwrap();
    let evaluation = rule.evaluation().unwrap();
    let lowest: Vec<&str> = evaluation
        .levels
        .iter()
        .map(|level| &level.id)
        .filter(|id| evaluation.is_lowest(id))
        .map(LevelId::as_str)
        .collect();
    assert_eq!(lowest, ["unsatisfied"]);
}

#[test]
fn a_rule_of_a_choice_judges_nothing() {
    let text = RULE
        .replace("\"evaluation\"", "\"adoption\"")
        .replace("form = \"levels\"", "form = \"each_item\"");
    let (head, _) = text.split_once("[[levels]]").unwrap();
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
