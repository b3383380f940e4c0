//! The public record as programs read it that were written by others: the Go project's
//! transparency-log packages, and Cloudflare's crates. Both read a log of 1,000 entries, and both
//! refuse it after one byte is changed, wherever that byte stands.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use journeys::{artifacts, program};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use signed_note::{StandardVerifier, Verifier as _, VerifierList};
use std::{
    collections::BTreeMap,
    convert::Infallible,
    fs,
    path::{Path, PathBuf},
    process::Command,
};
use tally::record::{
    Checkpoint, LeafHeader, VerifierKey, body_hash,
    leaf::Salt,
    note::{KeyKind, KeyName},
    tile::{self, Bundle},
    tree::{MemoryTree, leaf_hash},
};
use tlog_tiles::{Tile, TileHashReader, TileReader};

const ORIGIN: &str = "record.example/qinghe";
const SIZE: u64 = 1000;

/// Path below the record's prefix → bytes.
type Files = BTreeMap<String, Vec<u8>>;

#[test]
fn the_packages_of_go_read_a_log_of_a_thousand_entries() {
    let Some(go) = Go::build() else { return };
    let said = go.read(&log(SIZE)).expect("verified");
    assert!(said.starts_with("verified 1000 "), "{said}");
}

#[test]
fn the_packages_of_go_refuse_one_changed_byte() {
    let Some(go) = Go::build() else { return };
    for path in places() {
        let said = go.read(&broken(&path)).expect_err(&path);
        assert!(said.starts_with("refused: "), "{path}: {said}");
    }
}

#[test]
fn the_crates_of_others_read_a_log_of_a_thousand_entries() {
    assert_eq!(read_by_crates(&log(SIZE)), Ok(SIZE));
}

#[test]
fn the_crates_of_others_refuse_one_changed_byte() {
    for path in places() {
        assert!(read_by_crates(&broken(&path)).is_err(), "{path}");
    }
}

#[test]
fn every_small_size_is_read_by_both() {
    let Some(go) = Go::build() else { return };
    for size in [1, 2, 3, 255, 256, 257, 512] {
        let files = log(size);
        assert_eq!(read_by_crates(&files), Ok(size));
        go.read(&files)
            .unwrap_or_else(|said| panic!("{size}: {said}"));
    }
}

/// A log with entries as the service writes them.
fn log(size: u64) -> Files {
    let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).expect("a seed");
    let key = VerifierKey::new(
        KeyName::new(ORIGIN).expect("a name"),
        KeyKind::Log,
        pair.public_key().as_ref().try_into().expect("32 bytes"),
    );
    let entries: Vec<Vec<u8>> = (0..size).map(entry).collect();
    let mut tree = MemoryTree::default();
    for entry in &entries {
        tree.push(leaf_hash(entry)).expect("there is room");
    }
    let checkpoint = Checkpoint {
        origin: ORIGIN.to_owned(),
        size,
        root: tree.root(),
    };
    let sign =
        |text: &[u8]| Ok::<_, Infallible>(pair.sign(text).as_ref().try_into().expect("64 bytes"));
    let Ok(signed) = checkpoint.to_note().expect("a note").sign(&key, sign);
    let mut files = Files::from([
        ("vkey".to_owned(), format!("{key}\n").into_bytes()),
        ("checkpoint".to_owned(), signed.to_string().into_bytes()),
    ]);
    for tile in tile::tiles(size) {
        files.insert(tile.path(), tile.content(&tree).expect("the tree has it"));
    }
    for bundle in tile::bundles(size) {
        let first = usize::try_from(bundle.first_entry()).unwrap();
        let its_own = &entries[first..first + usize::from(bundle.width())];
        files.insert(
            bundle.path(),
            Bundle::content(its_own).expect("short entries"),
        );
    }
    files
}

fn entry(number: u64) -> Vec<u8> {
    let body = body_hash(Salt::new([3; 32]), format!("建议第 {number} 号").as_bytes());
    let at = 1_790_000_000_000 + i64::try_from(number).unwrap();
    LeafHeader::new(
        "proposal_accepted",
        "qinghe/2026",
        at,
        &number.to_string(),
        body,
    )
    .expect("a header")
    .to_entry()
}

/// Each file of a log, with one byte in its middle changed.
fn places() -> Vec<String> {
    let places: Vec<String> = log(SIZE)
        .into_keys()
        .filter(|path| path != "vkey")
        .collect();
    assert_eq!(
        places.len(),
        1 + 5 + 4,
        "checkpoint, tiles of two levels, bundles: {places:?}"
    );
    places
}

