//! A healthy service in which exactly one thing is broken: `server check` says which.

mod healthy;

use crate::session::testkit::TestSession;
use crate::testing::NOW;
use domain::infra::config::Config;
use domain::infra::database::Database;
use domain::infra::record_key::{BEFORE_LAST, LAST, RecordKey};
use domain::infra::vault::Vault;
use domain::inspection::{Fault, Part, inspect};
use domain::on_either;
use domain::record::{self, RecordError};
use domain::session::SessionError;
use domain::startup;
use healthy::{Copy, DATABASE, Healthy, OLDER};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use tally::record::note::NoteError;
use tally::record::{Checkpoint, Hash};

#[tokio::test]
async fn in_a_healthy_service_nothing_is_wrong() {
    let copy = Healthy::start().await.copy();
    let wrong = copy.wrong().await;
    assert!(wrong.is_empty(), "{wrong:?}");
    let found = inspect(&copy.config, NOW).await;
    let polls = found.iter().find(|one| one.part == Part::Polls).unwrap();
    assert_eq!(
        polls.outcome.as_ref().unwrap(),
        "1 with 2 ballots, each the record's"
    );
    copy.serves().await.unwrap();
}

#[tokio::test]
async fn on_either_database_nothing_is_wrong() {
    use crate::testing::TestService;
    use domain::cycles::Stage;
    for service in TestService::on_each_database(Stage::Voting).await {
        let kind = domain::session::PollKind::Main;
        let session = TestSession::in_service(service, kind, 3, 4).await;
        let config = Config {
            database_url: session.service.database_url().to_owned(),
            ..session.app().config.clone()
        };
        record::checkpoint(session.app()).await.unwrap();
        for finding in inspect(&config, NOW).await {
            assert!(finding.outcome.is_ok(), "{finding:?}");
        }
    }
}

#[tokio::test]
async fn what_is_stored_of_a_poll_otherwise_than_in_the_record_is_found() {
    let healthy = Healthy::start().await;
    for (what, statement) in [
        (
            "a byte of a ballot",
            "UPDATE poll_ballots SET ballot = replace(ballot, '1', '2') WHERE sequence = 0",
        ),
        (
            "a ballot is gone",
            "DELETE FROM poll_ballots WHERE sequence = 1",
        ),
        (
            "a ballot's tracker",
            "UPDATE poll_ballots SET tracker = 'x' || substr(tracker, 2) WHERE sequence = 0",
        ),
        (
            "a ballot's entry",
            "UPDATE poll_ballots SET entry = 0 WHERE sequence = 1",
        ),
        (
            "a scrutineer's part",
            "UPDATE poll_partials SET sealed = zeroblob(length(sealed)) WHERE number = 2",
        ),
        (
            "one on the roll",
            "DELETE FROM poll_roll WHERE credential NOT IN (SELECT credential FROM poll_ballots)",
        ),
        (
            "the fingerprint",
            "UPDATE polls SET fingerprint = (SELECT tracker FROM poll_ballots LIMIT 1)",
        ),
        ("the number of ballots", "UPDATE polls SET returned = 3"),
        ("the state", "UPDATE polls SET state = 'open'"),
    ] {
        let copy = healthy.copy();
        copy.write(&[statement]).await;
        let fault = copy.only_wrong(Part::Polls, what).await;
        assert!(matches!(fault, Fault::Poll { .. }), "{what}: {fault}");
    }
    for kind in [
        "rule",
        "trustees",
        "roll",
        "election",
        "encrypted_tally",
        "result",
        "outcome",
    ] {
        let copy = healthy.copy();
        let statement = format!("UPDATE poll_objects SET text = text || ' ' WHERE kind = '{kind}'");
        copy.write(&[&statement]).await;
        let fault = copy.only_wrong(Part::Polls, kind).await;
        let Fault::Poll { error, .. } = fault else {
            panic!("{fault}")
        };
        let expected = format!("the stored {kind} is not the record's");
        assert!(error.to_string().ends_with(&expected), "{error}");
    }
}

