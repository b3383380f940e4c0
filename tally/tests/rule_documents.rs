//! Rule documents: what is read, what is refused and how the refusal names the key.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::cast_possible_truncation,
    reason = "helpers of tests fail as tests do"
)]

mod common;

use common::rules::example;
use common::{Example, RULE};
use tally::rules::document::Document;
use tally::rules::options::{self, LevelPreset};
use tally::rules::{KeyProblem, QuestionShape, Reserved, Rule, RuleError, RuleHash};

fn valid() -> String {
    Example::read("qinghe-county").rule_text()
}

fn changed(from: &str, to: &str) -> Result<Rule, RuleError> {
    let text = valid();
    assert!(text.contains(from), "{from}");
    Rule::parse(&text.replacen(from, to, 1))
}

fn key(result: Result<Rule, RuleError>) -> (String, KeyProblem) {
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
        (
            "[decision]\n",
            "[[levels]]\nid = \"a\"\nlabel = \"a\"\n[decision]\n",
            "levels",
        ),
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
        // The form of a key, and no key.
        (
            "reserve = true\n",
            "reserve = true\n[witnesses]\nrequired = 0\nkeys = [\"a+b+c\"]\n",
            "witnesses.keys",
        ),
        // A log's key does not cosign, and a witness's key signs no log.
        (
            "reserve = true\n",
            "reserve = true\n[witnesses]\nrequired = 0\nkeys = [\"log.example+5d7d4a54+AddhLFQpfqo+WndWsXzjrcW+0lGvgFnXK7uLAHXGe4Xp\"]\n",
            "witnesses.keys",
        ),
        (
            "reserve = true\n",
            "reserve = true\n[record]\nlog = \"w+1cad6425+BFDnIeScAT8Axiz1nyFjVCqdjfAkZO/rYV0xBRsP3cMm\"\n",
            "record.log",
        ),
        // One key under two names.
        (
            "reserve = true\n",
            "reserve = true\n[witnesses]\nrequired = 0\nkeys = [\"w+1cad6425+BFDnIeScAT8Axiz1nyFjVCqdjfAkZO/rYV0xBRsP3cMm\", \"other+4f30c008+BFDnIeScAT8Axiz1nyFjVCqdjfAkZO/rYV0xBRsP3cMm\"]\n",
            "witnesses.keys",
        ),
        // Witnesses of no record.
        (
            "reserve = true\n",
            "reserve = true\n[witnesses]\nrequired = 1\nkeys = [\"w+1cad6425+BFDnIeScAT8Axiz1nyFjVCqdjfAkZO/rYV0xBRsP3cMm\"]\n",
            "record.log",
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
fn each_bad_level_names_its_key() {
    let text = example("evaluation-committee");
    let cases = [
        ("id = \"satisfied\"", "id = \"Satisfied\"", "levels[0].id"),
        ("id = \"satisfied\"", "id = \"2_satisfied\"", "levels[0].id"),
        ("id = \"unknown\"", "id = \"satisfied\"", "levels[3].id"),
        ("label = \"满意\"", "label = \" \"", "levels[0].label"),
        ("label = \"不了解\"", "label = \"满意\"", "levels[3].label"),
        (
            "label = \"不了解\"",
            "label = \"满\u{200b}意\"",
            "levels[3].label",
        ),
        (
            "label = \"不了解\"",
            "label = \"\u{202e}解了不\"",
            "levels[3].label",
        ),
        ("threshold = \"> 1/2\"", "", "levels[0].threshold"),
        (
            "threshold = \"> 1/2\"",
            "threshold = \"half\"",
            "levels[0].threshold",
        ),
        (
            "label = \"不满意\"",
            "label = \"不满意\"\nthreshold = \"> 1/2\"",
            "levels[2].threshold",
        ),
        (
            "label = \"不了解\"",
            "label = \"不了解\"\nthreshold = \"> 1/2\"",
            "levels[3].threshold",
        ),
        // Without `counts` it would be the last that is judged, and 不满意 needs a share.
        ("counts = \"in_base_only\"", "", "levels[2].threshold"),
    ];
    for (from, to, expected) in cases {
        assert!(text.contains(from), "{from}");
        let changed = text.replacen(from, to, 1);
        assert_eq!(key(Rule::parse(&changed)).0, expected, "{to}");
    }
    let refused = syntax(Rule::parse(&text.replacen("label = \"满意\"\n", "", 1)));
    assert_eq!(refused.0, "levels[0].label");
}

#[test]
fn an_evaluation_judges_by_two_to_ten_levels() {
    let text = example("evaluation-congress");
    let (head, rest) = text.split_once("[[levels]]").unwrap();
    let (_, tail) = rest.split_once("[evaluation]").unwrap();
    let with = |number: usize| {
        let level = |n: usize| {
            let share = (n + 1 < number).then_some("threshold = \"> 1/2\"\n");
            format!(
                "[[levels]]\nid = \"l{n}\"\nlabel = \"{n}\"\n{}",
                share.unwrap_or_default()
            )
        };
        let levels: String = (0..number).map(level).collect();
        Rule::parse(&format!("{head}{levels}[evaluation]{tail}"))
    };
    assert_eq!(key(with(0)), ("levels".to_owned(), KeyProblem::Missing));
    for (number, fits) in [(1, false), (2, true), (10, true), (11, false)] {
        match with(number) {
            Ok(rule) => {
                assert!(fits, "{number}");
                assert_eq!(rule.questions()[0].answers, number as u64);
            }
            refused => {
                assert!(!fits, "{number}");
                let problem = KeyProblem::OutOfRange {
                    least: 2,
                    most: 10,
                    found: number as u64,
                };
                assert_eq!(key(refused), ("levels".to_owned(), problem));
            }
        }
    }
    // Levels that are never the verdict do not make up for judged ones.
    let lonely = "[[levels]]\nid = \"a\"\nlabel = \"a\"\n[[levels]]\nid = \"b\"\nlabel = \"b\"\ncounts = \"nowhere\"\n";
    let refused = Rule::parse(&format!("{head}{lonely}[evaluation]{tail}"));
    assert_eq!(key(refused).0, "levels");
}

#[test]
fn the_ballot_says_what_the_rule_says_for_each_level() {
    let answers = |name: &str| {
        let rule = Rule::parse(&example(name)).unwrap();
        rule.item_answers()
            .map(|answers| answers.into_iter().map(str::to_owned).collect::<Vec<_>>())
    };
    assert_eq!(answers("county"), None);
    let each = ["赞成", "反对", "弃权"].map(str::to_owned);
    assert_eq!(answers("item-by-item"), Some(each.to_vec()));
    let levels = ["满意", "基本满意", "不满意", "不了解"].map(str::to_owned);
    assert_eq!(answers("evaluation-committee"), Some(levels.to_vec()));
}

#[test]
fn what_a_form_offers_is_taken_by_the_rule() {
    let offered = |key: &str, from: &str, values: &[&str]| {
        for value in values {
            let to = format!("{key} = \"{value}\"");
            // Half more than the places is more than the fifteen items are.
            let text = valid()
                .replace("max = 10", "max = 2")
                .replace("places = 10", "places = 2");
            assert!(text.contains(from), "{from}");
            let rule = Rule::parse(&text.replacen(from, &to, 1)).unwrap();
            assert!(rule.to_toml().contains(&to), "{to}");
        }
    };
    offered("quorum", "quorum = \">= 2/3\"", &options::QUORUMS);
    offered("surplus", "surplus = \"1/5\"", &options::SURPLUSES);
    offered("majority", "majority = \"> 1/2\"", &options::MAJORITIES);
    for preset in LevelPreset::ALL {
        for threshold in options::LEVEL_THRESHOLDS {
            let levels = preset.levels(threshold);
            let rule = Rule::parse(&example("evaluation-congress")).unwrap();
            let document = Document {
                levels: levels.clone(),
                ..Document::from(&rule)
            };
            let rule = Rule::from_document(document).unwrap();
            assert_eq!(Document::from(&rule).levels, levels);
        }
    }
    // The usual levels are those of the example.
    let usual = Rule::parse(&example("evaluation-congress")).unwrap();
    let levels = LevelPreset::ALL[0].levels(options::LEVEL_THRESHOLDS[0]);
    assert_eq!(Document::from(&usual).levels, levels);
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
        ("decision.majority".to_owned(), KeyProblem::MajorityInRunOff)
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
            "items".to_owned(),
            KeyProblem::TooLittleSurplus {
                items: 11,
                places: 10,
                needed: 12
            }
        )
    );
}
