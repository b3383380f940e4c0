//! The forms on paper and the minutes: what they say is the decision, and nothing before it.

use super::count::record_bodies;
use crate::session::rule_form::BallotKind;
use crate::session::simulate::SimulateError;
use crate::session::testkit::{TestSession, judged, ticks};
use crate::web::choice::Choice;
use axum::http::StatusCode;
use domain::infra::clock::Timestamp;
use domain::record::change::Actor;
use domain::session::{
    DualControlStep, Numbered, PollKind, SessionError, bundle, number_announcement, store,
};
use serde_json::Value;
use tally::rules::Blank;
use time::Date;

async fn announced() -> TestSession {
    let session = TestSession::open().await;
    session.cast(0, &ticks(&[1, 1, 0, 0])).await;
    session.cast(1, &ticks(&[1, 0, 1, 0])).await;
    session.both(DualControlStep::Close).await;
    session.decrypt_all().await;
    session.announce().await;
    session
}

fn results(session: &TestSession) -> String {
    format!("/j/qinghe/2026/results/{}", session.poll)
}

fn today(session: &TestSession) -> Date {
    let now: Timestamp = session.app().clock.now();
    now.in_zone(session.app().config.zone()).date()
}

#[tokio::test]
async fn before_the_announcement_there_is_neither_sheet_nor_announcement() {
    let session = TestSession::open().await;
    session.cast(0, &ticks(&[1, 1, 0, 0])).await;
    for step in ["", "closed", "decrypted"] {
        match step {
            "closed" => session.both(DualControlStep::Close).await,
            "decrypted" => session.decrypt_all().await,
            _ => {}
        }
        for page in ["sheet", "announcement", "sheet.pdf", "announcement.pdf"] {
            let path = format!("{}/{page}", results(&session));
            let reply = session.service.get(&path, Some(&session.office)).await;
            assert_eq!(reply.status, StatusCode::NOT_FOUND, "{page} {step}");
        }
        let typed = [
            ("announcement_number", "3"),
            ("announcement_day", "2026-01-22"),
        ];
        let path = format!("{}/announcement", results(&session));
        let reply = session
            .service
            .post(&path, Some(&session.office), &typed)
            .await;
        assert_ne!(reply.status, StatusCode::SEE_OTHER, "{step}");
    }
}

#[tokio::test]
async fn the_sheet_has_every_figure_every_line_and_who_signs() {
    let session = announced().await;
    let reply = session
        .service
        .get(&format!("{}/sheet", results(&session)), None)
        .await;
    assert_eq!(reply.status, StatusCode::OK);
    for words in [
        "发出 3 = 收回 2 + 未收回 1",
        "收回 2 = 有效 2 + 无效 0",
        "实到 3 = 收回 2 + 未投 1",
        "总监票人 <strong>代表1",
        "监票人 <strong>代表2",
        "大会执行主席 <strong>代表3",
        "QH26-04",
        "入选线：2 票",
    ] {
        assert!(reply.body.contains(words), "{words} in {}", reply.body);
    }
    let poll = session.poll().await;
    let frozen = poll.state.frozen().unwrap();
    for hash in [
        frozen.adopted.rule.to_hex(),
        frozen.roll.to_hex(),
        frozen.fingerprint.to_string(),
    ] {
        assert!(reply.body.contains(&hash), "{hash}");
    }
}

