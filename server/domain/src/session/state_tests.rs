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
        at: AT,
    }
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
    }
}

fn samples() -> Vec<PollState> {
    Step::ALL
        .iter()
        .fold(vec![PollState::Drafted], |mut all, step| {
            let next = take(all.last().unwrap().clone(), *step).1.unwrap();
            all.push(next);
            all
        })
}

#[test]
fn every_state_and_step_is_as_the_diagram_has_it() {
    let drawn = drawn_edges(include_str!("state.rs"));
    assert_eq!(drawn.len(), Step::ALL.len());
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
    for state in samples() {
        let name = state.name();
        assert_eq!(state.adopted().is_some(), name >= StateName::RulesAdopted);
        assert_eq!(state.frozen().is_some(), name >= StateName::Frozen);
        assert_eq!(state.opened().is_some(), name >= StateName::Open);
        assert_eq!(state.closed().is_some(), name >= StateName::Closed);
    }
}
