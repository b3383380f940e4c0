//! The zip and its manifest.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _, Write as _};

use serde::{Deserialize, Serialize};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::{FORMAT, NAMES};
use crate::archive::ObjectHash;

const MANIFEST: &str = "manifest.json";

/// Why a bundle is refused before its contents are looked at.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BundleError {
    /// Not a zip of stored files.
    #[error("not a bundle: {0}")]
    Malformed(String),
    /// A file that a bundle does not have, or one twice.
    #[error("`{0}` is not a file of a bundle, or stands twice")]
    UnknownFile(String),
    /// A file that must be there is not.
    #[error("`{0}` is missing")]
    MissingFile(&'static str),
    /// The manifest is of another format.
    #[error("the manifest's format is not `minsheng-poll/1`")]
    Format,
    /// The manifest lists other files than there are.
    #[error("`{0}`: the manifest and the bundle do not have the same files")]
    Manifest(String),
    /// A file has another hash than the manifest says.
    #[error("`{0}` has another hash than the manifest says")]
    Hash(String),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    format: String,
    files: BTreeMap<String, String>,
}

/// A bundle's files, their hashes checked.
#[derive(Debug)]
pub(super) struct Files(BTreeMap<String, Vec<u8>>);

impl Files {
    pub(super) fn read(bytes: &[u8]) -> Result<Self, BundleError> {
        let malformed = |error: &dyn std::fmt::Display| BundleError::Malformed(error.to_string());
        let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| malformed(&error))?;
        let mut files = BTreeMap::new();
        // What is stored cannot be longer than the bundle; this also bounds files that overlap.
        let mut left = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        for index in 0..archive.len() {
            let file = archive.by_index(index).map_err(|error| malformed(&error))?;
            let name = file.name().map_err(|error| malformed(&error))?.into_owned();
            if file.compression() != CompressionMethod::Stored {
                return Err(BundleError::Malformed(format!("`{name}` is compressed")));
            }
            let known = name == MANIFEST || NAMES.contains(&name.as_str());
            if !known || files.contains_key(&name) {
                return Err(BundleError::UnknownFile(name));
            }
            let mut content = Vec::new();
            let length = file
                .take(left)
                .read_to_end(&mut content)
                .map_err(|error| malformed(&error))?;
            left = left.saturating_sub(u64::try_from(length).unwrap_or(u64::MAX));
            files.insert(name, content);
        }
        let manifest = files
            .remove(MANIFEST)
            .ok_or(BundleError::MissingFile(MANIFEST))?;
        let manifest: Manifest =
            serde_json::from_slice(&manifest).map_err(|error| malformed(&error))?;
        if manifest.format != FORMAT {
            return Err(BundleError::Format);
        }
        if let Some(name) = manifest
            .files
            .keys()
            .find(|name| !files.contains_key(*name))
        {
            return Err(BundleError::Manifest(name.clone()));
        }
        for (name, content) in &files {
            match manifest.files.get(name) {
                None => return Err(BundleError::Manifest(name.clone())),
                Some(hash) if *hash != ObjectHash::of(content).to_string() => {
                    return Err(BundleError::Hash(name.clone()));
                }
                Some(_) => {}
            }
        }
        Ok(Self(files))
    }

    pub(super) fn get(&self, name: &'static str) -> Result<&[u8], BundleError> {
        self.optional(name).ok_or(BundleError::MissingFile(name))
    }

    pub(super) fn optional(&self, name: &str) -> Option<&[u8]> {
        self.0.get(name).map(Vec::as_slice)
    }
}

pub(super) fn write(files: Vec<(&'static str, Vec<u8>)>) -> Result<Vec<u8>, BundleError> {
    let malformed = |error: &dyn std::fmt::Display| BundleError::Malformed(error.to_string());
    let hashes = files
        .iter()
        .map(|(name, content)| ((*name).to_owned(), ObjectHash::of(content).to_string()))
        .collect();
    let manifest = Manifest {
        format: FORMAT.to_owned(),
        files: hashes,
    };
    let manifest = serde_json::to_vec_pretty(&manifest).map_err(|error| malformed(&error))?;
    // The default time of the zip format, so that the same files give the same bytes.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(zip::DateTime::default());
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in [(MANIFEST, manifest)].into_iter().chain(files) {
        writer
            .start_file(name, options)
            .map_err(|error| malformed(&error))?;
        writer
            .write_all(&content)
            .map_err(|error| malformed(&error))?;
    }
    Ok(writer
        .finish()
        .map_err(|error| malformed(&error))?
        .into_inner())
}
