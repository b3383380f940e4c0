//! Rule documents: what is read, what is refused and how the refusal names the key.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::cast_possible_truncation,
    reason = "helpers of tests fail as tests do"
)]

mod common;

use common::{Example, RULE};
use tally::rules::{KeyProblem, QuestionShape, Reserved, Rule, RuleError, RuleHash};

fn valid() -> String {
    Example::read("qinghe-county").rule_text()
}

fn changed(from: &str, to: &str) -> Result<Rule, RuleError> {
    let text = valid();
    assert!(text.contains(from), "{from}");
    Rule::parse(&text.replacen(from, to, 1))
}

fn key(result: Result<Rule, RuleError>) -> (&'static str, KeyProblem) {
    match result {
        Err(RuleError::Key { key, problem }) => (key, problem),
        other => panic!("{other:?}"),
    }
}

fn syntax(result: Result<Rule, RuleError>) -> (String, String, Option<usize>) {
    match result {
        Err(RuleError::Syntax { key, message, line }) => (key, message, line),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_written_rule_reads_back() {
    let rule = Rule::parse(&valid()).unwrap();
    assert_eq!(Rule::parse(&rule.to_toml()).unwrap(), rule);
    let run_off = rule
        .run_off(
            RuleHash::of(b"x"),
            &rule.items()[3..5],
            1,
            Reserved::default(),
        )
        .unwrap();
    assert_eq!(Rule::parse(&run_off.to_toml()).unwrap(), run_off);
}

#[test]
fn the_worked_example_asks_one_question() {
    let rule = Rule::parse(&valid()).unwrap();
    assert_eq!(
        rule.questions(),
        [QuestionShape {
            answers: 15,
            min: 0,
            max: 10,
            blank: false
        }]
    );
    assert_eq!(rule.quorum_count(), 142);
    let abstention = changed("blank = \"nobody\"", "blank = \"abstention\"").unwrap();
    assert_eq!(
        abstention.questions(),
        [QuestionShape {
            answers: 15,
            min: 1,
            max: 10,
            blank: true
        }]
    );
    let each = changed(
        "form = \"at_most\"\nmax = 10\nblank = \"nobody\"",
        "form = \"each_item\"",
    )
    .unwrap();
    assert_eq!(
        each.questions(),
        vec![
            QuestionShape {
                answers: 3,
                min: 0,
                max: 1,
                blank: false
            };
            15
        ]
    );
}

#[test]
fn an_unknown_key_is_named() {
    let (key, message, line) = syntax(changed("places = 10", "places = 10\nseats = 10"));
    assert_eq!(key, "decision.seats");
    assert!(message.contains("unknown field `seats`"), "{message}");
    assert_eq!(line, Some(19));
}

#[test]
fn a_missing_key_is_named() {
    let (key, message, _) = syntax(changed("deputies = 213\n", ""));
    assert_eq!(key, "deputies");
    assert_eq!(message, "missing field `deputies`");
    assert_eq!(syntax(changed("places = 10\n", "")).0, "decision.places");
}

#[test]
fn a_value_of_another_type_names_its_key() {
    assert_eq!(
        syntax(changed("places = 10", "places = \"10\"")).0,
        "decision.places"
    );
    assert_eq!(
        syntax(changed("places = 10", "places = -1")).0,
        "decision.places"
    );
    assert_eq!(
        syntax(changed("tie = \"run_off\"", "tie = \"coin\"")).0,
        "decision.tie"
    );
}

#[test]
fn a_text_that_is_no_toml_names_the_line() {
    assert_eq!(
        syntax(Rule::parse("format = \"minsheng-rule/1\"\ntitle = ")).2,
        Some(2)
    );
}

#[test]
fn each_bad_value_names_its_key() {
    let cases = [
        ("minsheng-rule/1", "minsheng-rule/2", "format"),
        ("title = \"民生实事项目票决办法\"", "title = \" \"", "title"),
        ("deputies = 213", "deputies = 0", "deputies"),
        ("quorum = \">= 2/3\"", "quorum = \"2/3\"", "quorum"),
        ("quorum = \">= 2/3\"", "quorum = \"> 1/1\"", "quorum"),
        ("surplus = \"1/5\"", "surplus = \"20%\"", "surplus"),
        ("surplus = \"1/5\"", "surplus = \"3/5\"", "items"),
        ("\"QH26-02\"", "\"QH26-01\"", "items"),
        ("\"QH26-02\"", "\"\"", "items"),
        ("max = 10", "max = 16", "ballot.max"),
        ("max = 10", "max = 0", "ballot.max"),
        ("max = 10\n", "", "ballot.max"),
        ("max = 10\n", "max = 10\nmin = 1\n", "ballot.min"),
        ("max = 10\n", "max = 10\nunknown = true\n", "ballot.unknown"),
        ("blank = \"nobody\"\n", "", "ballot.blank"),
        ("form = \"at_most\"", "form = \"levels\"", "ballot.form"),
        ("places = 10", "places = 0", "decision.places"),
        ("places = 10", "places = 16", "decision.places"),
        (
            "majority = \"> 1/2\"",
            "majority = \"half\"",
            "decision.majority",
        ),
        ("poll = \"choice\"", "poll = \"run_off\"", "run_off"),
        (
            "poll = \"choice\"",
            "poll = \"second_ballot\"",
            "second_ballot",
        ),
        (
            "reserve = true\n",
            "reserve = true\n[second_ballot]\nof = \"00\"\n",
            "second_ballot",
        ),
        ("poll = \"choice\"", "poll = \"adoption\"", "ballot.form"),
        ("poll = \"choice\"", "poll = \"evaluation\"", "ballot.form"),
        (
            "reserve = true\n",
            "reserve = true\n[reserved]\nrun_offs = [\"short\"]\n",
            "reserved.run_offs",
        ),
        (
            "reserve = true\n",
            "reserve = true\n[reserved]\npaper = 214\n",
            "reserved.paper",
        ),
        (
            "reserve = true\n",
            "reserve = true\n[witnesses]\nrequired = 1\nkeys = []\n",
            "witnesses.required",
        ),
        (
            "reserve = true\n",
            "reserve = true\n[witnesses]\nrequired = 0\nkeys = [\"a\"]\n",
            "witnesses.keys",
        ),
        (
            "reserve = true\n",
            "reserve = true\n[run_off]\nof = \"00\"\n",
            "run_off",
        ),
        ("secrecy =", "facts = \"AB\"\nsecrecy =", "facts"),
    ];
    for (from, to, expected) in cases {
        assert_eq!(key(changed(from, to)).0, expected, "{to}");
    }
}

#[test]
fn a_run_off_with_a_majority_is_refused() {
    let hash = "0".repeat(64);
    let text = valid()
        .replace("poll = \"choice\"", "poll = \"run_off\"")
        .replace(
            "reserve = true\n",
            &format!("reserve = true\n[run_off]\nof = \"{hash}\"\n"),
        );
    assert_eq!(
        key(Rule::parse(&text)),
        ("decision.majority", KeyProblem::MajorityInRunOff)
    );
}

#[test]
fn twelve_for_ten_is_surplus_enough_and_eleven_is_not() {
    let ids: Vec<String> = (0..12).map(|n| format!("\"p{n}\"")).collect();
    let enough = Rule::parse(&RULE.replace("ITEMS", &ids.join(", "))).unwrap();
    assert_eq!(
        (enough.items().len(), enough.surplus().of_at_least(10)),
        (12, 2)
    );
    let refused = key(Rule::parse(&RULE.replace("ITEMS", &ids[..11].join(", "))));
    assert_eq!(
        refused,
        (
            "items",
            KeyProblem::TooLittleSurplus {
                items: 11,
                places: 10,
                needed: 12
            }
        )
    );
}
