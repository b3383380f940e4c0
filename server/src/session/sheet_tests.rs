//! Every line of the sheet is the valid ballots, whatever was voted, in every form of ballot.

use super::*;
use crate::session::RuleForm;
use crate::session::rule_form::BallotKind;
use crate::session::testkit::items_of;
use crate::web::choice::Choice;
use domain::cycles::{Cycle, Jurisdiction, JurisdictionKind, Stage};
use domain::infra::ids::{CycleId, JurisdictionId};
use domain::session::PollKind;
use proptest::prelude::*;
use tally::decision::Returns;
use uuid::Uuid;

const ITEMS: usize = 5;
const PLACES: usize = 2;
const DEPUTIES: u32 = 40;

fn rule_of(kind: PollKind, form: BallotKind) -> Rule {
    let id = JurisdictionId::from(Uuid::nil());
    let here = Jurisdiction::new(id, "qinghe", "青禾县", JurisdictionKind::County);
    let cycle = Cycle {
        id: CycleId::from(Uuid::nil()),
        jurisdiction: id,
        year: 2026,
        term: 18,
        session: 5,
        places: i32::try_from(PLACES).unwrap(),
        stage: Stage::Voting,
    };
    let mut filled = RuleForm::defaults(kind, &here, &cycle, DEPUTIES, ITEMS);
    filled.rule_form = Choice::One(form);
    filled.rule(kind, &here, &items_of(ITEMS), None).unwrap()
}

/// What each ballot says of each item: an answer, or nothing.
fn counted(rule: &Rule, ballots: &[Vec<Option<usize>>]) -> Vec<Vec<u64>> {
    let shapes = rule.questions();
    let of = |question: usize, answer: usize| {
        let says = |ballot: &&Vec<Option<usize>>| ballot[question] == Some(answer);
        u64::try_from(ballots.iter().filter(says).count()).unwrap()
    };
    if shapes.len() == 1 {
        // Ticks of one question: at most two, the first ones.
        let ticks = |item: usize| {
            let has = |ballot: &&Vec<Option<usize>>| {
                let ticked = ballot.iter().enumerate().filter(|(_, one)| one.is_some());
                ticked.take(PLACES).any(|(nth, _)| nth == item)
            };
            u64::try_from(ballots.iter().filter(has).count()).unwrap()
        };
        return vec![(0..ITEMS).map(ticks).collect()];
    }
    let answers = |question: usize| usize::try_from(shapes[question].answers).unwrap();
    (0..ITEMS)
        .map(|question| {
            (0..answers(question))
                .map(|answer| of(question, answer))
                .collect()
        })
        .collect()
}

fn outcome_of(rule: &Rule, ballots: &[Vec<Option<usize>>], present: u64) -> PollOutcome {
    let returns = Returns {
        present,
        issued: present,
        returned: u64::try_from(ballots.len()).unwrap(),
        invalid: 0,
    };
    let counts = counted(rule, ballots);
    if rule.evaluation().is_some() {
        let verdicts = tally::evaluation::judge(rule, returns, &counts).unwrap();
        PollOutcome::Evaluation { verdicts }
    } else {
        let decision = tally::decision::decide(rule, returns, &counts, None).unwrap();
        PollOutcome::Choice { decision }
    }
}

fn ballots() -> impl Strategy<Value = Vec<Vec<Option<usize>>>> {
    let ballot = prop::collection::vec(prop::option::of(0_usize..3), ITEMS);
    prop::collection::vec(ballot, 0..40)
}

proptest! {
    #[test]
    fn every_line_adds_up_to_the_valid_ballots(voted in ballots(), form in 0_usize..3) {
        let rule = match form {
            0 => rule_of(PollKind::Main, BallotKind::AtMost),
            1 => rule_of(PollKind::Main, BallotKind::EachItem),
            _ => rule_of(PollKind::Evaluation, BallotKind::AtMost),
        };
        let outcome = outcome_of(&rule, &voted, 40);
        let sheet = ResultSheet::of(&rule, &outcome, &items_of(ITEMS)).unwrap().unwrap();
        let figures = sheet.figures;
        prop_assert_eq!(figures.issued, figures.returned + figures.not_returned);
        prop_assert_eq!(figures.returned, figures.valid + figures.invalid);
        prop_assert_eq!(figures.present, figures.returned + figures.not_voted);
        prop_assert_eq!(sheet.lines.len(), ITEMS);
        for line in &sheet.lines {
            prop_assert_eq!(line.counts.len(), sheet.columns.len());
            prop_assert_eq!(line.counts.iter().sum::<u64>(), figures.valid);
        }
    }
}

#[test]
fn a_line_that_does_not_add_up_is_refused_by_its_code() {
    let rule = rule_of(PollKind::Main, BallotKind::EachItem);
    let mut outcome = outcome_of(&rule, &vec![vec![Some(0); ITEMS]; 30], 40);
    let PollOutcome::Choice {
        decision: Decided::Decided(decision),
    } = &mut outcome
    else {
        panic!("decided");
    };
    decision.items[2].votes.against = Some(1);
    let refused = ResultSheet::of(&rule, &outcome, &items_of(ITEMS));
    let code = "QH26-03".to_owned();
    assert_eq!(
        refused,
        Err(SheetFault::Sum {
            code,
            sum: 31,
            valid: 30
        })
    );
}

#[test]
fn an_item_that_is_not_on_the_ballot_is_refused() {
    let rule = rule_of(PollKind::Main, BallotKind::AtMost);
    let outcome = outcome_of(&rule, &vec![vec![Some(0); ITEMS]; 30], 40);
    let refused = ResultSheet::of(&rule, &outcome, &items_of(ITEMS - 1));
    assert_eq!(refused, Err(SheetFault::Unknown("QH26-05".to_owned())));
}

#[test]
fn where_too_few_came_there_is_no_sheet() {
    let rule = rule_of(PollKind::Main, BallotKind::AtMost);
    let outcome = outcome_of(&rule, &[], 3);
    assert_eq!(ResultSheet::of(&rule, &outcome, &items_of(ITEMS)), Ok(None));
}
