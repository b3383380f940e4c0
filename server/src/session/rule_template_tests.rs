use super::*;
use crate::testing::NOW;
use domain::cycles::{JurisdictionKind, Stage};
use domain::infra::entropy::Entropy;
use domain::infra::ids::{CycleId, JurisdictionId};
use domain::session::PollItem;
use tally::rules::{Form, Majority, Rule};

fn place(kind: JurisdictionKind) -> (Jurisdiction, Cycle) {
    let entropy = Entropy::seeded([1; 32]);
    let id = JurisdictionId::new(NOW, &entropy);
    let cycle = Cycle {
        id: CycleId::new(NOW, &entropy),
        jurisdiction: id,
        year: 2026,
        term: 18,
        session: 5,
        places: 10,
        stage: Stage::Voting,
    };
    (Jurisdiction::new(id, "qinghe", "青禾", kind), cycle)
}

fn items() -> Vec<PollItem> {
    (1..=12)
        .map(|index| PollItem {
            code: format!("QH26-{index:02}"),
            title: format!("项目{index}"),
            unit: None,
            budget: None,
            source: None,
        })
        .collect()
}

fn rule_of(kind: PollKind, at: JurisdictionKind, template: RuleTemplate) -> Rule {
    let (jurisdiction, cycle) = place(at);
    let usual = RuleForm::defaults(kind, &jurisdiction, &cycle, 213, 12);
    let filled = template.fill(&usual, &cycle, 12);
    filled.rule(kind, &jurisdiction, &items(), None).unwrap()
}

/// Whatever a button fills in can be saved as it stands, and read again says the same.
#[test]
fn every_template_that_is_offered_is_a_rule() {
    for kind in PollKind::ALL {
        for at in JurisdictionKind::ALL {
            let (jurisdiction, cycle) = place(at);
            for template in RuleTemplate::offered(kind, &jurisdiction) {
                let rule = rule_of(kind, at, *template);
                let again = template.fill(&RuleForm::of(&rule), &cycle, 12);
                let again = again.rule(kind, &jurisdiction, &items(), None);
                assert_eq!(again, Ok(rule), "{} in {at:?}", template.name());
            }
        }
    }
}

/// No button leads where the law's least is not kept, except where the vote only advises.
#[test]
fn no_template_of_a_congress_departs_from_the_law() {
    for kind in PollKind::ALL {
        let (county, cycle) = place(JurisdictionKind::County);
        for template in RuleTemplate::offered(kind, &county) {
            let rule = rule_of(kind, JurisdictionKind::County, *template);
            assert_eq!(domain::session::departures(&rule, &cycle), []);
        }
        assert!(!RuleTemplate::offered(kind, &county).contains(&RuleTemplate::Council));
    }
}

#[test]
fn each_template_fills_what_its_name_says() {
    use JurisdictionKind::{County, Street};
    let congress = rule_of(PollKind::Main, County, RuleTemplate::Congress);
    assert_eq!(congress.quorum_count(), 142);
    let council = rule_of(PollKind::Main, Street, RuleTemplate::Council);
    assert!(council.is_advisory());
    assert_eq!(council.quorum_count(), 107);
    assert_eq!(council.decision().unwrap().majority, Majority::None);
    let each = rule_of(PollKind::Main, County, RuleTemplate::EachItem);
    assert!(matches!(each.form(), Form::EachItem { .. }));
    let judged = |template| {
        let rule = rule_of(PollKind::Evaluation, County, template);
        let evaluation = rule.evaluation().unwrap();
        (evaluation.base, evaluation.levels.len())
    };
    assert_eq!(
        judged(RuleTemplate::Evaluation),
        (EvaluationBase::Entitled, 3)
    );
    assert_eq!(
        judged(RuleTemplate::EvaluationOfPresent),
        (EvaluationBase::Present, 4)
    );
}

#[test]
fn what_was_typed_and_is_not_the_template_s_stays() {
    let (jurisdiction, cycle) = place(JurisdictionKind::County);
    let typed = RuleForm {
        rule_title: "某某办法".to_owned(),
        rule_places: "八".to_owned(),
        rule_max: String::new(),
        rule_quorum: "> 1/2".to_owned(),
        ..RuleForm::defaults(PollKind::Main, &jurisdiction, &cycle, 213, 12)
    };
    let filled = RuleTemplate::Congress.fill(&typed, &cycle, 12);
    assert_eq!(filled.rule_title, "某某办法");
    assert_eq!(filled.rule_places, "八");
    assert_eq!(filled.rule_max, "10", "what nobody typed is the cycle's");
    assert_eq!(filled.rule_quorum, ">= 2/3");
}
