//! Archives that Belenios 2.5.1 and 3.3.0 made with all that they can hold: each is verified with the counts that
//! follow from the recorded votes, and refused by the right check once one thing in it is broken.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "helpers of tests fail as tests do"
)]

#[path = "archives_of_others/bel.rs"]
mod bel;
#[path = "archives_of_others/certificate.rs"]
mod certificate;
#[path = "archives_of_others/recorded.rs"]
mod recorded;

use std::process::Command;

use ballot::proof::{Context, Proof};
use ballot::{
    Ballot, Belenios2048, Ed25519, Election, Group, PublicCredentials, Tracker, Wire as _,
};
use bel::Bel;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;
use recorded::{Counts, Recorded};
use serde_json::Value;
use tally::archive::Archive;
use tally::verify::{self, CheckStatus, Options, Report, Verdict};

const WEIGHTS_2_5_1: &str = "ed25519-weights-revotes-by-belenios-2.5.1";
const MIXED_2_5_1: &str = "ed25519-mixed-trustees-blank-by-belenios-2.5.1";
const GROUPS_2_5_1: &str = "ed25519-two-groups-by-belenios-2.5.1";
const FINITE_2_5_1: &str = "belenios2048-mixed-trustees-weights-blank-by-belenios-2.5.1";
const LARGE_2_5_1: &str = "ed25519-large-weights-by-belenios-2.5.1";
const LARGE_3_3_0: &str = "ed25519-large-weights-by-belenios-3.3.0";
const RANKING_2_5_1: &str = "ed25519-nonhomomorphic-by-belenios-2.5.1";
const MIXED_3_3_0: &str = "ed25519-mixed-trustees-weights-blank-by-belenios-3.3.0";
const GROUPS_3_3_0: &str = "ed25519-two-groups-by-belenios-3.3.0";
const FINITE_3_3_0: &str = "belenios2048-mixed-trustees-weights-blank-by-belenios-3.3.0";
const CERTIFIED_3_3_0: &str = "ed25519-credentials-certificate-by-belenios-3.3.0";
const LISTS_3_3_0: &str = "ed25519-lists-by-belenios-3.3.0";

const COUNTED: [&str; 10] = [
    WEIGHTS_2_5_1,
    MIXED_2_5_1,
    GROUPS_2_5_1,
    FINITE_2_5_1,
    MIXED_3_3_0,
    GROUPS_3_3_0,
    FINITE_3_3_0,
    CERTIFIED_3_3_0,
    LARGE_2_5_1,
    LARGE_3_3_0,
];

const CHECKS: [&str; 10] = [
    "archive",
    "events",
    "election",
    "trustees",
    "credentials",
    "ballots",
    "revotes",
    "encrypted-tally",
    "partial-decryptions",
    "result",
];

/// That it is verified without a warning, and counts what was recorded.
fn verified(bytes: &[u8], recorded: &Recorded) -> Counts {
    let report = verify::archive(bytes, Options::default());
    assert_eq!(report.verdict, Verdict::Verified, "{report:?}");
    let checks: Vec<_> = report.checks.iter().map(|c| (c.check, c.status)).collect();
    assert_eq!(checks, CHECKS.map(|check| (check, CheckStatus::Passed)));
    let counted = report.counted.unwrap();
    let counts = Counts {
        credentials: counted.credentials,
        ballots: counted.ballots,
        counted: counted.counted,
        weight: counted.weight,
        result: counted.result,
    };
    assert_eq!(counts, recorded.counts());
    assert_eq!(counts.result, recorded.published());
    counts
}

