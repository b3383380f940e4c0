//! What the session answers to programs and to the deputies' devices.

use super::acts::{deputy_of, give_trustee_key, register};
use super::cast::{cast, find_ballot};
use super::count::give_partial;
use super::found::Found;
use super::publication;
use super::receipt::Receipt;
use super::state::StateName;
use super::store::{self, ObjectKind};
use crate::app::App;
use crate::infra::database::Tx;
use crate::web::failure::{Answer, Failure};
use crate::web::visit::Viewer;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use tally::rules::Rule;

type PollPath = Path<(String, i32, String)>;

/// A poll as everybody may see it. Never a count of choices: that has its own place after the announcement.
#[derive(Debug, Serialize)]
pub struct PollView {
    id: super::PollId,
    kind: super::PollKind,
    title: String,
    state: StateName,
    election_uuid: String,
    group: &'static str,
    places: Option<u64>,
    max_choices: Option<u64>,
    items: Vec<ItemView>,
    figures: Figures,
    fingerprint: Option<String>,
    rule_sha256: Option<String>,
    roll_sha256: Option<String>,
    trustees: Vec<TrusteeView>,
}

#[derive(Debug, Serialize)]
struct ItemView {
    id: String,
    title: String,
}

/// Participation.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Figures {
    /// Deputies in office (应到), once the rules name them.
    pub deputies: Option<u64>,
    /// Signed in (实到).
    pub signed_in: u32,
    /// Ballots in the box.
    pub ballots_cast: u32,
}

#[derive(Debug, Serialize)]
struct TrusteeView {
    index: u32,
    name: String,
    has_key: bool,
    has_decrypted: bool,
}

/// The adopted rule, if there is one.
pub(super) async fn adopted_rule(tx: &mut Tx, poll: &super::Poll) -> Result<Option<Rule>, Failure> {
    let text = store::object(tx, poll, ObjectKind::Rule).await?;
    Ok(text
        .map(|text| super::acts::parsed_rule(poll, &text))
        .transpose()?)
}

/// Participation so far.
pub(super) async fn figures(
    tx: &mut Tx,
    poll: &super::Poll,
    rule: Option<&Rule>,
) -> Result<Figures, Failure> {
    Ok(Figures {
        deputies: rule.map(Rule::deputies),
        signed_in: store::count_signed_in(tx, poll).await?,
        ballots_cast: store::count_ballots(tx, poll).await?,
    })
}

/// `GET /api/v1/j/{jurisdiction}/{year}/polls/{poll}`
pub async fn poll(State(app): State<App>, Path((slug, year, poll)): PollPath) -> Answer {
    let poll = Found::at(&app, &slug, year, &poll).await?.poll;
    let mut tx = app.database.read().await?;
    let rule = adopted_rule(&mut tx, &poll).await?;
    let figures = figures(&mut tx, &poll, rule.as_ref()).await?;
    let items = store::items(&mut tx, &poll).await?;
    let trustees = store::scrutineers(&mut tx, &poll).await?;
    let view = PollView {
        id: poll.id,
        kind: poll.kind,
        state: poll.state.name(),
        election_uuid: poll.election.to_string(),
        group: "Ed25519",
        places: rule.as_ref().and_then(|r| r.decision().map(|d| d.places)),
        max_choices: rule
            .as_ref()
            .and_then(|r| r.questions().first().map(|question| question.max)),
        items: items
            .into_iter()
            .map(|item| ItemView {
                id: item.code,
                title: item.title,
            })
            .collect(),
        figures,
        fingerprint: poll.state.frozen().map(|f| f.fingerprint.to_string()),
        rule_sha256: poll.state.adopted().map(|a| a.rule.to_hex()),
        roll_sha256: poll.state.frozen().map(|f| f.roll.to_hex()),
        trustees: trustees
            .into_iter()
            .map(|one| TrusteeView {
                index: one.number,
                name: one.name,
                has_key: one.public_key.is_some(),
                has_decrypted: one.has_decrypted,
            })
            .collect(),
        title: poll.title,
    };
    Ok(Json(view).into_response())
}

async fn exact(app: &App, path: (String, i32, String), kind: ObjectKind) -> Answer {
    let (slug, year, poll) = path;
    let poll = Found::at(app, &slug, year, &poll).await?.poll;
    let mut tx = app.database.read().await?;
    let text = store::object(&mut tx, &poll, kind)
        .await?
        .ok_or(Failure::NotFound)?;
    let media = match kind {
        ObjectKind::Rule => "application/toml; charset=utf-8",
        ObjectKind::Trustees
        | ObjectKind::Roll
        | ObjectKind::Election
        | ObjectKind::EncryptedTally
        | ObjectKind::Result
        | ObjectKind::Outcome => "application/json",
    };
    Ok(([(header::CONTENT_TYPE, media)], text).into_response())
}

/// `GET …/rule`: the exact bytes of the adopted `rule.toml`.
pub async fn rule(State(app): State<App>, Path(path): PollPath) -> Answer {
    exact(&app, path, ObjectKind::Rule).await
}