#[tokio::test]
async fn a_ballot_that_differs_is_named() {
    let copy = Healthy::start().await.copy();
    copy.write(&["DELETE FROM poll_ballots WHERE sequence = 1"])
        .await;
    let Fault::Poll { error, .. } = copy.only_wrong(Part::Polls, "a ballot is gone").await else {
        panic!()
    };
    let SessionError::BoxDiffers(difference) = *error else {
        panic!("{error}")
    };
    assert_eq!(
        (difference.missing.len(), difference.invented.len()),
        (1, 0)
    );
}

#[tokio::test]
async fn a_record_that_does_not_give_what_was_signed_is_found() {
    type Is = fn(&RecordError) -> bool;
    let faults: [(&str, &str, Is); 8] = [
        (
            "a body",
            "UPDATE record_bodies SET body = replace(body, 'QH26-01', 'QH26-91') \
            WHERE position = (SELECT position FROM record_entries WHERE kind = 'poll_created')",
            |error| matches!(error, RecordError::Body(_)),
        ),
        (
            "a body is gone",
            "DELETE FROM record_bodies \
            WHERE position = (SELECT position FROM record_entries WHERE kind = 'poll_created')",
            |error| matches!(error, RecordError::Body(_)),
        ),
        (
            "a leaf",
            "UPDATE record_entries SET header = replace(header, 'poll_created', 'poll_creates') WHERE position = 0",
            |error| matches!(error, RecordError::SecondHistory { .. }),
        ),
        (
            "a hash",
            "UPDATE record_nodes SET hash = zeroblob(32) WHERE level = 0 AND position = 0",
            |error| matches!(error, RecordError::Node(_)),
        ),
        (
            "a hash further up",
            "UPDATE record_nodes SET hash = zeroblob(32) WHERE level = 1 AND position = 0",
            |error| matches!(error, RecordError::Node(_)),
        ),
        (
            "the right edge",
            "UPDATE record_head SET peaks = zeroblob(length(peaks))",
            |error| matches!(error, RecordError::RightEdge(_)),
        ),
        (
            "the text of a signed checkpoint",
            "UPDATE record_checkpoints SET note = replace(note, 'localhost', 'localhast') \
            WHERE size = (SELECT MIN(size) FROM record_checkpoints)",
            |error| matches!(error, RecordError::Note(NoteError::Unsigned(_))),
        ),
        (
            "the signature of a checkpoint",
            "UPDATE record_checkpoints SET note = substr(note, 1, length(note) - 12) || 'AAAA' || substr(note, -8) \
            WHERE size = (SELECT MIN(size) FROM record_checkpoints)",
            |error| matches!(error, RecordError::Note(NoteError::Forged(_))),
        ),
    ];
    let healthy = Healthy::start().await;
    for (what, statement, is) in faults {
        let copy = healthy.copy();
        copy.write(&[statement]).await;
        let fault = copy.only_wrong(Part::Record, what).await;
        let Fault::Record(error) = fault else {
            panic!("{what}: {fault}")
        };
        assert!(is(&error), "{what}: {error:?}");
    }
}

#[tokio::test]
async fn a_body_that_a_proof_needs_is_missed_although_it_is_marked_as_taken_down() {
    let copy = Healthy::start().await.copy();
    copy.write(&["UPDATE record_bodies SET salt = NULL, body = NULL, taken_down_at = 1, reason = 'personal_data' \
        WHERE position = (SELECT position FROM record_entries WHERE kind = 'poll_created')"]).await;
    let fault = copy.only_wrong(Part::Record, "a hidden poll").await;
    assert!(
        matches!(fault, Fault::Record(RecordError::Body(_))),
        "{fault}"
    );
}

