use super::*;
use crate::testing::NOW;
use domain::cycles::{JurisdictionKind, Stage};
use domain::infra::entropy::Entropy;
use domain::infra::ids::{CycleId, JurisdictionId};

fn county() -> (Jurisdiction, Cycle) {
    let entropy = Entropy::seeded([1; 32]);
    let id = JurisdictionId::new(NOW, &entropy);
    let jurisdiction = Jurisdiction::new(id, "qinghe", "青禾县", JurisdictionKind::County);
    let cycle = Cycle {
        id: CycleId::new(NOW, &entropy),
        jurisdiction: jurisdiction.id,
        year: 2026,
        term: 18,
        session: 5,
        places: 10,
        stage: Stage::Voting,
    };
    (jurisdiction, cycle)
}

fn items(n: usize) -> Vec<PollItem> {
    (1..=n)
        .map(|index| PollItem {
            code: format!("QH26-{index:02}"),
            title: format!("项目{index}"),
            unit: None,
            budget: None,
            source: None,
        })
        .collect()
}

#[test]
fn the_defaults_are_the_law_s() {
    let (jurisdiction, cycle) = county();
    let form = RuleForm::defaults(PollKind::Main, &jurisdiction, &cycle, 213, 15);
    let rule = form
        .rule(PollKind::Main, &jurisdiction, &items(15), None)
        .unwrap();
    assert_eq!(
        rule.title(),
        "青禾县第十八届人民代表大会第五次会议民生实事项目票决办法"
    );
    assert_eq!(rule.quorum_count(), 142);
    let decision = rule.decision().unwrap();
    assert_eq!(
        (decision.places, decision.majority.votes_needed(213)),
        (10, 107)
    );
    assert!(!rule.allows_revoting());
    let again = RuleForm::of(&rule);
    assert_eq!(
        again.rule(PollKind::Main, &jurisdiction, &items(15), None),
        Ok(rule)
    );
    // The levels of an evaluation are no part of this rule.
    let open = RuleForm {
        rule_levels: Choice::default(),
        rule_threshold: String::new(),
        rule_judged_of: Choice::default(),
        ..form
    };
    assert_eq!(again, open);
}

#[test]
fn every_customary_set_of_levels_is_read_back_from_its_rule() {
    let (jurisdiction, cycle) = county();
    for preset in LevelPreset::ALL {
        let mut form = RuleForm::defaults(PollKind::Evaluation, &jurisdiction, &cycle, 213, 10);
        form.rule_levels = Choice::One(*preset);
        let rule = form
            .rule(PollKind::Evaluation, &jurisdiction, &items(10), None)
            .unwrap();
        assert_eq!(RuleForm::of(&rule).rule_levels, Choice::One(*preset));
        assert_eq!(RuleForm::of(&rule).rule_threshold, form.rule_threshold);
    }
}

#[test]
fn every_form_of_the_ballot_is_read_back_from_its_rule() {
    let (jurisdiction, cycle) = county();
    let mut good = RuleForm::defaults(PollKind::Main, &jurisdiction, &cycle, 213, 15);
    good.rule_levels = Choice::default();
    good.rule_judged_of = Choice::default();
    good.rule_threshold = String::new();
    for kind in BallotKind::ALL {
        for blank in Blank::ALL.iter().copied() {
            let asks_blank = matches!(kind, BallotKind::AtMost | BallotKind::EachItem);
            let (min, max) = match kind {
                BallotKind::AtMost => ("", "10"),
                BallotKind::AtLeast => ("3", "10"),
                BallotKind::Exactly => ("10", "10"),
                BallotKind::EachItem => ("", ""),
            };
            let form = RuleForm {
                rule_form: Choice::One(kind),
                rule_min: min.to_owned(),
                rule_max: max.to_owned(),
                rule_blank: if asks_blank {
                    Choice::One(blank)
                } else {
                    Choice::default()
                },
                ..good.clone()
            };
            let rule = form.rule(PollKind::Main, &jurisdiction, &items(15), None);
            assert_eq!(RuleForm::of(&rule.unwrap()), form, "{kind:?} {blank:?}");
        }
    }
}

#[test]
fn the_evaluation_asks_one_question_of_three_levels_for_each_project() {
    let (jurisdiction, cycle) = county();
    let form = RuleForm::defaults(PollKind::Evaluation, &jurisdiction, &cycle, 213, 10);
    let rule = form
        .rule(PollKind::Evaluation, &jurisdiction, &items(10), None)
        .unwrap();
    let questions = rule.questions();
    assert_eq!(questions.len(), 10);
    assert!(
        questions
            .iter()
            .all(|q| (q.answers, q.min, q.max, q.blank) == (3, 0, 1, false))
    );
}

#[test]
fn a_refused_value_is_named_at_its_field() {
    let (jurisdiction, cycle) = county();
    let good = RuleForm::defaults(PollKind::Main, &jurisdiction, &cycle, 213, 15);
    for (break_it, field, code) in [
        (
            (|form: &mut RuleForm| form.rule_places = "14".to_owned()) as fn(&mut RuleForm),
            "rule_places",
            "too-little-surplus",
        ),
        (
            |form| form.rule_quorum = "两个".to_owned(),
            "rule_quorum",
            "not-a-fraction",
        ),
        (
            |form| form.rule_max = "16".to_owned(),
            "rule_max",
            "too-large-number",
        ),
        (
            |form| form.rule_title = String::new(),
            "rule_title",
            "required",
        ),
        (
            |form| form.rule_form = Choice::Other("levels".to_owned()),
            "rule_form",
            "not-an-option",
        ),
        (
            |form| form.rule_form = Choice::One(BallotKind::AtLeast),
            "rule_min",
            "required",
        ),
        (
            |form| {
                form.rule_form = Choice::One(BallotKind::AtLeast);
                form.rule_min = "11".to_owned();
            },
            "rule_min",
            "too-large-number",
        ),
        (
            |form| form.rule_blank = Choice::default(),
            "rule_blank",
            "required",
        ),
        (
            |form| form.rule_base = Choice::Other("nonsense".to_owned()),
            "rule_base",
            "not-an-option",
        ),
        (
            |form| form.rule_reserve = Choice::default(),
            "rule_reserve",
            "required",
        ),
    ] {
        let mut form = good.clone();
        break_it(&mut form);
        let errors = form
            .rule(PollKind::Main, &jurisdiction, &items(15), None)
            .unwrap_err();
        assert_eq!(
            errors.of(field).map(|error| error.code),
            Some(code),
            "{field}"
        );
    }
}
