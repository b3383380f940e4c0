//! The proofs beside the archive that bind the trustees' decryption factors, which version 1's own proofs do not.

use std::collections::BTreeMap;

use ballot::proof::Proof;
use ballot::trustee::{TrusteeId, Trustees};
use ballot::wire::{Reader, Wire, WireError, WireFault, Writer};
use ballot::{BoundDecryption, Election, EncryptedTally, Group, PartialDecryption};

use super::Failure;

/// The file of the proofs in a bundle.
pub(crate) const BINDINGS: &str = "bindings.json";

/// A proof for each partial decryption of the archive, by its owner. As JSON it is `bindings.json`:
/// `[{"owner":1,"binding":{"challenge":"…","response":"…"}},…]`, in ascending order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bindings<G: Group>(BTreeMap<TrusteeId, Proof<G>>);

impl<G: Group> Bindings<G> {
    /// Those of partial decryptions that have been verified.
    pub fn of<'b>(bound: impl IntoIterator<Item = (TrusteeId, &'b BoundDecryption<G>)>) -> Self {
        let binding =
            |(owner, bound): (TrusteeId, &BoundDecryption<G>)| (owner, bound.binding.clone());
        Self(bound.into_iter().map(binding).collect())
    }

    /// Checks that the factors of each partial decryption are bound, and that nothing else is.
    pub(super) fn check(
        &self,
        election: &Election<G>,
        trustees: &Trustees<G>,
        tally: &EncryptedTally<G>,
        partials: &BTreeMap<TrusteeId, PartialDecryption<G>>,
    ) -> Result<(), Failure> {
        for (owner, partial) in partials {
            let refused = |reason, message: &str| {
                let trustee = Some(format!("trustee {owner}"));
                Err(failure(trustee, reason, message))
            };
            let key = trustees.verification_key(*owner);
            let (Some(binding), Some(key)) = (self.0.get(owner), key) else {
                return refused(
                    "missing",
                    "nothing binds the factors of its partial decryption",
                );
            };
            let verdict = partial.verify_binding(binding, tally, key.public_key(), election);
            if let Err(error) = verdict {
                return refused("invalid", &error.to_string());
            }
        }
        match self.0.keys().find(|owner| !partials.contains_key(*owner)) {
            None => Ok(()),
            Some(owner) => {
                let trustee = Some(format!("trustee {owner}"));
                let message = "the archive has no valid partial decryption of this trustee";
                Err(failure(trustee, "unexpected", message))
            }
        }
    }
}

/// Reads the file and checks it.
pub(super) fn check<G: Group>(
    file: &[u8],
    election: &Election<G>,
    trustees: &Trustees<G>,
    tally: &EncryptedTally<G>,
    partials: &BTreeMap<TrusteeId, PartialDecryption<G>>,
) -> Result<(), Failure> {
    let bindings = Bindings::<G>::from_json(file)
        .map_err(|error| failure(Some(BINDINGS.to_owned()), "encoding", &error.to_string()))?;
    bindings.check(election, trustees, tally, partials)
}

fn failure(object: Option<String>, reason: &'static str, message: &str) -> Failure {
    Failure::new("bindings", object, reason, message)
}

/// One proof with its owner.
struct Owned<G: Group> {
    owner: TrusteeId,
    binding: Proof<G>,
}

impl<G: Group> Wire for Owned<G> {
    fn write(&self, out: &mut Writer) {
        out.object(|o| {
            o.member("owner", &self.owner);
            o.member("binding", &self.binding);
        });
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        reader.object(|o| {
            Ok(Self {
                owner: o.required("owner")?,
                binding: o.required("binding")?,
            })
        })
    }
}

impl<G: Group> Wire for Bindings<G> {
    fn write(&self, out: &mut Writer) {
        let all: Vec<Owned<G>> = self
            .0
            .iter()
            .map(|(owner, binding)| Owned {
                owner: *owner,
                binding: binding.clone(),
            })
            .collect();
        all.write(out);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let all: Vec<Owned<G>> = Wire::read(reader)?;
        if !all.is_sorted_by(|a, b| a.owner < b.owner) {
            return Err(reader.fault(WireFault::Invalid("owners in ascending order expected")));
        }
        Ok(Self(
            all.into_iter()
                .map(|one| (one.owner, one.binding))
                .collect(),
        ))
    }
}
