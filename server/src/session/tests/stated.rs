//! Scrutineers' devices speak for themselves: no vote is opened before all have approved the election, and none is decrypted before
//! all have stated the same sum. The service takes nothing else from them.

use crate::session::simulate::{self, SimulateError};
use crate::session::testkit::{TestSession, ticks};
use ballot::trustee::{Approval, Closing, Signed, Statement, TrusteeId};
use ballot::{Digest, Ed25519, Wire as _};
use domain::session::{
    self, DualControlStep, Party, PollKind, SessionError, StateName, StatementError,
};

async fn frozen() -> TestSession {
    let mut session = TestSession::drafted(PollKind::Main, 3, 4).await;
    session.adopt(2).await;
    session.check_in(3).await;
    session.both(DualControlStep::Freeze).await;
    session
}

async fn closed() -> TestSession {
    let session = TestSession::open().await;
    session.cast(0, &ticks(&[1, 1, 0, 0])).await;
    session.cast(1, &ticks(&[0, 1, 1, 0])).await;
    domain::record::checkpoint(session.app()).await.unwrap();
    session.both(DualControlStep::Close).await;
    session
}

async fn approval(session: &TestSession, key: usize) -> String {
    let (here, key) = (session.jurisdiction(), &session.keys[key]);
    simulate::approval(session.app(), here, session.poll, key)
        .await
        .unwrap()
}

async fn closing(session: &TestSession, key: usize) -> String {
    let (here, key) = (session.jurisdiction(), &session.keys[key]);
    simulate::closing(session.app(), here, session.poll, key)
        .await
        .unwrap()
}

async fn approve(session: &TestSession, who: usize, text: String) -> Result<(), SessionError> {
    let (here, account) = (session.jurisdiction(), session.keys[who].account);
    session::approve(session.app(), account, here, session.poll, text).await
}

async fn state(session: &TestSession, who: usize, text: String) -> Result<(), SessionError> {
    let (here, account) = (session.jurisdiction(), session.keys[who].account);
    session::state_closing(session.app(), account, here, session.poll, text).await
}

/// A statement with one thing changed, signed by the same key.
fn changed<S: Statement + Clone>(
    session: &TestSession,
    key: usize,
    text: &str,
    change: impl FnOnce(&mut S),
) -> String {
    let signed = Signed::<Ed25519, S>::from_json(text.as_bytes()).unwrap();
    let mut stated = signed.statement().clone();
    change(&mut stated);
    let key = session.keys[key].key.signing_key();
    let mut rng = session.app().entropy.rng();
    Signed::sign(stated, signed.trustee(), &key, &mut rng).to_json()
}

