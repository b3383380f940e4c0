//! An election of which the attacker knows every secret, and an archive writer that obeys no order.

use ballot::trustee::ceremony::{Certified, Committed, Keyed, Place, Revealed, Setting};
use ballot::trustee::{SecretKey, TrusteeId, Trustees};
use ballot::{
    Ballot, Choices, Credential, Ed25519, Election, EncryptedTally, PartialDecryption,
    PublicCredentials, Question, Uuid, Wire as _, seal,
};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;
use sha2::{Digest as _, Sha256};

/// One event, with its objects.
#[derive(Clone)]
pub enum Event {
    Ballot(String),
    End,
    Tally {
        tally: String,
        ballots: u64,
        weight: u64,
    },
    Partial(u32, String),
    Result(String),
}

#[derive(Clone)]
pub struct World {
    pub election: Election<Ed25519>,
    /// A single trustee, then two of three members of a group.
    pub keys: Vec<(u32, SecretKey<Ed25519>)>,
    /// Seed and key of every member of the group.
    pub members: Vec<(String, SecretKey<Ed25519>)>,
    pub credentials: Vec<Credential>,
    pub tally: EncryptedTally<Ed25519>,
    /// Election, trustees, roll.
    pub setup: [String; 3],
    pub events: Vec<Event>,
    pub rng: ChaCha20Rng,
}

/// Votes of the voters in turn; the first one votes twice.
const VOTES: [(usize, [u8; 3], [u8; 3]); 4] = [
    (0, [1, 0, 0], [1, 0, 0]),
    (1, [0, 1, 1], [0, 1, 0]),
    (2, [1, 0, 1], [0, 1, 1]),
    (0, [0, 1, 0], [0, 0, 1]),
];

/// What they add up to: the last vote of each, the third of weight 5.
pub const RESULT: &str = r#"{"result":[[5,2,6],[0,6,6]]}"#;

impl World {
    pub fn honest() -> Self {
        let mut rng = ChaCha20Rng::from_seed([33; 32]);
        let uuid = Uuid::generate(&mut rng);
        let (trustees, keys, members) = office(&uuid, &mut rng);
        let questions = vec![
            Question::new("Which?", ["路", "桥", "井"], 0, 2).unwrap(),
            Question::new("Or blank?", ["a", "b"], 1, 2)
                .unwrap()
                .or_blank(),
        ];
        let key = trustees.joint_key();
        let election = Election::build(uuid, "票决", "", key, questions).unwrap();
        let credentials: Vec<_> = (0..4).map(|_| Credential::generate(&mut rng)).collect();
        let roll: Vec<String> = credentials
            .iter()
            .zip(["", "", ",5", ""])
            .map(|(credential, weight)| public(credential, &election) + weight)
            .collect();
        let roll = serde_json::to_string(&roll).unwrap();
        let mut world = Self {
            setup: [election.to_json(), trustees.to_json(), roll],
            tally: EncryptedTally::empty(&election),
            election,
            keys,
            members,
            credentials,
            events: Vec::new(),
            rng,
        };
        world.run();
        world
    }

    fn run(&mut self) {
        for (voter, first, second) in VOTES {
            let ballot = self.seal(voter, first, second);
            self.events.push(Event::Ballot(ballot.to_json()));
        }
        self.events.push(Event::End);
        self.sum(&[1, 2, 3]);
        self.decrypt();
        self.events.push(Event::Result(RESULT.to_owned()));
    }

    pub fn seal(&mut self, voter: usize, first: [u8; 3], second: [u8; 3]) -> Ballot<Ed25519> {
        let marks = |marks: [u8; 3]| marks.map(|mark| mark == 1).to_vec();
        let choices = Choices::from([marks(first), marks(second)]);
        let sealed = seal(
            &self.election,
            &self.credentials[voter],
            &choices,
            &mut self.rng,
        );
        sealed.unwrap().ballot
    }

