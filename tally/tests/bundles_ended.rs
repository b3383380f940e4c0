//! A poll that ended without a result: its bundle shows that it ended, by whom and why, that its box is the record's, and that
//! nothing of it was opened. A service that gives a vote up whose result it dislikes, or hides that one was given up, is found out.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests fail as tests do"
)]

mod common;

use ballot::{Ed25519, Election, Wire as _};
use common::poll::{POLL, Poll, Setting, run};
use common::recorded::{Leaf, Signers, document, leaves};
use common::zipped;
use tally::archive::{Archive, ArchiveWriter};
use tally::bundle::{self, EndedBundle, NotCounted};
use tally::record::body::{
    Body, ElectionUuid, EndReason, Party, PollVoided, PollWithdrawn, PublicText,
};
use tally::record::poll::Ended;
use tally::verify::{Report, SILENT, Verdict};

fn election_uuid(poll: &Poll) -> ElectionUuid {
    let archive = Archive::read(&poll.archive).unwrap();
    let election = Election::<Ed25519>::from_json(archive.setup.election);
    election.unwrap().uuid().into()
}

fn voided(poll: &Poll, reason: EndReason) -> PollVoided {
    PollVoided {
        election_uuid: election_uuid(poll),
        reason,
        explanation: PublicText::new("收回的表决票多于发出的表决票。").unwrap(),
        confirmed_by: vec![Party::Office, Party::ChiefScrutineer],
    }
}

fn withdrawn(poll: &Poll) -> PollWithdrawn {
    PollWithdrawn {
        election_uuid: election_uuid(poll),
        reason: EndReason::Postponed,
        explanation: PublicText::new("会议改期。").unwrap(),
        confirmed_by: vec![Party::Office, Party::ChiefScrutineer],
    }
}

/// The leaves about the poll before the first of this kind, with this end.
fn until(poll: &Poll, kind: &str, end: impl Into<Body>) -> Vec<Leaf> {
    let mut all = leaves(poll);
    let at = all.iter().position(|leaf| leaf.kind == kind).unwrap();
    all.truncate(at);
    all.push(Leaf::from(end.into()));
    all
}

/// The archive before anything is opened, with the end of voting or without.
fn box_of(poll: &Poll, has_ended: bool) -> Vec<u8> {
    let whole = Archive::read(&poll.archive).unwrap();
    let setup = &whole.setup;
    let mut archive = ArchiveWriter::setup(
        whole.timestamp,
        setup.election,
        setup.trustees,
        setup.credentials,
    )
    .unwrap();
    for ballot in &whole.ballots {
        archive.ballot(ballot.bytes).unwrap();
    }
    if has_ended {
        archive.end_ballots().unwrap();
    }
    archive.into_bytes()
}

/// Void after the close.
fn closed_and_void(poll: &Poll) -> Vec<u8> {
    let end = voided(poll, EndReason::MoreReturned);
    let leaves = until(poll, "poll_partially_decrypted", end.clone());
    EndedBundle {
        election: Some(&box_of(poll, true)),
        rule: &poll.rule,
        ended: &Ended::Voided(end),
        record: &document(&leaves, &Signers::default()),
    }
    .write()
    .unwrap()
}

/// Withdrawn before anybody checked in: there is no roll.
fn withdrawn_early(poll: &Poll) -> Vec<u8> {
    let end = withdrawn(poll);
    let leaves = until(poll, "poll_frozen", end.clone());
    EndedBundle {
        election: None,
        rule: &poll.rule,
        ended: &Ended::Withdrawn(end),
        record: &document(&leaves, &Signers::default()),
    }
    .write()
    .unwrap()
}

fn refusal(bundle: &[u8]) -> (&'static str, Option<&'static str>) {
    let Report {
        verdict, failure, ..
    } = common::opinion::bundle(bundle);
    assert_eq!(verdict, Verdict::NotVerified);
    let failure = failure.unwrap();
    (failure.check, failure.reason)
}

#[test]
fn a_void_vote_is_proved_to_be_void_and_to_count_for_nothing() {
    let report = common::opinion::bundle(&closed_and_void(&POLL));
    assert_eq!(report.verdict, Verdict::Verified, "{report:?}");
    assert!(report.counted.is_none(), "nothing of it is counted");
    let decision = report.decision.unwrap();
    assert_eq!(decision["outcome"], "voided");
    assert_eq!(decision["reason"], "more_returned");
    let made: Vec<&str> = report.checks.iter().map(|check| check.check).collect();
    for check in ["ballots", "revotes", "rule", "roll", "record", "ended"] {
        assert!(made.contains(&check), "{check} in {made:?}");
    }
}

#[test]
fn a_vote_that_became_void_while_it_was_open_and_one_withdrawn_before_are_proved_too() {
    let end = voided(&POLL, EndReason::QuorumLost);
    let open = EndedBundle {
        election: Some(&box_of(&POLL, false)),
        rule: &POLL.rule,
        ended: &Ended::Voided(end.clone()),
        record: &document(&until(&POLL, "poll_closed", end), &Signers::default()),
    };
    let report = common::opinion::bundle(&open.write().unwrap());
    assert_eq!(report.verdict, Verdict::Verified, "{report:?}");
    let report = common::opinion::bundle(&withdrawn_early(&POLL));
    assert_eq!(report.verdict, Verdict::Verified, "{report:?}");
    assert_eq!(report.decision.unwrap()["outcome"], "withdrawn");
    assert_eq!(report.rule.unwrap().items, ["a", "b", "c"]);
}

