//! Who is asking, in which language, from which page.

use super::cookies::{session_cookie, session_cookie_name};
use super::fresh::ProvedAt;
use super::http_error::{HttpError, HttpResult, url_encode};
use super::locale::Locale;
use super::routes::Site;
use axum::Form;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use domain::infra::app::App;
use domain::infra::ids::JurisdictionId;
use domain::people::session::{Renewal, resume_session};
use domain::people::{Role, Viewer};
use serde::Deserialize;
use std::convert::Infallible;

/// The signed-in person, or the failure that sends to the sign-in page.
impl FromRequestParts<Site> for Viewer {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, _: &Site) -> Result<Self, HttpError> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or(HttpError::SignInFirst)
    }
}

/// What a page needs to know of the request.
#[derive(Debug, Clone)]
pub struct Visit {
    /// The language.
    pub locale: &'static Locale,
    /// Who is signed in.
    pub viewer: Option<Viewer>,
    /// Path and query of this page.
    pub path: String,
    /// Whether the person asked for large text.
    pub large_text: bool,
    /// The district that the person said to live in; of which jurisdiction is not kept.
    pub district: Option<String>,
    /// A message about what was just done: a translation key.
    pub flash: Option<String>,
    /// Whether this is the demo.
    pub demo: bool,
    /// The zone that times are shown in.
    pub zone: time::UtcOffset,
    /// The slug of the jurisdiction that the person called home.
    pub home: Option<String>,
    /// The day it is there.
    pub today: time::Date,
    /// Whether this answers a GET, so that the path leads here again.
    is_page: bool,
}

impl Visit {
    /// Reads language, text size and message from the request; the viewer only where [`identify`] has run.
    pub fn of_request(app: &App, request: &Request) -> Self {
        Self::read(
            app,
            (request.headers(), request.method(), request.uri()),
            request.extensions().get::<Viewer>(),
        )
    }

    fn read(
        app: &App,
        (headers, method, uri): (&HeaderMap, &Method, &Uri),
        viewer: Option<&Viewer>,
    ) -> Self {
        let cookies = CookieJar::from_headers(headers);
        let value = |name: &str| cookies.get(name).map(Cookie::value);
        let accepted = headers
            .get(header::ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok());
        Self {
            locale: Locale::choose(value("lang"), accepted),
            viewer: viewer.cloned(),
            path: uri
                .path_and_query()
                .map_or_else(|| "/".to_owned(), ToString::to_string),
            large_text: value("text") == Some("large"),
            district: value("district").and_then(decoded),
            flash: value("flash")
                .filter(|key| Locale::is_known(key))
                .map(str::to_owned),
            home: value("home").map(str::to_owned),
            demo: app.demo,
            zone: app.config.zone(),
            today: app.clock.now().in_zone(app.config.zone()).date(),
            is_page: method == Method::GET,
        }
    }

    /// The address of the sign-in that leads back to this page.
    pub fn sign_in_link(&self) -> String {
        let leads_back = self.is_page && self.path != "/" && !self.path.starts_with("/sign-in");
        with_next("/sign-in", if leads_back { &self.path } else { "" })
    }

    /// Whether the viewer holds any of the roles there.
    pub fn holds_any(&self, roles: &[Role], jurisdiction: JurisdictionId) -> bool {
        self.viewer
            .as_ref()
            .is_some_and(|viewer| roles.iter().any(|role| viewer.holds(*role, jurisdiction)))
    }
}

impl FromRequestParts<Site> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, Site(app): &Site) -> Result<Self, Infallible> {
        let viewer = parts.extensions.get::<Viewer>();
        let asked = (&parts.headers, &parts.method, &parts.uri);
        Ok(Self::read(app, asked, viewer))
    }
}

/// Finds out who asks, once a request; takes the shown message away.
pub async fn identify(State(app): State<App>, mut request: Request, next: Next) -> HttpResult {
    // No address of ours holds a NUL, and PostgreSQL takes none in a text.
    if request.uri().to_string().contains("%00") {
        return Err(HttpError::NotFound);
    }
    let cookies = CookieJar::from_headers(request.headers());
    let mut fresh = None;
    let mut viewer = None;
    // Assets are the same for everybody and kept by shared caches: no session is looked up or renewed for them.
    let is_asset = request.uri().path().starts_with("/assets/");
    if !is_asset
        && let Some(token) = cookies.get(session_cookie_name(&app))
        && let Some(resumed) =
            resume_session(&app, token.value(), renewal(request.uri().path())).await?
    {
        viewer = Some(resumed.viewer.clone());
        request.extensions_mut().insert(resumed.viewer);
        request.extensions_mut().insert(ProvedAt(resumed.proved_at));
        fresh = resumed.fresh.map(|token| session_cookie(&app, &token));
    }
    let shows_flash = cookies.get("flash").is_some() && request.method() == Method::GET;
    let is_page = !is_asset && !request.uri().path().starts_with("/api/");
    let mut response = next.run(request).await;
    if let Some(viewer) = viewer {
        // For the page of a failure, which is made further out.
        response.extensions_mut().insert(viewer);
    }
    let response = match fresh {
        Some(cookie) => keep_fresh(cookie, response),
        None => response,
    };
    if shows_flash && is_page {
        let gone = CookieJar::new().add(Cookie::build(("flash", "")).path("/").removal());
        return Ok((gone, response).into_response());
    }
    Ok(response)
}

