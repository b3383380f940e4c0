//! A bundle against the public record: one ballot in the box for each entry and none besides, and nothing claimed that the
//! record says otherwise.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests fail as tests do"
)]

mod common;
#[path = "bundles_record/held_otherwise.rs"]
mod held_otherwise;

use ballot::trustee::{Approval, Closing, Signed, Statement};
use ballot::{Digest, Ed25519, Tracker, Wire as _};
use common::poll::{POLL, Poll, Setting, WITNESSES, bundle, run};
use common::recorded::{Leaf, Signers, document, leaves, log_key, other, sign, signed};
use tally::archive::Archive;
use tally::bundle::Bundle;
use tally::record::body::{
    Body, ElectionUuid, Kind, PollRosterChanged, RosterDeputy, roster_sha256,
};
use tally::record::poll::{PollRecord, PollRecordError, box_equals_record};
use tally::record::tree::Hash;
use tally::record::{Checkpoint, Note};
use tally::verify::{CheckStatus, Report, Verdict};

fn report(poll: &Poll, record: Option<&PollRecord>) -> Report {
    let paper = poll.figures.paper_credentials > 0;
    let whole = Bundle {
        record,
        paper: paper.then_some(&poll.paper),
        voided: paper.then_some(poll.voided.as_slice()),
        ..bundle(poll)
    };
    common::opinion::bundle(&whole.write().unwrap())
}

/// The reason of the check `record`.
fn refusal(poll: &Poll, record: &PollRecord) -> &'static str {
    let report = report(poll, Some(record));
    assert_eq!(report.verdict, Verdict::NotVerified, "{report:?}");
    let failure = report.failure.unwrap();
    assert_eq!(failure.check, "record", "{failure}");
    assert_eq!(failure.object.as_deref(), Some("record.json"));
    failure.reason.unwrap()
}

fn of_kind(leaves: &[Leaf], kind: &str) -> usize {
    leaves.iter().position(|leaf| leaf.kind == kind).unwrap()
}

/// The record of the sound poll after a change of its leaves.
fn changed(change: impl FnOnce(&mut Vec<Leaf>)) -> PollRecord {
    let mut all = leaves(&POLL);
    change(&mut all);
    document(&all, &Signers::default())
}

/// The record of the sound poll with another value in one of its bodies.
fn with_body(kind: &str, from: &str, to: &str) -> PollRecord {
    changed(|leaves| {
        let leaf = of_kind(leaves, kind);
        let body = &mut leaves[leaf].body;
        assert!(body.contains(from), "{from} in {body}");
        *body = body.replacen(from, to, 1);
    })
}

#[test]
fn a_bundle_with_its_part_of_the_record_is_verified() {
    assert_eq!(document(&leaves(&POLL), &Signers::default()), POLL.record);
    let report = report(&POLL, Some(&POLL.record));
    assert_eq!(report.verdict, Verdict::Verified, "{report:?}");
    assert_eq!(report.checks.last().unwrap().check, "record");
}

/// The attack: the last two ballots of the box are deleted before the close. Everything else is made as it should be from
/// what is left, so that the archive and the decision are sound, and each of the two voters has a receipt that holds.
#[test]
fn ballots_deleted_from_the_box_are_missed_by_number() {
    let setting = Setting {
        paper: 0,
        ..Setting::default()
    };
    let whole = run(setting);
    let robbed = run(Setting {
        deleted: 2,
        ..setting
    });
    assert_eq!(
        report(&robbed, Some(&robbed.record)).verdict,
        Verdict::Verified
    );
    let cast: Vec<Leaf> = leaves(&whole)
        .into_iter()
        .filter(|leaf| leaf.kind == "poll_ballot")
        .collect();
    let mut all = leaves(&robbed);
    let close = of_kind(&all, "poll_closed");
    all.splice(close..close, cast[cast.len() - 2..].to_vec());
    let report = report(&robbed, Some(&document(&all, &Signers::default())));
    let failure = report.failure.unwrap();
    assert_eq!((failure.check, failure.reason), ("record", Some("ballots")));
    assert!(
        failure
            .message
            .starts_with("2 ballots of the record are not in the box, and 0 of"),
        "{failure}"
    );
}

