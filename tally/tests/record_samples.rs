//! A small election held by the command becomes the bodies of its entries: the samples of `tally/record/samples` are made so.
//!
//! `WRITE_GENERATED=1 cargo test -p tally --test record_samples` makes those of a poll again, from a fresh election under
//! `tally/record/sample.rule.toml`; `record_schema` then writes the document that shows them.
#![cfg(all(feature = "cli", unix))]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests fail as tests do"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use ballot::trustee::ceremony::{Certified, Committed, Place, Revealed, Setting};
use ballot::trustee::{Closing, SecretKey, Signed, TrusteeId};
use ballot::{Digest, Ed25519, Uuid, Wire as _};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;
use tally::archive::Archive;
use tally::decision::{self, Returns, decide};
use tally::record::body::{
    Body, CeremonyComplained, CeremonyMessage, CeremonyRestarted, DelegationCount, ElectionUuid,
    EndReason, Exact, Hands, Kind, NamedDeputy, Officer, OfficerRole, Ordinal, Party,
    PollAnnounced, PollApproved, PollBallot, PollClosed, PollClosingStated, PollCreated,
    PollFrozen, PollId, PollItem, PollKind, PollLotDrawn, PollOpened, PollOutcome,
    PollPaperCounted, PollPartiallyDecrypted, PollRosterChanged, PollRulesAdopted, PollVoided,
    PollWithdrawn, PublicText, RosterDeputy, Sha256Hex, ShortlistPublished, Subject,
    TrusteePartial, roster_sha256,
};
use tally::record::ceremony::Round;
use tally::rules::Rule;
use tempfile::TempDir;

const RULE: &str = include_str!("../record/sample.rule.toml");
const TITLE: &str = "青禾县2026年民生实事项目票决";
const BOTH: [Party; 2] = [Party::Office, Party::ChiefScrutineer];
const RETURNS: Returns = Returns {
    present: 3,
    issued: 3,
    returned: 3,
    invalid: 0,
};

#[test]
fn an_election_by_the_command_becomes_bodies_that_are_read_back() {
    let desk = tempfile::tempdir().unwrap();
    vote(&desk);
    let bodies = [prepared(&desk), voted(&desk), counted(&desk), ended(&desk)].concat();
    let kinds: Vec<_> = bodies.iter().map(|body| body.kind().name()).collect();
    let of_polls = |kind: &&Kind| {
        let name = kind.name();
        name.starts_with("poll_") || name.starts_with("ceremony_")
    };
    let expected = Kind::ALL.iter().filter(of_polls);
    assert!(
        kinds.iter().copied().eq(expected.map(|kind| kind.name())),
        "{kinds:?}"
    );
    for body in bodies {
        let (kind, text) = (body.kind(), body.to_json());
        assert_eq!(body.subject(), Subject::Poll(election_uuid(&desk)));
        assert_eq!(Body::parse(kind, text.as_bytes()), Ok(body));
        if std::env::var_os("WRITE_GENERATED").is_some() {
            let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("record/samples");
            fs::write(samples.join(format!("{kind}.json")), text).unwrap();
        }
    }
}

/// Three deputies vote on the two candidates of the sample's shortlist; one trustee counts.
fn vote(desk: &TempDir) {
    let write = |name: &str, text: &str| fs::write(desk.path().join(name), text).unwrap();
    write("rule.toml", RULE);
    let labels: Vec<_> = shortlist()
        .candidates
        .iter()
        .map(|one| one.facts.title.to_string())
        .collect();
    write("labels.txt", &(labels.join("\n") + "\n"));
    run(
        desk,
        &format!(
            "election setup vote --rule rule.toml --labels labels.txt --trustees 1 --name {TITLE}"
        ),
    );
    run(
        desk,
        "election credentials vote --count 3 --cards cards.html",
    );
    run(
        desk,
        "election trustee join vote --number 1 --key trustee.key",
    );
    run(desk, "election trustee finish vote --key trustee.key");
    run(desk, "election open vote");
    run(desk, "election approve vote --key trustee.key");
    let cards = read(desk, "cards.html");
    let cards = cards
        .split("<code>")
        .skip(1)
        .map(|rest| rest.split('<').next().unwrap());
    for (card, choice) in cards.zip([1, 1, 2]) {
        write("card.txt", card);
        let name = format!("choice-{}", &card[..4]);
        run(
            desk,
            &format!(
                "election ballot seal vote --credential card.txt --choose {choice} --out {name}"
            ),
        );
        run(desk, &format!("election cast vote {name}"));
    }
    run(desk, "election close vote");
    run(desk, "election attest vote --key trustee.key --ballots 3");
    run(desk, "election decrypt vote --key trustee.key");
    run(desk, "election result vote");
}

