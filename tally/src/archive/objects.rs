//! Events, and the small objects that bind others together by hash.

use std::fmt;

use ballot::Tracker;
use ballot::wire::{Reader, Weight, Wire, WireError, WireFault, Writer};
use sha2::{Digest, Sha256};

/// SHA-256 of an object's bytes, 64 lowercase hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectHash([u8; 32]);

impl ObjectHash {
    /// The hash of an object.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Reads 64 lowercase hexadecimal digits.
    pub fn from_hex(text: &str) -> Option<Self> {
        let lower = text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let bytes = hex::decode(text).ok()?;
        lower.then_some(Self(bytes.try_into().ok()?))
    }

    /// Its 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The hash that a tracker is.
    pub fn of_tracker(tracker: &Tracker) -> Self {
        Self(*tracker.bytes())
    }

    /// As ballots are tracked by it.
    pub fn digest(&self) -> Tracker {
        Tracker::from_bytes(self.0)
    }

    /// The same as text: base64, without padding.
    pub fn tracker(&self) -> String {
        self.digest().to_string()
    }
}

impl fmt::Display for ObjectHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for ObjectHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ObjectHash({self})")
    }
}

impl Wire for ObjectHash {
    fn write(&self, out: &mut Writer) {
        out.string(&self.to_string());
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.plain_string(|text| {
            Self::from_hex(text).ok_or(WireFault::Invalid(
                "64 lowercase hexadecimal digits expected",
            ))
        })
    }
}

/// The first entry, `BELENIOS`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// Seconds since 1970; every tar entry carries it.
    pub timestamp: u64,
}

/// The longest time that a tar header can write: eleven octal digits.
pub(super) const LAST_TIME: u64 = (1 << 33) - 1;

impl Wire for Header {
    fn write(&self, out: &mut Writer) {
        out.object(|o| {
            o.member("version", &1_u64);
            o.member("timestamp", &self.timestamp.to_string());
        });
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.object(|o| {
            o.required_with("version", |r| match r.number()? {
                1 => Ok(()),
                _ => Err(r.fault(WireFault::Unsupported("an archive version other than 1"))),
            })?;
            let timestamp = o.required_with("timestamp", |r| {
                r.plain_string(|text| {
                    let time = text.parse().ok().filter(|time| *time <= LAST_TIME);
                    time.ok_or(WireFault::Invalid("seconds since 1970 expected"))
                })
            })?;
            Ok(Self { timestamp })
        })
    }
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// The election, its trustees and its roll.
    Setup,
    /// A ballot.
    Ballot,
    /// No more ballots.
    EndBallots,
    /// The sum of the ballots.
    EncryptedTally,
    /// A trustee's part of the decryption.
    PartialDecryption,
    /// The counts.
    Result,
}

impl EventKind {
    /// The name in the archive.
    pub fn name(self) -> &'static str {
        match self {
            Self::Setup => "Setup",
            Self::Ballot => "Ballot",
            Self::EndBallots => "EndBallots",
            Self::EncryptedTally => "EncryptedTally",
            Self::PartialDecryption => "PartialDecryption",
            Self::Result => "Result",
        }
    }
}

impl Wire for EventKind {
    fn write(&self, out: &mut Writer) {
        out.string(self.name());
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.plain_string(|text| match text {
            "Setup" => Ok(Self::Setup),
            "Ballot" => Ok(Self::Ballot),
            "EndBallots" => Ok(Self::EndBallots),
            "EncryptedTally" => Ok(Self::EncryptedTally),
            "PartialDecryption" => Ok(Self::PartialDecryption),
            "Result" => Ok(Self::Result),
            "Shuffle" | "EndShuffles" => Err(WireFault::Unsupported("shuffles")),
            _ => Err(WireFault::Invalid("unknown type of event")),
        })
    }
}

/// One link of the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// The event before; none for the first.
    pub parent: Option<ObjectHash>,
    /// 0 for the first.
    pub height: u64,
    /// What happened.
    pub kind: EventKind,
    /// The object it is about; none for the end of ballots.
    pub payload: Option<ObjectHash>,
}

impl Wire for Event {
    fn write(&self, out: &mut Writer) {
        out.object(|o| {
            o.optional("parent", self.parent.as_ref());
            o.member("height", &self.height);
            o.member("type", &self.kind);
            o.optional("payload", self.payload.as_ref());
        });
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.object(|o| {
            Ok(Self {
                parent: o.optional("parent")?,
                height: o.required("height")?,
                kind: o.required("type")?,
                payload: o.optional("payload")?,
            })
        })
    }
}

/// Payload of `Setup`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SetupData {
    /// The election object.
    pub election: ObjectHash,
    /// The trustees object.
    pub trustees: ObjectHash,
    /// The public credentials: the roll.
    pub credentials: ObjectHash,
    /// The credential authority's certificate of the roll, where it has made one.
    pub certificate: Option<ObjectHash>,
}

impl Wire for SetupData {
    fn write(&self, out: &mut Writer) {
        out.object(|o| {
            o.member("election", &self.election);
            o.member("trustees", &self.trustees);
            o.member("credentials", &self.credentials);
            o.optional("credentials_certificate", self.certificate.as_ref());
        });
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.object(|o| {
            Ok(Self {
                election: o.required("election")?,
                trustees: o.required("trustees")?,
                credentials: o.required("credentials")?,
                certificate: o.optional("credentials_certificate")?,
            })
        })
    }
}

/// Payload of `EncryptedTally`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SizedTally {
    /// Ballots counted: the last of each credential.
    pub num_tallied: u64,
    /// Sum of their weights.
    pub total_weight: u64,
    /// The encrypted tally.
    pub encrypted_tally: ObjectHash,
}

impl Wire for SizedTally {
    fn write(&self, out: &mut Writer) {
        out.object(|o| {
            o.member("num_tallied", &self.num_tallied);
            o.member("total_weight", &Weight(self.total_weight));
            o.member("encrypted_tally", &self.encrypted_tally);
        });
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.object(|o| {
            Ok(Self {
                num_tallied: o.required("num_tallied")?,
                total_weight: o.required::<Weight>("total_weight")?.0,
                encrypted_tally: o.required("encrypted_tally")?,
            })
        })
    }
}

/// Payload of `PartialDecryption`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owned {
    /// The trustee's number, from 1.
    pub owner: u32,
    /// The partial decryption.
    pub payload: ObjectHash,
}

impl Wire for Owned {
    fn write(&self, out: &mut Writer) {
        out.object(|o| {
            o.member("owner", &self.owner);
            o.member("payload", &self.payload);
        });
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.object(|o| {
            Ok(Self {
                owner: o.required("owner")?,
                payload: o.required("payload")?,
            })
        })
    }
}
