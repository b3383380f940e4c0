//! Bundles taken apart with another program's reader, and put together again by hand, as whoever forges them does.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "helpers of tests fail as tests do"
)]

use std::io::{Cursor, Read as _};

use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// A file's name and content.
pub type File = (String, Vec<u8>);

/// The order of a bundle's files.
const ORDER: [&str; 15] = [
    "manifest.json",
    "election.bel",
    "bindings.json",
    "rule.toml",
    "roll.json",
    "figures.json",
    "revocations.json",
    "spoiled.json",
    "paper.json",
    "voided.json",
    "lot.json",
    "decision.json",
    "ended.json",
    "record.json",
    "previous.zip",
];

/// Names and contents of a zip's files.
pub fn files(bundle: &[u8]) -> Vec<File> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bundle)).unwrap();
    (0..zip.len())
        .map(|index| {
            let mut file = zip.by_index(index).unwrap();
            let mut content = Vec::new();
            file.read_to_end(&mut content).unwrap();
            (file.name().unwrap().into_owned(), content)
        })
        .collect()
}

/// The zip of these files in this order, whatever they are.
pub fn zipped(files: &[File]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in files {
        let mut common = vec![10, 0, 0, 0, 0, 0, 0, 0, 0x21, 0];
        common.extend(crc32fast::hash(content).to_le_bytes());
        common.extend((content.len() as u32).to_le_bytes());
        common.extend((content.len() as u32).to_le_bytes());
        common.extend((name.len() as u16).to_le_bytes());
        common.extend([0, 0]);
        directory.extend(b"PK\x01\x02\x0a\x03");
        directory.extend(&common);
        directory.extend([0; 6]);
        directory.extend([0, 0, 0xa4, 0x81]);
        directory.extend((out.len() as u32).to_le_bytes());
        directory.extend(name.as_bytes());
        out.extend(b"PK\x03\x04");
        out.extend(&common);
        out.extend(name.as_bytes());
        out.extend(content);
    }
    let at = out.len() as u32;
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend((files.len() as u16).to_le_bytes());
    out.extend((files.len() as u16).to_le_bytes());
    out.extend((directory.len() as u32).to_le_bytes());
    out.extend(at.to_le_bytes());
    out.extend([0, 0]);
    out
}

/// The bundle with another file of this name, or one more, at its place, and a manifest that knows it.
pub fn with(bundle: &[u8], name: &str, content: &[u8]) -> Vec<u8> {
    let mut all = files(bundle);
    all.retain(|(other, _)| other != name);
    all.push((name.to_owned(), content.to_vec()));
    all.sort_by_key(|(name, _)| ORDER.iter().position(|known| known == name));
    let manifest = &mut all[0].1;
    let mut value: Value = serde_json::from_slice(manifest).unwrap();
    let listed = value["files"].as_object_mut().unwrap();
    listed.insert(name.to_owned(), hex::encode(Sha256::digest(content)).into());
    listed.sort_keys();
    *manifest = serde_json::to_vec_pretty(&value).unwrap();
    zipped(&all)
}

/// The bundle without the file of this name, which its manifest lists all the same or does not.
pub fn without(bundle: &[u8], name: &str, listed: bool) -> Vec<u8> {
    let mut all = files(bundle);
    all.retain(|(other, _)| other != name);
    if !listed {
        let manifest = &mut all[0].1;
        let mut value: Value = serde_json::from_slice(manifest).unwrap();
        value["files"].as_object_mut().unwrap().shift_remove(name);
        *manifest = serde_json::to_vec_pretty(&value).unwrap();
    }
    zipped(&all)
}