#[test]
fn a_ballot_without_an_entry_is_refused() {
    let record = changed(|leaves| {
        let ballot = of_kind(leaves, "poll_ballot");
        leaves.remove(ballot);
    });
    assert_eq!(refusal(&POLL, &record), "ballots");
}

#[test]
fn ballots_in_another_order_are_refused() {
    let record = changed(|leaves| {
        let ballot = of_kind(leaves, "poll_ballot");
        leaves.swap(ballot, ballot + 2);
    });
    assert_eq!(refusal(&POLL, &record), "ballot-order");
}

#[test]
fn an_entry_about_the_poll_that_cannot_stand_there_is_refused() {
    let after_the_close = changed(|leaves| {
        let ballot = leaves.remove(of_kind(leaves, "poll_ballot"));
        leaves.push(ballot);
    });
    let twice = changed(|leaves| {
        let ballot = of_kind(leaves, "poll_ballot");
        leaves.insert(ballot, leaves[ballot].clone());
    });
    let second_close = changed(|leaves| {
        let close = of_kind(leaves, "poll_closed");
        leaves.insert(close, leaves[close].clone());
    });
    let before_the_opening = changed(|leaves| {
        let (opening, ballot) = (
            of_kind(leaves, "poll_opened"),
            of_kind(leaves, "poll_ballot"),
        );
        leaves.swap(opening, ballot);
    });
    let no_freeze = changed(|leaves| drop(leaves.remove(of_kind(leaves, "poll_frozen"))));
    let unknown = changed(|leaves| {
        let close = of_kind(leaves, "poll_closed");
        let mut leaf = leaves[close].clone();
        leaf.kind = "poll_ballot_forgotten".to_owned();
        leaves.insert(close, leaf);
    });
    let counted_twice = changed(|leaves| {
        let count = of_kind(leaves, "poll_paper_counted");
        leaves.insert(count, leaves[count].clone());
    });
    for record in [
        after_the_close,
        twice,
        counted_twice,
        second_close,
        before_the_opening,
        no_freeze,
        unknown,
    ] {
        assert_eq!(refusal(&POLL, &record), "order");
    }
}

#[test]
fn only_what_people_wrote_is_taken_down_and_nothing_of_the_poll() {
    // The leaves of `document` begin at entry 5.
    let takedown = |position: usize| Leaf {
        kind: "body_taken_down".to_owned(),
        subject: position.to_string(),
        ..other()
    };
    let sound = changed(|leaves| {
        leaves.push(other());
        leaves.push(takedown(5 + leaves.len() - 1));
        leaves.push(takedown(0));
    });
    let report = report(&POLL, Some(&sound));
    assert_eq!(report.verdict, Verdict::Verified, "{report:?}");
    for kind in ["poll_ballot", "poll_rules_adopted", "poll_announced"] {
        let hidden = changed(|leaves| leaves.push(takedown(5 + of_kind(leaves, kind))));
        assert_eq!(refusal(&POLL, &hidden), "entry", "{kind}");
    }
    let of_itself = changed(|leaves| leaves.push(takedown(5 + leaves.len())));
    assert_eq!(refusal(&POLL, &of_itself), "entry");
}

#[test]
fn a_poll_that_is_not_finished_in_the_record_is_refused() {
    for (kind, reason) in [
        ("poll_announced", "unfinished"),
        ("poll_closed", "unfinished"),
        ("poll_rules_adopted", "order"),
    ] {
        let record = changed(|leaves| {
            let from = of_kind(leaves, kind);
            leaves.truncate(from);
        });
        assert_eq!(refusal(&POLL, &record), reason, "{kind}");
    }
}

