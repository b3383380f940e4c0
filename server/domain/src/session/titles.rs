//! What polls, their rules and their items are called. These texts are signed by every ballot and published, so they
//! stand in the jurisdiction's language, whatever language is read by whoever makes the poll.

use super::poll::PollKind;
use crate::cycles::settings::meeting;
use crate::cycles::{Cycle, Jurisdiction};

/// A poll's title.
pub fn poll(kind: PollKind, year: i32) -> String {
    match kind {
        PollKind::Main | PollKind::RunOff | PollKind::SecondBallot => {
            format!("{year}年民生实事项目票决")
        }
        PollKind::Adoption => format!("关于{year}年民生实事项目的决议（草案）"),
        PollKind::Evaluation => format!("{year}年民生实事项目满意度测评"),
    }
}

/// The title of a poll that follows the one of this title.
pub fn following(kind: PollKind, main: &str, year: i32) -> String {
    match kind {
        PollKind::Adoption => poll(kind, year),
        PollKind::RunOff => format!("{main}（再次票决）"),
        PollKind::SecondBallot => format!("{main}（另行票决）"),
        PollKind::Main | PollKind::Evaluation => main.to_owned(),
    }
}

/// The usual title of a poll's rules.
pub fn rule(kind: PollKind, jurisdiction: &Jurisdiction, cycle: &Cycle) -> String {
    let subject = match kind {
        PollKind::Main | PollKind::RunOff | PollKind::SecondBallot | PollKind::Adoption => {
            "民生实事项目票决办法"
        }
        PollKind::Evaluation => "民生实事项目满意度测评办法",
    };
    let meeting = meeting(&jurisdiction.settings.body, cycle);
    format!("{}{}{subject}", jurisdiction.name, meeting.zh)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cycles::{JurisdictionKind, Stage};
    use crate::infra::ids::{CycleId, JurisdictionId};
    use uuid::Uuid;

    #[test]
    fn rules_are_called_after_the_meeting_that_adopts_them() {
        let id = JurisdictionId::from(Uuid::nil());
        let cycle = Cycle {
            id: CycleId::from(Uuid::nil()),
            jurisdiction: id,
            year: 2026,
            term: 18,
            session: 5,
            places: 10,
            stage: Stage::Voting,
        };
        let title = |name: &str, kind| {
            let jurisdiction = Jurisdiction::new(id, "here", name, kind);
            rule(PollKind::Main, &jurisdiction, &cycle)
        };
        assert_eq!(
            title("青禾县", JurisdictionKind::County),
            "青禾县第十八届人民代表大会第五次会议民生实事项目票决办法"
        );
        assert_eq!(
            title("柳溪街道", JurisdictionKind::Street),
            "柳溪街道居民议事会会议民生实事项目票决办法"
        );
    }
}
