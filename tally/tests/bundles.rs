//! Poll bundles: a county's whole poll, then one broken thing at a time.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::cast_possible_truncation,
    reason = "helpers of tests fail as tests do"
)]

mod common;

use ballot::{Tracker, credential_of_ballot};
use common::Example;
use common::poll::{POLL, Poll, Setting, bundle, choice, each_item, evaluation, run};
use tally::archive::Archive;
use tally::bundle::{Bundle, Figures};
use tally::decision::Lot;
use tally::rules::{ItemId, Rule};
use tally::verify::{Failure, Verdict};

fn failure(bundle: &Bundle<'_>) -> Failure {
    let report = common::opinion::bundle(&bundle.write().unwrap());
    assert_eq!(report.verdict, Verdict::NotVerified, "{report:?}");
    report.failure.unwrap()
}

fn refused(bundle: &Bundle<'_>) -> (&'static str, String) {
    let failure = failure(bundle);
    (failure.check, failure.object.unwrap_or_default())
}

#[test]
fn a_polls_bundle_proves_its_decision() {
    let report = common::opinion::bundle(&bundle(&POLL).write().unwrap());
    assert_eq!(report.verdict, Verdict::Verified, "{report:?}");
    assert!(report.notes.is_empty());
    assert_eq!(report.decision.unwrap()["items"][0]["standing"], "chosen");
    let names: Vec<&str> = report.checks.iter().map(|check| check.check).collect();
    assert_eq!(names[0], "manifest");
    assert_eq!(
        &names[names.len() - 5..],
        ["roll", "figures", "paper", "decision", "record"]
    );
}

#[test]
fn the_same_files_give_the_same_bytes() {
    assert_eq!(
        bundle(&POLL).write().unwrap(),
        bundle(&POLL).write().unwrap()
    );
}

#[test]
fn any_changed_byte_of_a_bundle_is_refused() {
    let bytes = bundle(&POLL).write().unwrap();
    for place in (0..bytes.len()).step_by(bytes.len() / 200) {
        let mut changed = bytes.clone();
        changed[place] ^= 1;
        let verdict = common::opinion::bundle(&changed).verdict;
        assert_eq!(verdict, Verdict::NotVerified, "byte {place}");
    }
}

#[test]
fn another_rule_is_refused() {
    let rule = POLL.rule.replace("> 1/2", ">= 1/2");
    assert_eq!(
        refused(&Bundle {
            rule: &rule,
            ..bundle(&POLL)
        }),
        ("rule", "rule.toml".into())
    );
    let rule = POLL.rule.replace("places = 2", "places = two");
    assert_eq!(
        refused(&Bundle {
            rule: &rule,
            ..bundle(&POLL)
        }),
        ("rule", "rule.toml".into())
    );
}

#[test]
fn an_evaluation_s_bundle_proves_its_verdicts_in_the_words_of_its_rule() {
    let bundle_of = |poll: &Poll| {
        let whole = Bundle {
            paper: None,
            voided: None,
            ..bundle(poll)
        };
        common::opinion::bundle(&whole.write().unwrap())
    };
    let report = bundle_of(&evaluation(&["满意", "基本满意", "不满意"]));
    assert_eq!(report.verdict, Verdict::Verified, "{report:?}");
    let decision = report.decision.unwrap();
    let verdict = |item: usize| decision["items"][item]["verdict"].clone();
    assert_eq!(
        (verdict(0), verdict(1)),
        ("satisfied".into(), "unsatisfied".into())
    );

    // The same counts under exchanged words: six who ticked 不满意 would have made the project 满意.
    let failure = bundle_of(&evaluation(&["不满意", "基本满意", "满意"]))
        .failure
        .unwrap();
    assert_eq!((failure.check, failure.reason), ("rule", Some("questions")));
}

