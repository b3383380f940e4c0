//! No vote ends in an error at its announcement: the rule is carried out before it binds (promise 9).

use crate::session::rule_form::{BallotKind, RuleForm};
use crate::session::testkit::{TestSession, items_of, withdraw};
use crate::testing::NOW;
use crate::web::choice::Choice;
use domain::cycles::{Cycle, Jurisdiction, JurisdictionKind, Stage};
use domain::infra::entropy::Entropy;
use domain::infra::ids::{CycleId, JurisdictionId};
use domain::on_either;
use domain::record::change::Actor;
use domain::session::{
    self, Adoption, DualControlStep, Hands, NewPoll, Party, PollKind, PollOutcome, SessionError,
    StateName, Turnout, rehearse, rehearse_ballot,
};
use proptest::prelude::*;
use proptest::sample::Index;
use tally::decision::{Outcome, Returns};
use tally::evaluation::EvaluationOutcome;
use tally::opening;
use tally::rules::options::{LEVEL_THRESHOLDS, LevelPreset, MAJORITIES, QUORUMS, SURPLUSES};
use tally::rules::{Base, Blank, EvaluationBase, QuestionShape, Rule, TieBreak, TooFew};

/// What the office may type, and how many come and vote how.
#[derive(Debug, Clone)]
struct Case {
    kind: PollKind,
    items: usize,
    form: RuleForm,
    coming: Index,
    voting: Index,
    seed: u64,
}

fn county() -> (Jurisdiction, Cycle) {
    let entropy = Entropy::seeded([1; 32]);
    let id = JurisdictionId::new(NOW, &entropy);
    let jurisdiction = Jurisdiction::new(id, "qinghe", "青禾县", JurisdictionKind::County);
    let cycle = Cycle {
        id: CycleId::new(NOW, &entropy),
        jurisdiction: id,
        year: 2026,
        term: 18,
        session: 5,
        places: 10,
        stage: Stage::Voting,
    };
    (jurisdiction, cycle)
}

fn one<T: Copy>(all: &[T], index: Index) -> Choice<T> {
    Choice::One(all[index.index(all.len())])
}

fn case() -> impl Strategy<Value = Case> {
    let size = (1_u32..=300, 1_usize..=30, any::<bool>(), any::<u64>());
    (size, any::<[Index; 16]>()).prop_map(|((deputies, items, judged, seed), at)| {
        let kind = if judged {
            PollKind::Evaluation
        } else {
            PollKind::Main
        };
        let (jurisdiction, cycle) = county();
        let defaults = RuleForm::defaults(kind, &jurisdiction, &cycle, deputies, items);
        let share = |all: &[&str], index: Index| all[index.index(all.len())].to_owned();
        let max = 1 + at[0].index(items);
        let form = RuleForm {
            rule_quorum: share(&QUORUMS, at[1]),
            rule_form: one(&BallotKind::ALL, at[2]),
            rule_min: (1 + at[3].index(max)).to_string(),
            rule_max: max.to_string(),
            rule_blank: one(Blank::ALL, at[4]),
            rule_places: (1 + at[5].index(items)).to_string(),
            rule_surplus: share(&SURPLUSES, at[6]),
            rule_majority: share(&MAJORITIES, at[7]),
            rule_base: one(Base::ALL, at[8]),
            rule_tie: one(TieBreak::ALL, at[9]),
            rule_too_few: one(TooFew::ALL, at[10]),
            rule_threshold: share(&LEVEL_THRESHOLDS, at[11]),
            rule_levels: one(LevelPreset::ALL, at[12]),
            rule_judged_of: one(EvaluationBase::ALL, at[13]),
            ..defaults
        };
        Case {
            kind,
            items,
            form,
            coming: at[14],
            voting: at[15],
            seed,
        }
    })
}

/// The next of a row of numbers that look like chance.
fn next(seed: &mut u64) -> u64 {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    *seed
}

/// The counts of so many ballots, each of which ticks what the question allows.
fn counted(shape: QuestionShape, ballots: u64, seed: &mut u64) -> Vec<u64> {
    let mut counts = vec![0; usize::try_from(shape.answers).unwrap()];
    let mut blank = 0;
    for _ in 0..ballots {
        if shape.blank && next(seed).is_multiple_of(5) {
            blank += 1;
            continue;
        }
        let ticks = shape.min + next(seed) % (shape.max - shape.min + 1);
        // Most vote alike, so that ties and majorities come up.
        let first = if next(seed).is_multiple_of(3) {
            next(seed)
        } else {
            0
        };
        for tick in 0..ticks {
            counts[usize::try_from((first + tick) % shape.answers).unwrap()] += 1;
        }
    }
    let blank = shape.blank.then_some(blank);
    blank.into_iter().chain(counts).collect()
}

