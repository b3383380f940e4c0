//! The only place where `tally election` changes a disk. A file is there whole or not at all, whenever the process or the power ends.
//!
//! What is written goes to `.NAME.new` beside the file, is synced, and takes the file's name in one step; then the folder is
//! synced, so that files appear in the order in which they were written. A `.NAME.new` is never taken for the file: the command
//! that is done again removes it.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::folder::file;
use crate::cli::CommandError;

/// Who may read a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Eyes {
    /// Whoever the system lets; what is public lies on a share, where other scrutineers read it.
    All,
    /// The owner alone (mode 0600).
    Owner,
}

/// Writes what never changes again. The same content may be there already, another one may not.
pub(super) fn write_once(path: &Path, bytes: &[u8], eyes: Eyes) -> Result<(), CommandError> {
    if is_there(path) {
        return match fs::read(path) {
            Ok(there) if there == bytes => Ok(()),
            _ => Err(already_there(path)),
        };
    }
    stage(path, bytes, eyes)?;
    publish(path)
}

/// Puts a file in the place of the one before, if any.
pub(super) fn replace(path: &Path, bytes: &[u8], eyes: Eyes) -> Result<(), CommandError> {
    // A link keeps leading to where it led.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    stage(&path, bytes, eyes)?;
    publish(&path)
}

/// Writes a file that is to have its name later, by [`publish`].
pub(super) fn stage(path: &Path, bytes: &[u8], eyes: Eyes) -> Result<(), CommandError> {
    let fresh = staged(path);
    write_fresh(&fresh, bytes, eyes).map_err(|error| {
        // Half a file is of no use to anybody, and takes the space that is missing.
        drop(fs::remove_file(&fresh));
        file(path, error)
    })
}

/// Gives a staged file its name.
pub(super) fn publish(path: &Path) -> Result<(), CommandError> {
    step(Takes::Nothing, || fs::rename(staged(path), path))
        .and_then(|()| step(Takes::Space, || sync_folder(path)))
        .map_err(|error| file(path, error))
}

/// Where [`stage`] writes a file.
pub(super) fn staged(path: &Path) -> PathBuf {
    let mut name = OsStr::new(".").to_owned();
    name.push(path.file_name().unwrap_or_default());
    name.push(".new");
    path.with_file_name(name)
}

/// Removes a file, which may be gone already.
pub(super) fn remove(path: &Path) -> Result<(), CommandError> {
    match step(Takes::Nothing, || fs::remove_file(path)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(file(path, error)),
        _ => Ok(()),
    }
}

/// Creates a folder, which may be there already.
pub(super) fn create_folder(path: &Path) -> Result<(), CommandError> {
    if path.is_dir() {
        return Ok(());
    }
    step(Takes::Space, || fs::create_dir_all(path)).map_err(|error| file(path, error))
}

/// Opens a file that is only there to be locked.
pub(super) fn open_lock(path: &Path) -> Result<File, CommandError> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    match step(Takes::Space, || options.open(path)) {
        // Another user's lock on a share can be held without being written.
        Err(error) if not_ours(&error) => File::open(path).map_err(|_| error),
        opened => opened,
    }
    .map_err(|error| file(path, error))
}

/// Whether it is not for this user to write there.
pub(super) fn not_ours(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem
    )
}

/// Whether something has this name, be it a link that leads nowhere.
pub(super) fn is_there(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// Something else has the name of a file that is to be written.
pub(super) fn already_there(path: &Path) -> CommandError {
    CommandError::Refused(format!(
        "{} is there already, and nothing is overwritten: move it away if it is not needed",
        path.display()
    ))
}

fn write_fresh(fresh: &Path, bytes: &[u8], eyes: Eyes) -> io::Result<()> {
    if is_there(fresh) {
        step(Takes::Nothing, || fs::remove_file(fresh))?;
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if eyes == Eyes::Owner {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    #[cfg(not(unix))]
    let _ = eyes;
    let mut file = step(Takes::Space, || options.open(fresh))?;
    // In two steps, so that the tests can stop between them.
    let (first, rest) = bytes
        .split_at_checked(bytes.len() / 2)
        .unwrap_or((bytes, &[]));
    step(Takes::Space, || file.write_all(first))?;
    step(Takes::Space, || file.write_all(rest))?;
    step(Takes::Space, || file.sync_all())
}

#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    let parent = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    match File::open(parent.unwrap_or(Path::new("."))).and_then(|folder| folder.sync_all()) {
        // Some shares cannot sync a folder; there the order of files is theirs to keep.
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported
            ) =>
        {
            Ok(())
        }
        synced => synced,
    }
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// What a step on the disk takes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Takes {
    Space,
    Nothing,
}

/// One step, before which a test may stop the process or find the disk full.
fn step<T>(takes: Takes, act: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    #[cfg(feature = "faults")]
    super::fault::pass(takes == Takes::Space)?;
    #[cfg(not(feature = "faults"))]
    let _ = takes;
    act()
}
