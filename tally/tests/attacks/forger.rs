//! A prover of its own, over the curve's points as they are, so that it can lie where the types of the crate cannot.

use ballot::proof::{Context, Proof};
use ballot::{Credential, Digest, Ed25519, Group as _, Uuid, Wire as _};
use curve25519_dalek::EdwardsPoint;
use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT as G, EIGHT_TORSION};
use curve25519_dalek::edwards::CompressedEdwardsY;
use curve25519_dalek::scalar::Scalar;
use rand_core::Rng as _;
use sha2::{Digest as _, Sha256};

use super::world::{World, public};

/// The one thing that is false in the answer to the first question.
#[derive(Clone, Copy)]
pub enum Attack {
    None,
    /// A part of the first ciphertext has a component of this order, which the second one takes back in the sum if they
    /// `cancel`.
    Torsion {
        part: Part,
        order: u8,
        cancel: bool,
    },
    /// The first choice hides 2.
    Two,
    /// Three choices where two are allowed.
    ThreeTicks,
    /// The first proof's hash leaves out the ciphertext.
    WeakHash,
    /// None of it is false, but the first ciphertext's randomness is chosen.
    Chosen(Scalar),
}

/// A part of a ciphertext.
#[derive(Clone, Copy, PartialEq)]
pub enum Part {
    Alpha,
    Beta,
}

/// A signed ballot whose second answer is honest.
pub fn ballot(world: &mut World, voter: usize, attack: Attack) -> String {
    let credential = public(&world.credentials[voter], &world.election);
    let (uuid, fingerprint) = (world.election.uuid().clone(), world.election.fingerprint());
    let honest = world.seal(voter, [1, 0, 0], [0, 1, 0]);
    let context = format!("{fingerprint}|{credential}");
    let answer = answer(world, &context, attack);
    let unsigned = format!(
        r#"{{"election_uuid":"{uuid}","election_hash":"{fingerprint}","credential":"{credential}","answers":[{answer},{}]"#,
        honest.answers[1].to_json()
    );
    let hash = Digest::of(format!("{unsigned}}}"));
    let secret = secret(&world.credentials[voter], &uuid);
    let proof = Proof::<Ed25519>::of_knowledge(
        &secret,
        &Context::raw(format!("sig|{hash}|")),
        &mut world.rng,
    );
    format!(
        r#"{unsigned},"signature":{{"hash":"{hash}","proof":{}}}}}"#,
        proof.to_json()
    )
}

/// A credential's key, derived as the specification says.
pub fn secret(credential: &Credential, uuid: &Uuid) -> Scalar {
    let half = |index: u32| {
        Sha256::digest(format!(
            "derive_credential|{uuid}|{index}|{}",
            credential.expose()
        ))
    };
    Ed25519::reduce_wide(&[half(0), half(1)].concat().try_into().unwrap())
}

/// A ciphertext and what is in it.
#[derive(Clone, Copy)]
struct Sealed {
    alpha: EdwardsPoint,
    beta: EdwardsPoint,
    r: Scalar,
    m: u64,
}

impl Sealed {
    fn part(&mut self, part: Part) -> &mut EdwardsPoint {
        match part {
            Part::Alpha => &mut self.alpha,
            Part::Beta => &mut self.beta,
        }
    }
}

fn answer(world: &mut World, context: &str, attack: Attack) -> String {
    let y = point(&Ed25519::encode(world.election.public_key()));
    let marks = match attack {
        Attack::Two => [2, 0, 0],
        Attack::ThreeTicks => [1, 1, 1],
        Attack::None | Attack::Torsion { .. } | Attack::WeakHash | Attack::Chosen(_) => [1, 0, 0],
    };
    let mut chosen = match attack {
        Attack::Chosen(r) => Some(r),
        _ => None,
    };
    let mut sealed = marks.map(|m| {
        let r = chosen.take().unwrap_or_else(|| random(world));
        Sealed {
            alpha: G * r,
            beta: y * r + G * Scalar::from(m),
            r,
            m,
        }
    });
    let mut multiple = 1;
    if let Attack::Torsion {
        part,
        order,
        cancel,
    } = attack
    {
        multiple = order;
        let small = EIGHT_TORSION[8 / usize::from(order)];
        *sealed[0].part(part) += small;
        if cancel {
            *sealed[1].part(part) -= small;
        }
    }
    let encoded: Vec<String> = sealed
        .iter()
        .map(|c| format!("{},{}", text(&c.alpha), text(&c.beta)))
        .collect();
    let mut individual = Vec::new();
    for (index, (sealed, encoded)) in sealed.iter().zip(&encoded).enumerate() {
        let prefix = match (attack, index) {
            (Attack::WeakHash, 0) => format!("prove|{context}|"),
            _ => format!("prove|{context}|{encoded}|"),
        };
        individual.push(disjunction(world, &y, sealed, 0..=1, &prefix, multiple));
    }
    let sum = sealed.into_iter().reduce(|a, b| Sealed {
        alpha: a.alpha + b.alpha,
        beta: a.beta + b.beta,
        r: a.r + b.r,
        m: a.m + b.m,
    });
    let sum = sum.unwrap();
    let prefix = format!(
        "prove|{context}|{}|{},{}|",
        encoded.join(","),
        text(&sum.alpha),
        text(&sum.beta)
    );
    let overall = disjunction(world, &y, &sum, 0..=2, &prefix, multiple);
    let choices: Vec<String> = sealed
        .iter()
        .map(|c| {
            format!(
                r#"{{"alpha":"{}","beta":"{}"}}"#,
                text(&c.alpha),
                text(&c.beta)
            )
        })
        .collect();
    format!(
        r#"{{"choices":[{}],"individual_proofs":[{}],"overall_proof":{overall}}}"#,
        choices.join(","),
        individual.join(",")
    )
}

