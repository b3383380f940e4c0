//! One small object of each kind, in either group: all members that may stand stand in one of them.

use ballot::trustee::ceremony::{Certified, Committed, Keyed, Place, Revealed, Setting};
use ballot::trustee::{SecretKey, TrusteeId, Trustees};
use ballot::{
    Ballot, BoundDecryption, Choices, Credential, Election, ElectionResult, EncryptedTally, Group,
    PublicCredentials, Question, Uuid, Wire, WireError, seal,
};
use rand_chacha::ChaCha20Rng;

use super::support::rng;

/// Reads an object and writes it again.
pub type Reads = fn(&[u8]) -> Result<String, WireError>;

/// An object, and what reads it.
pub struct Sample {
    pub what: &'static str,
    pub json: String,
    pub read: Reads,
}

fn of<T: Wire>(what: &'static str, json: String) -> Sample {
    Sample {
        what,
        json,
        read: |bytes| T::from_json(bytes).map(|value| value.to_json()),
    }
}

pub fn samples<G: Group>() -> Vec<Sample> {
    let mut rng = rng(41);
    let uuid: Uuid = "11111111111111".parse().unwrap();
    let (trustees, key) = office::<G>(&uuid, &mut rng);
    let questions = vec![
        Question::new("Which \"one\"?", ["路", "桥"], 1, 2)
            .unwrap()
            .or_blank(),
        Question::new("", ["井"], 0, 1).unwrap(),
    ];
    let key_of_all = trustees.joint_key();
    let election = Election::build(uuid, "票决", "a\nb", key_of_all, questions).unwrap();
    let with = |election: &Election<G>, members: &str| {
        election.to_json().strip_suffix('}').unwrap().to_owned() + members + "}"
    };
    let authorities = r#","administrator":"A","credential_authority":"C""#;
    let election: Election<G> = with(&election, authorities).parse().unwrap();
    let with_language = with(&election, r#","language":["zh","ltr"]"#);
    let credential = Credential::generate(&mut rng);
    let choices = Choices::from([vec![false, true, false], vec![true]]);
    let sealed = seal(&election, &credential, &choices, &mut rng).unwrap();
    let mut tally = EncryptedTally::empty(&election);
    tally.add(&sealed.ballot, 7).unwrap();
    let bound = BoundDecryption::make(&tally, &key, &election, &mut rng);
    let element = G::encode(&credential.public::<G>(election.uuid()));
    let other = G::encode(election.public_key());
    vec![
        of::<Election<G>>("election", election.to_json()),
        of::<Election<G>>("election with a language", with_language),
        of::<Trustees<G>>("trustees", trustees.to_json()),
        of::<PublicCredentials<G>>("roll", format!(r#"["{element}","{other}"]"#)),
        of::<Ballot<G>>("ballot", sealed.ballot.to_json()),
        of::<EncryptedTally<G>>("encrypted tally", tally.to_json()),
        of::<BoundDecryption<G>>("bound partial decryption", bound.to_json()),
        of::<ElectionResult>("result", r#"{"result":[[0,7,10]]}"#.to_owned()),
    ]
}

/// A single trustee with a name, and two of two members of a group.
fn office<G: Group>(uuid: &Uuid, rng: &mut ChaCha20Rng) -> (Trustees<G>, SecretKey<G>) {
    let key = SecretKey::generate(rng);
    let single = Trustees::of_singles([key.verification_key(rng).named("王")]).to_json();
    let setting = Setting::new(uuid.clone(), 2, 2).unwrap();
    let certified: Vec<Certified<G>> = (1..=2)
        .map(|n| Place::new(setting.clone(), TrusteeId::new(n).unwrap()).unwrap())
        .map(|place| Certified::start(place, rng))
        .collect();
    let messages: Vec<String> = certified.iter().map(Certified::message).collect();
    let commit = |device: &Certified<G>| device.commit(&messages, rng).unwrap();
    let committed: Vec<Committed<G>> = certified.iter().map(commit).collect();
    let messages: Vec<String> = committed.iter().map(Committed::message).collect();
    let reveal = |device: &Committed<G>| device.reveal(&messages).unwrap();
    let revealed: Vec<Revealed<G>> = committed.iter().map(reveal).collect();
    let messages: Vec<String> = revealed.iter().map(Revealed::message).collect();
    let acknowledge = |device: &Revealed<G>| device.acknowledge(&messages, rng).unwrap();
    let keyed: Vec<Keyed<G>> = revealed.iter().map(acknowledge).collect();
    let messages: Vec<String> = keyed.iter().map(Keyed::message).collect();
    let group = keyed[0].finish(&messages).unwrap().trustees.to_json();
    let both = format!("{},{}", &single[..single.len() - 1], &group[1..]);
    (Trustees::from_json(both.as_bytes()).unwrap(), key)
}