/// Where the program is not installed nobody is sent to an address that answers nothing.
#[tokio::test]
async fn without_the_program_that_prints_no_pdf_is_offered() {
    let session = announced().await;
    assert!(!session.app().printer.is_there());
    for page in ["sheet", "announcement"] {
        let path = format!("{}/{page}", results(&session));
        let reply = session.service.get(&path, None).await;
        assert_eq!(reply.status, StatusCode::OK);
        assert!(!reply.body.contains(".pdf"), "{}", reply.body);
        let reply = session.service.get(&format!("{path}.pdf"), None).await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn an_evaluation_s_sheet_has_a_column_for_each_level() {
    let mut session = TestSession::drafted(PollKind::Evaluation, 3, 2).await;
    session.adopt(2).await;
    session.check_in(3).await;
    session.both(DualControlStep::Freeze).await;
    session.both(DualControlStep::Open).await;
    let levels = vec![vec![true, false, false], vec![false, false, false]];
    session.cast(0, &ballot::Choices::from(levels)).await;
    session.both(DualControlStep::Close).await;
    session.decrypt_all().await;
    session.announce().await;
    for (page, words) in [
        (
            "sheet",
            ["满意", "基本满意", "不满意", "未表态", "测评结果"],
        ),
        (
            "announcement",
            ["满意度测评", "应到", "实到", "现予公告", "主席团"],
        ),
    ] {
        let path = format!("{}/{page}", results(&session));
        let reply = session.service.get(&path, None).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.body);
        for word in words {
            assert!(reply.body.contains(word), "{page}: {word}");
        }
    }
}

#[tokio::test]
async fn the_announcement_lists_the_chosen_and_takes_number_and_day_once() {
    let session = announced().await;
    let path = format!("{}/announcement", results(&session));
    let reply = session.service.get(&path, Some(&session.office)).await;
    assert!(reply.body.contains("下列 1 项入选"), "{}", reply.body);
    let list = reply.body.split("paper-list").nth(1).unwrap();
    let list = list.split("</ol>").next().unwrap();
    assert!(
        list.contains("QH26-01") && !list.contains("QH26-02"),
        "{list}"
    );
    let day = today(&session).to_string();
    let wrong = [
        ("0", day.as_str(), "announcement_number"),
        ("三", day.as_str(), "announcement_number"),
        ("3", "2026-13-01", "announcement_day"),
        ("3", "1999-01-01", "announcement_day"),
        ("3", "2999-01-01", "announcement_day"),
    ];
    for (number, day, field) in wrong {
        let typed = [("announcement_number", number), ("announcement_day", day)];
        let reply = session
            .service
            .post(&path, Some(&session.office), &typed)
            .await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{typed:?}");
        assert!(reply.body.contains(&format!("error-{field}")), "{typed:?}");
        assert!(
            reply.body.contains(&format!("value=\"{number}\"")),
            "{typed:?}"
        );
    }
    let typed = [("announcement_number", "3"), ("announcement_day", &day)];
    let chair = session
        .service
        .post(&path, Some(&session.chair), &typed)
        .await;
    assert_eq!(chair.status, StatusCode::FORBIDDEN);
    for _ in 0..2 {
        let reply = session
            .service
            .post(&path, Some(&session.office), &typed)
            .await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.body);
    }
    let reply = session.service.get(&path, None).await;
    assert!(reply.body.contains("（第 3 号）"), "{}", reply.body);
    let other = [("announcement_number", "4"), ("announcement_day", &day)];
    let reply = session
        .service
        .post(&path, Some(&session.office), &other)
        .await;
    assert_eq!(reply.status, StatusCode::CONFLICT);
    assert!(reply.body.contains("不能修改"), "{}", reply.body);
}

#[tokio::test]
async fn a_number_stands_once_in_a_year_also_where_two_enter_it_at_once() {
    for session in TestSession::open_on_each_database().await {
        session.cast(0, &ticks(&[1, 1, 0, 0])).await;
        session.both(DualControlStep::Close).await;
        let actor = Actor::Account(session.office.account);
        let new = Numbered {
            number: 3,
            day: today(&session),
        };
        let enter = async |poll| {
            number_announcement(session.app(), actor, session.jurisdiction(), poll, new).await
        };
        let early = enter(session.poll).await;
        assert!(
            matches!(early, Err(SessionError::NotAnnounced)),
            "{early:?}"
        );
        session.decrypt_all().await;
        session.announce().await;
        let (one, two) = tokio::join!(enter(session.poll), enter(session.poll));
        one.unwrap();
        two.unwrap();
        let mut tx = session.app().database.write().await.unwrap();
        let poll = session.poll().await;
        assert_eq!(store::numbered(&mut tx, &poll).await.unwrap(), Some(new));
        let again = store::insert_numbered(&mut tx, &poll, new, session.app().clock.now()).await;
        assert!(again.is_err());
        drop(tx);
        let recorded = record_bodies(&session, "announcement_numbered").await;
        let expected = format!(
            r#"{{"election_uuid":"{}","number":3,"day":"{}"}}"#,
            poll.election, new.day
        );
        assert_eq!(recorded, [expected]);
        // What proves the result is not touched by it.
        let published = bundle(session.app(), &poll).await.unwrap();
        let verdict = judged(&published).verdict;
        assert_eq!(verdict, tally::verify::Verdict::Verified);
    }
}