proptest! {
    #[test]
    fn whatever_rule_the_form_accepts_every_sheet_has_a_result(case in case()) {
        let (jurisdiction, _) = county();
        let items = items_of(case.items);
        let accepted = case.form.rule(case.kind, &jurisdiction, &items, None);
        prop_assume!(accepted.is_ok());
        let rule = accepted.unwrap();
        prop_assert_eq!(rehearse_ballot(&rule, "票决", &items), Ok(()));
        let least = rule.quorum_count();
        let span = usize::try_from(rule.deputies() - least + 1).unwrap();
        let present = least + case.coming.index(span) as u64;
        prop_assert_eq!(rehearse(&rule, case.kind, Turnout::of(&rule, present)), Ok(()));
        let returned = case.voting.index(usize::try_from(present).unwrap() + 1) as u64;
        let mut seed = case.seed | 1;
        let counts: Vec<Vec<u64>> = rule
            .questions()
            .into_iter()
            .map(|shape| counted(shape, returned, &mut seed))
            .collect();
        let returns = Returns { present, issued: present, returned, invalid: 0 };
        let outcome = opening::decide(&rule, returns, &counts, None);
        let is_decided = matches!(
            outcome,
            Ok(PollOutcome::Choice { decision: Outcome::Decided(_) }
                | PollOutcome::Evaluation { verdicts: EvaluationOutcome::Judged(_) })
        );
        prop_assert!(is_decided, "{:?}", outcome);
    }
}

/// A rule of three deputies and four items that is good.
fn good() -> Rule {
    let (jurisdiction, cycle) = county();
    let mut form = RuleForm::defaults(PollKind::Main, &jurisdiction, &cycle, 3, 4);
    form.rule_places = "2".to_owned();
    form.rule(PollKind::Main, &jurisdiction, &items_of(4), None)
        .unwrap()
}

#[test]
fn what_cannot_be_carried_out_is_named_by_its_key() {
    let rule = good();
    let all = Turnout::of(&rule, 3);
    assert_eq!(rehearse(&rule, PollKind::Main, all), Ok(()));
    let key = |kind, turnout| rehearse(&rule, kind, turnout).unwrap_err().key;
    assert_eq!(key(PollKind::Evaluation, all), "poll");
    assert_eq!(key(PollKind::Main, Turnout::of(&rule, 1)), "quorum");
    assert_eq!(key(PollKind::Main, Turnout::of(&rule, 4)), "deputies");
    let more_devices = Turnout {
        credentials: 4,
        ..all
    };
    assert_eq!(key(PollKind::Main, more_devices), "deputies");
    let ballot = |rule: &Rule, items: &[_]| rehearse_ballot(rule, "票决", items);
    assert_eq!(ballot(&rule, &items_of(4)), Ok(()));
    let mut alike = items_of(4);
    alike[1].title = alike[0].title.clone();
    alike[1].unit = alike[0].unit.clone();
    assert_eq!(ballot(&rule, &alike).unwrap_err().key, "items");
    assert_eq!(ballot(&rule, &items_of(3)).unwrap_err().key, "items");
    let text = rule.to_toml();
    let hash = "0".repeat(64);
    let title = format!("title = \"票决办法\\nrule:sha256:{hash}\"");
    let line = text.lines().find(|line| line.starts_with("title")).unwrap();
    let bound_twice = Rule::parse(&text.replacen(line, &title, 1)).unwrap();
    assert_eq!(ballot(&bound_twice, &items_of(4)).unwrap_err().key, "title");
}

#[tokio::test]
async fn rules_under_which_no_ballot_can_be_made_are_not_adopted_and_the_field_says_so() {
    let mut session = TestSession::drafted(PollKind::Main, 3, 4).await;
    let actor = Actor::Account(session.office.account);
    let (app, here) = (session.app(), session.jurisdiction());
    let again = withdraw("项目名称要改。");
    session::put_forward(
        app,
        session.office.account,
        here,
        session.poll,
        Party::Office,
        again,
    )
    .await
    .unwrap();
    let mut items = items_of(4);
    items[1].title = items[0].title.clone();
    let new = NewPoll {
        kind: PollKind::Main,
        items,
        facts: None,
    };
    session.poll = session::create(app, actor, &session.service.cycle, new)
        .await
        .unwrap();
    let rule = session.write_rules(2).await;
    let adoption = Adoption {
        rule,
        hands: Hands {
            in_favour: 3,
            against: 0,
            abstained: 0,
        },
        scrutineers: vec![session.chief.account, session.second.account],
        threshold: 2,
        details: crate::session::testkit::details(),
    };
    let refused = session::adopt(session.app(), actor, here, session.poll, &adoption).await;
    assert!(matches!(refused, Err(SessionError::NotCarriedOut(why)) if why.key == "items"));
    assert_eq!(session.state().await, StateName::Drafted);
}

#[tokio::test]
async fn a_roll_that_the_figures_do_not_allow_is_not_voted_on() {
    let mut session = TestSession::drafted(PollKind::Main, 3, 4).await;
    session.adopt(2).await;
    session.check_in(3).await;
    session.both(DualControlStep::Freeze).await;
    session.approve_all().await;
    // Somebody who holds the database adds to the roll what nobody registered.
    let mut tx = session.app().database.write().await.unwrap();
    let sql = "INSERT INTO poll_roll (jurisdiction, poll, credential) SELECT jurisdiction, id, 'one more' FROM polls";
    on_either!(&mut tx, conn => sqlx::query(sql).execute(&mut *conn).await.map(|_| ()).unwrap());
    tx.commit().await.unwrap();
    let refused = session.confirm(DualControlStep::Open, Party::Office).await;
    assert!(matches!(refused, Err(SessionError::NotCarriedOut(why)) if why.key == "deputies"));
    assert_eq!(session.state().await, StateName::Frozen);
}
