//! A county with something behind every kind of id, and what its database holds.

use crate::projects::tests::World as Works;
use crate::proposals::tests::{accepted, set_stage};
use crate::session::testkit::{TestSession, ticks};
use crate::testing::{Browser, NOW, TestService};
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use domain::backup::tables;
use domain::cycles::Stage;
use domain::infra::app::App;
use domain::infra::ids::AccountId;
use domain::on_either;
use domain::people::Role;
use domain::people::store::{self as people, Factor, FactorId, FactorKind};
use domain::record::{EntryIndex, Kind, store};
use domain::screening;
use domain::session::DualControlStep;
use domain::session::PollKind;
use std::collections::{BTreeMap, BTreeSet};
use tally::record::LeafHeader;
use tally::record::body::Body as RecordBody;
use tally::record::leaf::{Salt, body_document};
use uuid::Uuid;

/// Every row of these tables, each line as a copy writes it.
pub(crate) async fn rows(
    app: &App,
    wanted: impl Fn(&str) -> bool,
) -> BTreeMap<String, Vec<String>> {
    let mut tx = app.database.read().await.unwrap();
    let mut all = BTreeMap::new();
    for table in tables::tables(&mut tx).await.unwrap() {
        if !wanted(&table.name) {
            continue;
        }
        let mut lines = Vec::new();
        tables::copy_out(&mut tx, &table, |line| {
            lines.push(String::from_utf8(line.to_vec()).unwrap());
            Ok(())
        })
        .await
        .unwrap();
        lines.sort();
        all.insert(table.name, lines);
    }
    all
}

/// The kinds of all entries of the record, each opened as a stranger opens it: from its leaf and its document.
pub(crate) async fn opened(app: &App) -> BTreeSet<Kind> {
    let mut tx = app.database.read().await.unwrap();
    let mut kinds = BTreeSet::new();
    for position in 0..store::size(&mut tx).await.unwrap() {
        let index = EntryIndex::new(position).unwrap();
        let entry = store::entry(&mut tx, index).await.unwrap().unwrap();
        let header = LeafHeader::from_entry(entry.header.as_bytes()).unwrap();
        assert_eq!(
            (header.kind(), header.subject()),
            (entry.kind.as_str(), entry.subject.as_str())
        );
        if let store::Body::Shown { salt, text } =
            store::body_of(&mut tx, index).await.unwrap().unwrap()
        {
            let document = body_document(Salt::new(salt), text.as_bytes());
            let body = RecordBody::open(&header, &document)
                .unwrap_or_else(|error| panic!("{}: {error}: {text}", entry.header));
            kinds.insert(body.kind());
        }
    }
    kinds
}

/// What requests may leave behind anywhere: sessions, counters, the trail, what the two people themselves do.
pub(crate) fn is_anybodys(table: &str) -> bool {
    [
        "audit",
        "rate_counts",
        "outbox",
        "sessions",
        "factor_offers",
        "sign_in_tickets",
        "sign_in_links",
    ]
    .contains(&table)
}

/// An authenticator app of this account.
pub(crate) async fn factor_of(service: &TestService, account: AccountId) -> String {
    let factor = Factor {
        id: FactorId::new(NOW, &service.app.entropy),
        kind: FactorKind::Totp,
        name: "办公手机".to_owned(),
        sealed: vec![0; 48],
        credential_hash: None,
        counter: 0,
        created_at: NOW,
        used_at: None,
    };
    let mut tx = service.app.database.write().await.unwrap();
    people::insert_factor(&mut tx, account, &factor)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    factor.id.to_string()
}

async fn id(app: &App, sql: &'static str) -> String {
    let mut tx = app.database.read().await.unwrap();
    let id: Uuid =
        on_either!(&mut tx, conn => sqlx::query_scalar(sql).fetch_one(&mut *conn).await.unwrap());
    id.to_string()
}

/// An open poll in a county that has proposals, a cluster, a published shortlist with a comment, and people; and what
/// stands behind each parameter of an address.
pub(crate) async fn in_session() -> (TestSession, BTreeMap<&'static str, String>) {
    in_session_of(TestService::start(Stage::Collecting).await).await
}

