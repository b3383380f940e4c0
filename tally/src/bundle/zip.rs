//! The zip of a bundle in its one form, as the archive's tar has one: stored files in a fixed order, nothing before, between
//! or after them. What reads here is exactly what writing the same files again gives, so that no other reader of zips,
//! whether it goes by the files' own headers or by the directory, by the first or the last of equal names, finds anything else.

use std::io::{self, Read, Seek, SeekFrom, Write};

/// Marks of the zip format (APPNOTE 4.3.7, 4.3.12, 4.3.16).
const FILE: [u8; 4] = *b"PK\x03\x04";
const ENTRY: [u8; 4] = *b"PK\x01\x02";
const END: [u8; 4] = *b"PK\x05\x06";
/// Length of a file's header without its name.
const HEADER: usize = 30;
/// The format's version 1.0 that is needed to read stored files; made on Unix by the same.
const NEEDED: u16 = 10;
const MADE_BY: u16 = (3 << 8) | NEEDED;
/// 1980-01-01, the format's first day, so that the same files give the same bytes.
const DAY: u16 = 0x0021;
/// An ordinary file, readable by all.
const ATTRIBUTES: u32 = 0o100_644 << 16;

/// A file of the zip: what its headers say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) name: String,
    crc: u32,
    length: u32,
    /// Where its header stands.
    offset: u32,
}

/// Why bytes are no such zip, or files make none.
#[derive(Debug)]
pub(super) enum ZipError {
    /// Not the form that is written here; it says what.
    Form(String),
    /// The format's limit of 4 GiB.
    TooLarge,
    /// The source cannot be read.
    Io(io::Error),
}

impl From<io::Error> for ZipError {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::UnexpectedEof {
            Self::Form("it ends too early".to_owned())
        } else {
            Self::Io(error)
        }
    }
}

/// Writes files in the given order.
pub(super) fn write(files: &[(&str, &[u8])]) -> Result<Vec<u8>, ZipError> {
    let mut out = Vec::new();
    let mut entries = Vec::new();
    for (name, content) in files {
        let entry = Entry {
            name: (*name).to_owned(),
            crc: crc32fast::hash(content),
            length: small(content.len())?,
            offset: small(out.len())?,
        };
        out.extend_from_slice(&entry.header());
        out.extend_from_slice(content);
        entries.push(entry);
    }
    let directory = directory(&entries, small(out.len())?)?;
    out.extend_from_slice(&directory);
    Ok(out)
}

fn small(length: usize) -> Result<u32, ZipError> {
    // The largest value means something else in the format.
    u32::try_from(length)
        .ok()
        .filter(|length| *length < u32::MAX)
        .ok_or(ZipError::TooLarge)
}

impl Entry {
    fn header(&self) -> Vec<u8> {
        let mut out = FILE.to_vec();
        self.common(&mut out);
        out.extend_from_slice(self.name.as_bytes());
        out
    }

    /// What stands in the file's own header and in the directory alike, from the needed version on.
    fn common(&self, out: &mut Vec<u8>) {
        // Flags, method and time are zero.
        for value in [NEEDED, 0, 0, 0, DAY] {
            out.extend_from_slice(&value.to_le_bytes());
        }
        for value in [self.crc, self.length, self.length] {
            out.extend_from_slice(&value.to_le_bytes());
        }
        // Names are of this program, and short; there are no extra fields.
        let length = u16::try_from(self.name.len()).unwrap_or(u16::MAX);
        for value in [length, 0] {
            out.extend_from_slice(&value.to_le_bytes());
        }
    }
}

/// The directory and the end of the zip, from its offset on.
fn directory(entries: &[Entry], offset: u32) -> Result<Vec<u8>, ZipError> {
    let mut out = Vec::new();
    for entry in entries {
        out.extend_from_slice(&ENTRY);
        out.extend_from_slice(&MADE_BY.to_le_bytes());
        entry.common(&mut out);
        // No comment; the first disk; no internal attributes.
        out.extend_from_slice(&[0; 6]);
        out.extend_from_slice(&ATTRIBUTES.to_le_bytes());
        out.extend_from_slice(&entry.offset.to_le_bytes());
        out.extend_from_slice(entry.name.as_bytes());
    }
    let length = small(out.len())?;
    let count = u16::try_from(entries.len()).map_err(|_| ZipError::TooLarge)?;
    out.extend_from_slice(&END);
    out.extend_from_slice(&[0; 4]);
    for value in [count, count] {
        out.extend_from_slice(&value.to_le_bytes());
    }
    for value in [length, offset] {
        out.extend_from_slice(&value.to_le_bytes());
    }
    out.extend_from_slice(&[0; 2]);
    Ok(out)
}

/// Reads a zip from its beginning to its end, file by file.
pub(super) struct Reader<R> {
    source: R,
    entries: Vec<Entry>,
    /// Where the next byte stands.
    at: u64,
}

