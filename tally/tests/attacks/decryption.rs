//! What version 1's proof of decryption does not bind, shown as an attack that works.
//!
//! Its challenge is H(`decrypt|φ|X|`; A, B): it names neither α nor the factor D. Whoever can still choose a ciphertext after
//! the challenge can therefore choose D too (Bernhard, Pereira and Warinschi, ASIACRYPT 2012, for Helios). Only the ballots
//! make α, and the last voter makes the last one: a trustee who votes last, or has that voter's help, can shift a count.
//!
//! No verifier of version 1 can see it where just enough trustees decrypt: the archive alone is verified. So a poll's bundle
//! has one more proof of each trustee, whose hash names all ciphertexts and factors; the same liar cannot make it. And where more
//! members of a group decrypt than are needed, the false factor contradicts the others, and that is seen in the archive.

use ballot::proof::Proof;
use ballot::trustee::SecretKey;
use ballot::{Ballot, DecryptionError, Digest, Ed25519, Group as _, PartialDecryption, Wire as _};
use curve25519_dalek::EdwardsPoint;
use curve25519_dalek::constants::ED25519_BASEPOINT_POINT as G;
use curve25519_dalek::scalar::Scalar;
use tally::verify::{Options, Verdict};

use super::forger::{self, Attack, point, random, text};
use super::world::{Event, World};
use super::{expect, opinion, refused};

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

/// The statement of the proof that binds the factors, after `docs/ballot-protocol.md`, section 7: prefix, α and D.
fn statement(
    world: &World,
    key: &SecretKey<Ed25519>,
    partial: &PartialDecryption<Ed25519>,
) -> (String, EdwardsPoint, EdwardsPoint) {
    let public = Ed25519::encode(&key.public_key());
    let ciphertexts = world.tally.ciphertexts().iter().flatten();
    let pairs: Vec<[String; 2]> = ciphertexts
        .zip(partial.decryption_factors.iter().flatten())
        .map(|(c, factor)| [&c.alpha, factor].map(Ed25519::encode))
        .collect();
    let all: Vec<String> = pairs.iter().map(|pair| pair.join(",")).collect();
    let all = format!(
        "{}|{public}|{}",
        world.election.fingerprint(),
        all.join(",")
    );
    let all = Digest::of(all);
    let (mut alpha, mut factor) = (EdwardsPoint::default(), EdwardsPoint::default());
    for (i, [a, d]) in (1..).zip(&pairs) {
        let weight = Digest::of(format!("minsheng-weight|{all}|{i}"));
        let weight = Ed25519::reduce(weight.bytes());
        alpha += point(a) * weight;
        factor += point(d) * weight;
    }
    (format!("minsheng-decrypt|{all}|"), alpha, factor)
}

#[test]
fn the_liar_who_deceives_version_1_cannot_bind_the_false_factor() {
    let shift = -Scalar::from(2_u8);
    let Shifted {
        forged, mut honest, ..
    } = shifted(World::honest(), 0, shift, [TRUE, FALSE]);
    let (_, key) = forged.keys[0].clone();
    let secret = Scalar::from_json(key.to_json().as_bytes()).unwrap();
    let mut bind = |world: &World| {
        let Event::Partial(1, partial) = &world.events[7] else {
            panic!()
        };
        let partial = PartialDecryption::from_json(partial.as_bytes()).unwrap();
        let (prefix, alpha, factor) = statement(world, &key, &partial);
        let w = random(&mut honest);
        let commitments = format!("{},{}", text(&(G * w)), text(&(alpha * w)));
        let challenge = Ed25519::reduce(Digest::of(prefix + &commitments).bytes());
        let binding = Proof {
            challenge,
            response: w - secret * challenge,
        };
        let verdict =
            partial.verify_binding(&binding, &world.tally, &key.public_key(), &world.election);
        (alpha * secret == factor, verdict)
    };
    // An independent prover's proof holds for the true factors; for the false ones the statement is not even true.
    let truthful = shifted(World::honest(), 0, shift, [TRUE, FALSE]).honest;
    assert_eq!(bind(&truthful), (true, Ok(())));
    assert_eq!(bind(&forged), (false, Err(DecryptionError::Binding)));
}