#[tokio::test]
async fn the_minutes_tell_every_step_in_the_record_s_order_and_no_count_before_its_time() {
    let session = TestSession::open().await;
    session.cast(0, &ticks(&[1, 1, 0, 0])).await;
    let path = format!("{}/minutes", session.api());
    let steps = async || -> Vec<String> {
        let reply = session.service.get(&path, None).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.body);
        let minutes: Value = serde_json::from_str(&reply.body).unwrap();
        let steps = minutes["steps"].as_array().unwrap();
        assert!(steps.is_sorted_by_key(|step| step["entry"].as_u64()));
        let names = steps.iter().map(|step| step["what"]["step"].as_str());
        names.map(|name| name.unwrap().to_owned()).collect()
    };
    let before = [
        "created",
        "rules_adopted",
        "frozen",
        "approved",
        "approved",
        "opened",
    ];
    assert_eq!(steps().await, before);
    session.both(DualControlStep::Close).await;
    session.decrypt_all().await;
    let reply = session.service.get(&path, None).await;
    assert!(!reply.body.contains("in_favour\":1"), "{}", reply.body);
    session.announce().await;
    let after = [
        "closed",
        "closing_stated",
        "closing_stated",
        "partially_decrypted",
        "partially_decrypted",
        "announced",
    ];
    assert_eq!(steps().await, [&before[..], &after[..]].concat());
    let reply = session.service.get(&path, None).await;
    let minutes: Value = serde_json::from_str(&reply.body).unwrap();
    let what = |step: &str| {
        let steps = minutes["steps"].as_array().unwrap();
        let found = steps.iter().find(|one| one["what"]["step"] == step);
        found.unwrap()["what"].clone()
    };
    assert_eq!(what("rules_adopted")["hands"]["in_favour"], 3);
    assert_eq!(what("frozen")["attendance"].as_array().unwrap().len(), 3);
    assert_eq!(what("closed")["returned"], 1);
    assert_eq!(what("closing_stated")["ballots"], 1);
    assert_eq!(what("announced")["announced_by"]["name"], "代表3");
}

/// A vote of three deputies on four items for two places under a form of ballot, with these choices, to its announcement.
async fn held_under(
    form: impl FnOnce(&mut crate::session::RuleForm),
    ballots: &[ballot::Choices],
) -> TestSession {
    let mut session = TestSession::drafted(PollKind::Main, 3, 4).await;
    let rule = session.write_rules_with(2, form).await;
    session.adopt_written(rule).await;
    session.check_in(3).await;
    session.both(DualControlStep::Freeze).await;
    session.both(DualControlStep::Open).await;
    for (deputy, choices) in ballots.iter().enumerate() {
        session.cast(deputy, choices).await;
    }
    session.both(DualControlStep::Close).await;
    session.decrypt_all().await;
    session.announce().await;
    session
}

/// The bundle is verified, and every line of the sheet is the valid ballots; the cells of the first line.
async fn counted(session: &TestSession) -> Vec<u64> {
    let poll = session.poll().await;
    let bundle = bundle(session.app(), &poll).await.unwrap();
    let report = judged(&bundle);
    assert_eq!(
        report.verdict,
        tally::verify::Verdict::Verified,
        "{}",
        report.summary()
    );
    for page in ["", "/sheet", "/announcement"] {
        let path = format!("{}{page}", results(session));
        let reply = session.service.get(&path, None).await;
        assert_eq!(reply.status, StatusCode::OK, "{page}");
    }
    let mut tx = session.app().database.read().await.unwrap();
    let rule = domain::session::adopted_rule(&mut tx, &poll).await.unwrap();
    let outcome = domain::session::outcome(&mut tx, &poll).await.unwrap();
    let items = store::items(&mut tx, &poll).await.unwrap();
    let (rule, outcome) = rule.zip(outcome).unwrap();
    let sheet = crate::session::sheet::ResultSheet::of(&rule, &outcome, &items);
    sheet.unwrap().unwrap().lines[0].counts.clone()
}

