//! What was cast in an election, as it was recorded beside the archive, and the counts that follow from it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ballot::Credential;
use serde::Deserialize;
use serde_json::Value;

pub struct Recorded {
    folder: PathBuf,
    votes: Votes,
}

#[derive(Deserialize)]
struct Votes {
    weights: BTreeMap<String, u64>,
    casts: Vec<Cast>,
}

#[derive(Deserialize)]
pub struct Cast {
    pub voter: String,
    pub choices: Vec<Vec<u64>>,
}

/// What an archive must say.
#[derive(Debug, PartialEq, Eq)]
pub struct Counts {
    pub credentials: u64,
    pub ballots: u64,
    pub counted: u64,
    pub weight: u64,
    pub result: Vec<Vec<u64>>,
}

impl Recorded {
    pub fn of(election: &str) -> Self {
        let folder = folder(election);
        let votes = serde_json::from_slice(&std::fs::read(folder.join("votes.json")).unwrap());
        Self {
            votes: votes.unwrap(),
            folder,
        }
    }

    pub fn weights(&self) -> &BTreeMap<String, u64> {
        &self.votes.weights
    }

    pub fn casts(&self) -> &[Cast] {
        &self.votes.casts
    }

    /// Each voter's credential.
    pub fn credentials(&self) -> BTreeMap<String, Credential> {
        let text = std::fs::read(self.folder.join("private_creds.json")).unwrap();
        let private: BTreeMap<String, String> = serde_json::from_slice(&text).unwrap();
        let credential = |(voter, text): (String, String)| (voter, text.parse().unwrap());
        private.into_iter().map(credential).collect()
    }

    /// The last vote of each voter counts, as many times as the voter weighs.
    pub fn counts(&self) -> Counts {
        let (weights, casts) = (self.weights(), self.casts());
        let last: BTreeMap<&String, &Cast> = casts.iter().map(|cast| (&cast.voter, cast)).collect();
        let questions = casts[0].choices.iter();
        let mut result: Vec<Vec<u64>> = questions.map(|choices| vec![0; choices.len()]).collect();
        for (voter, cast) in &last {
            for (counts, choices) in result.iter_mut().zip(&cast.choices) {
                assert_eq!(counts.len(), choices.len());
                for (count, choice) in counts.iter_mut().zip(choices) {
                    *count += weights[*voter] * choice;
                }
            }
        }
        Counts {
            credentials: weights.len() as u64,
            ballots: casts.len() as u64,
            counted: last.len() as u64,
            weight: last.keys().map(|voter| weights[*voter]).sum(),
            result,
        }
    }

    /// The result object that the other program wrote: it puts large numbers into strings.
    pub fn published(&self) -> Vec<Vec<u64>> {
        #[derive(Deserialize)]
        struct Published {
            result: Vec<Vec<Value>>,
        }
        let text = std::fs::read(self.folder.join("result.json")).unwrap();
        let published: Published = serde_json::from_slice(&text).unwrap();
        let number = |count: Value| match count {
            Value::String(text) => text.parse().unwrap(),
            number => number.as_u64().unwrap(),
        };
        let numbers = |counts: Vec<Value>| counts.into_iter().map(number).collect();
        published.result.into_iter().map(numbers).collect()
    }
}

pub fn archive(election: &str) -> Vec<u8> {
    std::fs::read(path(election)).unwrap()
}

/// The one archive of an election's folder.
pub fn path(election: &str) -> PathBuf {
    let files = std::fs::read_dir(folder(election)).unwrap();
    let mut files = files.map(|file| file.unwrap().path());
    files
        .find(|path| path.extension().is_some_and(|end| end == "bel"))
        .unwrap()
}

fn folder(election: &str) -> PathBuf {
    let elections = "../ballot/tests/data/elections";
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join(elections)
        .join(election)
}
