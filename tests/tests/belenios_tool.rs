//! Elections together with Debian's `belenios-tool` 2.0, which others wrote: what we make it verifies at every step,
//! what it makes we verify, and one election is made by both.
//!
//! It speaks the group BELENIOS-2048 and none of its own threshold archives is in the dialect that is read here; ours,
//! in the later dialect, it reads.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

#[path = "belenios_tool/commands.rs"]
mod commands;
#[path = "belenios_tool/ours.rs"]
mod ours;
#[path = "belenios_tool/theirs.rs"]
mod theirs;

use ballot::trustee::{SecretKey, Trustees, VerificationKey};
use ballot::{Belenios2048, PartialDecryption, Wire as _};
use ours::{Office, Ours, Vote, counts, questions, vote};
use tally::verify::{self, BallotCheck, Freshness, Options, Verdict};
use theirs::Tool;

/// Votes of five voters, the first two of whom vote again; the second question is also answered blank.
fn votes() -> Vec<(usize, Vote)> {
    vec![
        (0, vote([&[1, 1, 0, 0, 0], &[0, 1, 0, 0], &[1, 1, 0, 0]])),
        (1, vote([&[0, 0, 0, 0, 0], &[1, 0, 0, 0], &[1, 1, 1, 0]])),
        (2, vote([&[0, 0, 0, 0, 1], &[0, 1, 1, 0], &[0, 1, 1, 1]])),
        (3, vote([&[0, 1, 0, 1, 0], &[0, 0, 0, 1], &[0, 0, 1, 1]])),
        (0, vote([&[0, 0, 1, 0, 0], &[1, 0, 0, 0], &[1, 0, 0, 1]])),
        (4, vote([&[1, 0, 0, 0, 0], &[1, 0, 0, 0], &[1, 0, 1, 0]])),
        (1, vote([&[0, 1, 1, 0, 0], &[0, 0, 1, 1], &[0, 1, 0, 1]])),
    ]
}

fn our_election_is_verified_at_every_step(office: Office) {
    let Some(tool) = Tool::in_a_folder() else {
        return;
    };
    let mut ours = Ours::new(office, 5, &[], &[]);
    let uuid = ours.election.uuid().as_str().to_owned();
    tool.verifies(&uuid, ours.archive());
    for (voter, vote) in votes() {
        ours.cast(voter, &vote);
        tool.verifies_as_continuation(&uuid, ours.archive());
    }
    let tally = ours.close();
    tool.verifies_as_continuation(&uuid, ours.archive());
    let theirs = tool
        .run(&["election", "compute-encrypted-tally"], b"")
        .unwrap();
    assert_eq!(
        theirs.lines().next(),
        Some(tally.as_str()),
        "the same encrypted tally"
    );

    let enough = ours.keys.len();
    for owner in 0..enough {
        ours.decrypt(owner);
        tool.verifies_as_continuation(&uuid, ours.archive());
    }
    let result = ours.finish();
    let theirs = tool.run(&["election", "compute-result"], b"").unwrap();
    assert_eq!(theirs.trim_end(), result, "the same result");
    tool.verifies_as_continuation(&uuid, ours.archive());
    assert_eq!(counted(ours.archive()), counts(&votes()));
}

#[test]
fn our_election_with_single_trustees_is_verified_at_every_step() {
    our_election_is_verified_at_every_step(Office::Singles(2));
}

#[test]
fn our_election_with_a_threshold_of_trustees_is_verified_at_every_step() {
    our_election_is_verified_at_every_step(Office::Threshold { size: 3, of: 2 });
}

#[test]
fn our_election_with_single_and_threshold_trustees_is_verified_at_every_step() {
    our_election_is_verified_at_every_step(Office::Both { size: 3, of: 2 });
}

#[test]
fn an_election_held_by_the_command_is_verified_by_it() {
    let Some(tool) = Tool::in_a_folder() else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let (uuid, archive) = commands::hold(folder.path());
    tool.verifies(&uuid, &archive);
    assert_eq!(counted(&archive), [commands::COUNTS]);
}

#[test]
fn our_election_with_weights_is_verified_by_it() {
    let Some(tool) = Tool::in_a_folder() else {
        return;
    };
    let mut ours = Ours::new(Office::Singles(1), 3, &[], &[1, 7, 300]);
    let uuid = ours.election.uuid().as_str().to_owned();
    let votes = votes();
    for (voter, vote) in &votes[..3] {
        ours.cast(*voter, vote);
    }
    ours.close();
    ours.decrypt(0);
    ours.finish();
    tool.verifies(&uuid, ours.archive());
    let weighted = [
        vec![1, 1, 0, 0, 300],
        vec![7, 301, 300, 0],
        vec![8, 308, 307, 300],
    ];
    assert_eq!(counted(ours.archive()), weighted);
}

/// What the result's page and docs/independent-check.md say of this release.
#[test]
fn release_2_0_does_not_know_the_group_of_the_service_and_says_so() {
    let Some(tool) = Tool::in_a_folder() else {
        return;
    };
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../ballot/tests/data/elections/ed25519-50-by-belenios-3.3.0/4w6XtatTw6kgAw.bel"
    );
    let archive = std::fs::read(path).unwrap();
    assert_eq!(counted(&archive).len(), 1, "a sound archive");
    let said = tool.verify("4w6XtatTw6kgAw", &archive).unwrap_err();
    assert!(said.contains("unknown group: Ed25519"), "{said}");
}

