//! Opening a challenged ballot, so that a second device can see what it hides.
//!
//! A ballot that has been opened is spoiled: whoever holds the opening knows the choice, so it must never be counted.

use zeroize::{Zeroize, Zeroizing};

use crate::ballot::Ballot;
use crate::choices::{Choices, SealError};
use crate::digest::Tracker;
use crate::election::Election;
use crate::elgamal::Ciphertext;
use crate::group::Group;
use crate::wire::{Reader, Wire, WireError, Writer};

/// The choices and the randomness of one ballot.
///
/// Encoded as `{"tracker":…,"choices":[[0,1,…]],"randomness":[["…",…]]}`.
pub struct Opening<G: Group> {
    tracker: Tracker,
    choices: Choices,
    randomness: Zeroizing<Vec<Vec<G::Scalar>>>,
}

/// Why an opening does not open a ballot.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OpeningError {
    /// It was made for another ballot.
    #[error("the opening is for the ballot {found}, this is {expected}")]
    OtherBallot {
        /// The ballot's tracker.
        expected: Tracker,
        /// The tracker in the opening.
        found: Tracker,
    },
    /// Its choices are not ones that the election allows.
    #[error(transparent)]
    Choices(#[from] SealError),
    /// The randomness does not have the choices' shape.
    #[error("the opening does not have one random number for each choice")]
    Shape,
    /// A ciphertext of the ballot is not what the opening gives.
    #[error("question {question}, choice {choice}: the ballot hides something else")]
    Ciphertext {
        /// The question, from 0.
        question: usize,
        /// The ciphertext, from 0.
        choice: usize,
    },
}

impl<G: Group> Opening<G> {
    pub(crate) fn new(
        tracker: Tracker,
        choices: Choices,
        randomness: Zeroizing<Vec<Vec<G::Scalar>>>,
    ) -> Self {
        Self {
            tracker,
            choices,
            randomness,
        }
    }

    /// Seals the choices again with the same randomness and compares each ciphertext; returns the choices.
    ///
    /// The ballot itself is checked by [`Ballot::verify`].
    ///
    /// # Errors
    /// [`OpeningError`] names the first thing that differs.
    pub fn check(
        &self,
        ballot: &Ballot<G>,
        election: &Election<G>,
    ) -> Result<&Choices, OpeningError> {
        let expected = ballot.tracker();
        if self.tracker != expected {
            return Err(OpeningError::OtherBallot {
                expected,
                found: self.tracker,
            });
        }
        self.choices.check(election.questions())?;
        let marks = self.choices.marks();
        let same_shape = marks.len() == self.randomness.len()
            && marks.len() == ballot.answers.len()
            && marks
                .iter()
                .zip(self.randomness.iter())
                .zip(&ballot.answers)
                .all(|((m, r), a)| m.len() == r.len() && m.len() == a.choices.len());
        if !same_shape {
            return Err(OpeningError::Shape);
        }
        for (question, ((marks, randomness), answer)) in marks
            .iter()
            .zip(self.randomness.iter())
            .zip(&ballot.answers)
            .enumerate()
        {
            for (choice, ((mark, r), found)) in marks
                .iter()
                .zip(randomness)
                .zip(&answer.choices)
                .enumerate()
            {
                let message = G::Scalar::from(u64::from(*mark));
                if Ciphertext::seal(election.base(), &message, r) != *found {
                    return Err(OpeningError::Ciphertext { question, choice });
                }
            }
        }
        Ok(&self.choices)
    }
}

impl<G: Group> Drop for Opening<G> {
    fn drop(&mut self) {
        self.randomness.zeroize();
    }
}

impl<G: Group> std::fmt::Debug for Opening<G> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Opening({}, <redacted>)", self.tracker)
    }
}

impl<G: Group> Wire for Opening<G> {
    fn write(&self, out: &mut Writer) {
        out.object(|o| {
            o.member("tracker", &self.tracker);
            o.member("choices", &self.choices);
            o.member_with("randomness", |out| out.array(self.randomness.iter()));
        });
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.object(|o| {
            Ok(Self {
                tracker: o.required("tracker")?,
                choices: o.required("choices")?,
                randomness: Zeroizing::new(o.required("randomness")?),
            })
        })
    }
}
