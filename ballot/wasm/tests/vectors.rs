//! The same vectors natively and in WebAssembly: the frozen file is what the functions give here, byte for byte, and the
//! journeys replay it in a browser.
//!
//! `MINSHENG_WRITE_VECTORS=1 cargo test -p ballot-wasm` writes the file again. It changes only when a wire format or the
//! order of the random draws changes, and then every such change shows in the diff.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test's helpers may fail loudly, too"
)]

#[path = "vectors/ceremony.rs"]
mod ceremony;

use std::path::PathBuf;

use ballot::trustee::{Closing, Trustees, VerificationKey};
use ballot::{BindingLines, Digest, Ed25519, Election, PublicCredentials, Question, Wire};
use ballot_wasm::acts::{self, ActError};
use ballot_wasm::ceremony as rounds;
use ballot_wasm::paper as papers;
use serde_json::{Value, json};

fn data() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/data")
}

/// An argument: text, bytes, or a number.
#[derive(Clone)]
enum Argument {
    Text(String),
    Seed(Vec<u8>),
    Number(u32),
}

/// The vectors in the order in which they are made, so that one can use what an earlier one returned.
#[derive(Default)]
struct Vectors(Vec<Value>);

impl Vectors {
    /// Runs `function`, records it, and gives back what it returned (nothing if it failed).
    fn add(&mut self, name: &str, function: &str, arguments: &[Argument]) -> Value {
        let outcome = call(function, arguments);
        let arguments: Vec<Value> = arguments
            .iter()
            .map(|argument| match argument {
                Argument::Text(text) => json!(text),
                Argument::Number(number) => json!(number),
                Argument::Seed(seed) => {
                    let digits: Vec<String> = seed.iter().map(|b| format!("{b:02x}")).collect();
                    json!({"hex": digits.concat()})
                }
            })
            .collect();
        let mut vector = json!({"name": name, "function": function, "arguments": arguments});
        let returned = match &outcome {
            Ok(text) => {
                vector["returns"] = json!(text);
                serde_json::from_str(text).unwrap()
            }
            Err(error) => {
                vector["throws"] = json!(error.to_string());
                Value::Null
            }
        };
        self.0.push(vector);
        returned
    }

    /// One vector a line.
    fn file(&self) -> String {
        let lines: Vec<String> = self.0.iter().map(Value::to_string).collect();
        format!("[\n{}\n]\n", lines.join(",\n"))
    }
}

#[expect(
    clippy::many_single_char_names,
    reason = "a table of arguments by position"
)]
fn call(function: &str, arguments: &[Argument]) -> Result<String, ActError> {
    use Argument::{Number, Seed, Text};
    match (function, arguments) {
        ("check_election", [Text(a), Text(b), Text(c), Text(d), Text(e)]) => {
            Ok(acts::check_election(a, b, c, d, e))
        }
        ("make_credential", [Text(a), Seed(s)]) => acts::make_credential(a, s),
        ("public_credentials", [Text(a), Text(b)]) => acts::public_credentials(a, b),
        ("seal", [Text(a), Text(b), Text(c), Seed(s)]) => acts::seal(a, b, c, s),
        ("make_paper_secret", [Seed(s)]) => papers::make_paper_secret(s),
        ("paper_credentials", [Text(a), Text(b), Number(c)]) => papers::paper_credentials(a, b, *c),
        ("comparison_key", [Text(a), Text(b)]) => papers::comparison_key(a, b),
        ("mark_sheets", [Text(a), Text(b), Text(c)]) => papers::mark_sheets(a, b, c),
        ("seal_paper", [Text(a), Text(b), Number(c), Text(d), Seed(s)]) => {
            papers::seal_paper(a, b, *c, d, s)
        }
        ("verify_ballot", [Text(a), Text(b), Text(c)]) => acts::verify_ballot(a, b, c),
        ("open_ballot", [Text(a), Text(b), Text(c)]) => acts::open_ballot(a, b, c),
        ("make_trustee_key", [Seed(s)]) => acts::make_trustee_key(s),
        ("check_trustees", [Text(a), Text(b), Text(c)]) => acts::check_trustees(a, b, c),
        ("sign_approval", [Text(a), Text(b), Text(c), Text(d), Text(e), Seed(s)]) => {
            acts::sign_approval(a, b, c, d, e, s)
        }
        ("sign_closing", [Text(a), Text(b), Text(c), Text(d), Seed(s)]) => {
            acts::sign_closing(a, b, c, d, s)
        }
        ("encrypted_tally", [Text(a), Text(b), Text(c)]) => acts::encrypted_tally(a, b, c),
        ("partial_decryption", [Text(a), Text(b), Text(c), Seed(s)]) => {
            acts::partial_decryption(a, b, c, s)
        }
        ("ceremony_start", [Text(a), Seed(s)]) => rounds::ceremony_start(a, s),
        ("ceremony_commit", [Text(a), Text(b), Seed(s)]) => rounds::ceremony_commit(a, b, s),
        ("ceremony_reveal", [Text(a), Text(b)]) => rounds::ceremony_reveal(a, b),
        ("ceremony_acknowledge", [Text(a), Text(b), Seed(s)]) => {
            rounds::ceremony_acknowledge(a, b, s)
        }
        ("ceremony_finish", [Text(a), Text(b), Text(c)]) => rounds::ceremony_finish(a, b, c),
        ("ceremony_judge", [Text(a), Text(b), Text(c), Text(d), Text(e)]) => {
            rounds::ceremony_judge(a, b, c, d, e)
        }
        ("ceremony_check", [Text(a), Text(b), Text(c), Text(d), Text(e)]) => {
            rounds::ceremony_check(a, b, c, d, e)
        }
        ("ceremony_recover", [Text(a), Text(b), Text(c), Text(d), Text(e)]) => {
            rounds::ceremony_recover(a, b, c, d, e)
        }
        ("check_partial_decryption", [Text(a), Text(b), Text(c), Number(d), Text(e)]) => {
            rounds::check_partial_decryption(a, b, c, *d, e)
        }
        _ => panic!("no function {function} with {} arguments", arguments.len()),
    }
}

