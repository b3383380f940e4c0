//! Passkeys: made, asked for at sign-in, refused with one thing broken.

use super::factors::{coded, sign_in_by_password};
use super::passwords::office_with_password;
use super::{Jar, Seen};
use crate::testing::{NOW, TestService};
use axum::http::StatusCode;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use domain::cycles::Stage;
use domain::people::factors::RECOVERY_CODES;
use domain::people::factors::software::{Asserted, SoftwarePasskey};
use serde_json::Value;

/// The passkey's page asks the service, as its script does.
async fn challenge(service: &TestService, jar: &mut Jar, path: &str) -> (Vec<u8>, Value) {
    let seen = jar.post(service, path, &[]).await;
    assert_eq!(seen.status, StatusCode::OK, "{}", seen.body);
    let question: Value = serde_json::from_str(&seen.body).unwrap();
    let text = question["challenge"].as_str().unwrap();
    (BASE64_URL_SAFE_NO_PAD.decode(text).unwrap(), question)
}

async fn with_passkey(service: &TestService) -> (Jar, SoftwarePasskey) {
    let mut jar = office_with_password(service).await;
    let passkey = SoftwarePasskey::new(&service.app.config.base_url);
    let (asked, question) = challenge(service, &mut jar, "/me/security/challenge").await;
    assert_eq!(question["rp_id"], "localhost");
    let made = passkey.register(&asked);
    let text = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    let (data, object) = (text(&made.client_data), text(&made.attestation_object));
    let form = [
        ("factor_name", "办公电脑"),
        ("passkey_client_data", data.as_str()),
        ("passkey_attestation_object", object.as_str()),
    ];
    let confirm = "/me/security/passkey/confirm";
    let seen = jar.post(service, confirm, &form).await;
    assert_eq!(coded(&seen.body).len(), RECOVERY_CODES, "{}", seen.body);
    let seen = jar.post(service, confirm, &form).await;
    assert_eq!(
        seen.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "the challenge was used"
    );
    (jar, passkey)
}

/// What the passkey's answer is sent as.
fn answer(passkey: &SoftwarePasskey, made: &Asserted) -> Vec<(&'static str, String)> {
    let text = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    vec![
        ("passkey_id", text(&passkey.id)),
        ("passkey_client_data", text(&made.client_data)),
        ("passkey_authenticator_data", text(&made.authenticator_data)),
        ("passkey_signature", text(&made.signature)),
    ]
}

async fn send(service: &TestService, jar: &mut Jar, fields: &[(&'static str, String)]) -> Seen {
    let form: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    jar.post(service, "/sign-in/factor", &form).await
}

#[tokio::test]
async fn a_passkey_signs_in_and_one_thing_broken_is_refused() {
    for service in TestService::on_each_database(Stage::Collecting).await {
        let (_, mut passkey) = with_passkey(&service).await;
        let mut jar = sign_in_by_password(&service).await;
        let (asked, question) = challenge(&service, &mut jar, "/sign-in/challenge").await;
        assert_eq!(question["credentials"].as_array().unwrap().len(), 1);
        let made = passkey.assert(&asked);
        let good = answer(&passkey, &made);
        let seen = send(&service, &mut jar, &good).await;
        assert_eq!(seen.location.as_deref(), Some("/"), "{}", seen.body);

        // The same answer again, in a session that was asked something else, and in one that was asked nothing.
        let mut jar = sign_in_by_password(&service).await;
        challenge(&service, &mut jar, "/sign-in/challenge").await;
        for _ in 0..2 {
            let seen = send(&service, &mut jar, &good).await;
            assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        let (asked, _) = challenge(&service, &mut jar, "/sign-in/challenge").await;
        passkey.sign_count = 0;
        let made = passkey.assert(&asked);
        let lower = answer(&passkey, &made);
        let seen = send(&service, &mut jar, &lower).await;
        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY, "counter");
        passkey.sign_count = 10;

        let (asked, _) = challenge(&service, &mut jar, "/sign-in/challenge").await;
        let right = passkey.rp.origin.clone();
        passkey.rp.origin = "http://localhost:9090".to_owned();
        let made = passkey.assert(&asked);
        let elsewhere = answer(&passkey, &made);
        let seen = send(&service, &mut jar, &elsewhere).await;
        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY, "origin");
        passkey.rp.origin = right;

        let (asked, _) = challenge(&service, &mut jar, "/sign-in/challenge").await;
        let mut made = passkey.assert(&asked);
        made.authenticator_data[33] ^= 1;
        let flipped = answer(&passkey, &made);
        let seen = send(&service, &mut jar, &flipped).await;
        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY, "flipped");

        service.app.clock.set(NOW.plus_seconds(20 * 60));
        let mut jar = sign_in_by_password(&service).await;
        let (asked, _) = challenge(&service, &mut jar, "/sign-in/challenge").await;
        let made = passkey.assert(&asked);
        let good = answer(&passkey, &made);
        let seen = send(&service, &mut jar, &good).await;
        assert_eq!(seen.location.as_deref(), Some("/"), "{}", seen.body);
    }
}

#[tokio::test]
async fn a_passkey_belongs_to_one_account() {
    let service = TestService::start(Stage::Collecting).await;
    let (_, passkey) = with_passkey(&service).await;
    let mut other = service_jar(&service).await;
    let (asked, _) = challenge(&service, &mut other, "/me/security/challenge").await;
    let made = passkey.register(&asked);
    let text = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    let (data, object) = (text(&made.client_data), text(&made.attestation_object));
    let form = [
        ("factor_name", "别人的"),
        ("passkey_client_data", data.as_str()),
        ("passkey_attestation_object", object.as_str()),
    ];
    let seen = other
        .post(&service, "/me/security/passkey/confirm", &form)
        .await;
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(seen.body.contains("已经添加过"), "{}", seen.body);
}

/// Another person of the office.
async fn service_jar(service: &TestService) -> Jar {
    let browser = service.sign_in(&[domain::people::Role::Office]).await;
    let mut jar = Jar::default();
    let token = browser.cookie().split(['=', ';']).nth(1).unwrap();
    jar.set("session", token.to_owned());
    jar
}
