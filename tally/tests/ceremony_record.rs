//! A round of the key ceremony against the record: from one that agrees, one thing is broken at a time.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests fail as tests do"
)]

#[path = "common/log.rs"]
mod log;

use ballot::Uuid;
use ballot::trustee::TrusteeId;
use log::Log;
use tally::record::body::{CeremonyMessage, Exact, Ordinal};
use tally::record::ceremony::{
    Ceremony, CeremonyRecordError, Fault, KIND, RecordedRound, Round, Served,
};
use tally::record::leaf::LeafError;
use tally::record::note::NoteError;
use tally::record::receipt::ReceiptError;
use tally::record::tree::TreeError;

const POLL: &str = "Minsheng111111";
const OTHER: &str = "Minsheng222222";

fn body(poll: &str, round: Round, trustee: u32) -> Vec<u8> {
    body_of(poll, 1, round, trustee)
}

fn body_of(poll: &str, attempt: u32, round: Round, trustee: u32) -> Vec<u8> {
    let message = format!("{{\"{round}\":{trustee}}}");
    let trustee = TrusteeId::new(trustee).unwrap();
    let message = Exact::new(message).unwrap();
    let body = CeremonyMessage::new(
        &poll.parse().unwrap(),
        Ordinal::new(attempt.into()).unwrap(),
        round,
        trustee,
        message,
    );
    body.to_json().into_bytes()
}

fn messages(round: Round) -> Vec<String> {
    (1..=3).map(|n| format!("{{\"{round}\":{n}}}")).collect()
}

/// The commitments of three trustees between other leaves.
fn commitments() -> Log {
    let mut log = Log::new("example.org/record", 1);
    log.add("opened", "-", b"something else");
    for trustee in 1..=3 {
        log.add(KIND, POLL, &body(POLL, Round::Commitment, trustee));
    }
    log.add("closed", "-", b"something else");
    log
}

/// What is served for the leaves at these places, as a device checks it.
fn check_by(
    key: &Log,
    log: &Log,
    round: Round,
    places: &[u64],
) -> Result<RecordedRound, CeremonyRecordError> {
    check_served(
        key,
        round,
        &places.iter().map(|at| log.served(*at)).collect::<Vec<_>>(),
    )
}

fn check_served(
    key: &Log,
    round: Round,
    served: &[(String, Vec<u8>)],
) -> Result<RecordedRound, CeremonyRecordError> {
    let poll: Uuid = POLL.parse().unwrap();
    let served: Vec<_> = served
        .iter()
        .map(|(receipt, document)| Served { receipt, document })
        .collect();
    Ceremony {
        log: key.key(),
        witnesses: &[],
        required: 0,
        poll: &poll,
        attempt: 1,
        trustees: 3,
    }
    .round(round, &served)
}

fn check(log: &Log, places: &[u64]) -> Result<RecordedRound, CeremonyRecordError> {
    check_by(log, log, Round::Commitment, places)
}

fn wrong(round: Round, trustee: u32, fault: Fault) -> CeremonyRecordError {
    CeremonyRecordError {
        round,
        trustee,
        fault,
    }
}

/// Trustee 2's message is refused for this.
fn second(fault: Fault) -> CeremonyRecordError {
    wrong(Round::Commitment, 2, fault)
}

/// The commitments, and another leaf as that of trustee 2.
fn with_second(
    kind: &str,
    subject: &str,
    body: &[u8],
) -> Result<RecordedRound, CeremonyRecordError> {
    let mut log = commitments();
    log.add(kind, subject, body);
    check(&log, &[1, 5, 3])
}

#[test]
fn the_body_is_frozen() {
    let body = body(POLL, Round::Commitment, 2);
    assert_eq!(
        String::from_utf8(body.clone()).unwrap(),
        r#"{"election_uuid":"Minsheng111111","attempt":1,"round":"commitment","trustee":2,"message":{"2-commitment":2}}"#
    );
    assert_eq!(
        CeremonyMessage::parse(&body).unwrap().message.text(),
        "{\"2-commitment\":2}"
    );
    for (round, name) in [
        (Round::Key, "key"),
        (Round::Certificate, "certificate"),
        (Round::Commitment, "commitment"),
        (Round::Polynomial, "polynomial"),
        (Round::Acknowledgement, "acknowledgement"),
    ] {
        assert_eq!(serde_json::to_value(round).unwrap(), name);
    }
}

