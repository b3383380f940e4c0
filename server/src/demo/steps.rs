//! The demo's switch: each press lets the county's people do what comes next, through the same use cases as real
//! people, and sets the clock to the day on which they do it.

mod preparing;
#[cfg(test)]
mod task_tests;
#[cfg(test)]
mod task_walk;
mod voting;
#[cfg(test)]
mod walk_tests;
mod works;
#[cfg(test)]
mod year_walk_tests;

use super::content::Content;
use super::devices::Devices;
use super::error::DemoError;
use super::people::SIMULATED_DEPUTIES;
use super::seed::{COUNTY, YEAR};
use crate::web::cycle_path::find_cycle;
use domain::closed_loop;
use domain::cycles::{Cycle, Jurisdiction, Stage};
use domain::infra::app::App;
use domain::people::store as people_store;
use domain::record::change::Actor;
use domain::screening;
use domain::session::{self, Poll, PollKind, StateName};
use std::time::Duration;
use time::OffsetDateTime;

/// What the switch does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DemoStep {
    /// Collecting ends, screening begins.
    EndCollecting,
    /// Duplicates are clustered and every cluster is decided; the decisions are held.
    Screen,
    /// All decisions are published together.
    PublishDecisions,
    /// Fifteen candidates are put on the list, and the party committee reviews it.
    Compose,
    /// The list is published.
    PublishShortlist,
    /// Comments on the list come in and are answered.
    Comment,
    /// The congress meets.
    CallSession,
    /// The meeting adopts the rules and the scrutineers.
    AdoptRules,
    /// Simulated scrutineers make keys where no visitor has; 190 simulated deputies sign in.
    CheckIn,
    /// The roll is frozen.
    Freeze,
    /// Voting begins.
    Open,
    /// 190 simulated deputies cast the recorded ballots.
    Cast,
    /// Voting ends.
    Close,
    /// Simulated scrutineers decrypt their parts.
    Decrypt,
    /// The chair announces.
    Announce,
    /// The chosen projects are handed over.
    HandOver,
    /// Half a year of reports.
    MidYear,
    /// The year's end: deliveries, and the evaluation may begin.
    YearEnd,
    /// The meeting adopts the evaluation's rules; from there on it is a poll like the other.
    Evaluate,
    /// The units answer the rework orders.
    Rework,
    /// The cycle is archived.
    Archive,
}

impl DemoStep {
    /// The name in translation keys (`demo-step-<name>`).
    pub const fn name(self) -> &'static str {
        match self {
            Self::EndCollecting => "end-collecting",
            Self::Screen => "screen",
            Self::PublishDecisions => "publish-decisions",
            Self::Compose => "compose",
            Self::PublishShortlist => "publish-shortlist",
            Self::Comment => "comment",
            Self::CallSession => "call-session",
            Self::AdoptRules => "adopt-rules",
            Self::CheckIn => "check-in",
            Self::Freeze => "freeze",
            Self::Open => "open",
            Self::Cast => "cast",
            Self::Close => "close",
            Self::Decrypt => "decrypt",
            Self::Announce => "announce",
            Self::HandOver => "hand-over",
            Self::MidYear => "mid-year",
            Self::YearEnd => "year-end",
            Self::Evaluate => "evaluate",
            Self::Rework => "rework",
            Self::Archive => "archive",
        }
    }
}

/// The demo's county as it is now.
#[derive(Debug)]
pub struct Now {
    /// The county.
    pub county: Jurisdiction,
    /// Its cycle.
    pub cycle: Cycle,
    polls: Vec<Poll>,
}

impl Now {
    /// Reads it.
    pub async fn read(app: &App) -> Result<Self, DemoError> {
        let (county, cycle) = find_cycle(app, COUNTY, YEAR)
            .await
            .map_err(|_| DemoError::Unfit("the county is gone".to_owned()))?;
        let mut tx = app.database.read().await?;
        let polls = session::store::polls_of_cycle(&mut tx, county.id, cycle.id).await?;
        Ok(Self {
            county,
            cycle,
            polls,
        })
    }