fn prepared(desk: &TempDir) -> Vec<Body> {
    let facts = shortlist();
    let rule = Rule::parse(RULE).unwrap();
    assert_eq!(rule.facts().unwrap().to_hex(), facts.facts_sha256.as_str());
    let items = facts.candidates.iter().map(|one| PollItem {
        code: one.facts.code.clone(),
        title: one.facts.title.clone(),
        unit: Some(one.facts.unit.clone()),
        budget_fen: Some(one.facts.budget_fen),
    });
    let two: Vec<_> = roster().into_iter().take(2).collect();
    let created = PollCreated {
        election_uuid: election_uuid(desk),
        poll_id: PollId::new("019bb3d5-6a00-7c3e-9d41-2f7a5b8c1e60").unwrap(),
        kind: PollKind::Main,
        follows: None,
        title: words(TITLE),
        facts_sha256: Some(facts.facts_sha256.clone()),
        items: items.collect(),
        roster_sha256: roster_sha256(&two),
        roster: two,
    };
    let changed = PollRosterChanged {
        election_uuid: election_uuid(desk),
        roster_sha256: roster_sha256(&roster()),
        roster: roster(),
    };
    let adopted = PollRulesAdopted {
        election_uuid: election_uuid(desk),
        rule_sha256: Sha256Hex::of(RULE.as_bytes()),
        rule: RULE.to_owned(),
        hands: Hands {
            in_favour: 3,
            against: 0,
            abstained: 0,
        },
        roster_sha256: roster_sha256(&roster()),
        officers: officers(),
        threshold: Ordinal::new(1).unwrap(),
        departure: None,
        draft_passed: None,
        counted_by: None,
    };
    let message = CeremonyMessage {
        election_uuid: election_uuid(desk),
        attempt: Ordinal::new(1).unwrap(),
        round: Round::Key,
        trustee: Ordinal::new(1).unwrap(),
        message: exact(read(desk, "vote/ceremony/key-1.json").as_bytes()),
    };
    let restarted = CeremonyRestarted {
        election_uuid: election_uuid(desk),
        attempt: Ordinal::new(2).unwrap(),
        reason: words("一名监票人的设备在中途损坏，密钥须重新制作"),
    };
    let complained = CeremonyComplained {
        election_uuid: election_uuid(desk),
        attempt: Ordinal::new(1).unwrap(),
        trustee: Ordinal::new(1).unwrap(),
        complaint: exact(complaint(desk).as_bytes()),
    };
    vec![
        created.into(),
        changed.into(),
        adopted.into(),
        message.into(),
        complained.into(),
        restarted.into(),
    ]
}

/// The complaint of the first of three trustees of the second's share.
fn complaint(desk: &TempDir) -> String {
    let mut rng = ChaCha20Rng::from_seed([5; 32]);
    let poll: Uuid = election_uuid(desk).as_str().parse().unwrap();
    let setting = Setting::new(poll, 3, 2).unwrap();
    let member = |number| TrusteeId::new(number).unwrap();
    let started: Vec<_> = (1..=3)
        .map(|number| Place::new(setting.clone(), member(number)).unwrap())
        .map(|place| Certified::<Ed25519>::start(place, &mut rng))
        .collect();
    let one: Vec<_> = started.iter().map(Certified::message).collect();
    let committed: Vec<_> = started
        .iter()
        .map(|device| device.commit(&one, &mut rng).unwrap())
        .collect();
    let two: Vec<_> = committed.iter().map(Committed::message).collect();
    let revealed: Vec<_> = committed
        .iter()
        .map(|device| device.reveal(&two).unwrap())
        .collect();
    let three: Vec<_> = revealed.iter().map(Revealed::message).collect();
    let complaint = revealed[0].complain(&three, member(2), &mut rng);
    complaint.unwrap().to_json()
}

