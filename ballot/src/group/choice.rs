//! Groups that are known only at run time: an election names its own.

use super::{Belenios2048, Ed25519, Group};

/// Something that is done in the group that an election names.
pub trait InGroup {
    /// What comes out, the same type in every group.
    type Output;

    /// Does it.
    fn run<G: Group>(self) -> Self::Output;
}

/// Does `work` in the group called `name`; nothing if there is no such group here.
pub fn in_group<W: InGroup>(name: &str, work: W) -> Option<W::Output> {
    match name {
        Ed25519::NAME => Some(work.run::<Ed25519>()),
        Belenios2048::NAME => Some(work.run::<Belenios2048>()),
        _ => None,
    }
}
