//! What waits for a resident, and for whoever else has proposed or commented: answers to read, projects to rate.

use super::{Act, CycleAct, Search, store};
use crate::cycles::Stage;
use crate::infra::database::{DatabaseError, Tx};
use crate::people::Role;

/// For so long an answer is news: when somebody last looked is written nowhere.
const NEWS_DAYS: i64 = 30;

impl Search<'_> {
    pub(super) async fn residents(&mut self, tx: &mut Tx) -> Result<(), DatabaseError> {
        let account = self.viewer.account;
        if self.viewer.holds_anywhere(Role::Resident) {
            for (cycle, left) in store::unrated(tx, account).await? {
                let running = [Stage::Implementing, Stage::Evaluating];
                if self.place_in(cycle, &running).is_some() {
                    let act = CycleAct::Rate;
                    self.add(cycle, Act::OfCycle { act, left }, None);
                }
            }
        }
        let since = self.app.clock.now().plus_days(-NEWS_DAYS);
        for (cycle, proposal, title) in store::answered(tx, account, since).await? {
            self.add(cycle, Act::ReadAnswer { proposal, title }, None);
        }
        for (cycle, left) in store::answered_comments(tx, account, since).await? {
            let act = CycleAct::ReadCommentAnswers;
            self.add(cycle, Act::OfCycle { act, left }, None);
        }
        Ok(())
    }
}
