//! What a sealed answer has to prove: the same list for who makes the proofs and who checks them.

use crate::digest::Fingerprint;
use crate::elgamal::Ciphertext;
use crate::group::Group;
use crate::question::Question;

/// A disjunction of claims about the ciphertexts of one answer, and the context that its challenge is bound to.
pub(crate) struct Statement {
    pub(crate) part: Part,
    pub(crate) prefix: String,
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

/// S₀ = φ|X of the specification: the election and the credential.
pub(crate) fn voter_context(fingerprint: Fingerprint, credential: &str) -> String {
    format!("{fingerprint}|{credential}")
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
/// `context` is S₀; `choices` are the encoded choices; `sum` is the encoded sum.
pub(crate) fn statements(
    question: &Question,
    context: &str,
    choices: &[String],
    sum: &[String],
) -> Vec<Statement> {
    let mut all: Vec<Statement> = choices
        .chunks(2)
        .enumerate()
        .map(|(index, pair)| Statement {
            part: Part::Individual(index),
            prefix: format!("prove|{context}|{}|", pair.join(",")),
            branches: vec![(Subject::Choice(index), 0), (Subject::Choice(index), 1)],
        })
        .collect();
    let whole = format!("{context}|{}", choices.join(","));
    let bounds = (question.min()..=question.max()).map(|m| (Subject::Sum, u64::from(m)));
    if question.allows_blank() {
        all.push(Statement {
            part: Part::Overall,
            prefix: format!("bproof1|{whole}|"),
            branches: std::iter::once((Subject::Choice(BLANK), 1))
                .chain(bounds)
                .collect(),
        });
        all.push(Statement {
            part: Part::Blank,
            prefix: format!("bproof0|{whole}|"),
            branches: vec![(Subject::Choice(BLANK), 0), (Subject::Sum, 0)],
        });
    } else {
        all.push(Statement {
            part: Part::Overall,
            prefix: format!("prove|{whole}|{}|", sum.join(",")),
            branches: bounds.collect(),
        });
    }
    all
}
