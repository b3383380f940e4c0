//! The files of a bundle and their manifest. The archive stays where it is; the other files are small.

use std::collections::BTreeMap;
use std::io::{self, Read, Seek, SeekFrom, Write};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::zip::{Reader, Section, ZipError};
use super::{ARCHIVE, FILES, FORMAT, zip};
use crate::archive::ObjectHash;
use crate::archive::tar::LARGEST;

const MANIFEST: &str = "manifest.json";

/// Why a bundle is refused before its contents are looked at.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BundleError {
    /// Not a zip in the one form that is written.
    #[error("not a bundle as it is written: {0}")]
    Form(String),
    /// A file that a bundle does not have.
    #[error("`{0}` is not a file of a bundle")]
    UnknownFile(String),
    /// A file that stands twice, or after one that it stands before.
    #[error("`{0}` is not at its place among the files, or stands twice")]
    Order(String),
    /// A file that must be there is not.
    #[error("`{0}` is missing")]
    MissingFile(&'static str),
    /// The manifest, or a part of the bundle that is to be written, is not JSON of its type.
    #[error("`{name}`: {message}")]
    Json {
        /// The file.
        name: &'static str,
        /// Why.
        message: String,
    },
    /// The manifest has another encoding than the one that is written.
    #[error("the manifest is not written as it must be")]
    Encoding,
    /// The manifest is of another format.
    #[error("the manifest's format is not `{FORMAT}`")]
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
    /// The whole is larger than a zip may be.
    #[error("a bundle cannot be larger than 4 GiB")]
    TooLargeForZip,
}

impl BundleError {
    /// What is wrong, as a stable name for machines.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Form(_) | Self::Order(_) | Self::UnknownFile(_) | Self::TooLargeForZip => "form",
            Self::MissingFile(_) => "missing",
            Self::Encoding | Self::Json { .. } => "encoding",
            Self::Format | Self::Manifest(_) | Self::Hash(_) | Self::TooLarge(_) => "manifest",
        }
    }
}

impl From<ZipError> for BundleError {
    fn from(error: ZipError) -> Self {
        match error {
            ZipError::Form(what) => Self::Form(what),
            ZipError::TooLarge => Self::TooLargeForZip,
            // Whoever reads keeps the source's own error and reports that.
            ZipError::Io(error) => Self::Form(error.to_string()),
        }
    }
}

/// The manifest.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct Manifest {
    /// `minsheng-poll/1`.
    format: String,
    /// SHA-256 of every other file in hexadecimal, in alphabetical order of their names.
    files: BTreeMap<String, String>,
}

impl Manifest {
    fn to_json(&self) -> Result<Vec<u8>, BundleError> {
        serde_json::to_vec_pretty(self).map_err(|error| wrong_manifest(&error))
    }
}

fn wrong_manifest(error: &serde_json::Error) -> BundleError {
    BundleError::Json {
        name: MANIFEST,
        message: error.to_string(),
    }
}

/// A bundle's files, their hashes checked.
pub(super) struct Files<R> {
    zip: Reader<R>,
    small: Small,
    archive: Option<Archive>,
}

/// Where the archive stands.
struct Archive {
    begins: u64,
    length: u64,
    hash: String,
}

/// The files beside the archive.
#[derive(Debug)]
pub(super) struct Small(BTreeMap<String, Vec<u8>>);

