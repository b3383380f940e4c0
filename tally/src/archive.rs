//! Election archives (`.bel`): a tar of hashed objects and a chain of events. Specification 3.3.0, section 4.3.
//!
//! * [`tar`]: the entries, in their one canonical form
//! * [`objects`]: events and the small objects that bind others together
//! * [`Archive::read`]: the whole archive, its chain and its order of events checked, nothing decrypted or proved
//! * `Outline`: the same of an archive that is read from elsewhere and not kept, with the places of its ballots
//! * [`ArchiveWriter`]: an archive that grows event by event
//!
//! ```mermaid
//! stateDiagram-v2
//!     [*] --> Voting: Setup
//!     Voting --> Voting: Ballot
//!     Voting --> Ended: EndBallots
//!     Ended --> Tallied: EncryptedTally
//!     Tallied --> Decrypting: PartialDecryption
//!     Decrypting --> Decrypting: PartialDecryption
//!     Decrypting --> Finished: Result
//!     Finished --> [*]
//! ```

mod chain;
mod error;
pub mod objects;
mod read;
mod stream;
pub mod tar;
mod write;

pub use chain::Stage;
pub use error::ArchiveError;
pub use objects::{EventKind, ObjectHash};
pub use read::{Archive, BallotEntry, Contents, PartialEntry, ResultEntry, Setup, TallyEntry};
pub(crate) use stream::{Outline, OutlineError, Place, Source};
pub use write::ArchiveWriter;
