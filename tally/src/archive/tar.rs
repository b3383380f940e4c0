//! The archive's tar: canonical 512-byte headers, contents padded with zeros, nothing after the last entry.
//!
//! A header is accepted only if it is byte for byte what `header` writes for its name, size and time.

use std::fmt::Write as _;

/// Size of a header, and what contents are padded to.
const BLOCK: usize = 512;

/// The largest object that an entry may hold; far above any ballot or roll.
pub const LARGEST: usize = 1 << 28;

/// One entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Offset of its header in the archive.
    pub offset: usize,
    /// Its name.
    pub name: &'a str,
    /// Its time: seconds since 1970.
    pub time: u64,
    /// Its content.
    pub body: &'a [u8],
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

/// The entries of an archive in order. After a fault there are no more.
#[derive(Clone, Debug)]
pub struct Entries<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Entries<'a> {
    /// Starts at the first entry.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Offset of the next entry's header.
    pub fn offset(&self) -> usize {
        self.at
    }

    fn read(&self) -> Result<(Entry<'a>, usize), TarFault> {
        let rest = self.bytes.get(self.at..).ok_or(TarFault::Truncated)?;
        let (found, rest) = rest
            .split_first_chunk::<BLOCK>()
            .ok_or(TarFault::Truncated)?;
        let (name, size, time) = fields(found).ok_or(TarFault::Header)?;
        if size > LARGEST {
            return Err(TarFault::TooLarge);
        }
        if header(name, size, time).as_deref() != Some(&found[..]) {
            return Err(TarFault::Header);
        }
        let (body, rest) = rest.split_at_checked(size).ok_or(TarFault::Truncated)?;
        let padding = rest.get(..padding(size)).ok_or(TarFault::Truncated)?;
        if padding.iter().any(|byte| *byte != 0) {
            return Err(TarFault::Padding);
        }
        let next = self.at + BLOCK + size + padding.len();
        Ok((
            Entry {
                offset: self.at,
                name,
                time,
                body,
            },
            next,
        ))
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = Result<Entry<'a>, TarFault>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.bytes.len() {
            return None;
        }
        let read = self.read();
        self.at = read.as_ref().map_or(self.bytes.len(), |(_, next)| *next);
        Some(read.map(|(entry, _)| entry))
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
