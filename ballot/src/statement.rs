//! What a sealed answer has to prove: the same list for who makes the proofs and who checks them.

use crate::context::{Context, INDIVIDUAL, NOT_BLANK, OVERALL, OVERALL_OR_BLANK};
use crate::digest::Fingerprint;
use crate::elgamal::Ciphertext;
use crate::group::Group;
use crate::question::Question;

/// A disjunction of claims about the ciphertexts of one answer, and the context that its challenge is bound to.
pub(crate) struct Statement {
    pub(crate) part: Part,
    pub(crate) context: Context,
    pub(crate) branches: Vec<(Subject, u64)>,
}

/// Which of an answer's proofs it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Individual(usize),
    Overall,
    Blank,
}

/// Which ciphertext a branch speaks about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject {
    /// One of the choices, where a possible "blank" is number 0.
    Choice(usize),
    /// The sum of all choices but "blank".
    Sum,
}

/// The index of the ciphertext that says "blank".
pub(crate) const BLANK: usize = 0;

/// Whose answer it is and in which election: φ and X, the S₀ of the specification.
pub(crate) struct Voter {
    fingerprint: String,
    credential: String,
}

impl Voter {
    pub(crate) fn new(fingerprint: Fingerprint, credential: String) -> Self {
        Self {
            fingerprint: fingerprint.to_string(),
            credential,
        }
    }
}

/// The sum of an answer's choices without "blank".
pub(crate) fn sum_of_choices<G: Group>(
    question: &Question,
    choices: &[Ciphertext<G>],
) -> Ciphertext<G> {
    Ciphertext::sum(choices.iter().skip(question.leading()))
}

/// α₁, β₁, α₂, β₂, … encoded.
pub(crate) fn encode_ciphertexts<'c, G: Group>(
    ciphertexts: impl IntoIterator<Item = &'c Ciphertext<G>>,
) -> Vec<String> {
    let elements: Vec<G::Element> = ciphertexts
        .into_iter()
        .flat_map(|c| [c.alpha.clone(), c.beta.clone()])
        .collect();
    G::encode_all(&elements)
}

/// All statements about an answer, the individual ones first.
///
/// `choices` are the encoded choices; `sum` is the encoded sum.
pub(crate) fn statements(
    question: &Question,
    voter: &Voter,
    choices: &[String],
    sum: &[String],
) -> Vec<Statement> {
    let (election, credential) = (voter.fingerprint.as_str(), voter.credential.as_str());
    let mut all: Vec<Statement> = choices
        .chunks(2)
        .enumerate()
        .map(|(index, pair)| Statement {
            part: Part::Individual(index),
            context: INDIVIDUAL.context([election, credential, &pair.join(",")]),
            branches: vec![(Subject::Choice(index), 0), (Subject::Choice(index), 1)],
        })
        .collect();
    let whole = choices.join(",");
    let bounds = (question.min()..=question.max()).map(|m| (Subject::Sum, u64::from(m)));
    if question.allows_blank() {
        all.push(Statement {
            part: Part::Overall,
            context: OVERALL_OR_BLANK.context([election, credential, &whole]),
            branches: std::iter::once((Subject::Choice(BLANK), 1))
                .chain(bounds)
                .collect(),
        });
        all.push(Statement {
            part: Part::Blank,
            context: NOT_BLANK.context([election, credential, &whole]),
            branches: vec![(Subject::Choice(BLANK), 0), (Subject::Sum, 0)],
        });
    } else {
        all.push(Statement {
            part: Part::Overall,
            context: OVERALL.context([election, credential, &whole, &sum.join(",")]),
            branches: bounds.collect(),
        });
    }
    all
}