#[test]
fn what_the_record_says_otherwise_is_named() {
    for (kind, from, to, reason) in [
        // What the scrutineers' devices have approved is said by nobody otherwise.
        (
            "poll_rules_adopted",
            "places = 2",
            "places = 1",
            "statement",
        ),
        (
            "poll_frozen",
            "\"name\":\"n\"",
            "\"name\":\"m\"",
            "statement",
        ),
        ("poll_frozen", "\"Single\"", "\"single\"", "key"),
        ("poll_frozen", "\"roll\":[\"", "\"roll\":[\"0", "statement"),
        (
            "poll_frozen",
            "\"present\":12,\"attendance\"",
            "\"present\":11,\"attendance\"",
            "people",
        ),
        (
            "poll_frozen",
            "\"present\":12,\"head\"",
            "\"present\":11,\"head\"",
            "people",
        ),
        (
            "poll_closed",
            "\"returned\":9",
            "\"returned\":8",
            "returned",
        ),
        (
            "poll_announced",
            "\"partial_decryption\":{}",
            "\"partial_decryption\":{\"a\":1}",
            "partials",
        ),
        // A part whose hash nobody had recorded, and one that was recorded and is not announced.
        (
            "poll_announced",
            "\"trustee\":1,\"partial",
            "\"trustee\":2,\"partial",
            "partials",
        ),
        (
            "poll_announced",
            "{\"trustee\":1,\"partial_decryption\":{}}",
            "",
            "partials",
        ),
        (
            "poll_announced",
            "\"invalid\":1}",
            "\"invalid\":0}",
            "returns",
        ),
        (
            "poll_announced",
            "\"result\":[[9",
            "\"result\":[[8",
            "result",
        ),
        (
            "poll_announced",
            "\"standing\":\"chosen\"",
            "\"standing\":\"reserve\"",
            "outcome",
        ),
    ] {
        let record = with_body(kind, from, to);
        assert_eq!(refusal(&POLL, &record), reason, "{kind}: {from}");
    }
    let without_a_hash = changed(|leaves| {
        let part = of_kind(leaves, "poll_partially_decrypted");
        leaves.remove(part);
    });
    assert_eq!(refusal(&POLL, &without_a_hash), "partials");
    let unshown = changed(|leaves| {
        let part = of_kind(leaves, "poll_partially_decrypted");
        leaves[part].shown = false;
    });
    assert_eq!(refusal(&POLL, &unshown), "partials");
    let tally = Archive::read(&POLL.archive).unwrap().tally.unwrap().bytes;
    let hash = Tracker::of(tally).to_string();
    let other = Tracker::of("another tally").to_string();
    let record = with_body("poll_closed", &hash, &other);
    assert_eq!(refusal(&POLL, &record), "statement");
}

/// Who has no vote is no claim: the record names it.
#[test]
fn credentials_and_ballots_without_a_vote_are_those_of_the_record() {
    let [sealed, voided] = [0, 1].map(|n| POLL.reserved[n].clone());
    assert_eq!(voided, POLL.voided[0]);
    let other = POLL.unused.clone();
    let frozen = |from: &str, to: &str| with_body("poll_frozen", from, to);
    let both = format!("\"paper_credentials\":[\"{sealed}\",\"{voided}\"]");
    for (list, reason) in [
        (format!("\"{sealed}\""), "paper-credentials"),
        (format!("\"{sealed}\",\"{sealed}\""), "paper-credentials"),
        (format!("\"{sealed}\",\"00\""), "paper-credentials"),
        // A device's credential in place of the one that was used, or of the one left over.
        (format!("\"{other}\",\"{voided}\""), "paper"),
        (format!("\"{sealed}\",\"{other}\""), "paper"),
    ] {
        let record = frozen(&both, &format!("\"paper_credentials\":[{list}]"));
        assert_eq!(refusal(&POLL, &record), reason, "{list}");
    }
    let closed = |to: &str| {
        let from = format!("\"voided\":[\"{voided}\"]");
        refusal(&POLL, &with_body("poll_closed", &from, to))
    };
    assert_eq!(closed(&format!("\"voided\":[\"{other}\"]")), "voided");
    assert_eq!(
        closed(&format!(
            "\"revoked\":[\"{other}\"],\"voided\":[\"{voided}\"]"
        )),
        "revoked"
    );
    let tracker = Tracker::of("challenged");
    assert_eq!(
        closed(&format!(
            "\"voided\":[\"{voided}\"],\"spoiled\":[\"{tracker}\"]"
        )),
        "spoiled"
    );
}

