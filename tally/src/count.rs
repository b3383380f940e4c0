//! Counting sealed ballots: which of them count, their encrypted sum, and the discrete logarithm that opens it.

use std::collections::{BTreeMap, HashMap};

use ballot::group::GroupElement as _;
use ballot::trustee::{TrusteeId, Trustees};
use ballot::{
    Ballot, DecryptionError, Election, ElectionResult, EncryptedTally, Group, PartialDecryption,
    PublicCredentials,
};

use crate::parallel;

/// The encrypted sum of the ballots that count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aggregate<G: Group> {
    /// The sum.
    pub tally: EncryptedTally<G>,
    /// How many ballots are in it.
    pub ballots: u64,
    /// The sum of their weights: the most that any count can be.
    pub weight: u64,
}

/// Why ballots or decryptions do not give counts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CountingError {
    /// A ballot whose credential is not on the roll.
    #[error("ballot {0}: its credential is not on the roll")]
    NotOnRoll(usize),
    /// A ballot of another shape, or decryptions that do not fit or are too few.
    #[error(transparent)]
    Decryption(#[from] DecryptionError),
    /// The weights add up to more than can be counted.
    #[error("the weights add up to more than 2^64")]
    Overflow,
    /// A count is larger than the sum of the weights: the decryption is of something else.
    #[error("question {question}, choice {choice}: no count up to {most} fits")]
    OutOfRange {
        /// The question, from 0.
        question: usize,
        /// The choice, from 0.
        choice: usize,
        /// The sum of the weights.
        most: u64,
    },
    /// So large a sum of weights that its discrete logarithms cannot be computed.
    #[error("a total weight of {0} is too large to be counted")]
    TooLarge(u64),
}

/// The positions of the ballots that count: the last of each credential, in the order of the record.
pub fn last_of_each<G: Group>(ballots: &[Ballot<G>]) -> Vec<usize> {
    let credentials: Vec<G::Element> = ballots
        .iter()
        .map(|ballot| ballot.credential.clone())
        .collect();
    let last: HashMap<String, usize> = G::encode_all(&credentials)
        .into_iter()
        .enumerate()
        .map(|(position, text)| (text, position))
        .collect();
    let mut positions: Vec<usize> = last.into_values().collect();
    positions.sort_unstable();
    positions
}

/// Sums verified ballots: the last of each credential, as often as its weight says.
pub fn aggregate<G: Group>(
    election: &Election<G>,
    roll: &PublicCredentials<G>,
    ballots: &[Ballot<G>],
) -> Result<Aggregate<G>, CountingError> {
    let counted: Vec<(u64, &Ballot<G>)> = last_of_each(ballots)
        .into_iter()
        .map(|position| {
            let ballot = ballots
                .get(position)
                .ok_or(CountingError::NotOnRoll(position))?;
            let weight = roll
                .weight_of(&ballot.credential)
                .ok_or(CountingError::NotOnRoll(position))?;
            Ok((weight, ballot))
        })
        .collect::<Result<_, CountingError>>()?;
    let weight = counted
        .iter()
        .try_fold(0_u64, |sum, (weight, _)| sum.checked_add(*weight))
        .ok_or(CountingError::Overflow)?;
    let parts = parallel::map_chunks(&counted, |part| {
        let mut sum = EncryptedTally::empty(election);
        part.iter()
            .try_for_each(|(weight, ballot)| sum.add(ballot, *weight))
            .map(|()| sum)
    });
    let mut tally = EncryptedTally::empty(election);
    for part in parts {
        tally.merge(&part?)?;
    }
    Ok(Aggregate {
        tally,
        ballots: u64::try_from(counted.len()).unwrap_or(u64::MAX),
        weight,
    })
}

/// The counts, from partial decryptions that have been verified. `most` is the sum of the weights.
pub fn open<G: Group>(
    tally: &EncryptedTally<G>,
    trustees: &Trustees<G>,
    partials: &BTreeMap<TrusteeId, PartialDecryption<G>>,
    most: u64,
) -> Result<ElectionResult, CountingError> {
    counts::<G>(&tally.open(trustees, partials)?, most)
}

