//! Your tasks over the demo's whole year: every kind is reached, each only by those whose act it is and only in their county, and
//! each row leads in one tap to a page that answers.

use super::DemoStep;
use super::task_walk::Walk;
use crate::session::testkit::{void, withdraw};
use domain::closed_loop::{Act, CycleAct, PollAct, ProjectAct};
use domain::people::Role;
use domain::record::change::Actor;
use domain::session::{self, DualControlStep, StateName};
use std::collections::BTreeSet;
use time::macros::datetime;

/// Whose act it is; nobody's in particular where it is empty.
pub(super) const fn whose(act: &Act) -> &'static [Role] {
    match act {
        Act::SetUpFactor | Act::AnswerOffers { .. } | Act::ReadAnswer { .. } => &[],
        Act::ConfirmTakedown { .. } => &[Role::Admin],
        Act::OfPoll { act, .. } => match act {
            PollAct::CheckIn | PollAct::ConfirmHeadcount | PollAct::Vote | PollAct::Evaluate => {
                &[Role::Deputy]
            }
            PollAct::MakeKey | PollAct::ApproveElection | PollAct::Decrypt => {
                &[Role::Scrutineer, Role::ChiefScrutineer]
            }
            // The demo's rules set no paper aside: `session::tests::paper` walks these.
            PollAct::ReservePaper | PollAct::CountPaper => &[Role::Teller],
            PollAct::WriteRules | PollAct::PrepareFreeze | PollAct::PrepareOpening => {
                &[Role::Office]
            }
            PollAct::Confirm { .. } => &[Role::Office, Role::ChiefScrutineer],
            PollAct::Announce => &[Role::Chair],
        },
        Act::OfCycle { act, .. } => match act {
            CycleAct::Screen | CycleAct::ComposeShortlist => &[Role::Office, Role::Government],
            CycleAct::DecideIntake
            | CycleAct::PublishDecisions
            | CycleAct::AnswerComments
            | CycleAct::CallVote
            | CycleAct::CallEvaluation
            | CycleAct::DecideTie
            | CycleAct::VoteOnList
            | CycleAct::HandOver => &[Role::Office],
            CycleAct::Rate => &[Role::Resident],
            CycleAct::ReadCommentAnswers => &[],
        },
        Act::Advance { .. } => &[Role::Office],
        Act::Review { .. } => &[Role::UnitStaff],
        Act::OfProject { act, .. } => match act {
            ProjectAct::Report | ProjectAct::CompleteMilestone | ProjectAct::AnswerRework => {
                &[Role::UnitStaff]
            }
            ProjectAct::Accept => &[Role::Office],
        },
    }
}

/// Every kind of task there is.
fn every_kind() -> BTreeSet<&'static str> {
    let other = None;
    let confirm = DualControlStep::ALL.map(|step| PollAct::Confirm { step, other }.name());
    let polls = [
        PollAct::CheckIn,
        PollAct::ConfirmHeadcount,
        PollAct::Vote,
        PollAct::Evaluate,
        PollAct::MakeKey,
        PollAct::ApproveElection,
        PollAct::Decrypt,
        PollAct::WriteRules,
        PollAct::PrepareFreeze,
        PollAct::PrepareOpening,
        PollAct::Announce,
    ];
    let others = [
        "set-up-factor",
        "answer-offers",
        "confirm-takedown",
        "advance",
        "review",
        "read-answer",
    ];
    let mut all = BTreeSet::from(others);
    all.extend(confirm);
    all.extend(polls.map(PollAct::name));
    all.extend(CycleAct::ALL.map(CycleAct::name));
    all.extend(ProjectAct::ALL.map(ProjectAct::name));
    all
}

#[tokio::test]
async fn every_kind_of_task_is_reached_by_those_whose_it_is_and_leads_to_its_page_in_one_tap() {
    let mut walk = Walk::begin().await;
    walk.strew().await;
    walk.look().await;
    walk.up_to(DemoStep::EndCollecting).await;
    walk.assign().await;
    walk.look().await;
    walk.up_to(DemoStep::Screen).await;
    walk.look().await;
    walk.up_to(DemoStep::PublishDecisions).await;
    walk.look().await;
    walk.up_to(DemoStep::PublishShortlist).await;
    walk.comment().await;
    walk.up_to(DemoStep::CallSession).await;
    walk.look().await;
    let now = walk.now().await;
    let new = session::new_main_poll(&walk.app, &now.cycle).await.unwrap();
    session::create(&walk.app, Actor::System, &now.cycle, new)
        .await
        .unwrap();
    walk.look().await;
    walk.up_to(DemoStep::AdoptRules).await;
    walk.look().await;
    walk.up_to(DemoStep::CheckIn).await;
    walk.one_more().await;
    walk.look().await;
    walk.office_freezes().await;
    walk.up_to(DemoStep::Freeze).await;
    walk.look().await;
    walk.office_moves(withdraw("会议改期")).await;
    walk.look().await;
    walk.approve().await;
    walk.look().await;
    walk.up_to(DemoStep::Open).await;
    walk.office_moves(void("人数不足")).await;
    walk.look().await;
    for step in [
        DemoStep::Close,
        DemoStep::Decrypt,
        DemoStep::Announce,
        DemoStep::MidYear,
    ] {
        walk.up_to(step).await;
        walk.look().await;
    }
    // Late in the third quarter, when nobody has told anything of it yet.
    let there = walk.app.clock.now();
    walk.app.clock.set(datetime!(2026-09-12 10:00 +8).into());
    walk.look().await;
    walk.app.clock.set(there);
    walk.up_to(DemoStep::YearEnd).await;
    walk.deliver_one().await;
    walk.look().await;
    for step in [DemoStep::Open, DemoStep::Announce] {
        walk.up_to(step).await;
        walk.look().await;
    }
    let poll = walk.now().await.current_poll().unwrap().clone();
    assert_eq!(poll.state.name(), StateName::Announced);

    let mut resting = walk.viewer(walk.office().await).await;
    resting.withheld = std::mem::take(&mut resting.roles);
    assert_eq!(walk.acts(&resting).await, [Act::SetUpFactor]);
    walk.reached.insert("set-up-factor");
    // The county's vote has no tie: `session::tests::ends` tells whose these are.
    walk.reached
        .extend(["decide-tie", "vote-on-list", "confirm-lot"]);
    let missing: Vec<_> = every_kind().difference(&walk.reached).copied().collect();
    assert_eq!(missing, Vec::<&str>::new(), "kinds that nobody reached");
}