/// Deputies tick what they read; the decision names what stands at the same place in the rule.
#[test]
fn a_ballot_that_says_something_else_than_the_rule_is_refused() {
    let reason = |poll: &Poll| {
        let whole = Bundle {
            paper: None,
            voided: None,
            ..bundle(poll)
        };
        let report = common::opinion::bundle(&whole.write().unwrap());
        report
            .failure
            .map(|failure| (failure.check, failure.reason.unwrap()))
    };
    assert_eq!(reason(&choice(["a 修路", "b 学校", "c 诊所"])), None);
    let questions = Some(("rule", "questions"));
    for answers in [
        // In another order; labels without ids; the ids of other items; two labels that look the same; one that hides.
        ["b 学校", "a 修路", "c 诊所"],
        ["学校 b", "修路 a", "诊所 c"],
        ["c", "b", "a"],
        ["a c", "b b", "c a"],
        ["a 修路", "b 修路", "c 诊所"],
        ["a 修路", "b 修\u{200b}路", "c 诊所"],
    ] {
        assert_eq!(reason(&choice(answers)), questions, "{answers:?}");
    }
    assert_eq!(reason(&each_item(["赞成", "反对", "弃权"])), None);
    // Nine who tick the first would choose what they refuse.
    assert_eq!(reason(&each_item(["反对", "赞成", "弃权"])), questions);
}

#[test]
fn a_roll_with_a_weight_is_refused_and_a_bare_archive_says_that_it_has_some() {
    let weighted = run(Setting {
        weighted: true,
        ..Setting::default()
    });
    let failure = failure(&bundle(&weighted));
    assert_eq!((failure.check, failure.reason), ("roll", Some("weight")));
    let report = tally::verify::archive(&weighted.archive, tally::verify::Options::default());
    assert_eq!(report.verdict, Verdict::Verified);
    let counted = report.counted.unwrap();
    assert_eq!(counted.weight, counted.counted + 1);
}

#[test]
fn another_roll_is_refused() {
    assert_eq!(
        refused(&Bundle {
            roll: b"[]",
            ..bundle(&POLL)
        }),
        ("roll", "roll.json".into())
    );
}

#[test]
fn figures_that_do_not_fit_are_refused() {
    let with = |change: fn(&mut Figures)| {
        let mut figures = POLL.figures;
        change(&mut figures);
        figures
    };
    let broken = [
        (with(|it| it.deputies = 13), "deputies"),
        (with(|it| it.paper_credentials = 1), "paper-credentials"),
        (with(|it| it.device_credentials = 11), "credentials"),
        (with(|it| it.revoked = 1), "issued"),
        (with(|it| it.paper_issued = 1), "issued"),
        (with(|it| it.issued = 11), "issued"),
        (with(|it| it.returned = 11), "returned"),
        (with(|it| it.invalid = 0), "returned"),
        (with(|it| it.present = 9), "present"),
        (
            with(|it| (it.paper_issued, it.issued) = (3, 13)),
            "paper-issued",
        ),
    ];
    for (figures, reason) in broken {
        let bundle = Bundle {
            figures,
            ..bundle(&POLL)
        };
        let blame = ("figures", "figures.json".to_owned());
        assert_eq!(refused(&bundle), blame, "{figures:?}");
        assert_eq!(failure(&bundle).reason, Some(reason), "{figures:?}");
    }
}

#[test]
fn a_revoked_credential_is_on_the_roll_and_has_no_ballot() {
    let figures = Figures {
        revoked: 1,
        issued: 11,
        ..POLL.figures
    };
    let mut decision = POLL.decision.clone();
    for (key, value) in [("issued", 11), ("not_returned", 1)] {
        decision["sheet"][key] = value.into();
    }
    let with = |revocations: &[String]| {
        let mut poll = POLL.reported(figures, decision.clone());
        poll.revoked = revocations.to_vec();
        common::opinion::bundle(&bundle(&poll.recorded()).write().unwrap())
    };
    assert_eq!(
        with(std::slice::from_ref(&POLL.unused)).verdict,
        Verdict::Verified
    );
    let archive = Archive::read(&POLL.archive).unwrap();
    let used = credential_of_ballot(archive.ballots[3].bytes).unwrap();
    for (revocations, reason, message) in [
        (
            vec![used.to_owned()],
            "ballot",
            "is revoked and has the ballot at event 4",
        ),
        (
            vec!["00".to_owned()],
            "not-on-roll",
            "00 is not on the roll",
        ),
        (vec![], "revoked", "0 revocations, `revoked` is 1"),
        (vec![POLL.unused.clone(); 2], "repeated", "stands twice"),
    ] {
        let failure = with(&revocations).failure.unwrap();
        let object = failure.object.as_deref();
        assert_eq!(
            (failure.check, object, failure.reason),
            ("figures", Some("revocations.json"), Some(reason))
        );
        assert!(failure.message.contains(message), "{failure}");
    }
}

