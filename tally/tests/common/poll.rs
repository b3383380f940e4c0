//! A county's whole poll, finished, to be bundled.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests fail as tests do"
)]

use std::collections::BTreeMap;
use std::sync::LazyLock;

use ballot::trustee::{SecretKey, TrusteeId, Trustees};
use ballot::{
    BoundDecryption, Choices, Credential, Ed25519, Election, PublicCredentials, Question, Uuid,
    Wire, seal,
};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use tally::archive::ArchiveWriter;
use tally::bundle::{Bindings, Bundle, Figures, PaperCount};
use tally::count;
use tally::decision::decide;
use tally::evaluation::judge;
use tally::note::KeyKind;
use tally::record::poll::PollRecord;
use tally::rules::{RollHash, Rule, RuleHash};

use super::recorded::{Signers, document, leaves, log_key, signer};

/// Twelve deputies, three candidates for two places. Ten hold devices, of whom eight vote; two vote on paper, one of them invalidly.
#[derive(Clone)]
pub struct Poll {
    pub rule: String,
    pub roll: String,
    pub archive: Vec<u8>,
    pub bindings: String,
    pub figures: Figures,
    pub decision: serde_json::Value,
    pub paper: PaperCount,
    pub voided: Vec<String>,
    pub unused: String,
    /// The credentials of paper.
    pub reserved: Vec<String>,
    pub revoked: Vec<String>,
    pub spoiled: Vec<String>,
    pub record: PollRecord,
}

impl Poll {
    /// The same poll with these figures and this decision, also in its record.
    pub fn reported(&self, figures: Figures, decision: serde_json::Value) -> Self {
        let mut poll = self.clone();
        (poll.figures, poll.decision) = (figures, decision);
        poll.recorded()
    }

    /// The same poll with the record of it as it is now.
    pub fn recorded(mut self) -> Self {
        self.record = document(&leaves(&self), &Signers::default());
        self
    }
}

pub static POLL: LazyLock<Poll> = LazyLock::new(|| run(Setting::default()));

/// What may be otherwise.
#[derive(Clone, Copy)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is one thing that a test changes"
)]
pub struct Setting {
    /// Paper credentials, two or none; where there are none, all are devices'.
    pub paper: u64,
    pub revoting: bool,
    /// Whether the first voter votes again.
    pub vote_twice: bool,
    /// How many of the last ballots do not come into the box.
    pub deleted: usize,
    /// Whether the rule names the record.
    pub recorded: bool,
    /// Whether it asks for two witnesses.
    pub witnessed: bool,
    /// Whether one credential of the roll counts twice.
    pub weighted: bool,
}

impl Default for Setting {
    fn default() -> Self {
        Self {
            paper: 2,
            revoting: false,
            vote_twice: false,
            deleted: 0,
            recorded: true,
            witnessed: false,
            weighted: false,
        }
    }
}

pub fn run(setting: Setting) -> Poll {
    let rule = super::RULE
        .replace("213", "12")
        .replace("ITEMS", "\"a\", \"b\", \"c\"")
        .replace("max = 10", "max = 2")
        .replace("places = 10", "places = 2")
        .replace(
            "revoting = false",
            &format!("revoting = {}", setting.revoting),
        )
        + &format!("\n[reserved]\npaper = {}\n", setting.paper);
    let question = Question::new("q", ["a", "b", "c"], 0, 2).unwrap();
    let marks = |n: usize| Choices::from([vec![true, n != 0, n == 0]]);
    hold(rule, vec![question], setting, marks)
}

/// A choice whose ballot has these answers in place of `a`, `b` and `c`.
pub fn choice(answers: [&str; 3]) -> Poll {
    let setting = Setting {
        paper: 0,
        ..Setting::default()
    };
    let rule = super::RULE
        .replace("213", "12")
        .replace("ITEMS", "\"a\", \"b\", \"c\"")
        .replace("max = 10", "max = 2")
        .replace("places = 10", "places = 2");
    let question = Question::new("q", answers, 0, 2).unwrap();
    let marks = |n: usize| Choices::from([vec![true, n != 0, n == 0]]);
    hold(rule, vec![question], setting, marks)
}

