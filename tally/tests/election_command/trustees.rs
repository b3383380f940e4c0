//! The trustees' rounds, and what becomes of messages that are not what they should be.

use std::fs;

use ballot::trustee::TrusteeId;
use ballot::trustee::ceremony::Revealed;
use ballot::{Belenios2048, Ed25519, Group, Wire as _};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;
use tally::record::body::{CeremonyMessage, Exact, Ordinal};
use tally::record::ceremony::{KIND, Round};
use tally::record::note::KeyKind;

use super::desk::Desk;
use super::log::{Log, signer};

#[test]
fn a_trustee_that_reveals_something_else_is_named_and_a_round_too_early_says_what_to_wait_for() {
    let desk = Desk::new();
    desk.must(
        "tally election setup vote --rule rule.toml --labels labels.txt --trustees 3 --threshold 2",
    );
    for number in 1..=2 {
        desk.must(&format!(
            "tally election trustee join vote --number {number} --key trustee-{number}.key"
        ));
    }
    let early = desk.run("tally election trustee commit vote --key trustee-1.key");
    assert_eq!(early.code, 2);
    assert!(
        early
            .error
            .contains("wait until trustee 3 has done `tally election trustee join`"),
        "{}",
        early.error
    );
    desk.refused(
        "tally election trustee join vote --number 2 --key late.key",
        "trustee 2 has joined already",
    );
    assert!(!desk.path("late.key").exists());
    desk.must("tally election trustee join vote --number 3 --key trustee-3.key");
    let skipped = desk.run("tally election trustee reveal vote --key trustee-1.key");
    assert!(
        skipped.error.contains("`tally election trustee commit`"),
        "{}",
        skipped.error
    );
    desk.round("commit");
    desk.round("reveal");
    // Two reveals change places on their way.
    let (second, third) = (
        "vote/ceremony/3-polynomial-2.json",
        "vote/ceremony/3-polynomial-3.json",
    );
    fs::copy(desk.path(third), desk.path(second)).unwrap();
    desk.refused(
        "tally election trustee acknowledge vote --key trustee-1.key",
        "the polynomial of trustee 2: it is not what its trustee has committed to",
    );
}

/// Appends a round as it lies in the folder to the record, and fetches what the record serves for it.
fn recorded(desk: &Desk, log: &mut Log, round: Round, order: &[u32]) {
    let poll = desk.json("vote/poll.json")["uuid"]
        .as_str()
        .unwrap()
        .parse();
    let poll = poll.unwrap();
    fs::create_dir_all(desk.path("served")).unwrap();
    for number in order {
        let message = desk.path(&format!("vote/ceremony/{round}-{number}.json"));
        let message = fs::read_to_string(message).unwrap();
        let trustee = TrusteeId::new(*number).unwrap();
        let message = Exact::new(message).unwrap();
        let first = Ordinal::new(1).unwrap();
        let body = CeremonyMessage::new(&poll, first, round, trustee, message).to_json();
        log.add(KIND, &poll.to_string(), body.as_bytes());
        let (receipt, document) = log.served(log.size() - 1);
        fs::write(
            desk.path(&format!("served/{round}-{number}.receipt")),
            receipt,
        )
        .unwrap();
        fs::write(
            desk.path(&format!("served/{round}-{number}.body")),
            document,
        )
        .unwrap();
    }
}

