//! A whole election over given votes, with fresh keys: sealed, summed, decrypted and written as an archive.
//!
//! For tests, demonstrations and auditors; every secret is forgotten at the end.

use std::collections::BTreeMap;

use ballot::trustee::{SecretKey, TrusteeId, Trustees};
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

/// How to run it.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Single trustees; all of them decrypt.
    pub trustees: u32,
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
    if setting.trustees == 0 {
        return Err(SimulationError::NoTrustee);
    }
    let mut rng = stream(setting, "setup", 0);
    let keys: Vec<SecretKey<G>> = (0..setting.trustees)
        .map(|_| SecretKey::generate(&mut rng))
        .collect();
    let trustees = Trustees::of_singles(keys.iter().map(|key| key.verification_key(&mut rng)));
    let (min, max) = instance.bounds();
    let answers = instance
        .projects()
        .iter()
        .map(|project| format!("{} {}", project.id, project.name));
    let question = Question::new(instance.description(), answers, min, max)?;
    let uuid = Uuid::generate(&mut rng);
    let name = if instance.description().is_empty() {
        "simulation"
    } else {
        instance.description()
    };
    let election = Election::<G>::build(
        uuid,
        name,
        "simulation",
        trustees.joint_key(),
        vec![question],
    )?;

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
    for (owner, key) in (1..).zip(&keys) {
        let partial = PartialDecryption::make(&aggregate.tally, key, &election, &mut rng);
        archive.partial_decryption(owner, partial.to_json().as_bytes())?;
        partials.extend(TrusteeId::new(owner).map(|owner| (owner, partial)));
    }
    let result = count::open(&aggregate.tally, &trustees, &partials, aggregate.weight)?;
    archive.result(result.to_json().as_bytes())?;
    Ok(Simulation {
        archive: archive.into_bytes(),
        result,
    })
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
