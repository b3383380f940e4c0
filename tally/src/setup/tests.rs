//! A sound setup, and one thing wrong at a time.

use ballot::trustee::{Blame, SecretKey, TrusteeError, TrusteeId, Trustees};
use ballot::{
    BindingError, BindingLine, Credential, Ed25519, Election, Group, PublicCredentials, Question,
    Uuid, Wire,
};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use super::{
    CheckError, Item, ItemsError, LabelError, Parts, QuestionsError, SetupError, check_questions,
    questions, roll, single_trustees,
};
use crate::rules::{ItemId, Rule, TextFault};

const CHOICE: &str = include_str!("../../rules/county.toml");
const EACH_ITEM: &str = include_str!("../../rules/item-by-item.toml");

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::from_seed([5; 32])
}

fn items(rule: &str) -> Vec<Item> {
    let rule = Rule::parse(rule).unwrap();
    let item = |id: &ItemId| Item {
        id: id.clone(),
        label: format!("项目 {id}"),
    };
    rule.items().iter().map(item).collect()
}

fn keys() -> Vec<String> {
    let mut rng = rng();
    (0..3)
        .map(|_| {
            let key = SecretKey::<Ed25519>::generate(&mut rng);
            key.verification_key(&mut rng).to_json()
        })
        .collect()
}

fn credentials(uuid: &Uuid) -> Vec<String> {
    let mut rng = rng();
    (0..4)
        .map(|_| Ed25519::encode(&Credential::generate(&mut rng).public::<Ed25519>(uuid)))
        .collect()
}

fn parts(rule: &str) -> Parts<'_, Ed25519> {
    let uuid: Uuid = "1234567890abcd".replace('0', "z").parse().unwrap();
    Parts {
        name: "票决".to_owned(),
        rule,
        items: items(rule),
        trustees: single_trustees(&keys()).unwrap(),
        roll: roll(&credentials(&uuid)).unwrap(),
        uuid,
    }
}

fn id(text: &str) -> ItemId {
    ItemId::new(text).unwrap()
}

#[test]
fn an_item_is_shown_by_its_id_and_its_label() {
    let election = parts(CHOICE).build().unwrap().election;
    let answers = election.questions()[0].answers();
    assert_eq!(answers[0], "QH26-01 项目 QH26-01");
    let alone = Item {
        id: id("QH26-01"),
        label: String::new(),
    };
    assert_eq!(alone.text(), "QH26-01");
}

#[test]
fn a_key_that_cannot_be_read_is_named_by_its_trustee() {
    let mut keys = keys();
    keys[1].push(' ');
    let error = single_trustees::<Ed25519>(&keys).unwrap_err();
    assert!(
        matches!(error, SetupError::Key { number: 2, .. }),
        "{error}"
    );
}

#[test]
fn a_trustee_who_stands_twice_is_named() {
    let mut keys = keys();
    keys[2] = keys[0].clone();
    let mut parts = parts(CHOICE);
    parts.trustees = single_trustees(&keys).unwrap();
    let blame = Blame::Trustee(TrusteeId::new(3).unwrap());
    assert_eq!(
        parts.build(),
        Err(SetupError::Trustees(TrusteeError::RepeatedKey(blame)))
    );
}

#[test]
fn nobody_to_hold_the_key_is_refused() {
    let mut parts = parts(CHOICE);
    parts.trustees = Trustees::of_singles([]);
    assert_eq!(
        parts.build(),
        Err(SetupError::Trustees(TrusteeError::NoTrustee))
    );
}

#[test]
fn a_text_that_is_no_credential_is_named() {
    let mut texts = credentials(&parts(CHOICE).uuid);
    texts[2].push('0');
    let SetupError::Credential { credential, .. } = roll::<Ed25519>(&texts).unwrap_err() else {
        panic!("another error");
    };
    assert_eq!(credential, texts[2]);
}

#[test]
fn a_credential_that_stands_twice_is_refused() {
    let mut texts = credentials(&parts(CHOICE).uuid);
    texts[2] = texts[0].clone();
    let error = roll::<Ed25519>(&texts).unwrap_err();
    assert!(matches!(error, SetupError::Roll(_)), "{error}");
}

#[test]
fn a_roll_with_a_weight_is_refused() {
    let mut parts = parts(CHOICE);
    let text = parts.roll.to_json();
    let first = parts.build().unwrap().credentials[0].clone();
    let weighted = text.replace(&first, &format!("{first},2"));
    parts.roll = PublicCredentials::from_json(weighted.as_bytes()).unwrap();
    assert_eq!(parts.build(), Err(SetupError::Weight(first)));
}

#[test]
fn a_roll_in_another_order_is_refused() {
    let mut parts = parts(CHOICE);
    let mut texts = parts.build().unwrap().credentials;
    texts.swap(1, 2);
    parts.roll = PublicCredentials::from_json(texts.to_json().as_bytes()).unwrap();
    assert_eq!(parts.build(), Err(SetupError::Order(texts[2].clone())));
}