    /// The newest poll of this kind that has not ended without a result; what follows a vote is of its kind.
    fn poll(&self, kind: PollKind) -> Option<&Poll> {
        self.polls
            .iter()
            .rev()
            .filter(|poll| poll.state.ended().is_none())
            .find(|poll| match kind {
                PollKind::Evaluation => poll.kind == kind,
                PollKind::Main | PollKind::RunOff | PollKind::SecondBallot | PollKind::Adoption => {
                    poll.kind != PollKind::Evaluation
                }
            })
    }

    /// Whether an evaluation is announced.
    fn is_evaluated(&self) -> bool {
        let mut polls = self.polls.iter();
        polls.any(|poll| {
            poll.kind == PollKind::Evaluation && poll.state.name() == StateName::Announced
        })
    }

    /// The poll that runs: the deputies' choice, and in the year after it their evaluation.
    fn current_poll(&self) -> Result<&Poll, DemoError> {
        let kind = match self.cycle.stage {
            Stage::Evaluating | Stage::Closed => PollKind::Evaluation,
            Stage::Collecting
            | Stage::Screening
            | Stage::Shortlisted
            | Stage::Voting
            | Stage::Implementing => PollKind::Main,
        };
        self.poll(kind)
            .ok_or_else(|| DemoError::Unfit("there is no poll".to_owned()))
    }
}

/// What comes next; `None` at the end, which is also where nothing was chosen, and while a visitor's device has to act first.
pub async fn next(app: &App, content: &Content, now: &Now) -> Result<Option<DemoStep>, DemoError> {
    Ok(match now.cycle.stage {
        Stage::Collecting => Some(DemoStep::EndCollecting),
        Stage::Screening => Some(preparing::next_of_screening(app, now).await?),
        Stage::Shortlisted => {
            let mut tx = app.database.read().await?;
            let made = screening::comments(&mut tx, &now.cycle).await?;
            let are_in = content
                .comments
                .comments
                .iter()
                .all(|comment| made.iter().any(|one| one.text == comment.text));
            Some(if are_in {
                DemoStep::CallSession
            } else {
                DemoStep::Comment
            })
        }
        Stage::Voting => match now.poll(PollKind::Main) {
            None => Some(DemoStep::AdoptRules),
            Some(poll) if poll.state.name() == StateName::Announced => {
                let is_decided = works::is_decided(app, &now.cycle).await?;
                is_decided.then_some(DemoStep::HandOver)
            }
            Some(poll) => of_poll(app, poll).await?,
        },
        Stage::Implementing if app.clock.now() < works::mid_year() => Some(DemoStep::MidYear),
        Stage::Implementing => Some(DemoStep::YearEnd),
        Stage::Evaluating => match now.poll(PollKind::Evaluation) {
            None => Some(DemoStep::Evaluate),
            // A draft that no meeting has adopted holds nobody, once there is a result.
            Some(poll) if poll.state.name() == StateName::Drafted && !now.is_evaluated() => {
                Some(DemoStep::Evaluate)
            }
            Some(poll)
                if matches!(poll.state.name(), StateName::Drafted | StateName::Announced) =>
            {
                let open = works::open_reworks(app, &now.cycle).await?;
                Some(if open.is_empty() {
                    DemoStep::Archive
                } else {
                    DemoStep::Rework
                })
            }
            Some(poll) => of_poll(app, poll).await?,
        },
        Stage::Closed => None,
    })
}