/// As [`verified`], and that roll and ballots are those of the recorded voters, one by one.
fn verified_with_its_voters<G: Group>(election: &str) -> Counts {
    let (bytes, recorded) = (recorded::archive(election), Recorded::of(election));
    let archive = Archive::read(&bytes).unwrap();
    let uuid = Election::<G>::from_json(archive.setup.election).unwrap();
    let uuid = uuid.uuid();
    let roll = PublicCredentials::<G>::from_json(archive.setup.credentials).unwrap();
    let credentials = recorded.credentials();
    for (voter, weight) in recorded.weights() {
        let public = credentials[voter].public::<G>(uuid);
        assert_eq!(roll.weight_of(&public), Some(*weight), "{voter}");
    }
    for (entry, cast) in archive.ballots.iter().zip(recorded.casts()) {
        let ballot = Ballot::<G>::from_json(entry.bytes).unwrap();
        let public = credentials[&cast.voter].public::<G>(uuid);
        assert!(ballot.credential == public, "{}", cast.voter);
    }
    verified(&bytes, &recorded)
}

/// Check, reason and object of the first failure after `change`; nothing else may be wrong before it.
fn refused(election: &str, change: impl FnOnce(&mut Bel)) -> (&'static str, &'static str, String) {
    let mut bel = Bel::of(&recorded::archive(election));
    change(&mut bel);
    failure(verify::archive(&bel.write(), Options::default()))
}

fn failure(report: Report) -> (&'static str, &'static str, String) {
    assert_eq!(report.verdict, Verdict::NotVerified, "{report:?}");
    let failure = report.failure.unwrap();
    let object = failure.object.unwrap_or_default();
    (failure.check, failure.reason.unwrap(), object)
}

fn replace(text: &mut String, from: &str, to: &str) {
    assert_eq!(text.matches(from).count(), 1, "{from} in {text}");
    *text = text.replace(from, to);
}

/// The `nth` part of `text` from `begin` up to and with `end`.
fn part(text: &str, begin: &str, end: &str, nth: usize) -> String {
    let (start, _) = text.match_indices(begin).nth(nth).unwrap();
    let length = text[start..].find(end).unwrap() + end.len();
    text[start..start + length].to_owned()
}

/// Puts two parts of `text` in each other's places.
fn swap(text: &mut String, one: &str, other: &str) {
    assert_ne!(one, other);
    replace(text, one, "\u{0}");
    replace(text, other, one);
    replace(text, "\u{0}", other);
}

#[test]
fn an_archive_of_2_5_1_with_weights_and_revotes_is_verified() {
    let counts = verified_with_its_voters::<Ed25519>(WEIGHTS_2_5_1);
    assert_eq!((counts.ballots, counts.counted), (8, 5));
    assert_eq!(counts.weight, 1010);
}

#[test]
fn an_archive_of_2_5_1_with_single_trustees_a_threshold_group_and_blank_votes_is_verified() {
    let counts = verified_with_its_voters::<Ed25519>(MIXED_2_5_1);
    // The first of a question that may be left blank: how many did so.
    assert_eq!((counts.result[0][0], counts.result[1][0]), (1, 2));
}

#[test]
fn an_archive_of_2_5_1_in_the_finite_field_with_weights_revotes_and_blank_votes_is_verified() {
    let counts = verified_with_its_voters::<Belenios2048>(FINITE_2_5_1);
    assert_eq!((counts.ballots, counts.counted, counts.weight), (4, 3, 8));
}

#[test]
fn an_archive_of_3_3_0_with_all_features_is_verified() {
    let counts = verified_with_its_voters::<Ed25519>(MIXED_3_3_0);
    assert_eq!((counts.ballots, counts.counted, counts.weight), (7, 4, 13));
}

#[test]
fn an_archive_of_3_3_0_in_the_finite_field_with_all_features_is_verified() {
    let counts = verified_with_its_voters::<Belenios2048>(FINITE_3_3_0);
    assert_eq!((counts.ballots, counts.counted, counts.weight), (4, 3, 6));
}

#[test]
fn archives_with_two_threshold_groups_one_of_them_one_of_two_are_verified() {
    for election in [GROUPS_2_5_1, GROUPS_3_3_0] {
        verified_with_its_voters::<Ed25519>(election);
    }
}