#[tokio::test]
async fn a_database_that_does_not_continue_what_was_published_is_found_and_not_served() {
    let healthy = Healthy::start().await;

    let copy = healthy.copy();
    fs::copy(healthy.folder.path().join(OLDER), copy.path(DATABASE)).unwrap();
    let fault = copy.only_wrong(Part::Published, "an older database").await;
    let Fault::Record(RecordError::SecondHistory { published, stored }) = fault else {
        panic!("{fault}")
    };
    assert!(published > stored);
    assert!(matches!(
        copy.serves().await,
        Err(startup::OpenError::Record(
            RecordError::SecondHistory { .. }
        ))
    ));

    let copy = healthy.copy();
    let other = Checkpoint {
        root: Hash::from_slice(&[7; 32]).unwrap(),
        ..copy.last()
    };
    fs::write(copy.path(LAST), copy.signed(&other)).unwrap();
    let fault = copy.only_wrong(Part::Published, "another root").await;
    assert!(
        matches!(fault, Fault::Record(RecordError::SecondHistory { .. })),
        "{fault}"
    );
    assert!(matches!(
        copy.serves().await,
        Err(startup::OpenError::Record(
            RecordError::SecondHistory { .. }
        ))
    ));
}

/// What becomes of `record.checkpoint`, by name.
type Harm = (&'static str, fn(&Copy));

const HARMS: [Harm; 7] = [
    ("empty", |copy| fs::write(copy.path(LAST), "").unwrap()),
    ("gone", |copy| fs::remove_file(copy.path(LAST)).unwrap()),
    ("torn", |copy| {
        let note = fs::read(copy.path(LAST)).unwrap();
        fs::write(copy.path(LAST), &note[..note.len() / 2]).unwrap();
    }),
    ("forged", |copy| {
        let mut note = fs::read(copy.path(LAST)).unwrap();
        let digit = note.len() - 12;
        note[digit] = if note[digit] == b'A' { b'B' } else { b'A' };
        fs::write(copy.path(LAST), note).unwrap();
    }),
    ("no text", |copy| {
        fs::write(copy.path(LAST), [0xff; 180]).unwrap();
    }),
    ("another key's", |copy| {
        let stranger = Copy {
            folder: tempfile::tempdir().unwrap(),
            config: Config::default(),
        };
        RecordKey::load_or_make(stranger.folder.path()).unwrap();
        let config = Config {
            data_dir: stranger.folder.path().to_owned(),
            ..Config::default()
        };
        let stranger = Copy { config, ..stranger };
        fs::write(copy.path(LAST), stranger.signed(&copy.last())).unwrap();
    }),
    ("another origin's", |copy| {
        let other = Checkpoint {
            origin: "elsewhere/record".to_owned(),
            ..copy.last()
        };
        fs::write(copy.path(LAST), copy.signed(&other)).unwrap();
    }),
];

#[tokio::test]
async fn a_damaged_memory_is_told_and_mended_where_the_database_shows_what_it_held() {
    let healthy = Healthy::start().await;
    let whole = fs::read_to_string(healthy.folder.path().join(LAST)).unwrap();
    for (what, harm) in HARMS {
        let copy = healthy.copy();
        harm(&copy);
        let fault = copy.only_wrong(Part::Published, what).await;
        assert!(
            matches!(fault, Fault::Recoverable { .. }),
            "{what}: {fault}"
        );
        copy.serves().await.unwrap();
        assert_eq!(
            fs::read_to_string(copy.path(LAST)).unwrap(),
            whole,
            "{what}"
        );
        assert!(copy.wrong().await.is_empty(), "{what}");
    }
}

#[tokio::test]
async fn a_damaged_memory_never_becomes_none_beside_a_database_that_may_be_older() {
    let healthy = Healthy::start().await;
    for (what, harm) in HARMS {
        // The older database ends with what was signed before the last: nothing shows that nothing followed.
        let copy = healthy.copy();
        fs::copy(healthy.folder.path().join(OLDER), copy.path(DATABASE)).unwrap();
        harm(&copy);
        let fault = copy.only_wrong(Part::Published, what).await;
        assert!(
            matches!(fault, Fault::Record(RecordError::Memory { .. })),
            "{what}: {fault}"
        );
        let refused = copy.serves().await;
        assert!(
            matches!(
                refused,
                Err(startup::OpenError::Record(RecordError::Memory { .. }))
            ),
            "{what}"
        );
    }
    // Neither does anything show it where both files are damaged, even beside the newest database.
    let copy = healthy.copy();
    fs::write(copy.path(LAST), "").unwrap();
    fs::write(copy.path(BEFORE_LAST), "").unwrap();
    let fault = copy.only_wrong(Part::Published, "both").await;
    assert!(
        matches!(fault, Fault::Record(RecordError::Memory { .. })),
        "{fault}"
    );
    let refused = copy.serves().await;
    assert!(
        matches!(
            refused,
            Err(startup::OpenError::Record(RecordError::Memory { .. }))
        ),
        "{refused:?}"
    );
}

#[tokio::test]
async fn keys_of_another_service_are_found_and_none_is_made_beside_a_database_in_use() {
    let healthy = Healthy::start().await;
    let stranger = tempfile::tempdir().unwrap();
    RecordKey::load_or_make(stranger.path()).unwrap();
    Vault::load_or_make(stranger.path(), &domain::infra::entropy::Entropy::system()).unwrap();
    for (name, part) in [("record.key", Part::RecordKey), ("data.key", Part::DataKey)] {
        let copy = healthy.copy();
        fs::copy(stranger.path().join(name), copy.path(name)).unwrap();
        let fault = copy.only_wrong(part, name).await.to_string();
        assert!(fault.contains(name), "{fault}");
        let refused = copy.serves().await.unwrap_err().to_string();
        assert!(refused.contains(name), "{refused}");

        let copy = healthy.copy();
        fs::remove_file(copy.path(name)).unwrap();
        let fault = copy.only_wrong(part, name).await;
        assert!(matches!(fault, Fault::NotThere(_)), "{fault}");
        let refused = copy.serves().await;
        assert!(
            matches!(refused, Err(startup::OpenError::NoKey(_))),
            "{name}"
        );
        assert!(!copy.path(name).exists());
    }
}

#[tokio::test]
async fn a_row_without_the_row_that_it_names_is_found() {
    let copy = Healthy::start().await.copy();
    copy.write(&["UPDATE accounts SET id = zeroblob(16) WHERE id = (SELECT account FROM poll_scrutineers LIMIT 1)"]).await;
    let fault = copy.only_wrong(Part::References, "an account").await;
    assert!(fault.to_string().contains("poll_scrutineers"), "{fault}");
}

#[tokio::test]
async fn what_others_may_read_is_found() {
    let healthy = Healthy::start().await;
    for name in [
        "data.key",
        "record.key",
        LAST,
        BEFORE_LAST,
        DATABASE,
        "test.sqlite-wal",
        "test.sqlite-shm",
    ] {
        let copy = healthy.copy();
        let running = Database::open(&copy.config.database_url).await.unwrap();
        let mut tx = running.write().await.unwrap();
        // SQLite makes its log at the first write.
        on_either!(&mut tx, conn => sqlx::query("UPDATE record_head SET size = size")
            .execute(&mut *conn).await.unwrap().rows_affected());
        tx.commit().await.unwrap();
        fs::set_permissions(copy.path(name), Permissions::from_mode(0o640)).unwrap();
        let fault = copy.only_wrong(Part::Files, name).await;
        running.close().await;
        let Fault::Readable(files) = fault else {
            panic!("{fault}")
        };
        assert_eq!(files, [copy.path(name)]);
    }
}

/// Pages of a seed, each with bytes of its own: xorshift64 (Marsaglia, 2003).
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
}

#[tokio::test]
async fn every_overwritten_page_of_the_database_is_seen() {
    const PAGE: usize = 4096;
    let healthy = Healthy::start().await;
    let whole = fs::read(healthy.folder.path().join(DATABASE)).unwrap();
    let pages = whole.len() / PAGE;
    assert!(pages > 60, "{pages}");
    let mut noise = Noise(20_261_127);
    for _ in 0..40 {
        let page = usize::try_from(noise.next()).unwrap() % pages;
        let copy = healthy.copy();
        let mut bytes = whole.clone();
        for byte in &mut bytes[page * PAGE..(page + 1) * PAGE] {
            *byte = noise.next().to_be_bytes()[0];
        }
        fs::write(copy.path(DATABASE), bytes).unwrap();
        let wrong = copy.wrong().await;
        assert!(!wrong.is_empty(), "page {page} of {pages}");
    }
}