#[test]
fn a_round_in_the_record_gives_its_messages_and_where_they_stand() {
    let log = commitments();
    let recorded = check(&log, &[1, 2, 3]).unwrap();
    let places: Vec<_> = recorded.messages().iter().map(|m| m.index).collect();
    assert_eq!((places, log.size()), (vec![1, 2, 3], 5));
    assert_eq!(recorded.round(), Round::Commitment);
    assert_eq!(recorded.holds(&messages(Round::Commitment)), Ok(()));
}

#[test]
fn another_message_than_the_recorded_one_names_its_trustee() {
    let recorded = check(&commitments(), &[1, 2, 3]).unwrap();
    let mut handed = messages(Round::Commitment);
    handed[1].push(' ');
    assert_eq!(recorded.holds(&handed), Err(second(Fault::Message)));
    handed = messages(Round::Commitment);
    handed.push("{}".to_owned());
    assert_eq!(
        recorded.holds(&handed),
        Err(wrong(Round::Commitment, 4, Fault::Surplus))
    );
    assert_eq!(recorded.holds(&handed[..1]), Err(second(Fault::Missing)));
}

#[test]
fn a_message_of_another_round_trustee_poll_or_kind_is_refused() {
    let good = body(POLL, Round::Commitment, 2);
    let spaced = [&good[..], b" "].concat();
    let form = |body: &[u8]| Fault::Form(CeremonyMessage::parse(body).unwrap_err());
    for (kind, subject, body, fault) in [
        (
            KIND,
            POLL,
            body(POLL, Round::Polynomial, 2),
            Fault::Round(Round::Polynomial),
        ),
        (
            KIND,
            POLL,
            body(POLL, Round::Commitment, 3),
            Fault::Trustee(3),
        ),
        (
            KIND,
            POLL,
            body(OTHER, Round::Commitment, 2),
            Fault::Poll(OTHER.into()),
        ),
        (KIND, OTHER, good.clone(), Fault::Subject(OTHER.into())),
        ("ballot", POLL, good.clone(), Fault::Kind("ballot".into())),
        (KIND, POLL, spaced.clone(), form(&spaced)),
        (KIND, POLL, b"{}".to_vec(), form(b"{}")),
    ] {
        assert_eq!(with_second(kind, subject, &body), Err(second(fault)));
    }
    assert!(with_second(KIND, POLL, &good).is_ok());
}

#[test]
fn one_answer_for_each_trustee() {
    let log = commitments();
    assert_eq!(check(&log, &[1]), Err(second(Fault::Missing)));
    assert_eq!(
        check(&log, &[1, 2, 3, 3]),
        Err(wrong(Round::Commitment, 4, Fault::Surplus))
    );
}

#[test]
fn another_logs_key_is_refused() {
    let name = "example.org/record".to_owned();
    assert_eq!(
        check_by(
            &Log::new(&name, 2),
            &commitments(),
            Round::Commitment,
            &[1, 2, 3]
        ),
        Err(wrong(
            Round::Commitment,
            1,
            Fault::Receipt(ReceiptError::Signature(NoteError::Unsigned(name)))
        ))
    );
}

#[test]
fn cosignatures_that_are_required_and_not_there_are_missed() {
    let (log, poll) = (commitments(), POLL.parse().unwrap());
    let (receipt, document) = log.served(1);
    let asked = Ceremony {
        log: log.key(),
        witnesses: &[],
        required: 1,
        poll: &poll,
        attempt: 1,
        trustees: 1,
    };
    let served = Served {
        receipt: &receipt,
        document: &document,
    };
    let error = asked.round(Round::Commitment, &[served]).unwrap_err();
    let few = NoteError::TooFewWitnesses {
        required: 1,
        found: 0,
    };
    assert_eq!(error.fault, Fault::Receipt(ReceiptError::Signature(few)));
    assert_eq!(error.fault.code(), "witnesses");
}