#[test]
fn archives_with_weights_above_the_largest_number_of_the_tools_are_verified() {
    for election in [LARGE_2_5_1, LARGE_3_3_0] {
        let counts = verified_with_its_voters::<Ed25519>(election);
        assert_eq!(counts.weight, 1_073_741_829);
        assert_eq!(counts.result, [[1 << 30, (1 << 30) - 1, 5]]);
    }
}

#[test]
fn a_sum_of_weights_has_one_encoding() {
    for (from, to) in [
        ("\"1073741824\"", "1073741824"),
        ("\"1073741824\"", "\"01073741824\""),
        ("\"1073741824\"", "\"+1073741824\""),
        ("1073741823", "\"1073741823\""),
        (",5]", ",\"5\"]"),
    ] {
        let mut event = String::new();
        let found = refused(LARGE_2_5_1, |bel| {
            replace(bel.before("Result", 0, 1), from, to);
            event = bel.event("Result", 0);
        });
        assert_eq!(found, ("result", "encoding", event), "{to}");
    }
    let total = |bel: &mut Bel| {
        let sized = bel.before("EncryptedTally", 0, 1);
        replace(sized, "\"1073741829\"", "1073741829");
    };
    let found = refused(LARGE_3_3_0, total);
    assert_eq!((found.0, found.1), ("events", "encoding"));
}

#[test]
fn archives_with_rankings_or_lists_are_unsupported_and_never_verified() {
    for election in [RANKING_2_5_1, LISTS_3_3_0] {
        let report = verify::archive(&recorded::archive(election), Options::default());
        assert_eq!(report.verdict, Verdict::Unsupported);
        let failure = report.failure.unwrap();
        assert_eq!(
            (failure.check, failure.reason),
            ("supported", Some("unsupported"))
        );
        assert_eq!(report.counted, None);
    }
}

#[cfg(feature = "cli")]
#[test]
fn the_command_says_by_its_exit_code_what_it_does_not_support() {
    let exits = [WEIGHTS_2_5_1, RANKING_2_5_1, LISTS_3_3_0].map(|election| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tally"));
        let done = command.arg("verify").arg(recorded::path(election)).output();
        done.unwrap().status.code()
    });
    assert_eq!(exits, [Some(0), Some(2), Some(2)]);
}

/// The verification keys of an archive's threshold groups.
fn keys_of_groups(election: &str) -> Vec<Value> {
    let bytes = recorded::archive(election);
    let trustees = Archive::read(&bytes).unwrap().setup.trustees;
    let trustees: Vec<(String, Value)> = serde_json::from_slice(trustees).unwrap();
    let groups = trustees.into_iter().filter(|(kind, _)| kind == "Pedersen");
    let keys = groups.flat_map(|(_, group)| match &group["verification_keys"] {
        Value::Array(keys) => keys.clone(),
        _ => panic!("{group}"),
    });
    keys.collect()
}

#[test]
fn verification_keys_are_present_the_dialect_of_3_3_0_and_not_in_that_of_2_5_1() {
    for (elections, signed) in [
        (&[MIXED_2_5_1, GROUPS_2_5_1, FINITE_2_5_1], false),
        (&[MIXED_3_3_0, GROUPS_3_3_0, FINITE_3_3_0], true),
    ] {
        for election in elections {
            let keys = keys_of_groups(election);
            assert!(keys.len() >= 3, "{election}");
            for key in keys {
                assert_eq!(key.get("signature").is_some(), signed, "{election}: {key}");
            }
        }
    }
}

#[test]
fn the_dialect_of_3_3_0_without_its_signatures_is_that_of_2_5_1() {
    let mut bel = Bel::of(&recorded::archive(MIXED_3_3_0));
    for _ in keys_of_groups(MIXED_3_3_0) {
        let signature = key_signature(bel.trustees(), 0);
        replace(bel.trustees(), &signature, "");
    }
    assert!(bel.trustees().ends_with("\"}]}]]"), "no signature is left");
    verified(&bel.write(), &Recorded::of(MIXED_3_3_0));
}

