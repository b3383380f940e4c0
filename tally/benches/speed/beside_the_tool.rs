//! The same work by us and by the installed `belenios-tool`, which knows BELENIOS-2048 only.

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use ballot::Belenios2048;
use tally::archive::Archive;
use tally::verify::{self, Options, Verdict};
use tempfile::TempDir;

use super::{N, Took, at_least, best, voters};

/// An election of 50 ballots with as many choices as in the rest, made by version 3.3.0 of the tool.
const ELECTION: &str = "FnSzDtLkVP3zH4";
const DATA: &str = "../ballot/tests/data/elections/belenios2048-50-by-belenios-3.3.0";

/// `sealed` are the processor's seconds for one ballot at Ed25519, `checked` what one ballot of an election took.
///
/// A rate is in ballots by the clock: we check on all cores, the tool on one. The same for each core stands beside.
pub(super) fn compare(sealed: f64, checked: Took) {
    let (our_sealing, our_checking) = ours();
    let Some(tool) = Tool::installed() else {
        println!("belenios-tool is not installed: nothing to compare with");
        return;
    };
    let (sealing, checking) = (tool.sealing(), tool.checking());
    println!(
        "belenios-tool: seal a ballot {:.0} ms, check one {:.1} ms",
        sealing * 1e3,
        checking.clock * 1e3
    );
    for (group, ours, min) in [
        ("BELENIOS-2048", our_checking, 1.5),
        ("Ed25519", checked, 30.0),
    ] {
        println!(
            "  checking at {group}, our rate is {}; for each core {:.1} ×",
            at_least(checking.clock / ours.clock, min),
            checking.processor / ours.processor
        );
    }
    println!(
        "  sealing, our rate is {:.1} × its at BELENIOS-2048 and {:.1} × its at Ed25519",
        sealing / our_sealing,
        sealing / sealed
    );
    println!("  (its later versions speak Ed25519 too; none is installed here)");
}

/// The processor's seconds to seal a ballot, and what it took to check one.
fn ours() -> (f64, Took) {
    let bytes = fs::read(archive()).unwrap();
    let took = best(2, || {
        let report = verify::archive(&bytes, Options::default());
        assert_eq!(report.verdict, Verdict::Verified);
    });
    let checking = took.each(ballots(&bytes));
    let voters = voters::<Belenios2048>(3);
    let took = best(2, || {
        for voter in 0..3 {
            black_box(voters.seal(voter));
        }
    });
    let sealing = took.processor / 3.0;
    println!(
        "BELENIOS-2048: seal a ballot {:.1} ms, check one {:.1} ms",
        sealing * 1e3,
        checking.processor * 1e3
    );
    (sealing, checking)
}

fn archive() -> PathBuf {
    let file = format!("{ELECTION}.bel");
    Path::new(env!("CARGO_MANIFEST_DIR")).join(DATA).join(file)
}

fn ballots(archive: &[u8]) -> f64 {
    Archive::read(archive).unwrap().ballots.len() as f64
}

/// The program in a folder with the election.
struct Tool(TempDir);

impl Tool {
    fn installed() -> Option<Self> {
        let tool = Self(tempfile::tempdir().unwrap());
        fs::copy(archive(), tool.path(&format!("{ELECTION}.bel"))).unwrap();
        let said = tool.run(&["election", "verify"]).ok()?;
        assert!(
            said.status.success(),
            "{}",
            String::from_utf8_lossy(&said.stderr)
        );
        Some(tool)
    }

    /// What one ballot of the election takes.
    fn checking(&self) -> Took {
        let took = best(2, || drop(self.run(&["election", "verify"]).unwrap()));
        took.each(ballots(&fs::read(archive()).unwrap()))
    }

    /// The processor's seconds, with a credential of its own, of which the roll knows nothing.
    fn sealing(&self) -> f64 {
        let uuid = format!("--uuid={ELECTION}");
        let arguments = [
            "setup",
            "generate-credentials",
            &uuid,
            "--group=BELENIOS-2048",
            "--count=1",
        ];
        self.succeed(&arguments);
        let private = fs::read_dir(self.0.path())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .find(|path| path.extension().is_some_and(|e| e == "privcreds"));
        let private = fs::read_to_string(private.unwrap()).unwrap();
        let credential = private.split_whitespace().last().unwrap();
        fs::write(self.path("credential"), credential).unwrap();
        let marks: Vec<u8> = (0..N).map(|n| u8::from(n.is_multiple_of(3))).collect();
        let choices = serde_json::to_string(&[marks]).unwrap();
        fs::write(self.path("choices"), choices).unwrap();
        let arguments = [
            "election",
            "generate-ballot",
            "--privcred=credential",
            "--ballot=choices",
        ];
        best(3, || self.succeed(&arguments)).processor
    }

    fn succeed(&self, arguments: &[&str]) {
        let said = self.run(arguments).unwrap();
        let errors = String::from_utf8_lossy(&said.stderr);
        assert!(said.status.success(), "{errors}");
    }

    fn run(&self, arguments: &[&str]) -> std::io::Result<Output> {
        Command::new("belenios-tool")
            .args(arguments)
            .current_dir(self.0.path())
            .env("BELENIOS_USE_URANDOM", "1")
            .output()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}