#[test]
fn a_spoiled_tracker_is_a_tracker_and_no_ballot() {
    let archive = Archive::read(&POLL.archive).unwrap();
    let never_cast = Tracker::of(b"a ballot that was challenged").to_string();
    let cast = archive.ballots[3].hash.tracker();
    let with = |spoiled: &[String]| {
        let mut poll = POLL.clone();
        poll.spoiled = spoiled.to_vec();
        common::opinion::bundle(&bundle(&poll.recorded()).write().unwrap())
    };
    let report = with(std::slice::from_ref(&never_cast));
    assert_eq!(report.verdict, Verdict::Verified, "{report:?}");
    let names: Vec<&str> = report.checks.iter().map(|check| check.check).collect();
    assert_eq!(
        names[names.len() - 5..],
        ["figures", "paper", "spoiled", "decision", "record"]
    );
    let file = "spoiled.json".to_owned();
    let other_end = if never_cast.ends_with('9') { "+" } else { "9" };
    for (spoiled, object, reason) in [
        (
            vec![never_cast.clone(), cast.clone()],
            format!("event 4, ballot {cast}"),
            "ballot",
        ),
        (
            vec![never_cast.clone(), never_cast.clone()],
            file.clone(),
            "repeated",
        ),
        (vec![never_cast.clone() + "="], file.clone(), "encoding"),
        (vec![never_cast[..42].to_owned()], file.clone(), "encoding"),
        (vec![never_cast.clone() + "A"], file.clone(), "encoding"),
        (
            vec![never_cast[..42].to_owned() + other_end],
            file.clone(),
            "encoding",
        ),
    ] {
        let failure = with(&spoiled).failure.unwrap();
        assert_eq!(
            (failure.check, failure.object, failure.reason),
            ("spoiled", Some(object), Some(reason)),
            "{spoiled:?}"
        );
    }
}

#[test]
fn every_other_failure_of_a_bundle_has_its_reason() {
    let valid = bundle(&POLL);
    let rule = |from: &str, to: &str| POLL.rule.replacen(from, to, 1);
    let (no_rule, other_rule) = (rule("places = 2", "places = two"), rule("> 1/2", ">= 1/2"));
    let (roll, nothing) = (b"[]", serde_json::json!({}));
    let broken = [
        (
            Bundle {
                rule: &no_rule,
                ..valid.clone()
            },
            ("rule", "encoding"),
        ),
        (
            Bundle {
                rule: &other_rule,
                ..valid.clone()
            },
            ("rule", "binding"),
        ),
        (
            Bundle {
                roll,
                ..valid.clone()
            },
            ("roll", "binding"),
        ),
        (
            Bundle {
                decision: &nothing,
                ..valid.clone()
            },
            ("decision", "differs"),
        ),
    ];
    for (bundle, expected) in broken {
        let failure = failure(&bundle);
        assert_eq!(
            (failure.check, failure.reason),
            (expected.0, Some(expected.1))
        );
    }
}

/// Nothing is tied, so that no lot was to be drawn.
#[test]
fn a_lot_that_the_rule_does_not_know_decides_nothing() {
    let lot = Lot {
        drawn: vec![ItemId::new("a").unwrap()],
    };
    let with_lot = Bundle {
        lot: Some(&lot),
        ..bundle(&POLL)
    };
    let failure = failure(&with_lot);
    assert_eq!(
        (failure.check, failure.reason),
        ("decision", Some("undecidable"))
    );
}

#[test]
fn a_false_decision_is_refused_where_it_differs() {
    let mut decision = POLL.decision.clone();
    decision["items"][2]["standing"] = "chosen".into();
    let report = common::opinion::bundle(
        &Bundle {
            decision: &decision,
            ..bundle(&POLL)
        }
        .write()
        .unwrap(),
    );
    let failure = report.failure.unwrap();
    assert_eq!(failure.check, "decision");
    assert!(
        failure
            .message
            .starts_with("items[2].standing: published \"chosen\", recomputed"),
        "{failure}"
    );
}

#[test]
fn a_second_ballot_of_a_credential_is_refused_where_the_rule_forbids_it() {
    let twice = run(Setting {
        vote_twice: true,
        ..Setting::default()
    });
    let (check, object) = refused(&bundle(&twice));
    assert_eq!(check, "revotes");
    assert!(object.starts_with("event 10, ballot "), "{object}");
}

#[test]
fn the_worked_examples_rule_text_is_a_rule() {
    let rule = Rule::parse(&Example::read("liuwan-town").rule_text()).unwrap();
    assert_eq!((rule.deputies(), rule.items().len()), (58, 12));
}
