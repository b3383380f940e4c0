//! Rule documents, files of approval votes, and decisions as JSON.

use serde::Serialize;
use serde::de::DeserializeOwned;
use tally::bundle::Figures;
use tally::decision::{Account, Decision, Lot, Outcome, Returns, Sheet, decide};
use tally::evaluation::{EvaluationOutcome, RatingSummary, judge};
use tally::pabulib::Instance;
use tally::rules::document::Document;
use tally::rules::{Reserved, Rule, RuleHash};

use crate::Target;
use crate::samples::file;

pub(crate) const RULE: Target = Target {
    name: "rule",
    run: |input| {
        let Ok(text) = str::from_utf8(input) else {
            return;
        };
        let Ok(rule) = Rule::parse(text) else { return };
        assert_eq!(
            Rule::parse(&rule.to_toml()).as_ref(),
            Ok(&rule),
            "a rule reads back"
        );
        assert_eq!(
            Rule::from_document(Document::from(&rule)).as_ref(),
            Ok(&rule)
        );
        assert!(rule.quorum_count() <= rule.deputies());
        assert!(rule.items().len() <= 500);
        follow_ups(&rule, RuleHash::of(input));
    },
    seeds: || {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../rules");
        let mut names: Vec<_> = std::fs::read_dir(folder)
            .expect("the folder of examples")
            .map(|entry| entry.expect("an entry").path())
            .filter(|path| {
                path.extension()
                    .is_some_and(|extension| extension == "toml")
            })
            .collect();
        names.sort();
        names
            .into_iter()
            .map(|path| std::fs::read(path).expect("a file"))
            .collect()
    },
    tries: 4000,
    memory: 256,
    floor: crate::MEMORY_FLOOR,
};

/// What a rule gives to go on with is a rule, and nothing it is asked makes it panic.
fn follow_ups(rule: &Rule, hash: RuleHash) {
    let shapes = rule.questions();
    let empty: Vec<Vec<u64>> = shapes
        .iter()
        .map(|shape| vec![0; usize::try_from(shape.answers + u64::from(shape.blank)).unwrap_or(0)])
        .collect();
    let returns = Returns {
        present: rule.deputies(),
        issued: rule.deputies(),
        returned: 0,
        invalid: 0,
    };
    let Some(decision) = rule.decision() else {
        assert!(judge(rule, returns, &empty).is_ok());
        return;
    };
    assert!(decide(rule, returns, &empty, None).is_ok());
    let follow = [
        rule.run_off(hash, rule.items(), decision.places, Reserved::default()),
        rule.second_ballot(hash, rule.items(), decision.places, Reserved::default()),
    ];
    for rule in follow.into_iter().flatten() {
        assert_eq!(Rule::parse(&rule.to_toml()), Ok(rule));
    }
}

pub(crate) const PABULIB: Target = Target {
    name: "pabulib",
    run: |input| {
        let Ok(text) = str::from_utf8(input) else {
            return;
        };
        let Ok(instance) = Instance::parse(text) else {
            return;
        };
        let counts = instance.count();
        assert_eq!(counts.len(), instance.projects().len());
        let ticks: usize = instance.votes().iter().map(Vec::len).sum();
        assert_eq!(counts.iter().sum::<u64>(), ticks as u64);
        assert!(instance.differences(&counts).len() <= counts.len());
    },
    seeds: || {
        let lodz = file("tally/tests/data/poland_lodz_2020_im-montwilla-mireckiego.pb");
        let head: Vec<&[u8]> = lodz
            .split_inclusive(|byte| *byte == b'\n')
            .take(60)
            .collect();
        let short = String::from_utf8(head.concat())
            .expect("text")
            .replace("num_votes;594", "num_votes;22");
        assert!(
            Instance::parse(&short).is_ok(),
            "the beginning of the file is a file"
        );
        let quoted = "META\nkey;value\nvote_type;approval\nPROJECTS\nproject_id;name;votes\n1;\"a;b\"\"c\n\";1\nVOTES\nvoter_id;vote\n1;1\n";
        vec![short.into_bytes(), quoted.as_bytes().to_vec()]
    },
    tries: 2000,
    memory: 32,
    floor: crate::MEMORY_FLOOR,
};

