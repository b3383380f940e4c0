//! A ballot that was challenged is shown, and so must never be counted; whoever challenged it votes with another.

use super::count::record_bodies;
use crate::session::testkit::{TestSession, ticks};
use ballot::{BallotError, Digest};
use domain::session::{self, DualControlStep, MOST_CHALLENGES, SessionError, bundle, challenge};
use tally::verify::Verdict;

async fn challenged(session: &TestSession, ballot: &str) -> Result<(), SessionError> {
    challenge(session.app(), &session.poll().await, ballot.to_owned()).await
}

#[tokio::test]
async fn a_challenged_ballot_is_refused_and_another_of_its_credential_counts() {
    for session in TestSession::open_on_each_database().await {
        let shown = session.seal(0, &ticks(&[0, 0, 1, 1])).await;
        challenged(&session, &shown).await.unwrap();
        challenged(&session, &shown).await.unwrap();
        let refused = session.put(shown.clone()).await;
        assert!(
            matches!(refused, Err(SessionError::Challenged)),
            "{refused:?}"
        );
        session.cast(0, &ticks(&[1, 1, 0, 0])).await;
        session.both(DualControlStep::Close).await;
        let late = challenged(&session, &shown).await;
        assert!(matches!(late, Err(SessionError::NotOpen)), "{late:?}");
        session.decrypt_all().await;
        session.announce().await;
        let closed = record_bodies(&session, "poll_closed").await;
        let closed: serde_json::Value = serde_json::from_str(&closed[0]).unwrap();
        let tracker = Digest::of(&shown).to_string();
        assert_eq!(closed["spoiled"], serde_json::json!([tracker]));
        assert_eq!(closed["returned"], 1);
        let written = bundle(session.app(), &session.poll().await).await.unwrap();
        let report = crate::session::testkit::judged(&written);
        assert_eq!(report.verdict, Verdict::Verified, "{report:?}");
    }
}

#[tokio::test]
async fn a_ballot_that_was_cast_is_not_challenged_and_no_other_one_of_its_credential_is() {
    for session in TestSession::open_on_each_database().await {
        let other = session.seal(0, &ticks(&[0, 1, 0, 0])).await;
        let taken = session.cast(0, &ticks(&[1, 0, 0, 0])).await;
        for ballot in [&taken.ballot, &other] {
            let refused = challenged(&session, ballot).await;
            assert!(
                matches!(refused, Err(SessionError::AlreadyCast)),
                "{refused:?}"
            );
        }
        let again = session.put(taken.ballot.clone()).await.unwrap();
        assert_eq!(again, taken);
    }
}

#[tokio::test]
async fn a_credential_challenges_a_few_ballots_and_can_still_vote() {
    for session in TestSession::open_on_each_database().await {
        for _ in 0..MOST_CHALLENGES {
            let ballot = session.seal(0, &ticks(&[0, 1, 0, 0])).await;
            challenged(&session, &ballot).await.unwrap();
        }
        let more = session.seal(0, &ticks(&[0, 1, 0, 0])).await;
        let refused = challenged(&session, &more).await;
        assert!(
            matches!(refused, Err(SessionError::TooManyChallenges)),
            "{refused:?}"
        );
        session.put(more).await.unwrap();
        let mut tx = session.app().database.read().await.unwrap();
        let poll = session.poll().await;
        let spoiled = session::store::spoiled(&mut tx, &poll).await.unwrap();
        assert_eq!(spoiled.len(), MOST_CHALLENGES);
    }
}

#[tokio::test]
async fn nobody_challenges_in_another_s_name_what_that_one_has_not_signed() {
    let session = TestSession::open().await;
    let ballot = session.seal(0, &ticks(&[0, 1, 0, 0])).await;
    let mut changed: serde_json::Value = serde_json::from_str(&ballot).unwrap();
    let answer = changed["signature"]["proof"]["challenge"].clone();
    changed["signature"]["proof"]["response"] = answer;
    let refused = challenged(&session, &changed.to_string()).await;
    assert!(
        matches!(refused, Err(SessionError::Ballot(BallotError::Signature))),
        "{refused:?}"
    );
    session.put(ballot).await.unwrap();
}
