//! Groups that are known only at run time: an election names its own.

use super::{Belenios2048, Ed25519, Group};

/// The names of the groups that are here, the default first.
pub const GROUPS: [&str; 2] = [Ed25519::NAME, Belenios2048::NAME];

/// A name that is no group's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no group {0:?} here: it is Ed25519 or BELENIOS-2048")]
pub struct UnknownGroup(pub String);

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

#[cfg(test)]
mod tests {
    use super::*;

    struct Name;

    impl InGroup for Name {
        type Output = &'static str;

        fn run<G: Group>(self) -> Self::Output {
            G::NAME
        }
    }

    #[test]
    fn each_name_leads_to_its_group_and_others_nowhere() {
        for name in GROUPS {
            assert_eq!(in_group(name, Name), Some(name));
            let unknown = UnknownGroup("ed25519".to_owned()).to_string();
            assert!(unknown.contains(name), "{unknown}");
        }
        assert_eq!(in_group("ed25519", Name), None);
    }
}