/// What came out of the box with the papers was recorded before the close: the bundle says nothing else.
#[test]
fn the_count_of_the_paper_is_the_records() {
    for (from, to) in [
        ("\"issued\":2", "\"issued\":3"),
        ("\"returned\":2", "\"returned\":1"),
        ("\"invalid\":[2]", "\"invalid\":[1]"),
        (
            "\"sealed\":[\"",
            "\"sealed\":[\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\",\"",
        ),
    ] {
        let record = with_body("poll_paper_counted", from, to);
        assert_eq!(refusal(&POLL, &record), "paper-count", "{to}");
    }
    let without = changed(|leaves| drop(leaves.remove(of_kind(leaves, "poll_paper_counted"))));
    assert_eq!(refusal(&POLL, &without), "paper-count");
}

/// The document of the sound poll with one thing changed that its checkpoint does not cover, or that it does.
fn forged(change: impl FnOnce(&mut PollRecord)) -> PollRecord {
    let mut record = POLL.record.clone();
    change(&mut record);
    record
}

#[test]
fn no_leaf_can_be_left_out_added_or_exchanged() {
    for record in [
        forged(|it| drop(it.leaves.remove(8))),
        forged(|it| it.leaves.push(it.leaves[0].clone())),
        forged(|it| it.leaves.swap(8, 9)),
        forged(|it| it.peaks.swap(0, 1)),
        forged(|it| it.peaks.truncate(1)),
        forged(|it| it.first += 1),
        forged(|it| it.first = u64::MAX),
    ] {
        assert_eq!(refusal(&POLL, &record), "tree");
    }
    let cut = forged(|it| it.leaves[8] = it.leaves[8].replace("\"v\":1", "\"v\": 1"));
    assert_eq!(refusal(&POLL, &cut), "tree");
}

#[test]
fn every_body_is_its_leafs_and_all_that_are_needed_are_there() {
    let ballot = |it: &PollRecord| it.bodies.len() - 4;
    for record in [
        forged(|it| drop(it.bodies.remove(ballot(it)))),
        forged(|it| it.bodies.swap(3, 4)),
        forged(|it| it.bodies.push(it.bodies[0].clone())),
        forged(|it| it.bodies[3].document = it.bodies[4].document.clone()),
        forged(|it| it.bodies[3].index -= 1),
    ] {
        assert_eq!(refusal(&POLL, &record), "entry");
    }
}

/// Signed, but not by the log that the rule names; or not what is signed.
#[test]
fn only_a_checkpoint_of_the_log_that_the_rule_names_counts() {
    let by = |signers: Signers| document(&leaves(&POLL), &signers);
    let other_key = by(Signers {
        seed: 12,
        ..Signers::default()
    });
    let other_origin = by(Signers {
        origin: "another-log.example",
        ..Signers::default()
    });
    let unsigned = forged(|it| {
        it.checkpoint = it.checkpoint.split("\n\n").next().unwrap().to_owned() + "\n\n";
    });
    let bigger = forged(|it| {
        let size = it.checkpoint.split('\n').nth(1).unwrap().to_owned();
        it.checkpoint = it.checkpoint.replacen(&size, &format!("1{size}"), 1);
    });
    for record in [other_key, other_origin, unsigned, bigger] {
        assert_eq!(refusal(&POLL, &record), "checkpoint");
    }
}

#[test]
fn a_rule_that_names_no_record_is_verified_with_a_warning() {
    let poll = run(Setting {
        recorded: false,
        ..Setting::default()
    });
    let sound = report(&poll, None);
    assert_eq!(sound.verdict, Verdict::Verified, "{sound:?}");
    let last = sound.checks.last().unwrap();
    assert_eq!(
        (last.check, last.status, last.reason),
        ("record", CheckStatus::Warning, Some("none"))
    );
    assert_eq!(refusal(&poll, &poll.record), "unexpected");
    let without = report(&POLL, None).failure.unwrap();
    assert_eq!((without.check, without.reason), ("record", Some("missing")));
}

