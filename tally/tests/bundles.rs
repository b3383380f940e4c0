//! Poll bundles: a county's whole poll, then one broken thing at a time.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::cast_possible_truncation,
    reason = "helpers of tests fail as tests do"
)]

mod common;

use common::Example;
use common::poll::{POLL, bundle, run};
use tally::bundle::{self, Bundle, Figures};
use tally::rules::Rule;
use tally::verify::Verdict;

fn refused(bundle: &Bundle<'_>) -> (&'static str, String) {
    let report = bundle::verify(&bundle.write().unwrap());
    assert_eq!(report.verdict, Verdict::NotVerified, "{report:?}");
    let failure = report.failure.unwrap();
    (failure.check, failure.object.unwrap_or_default())
}

#[test]
fn a_polls_bundle_proves_its_decision() {
    let report = bundle::verify(&bundle(&POLL).write().unwrap());
    assert_eq!(report.verdict, Verdict::Verified, "{report:?}");
    assert!(report.notes.is_empty());
    assert_eq!(report.decision.unwrap()["items"][0]["standing"], "chosen");
    let names: Vec<&str> = report.checks.iter().map(|check| check.check).collect();
    assert_eq!(names[0], "manifest");
    assert_eq!(
        &names[names.len() - 4..],
        ["rule", "roll", "figures", "decision"]
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
    for place in (0..bytes.len()).step_by(bytes.len() / 40) {
        let mut changed = bytes.clone();
        changed[place] ^= 1;
        let report = bundle::verify(&changed);
        // The zip's own times and attributes say nothing; everything else is refused.
        assert!(
            report.verdict != Verdict::Verified || place > bytes.len() - 2000,
            "byte {place}: {report:?}"
        );
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
    let valid = POLL.figures;
    let broken = [
        Figures {
            deputies: 13,
            ..valid
        },
        Figures {
            paper_credentials: 2,
            device_credentials: 10,
            ..valid
        },
        Figures {
            device_credentials: 10,
            ..valid
        },
        Figures {
            revoked: 1,
            ..valid
        },
        Figures {
            paper_issued: 1,
            ..valid
        },
        Figures {
            issued: 12,
            ..valid
        },
        Figures {
            returned: 11,
            ..valid
        },
        Figures {
            invalid: 0,
            ..valid
        },
        Figures {
            signed_in: 10,
            ..valid
        },
    ];
    for figures in broken {
        assert_eq!(
            refused(&Bundle {
                figures,
                ..bundle(&POLL)
            }),
            ("figures", "figures.json".into()),
            "{figures:?}"
        );
    }
}

#[test]
fn a_revoked_credential_is_on_the_roll_and_has_no_ballot() {
    let figures = Figures {
        revoked: 1,
        issued: 10,
        ..POLL.figures
    };
    let mut decision = POLL.decision.clone();
    for (key, value) in [("issued", 10), ("not-returned", 0)] {
        decision["sheet"][key] = value.into();
    }
    let with = |revocations: &[String]| {
        let bundle = Bundle {
            figures,
            revocations,
            decision: &decision,
            ..bundle(&POLL)
        };
        bundle::verify(&bundle.write().unwrap())
    };
    assert_eq!(
        with(std::slice::from_ref(&POLL.unused)).verdict,
        Verdict::Verified
    );
    let text = String::from_utf8_lossy(&POLL.archive).into_owned();
    let used = text
        .split("\"credential\":\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    assert!(
        with(&[used])
            .failure
            .unwrap()
            .message
            .contains("is revoked and has the ballot at event")
    );
    assert!(
        with(&["00".into()])
            .failure
            .unwrap()
            .message
            .contains("is not on the roll")
    );
    assert!(
        with(&[])
            .failure
            .unwrap()
            .message
            .contains("`revoked` is 1")
    );
}

#[test]
fn a_false_decision_is_refused_where_it_differs() {
    let mut decision = POLL.decision.clone();
    decision["items"][2]["standing"] = "chosen".into();
    let report = bundle::verify(
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
    let twice = run(true);
    let (check, object) = refused(&bundle(&twice));
    assert_eq!(check, "revotes");
    assert!(object.starts_with("event 10, ballot "), "{object}");
}

#[test]
fn the_worked_examples_rule_text_is_a_rule() {
    let rule = Rule::parse(&Example::read("liuwan-town").rule_text()).unwrap();
    assert_eq!((rule.deputies(), rule.items().len()), (58, 12));
}
