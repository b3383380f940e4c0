//! A hall full of people behind one address, and who would spoil it for them.

use super::passwords::{MAIL, PASSWORD, office_with_password};
use super::{Jar, another_code, code_sent_to};
use crate::testing::{NOW, TestService};
use axum::http::StatusCode;
use domain::cycles::Stage;
use domain::infra::mail;
use domain::on_either;
use domain::people::limits::{CODES, FAILURES_OF_NETWORK, MESSAGES, PASSWORDS, PATIENCE};
use domain::people::password::{self, Password};
use domain::people::{Contact, store};
use std::net::IpAddr;

const PHONE: &str = "138 0000 1234";
const WRONG: &str = "wrong horse battery";

/// A browser in another network than everybody else.
fn elsewhere() -> Jar {
    Jar::at("203.0.113.9".parse().unwrap())
}

async fn number_of(service: &TestService, sql: &'static str) -> i64 {
    let mut tx = service.app.database.read().await.unwrap();
    on_either!(&mut tx, conn => sqlx::query_scalar(sql).fetch_one(&mut *conn).await.unwrap())
}

async fn audited(service: &TestService) -> i64 {
    number_of(service, "SELECT COUNT(*) FROM audit").await
}

/// 213 people with a contact and the same password, whose hash costs nothing to make.
async fn hall(service: &TestService) -> Vec<String> {
    let hash = password::hash(Password::new(PASSWORD), &service.app.entropy)
        .await
        .unwrap();
    let mut contacts = Vec::new();
    for number in 0..213 {
        let typed = format!("139{number:08}");
        let account = service.account(&[], service.jurisdiction.id).await;
        let contact = Contact::parse(&typed).unwrap();
        let stored = domain::people::sign_in::stored(&service.app, &contact).unwrap();
        let mut tx = service.app.database.write().await.unwrap();
        store::insert_contact(&mut tx, account, &stored, None, NOW)
            .await
            .unwrap();
        store::set_password_hash(&mut tx, account, &hash)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        contacts.push(typed);
    }
    contacts
}

#[tokio::test]
async fn ten_and_more_right_sign_ins_in_an_hour_are_all_let_in() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        office_with_password(&service).await;
        for _ in 0..3 * PASSWORDS.free() {
            let (jar, seen) = Jar::enter(&service, MAIL, PASSWORD).await;
            assert!(jar.has("session"), "{}", seen.status);
        }
        assert_eq!(service.app.clock.now(), NOW, "nobody had to wait");
    }
}

#[tokio::test]
async fn a_hall_behind_one_address_signs_in_by_password_and_by_code() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        for contact in hall(&service).await {
            let (jar, seen) = Jar::enter(&service, &contact, PASSWORD).await;
            assert!(jar.has("session"), "{contact}: {}", seen.status);
            Jar::sign_in(&service, &contact).await;
        }
        assert_eq!(service.app.clock.now(), NOW, "nobody had to wait");
    }
}

#[tokio::test]
async fn a_joker_at_the_same_address_keeps_nobody_out() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        office_with_password(&service).await;
        let contacts = hall(&service).await;
        let before = audited(&service).await;
        for contact in contacts.iter().cycle().take(600) {
            Jar::enter(&service, contact, WRONG).await;
        }
        // Each failure up to the limit, and one line that says that it was reached.
        let most = i64::from(FAILURES_OF_NETWORK.max()) + 1;
        assert_eq!(audited(&service).await - before, most);
        for contact in contacts.iter().take(3) {
            let begun = service.app.clock.now();
            let (jar, seen) = Jar::enter(&service, contact, PASSWORD).await;
            assert!(jar.has("session"), "{}", seen.status);
            // Three failures in one's own name cost a second where the network fails much.
            let waited = service.app.clock.now().millis() - begun.millis();
            assert!(waited <= 1000, "{waited}");
        }
    }
}

#[tokio::test]
async fn a_right_password_enters_after_any_number_of_wrong_ones_when_its_turn_comes() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        office_with_password(&service).await;
        for _ in 0..600 {
            Jar::enter(&service, MAIL, WRONG).await;
        }
        let before = service.app.clock.now();
        let (jar, seen) = Jar::enter(&service, MAIL, PASSWORD).await;
        assert!(jar.has("session"), "{}", seen.status);
        let waited = service.app.clock.now().millis() - before.millis();
        assert!(waited <= PATIENCE * 1000, "{waited}");
        let before = service.app.clock.now();
        let (jar, _) = Jar::enter(&service, MAIL, PASSWORD).await;
        assert!(jar.has("session"));
        assert_eq!(
            service.app.clock.now(),
            before,
            "the failures are forgotten"
        );
    }
}