#[test]
fn as_many_witnesses_as_the_rule_asks_for_have_signed_this_checkpoint() {
    let poll = run(Setting {
        witnessed: true,
        ..Setting::default()
    });
    let by = |witnesses: &[(&'static str, u8)]| {
        let signers = Signers {
            witnesses: witnesses.to_vec(),
            ..Signers::default()
        };
        report(&poll, Some(&document(&leaves(&poll), &signers)))
    };
    let [one, two, _] = WITNESSES;
    assert_eq!(by(&[one, two]).verdict, Verdict::Verified);
    // Nobody; one; one of them under another name; one key twice.
    for witnesses in [&[][..], &[one], &[one, ("other", two.1)], &[one, one]] {
        let failure = by(witnesses).failure.unwrap();
        assert_eq!(
            (failure.check, failure.reason),
            ("witnesses", Some("cosignatures")),
            "{witnesses:?}"
        );
    }
    // Two true cosignatures, of another tree.
    let mut record = document(&leaves(&poll), &Signers::default());
    let mut checkpoint =
        Checkpoint::parse(Note::parse(&record.checkpoint).unwrap().text()).unwrap();
    checkpoint.root = Hash::from_bytes([1; 32]);
    let cosigned = signed(
        &checkpoint,
        &Signers {
            witnesses: vec![one, two],
            ..Signers::default()
        },
    );
    let lines = |note: &str| note.split("\n\n").nth(1).unwrap().to_owned();
    let cosignatures: Vec<String> = lines(&cosigned)
        .lines()
        .skip(1)
        .map(str::to_owned)
        .collect();
    record.checkpoint += &(cosignatures.join("\n") + "\n");
    let failure = report(&poll, Some(&record)).failure.unwrap();
    assert_eq!(
        (failure.check, failure.reason),
        ("witnesses", Some("cosignatures"))
    );
}

/// What a device does that has kept a checkpoint: the record must have grown from it.
#[test]
fn a_record_that_did_not_grow_from_the_checkpoint_seen_before_is_refused() {
    let archive = Archive::read(&POLL.archive).unwrap();
    let election: serde_json::Value = serde_json::from_slice(archive.setup.election).unwrap();
    let uuid = ElectionUuid::new(election["uuid"].as_str().unwrap()).unwrap();
    let mut early = leaves(&POLL);
    early.truncate(of_kind(&early, "poll_closed"));
    let seen = |leaves: &[Leaf]| {
        let record = document(leaves, &Signers::default());
        Checkpoint::parse(Note::parse(&record.checkpoint).unwrap().text()).unwrap()
    };
    let verify = |seen: &Checkpoint| {
        POLL.record
            .verify(&log_key(), &uuid, Some(seen))
            .map(|_| ())
    };
    assert_eq!(verify(&seen(&early)), Ok(()));
    let mut denied = early.clone();
    let ballot = of_kind(&denied, "poll_ballot");
    denied[ballot] = other();
    let size = seen(&denied).size;
    assert_eq!(
        verify(&seen(&denied)),
        Err(PollRecordError::OtherHistory(size))
    );
    let mut longer = leaves(&POLL);
    longer.push(other());
    assert!(matches!(
        verify(&seen(&longer)),
        Err(PollRecordError::OtherHistory(_))
    ));
}

#[test]
fn a_box_has_each_recorded_ballot_once_and_none_besides() {
    let [a, b, c] = ["a", "b", "c"].map(Tracker::of);
    assert_eq!(box_equals_record([a, b, c], [c, a, b]), Ok(()));
    let difference = box_equals_record([a, b], [a, c]).unwrap_err();
    assert_eq!(
        (difference.missing, difference.invented),
        (vec![b], vec![c])
    );
    let difference = box_equals_record([a], [a, a]).unwrap_err();
    assert_eq!((difference.missing, difference.invented), (vec![], vec![a]));
}

/// The same change in every body of the record.
fn with_people(change: impl Fn(&mut serde_json::Value)) -> PollRecord {
    changed(|leaves| {
        for leaf in leaves.iter_mut().filter(|leaf| leaf.kind != "poll_ballot") {
            let mut body: serde_json::Value = serde_json::from_str(&leaf.body).unwrap();
            change(&mut body);
            if let Some(roster) = body.get("roster") {
                let roster: Vec<RosterDeputy> = serde_json::from_value(roster.clone()).unwrap();
                body["roster_sha256"] = roster_sha256(&roster).to_string().into();
            }
            leaf.body = body.to_string();
        }
    })
}

fn list<'b>(
    body: &'b mut serde_json::Value,
    field: &str,
) -> Option<&'b mut Vec<serde_json::Value>> {
    body.get_mut(field)?.as_array_mut()
}

