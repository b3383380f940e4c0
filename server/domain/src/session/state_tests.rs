//! The machine of polls is exactly its diagram.

use super::*;
use crate::testing::drawn_edges;

const AT: Timestamp = Timestamp::from_millis(0);

fn adopted() -> Adopted {
    Adopted {
        rule: RuleHash::of(b"rule"),
        hands: Hands {
            in_favour: 150,
            against: 0,
            abstained: 0,
        },
        threshold: 2,
        at: AT,
    }
}

/// The steps of the straight road.
fn straight() -> impl Iterator<Item = Step> {
    let all = Step::ALL.into_iter();
    all.filter(|step| !matches!(step, Step::Withdraw | Step::Void))
}

/// Every step, with its name in the diagram and the state that it leads to.
fn take(state: PollState, step: Step) -> (&'static str, Result<PollState, StateError>) {
    let phi = Fingerprint::of("election");
    match step {
        Step::Adopt => ("adopt", state.adopt(adopted())),
        Step::Freeze => ("freeze", state.freeze(RollHash::of(b"roll"), phi, 142, AT)),
        Step::Open => ("open", state.open(AT)),
        Step::Close => ("close", state.close(140, AT)),
        Step::Decrypt => ("decrypt", state.decrypt(AT)),
        Step::Announce => ("announce", state.announce(AT)),
        Step::Withdraw => (
            "withdraw",
            state.withdraw(EndReason::Postponed, "改期".to_owned(), AT),
        ),
        Step::Void => (
            "void",
            state.void(EndReason::QuorumLost, "人数不足".to_owned(), AT),
        ),
    }
}

fn samples() -> Vec<PollState> {
    let mut all = straight().fold(vec![PollState::Drafted], |mut all, step| {
        let next = take(all.last().unwrap().clone(), step).1.unwrap();
        all.push(next);
        all
    });
    for (at, step) in [(1, Step::Withdraw), (4, Step::Void)] {
        let ended = take(all[at].clone(), step).1.unwrap();
        all.push(ended);
    }
    all
}

#[test]
fn every_state_and_step_is_as_the_diagram_has_it() {
    let drawn = drawn_edges(include_str!("state.rs"));
    let edges: usize = Step::ALL.iter().map(|step| step.from().len()).sum();
    assert_eq!(drawn.len(), edges);
    let samples = samples();
    assert_eq!(
        samples.iter().map(PollState::name).collect::<Vec<_>>(),
        StateName::ALL
    );
    for state in &samples {
        for step in Step::ALL {
            let can = state.can(step);
            assert_eq!(state.require(step).is_ok(), can);
            let (name, taken) = take(state.clone(), step);
            assert_eq!(taken.is_ok(), can, "{state:?} + {step:?}");
            let edge = drawn
                .iter()
                .find(|edge| edge.0 == state.name().name() && edge.2 == name);
            match (taken, edge) {
                (Ok(next), Some(edge)) => assert_eq!(next.name().name(), edge.1),
                (Err(error), None) => assert_eq!(
                    error,
                    StateError {
                        from: state.name(),
                        step
                    }
                ),
                (taken, edge) => panic!("{state:?} + {step:?}: {taken:?}, drawn {edge:?}"),
            }
        }
    }
}

#[test]
fn what_a_step_fixed_stays_readable_in_every_later_state() {
    for state in samples().into_iter().filter(|one| one.ended().is_none()) {
        let name = state.name();
        assert_eq!(state.adopted().is_some(), name >= StateName::RulesAdopted);
        assert_eq!(state.frozen().is_some(), name >= StateName::Frozen);
        assert_eq!(state.opened().is_some(), name >= StateName::Open);
        assert_eq!(state.closed().is_some(), name >= StateName::Closed);
    }
}

#[test]
fn an_ended_poll_keeps_what_was_fixed_before_and_gains_nothing() {
    for before in samples().into_iter().filter(|one| one.ended().is_none()) {
        for step in [Step::Withdraw, Step::Void] {
            let Ok(ended) = take(before.clone(), step).1 else {
                continue;
            };
            assert_eq!(ended.adopted(), before.adopted());
            assert_eq!(ended.frozen(), before.frozen());
            assert_eq!(ended.opened(), before.opened());
            assert_eq!(ended.closed(), before.closed());
            assert_eq!(*ended.ended().unwrap().before, before);
            assert!(Step::ALL.iter().all(|step| !ended.can(*step)));
        }
    }
}

#[test]
fn each_reason_ends_a_poll_by_one_step_at_least_and_by_no_other_step() {
    for reason in EndReason::ALL {
        let fitting = Step::ALL.into_iter().filter(|step| reason.fits(*step));
        let fitting: Vec<Step> = fitting.collect();
        assert!(!fitting.is_empty(), "{reason:?}");
        assert!(straight().all(|step| !fitting.contains(&step)));
    }
}
