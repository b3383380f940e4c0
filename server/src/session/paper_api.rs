//! What the tellers' devices send of the paper ballots, and what they are answered: never what stands on one.

use super::api_bodies;
use super::in_poll::InPoll;
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::openapi::{OfPoll, ReadProblems, RoleProblems, SendProblems};
use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse as _;
use domain::infra::app::App;
use domain::infra::ids::AccountId;
use domain::people::Viewer;
use domain::session::store;
use domain::session::{self, Agreement, PaperList, PaperSide};
use serde::{Deserialize, Serialize};
use tally::bundle::PaperCount;
use utoipa::ToSchema;

/// How far the paper of a poll is, as its tellers see it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PaperView {
    /// How many papers the rule reserves.
    reserved: u32,
    /// Whether a teller's device has made their credentials.
    has_credentials: bool,
    /// How many deputies are present on paper.
    on_paper: u32,
    /// Papers handed out, less the spoiled ones.
    issued: u32,
    /// Those that came back spoiled.
    spoiled: u32,
    /// The teller who has handed in the first list.
    first: Option<String>,
    /// The teller who has handed in the second one.
    second: Option<String>,
    /// Which of them the asking teller is.
    #[schema(value_type = Option<api_bodies::PaperSide>)]
    own: Option<PaperSide>,
    /// Once both lists are in: whether both have as many sheets, by the same key.
    same_count: Option<bool>,
    /// Once both lists are in: the numbers of the sheets of which the tellers have not typed the same.
    differ: Option<Vec<u32>>,
    /// Whether the count is published.
    counted: bool,
}

/// The credentials that a teller's device has made for the paper.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PaperCredentials {
    /// As many public parts as the rule reserves papers: for the poll itself, then for each of its `reserved_elections`.
    #[schema(value_type = Vec<Vec<api_bodies::Element>>)]
    credentials: Vec<Vec<String>>,
}

/// What a teller has typed, as marks under a key that only the two tellers' devices have.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TypedPapers {
    /// Which of the two tellers this is.
    #[schema(value_type = api_bodies::PaperSide)]
    side: PaperSide,
    /// The mark of how many sheets there are.
    #[schema(value_type = api_bodies::SheetMark)]
    count: String,
    /// The mark of each sheet, in the order of their numbers.
    #[schema(value_type = Vec<api_bodies::SheetMark>)]
    sheets: Vec<String>,
}

/// What came out of the box with the papers.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CountedPapers {
    /// Sheets out of the box.
    returned: u64,
    /// The numbers of the invalid ones, ascending.
    invalid: Vec<u32>,
    /// The trackers of the ballots into which the others were sealed, sorted.
    #[schema(value_type = Vec<api_bodies::Base64Hash>)]
    sealed: Vec<String>,
}

/// How far the paper of a poll is.
#[utoipa::path(
    get, path = "/api/v1/j/{jurisdiction}/{year}/polls/{poll}/paper", tag = "polls", operation_id = "getPaper",
    params(OfPoll),
    responses((status = 200, description = "How far the paper is.", body = PaperView), ReadProblems, RoleProblems),
    security(("session" = []))
)]
pub(crate) async fn paper(State(app): State<App>, viewer: Viewer, found: InPoll) -> HttpResult {
    let view = view(&app, viewer.account, &found).await?;
    Ok(Json(view).into_response())
}

