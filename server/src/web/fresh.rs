//! A fresh sign-in: before what weighs, people prove again who they are, unless they have done so within minutes.
//!
//! A route demands it by its [`Terms`](super::routes::Terms). Where the last proof is too old, a page is
//! asked for again after the proof; of a form everything that was sent is held in the page, and one press sends it again.

use super::cookies;
use super::http_error::{HttpError, HttpResult};
use super::locale::Locale;
use super::page::{Page, show};
use super::routes::Takes;
use super::visit::{Visit, local_path, redirect_with};
use axum::Form;
use axum::extract::{FromRequest as _, Multipart, Request};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use domain::infra::app::App;
use domain::infra::clock::Timestamp;
use domain::people::session::{SignedIn, is_fresh};
use maud::{Markup, html};
use serde::{Deserialize, Serialize};

/// More than this is not held: a page carries it to and fro, and escaping makes it up to eight times as long.
const HELD_BYTES: usize = Takes::Held.bytes() / 10;

/// When the person behind a request last proved who they are.
#[derive(Debug, Clone, Copy)]
pub struct ProvedAt(pub Timestamp);

/// How a form was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum SentAs {
    UrlEncoded,
    Multipart,
}

/// A form that waits until its sender has proved who they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    sent_as: SentAs,
    fields: Vec<(String, String)>,
}

impl Held {
    /// From a field of the proof's form; `None` where a page waits, not a form.
    pub fn read(text: &str) -> HttpResult<Option<Self>> {
        if text.is_empty() {
            return Ok(None);
        }
        serde_json::from_str(text)
            .map(Some)
            .map_err(|_| HttpError::invalid("body", "unreadable"))
    }

    fn written(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// What a form sent; `None` where it was too long, or no form: then it is to be filled in again.
    async fn take(request: Request) -> Option<Self> {
        let is_multipart = request
            .headers()
            .get(header::CONTENT_TYPE)
            .is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/form-data"));
        let (sent_as, fields) = if is_multipart {
            let form = Multipart::from_request(request, &()).await.ok()?;
            (SentAs::Multipart, texts(form).await?)
        } else {
            let Form(fields) = Form::from_request(request, &()).await.ok()?;
            (SentAs::UrlEncoded, fields)
        };
        let bytes: usize = fields
            .iter()
            .map(|(name, value): &(String, String)| name.len() + value.len())
            .sum();
        (bytes <= HELD_BYTES).then_some(Self { sent_as, fields })
    }
}

/// The fields of text; a file's content is held as a text where it is one.
async fn texts(mut form: Multipart) -> Option<Vec<(String, String)>> {
    let mut fields = Vec::new();
    while let Some(field) = form.next_field().await.ok()? {
        let name = field.name()?.to_owned();
        fields.push((name, field.text().await.ok()?));
    }
    Some(fields)
}

/// Refuses where the last proof is too old, and holds what was sent.
pub(super) async fn demand(app: &App, request: Request) -> Result<Request, HttpError> {
    let proved_at = request.extensions().get::<ProvedAt>();
    if proved_at.is_some_and(|ProvedAt(at)| is_fresh(*at, app.clock.now())) {
        return Ok(request);
    }
    let place = place_of(request.headers());
    let held = Held::take(request).await;
    Err(HttpError::ProveAgain(Box::new(Interrupted { held, place })))
}

/// What was interrupted.
#[derive(Debug, Clone)]
pub struct Interrupted {
    held: Option<Held>,
    /// The page with the form, where the browser told.
    place: String,
}

/// The path of the page that a form stands on.
fn place_of(headers: &HeaderMap) -> String {
    let referer = headers
        .get(header::REFERER)
        .and_then(|value| value.to_str().ok());
    let path = referer.and_then(|address| {
        let uri: axum::http::Uri = address.parse().ok()?;
        Some(uri.path_and_query()?.to_string())
    });
    path.as_deref().map_or("/", local_path).to_owned()
}

/// The hidden fields that a proof's form carries along: where to go on, and what to send there.
pub fn carried(next: &str, held: Option<&Held>) -> Markup {
    html! {
        @if !next.is_empty() { input type="hidden" name="next" value=(local_path(next)); }
        @if let Some(held) = held { input type="hidden" name="held" value=(held.written()); }
    }
}

/// In the place of the answer to a form: what was sent is kept, and this leads to the proof.
pub(super) fn interruption(visit: &Visit, interrupted: &Interrupted) -> Markup {
    let locale = visit.locale;
    let (words, next) = match &interrupted.held {
        Some(_) => ("prove-again-held", visit.path.as_str()),
        None => ("prove-again-not-held", interrupted.place.as_str()),
    };
    html! {
        p { (locale.text(words)) }
        form method="post" action="/sign-in/again" {
            (carried(next, interrupted.held.as_ref()))
            button.button type="submit" { (locale.text("prove-again")) }
        }
    }
}

struct ProceedPage<'a> {
    next: &'a str,
    held: &'a Held,
}

impl Page for ProceedPage<'_> {
    fn title(&self, locale: &Locale) -> String {
        locale.text("proved-again")
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let kind = match self.held.sent_as {
            SentAs::UrlEncoded => "application/x-www-form-urlencoded",
            SentAs::Multipart => "multipart/form-data",
        };
        html! {
            h1 { (locale.text("proved-again")) }
            p { (locale.text("proceed-lead")) }
            form.card method="post" enctype=(kind) action=(local_path(self.next)) {
                @for (name, value) in &self.held.fields {
                    input type="hidden" name=(name) value=(value);
                }
                button.button type="submit" { (locale.text("proceed")) }
            }
            p { a href="/" { (locale.text("to-front-page")) } }
        }
    }
}

/// After the proof: the new session's cookie, and back to the page, or the form that waits to be sent again.
pub fn proceed(
    app: &App,
    visit: &Visit,
    signed_in: &SignedIn,
    next: &str,
    held: Option<&Held>,
) -> Response {
    let cookies = cookies::signed_in(app, signed_in);
    let answer = match held {
        Some(held) => show(visit, &ProceedPage { next, held }),
        None => redirect_with(local_path(next), "proved-again"),
    };
    (cookies, answer).into_response()
}
