//! Whether nobody but the service may read its keys and its database.

use super::Fault;
use crate::infra::config::Config;
use crate::infra::database::files_of;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

/// The files that only the owner may read.
pub(super) fn inspect(config: &Config) -> Result<String, Fault> {
    let mut files = kept_in(&config.data_dir)?;
    files.extend(files_of(&config.database_url)?);
    let mut readable = Vec::new();
    let mut seen = 0;
    for path in files {
        match std::fs::metadata(&path) {
            Ok(metadata) => {
                seen += 1;
                if metadata.permissions().mode() & 0o777 != 0o600 {
                    readable.push(path);
                }
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(source) => return Err(Fault::File { path, source }),
        }
    }
    if readable.is_empty() {
        Ok(format!("{seen} that only their owner may read"))
    } else {
        readable.sort();
        readable.dedup();
        Err(Fault::Readable(readable))
    }
}

/// Keys, and what is remembered of what was signed.
fn kept_in(data_dir: &Path) -> Result<Vec<PathBuf>, Fault> {
    let failed = |source| Fault::File {
        path: data_dir.to_owned(),
        source,
    };
    let listed = match std::fs::read_dir(data_dir) {
        Ok(listed) => listed,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(failed(source)),
    };
    let mut files = Vec::new();
    for entry in listed {
        let path = entry.map_err(failed)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.ends_with(".key") || name.ends_with(".key.new") || name.starts_with("record.") {
            files.push(path);
        }
    }
    Ok(files)
}
