//! A source that remembers that it could not be read.

use std::io::{self, ErrorKind, Read, Seek, SeekFrom};

pub(super) struct Watched<S> {
    source: S,
    error: Option<io::Error>,
}

impl<S> Watched<S> {
    pub(super) fn new(source: S) -> Self {
        Self {
            source,
            error: None,
        }
    }

    /// The first error of the source itself.
    pub(super) fn into_error(self) -> Option<io::Error> {
        self.error
    }

    fn watch<T>(&mut self, done: io::Result<T>) -> io::Result<T> {
        let error = match done {
            Ok(done) => return Ok(done),
            Err(error) => error,
        };
        // A damaged zip may ask for a place before the beginning, and an interruption is no end.
        let kind = error.kind();
        if matches!(kind, ErrorKind::InvalidInput | ErrorKind::Interrupted) {
            return Err(error);
        }
        let again = io::Error::new(kind, error.to_string());
        self.error.get_or_insert(error);
        Err(again)
    }
}

impl<S: Read> Read for Watched<S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let done = self.source.read(buffer);
        self.watch(done)
    }
}

impl<S: Seek> Seek for Watched<S> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let done = self.source.seek(to);
        self.watch(done)
    }
}