fn voted(desk: &TempDir) -> Vec<Body> {
    let bytes = archive(desk);
    let archive = Archive::read(&bytes).unwrap();
    let present = [("城关代表团", 2, 1), ("河西代表团", 1, 3)];
    let frozen = PollFrozen {
        election_uuid: election_uuid(desk),
        fingerprint: (&Digest::of(archive.setup.election)).into(),
        election: exact(archive.setup.election),
        trustees: exact(archive.setup.trustees),
        roll_sha256: Sha256Hex::of(archive.setup.credentials),
        roll: exact(archive.setup.credentials),
        paper_credentials: Vec::new(),
        reserved: Vec::new(),
        present: 3,
        attendance: roster().into_iter().map(named).collect(),
        on_leave: Vec::new(),
        headcount: present
            .map(|(delegation, present, head)| DelegationCount {
                delegation: words(delegation),
                present,
                head: Ordinal::new(head).unwrap(),
            })
            .to_vec(),
        confirmed_by: BOTH.to_vec(),
    };
    let opened = PollOpened {
        election_uuid: election_uuid(desk),
        confirmed_by: BOTH.to_vec(),
    };
    let approved = PollApproved {
        election_uuid: election_uuid(desk),
        approval: exact(read(desk, "vote/approvals/trustee-1.json").as_bytes()),
    };
    let ballot = PollBallot::new(exact(archive.ballots[0].bytes)).unwrap();
    vec![frozen.into(), approved.into(), opened.into(), ballot.into()]
}

fn counted(desk: &TempDir) -> Vec<Body> {
    let bytes = archive(desk);
    let archive = Archive::read(&bytes).unwrap();
    let partial = fs::read_dir(desk.path().join("vote/partials"))
        .unwrap()
        .next()
        .unwrap();
    let partial = exact(&fs::read(partial.unwrap().path()).unwrap());
    let trustee = Ordinal::new(1).unwrap();
    let paper = PollPaperCounted {
        election_uuid: election_uuid(desk),
        issued: 9,
        replaced: 1,
        helped: 1,
        returned: 9,
        invalid: vec![Ordinal::new(4).unwrap()],
        sealed: [b"1", b"2"].map(|text| (&Digest::of(text)).into()).into(),
        tellers: vec![words("石磊"), words("乔安")],
    };
    let closed = PollClosed {
        election_uuid: election_uuid(desk),
        returned: 3,
        encrypted_tally_hash: (&Digest::of(archive.tally.unwrap().bytes)).into(),
        revoked: Vec::new(),
        voided: Vec::new(),
        spoiled: Vec::new(),
        confirmed_by: BOTH.to_vec(),
    };
    let decrypted = PollPartiallyDecrypted {
        election_uuid: election_uuid(desk),
        trustee,
        partial_decryption_hash: (&Digest::of(partial.text())).into(),
    };
    let result = exact(archive.result.unwrap().bytes);
    let announced = PollAnnounced {
        election_uuid: election_uuid(desk),
        announced_by: named(roster().remove(2)),
        returns: RETURNS,
        partial_decryptions: vec![TrusteePartial {
            trustee,
            partial_decryption: partial,
        }],
        outcome: PollOutcome::Choice {
            decision: outcome(&result),
        },
        result,
    };
    vec![
        paper.into(),
        closed.into(),
        closing(desk).into(),
        decrypted.into(),
        announced.into(),
    ]
}

/// What else can become of a poll: no poll comes to all of these.
fn ended(desk: &TempDir) -> Vec<Body> {
    let drawn = PollLotDrawn {
        election_uuid: election_uuid(desk),
        drawn: vec![shortlist().candidates[0].facts.code.clone()],
        witnesses: vec![words("石磊"), words("乔安")],
        confirmed_by: BOTH.to_vec(),
    };
    let withdrawn = PollWithdrawn {
        election_uuid: election_uuid(desk),
        reason: EndReason::WrongCandidates,
        explanation: words("候选项目“第二实验幼儿园”的资金数有误。"),
        confirmed_by: BOTH.to_vec(),
    };
    let voided = PollVoided {
        election_uuid: election_uuid(desk),
        reason: EndReason::CannotDecrypt,
        explanation: words("两名监票人的设备损坏，无法解密计票。"),
        confirmed_by: BOTH.to_vec(),
    };
    vec![drawn.into(), withdrawn.into(), voided.into()]
}