impl<R: Read + Seek> Files<R> {
    pub(super) fn read(reader: R) -> Result<Self, BundleError> {
        let mut zip = Reader::new(reader)?;
        let (mut small, mut hashes) = (BTreeMap::new(), BTreeMap::new());
        let mut archive = None;
        let mut room = u64::try_from(LARGEST).unwrap_or(u64::MAX);
        let mut places = [MANIFEST].into_iter().chain(FILES);
        while let Some(entry) = zip.next()? {
            let name = entry.name.clone();
            if name != MANIFEST && !FILES.contains(&name.as_str()) {
                return Err(BundleError::UnknownFile(name));
            }
            if !places.any(|place| place == name) {
                return Err(BundleError::Order(name));
            }
            let mut hash = Sha256::new();
            if name == ARCHIVE {
                let begins = zip.content(&entry, HashOf(&mut hash))?;
                archive = Some(Archive {
                    begins,
                    length: entry.length(),
                    hash: hex::encode(hash.clone().finalize()),
                });
            } else {
                room = room
                    .checked_sub(entry.length())
                    .ok_or_else(|| BundleError::TooLarge(name.clone()))?;
                let mut content = Vec::new();
                zip.content(&entry, &mut content)?;
                hash.update(&content);
                small.insert(name.clone(), content);
            }
            hashes.insert(name, hex::encode(hash.finalize()));
        }
        check_manifest(small.remove(MANIFEST), &hashes)?;
        Ok(Self {
            zip,
            small: Small(small),
            archive,
        })
    }

    /// Whether there is such a file beside the archive.
    pub(super) fn has(&self, name: &str) -> bool {
        self.small.optional(name).is_some()
    }

    /// The files beside the archive; and the archive, which hashes what is read of it, with its hash by the manifest.
    pub(super) fn split(&mut self) -> (&Small, Result<(ArchiveOf<'_, R>, &str), BundleError>) {
        let archive = self.archive.as_ref();
        let archive = archive.ok_or(BundleError::MissingFile(ARCHIVE));
        let zip = &mut self.zip;
        let archive = archive.map(|archive| {
            let section = zip.section(archive.begins, archive.length);
            (Hashing::new(section), archive.hash.as_str())
        });
        (&self.small, archive)
    }
}

/// The archive in a bundle.
pub(super) type ArchiveOf<'f, R> = Hashing<Section<&'f mut R>>;

/// Hashes what is written.
struct HashOf<'h>(&'h mut Sha256);

impl Write for HashOf<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn check_manifest(
    manifest: Option<Vec<u8>>,
    hashes: &BTreeMap<String, String>,
) -> Result<(), BundleError> {
    let bytes = manifest.ok_or(BundleError::MissingFile(MANIFEST))?;
    let manifest: Manifest =
        serde_json::from_slice(&bytes).map_err(|error| wrong_manifest(&error))?;
    if manifest.format != FORMAT {
        return Err(BundleError::Format);
    }
    if manifest.to_json()? != bytes {
        return Err(BundleError::Encoding);
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

    /// A file that is none of these.
    pub(super) fn other_than(&self, names: &[&str]) -> Option<&str> {
        let mut all = self.0.keys().map(String::as_str);
        all.find(|name| !names.contains(name))
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

/// Writes these files in the order of a bundle, with their manifest. What stands in them is not looked at.
///
/// # Errors
/// [`BundleError`]: a name that is not a file's beside the manifest, or stands twice; too much for a zip.
pub fn pack<'f>(
    files: impl IntoIterator<Item = (&'f str, &'f [u8])>,
) -> Result<Vec<u8>, BundleError> {
    let mut by_name = BTreeMap::new();
    for (name, content) in files {
        if !FILES.contains(&name) {
            return Err(BundleError::UnknownFile(name.to_owned()));
        }
        if by_name.insert(name, content).is_some() {
            return Err(BundleError::Order(name.to_owned()));
        }
    }
    let hash = |(name, content): (&&str, &&[u8])| {
        ((*name).to_owned(), ObjectHash::of(content).to_string())
    };
    let manifest = Manifest {
        format: FORMAT.to_owned(),
        files: by_name.iter().map(hash).collect(),
    }
    .to_json()?;
    let ordered = FILES
        .into_iter()
        .filter_map(|name| Some((name, *by_name.get(name)?)));
    let all: Vec<(&str, &[u8])> = [(MANIFEST, manifest.as_slice())]
        .into_iter()
        .chain(ordered)
        .collect();
    Ok(zip::write(&all)?)
}
