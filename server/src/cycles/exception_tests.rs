//! A year is archived once every rework order has its answer, or by two people who say why not (promise 10).

use crate::projects::tests::World;
use crate::session::testkit::TestSession;
use crate::testing::{Browser, TestService};
use axum::http::StatusCode;
use domain::closed_loop::{
    self, AdvanceError, ConditionKind, advance, ask_exception, confirm_exception, exception_to,
};
use domain::cycles::{Cycle, Stage, store};
use domain::evaluation;
use domain::people::Role;
use domain::record::change::Actor;
use domain::session::{Matter, PollKind};

const REASON: &str = "一项整改须待汛期后施工，结转下年办理。";
const PAGE: &str = "/j/qinghe/2026";

/// A cycle whose evaluation found nobody satisfied: both projects are sent back.
struct Judged {
    session: TestSession,
    cycle: Cycle,
}

impl Judged {
    async fn of(service: TestService) -> Self {
        let World { mut service, cycle } = World::of(service).await;
        let mut tx = service.app.database.write().await.unwrap();
        let at = service.app.clock.now();
        store::set_stage(&mut tx, &cycle, Stage::Evaluating, at)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        service.cycle.stage = Stage::Evaluating;
        let cycle = service.cycle.clone();
        let mut session = TestSession::in_service(service, PollKind::Evaluation, 3, 2).await;
        session.adopt(2).await;
        session.check_in(3).await;
        session.hold(&[]).await;
        Self { session, cycle }
    }

    async fn on_each_database() -> Vec<Self> {
        let mut all = Vec::new();
        for service in TestService::on_each_database(Stage::Voting).await {
            all.push(Self::of(service).await);
        }
        all
    }

    async fn stage(&self) -> Stage {
        let mut tx = self.session.app().database.read().await.unwrap();
        let cycles = store::cycles(&mut tx, self.cycle.jurisdiction).await;
        cycles.unwrap()[0].stage
    }

    async fn archive(&self) -> Result<Cycle, AdvanceError> {
        let by = Actor::Account(self.session.office.account);
        advance(self.session.app(), by, &self.cycle, Stage::Closed).await
    }

    async fn answer(&self, code: &str) {
        let app = self.session.app();
        let answer = "已整改。";
        evaluation::answer_rework(app, Actor::System, &self.cycle, code, answer)
            .await
            .unwrap();
    }

    async fn ask(&self, by: &Browser, reason: &str) -> Result<(), AdvanceError> {
        ask_exception(
            self.session.app(),
            by.account,
            &self.cycle,
            Stage::Closed,
            reason,
        )
        .await
    }

    async fn matter(&self) -> Matter {
        let mut tx = self.session.app().database.read().await.unwrap();
        let asked = exception_to(&mut tx, &self.cycle, Stage::Closed).await;
        asked.unwrap().unwrap().matter(&self.cycle)
    }

    async fn confirm(&self, by: &Browser, seen: &Matter) -> Result<(), AdvanceError> {
        let app = self.session.app();
        confirm_exception(app, by.account, &self.cycle, Stage::Closed, seen).await
    }
}

#[tokio::test]
async fn a_year_is_not_archived_before_every_rework_order_has_its_answer() {
    for judged in Judged::on_each_database().await {
        for left in [2, 1] {
            let refused = judged.archive().await;
            assert!(matches!(
                refused,
                Err(AdvanceError::NotYet(one))
                    if one.kind == ConditionKind::ReworksAnswered && one.left == left
            ));
            judged.answer(&format!("QH26-0{left}")).await;
        }
        // Nothing is left: there is nothing to except.
        let office = &judged.session.office;
        let asked = judged.ask(office, REASON).await;
        assert!(matches!(asked, Err(AdvanceError::NoException)));
        assert_eq!(judged.archive().await.unwrap().stage, Stage::Closed);
    }
}

#[tokio::test]
async fn two_people_archive_a_year_with_open_orders_and_the_orders_stay_in_force() {
    for judged in Judged::on_each_database().await {
        let (office, chair) = (&judged.session.office, &judged.session.chair);
        judged.ask(office, REASON).await.unwrap();
        // The same again is one.
        judged.ask(office, REASON).await.unwrap();
        assert_eq!(judged.stage().await, Stage::Evaluating);
        let seen = judged.matter().await;
        judged.confirm(chair, &seen).await.unwrap();
        judged.confirm(chair, &seen).await.unwrap();
        assert_eq!(judged.stage().await, Stage::Closed);
        let page = judged.session.service.get(PAGE, None).await.body;
        let told = format!(
            "转入时尚有 2 项二次办理没有答复，经办公室和大会执行主席确认，继续办理。 理由：{REASON}"
        );
        assert!(page.contains(&told), "{page}");
        let mut tx = judged.session.app().database.read().await.unwrap();
        let bodies = domain::record::store::told_about_but(
            &mut tx,
            judged.cycle.scope(),
            "qinghe/2026",
            domain::record::Kind::PollBallot,
        )
        .await
        .unwrap();
        drop(tx);
        let last = bodies
            .iter()
            .filter_map(|one| one.body.as_ref())
            .next_back();
        let expected = format!(
            "\"stage\":\"closed\",\"exception\":{{\"open_reworks\":2,\"reason\":\"{REASON}\",\"confirmed_by\":[\"office\",\"chair\"]}}"
        );
        assert!(last.unwrap().contains(&expected), "{last:?}");
        judged.answer("QH26-01").await;
    }
}

