use super::{Jar, all_sent, another_code, code_sent_to};
use crate::testing::{NOW, TestService};
use axum::http::StatusCode;
use domain::cycles::Stage;
use domain::on_either;
use domain::people::code::{CODE_SECONDS, CODE_TRIES};

const PHONE: &str = "138 0000 1234";

#[tokio::test]
async fn a_newcomer_signs_in_by_code_chooses_a_name_and_comes_back_to_the_same_account() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let mut jar = Jar::default();
        let asked = jar
            .post(
                &service,
                "/sign-in",
                &[("contact", PHONE), ("next", "/j/qinghe/2026")],
            )
            .await;
        assert_eq!(
            asked.location.as_deref(),
            Some("/sign-in/code?next=/j/qinghe/2026")
        );
        assert!(all_sent(&service).await);
        let page = jar.get(&service, "/sign-in/code").await;
        assert!(page.body.contains("138****1234"), "{}", page.body);
        let code = code_sent_to(&service, PHONE);
        assert!(
            !page.body.contains(&code),
            "only the demo shows the message"
        );
        let form = [("code", code.as_str()), ("next", "/j/qinghe/2026")];
        let entered = jar.post(&service, "/sign-in/code", &form).await;
        assert_eq!(
            entered.location.as_deref(),
            Some("/sign-in/name?next=/j/qinghe/2026")
        );
        assert!(!jar.has("session"), "not in before a name is chosen");
        let form = [
            ("display_name", "城东李师傅"),
            ("residence", "qinghe"),
            ("next", "/j/qinghe/2026"),
        ];
        let named = jar.post(&service, "/sign-in/name", &form).await;
        assert_eq!(named.location.as_deref(), Some("/j/qinghe/2026"));
        let me = jar.get(&service, "/me").await;
        assert_eq!(me.status, StatusCode::OK, "{}", me.body);
        assert!(
            me.body.contains("城东李师傅") && me.body.contains("居民"),
            "{}",
            me.body
        );

        let mut again = Jar::sign_in(&service, "+86 13800001234").await;
        let me = again.get(&service, "/me").await;
        assert!(me.body.contains("城东李师傅"), "{}", me.body);
        assert_eq!(count(&service, "SELECT COUNT(*) FROM accounts").await, 1);
    }
}

#[tokio::test]
async fn neither_contact_nor_code_lies_readable_in_the_database() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let _jar = Jar::sign_in(&service, PHONE).await;
        Jar::default().ask(&service, PHONE).await;
        let code = code_sent_to(&service, PHONE);
        let mut tx = service.app.database.read().await.unwrap();
        let sealed: Vec<Vec<u8>> = on_either!(&mut tx, conn => sqlx::query_scalar(
            "SELECT sealed FROM account_contacts UNION ALL SELECT sealed FROM sign_in_tickets \
             UNION ALL SELECT lookup FROM account_contacts UNION ALL SELECT sealed FROM sign_in_codes",
        ).fetch_all(&mut *conn).await.unwrap());
        assert_eq!(sealed.len(), 5);
        for bytes in sealed {
            assert!(!bytes.windows(6).any(|six| six == b"000012"));
            assert!(!bytes.windows(6).any(|six| six == code.as_bytes()));
        }
        let left: i64 = on_either!(&mut tx, conn => sqlx::query_scalar(
            "SELECT COUNT(*) FROM outbox WHERE sealed IS NOT NULL",
        ).fetch_one(&mut *conn).await.unwrap());
        assert_eq!(left, 0, "what was sent is wiped");
    }
}

#[tokio::test]
async fn an_expired_code_is_refused() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let mut jar = Jar::default();
        jar.ask(&service, PHONE).await;
        service.app.clock.set(NOW.plus_seconds(CODE_SECONDS));
        let seen = jar.code(&service, &code_sent_to(&service, PHONE)).await;
        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(seen.body.contains("验证码已失效"), "{}", seen.body);
        assert!(!jar.has("session"));
    }
}

#[tokio::test]
async fn after_five_wrong_codes_the_right_one_is_refused() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let mut jar = Jar::default();
        jar.ask(&service, PHONE).await;
        let code = code_sent_to(&service, PHONE);
        for left in (0..CODE_TRIES).rev() {
            let seen = jar.code(&service, &another_code(&code)).await;
            assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
            let message = if left > 0 {
                format!("还可以再试 {left} 次")
            } else {
                "错误次数过多".to_owned()
            };
            assert!(seen.body.contains(&message), "{left}: {}", seen.body);
        }
        let seen = jar.code(&service, &code).await;
        assert!(seen.body.contains("错误次数过多"), "{}", seen.body);
        assert!(!jar.has("session"));
    }
}

#[tokio::test]
async fn a_used_code_is_refused() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let mut jar = Jar::default();
        jar.ask(&service, PHONE).await;
        let mut thief = jar.clone();
        let code = code_sent_to(&service, PHONE);
        jar.code(&service, &code).await;
        let seen = thief.code(&service, &code).await;
        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(seen.body.contains("验证码已使用"), "{}", seen.body);
    }
}

#[tokio::test]
async fn a_code_sent_to_another_contact_is_refused() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let (mut mine, mut other) = (Jar::default(), Jar::default());
        mine.ask(&service, PHONE).await;
        other.ask(&service, "wang@example.cn").await;
        let code = code_sent_to(&service, "wang@example.cn");
        if code == code_sent_to(&service, PHONE) {
            return; // one time in a million
        }
        let seen = mine.code(&service, &code).await;
        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(seen.body.contains("验证码不正确"), "{}", seen.body);
    }
}