fn text(text: impl Into<String>) -> Argument {
    Argument::Text(text.into())
}

/// A member of a returned object, as an argument.
fn member(value: &Value, name: &str) -> Argument {
    text(value[name].as_str().unwrap())
}

fn seed(byte: u8) -> Argument {
    Argument::Seed(vec![byte; 32])
}

const UUID: &str = "MinshengVector";

/// All vectors: a small election from the keys to the partial decryptions, with what must be refused on the way.
fn vectors() -> Vectors {
    let mut v = Vectors::default();
    let first = v.add("the first scrutineer's key", "make_trustee_key", &[seed(1)]);
    let second = v.add(
        "the second scrutineer's key",
        "make_trustee_key",
        &[seed(2)],
    );
    v.add(
        "a seed too short",
        "make_trustee_key",
        &[Argument::Seed(vec![1; 31])],
    );
    let trustees = Trustees::of_singles([&first, &second].map(|key| {
        let json = key["public_key"].as_str().unwrap();
        VerificationKey::<Ed25519>::from_json(json.as_bytes()).unwrap()
    }));
    let election = text(election(&trustees));
    let roll = credentials(&mut v);
    let ballots = seals(&mut v, &election, &roll);
    paper(&mut v, &election);
    v.add(
        "trustees with the own key",
        "check_trustees",
        &[
            election.clone(),
            text(trustees.to_json()),
            member(&second, "private_key"),
        ],
    );
    v.add(
        "trustees without the own key",
        "check_trustees",
        &[election.clone(), text(trustees.to_json()), text("\"1\"")],
    );
    v.add(
        "trustees of which one is missing",
        "check_trustees",
        &[
            election.clone(),
            text(
                Trustees::of_singles(trustees.verification_keys().skip(1).map(|(_, k)| k.clone()))
                    .to_json(),
            ),
            member(&second, "private_key"),
        ],
    );
    statements(&mut v, &trustees, &second);
    let list = text(ballots.to_json());
    let tally = v.add(
        "the sum of two ballots",
        "encrypted_tally",
        &[election.clone(), roll.clone(), list],
    );
    let twice = text(vec![ballots[0].clone(), ballots[0].clone()].to_json());
    v.add(
        "a second ballot of a credential",
        "encrypted_tally",
        &[election.clone(), roll, twice],
    );
    for (name, key, byte) in [("first", &first, 21), ("second", &second, 22)] {
        v.add(
            &format!("the {name} scrutineer's partial decryption"),
            "partial_decryption",
            &[
                election.clone(),
                text(tally.to_string()),
                member(key, "private_key"),
                seed(byte),
            ],
        );
    }
    v.add(
        "a tally of another shape",
        "partial_decryption",
        &[
            election,
            text("[]"),
            member(&first, "private_key"),
            seed(23),
        ],
    );
    sample_election(&mut v);
    binding(&mut v, &trustees);
    ceremony::vectors(&mut v);
    v
}

