//! `server backup` and `server restore`.

use super::CliError;
use super::setup::say;
use domain::backup::{self, LastPublished, Restored, Written};
use domain::infra::clock::Clock;
use domain::infra::config::Config;
use domain::record::Rechecked;
use std::path::Path;

/// Writes a backup and says what is in it.
pub(crate) async fn backup(config: &Config, file: &Path) -> Result<(), CliError> {
    let Written {
        tables,
        rows,
        record,
    } = backup::backup(config, file, Clock::system().now()).await?;
    say(&format!(
        "wrote {}: {rows} rows of {tables} tables; {}",
        file.display(),
        in_words(record)
    ))?;
    say(&format!(
        "keep with it, but not beside it: record.key and data.key of {}; without them a restored service cannot sign \
         nor read its people's contacts. A restore also asks for the newest checkpoint that was published: copy \
         record.checkpoint elsewhere as often as you can",
        config.data_dir.display()
    ))
}

/// Puts a backup back and says what it did.
pub(crate) async fn restore(
    config: &Config,
    file: &Path,
    last: &LastPublished,
) -> Result<(), CliError> {
    let Restored {
        made_at,
        tables,
        rows,
        record,
        missing_keys,
    } = backup::restore(config, file, last).await?;
    say(&format!(
        "restored {} of {}: {rows} rows of {tables} tables; {}",
        file.display(),
        server::web::export::rfc3339(made_at),
        in_words(record)
    ))?;
    for key in missing_keys {
        say(&format!(
            "next: put the old {} there before the service is started",
            key.display()
        ))?;
    }
    Ok(())
}

fn in_words(record: Rechecked) -> String {
    match record.checkpoint {
        Some(size) => format!(
            "the record's {} entries were hashed anew and give the checkpoint that was signed at {size}",
            record.entries
        ),
        None => format!(
            "the record's {} entries were hashed anew; no checkpoint was signed yet",
            record.entries
        ),
    }
}