/// Each of three items 赞成, 反对 or 弃权, as the ballot calls these.
pub fn each_item(answers: [&str; 3]) -> Poll {
    let setting = Setting {
        paper: 0,
        ..Setting::default()
    };
    let rule = super::RULE
        .replace("213", "12")
        .replace("ITEMS", "\"a\", \"b\", \"c\"")
        .replace(
            "form = \"at_most\"\nmax = 10\nblank = \"nobody\"",
            "form = \"each_item\"",
        )
        .replace("places = 10", "places = 2");
    let question = |text: &str| Question::new(text, answers, 0, 1).unwrap();
    let questions = ["a", "b", "c"].map(question).to_vec();
    hold(rule, questions, setting, |_| {
        Choices::from(vec![vec![true, false, false]; 3])
    })
}

/// An evaluation of two projects by the same twelve, all with devices; the ballot says `answers` for the levels.
pub fn evaluation(answers: &[&str]) -> Poll {
    let text = super::rules::example("evaluation-congress").replace("213", "12");
    let (head, rest) = text.split_once("items = [").unwrap();
    let (_, tail) = rest.split_once("]\n").unwrap();
    let rule = format!("{head}items = [\"a\", \"b\"]\n{tail}");
    let question = |text: &str| Question::new(text, answers.to_vec(), 0, 1).unwrap();
    let setting = Setting {
        paper: 0,
        ..Setting::default()
    };
    // Of the first project six are satisfied and three are not; of the second nobody says anything but one.
    let marks = |n: usize| Choices::from([vec![n < 6, false, n >= 6], vec![false, n == 0, false]]);
    hold(rule, vec![question("a"), question("b")], setting, marks)
}

/// The one trustee's key.
pub fn trustee_key() -> SecretKey<Ed25519> {
    SecretKey::generate(&mut ChaCha20Rng::from_seed([13; 32]))
}

pub fn hold(
    rule: String,
    questions: Vec<Question>,
    setting: Setting,
    marks: impl Fn(usize) -> Choices,
) -> Poll {
    let rule = rule + &record_tables(setting);
    let mut rng = ChaCha20Rng::from_seed([3; 32]);
    let key = trustee_key();
    let trustees = Trustees::of_singles([key.verification_key(&mut rng)]);
    let uuid = Uuid::generate(&mut rng);
    let credentials: Vec<Credential> = (0..12).map(|_| Credential::generate(&mut rng)).collect();
    let (roll, roll_text) = roll_of(&credentials, &uuid, setting.weighted);
    let description = format!(
        "投票\nrule:sha256:{}\nroll:sha256:{}",
        RuleHash::of(rule.as_bytes()),
        RollHash::of(roll_text.as_bytes())
    );
    let election =
        Election::<Ed25519>::build(uuid, "n", description, trustees.joint_key(), questions)
            .unwrap();
    let mut archive = ArchiveWriter::setup(
        1,
        election.to_json().as_bytes(),
        trustees.to_json().as_bytes(),
        roll_text.as_bytes(),
    )
    .unwrap();
    let mut ballots = Vec::new();
    let voters = credentials[..9]
        .iter()
        .chain(setting.vote_twice.then_some(&credentials[0]));
    for (n, credential) in voters.enumerate() {
        let sealed = seal(&election, credential, &marks(n), &mut rng).unwrap();
        ballots.push(sealed.ballot);
    }
    let sealed = ballots[8].tracker().to_string();
    ballots.truncate(ballots.len() - setting.deleted);
    for ballot in &ballots {
        archive.ballot(ballot.to_json().as_bytes()).unwrap();
    }
    archive.end_ballots().unwrap();
    let sum = count::aggregate(&election, &roll, &ballots).unwrap();
    archive
        .encrypted_tally(sum.tally.to_json().as_bytes(), sum.ballots, sum.weight)
        .unwrap();
    let bound = BoundDecryption::make(&sum.tally, &key, &election, &mut rng);
    let owner = TrusteeId::new(1).unwrap();
    let bindings = Bindings::of([(owner, &bound)]).to_json();
    let partial = bound.partial;
    archive
        .partial_decryption(1, partial.to_json().as_bytes())
        .unwrap();
    let partials = BTreeMap::from([(owner, partial)]);
    let result = count::open(&sum.tally, &trustees, &partials, sum.weight).unwrap();
    archive.result(result.to_json().as_bytes()).unwrap();
    let figures = figures(setting.paper, sum.ballots);
    // Where a ballot counts twice, there are more votes than ballots give, and nothing can be decided of them.
    let counts: Vec<Vec<u64>> = if setting.weighted {
        let nobody = |one: &Vec<u64>| vec![0; one.len()];
        result.result.iter().map(nobody).collect()
    } else {
        result.result.clone()
    };
    let decision = outcome(&Rule::parse(&rule).unwrap(), figures, &counts);
    let public = |index: usize| {
        <Ed25519 as ballot::Group>::encode(&credentials[index].public::<Ed25519>(election.uuid()))
    };
    let paper = PaperCount {
        returned: 2,
        invalid: vec![2],
        sealed: vec![sealed],
    };
    let record = PollRecord {
        first: 0,
        peaks: Vec::new(),
        leaves: Vec::new(),
        bodies: Vec::new(),
        checkpoint: String::new(),
    };
    Poll {
        rule,
        roll: roll_text,
        archive: archive.into_bytes(),
        bindings,
        figures,
        decision,
        paper,
        voided: vec![public(9)],
        unused: public(11),
        reserved: if setting.paper > 0 {
            vec![public(8), public(9)]
        } else {
            Vec::new()
        },
        revoked: Vec::new(),
        spoiled: Vec::new(),
        record,
    }
    .recorded()
}

