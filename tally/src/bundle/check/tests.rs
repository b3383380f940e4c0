//! An election bound to rule and roll, and one broken thing at a time.

use super::*;
use crate::bundle::recorded::drawn;
use crate::bundle::rounds::require_fixed_roll;
use crate::decision::Outcome;
use crate::opening::PollOutcome;
use crate::record::body::{PollLotDrawn, ReservedRoll};
use crate::setup::{Item, questions};

const RULE: &str = include_str!("../../../rules/county.toml");
const ROLL: &[u8] = br#"["aa","bb"]"#;

fn rule() -> Rule {
    Rule::parse(RULE).unwrap()
}

/// What an election bound to rule and roll counts.
fn counted(roll: &[u8]) -> Counted {
    let item = |id: &crate::rules::ItemId| Item {
        id: id.clone(),
        label: format!("项目{id}"),
    };
    let items: Vec<Item> = rule().items().iter().map(item).collect();
    let lines = BindingLines::of(RULE.as_bytes(), roll);
    Counted {
        uuid: String::new(),
        name: String::new(),
        fingerprint: String::new(),
        credentials: 2,
        ballots: 0,
        counted: 0,
        weight: 0,
        result: Vec::new(),
        answers: Vec::new(),
        trustees: 1,
        description: lines.description("票决办法").unwrap(),
        questions: questions(&rule(), "票决", &items).unwrap(),
    }
}

fn blamed(verdict: Result<(), Failure>) -> Option<(&'static str, &'static str)> {
    let failure = verdict.err()?;
    Some((failure.check, failure.reason.unwrap()))
}

#[test]
fn a_rule_that_the_election_does_not_name_or_ask_is_refused() {
    let sound = counted(ROLL);
    assert_eq!(
        check_rule(
            &sound.description,
            &sound.questions,
            &rule(),
            RULE.as_bytes()
        ),
        Ok(())
    );
    let other = format!("{RULE}\n");
    let verdict = check_rule(
        &sound.description,
        &sound.questions,
        &rule(),
        other.as_bytes(),
    );
    assert_eq!(blamed(verdict), Some(("rule", "binding")));
    let mut followed = counted(ROLL);
    followed.description.push('\n');
    let verdict = check_rule(
        &followed.description,
        &followed.questions,
        &rule(),
        RULE.as_bytes(),
    );
    assert_eq!(blamed(verdict), Some(("rule", "binding")));
    let mut blank = counted(ROLL);
    blank.questions[0] = blank.questions[0].clone().or_blank();
    let verdict = check_rule(
        &blank.description,
        &blank.questions,
        &rule(),
        RULE.as_bytes(),
    );
    assert_eq!(blamed(verdict), Some(("rule", "questions")));
}

#[test]
fn items_in_another_order_than_the_rules_are_refused() {
    let mut exchanged = counted(ROLL);
    let question = exchanged.questions[0].clone();
    let mut answers = question.answers().to_vec();
    answers.swap(0, 1);
    let (min, max) = (question.min(), question.max());
    exchanged.questions[0] = Question::new(question.text(), answers, min, max).unwrap();
    let verdict = check_rule(
        &exchanged.description,
        &exchanged.questions,
        &rule(),
        RULE.as_bytes(),
    );
    assert_eq!(blamed(verdict), Some(("rule", "questions")));
}

#[test]
fn a_roll_that_the_election_does_not_name_or_that_has_weights_is_refused() {
    assert_eq!(check_roll(&counted(ROLL).description, ROLL, ROLL), Ok(()));
    let other = br#"["aa"]"#;
    let verdict = check_roll(&counted(ROLL).description, other, other);
    assert_eq!(blamed(verdict), Some(("roll", "binding")));
    let verdict = check_roll(&counted(ROLL).description, ROLL, other);
    assert_eq!(blamed(verdict), Some(("roll", "archive")));
    let weighted = br#"["aa,2","bb"]"#;
    let verdict = check_roll(&counted(weighted).description, weighted, weighted);
    assert_eq!(blamed(verdict), Some(("roll", "weight")));
}

#[test]
fn a_roll_that_was_not_fixed_with_the_first_poll_s_is_refused() {
    let fixed: ReservedRoll =
        serde_json::from_str(r#"{"election_uuid":"nru5SH6GFJM2rT","roll":["aa","bb"]}"#).unwrap();
    assert_eq!(require_fixed_roll(&fixed, ROLL), Ok(()));
    let verdict = require_fixed_roll(&fixed, br#"["aa"]"#);
    assert_eq!(blamed(verdict), Some(("rounds", "roll")));
}

#[test]
fn a_lot_that_was_drawn_where_nothing_is_tied_is_refused() {
    let lot: PollLotDrawn = serde_json::from_str(
        r#"{"election_uuid":"nru5SH6GFJM2rT","drawn":["QH26-01"],"witnesses":["石磊","乔安"],"confirmed_by":[]}"#,
    )
    .unwrap();
    let outcome = PollOutcome::Choice {
        decision: Outcome::Void {
            issued: 2,
            returned: 3,
        },
    };
    let verdict = drawn(&rule(), &outcome, &lot).map(drop);
    assert_eq!(blamed(verdict), Some(("record", "lot")));
}
