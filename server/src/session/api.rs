//! What the session answers to programs and to the deputies' devices.

use super::api_bodies;
use super::in_poll::InPoll;
use super::receipt::BallotReceipt;
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::openapi::{OfPoll, PollKind, PollState, ReadProblems, RoleProblems, SendProblems};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use domain::infra::app::App;
use domain::infra::database::Tx;
use domain::people::Viewer;
use domain::session::StateName;
use domain::session::store;
use domain::session::{self, SessionError, adopted_rule, elections_of_check_in};
use domain::session::{Credentials, check_in, deputy_of, submit_trustee_key};
use domain::session::{approve, state_closing, submit_partial_decryption};
use domain::session::{cast, challenge, find_ballot};
use serde::{Deserialize, Serialize};
use tally::record::ceremony::Round;
use tally::rules::Rule;
use utoipa::{OpenApi, ToSchema};

/// This room's part of the API's document.
#[derive(Debug, OpenApi)]
#[openapi(paths(
    poll,
    super::published_api::rule,
    super::published_api::election,
    super::published_api::roll,
    super::published_api::trustees,
    super::published_api::encrypted_tally,
    super::published_api::result,
    super::published_api::archive,
    super::published_api::record,
    super::published_api::record_at_opening,
    super::published_api::bundle,
    ballot,
    ballots,
    challenges,
    check_in_device,
    trustee_key,
    ceremony_message,
    ceremony_complaint,
    approval,
    closing_statement,
    partial_decryption,
    super::paper_api::paper,
    super::paper_api::credentials,
    super::paper_api::list,
    super::paper_api::count,
    super::exports::results,
    super::minutes::minutes,
))]
pub(super) struct Operations;

/// A poll as everybody may see it. Never a count of choices: that has its own place after the announcement.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PollView {
    /// Its id.
    #[schema(value_type = uuid::Uuid)]
    id: session::PollId,
    /// What it decides.
    #[schema(value_type = PollKind)]
    kind: session::PollKind,
    /// The title.
    title: String,
    /// How far it has come.
    #[schema(value_type = PollState)]
    state: StateName,
    /// The election's id in the ballot protocol, 14 base58 characters.
    election_uuid: String,
    /// The poll for whose check-in the devices made their credentials: where one check-in serves several, the first.
    #[schema(value_type = uuid::Uuid)]
    check_in: session::PollId,
    /// Its election.
    check_in_election_uuid: String,
    /// The poll whose scrutineers' keys count this one: itself, or the vote that it follows.
    #[schema(value_type = uuid::Uuid)]
    keys_of: session::PollId,
    /// The other elections for which devices register at this poll's check-in: those that its rule sets aside for polls that may
    /// follow, and those of polls that are checked in for with it.
    reserved_elections: Vec<String>,
    /// The poll that left what this one decides.
    #[schema(value_type = Option<uuid::Uuid>)]
    follows: Option<session::PollId>,
    /// The group of the ballot protocol.
    group: &'static str,
    /// How many can be chosen, once the rules say.
    places: Option<u64>,
    /// The most ticks on a ballot, once the rules say.
    max_choices: Option<u64>,
    /// What is voted on, in the official order.
    items: Vec<ItemView>,
    /// Participation.
    figures: Figures,
    /// The election's fingerprint, from the freeze on.
    fingerprint: Option<String>,
    /// SHA-256 of the rule, hexadecimal, once it is adopted.
    rule_sha256: Option<String>,
    /// SHA-256 of the roll, hexadecimal, from the freeze on.
    roll_sha256: Option<String>,
    /// Who holds the key to the count.
    trustees: Vec<TrusteeView>,
    /// How many of them are enough to open the count, once it is adopted.
    threshold: Option<u32>,
    /// The ceremony in which they make one key together, where it does not take all of them to open the count.
    ceremony: Option<CeremonyView>,
}

/// How far a key ceremony has come.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CeremonyView {
    /// Which of the poll's it is, from 1: after a failure all begin again.
    attempt: u32,
    /// The round that is due; none when the key is made.
    #[schema(value_type = Option<api_bodies::CeremonyRound>)]
    round: Option<Round>,
    /// The numbers of the trustees who are waited for in it.
    awaited: Vec<u32>,
}

impl CeremonyView {
    fn of(ceremony: &session::Ceremony) -> Self {
        let transcript = &ceremony.transcript;
        Self {
            attempt: ceremony.attempt,
            round: transcript.due(),
            awaited: transcript.awaited().iter().map(|one| one.get()).collect(),
        }
    }
}

