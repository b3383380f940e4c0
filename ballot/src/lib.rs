//! How one deputy's choice becomes a sealed, signed ballot.
//!
//! The protocol is Belenios' crypto version 1 (specification 3.3.0): exponential ElGamal in a group behind the
//! [`Group`] trait, proofs that each choice is 0 or 1 and that their sum is within bounds, a signature under the
//! voter's credential, and trustees who can only together read the sum of all ballots.
//!
//! The crate is pure: randomness is a parameter, and there is no clock, no file and no network. The same code runs
//! natively and as WebAssembly (`ballot/wasm`). It knows ballots and keys, not congresses and not archives.
//!
//! | what | where |
//! |---|---|
//! | an election, its questions, its fingerprint φ | [`Election`], [`Question`] |
//! | the rule and the roll that an election's description binds | [`BindingLines`] |
//! | a voter's secret and its public part, the roll | [`Credential`], [`PublicCredentials`] |
//! | the credential authority's certificate of the roll | [`CredentialsCertificate`] |
//! | paper in the same count: reserved credentials, what two tellers compare | [`PaperSecret`], [`ComparisonKey`] |
//! | sealing a choice | [`seal`], [`Choices`], [`Opening`] |
//! | a ballot, its tracker, checking it | [`Ballot`], [`BallotError`] |
//! | trustees' keys, and how t of n make one together | [`trustee`], [`trustee::ceremony`] |
//! | the sum of ballots, partial decryptions, the result | [`EncryptedTally`], [`PartialDecryption`], [`BoundDecryption`], [`ElectionResult`] |
//! | the one encoding of each object | [`wire`] |
//!
//! ```
//! use ballot::{Choices, Credential, Ed25519, Election, Question, Uuid, seal};
//! use ballot::trustee::{SecretKey, Trustees};
//! use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
//!
//! let mut rng = ChaCha20Rng::from_seed([7; 32]); // in earnest: from the operating system
//! let key = SecretKey::<Ed25519>::generate(&mut rng);
//! let trustees = Trustees::of_singles([key.verification_key(&mut rng)]);
//! let question = Question::new("Which ones?", ["Road", "School", "Clinic"], 0, 2)?;
//! let election = Election::<Ed25519>::build(
//!     Uuid::generate(&mut rng), "Projects", "Tick at most two.", trustees.joint_key(), vec![question])?;
//!
//! let credential = Credential::generate(&mut rng);
//! let sealed = seal(&election, &credential, &Choices::from([vec![true, false, true]]), &mut rng)?;
//! sealed.ballot.verify(&election)?;
//! println!("tracker {}", sealed.ballot.tracker());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![deny(missing_docs)]
#![forbid(unsafe_code)]
#![warn(unreachable_pub)]

mod ballot;
mod binding;
mod certificate;
mod choices;
mod context;
mod credential;
mod decimal;
mod decryption;
mod description;
mod digest;
mod election;
mod elgamal;
pub mod group;
mod opening;
mod paper;
mod print;
pub mod proof;
mod question;
mod seal;
mod statement;
pub mod trustee;
mod uuid;
mod verify;
pub mod wire;

pub use ballot::{Answer, Ballot, Signature, credential_of_ballot};
pub use binding::{BoundDecryption, Opened, RefusedPartial, Unopened};
pub use certificate::{CertificateError, CredentialsCertificate};
pub use choices::{Choices, SealError};
pub use credential::{
    Credential, CredentialError, CredentialKey, PublicCredential, PublicCredentials,
};
pub use decryption::{DecryptionError, ElectionResult, EncryptedTally, PartialDecryption};
pub use description::{BindingError, BindingLine, BindingLines};
pub use digest::{Digest, Fingerprint, Tracker};
pub use election::{Election, group_of_election};
pub use elgamal::Ciphertext;
pub use group::{Belenios2048, Ed25519, Group};
pub use opening::{Opening, OpeningError};
pub use paper::{ComparisonKey, PaperSecret, SheetMark};
pub use print::Print;
pub use question::{ElectionError, Question};
pub use seal::{Sealed, seal, seal_with_key};
pub use uuid::{Uuid, UuidError};
pub use verify::{BallotError, ProofKind};
pub use wire::{Wire, WireError};