/// The counts whose powers of g a tally has opened to. `most` is the sum of the weights.
pub(crate) fn counts<G: Group>(
    powers: &[Vec<G::Element>],
    most: u64,
) -> Result<ElectionResult, CountingError> {
    let logarithms = Logarithms::<G>::up_to(most)?;
    let counts = |(question, powers): (usize, &Vec<G::Element>)| {
        let count = |(choice, power): (usize, &G::Element)| {
            logarithms.of(power).ok_or(CountingError::OutOfRange {
                question,
                choice,
                most,
            })
        };
        powers.iter().enumerate().map(count).collect()
    };
    Ok(ElectionResult {
        result: powers
            .iter()
            .enumerate()
            .map(counts)
            .collect::<Result<_, _>>()?,
    })
}

/// Whether `result` is what the partial decryptions open to; no logarithm is needed for that. Says the first place that differs.
pub(crate) fn first_difference<G: Group>(
    powers: &[Vec<G::Element>],
    result: &ElectionResult,
) -> Option<(usize, usize)> {
    let shape = powers.len() == result.result.len();
    let difference =
        powers
            .iter()
            .zip(&result.result)
            .enumerate()
            .find_map(|(question, (powers, counts))| {
                if powers.len() != counts.len() {
                    return Some((question, powers.len().min(counts.len())));
                }
                let differs = |(power, count): (&G::Element, &u64)| {
                    G::multiply_generator(&G::Scalar::from(*count)) != *power
                };
                powers
                    .iter()
                    .zip(counts)
                    .position(differs)
                    .map(|choice| (question, choice))
            });
    if shape {
        difference
    } else {
        difference.or(Some((powers.len().min(result.result.len()), 0)))
    }
}

/// Discrete logarithms to the base g of small numbers, by baby steps and giant steps: the square root of the largest each.
#[derive(Clone, Debug)]
pub struct Logarithms<G: Group> {
    most: u64,
    steps: u64,
    /// gʲ for j below `steps`, by encoding.
    baby: HashMap<String, u64>,
    /// g to the power of −`steps`.
    giant: G::Element,
}

/// The largest table of baby steps; with it counts up to 2⁴⁰ are found.
const MOST_STEPS: u64 = 1 << 20;

impl<G: Group> Logarithms<G> {
    /// A table for numbers from 0 to `most`.
    pub fn up_to(most: u64) -> Result<Self, CountingError> {
        let steps = most.isqrt().saturating_add(1);
        if steps > MOST_STEPS {
            return Err(CountingError::TooLarge(most));
        }
        let mut power = G::identity();
        let mut powers = Vec::new();
        for _ in 0..steps {
            let next = power.plus(&G::generator());
            powers.push(std::mem::replace(&mut power, next));
        }
        let baby = G::encode_all(&powers).into_iter().zip(0..).collect();
        Ok(Self {
            most,
            steps,
            baby,
            giant: G::identity().minus(&power),
        })
    }

    /// The number m of gᵐ, if it is within the bounds.
    pub fn of(&self, power: &G::Element) -> Option<u64> {
        let mut power = power.clone();
        for giant in 0..=self.steps {
            if let Some(baby) = self.baby.get(&G::encode(&power)) {
                return Some(giant * self.steps + baby).filter(|number| *number <= self.most);
            }
            power = power.plus(&self.giant);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use ballot::Ed25519;

    use super::*;

    #[test]
    fn every_number_up_to_the_bound_is_found_and_none_above() {
        for most in [0, 1, 2, 3, 8, 9, 10, 594] {
            let logarithms = Logarithms::<Ed25519>::up_to(most).unwrap();
            let mut power = Ed25519::identity();
            for number in 0..=most + 3 {
                assert_eq!(logarithms.of(&power), (number <= most).then_some(number));
                power = power.plus(&Ed25519::generator());
            }
        }
    }

    #[test]
    fn a_bound_that_cannot_be_searched_is_refused() {
        assert_eq!(
            Logarithms::<Ed25519>::up_to(u64::MAX).unwrap_err(),
            CountingError::TooLarge(u64::MAX)
        );
    }
}