/// What is voted on.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ItemView {
    /// The official code.
    id: String,
    /// The title.
    title: String,
}

/// Participation.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub(crate) struct Figures {
    /// Deputies in office (应到), once the rules name them.
    pub deputies: Option<u64>,
    /// Signed in (实到).
    pub present: u32,
    /// Ballots in the box.
    pub ballots_cast: u32,
}

/// A scrutineer who holds a part of the key.
#[derive(Debug, Serialize, ToSchema)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "what a device has done, each for itself"
)]
pub(crate) struct TrusteeView {
    /// The number among them, from 1.
    index: u32,
    /// The name.
    name: String,
    /// Whether the key was made.
    has_key: bool,
    /// Whether the device has approved the election.
    has_approved: bool,
    /// Whether it has stated which ballots are summed.
    has_stated_closing: bool,
    /// Whether the partial decryption was handed in.
    has_decrypted: bool,
}

/// Participation so far.
pub(super) async fn figures(
    tx: &mut Tx,
    poll: &session::Poll,
    rule: Option<&Rule>,
) -> Result<Figures, HttpError> {
    Ok(Figures {
        deputies: rule.map(Rule::deputies),
        present: store::count_present(tx, poll).await?,
        ballots_cast: store::count_ballots(tx, poll).await?,
    })
}

/// A poll as everybody may see it; never a count of choices.
#[utoipa::path(
    get, path = "/api/v1/j/{jurisdiction}/{year}/polls/{poll}", tag = "polls", operation_id = "getPoll",
    params(OfPoll),
    responses((status = 200, description = "The poll.", body = PollView), ReadProblems)
)]
pub(crate) async fn poll(State(app): State<App>, found: InPoll) -> HttpResult {
    let poll = found.poll;
    let mut tx = app.database.read().await?;
    let rule = adopted_rule(&mut tx, &poll).await?;
    let figures = figures(&mut tx, &poll, rule.as_ref()).await?;
    let items = store::items(&mut tx, &poll).await?;
    let trustees = store::scrutineers(&mut tx, &poll).await?;
    let checked_in = store::poll(&mut tx, poll.jurisdiction, poll.check_in).await?;
    let elections = match elections_of_check_in(&mut tx, &poll).await {
        // Nobody can check in before that one has rules.
        Err(SessionError::RulesOfJoined) => Vec::new(),
        listed => listed?,
    };
    let ceremony = session::ceremony(&mut tx, &poll).await?;
    let view = PollView {
        id: poll.id,
        kind: poll.kind,
        follows: poll.follows,
        check_in: poll.check_in,
        keys_of: poll.keys_of,
        check_in_election_uuid: checked_in
            .as_ref()
            .map_or(&poll.election, |one| &one.election)
            .to_string(),
        reserved_elections: elections,
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
                has_approved: one.has_approved,
                has_stated_closing: one.has_stated_closing,
                has_decrypted: one.has_decrypted,
            })
            .collect(),
        threshold: poll.state.adopted().map(|adopted| adopted.threshold),
        ceremony: ceremony.as_ref().map(CeremonyView::of),
        title: poll.title,
    };
    Ok(Json(view).into_response())
}

/// A deputy's public credential.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct Registration {
    /// The group element.
    #[schema(value_type = api_bodies::Element)]
    public_credential: String,
    /// Its public parts for the reserved elections, in the order of the poll's `reserved_elections`.
    #[schema(value_type = Vec<api_bodies::Element>)]
    #[serde(default)]
    reserved: Vec<String>,
    /// What shows that the deputy is in the hall, where the check-in asks for it: the six digits of the hall's screen, or the
    /// deputy's own eight from the desk. Not needed where the same credential is sent again.
    #[serde(default)]
    check_in_code: Option<String>,
}

/// The deputy is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Registered {
    /// Always true.
    checked_in: bool,
    /// How many deputies are signed in now.
    present: u32,
}

/// A deputy registers the public part of a credential that was made on the deputy's device.
#[utoipa::path(
    post, path = "/api/v1/j/{jurisdiction}/{year}/polls/{poll}/check-in", tag = "polls", operation_id = "registerCredential",
    params(OfPoll),
    request_body(content = Registration, content_type = "application/json", description = "The public credential."),
    responses((status = 200, description = "The deputy is signed in.", body = Registered), SendProblems, RoleProblems),
    security(("session" = []))
)]
pub(crate) async fn check_in_device(
    State(app): State<App>,
    viewer: Viewer,
    found: InPoll,
    Json(body): Json<Registration>,
) -> HttpResult {
    let poll = found.poll;
    let deputy = deputy_of(&app, poll.jurisdiction, viewer.account).await?;
    let present = check_in(
        &app,
        viewer.actor(),
        poll.jurisdiction,
        poll.id,
        deputy.id,
        &Credentials {
            own: body.public_credential,
            reserved: body.reserved,
        },
        body.check_in_code.as_deref(),
    )
    .await?;
    let answer = Registered {
        checked_in: true,
        present,
    };
    Ok(Json(answer).into_response())
}

