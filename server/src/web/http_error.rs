//! What people and programs are told when something cannot be done: a page, or RFC 9457 problem+json for the
//! API, with a stable code that the pages translate. Causes are logged under a reference, never shown.

use super::held::Interrupted;
use super::layout;
use super::visit::{Visit, local_path};
use axum::Json;
use axum::extract::multipart::MultipartError;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use domain::infra::app::App;
use domain::infra::database::DatabaseError;
use domain::people::Viewer;
use serde::Serialize;
use std::borrow::Cow;

/// What a handler answers.
pub type HttpResult<T = Response> = Result<T, HttpError>;

/// Why a request is not answered as asked.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum HttpError {
    /// No such page or object, or none that this person may know of.
    NotFound,
    /// Only for people who are signed in.
    SignInFirst,
    /// The same, of a form that waits until they are.
    SignInToGoOn(Box<Interrupted>),
    /// Signed in, but not in a role that may.
    Forbidden,
    /// The request was sent by a page that is not ours.
    FromElsewhere,
    /// The role waits until a second factor is set up.
    FactorFirst,
    /// Only for people who have proved within minutes who they are.
    ProveAgain(Box<Interrupted>),
    /// The state of things does not allow it (now): `code` says which rule.
    Conflict(&'static str),
    /// What was sent is wrong: the field and what is wrong with it.
    Invalid {
        /// The field's name as sent.
        field: Cow<'static, str>,
        /// What is wrong, as a stable code.
        code: &'static str,
    },
    /// More was sent than this address takes.
    TooLarge,
    /// Too often; try again after so many seconds.
    TooMany {
        /// When it makes sense to try again.
        retry_after_seconds: u64,
    },
    /// Nothing can be changed now, whoever asks: `code` says why.
    Unavailable(&'static str),
    /// Our fault. The cause is in the log under the reference.
    Internal {
        /// What the user can quote.
        reference: String,
    },
}

impl HttpError {
    /// A wrong field.
    pub fn invalid(field: impl Into<Cow<'static, str>>, code: &'static str) -> Self {
        Self::Invalid {
            field: field.into(),
            code,
        }
    }

    /// Something that should not have happened; logs the cause under a fresh reference.
    pub fn internal(cause: &(dyn std::error::Error + 'static)) -> Self {
        let reference = reference();
        tracing::error!(reference, cause = %chain(cause), "internal failure");
        Self::Internal { reference }
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::SignInFirst | Self::SignInToGoOn(_) => StatusCode::UNAUTHORIZED,
            Self::Forbidden | Self::FromElsewhere | Self::FactorFirst | Self::ProveAgain(_) => {
                StatusCode::FORBIDDEN
            }
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::Invalid { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal { .. } => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The stable code; its translation is `error-<code>`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not-found",
            Self::SignInFirst | Self::SignInToGoOn(_) => "sign-in-first",
            Self::Forbidden => "forbidden",
            Self::FromElsewhere => "from-elsewhere",
            Self::FactorFirst => "factor-first",
            Self::ProveAgain(_) => "prove-again",
            Self::Conflict(code) | Self::Unavailable(code) | Self::Invalid { code, .. } => code,
            Self::TooLarge => "body-too-large",
            Self::TooMany { .. } => "too-many",
            Self::Internal { .. } => "internal",
        }
    }
}

impl From<DatabaseError> for HttpError {
    fn from(error: DatabaseError) -> Self {
        if let DatabaseError::Clock(behind) = &error {
            tracing::error!(%behind, "nothing is changed");
            return Self::Unavailable("clock-behind");
        }
        if matches!(error, DatabaseError::SecondHistory) {
            tracing::error!(%error, "nothing is changed");
            return Self::Unavailable("second-history");
        }
        if error.is_away() {
            tracing::error!(%error, "the database is away");
            return Self::Unavailable("database-away");
        }
        Self::internal(&error)
    }
}

impl IntoResponse for HttpError {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        let retry_after = match &self {
            Self::TooMany {
                retry_after_seconds,
            } => Some(*retry_after_seconds),
            Self::Unavailable(_) => Some(10),
            _ => None,
        };
        if let Some(seconds) = retry_after {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// What the API answers where it refuses (RFC 9457).
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Problem {
    /// `urn:minsheng:problem:<code>`.
    #[schema(example = "urn:minsheng:problem:not-found")]
    r#type: String,
    /// In words, in the language that was asked for.
    title: String,
    /// The HTTP status.
    #[schema(example = 404)]
    status: u16,
    /// Which rule, as a stable code.
    #[schema(example = "not-found")]
    code: String,
    /// The field that is wrong, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    /// Where it is our fault: what to quote, for the line in the log.
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
}

/// Turns a [`HttpError`] (and a bare refusal of the framework) into a page, or for the API into problem+json.
pub async fn render(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut visit = Visit::of_request(&app, &request);
    let for_api = request.uri().path().starts_with("/api/");
    let reads = request.method() == axum::http::Method::GET;
    let response = next.run(request).await;
    let Some(failure) = failure_of(&response) else {
        return response;
    };
    if for_api {
        return problem(&visit, &failure, response);
    }
    // Who asks was found out further in.
    visit.viewer = response.extensions().get::<Viewer>().cloned();
    if matches!(failure, HttpError::NotFound)
        && reads
        && let Some(path) = without_trailing_slash(&visit.path)
    {
        return Redirect::permanent(&path).into_response();
    }
    if matches!(failure, HttpError::SignInFirst) && reads {
        return Redirect::to(&format!("/sign-in?next={}", url_encode(&visit.path))).into_response();
    }
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.remove(header::CONTENT_TYPE);
    let sent = parts.extensions.remove::<Interrupted>();
    (parts, layout::error_page(&visit, &failure, sent.as_ref())).into_response()
}

/// The address of the page itself, where somebody has put a slash behind it.
fn without_trailing_slash(path: &str) -> Option<String> {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let bare = path.strip_suffix('/').filter(|bare| !bare.is_empty())?;
    let bare = Some(bare.trim_end_matches('/')).filter(|bare| local_path(bare) == *bare)?;
    Some(if query.is_empty() {
        bare.to_owned()
    } else {
        format!("{bare}?{query}")
    })
}

fn failure_of(response: &Response) -> Option<HttpError> {
    if let Some(failure) = response.extensions().get::<HttpError>() {
        return Some(failure.clone());
    }
    let bare_refusal = response.status().is_client_error()
        && response
            .headers()
            .get(header::CONTENT_TYPE)
            .is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"));
    if !bare_refusal {
        return None;
    }
    Some(match response.status() {
        StatusCode::NOT_FOUND => HttpError::NotFound,
        StatusCode::UNAUTHORIZED => HttpError::SignInFirst,
        // Only the guard against forged requests refuses without a word of its own.
        StatusCode::FORBIDDEN => HttpError::FromElsewhere,
        StatusCode::PAYLOAD_TOO_LARGE => HttpError::TooLarge,
        StatusCode::METHOD_NOT_ALLOWED => HttpError::Conflict("method-not-allowed"),
        _ => HttpError::invalid("body", "unreadable"),
    })
}

fn problem(visit: &Visit, failure: &HttpError, response: Response) -> Response {
    let code = failure.code();
    let problem = Problem {
        r#type: format!("urn:minsheng:problem:{code}"),
        title: visit.locale.text(&format!("error-{code}")),
        // The answer's own: what the framework refuses has a status of its own.
        status: response.status().as_u16(),
        code: code.to_owned(),
        field: match failure {
            HttpError::Invalid { field, .. } => Some(field.clone().into_owned()),
            _ => None,
        },
        reference: match failure {
            HttpError::Internal { reference } => Some(reference.clone()),
            _ => None,
        },
    };
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(header::CONTENT_LENGTH);
    let mut answer = (parts, Json(problem)).into_response();
    answer.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    answer
}

/// A part of a form that cannot be read, or is longer than the address takes.
pub fn unreadable_part(error: &MultipartError) -> HttpError {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        HttpError::TooLarge
    } else {
        HttpError::invalid("body", "unreadable")
    }
}

/// The answer for a path that nothing serves.
pub async fn no_such_page() -> HttpError {
    HttpError::NotFound
}

/// A panic is our fault: a page with a reference, never a torn connection.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the layer hands the cause over"
)]
pub fn from_panic(cause: Box<dyn std::any::Any + Send + 'static>) -> Response {
    let text = cause
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| cause.downcast_ref::<&str>().map(|text| (*text).to_owned()))
        .unwrap_or_default();
    HttpError::internal(&std::io::Error::other(format!("panic: {text}"))).into_response()
}

/// Eight characters that a person can read out on the telephone.
/// A short number by which lines of the log are found.
pub fn reference() -> String {
    uuid::Uuid::new_v4()
        .simple()
        .to_string()
        .chars()
        .take(8)
        .collect()
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

/// Percent-encodes everything but unreserved characters (RFC 3986 section 2.3) and `/`.
pub fn url_encode(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