#[test]
fn labels_that_do_not_fit_the_rule_are_refused_by_their_item() {
    type Change = fn(&mut Vec<Item>);
    let broken: [(Change, ItemsError); 3] = [
        (
            |items| drop(items.remove(3)),
            ItemsError::Missing(id("QH26-04")),
        ),
        (
            |items| items[3].id = id("QH26-4"),
            ItemsError::Unknown(id("QH26-4")),
        ),
        (
            |items| items[3].id = id("QH26-01"),
            ItemsError::Repeated(id("QH26-01")),
        ),
    ];
    for (change, error) in broken {
        let mut parts = parts(CHOICE);
        change(&mut parts.items);
        assert_eq!(parts.build(), Err(SetupError::Items(error)));
    }
}

#[test]
fn a_rule_that_cannot_be_read_is_refused() {
    let rule = CHOICE.replace("places = ", "places = \"\" # ");
    let mut broken = parts(CHOICE);
    broken.rule = &rule;
    let error = broken.build().unwrap_err();
    assert!(matches!(error, SetupError::Rule(_)), "{error}");
}

#[test]
fn a_title_that_looks_like_a_binding_line_is_refused() {
    let title = Rule::parse(CHOICE).unwrap().title().to_owned();
    let rule = CHOICE.replace(&title, "roll:sha256:00");
    let mut broken = parts(CHOICE);
    broken.rule = &rule;
    let error = BindingError::Repeated(BindingLine::Roll);
    assert_eq!(broken.build(), Err(SetupError::Binding(error)));
}

/// The sound election with one text replaced by another.
fn changed(from: &str, to: &str) -> Result<(), CheckError> {
    let parts = parts(CHOICE);
    let election = parts.build().unwrap().election.to_json();
    assert!(election.contains(from), "{from}");
    let election = election.replacen(from, to, 1);
    parts.check(election.as_bytes()).map(|_| ())
}

#[test]
fn an_election_that_differs_in_one_member_is_refused_by_its_name() {
    use BindingError::{Line, Other, Repeated};
    use BindingLine::{Roll, Rule as OfRule};
    let sound = parts(CHOICE).build().unwrap();
    let roll = format!("roll:sha256:{}", sound.roll_hash);
    let other = format!("roll:sha256:{}", "0".repeat(64));
    let rule = crate::rules::RuleHash::of(CHOICE.as_bytes()).to_hex();
    let rule = format!("rule:sha256:{rule}");
    let another = format!("rule:sha256:{}", "0".repeat(64));
    let title = format!("{}\\n", Rule::parse(CHOICE).unwrap().title());
    let uuid = format!("\"uuid\":\"{}\"", sound.election.uuid());
    let binding = |error| Err(CheckError::Binding(error));
    assert_eq!(changed(&title, &title), Ok(()));
    assert_eq!(
        changed(&uuid, "\"uuid\":\"1234567891abcd\""),
        Err(CheckError::Uuid)
    );
    assert_eq!(
        changed("\"name\":\"票决\"", "\"name\":\"票\""),
        Err(CheckError::Name)
    );
    assert_eq!(changed(&title, "办法\\n"), Err(CheckError::Title));
    assert_eq!(changed(&rule, &another), binding(Other(OfRule)));
    assert_eq!(changed(&roll, &other), binding(Other(Roll)));
    assert_eq!(changed(&roll, &format!("{roll}\\n")), binding(Line(Roll)));
    assert_eq!(changed(&rule, &rule.to_uppercase()), binding(Line(OfRule)));
    assert_eq!(
        changed(&title, &format!("{title}{rule}\\n")),
        binding(Repeated(OfRule))
    );
    assert_eq!(
        changed("QH26-02 项目 QH26-02", "QH26-02 项目 8"),
        Err(CheckError::Question(1))
    );
    assert_eq!(
        changed("\"max\":10", "\"max\":9"),
        Err(CheckError::Question(1))
    );
    let error = changed("\"version\":1", "\"version\": 1").unwrap_err();
    assert!(matches!(error, CheckError::Encoding(_)), "{error}");
}

#[test]
fn an_election_under_another_key_or_with_an_administrator_is_refused() {
    let parts = parts(CHOICE);
    let sound = parts.build().unwrap().election;
    let administered =
        sound.to_json().strip_suffix('}').unwrap().to_owned() + r#","administrator":"办公室"}"#;
    assert_eq!(
        parts.check(administered.as_bytes()),
        Err(CheckError::Members)
    );
    let key = SecretKey::<Ed25519>::generate(&mut rng()).public_key();
    let foreign = Election::<Ed25519>::build(
        sound.uuid().clone(),
        sound.name(),
        sound.description(),
        key,
        sound.questions().to_vec(),
    )
    .unwrap();
    assert_eq!(
        parts.check(foreign.to_json().as_bytes()),
        Err(CheckError::PublicKey)
    );
}