/// The JSON with another first digit in the first number of this name.
fn forged(json: &str, name: &str) -> String {
    let at = json.find(&format!("\"{name}\":\"")).unwrap() + name.len() + 4;
    let other = if json[at..].starts_with('1') {
        "2"
    } else {
        "1"
    };
    format!("{}{other}{}", &json[..at], &json[at + 1..])
}

/// An election that names its rule, roll and trustees, and one thing wrong at a time.
fn binding(v: &mut Vectors, trustees: &Trustees<Ed25519>) {
    let made = |byte| {
        let made = acts::make_credential(&json!([UUID]).to_string(), &[byte; 32]).unwrap();
        let made: Value = serde_json::from_str(&made).unwrap();
        made["public"][UUID].as_str().unwrap().to_owned()
    };
    let (own, other, stranger) = (made(31), made(32), made(33));
    let (rule, roll) = ("title = \"票决办法\"\n", vec![own.clone(), other].to_json());
    let lines = BindingLines::of(rule.as_bytes(), roll.as_bytes());
    let bound = |description: &str| {
        let question = Question::new("民生实事项目", ["修路"], 0, 1).unwrap();
        Election::<Ed25519>::build(
            UUID.parse().unwrap(),
            "清河县",
            description,
            trustees.joint_key(),
            vec![question],
        )
        .unwrap()
        .to_json()
    };
    let sound = bound(&lines.description("票决办法").unwrap());
    let followed = bound(&format!("票决办法\n{lines}\n"));
    let weighted = roll.replace(&own, &format!("{own},2"));
    let heavy = bound(
        &BindingLines::of(rule.as_bytes(), weighted.as_bytes())
            .description("票决办法")
            .unwrap(),
    );
    let keys = trustees.to_json();
    let stranger_key: Value =
        serde_json::from_str(&acts::make_trustee_key(&[34; 32]).unwrap()).unwrap();
    let stranger_key = stranger_key["public_key"].as_str().unwrap();
    let stranger_key = VerificationKey::<Ed25519>::from_json(stranger_key.as_bytes()).unwrap();
    let foreign = Trustees::of_singles([stranger_key]).to_json();
    let unproved = forged(&keys, "challenge");
    for (name, arguments) in [
        (
            "an election bound to its rule, roll and trustees",
            [&*sound, rule, &roll, &keys, &own],
        ),
        (
            "for somebody who does not vote",
            [&sound, rule, &roll, &keys, ""],
        ),
        ("no election", ["{}", rule, &roll, &keys, &own]),
        (
            "a line after those that bind",
            [&followed, rule, &roll, &keys, &own],
        ),
        (
            "another rule",
            [&sound, "title = \"票决办法\"", &roll, &keys, &own],
        ),
        ("another roll", [&sound, rule, "[]", &keys, &own]),
        (
            "a roll with a weight",
            [&heavy, rule, &weighted, &keys, &own],
        ),
        (
            "a key that is not the trustees'",
            [&sound, rule, &roll, &foreign, &own],
        ),
        (
            "a trustee's key without its proof",
            [&sound, rule, &roll, &unproved, &own],
        ),
        (
            "a credential that is not on the roll",
            [&sound, rule, &roll, &keys, &stranger],
        ),
        (
            "a text that is no credential",
            [&sound, rule, &roll, &keys, "x"],
        ),
    ] {
        v.add(name, "check_election", &arguments.map(text));
    }
}

fn election(trustees: &Trustees<Ed25519>) -> String {
    let questions = vec![
        Question::new("民生实事项目", ["修路 \"一号\"", "学校", "诊所"], 0, 2).unwrap(),
        Question::new("同意本办法吗?", ["赞成", "反对"], 1, 1)
            .unwrap()
            .or_blank(),
    ];
    let election = Election::<Ed25519>::build(
        UUID.parse().unwrap(),
        "清河县",
        "第一行\nrule:sha256:00",
        trustees.joint_key(),
        questions,
    );
    election.unwrap().to_json()
}

