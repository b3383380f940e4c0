//! One act on a folder at a time: whoever changes it holds its lock.

use std::fs::{File, TryLockError};
use std::ops::Deref;
use std::path::Path;

use super::disk::{self, Eyes};
use super::folder::{Folder, file};
use crate::cli::terminal::tell;
use crate::cli::{CommandError, content};

/// The file that is locked. It is empty, and stays.
pub(super) const LOCK: &str = ".lock";

/// A folder that no other command changes meanwhile. What was read before it was held may have changed.
///
/// The system lets go of the lock when the process ends, however it ends.
pub(super) struct Held<'f> {
    folder: &'f Folder,
    _lock: File,
}

impl Folder {
    /// Waits until no other command changes the folder.
    pub(super) fn hold(&self) -> Result<Held<'_>, CommandError> {
        let lock = lock(&self.path(LOCK), &self.path("").display())?;
        Ok(Held {
            folder: self,
            _lock: lock,
        })
    }

    /// As [`Folder::hold`], for an act that writes elsewhere: a folder that nobody here can change need not be held.
    pub(super) fn hold_if_writable(&self) -> Result<Option<Held<'_>>, CommandError> {
        match self.hold() {
            Err(CommandError::File { error, .. }) if disk::not_ours(&error) => Ok(None),
            held => held.map(Some),
        }
    }
}

/// Locks the file at `path` and waits if another process has it; `what` says what is at work there.
pub(super) fn lock(path: &Path, what: &dyn std::fmt::Display) -> Result<File, CommandError> {
    let lock = disk::open_lock(path)?;
    match lock.try_lock() {
        Ok(()) => return Ok(lock),
        Err(TryLockError::WouldBlock) => {
            tell(format!(
                "another command is at work in {what}: waiting until it is done"
            ));
        }
        Err(TryLockError::Error(error)) => return Err(file(path, error)),
    }
    lock.lock().map_err(|error| file(path, error))?;
    Ok(lock)
}

impl Deref for Held<'_> {
    type Target = Folder;

    fn deref(&self) -> &Folder {
        self.folder
    }
}

impl Held<'_> {
    /// Writes what may be written once; the same may be there already.
    pub(super) fn write_once(
        &self,
        name: impl AsRef<Path>,
        bytes: &[u8],
    ) -> Result<(), CommandError> {
        disk::write_once(&self.path(name), bytes, Eyes::All)
    }

    /// Puts a file in the place of the one before.
    pub(super) fn replace(&self, name: &str, bytes: &[u8]) -> Result<(), CommandError> {
        disk::replace(&self.path(name), bytes, Eyes::All)
    }

    /// Writes a list of strings in the place of the one before.
    pub(super) fn replace_list(&self, name: &str, list: &[String]) -> Result<(), CommandError> {
        let bytes = serde_json::to_vec(list).map_err(|error| content(&self.path(name), error))?;
        self.replace(name, &bytes)
    }

    /// Creates a folder in it.
    pub(super) fn create_folder(&self, name: &str) -> Result<(), CommandError> {
        disk::create_folder(&self.path(name))
    }

    /// A trustee's message of one round. Sending the same message again is fine, another one is not.
    pub(super) fn send(&self, name: &str, message: &str) -> Result<(), CommandError> {
        let path = self.path(name);
        if let Some(parent) = path.parent() {
            disk::create_folder(parent)?;
        }
        disk::write_once(&path, message.as_bytes(), Eyes::All).map_err(|error| match error {
            CommandError::Refused(_) => CommandError::Refused(format!(
                "{} holds another message than this device sends: somebody has replaced it, or took your place; \
                 compare with the other trustees, and begin again with fresh keys",
                path.display()
            )),
            error => error,
        })
    }
}