fn broken(path: &str) -> Files {
    let mut files = log(SIZE);
    let bytes = files.get_mut(path).expect(path);
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    files
}

/// The Go program, built once for a test.
struct Go {
    program: PathBuf,
    _folder: tempfile::TempDir,
}

impl Go {
    fn build() -> Option<Self> {
        if !program::installed(&["go"]) {
            return None;
        }
        let folder = tempfile::tempdir().expect("a folder");
        let program = folder.path().join("tlog-go");
        // Debian's packages of Go libraries are a GOPATH, from before there were modules.
        let built = Command::new("go")
            .args(["build", "-o"])
            .arg(&program)
            .arg(".")
            .current_dir(artifacts::root().join("tests/tlog-go"))
            .envs([
                ("GO111MODULE", "off"),
                ("GOPATH", "/usr/share/gocode"),
                ("GOFLAGS", ""),
            ])
            .output()
            .expect("go runs");
        assert!(
            built.status.success(),
            "{}",
            String::from_utf8_lossy(&built.stderr)
        );
        Some(Self {
            program,
            _folder: folder,
        })
    }

    /// What it prints: `Ok` where it ends well.
    fn read(&self, files: &Files) -> Result<String, String> {
        let folder = tempfile::tempdir().expect("a folder");
        for (path, bytes) in files {
            write(&folder.path().join(path), bytes);
        }
        let done = Command::new(&self.program)
            .arg(folder.path())
            .output()
            .expect("it runs");
        let said = String::from_utf8_lossy(&done.stdout).into_owned();
        if done.status.success() {
            Ok(said)
        } else {
            Err(said)
        }
    }
}

fn write(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    fs::write(path, bytes).expect("written");
}

/// The number of entries that the crates found, or their complaint.
fn read_by_crates(files: &Files) -> Result<u64, String> {
    let text = |path: &str| String::from_utf8_lossy(&files[path]).into_owned();
    let verifier =
        StandardVerifier::new(text("vkey").trim_end()).map_err(|error| format!("{error:?}"))?;
    let name = verifier.name().to_owned();
    let note = signed_note::Note::from_bytes(&files["checkpoint"])
        .map_err(|error| format!("{error:?}"))?;
    note.verify(&VerifierList::new(vec![Box::new(verifier)]))
        .map_err(|error| format!("{error:?}"))?;
    let head =
        tlog_tiles::Checkpoint::from_bytes(note.text()).map_err(|error| error.to_string())?;
    if head.origin() != name {
        return Err(format!("of {}", head.origin()));
    }
    let tiles = TilesOf(files);
    let hashes = TileHashReader::new(head.size(), *head.hash(), &tiles);
    let mut number = 0;
    for bundle in tile::bundles(head.size()) {
        let entries = bundle
            .entries(&files[&bundle.path()])
            .map_err(|error| error.to_string())?;
        for entry in entries {
            let proof = tlog_tiles::prove_record(head.size(), number, &hashes)
                .map_err(|error| error.to_string())?;
            let leaf = tlog_tiles::record_hash(entry);
            tlog_tiles::check_record(&proof, head.size(), *head.hash(), number, leaf)
                .map_err(|error| format!("entry {number}: {error}"))?;
            number += 1;
        }
    }
    for old in (1..head.size()).step_by(97) {
        let root = tlog_tiles::tree_hash(old, &hashes).map_err(|error| error.to_string())?;
        let proof =
            tlog_tiles::prove_tree(head.size(), old, &hashes).map_err(|error| error.to_string())?;
        tlog_tiles::check_tree(&proof, head.size(), *head.hash(), old, root)
            .map_err(|error| error.to_string())?;
    }
    Ok(number)
}

struct TilesOf<'a>(&'a Files);

impl TileReader for TilesOf<'_> {
    fn height(&self) -> u8 {
        8
    }

    fn read_tiles(&self, tiles: &[Tile]) -> Result<Vec<Vec<u8>>, tlog_tiles::Error> {
        // The crate names the tiles' height in the path; the C2SP format has only one and does not.
        Ok(tiles
            .iter()
            .map(|tile| self.0[&tile.path().replacen("tile/8/", "tile/", 1)].clone())
            .collect())
    }

    fn save_tiles(&self, _: &[Tile], _: &[Vec<u8>]) {}
}