#[tokio::test]
async fn a_code_is_of_no_use_in_another_browser() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        Jar::default().ask(&service, PHONE).await;
        let code = code_sent_to(&service, PHONE);
        let mut elsewhere = Jar::default();
        let seen = elsewhere.code(&service, &code).await;
        assert!(seen.body.contains("验证码已失效"), "{}", seen.body);
        assert!(!elsewhere.has("session"));
    }
}

#[tokio::test]
async fn of_parallel_uses_of_one_code_one_succeeds() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        drop(Jar::sign_in(&service, PHONE).await);
        let mut jar = Jar::default();
        jar.ask(&service, PHONE).await;
        let code = code_sent_to(&service, PHONE);
        let mut jars: Vec<Jar> = (0..4).map(|_| jar.clone()).collect();
        let [a, b, c, d] = &mut jars[..] else {
            panic!()
        };
        tokio::join!(
            a.code(&service, &code),
            b.code(&service, &code),
            c.code(&service, &code),
            d.code(&service, &code)
        );
        assert_eq!(jars.iter().filter(|jar| jar.has("session")).count(), 1);
    }
}

/// However many are typed at the same moment.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_parallel_wrong_codes_so_many_are_looked_at_as_a_ticket_takes() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let mut jar = Jar::default();
        jar.ask(&service, PHONE).await;
        let code = code_sent_to(&service, PHONE);
        let wrong = another_code(&code);
        let guesses = (0..20).map(|_| {
            let (mut jar, service, wrong) = (jar.clone(), &service, wrong.clone());
            async move { jar.code(service, &wrong).await }
        });
        let seen = futures_util::future::join_all(guesses).await;
        let again = seen.iter().filter(|one| one.body.contains("还可以再试"));
        // The last one that is looked at is told that no more is.
        let tries = usize::try_from(CODE_TRIES).unwrap();
        assert_eq!(again.count(), tries - 1);
        let counted = count(
            &service,
            "SELECT CAST(MAX(tries) AS BIGINT) FROM sign_in_tickets",
        );
        assert_eq!(counted.await, i64::from(CODE_TRIES));
        jar.code(&service, &code).await;
        assert!(!jar.has("session"));
    }
}

#[tokio::test]
async fn a_newcomer_chooses_a_name_in_time() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let form = [("display_name", "城东李师傅"), ("residence", "qinghe")];
        let mut verified = Vec::new();
        for contact in [PHONE, "wang@example.cn"] {
            let mut jar = Jar::default();
            jar.ask(&service, contact).await;
            let seen = jar.code(&service, &code_sent_to(&service, contact)).await;
            assert_eq!(seen.status, StatusCode::SEE_OTHER, "{}", seen.body);
            verified.push(jar);
        }
        let half_an_hour = NOW.plus_seconds(30 * 60);
        service.app.clock.set(half_an_hour.plus_seconds(-1));
        verified[0].post(&service, "/sign-in/name", &form).await;
        assert!(verified[0].has("session"));
        service.app.clock.set(half_an_hour);
        let late = verified[1].post(&service, "/sign-in/name", &form).await;
        assert_ne!(late.status, StatusCode::SEE_OTHER, "{late:?}");
        assert!(!verified[1].has("session"));
        assert_eq!(count(&service, "SELECT COUNT(*) FROM accounts").await, 1);
    }
}

/// Whoever finds the cookie of a sign-in that is over learns nothing of who it was.
#[tokio::test]
async fn a_used_ticket_shows_no_contact() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        drop(Jar::sign_in(&service, PHONE).await);
        let mut jar = Jar::default();
        jar.ask(&service, PHONE).await;
        let mut thief = jar.clone();
        let shown = thief.get(&service, "/sign-in/code").await;
        assert!(shown.body.contains("138****1234"), "{}", shown.body);
        jar.code(&service, &code_sent_to(&service, PHONE)).await;
        assert!(jar.has("session"));
        let seen = thief.get(&service, "/sign-in/code").await;
        assert!(!seen.body.contains("138****1234"), "{}", seen.body);
    }
}

#[tokio::test]
async fn the_answer_to_a_known_and_an_unknown_contact_is_the_same() {
    let service = TestService::start(Stage::Collecting).await;
    drop(Jar::sign_in(&service, PHONE).await);
    let (mut known, mut unknown) = (Jar::default(), Jar::default());
    let first = known.ask(&service, PHONE).await;
    let second = unknown.ask(&service, "13811111234").await;
    assert_eq!(
        (first.status, &first.location),
        (second.status, &second.location)
    );
    let first = known.get(&service, "/sign-in/code").await;
    let second = unknown.get(&service, "/sign-in/code").await;
    assert_eq!(
        first.body, second.body,
        "both masked numbers are 138****1234"
    );
}

#[tokio::test]
async fn a_contact_that_is_none_keeps_what_was_typed_and_names_the_field() {
    let service = TestService::start(Stage::Collecting).await;
    let seen = Jar::default().ask(&service, "12345").await;
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(seen.body.contains("value=\"12345\""), "{}", seen.body);
    assert!(seen.body.contains("error-contact"), "{}", seen.body);
}

#[tokio::test]
async fn nobody_is_sent_elsewhere_after_signing_in() {
    let service = TestService::start(Stage::Collecting).await;
    drop(Jar::sign_in(&service, PHONE).await);
    let mut jar = Jar::default();
    jar.ask(&service, PHONE).await;
    let code = code_sent_to(&service, PHONE);
    let form = [("code", code.as_str()), ("next", "//evil.example/")];
    let seen = jar.post(&service, "/sign-in/code", &form).await;
    assert_eq!(seen.location.as_deref(), Some("/"));
}

async fn count(service: &TestService, sql: &'static str) -> i64 {
    let mut tx = service.app.database.read().await.unwrap();
    on_either!(&mut tx, conn => sqlx::query_scalar(sql).fetch_one(&mut *conn).await.unwrap())
}