/// On the pages of a poll, on those that check a receipt, and in all that their scripts ask for, no session changes: its
/// row would keep the minute in which a deputy has voted, beside the account.
fn renewal(path: &str) -> Renewal {
    let tells_when_somebody_votes = path.contains("/session/polls/")
        || path.starts_with("/api/")
        || path.starts_with("/record")
        || path == "/verify";
    if tells_when_somebody_votes {
        Renewal::Never
    } else {
        Renewal::WhenDue
    }
}

/// Gives the browser its session's new token, unless the handler has set the session's cookie itself (signing out).
fn keep_fresh(cookie: Cookie<'static>, response: Response) -> Response {
    let name = cookie.name().to_owned();
    let is_set = response
        .headers()
        .get_all(header::SET_COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .any(|value| value.starts_with(&format!("{name}=")));
    if is_set {
        return response;
    }
    let mut response = (CookieJar::new().add(cookie), response).into_response();
    // No cache may keep an answer that carries somebody's token, not even one of a public file.
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Sends the browser to `path` with a message (a translation key) that the next page shows.
pub fn redirect_with(path: &str, flash: &'static str) -> Response {
    let cookie = Cookie::build(("flash", flash))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .build();
    (CookieJar::new().add(cookie), Redirect::to(path)).into_response()
}

/// Language and text size, from the form at the foot of every page, and the jurisdiction to show first.
#[derive(Debug, Deserialize)]
pub struct Preferences {
    lang: Option<String>,
    text: Option<String>,
    home: Option<String>,
    back: String,
}

/// The sizes of text to choose from.
const TEXT_SIZES: [&str; 2] = ["normal", "large"];

/// Remembers what was preferred in cookies, and goes back.
pub async fn set_preferences(cookies: CookieJar, Form(wish): Form<Preferences>) -> HttpResult {
    let unknown = |field| Err(HttpError::invalid(field, "not-an-option"));
    if wish
        .lang
        .as_deref()
        .is_some_and(|code| Locale::find(code).is_none())
    {
        return unknown("lang");
    }
    if wish
        .text
        .as_deref()
        .is_some_and(|size| !TEXT_SIZES.contains(&size))
    {
        return unknown("text");
    }
    if wish.home.as_deref().is_some_and(|slug| !is_slug(slug)) {
        return unknown("home");
    }
    let mut cookies = cookies;
    if let Some(lang) = wish.lang {
        cookies = cookies.add(keep("lang", lang));
    }
    if let Some(text) = wish.text {
        cookies = cookies.add(keep("text", text));
    }
    if let Some(home) = wish.home {
        cookies = cookies.add(keep("home", home));
    }
    Ok((cookies, Redirect::to(local_path(&wish.back))).into_response())
}

/// Whether a text can be the name of a jurisdiction in an address.
fn is_slug(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    (1..=100).contains(&text.len()) && text.bytes().all(is_part)
}

/// A preference: kept for a year, read by nobody else, no secret.
fn keep(name: &'static str, value: String) -> Cookie<'static> {
    Cookie::build((name, value))
        .path("/")
        .same_site(SameSite::Lax)
        .max_age(time::Duration::days(365))
        .build()
}

/// The cookie that remembers a district by its name; an empty one forgets it.
pub fn district_cookie(district: &str) -> Cookie<'static> {
    keep("district", url_encode(district))
}

/// What [`url_encode`] has written, if it is a name.
fn decoded(value: &str) -> Option<String> {
    let pairs: Vec<(String, String)> =
        serde_html_form::from_str(&format!("district={value}")).ok()?;
    let name = pairs.into_iter().next()?.1;
    Some(name).filter(|name| !name.is_empty())
}

/// `path` with where to go on from there.
pub fn with_next(path: &str, next: &str) -> String {
    if next.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?next={}", url_encode(local_path(next)))
    }
}

/// `path` if it leads to a page of ours, else the front page: nobody is sent elsewhere by a crafted link.
pub fn local_path(path: &str) -> &str {
    let local = path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains('\\')
        && !path.chars().any(char::is_control);
    if local { path } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crafted_way_back_leads_to_the_front_page() {
        assert_eq!(local_path("/j/qinghe?x=1"), "/j/qinghe?x=1");
        for elsewhere in [
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "/\n",
        ] {
            assert_eq!(local_path(elsewhere), "/");
        }
    }
}
