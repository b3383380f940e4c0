//! What a form sent is lost in no failure: until it has been answered it is kept, and the page of the failure shows it
//! again, with a button that sends it once more where that may help.

use super::held::{FILE_TOO_LARGE, Held, Interrupted};
use super::http_error::HttpError;
use super::locale::Locale;
use super::routes::Takes;
use super::visit::Visit;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};
use uuid::Uuid;

/// Fields that no page gives back. That no other takes a password or a code, the lint holds.
pub(super) const SECRET_FIELDS: [&str; 5] = [
    "code",
    "factor_code",
    "new_password",
    "new_password_again",
    "password",
];

/// Whether a request is a form whose fields can be kept.
pub(super) fn is_form(request: &Request) -> bool {
    request.method() == Method::POST
        && !request.uri().path().starts_with("/api/")
        && kind(request.headers()).is_some()
}

#[derive(PartialEq, Eq)]
enum Kind {
    UrlEncoded,
    Multipart,
}

fn kind(headers: &HeaderMap) -> Option<Kind> {
    let kind = headers.get(header::CONTENT_TYPE)?.as_bytes();
    if kind.starts_with(b"multipart/form-data") {
        Some(Kind::Multipart)
    } else if kind.starts_with(b"application/x-www-form-urlencoded") {
        Some(Kind::UrlEncoded)
    } else {
        None
    }
}

/// Answers a form; where the answer is a failure, what was sent goes with it.
pub(super) async fn answer(takes: Takes, request: Request, next: Next) -> Response {
    if announced(request.headers()).is_some_and(|bytes| bytes > takes.bytes()) {
        return too_large(takes, request, next).await;
    }
    let (parts, body) = request.into_parts();
    let Ok(bytes) = to_bytes(body, takes.bytes()).await else {
        return HttpError::TooLarge.into_response();
    };
    let copy = Request::from_parts(parts.clone(), Body::from(bytes.clone()));
    let response = next
        .run(Request::from_parts(parts, Body::from(bytes)))
        .await;
    if response.extensions().get::<HttpError>().is_none() {
        return response;
    }
    with(response, Interrupted::take(copy).await)
}

fn with(mut response: Response, sent: Interrupted) -> Response {
    response.extensions_mut().insert(sent);
    response
}

fn announced(headers: &HeaderMap) -> Option<usize> {
    headers
        .get(header::CONTENT_LENGTH)?
        .to_str()
        .ok()?
        .parse()
        .ok()
}

/// Too large a file is read past, and its form comes back with the texts; of too long a form the texts are shown.
async fn too_large(takes: Takes, request: Request, next: Next) -> Response {
    if takes != Takes::File || kind(request.headers()) != Some(Kind::Multipart) {
        let sent = Interrupted::take(request).await;
        return with(HttpError::TooLarge.into_response(), sent);
    }
    let (mut parts, body) = request.into_parts();
    let Some(held) = Held::take(Request::from_parts(parts.clone(), body)).await else {
        return HttpError::TooLarge.into_response();
    };
    let boundary = Uuid::new_v4().simple().to_string();
    let body = held.multipart(&boundary, FILE_TOO_LARGE);
    let kind = format!("multipart/form-data; boundary={boundary}");
    if let Ok(kind) = HeaderValue::from_str(&kind) {
        parts.headers.insert(header::CONTENT_TYPE, kind);
    }
    parts
        .headers
        .insert(header::CONTENT_LENGTH, body.len().into());
    next.run(Request::from_parts(parts, Body::from(body))).await
}

/// In the page of a failure: what was sent, and the way on.
pub(super) fn kept(visit: &Visit, failure: &HttpError, sent: &Interrupted) -> Markup {
    let locale = visit.locale;
    let held = sent.held().filter(|held| !held.is_secret());
    let shown: Vec<(String, &str)> = held.iter().flat_map(|held| shown(locale, held)).collect();
    let passes = matches!(
        failure,
        HttpError::Unavailable(_) | HttpError::TooMany { .. } | HttpError::Internal { .. }
    );
    html! {
        @if !shown.is_empty() {
            section.panel #sent {
                h2 { (locale.text("sent-title")) }
                p { (locale.text("sent-lead")) }
                @for (at, (label, value)) in shown.iter().enumerate() {
                    div.field {
                        label for={ "sent-" (at) } { (label) }
                        textarea id={ "sent-" (at) } rows=(rows(value)) readonly { (value) }
                    }
                }
            }
        }
        @if let Some(held) = held.filter(|held| passes && held.has_no_files()) {
            (held.again(visit, &visit.path, "sent-again"))
        }
        p { a.button.secondary href=(sent.place()) { (locale.text("sent-back")) } }
    }
}

/// As many lines as are shown at once of a text.
fn rows(text: &str) -> usize {
    (text.chars().count() / 30 + text.lines().count()).clamp(1, 12)
}

/// The texts among the fields, each with its label. What no label names, or what stands for a choice, is no text.
fn shown<'a>(locale: &Locale, held: &'a Held) -> Vec<(String, &'a str)> {
    held.fields()
        .filter(|(_, value)| is_text(value))
        .filter_map(|(name, value)| {
            let key = format!("field-{name}");
            Locale::is_known(&key).then(|| (locale.text(&key), value))
        })
        .collect()
}

/// Whether somebody typed it: no option's name and no id.
fn is_text(value: &str) -> bool {
    let is_name = value
        .bytes()
        .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_'))
        && value.bytes().any(|byte| byte.is_ascii_lowercase());
    !value.is_empty() && !is_name
}
