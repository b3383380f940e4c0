//! Where the rule names a public record, a closing is stated of exactly the record's ballots.

use std::fs;

use ballot::trustee::TrusteeId;
use ballot::{Digest, Uuid};
use tally::archive::Archive;
use tally::record::body::{
    Body, CeremonyMessage, Exact, Kind, Officer, OfficerRole, Ordinal, PollApproved, PollCreated,
    PollRulesAdopted,
};
use tally::record::ceremony::Round;
use tally::record::poll::PollRecord;
use tally::record::{Checkpoint, Note};

use super::common::poll::{POLL, Poll};
use super::common::recorded::{Leaf, Signers, document, leaves, log_key};
use super::desk::Desk;

/// The poll's part of the record at the close, from an archive and the devices' approvals, in `record.json`.
fn record(desk: &Desk, rule: String) -> PollRecord {
    let archive = fs::read(desk.path("vote/election.bel")).unwrap();
    let roll = Archive::read(&archive).unwrap().setup.credentials.to_vec();
    let poll = Poll {
        rule,
        roll: String::from_utf8(roll).unwrap(),
        archive,
        ..POLL.clone()
    };
    let mut all = leaves(&poll);
    all.truncate(1 + place(&all, Kind::PollClosed));
    let at = place(&all, Kind::PollApproved);
    let body = PollApproved::parse(all[at].body.as_bytes()).unwrap();
    let approved = (1..=3).map(|number| {
        let text = fs::read_to_string(desk.path(&format!("vote/approvals/trustee-{number}.json")));
        let approval = Exact::new(text.unwrap()).unwrap();
        let election_uuid = body.election_uuid.clone();
        Leaf::from(Body::from(PollApproved {
            election_uuid,
            approval,
        }))
    });
    let approved: Vec<Leaf> = approved.collect();
    all.splice(at..=at, approved);
    let at = place(&all, Kind::PollRulesAdopted);
    let of_three = adopted_for_three(&all);
    all.splice(at..=at, std::iter::once(of_three).chain(ceremony(desk)));
    let record = document(&all, &Signers::default());
    fs::write(
        desk.path("record.json"),
        serde_json::to_vec(&record).unwrap(),
    )
    .unwrap();
    record
}

/// The adoption with three scrutineers, of whom two open the count.
fn adopted_for_three(all: &[Leaf]) -> Leaf {
    let body = |kind| all[place(all, kind)].body.as_bytes();
    let created = PollCreated::parse(body(Kind::PollCreated)).unwrap();
    let mut adopted = PollRulesAdopted::parse(body(Kind::PollRulesAdopted)).unwrap();
    let more = created.roster[2..4].iter().map(|deputy| Officer {
        role: OfficerRole::Scrutineer,
        name: deputy.name.clone(),
        number: Some(deputy.number),
    });
    adopted.officers.splice(1..1, more);
    adopted.threshold = Ordinal::new(2).unwrap();
    Leaf::from(Body::from(adopted))
}

/// The trustees' messages, round by round.
fn ceremony(desk: &Desk) -> Vec<Leaf> {
    let uuid: Uuid = desk.json("vote/poll.json")["uuid"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    let rounds = [
        Round::Certificate,
        Round::Commitment,
        Round::Polynomial,
        Round::Acknowledgement,
    ];
    let message = |round: Round, number: u32| {
        let file = desk.path(&format!("vote/ceremony/{round}-{number}.json"));
        let text = Exact::new(fs::read_to_string(file).unwrap()).unwrap();
        let (attempt, trustee) = (Ordinal::new(1).unwrap(), TrusteeId::new(number).unwrap());
        let body = CeremonyMessage::new(&uuid, attempt, round, trustee, text);
        Leaf::from(Body::from(body))
    };
    rounds
        .into_iter()
        .flat_map(|round| (1..=3).map(move |number| (round, number)))
        .map(|(round, number)| message(round, number))
        .collect()
}

fn place(leaves: &[Leaf], kind: Kind) -> usize {
    leaves
        .iter()
        .position(|leaf| leaf.kind == kind.name())
        .unwrap()
}

#[test]
fn where_the_rule_names_a_record_a_closing_is_of_its_ballots() {
    let desk = Desk::new();
    let rule = fs::read_to_string(desk.path("rule.toml")).unwrap();
    let rule = format!("{rule}\n[record]\nlog = \"{}\"\n", log_key());
    fs::write(desk.path("rule.toml"), &rule).unwrap();
    desk.with_key();
    desk.draw_cards();
    desk.must("tally election open vote");
    for number in 1..=3 {
        desk.must(&format!(
            "tally election approve vote --key trustee-{number}.key"
        ));
    }
    desk.vote(1, "1");
    desk.must("cp -r vote less");
    desk.vote(2, "1,2");
    for folder in ["vote", "less"] {
        desk.must(&format!("tally election close {folder} --no-paper"));
    }
    let attest = "tally election attest vote --ballots 2 --key";
    let silent = desk.run(&format!("{attest} trustee-1.key"));
    assert_eq!(silent.code, 2);
    assert!(
        silent.error.contains("give it by --record"),
        "{}",
        silent.error
    );
    let record = record(&desk, rule);
    desk.refused(
        "tally election attest less --ballots 1 --key trustee-1.key --record record.json",
        "1 ballots of the record are not in the box",
    );
    assert!(!desk.path("trustee-1.key.closing.json").exists());
    for number in 1..=3 {
        let said = desk.must(&format!(
            "{attest} trustee-{number}.key --record record.json"
        ));
        assert!(
            said.contains("the ballots are those in the record"),
            "{said}"
        );
    }
    let note = Note::parse(&record.checkpoint).unwrap();
    let root = Checkpoint::parse(note.text()).unwrap().root;
    let root = Digest::from_bytes(*root.as_bytes()).to_string();
    assert_eq!(
        desk.json("vote/closings/trustee-1.json")["statement"]["root"],
        root
    );
    // What was stated is what is decrypted, and is said again without the record.
    desk.must(&format!("{attest} trustee-1.key"));
    desk.must("tally election decrypt vote --key trustee-1.key");
}

#[test]
fn a_record_that_the_rule_does_not_name_is_nothing_to_compare_with() {
    let desk = Desk::closed();
    desk.must("echo '{}' > record.json");
    desk.says(
        "tally election attest vote --key trustee-1.key --ballots 3 --record record.json",
        2,
        "record.json: the rule names no public record to compare with",
    );
}
