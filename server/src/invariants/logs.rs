//! No log, at whatever level, tells who somebody is, what opens something, or whose a ballot is; and every line of a
//! request stands in its span.

use super::world::{RequestBody, in_session_of, rows, send};
use crate::people::tests::passwords::{MAIL, PASSWORD, office_with_password};
use crate::people::tests::{Jar, another_code, code_sent_to};
use crate::session::testkit::{TestSession, ticks};
use crate::testing::TestService;
use crate::traces::Logs;
use axum::http::{Method, StatusCode};
use ballot::{Ed25519, Group as _};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use domain::cycles::Stage;
use domain::people::Role;
use domain::session::DualControlStep;

const PHONE: &str = "13800001234";
const WRONG_PASSWORD: &str = "wrong horse battery";
const ROSTER: &str =
    "编号,姓名,代表团,手机\n71,张明,城南代表团,13800000001\n72,李芳,城南代表团,13800000003\n";

/// People sign in by every way; answers with what must not be logged of it.
async fn sign_ins(service: &TestService) -> Vec<String> {
    let mut secrets: Vec<String> = [PHONE, MAIL, PASSWORD, WRONG_PASSWORD, "城东李师傅"]
        .map(str::to_owned)
        .into();
    let mut wrong = Jar::default();
    wrong.ask(service, PHONE).await;
    let code = code_sent_to(service, PHONE);
    wrong.code(service, &another_code(&code)).await;
    secrets.extend([code.clone(), another_code(&code)]);
    let jar = office_with_password(service).await;
    secrets.extend([code_sent_to(service, MAIL), jar.cookie("session")]);
    for (password, status) in [
        (WRONG_PASSWORD, StatusCode::UNPROCESSABLE_ENTITY),
        (PASSWORD, StatusCode::SEE_OTHER),
    ] {
        let mut jar = Jar::default();
        let form = [("contact", MAIL), ("password", password)];
        let seen = jar.post(service, "/sign-in/password", &form).await;
        assert_eq!(seen.status, status, "{}", seen.body);
        secrets.extend(jar.has("session").then(|| jar.cookie("session")));
    }
    secrets
}

/// An office imports deputies; answers with what must not be logged of it.
async fn imported(service: &TestService) -> Vec<String> {
    let office = service.sign_in(&[Role::Office]).await;
    let fields = [("csv", ROSTER)].map(|(name, value)| (name.into(), value.into()));
    let to = (&Method::POST, "/j/qinghe/people/import/confirm");
    let sent = send(service, to, Some(&office), &fields, RequestBody::Multipart).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    let mut secrets = ids(service).await;
    secrets.extend(["张明", "李芳", "13800000001", "13800000003"].map(str::to_owned));
    let token = office.cookie().split(['=', ';']).nth(1).unwrap();
    secrets.push(token.to_owned());
    secrets
}

/// Two more deputies cast, one of them twice, and the result is announced; answers with what must not be logged of it.
async fn vote(session: &TestSession) -> Vec<String> {
    let mut secrets = Vec::new();
    for deputy in 1..3 {
        let ballot = session.seal(deputy, &ticks(&[0, 1, 1, 0])).await;
        for _ in 0..2 {
            let body = serde_json::from_str(&ballot).unwrap();
            let path = format!("{}/ballots", session.api());
            let reply = session.service.post_json(&path, None, &body).await;
            assert!(reply.status.is_success(), "{}", reply.body);
            let receipt: serde_json::Value = serde_json::from_str(&reply.body).unwrap();
            secrets.push(receipt["tracker"].as_str().unwrap().to_owned());
        }
        secrets.push(ballot);
    }
    session.both(DualControlStep::Close).await;
    session.decrypt_all().await;
    session.announce().await;
    let mut tx = session.app().database.read().await.unwrap();
    let poll = domain::session::store::poll(&mut tx, session.jurisdiction(), session.poll).await;
    let election = poll.unwrap().unwrap().election;
    for deputy in &session.present {
        secrets.push(deputy.credential.expose().to_owned());
        secrets.push(Ed25519::encode(
            &deputy.credential.public::<Ed25519>(&election),
        ));
        secrets.push(deputy.deputy.to_string());
    }
    secrets
}

/// The ids of every account, deputy and login session.
async fn ids(service: &TestService) -> Vec<String> {
    let tables = ["accounts", "deputies", "sessions"];
    let found = rows(&service.app, |table| tables.contains(&table)).await;
    let ids = found.values().flatten().flat_map(|line| {
        let values: Vec<serde_json::Value> = serde_json::from_str(line).unwrap();
        values.into_iter().filter_map(|value| {
            let bytes = BASE64_STANDARD.decode(value.as_str()?).ok()?;
            uuid::Uuid::from_slice(&bytes).ok()
        })
    });
    let place = service.jurisdiction.id.uuid();
    ids.filter(|id| *id != place)
        .map(|id| id.to_string())
        .collect()
}

/// Whether the log holds the text; six digits count only where they stand alone.
fn tells(text: &str, secret: &str) -> bool {
    let is_code = secret.len() == 6 && secret.bytes().all(|byte| byte.is_ascii_digit());
    if is_code {
        text.split(|c: char| !c.is_ascii_alphanumeric())
            .any(|word| word == secret)
    } else {
        text.contains(secret)
    }
}

#[tokio::test]
async fn nothing_that_names_a_person_opens_something_or_links_a_ballot_is_logged() {
    let logs = Logs::keep();
    let service = TestService::start(Stage::Collecting).await;
    let mut secrets = sign_ins(&service).await;
    // A roster of its own: deputies who stay away would leave the session without a quorum.
    secrets.extend(imported(&TestService::start(Stage::Collecting).await).await);
    let (session, _) = in_session_of(service).await;
    secrets.extend(vote(&session).await);
    let ids = ids(&session.service).await;
    assert!(ids.len() > 10, "{ids:?}");
    secrets.extend(ids);
    let text = logs.text();
    let told: Vec<&String> = secrets
        .iter()
        .filter(|secret| tells(&text, secret))
        .collect();
    assert_eq!(told, Vec::<&String>::new());
    // The same search finds what may be logged, and where it belongs.
    assert!(text.contains(&session.poll.to_string()));
    let line = text
        .lines()
        .find(|line| {
            line.contains(":request{number=") && line.contains(":insert_ballot{}: sqlx::query")
        })
        .unwrap_or_else(|| panic!("no line of a cast in {text}"));
    for span in ["method=POST route=\"/api/v1/", ":cast{poll="] {
        assert!(line.contains(span), "{line}");
    }
}
