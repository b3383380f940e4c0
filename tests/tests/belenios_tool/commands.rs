//! Our side by the command alone: an election in a folder, without a line of our code that knows of it.

use std::path::Path;
use std::process::Command;

use journeys::artifacts;

/// Three voters by card, one of whom loses it and votes on paper; a ballot is challenged; two of three trustees decrypt.
const STEPS: &str = r#"set -e
tally election setup vote --group BELENIOS-2048 --rule "$RULE" --trustees 3 --threshold 2
tally election credentials vote --count 15 --cards cards.html --paper paper.txt
for n in 1 2 3; do tally election trustee join vote --number $n --key $n.key; done
for round in commit reveal acknowledge finish; do
    for n in 1 2 3; do tally election trustee $round vote --key $n.key; done
done
tally election open vote
grep -o '<code>[^<]*' cards.html | cut -d'>' -f2 > cards.txt
seal() { sed -n "$1p" cards.txt | tally election ballot seal vote --credential - --choose "$2" --out "$3"; }
seal 1 2 tried
tally election ballot challenge vote tried
seal 1 1 one
seal 2 3 two
tally election cast vote one
tally election cast vote two
sed -n 3p cards.txt | tally election revoke vote --card -
echo '1 1' > teller-1.txt
echo '1 1' > teller-2.txt
tally election paper vote --first teller-1.txt --second teller-2.txt --credentials paper.txt
tally election close vote
for n in 1 2 3; do tally election attest vote --key $n.key --ballots 3; done
for n in 1 3; do tally election decrypt vote --key $n.key; done
tally election result vote
"#;

/// What they add up to: for, against, abstaining.
pub const COUNTS: [u64; 3] = [2, 0, 1];

/// Holds the election in `folder`; its id and its archive.
pub fn hold(folder: &Path) -> (String, Vec<u8>) {
    let program = artifacts::workspace_program("tally");
    let path = format!(
        "{}:{}",
        program.parent().unwrap().display(),
        std::env::var("PATH").unwrap()
    );
    let done = Command::new("sh")
        .args(["-c", STEPS])
        .current_dir(folder)
        .env("PATH", path)
        .env("XDG_STATE_HOME", folder.join("state"))
        .env("RULE", artifacts::root().join("tally/rules/adoption.toml"))
        .output()
        .unwrap();
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    let poll = std::fs::read(folder.join("vote/poll.json")).unwrap();
    let poll: serde_json::Value = serde_json::from_slice(&poll).unwrap();
    let archive = std::fs::read(folder.join("vote/election.bel")).unwrap();
    (poll["uuid"].as_str().unwrap().to_owned(), archive)
}
