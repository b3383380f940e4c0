//! A record that holds by itself and is another poll's than the bundle's.

use ballot::trustee::{Approval, Closing, Signed, Trustees};
use ballot::{Digest, Ed25519, Election, Wire as _};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;
use tally::record::body::{
    Body, Exact, Kind, PollApproved, PollClosed, PollClosingStated, PollFrozen, Sha256Hex,
};
use tally::record::poll::PollRecord;

use super::common::poll::{POLL, trustee_key};
use super::common::recorded::{Leaf, sign};
use super::{changed, of_kind, refusal};

/// The record of a poll that was held otherwise: all that was signed of it is signed again, so that the record holds by itself.
fn held_otherwise(freeze: impl FnOnce(&mut PollFrozen), other_sum: Option<Digest>) -> PollRecord {
    changed(|leaves| {
        let at = |kind: Kind| of_kind(leaves, kind.name());
        let (frozen_at, closed_at) = (at(Kind::PollFrozen), at(Kind::PollClosed));
        let (approved_at, stated_at) = (at(Kind::PollApproved), at(Kind::PollClosingStated));
        let mut frozen = PollFrozen::parse(leaves[frozen_at].body.as_bytes()).unwrap();
        freeze(&mut frozen);
        let election = frozen.election.text().as_bytes();
        let election = Election::<Ed25519>::from_json(election).unwrap();
        frozen.fingerprint = (&election.fingerprint()).into();
        frozen.roll_sha256 = Sha256Hex::of(frozen.roll.text().as_bytes());
        let roll = frozen.roll.text().as_bytes();
        let approval = Approval::of(&election, POLL.rule.as_bytes(), roll).unwrap();
        let mut closed = PollClosed::parse(leaves[closed_at].body.as_bytes()).unwrap();
        let stated = PollClosingStated::parse(leaves[stated_at].body.as_bytes()).unwrap();
        let signed = Signed::<Ed25519, Closing>::from_json(stated.closing.text().as_bytes());
        let mut closing = signed.unwrap().statement().clone();
        closing.fingerprint = election.fingerprint();
        if let Some(sum) = other_sum {
            closed.encrypted_tally_hash = (&sum).into();
            closing.tally = sum;
        }
        let approved = PollApproved {
            election_uuid: frozen.election_uuid.clone(),
            approval: sign(approval),
        };
        let stated = PollClosingStated {
            closing: sign(closing),
            ..stated
        };
        leaves[frozen_at] = Leaf::from(Body::from(frozen));
        leaves[closed_at] = Leaf::from(Body::from(closed));
        leaves[approved_at] = Leaf::from(Body::from(approved));
        leaves[stated_at] = Leaf::from(Body::from(stated));
    })
}

/// A record in which everything fits together, of another poll under the same id. Another rule or roll is another election:
/// its description names both.
#[test]
fn a_sound_record_of_a_poll_that_was_held_otherwise_is_not_the_bundles() {
    assert_eq!(held_otherwise(|_| (), None), POLL.record);
    let refused = |record: &PollRecord| ("record", refusal(&POLL, record));
    let replaced = |exact: &Exact, from: &str, to: &str| {
        assert!(exact.text().contains(from), "{from}");
        Exact::new(exact.text().replacen(from, to, 1)).unwrap()
    };
    let freeze = |change: fn(&mut PollFrozen)| held_otherwise(change, None);
    let election = held_otherwise(
        |it| it.election = replaced(&it.election, "\"name\":\"n\"", "\"name\":\"m\""),
        None,
    );
    assert_eq!(refused(&election), ("record", "election"));
    // The same key, with another proof of possession.
    let trustees = freeze(|it| {
        let mut rng = ChaCha20Rng::from_seed([99; 32]);
        let key = trustee_key().verification_key(&mut rng);
        it.trustees = Exact::new(Trustees::of_singles([key]).to_json()).unwrap();
    });
    assert_eq!(refused(&trustees), ("record", "trustees"));
    let present = freeze(|it| {
        it.present -= 1;
        it.attendance.pop();
        it.headcount[0].present -= 1;
    });
    assert_eq!(refused(&present), ("record", "present"));
    let tally = held_otherwise(|_| (), Some(Digest::of("another sum")));
    assert_eq!(refused(&tally), ("record", "encrypted-tally"));
}