#[tokio::test]
async fn guessing_is_bounded_by_time_whatever_comes_at_once() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        office_with_password(&service).await;
        let guesses = (0..30).map(|_| Jar::enter(&service, MAIL, WRONG));
        let seen = futures_util::future::join_all(guesses).await;
        let looked_at = seen
            .iter()
            .filter(|(_, seen)| seen.status == StatusCode::UNPROCESSABLE_ENTITY)
            .count();
        let refused = seen.iter().filter(|(_, seen)| {
            seen.status == StatusCode::TOO_MANY_REQUESTS && seen.retry_after.is_some()
        });
        assert_eq!(looked_at + refused.count(), 30);
        // The test's clock goes on to the latest turn that anybody took. Turns lie 1, 2, 4 … 30 seconds apart.
        let passed = (service.app.clock.now().millis() - NOW.millis()) / 1000;
        let turns = (0..).scan(0_i64, |at, doublings: u32| {
            *at += (1 << doublings.min(10)).min(30);
            Some(*at)
        });
        let waited_for = turns.take_while(|at| *at <= passed).count();
        let free = usize::try_from(PASSWORDS.free()).unwrap();
        assert!(looked_at <= free + waited_for, "{looked_at} in {passed} s");
        assert!(looked_at >= free, "{looked_at}");
    }
}

#[tokio::test]
async fn a_refusal_tells_nothing_of_the_password() {
    let service = TestService::start(Stage::Collecting).await;
    office_with_password(&service).await;
    let lane = domain::people::limits::Lane::of_network(
        &Contact::parse(MAIL).unwrap().lookup(&service.app.vault),
        IpAddr::from([0, 0, 0, 0]),
    );
    // All turns of the next half minute are taken, so that neither of the two is looked at.
    while PASSWORDS.take_turn(&service.app, &lane).await.is_ok() {}
    let (_, right) = Jar::enter(&service, MAIL, PASSWORD).await;
    let (_, wrong) = Jar::enter(&service, MAIL, WRONG).await;
    assert_eq!(right.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!((right.status, right.body), (wrong.status, wrong.body));
    assert_eq!(right.retry_after, wrong.retry_after);
}

#[tokio::test]
async fn a_known_device_and_another_network_do_not_wait_for_a_strangers_failures() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let mut known = office_with_password(&service).await;
        for _ in 0..60 {
            Jar::enter(&service, MAIL, WRONG).await;
        }
        let before = service.app.clock.now();
        let form = [("contact", MAIL), ("password", PASSWORD)];
        for jar in [&mut known, &mut elsewhere()] {
            let seen = jar.post(&service, "/sign-in/password", &form).await;
            assert_eq!(seen.status, StatusCode::SEE_OTHER, "{}", seen.body);
        }
        assert_eq!(service.app.clock.now(), before);
    }
}

#[tokio::test]
async fn the_mark_of_a_device_counts_for_its_own_account_alone() {
    let service = TestService::start(Stage::Collecting).await;
    office_with_password(&service).await;
    let mut other = Jar::sign_in(&service, PHONE).await;
    for _ in 0..60 {
        Jar::enter(&service, MAIL, WRONG).await;
    }
    let before = service.app.clock.now();
    let form = [("contact", MAIL), ("password", WRONG)];
    other.post(&service, "/sign-in/password", &form).await;
    assert!(service.app.clock.now() > before, "as slow as a stranger's");
}

#[tokio::test]
async fn a_stranger_who_asks_for_codes_takes_none_from_their_owner() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let mut known = Jar::sign_in(&service, PHONE).await;
        let mut waiting = Jar::default();
        waiting.ask(&service, PHONE).await;
        let code = code_sent_to(&service, PHONE);
        let mut stranger = elsewhere();
        for _ in 0..15 {
            let seen = stranger.ask(&service, PHONE).await;
            assert_eq!(seen.status, StatusCode::SEE_OTHER, "{}", seen.body);
        }
        let sent = number_of(&service, "SELECT COUNT(*) FROM outbox").await;
        assert_eq!(sent, 2 + i64::from(MESSAGES.free()), "messages are bounded");
        assert_eq!(code_sent_to(&service, PHONE), code, "the same one again");
        for jar in [&mut known, &mut Jar::at("198.51.100.1".parse().unwrap())] {
            jar.ask(&service, PHONE).await;
            assert_eq!(code_sent_to(&service, PHONE), code);
        }
        let again = number_of(&service, "SELECT COUNT(*) FROM outbox").await;
        assert_eq!(again, sent + 2, "others are sent theirs");
        waiting.code(&service, &code).await;
        assert!(
            waiting.has("session"),
            "the code that was sent first enters"
        );
    }
}