/// One question an item: 1 for, 2 against, 3 abstaining, 0 nothing.
fn each(marks: [u8; 4]) -> ballot::Choices {
    let question = |mark: u8| (1..=3).map(|answer| answer == mark).collect();
    ballot::Choices::from(marks.map(question).to_vec())
}

#[tokio::test]
async fn each_item_is_voted_on_and_silence_is_what_the_rule_says() {
    let ballots = [each([1, 1, 2, 3]), each([1, 0, 2, 3]), each([0, 1, 1, 1])];
    let form = |blank| {
        move |form: &mut crate::session::RuleForm| {
            form.rule_form = Choice::One(BallotKind::EachItem);
            form.rule_blank = Choice::One(blank);
        }
    };
    // In favour, against, abstaining; and without a word, where that is its own column.
    let apart = held_under(form(Blank::Nobody), &ballots).await;
    assert_eq!(counted(&apart).await, [2, 0, 0, 1]);
    let abstains = held_under(form(Blank::Abstention), &ballots).await;
    assert_eq!(counted(&abstains).await, [2, 0, 1, 0]);
}

#[tokio::test]
async fn at_least_so_many_and_exactly_so_many_take_a_blank_ballot_and_no_shorter_one() {
    let at_least = |form: &mut crate::session::RuleForm| {
        form.rule_form = Choice::One(BallotKind::AtLeast);
        (form.rule_min, form.rule_max) = ("2".to_owned(), "3".to_owned());
    };
    // The first mark says that the ballot is blank.
    let ballots = [
        ticks(&[0, 1, 1, 0, 0]),
        ticks(&[0, 1, 1, 1, 0]),
        ticks(&[1, 0, 0, 0, 0]),
    ];
    let session = held_under(at_least, &ballots).await;
    // Ticked, others ticked, blank.
    assert_eq!(counted(&session).await, [2, 0, 1]);
    let exactly = |form: &mut crate::session::RuleForm| {
        form.rule_form = Choice::One(BallotKind::Exactly);
        form.rule_max = "2".to_owned();
    };
    let ballots = [ticks(&[0, 1, 1, 0, 0]), ticks(&[0, 1, 0, 1, 0])];
    let session = held_under(exactly, &ballots).await;
    assert_eq!(counted(&session).await, [2, 0, 0]);
    // One tick is none of them: the proof cannot be made.
    let mut session = TestSession::drafted(PollKind::Main, 3, 4).await;
    let rule = session.write_rules_with(2, exactly).await;
    session.adopt_written(rule).await;
    session.check_in(3).await;
    session.both(DualControlStep::Freeze).await;
    session.both(DualControlStep::Open).await;
    let short = crate::session::simulate::seal_ballot(
        session.app(),
        session.jurisdiction(),
        session.poll,
        &session.present[0],
        &ticks(&[0, 1, 0, 0, 0]),
    )
    .await;
    assert!(matches!(short, Err(SimulateError::Choice(_))), "{short:?}");
}

#[tokio::test]
async fn a_blank_ballot_abstains_where_the_rule_says_so() {
    let abstains = |form: &mut crate::session::RuleForm| {
        form.rule_blank = Choice::One(Blank::Abstention);
    };
    let ballots = [ticks(&[0, 1, 1, 0, 0]), ticks(&[1, 0, 0, 0, 0])];
    let session = held_under(abstains, &ballots).await;
    let sum: u64 = counted(&session).await.iter().sum();
    assert_eq!(sum, 2);
}
