//! A ballot has one encoding: the independent tool's, and nothing beside it.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test's helpers may fail loudly, too"
)]

mod support;

use ballot::wire::WireFault;
use ballot::{Ballot, Ed25519, Wire};

fn ballot() -> String {
    String::from_utf8(support::ballot_bytes(1)).unwrap()
}

#[test]
fn only_the_one_encoding_of_a_ballot_is_read() {
    let json = ballot();
    let read = |text: &str| Ballot::<Ed25519>::from_json(text.as_bytes()).unwrap_err();
    assert_eq!(read(&format!("{json}\n")).fault, WireFault::Trailing);
    assert_eq!(read(&format!("{json}{json}")).fault, WireFault::Trailing);
    for text in [format!(" {json}"), String::new()] {
        let error = read(&text);
        assert_eq!((error.offset, error.fault), (0, WireFault::Expected("{")));
    }
    let reordered = json
        .replacen("\"election_uuid\":\"4w6XtatTw6kgAw\",", "", 1)
        .replacen(
            ",\"signature\"",
            ",\"election_uuid\":\"4w6XtatTw6kgAw\",\"signature\"",
            1,
        );
    assert_eq!(
        read(&reordered).fault,
        WireFault::MissingMember("election_uuid")
    );
    let repeated = json.replacen(
        "\"election_uuid\":\"4w6XtatTw6kgAw\",",
        "\"election_uuid\":\"4w6XtatTw6kgAw\",\"election_uuid\":\"4w6XtatTw6kgAw\",",
        1,
    );
    assert_eq!(
        read(&repeated).fault,
        WireFault::MissingMember("election_hash")
    );
    let null = json.replacen(",\"signature\"", ",\"blank_proof\":null,\"signature\"", 1);
    assert_eq!(read(&null).fault, WireFault::MissingMember("signature"));
    let escaped = json.replacen("4w6XtatTw6kgAw", "4w6XtatTw6kgA\\u0077", 1);
    assert_eq!(read(&escaped).fault, WireFault::StringEncoding);
    let mut not_text = json.clone().into_bytes();
    not_text[20] = 0xff;
    let error = Ballot::<Ed25519>::from_json(&not_text).unwrap_err();
    assert_eq!(error.fault, WireFault::NotUtf8);
    assert_eq!(error.offset, 20);
}