/// After a public key, a signature stands in verification keys alone.
const KEY_SIGNATURE: &str = "\",\"signature\":{\"challenge\"";

fn key_signature(trustees: &str, nth: usize) -> String {
    let keys = trustees.find("\"verification_keys\"").unwrap();
    part(&trustees[keys..], KEY_SIGNATURE, "}", nth)[1..].to_owned()
}

#[test]
fn a_key_signature_taken_away_or_given_to_another_member_is_refused() {
    let object = |trustee| ("trustees", trustee, "trustee 3".to_owned());
    let away = |bel: &mut Bel| {
        let signature = key_signature(bel.trustees(), 1);
        replace(bel.trustees(), &signature, "");
    };
    assert_eq!(refused(MIXED_3_3_0, away), object("group-size"));
    let exchanged = |bel: &mut Bel| {
        let trustees = bel.trustees();
        let (one, other) = (key_signature(trustees, 0), key_signature(trustees, 1));
        swap(trustees, &one, &other);
    };
    assert_eq!(refused(MIXED_3_3_0, exchanged), object("key-signature"));
}

#[test]
fn signatures_of_the_ceremony_in_each_others_places_are_refused_in_either_dialect() {
    for (election, member) in [(MIXED_2_5_1, "trustee 3"), (FINITE_3_3_0, "trustee 2")] {
        let exchanged = |bel: &mut Bel| {
            let trustees = bel.trustees();
            let list = part(trustees, "\"signatures\":[{", "]", 0);
            let (one, other) = (part(&list, "{", "}", 0), part(&list, "{", "}", 1));
            swap(trustees, &one, &other);
        };
        let expected = ("trustees", "transcript-signature", member.to_owned());
        assert_eq!(refused(election, exchanged), expected);
    }
}

/// The verification key `nth` of all threshold groups together, where keys are not signed.
fn verification_key(trustees: &str, nth: usize) -> String {
    let groups = trustees.split("\"verification_keys\":[").skip(1);
    let keys = groups.flat_map(|group| group.split("]}").next().unwrap().split("},{"));
    let key = keys.map(|key| key.trim_matches(['{', '}'])).nth(nth);
    format!("{{{}}}", key.unwrap())
}

#[test]
fn only_members_of_a_group_of_whom_one_is_enough_share_a_key() {
    let repeated = |trustee: u32| ("trustees", "repeated-key", format!("trustee {trustee}"));
    // Members 1 and 2 of the first group, of whom two are needed.
    let among_members = |bel: &mut Bel| {
        let trustees = bel.trustees();
        let (one, other) = (verification_key(trustees, 0), verification_key(trustees, 1));
        replace(trustees, &other, &one);
    };
    assert_eq!(refused(GROUPS_2_5_1, among_members), repeated(2));
    // Trustee 4, the single one, takes the key of the group that follows.
    let with_a_single = |bel: &mut Bel| {
        let trustees = bel.trustees();
        let single = part(trustees, "[\"Single\",", "]", 0);
        let key = verification_key(trustees, 3);
        replace(trustees, &single, &format!("[\"Single\",{key}]"));
    };
    assert_eq!(refused(GROUPS_2_5_1, with_a_single), repeated(5));
}

#[test]
fn the_last_ballot_of_a_voter_counts_and_not_an_earlier_one() {
    let sum = |bel: &mut Bel| ("encrypted-tally", "sum", bel.event("EncryptedTally", 0));
    for (election, one, other) in [
        (WEIGHTS_2_5_1, 1, 7),
        (FINITE_2_5_1, 0, 3),
        (MIXED_3_3_0, 3, 6),
        (FINITE_3_3_0, 1, 3),
    ] {
        let mut expected = None;
        let found = refused(election, |bel| {
            expected = Some(sum(bel));
            bel.swap_ballots(one, other);
        });
        assert_eq!(Some(found), expected, "{election}");
    }
}

