//! Our side: an election made by our crates alone.

use std::collections::BTreeMap;

use ballot::trustee::ceremony::{Certified, Committed, Keyed, Place, Revealed, Setting};
use ballot::trustee::{SecretKey, TrusteeId, Trustees, VerificationKey};
use ballot::{
    Ballot, Belenios2048, Choices, Credential, Election, EncryptedTally, Group as _,
    PartialDecryption, PublicCredentials, Question, Uuid, Wire as _, seal,
};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;
use tally::archive::{Archive, ArchiveWriter};
use tally::count;
use tally::verify::{self, Options};

pub type Vote = Vec<Vec<bool>>;

const TIME: u64 = 1_790_000_000;

/// Who holds the key.
#[derive(Clone, Copy)]
pub enum Office {
    Singles(u32),
    Threshold {
        size: u32,
        of: u32,
    },
    /// A single trustee and a threshold group.
    Both {
        size: u32,
        of: u32,
    },
}

/// An election and everybody's secrets.
#[derive(Clone)]
pub struct Ours {
    pub election: Election<Belenios2048>,
    /// With the trustees' numbers; of a threshold group only the members who decrypt.
    pub keys: Vec<(u32, SecretKey<Belenios2048>)>,
    trustees: Trustees<Belenios2048>,
    credentials: Vec<Credential>,
    archive: ArchiveWriter,
    tally: Option<EncryptedTally<Belenios2048>>,
    partials: BTreeMap<TrusteeId, PartialDecryption<Belenios2048>>,
    rng: ChaCha20Rng,
}

/// Several questions: at most so many; blank allowed; at least so many.
pub fn questions() -> Vec<Question> {
    vec![
        Question::new("项目？", ["路", "桥", "井", "灯", "校"], 0, 2).unwrap(),
        Question::new("Plan \"B\"?", ["a", "b", "c"], 1, 2)
            .unwrap()
            .or_blank(),
        Question::new("At least two", ["1", "2", "3", "4"], 2, 3).unwrap(),
    ]
}

pub fn vote<const N: usize>(marks: [&[u8]; N]) -> Vote {
    marks
        .iter()
        .map(|marks| marks.iter().map(|mark| *mark == 1).collect())
        .collect()
}

/// What the last vote of each voter adds up to.
pub fn counts(votes: &[(usize, Vote)]) -> Vec<Vec<u64>> {
    let last: BTreeMap<usize, &Vote> = votes.iter().map(|(voter, vote)| (*voter, vote)).collect();
    let mut sums: Vec<Vec<u64>> = questions()
        .iter()
        .map(|question| vec![0; question.ciphertexts()])
        .collect();
    for vote in last.values() {
        for (sums, marks) in sums.iter_mut().zip(*vote) {
            for (sum, mark) in sums.iter_mut().zip(marks) {
                *sum += u64::from(*mark);
            }
        }
    }
    sums
}

impl Ours {
    /// `others` are further public credentials; `weights` those of the voters, where they have any.
    pub fn new(office: Office, voters: usize, others: &[String], weights: &[u64]) -> Self {
        let mut rng = ChaCha20Rng::from_seed([17; 32]);
        let uuid = Uuid::generate(&mut rng);
        let (trustees, keys) = install(office, &uuid, &mut rng);
        Self::open(uuid, trustees, keys, voters, others, weights, rng)
    }

    /// An election whose second trustee, and whose further credentials, are the tool's.
    pub fn of_both(
        uuid: &str,
        theirs: VerificationKey<Belenios2048>,
        voters: usize,
        others: &[String],
    ) -> Self {
        let mut rng = ChaCha20Rng::from_seed([18; 32]);
        let key = SecretKey::generate(&mut rng);
        let trustees = Trustees::of_singles([key.verification_key(&mut rng), theirs]);
        let uuid = uuid.parse().unwrap();
        Self::open(uuid, trustees, vec![(1, key)], voters, others, &[], rng)
    }