/// A poll's next step between its rules and its announcement.
async fn of_poll(app: &App, poll: &Poll) -> Result<Option<DemoStep>, DemoError> {
    let devices = Devices::load(app, poll.check_in)?;
    let mut tx = app.database.read().await?;
    Ok(match poll.state.name() {
        StateName::Drafted => Some(DemoStep::AdoptRules),
        StateName::RulesAdopted if devices.deputies.is_empty() => Some(DemoStep::CheckIn),
        StateName::RulesAdopted => Some(DemoStep::Freeze),
        StateName::Frozen => Some(DemoStep::Open),
        StateName::Open => {
            let cast = session::store::count_ballots(&mut tx, poll).await?;
            Some(if cast < SIMULATED_DEPUTIES {
                DemoStep::Cast
            } else {
                DemoStep::Close
            })
        }
        StateName::Closed => {
            let waiting = session::store::scrutineers(&mut tx, poll).await?;
            let simulated_waits = waiting.iter().any(|scrutineer| {
                !scrutineer.has_decrypted
                    && devices
                        .scrutineers
                        .iter()
                        .any(|device| device.account == scrutineer.account)
            });
            simulated_waits.then_some(DemoStep::Decrypt)
        }
        StateName::Decrypted => Some(DemoStep::Announce),
        StateName::Announced | StateName::Withdrawn | StateName::Voided => None,
    })
}

/// Takes a step. `expected` is the one that the visitor saw: a second press of the same button does nothing more.
pub async fn take(app: &App, content: &Content, expected: DemoStep) -> Result<(), DemoError> {
    static ONE_AT_A_TIME: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
    let _turn = ONE_AT_A_TIME.lock().await;
    let now = Now::read(app).await?;
    if next(app, content, &now).await? != Some(expected) {
        return Ok(());
    }
    let before = app.clock.now();
    carry_out(app, content, &now, expected).await?;
    let mut tx = app.database.write().await?;
    let passed = app.clock.now().millis() - before.millis();
    people_store::move_sessions(&mut tx, passed).await?;
    tx.commit().await?;
    Ok(())
}

async fn carry_out(
    app: &App,
    content: &Content,
    now: &Now,
    step: DemoStep,
) -> Result<(), DemoError> {
    match step {
        DemoStep::EndCollecting => preparing::end_collecting(app, now).await,
        DemoStep::Screen => preparing::screen(app, now, content).await,
        DemoStep::PublishDecisions => preparing::publish_decisions(app, now).await,
        DemoStep::Compose => preparing::compose(app, now, content).await,
        DemoStep::PublishShortlist => preparing::publish_shortlist(app, now).await,
        DemoStep::Comment => preparing::comment(app, now, content).await,
        DemoStep::CallSession => preparing::call_session(app, now).await,
        DemoStep::AdoptRules => voting::adopt_rules(app, now, content, PollKind::Main).await,
        DemoStep::CheckIn => voting::check_in(app, now.current_poll()?, content).await,
        DemoStep::Freeze => voting::freeze(app, now.current_poll()?, content).await,
        DemoStep::Open => voting::open(app, now.current_poll()?, content).await,
        DemoStep::Cast => voting::cast(app, now.current_poll()?, content).await,
        DemoStep::Close => voting::close(app, now.current_poll()?, content).await,
        DemoStep::Decrypt => voting::decrypt(app, now.current_poll()?).await,
        DemoStep::Announce => voting::announce(app, now.current_poll()?, content).await,
        DemoStep::HandOver => works::hand_over(app, now).await,
        DemoStep::MidYear => works::mid_year_reports(app, now, content).await,
        DemoStep::YearEnd => works::year_end(app, now, content).await,
        DemoStep::Evaluate => voting::adopt_rules(app, now, content, PollKind::Evaluation).await,
        DemoStep::Rework => works::answer_reworks(app, now).await,
        DemoStep::Archive => move_to(app, now, Stage::Closed).await.map(|_| ()),
    }
}

/// Sets the clock, but never back.
fn set_clock(app: &App, to: OffsetDateTime) {
    let to = to.into();
    if app.clock.now() < to {
        app.clock.set(to);
    }
}

/// Lets a moment pass, so that what follows is dated after what went before.
fn a_while_later(app: &App, minutes: u64) {
    let seconds = i64::try_from(Duration::from_mins(minutes).as_secs()).unwrap_or(0);
    app.clock.set(app.clock.now().plus_seconds(seconds));
}

async fn move_to(app: &App, now: &Now, to: Stage) -> Result<Cycle, DemoError> {
    Ok(closed_loop::advance(app, Actor::System, &now.cycle, to).await?)
}
