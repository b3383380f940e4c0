//! What version 1's proof of decryption does not bind, shown as an attack that works.
//!
//! Its challenge is H(`decrypt|φ|X|`; A, B): it names neither α nor the factor D. Whoever can still choose a ciphertext after
//! the challenge can therefore choose D too (Bernhard, Pereira and Warinschi, ASIACRYPT 2012, for Helios). Only the ballots
//! make α, and the last voter makes the last one: a trustee who votes last, or has that voter's help, can shift a count.
//!
//! No verifier of version 1 can see it; the threat model names it. The test keeps the limit in sight: once something beside
//! the archive binds the factors, it fails, and its expectation changes.

use ballot::proof::Proof;
use ballot::trustee::SecretKey;
use ballot::{Ballot, Digest, Ed25519, Election, Group as _, PartialDecryption, Wire as _};
use curve25519_dalek::EdwardsPoint;
use curve25519_dalek::constants::ED25519_BASEPOINT_POINT as G;
use curve25519_dalek::scalar::Scalar;
use tally::verify::{self, Options, Verdict};

use super::forger::{self, Attack, point, random, text};
use super::world::{Event, World};
use super::{expect, refused};

/// What the trustee prepares before the last ballot is cast.
struct Prepared {
    /// The challenge and the response for the first ciphertext of the tally.
    proof: Proof<Ed25519>,
    /// The randomness of the last ballot's first ciphertext.
    r: Scalar,
}

/// With w and b at random, A = gʷ and B = αʷ·gᵇ, where α is the sum of the ballots so far. Then c is known, and with
/// s = w − x·c the last ballot is sealed with r = (b − k·c)/w: for α' = α·gʳ and D = α'ˣ·gᵏ the verifier finds
/// α'ˢ·Dᶜ = α'ʷ·gᵏᶜ = αʷ·gᵇ = B.
fn prepare(world: &mut World, secret: Scalar, alpha: EdwardsPoint, shift: Scalar) -> Prepared {
    let (w, b) = (random(world), random(world));
    let key = text(&(G * secret));
    let prefix = format!("decrypt|{}|{key}|", world.election.fingerprint());
    let commitments = format!("{},{}", text(&(G * w)), text(&(alpha * w + G * b)));
    let challenge = Ed25519::reduce(Digest::of(prefix + &commitments).bytes());
    Prepared {
        proof: Proof {
            challenge,
            response: w - secret * challenge,
        },
        r: (b - shift * challenge) * w.invert(),
    }
}

fn alpha(world: &World) -> EdwardsPoint {
    point(&Ed25519::encode(&world.tally.ciphertexts()[0][0].alpha))
}

#[test]
fn a_trustee_who_votes_last_can_shift_a_count_in_version_1_and_no_verifier_sees_it() {
    let mut world = World::honest();
    let key = world.keys[0].1.clone();
    let secret = Scalar::from_json(key.to_json().as_bytes()).unwrap();
    // Two more for the first answer; the exponent of the factor is what the count loses.
    let shift = -Scalar::from(2_u8);
    let so_far = alpha(&world);
    let Prepared { proof, r } = prepare(&mut world, secret, so_far, shift);

    // A ballot without a flaw, in the fifth event.
    let ballot = forger::ballot(&mut world, 3, Attack::Chosen(r));
    let last: Ballot<Ed25519> = Ballot::from_json(ballot.as_bytes()).unwrap();
    world.events.insert(4, Event::Ballot(ballot));
    world.tally.add(&last, 1).unwrap();
    world.events[6] = Event::Tally {
        tally: world.tally.to_json(),
        ballots: 4,
        weight: 8,
    };
    for (index, (owner, key)) in (7..).zip(world.keys.clone()) {
        world.events[index] = Event::Partial(owner, world.partial(&key));
    }
    world.events[10] = Event::Result(r#"{"result":[[6,2,6],[0,7,6]]}"#.into());
    let report = verify::archive(&world.archive(), Options::default());
    assert_eq!(report.verdict, Verdict::Verified, "the truth: {report:?}");

    let Event::Partial(1, honest) = &world.events[7] else {
        panic!()
    };
    let mut false_one: PartialDecryption<Ed25519> =
        PartialDecryption::from_json(honest.as_bytes()).unwrap();
    let factor = alpha(&world) * secret + G * shift;
    false_one.decryption_factors[0][0] = Ed25519::decode(&text(&factor)).unwrap();
    let honest_proof = std::mem::replace(&mut false_one.decryption_proofs[0][0], proof);
    let valid = |partial: &PartialDecryption<_>, election: &Election<_>| {
        partial.verify(&world.tally, &key.public_key(), election)
    };
    assert_eq!(valid(&false_one, &world.election), Ok(()));
    world.events[7] = Event::Partial(1, false_one.to_json());
    world.events[10] = Event::Result(r#"{"result":[[8,2,6],[0,7,6]]}"#.into());
    let report = verify::archive(&world.archive(), Options::default());
    assert_eq!(report.verdict, Verdict::Verified, "{report:?}");
    assert_eq!(report.counted.unwrap().result[0], [8, 2, 6]);

    // Without the last ballot's help the same factor is refused.
    false_one.decryption_proofs[0][0] = honest_proof;
    world.events[7] = Event::Partial(1, false_one.to_json());
    expect(
        refused(&world),
        "partial-decryptions",
        "event 8, trustee 1",
        "too-few",
    );
}

#[test]
fn whose_part_is_lacking_is_blamed_and_not_who_gave_a_bad_one_beside_enough() {
    // The single trustee's part is missing; the group has enough without the bad part of trustee 2.
    let mut world = World::honest();
    let key = SecretKey::generate(&mut world.rng);
    let bad = world.partial(&key);
    world.events[6] = Event::Partial(2, bad.clone());
    expect(refused(&world), "partial-decryptions", "", "too-few");
    // Trustee 1's own part is bad, and comes after that of trustee 2.
    world.events[6] = Event::Partial(2, bad);
    let other = SecretKey::generate(&mut world.rng);
    let bad = world.partial(&other);
    world.events.insert(7, Event::Partial(1, bad));
    let found = refused(&world);
    expect(
        found,
        "partial-decryptions",
        "event 8, trustee 1",
        "too-few",
    );
}

#[test]
fn a_partial_decryption_has_the_shape_of_the_tally() {
    type Change = fn(&mut PartialDecryption<Ed25519>);
    let changes: [Change; 5] = [
        |p| p.decryption_factors[0].truncate(2),
        |p| p.decryption_proofs[1].truncate(2),
        |p| p.decryption_factors.truncate(1),
        |p| p.decryption_proofs.push(Vec::new()),
        |p| {
            let (factor, proof) = (
                p.decryption_factors[0][0],
                p.decryption_proofs[0][0].clone(),
            );
            p.decryption_factors[0].push(factor);
            p.decryption_proofs[0].push(proof);
        },
    ];
    for change in changes {
        let mut world = World::honest();
        let Event::Partial(1, body) = &world.events[6] else {
            panic!()
        };
        let mut partial = PartialDecryption::from_json(body.as_bytes()).unwrap();
        change(&mut partial);
        world.events[6] = Event::Partial(1, partial.to_json());
        let found = refused(&world);
        expect(
            found,
            "partial-decryptions",
            "event 7, trustee 1",
            "too-few",
        );
    }
}
