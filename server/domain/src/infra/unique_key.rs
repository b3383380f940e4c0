//! The unique keys by whose refusal a use case learns that something is there already.

/// Declares the keys: the constraint's name in the migrations of both databases, and its columns, by which SQLite
/// tells of it.
macro_rules! unique_keys {
    ($($(#[$doc:meta])* $key:ident = $name:literal on $columns:literal;)+) => {
        /// A unique key, named in the migrations.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum UniqueKey {
            $($(#[$doc])* $key,)+
        }

        impl UniqueKey {
            /// Every key that somebody asks for.
            pub const ALL: &[Self] = &[$(Self::$key),+];

            /// The constraint's name.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$key => $name,)+
                }
            }

            /// `table.column, …` in the key's order.
            const fn columns(self) -> &'static str {
                match self {
                    $(Self::$key => $columns,)+
                }
            }
        }
    };
}

unique_keys! {
    /// One account a contact.
    AccountContactsLookup = "account_contacts_lookup" on "account_contacts.lookup";
    /// One candidate a code in a cycle.
    CandidatesCode = "candidates_code" on "candidates.jurisdiction, candidates.cycle, candidates.code";
    /// One cluster a proposal.
    ClusterMembersOneCluster = "cluster_members_one_cluster"
        on "cluster_members.jurisdiction, cluster_members.proposal";
    /// One version a number of a cycle's schedule.
    CycleSchedulesVersion = "cycle_schedules_version"
        on "cycle_schedules.jurisdiction, cycle_schedules.cycle, cycle_schedules.version";
    /// One cycle a year in a jurisdiction.
    CyclesYear = "cycles_year" on "cycles.jurisdiction, cycles.year";
    /// One deputy a number on a roster.
    DeputiesNumber = "deputies_number" on "deputies.jurisdiction, deputies.number";
    /// One account a passkey.
    FactorsCredential = "factors_credential" on "factors.credential_hash";
    /// One version a number of a jurisdiction's settings.
    JurisdictionSettingsVersion = "jurisdiction_settings_version"
        on "jurisdiction_settings.jurisdiction, jurisdiction_settings.version";
    /// One jurisdiction a slug.
    JurisdictionsSlug = "jurisdictions_slug" on "jurisdictions.slug";
    /// One announcement a number and year in a jurisdiction.
    PollAnnouncementsNumber = "poll_announcements_number"
        on "poll_announcements.jurisdiction, poll_announcements.year, poll_announcements.number";
    /// One ballot a credential in a poll.
    PollBallotsCredential = "poll_ballots_credential"
        on "poll_ballots.jurisdiction, poll_ballots.poll, poll_ballots.credential";
    /// One place in the box a ballot.
    PollBallotsTracker = "poll_ballots_tracker" on "poll_ballots.tracker";
    /// One deputy a credential in a poll.
    PollLinksCredential = "poll_links_credential"
        on "poll_links.jurisdiction, poll_links.poll, poll_links.credential_mac";
    /// One teller types one of the two lists of a poll's papers.
    PollPaperListsAccount = "poll_paper_lists_account"
        on "poll_paper_lists.jurisdiction, poll_paper_lists.poll, poll_paper_lists.account";
    /// One poll of a kind under way in a cycle.
    PollsOneRunning = "polls_one_running" on "polls.jurisdiction, polls.cycle, polls.kind";
    /// One report a month and version of a project.
    ProjectReportsOnce = "project_reports_once"
        on "project_reports.jurisdiction, project_reports.project, project_reports.month, project_reports.version";
    /// One verdict a poll on a project.
    ProjectVerdictsOnce = "project_verdicts_once"
        on "project_verdicts.jurisdiction, project_verdicts.project, project_verdicts.poll";
    /// One project a code in a cycle.
    ProjectsCode = "projects_code" on "projects.jurisdiction, projects.cycle, projects.code";
    /// One offer of a role to a contact.
    RoleOffersOnce = "role_offers_once" on "role_offers.jurisdiction, role_offers.lookup, role_offers.role";
    /// One unit a name in a jurisdiction.
    UnitsName = "units_name" on "units.jurisdiction, units.name";
}

impl UniqueKey {
    /// Whether a database tells of this key: PostgreSQL by the constraint's name, SQLite, which keeps no names of
    /// unique keys, by their columns.
    pub(super) fn is_told_by(self, error: &dyn sqlx::error::DatabaseError) -> bool {
        error.constraint() == Some(self.name())
            || error
                .message()
                .strip_prefix("UNIQUE constraint failed: ")
                .is_some_and(|columns| columns == self.columns())
    }
}
