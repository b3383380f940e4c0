//! The file of a copy: a zip of stored members, and the manifest with the hash of each.

use super::BackupError;
use super::tables::{Column, Kind, Table};
use ring::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{BufRead as _, BufReader, BufWriter, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// The name of the format and its version.
const FORMAT: &str = "minsheng-backup-1";
/// The manifest's name in the zip.
const MANIFEST: &str = "backup.json";
/// The longest manifest that is read, in bytes.
const MANIFEST_BYTES: u64 = 4 * 1024 * 1024;

/// What a copy says of itself, `backup.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// `minsheng-backup-1`.
    pub format: String,
    /// When it was made, in milliseconds since 1970 UTC.
    pub made_at_ms: i64,
    /// The version of the program that made it.
    pub program: String,
    /// The migrations that the rows were written under, in their order.
    pub migrations: Vec<i64>,
    /// The verifier key of the record.
    pub vkey: String,
    /// Every table.
    pub tables: Vec<TableFile>,
}

/// A table in a copy: `tables/{name}.jsonl`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableFile {
    /// The table's name.
    pub name: String,
    /// Its columns in the order of each line's values.
    pub columns: Vec<(String, Kind)>,
    /// The number of rows.
    pub rows: u64,
    /// SHA-256 of the member, hexadecimal.
    pub sha256: String,
}

impl TableFile {
    fn of(table: &Table) -> Self {
        let of_column = |column: &Column| (column.name.clone(), column.kind());
        Self {
            name: table.name.clone(),
            columns: table.columns.iter().map(of_column).collect(),
            rows: 0,
            sha256: String::new(),
        }
    }

    fn member(&self) -> String {
        format!("tables/{}.jsonl", self.name)
    }

    /// The table of this name among those of the schema, its columns in the order of the lines. `None` where the schema
    /// has no such table, or the columns or their kinds differ.
    pub(super) fn find_in(&self, schema: &[Table]) -> Option<Table> {
        let table = schema.iter().find(|table| table.name == self.name)?;
        let columns: Vec<Column> = self
            .columns
            .iter()
            .map(|(name, kind)| {
                let same = |column: &&Column| column.name == *name && column.kind() == *kind;
                table.columns.iter().find(same).cloned()
            })
            .collect::<Option<_>>()?;
        (columns.len() == table.columns.len()).then(|| Table {
            name: table.name.clone(),
            columns,
        })
    }
}

/// A copy under construction: beside its place under another name until it is whole.
pub(super) struct Writer {
    path: PathBuf,
    beside: PathBuf,
    zip: ZipWriter<BufWriter<File>>,
    done: Vec<TableFile>,
    now: Option<(TableFile, Context)>,
}