/// The attack: a result was announced, and the public is shown a bundle that calls the vote void; or the record's own reason is
/// another one.
#[test]
fn a_vote_that_the_record_does_not_call_void_is_not_void() {
    let end = voided(&POLL, EndReason::MoreReturned);
    let counted = EndedBundle {
        election: Some(&box_of(&POLL, true)),
        rule: &POLL.rule,
        ended: &Ended::Voided(end.clone()),
        record: &POLL.record,
    };
    let differs = ("ended", Some("differs"));
    assert_eq!(refusal(&counted.write().unwrap()), differs);
    let record = document(
        &until(&POLL, "poll_partially_decrypted", end),
        &Signers::default(),
    );
    for other in [
        Ended::Voided(voided(&POLL, EndReason::Other)),
        Ended::Withdrawn(withdrawn(&POLL)),
    ] {
        let otherwise = EndedBundle {
            ended: &other,
            record: &record,
            ..counted.clone()
        };
        assert_eq!(refusal(&otherwise.write().unwrap()), differs);
    }
}

/// The attack: a ballot is taken out of the box of a void vote, so that nobody can see why it was void.
#[test]
fn the_box_of_a_void_vote_is_the_records() {
    let robbed = run(Setting {
        deleted: 1,
        paper: 0,
        ..Setting::default()
    });
    let whole = run(Setting {
        paper: 0,
        ..Setting::default()
    });
    let end = voided(&whole, EndReason::Other);
    let bundle = EndedBundle {
        election: Some(&box_of(&robbed, true)),
        rule: &whole.rule,
        ended: &Ended::Voided(end.clone()),
        record: &document(
            &until(&whole, "poll_partially_decrypted", end),
            &Signers::default(),
        ),
    };
    let refused = refusal(&bundle.write().unwrap());
    assert_eq!(refused, ("record", Some("ballots")));
}

#[test]
fn nothing_of_a_void_vote_is_opened_and_its_archive_ends_where_the_record_does() {
    let bundle = closed_and_void(&POLL);
    let opened = zipped::with(&bundle, "election.bel", &POLL.archive);
    assert_eq!(refusal(&opened), ("ended", Some("stage")));
    let still_open = zipped::with(&bundle, "election.bel", &box_of(&POLL, false));
    assert_eq!(refusal(&still_open), ("record", Some("unfinished")));
}

#[test]
fn there_is_an_archive_where_a_roll_was_fixed_and_only_there() {
    let archive = ("ended", Some("archive"));
    let without = zipped::without(&closed_and_void(&POLL), "election.bel", false);
    assert_eq!(refusal(&without), archive);
    let with = zipped::with(
        &withdrawn_early(&POLL),
        "election.bel",
        &box_of(&POLL, false),
    );
    assert_eq!(refusal(&with), archive);
}

#[test]
fn a_bundle_has_one_reading_a_result_or_an_end() {
    let bundle = closed_and_void(&POLL);
    let both = zipped::with(&bundle, "decision.json", b"{}");
    assert_eq!(refusal(&both), ("ended", Some("unexpected")));
    let files = zipped::files(&bundle);
    let (_, ended) = files.iter().find(|(name, _)| name == "ended.json").unwrap();
    let spaced = zipped::with(&bundle, "ended.json", &[ended.as_slice(), b"\n"].concat());
    assert_eq!(refusal(&spaced), ("ended", Some("encoding")));
    let without = zipped::without(&bundle, "record.json", false);
    assert_eq!(refusal(&without), ("manifest", Some("missing")));
}

#[test]
fn only_a_record_can_show_that_a_poll_ended() {
    let poll = run(Setting {
        recorded: false,
        ..Setting::default()
    });
    let end = voided(&poll, EndReason::Other);
    let bundle = EndedBundle {
        election: Some(&box_of(&poll, true)),
        rule: &poll.rule,
        ended: &Ended::Voided(end),
        record: &POLL.record,
    };
    let refused = refusal(&bundle.write().unwrap());
    assert_eq!(refused, ("ended", Some("no-record")));
}

#[test]
fn a_receipt_of_a_void_vote_is_told_that_nothing_is_counted() {
    let end = voided(&POLL, EndReason::MoreReturned);
    let leaves = until(&POLL, "poll_partially_decrypted", end);
    let ballot = leaves.iter().position(|leaf| leaf.kind == "poll_ballot");
    let receipt = common::recorded::receipt(&leaves, ballot.unwrap(), &Signers::default());
    let bundle = std::io::Cursor::new(closed_and_void(&POLL));
    let (report, counted) = bundle::verify_receipt(bundle, &receipt, SILENT).unwrap();
    assert_eq!(report.verdict, Verdict::Verified);
    assert_eq!(counted, Err(NotCounted::Ended));
}