/// Casts a sealed, signed ballot. Nobody signs in for it: nothing of the request but path and body is looked at. The same
/// ballot sent again gets the same receipt.
#[utoipa::path(
    post, path = "/api/v1/j/{jurisdiction}/{year}/polls/{poll}/ballots", tag = "polls", operation_id = "castBallot",
    params(OfPoll),
    request_body(content = api_bodies::Ballot, content_type = "application/json", description = "The exact bytes of the ballot object."),
    responses((status = 200, description = "The receipt: the ballot is in the public record.", body = BallotReceipt), SendProblems)
)]
pub(crate) async fn ballots(State(app): State<App>, found: InPoll, body: String) -> HttpResult {
    let poll = found.poll;
    let cast = cast(&app, &poll, body).await?;
    receipt(&app, &cast).await
}

/// A device will show what it has sealed: the ballot is refused from now on, and a new one can be sealed and cast.
#[utoipa::path(
    post, path = "/api/v1/j/{jurisdiction}/{year}/polls/{poll}/challenges", tag = "polls", operation_id = "challengeBallot",
    params(OfPoll),
    request_body(content = api_bodies::Ballot, content_type = "application/json", description = "The exact bytes of the ballot that is challenged."),
    responses((status = 200, description = "The ballot can no longer be cast.", body = Accepted), SendProblems)
)]
pub(crate) async fn challenges(State(app): State<App>, found: InPoll, body: String) -> HttpResult {
    challenge(&app, &found.poll, body).await?;
    Ok(accepted())
}

/// The receipt of a ballot in the box.
#[utoipa::path(
    get, path = "/api/v1/j/{jurisdiction}/{year}/polls/{poll}/ballots/{tracker}", tag = "polls", operation_id = "getReceipt",
    params(OfPoll, ("tracker" = String, Path, description = "The ballot's tracker in the URL-safe alphabet of base 64.")),
    responses((status = 200, description = "The receipt: the ballot is in the public record.", body = BallotReceipt), ReadProblems)
)]
pub(crate) async fn ballot(State(app): State<App>, found: InPoll) -> HttpResult {
    let poll = &found.poll;
    let tracker: String = found.param("tracker")?;
    let tracker = tracker.replace('-', "+").replace('_', "/");
    let cast = find_ballot(&app, poll.jurisdiction, poll.id, &tracker).await?;
    receipt(&app, &cast).await
}

async fn receipt(app: &App, cast: &store::CastBallot) -> HttpResult {
    Ok(Json(BallotReceipt::of(app, cast).await?).into_response())
}

/// What was sent is kept.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Accepted {
    /// Always true.
    accepted: bool,
}

fn accepted() -> Response {
    Json(Accepted { accepted: true }).into_response()
}

/// A scrutineer hands in the public key that was made on the scrutineer's device, with its proof of possession.
#[utoipa::path(
    post, path = "/api/v1/j/{jurisdiction}/{year}/polls/{poll}/trustee-key", tag = "polls", operation_id = "giveTrusteeKey",
    params(OfPoll),
    request_body(content = api_bodies::TrusteeKey, content_type = "application/json", description = "The exact bytes of the trustee's public key object."),
    responses((status = 200, description = "What was sent is kept.", body = Accepted), SendProblems, RoleProblems),
    security(("session" = []))
)]
pub(crate) async fn trustee_key(
    State(app): State<App>,
    viewer: Viewer,
    found: InPoll,
    body: String,
) -> HttpResult {
    let poll = found.poll;
    submit_trustee_key(&app, viewer.account, poll.jurisdiction, poll.id, &body).await?;
    Ok(accepted())
}

/// A scrutineer's message in the ceremony in which they make one key together.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct SentMessage {
    /// In which of the poll's ceremonies.
    attempt: u32,
    /// In which round.
    #[schema(value_type = api_bodies::CeremonyRound)]
    round: Round,
    /// The exact text of the message: JSON in a string.
    message: String,
}

