//! The bodies of the record: each kind is read in its one form and in no other, and says what it is about.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests fail as tests do"
)]

use std::collections::BTreeSet;

use ballot::trustee::Trustees;
use ballot::{Ballot, BoundDecryption, Digest, Ed25519, Election, Wire as _};
use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};
use serde_json::{Map, Value};
use tally::decision::{Outcome, decide};
use tally::record::body::{
    Body, BodyError, BodyFault, CandidateFacts, Code, Exact, Kind, OpenError, PollAnnounced,
    PollBallot, PollClosed, PollFrozen, PollOutcome, PollPartiallyDecrypted, PollRulesAdopted,
    Sha256Hex, ShortlistPublished, Subject, facts_sha256,
};
use tally::record::leaf::{Salt, body_document};
use tally::record::{LeafHeader, body_hash};
use tally::rules::Rule;

fn sample(kind: Kind) -> Body {
    Body::parse(kind, kind.sample().as_bytes()).unwrap_or_else(|error| panic!("{error}"))
}

macro_rules! sample {
    ($kind:ident) => {
        match sample(Kind::$kind) {
            Body::$kind(body) => body,
            other => panic!("{other:?}"),
        }
    };
}

fn refused(kind: Kind, text: &str) -> BodyError {
    match Body::parse(kind, text.as_bytes()) {
        Err(error) => {
            assert_eq!(error.kind, kind);
            error
        }
        Ok(read) => panic!("{text} is read as {read:?}"),
    }
}

/// Kinds whose fields are ours; a ballot's are Belenios'.
fn with_fields() -> impl Iterator<Item = (Kind, Map<String, Value>)> {
    let kinds = Kind::ALL.iter().filter(|kind| **kind != Kind::PollBallot);
    kinds.map(|kind| (*kind, serde_json::from_str(kind.sample()).unwrap()))
}

fn text(fields: &Map<String, Value>) -> String {
    serde_json::to_string(fields).unwrap()
}

#[test]
fn every_kind_is_read_and_written_as_the_same_bytes() {
    let names: BTreeSet<_> = Kind::ALL.iter().map(|kind| kind.name()).collect();
    assert_eq!(names.len(), Kind::ALL.len());
    for &kind in Kind::ALL {
        let body = sample(kind);
        assert_eq!(body.kind(), kind);
        assert_eq!(body.to_json(), kind.sample());
        assert_eq!(Kind::find(kind.name()), Some(kind));
    }
    assert_eq!(Kind::find("poll-created"), None);
}

#[test]
fn a_body_with_an_unknown_field_is_refused_with_its_name() {
    for (kind, mut fields) in with_fields() {
        fields.insert("proposer".to_owned(), "李".into());
        let error = refused(kind, &text(&fields));
        assert_eq!(error.field, "proposer", "{error}");
        assert!(matches!(error.fault, BodyFault::Unreadable(_)), "{error}");
    }
}

#[test]
fn a_body_without_a_field_is_refused_with_its_name_or_leaves_out_what_may_be() {
    let mut left_out = BTreeSet::new();
    for (kind, fields) in with_fields() {
        for name in fields.keys() {
            let mut without = fields.clone();
            without.shift_remove(name);
            let text = text(&without);
            match Body::parse(kind, text.as_bytes()) {
                Ok(read) => {
                    left_out.insert(format!("{kind}.{name}"));
                    assert_eq!(read.to_json(), text);
                }
                Err(error) => assert_eq!(&error.field, name, "{error}"),
            }
        }
    }
    let optional = [
        "cluster_assigned.former_unit",
        "evaluation_verdict.verdict",
        "poll_created.facts_sha256",
        "project_reported.explanation",
        "project_reported.reason",
        "proposal_accepted.budget_fen",
        "proposal_accepted.district",
        "proposal_accepted.place",
        "screening_decided.explanation",
    ];
    assert!(left_out.iter().eq(optional), "{left_out:?}");
}

#[test]
fn a_field_without_a_name_is_refused_as_one_of_the_whole() {
    let text = r#"{"":12,"proposal":121,"cluster":12}"#;
    assert_eq!(refused(Kind::ProposalSplit, text).field, ".");
}

#[test]
fn a_missing_value_is_left_out_and_never_null() {
    let mut fields: Map<_, _> = serde_json::from_str(Kind::ProposalAccepted.sample()).unwrap();
    fields["district"] = Value::Null;
    let error = refused(Kind::ProposalAccepted, &text(&fields));
    assert_eq!(
        (error.field.as_str(), error.fault),
        ("place", BodyFault::OtherForm)
    );
}

#[test]
fn fields_in_another_order_are_refused_with_the_first_that_is_out_of_place() {
    for (kind, fields) in with_fields().filter(|(_, fields)| fields.len() > 1) {
        let reversed: Map<_, _> = fields.clone().into_iter().rev().collect();
        let error = refused(kind, &text(&reversed));
        let first = fields.keys().next().unwrap();
        assert_eq!((&error.field, &error.fault), (first, &BodyFault::OtherForm));
    }
}