pub(crate) const DECISION: Target = Target {
    name: "decision",
    run: |input| {
        if let Some(Outcome::Decided(decision)) = same::<Outcome>(input) {
            folds(&decision);
        }
        same::<EvaluationOutcome>(input);
        same::<RatingSummary>(input);
        same::<Sheet>(input);
        same::<Figures>(input);
        same::<Account>(input);
        same::<Lot>(input);
    },
    seeds: || {
        let texts = [
            r#"{"outcome":"decided","sheet":{"deputies":58,"present":55,"issued":55,"returned":55,"valid":54,"invalid":1,"not_returned":0,"not_voted":0},"base":58,"votes_needed":30,"places":1,"items":[{"id":"a","votes":{"in_favour":36},"rank":1,"reached":true,"standing":"tied"},{"id":"b","votes":{"in_favour":36},"rank":1,"reached":true,"standing":"tied"}],"empty_places":0,"follow_up":{"kind":"run_off","items":["a","b"],"places":1}}"#,
            r#"{"outcome":"decided","sheet":{"deputies":58,"present":55,"issued":55,"returned":55,"valid":54,"invalid":1,"not_returned":0,"not_voted":0},"base":58,"votes_needed":30,"places":2,"blank":3,"items":[{"id":"a","votes":{"in_favour":36,"against":2,"abstained":3,"unanswered":13},"rank":1,"reached":true,"standing":"chosen"},{"id":"b","votes":{"in_favour":6},"rank":2,"reached":false,"standing":"not_chosen"}],"empty_places":1,"follow_up":{"kind":"nothing"},"advisory":true}"#,
            r#"{"outcome":"no_quorum","present":3,"needed":4}"#,
            r#"{"outcome":"void","issued":3,"returned":4}"#,
            r#"{"outcome":"judged","sheet":{"deputies":58,"present":55,"issued":55,"returned":55,"valid":54,"invalid":1,"not_returned":0,"not_voted":0},"items":[{"id":"a","levels":[{"id":"satisfied","votes":29,"needed":29},{"id":"basically_satisfied","votes":5,"needed":29},{"id":"unsatisfied","votes":10},{"id":"unknown","votes":3}],"unanswered":7,"base":58,"verdict":"satisfied"},{"id":"b","levels":[],"unanswered":0,"base":0,"verdict":null}]}"#,
            r#"{"ratings":"published","responses":5,"mean_hundredths":440,"counts":[0,0,1,1,3]}"#,
            r#"{"deputies":213,"present":201,"issued":201,"returned":200,"valid":198,"invalid":2,"not_returned":1,"not_voted":1}"#,
            r#"{"deputies":213,"present":201,"device_credentials":189,"paper_credentials":12,"revoked":0,"paper_issued":12,"issued":201,"returned":200,"invalid":2}"#,
            r#"{"present":201,"devices":{"credentials":193,"revoked":1,"returned":191},"paper":{"reserved":12,"issued":9,"spoiled":1,"unused":2,"returned":9,"invalid":2,"voided":5}}"#,
            r#"{"drawn":["a","b"]}"#,
        ];
        texts.map(|text| text.as_bytes().to_vec()).to_vec()
    },
    tries: 6000,
    // A member of a tagged object is kept until its kind is known: 64 bytes for as few as 7.
    memory: 64,
    floor: crate::MEMORY_FLOOR,
};

/// Figures that were made up are put into each other: refused or taken, never a panic.
fn folds(decision: &Decision) {
    let rule =
        Rule::parse(&String::from_utf8_lossy(&file("tally/rules/town.toml"))).expect("an example");
    let _ = (
        decision.chosen(),
        decision.reserve(),
        decision.rest(),
        decision.is_complete(),
    );
    let _ = decision.clone().with_run_off(&rule, decision);
    let _ = decision.clone().with_second_ballot(decision);
}

/// What is read as JSON and written again reads as the same.
fn same<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(input: &[u8]) -> Option<T> {
    let value: T = serde_json::from_slice(input).ok()?;
    let again = serde_json::to_vec(&value).expect("plain data");
    assert_eq!(
        serde_json::from_slice::<T>(&again).expect("its own JSON"),
        value
    );
    Some(value)
}
