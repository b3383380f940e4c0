//! What trustees state of an election before anything is decrypted, each with its signature.
//!
//! | statement | after | what its signature's hash names |
//! |---|---|---|
//! | [`Approval`] | the freeze | [`APPROVAL`] |
//! | [`Closing`] | the close, before any decryption; once for an election, ever | [`CLOSING`] |
//!
//! A signature names everything that it is about, by whom, and the signer's key.

#[cfg(test)]
mod tests;

use rand_core::CryptoRng;

use super::{APPROVAL, CLOSING, SigningKey, TrusteeId, TrusteeKind, Trustees};
use crate::description::{BindingError, BindingLines};
use crate::digest::Digest;
use crate::election::Election;
use crate::group::Group;
use crate::print::Print;
use crate::proof::{Context, Proof};
use crate::wire::{Reader, Wire, WireError, Writer};

/// What a trustee can state. Its encoding is an object.
pub trait Statement: Wire + PartialEq {
    /// What the signature of a trustee names, who signs with this key, encoded: kind of statement, everything that it is about,
    /// signer.
    fn context(&self, trustee: TrusteeId, key: &str) -> Context;
}

/// This is the election that the device computes from rule, roll and the trustees of its ceremony.
/// Encoded as `{"fingerprint","rule","roll"}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approval {
    /// The election's fingerprint φ.
    pub fingerprint: Digest,
    /// SHA-256 of the exact rule.
    pub rule: Digest,
    /// SHA-256 of the exact roll.
    pub roll: Digest,
}

/// These ballots, and no others, are summed, and this is their sum. Encoded as `{"fingerprint","root","ballots","tally"}`;
/// `root` is left out where there is no public record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closing {
    /// The election's fingerprint φ.
    pub fingerprint: Digest,
    /// The root of the record under which the device took the ballots.
    pub root: Option<Digest>,
    /// How many ballots are summed.
    pub ballots: u64,
    /// SHA-256 of the encrypted tally.
    pub tally: Digest,
}

/// A statement with its signature. Encoded as `{"trustee","statement","signature"}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed<G: Group, S> {
    trustee: TrusteeId,
    statement: S,
    signature: Proof<G>,
}

/// How many of the trustees must state the same where they are not all in one room and compare prints aloud.
///
/// Of a group of n, of whom t decrypt and t − 1 may be corrupt and state two things, it is q = ⌊(n + t − 1)/2⌋ + 1: two sets of q share
/// t members, so that an honest one is in both. Of others all.
pub fn enough<G: Group>(trustees: &Trustees<G>) -> usize {
    let n = trustees.verification_keys().count();
    match trustees.kinds() {
        [TrusteeKind::Threshold(group)] => {
            let t = usize::try_from(group.threshold()).unwrap_or(usize::MAX);
            n.saturating_add(t).saturating_sub(1) / 2 + 1
        }
        _ => n,
    }
}

/// How many of the trustees must state the same at least, whatever they compare aloud.
///
/// Of a group as many as decrypt, if they are more than half: so two sets of them share a member, and an honest one is in each.
/// Between it and [`enough`] those who are in one room compare the prints aloud. Of others all.
pub fn fewest<G: Group>(trustees: &Trustees<G>) -> usize {
    let n = trustees.verification_keys().count();
    match trustees.kinds() {
        [TrusteeKind::Threshold(group)] => {
            let t = usize::try_from(group.threshold()).unwrap_or(usize::MAX);
            if t > n / 2 { t } else { enough(trustees) }
        }
        _ => n,
    }
}

impl Approval {
    /// The approval of an election, whose description binds rule and roll.
    ///
    /// # Errors
    /// [`BindingError`] if it binds none.
    pub fn of<G: Group>(
        election: &Election<G>,
        rule: &[u8],
        roll: &[u8],
    ) -> Result<Self, BindingError> {
        let (_, lines) = BindingLines::parse(election.description())?;
        lines.check_rule(rule)?;
        lines.check_roll(roll)?;
        Ok(Self {
            fingerprint: election.fingerprint(),
            rule: Digest::of(rule),
            roll: Digest::of(roll),
        })
    }

