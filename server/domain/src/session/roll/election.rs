//! The objects that a freeze fixes: trustees, roll, election. Pure: the same inputs give the same bytes.

use crate::session::poll::PollItem;
use ballot::trustee::{Trustees, VerificationKey};
use ballot::{
    Ed25519, Election, Fingerprint, Group as _, PublicCredentials, Question, Uuid, Wire as _,
};
use tally::rules::{Form, RollHash, Rule, RuleHash};

/// What the freeze fixes.
#[derive(Debug, Clone)]
pub struct ElectionObjects {
    /// The trustees object.
    pub trustees: String,
    /// The public credentials object, sorted.
    pub roll: String,
    /// Its hash, as the election's description names it.
    pub roll_hash: RollHash,
    /// The credentials one by one, sorted.
    pub credentials: Vec<String>,
    /// The election object.
    pub election: String,
    /// φ, its fingerprint.
    pub fingerprint: Fingerprint,
}

/// What the election is made of.
#[derive(Debug, Clone)]
pub struct ElectionParts {
    /// Its id.
    pub uuid: Uuid,
    /// The poll's title.
    pub title: String,
    /// The exact bytes of the adopted rule.
    pub rule: String,
    /// What is voted on, in the rule's order.
    pub items: Vec<PollItem>,
    /// The exact public key objects of the scrutineers, by number.
    pub keys: Vec<String>,
    /// The registered public credentials.
    pub credentials: Vec<String>,
}

impl ElectionParts {
    /// Builds the objects, or says what does not fit.
    pub fn build(&self) -> Result<ElectionObjects, String> {
        let rule = Rule::parse(&self.rule).map_err(|error| format!("rule: {error}"))?;
        let keys: Vec<VerificationKey<Ed25519>> = self
            .keys
            .iter()
            .map(|key| VerificationKey::from_json(key.as_bytes()))
            .collect::<Result<_, _>>()
            .map_err(|error| format!("trustee key: {error}"))?;
        let trustees = Trustees::of_singles(keys);
        trustees
            .verify()
            .map_err(|error| format!("trustees: {error}"))?;
        let elements = self
            .credentials
            .iter()
            .map(|text| Ed25519::decode(text))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| format!("credential: {error}"))?;
        let public = PublicCredentials::<Ed25519>::sorted(elements)
            .map_err(|error| format!("roll: {error}"))?;
        let roll = public.to_json();
        let roll_hash = RollHash::of(roll.as_bytes());
        let questions = questions(&rule, &self.title, &self.items)?;
        let election = Election::<Ed25519>::build(
            self.uuid.clone(),
            self.title.clone(),
            description(rule.title(), RuleHash::of(self.rule.as_bytes()), roll_hash),
            trustees.joint_key(),
            questions,
        )
        .map_err(|error| format!("election: {error}"))?;
        let mut credentials = self.credentials.clone();
        credentials.sort();
        Ok(ElectionObjects {
            trustees: trustees.to_json(),
            roll,
            roll_hash,
            credentials,
            fingerprint: election.fingerprint(),
            election: election.to_json(),
        })
    }
}

/// The election's description: the rule's title and, as its two last lines, what every ballot is bound to.
fn description(title: &str, rule: RuleHash, roll: RollHash) -> String {
    format!("{title}\nrule:sha256:{rule}\nroll:sha256:{roll}")
}

/// The three answers of a question on one item, by the form.
pub fn answers(form: Form) -> Vec<String> {
    let texts: &[&str] = match form {
        Form::AtMost { .. } | Form::AtLeast { .. } => &[],
        Form::EachItem { .. } => &["赞成", "反对", "弃权"],
        Form::Levels { unknown: false } => &["满意", "基本满意", "不满意"],
        Form::Levels { unknown: true } => &["满意", "基本满意", "不满意", "不了解"],
    };
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn questions(rule: &Rule, title: &str, items: &[PollItem]) -> Result<Vec<Question>, String> {
    let by_code = |code: &str| {
        items
            .iter()
            .find(|item| item.code == code)
            .map(|item| format!("{} {}", item.code, item.title))
            .ok_or_else(|| format!("the rule lists {code}, which is not on the ballot"))
    };
    let texts: Vec<String> = rule
        .items()
        .iter()
        .map(|id| by_code(id.as_str()))
        .collect::<Result<_, _>>()?;
    let bound = |n: u64| u32::try_from(n).map_err(|error| error.to_string());
    let shapes = rule.questions();
    let made: Vec<(String, Vec<String>)> = match rule.form() {
        Form::AtMost { .. } | Form::AtLeast { .. } => vec![(title.to_owned(), texts)],
        form @ (Form::EachItem { .. } | Form::Levels { .. }) => texts
            .into_iter()
            .map(|text| (text, answers(form)))
            .collect(),
    };
    made.into_iter()
        .zip(shapes)
        .map(|((text, answers), shape)| {
            let question = Question::new(text, answers, bound(shape.min)?, bound(shape.max)?)
                .map_err(|error| error.to_string())?;
            Ok(if shape.blank {
                question.or_blank()
            } else {
                question
            })
        })
        .collect()
}
