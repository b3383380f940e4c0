//! The archive's tar: canonical 512-byte headers, contents padded with zeros, nothing after the last entry.
//!
//! A header is accepted only if it is byte for byte what `header` writes for its name, size and time.

use std::convert::Infallible;
use std::fmt::Write as _;

/// Size of a header, and what contents are padded to.
pub(super) const BLOCK: usize = 512;

/// The largest object that an entry may hold; far above any ballot or roll.
pub const LARGEST: usize = 1 << 28;

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry<B> {
    /// Offset of its header in the archive.
    pub offset: usize,
    /// Its name.
    pub name: String,
    /// Its time: seconds since 1970.
    pub time: u64,
    /// Its content.
    pub body: B,
}

/// What is wrong with the tar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TarFault {
    /// The archive ends within a header or a content.
    #[error("the archive ends too early")]
    Truncated,
    /// The header is not the canonical one of its entry.
    #[error("the header is not in its canonical form")]
    Header,
    /// The content is padded with something else than zeros.
    #[error("the padding is not zero")]
    Padding,
    /// The content is too large.
    #[error("the entry is larger than 256 MiB")]
    TooLarge,
}

/// Where an archive's bytes come from: a slice, which lends them, or a reader, which gives them away.
pub(super) trait Bytes {
    /// Some bytes in a row.
    type Run: AsRef<[u8]>;
    /// Why there can be none.
    type Error;

    /// The next `length` bytes; fewer only where the source ends.
    fn run(&mut self, length: usize) -> Result<Self::Run, Self::Error>;
}

impl<'a> Bytes for &'a [u8] {
    type Run = &'a [u8];
    type Error = Infallible;

    fn run(&mut self, length: usize) -> Result<&'a [u8], Infallible> {
        let (run, rest) = self.split_at_checked(length).unwrap_or((self, &[]));
        *self = rest;
        Ok(run)
    }
}

/// Why there is no entry.
#[derive(Debug)]
pub(super) enum Fault<E> {
    /// The tar is damaged.
    Tar(TarFault),
    /// Its bytes cannot be had.
    Source(E),
}

impl<E> From<TarFault> for Fault<E> {
    fn from(fault: TarFault) -> Self {
        Self::Tar(fault)
    }
}

/// The entries of an archive in order, whatever its bytes come from. After a fault there are no more.
#[derive(Clone, Debug)]
pub(super) struct Reader<S> {
    source: S,
    at: usize,
    ended: bool,
}

impl<S: Bytes> Reader<S> {
    pub(super) fn new(source: S) -> Self {
        Self {
            source,
            at: 0,
            ended: false,
        }
    }

    /// Offset of the next entry's header, or of the faulty one.
    pub(super) fn offset(&self) -> usize {
        self.at
    }

    pub(super) fn entry(&mut self) -> Result<Option<Entry<S::Run>>, Fault<S::Error>> {
        if self.ended {
            return Ok(None);
        }
        let read = self.read();
        self.ended = !matches!(read, Ok(Some(_)));
        read
    }

    fn read(&mut self) -> Result<Option<Entry<S::Run>>, Fault<S::Error>> {
        let found = self.run(BLOCK)?;
        let found = found.as_ref();
        if found.is_empty() {
            return Ok(None);
        }
        let found: &[u8; BLOCK] = found.try_into().map_err(|_| TarFault::Truncated)?;
        let (name, size, time) = fields(found).ok_or(TarFault::Header)?;
        if size > LARGEST {
            return Err(TarFault::TooLarge.into());
        }
        if header(name, size, time).as_deref() != Some(&found[..]) {
            return Err(TarFault::Header.into());
        }
        let name = name.to_owned();
        let body = self.run(size)?;
        if body.as_ref().len() < size {
            return Err(TarFault::Truncated.into());
        }
        let zeros = self.run(padding(size))?;
        if zeros.as_ref().len() < padding(size) {
            return Err(TarFault::Truncated.into());
        }
        if zeros.as_ref().iter().any(|byte| *byte != 0) {
            return Err(TarFault::Padding.into());
        }
        let offset = self.at;
        self.at += BLOCK + size + padding(size);
        Ok(Some(Entry {
            offset,
            name,
            time,
            body,
        }))
    }

    fn run(&mut self, length: usize) -> Result<S::Run, Fault<S::Error>> {
        self.source.run(length).map_err(Fault::Source)
    }
}

/// The entries of an archive in memory, in order. After a fault there are no more.
#[derive(Clone, Debug)]
pub struct Entries<'a>(Reader<&'a [u8]>);

impl<'a> Entries<'a> {
    /// Starts at the first entry.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(Reader::new(bytes))
    }

    /// Offset of the next entry's header.
    pub fn offset(&self) -> usize {
        self.0.offset()
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = Result<Entry<&'a [u8]>, TarFault>;

    fn next(&mut self) -> Option<Self::Item> {
        let entry = self.0.entry().map_err(|fault| match fault {
            Fault::Tar(fault) => fault,
            Fault::Source(never) => match never {},
        });
        entry.transpose()
    }
}

/// Name, size and time as a header writes them; whether the rest is canonical is not looked at.
fn fields(header: &[u8; BLOCK]) -> Option<(&str, usize, u64)> {
    let name = header.get(..100)?;
    let name = std::str::from_utf8(name.split(|byte| *byte == 0).next()?).ok()?;
    let octal = |at: usize| {
        u64::from_str_radix(std::str::from_utf8(header.get(at..at + 11)?).ok()?, 8).ok()
    };
    Some((name, usize::try_from(octal(124)?).ok()?, octal(136)?))
}

/// The canonical header of a regular file: mode 0644, owner and group 0, old style. `None` if name, size or time do not fit.
pub(super) fn header(name: &str, size: usize, time: u64) -> Option<Vec<u8>> {
    let fits = !name.is_empty()
        && name.len() < 100
        && size <= LARGEST
        && time <= super::objects::LAST_TIME;
    if !fits {
        return None;
    }
    let mut text = String::with_capacity(BLOCK);
    write!(
        text,
        "{name:\0<100}0000644\0{zero}{zero}{size:011o}\0{time:011o}\0",
        zero = "0000000\0"
    )
    .ok()?;
    // The checksum is computed with its own field as eight spaces.
    let sum: u64 = text.bytes().map(u64::from).sum::<u64>() + 8 * u64::from(b' ') + u64::from(b'0');
    write!(text, "{sum:06o}\0 0").ok()?;
    let mut bytes = text.into_bytes();
    bytes.resize(BLOCK, 0);
    Some(bytes)
}

/// Number of zeros after a content.
pub(super) fn padding(size: usize) -> usize {
    size.next_multiple_of(BLOCK) - size
}