/// `GET …/election`
pub async fn election(State(app): State<App>, Path(path): PollPath) -> Answer {
    exact(&app, path, ObjectKind::Election).await
}

/// `GET …/roll`: the exact bytes of the public credentials.
pub async fn roll(State(app): State<App>, Path(path): PollPath) -> Answer {
    exact(&app, path, ObjectKind::Roll).await
}

/// `GET …/trustees`
pub async fn trustees(State(app): State<App>, Path(path): PollPath) -> Answer {
    exact(&app, path, ObjectKind::Trustees).await
}

/// `GET …/encrypted-tally`, from the close on.
pub async fn encrypted_tally(State(app): State<App>, Path(path): PollPath) -> Answer {
    exact(&app, path, ObjectKind::EncryptedTally).await
}

/// `GET …/result`: counts and decision, from the announcement on.
pub async fn result(State(app): State<App>, Path(path): PollPath) -> Answer {
    exact(&app, path, ObjectKind::Outcome).await
}

/// `GET …/archive`: the election archive so far.
pub async fn archive(State(app): State<App>, Path((slug, year, poll)): PollPath) -> Answer {
    let poll = Found::at(&app, &slug, year, &poll).await?.poll;
    let bytes = publication::archive(&app, &poll).await?;
    Ok(download(&poll, "bel", "application/x-tar", bytes))
}

/// `GET …/bundle`: archive, rule, roll, figures and decision, from the announcement on.
pub async fn bundle(State(app): State<App>, Path((slug, year, poll)): PollPath) -> Answer {
    let poll = Found::at(&app, &slug, year, &poll).await?.poll;
    let bytes = publication::bundle(&app, &poll).await?;
    Ok(download(&poll, "zip", "application/zip", bytes))
}

fn download(poll: &super::Poll, extension: &str, media: &'static str, bytes: Vec<u8>) -> Response {
    let name = format!("attachment; filename=\"{}.{extension}\"", poll.election);
    let headers = [
        (header::CONTENT_TYPE, media.to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    (headers, bytes).into_response()
}

/// A deputy's public credential.
#[derive(Debug, Deserialize)]
pub struct Registration {
    public_credential: String,
}

#[derive(Debug, Serialize)]
struct Registered {
    registered: bool,
    signed_in: u32,
}

/// `POST …/registration`
pub async fn registration(
    State(app): State<App>,
    viewer: Viewer,
    Path((slug, year, poll)): PollPath,
    Json(body): Json<Registration>,
) -> Answer {
    let poll = Found::at(&app, &slug, year, &poll).await?.poll;
    let deputy = deputy_of(&app, poll.jurisdiction, viewer.account).await?;
    let signed_in = register(
        &app,
        viewer.actor(),
        poll.jurisdiction,
        poll.id,
        deputy.id,
        &body.public_credential,
    )
    .await?;
    let answer = Registered {
        registered: true,
        signed_in,
    };
    Ok(Json(answer).into_response())
}

/// `POST …/ballots`: anonymous. Nothing of the request but path and body is looked at.
pub async fn ballots(
    State(app): State<App>,
    Path((slug, year, poll)): PollPath,
    body: String,
) -> Answer {
    let poll = Found::at(&app, &slug, year, &poll).await?.poll;
    let cast = cast(&app, poll.jurisdiction, poll.id, body).await?;
    receipt(&app, &cast).await
}

/// `GET …/ballots/{tracker}`, the tracker in the URL-safe alphabet of base 64.
pub async fn ballot(
    State(app): State<App>,
    Path((slug, year, poll, tracker)): Path<(String, i32, String, String)>,
) -> Answer {
    let poll = Found::at(&app, &slug, year, &poll).await?.poll;
    let tracker = tracker.replace('-', "+").replace('_', "/");
    let cast = find_ballot(&app, poll.jurisdiction, poll.id, &tracker).await?;
    receipt(&app, &cast).await
}

async fn receipt(app: &App, cast: &store::CastBallot) -> Answer {
    Ok(Json(Receipt::of(app, cast).await?).into_response())
}

#[derive(Debug, Serialize)]
struct Accepted {
    accepted: bool,
}

fn accepted() -> Response {
    Json(Accepted { accepted: true }).into_response()
}

/// `POST …/trustee-key`
pub async fn trustee_key(
    State(app): State<App>,
    viewer: Viewer,
    Path((slug, year, poll)): PollPath,
    body: String,
) -> Answer {
    let poll = Found::at(&app, &slug, year, &poll).await?.poll;
    give_trustee_key(&app, viewer.account, poll.jurisdiction, poll.id, &body).await?;
    Ok(accepted())
}

/// `POST …/partial-decryption`
pub async fn partial_decryption(
    State(app): State<App>,
    viewer: Viewer,
    Path((slug, year, poll)): PollPath,
    body: String,
) -> Answer {
    let poll = Found::at(&app, &slug, year, &poll).await?.poll;
    give_partial(&app, viewer.account, poll.jurisdiction, poll.id, body).await?;
    Ok(accepted())
}