/// The trustee's closing statement as its device makes it where there is a record: under the record's root.
fn closing(desk: &TempDir) -> PollClosingStated {
    let key: serde_json::Value = serde_json::from_str(&read(desk, "trustee.key")).unwrap();
    let key = SecretKey::<Ed25519>::from_json(key["state"].as_str().unwrap().as_bytes()).unwrap();
    let stated = read(desk, "vote/closings/trustee-1.json");
    let stated = Signed::<Ed25519, Closing>::from_json(stated.as_bytes()).unwrap();
    let under_root = Closing {
        root: Some(Digest::of("the record's root")),
        ..stated.statement().clone()
    };
    let mut rng = ChaCha20Rng::from_seed([7; 32]);
    let signed = Signed::sign(under_root, stated.trustee(), &key.signing_key(), &mut rng);
    PollClosingStated {
        election_uuid: election_uuid(desk),
        closing: exact(signed.to_json().as_bytes()),
    }
}

/// Three deputies of two delegations.
fn roster() -> Vec<RosterDeputy> {
    [
        ("梁秋实", "城关代表团"),
        ("石磊", "城关代表团"),
        ("乔安", "河西代表团"),
    ]
    .into_iter()
    .zip(1..)
    .map(|((name, delegation), number)| RosterDeputy {
        number: Ordinal::new(number).unwrap(),
        name: words(name),
        delegation: words(delegation),
    })
    .collect()
}

fn named(deputy: RosterDeputy) -> NamedDeputy {
    NamedDeputy {
        number: deputy.number,
        name: deputy.name,
    }
}

fn officers() -> Vec<Officer> {
    let roles = [OfficerRole::ChiefScrutineer, OfficerRole::Chair];
    let seats = [0, 2].map(|seat: usize| roster()[seat].clone());
    roles
        .into_iter()
        .zip(seats)
        .map(|(role, deputy)| Officer {
            role,
            name: deputy.name,
            number: Some(deputy.number),
        })
        .collect()
}

fn outcome(result: &Exact) -> decision::Outcome {
    let result: serde_json::Value = serde_json::from_str(result.text()).unwrap();
    let counts: Vec<Vec<u64>> = serde_json::from_value(result["result"].clone()).unwrap();
    assert_eq!(counts, [[2, 1]]);
    decide(&Rule::parse(RULE).unwrap(), RETURNS, &counts, None).unwrap()
}

fn shortlist() -> ShortlistPublished {
    ShortlistPublished::parse(Kind::ShortlistPublished.sample().as_bytes()).unwrap()
}

fn election_uuid(desk: &TempDir) -> ElectionUuid {
    let poll: serde_json::Value = serde_json::from_str(&read(desk, "vote/poll.json")).unwrap();
    let uuid: Uuid = poll["uuid"].as_str().unwrap().parse().unwrap();
    (&uuid).into()
}

fn words(text: &str) -> PublicText {
    PublicText::new(text).unwrap()
}

fn exact(bytes: &[u8]) -> Exact {
    Exact::new(str::from_utf8(bytes).unwrap()).unwrap()
}

fn archive(desk: &TempDir) -> Vec<u8> {
    fs::read(desk.path().join("vote/election.bel")).unwrap()
}

fn read(desk: &TempDir, name: &str) -> String {
    fs::read_to_string(desk.path().join(name)).unwrap()
}

/// Runs `tally` with these words.
fn run(desk: &TempDir, line: &str) {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_tally"));
    let done = Command::new(program)
        .args(line.split(' '))
        .current_dir(desk.path())
        .env("XDG_STATE_HOME", desk.path().join("state"))
        .output()
        .unwrap();
    assert!(
        done.status.success(),
        "{line}\n{}",
        String::from_utf8_lossy(&done.stderr)
    );
}
