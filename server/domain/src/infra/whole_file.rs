//! Small files that matter: written whole or not at all, and readable by their owner alone.
//!
//! The text goes into a file beside, is forced to the disk, and only then takes the name; the folder is forced to the disk
//! last. A process that is killed, or a disk that is full, at any point leaves the earlier file or the new one. What a
//! killed write left beside is written over by the next.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// Puts `bytes` in the place of what the file held, if there was one.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    put(path, bytes, Place::Over, &mut no_fault)
}

/// Makes a file that was not there.
///
/// # Errors
/// [`io::ErrorKind::AlreadyExists`] where there is one, which stays as it was.
pub fn create(path: &Path, bytes: &[u8]) -> io::Result<()> {
    put(path, bytes, Place::Beside, &mut no_fault)
}

/// Keeps what the file holds under another name too, in the place of what that name held. No file is good.
pub fn keep(path: &Path, other: &Path) -> io::Result<()> {
    let beside = beside(other)?;
    // A killed one may have left it, and a link refuses a name that is taken.
    not_there(std::fs::remove_file(&beside))?;
    match std::fs::hard_link(path, &beside) {
        Ok(()) => std::fs::rename(&beside, other),
        Err(error) => not_there(Err(error)),
    }
}

fn not_there(done: io::Result<()>) -> io::Result<()> {
    match done {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

/// Takes a secret file away: its content is written over and forced to the disk before the name goes. No file is good.
pub fn destroy(path: &Path) -> io::Result<()> {
    let mut file = match OpenOptions::new().write(true).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    let length = usize::try_from(file.metadata()?.len()).map_err(io::Error::other)?;
    file.write_all(&vec![0; length])?;
    file.sync_all()?;
    std::fs::remove_file(path)?;
    sync_folder(path)
}

#[derive(Clone, Copy)]
enum Place {
    Over,
    Beside,
}

/// The points at which a write can be cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Point {
    Open,
    Write,
    Sync,
    Name,
    SyncFolder,
}

/// What happens at a point: nothing, or in tests a fault.
type Fault<'a> = &'a mut dyn FnMut(Point) -> io::Result<()>;

#[expect(clippy::unnecessary_wraps, reason = "the shape of a fault")]
fn no_fault(_: Point) -> io::Result<()> {
    Ok(())
}

fn put(path: &Path, bytes: &[u8], place: Place, fault: Fault<'_>) -> io::Result<()> {
    let beside = beside(path)?;
    fault(Point::Open)?;
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&beside)?;
    fault(Point::Write)?;
    file.write_all(bytes)?;
    fault(Point::Sync)?;
    file.sync_all()?;
    fault(Point::Name)?;
    match place {
        Place::Over => std::fs::rename(&beside, path)?,
        // A link, unlike a rename, refuses a name that is taken.
        Place::Beside => {
            let linked = std::fs::hard_link(&beside, path);
            std::fs::remove_file(&beside)?;
            linked?;
        }
    }
    fault(Point::SyncFolder)?;
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

    const POINTS: [Point; 5] = [
        Point::Open,
        Point::Write,
        Point::Sync,
        Point::Name,
        Point::SyncFolder,
    ];

    fn cut_at(point: Point) -> impl FnMut(Point) -> io::Result<()> {
        move |reached| {
            if reached == point {
                Err(io::ErrorKind::StorageFull.into())
            } else {
                Ok(())
            }
        }
    }

    #[test]
    fn a_write_cut_off_at_any_point_leaves_the_old_file_or_the_new_one_and_can_be_repeated() {
        for place in [Place::Over, Place::Beside] {
            for point in POINTS {
                let folder = tempfile::tempdir().unwrap();
                let path = folder.path().join("record.checkpoint");
                if matches!(place, Place::Over) {
                    replace(&path, b"old").unwrap();
                }
                put(&path, b"new", place, &mut cut_at(point)).unwrap_err();
                let left = std::fs::read(&path).ok();
                let old = matches!(place, Place::Over).then(|| b"old".to_vec());
                assert!(
                    left == old || left.as_deref() == Some(b"new"),
                    "{point:?}: {left:?}"
                );
                if left == old {
                    put(&path, b"new", place, &mut no_fault).unwrap();
                }
                assert_eq!(std::fs::read(&path).unwrap(), b"new");
            }
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
