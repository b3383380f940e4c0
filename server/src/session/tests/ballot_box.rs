//! Casting (promise 2) and other jurisdictions (promise 7).

use crate::session::testkit::{TestSession, ticks};
use crate::testing::TestService;
use crate::web::routes::Takes;
use ballot::{BallotError, Wire as _};
use domain::cycles::{JurisdictionKind, Stage};
use domain::on_either;
use domain::session::{DualControlStep, PollKind, SessionError, cast, find, find_ballot};

async fn ballots_in_the_box(session: &TestSession) -> i64 {
    let mut tx = session.app().database.read().await.unwrap();
    on_either!(&mut tx, conn => sqlx::query_scalar("SELECT COUNT(*) FROM poll_ballots")
        .fetch_one(&mut *conn).await.unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_parallel_casts_of_one_ballot_get_one_receipt() {
    for session in TestSession::open_on_each_database().await {
        let ballot = session.seal(0, &ticks(&[1, 1, 0, 0])).await;
        let poll = find(session.app(), session.jurisdiction(), session.poll)
            .await
            .unwrap();
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..50 {
            let (app, poll, ballot) = (session.app().clone(), poll.clone(), ballot.clone());
            tasks.spawn(async move { cast(&app, &poll, ballot).await.unwrap() });
        }
        let receipts = tasks.join_all().await;
        assert_eq!(receipts.len(), 50);
        assert!(receipts.windows(2).all(|pair| pair[0] == pair[1]));
        assert_eq!(ballots_in_the_box(&session).await, 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_fifty_parallel_ballots_of_one_credential_exactly_one_is_taken() {
    for session in TestSession::open_on_each_database().await {
        let poll = find(session.app(), session.jurisdiction(), session.poll)
            .await
            .unwrap();
        let mut tasks = tokio::task::JoinSet::new();
        for index in 0..50_u8 {
            let ballot = session.seal(0, &ticks(&[index % 2, 1, 0, 0])).await;
            let (app, poll) = (session.app().clone(), poll.clone());
            tasks.spawn(async move { cast(&app, &poll, ballot).await });
        }
        let answers = tasks.join_all().await;
        let taken = answers.iter().filter(|answer| answer.is_ok()).count();
        let refused = answers
            .iter()
            .filter(|answer| matches!(answer, Err(SessionError::AlreadyCast)))
            .count();
        assert_eq!((taken, refused), (1, 49));
        assert_eq!(ballots_in_the_box(&session).await, 1);
    }
}

#[tokio::test]
async fn a_ballot_that_fails_a_check_is_refused_by_that_check() {
    for session in TestSession::open_on_each_database().await {
        let good = session.seal(0, &ticks(&[1, 0, 0, 0])).await;
        let put = async |text: String| session.put(text).await;
        assert!(matches!(
            put(format!("{good}\n")).await,
            Err(SessionError::Ballot(BallotError::Malformed(_)))
        ));
        let mut other = ballot::Ballot::<ballot::Ed25519>::from_json(good.as_bytes()).unwrap();
        other.answers[0].choices.swap(0, 1);
        assert!(matches!(
            put(other.to_json()).await,
            Err(SessionError::Ballot(BallotError::SignedHash))
        ));
        let stranger = crate::session::simulate::SimulatedDeputy {
            deputy: session.deputies[0],
            credential: ballot::Credential::generate(&mut session.app().entropy.rng()),
        };
        let unlisted = crate::session::simulate::seal_ballot(
            session.app(),
            session.jurisdiction(),
            session.poll,
            &stranger,
            &ticks(&[1, 0, 0, 0]),
        )
        .await
        .unwrap();
        assert!(matches!(
            put(unlisted).await,
            Err(SessionError::Ballot(BallotError::NotOnRoll))
        ));
        put(good).await.unwrap();
    }
}

#[tokio::test]
async fn a_ballot_for_a_closed_poll_is_refused_but_an_earlier_one_keeps_its_receipt() {
    for session in TestSession::open_on_each_database().await {
        let first = session.seal(0, &ticks(&[1, 0, 0, 0])).await;
        let late = session.seal(1, &ticks(&[1, 0, 0, 0])).await;
        let receipt = session.put(first.clone()).await.unwrap();
        session.both(DualControlStep::Close).await;
        let again = session.put(first).await.unwrap();
        assert_eq!(receipt, again);
        assert!(matches!(
            session.put(late).await,
            Err(SessionError::NotOpen)
        ));
    }
}

/// What a request has read may be old when it writes: the state is looked at again in the transaction that puts the ballot in.
#[tokio::test]
async fn a_ballot_that_was_on_its_way_at_the_close_is_refused() {
    for session in TestSession::open_on_each_database().await {
        session.cast(0, &ticks(&[1, 0, 0, 0])).await;
        let late = session.seal(1, &ticks(&[1, 0, 0, 0])).await;
        let as_it_was = session.poll().await;
        session.both(DualControlStep::Close).await;
        let refused = cast(session.app(), &as_it_was, late).await;
        assert!(matches!(refused, Err(SessionError::NotOpen)), "{refused:?}");
        assert_eq!(ballots_in_the_box(&session).await, 1);
        session.decrypt_all().await;
        session.announce().await;
    }
}

#[tokio::test]
async fn a_ballot_of_another_poll_is_refused() {
    let session = TestSession::open().await;
    let mut text = session.seal(0, &ticks(&[1, 0, 0, 0])).await;
    let uuid = ballot::Uuid::generate(&mut session.app().entropy.rng());
    let poll = find(session.app(), session.jurisdiction(), session.poll)
        .await
        .unwrap();
    text = text.replace(poll.election.as_str(), uuid.as_str());
    assert!(matches!(
        session.put(text).await,
        Err(SessionError::Ballot(BallotError::OtherElection { .. }))
    ));
}

#[tokio::test]
async fn a_poll_under_another_jurisdiction_s_name_does_not_exist() {
    for session in TestSession::open_on_each_database().await {
        let taken = session.cast(0, &ticks(&[1, 0, 0, 0])).await;
        let other =
            TestService::add_jurisdiction(session.app(), "baihe", JurisdictionKind::County).await;
        assert!(matches!(
            find(session.app(), other.id, session.poll).await,
            Err(SessionError::NoSuchPoll)
        ));
        assert!(matches!(
            find_ballot(session.app(), other.id, session.poll, &taken.tracker).await,
            Err(SessionError::NoSuchPoll)
        ));
    }
}

#[tokio::test]
async fn the_receipt_proves_that_exactly_this_ballot_is_in_the_record() {
    use tally::record::{BodyHash, LeafHeader, VerifierKey, body_hash, leaf::Salt};
    let session = TestSession::open().await;
    let ballot = session.seal(0, &ticks(&[1, 0, 0, 0])).await;
    let body: serde_json::Value = serde_json::from_str(&ballot).unwrap();
    let path = format!("{}/ballots", session.api());
    let first = session.service.post_json(&path, None, &body).await;
    session.cast(1, &ticks(&[1, 0, 0, 0])).await;
    let again = session.service.post_json(&path, None, &body).await;
    assert_eq!(first.body, again.body, "the same ballot, the same receipt");
    let receipt: serde_json::Value = serde_json::from_str(&first.body).unwrap();
    let tracker = receipt["tracker"].as_str().unwrap();
    assert_eq!(tracker, ballot::Digest::of(&ballot).to_string());
    let url_safe = tracker.replace('+', "-").replace('/', "_");
    let found = session
        .service
        .get(&format!("{path}/{url_safe}"), None)
        .await;
    assert_eq!(found.body, first.body);
    let text: tally::record::Receipt = receipt["text"].as_str().unwrap().parse().unwrap();
    let key: VerifierKey = receipt["vkey"].as_str().unwrap().parse().unwrap();
    let included = text.verify(&key, &[], 0).unwrap();
    assert_eq!(Some(included.index), receipt["position"].as_u64());
    let header = LeafHeader::from_entry(receipt["header"].as_str().unwrap().as_bytes()).unwrap();
    let salt: [u8; 32] = hex::decode(receipt["salt"].as_str().unwrap())
        .unwrap()
        .try_into()
        .unwrap();
    let expected: BodyHash = body_hash(Salt::new(salt), ballot.as_bytes());
    assert_eq!(header.body(), expected);
}

#[tokio::test]
async fn the_receipt_s_qr_code_holds_the_whole_proof_and_nothing_else() {
    let session = TestSession::open().await;
    let taken = session.cast(0, &ticks(&[1, 1, 0, 0])).await;
    let receipt = crate::session::BallotReceipt::of(session.app(), &taken)
        .await
        .unwrap();
    let read = receipt.qr.as_ref().unwrap().read_by_others();
    let base = &session.app().config.base_url;
    let fragment = read.strip_prefix(&format!("{base}/verify#")).unwrap();
    let decoded = percent_decoded(fragment);
    assert_eq!(decoded, receipt.inclusion.text);
    let vkey = receipt.inclusion.vkey.parse().unwrap();
    decoded
        .parse::<tally::record::Receipt>()
        .unwrap()
        .verify(&vkey, &[], 0)
        .unwrap();
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        if *first == b'%' {
            bytes.push(u8::from_str_radix(std::str::from_utf8(&after[..2]).unwrap(), 16).unwrap());
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8(bytes).unwrap()
}

/// Deputies cast while the close is confirmed: whoever was told that the ballot is taken is counted, and nobody else is.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_those_who_cast_during_the_close_exactly_those_with_a_receipt_are_counted() {
    const DEPUTIES: usize = 12;
    for service in TestService::on_each_database(Stage::Voting).await {
        let deputies = i32::try_from(DEPUTIES).unwrap();
        let mut session = TestSession::in_service(service, PollKind::Main, deputies, 4).await;
        session.adopt(2).await;
        session.check_in(DEPUTIES).await;
        session.both(DualControlStep::Freeze).await;
        session.both(DualControlStep::Open).await;
        let first = session.seal(0, &ticks(&[1, 1, 0, 0])).await;
        session.put(first).await.unwrap();
        let poll = find(session.app(), session.jurisdiction(), session.poll)
            .await
            .unwrap();
        let mut casts = tokio::task::JoinSet::new();
        for deputy in 1..DEPUTIES {
            let ballot = session.seal(deputy, &ticks(&[1, 0, 0, 1])).await;
            let (app, poll) = (session.app().clone(), poll.clone());
            casts.spawn(async move {
                // One after the other, so that some come before the close and some after it.
                tokio::time::sleep(
                    std::time::Duration::from_millis(3) * u32::try_from(deputy).unwrap(),
                )
                .await;
                cast(&app, &poll, ballot).await
            });
        }
        session.both(DualControlStep::Close).await;
        let mut taken = 1;
        for answer in casts.join_all().await {
            match answer {
                Ok(_) => taken += 1,
                Err(SessionError::NotOpen) => {}
                Err(other) => panic!("{other}"),
            }
        }
        let closed = find(session.app(), session.jurisdiction(), session.poll)
            .await
            .unwrap();
        assert_eq!(closed.state.closed().unwrap().returned, taken);
        assert_eq!(ballots_in_the_box(&session).await, i64::from(taken));
    }
}

#[tokio::test]
async fn the_largest_lawful_ballot_fits_into_what_is_taken() {
    let session = TestSession::open().await;
    let ballot = session.seal(0, &ticks(&[1, 1, 0, 0])).await;
    // What a ballot has besides its four answers is counted with them. A rule has at most 500 items, each of which has
    // at most ten levels to be put to.
    let largest = ballot.len().div_ceil(4) * 500 * 10;
    assert!(largest <= Takes::Ballot.bytes(), "{largest}");
}