/// One person who is everybody: the rule counts six deputies in office where the roster has more or fewer, people who are
/// on no roster hold the keys, vote, or confirm who is there. All of it stands in the record, so none of it is verified.
#[test]
fn invented_people_are_refused_by_the_record_alone() {
    type Change = fn(&mut serde_json::Value);
    let adopted: [(&str, Change); 7] = [
        ("a deputy more on the roster than the rule counts", |body| {
            if let Some(roster) = list(body, "roster") {
                let mut more = roster[0].clone();
                more["number"] = 13.into();
                roster.push(more);
            }
        }),
        ("a number twice", |body| {
            if body.get("roster").is_some() {
                body["roster"][1]["number"] = 1.into();
            }
        }),
        ("a chief scrutineer who is on no roster", |body| {
            if body.get("officers").is_some() {
                body["officers"][0]["number"] = 99.into();
            }
        }),
        ("a chief scrutineer under another's number", |body| {
            if body.get("officers").is_some() {
                body["officers"][0]["number"] = 2.into();
            }
        }),
        ("a chief scrutineer without a number", |body| {
            if let Some(chief) = list(body, "officers").and_then(|all| all[0].as_object_mut()) {
                chief.shift_remove("number");
            }
        }),
        ("no chief scrutineer", |body| {
            if body.get("officers").is_some() {
                body["officers"][0]["role"] = "scrutineer".into();
            }
        }),
        ("one scrutineer with two keys", |body| {
            if body.get("officers").is_some() {
                body["officers"][1] = body["officers"][0].clone();
                body["officers"][1]["role"] = "scrutineer".into();
            }
        }),
    ];
    let present: [(&str, Change); 6] = [
        ("present and on no roster", |body| {
            if body.get("attendance").is_some() {
                body["attendance"][11]["number"] = 99.into();
            }
        }),
        ("present under another name", |body| {
            if body.get("attendance").is_some() {
                body["attendance"][0]["name"] = "别人".into();
            }
        }),
        ("present twice", |body| {
            if body.get("attendance").is_some() {
                body["attendance"][1] = body["attendance"][0].clone();
            }
        }),
        ("present without a name", |body| {
            if let Some(named) = list(body, "attendance") {
                named.pop();
            }
        }),
        ("a head count by somebody of no delegation", |body| {
            if body.get("headcount").is_some() {
                body["headcount"][0]["head"] = 99.into();
            }
        }),
        ("a delegation that nobody has counted", |body| {
            if let Some(counts) = list(body, "headcount") {
                counts.clear();
            }
        }),
    ];
    for (what, change) in adopted.into_iter().chain(present) {
        let record = with_people(change);
        assert_eq!(refusal(&POLL, &record), "people", "{what}");
    }
    // With leave, and present; with leave, and on no roster.
    for (number, name) in [(1, "代表1"), (99, "代表99")] {
        let leave =
            format!("\"on_leave\":[{{\"number\":{number},\"name\":\"{name}\"}}],\"headcount\":[");
        let record = with_body("poll_frozen", "\"headcount\":[", &leave);
        assert_eq!(refusal(&POLL, &record), "people", "{leave}");
    }
    let announcer = with_body("poll_announced", "\"number\":2,", "\"number\":3,");
    assert_eq!(refusal(&POLL, &announcer), "people");
}

/// Where more are named than hold a key, the key is not theirs: so many would be no majority of them.
#[test]
fn as_many_scrutineers_are_named_as_hold_a_key() {
    let record = with_people(|body| {
        if let Some(officers) = list(body, "officers") {
            let mut more = officers[1].clone();
            more["role"] = "scrutineer".into();
            officers.push(more);
        }
    });
    assert_eq!(refusal(&POLL, &record), "people");
}

