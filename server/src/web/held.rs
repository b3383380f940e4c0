//! A form that waits until its sender has signed in, or proved again who they are: everything that was sent is held in the
//! page, and one press sends it again.

use super::cookies;
use super::http_error::{HttpError, HttpResult};
use super::locale::Locale;
use super::page::{Page, show};
use super::routes::Takes;
use super::sent::SECRET_FIELDS;
use super::visit::{Visit, local_path, redirect_with};
use axum::Form;
use axum::extract::{FromRequest as _, Multipart, Request};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use domain::infra::app::App;
use domain::people::session::{Admission, SignedIn};
use maud::{Markup, html};
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

/// More than this is not held: a page carries it to and fro, and escaping makes it up to eight times as long.
const HELD_BYTES: usize = Takes::Held.bytes() / 10;

/// What stands in the place of a file that was not held over a sign-in.
const FILE_LEFT_OUT: &str = "file-left-out";

/// What stands in the place of a file that is larger than its route takes.
pub(super) const FILE_TOO_LARGE: &str = "file-too-large";

/// Why a file is not there, where something stands in its place: its page asks for it again, and this is the error's code.
pub fn missing_file(sent: &[u8]) -> Option<&'static str> {
    [FILE_LEFT_OUT, FILE_TOO_LARGE]
        .into_iter()
        .find(|code| code.as_bytes() == sent)
}

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
    /// The names of the fields whose files were left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    files: Vec<String>,
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

    /// The fields of text.
    pub(super) fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether it holds what no page gives back.
    pub(super) fn is_secret(&self) -> bool {
        self.fields().any(|(name, _)| SECRET_FIELDS.contains(&name))
    }

    /// Whether nothing was left out.
    pub(super) const fn has_no_files(&self) -> bool {
        self.files.is_empty()
    }

    /// The form as a browser would send it (RFC 7578), with `in_place` where files were left out.
    pub(super) fn multipart(&self, boundary: &str, in_place: &str) -> String {
        let files = self.files.iter().map(|name| (name.as_str(), in_place));
        let mut body = String::new();
        for (name, value) in self.fields().chain(files) {
            // A browser escapes these (HTML 4.10.21.8); what has them is no name of ours.
            if !name.contains(['"', '\r', '\n']) {
                let _ = write!(
                    body,
                    "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
                );
            }
        }
        let _ = write!(body, "--{boundary}--\r\n");
        body
    }

    /// The button that sends it again.
    pub(super) fn again(&self, visit: &Visit, path: &str, button: &str) -> Markup {
        let kind = match self.sent_as {
            SentAs::UrlEncoded => "application/x-www-form-urlencoded",
            SentAs::Multipart => "multipart/form-data",
        };
        html! {
            form.card method="post" enctype=(kind) action=(local_path(path)) {
                @for (name, value) in self.fields() { input type="hidden" name=(name) value=(value); }
                @for name in &self.files { input type="hidden" name=(name) value=(FILE_LEFT_OUT); }
                button.button type="submit" { (visit.locale.text(button)) }
            }
        }
    }

    /// What a form sent; `None` where it was too long, or no form: then it is to be filled in again.
    pub(super) async fn take(request: Request) -> Option<Self> {
        let is_multipart = request
            .headers()
            .get(header::CONTENT_TYPE)
            .is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/form-data"));
        let held = if is_multipart {
            let form = Multipart::from_request(request, &()).await.ok()?;
            Self::parts(form).await?
        } else {
            let Form(fields) = Form::from_request(request, &()).await.ok()?;
            Self {
                sent_as: SentAs::UrlEncoded,
                fields,
                files: Vec::new(),
            }
        };
        let bytes: usize = held
            .fields
            .iter()
            .map(|(name, value)| name.len() + value.len())
            .sum();
        (bytes <= HELD_BYTES).then_some(held)
    }

    /// The fields of text. A file is larger than a page can carry to and fro; whoever sends one here may be anybody, so none of it
    /// is kept in memory, and no more of a text than can be held.
    async fn parts(mut form: Multipart) -> Option<Self> {
        let mut held = Self {
            sent_as: SentAs::Multipart,
            fields: Vec::new(),
            files: Vec::new(),
        };
        let mut left = HELD_BYTES;
        while let Some(mut field) = form.next_field().await.ok()? {
            let name = field.name()?.to_owned();
            let is_file = field.file_name().is_some();
            let mut is_empty = true;
            let mut text = Vec::new();
            while let Some(chunk) = field.chunk().await.ok()? {
                is_empty &= chunk.is_empty();
                if is_file {
                    continue;
                }
                left = left.checked_sub(chunk.len())?;
                text.extend_from_slice(&chunk);
            }
            if !is_file {
                held.fields.push((name, String::from_utf8(text).ok()?));
            } else if !is_empty {
                held.files.push(name);
            }
        }
        Some(held)
    }
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

