//! Two at once on a folder, or with a key.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use super::desk::{Desk, Said};

/// A command that is stopped before a step, when it holds its lock, until it is let go. The first step opens the lock.
struct Stopped<'d> {
    desk: &'d Desk,
    child: Child,
}

impl<'d> Stopped<'d> {
    fn start(desk: &'d Desk, step: u32, line: &str) -> Self {
        let fault = format!("wait:{step}:{}", desk.path("go").display());
        let child = desk
            .command(line)
            .env("TALLY_FAULT", fault)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        await_file(&desk.path("go.reached"));
        Self { desk, child }
    }

    /// Starts another command, waits until it says that it waits, lets this one go; what both say.
    fn overtaken_by(self, line: &str) -> (Said, Said) {
        let mut other = self
            .desk
            .command(line)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first_line = String::new();
        let mut error = BufReader::new(other.stderr.take().unwrap());
        error.read_line(&mut first_line).unwrap();
        assert!(
            first_line.contains("another command is at work in"),
            "{first_line}"
        );
        fs::write(self.desk.path("go"), []).unwrap();
        let own = Said::from(self.child.wait_with_output().unwrap());
        let mut rest = String::new();
        error.read_to_string(&mut rest).unwrap();
        let mut other = Said::from(other.wait_with_output().unwrap());
        other.error = rest;
        fs::remove_file(self.desk.path("go")).unwrap();
        fs::remove_file(self.desk.path("go.reached")).unwrap();
        (own, other)
    }
}

fn await_file(path: &Path) {
    for _ in 0..5000 {
        if path.exists() {
            return;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    panic!("{} did not appear", path.display());
}

/// An open election in which three have sealed.
fn sealed() -> Desk {
    let desk = Desk::open();
    for card in 1..=3 {
        desk.must(&format!("tally election ballot seal vote --credential card-{card}.txt --choose {card} --out b{card}"));
    }
    desk
}

#[test]
fn of_two_casts_at_once_both_ballots_stand() {
    let desk = sealed();
    let stopped = Stopped::start(&desk, 2, "tally election cast vote b1");
    let (first, second) = stopped.overtaken_by("tally election cast vote b2");
    assert_eq!(
        (first.code, second.code),
        (0, 0),
        "{}{}",
        first.error,
        second.error
    );
    assert_eq!(desk.ballots("vote"), 2);
    assert!(!desk.path("b1.opening.json").exists() && !desk.path("b2.opening.json").exists());
}

#[test]
fn a_cast_in_flight_neither_reopens_a_closed_vote_nor_is_lost() {
    let desk = sealed();
    let stopped = Stopped::start(&desk, 2, "tally election cast vote b1");
    let (cast, close) = stopped.overtaken_by("tally election close vote --no-paper");
    assert_eq!(
        (cast.code, close.code),
        (0, 0),
        "{}{}",
        cast.error,
        close.error
    );
    assert!(
        close.out.contains("closed; 1 ballots count"),
        "{}",
        close.out
    );
    desk.refused("tally election cast vote b2", "the ballots have ended");

    let desk = sealed();
    desk.must("tally election cast vote b1");
    let stopped = Stopped::start(&desk, 2, "tally election close vote --no-paper");
    let (close, cast) = stopped.overtaken_by("tally election cast vote b2");
    assert_eq!(
        (close.code, cast.code),
        (0, 1),
        "{}{}",
        close.error,
        cast.error
    );
    assert!(
        cast.error
            .contains("the ballots have ended; this one was not cast"),
        "{}",
        cast.error
    );
    // What was not cast keeps its opening.
    assert!(desk.path("b2.opening.json").exists());
    desk.attest("vote", &[1]);
}

#[test]
fn of_two_revocations_at_once_none_vanishes() {
    let desk = sealed();
    let stopped = Stopped::start(&desk, 2, "tally election revoke vote --card card-3.txt");
    let (first, second) = stopped.overtaken_by("tally election revoke vote --card card-4.txt");
    assert_eq!(
        (first.code, second.code),
        (0, 0),
        "{}{}",
        first.error,
        second.error
    );
    assert_eq!(
        desk.json("vote/revocations.json").as_array().unwrap().len(),
        2
    );
    // Nor does a ballot slip in after its credential is revoked.
    let stopped = Stopped::start(&desk, 2, "tally election revoke vote --card card-2.txt");
    let (revoked, cast) = stopped.overtaken_by("tally election cast vote b2");
    assert_eq!(
        (revoked.code, cast.code),
        (0, 1),
        "{}{}",
        revoked.error,
        cast.error
    );
    assert!(cast.error.contains("is revoked"), "{}", cast.error);
}

#[test]
fn one_key_does_not_state_two_closings_at_once() {
    let desk = Desk::closed();
    desk.must("cp trustee-1.key copy.key");
    // Its first step makes the folder in which it opens the key's lock.
    let stopped = Stopped::start(
        &desk,
        3,
        "tally election attest vote --key trustee-1.key --ballots 3",
    );
    let (first, second) =
        stopped.overtaken_by("tally election attest less --key copy.key --ballots 2");
    assert_eq!(
        (first.code, second.code),
        (0, 1),
        "{}{}",
        first.error,
        second.error
    );
    assert!(
        second
            .error
            .contains("this key has stated another closing, of 3 ballots"),
        "{}",
        second.error
    );
    assert!(!desk.path("less/closings").exists());
}

#[test]
fn many_at_once_lose_nothing() {
    let open = sealed();
    open.must("tally election ballot seal vote --credential card-4.txt --choose none --out b4");
    for round in 0..12 {
        let desk = open.copy();
        desk.must("for n in 1 2 3 4; do tally election cast vote b$n & pids=\"$pids $!\"; done; for p in $pids; do wait $p || exit 1; done");
        assert_eq!(desk.ballots("vote"), 4, "round {round}");
    }
}
