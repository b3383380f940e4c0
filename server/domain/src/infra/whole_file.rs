//! Small files that matter: written whole or not at all, and readable by their owner alone.
//!
//! The text goes into a file beside, is forced to the disk, and only then takes the name; the folder is forced to the disk
//! last. A process that is killed, or a disk that is full, at any point leaves the earlier file or the new one. What a
//! killed write left beside is written over by the next. Tests stop a write at each of its steps (`faults`).

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// Puts `bytes` in the place of what the file held, if there was one.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    put(path, bytes, Place::Over)
}

/// Makes a file that was not there.
///
/// # Errors
/// [`io::ErrorKind::AlreadyExists`] where there is one, which stays as it was.
pub fn create(path: &Path, bytes: &[u8]) -> io::Result<()> {
    put(path, bytes, Place::Beside)
}

/// Keeps what the file holds under another name too, in the place of what that name held. No file is good.
pub fn keep(path: &Path, other: &Path) -> io::Result<()> {
    let beside = beside(other)?;
    // A killed one may have left it, and a link refuses a name that is taken.
    not_there(std::fs::remove_file(&beside))?;
    pass(path)?;
    match std::fs::hard_link(path, &beside) {
        Ok(()) => {
            pass(path)?;
            std::fs::rename(&beside, other)
        }
        Err(error) => not_there(Err(error)),
    }
}

fn not_there(done: io::Result<()>) -> io::Result<()> {
    match done {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

/// Takes a secret file away, and what a killed write left beside it: its content is written over and forced to the disk before
/// the name goes. No file is good.
pub fn destroy(path: &Path) -> io::Result<()> {
    take_away(&beside(path)?)?;
    take_away(path)
}

fn take_away(path: &Path) -> io::Result<()> {
    let mut file = match OpenOptions::new().write(true).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    let length = usize::try_from(file.metadata()?.len()).map_err(io::Error::other)?;
    pass(path)?;
    file.write_all(&vec![0; length])?;
    pass(path)?;
    file.sync_all()?;
    pass(path)?;
    std::fs::remove_file(path)?;
    pass(path)?;
    sync_folder(path)
}

#[derive(Clone, Copy)]
enum Place {
    Over,
    Beside,
}

#[cfg(not(any(test, feature = "testing")))]
#[expect(
    clippy::unnecessary_wraps,
    reason = "in tests it stops the write of this path"
)]
const fn pass(_: &Path) -> io::Result<()> {
    Ok(())
}
#[cfg(any(test, feature = "testing"))]
use faults::pass;

/// Stops writes under a folder, as a killed process or a full disk does.
#[cfg(any(test, feature = "testing"))]
pub mod faults {
    use std::io;
    use std::path::{Path, PathBuf};
    use std::sync::{Mutex, PoisonError};

    static ARMED: Mutex<Vec<Armed>> = Mutex::new(Vec::new());

    struct Armed {
        folder: PathBuf,
        left: usize,
        has_stopped: bool,
        kind: io::ErrorKind,
    }

    /// From the `passed`-th point on, every write under the folder fails with an error of this kind.
    pub fn stop(folder: &Path, passed: usize, kind: io::ErrorKind) {
        with(|armed| {
            armed.push(Armed {
                folder: folder.to_owned(),
                left: passed,
                has_stopped: false,
                kind,
            });
        });
    }

    /// Lets writes under the folder pass again, and answers whether one was stopped.
    pub fn let_pass(folder: &Path) -> bool {
        with(|armed| {
            let had_stopped = armed
                .iter()
                .any(|one| one.folder == folder && one.has_stopped);
            armed.retain(|one| one.folder != folder);
            had_stopped
        })
    }