#[test]
fn ballots_that_count_are_one_for_each_voter() {
    for (election, counted, all) in [(WEIGHTS_2_5_1, 5, 8), (MIXED_3_3_0, 4, 7)] {
        let mut event = String::new();
        let found = refused(election, |bel| {
            let [from, to] = [counted, all].map(|n| format!("\"num_tallied\":{n},"));
            replace(bel.before("EncryptedTally", 0, 1), &from, &to);
            event = bel.event("EncryptedTally", 0);
        });
        assert_eq!(found, ("encrypted-tally", "num-tallied", event));
    }
}

#[test]
fn a_ballot_counts_as_often_as_the_roll_says() {
    // Another weight; and two weights in each other's places, which the total does not show.
    let other = |bel: &mut Bel| replace(bel.roll(), ",1000\"", ",999\"");
    let event = "event 10".to_owned();
    let expected = ("encrypted-tally", "total-weight", event.clone());
    assert_eq!(refused(WEIGHTS_2_5_1, other), expected);
    let exchanged = |bel: &mut Bel| swap(bel.roll(), ",1000\"", ",4\"");
    let expected = ("encrypted-tally", "sum", event);
    assert_eq!(refused(WEIGHTS_2_5_1, exchanged), expected);
}

#[test]
fn each_single_trustee_and_as_many_members_as_the_threshold_must_decrypt() {
    // In the order of the archive: trustees 5, 1, 3, 2; 6, 2, 3, 5, 1; 2, 6, 4, 3; 1, 4, 2.
    for (election, partials) in [
        (MIXED_2_5_1, 4),
        (MIXED_3_3_0, 5),
        (GROUPS_2_5_1, 4),
        (FINITE_2_5_1, 3),
    ] {
        for nth in 0..partials {
            let found = refused(election, |bel| bel.drop("PartialDecryption", nth, 2));
            let expected = ("partial-decryptions", "too-few", String::new());
            assert_eq!(found, expected, "{election}, {nth}");
        }
    }
}

#[test]
fn a_members_partial_decryption_under_another_members_name_is_refused() {
    // Trustee 5 of 2.5.1's group has decrypted, trustee 4 has not.
    let event = Bel::of(&recorded::archive(MIXED_2_5_1)).event("PartialDecryption", 0);
    let found = refused(MIXED_2_5_1, |bel| {
        let owned = bel.before("PartialDecryption", 0, 1);
        replace(owned, "\"owner\":5,", "\"owner\":4,");
    });
    let expected = (
        "partial-decryptions",
        "too-few",
        format!("{event}, trustee 4"),
    );
    assert_eq!(found, expected);
}

#[test]
fn a_false_count_is_refused_also_where_it_moves_from_blank_to_an_answer() {
    for (election, from, to) in [
        (WEIGHTS_2_5_1, "1007", "1008"),
        (MIXED_2_5_1, "[1,2,2]", "[2,1,2]"),
        (GROUPS_2_5_1, "[2,1,0]", "[1,2,0]"),
        (FINITE_2_5_1, "[6,0,2]", "[0,6,2]"),
        (MIXED_3_3_0, "[9,0,0]", "[0,9,0]"),
        (GROUPS_3_3_0, "[0,1,2]", "[0,2,1]"),
        (FINITE_3_3_0, "[2,3,1]", "[3,2,1]"),
    ] {
        let mut event = String::new();
        let found = refused(election, |bel| {
            replace(bel.before("Result", 0, 1), from, to);
            event = bel.event("Result", 0);
        });
        assert_eq!(found, ("result", "counts", event), "{election}");
    }
}