/// The hash that the adoption names is that of the roster as last published.
#[test]
fn the_roster_that_was_adopted_is_the_last_one_published() {
    let record = changed(|leaves| {
        let adopted = of_kind(leaves, "poll_rules_adopted");
        let created: serde_json::Value =
            serde_json::from_str(&leaves[of_kind(leaves, "poll_created")].body).unwrap();
        let mut roster: Vec<RosterDeputy> =
            serde_json::from_value(created["roster"].clone()).unwrap();
        roster.pop();
        let change = PollRosterChanged {
            election_uuid: serde_json::from_value(created["election_uuid"].clone()).unwrap(),
            roster_sha256: roster_sha256(&roster),
            roster,
        };
        leaves.insert(adopted, Leaf::from(Body::from(change)));
    });
    assert_eq!(refusal(&POLL, &record), "people");
    let forged = with_body(
        "poll_created",
        "\"roster_sha256\":\"",
        "\"roster_sha256\":\"0",
    );
    assert_eq!(refusal(&POLL, &forged), "entry");
}

/// What the trustee's device signed, with one thing about it otherwise; the statement is signed again by the same key.
fn restated<S: Statement + Clone>(kind: Kind, change: impl FnOnce(&mut S)) -> PollRecord {
    changed(|leaves| {
        let at = of_kind(leaves, kind.name());
        let mut body: serde_json::Value = serde_json::from_str(&leaves[at].body).unwrap();
        let name = if kind == Kind::PollApproved {
            "approval"
        } else {
            "closing"
        };
        let text = serde_json::to_string(&body[name]).unwrap();
        let signed = Signed::<Ed25519, S>::from_json(text.as_bytes()).unwrap();
        let mut stated = signed.statement().clone();
        change(&mut stated);
        body[name] = serde_json::from_str(sign(stated).text()).unwrap();
        leaves[at].body = serde_json::to_string(&body).unwrap();
    })
}

/// Approval and closing statement are what a scrutineer's device has signed of this very election and sum, in time.
#[test]
fn what_the_scrutineers_devices_have_signed_must_be_of_this_poll_and_in_time() {
    let approved = |change: fn(&mut Approval)| restated(Kind::PollApproved, change);
    let closing = |change: fn(&mut Closing)| restated(Kind::PollClosingStated, change);
    // The one's signature under the other.
    let unsigned = |kind: Kind, name: &str, from: Kind, of: &str| {
        changed(|leaves| {
            let parse = |kind: Kind| -> serde_json::Value {
                serde_json::from_str(&leaves[of_kind(leaves, kind.name())].body).unwrap()
            };
            let mut body = parse(kind);
            body[name]["signature"] = parse(from)[of]["signature"].clone();
            let at = of_kind(leaves, kind.name());
            // With a root it is not signed again.
            let root = format!("\"root\":\"{}\",\"ballots\"", Digest::of("root"));
            leaves[at].body = body.to_string().replace("\"ballots\"", &root);
        })
    };
    let approval_unsigned = unsigned(
        Kind::PollApproved,
        "approval",
        Kind::PollClosingStated,
        "closing",
    );
    let closing_unsigned = unsigned(
        Kind::PollClosingStated,
        "closing",
        Kind::PollApproved,
        "approval",
    );
    let missing = |kind: Kind| {
        changed(|leaves| {
            leaves.remove(of_kind(leaves, kind.name()));
        })
    };
    let twice = |kind: Kind| {
        changed(|leaves| {
            let at = of_kind(leaves, kind.name());
            leaves.insert(at, leaves[at].clone());
        })
    };
    for (what, record) in [
        (
            "election",
            approved(|it| it.fingerprint = Digest::of("other")),
        ),
        ("rule", approved(|it| it.rule = Digest::of("other"))),
        ("roll", approved(|it| it.roll = Digest::of("other"))),
        (
            "closed election",
            closing(|it| it.fingerprint = Digest::of("other")),
        ),
        ("sum", closing(|it| it.tally = Digest::of("other"))),
        ("unsigned approval", approval_unsigned),
        ("unsigned closing", closing_unsigned),
        ("history", closing(|it| it.root = Some(Digest::of("other")))),
        ("no approval", missing(Kind::PollApproved)),
        ("no closing", missing(Kind::PollClosingStated)),
        ("two approvals", twice(Kind::PollApproved)),
        ("two closings", twice(Kind::PollClosingStated)),
    ] {
        assert_eq!(refusal(&POLL, &record), "statement", "{what}");
    }
    let fewer = closing(|it| it.ballots -= 1);
    assert_eq!(refusal(&POLL, &fewer), "closings");
}