impl Writer {
    /// Begins a file that must not exist yet, readable by its owner alone.
    pub(super) fn create(path: &Path) -> Result<Self, BackupError> {
        let refused = |source| BackupError::File {
            path: path.to_owned(),
            source,
        };
        if path.exists() {
            return Err(refused(std::io::ErrorKind::AlreadyExists.into()));
        }
        let mut beside = path.as_os_str().to_owned();
        beside.push(".part");
        let beside = PathBuf::from(beside);
        let file = std::fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&beside)
            .map_err(refused)?;
        Ok(Self {
            path: path.to_owned(),
            beside,
            zip: ZipWriter::new(BufWriter::new(file)),
            done: Vec::new(),
            now: None,
        })
    }

    /// Begins a table.
    pub(super) fn begin(&mut self, table: &Table) -> Result<(), BackupError> {
        let table = TableFile::of(table);
        self.start(&table.member())?;
        self.now = Some((table, Context::new(&SHA256)));
        Ok(())
    }

    fn start(&mut self, member: &str) -> Result<(), BackupError> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .large_file(true);
        let started = self.zip.start_file(member, options);
        started.map_err(|error| self.refused(std::io::Error::other(error)))
    }

    /// Writes a row's line.
    pub(super) fn write(&mut self, line: &[u8]) -> Result<(), BackupError> {
        if let Some((table, hash)) = &mut self.now {
            table.rows += 1;
            hash.update(line);
        }
        let written = self.zip.write_all(line);
        written.map_err(|error| self.refused(error))
    }

    /// Ends the table.
    pub(super) fn end(&mut self) {
        if let Some((mut table, hash)) = self.now.take() {
            table.sha256 = hex::encode(hash.finish());
            self.done.push(table);
        }
    }

    /// Writes the manifest, forces everything to the disk and puts the file in its place.
    pub(super) fn finish(
        mut self,
        made_at_ms: i64,
        migrations: Vec<i64>,
        vkey: String,
    ) -> Result<Manifest, BackupError> {
        self.start(MANIFEST)?;
        let manifest = Manifest {
            format: FORMAT.to_owned(),
            made_at_ms,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            migrations,
            vkey,
            tables: std::mem::take(&mut self.done),
        };
        let Self {
            path,
            beside,
            mut zip,
            ..
        } = self;
        let write = || -> std::io::Result<()> {
            serde_json::to_writer_pretty(&mut zip, &manifest)?;
            let file = zip.finish()?.into_inner()?;
            file.sync_all()?;
            std::fs::rename(&beside, &path)?;
            match path.parent() {
                Some(folder) if !folder.as_os_str().is_empty() => File::open(folder)?.sync_all(),
                _ => Ok(()),
            }
        };
        let written = write();
        written.map_err(|source| BackupError::File { path, source })?;
        Ok(manifest)
    }

    fn refused(&self, source: std::io::Error) -> BackupError {
        BackupError::File {
            path: self.path.clone(),
            source,
        }
    }
}

/// A copy that is read.
pub(super) struct Reader {
    path: PathBuf,
    zip: ZipArchive<BufReader<File>>,
}

impl Reader {
    pub(super) fn open(path: &Path) -> Result<Self, BackupError> {
        let file = File::open(path).map_err(|source| BackupError::File {
            path: path.to_owned(),
            source,
        })?;
        let zip = ZipArchive::new(BufReader::new(file)).map_err(|error| BackupError::Damaged {
            path: path.to_owned(),
            reason: error.to_string(),
        })?;
        Ok(Self {
            path: path.to_owned(),
            zip,
        })
    }

    /// The file is not what it should be.
    pub(super) fn damaged(&self, reason: &str) -> BackupError {
        BackupError::Damaged {
            path: self.path.clone(),
            reason: reason.to_owned(),
        }
    }

    /// Reads the manifest, and every table against its number of rows and its hash.
    pub(super) fn verify(&mut self) -> Result<Manifest, BackupError> {
        let mut text = String::new();
        let read = match self.zip.by_name(MANIFEST) {
            Ok(member) => member
                .take(MANIFEST_BYTES)
                .read_to_string(&mut text)
                .is_ok(),
            Err(_) => false,
        };
        if !read {
            return Err(self.damaged("no backup.json"));
        }
        let manifest: Manifest = serde_json::from_str(&text)
            .map_err(|error| self.damaged(&format!("backup.json: {error}")))?;
        if manifest.format != FORMAT {
            return Err(self.damaged(&format!("format {}", manifest.format)));
        }
        for table in &manifest.tables {
            let mut hash = Context::new(&SHA256);
            let mut rows = 0;
            for line in self.lines(table)? {
                hash.update(line?.as_bytes());
                hash.update(b"\n");
                rows += 1;
            }
            if rows != table.rows || hex::encode(hash.finish()) != table.sha256 {
                return Err(self.damaged(&format!("{} is not the one listed", table.member())));
            }
        }
        Ok(manifest)
    }

    /// The lines of a table, without their ends.
    pub(super) fn lines(
        &mut self,
        table: &TableFile,
    ) -> Result<impl Iterator<Item = Result<String, BackupError>> + use<'_>, BackupError> {
        let path = self.path.clone();
        let damaged = move |reason: String| BackupError::Damaged {
            path: path.clone(),
            reason,
        };
        let name = table.member();
        let member = match self.zip.by_name(&name) {
            Ok(member) => member,
            Err(error) => return Err(damaged(format!("{name}: {error}"))),
        };
        Ok(BufReader::new(member)
            .lines()
            .map(move |line| line.map_err(|error| damaged(format!("{name}: {error}")))))
    }
}
