//! Poll bundles: a county's whole poll, then one broken thing at a time.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::cast_possible_truncation,
    reason = "helpers of tests fail as tests do"
)]

mod common;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use ballot::trustee::{SecretKey, TrusteeId, Trustees};
use ballot::{
    Choices, Credential, Ed25519, Election, PartialDecryption, PublicCredentials, Question, Uuid,
    Wire, seal,
};
use common::Example;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use tally::archive::ArchiveWriter;
use tally::bundle::{self, Bundle, Figures};
use tally::count;
use tally::decision::decide;
use tally::rules::{RollHash, Rule, RuleHash};
use tally::verify::Verdict;

/// Twelve deputies, three candidates for two places; nine vote.
struct Poll {
    rule: String,
    roll: String,
    archive: Vec<u8>,
    figures: Figures,
    decision: serde_json::Value,
    unused: String,
}

static POLL: LazyLock<Poll> = LazyLock::new(|| run(false));

fn run(vote_twice: bool) -> Poll {
    let mut rng = ChaCha20Rng::from_seed([3; 32]);
    let rule = common::RULE
        .replace("213", "12")
        .replace("ITEMS", "\"a\", \"b\", \"c\"")
        .replace("max = 10", "max = 2")
        .replace("places = 10", "places = 2")
        + "\n[reserved]\npaper = 1\n";
    let key = SecretKey::<Ed25519>::generate(&mut rng);
    let trustees = Trustees::of_singles([key.verification_key(&mut rng)]);
    let uuid = Uuid::generate(&mut rng);
    let credentials: Vec<Credential> = (0..12).map(|_| Credential::generate(&mut rng)).collect();
    let roll = PublicCredentials::<Ed25519>::sorted(
        credentials
            .iter()
            .map(|credential| credential.public::<Ed25519>(&uuid)),
    )
    .unwrap();
    let roll_text = roll.to_json();
    let description = format!(
        "投票\nrule:sha256:{}\nroll:sha256:{}",
        RuleHash::of(rule.as_bytes()),
        RollHash::of(roll_text.as_bytes())
    );
    let question = Question::new("q", ["a", "b", "c"], 0, 2).unwrap();
    let election =
        Election::<Ed25519>::build(uuid, "n", description, trustees.joint_key(), vec![question])
            .unwrap();
    let mut archive = ArchiveWriter::setup(
        1,
        election.to_json().as_bytes(),
        trustees.to_json().as_bytes(),
        roll_text.as_bytes(),
    )
    .unwrap();
    let mut ballots = Vec::new();
    let voters = credentials[..9]
        .iter()
        .chain(vote_twice.then_some(&credentials[0]));
    for (n, credential) in voters.enumerate() {
        let marks = vec![true, n != 0, n == 0];
        ballots.push(
            seal(&election, credential, &Choices::from([marks]), &mut rng)
                .unwrap()
                .ballot,
        );
    }
    for ballot in &ballots {
        archive.ballot(ballot.to_json().as_bytes()).unwrap();
    }
    archive.end_ballots().unwrap();
    let sum = count::aggregate(&election, &roll, &ballots).unwrap();
    archive
        .encrypted_tally(sum.tally.to_json().as_bytes(), sum.ballots, sum.weight)
        .unwrap();
    let partial = PartialDecryption::make(&sum.tally, &key, &election, &mut rng);
    archive
        .partial_decryption(1, partial.to_json().as_bytes())
        .unwrap();
    let partials = BTreeMap::from([(TrusteeId::new(1).unwrap(), partial)]);
    let result = count::open(&sum.tally, &trustees, &partials, sum.weight).unwrap();
    archive.result(result.to_json().as_bytes()).unwrap();
    let figures = Figures {
        deputies: 12,
        signed_in: 11,
        device_credentials: 11,
        paper_credentials: 1,
        revoked: 0,
        paper_issued: 0,
        issued: 11,
        returned: 10,
        invalid: 1,
    };
    let outcome = decide(
        &Rule::parse(&rule).unwrap(),
        figures.returns(),
        &result.result,
        None,
    )
    .unwrap();
    let unused =
        <Ed25519 as ballot::Group>::encode(&credentials[11].public::<Ed25519>(election.uuid()));
    Poll {
        rule,
        roll: roll_text,
        archive: archive.into_bytes(),
        figures,
        decision: serde_json::to_value(outcome).unwrap(),
        unused,
    }
}

fn bundle(poll: &Poll) -> Bundle<'_> {
    Bundle {
        election: &poll.archive,
        rule: &poll.rule,
        roll: poll.roll.as_bytes(),
        figures: poll.figures,
        revocations: &[],
        lot: None,
        decision: &poll.decision,
        checkpoint: None,
    }
}

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