/// The rule's questions with one changed.
fn asked(rule: &str, change: impl FnOnce(&mut Vec<Question>)) -> Result<(), QuestionsError> {
    let text = rule;
    let rule = Rule::parse(text).unwrap();
    let mut all = questions(&rule, "票决", &items(text)).unwrap();
    change(&mut all);
    check_questions(&rule, &all)
}

/// The question with other answers and text.
fn with(question: &Question, text: &str, answers: &[String]) -> Question {
    Question::new(text, answers.to_vec(), question.min(), question.max()).unwrap()
}

#[test]
fn a_ballot_that_does_not_ask_what_the_rule_says_is_refused_by_its_question() {
    use QuestionsError::{Answers, Count, Item, Shape};
    let nothing: fn(&mut Vec<Question>) = |_| ();
    assert_eq!(asked(CHOICE, nothing), Ok(()));
    assert_eq!(asked(EACH_ITEM, nothing), Ok(()));
    let (expected, found) = (12, 11);
    assert_eq!(
        asked(EACH_ITEM, |all| drop(all.pop())),
        Err(Count { expected, found })
    );
    assert_eq!(
        asked(CHOICE, |all| all[0] = all[0].clone().or_blank()),
        Err(Shape { question: 1 })
    );
    // Labels in another order: each id stays where the other item is by the rule.
    assert_eq!(
        asked(CHOICE, |all| {
            let mut answers = all[0].answers().to_vec();
            answers.swap(1, 2);
            all[0] = with(&all[0], "票决", &answers);
        }),
        Err(Item {
            question: 1,
            id: id("QH26-02")
        })
    );
    assert_eq!(
        asked(EACH_ITEM, |all| all.swap(4, 5)),
        Err(Item {
            question: 5,
            id: id("LW26-05")
        })
    );
    // An id that goes on is another id.
    assert_eq!(
        asked(EACH_ITEM, |all| all[0] =
            with(&all[0], "LW26-011 路", all[0].answers())),
        Err(Item {
            question: 1,
            id: id("LW26-01")
        })
    );
    assert_eq!(
        asked(EACH_ITEM, |all| {
            let mut answers = all[2].answers().to_vec();
            answers.swap(0, 1);
            all[2] = with(&all[2], all[2].text(), &answers);
        }),
        Err(Answers { question: 3 })
    );
}

/// Why the labels cannot stand, where two of a sound ballot are changed to these: when it is set up, and when it is checked.
fn labelled(rule: &str, first: &str, second: &str) -> Option<LabelError> {
    let mut changed = items(rule);
    (changed[0].label, changed[1].label) = (first.to_owned(), second.to_owned());
    let parsed = Rule::parse(rule).unwrap();
    let made = questions(&parsed, "票决", &changed).err();
    let at_setup = made.map(|error| match error {
        ItemsError::Label(error) => error,
        other => panic!("{other}"),
    });
    let checked = asked(rule, |all| {
        let texts = [changed[0].text(), changed[1].text()];
        if let [single] = all.as_mut_slice() {
            let mut answers = single.answers().to_vec();
            answers.splice(..2, texts);
            *single = with(single, single.text(), &answers);
        } else {
            for (question, text) in all.iter_mut().zip(texts) {
                *question = with(question, &text, question.answers());
            }
        }
    });
    let at_check = checked.err().map(|error| match error {
        QuestionsError::Label(error) => error,
        other => panic!("{other}"),
    });
    assert_eq!(at_setup, at_check);
    at_setup
}

#[test]
fn labels_are_readable_and_told_apart_by_the_eye() {
    for rule in [CHOICE, EACH_ITEM] {
        let ids = Rule::parse(rule).unwrap().items().to_vec();
        let (one, two) = (&ids[0], &ids[1]);
        assert_eq!(labelled(rule, "村道", "水渠"), None);
        let same = LabelError::Same {
            id: one.clone(),
            other: two.clone(),
        };
        for (first, second) in [
            ("村道", "村道"),
            ("村道１", "村道1"),
            ("caf\u{e9}", "cafe\u{301}"),
        ] {
            assert_eq!(
                labelled(rule, first, second),
                Some(same.clone()),
                "{second:?}"
            );
        }
        let text = |fault| LabelError::Text {
            id: two.clone(),
            fault,
        };
        assert_eq!(
            labelled(rule, "村道", "\u{3000}"),
            Some(text(TextFault::Empty))
        );
        for hidden in ['\u{1b}', '\u{200b}', '\u{202e}', '\n'] {
            let label = format!("水{hidden}渠");
            let fault = TextFault::Invisible(hidden);
            assert_eq!(labelled(rule, "村道", &label), Some(text(fault)));
        }
        // What the ballot calls the first is what the rule calls the second.
        let other = LabelError::OtherId {
            id: one.clone(),
            other: two.clone(),
        };
        assert_eq!(labelled(rule, two.as_str(), "水渠"), Some(other));
    }
}