    fn open(
        uuid: Uuid,
        trustees: Trustees<Belenios2048>,
        keys: Vec<(u32, SecretKey<Belenios2048>)>,
        voters: usize,
        others: &[String],
        weights: &[u64],
        mut rng: ChaCha20Rng,
    ) -> Self {
        trustees.verify().unwrap();
        let joint_key = trustees.joint_key();
        let election =
            Election::<Belenios2048>::build(uuid, "票决", "描述\n", joint_key, questions())
                .unwrap();
        let authorities =
            r#","administrator":"office","credential_authority":"deputies' own devices"}"#;
        let election = election.to_json().strip_suffix('}').unwrap().to_owned() + authorities;
        let election: Election<Belenios2048> = election.parse().unwrap();
        let credentials: Vec<Credential> = (0..voters)
            .map(|_| Credential::generate(&mut rng))
            .collect();
        let public = credentials.iter().enumerate().map(|(voter, credential)| {
            let element = Belenios2048::encode(&credential.public::<Belenios2048>(election.uuid()));
            match weights.get(voter) {
                None | Some(1) => element,
                Some(weight) => format!("{element},{weight}"),
            }
        });
        let mut roll: Vec<String> = public.chain(others.iter().cloned()).collect();
        roll.sort();
        let roll = serde_json::to_vec(&roll).unwrap();
        PublicCredentials::<Belenios2048>::from_json(&roll).unwrap();
        let archive = ArchiveWriter::setup(
            TIME,
            election.to_json().as_bytes(),
            trustees.to_json().as_bytes(),
            &roll,
        );
        Self {
            election,
            keys,
            trustees,
            credentials,
            archive: archive.unwrap(),
            tally: None,
            partials: BTreeMap::new(),
            rng,
        }
    }

    pub fn archive(&self) -> &[u8] {
        self.archive.bytes()
    }

    pub fn cast(&mut self, voter: usize, vote: &Vote) {
        let ballot = self.seal(voter, vote);
        self.take(&ballot.to_json());
    }

    /// A ballot of our own making but for one response.
    pub fn cast_with_a_false_proof(&mut self, voter: usize) {
        let vote = vote([&[1, 0, 0, 0, 0], &[1, 0, 0, 0], &[1, 0, 1, 0]]);
        let mut ballot = self.seal(voter, &vote);
        let response = &mut ballot.answers[2].overall_proof[0].response;
        *response = *response + 1.into();
        self.take(&ballot.to_json());
    }

    fn seal(&mut self, voter: usize, vote: &Vote) -> Ballot<Belenios2048> {
        let choices = Choices::from(vote.clone());
        let credential = &self.credentials[voter];
        seal(&self.election, credential, &choices, &mut self.rng)
            .unwrap()
            .ballot
    }

    pub fn take(&mut self, ballot: &str) {
        self.archive.ballot(ballot.as_bytes()).unwrap();
    }

    /// Ends the ballots and adds the encrypted tally, which it returns.
    pub fn close(&mut self) -> String {
        self.archive.end_ballots().unwrap();
        let closed =
            verify::closed::<Belenios2048>(self.archive.bytes(), Options::default()).unwrap();
        let tally = closed.tally().to_json();
        let sum = &closed.aggregate;
        self.archive
            .encrypted_tally(tally.as_bytes(), sum.ballots, sum.weight)
            .unwrap();
        self.tally = Some(closed.aggregate.tally);
        tally
    }

    /// Adds the partial decryption of the key at this position.
    pub fn decrypt(&mut self, position: usize) {
        let (owner, key) = self.keys[position].clone();
        let partial = self.partial_of(&key);
        self.take_partial(owner, &partial.to_json());
    }

    pub fn partial_of(&mut self, key: &SecretKey<Belenios2048>) -> PartialDecryption<Belenios2048> {
        let tally = self.tally.as_ref().unwrap();
        PartialDecryption::make(tally, key, &self.election, &mut self.rng)
    }