/// Changes a ballot and signs it again, so that nothing but the change gives it away.
fn refused_ballot<G: Group>(
    election: &str,
    nth: usize,
    change: impl FnOnce(&mut Ballot<G>),
) -> (&'static str, &'static str, String) {
    let recorded = Recorded::of(election);
    let mut blamed = String::new();
    let found = refused(election, |bel| {
        let uuid = Election::<G>::from_json(bel.election().as_bytes()).unwrap();
        let credential = &recorded.credentials()[&recorded.casts()[nth].voter];
        let mut ballot = Ballot::<G>::from_json(bel.ballot(nth).as_bytes()).unwrap();
        change(&mut ballot);
        let hash = ballot.signed_hash();
        let secret = secret_of::<G>(&format!("{}", uuid.uuid()), credential.expose());
        let mut rng = ChaCha20Rng::from_seed([9; 32]);
        ballot.signature.hash = hash;
        ballot.signature.proof =
            Proof::of_knowledge(&secret, &Context::raw(format!("sig|{hash}|")), &mut rng);
        *bel.ballot(nth) = ballot.to_json();
        let tracker: Tracker = ballot.tracker();
        blamed = format!("{}, ballot {tracker}", bel.event("Ballot", nth));
    });
    assert_eq!(found.2, blamed);
    found
}

/// The signing key as the specification derives it, apart from the code under test.
fn secret_of<G: Group>(uuid: &str, credential: &str) -> G::Scalar {
    use sha2::{Digest as _, Sha256};
    let half = |n: u32| Sha256::digest(format!("derive_credential|{uuid}|{n}|{credential}"));
    G::reduce_wide(&[half(0), half(1)].concat().try_into().unwrap())
}

fn blank_proof_of_another_question<G: Group>(ballot: &mut Ballot<G>) {
    ballot.answers[0].blank_proof = ballot.answers[1].blank_proof.clone();
}

#[test]
fn a_blank_proof_of_another_question_is_refused() {
    let found = refused_ballot(MIXED_2_5_1, 1, blank_proof_of_another_question::<Ed25519>);
    assert_eq!((found.0, found.1), ("ballots", "blank-proof"));
    let found = refused_ballot(MIXED_3_3_0, 5, blank_proof_of_another_question::<Ed25519>);
    assert_eq!((found.0, found.1), ("ballots", "blank-proof"));
}

#[test]
fn a_blank_proof_stands_where_the_question_may_be_left_blank_and_nowhere_else() {
    let missing = |ballot: &mut Ballot<Belenios2048>| ballot.answers[0].blank_proof = None;
    for election in [FINITE_2_5_1, FINITE_3_3_0] {
        let found = refused_ballot(election, 1, missing);
        assert_eq!((found.0, found.1), ("ballots", "blank-proof-shape"));
    }
    let unasked = |ballot: &mut Ballot<Belenios2048>| {
        ballot.answers[1].blank_proof = ballot.answers[0].blank_proof.clone();
    };
    for election in [FINITE_2_5_1, FINITE_3_3_0] {
        let found = refused_ballot(election, 1, unasked);
        assert_eq!((found.0, found.1), ("ballots", "blank-proof-shape"));
    }
}

#[test]
fn choices_in_each_others_places_are_refused() {
    let exchanged = |ballot: &mut Ballot<Ed25519>| ballot.answers[0].choices.swap(0, 1);
    for election in [WEIGHTS_2_5_1, MIXED_2_5_1, GROUPS_2_5_1, MIXED_3_3_0] {
        let found = refused_ballot(election, 0, exchanged);
        assert_eq!((found.0, found.1), ("ballots", "individual-proof"));
    }
}

#[test]
fn an_archive_taken_apart_and_put_together_again_is_the_same() {
    for election in COUNTED {
        let bytes = recorded::archive(election);
        assert!(Bel::of(&bytes).write() == bytes, "{election}");
    }
}
