//! What the audit trail says of the demo, whose people are not there.

use domain::infra::ids::{AccountId, JurisdictionId};
use domain::proposals::ProposalId;

domain::audit_events! {
    /// What the demo does in its people's place.
    pub(crate) enum DemoEvent {
        Enrol { jurisdiction: JurisdictionId } = DemoEnrol,
        Support { proposal: ProposalId } = DemoSupport,
        SignIn { account: AccountId } = DemoSignIn,
    }
}