    /// What people compare of it.
    pub fn print(&self) -> Print {
        Print::of_election(&self.fingerprint)
    }
}

impl Closing {
    /// Whether both are of the same ballots and the same sum. Their roots may differ: the record grows while devices take the
    /// ballots from it one after the other, and each names what it has seen.
    pub fn agrees_with(&self, other: &Self) -> bool {
        let what = |one: &Self| (one.fingerprint, one.ballots, one.tally);
        what(self) == what(other)
    }

    /// What people compare of it.
    pub fn print(&self) -> Print {
        Print::of_tally(&self.tally)
    }
}

impl Statement for Approval {
    fn context(&self, trustee: TrusteeId, key: &str) -> Context {
        APPROVAL.context([
            &self.fingerprint.to_string(),
            &self.rule.to_string(),
            &self.roll.to_string(),
            &trustee.to_string(),
            key,
        ])
    }
}

impl Statement for Closing {
    fn context(&self, trustee: TrusteeId, key: &str) -> Context {
        CLOSING.context([
            &self.fingerprint.to_string(),
            &self.root.map(|root| root.to_string()).unwrap_or_default(),
            &self.ballots.to_string(),
            &self.tally.to_string(),
            &trustee.to_string(),
            key,
        ])
    }
}

impl<G: Group, S: Statement> Signed<G, S> {
    /// The trustee's statement. A closing is signed once for an election, ever: whoever calls this has made sure of that.
    pub fn sign(
        statement: S,
        trustee: TrusteeId,
        key: &SigningKey<G>,
        rng: &mut impl CryptoRng,
    ) -> Self {
        let context = statement.context(trustee, &G::encode(&key.public_key()));
        let signature = key.sign(&context, rng);
        Self {
            trustee,
            statement,
            signature,
        }
    }

    /// Who states it, if the signature holds.
    pub fn trustee(&self) -> TrusteeId {
        self.trustee
    }

    /// What is stated.
    pub fn statement(&self) -> &S {
        &self.statement
    }

    /// Whether it is signed by the trustee whom it names.
    pub fn is_signed(&self, trustees: &Trustees<G>) -> bool {
        let key = trustees.signing_key(self.trustee);
        key.is_some_and(|key| {
            let context = self.statement.context(self.trustee, &G::encode(key));
            self.signature.shows_knowledge(key, &context)
        })
    }
}

impl Wire for Approval {
    fn write(&self, out: &mut Writer) {
        out.object(|o| {
            o.member("fingerprint", &self.fingerprint);
            o.member("rule", &self.rule);
            o.member("roll", &self.roll);
        });
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.object(|o| {
            Ok(Self {
                fingerprint: o.required("fingerprint")?,
                rule: o.required("rule")?,
                roll: o.required("roll")?,
            })
        })
    }
}

impl Wire for Closing {
    fn write(&self, out: &mut Writer) {
        out.object(|o| {
            o.member("fingerprint", &self.fingerprint);
            o.optional("root", self.root.as_ref());
            o.member("ballots", &self.ballots);
            o.member("tally", &self.tally);
        });
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.object(|o| {
            Ok(Self {
                fingerprint: o.required("fingerprint")?,
                root: o.optional("root")?,
                ballots: o.required("ballots")?,
                tally: o.required("tally")?,
            })
        })
    }
}

impl<G: Group, S: Statement> Wire for Signed<G, S> {
    fn write(&self, out: &mut Writer) {
        out.object(|o| {
            o.member("trustee", &self.trustee);
            o.member("statement", &self.statement);
            o.member("signature", &self.signature);
        });
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.object(|o| {
            Ok(Self {
                trustee: o.required("trustee")?,
                statement: o.required("statement")?,
                signature: o.required("signature")?,
            })
        })
    }
}