    /// Adds the encrypted tally of the ballots at these heights less one.
    fn sum(&mut self, counted: &[usize]) {
        let roll = PublicCredentials::<Ed25519>::from_json(self.setup[2].as_bytes()).unwrap();
        let (mut ballots, mut weight) = (0, 0);
        for index in counted {
            let Event::Ballot(text) = &self.events[*index] else {
                panic!()
            };
            let ballot: Ballot<Ed25519> = Ballot::from_json(text.as_bytes()).unwrap();
            let own = roll.weight_of(&ballot.credential).unwrap();
            self.tally.add(&ballot, own).unwrap();
            ballots += 1;
            weight += own;
        }
        let tally = self.tally.to_json();
        self.events.push(Event::Tally {
            tally,
            ballots,
            weight,
        });
    }

    fn decrypt(&mut self) {
        for (owner, key) in self.keys.clone() {
            let partial = self.partial(&key);
            self.events.push(Event::Partial(owner, partial));
        }
    }

    pub fn partial(&mut self, key: &SecretKey<Ed25519>) -> String {
        PartialDecryption::make(&self.tally, key, &self.election, &mut self.rng).to_json()
    }

    /// The archive as it is, whatever that is.
    pub fn archive(&self) -> Vec<u8> {
        write(&self.entries())
    }

