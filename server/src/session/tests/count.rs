//! Close, decryption, result.

use crate::session::simulate;
use crate::session::testkit::{TestSession, ticks};
use ballot::Choices;
use domain::closed_loop;
use domain::on_either;
use domain::session::{
    self, DualControlStep, Party, PollKind, PollOutcome, SessionError, StateName, archive, bundle,
    outcome,
};
use tally::decision::{self, Standing};
use tally::evaluation::EvaluationOutcome;

pub(super) async fn record_bodies(session: &TestSession, kind: &str) -> Vec<String> {
    let mut tx = session.app().database.read().await.unwrap();
    on_either!(&mut tx, conn => sqlx::query_scalar(
        "SELECT body FROM record_bodies JOIN record_entries ON record_entries.position = record_bodies.position \
         WHERE record_entries.kind = $1 ORDER BY record_entries.position",
    ).bind(kind).fetch_all(&mut *conn).await.unwrap())
}

#[tokio::test]
async fn the_counts_and_the_decision_are_those_of_the_ballots() {
    for session in TestSession::open_on_each_database().await {
        session.cast(0, &ticks(&[1, 1, 0, 0])).await;
        session.cast(1, &ticks(&[1, 0, 1, 0])).await;
        session.both(DualControlStep::Close).await;
        assert!(matches!(
            closed_loop::announce(
                session.app(),
                session.chair.account,
                session.jurisdiction(),
                session.poll
            )
            .await,
            Err(SessionError::State(_))
        ));
        session.decrypt_all().await;
        assert_eq!(session.state().await, StateName::Decrypted);
        assert!(matches!(
            closed_loop::announce(
                session.app(),
                session.office.account,
                session.jurisdiction(),
                session.poll
            )
            .await,
            Err(SessionError::Forbidden)
        ));
        session.announce().await;
        session.announce().await;
        let poll = session::find(session.app(), session.jurisdiction(), session.poll)
            .await
            .unwrap();
        let mut tx = session.app().database.read().await.unwrap();
        let Some(PollOutcome::Choice {
            decision: decision::Outcome::Decided(decided),
        }) = outcome(&mut tx, &poll).await.unwrap()
        else {
            panic!("decided");
        };
        let votes: Vec<u64> = decided
            .items
            .iter()
            .map(|item| item.votes.in_favour)
            .collect();
        assert_eq!(votes, [2, 1, 1, 0]);
        // More than half of three deputies is two: only the first has it.
        assert_eq!(decided.votes_needed, 2);
        assert_eq!(decided.items[0].standing, Standing::Chosen);
        assert_eq!(decided.empty_places, 1);
        assert_eq!(
            (
                decided.sheet.issued,
                decided.sheet.returned,
                decided.sheet.not_voted
            ),
            (3, 2, 1)
        );
        assert_eq!(record_bodies(&session, "poll_announced").await.len(), 1);
    }
}

#[tokio::test]
async fn until_the_announcement_the_record_holds_no_partial_decryption() {
    for session in TestSession::open_on_each_database().await {
        session.cast(0, &ticks(&[1, 1, 0, 0])).await;
        session.both(DualControlStep::Close).await;
        session.decrypt_all().await;
        let mut tx = session.app().database.read().await.unwrap();
        let bodies: Vec<String> = on_either!(&mut tx, conn => sqlx::query_scalar("SELECT body FROM record_bodies")
            .fetch_all(&mut *conn).await.unwrap());
        drop(tx);
        assert!(
            bodies
                .iter()
                .all(|body| !body.contains("decryption_factors"))
        );
        assert_eq!(
            record_bodies(&session, "poll_partially_decrypted")
                .await
                .len(),
            2
        );
        session.announce().await;
        let announced = record_bodies(&session, "poll_announced").await;
        assert_eq!(announced[0].matches("decryption_factors").count(), 2);
    }
}