#[test]
fn white_space_is_refused_with_the_field_before_which_it_stands() {
    for (kind, fields) in with_fields() {
        for name in fields.keys() {
            let quoted = format!("\"{name}\":");
            let spaced = kind.sample().replacen(&quoted, &format!(" {quoted}"), 1);
            let error = refused(kind, &spaced);
            assert_eq!(
                error,
                BodyError {
                    kind,
                    field: name.clone(),
                    fault: BodyFault::OtherForm
                }
            );
        }
    }
    for text in [" {}", "{} ", "", "[]", "3", "null"] {
        for &kind in Kind::ALL {
            refused(kind, text);
        }
    }
}

#[test]
fn a_field_twice_or_escaped_otherwise_is_refused() {
    let text = Kind::ProjectDelivered.sample();
    let twice = text.replacen('{', r#"{"code":"QH26-01","#, 1);
    assert!(
        refused(Kind::ProjectDelivered, &twice)
            .to_string()
            .contains("duplicate field `code`")
    );
    let escaped = text.replacen("QH26", "\\u0051H26", 1);
    let error = refused(Kind::ProjectDelivered, &escaped);
    assert_eq!(
        (error.field.as_str(), error.fault),
        ("code", BodyFault::OtherForm)
    );
}

#[test]
fn a_value_out_of_its_bounds_is_refused_with_its_path() {
    for (kind, from, to, field) in [
        (
            Kind::ProjectReported,
            "\"percent\":42",
            "\"percent\":101",
            "percent",
        ),
        (Kind::ProjectReported, "2026-05", "2026-13", "month"),
        (
            Kind::ProjectReported,
            "2026-06-02",
            "2026-06-31",
            "reported_on",
        ),
        (
            Kind::ProjectReported,
            "\"spent_fen\":2150000000",
            "\"spent_fen\":1.5",
            "spent_fen",
        ),
        (
            Kind::ProposalAccepted,
            "\"number\":118",
            "\"number\":0",
            "number",
        ),
        (
            Kind::ProposalAccepted,
            "河西镇",
            "\\u202e河西镇",
            "district",
        ),
        (Kind::ProposalAccepted, "通村公路拓宽", "", "title"),
        (Kind::PollCreated, "QH26-02", "QH 02", "items[1].code"),
        (Kind::PollCreated, "\"main\"", "\"Main\"", "kind"),
        (Kind::CycleStageReached, "qinghe/2026", "青禾/2026", "cycle"),
        (Kind::ScreeningDecided, "feasible", "perhaps", "outcome"),
    ] {
        assert!(kind.sample().contains(from), "{from}");
        let error = refused(kind, &kind.sample().replacen(from, to, 1));
        assert_eq!(error.field, field, "{error}");
    }
}

#[test]
fn every_entry_says_what_it_is_about_in_a_leaf_s_form() {
    for &kind in Kind::ALL {
        let body = sample(kind);
        let subject = body.subject().to_string();
        let hash = body_hash(Salt::new([7; 32]), body.to_json().as_bytes());
        let header = LeafHeader::new(kind.name(), "qinghe/2026", 0, &subject, hash).unwrap();
        assert_eq!(LeafHeader::from_entry(&header.to_entry()), Ok(header));
    }
    let about = |kind| sample(kind).subject().to_string();
    assert_eq!(about(Kind::ShortlistPublished), "qinghe/2026");
    assert_eq!(about(Kind::ProposalSplit), "121");
    assert_eq!(about(Kind::ScreeningDecided), "12");
    assert_eq!(about(Kind::ShortlistAmended), "QH26-02");
    assert_eq!(about(Kind::EvaluationVerdict), "QH26-01");
    assert_eq!(about(Kind::BodyTakenDown), "1024");
    assert_eq!(about(Kind::PollBallot), about(Kind::PollCreated));
}

#[test]
fn a_leaf_opens_to_its_body_only() {
    let salt = Salt::new([7; 32]);
    let kind = Kind::ProjectAccepted;
    let document = body_document(salt, kind.sample().as_bytes());
    let hash = body_hash(salt, kind.sample().as_bytes());
    let header =
        |name: &str, subject: &str| LeafHeader::new(name, "qinghe/2026", 0, subject, hash).unwrap();
    assert_eq!(
        Body::open(&header(kind.name(), "QH26-01"), &document),
        Ok(sample(kind))
    );
    assert_eq!(
        Body::open(&header("project_praised", "QH26-01"), &document),
        Err(OpenError::Kind("project_praised".into()))
    );
    assert_eq!(
        Body::open(&header(kind.name(), "QH26-02"), &document),
        Err(OpenError::Subject {
            header: "QH26-02".into(),
            body: Subject::Project(Code::new("QH26-01").unwrap())
        })
    );
    assert!(matches!(
        Body::open(&header("project_delivered", "QH26-01"), &document),
        Err(OpenError::Body(BodyError { kind: Kind::ProjectDelivered, field, .. })) if field == "accepted_on"
    ));
    assert!(matches!(
        Body::open(&header(kind.name(), "QH26-01"), &document[1..]),
        Err(OpenError::Leaf(_))
    ));
}

#[test]
fn objects_of_belenios_keep_every_byte() {
    let frozen: PollFrozen = sample!(PollFrozen);
    let election = Election::<Ed25519>::from_json(frozen.election.text().as_bytes()).unwrap();
    assert_eq!(
        election.fingerprint().to_string(),
        frozen.fingerprint.as_str()
    );
    assert_eq!(
        Sha256Hex::of(frozen.roll.text().as_bytes()),
        frozen.roll_sha256
    );
    let uuid = format!("\"uuid\":\"{}\"", frozen.election_uuid);
    assert!(frozen.election.text().contains(&uuid));
    Trustees::<Ed25519>::from_json(frozen.trustees.text().as_bytes()).unwrap();

    let cast: PollBallot = sample!(PollBallot);
    let ballot = Ballot::<Ed25519>::from_json(cast.ballot().text().as_bytes()).unwrap();
    ballot.verify(&election).unwrap();
    assert_eq!(cast.tracker(), ballot.tracker());

    let closed: PollClosed = sample!(PollClosed);
    let part: PollPartiallyDecrypted = sample!(PollPartiallyDecrypted);
    let announced: PollAnnounced = sample!(PollAnnounced);
    let text = announced.partial_decryptions[0].partial_decryption.text();
    BoundDecryption::<Ed25519>::from_json(text.as_bytes()).unwrap();
    assert_eq!(
        Digest::of(text).to_string(),
        part.partial_decryption_hash.as_str()
    );
    assert_ne!(closed.encrypted_tally_hash, part.partial_decryption_hash);

    assert!(Exact::new(r#"{"a b":"c \" d"}"#).is_some());
    for bad in [r#"{"a": 1}"#, "{\"a\":[1\n]}", "{", "{} {}", ""] {
        assert_eq!(Exact::new(bad), None, "{bad}");
    }
    assert_eq!(PollBallot::new(Exact::new("[]").unwrap()), None);
    assert_eq!(
        PollBallot::new(Exact::new(r#"{"election_uuid":"short"}"#).unwrap()),
        None
    );
}

#[test]
fn the_rules_of_the_sample_decide_what_it_announces() {
    let adopted: PollRulesAdopted = sample!(PollRulesAdopted);
    assert_eq!(Sha256Hex::of(adopted.rule.as_bytes()), adopted.rule_sha256);
    let rule = Rule::parse(&adopted.rule).unwrap();
    let announced: PollAnnounced = sample!(PollAnnounced);
    let result: Value = serde_json::from_str(announced.result.text()).unwrap();
    let counts: Vec<Vec<u64>> = serde_json::from_value(result["result"].clone()).unwrap();
    let outcome: Outcome = decide(&rule, announced.returns, &counts, None).unwrap();
    assert_eq!(announced.outcome, PollOutcome::Choice { decision: outcome });
}

#[test]
fn the_facts_hash_depends_on_every_fact_and_not_on_the_order() {
    let shortlist: ShortlistPublished = sample!(ShortlistPublished);
    let mut facts: Vec<CandidateFacts> = shortlist
        .candidates
        .iter()
        .map(|one| one.facts.clone())
        .collect();
    assert_eq!(facts_sha256(&facts), shortlist.facts_sha256);
    facts.reverse();
    assert_eq!(facts_sha256(&facts), shortlist.facts_sha256);
    let canonical = serde_json::to_value(&facts[0]).unwrap();
    let sorted = |object: &Value| object.as_object().unwrap().keys().is_sorted();
    assert!(
        sorted(&canonical) && sorted(&canonical["milestones"][0]),
        "RFC 8785 sorts names"
    );
    facts[0].budget_fen += 1;
    assert_ne!(facts_sha256(&facts), shortlist.facts_sha256);
}

/// A sample with a byte changed, taken out or put in.
fn nearly_a_body() -> impl Strategy<Value = (Kind, Vec<u8>)> {
    let change = prop_oneof![Just(0_u8), Just(1), Just(2)];
    let kinds = proptest::sample::select(Kind::ALL);
    (kinds, any::<proptest::sample::Index>(), change, any::<u8>()).prop_map(
        |(kind, at, change, byte)| {
            let mut bytes = kind.sample().as_bytes().to_vec();
            let at = at.index(bytes.len());
            match change {
                0 => bytes[at] = byte,
                1 => drop(bytes.remove(at)),
                _ => bytes.insert(at, byte),
            }
            (kind, bytes)
        },
    )
}

proptest! {
    #[test]
    fn what_is_read_is_written_as_the_same_bytes((kind, bytes) in nearly_a_body()) {
        if let Ok(body) = Body::parse(kind, &bytes) {
            assert_eq!(body.to_json().as_bytes(), bytes);
        }
    }
}
