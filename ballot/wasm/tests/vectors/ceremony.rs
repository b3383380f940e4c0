//! A key ceremony of three trustees of whom two are enough, an election under their key, and what must be refused.

use ballot::trustee::ceremony::Revealed;
use ballot::trustee::{Closing, TrusteeId};
use ballot::{Digest, Ed25519, Election, Question, Wire};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use serde_json::{Value, json};

use super::{Argument, Vectors, member, seed, text};

const POLL: &str = "MinshengMenxian1";

fn place(index: u32) -> Argument {
    text(json!({"poll": POLL, "size": 3, "threshold": 2, "index": index}).to_string())
}

/// The messages of one round, and the states that the devices have kept.
struct Round {
    states: Vec<Argument>,
    messages: Vec<String>,
}

impl Round {
    fn of(returned: &[Value]) -> Self {
        Self {
            states: returned.iter().map(|one| member(one, "state")).collect(),
            messages: returned
                .iter()
                .map(|one| one["message"].as_str().unwrap().to_owned())
                .collect(),
        }
    }

    fn list(&self) -> Argument {
        text(self.messages.to_json())
    }

    /// The list in which member `n`'s message is another one.
    fn with(&self, n: usize, other: &str) -> Argument {
        let mut messages = self.messages.clone();
        other.clone_into(&mut messages[n - 1]);
        text(messages.to_json())
    }
}

pub(super) fn vectors(v: &mut Vectors) {
    let started = [1, 2, 3].map(|n: u8| {
        let name = format!("trustee {n} starts");
        v.add(&name, "ceremony_start", &[place(n.into()), seed(50 + n)])
    });
    let one = Round::of(&started);
    places_that_are_none(v);
    let two = commit(v, &one);
    let three = reveal(v, &one, &two);
    let four = acknowledge(v, &three);
    let done = [1, 2, 3].map(|n: usize| {
        let name = format!("trustee {n} has its key");
        v.add(
            &name,
            "ceremony_finish",
            &[
                four.states[n - 1].clone(),
                four.list(),
                member(&started[n - 1], "passphrase"),
            ],
        )
    });
    let other = four.messages[0].clone();
    v.add(
        "an acknowledgement under another name",
        "ceremony_finish",
        &[
            four.states[0].clone(),
            four.with(2, &other),
            member(&started[0], "passphrase"),
        ],
    );
    let public = [place(1), one.list(), two.list(), three.list()];
    let with = |last: Argument| [&public[..], &[last]].concat();
    v.add(
        "whoever watches has the same trustees",
        "ceremony_check",
        &with(four.list()),
    );
    complain(v, &three, &with);
    let passphrase = member(&started[0], "passphrase");
    v.add("a lost key again", "ceremony_recover", &with(passphrase));
    let foreign = member(&started[1], "passphrase");
    v.add(
        "another trustee's passphrase",
        "ceremony_recover",
        &with(foreign),
    );
    v.add("no passphrase", "ceremony_recover", &with(text("password")));
    decrypt(v, &done);
}

fn places_that_are_none(v: &mut Vectors) {
    for (name, size, threshold, index) in [
        ("a threshold of one", 3, 1, 1),
        ("a threshold above the number of trustees", 3, 4, 1),
        ("a fourth of three trustees", 3, 2, 4),
    ] {
        let place = json!({"poll": POLL, "size": size, "threshold": threshold, "index": index});
        v.add(name, "ceremony_start", &[text(place.to_string()), seed(54)]);
    }
}

fn commit(v: &mut Vectors, one: &Round) -> Round {
    let committed = [1_u8, 2, 3].map(|n| {
        let state = one.states[usize::from(n) - 1].clone();
        let name = format!("trustee {n} commits");
        v.add(&name, "ceremony_commit", &[state, one.list(), seed(60 + n)])
    });
    let (state, first) = (one.states[0].clone(), one.messages[0].clone());
    v.add(
        "a certificate under another name",
        "ceremony_commit",
        &[state.clone(), one.with(2, &first), seed(64)],
    );
    v.add(
        "a certificate is missing",
        "ceremony_commit",
        &[state, text(one.messages[..2].to_vec().to_json()), seed(64)],
    );
    Round::of(&committed)
}

fn reveal(v: &mut Vectors, one: &Round, two: &Round) -> Round {
    let revealed = [1, 2, 3].map(|n: usize| {
        let name = format!("trustee {n} reveals");
        v.add(
            &name,
            "ceremony_reveal",
            &[two.states[n - 1].clone(), two.list()],
        )
    });
    let first = two.messages[0].clone();
    v.add(
        "a commitment under another name",
        "ceremony_reveal",
        &[two.states[0].clone(), two.with(2, &first)],
    );
    v.add(
        "a state of another round",
        "ceremony_reveal",
        &[one.states[0].clone(), two.list()],
    );
    Round::of(&revealed)
}

