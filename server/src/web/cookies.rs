//! The cookies that carry secrets.

use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use domain::infra::app::App;
use domain::people::device::MARK_SECONDS;
use domain::people::session::{SessionToken, SignedIn};

/// The session cookie's name: `__Host-` binds it to this host over HTTPS.
pub fn session_cookie_name(app: &App) -> &'static str {
    if app.config.is_https() {
        "__Host-session"
    } else {
        "session"
    }
}

/// The cookie of a login session.
pub fn session_cookie(app: &App, token: &SessionToken) -> Cookie<'static> {
    let secret = token.secret.as_str().to_owned();
    secret_cookie(app, session_cookie_name(app), secret, token.seconds)
}

/// The name of the cookie that carries a sign-in under way.
pub fn ticket_cookie_name(app: &App) -> &'static str {
    if app.config.is_https() {
        "__Host-sign-in"
    } else {
        "sign-in"
    }
}

/// The name of the cookie by which a device is known again.
pub fn device_cookie_name(app: &App) -> &'static str {
    if app.config.is_https() {
        "__Host-device"
    } else {
        "device"
    }
}

/// Everything that a browser keeps of somebody who is in, or half in.
pub fn signed_in(app: &App, signed_in: &SignedIn) -> CookieJar {
    let cookies = CookieJar::new()
        .add(session_cookie(app, &signed_in.session))
        .add(gone_cookie(app, ticket_cookie_name(app)));
    match &signed_in.known_device {
        Some(mark) => {
            let mark = mark.as_str().to_owned();
            cookies.add(secret_cookie(
                app,
                device_cookie_name(app),
                mark,
                MARK_SECONDS,
            ))
        }
        None => cookies,
    }
}

/// A cookie that scripts cannot read, other sites' forms do not bring, and plain HTTP does not carry (where the
/// service has HTTPS).
pub fn secret_cookie(
    app: &App,
    name: &'static str,
    value: String,
    seconds: i64,
) -> Cookie<'static> {
    Cookie::build((name, value))
        .path("/")
        .http_only(true)
        .secure(app.config.is_https())
        .same_site(SameSite::Lax)
        .max_age(time::Duration::seconds(seconds))
        .build()
}

/// The same cookie, taken away.
pub fn gone_cookie(app: &App, name: &'static str) -> Cookie<'static> {
    secret_cookie(app, name, String::new(), 0)
}