#[test]
fn a_device_goes_on_only_with_the_messages_that_stand_in_the_record() {
    let desk = Desk::new();
    desk.must(
        "tally election setup vote --rule rule.toml --labels labels.txt --trustees 2 --threshold 2",
    );
    let mut log = Log::new("example.org/record", 1);
    let step = |log: &Log, step: &str, number: u32| {
        format!(
            "tally election trustee {step} vote --key trustee-{number}.key --record served --log '{}'",
            log.key()
        )
    };
    for number in 1..=2 {
        desk.must(&format!(
            "tally election trustee join vote --number {number} --key trustee-{number}.key"
        ));
    }
    let early = desk.run(&step(&log, "commit", 1));
    assert_eq!(early.code, 2);
    assert!(
        early.error.contains("fetch the 1-certificate of trustee 1"),
        "{}",
        early.error
    );
    for (name, round) in [
        ("commit", Round::Certificate),
        ("reveal", Round::Commitment),
    ] {
        recorded(&desk, &mut log, round, &[2, 1]);
        desk.must(&step(&log, name, 2));
        if round == Round::Certificate {
            desk.must(&step(&log, name, 1));
        }
    }
    // On its way to trustee 1 a commitment is replaced.
    let file = desk.path("vote/ceremony/2-commitment-2.json");
    let commitment = fs::read(&file).unwrap();
    fs::write(&file, [&commitment[..], b"\n"].concat()).unwrap();
    let key = fs::read(desk.path("trustee-1.key")).unwrap();
    desk.refused(
        &step(&log, "reveal", 1),
        "2-commitment of trustee 2: it is not the one that stands in the record",
    );
    assert_eq!(fs::read(desk.path("trustee-1.key")).unwrap(), key);
    assert!(!desk.path("vote/ceremony/3-polynomial-1.json").exists());
    fs::write(&file, commitment).unwrap();
    desk.refused(
        &step(&Log::new("example.org/record", 2), "reveal", 1),
        "1-certificate of trustee 1: its receipt does not hold: checkpoint: no signature of",
    );
    desk.must(&step(&log, "reveal", 1));
    recorded(&desk, &mut log, Round::Polynomial, &[1, 2]);
    // A commitment that was recorded once more, after the polynomials.
    recorded(&desk, &mut log, Round::Commitment, &[2]);
    desk.refused(
        &step(&log, "acknowledge", 1),
        "3-polynomial of trustee 1: it stands in the record before the 2-commitment of trustee 2",
    );
    recorded(&desk, &mut log, Round::Polynomial, &[1, 2]);
    for number in 1..=2 {
        desk.must(&step(&log, "acknowledge", number));
    }
    recorded(&desk, &mut log, Round::Acknowledgement, &[1, 2]);
    for number in 1..=2 {
        desk.must(&step(&log, "finish", number));
    }
    let alone = desk.run("tally election trustee finish vote --key trustee-1.key --record served");
    assert_eq!(alone.code, 2);
}

#[test]
fn keys_made_alone_are_compared_with_the_record_and_its_witnesses() {
    let desk = Desk::new();
    desk.must("tally election setup vote --rule rule.toml --labels labels.txt --trustees 2");
    for number in 1..=2 {
        desk.must(&format!(
            "tally election trustee join vote --number {number} --key trustee-{number}.key"
        ));
    }
    let mut log = Log::new("example.org/record", 1);
    recorded(&desk, &mut log, Round::Key, &[1, 2]);
    let finish = format!(
        "tally election trustee finish vote --key trustee-1.key --record served --log '{}'",
        log.key()
    );
    let (_, witness) = signer("scrutineer", KeyKind::Witness, 3);
    fs::write(desk.path("witnesses.txt"), format!("{witness}\n")).unwrap();
    let witnessed = format!("{finish} --witnesses witnesses.txt --required 1");
    desk.refused(&witnessed, "0 of the 1 cosignatures that are required");
    fs::write(
        desk.path("witnesses.txt"),
        format!("{witness}\n{witness}\n"),
    )
    .unwrap();
    let twice = desk.run(&witnessed);
    assert_eq!(twice.code, 2);
    assert!(
        twice.error.contains("`scrutineer` stands twice"),
        "{}",
        twice.error
    );
    let second = desk.path("vote/ceremony/key-2.json");
    let key = fs::read(&second).unwrap();
    fs::copy(desk.path("vote/ceremony/key-1.json"), &second).unwrap();
    desk.refused(&finish, "key of trustee 2: it is not the one that stands");
    fs::write(&second, key).unwrap();
    desk.must(&finish);
}

#[test]
fn a_complaint_of_a_good_share_blames_its_maker() {
    complaint_of_a_good_share::<Ed25519>();
}

#[test]
fn a_complaint_of_a_good_share_blames_its_maker_in_the_older_group() {
    complaint_of_a_good_share::<Belenios2048>();
}