fn refusal(result: Result<(), SessionError>) -> StatementError {
    match result {
        Err(SessionError::Statement(error)) => error,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn no_vote_is_opened_before_every_scrutineer_s_device_has_approved_the_election() {
    let session = frozen().await;
    let open = async || session.confirm(DualControlStep::Open, Party::Office).await;
    for stated in [0, 1] {
        let early = open().await;
        let missing = matches!(early, Err(SessionError::ApprovalsMissing { stated: n, needed: 2 }) if n == stated);
        assert!(missing, "{early:?}");
        let text = approval(&session, stated).await;
        approve(&session, stated, text.clone()).await.unwrap();
        // An answer that was lost: the same again.
        approve(&session, stated, text).await.unwrap();
    }
    open().await.unwrap();
    let other = approval(&session, 0).await;
    assert!(matches!(
        approve(&session, 0, other).await,
        Err(SessionError::AlreadyStated)
    ));
    session
        .confirm(DualControlStep::Open, Party::ChiefScrutineer)
        .await
        .unwrap();
    assert_eq!(session.state().await, StateName::Open);
}

#[tokio::test]
async fn only_the_frozen_election_is_approved_and_only_with_the_own_key() {
    let session = frozen().await;
    let good = approval(&session, 0).await;
    for change in [
        (|it: &mut Approval| it.fingerprint = Digest::of("other")) as fn(&mut Approval),
        |it| it.rule = Digest::of("other"),
        |it| it.roll = Digest::of("other"),
    ] {
        let text = changed(&session, 0, &good, change);
        assert_eq!(
            refusal(approve(&session, 0, text).await),
            StatementError::Differs
        );
    }
    // Another's statement under the own name, with the own key and with another's.
    assert_eq!(
        refusal(approve(&session, 1, good.clone()).await),
        StatementError::OtherTrustee
    );
    let forged = changed(&session, 1, &good, |_: &mut Approval| {});
    assert_eq!(
        refusal(approve(&session, 0, forged).await),
        StatementError::Signature
    );
    for text in ["", "{}", "null"] {
        let refused = refusal(approve(&session, 0, text.to_owned()).await);
        assert!(
            matches!(refused, StatementError::Unreadable(_)),
            "{text}: {refused}"
        );
    }
    // Nobody who holds no key, and not after the opening.
    let (here, poll) = (session.jurisdiction(), session.poll);
    let stranger = session::approve(
        session.app(),
        session.office.account,
        here,
        poll,
        good.clone(),
    );
    assert!(matches!(stranger.await, Err(SessionError::NotAScrutineer)));
    session.both(DualControlStep::Open).await;
    let late = changed(&session, 0, &good, |_: &mut Approval| {});
    assert!(matches!(
        approve(&session, 0, late).await,
        Err(SessionError::AlreadyStated)
    ));
}

#[tokio::test]
async fn nothing_is_decrypted_before_all_have_stated_the_same_sum() {
    let session = closed().await;
    let (here, poll) = (session.jurisdiction(), session.poll);
    let decrypt =
        async |key: usize| simulate::decrypt(session.app(), here, poll, &session.keys[key]).await;
    for stated in [0, 1] {
        let early = decrypt(0).await;
        let missing = matches!(
            early,
            Err(SimulateError::Session(SessionError::ClosingsMissing { stated: n, needed: 2 })) if n == stated
        );
        assert!(missing, "{early:?}");
        let text = closing(&session, stated).await;
        state(&session, stated, text.clone()).await.unwrap();
        state(&session, stated, text).await.unwrap();
    }
    decrypt(0).await.unwrap();
    decrypt(1).await.unwrap();
    assert_eq!(session.state().await, StateName::Decrypted);
}

#[tokio::test]
async fn only_the_sum_of_the_record_s_ballots_is_stated_and_only_under_a_root_of_this_record() {
    let session = closed().await;
    let good = closing(&session, 0).await;
    for change in [
        (|it: &mut Closing| it.fingerprint = Digest::of("other")) as fn(&mut Closing),
        |it| it.ballots = 1,
        |it| it.tally = Digest::of("other"),
    ] {
        let text = changed(&session, 0, &good, change);
        assert_eq!(
            refusal(state(&session, 0, text).await),
            StatementError::Differs
        );
    }
    let before_the_close = early_root(&session).await;
    for root in [None, Some(Digest::of("other")), Some(before_the_close)] {
        let text = changed(&session, 0, &good, |it: &mut Closing| it.root = root);
        assert_eq!(
            refusal(state(&session, 0, text).await),
            StatementError::History
        );
    }
    let other = Signed::<Ed25519, Closing>::from_json(good.as_bytes()).unwrap();
    assert_eq!(other.trustee(), TrusteeId::new(1).unwrap());
    assert_eq!(
        refusal(state(&session, 1, good.clone()).await),
        StatementError::OtherTrustee
    );
    state(&session, 0, good.clone()).await.unwrap();
    // One statement, ever: also where the record has grown since.
    let again = closing(&session, 0).await;
    assert!(matches!(
        state(&session, 0, again).await,
        Err(SessionError::AlreadyStated)
    ));
}

/// The root of the first checkpoint that was signed.
async fn early_root(session: &TestSession) -> Digest {
    let mut tx = session.app().database.read().await.unwrap();
    let all = domain::record::store::checkpoints_after(&mut tx, 0, 1)
        .await
        .unwrap();
    let key = domain::record::verifier_key(session.app()).unwrap();
    let signed = domain::record::read_signed(&key, &all[0].1).unwrap();
    Digest::from_bytes(*signed.checkpoint.root.as_bytes())
}
