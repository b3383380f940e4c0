//! Writing an archive, event by event, in the order that the chain allows.

use ballot::wire::Wire;

use super::chain::Stage;
use super::error::ArchiveError;
use super::objects::{
    Event, EventKind, Header, LAST_TIME, ObjectHash, Owned, SetupData, SizedTally,
};
use super::read::Archive;
use super::tar::{self, TarFault};

/// An archive that grows. Objects are taken as their exact bytes and not looked into: [`crate::verify`] does that.
///
/// ```
/// # use tally::archive::{Archive, ArchiveWriter};
/// # let (election, trustees, roll, ballot) = (b"{}", b"[]", b"[1]", b"{\"b\":1}");
/// let mut archive = ArchiveWriter::setup(1_768_500_000, election, trustees, roll)?;
/// archive.ballot(ballot)?;
/// archive.end_ballots()?;
/// let bytes = archive.into_bytes(); // what a scrutineer's device checks and decrypts
/// assert_eq!(Archive::read(&bytes)?.ballots.len(), 1);
/// # Ok::<(), tally::archive::ArchiveError>(())
/// ```
#[derive(Clone, Debug)]
pub struct ArchiveWriter {
    bytes: Vec<u8>,
    time: u64,
    last: Option<ObjectHash>,
    height: u64,
    stage: Stage,
}

impl ArchiveWriter {
    /// Begins an archive. `time` is in seconds since 1970; the roll is the public-credentials object.
    pub fn setup(
        time: u64,
        election: &[u8],
        trustees: &[u8],
        roll: &[u8],
    ) -> Result<Self, ArchiveError> {
        let mut archive = Self {
            bytes: Vec::new(),
            time: time.min(LAST_TIME),
            last: None,
            height: 0,
            stage: Stage::Empty,
        };
        let header = Header {
            timestamp: archive.time,
        };
        archive.entry("BELENIOS", header.to_json().as_bytes())?;
        let setup = SetupData {
            election: archive.data(election)?,
            trustees: archive.data(trustees)?,
            credentials: archive.data(roll)?,
            certificate: None,
        };
        let payload = archive.data(setup.to_json().as_bytes())?;
        archive.event(EventKind::Setup, Some(payload))?;
        Ok(archive)
    }

    /// Goes on with an archive that was read.
    pub fn resume(bytes: Vec<u8>) -> Result<Self, ArchiveError> {
        let (time, last, height, stage) = {
            let archive = Archive::read(&bytes)?;
            (
                archive.timestamp,
                archive.last,
                archive.height,
                archive.stage,
            )
        };
        Ok(Self {
            bytes,
            time,
            last,
            height,
            stage,
        })
    }

    /// Adds a ballot.
    pub fn ballot(&mut self, ballot: &[u8]) -> Result<(), ArchiveError> {
        self.expect(EventKind::Ballot)?;
        let payload = self.data(ballot)?;
        self.event(EventKind::Ballot, Some(payload))
    }

    /// Ends the ballots.
    pub fn end_ballots(&mut self) -> Result<(), ArchiveError> {
        self.event(EventKind::EndBallots, None)
    }

    /// Adds the encrypted tally of `ballots` ballots (the last of each credential) of `weight` in all.
    pub fn encrypted_tally(
        &mut self,
        tally: &[u8],
        ballots: u64,
        weight: u64,
    ) -> Result<(), ArchiveError> {
        self.expect(EventKind::EncryptedTally)?;
        let sized = SizedTally {
            num_tallied: ballots,
            total_weight: weight,
            encrypted_tally: self.data(tally)?,
        };
        let payload = self.data(sized.to_json().as_bytes())?;
        self.event(EventKind::EncryptedTally, Some(payload))
    }

    /// Adds the partial decryption of trustee number `owner`, from 1.
    pub fn partial_decryption(&mut self, owner: u32, partial: &[u8]) -> Result<(), ArchiveError> {
        self.expect(EventKind::PartialDecryption)?;
        let owned = Owned {
            owner,
            payload: self.data(partial)?,
        };
        let payload = self.data(owned.to_json().as_bytes())?;
        self.event(EventKind::PartialDecryption, Some(payload))
    }

    /// Adds the result. Nothing can follow.
    pub fn result(&mut self, result: &[u8]) -> Result<(), ArchiveError> {
        self.expect(EventKind::Result)?;
        let payload = self.data(result)?;
        self.event(EventKind::Result, Some(payload))
    }

    /// How far it has come.
    pub fn stage(&self) -> Stage {
        self.stage
    }

    /// The archive so far.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The archive.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    fn expect(&self, kind: EventKind) -> Result<Stage, ArchiveError> {
        self.stage.after(kind).ok_or(ArchiveError::OutOfOrder {
            height: self.height,
            kind,
            after: self.stage,
        })
    }

    fn event(&mut self, kind: EventKind, payload: Option<ObjectHash>) -> Result<(), ArchiveError> {
        let stage = self.expect(kind)?;
        let event = Event {
            parent: self.last,
            height: self.height,
            kind,
            payload,
        }
        .to_json();
        let hash = ObjectHash::of(event.as_bytes());
        self.entry(&format!("{hash}.event.json"), event.as_bytes())?;
        self.last = Some(hash);
        self.height += 1;
        self.stage = stage;
        Ok(())
    }

    fn data(&mut self, bytes: &[u8]) -> Result<ObjectHash, ArchiveError> {
        let hash = ObjectHash::of(bytes);
        self.entry(&format!("{hash}.data.json"), bytes)?;
        Ok(hash)
    }

    fn entry(&mut self, name: &str, body: &[u8]) -> Result<(), ArchiveError> {
        let fault = ArchiveError::Tar {
            offset: self.bytes.len(),
            fault: TarFault::TooLarge,
        };
        let header = tar::header(name, body.len(), self.time).ok_or(fault)?;
        self.bytes.extend_from_slice(&header);
        self.bytes.extend_from_slice(body);
        self.bytes
            .resize(self.bytes.len() + tar::padding(body.len()), 0);
        Ok(())
    }
}
