//! Programs that whoever runs the service offers for download: plain files of one folder, each with its size and SHA-256.

use ring::digest::{Context, SHA256};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

/// How many files are offered at most; a folder with more is not one of downloads.
const MOST: usize = 50;

/// A file that is offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Download {
    /// Its name, which stands in its address.
    pub name: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// SHA-256 in lowercase hexadecimal digits.
    pub sha256: String,
}

/// The folder of downloads, if there is one.
#[derive(Debug, Default)]
pub struct Downloads {
    folder: Option<PathBuf>,
    /// What was computed already, for as long as the file stays as it is.
    known: Mutex<BTreeMap<String, (u64, SystemTime, String)>>,
}

impl Downloads {
    /// Those of this folder; none without one.
    pub fn new(folder: Option<PathBuf>) -> Self {
        Self {
            folder,
            known: Mutex::default(),
        }
    }

    /// What is offered, by name. Reads new and changed files wholly: for the blocking pool.
    ///
    /// # Errors
    /// The folder or one of its files cannot be read, or there are more than fifty.
    pub fn list(&self) -> io::Result<Vec<Download>> {
        let Some(folder) = &self.folder else {
            return Ok(Vec::new());
        };
        let mut names = Vec::new();
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            // A link might lead anywhere.
            if entry.file_type()?.is_file()
                && let Ok(name) = entry.file_name().into_string()
                && is_name(&name)
            {
                names.push(name);
            }
        }
        if names.len() > MOST {
            return Err(io::Error::other(format!("more than {MOST} files")));
        }
        names.sort();
        names.into_iter().map(|name| self.described(name)).collect()
    }

    /// The file of this name with its size, if it is offered.
    pub fn open(&self, name: &str) -> Option<(File, u64)> {
        let path = self
            .folder
            .as_ref()?
            .join(Some(name).filter(|name| is_name(name))?);
        if !path.symlink_metadata().ok()?.is_file() {
            return None;
        }
        let file = File::open(path).ok()?;
        let bytes = file.metadata().ok()?.len();
        Some((file, bytes))
    }

    fn described(&self, name: String) -> io::Result<Download> {
        let (mut file, bytes) = self
            .open(&name)
            .ok_or_else(|| io::Error::other(format!("{name} cannot be opened")))?;
        let changed = file.metadata()?.modified()?;
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = known.get(&name).cloned();
        drop(known);
        if let Some((_, _, sha256)) = kept.filter(|one| (one.0, one.1) == (bytes, changed)) {
            return Ok(Download {
                name,
                bytes,
                sha256,
            });
        }
        let sha256 = hash(&mut file)?;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(name.clone(), (bytes, changed, sha256.clone()));
        Ok(Download {
            name,
            bytes,
            sha256,
        })
    }
}

fn hash(file: &mut File) -> io::Result<String> {
    let mut hash = Context::new(&SHA256);
    let mut piece = vec![0; 64 * 1024];
    loop {
        let count = file.read(&mut piece)?;
        match piece.get(..count) {
            Some([]) | None => return Ok(hex::encode(hash.finish())),
            Some(read) => hash.update(read),
        }
    }
}

/// Letters, digits and `.`, `_`, `-`, not from a dot: nothing that leads out of the folder or is hidden in it.
fn is_name(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    name.len() <= 100 && !name.starts_with('.') && !name.is_empty() && name.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn names(downloads: &Downloads) -> Vec<String> {
        let all = downloads.list().unwrap();
        all.into_iter().map(|one| one.name).collect()
    }

    #[test]
    fn plain_files_are_offered_with_size_and_hash_and_nothing_else_of_the_folder() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("downloads");
        fs::create_dir_all(folder.join("inside")).unwrap();
        fs::write(dir.path().join("data.key"), "secret").unwrap();
        fs::write(folder.join("tally-0.1.0"), "abc").unwrap();
        fs::write(folder.join(".hidden"), "h").unwrap();
        fs::write(folder.join("white space"), "w").unwrap();
        std::os::unix::fs::symlink(dir.path().join("data.key"), folder.join("link")).unwrap();
        let downloads = Downloads::new(Some(folder));
        let sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(
            downloads.list().unwrap(),
            [Download {
                name: "tally-0.1.0".to_owned(),
                bytes: 3,
                sha256: sha256.to_owned(),
            }]
        );
        assert!(downloads.open("tally-0.1.0").is_some());
        for name in [
            "",
            ".",
            "..",
            "../data.key",
            "link",
            "inside",
            ".hidden",
            "nothing",
        ] {
            assert!(downloads.open(name).is_none(), "{name}");
        }
    }

    /// Nobody is shown the hash of what was there before.
    #[test]
    fn the_hash_is_that_of_the_file_as_it_is_now() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("tally");
        fs::write(&path, "one").unwrap();
        let downloads = Downloads::new(Some(dir.path().to_owned()));
        let before = downloads.list().unwrap();
        assert_eq!(downloads.list().unwrap(), before);
        fs::write(&path, "two").unwrap();
        let later = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(4_000_000_000);
        File::options()
            .write(true)
            .open(&path)
            .unwrap()
            .set_modified(later)
            .unwrap();
        let after = downloads.list().unwrap();
        assert_eq!(after[0].bytes, before[0].bytes);
        assert_ne!(after[0].sha256, before[0].sha256);
        fs::remove_file(&path).unwrap();
        assert!(names(&downloads).is_empty());
    }

    #[test]
    fn without_a_folder_nothing_is_offered_and_one_that_is_gone_is_no_empty_one() {
        assert!(names(&Downloads::default()).is_empty());
        assert!(Downloads::default().open("tally").is_none());
        let gone = Downloads::new(Some(PathBuf::from("/nonexistent/downloads")));
        let fault = gone.list().unwrap_err();
        assert_eq!(fault.kind(), io::ErrorKind::NotFound, "{fault}");
    }
}