    fn with<T>(act: impl FnOnce(&mut Vec<Armed>) -> T) -> T {
        act(&mut ARMED.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn pass(path: &Path) -> io::Result<()> {
        with(|armed| {
            let Some(one) = armed.iter_mut().find(|one| path.starts_with(&one.folder)) else {
                return Ok(());
            };
            match one.left.checked_sub(1) {
                Some(left) => one.left = left,
                None => one.has_stopped = true,
            }
            if one.has_stopped {
                Err(one.kind.into())
            } else {
                Ok(())
            }
        })
    }
}

fn put(path: &Path, bytes: &[u8], place: Place) -> io::Result<()> {
    let beside = beside(path)?;
    pass(path)?;
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&beside)?;
    pass(path)?;
    file.write_all(bytes)?;
    pass(path)?;
    file.sync_all()?;
    pass(path)?;
    match place {
        Place::Over => std::fs::rename(&beside, path)?,
        // A link, unlike a rename, refuses a name that is taken.
        Place::Beside => {
            let linked = std::fs::hard_link(&beside, path);
            pass(path)?;
            std::fs::remove_file(&beside)?;
            linked?;
        }
    }
    pass(path)?;
    sync_folder(path)
}

fn beside(path: &Path) -> io::Result<PathBuf> {
    let name = path
        .file_name()
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "a path without a name"))?;
    let mut name = name.to_owned();
    name.push(".new");
    Ok(path.with_file_name(name))
}

fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    type Way = fn(&Path, &[u8]) -> io::Result<()>;

    #[test]
    fn a_write_cut_off_at_any_point_leaves_the_old_file_or_the_new_one_and_can_be_repeated() {
        let ways: [(Way, Option<&[u8]>, u32); 2] = [(replace, Some(b"old"), 5), (create, None, 6)];
        for (write, old, points) in ways {
            let mut cuts = 0;
            for passed in 0.. {
                let folder = tempfile::tempdir().unwrap();
                let path = folder.path().join("record.checkpoint");
                if let Some(old) = old {
                    replace(&path, old).unwrap();
                }
                faults::stop(folder.path(), passed, io::ErrorKind::StorageFull);
                let written = write(&path, b"new");
                if !faults::let_pass(folder.path()) {
                    written.unwrap();
                    break;
                }
                cuts += 1;
                assert_eq!(written.unwrap_err().kind(), io::ErrorKind::StorageFull);
                let left = std::fs::read(&path).ok();
                assert!(
                    left.as_deref() == old || left.as_deref() == Some(b"new"),
                    "{passed}: {left:?}"
                );
                if left.as_deref() == old {
                    write(&path, b"new").unwrap();
                }
                assert_eq!(std::fs::read(&path).unwrap(), b"new");
            }
            assert_eq!(cuts, points);
        }
    }

    #[test]
    fn a_full_disk_is_an_error_and_the_old_file_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("record.checkpoint");
        replace(&path, b"old").unwrap();
        // Every write through this name fails as on a full disk.
        std::os::unix::fs::symlink("/dev/full", folder.path().join("record.checkpoint.new"))
            .unwrap();
        let error = replace(&path, b"new").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        assert_eq!(std::fs::read(&path).unwrap(), b"old");
    }

    #[test]
    fn what_is_kept_stays_when_the_file_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("record.checkpoint");
        let before = folder.path().join("record.checkpoint.before");
        keep(&path, &before).unwrap();
        assert!(!before.exists());
        for (number, kept) in [(1, None), (2, Some("1")), (3, Some("2"))] {
            // Twice: a process that was killed in between does it again.
            keep(&path, &before).unwrap();
            keep(&path, &before).unwrap();
            replace(&path, number.to_string().as_bytes()).unwrap();
            assert_eq!(std::fs::read_to_string(&before).ok().as_deref(), kept);
            assert_eq!(std::fs::read_to_string(&path).unwrap(), number.to_string());
        }
    }

    #[test]
    fn a_file_that_is_there_is_never_made_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data.key");
        create(&path, b"first").unwrap();
        let error = create(&path, b"second").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(std::fs::read(&path).unwrap(), b"first");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn only_the_owner_may_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data.key");
        create(&path, b"secret").unwrap();
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_destroyed_file_is_overwritten_before_its_name_goes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("links.key");
        create(&path, b"secret").unwrap();
        let another_name = folder.path().join("copy");
        std::fs::hard_link(&path, &another_name).unwrap();
        destroy(&path).unwrap();
        assert!(!path.exists());
        assert_eq!(std::fs::read(&another_name).unwrap(), [0; 6]);
        destroy(&path).unwrap();
    }
}
