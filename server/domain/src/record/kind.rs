//! What kinds of facts the record holds. A room that publishes a new kind adds it here, with its words in
//! `i18n/*/record.ftl` (`entry-<name>`).

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident = $name:literal,)*) => {
        /// What kind of fact an entry states.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum EntryKind {
            $($(#[$doc])* $kind,)*
        }

        impl EntryKind {
            /// All kinds.
            pub const ALL: &[Self] = &[$(Self::$kind,)*];

            /// The name in the entry's header: lower-case words joined by hyphens.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$kind => $name,)*
                }
            }
        }
    };
}

kinds! {
    /// A cycle begins, or moves to another stage.
    CycleStage = "cycle-stage",
    /// The office accepts a proposal.
    ProposalAccepted = "proposal-accepted",
    /// Proposals that ask for the same are put into one cluster.
    ProposalsMerged = "proposals-merged",
    /// A proposal is taken out of its cluster again.
    ProposalSplit = "proposal-split",
    /// Whether a cluster is feasible, or why not.
    ScreeningDecision = "screening-decision",
    /// The candidates are published.
    ShortlistPublished = "shortlist-published",
    /// A published candidate is changed, with the reason.
    ShortlistAmended = "shortlist-amended",
    /// A poll is made: what it decides, what is voted on.
    PollCreated = "poll-created",
    /// The meeting has adopted a poll's rules; the body holds them.
    PollRules = "poll-rules",
    /// A poll's roll, keys and election are fixed; the body holds them.
    PollFrozen = "poll-frozen",
    /// Voting begins.
    PollOpened = "poll-opened",
    /// A ballot; the body is its exact bytes.
    PollBallot = "poll-ballot",
    /// Voting is over.
    PollClosed = "poll-closed",
    /// A scrutineer has decrypted; until the announcement only the hash of the part is here.
    PollPartial = "poll-partial",
    /// The result: counts, partial decryptions, decision.
    PollAnnounced = "poll-announced",
    /// A chosen candidate is handed over to its unit, with its plan.
    ProjectHandover = "project-handover",
    /// A unit's monthly report, or a correction of it.
    ProjectReport = "project-report",
    /// A milestone was reached.
    ProjectMilestone = "project-milestone",
    /// A unit delivered a project.
    ProjectDelivered = "project-delivered",
    /// The office accepted a project.
    ProjectAccepted = "project-accepted",
    /// The deputies' verdict on a project, with its counts.
    EvaluationVerdict = "evaluation-verdict",
    /// A project is sent back to its unit, with a deadline.
    ReworkOrdered = "rework-ordered",
    /// What the unit did about it.
    ReworkAnswered = "rework-answered",
    /// An entry's body is no longer shown, with the public reason.
    BodyTakenDown = "body-taken-down",
}

impl EntryKind {
    /// The kind of this name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_kind_has_its_own_name() {
        let names: BTreeSet<_> = EntryKind::ALL.iter().map(|kind| kind.name()).collect();
        assert_eq!(names.len(), EntryKind::ALL.len());
    }
}