    /// The archive's entries.
    pub fn entries(&self) -> Vec<Entry> {
        let mut tar = Chain::default();
        tar.entry(
            "BELENIOS",
            &format!(r#"{{"version":1,"timestamp":"{TIME}"}}"#),
        );
        let [election, trustees, roll] = self.setup.each_ref().map(|object| tar.data(object));
        let setup = tar.data(&format!(
            r#"{{"election":"{election}","trustees":"{trustees}","credentials":"{roll}"}}"#
        ));
        tar.event("Setup", Some(&setup));
        for event in &self.events {
            match event {
                Event::Ballot(ballot) => {
                    let ballot = tar.data(ballot);
                    tar.event("Ballot", Some(&ballot));
                }
                Event::End => tar.event("EndBallots", None),
                Event::Tally {
                    tally,
                    ballots,
                    weight,
                } => {
                    let tally = tar.data(tally);
                    let sized = tar.data(&format!(
                        r#"{{"num_tallied":{ballots},"total_weight":{weight},"encrypted_tally":"{tally}"}}"#
                    ));
                    tar.event("EncryptedTally", Some(&sized));
                }
                Event::Partial(owner, partial) => {
                    let partial = tar.data(partial);
                    let owned = tar.data(&format!(r#"{{"owner":{owner},"payload":"{partial}"}}"#));
                    tar.event("PartialDecryption", Some(&owned));
                }
                Event::Result(result) => {
                    let result = tar.data(result);
                    tar.event("Result", Some(&result));
                }
            }
        }
        tar.entries
    }
}

pub fn public(credential: &Credential, election: &Election<Ed25519>) -> String {
    use ballot::Group as _;
    Ed25519::encode(&credential.public::<Ed25519>(election.uuid()))
}

pub const TIME: u64 = 1_790_000_000;

/// A name and what stands under it.
#[derive(Clone)]
pub struct Entry {
    pub name: String,
    pub body: String,
}

impl Entry {
    pub fn data(body: &str) -> Self {
        Self {
            name: format!("{}.data.json", hash(body)),
            body: body.to_owned(),
        }
    }

    pub fn event(body: &str) -> Self {
        Self {
            name: format!("{}.event.json", hash(body)),
            body: body.to_owned(),
        }
    }

    pub fn is_event(&self) -> bool {
        self.name.ends_with(".event.json")
    }
}

/// Written from the format's description, apart from the writer under test.
#[derive(Default)]
struct Chain {
    entries: Vec<Entry>,
    parent: Option<String>,
    height: u64,
    seen: std::collections::HashSet<String>,
}

impl Chain {
    /// An object that stands already is not written again: two events may then share it.
    fn data(&mut self, object: &str) -> String {
        let hash = hash(object);
        if self.seen.insert(hash.clone()) {
            self.entry(&format!("{hash}.data.json"), object);
        }
        hash
    }

    fn event(&mut self, kind: &str, payload: Option<&str>) {
        let event = event(self.parent.as_deref(), self.height, kind, payload);
        let hash = hash(&event);
        self.entry(&format!("{hash}.event.json"), &event);
        self.parent = Some(hash);
        self.height += 1;
    }

    fn entry(&mut self, name: &str, body: &str) {
        let (name, body) = (name.to_owned(), body.to_owned());
        self.entries.push(Entry { name, body });
    }
}

/// An event's object.
pub fn event(parent: Option<&str>, height: u64, kind: &str, payload: Option<&str>) -> String {
    let member = |name: &str, value: &str| format!(r#""{name}":"{value}""#);
    let parent = parent.map(|hash| member("parent", hash) + ",");
    let payload = payload.map(|hash| ",".to_owned() + &member("payload", hash));
    format!(
        r#"{{{}"height":{height},{}{}}}"#,
        parent.unwrap_or_default(),
        member("type", kind),
        payload.unwrap_or_default()
    )
}

/// The tar of these entries.
pub fn write(entries: &[Entry]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for Entry { name, body } in entries {
        bytes.extend(header(name, body.len()));
        bytes.extend(body.as_bytes());
        bytes.resize(bytes.len().next_multiple_of(512), 0);
    }
    bytes
}

fn header(name: &str, size: usize) -> [u8; 512] {
    let fields = format!(
        "{name:\0<100}0000644\0{0}{0}{size:011o}\0{TIME:011o}\0        0",
        "0000000\0",
    );
    let mut header = [0; 512];
    header[..fields.len()].copy_from_slice(fields.as_bytes());
    sum(&mut header);
    header
}

/// Puts a header's checksum right.
pub fn sum(header: &mut [u8; 512]) {
    header[148..156].fill(b' ');
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
}

pub fn hash(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}

type Keys<Owner> = Vec<(Owner, SecretKey<Ed25519>)>;

/// A single trustee and a group of three, of whom the last two decrypt.
fn office(uuid: &Uuid, rng: &mut ChaCha20Rng) -> (Trustees<Ed25519>, Keys<u32>, Keys<String>) {
    let key = SecretKey::generate(rng);
    let single = Trustees::of_singles([key.verification_key(rng)]).to_json();
    let setting = Setting::new(uuid.clone(), 3, 2).unwrap();
    let certified: Vec<Certified<Ed25519>> = (1..=3)
        .map(|n| Place::new(setting.clone(), TrusteeId::new(n).unwrap()).unwrap())
        .map(|place| Certified::start(place, rng))
        .collect();
    let messages: Vec<String> = certified.iter().map(Certified::message).collect();
    let committed: Vec<Committed<_>> = certified
        .iter()
        .map(|device| device.commit(&messages, rng).unwrap())
        .collect();
    let messages: Vec<String> = committed.iter().map(Committed::message).collect();
    let revealed: Vec<Revealed<_>> = committed
        .iter()
        .map(|device| device.reveal(&messages).unwrap())
        .collect();
    let messages: Vec<String> = revealed.iter().map(Revealed::message).collect();
    let keyed: Vec<Keyed<_>> = revealed
        .iter()
        .map(|device| device.acknowledge(&messages, rng).unwrap())
        .collect();
    let messages: Vec<String> = keyed.iter().map(Keyed::message).collect();
    let finished: Vec<_> = keyed
        .iter()
        .map(|device| device.finish(&messages).unwrap())
        .collect();
    let group = finished[0].trustees.to_json();
    let both = format!(
        "[{},{}]",
        &single[1..single.len() - 1],
        &group[1..group.len() - 1]
    );
    let seeds = certified.iter().map(|device| device.seed().expose());
    let members: Keys<String> = seeds
        .zip(&finished)
        .map(|(seed, device)| (seed.to_owned(), device.key.clone()))
        .collect();
    let mut keys = vec![(1, key)];
    keys.extend((3..).zip(members[1..].iter().map(|(_, key)| key.clone())));
    let trustees = Trustees::from_json(both.as_bytes()).unwrap();
    (trustees, keys, members)
}