#[tokio::test]
async fn a_scrutineer_decrypts_this_tally_once_with_the_own_key() {
    for session in TestSession::open_on_each_database().await {
        session.cast(0, &ticks(&[1, 1, 0, 0])).await;
        let early = session::submit_partial_decryption(
            session.app(),
            session.chief.account,
            session.jurisdiction(),
            session.poll,
            "{}".to_owned(),
        )
        .await;
        assert!(matches!(early, Err(SessionError::State(_))));
        session.both(DualControlStep::Close).await;
        session.state_closing_all().await;
        let mut borrowed = session.keys[1].clone();
        borrowed.account = session.chief.account;
        assert!(matches!(
            simulate::decrypt(
                session.app(),
                session.jurisdiction(),
                session.poll,
                &borrowed
            )
            .await,
            Err(simulate::SimulateError::Session(SessionError::Partial(_)))
        ));
        let decrypt = async || {
            simulate::decrypt(
                session.app(),
                session.jurisdiction(),
                session.poll,
                &session.keys[0],
            )
            .await
        };
        decrypt().await.unwrap();
        // Fresh proofs make other bytes: a second decryption is refused.
        assert!(matches!(
            decrypt().await,
            Err(simulate::SimulateError::Session(
                SessionError::AlreadyDecrypted
            ))
        ));
    }
}

#[tokio::test]
async fn an_evaluation_poll_gives_a_verdict_on_each_project() {
    let mut session = TestSession::drafted(PollKind::Evaluation, 4, 3).await;
    session.adopt(1).await;
    session.check_in(4).await;
    session.both(DualControlStep::Freeze).await;
    session.both(DualControlStep::Open).await;
    let level = |n: usize| (0..3).map(|index| index == n).collect::<Vec<bool>>();
    let none = vec![false; 3];
    for (deputy, levels) in [
        [level(0), level(1), level(2)],
        [level(0), level(0), level(2)],
        [level(2), level(1), level(1)],
        [none.clone(), none.clone(), none],
    ]
    .into_iter()
    .enumerate()
    {
        session.cast(deputy, &Choices::from(levels.to_vec())).await;
    }
    session.both(DualControlStep::Close).await;
    session.decrypt_all().await;
    session.announce().await;
    let poll = session::find(session.app(), session.jurisdiction(), session.poll)
        .await
        .unwrap();
    let mut tx = session.app().database.read().await.unwrap();
    let Some(PollOutcome::Evaluation {
        verdicts: EvaluationOutcome::Judged(judged),
    }) = outcome(&mut tx, &poll).await.unwrap()
    else {
        panic!("judged");
    };
    let verdicts: Vec<&str> = judged
        .items
        .iter()
        .map(|item| item.verdict.as_ref().unwrap().as_str())
        .collect();
    // Half of four is two, and exactly half is enough.
    assert_eq!(
        verdicts,
        ["satisfied", "basically_satisfied", "unsatisfied"]
    );
}

#[tokio::test]
async fn the_archive_grows_and_the_announced_bundle_is_verified_by_the_library_and_not_after_one_byte()
 {
    let session = TestSession::open().await;
    let find = async || {
        session::find(session.app(), session.jurisdiction(), session.poll)
            .await
            .unwrap()
    };
    session.cast(0, &ticks(&[1, 1, 0, 0])).await;
    let open = archive(session.app(), &find().await).await.unwrap();
    session.cast(1, &ticks(&[1, 0, 1, 0])).await;
    session.both(DualControlStep::Close).await;
    let closed = archive(session.app(), &find().await).await.unwrap();
    assert!(closed.starts_with(&open));
    let checked =
        tally::verify::closed::<ballot::Ed25519>(&closed, tally::verify::Options::default());
    assert_eq!(checked.unwrap().aggregate.ballots, 2);
    session.decrypt_all().await;
    assert_eq!(archive(session.app(), &find().await).await.unwrap(), closed);
    assert!(matches!(
        bundle(session.app(), &find().await).await,
        Err(SessionError::NotYet)
    ));
    session.announce().await;
    let finished = archive(session.app(), &find().await).await.unwrap();
    assert!(finished.starts_with(&closed));
    let report = tally::verify::archive(&finished, tally::verify::Options::default());
    assert_eq!(
        report.verdict,
        tally::verify::Verdict::Verified,
        "{report:?}"
    );
    let published = bundle(session.app(), &find().await).await.unwrap();
    assert_eq!(
        bundle(session.app(), &find().await).await.unwrap(),
        published
    );
    let report = crate::session::testkit::judged(&published);
    assert_eq!(
        report.verdict,
        tally::verify::Verdict::Verified,
        "{report:?}"
    );
    assert_eq!(report.checks.last().unwrap().check, "record");
    let mut broken = finished;
    let middle = broken.len() / 2;
    broken[middle] ^= 1;
    let report = tally::verify::archive(&broken, tally::verify::Options::default());
    assert_ne!(report.verdict, tally::verify::Verdict::Verified);
}

