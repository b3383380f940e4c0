//! The zip and its manifest. The archive in it stays where it is; the other files are small.

use std::collections::BTreeMap;
use std::io::{self, Cursor, Read, Seek, SeekFrom, Write as _};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::{ARCHIVE, FORMAT, NAMES};
use crate::archive::ObjectHash;
use crate::archive::tar::LARGEST;

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
    /// The files beside the archive are larger than any roll.
    #[error("`{0}`: the files beside the archive are larger than 256 MiB")]
    TooLarge(String),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    format: String,
    files: BTreeMap<String, String>,
}

/// A bundle's files, their hashes checked.
#[derive(Debug)]
pub(super) struct Files<R> {
    zip: ZipArchive<R>,
    small: Small,
    /// The archive's number in the zip, and its hash.
    archive: Option<(usize, String)>,
}

/// The files beside the archive.
#[derive(Debug)]
pub(super) struct Small(BTreeMap<String, Vec<u8>>);

impl<R: Read + Seek> Files<R> {
    pub(super) fn read(mut reader: R) -> Result<Self, BundleError> {
        let length = reader.seek(SeekFrom::End(0)).map_err(malformed)?;
        let mut zip = ZipArchive::new(reader).map_err(malformed)?;
        let (mut small, mut hashes) = (BTreeMap::new(), BTreeMap::new());
        let mut archive = None;
        // What is stored cannot be longer than the bundle; this also bounds files that overlap.
        let mut left = length;
        let mut room = u64::try_from(LARGEST).unwrap_or(u64::MAX);
        for index in 0..zip.len() {
            let file = zip.by_index(index).map_err(malformed)?;
            let name = file.name().map_err(malformed)?.into_owned();
            if file.compression() != CompressionMethod::Stored {
                return Err(BundleError::Malformed(format!("`{name}` is compressed")));
            }
            let known = name == MANIFEST || NAMES.contains(&name.as_str());
            if !known || hashes.contains_key(&name) {
                return Err(BundleError::UnknownFile(name));
            }
            let (hash, length) = if name == ARCHIVE {
                let mut hashing = Hashing::new(file.take(left));
                let length = io::copy(&mut hashing, &mut io::sink()).map_err(malformed)?;
                let hash = hashing.hash();
                archive = Some((index, hash.clone()));
                (hash, length)
            } else {
                let mut content = Vec::new();
                let most = left.min(room.saturating_add(1));
                file.take(most)
                    .read_to_end(&mut content)
                    .map_err(malformed)?;
                let length = u64::try_from(content.len()).unwrap_or(u64::MAX);
                if length > room {
                    return Err(BundleError::TooLarge(name));
                }
                room -= length;
                let hash = ObjectHash::of(&content).to_string();
                small.insert(name.clone(), content);
                (hash, length)
            };
            left = left.saturating_sub(length);
            hashes.insert(name, hash);
        }
        check_manifest(small.remove(MANIFEST), &hashes)?;
        Ok(Self {
            zip,
            small: Small(small),
            archive,
        })
    }

    /// The files beside the archive; and the archive, which hashes what is read of it, with its hash by the manifest.
    pub(super) fn split(
        &mut self,
    ) -> (
        &Small,
        Result<(Hashing<impl Read + Seek>, &str), BundleError>,
    ) {
        let archive = self.archive.as_ref();
        let archive = archive.ok_or(BundleError::MissingFile(ARCHIVE));
        let zip = &mut self.zip;
        let archive = archive.and_then(|(index, hash)| {
            let file = zip.by_index_seek(*index).map_err(malformed)?;
            Ok((Hashing::new(file), hash.as_str()))
        });
        (&self.small, archive)
    }
}

fn malformed(error: impl std::fmt::Display) -> BundleError {
    BundleError::Malformed(error.to_string())
}

fn check_manifest(
    manifest: Option<Vec<u8>>,
    hashes: &BTreeMap<String, String>,
) -> Result<(), BundleError> {
    let manifest = manifest.ok_or(BundleError::MissingFile(MANIFEST))?;
    let manifest: Manifest = serde_json::from_slice(&manifest).map_err(malformed)?;
    if manifest.format != FORMAT {
        return Err(BundleError::Format);
    }
    let mut listed = manifest.files.keys();
    if let Some(name) = listed.find(|name| *name == MANIFEST || !hashes.contains_key(*name)) {
        return Err(BundleError::Manifest(name.clone()));
    }
    for (name, hash) in hashes.iter().filter(|(name, _)| *name != MANIFEST) {
        match manifest.files.get(name) {
            None => return Err(BundleError::Manifest(name.clone())),
            Some(listed) if listed != hash => return Err(BundleError::Hash(name.clone())),
            Some(_) => {}
        }
    }
    Ok(())
}

impl Small {
    pub(super) fn get(&self, name: &'static str) -> Result<&[u8], BundleError> {
        self.optional(name).ok_or(BundleError::MissingFile(name))
    }

    pub(super) fn optional(&self, name: &str) -> Option<&[u8]> {
        self.0.get(name).map(Vec::as_slice)
    }
}

/// Hashes what is read, from the last seek on.
pub(super) struct Hashing<R> {
    inner: R,
    hash: Sha256,
}

impl<R> Hashing<R> {
    fn new(inner: R) -> Self {
        Self {
            inner,
            hash: Sha256::new(),
        }
    }

    pub(super) fn hash(&self) -> String {
        hex::encode(self.hash.clone().finalize())
    }
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        self.hash.update(buffer.get(..length).unwrap_or_default());
        Ok(length)
    }
}

impl<R: Seek> Seek for Hashing<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.hash = Sha256::new();
        self.inner.seek(to)
    }
}

pub(super) fn write(files: Vec<(&'static str, Vec<u8>)>) -> Result<Vec<u8>, BundleError> {
    let hashes = files
        .iter()
        .map(|(name, content)| ((*name).to_owned(), ObjectHash::of(content).to_string()))
        .collect();
    let manifest = Manifest {
        format: FORMAT.to_owned(),
        files: hashes,
    };
    let manifest = serde_json::to_vec_pretty(&manifest).map_err(malformed)?;
    // The default time of the zip format, so that the same files give the same bytes.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(zip::DateTime::default());
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in [(MANIFEST, manifest)].into_iter().chain(files) {
        writer.start_file(name, options).map_err(malformed)?;
        writer.write_all(&content).map_err(malformed)?;
    }
    Ok(writer.finish().map_err(malformed)?.into_inner())
}