#[tokio::test]
async fn neither_one_person_nor_other_roles_nor_another_reason_archives_it() {
    for judged in Judged::on_each_database().await {
        let service = &judged.session.service;
        let chair = &judged.session.chair;
        // Somebody who is both.
        let both = service.sign_in(&[Role::Office, Role::Chair]).await;
        assert!(matches!(
            judged.ask(chair, REASON).await,
            Err(AdvanceError::Forbidden)
        ));
        judged.ask(&both, REASON).await.unwrap();
        let seen = judged.matter().await;
        assert!(matches!(
            judged.confirm(&both, &seen).await,
            Err(AdvanceError::SamePerson)
        ));
        let office = &judged.session.office;
        assert!(matches!(
            judged.confirm(office, &seen).await,
            Err(AdvanceError::Forbidden)
        ));
        judged.ask(&both, "另一个理由。").await.unwrap();
        assert!(matches!(
            judged.confirm(chair, &seen).await,
            Err(AdvanceError::MatterChanged)
        ));
        // An order that was answered since is another matter, too.
        let seen = judged.matter().await;
        judged.answer("QH26-01").await;
        assert!(matches!(
            judged.confirm(chair, &seen).await,
            Err(AdvanceError::MatterChanged)
        ));
        assert_eq!(judged.stage().await, Stage::Evaluating);
    }
}

#[tokio::test]
async fn who_enrolled_the_other_does_not_confirm_what_the_other_asked() {
    let service = TestService::start(Stage::Voting).await;
    let judged = Judged::of(service).await;
    let committee = judged.session.service.sign_in(&[Role::Committee]).await;
    judged.ask(&judged.session.office, REASON).await.unwrap();
    let seen = judged.matter().await;
    let mut tx = judged.session.app().database.write().await.unwrap();
    let (made, by) = (committee.account, judged.session.office.account);
    domain::on_either!(&mut tx, conn => sqlx::query("UPDATE accounts SET invited_by = $1 WHERE id = $2")
        .bind(by).bind(made).execute(&mut *conn).await.map(|_| ()).unwrap());
    tx.commit().await.unwrap();
    assert!(matches!(
        judged.confirm(&committee, &seen).await,
        Err(AdvanceError::EnrolledByEachOther)
    ));
}

#[tokio::test]
async fn no_exception_lets_a_year_begin_that_nobody_has_decided() {
    let service = TestService::start(Stage::Voting).await;
    let office = service.sign_in(&[Role::Office]).await;
    let (app, cycle) = (&service.app, &service.cycle);
    let asked = ask_exception(app, office.account, cycle, Stage::Implementing, REASON).await;
    assert!(matches!(
        asked,
        Err(AdvanceError::NotYet(one)) if one.kind == ConditionKind::VoteAnnounced
    ));
    let mut tx = app.database.read().await.unwrap();
    let all = closed_loop::exceptions(&mut tx, cycle).await.unwrap();
    assert_eq!(all, []);
}

#[tokio::test]
async fn the_pages_ask_keep_what_was_typed_and_offer_it_to_the_chair() {
    let service = TestService::start(Stage::Voting).await;
    let judged = Judged::of(service).await;
    let session = &judged.session;
    let service = &session.service;
    let ask = format!("{PAGE}/stage/exception");
    let form = |reason| [("to", "closed"), ("exception_reason", reason)];
    let page = service.get(PAGE, Some(&session.office)).await.body;
    assert!(page.contains("申请先行归档"), "{page}");
    assert!(
        !page.contains("<button type=\"submit\" name=\"to\" value=\"closed\">"),
        "{page}"
    );
    let short = service.post(&ask, Some(&session.office), &form("急")).await;
    assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(short.body.contains(">急</textarea>"), "{}", short.body);
    let asked = service
        .post(&ask, Some(&session.office), &form(REASON))
        .await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.body);
    let public = service.get(PAGE, None).await.body;
    assert!(!public.contains(REASON), "{public}");
    let page = service.get(PAGE, Some(&session.chair)).await.body;
    assert!(page.contains(REASON), "{page}");
    let matter = judged.matter().await.to_string();
    let confirmed = service
        .post(
            &format!("{ask}/confirm"),
            Some(&session.chair),
            &[("to", "closed"), ("matter", &matter)],
        )
        .await;
    assert_eq!(
        confirmed.status,
        StatusCode::SEE_OTHER,
        "{}",
        confirmed.body
    );
    assert_eq!(judged.stage().await, Stage::Closed);
}