/// Takes the newest ballots out of the box behind the service's back, as whoever holds the database can.
async fn rob(session: &TestSession, count: i64) {
    let mut tx = session.app().database.write().await.unwrap();
    on_either!(&mut tx, conn => {
        sqlx::query("DROP TRIGGER poll_ballots_no_delete").execute(&mut *conn).await.unwrap();
        sqlx::query("DELETE FROM poll_ballots WHERE tracker IN \
            (SELECT tracker FROM poll_ballots ORDER BY sequence DESC LIMIT $1)")
            .bind(count).execute(&mut *conn).await.unwrap();
    });
    tx.commit().await.unwrap();
}

/// A session in which so many have cast.
async fn voted(count: usize) -> TestSession {
    let deputies = i32::try_from(count).unwrap();
    let mut session = TestSession::drafted(PollKind::Main, deputies, 4).await;
    session.adopt(2).await;
    session.check_in(count).await;
    session.both(DualControlStep::Freeze).await;
    session.both(DualControlStep::Open).await;
    for deputy in 0..count {
        session.cast(deputy, &ticks(&[1, 1, 0, 0])).await;
    }
    session
}

#[tokio::test]
async fn a_box_from_which_ballots_were_deleted_is_not_closed() {
    let session = voted(70).await;
    rob(&session, 60).await;
    let step = DualControlStep::Close;
    session.confirm(step, Party::Office).await.unwrap();
    let refused = session.confirm(step, Party::ChiefScrutineer).await;
    let Err(SessionError::BoxDiffers(difference)) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(
        (difference.missing.len(), difference.invented.len()),
        (60, 0)
    );
    assert_eq!(session.state().await, StateName::Open);
    assert!(record_bodies(&session, "poll_closed").await.is_empty());
}

/// Gives the newest ballot's entry another kind in the column that the service looks at; its leaf stays what it is.
async fn call_newest_ballot(session: &TestSession, from: &str, to: &str) {
    let mut tx = session.app().database.write().await.unwrap();
    on_either!(&mut tx, conn => {
        sqlx::query("DROP TRIGGER IF EXISTS record_entries_no_update").execute(&mut *conn).await.unwrap();
        sqlx::query("UPDATE record_entries SET kind = $2 WHERE position = \
            (SELECT MAX(position) FROM record_entries WHERE kind = $1)")
            .bind(from).bind(to).execute(&mut *conn).await.unwrap();
    });
    tx.commit().await.unwrap();
}

/// Who hides the entry from the service until the announcement has it close and count without the ballot; what is published
/// shows it all the same.
#[tokio::test]
async fn a_bundle_of_a_box_from_which_a_ballot_was_deleted_is_not_verified() {
    let session = voted(4).await;
    rob(&session, 1).await;
    call_newest_ballot(&session, "poll_ballot", "hidden").await;
    session.both(DualControlStep::Close).await;
    session.decrypt_all().await;
    session.announce().await;
    call_newest_ballot(&session, "hidden", "poll_ballot").await;
    let poll = session::find(session.app(), session.jurisdiction(), session.poll)
        .await
        .unwrap();
    let report = crate::session::testkit::judged(&bundle(session.app(), &poll).await.unwrap());
    let failure = report.failure.unwrap();
    assert_eq!((failure.check, failure.reason), ("record", Some("ballots")));
    assert!(
        failure.message.starts_with("1 ballots of the record"),
        "{failure}"
    );
}

/// The county's size: 200 ballots of 15 items are summed, each once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_county_s_ballots_are_all_in_the_sum() {
    let mut session = TestSession::drafted(PollKind::Main, 200, 15).await;
    session.adopt(10).await;
    session.check_in(200).await;
    session.both(DualControlStep::Freeze).await;
    session.both(DualControlStep::Open).await;
    let choices = ticks(&[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0]);
    for deputy in 0..200 {
        session.cast(deputy, &choices).await;
    }
    session.both(DualControlStep::Close).await;
    session.decrypt_all().await;
    session.announce().await;
    let result: serde_json::Value =
        serde_json::from_str(&record_bodies(&session, "poll_announced").await[0]).unwrap();
    let counts = &result["result"]["result"][0];
    assert_eq!(counts[0], 200, "{counts}");
    assert_eq!(counts[14], 0, "{counts}");
}