async fn view(app: &App, account: AccountId, found: &InPoll) -> Result<PaperView, HttpError> {
    let poll = &found.poll;
    let mut tx = app.database.read().await?;
    let agreement = session::agreement(&mut tx, poll).await?;
    let handed_out = store::papers(&mut tx, poll).await?;
    let counted = session::paper_counted(&mut tx, poll).await?;
    let count = |spoiled| {
        let these = handed_out.iter().filter(|one| one.spoiled == spoiled);
        u32::try_from(these.count()).unwrap_or(u32::MAX)
    };
    // From the close on it is forgotten who had which paper, and the count says how many there were.
    let (issued, spoiled) = counted.as_ref().map_or_else(
        || (count(false), count(true)),
        |counted| (counted.issued(), counted.recorded().replaced),
    );
    Ok(PaperView {
        reserved: session::reserved_paper(&mut tx, poll).await?,
        has_credentials: session::paper_reserve(&mut tx, poll).await?.is_some(),
        on_paper: store::count_on_paper(&mut tx, poll).await?,
        issued,
        spoiled,
        own: side_of(&agreement, account),
        same_count: agreement.compared.as_ref().map(|both| both.same_count),
        differ: agreement.compared.as_ref().map(|both| both.differ.clone()),
        first: agreement.tellers[0].as_ref().map(|(_, name)| name.clone()),
        second: agreement.tellers[1].as_ref().map(|(_, name)| name.clone()),
        counted: counted.is_some(),
    })
}

fn side_of(agreement: &Agreement, account: AccountId) -> Option<PaperSide> {
    let mut sides = PaperSide::ALL.into_iter().zip(&agreement.tellers);
    let own = sides.find(|(_, teller)| teller.as_ref().is_some_and(|(one, _)| *one == account));
    own.map(|(side, _)| side)
}

/// A teller's device hands in the public parts of the credentials that are set aside for paper, before the freeze.
#[utoipa::path(
    post, path = "/api/v1/j/{jurisdiction}/{year}/polls/{poll}/paper/credentials", tag = "polls", operation_id = "reservePaper",
    params(OfPoll),
    request_body(content = PaperCredentials, content_type = "application/json", description = "The public parts."),
    responses((status = 200, description = "How far the paper is now.", body = PaperView), SendProblems, RoleProblems),
    security(("session" = []))
)]
pub(crate) async fn credentials(
    State(app): State<App>,
    viewer: Viewer,
    found: InPoll,
    Json(body): Json<PaperCredentials>,
) -> HttpResult {
    let poll = &found.poll;
    let account = viewer.account;
    session::reserve_paper(&app, account, poll.jurisdiction, poll.id, &body.credentials).await?;
    paper(State(app), viewer, found).await
}

/// A teller's device hands in the marks of what was typed of the papers, in place of what it handed in before.
#[utoipa::path(
    post, path = "/api/v1/j/{jurisdiction}/{year}/polls/{poll}/paper/list", tag = "polls", operation_id = "comparePapers",
    params(OfPoll),
    request_body(content = TypedPapers, content_type = "application/json", description = "The marks."),
    responses((status = 200, description = "How far the paper is now.", body = PaperView), SendProblems, RoleProblems),
    security(("session" = []))
)]
pub(crate) async fn list(
    State(app): State<App>,
    viewer: Viewer,
    found: InPoll,
    Json(body): Json<TypedPapers>,
) -> HttpResult {
    let (here, poll) = (found.poll.jurisdiction, found.poll.id);
    let list = PaperList {
        count: body.count,
        sheets: body.sheets,
    };
    session::submit_paper_list(&app, viewer.account, here, poll, body.side, &list).await?;
    paper(State(app), viewer, found).await
}

/// A teller's device, having cast what it sealed, says what came out of the box. It is published before the close.
#[utoipa::path(
    post, path = "/api/v1/j/{jurisdiction}/{year}/polls/{poll}/paper/count", tag = "polls", operation_id = "countPapers",
    params(OfPoll),
    request_body(content = CountedPapers, content_type = "application/json", description = "The count."),
    responses((status = 200, description = "How far the paper is now.", body = PaperView), SendProblems, RoleProblems),
    security(("session" = []))
)]
pub(crate) async fn count(
    State(app): State<App>,
    viewer: Viewer,
    found: InPoll,
    Json(body): Json<CountedPapers>,
) -> HttpResult {
    let (here, poll) = (found.poll.jurisdiction, found.poll.id);
    let count = PaperCount {
        returned: body.returned,
        invalid: body.invalid,
        sealed: body.sealed,
    };
    session::submit_paper_count(&app, viewer.account, here, poll, &count).await?;
    paper(State(app), viewer, found).await
}