/// The election with one more ballot, the last, of which `liar`, the owner of one of the keys, gives a false factor.
struct Shifted {
    honest: World,
    forged: World,
    /// The false factor with the proof of the true one.
    unproven: World,
}

fn shifted(mut world: World, liar: usize, shift: Scalar, results: [&str; 2]) -> Shifted {
    let (owner, key) = world.keys[liar].clone();
    let secret = Scalar::from_json(key.to_json().as_bytes()).unwrap();
    let so_far = alpha(&world);
    let Prepared { proof, r } = prepare(&mut world, secret, so_far, shift);

    // A ballot without a flaw, in the fifth event.
    let ballot = forger::ballot(&mut world, 3, Attack::Chosen(r));
    let last: Ballot<Ed25519> = Ballot::from_json(ballot.as_bytes()).unwrap();
    world.events.truncate(4);
    world.tally.add(&last, 1).unwrap();
    let tally = world.tally.to_json();
    world.events.extend([
        Event::Ballot(ballot),
        Event::End,
        Event::Tally {
            tally,
            ballots: 4,
            weight: 8,
        },
    ]);
    for (owner, key) in world.keys.clone() {
        let partial = world.partial(&key);
        world.events.push(Event::Partial(owner, partial));
    }
    let [honest, forged] = results.map(|result| Event::Result(result.to_owned()));
    let with = |partial: Option<&PartialDecryption<Ed25519>>, result: &Event| {
        let mut world = world.clone();
        if let Some(partial) = partial {
            world.events[7 + liar] = Event::Partial(owner, partial.to_json());
        }
        world.events.push(result.clone());
        world
    };
    let Event::Partial(_, own) = &world.events[7 + liar] else {
        panic!()
    };
    let mut partial = PartialDecryption::from_json(own.as_bytes()).unwrap();
    let factor = alpha(&world) * secret + G * shift;
    partial.decryption_factors[0][0] = Ed25519::decode(&text(&factor)).unwrap();
    let unproven = with(Some(&partial), &forged);
    partial.decryption_proofs[0][0] = proof;
    let valid = partial.verify(&world.tally, &key.public_key(), &world.election);
    assert_eq!(valid, Ok(()));
    Shifted {
        honest: with(None, &honest),
        forged: with(Some(&partial), &forged),
        unproven,
    }
}

const TRUE: &str = r#"{"result":[[6,2,6],[0,7,6]]}"#;
const FALSE: &str = r#"{"result":[[8,2,6],[0,7,6]]}"#;

fn verified(world: &World) -> Vec<u64> {
    let report = opinion::archive(&world.archive(), Options::default());
    assert_eq!(report.verdict, Verdict::Verified, "{report:?}");
    report.counted.unwrap().result[0].clone()
}

#[test]
fn a_trustee_who_votes_last_can_shift_a_count_in_version_1_and_no_verifier_of_a_bare_archive_sees_it()
 {
    // Two more for the first answer; the exponent of the factor is what the count loses.
    let shift = -Scalar::from(2_u8);
    let shifted = shifted(World::honest(), 0, shift, [TRUE, FALSE]);
    assert_eq!(verified(&shifted.honest), [6, 2, 6]);
    assert_eq!(verified(&shifted.forged), [8, 2, 6]);
    // Without the last ballot's help the same factor is refused.
    let found = refused(&shifted.unproven);
    expect(
        found,
        "partial-decryptions",
        "event 8, trustee 1",
        "too-few",
    );
}

#[test]
fn a_false_factor_contradicts_those_that_a_group_has_beyond_enough() {
    // All three members of the group give their parts; the second lies, whose weight beside the first is −1.
    let mut world = World::honest();
    let first = world.members[0].1.clone();
    world.keys.insert(1, (2, first));
    let shifted = shifted(world, 2, Scalar::from(2_u8), [TRUE, FALSE]);
    assert_eq!(verified(&shifted.honest), [6, 2, 6]);
    let found = refused(&shifted.forged);
    expect(found, "partial-decryptions", "", "contradiction");
    // A bad proof of it is left out, as ever; then the published result is not that of the others.
    let found = refused(&shifted.unproven);
    expect(found, "result", "event 12", "counts");
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
