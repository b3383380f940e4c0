//! What a receipt says of its ballot once the result is announced, by what everybody may fetch.

use crate::session::testkit::{TestSession, ticks};
use axum::http::StatusCode;
use domain::record::{self, EntryIndex};
use domain::session::DualControlStep;
use serde_json::Value;
use std::io::Cursor;
use tally::bundle::{CountedBallot, NotCounted, verify_receipt};
use tally::record::{Receipt, VerifierKey};
use tally::verify::SILENT;

/// The ways that the page `/verify` goes: from the leaf to the cycle's results, and from there to the bundle.
async fn fetched(session: &TestSession, receipt: &str) -> Option<Vec<u8>> {
    let key: VerifierKey = record::verifier_key(session.app()).unwrap();
    let receipt: Receipt = receipt.parse().unwrap();
    let leaf = receipt.verify(&key, &[], 0).unwrap().header;
    assert_eq!(leaf.kind(), "poll_ballot");
    let cycle = format!("/api/v1/j/{}", leaf.scope());
    let service = &session.service;
    let reply = service.get(&format!("{cycle}/results"), None).await;
    let answer: Value = serde_json::from_str(&reply.body).unwrap();
    let announced = answer["results"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["election_uuid"] == leaf.subject())?;
    let poll = announced["poll"].as_str().unwrap();
    let path = format!("{cycle}/polls/{poll}/bundle");
    let reply = service.get(&path, None).await;
    assert_eq!(reply.status, StatusCode::OK);
    Some(reply.bytes)
}

async fn receipt_of(session: &TestSession, entry: EntryIndex) -> String {
    record::receipt(session.app(), entry).await.unwrap().text
}

fn counted(bundle: &[u8], receipt: &str) -> Result<CountedBallot, NotCounted> {
    verify_receipt(Cursor::new(bundle), receipt, SILENT)
        .unwrap()
        .1
}

#[tokio::test]
async fn a_receipt_finds_its_ballot_among_those_counted_once_the_result_is_announced() {
    let session = TestSession::open().await;
    let cast = session.cast(0, &ticks(&[1, 0, 1, 0])).await;
    let receipt = receipt_of(&session, cast.entry).await;
    session.cast(1, &ticks(&[1, 1, 0, 0])).await;
    session.both(DualControlStep::Close).await;
    session.decrypt_all().await;
    assert_eq!(fetched(&session, &receipt).await, None);
    session.announce().await;
    let mut bundle = fetched(&session, &receipt).await.unwrap();
    let found = counted(&bundle, &receipt).unwrap();
    assert_eq!(found.tracker.to_string(), cast.tracker);
    assert_eq!(
        (found.index, found.replaced_by),
        (cast.entry.position(), None)
    );
    // The close is in the record, too, but it is no ballot.
    let close = EntryIndex::new(cast.entry.position() + 2).unwrap();
    let close = receipt_of(&session, close).await;
    assert!(matches!(
        counted(&bundle, &close),
        Err(NotCounted::NoBallot(_))
    ));
    let line = receipt
        .lines()
        .find(|line| line.starts_with("extra "))
        .unwrap();
    let changed = receipt.replacen(line, &line.replacen("extra e", "extra f", 1), 1);
    assert_ne!(changed, receipt);
    assert!(counted(&bundle, &changed).is_err());
    let middle = bundle.len() / 2;
    bundle[middle] ^= 1;
    assert_eq!(counted(&bundle, &receipt), Err(NotCounted::Bundle));
}
