//! The tool's side: its commands, run in a folder of their own.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use ballot::{Question, Wire as _};
use journeys::program;
use tempfile::TempDir;

use super::ours::Vote;

const NAME: &str = "belenios-tool";
const GROUP: [&str; 2] = ["--group", "BELENIOS-2048"];

/// The tool, and the folder that it works in.
pub struct Tool {
    folder: TempDir,
}

impl Tool {
    pub fn in_a_folder() -> Option<Self> {
        program::installed(&[NAME]).then(|| Self {
            folder: tempfile::tempdir().unwrap(),
        })
    }

    /// What it prints, or what it complains of.
    pub fn run(&self, arguments: &[&str], input: &[u8]) -> Result<String, String> {
        let mut child = Command::new(NAME)
            .args(arguments)
            .current_dir(self.folder.path())
            // Else it waits for the machine's entropy.
            .env("BELENIOS_USE_URANDOM", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the tool starts");
        // It may not want its input at all.
        let _ = child.stdin.take().unwrap().write_all(input);
        let done = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        if done.status.success() {
            Ok(String::from_utf8(done.stdout).unwrap())
        } else {
            Err(said)
        }
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    pub fn archive(&self, uuid: &str) -> Vec<u8> {
        fs::read(self.path(&format!("{uuid}.bel"))).unwrap()
    }

    pub fn put(&self, uuid: &str, archive: &[u8]) {
        fs::write(self.path(&format!("{uuid}.bel")), archive).unwrap();
    }

    pub fn verify_here(&self) -> Result<(), String> {
        self.run(&["election", "verify"], b"").map(drop)
    }

    pub fn verify(&self, uuid: &str, archive: &[u8]) -> Result<(), String> {
        self.put(uuid, archive);
        self.verify_here()
    }

    pub fn verifies(&self, uuid: &str, archive: &[u8]) {
        self.verify(uuid, archive).unwrap();
    }

    /// As before, and that it continues the archive of the step before.
    pub fn verifies_as_continuation(&self, uuid: &str, archive: &[u8]) {
        let before = tempfile::tempdir().unwrap();
        fs::write(
            before.path().join(format!("{uuid}.bel")),
            self.archive(uuid),
        )
        .unwrap();
        self.verifies(uuid, archive);
        let before = before.path().to_str().unwrap();
        self.run(
            &["election", "verify-diff", "--dir1", before, "--dir2", "."],
            b"",
        )
        .unwrap();
    }

    pub fn token(&self) -> String {
        let token = self.run(&["setup", "generate-token"], b"").unwrap();
        token.trim_end().to_owned()
    }

    /// Private credentials; the public ones are then in `public_creds.json`.
    pub fn credentials(&self, uuid: &str, number: usize) -> Vec<String> {
        let number = number.to_string();
        let arguments = [
            "setup",
            "generate-credentials",
            "--uuid",
            uuid,
            "--count",
            &number,
        ];
        self.run(&[&arguments[..], &GROUP].concat(), b"").unwrap();
        fs::rename(self.only("pubcreds"), self.path("public_creds.json")).unwrap();
        let private = fs::read_to_string(self.only("privcreds")).unwrap();
        private
            .lines()
            .map(|line| line.split_whitespace().nth(1).unwrap().to_owned())
            .collect()
    }

    /// The elements of `public_creds.json`, where weights and voters' names follow them.
    pub fn public_credentials(&self) -> Vec<String> {
        let entries: Vec<String> = serde_json::from_str(&self.read("public_creds.json")).unwrap();
        let element = |entry: &String| entry.split(',').next().unwrap().to_owned();
        entries.iter().map(element).collect()
    }

    /// Makes `NAME.pubkey` and `NAME.privkey`, and returns the name.
    pub fn trustee_key(&self) -> String {
        let before = self.all("pubkey");
        self.run(
            &[&["setup", "generate-trustee-key"], &GROUP[..]].concat(),
            b"",
        )
        .unwrap();
        let made = self
            .all("pubkey")
            .into_iter()
            .find(|path| !before.contains(path));
        made.unwrap()
            .file_stem()
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned()
    }

    /// Trustees, election and an archive without ballots.
    pub fn set_up(&self, uuid: &str, keys: &[String], questions: &[Question]) {
        let public: Vec<String> = keys
            .iter()
            .map(|key| self.read(&format!("{key}.pubkey")))
            .collect();
        fs::write(self.path("public_keys.jsons"), public.concat()).unwrap();
        self.run(&["setup", "make-trustees"], b"").unwrap();
        let questions: Vec<String> = questions.iter().map(ballot::Wire::to_json).collect();
        let template = format!(
            r#"{{"description":"d","name":"n","questions":[{}],"administrator":"a","credential_authority":"c"}}"#,
            questions.join(",")
        );
        fs::write(self.path("template.json"), template).unwrap();
        let arguments = [
            "setup",
            "make-election",
            "--uuid",
            uuid,
            "--template",
            "template.json",
        ];
        self.run(&[&arguments[..], &GROUP].concat(), b"").unwrap();
        self.run(&["archive", "init"], b"").unwrap();
    }

    pub fn ballot(&self, credential: &str, vote: &Vote) -> String {
        let choices = ballot::Choices::from(vote.clone()).to_json();
        fs::write(self.path("credential"), credential).unwrap();
        fs::write(self.path("choices"), choices).unwrap();
        let arguments = [
            "election",
            "generate-ballot",
            "--privcred",
            "credential",
            "--ballot",
            "choices",
        ];
        self.run(&arguments, b"").unwrap().trim_end().to_owned()
    }

    pub fn event(&self, kind: &str, payload: &str) {
        let kind = format!("--type={kind}");
        self.run(&["archive", "add-event", &kind], payload.as_bytes())
            .unwrap();
    }

    /// Two lines: the partial decryption, and whose it is.
    pub fn decrypt(&self, key: &str, owner: u32) -> String {
        let key = format!("{key}.privkey");
        let owner = owner.to_string();
        let arguments = [
            "election",
            "decrypt",
            "--privkey",
            &key,
            "--trustee-id",
            &owner,
        ];
        self.run(&arguments, b"").unwrap()
    }

    /// The trustees object of its own threshold ceremony.
    pub fn threshold_trustees(&self, size: usize, threshold: usize) -> String {
        let round = |arguments: &[&str], input: &str| {
            let common = ["setup", "generate-trustee-key-threshold"];
            let arguments = [&common[..], &GROUP, arguments].concat();
            self.run(&arguments, input.as_bytes()).unwrap()
        };
        for _ in 0..size {
            round(&["--step", "1"], "");
        }
        fs::write(self.path("certs.jsons"), self.concat("cert")).unwrap();
        let certs = ["--certs", "certs.jsons"];
        round(&[&certs[..], &["--step", "2"]].concat(), "");
        let threshold = threshold.to_string();
        let keys: Vec<String> = self
            .all("key")
            .iter()
            .map(|path| path.to_str().unwrap().to_owned())
            .collect();
        let polynomials: String = keys
            .iter()
            .map(|key| ["--key", key, "--step", "3", "--threshold", &threshold])
            .map(|arguments| round(&[&certs[..], &arguments].concat(), ""))
            .collect();
        fs::write(self.path("polynomials.jsons"), polynomials).unwrap();
        let polynomials = ["--polynomials", "polynomials.jsons"];
        round(&[&certs[..], &["--step", "4"], &polynomials].concat(), "");
        let answers: String = keys
            .iter()
            .map(|key| {
                let input = fs::read_to_string(Path::new(key).with_extension("vinput")).unwrap();
                round(
                    &[&certs[..], &["--key", key, "--step", "5"]].concat(),
                    &input,
                )
            })
            .collect();
        let threshold = round(
            &[&certs[..], &["--step", "6"], &polynomials].concat(),
            &answers,
        );
        fs::write(self.path("threshold.json"), threshold).unwrap();
        fs::write(self.path("public_keys.jsons"), "").unwrap();
        self.run(&["setup", "make-trustees"], b"").unwrap();
        self.read("trustees.json")
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn concat(&self, extension: &str) -> String {
        let files = self.all(extension).into_iter();
        files
            .map(|path| fs::read_to_string(path).unwrap())
            .collect()
    }

    fn only(&self, extension: &str) -> PathBuf {
        let [path] = self.all(extension).try_into().unwrap();
        path
    }

    /// The files with this extension, sorted.
    fn all(&self, extension: &str) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        let mut paths: Vec<PathBuf> = entries
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|found| found == extension))
            .collect();
        paths.sort();
        paths
    }
}
