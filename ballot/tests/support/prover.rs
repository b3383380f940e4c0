//! A prover of its own, written from the specification, that hashes what it is told to; and a verifier as weak as one likes.

use std::ops::RangeInclusive;

use ballot::group::GroupElement;
use ballot::proof::{Context, Proof};
use ballot::{Answer, Ballot, Ciphertext, Credential, Digest, Election, Group, Signature};
use rand_chacha::ChaCha20Rng;
use sha2::{Digest as _, Sha256};

/// A voter who can also lie.
pub struct Prover<'e, G: Group> {
    election: &'e Election<G>,
    secret: G::Scalar,
}

/// A ciphertext (gʳ, yʳ·gᵐ) with what is in it.
#[derive(Clone)]
pub struct Sealed<G: Group> {
    pub ciphertext: Ciphertext<G>,
    pub r: G::Scalar,
    pub m: G::Scalar,
}

impl<G: Group> Sealed<G> {
    pub fn text(&self) -> String {
        let Ciphertext { alpha, beta } = &self.ciphertext;
        G::encode_all(&[alpha.clone(), beta.clone()]).join(",")
    }

    pub fn sum(all: &[Self]) -> Self {
        let sum = |a: Self, b: &Self| Self {
            ciphertext: Ciphertext {
                alpha: a.ciphertext.alpha.plus(&b.ciphertext.alpha),
                beta: a.ciphertext.beta.plus(&b.ciphertext.beta),
            },
            r: a.r + b.r,
            m: a.m + b.m,
        };
        let (first, others) = all.split_first().unwrap();
        others.iter().fold(first.clone(), sum)
    }
}

impl<'e, G: Group> Prover<'e, G> {
    /// The credential's secret is derived here as the specification says.
    pub fn new(election: &'e Election<G>, credential: &Credential) -> Self {
        let half = |index: u32| {
            let (uuid, credential) = (election.uuid(), credential.expose());
            Sha256::digest(format!("derive_credential|{uuid}|{index}|{credential}"))
        };
        let wide = [half(0), half(1)].concat().try_into().unwrap();
        Self {
            election,
            secret: G::reduce_wide(&wide),
        }
    }

    fn credential(&self) -> G::Element {
        G::multiply_generator(&self.secret)
    }

    /// S₀.
    pub fn context(&self) -> String {
        let fingerprint = self.election.fingerprint();
        format!("{fingerprint}|{}", G::encode(&self.credential()))
    }

    /// (gʳ, yʳ·gᵐ).
    pub fn element_pair(&self, r: &G::Scalar, m: &G::Scalar) -> (G::Element, G::Element) {
        let y = self.election.public_key();
        let beta = G::multiply(y, r).plus(&G::multiply_generator(m));
        (G::multiply_generator(r), beta)
    }

    pub fn seal(&self, m: u64, rng: &mut ChaCha20Rng) -> Sealed<G> {
        self.seal_scalar(m.into(), G::random_scalar(rng))
    }

    pub fn seal_scalar(&self, m: G::Scalar, r: G::Scalar) -> Sealed<G> {
        let (alpha, beta) = self.element_pair(&r, &m);
        let ciphertext = Ciphertext { alpha, beta };
        Sealed { ciphertext, r, m }
    }

    /// That one of the claims is true, with a challenge that is the hash of `prefix` and the commitments. If none is,
    /// the proof is what an honest prover's steps give, and does not hold.
    pub fn prove(
        &self,
        claims: &[(&Sealed<G>, u64)],
        prefix: &str,
        rng: &mut ChaCha20Rng,
    ) -> Vec<Proof<G>> {
        let distance = |(sealed, value): &(&Sealed<G>, u64)| sealed.m - G::Scalar::from(*value);
        let truth = claims
            .iter()
            .position(|claim| distance(claim) == G::Scalar::default())
            .unwrap_or_default();
        let mut drawn: Vec<(G::Scalar, G::Scalar)> = claims
            .iter()
            .map(|_| (G::random_scalar(rng), G::random_scalar(rng)))
            .collect();
        let commitments: Vec<G::Element> = claims
            .iter()
            .zip(&drawn)
            .map(|(claim, (nonce, challenge))| {
                self.element_pair(nonce, &(distance(claim) * *challenge))
            })
            .flat_map(|(a, b)| [a, b])
            .collect();
        let missing = drawn
            .iter()
            .fold(hash::<G>(prefix, &commitments), |rest, (_, c)| rest - *c);
        drawn[truth].1 = drawn[truth].1 + missing;
        claims
            .iter()
            .zip(drawn)
            .map(|((sealed, _), (nonce, challenge))| Proof {
                challenge,
                response: nonce - sealed.r * challenge,
            })
            .collect()
    }