/// That a ciphertext hides one of `values`. All challenges are made multiples of `multiple`, so that components of
/// that order vanish from the equations. If what it hides is not among the values, it lies in the last branch.
fn disjunction(
    world: &mut World,
    y: &EdwardsPoint,
    sealed: &Sealed,
    values: std::ops::RangeInclusive<u64>,
    prefix: &str,
    multiple: u8,
) -> String {
    let values: Vec<u64> = values.collect();
    let truth = values
        .iter()
        .position(|value| *value == sealed.m)
        .unwrap_or(values.len() - 1);
    loop {
        let nonce = random(world);
        let mut proofs = Vec::new();
        let mut commitments = Vec::new();
        let mut rest = Scalar::ZERO;
        for (index, value) in values.iter().enumerate() {
            let (challenge, response) = (random_multiple(world, multiple), random(world));
            proofs.push((challenge, response));
            if index == truth {
                commitments.extend([G * nonce, y * nonce]);
            } else {
                rest += challenge;
                let hidden = sealed.beta - G * Scalar::from(*value);
                commitments.push(G * response + sealed.alpha * challenge);
                commitments.push(y * response + hidden * challenge);
            }
        }
        let commitments: Vec<String> = commitments.iter().map(text).collect();
        let hash = Sha256::digest(format!("{prefix}{}", commitments.join(",")));
        let challenge = Ed25519::reduce(&hash.into()) - rest;
        if !challenge.as_bytes()[0].is_multiple_of(multiple) {
            continue;
        }
        proofs[truth] = (challenge, nonce - sealed.r * challenge);
        let proofs = proofs.into_iter().map(|(challenge, response)| {
            Proof::<Ed25519> {
                challenge,
                response,
            }
            .to_json()
        });
        return format!("[{}]", proofs.collect::<Vec<_>>().join(","));
    }
}

/// A verifier of the first answer's individual proofs that takes any point of the curve: whether a lie would hold there.
pub fn holds_for_any_point(world: &World, ballot: &str) -> bool {
    let ballot: serde_json::Value = serde_json::from_str(ballot).unwrap();
    let string = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let number = |value: &serde_json::Value| -> Scalar {
        Scalar::from_json(value.to_string().as_bytes()).unwrap()
    };
    let y = point(&Ed25519::encode(world.election.public_key()));
    let credential = string(&ballot["credential"]);
    let answer = &ballot["answers"][0];
    (0..3).all(|choice| {
        let [alpha, beta] = ["alpha", "beta"].map(|part| string(&answer["choices"][choice][part]));
        let mut commitments = Vec::new();
        let mut sum = Scalar::ZERO;
        for (branch, value) in [Scalar::ZERO, Scalar::ONE].iter().enumerate() {
            let proof = &answer["individual_proofs"][choice][branch];
            let (c, s) = (number(&proof["challenge"]), number(&proof["response"]));
            commitments.push(text(&(G * s + point(&alpha) * c)));
            commitments.push(text(&(y * s + (point(&beta) - G * value) * c)));
            sum += c;
        }
        let context = format!("{}|{credential}", world.election.fingerprint());
        let prefix = format!("prove|{context}|{alpha},{beta}|");
        let hash = Sha256::digest(prefix + &commitments.join(","));
        Ed25519::reduce(&hash.into()) == sum
    })
}

pub fn random(world: &mut World) -> Scalar {
    Ed25519::random_scalar(&mut world.rng)
}

/// A random number below q that is a multiple of 1, 2 or 8.
fn random_multiple(world: &mut World, multiple: u8) -> Scalar {
    let mut bytes = [0; 32];
    world.rng.fill_bytes(&mut bytes);
    bytes[31] &= 0x0f;
    bytes[0] -= bytes[0] % multiple;
    Scalar::from_canonical_bytes(bytes).unwrap()
}

pub fn text(point: &EdwardsPoint) -> String {
    let mut bytes = point.compress().0;
    bytes.reverse();
    hex::encode(bytes)
}

pub fn point(text: &str) -> EdwardsPoint {
    let mut bytes: [u8; 32] = hex::decode(text).unwrap().try_into().unwrap();
    bytes.reverse();
    CompressedEdwardsY(bytes).decompress().unwrap()
}
