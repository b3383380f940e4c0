//! Archives that are larger than the memory they may take: read once for their form, then each ballot again when its
//! turn comes.

use std::io::{self, Read, Seek, SeekFrom};

use super::error::ArchiveError;
use super::objects::ObjectHash;
use super::read::{Contents, ReadError, contents};
use super::tar::Bytes;

/// What an archive is read from. Nothing is buffered here.
pub(crate) trait Source: Read + Seek {}

impl<S: Read + Seek + ?Sized> Source for S {}

/// An archive whose form, hashes, chain and order of events hold, with the places of its ballots and partial decryptions.
pub(crate) type Outline = Contents<Vec<u8>, Place>;

/// Where an object stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    at: u64,
    length: usize,
}

/// Why there is no outline.
#[derive(Debug)]
pub(crate) enum OutlineError {
    /// It is no archive.
    Archive(ArchiveError),
    /// The source cannot be read.
    Io(io::Error),
}

impl Outline {
    /// Reads an archive from its beginning to its end. Of each entry no more is asked for than is there.
    pub(crate) fn read(source: &mut dyn Source) -> Result<Self, OutlineError> {
        source.rewind().map_err(OutlineError::Io)?;
        let outline = contents(Stream(source), |object| Place {
            at: u64::try_from(object.at).unwrap_or(u64::MAX),
            length: object.bytes.len(),
        });
        outline.map_err(|error| match error {
            ReadError::Archive(error) => OutlineError::Archive(error),
            ReadError::Source(error) => OutlineError::Io(error),
        })
    }
}

impl Place {
    /// Reads the object again; `None` if another one stands there now.
    pub(crate) fn read(
        self,
        source: &mut dyn Source,
        hash: ObjectHash,
    ) -> io::Result<Option<Vec<u8>>> {
        source.seek(SeekFrom::Start(self.at))?;
        let bytes = Stream(source).run(self.length)?;
        Ok((ObjectHash::of(&bytes) == hash).then_some(bytes))
    }
}

/// What is reserved at first, however much is asked for; afterwards as much again as has come.
const FIRST: usize = 1 << 12;

struct Stream<'s>(&'s mut dyn Source);

impl Bytes for Stream<'_> {
    type Run = Vec<u8>;
    type Error = io::Error;

    /// A header may claim any length, so memory grows with what is really there.
    fn run(&mut self, length: usize) -> io::Result<Vec<u8>> {
        let mut run = Vec::new();
        while run.len() < length {
            let step = (length - run.len()).min(run.len().max(FIRST));
            run.reserve_exact(step);
            let limit = u64::try_from(step).unwrap_or(u64::MAX);
            if (&mut *self.0).take(limit).read_to_end(&mut run)? < step {
                break;
            }
        }
        Ok(run)
    }
}