    /// An answer with a leading "blank", to a question of which as many as `ticks` are ticked if it is not blank.
    pub fn answer_or_blank(
        &self,
        sealed: &[Sealed<G>],
        ticks: RangeInclusive<u64>,
        rng: &mut ChaCha20Rng,
    ) -> Answer<G> {
        let (blank, rest) = sealed.split_first().unwrap();
        let sum = Sealed::sum(rest);
        let context = self.context_of(sealed);
        let mut claims = vec![(blank, 1)];
        claims.extend(ticks.map(|n| (&sum, n)));
        let mut answer = self.individually(sealed, rng);
        answer.overall_proof = self.prove(&claims, &format!("bproof1|{context}|"), rng);
        let nothing = [(blank, 0), (&sum, 0)];
        answer.blank_proof = Some(self.prove(&nothing, &format!("bproof0|{context}|"), rng));
        answer
    }

    /// An answer to a question of which as many as `ticks` are ticked.
    pub fn answer(
        &self,
        sealed: &[Sealed<G>],
        ticks: RangeInclusive<u64>,
        rng: &mut ChaCha20Rng,
    ) -> Answer<G> {
        let sum = Sealed::sum(sealed);
        let prefix = format!("prove|{}|{}|", self.context_of(sealed), sum.text());
        let mut answer = self.individually(sealed, rng);
        let claims: Vec<(&Sealed<G>, u64)> = ticks.map(|n| (&sum, n)).collect();
        answer.overall_proof = self.prove(&claims, &prefix, rng);
        answer
    }

    /// S.
    fn context_of(&self, sealed: &[Sealed<G>]) -> String {
        let texts: Vec<String> = sealed.iter().map(Sealed::text).collect();
        format!("{}|{}", self.context(), texts.join(","))
    }

    fn individually(&self, sealed: &[Sealed<G>], rng: &mut ChaCha20Rng) -> Answer<G> {
        let mut prove = |sealed: &Sealed<G>| {
            let prefix = format!("prove|{}|{}|", self.context(), sealed.text());
            self.prove(&[(sealed, 0), (sealed, 1)], &prefix, rng)
        };
        Answer {
            choices: sealed.iter().map(|s| s.ciphertext.clone()).collect(),
            individual_proofs: sealed.iter().map(&mut prove).collect(),
            overall_proof: Vec::new(),
            blank_proof: None,
        }
    }

    pub fn sign(&self, answers: Vec<Answer<G>>, rng: &mut ChaCha20Rng) -> Ballot<G> {
        let proof = Proof::of_knowledge(&self.secret, &Context::raw(""), rng);
        let mut ballot = Ballot {
            election_uuid: self.election.uuid().clone(),
            election_hash: self.election.fingerprint(),
            credential: self.credential(),
            answers,
            signature: Signature {
                hash: Digest::of(""),
                proof,
            },
        };
        let hash = ballot.signed_hash();
        let context = Context::raw(format!("sig|{hash}|"));
        let proof = Proof::of_knowledge(&self.secret, &context, rng);
        ballot.signature = Signature { hash, proof };
        ballot
    }
}

/// The challenge: SHA-256 of `prefix` and the elements.
pub fn hash<G: Group>(prefix: &str, elements: &[G::Element]) -> G::Scalar {
    let text = prefix.to_owned() + &G::encode_all(elements).join(",");
    G::reduce(Digest::of(text).bytes())
}

/// A verifier whose hash begins with `prefix`, whatever that leaves out.
pub fn holds<G: Group>(
    prover: &Prover<'_, G>,
    claims: &[(&Ciphertext<G>, u64)],
    proofs: &[Proof<G>],
    prefix: &str,
) -> bool {
    let y = prover.election.public_key();
    let commitments: Vec<G::Element> = claims
        .iter()
        .zip(proofs)
        .flat_map(
            |(
                (ciphertext, value),
                Proof {
                    challenge,
                    response,
                },
            )| {
                let hidden = ciphertext
                    .beta
                    .minus(&G::multiply_generator(&G::Scalar::from(*value)));
                [
                    G::multiply_generator(response)
                        .plus(&G::multiply(&ciphertext.alpha, challenge)),
                    G::multiply(y, response).plus(&G::multiply(&hidden, challenge)),
                ]
            },
        )
        .collect();
    let sum = proofs
        .iter()
        .fold(G::Scalar::default(), |sum, proof| sum + proof.challenge);
    claims.len() == proofs.len() && hash::<G>(prefix, &commitments) == sum
}