#[test]
fn a_body_or_a_receipt_of_another_leaf_is_refused() {
    let log = commitments();
    let good: Vec<_> = (1..=3).map(|at| log.served(at)).collect();
    let mut broken = good.clone();
    broken[1].1 = good[2].1.clone();
    let refused = |served: &[_]| check_served(&log, Round::Commitment, served).unwrap_err();
    assert_eq!(refused(&broken), second(Fault::Body(LeafError::OtherBody)));
    broken = good.clone();
    broken[1].0 = good[2].0.clone();
    assert_eq!(refused(&broken), second(Fault::Body(LeafError::OtherBody)));
    // The leaf of trustee 2 with the place of another.
    broken = good.clone();
    broken[1].0 = good[1].0.replace("\nindex 2\n", "\nindex 3\n");
    let other_root = Fault::Receipt(ReceiptError::Inclusion(TreeError::OtherRoot));
    assert_eq!(other_root.code(), "inclusion-proof");
    assert_eq!(refused(&broken), second(other_root));
    broken[1].0 = "c2sp.org/tlog-proof@v1\n".to_owned();
    assert_eq!(
        refused(&broken),
        second(Fault::Receipt(ReceiptError::Malformed))
    );
}

#[test]
fn two_trees_of_one_log_are_a_fork() {
    let (log, mut other) = (commitments(), Log::new("example.org/record", 1));
    for trustee in [1, 3, 2] {
        other.add(KIND, POLL, &body(POLL, Round::Commitment, trustee));
    }
    // Another size, the same place for two leaves.
    let served = [log.served(1), other.served(2), log.served(3)];
    assert!(check_served(&log, Round::Commitment, &served).is_ok());
    let served = [log.served(1), log.served(2), other.served(1)];
    assert_eq!(
        check_served(&log, Round::Commitment, &served),
        Err(wrong(Round::Commitment, 3, Fault::Fork))
    );
    // The same size, another root.
    other.add("opened", "-", b"");
    other.add("closed", "-", b"");
    let served = [log.served(1), other.served(2), log.served(3)];
    assert_eq!(
        check_served(&log, Round::Commitment, &served),
        Err(second(Fault::Fork))
    );
}

#[test]
fn a_polynomial_recorded_before_the_last_commitment_is_out_of_order() {
    let mut log = Log::new("example.org/record", 1);
    let add = |log: &mut Log, round, trustee| log.add(KIND, POLL, &body(POLL, round, trustee));
    for trustee in 1..=2 {
        add(&mut log, Round::Commitment, trustee);
    }
    add(&mut log, Round::Polynomial, 2);
    add(&mut log, Round::Commitment, 3);
    for trustee in 1..=3 {
        add(&mut log, Round::Polynomial, trustee);
    }
    let commitments = check(&log, &[0, 1, 3]).unwrap();
    let polynomials = |places| check_by(&log, &log, Round::Polynomial, places).unwrap();
    assert_eq!(polynomials(&[4, 5, 6]).follows(&commitments), Ok(()));
    let early = wrong(
        Round::Polynomial,
        2,
        Fault::Order {
            round: Round::Commitment,
            trustee: 3,
        },
    );
    assert_eq!(
        early.to_string(),
        "3-polynomial of trustee 2: it stands in the record before the 2-commitment of trustee 3"
    );
    assert_eq!(polynomials(&[4, 2, 6]).follows(&commitments), Err(early));
    // The same places in a tree that contradicts the commitments'.
    let mut other = Log::new("example.org/record", 1);
    (0..4).for_each(|_| other.add("opened", "-", b""));
    (1..=3).for_each(|trustee| add(&mut other, Round::Polynomial, trustee));
    let elsewhere = check_by(&other, &other, Round::Polynomial, &[4, 5, 6]).unwrap();
    assert_eq!(
        elsewhere.follows(&commitments),
        Err(wrong(Round::Polynomial, 1, Fault::Fork))
    );
}