    pub fn take_partial(&mut self, owner: u32, partial: &str) {
        self.archive
            .partial_decryption(owner, partial.as_bytes())
            .unwrap();
        let owner = TrusteeId::new(owner).unwrap();
        let partial = PartialDecryption::from_json(partial.as_bytes()).unwrap();
        self.partials.insert(owner, partial);
    }

    /// Adds the result, which it returns.
    pub fn finish(&mut self) -> String {
        let most = Archive::read(self.archive.bytes()).unwrap();
        let most = most.tally.unwrap().sized.total_weight;
        let tally = self.tally.as_ref().unwrap();
        let result = count::open(tally, &self.trustees, &self.partials, most).unwrap();
        let result = result.to_json();
        self.finish_with(&result);
        result
    }

    pub fn finish_with(&mut self, result: &str) {
        self.archive.result(result.as_bytes()).unwrap();
    }
}

type Keys = Vec<(u32, SecretKey<Belenios2048>)>;

fn install(office: Office, uuid: &Uuid, rng: &mut ChaCha20Rng) -> (Trustees<Belenios2048>, Keys) {
    match office {
        Office::Singles(number) => singles(number, rng),
        Office::Threshold { size, of } => ceremony(size, of, uuid, rng),
        Office::Both { size, of } => {
            let (single, mut keys) = singles(1, rng);
            let (group, members) = ceremony(size, of, uuid, rng);
            keys.extend(members.into_iter().map(|(member, key)| (member + 1, key)));
            let [single, group] = [single, group].map(|trustees| {
                let text = trustees.to_json();
                text[1..text.len() - 1].to_owned()
            });
            let both = format!("[{single},{group}]");
            (Trustees::from_json(both.as_bytes()).unwrap(), keys)
        }
    }
}

fn singles(number: u32, rng: &mut ChaCha20Rng) -> (Trustees<Belenios2048>, Keys) {
    let keys: Keys = (1..=number)
        .map(|n| (n, SecretKey::generate(rng)))
        .collect();
    let public = keys.iter().map(|(_, key)| key.verification_key(rng));
    (Trustees::of_singles(public), keys.clone())
}

/// A fair key ceremony; the last `of` members decrypt.
fn ceremony(
    size: u32,
    of: u32,
    uuid: &Uuid,
    rng: &mut ChaCha20Rng,
) -> (Trustees<Belenios2048>, Keys) {
    let setting = Setting::new(uuid.clone(), size, of).unwrap();
    let certified: Vec<Certified<Belenios2048>> = (1..=size)
        .map(|n| Place::new(setting.clone(), TrusteeId::new(n).unwrap()).unwrap())
        .map(|place| Certified::start(place, rng))
        .collect();
    let certificates: Vec<String> = certified.iter().map(Certified::message).collect();
    let committed: Vec<Committed<_>> = certified
        .iter()
        .map(|device| device.commit(&certificates, rng).unwrap())
        .collect();
    let commitments: Vec<String> = committed.iter().map(Committed::message).collect();
    let revealed: Vec<Revealed<_>> = committed
        .iter()
        .map(|device| device.reveal(&commitments).unwrap())
        .collect();
    let polynomials: Vec<String> = revealed.iter().map(Revealed::message).collect();
    let keyed: Vec<Keyed<_>> = revealed
        .iter()
        .map(|device| device.acknowledge(&polynomials, rng).unwrap())
        .collect();
    let acknowledgements: Vec<String> = keyed.iter().map(Keyed::message).collect();
    let finished: Vec<_> = keyed
        .iter()
        .map(|device| device.finish(&acknowledgements).unwrap())
        .collect();
    let keys = finished
        .iter()
        .map(|device| (device.trustee.get(), device.key.clone()))
        .filter(|(member, _)| *member > size - of)
        .collect();
    (finished[0].trustees.clone(), keys)
}
