//! What a jurisdiction and a cycle are, and how a cycle moves from stage to stage.

use super::settings::{Settings, usual};
use crate::infra::ids::{CycleId, JurisdictionId};
use crate::name_enum;
use crate::record::change::Scope;
use crate::record::values::recorded_as;
use tally::record::body;

/// A jurisdiction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Jurisdiction {
    /// Its id.
    pub id: JurisdictionId,
    /// Its name in URLs: lower-case letters, digits and hyphens.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: JurisdictionKind,
    /// The jurisdiction above it.
    pub parent: Option<JurisdictionId>,
    /// What it settles for itself, as it is now.
    pub settings: Settings,
    /// The number of these settings; the first are 1.
    pub settings_version: i32,
}

impl Jurisdiction {
    /// A new jurisdiction, with the usual settings of its kind.
    pub fn new(id: JurisdictionId, slug: &str, name: &str, kind: JurisdictionKind) -> Self {
        Self {
            id,
            slug: slug.to_owned(),
            name: name.to_owned(),
            kind,
            parent: None,
            settings: usual(kind).clone(),
            settings_version: 1,
        }
    }
}

name_enum! {
    /// What a jurisdiction is: it decides who may approve changes and whether a vote binds.
    pub enum JurisdictionKind {
        /// 省
        Province = "province",
        /// 市
        City = "city",
        /// 县、区
        County = "county",
        /// 乡镇: has a congress but no standing committee.
        Town = "town",
        /// 街道: has no congress; its residents' council holds an advisory vote.
        Street = "street",
    }
}

impl JurisdictionKind {
    /// Whether a vote held here only advises.
    pub const fn is_advisory(self) -> bool {
        matches!(self, Self::Street)
    }
}

/// One year's cycle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cycle {
    /// Its id.
    pub id: CycleId,
    /// Whose it is.
    pub jurisdiction: JurisdictionId,
    /// The year of implementation.
    pub year: i32,
    /// The congress's term (届).
    pub term: i32,
    /// The session within the term (次).
    pub session: i32,
    /// How many projects are to be chosen.
    pub places: i32,
    /// The stage reached.
    pub stage: Stage,
}

impl Cycle {
    /// Where changes in this cycle belong.
    pub const fn scope(&self) -> Scope {
        Scope {
            jurisdiction: self.jurisdiction,
            cycle: Some(self.id),
        }
    }
}

name_enum! {
    /// The stages of the closed loop (domain: 群众提、代表决、政府办、人大评).
    ///
    /// ```mermaid
    /// stateDiagram-v2
    ///     collecting --> screening
    ///     screening --> shortlisted
    ///     shortlisted --> voting
    ///     voting --> implementing
    ///     implementing --> evaluating
    ///     evaluating --> implementing
    ///     evaluating --> closed
    /// ```
    ///
    /// [`Self::name`]: the stage's name in code, URLs and translation keys (`stage-<name>`).
    pub enum Stage {
        /// 征集
        Collecting = "collecting",
        /// 筛选
        Screening = "screening",
        /// 初步候选、公示
        Shortlisted = "shortlisted",
        /// 票决
        Voting = "voting",
        /// 实施
        Implementing = "implementing",
        /// 测评
        Evaluating = "evaluating",
        /// 归档
        Closed = "closed",
    }
}

recorded_as!(Stage => body::Stage {
    Collecting Screening Shortlisted Voting Implementing Evaluating Closed
});

/// A step that the closed loop does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a cycle does not go from {from:?} to {to:?}")]
pub struct StageError {
    /// Where the cycle is.
    pub from: Stage,
    /// Where it was to go.
    pub to: Stage,
}

impl Stage {
    /// The stage after a step to `to`, if the loop has that step. A mid-year evaluation leads back to
    /// implementing.
    pub fn advance(self, to: Self) -> Result<Self, StageError> {
        match (self, to) {
            (Self::Collecting, Self::Screening)
            | (Self::Screening, Self::Shortlisted)
            | (Self::Shortlisted, Self::Voting)
            | (Self::Voting, Self::Implementing)
            | (Self::Implementing, Self::Evaluating)
            | (Self::Evaluating, Self::Implementing | Self::Closed) => Ok(to),
            (from, to) => Err(StageError { from, to }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loop_s_steps_are_exactly_the_diagram_s() {
        let source = include_str!("cycle.rs");
        let drawn: Vec<(&str, &str)> = source
            .lines()
            .filter_map(|line| {
                line.trim_start()
                    .trim_start_matches("///")
                    .trim()
                    .split_once(" --> ")
            })
            .collect();
        for from in Stage::ALL {
            for to in Stage::ALL {
                let in_diagram = drawn.contains(&(from.name(), to.name()));
                assert_eq!(from.advance(to).is_ok(), in_diagram, "{from:?} → {to:?}");
            }
        }
    }
}