/// Two credentials; returns the roll.
fn credentials(v: &mut Vectors) -> Argument {
    let uuids = json!([UUID, "MinshengRunoff1"]).to_string();
    let mut on_roll = Vec::new();
    for byte in [11, 12] {
        let name = format!("credential {byte} for two elections");
        let made = v.add(&name, "make_credential", &[text(&*uuids), seed(byte)]);
        on_roll.push(made["public"][UUID].as_str().unwrap().to_owned());
        v.add(
            &format!("credential {byte} again from its secret"),
            "public_credentials",
            &[member(&made, "credential"), text(&*uuids)],
        );
    }
    v.add(
        "a mistyped credential",
        "public_credentials",
        &[text("xxxxx-xxxxxx-xxxxx-xxxxx"), text(uuids)],
    );
    v.add(
        "not an election's id",
        "make_credential",
        &[text("[\"0\"]"), seed(13)],
    );
    on_roll.sort();
    let roll = on_roll.to_json();
    PublicCredentials::<Ed25519>::from_json(roll.as_bytes()).unwrap();
    text(roll)
}

/// Paper: the secret of the device that seals it, what two tellers compare, and a sheet sealed.
fn paper(v: &mut Vectors, election: &Argument) {
    let made = v.add("a paper secret", "make_paper_secret", &[seed(51)]);
    let secret = member(&made, "secret");
    let uuids = json!([UUID, "MinshengRunoff1"]).to_string();
    v.add(
        "three reserved credentials for two elections",
        "paper_credentials",
        &[secret.clone(), text(uuids), Argument::Number(3)],
    );
    let made = v.add(
        "the key to compare with",
        "comparison_key",
        &[secret.clone(), text(UUID)],
    );
    let key = member(&made, "key");
    for (name, sheets) in [
        (
            "a good sheet, one with too many ticks, one ruled invalid",
            "[[[1,0,1],[0,1,0]],[[1,1,1],[0,1,0]],[]]",
        ),
        ("a sheet of another form", "[[[1,0,1]]]"),
        ("an empty box", "[]"),
    ] {
        v.add(
            name,
            "mark_sheets",
            &[election.clone(), key.clone(), text(sheets)],
        );
    }
    let choices = text("[[1,0,1],[0,1,0]]");
    let arguments = [
        election.clone(),
        secret,
        Argument::Number(2),
        choices,
        seed(52),
    ];
    let sealed = v.add("a sealed sheet", "seal_paper", &arguments);
    v.add(
        "it is accepted like any other",
        "verify_ballot",
        &[election.clone(), text(""), member(&sealed, "ballot")],
    );
}

/// Seals, checks and opens two ballots; returns them.
fn seals(v: &mut Vectors, election: &Argument, roll: &Argument) -> Vec<String> {
    let credential = |byte| {
        let made = acts::make_credential("[]", &[byte; 32]).unwrap();
        member(&serde_json::from_str(&made).unwrap(), "credential")
    };
    let mut ballots = Vec::new();
    for (byte, choices) in [(11, "[[1,0,1],[0,1,0]]"), (12, "[[0,0,0],[1,0,0]]")] {
        let arguments = [
            election.clone(),
            credential(byte),
            text(choices),
            seed(byte + 20),
        ];
        let sealed = v.add(&format!("the ballot {choices}"), "seal", &arguments);
        let ballot = member(&sealed, "ballot");
        let opening = member(&sealed, "opening");
        v.add(
            "it is accepted",
            "verify_ballot",
            &[election.clone(), roll.clone(), ballot.clone()],
        );
        v.add(
            "it opens",
            "open_ballot",
            &[election.clone(), ballot.clone(), opening.clone()],
        );
        let Argument::Text(ballot) = ballot else {
            panic!("a ballot is text")
        };
        ballots.push(ballot);
        if let Some(first) = ballots.first().filter(|_| ballots.len() > 1) {
            v.add(
                "it does not open another",
                "open_ballot",
                &[election.clone(), text(first), opening],
            );
        }
    }
    v.add(
        "not on the roll",
        "verify_ballot",
        &[election.clone(), text("[]"), text(&*ballots[0])],
    );
    v.add(
        "without a roll",
        "verify_ballot",
        &[election.clone(), text(""), text(&*ballots[0])],
    );
    let spaced = ballots[0].replacen(':', ": ", 1);
    v.add(
        "a space in the ballot",
        "verify_ballot",
        &[election.clone(), roll.clone(), text(spaced)],
    );
    for (name, choices) in [
        ("three ticks of two", "[[1,1,1],[0,1,0]]"),
        ("blank and ticked", "[[0,0,0],[1,1,0]]"),
        ("no list of marks", "[[2]]"),
    ] {
        v.add(
            name,
            "seal",
            &[election.clone(), credential(11), text(choices), seed(33)],
        );
    }
    ballots
}

