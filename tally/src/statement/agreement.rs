//! Whether enough devices have stated the same closing.

use std::collections::BTreeSet;
use std::fmt;

use ballot::Group;
use ballot::trustee::{Closing, Signed, TrusteeId, Trustees};

/// Who has stated the same, and who has not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Agreement {
    /// Those whose signed statements agree with it.
    pub alike: BTreeSet<TrusteeId>,
    /// The others whose statements are there.
    pub objections: Vec<Objection>,
}

/// A statement that does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Objection {
    /// It is not signed by the trustee whom it names.
    Signature(TrusteeId),
    /// Its trustee states other ballots: somebody has shown it another archive.
    Differs {
        /// Whose.
        trustee: TrusteeId,
        /// What it states.
        stated: Closing,
    },
}

/// Compares the statements that are there with one's own.
pub fn agreement<G: Group>(
    own: &Closing,
    statements: &[Signed<G, Closing>],
    trustees: &Trustees<G>,
) -> Agreement {
    let mut found = Agreement::default();
    for one in statements {
        let trustee = one.trustee();
        if !one.is_signed(trustees) {
            found.objections.push(Objection::Signature(trustee));
        } else if one.statement().agrees_with(own) {
            found.alike.insert(trustee);
        } else {
            let stated = one.statement().clone();
            found
                .objections
                .push(Objection::Differs { trustee, stated });
        }
    }
    found
}

impl fmt::Display for Objection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Signature(trustee) => {
                write!(
                    f,
                    "the closing statement of trustee {trustee} is not signed by it"
                )
            }
            Self::Differs { trustee, stated } => write!(
                f,
                "trustee {trustee} states {} ballots, print {}: it was shown another archive",
                stated.ballots,
                stated.print()
            ),
        }
    }
}