/// The same in a service whose cycle is at collecting.
pub(crate) async fn in_session_of(
    mut service: TestService,
) -> (TestSession, BTreeMap<&'static str, String>) {
    let one = accepted(&service, "社区办个老人食堂", "老人吃口热饭。").await;
    accepted(&service, "修一修打铁巷的路灯", "晚上黑得很。").await;
    set_stage(&mut service, Stage::Screening).await;
    let office = service.sign_in(&[Role::Office]).await;
    let actor = domain::record::change::Actor::Account(office.account);
    screening::cluster(&service.app, actor, &service.cycle, &[one])
        .await
        .unwrap();
    crate::screening::tests::published(&mut service).await;
    let resident = service.sign_in(&[Role::Resident]).await;
    let comment = [("comment-text", "建议增加送餐服务"), ("token", "t1")];
    let reply = service
        .post(
            "/j/qinghe/2026/shortlist/comments",
            Some(&resident),
            &comment,
        )
        .await;
    assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.body);
    let offer = [
        ("contact", "teller@example.cn"),
        ("person", "计票员"),
        ("role", "teller"),
        ("unit", ""),
    ];
    let reply = service
        .post("/j/qinghe/people/grant", Some(&office), &offer)
        .await;
    assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.body);
    set_stage(&mut service, Stage::Voting).await;
    let mut session = TestSession::in_service(service, PollKind::Main, 3, 4).await;
    session.adopt(2).await;
    session.check_in(3).await;
    session.both(DualControlStep::Freeze).await;
    session.both(DualControlStep::Open).await;
    let cast = session.cast(0, &ticks(&[1, 0, 1, 0])).await;
    let app = session.app();
    let ids = BTreeMap::from([
        ("proposal", one.to_string()),
        ("cluster", id(app, "SELECT id FROM clusters").await),
        ("candidate", id(app, "SELECT id FROM candidates").await),
        ("code", "QH26-01".to_owned()),
        (
            "comment",
            id(app, "SELECT id FROM shortlist_comments").await,
        ),
        ("poll", session.poll.to_string()),
        ("tracker", cast.tracker.replace('+', "-").replace('/', "_")),
        ("account", office.account.to_string()),
        ("offer", id(app, "SELECT id FROM role_offers").await),
        (
            "session",
            id(app, "SELECT id FROM sessions ORDER BY created_at LIMIT 1").await,
        ),
        ("factor", factor_of(&session.service, office.account).await),
        ("position", "0".to_owned()),
    ]);
    (session, ids)
}

/// A county at work on two projects.
pub(crate) async fn at_work() -> (Works, BTreeMap<&'static str, String>) {
    let works = Works::of(TestService::start(Stage::Voting).await).await;
    let ids = BTreeMap::from([
        ("project", "QH26-01".to_owned()),
        ("position", "0".to_owned()),
    ]);
    (works, ids)
}

/// The names of an address's parameters.
pub(crate) fn parameters(path: &str) -> Vec<&str> {
    path.split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .collect()
}

/// The address with its parameters filled in; `None` where one of them is not among these.
pub(crate) fn filled(path: &str, ids: &BTreeMap<&'static str, String>) -> Option<String> {
    let mut parts = Vec::new();
    for part in path.split('/') {
        parts.push(
            match part
                .strip_prefix('{')
                .and_then(|part| part.strip_suffix('}'))
            {
                Some("year") => "2026".to_owned(),
                Some(name) => ids.get(name)?.clone(),
                None => part.to_owned(),
            },
        );
    }
    Some(parts.join("/"))
}

/// How a body is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RequestBody {
    Form,
    Multipart,
    Json,
}

/// Sends these fields to an address.
pub(crate) async fn send(
    service: &TestService,
    (method, path): (&Method, &str),
    browser: Option<&Browser>,
    fields: &[(String, String)],
    sent: RequestBody,
) -> crate::testing::Reply {
    let (kind, body) = match sent {
        RequestBody::Form => {
            let encode = crate::web::http_error::url_encode;
            let pairs: Vec<String> = fields
                .iter()
                .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
                .collect();
            ("application/x-www-form-urlencoded", pairs.join("&"))
        }
        RequestBody::Multipart => {
            let mut body = String::new();
            for (name, value) in fields {
                let file = if ["picture", "file"].contains(&name.as_str()) {
                    "; filename=\"a.bin\""
                } else {
                    ""
                };
                let head = format!("Content-Disposition: form-data; name=\"{name}\"{file}");
                body.extend(["--limit\r\n", head.as_str(), "\r\n\r\n", value, "\r\n"]);
            }
            body.push_str("--limit--\r\n");
            ("multipart/form-data; boundary=limit", body)
        }
        RequestBody::Json => {
            let object: serde_json::Map<String, serde_json::Value> = fields
                .iter()
                .map(|(name, value)| (name.clone(), value.clone().into()))
                .collect();
            (
                "application/json",
                serde_json::Value::from(object).to_string(),
            )
        }
    };
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::CONTENT_TYPE, kind);
    service.send(request, browser, Body::from(body)).await
}

/// The names of all fields of the forms on a page.
pub(crate) fn field_names(page: &str) -> BTreeSet<String> {
    page.split(" name=\"")
        .skip(1)
        .filter_map(|after| after.split('"').next())
        .filter(|name| *name != "viewport" && *name != "color-scheme")
        .map(str::to_owned)
        .collect()
}