/// Ballots of an independent tool, and a ballot of ours for its election.
fn sample_election(v: &mut Vectors) {
    let read = |name: &str| {
        let path = data().join("elections").join(name);
        std::fs::read_to_string(path).unwrap().trim_end().to_owned()
    };
    let election = read("ed25519-50-by-belenios-3.3.0/setup/election.json");
    let credentials: Value =
        serde_json::from_str(&read("ed25519-50-by-belenios-3.3.0/private_creds.json")).unwrap();
    let choices = json!([[1, 0, 0, 1, 0, 0, 0, 0, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0, 1, 0]]).to_string();
    v.add(
        "a ballot for the independent tool's election",
        "seal",
        &[
            text(&*election),
            member(&credentials, "10"),
            text(choices),
            seed(41),
        ],
    );
    for name in [
        "00_good",
        "01_identity_ciphertext",
        "05_alpha_order2",
        "13_scalar_plus_q",
        "18_ballot_copy_resigned",
        "24_sum_11",
        "30_no_signature",
    ] {
        let ballot = read(&format!("adversarial-ballots/{name}.json"));
        v.add(
            name,
            "verify_ballot",
            &[text(&*election), text(""), text(ballot)],
        );
    }
}

/// What a scrutineer's device states of an election and of its close, and what it does not sign.
fn statements(v: &mut Vectors, trustees: &Trustees<Ed25519>, key: &Value) {
    let (rule, roll) = ("title = \"票决办法\"\n", "[]");
    let lines = BindingLines::of(rule.as_bytes(), roll.as_bytes());
    let question = Question::new("民生实事项目", ["修路"], 0, 1).unwrap();
    let election = Election::<Ed25519>::build(
        UUID.parse().unwrap(),
        "清河县",
        lines.description("票决办法").unwrap(),
        trustees.joint_key(),
        vec![question],
    )
    .unwrap();
    let (own, stranger) = (member(key, "private_key"), text("\"1\""));
    let (object, keys) = (election.to_json(), trustees.to_json());
    for (name, rule, key) in [
        ("the approval of an election", rule, own.clone()),
        ("an approval with another rule", "title", own.clone()),
        (
            "an approval by nobody of the trustees",
            rule,
            stranger.clone(),
        ),
    ] {
        let arguments = [
            text(&*object),
            text(rule),
            text(roll),
            text(&*keys),
            key,
            seed(51),
        ];
        v.add(name, "sign_approval", &arguments);
    }
    let closing = |fingerprint: Digest| Closing {
        fingerprint,
        root: Some(Digest::of("the record's root")),
        ballots: 2,
        tally: Digest::of("the sum"),
    };
    for (name, fingerprint, key) in [
        ("the closing statement", election.fingerprint(), own.clone()),
        ("a closing of another election", Digest::of("other"), own),
        (
            "a closing by nobody of the trustees",
            election.fingerprint(),
            stranger,
        ),
    ] {
        let closing = text(closing(fingerprint).to_json());
        let arguments = [text(&*object), closing, text(&*keys), key, seed(52)];
        v.add(name, "sign_closing", &arguments);
    }
}

#[test]
fn the_functions_give_the_frozen_vectors() {
    let path = data().join("vectors.json");
    let now = vectors().file();
    if std::env::var_os("MINSHENG_WRITE_VECTORS").is_some() {
        std::fs::write(&path, &now).unwrap();
    }
    let frozen = std::fs::read_to_string(&path).unwrap();
    for (frozen, now) in frozen.lines().zip(now.lines()) {
        assert_eq!(frozen, now);
    }
    assert_eq!(frozen.lines().count(), now.lines().count());
}
