//! A whole election over given votes, with fresh keys: sealed, summed, decrypted and written as an archive.
//!
//! For tests, demonstrations and auditors; every secret is forgotten at the end.

mod keys;

use std::collections::BTreeMap;

use ballot::trustee::Trustees;
use ballot::trustee::ceremony::CeremonyError;
use ballot::{
    Ballot, Choices, Credential, Election, ElectionError, ElectionResult, Group, PartialDecryption,
    PublicCredentials, Question, SealError, Uuid, Wire, seal,
};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::archive::{ArchiveError, ArchiveWriter};
use crate::count::{self, CountingError};
use crate::pabulib::Instance;
use crate::parallel;
use keys::Keys;

/// How to run it.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Trustees who share the key.
    pub trustees: u32,
    /// How many of them are enough to decrypt: all, where each has a key of its own, or 2 or more by a key ceremony.
    pub threshold: u32,
    /// Seconds since 1970, written into the archive.
    pub time: u64,
    /// Randomness from the operating system, from which everything secret is made.
    pub seed: Zeroizing<[u8; 32]>,
}

/// What came out.
#[derive(Clone, Debug)]
pub struct Simulation {
    /// The finished archive.
    pub archive: Vec<u8>,
    /// The decrypted counts.
    pub result: ElectionResult,
}

/// Why it could not be run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SimulationError {
    /// No trustee.
    #[error("at least one trustee is needed")]
    NoTrustee,
    /// Trustees and threshold with which no key can be made.
    #[error(transparent)]
    Ceremony(#[from] CeremonyError),
    /// The question cannot be asked.
    #[error(transparent)]
    Election(#[from] ElectionError),
    /// A credential came out twice or neutral, which has no chance of happening with good randomness.
    #[error("the randomness repeats itself: {0}")]
    Roll(String),
    /// A vote cannot be sealed.
    #[error("vote {vote}: {error}")]
    Seal {
        /// Its position, from 0.
        vote: usize,
        /// Why.
        error: SealError,
    },
    /// The count failed.
    #[error(transparent)]
    Counting(#[from] CountingError),
    /// The archive could not be written.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
}

/// Seals every vote, counts and decrypts.
pub fn simulate<G: Group>(
    instance: &Instance,
    setting: &Setting,
) -> Result<Simulation, SimulationError> {
    let mut rng = stream(setting, "setup", 0);
    let Keys::<G> {
        trustees,
        decrypting,
    } = Keys::make(setting.trustees, setting.threshold, &mut rng)?;
    let election = election(instance, &trustees, Uuid::generate(&mut rng))?;
    let credentials: Vec<Credential> = instance
        .votes()
        .iter()
        .map(|_| Credential::generate(&mut rng))
        .collect();
    let public = parallel::map(&credentials, |credential| {
        credential.public::<G>(election.uuid())
    });
    let roll = PublicCredentials::sorted(public)
        .map_err(|error| SimulationError::Roll(error.to_string()))?;
    let ballots = seal_all(instance, setting, &election, &credentials)?;
    let aggregate = count::aggregate(&election, &roll, &ballots)?;

    let mut archive = ArchiveWriter::setup(
        setting.time,
        election.to_json().as_bytes(),
        trustees.to_json().as_bytes(),
        roll.to_json().as_bytes(),
    )?;
    ballots
        .iter()
        .try_for_each(|ballot| archive.ballot(ballot.to_json().as_bytes()))?;
    archive.end_ballots()?;
    archive.encrypted_tally(
        aggregate.tally.to_json().as_bytes(),
        aggregate.ballots,
        aggregate.weight,
    )?;
    let mut partials = BTreeMap::new();
    for (owner, key) in &decrypting {
        let partial = PartialDecryption::make(&aggregate.tally, key, &election, &mut rng);
        archive.partial_decryption(owner.get(), partial.to_json().as_bytes())?;
        partials.insert(*owner, partial);
    }
    let result = count::open(&aggregate.tally, &trustees, &partials, aggregate.weight)?;
    archive.result(result.to_json().as_bytes())?;
    Ok(Simulation {
        archive: archive.into_bytes(),
        result,
    })
}

fn election<G: Group>(
    instance: &Instance,
    trustees: &Trustees<G>,
    uuid: Uuid,
) -> Result<Election<G>, SimulationError> {
    let (min, max) = instance.bounds();
    let answers = instance
        .projects()
        .iter()
        .map(|project| format!("{} {}", project.id, project.name));
    let question = Question::new(instance.description(), answers, min, max)?;
    let name = if instance.description().is_empty() {
        "simulation"
    } else {
        instance.description()
    };
    Ok(Election::build(
        uuid,
        name,
        "simulation",
        trustees.joint_key(),
        vec![question],
    )?)
}

fn seal_all<G: Group>(
    instance: &Instance,
    setting: &Setting,
    election: &Election<G>,
    credentials: &[Credential],
) -> Result<Vec<Ballot<G>>, SimulationError> {
    let votes: Vec<(usize, (&Vec<usize>, &Credential))> = instance
        .votes()
        .iter()
        .zip(credentials)
        .enumerate()
        .collect();
    let sealed = parallel::map(&votes, |(vote, (approved, credential))| {
        let marks = (0..instance.projects().len())
            .map(|position| approved.contains(&position))
            .collect();
        let mut rng = stream(setting, "vote", u64::try_from(*vote).unwrap_or(u64::MAX));
        seal(election, credential, &Choices::from([marks]), &mut rng)
            .map(|sealed| sealed.ballot)
            .map_err(|error| SimulationError::Seal { vote: *vote, error })
    });
    sealed.into_iter().collect()
}

/// An own stream of randomness for each vote, so that votes can be sealed on all cores.
fn stream(setting: &Setting, what: &str, number: u64) -> ChaCha20Rng {
    let seed = Sha256::new()
        .chain_update(setting.seed.as_slice())
        .chain_update(what)
        .chain_update(number.to_be_bytes())
        .finalize();
    ChaCha20Rng::from_seed(seed.into())
}