#[tokio::test]
async fn where_no_more_messages_are_sent_the_last_code_lives_until_the_next_may_be() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        drop(Jar::sign_in(&service, PHONE).await);
        for _ in 0..40 {
            Jar::default().ask(&service, PHONE).await;
            let now = service.app.clock.now();
            service.app.clock.set(now.plus_seconds(180));
        }
        let mut jar = Jar::default();
        let seen = jar.ask(&service, PHONE).await;
        assert_eq!(seen.status, StatusCode::SEE_OTHER, "{}", seen.body);
        let seen = jar.code(&service, &code_sent_to(&service, PHONE)).await;
        assert!(jar.has("session"), "{}", seen.body);
    }
}

#[tokio::test]
async fn guessing_codes_is_bounded_also_with_a_fresh_browser_for_each_guess() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        drop(Jar::sign_in(&service, PHONE).await);
        let mut owner = elsewhere();
        owner.ask(&service, PHONE).await;
        let code = code_sent_to(&service, PHONE);
        let mut looked_at = 0;
        for _ in 0..60 {
            let mut guesser = Jar::default();
            guesser.ask(&service, PHONE).await;
            let seen = guesser.code(&service, &another_code(&code)).await;
            looked_at += i32::from(seen.status == StatusCode::UNPROCESSABLE_ENTITY);
        }
        // Ten at once, then 1, 2, 4, 8, 16 seconds apart; the next turn would be further away than a request waits.
        assert_eq!(looked_at, CODES.free() + 5);
        owner.code(&service, &code).await;
        assert!(owner.has("session"), "the owner's network is another");
    }
}

#[tokio::test]
async fn refused_tries_leave_one_line_in_the_audit_trail() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        office_with_password(&service).await;
        let lane = domain::people::limits::Lane::of_network(
            &Contact::parse(MAIL).unwrap().lookup(&service.app.vault),
            IpAddr::from([0, 0, 0, 0]),
        );
        while PASSWORDS.take_turn(&service.app, &lane).await.is_ok() {}
        let before = audited(&service).await;
        for _ in 0..60 {
            let (_, seen) = Jar::enter(&service, MAIL, WRONG).await;
            assert_eq!(seen.status, StatusCode::TOO_MANY_REQUESTS);
        }
        assert_eq!(audited(&service).await, before);
        let noted = "SELECT COUNT(*) FROM audit WHERE action = 'people.limit'";
        assert_eq!(number_of(&service, noted).await, 1);
    }
}

#[tokio::test]
async fn an_attack_from_many_networks_makes_codes_longer_and_guesses_rarer() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        drop(Jar::sign_in(&service, PHONE).await);
        let mut owner = Jar::default();
        for network in 0..20 {
            let mut jar = Jar::at(IpAddr::from([203, 0, 113, network]));
            for _ in 0..3 {
                jar.enter_here(&service, PHONE, WRONG).await;
            }
        }
        owner.ask(&service, PHONE).await;
        let contact = Contact::parse(PHONE).unwrap();
        let console = service.app.senders.console().unwrap();
        let text = console.newest_to(contact.expose()).unwrap().text.clone();
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        assert!(digits.len() >= 8 + 2, "eight, and the minutes: {text}");
        let (code, _) = digits.split_at(8);
        let mut stranger = elsewhere();
        for _ in 0..3 {
            stranger.enter_here(&service, PHONE, WRONG).await;
        }
        let seen = stranger.enter_here(&service, PHONE, WRONG).await;
        assert_eq!(seen.status, StatusCode::TOO_MANY_REQUESTS);
        owner.code(&service, code).await;
        assert!(owner.has("session"), "and the owner enters all the same");
        assert_eq!(
            mail::waiting(&mut service.app.database.read().await.unwrap())
                .await
                .unwrap(),
            0
        );
    }
}