impl<R: Read + Seek> Reader<R> {
    pub(super) fn new(mut source: R) -> Result<Self, ZipError> {
        source.rewind()?;
        Ok(Self {
            source,
            entries: Vec::new(),
            at: 0,
        })
    }

    /// The next file, whose content is to be read by [`Reader::content`]; `None` after the last, where the zip has ended as
    /// it must.
    pub(super) fn next(&mut self) -> Result<Option<Entry>, ZipError> {
        let mut mark = [0; 4];
        self.source.read_exact(&mut mark)?;
        match mark {
            FILE => self.entry().map(Some),
            ENTRY | END => self.end(mark).map(|()| None),
            _ => Err(ZipError::Form(format!(
                "neither a file nor the directory stands at byte {}",
                self.at
            ))),
        }
    }

    fn entry(&mut self) -> Result<Entry, ZipError> {
        let mut header = [0; HEADER];
        let (mark, rest) = header.split_at_mut(FILE.len());
        mark.copy_from_slice(&FILE);
        self.source.read_exact(rest)?;
        let number = |at: usize| {
            let bytes = header.get(at..).and_then(<[u8]>::first_chunk::<4>);
            bytes.map_or(0, |bytes| u32::from_le_bytes(*bytes))
        };
        let name_length = number(26) & 0xffff;
        let mut name = Vec::new();
        self.source
            .by_ref()
            .take(u64::from(name_length))
            .read_to_end(&mut name)?;
        let entry = Entry {
            name: String::from_utf8_lossy(&name).into_owned(),
            crc: number(14),
            length: number(22),
            offset: u32::try_from(self.at).map_err(|_| ZipError::TooLarge)?,
        };
        let written = entry.header();
        if [&header[..], &name].concat() != written {
            let message = format!("the header at byte {} is not as it is written", self.at);
            return Err(ZipError::Form(message));
        }
        self.at += u64::try_from(written.len()).unwrap_or(u64::MAX);
        self.entries.push(entry.clone());
        Ok(entry)
    }

    /// Hands the content of the file that [`Reader::next`] found to `out`, and says where it begins.
    pub(super) fn content(&mut self, entry: &Entry, mut out: impl Write) -> Result<u64, ZipError> {
        let begins = self.at;
        let mut checked = Checked {
            source: self.source.by_ref().take(u64::from(entry.length)),
            crc: crc32fast::Hasher::new(),
        };
        let length = io::copy(&mut checked, &mut out)?;
        if length != u64::from(entry.length) {
            return Err(ZipError::Form(format!("`{}` ends too early", entry.name)));
        }
        if checked.crc.finalize() != entry.crc {
            let message = format!("`{}` has another checksum than its header", entry.name);
            return Err(ZipError::Form(message));
        }
        self.at += length;
        Ok(begins)
    }

    fn end(&mut self, mark: [u8; 4]) -> Result<(), ZipError> {
        let offset = u32::try_from(self.at).map_err(|_| ZipError::TooLarge)?;
        let due = directory(&self.entries, offset)?;
        // One byte more than is due shows what follows.
        let most = u64::try_from(due.len()).unwrap_or(u64::MAX);
        let mut found = mark.to_vec();
        self.source
            .by_ref()
            .take(most - 3)
            .read_to_end(&mut found)?;
        if found == due {
            return Ok(());
        }
        let message = if found.starts_with(&due) {
            "something follows its end"
        } else {
            "its directory is not that of its files"
        };
        Err(ZipError::Form(message.to_owned()))
    }

    /// The content from byte `begins` on, of this length.
    pub(super) fn section(&mut self, begins: u64, length: u64) -> Section<&mut R> {
        Section {
            source: &mut self.source,
            begins,
            length,
            at: 0,
        }
    }
}

impl Entry {
    pub(super) fn length(&self) -> u64 {
        u64::from(self.length)
    }
}

/// Sums up what is read.
struct Checked<R> {
    source: R,
    crc: crc32fast::Hasher,
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.source.read(buffer)?;
        self.crc.update(buffer.get(..length).unwrap_or_default());
        Ok(length)
    }
}

/// A part of a source as a source of its own. It must be sought before it is read first.
pub(super) struct Section<R> {
    source: R,
    begins: u64,
    length: u64,
    at: u64,
}

impl<R: Read> Read for Section<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.length.saturating_sub(self.at);
        let length = self.source.by_ref().take(left).read(buffer)?;
        self.at += u64::try_from(length).unwrap_or(u64::MAX);
        Ok(length)
    }
}

impl<R: Seek> Seek for Section<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => self.length.checked_add_signed(by),
        };
        let target = target.ok_or(io::ErrorKind::InvalidInput)?;
        let begins = self.begins.checked_add(target);
        let begins = begins.ok_or(io::ErrorKind::InvalidInput)?;
        self.source.seek(SeekFrom::Start(begins))?;
        self.at = target;
        Ok(target)
    }
}
