//! What the API's document says of every operation alike: where it is asked, and how it refuses (RFC 9457).
//!
//! A room declares its operations beside its handlers (`#[utoipa::path]`) and gathers them in a document of its own;
//! [`crate::router::document`] puts the rooms' together.

mod values;
mod words;

pub use values::{Day, InBothLanguages, Moment, Month};
pub use words::{
    CycleStage, KindOfJurisdiction, Light, PollKind, PollState, ProjectState, ProposalChannel,
    ProposalState,
};

use super::http_error::Problem;
use utoipa::openapi::OpenApi as Document;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityScheme};
use utoipa::{IntoParams, IntoResponses, Modify, OpenApi};

/// Which jurisdiction.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct OfJurisdiction {
    /// The jurisdiction's slug.
    #[param(example = "qinghe", min_length = 2, max_length = 40)]
    pub jurisdiction: String,
}

/// Which cycle.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct OfCycle {
    /// The jurisdiction's slug.
    #[param(example = "qinghe", min_length = 2, max_length = 40)]
    pub jurisdiction: String,
    /// The year of implementation.
    #[param(example = 2026, minimum = 2000, maximum = 2999)]
    pub year: i32,
}

/// Which poll.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
pub struct OfPoll {
    /// The jurisdiction's slug.
    #[param(example = "qinghe", min_length = 2, max_length = 40)]
    pub jurisdiction: String,
    /// The year of implementation.
    #[param(example = 2026, minimum = 2000, maximum = 2999)]
    pub year: i32,
    /// The poll's id.
    pub poll: uuid::Uuid,
}

/// How a reading operation refuses.
#[derive(Debug, IntoResponses)]
pub enum ReadProblems {
    /// There is no such object, or it is not public yet.
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(Problem),
    /// A parameter of the query is unknown, repeated or not of its kind; `field` names it.
    #[response(status = 422, content_type = "application/problem+json")]
    Invalid(Problem),
    /// The service failed; `reference` names the line in its log.
    #[response(status = 500, content_type = "application/problem+json")]
    Internal(Problem),
}

/// How the API's entry refuses.
#[derive(Debug, IntoResponses)]
pub enum EntryProblems {
    /// The query has a parameter; `field` names it.
    #[response(status = 422, content_type = "application/problem+json")]
    Invalid(Problem),
    /// The service failed; `reference` names the line in its log.
    #[response(status = 500, content_type = "application/problem+json")]
    Internal(Problem),
}

/// How an operation that anybody may send to refuses.
#[derive(Debug, IntoResponses)]
pub enum SendProblems {
    /// The body cannot be read.
    #[response(status = 400, content_type = "application/problem+json")]
    BadRequest(Problem),
    /// There is no such object.
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(Problem),
    /// The state of things does not allow it now; `code` says which rule.
    #[response(status = 409, content_type = "application/problem+json")]
    Conflict(Problem),
    /// The body is longer than the service takes.
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(Problem),
    /// The body is not of the media type.
    #[response(status = 415, content_type = "application/problem+json")]
    MediaType(Problem),
    /// Something in the body is wrong, or the query has a parameter; `field` names it.
    #[response(status = 422, content_type = "application/problem+json")]
    Invalid(Problem),
    /// The service failed; `reference` names the line in its log.
    #[response(status = 500, content_type = "application/problem+json")]
    Internal(Problem),
}

/// How an operation for people in a role refuses, besides [`SendProblems`].
#[derive(Debug, IntoResponses)]
pub enum RoleProblems {
    /// Nobody is signed in.
    #[response(status = 401, content_type = "application/problem+json")]
    SignInFirst(Problem),
    /// Whoever is signed in does not hold the role here, or the request came from another site.
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(Problem),
}

/// What is said once for all operations; the rooms' are merged into it.
#[derive(Debug, OpenApi)]
#[openapi(
    info(
        title = "Minsheng 民生票决",
        description = "What programs are told of livelihood projects, from proposal to evaluation, and what deputies' and \
            scrutineers' devices send. Amounts are in fen, days are written 2026-03-31. A parameter that \
            is unknown or not of its kind is refused. What a poll's objects are stands in \
            the ballot protocol (Belenios crypto version 1)."
    ),
    components(schemas(Problem)),
    modifiers(&Session)
)]
pub struct Base;

/// People sign in on the pages; a program of theirs sends the same cookie.
struct Session;

impl Modify for Session {
    fn modify(&self, document: &mut Document) {
        let cookie = ApiKeyValue::with_description(
            "__Host-session",
            "The session of a person who signed in on the pages. Where the service is not behind HTTPS: `session`.",
        );
        let scheme = SecurityScheme::ApiKey(ApiKey::Cookie(cookie));
        document
            .components
            .get_or_insert_default()
            .add_security_scheme("session", scheme);
    }
}