/// A scrutineer's device sends its message in the round of the key ceremony that is due. Everybody finds it in the public record.
#[utoipa::path(
    post, path = "/api/v1/j/{jurisdiction}/{year}/polls/{poll}/ceremony", tag = "polls", operation_id = "giveCeremonyMessage",
    params(OfPoll),
    request_body(content = SentMessage, content_type = "application/json", description = "The message."),
    responses((status = 200, description = "What was sent is kept.", body = Accepted), SendProblems, RoleProblems),
    security(("session" = []))
)]
pub(crate) async fn ceremony_message(
    State(app): State<App>,
    viewer: Viewer,
    found: InPoll,
    Json(sent): Json<SentMessage>,
) -> HttpResult {
    let poll = found.poll;
    session::submit_ceremony_message(
        &app,
        viewer.account,
        poll.jurisdiction,
        poll.id,
        sent.attempt,
        sent.round,
        sent.message,
    )
    .await?;
    Ok(accepted())
}

/// What a scrutineer's device complains of.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct SentComplaint {
    /// In which of the poll's ceremonies, from 1.
    attempt: u32,
    /// The complaint, exactly as it was made.
    complaint: String,
}

/// A scrutineer's device complains of a share: the complaint shows everybody whose fault it is, and is published.
#[utoipa::path(
    post, path = "/api/v1/j/{jurisdiction}/{year}/polls/{poll}/ceremony/complaint", tag = "polls", operation_id = "giveCeremonyComplaint",
    params(OfPoll),
    request_body(content = SentComplaint, content_type = "application/json", description = "The complaint."),
    responses((status = 200, description = "What was sent is kept.", body = Accepted), SendProblems, RoleProblems),
    security(("session" = []))
)]
pub(crate) async fn ceremony_complaint(
    State(app): State<App>,
    viewer: Viewer,
    found: InPoll,
    Json(sent): Json<SentComplaint>,
) -> HttpResult {
    let (poll, account) = (found.poll, viewer.account);
    let (here, id) = (poll.jurisdiction, poll.id);
    session::submit_complaint(&app, account, here, id, sent.attempt, sent.complaint).await?;
    Ok(accepted())
}

/// A scrutineer's device approves the election, signed: it has computed it from rule, roll and trustees.
#[utoipa::path(
    post, path = "/api/v1/j/{jurisdiction}/{year}/polls/{poll}/approval", tag = "polls", operation_id = "giveApproval",
    params(OfPoll),
    request_body(content = api_bodies::Approval, content_type = "application/json", description = "The approval in its one encoding."),
    responses((status = 200, description = "What was sent is kept.", body = Accepted), SendProblems, RoleProblems),
    security(("session" = []))
)]
pub(crate) async fn approval(
    State(app): State<App>,
    viewer: Viewer,
    found: InPoll,
    body: String,
) -> HttpResult {
    let poll = found.poll;
    approve(&app, viewer.account, poll.jurisdiction, poll.id, body).await?;
    Ok(accepted())
}

/// A scrutineer's device states, signed and once ever, which ballots are summed.
#[utoipa::path(
    post, path = "/api/v1/j/{jurisdiction}/{year}/polls/{poll}/closing-statement", tag = "polls", operation_id = "giveClosingStatement",
    params(OfPoll),
    request_body(content = api_bodies::ClosingStatement, content_type = "application/json", description = "The statement in its one encoding."),
    responses((status = 200, description = "What was sent is kept.", body = Accepted), SendProblems, RoleProblems),
    security(("session" = []))
)]
pub(crate) async fn closing_statement(
    State(app): State<App>,
    viewer: Viewer,
    found: InPoll,
    body: String,
) -> HttpResult {
    let poll = found.poll;
    state_closing(&app, viewer.account, poll.jurisdiction, poll.id, body).await?;
    Ok(accepted())
}

/// A scrutineer hands in the partial decryption of the encrypted tally, with the proof that binds its factors.
#[utoipa::path(
    post, path = "/api/v1/j/{jurisdiction}/{year}/polls/{poll}/partial-decryption", tag = "polls", operation_id = "givePartialDecryption",
    params(OfPoll),
    request_body(content = api_bodies::PartialDecryption, content_type = "application/json", description = "`{\"partial_decryption\":…,\"binding\":…}`: the partial-decryption object of version 1, and the proof that binds its factors, in their one encoding."),
    responses((status = 200, description = "What was sent is kept.", body = Accepted), SendProblems, RoleProblems),
    security(("session" = []))
)]
pub(crate) async fn partial_decryption(
    State(app): State<App>,
    viewer: Viewer,
    found: InPoll,
    body: String,
) -> HttpResult {
    let poll = found.poll;
    submit_partial_decryption(&app, viewer.account, poll.jurisdiction, poll.id, body).await?;
    Ok(accepted())
}