fn acknowledge(v: &mut Vectors, three: &Round) -> Round {
    let acknowledged = [1_u8, 2, 3].map(|n| {
        let state = three.states[usize::from(n) - 1].clone();
        let name = format!("trustee {n} acknowledges");
        v.add(
            &name,
            "ceremony_acknowledge",
            &[state, three.list(), seed(70 + n)],
        )
    });
    let other = three.messages[2].clone();
    v.add(
        "a reveal against the commitment",
        "ceremony_acknowledge",
        &[three.states[0].clone(), three.with(2, &other), seed(74)],
    );
    Round::of(&acknowledged)
}

/// A complaint of a share that is good.
fn complain(v: &mut Vectors, three: &Round, with: &impl Fn(Argument) -> Vec<Argument>) {
    let Argument::Text(state) = &three.states[0] else {
        panic!("a state is text")
    };
    let device = Revealed::<Ed25519>::from_json(state.as_bytes()).unwrap();
    let mut rng = ChaCha20Rng::from_seed([75; 32]);
    let against = TrusteeId::new(2).unwrap();
    let complaint = device
        .complain(&three.messages, against, &mut rng)
        .unwrap()
        .to_json();
    v.add(
        "an unfounded complaint",
        "ceremony_judge",
        &with(text(&*complaint)),
    );
    let forged = complaint.replace("\"against\":2", "\"against\":3");
    v.add(
        "a complaint that proves nothing",
        "ceremony_judge",
        &with(text(forged)),
    );
}

/// Two of the three decrypt an election of one ballot.
fn decrypt(v: &mut Vectors, done: &[Value; 3]) {
    let trustees = member(&done[0], "trustees");
    let object: Value = serde_json::from_str(done[0]["trustees"].as_str().unwrap()).unwrap();
    let joint = ballot::trustee::Trustees::<Ed25519>::from_json(object.to_string().as_bytes())
        .unwrap()
        .joint_key();
    let question = Question::new("民生实事项目", ["修路", "学校", "诊所"], 0, 2).unwrap();
    let election =
        Election::<Ed25519>::build(POLL.parse().unwrap(), "门限", "", joint, vec![question]);
    let election = election.unwrap();
    let closing = Closing {
        fingerprint: election.fingerprint(),
        root: None,
        ballots: 1,
        tally: Digest::of("the sum"),
    };
    let closing = text(closing.to_json());
    let election = text(election.to_json());
    let [own, other] = [1, 2].map(|n: usize| done[n]["private_key"].as_str().unwrap().to_owned());
    let (share, _) = own.split_once(',').unwrap();
    let (_, signing) = other.split_once(',').unwrap();
    for (name, key) in [
        ("a member's closing statement", own.clone()),
        (
            "a share with another's signature",
            format!("{share},{signing}"),
        ),
    ] {
        let arguments = [
            election.clone(),
            closing.clone(),
            trustees.clone(),
            text(key),
            seed(79),
        ];
        v.add(name, "sign_closing", &arguments);
    }
    v.add(
        "the second of three finds itself",
        "check_trustees",
        &[
            election.clone(),
            trustees.clone(),
            member(&done[1], "private_key"),
        ],
    );
    let uuids = text(json!([POLL]).to_string());
    let made = v.add("a voter of theirs", "make_credential", &[uuids, seed(80)]);
    let roll = text(json!([made["public"][POLL]]).to_string());
    let sealed = v.add(
        "the voter's ballot",
        "seal",
        &[
            election.clone(),
            member(&made, "credential"),
            text("[[1,0,1]]"),
            seed(81),
        ],
    );
    let ballots = text(vec![sealed["ballot"].as_str().unwrap().to_owned()].to_json());
    let tally = v.add(
        "the sum of one ballot",
        "encrypted_tally",
        &[election.clone(), roll, ballots],
    );
    let tally = text(tally.to_string());
    for (n, owner) in [(1_usize, 1_u32), (3, 3)] {
        let key = member(&done[n - 1], "private_key");
        let arguments = [election.clone(), tally.clone(), key, seed(82)];
        let partial = v.add(
            &format!("trustee {n} decrypts"),
            "partial_decryption",
            &arguments,
        );
        let check = |owner| {
            let (election, tally) = (election.clone(), tally.clone());
            [
                election,
                trustees.clone(),
                tally,
                Argument::Number(owner),
                text(partial.to_string()),
            ]
        };
        v.add("and is right", "check_partial_decryption", &check(owner));
        v.add(
            "but not for the second",
            "check_partial_decryption",
            &check(2),
        );
        v.add("nor for nobody", "check_partial_decryption", &check(4));
    }
}