/// The roll, in which one credential counts twice where it is weighted, and its text.
fn roll_of(
    credentials: &[Credential],
    uuid: &Uuid,
    weighted: bool,
) -> (PublicCredentials<Ed25519>, String) {
    let public = credentials.iter().map(|one| one.public::<Ed25519>(uuid));
    let mut text = PublicCredentials::<Ed25519>::sorted(public)
        .unwrap()
        .to_json();
    if weighted {
        text = text.replacen("\",", ",2\",", 1);
    }
    let roll = PublicCredentials::from_json(text.as_bytes()).unwrap();
    (roll, text)
}

/// What the rule says of the record.
fn record_tables(setting: Setting) -> String {
    let record = format!("\n[record]\nlog = \"{}\"\n", log_key());
    if !setting.recorded {
        return String::new();
    }
    if setting.witnessed {
        let keys = WITNESSES.map(|(name, seed)| signer(name, KeyKind::Witness, seed).1);
        let [one, two, three] = keys.map(|key| format!("\"{key}\""));
        let keys = format!("\n[witnesses]\nrequired = 2\nkeys = [{one}, {two}, {three}]\n");
        return record + &keys;
    }
    record
}

/// Names and seeds of the witnesses, where the rule asks for some.
pub const WITNESSES: [(&str, u8); 3] = [("one", 21), ("two", 22), ("three", 23)];

fn outcome(rule: &Rule, figures: Figures, counts: &[Vec<u64>]) -> serde_json::Value {
    let returns = figures.returns();
    if rule.evaluation().is_some() {
        serde_json::to_value(judge(rule, returns, counts).unwrap()).unwrap()
    } else {
        serde_json::to_value(decide(rule, returns, counts, None).unwrap()).unwrap()
    }
}

/// Of the paper one sheet is invalid.
fn figures(paper: u64, counted: u64) -> Figures {
    let invalid = u64::from(paper > 0);
    Figures {
        deputies: 12,
        present: 12,
        device_credentials: 12 - paper,
        paper_credentials: paper,
        revoked: 0,
        paper_issued: paper,
        issued: 12,
        returned: counted + invalid,
        invalid,
    }
}

pub fn bundle(poll: &Poll) -> Bundle<'_> {
    Bundle {
        election: &poll.archive,
        bindings: poll.bindings.as_bytes(),
        rule: &poll.rule,
        roll: poll.roll.as_bytes(),
        figures: poll.figures,
        revocations: &poll.revoked,
        spoiled: &poll.spoiled,
        paper: Some(&poll.paper),
        voided: Some(&poll.voided),
        lot: None,
        decision: &poll.decision,
        record: Some(&poll.record),
        previous: None,
    }
}
