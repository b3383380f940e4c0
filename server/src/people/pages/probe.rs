//! Whether the browser keeps cookies: asked before a code is sent or a link is used up, for without them nobody gets in.

use crate::web::cookies::secret_cookie;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse as _, Response};
use axum_extra::extract::CookieJar;
use domain::infra::app::App;
use maud::{Markup, html};
use serde::Deserialize;

/// The error's code.
pub(super) const COOKIES_OFF: &str = "cookies-off";

/// What a form says of the page that it stood on.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Probe {
    /// Not empty: the page came with a cookie.
    probe: String,
}

impl Probe {
    /// Whether the browser was given a cookie with the form and sends none back.
    pub(super) fn finds_cookies_off(&self, headers: &HeaderMap) -> bool {
        !self.probe.is_empty() && !headers.contains_key(header::COOKIE)
    }
}

/// Stands in each form whose page [`with_cookie`] shows.
pub(super) fn field() -> Markup {
    html! { input type="hidden" name="probe" value="sent"; }
}

/// A page with a cookie that tells nothing but that cookies are kept, for an hour.
pub(super) fn with_cookie(app: &App, page: Response) -> Response {
    let cookie = secret_cookie(app, "probe", "kept".to_owned(), 60 * 60);
    (CookieJar::new().add(cookie), page).into_response()
}