impl Interrupted {
    /// Everything that a request sent.
    pub(super) async fn take(request: Request) -> Self {
        let place = place_of(request.headers());
        let held = Held::take(request).await;
        Self { held, place }
    }

    /// One that stood on the front page.
    #[cfg(test)]
    pub(super) fn of(held: Option<Held>) -> Self {
        let place = "/".to_owned();
        Self { held, place }
    }

    /// The form, where it could be held.
    pub(super) const fn held(&self) -> Option<&Held> {
        self.held.as_ref()
    }

    /// The page with the form, as a path.
    pub(super) fn place(&self) -> &str {
        &self.place
    }
}

/// The hidden fields that a proof's form carries along: where to go on, and what to send there.
pub fn carried(next: &str, held: Option<&Held>) -> Markup {
    html! {
        @if !next.is_empty() { input type="hidden" name="next" value=(local_path(next)); }
        @if let Some(held) = held { input type="hidden" name="held" value=(held.written()); }
    }
}

/// Why a form was interrupted, and what leads on from there.
pub(super) struct Way {
    held: &'static str,
    not_held: &'static str,
    button: &'static str,
    action: &'static str,
}

/// Nobody is signed in.
pub(super) const SIGN_IN: Way = Way {
    held: "sign-in-held",
    not_held: "sign-in-not-held",
    button: "sign-in",
    action: "/sign-in",
};

/// The last proof is too old.
pub(super) const PROVE_AGAIN: Way = Way {
    held: "prove-again-held",
    not_held: "prove-again-not-held",
    button: "prove-again",
    action: "/sign-in/again",
};

/// In the place of the answer to a form: what was sent is kept, and this leads on.
pub(super) fn interruption(visit: &Visit, interrupted: &Interrupted, way: &Way) -> Markup {
    let locale = visit.locale;
    let (words, next) = match &interrupted.held {
        Some(_) => (way.held, visit.path.as_str()),
        None => (way.not_held, interrupted.place.as_str()),
    };
    html! {
        p { (locale.text(words)) }
        form method="post" action=(way.action) {
            (carried(next, interrupted.held.as_ref()))
            button.button type="submit" { (locale.text(way.button)) }
        }
    }
}

struct ProceedPage<'a> {
    /// What is said first: that somebody is in, or has proved who they are.
    title: &'static str,
    next: &'a str,
    held: &'a Held,
    /// Whether a role waits for a second factor.
    waits_for_factor: bool,
}

impl Page for ProceedPage<'_> {
    fn title(&self, locale: &Locale) -> String {
        locale.text(self.title)
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        html! {
            h1 { (locale.text(self.title)) }
            p { (locale.text("proceed-lead")) }
            @if !self.held.files.is_empty() { p { (locale.text("proceed-without-file")) } }
            @if self.waits_for_factor {
                p { (locale.text("proceed-with-factor")) " "
                    a href="/me/security" target="_blank" { (locale.text("security-title")) } }
            }
            (self.held.again(visit, self.next, "proceed"))
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
    go_on(app, visit, signed_in, "proved-again", (next, held))
}

/// The same after signing in.
pub fn proceed_signed_in(
    app: &App,
    visit: &Visit,
    signed_in: &SignedIn,
    next: &str,
    held: &Held,
) -> Response {
    go_on(app, visit, signed_in, "signed-in", (next, Some(held)))
}

fn go_on(
    app: &App,
    visit: &Visit,
    signed_in: &SignedIn,
    title: &'static str,
    (next, held): (&str, Option<&Held>),
) -> Response {
    let cookies = cookies::signed_in(app, signed_in);
    let answer = match held {
        Some(held) => {
            let page = ProceedPage {
                title,
                next,
                held,
                waits_for_factor: signed_in.admission == Admission::WithoutFactor,
            };
            show(visit, &page)
        }
        None => redirect_with(local_path(next), title),
    };
    (cookies, answer).into_response()
}