fn complaint_of_a_good_share<G: Group>() {
    let desk = Desk::new();
    desk.must(&format!(
        "tally election setup vote --rule rule.toml --labels labels.txt --trustees 3 --threshold 2 --group {}",
        G::NAME
    ));
    for number in 1..=3 {
        desk.must(&format!(
            "tally election trustee join vote --number {number} --key trustee-{number}.key"
        ));
    }
    desk.round("commit");
    desk.round("reveal");
    let polynomials: Vec<String> = (1..=3)
        .map(|n| {
            fs::read_to_string(desk.path(&format!("vote/ceremony/3-polynomial-{n}.json"))).unwrap()
        })
        .collect();
    let key = desk.json("trustee-1.key");
    let device = Revealed::<G>::from_json(key["state"].as_str().unwrap().as_bytes()).unwrap();
    let against = TrusteeId::new(2).unwrap();
    let mut rng = ChaCha20Rng::from_seed([1; 32]);
    let complaint = device.complain(&polynomials, against, &mut rng).unwrap();
    fs::write(desk.path("complaint.json"), complaint.to_json()).unwrap();
    let verdict = desk.must("tally election trustee judge vote complaint.json");
    assert!(
        verdict.starts_with("trustee 1 is to blame: it has complained of a good share\n"),
        "{verdict}"
    );
    let forged = complaint
        .to_json()
        .replace("\"against\":2", "\"against\":3");
    fs::write(desk.path("complaint.json"), forged).unwrap();
    desk.refused(
        "tally election trustee judge vote complaint.json",
        "the proof of what it reveals does not hold",
    );
}

#[test]
fn a_lost_key_file_is_made_again_from_the_passphrase() {
    let desk = Desk::new();
    desk.must(
        "tally election setup vote --rule rule.toml --labels labels.txt --trustees 2 --threshold 2",
    );
    let said = desk
        .must("tally election trustee join vote --number 1 --key trustee-1.key --show-passphrase");
    desk.must("tally election trustee join vote --number 2 --key trustee-2.key");
    let passphrase = said
        .lines()
        .next()
        .unwrap()
        .strip_prefix("passphrase ")
        .unwrap();
    for round in ["commit", "reveal", "acknowledge", "finish"] {
        for number in 1..=2 {
            desk.must(&format!(
                "tally election trustee {round} vote --key trustee-{number}.key"
            ));
        }
    }
    desk.must(&format!(
        "echo {passphrase} | tally election trustee recover vote --number 1 --key again.key"
    ));
    // But for the trustees of the ceremony, which only a device that went through it knows.
    let mut lost = desk.json("trustee-1.key");
    assert!(lost.as_object_mut().unwrap().remove("trustees").is_some());
    assert_eq!(desk.json("again.key"), lost);
    assert_eq!(desk.mode("again.key"), 0o600);
    desk.refused(
        &format!(
            "echo {passphrase} | tally election trustee recover vote --number 2 --key other.key"
        ),
        "its keys are not those of this seed",
    );
}

#[test]
fn trustees_who_all_are_needed_make_their_keys_alone() {
    let desk = Desk::new();
    desk.must("tally election setup vote --rule rule.toml --labels labels.txt --trustees 2");
    desk.must("tally election credentials vote --count 6 --cards cards.html --paper paper.txt");
    for number in 1..=2 {
        desk.must(&format!(
            "tally election trustee join vote --number {number} --key trustee-{number}.key"
        ));
    }
    for number in 1..=2 {
        desk.must(&format!(
            "tally election trustee finish vote --key trustee-{number}.key"
        ));
    }
    desk.draw_cards();
    desk.must("tally election open vote");
    desk.must("tally election ballot seal vote --credential card-4.txt --choose 3 --out mine");
    desk.must("tally election cast vote mine");
    desk.must("tally election close vote --no-paper");
    desk.attest("vote", &[1, 2]);
    desk.must("tally election decrypt vote --key trustee-2.key");
    desk.refused("tally election result vote", "1 are needed and 0 are there");
    desk.must("tally election decrypt vote --key trustee-1.key");
    desk.must("tally election result vote");
    assert!(
        desk.must("tally verify vote/election.bel")
            .ends_with("\nverified\n")
    );
}