#[test]
fn it_verifies_an_archive_under_any_name() {
    let Some(tool) = Tool::in_a_folder() else {
        return;
    };
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../ballot/tests/data/elections/belenios2048-50-by-belenios-3.3.0/FnSzDtLkVP3zH4.bel"
    );
    let archive = std::fs::read(path).unwrap();
    tool.verifies("青禾县-2026-票决", &archive);
}

#[test]
fn it_refuses_our_election_with_one_false_thing() {
    // So that its consent above means something.
    let Some(tool) = Tool::in_a_folder() else {
        return;
    };
    let mut ours = Ours::new(Office::Singles(1), 5, &[], &[]);
    let uuid = ours.election.uuid().as_str().to_owned();
    for (voter, vote) in votes() {
        ours.cast(voter, &vote);
    }
    let mut unfit = ours.clone();
    unfit.cast_with_a_false_proof(4);
    let said = tool.verify(&uuid, unfit.archive()).unwrap_err();
    assert!(said.contains("ballot"), "{said}");
    ours.close();
    ours.decrypt(0);
    ours.finish_with(r#"{"result":[[1,2,2,1,2],[2,1,2,2],[2,2,3,3]]}"#);
    let said = tool.verify(&uuid, ours.archive()).unwrap_err();
    assert!(said.contains("result"), "{said}");
    let ours = verify::archive(ours.archive(), Options::default());
    assert_eq!(ours.failure.map(|failure| failure.check), Some("result"));
}

#[test]
fn its_election_is_verified_by_us_and_each_of_its_ballots_accepted() {
    let Some(tool) = Tool::in_a_folder() else {
        return;
    };
    let uuid = tool.token();
    let credentials = tool.credentials(&uuid, 5);
    let keys = [tool.trustee_key(), tool.trustee_key()];
    tool.set_up(&uuid, &keys, &questions());
    for (voter, vote) in votes() {
        let ballot = tool.ballot(&credentials[voter], &vote);
        let check = BallotCheck::<Belenios2048>::new(
            &tool.archive(&uuid),
            Freshness::Checked,
            Options::default(),
        );
        let accepted = check.unwrap().check(ballot.as_bytes()).unwrap();
        assert_eq!(accepted.to_json(), ballot);
        tool.event("Ballot", &ballot);
    }
    tool.event("EndBallots", "");
    let tally = tool
        .run(&["election", "compute-encrypted-tally"], b"")
        .unwrap();
    tool.event("EncryptedTally", &tally);
    for (owner, key) in (1..).zip(&keys) {
        tool.event("PartialDecryption", &tool.decrypt(key, owner));
    }
    let result = tool.run(&["election", "compute-result"], b"").unwrap();
    tool.event("Result", &result);
    tool.verify_here().unwrap();

    let archive = tool.archive(&uuid);
    assert_eq!(counted(&archive), counts(&votes()));
    let again = tally::archive::ArchiveWriter::resume(archive.clone()).unwrap();
    assert_eq!(again.bytes(), archive);
}

#[test]
fn an_election_that_both_make_is_verified_by_both() {
    let Some(tool) = Tool::in_a_folder() else {
        return;
    };
    let uuid = tool.token();
    let credentials = tool.credentials(&uuid, 3);
    let roll: Vec<String> = tool.public_credentials();
    let key = tool.trustee_key();
    let public = tool.read(&format!("{key}.pubkey"));
    let public = VerificationKey::<Belenios2048>::from_json(public.trim_end().as_bytes()).unwrap();
    let mut ours = Ours::of_both(&uuid, public, 3, &roll);
    tool.put(&uuid, ours.archive());

    // Our voters are 0 to 2, its voters 3 to 5; one of each votes again.
    let marks: Vec<Vote> = votes().into_iter().map(|(_, vote)| vote).collect();
    let cast: Vec<(usize, Vote)> = [0, 3, 1, 4, 3, 5, 0].into_iter().zip(marks).collect();
    for (voter, vote) in &cast {
        if *voter < 3 {
            ours.cast(*voter, vote);
        } else {
            let ballot = tool.ballot(&credentials[voter - 3], vote);
            ours.take(&ballot);
        }
        tool.verifies_as_continuation(&uuid, ours.archive());
    }
    ours.close();
    ours.decrypt(0);
    tool.put(&uuid, ours.archive());
    let partial = tool.decrypt(&key, 2);
    ours.take_partial(2, partial.lines().next().unwrap());
    ours.finish();
    tool.verifies_as_continuation(&uuid, ours.archive());
    assert_eq!(counted(ours.archive()), counts(&cast));

    // The tool's secret key, read by us, makes the same factors.
    let secret = tool.read(&format!("{key}.privkey"));
    let secret = SecretKey::<Belenios2048>::from_json(secret.trim_end().as_bytes()).unwrap();
    let made = ours.partial_of(&secret);
    let theirs =
        PartialDecryption::<Belenios2048>::from_json(partial.lines().next().unwrap().as_bytes())
            .unwrap();
    assert_eq!(made.decryption_factors, theirs.decryption_factors);
}

#[test]
fn its_own_threshold_archive_is_refused_for_its_trustees() {
    // The dialect of 2.0: no context in the certificates, no signatures of the transcript.
    let Some(tool) = Tool::in_a_folder() else {
        return;
    };
    let trustees = tool.threshold_trustees(3, 2);
    let error = Trustees::<Belenios2048>::from_json(trustees.trim_end().as_bytes()).unwrap_err();
    assert!(error.path.contains("certs"), "{error}");
}

/// The counts of an archive that we verify.
fn counted(archive: &[u8]) -> Vec<Vec<u64>> {
    let report = verify::archive(archive, Options::default());
    assert_eq!(report.verdict, Verdict::Verified, "{report:?}");
    report.counted.unwrap().result
}
