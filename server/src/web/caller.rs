//! The browser that calls: its address, what it says of itself, and the tokens that it carries.

use super::cookies::{device_cookie_name, session_cookie_name, ticket_cookie_name};
use crate::web::routes::Site;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum_extra::extract::CookieJar;
use domain::people::Caller;
use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use zeroize::Zeroizing;

impl FromRequestParts<Site> for Caller {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, Site(app): &Site) -> Result<Self, Infallible> {
        let cookies = CookieJar::from_headers(&parts.headers);
        let token = |name: &str| {
            cookies
                .get(name)
                .map(|cookie| Zeroizing::new(cookie.value().to_owned()))
        };
        let peer = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map(|ConnectInfo(peer)| peer.ip());
        Ok(Self {
            address: address(&parts.headers, peer, app.config.behind_proxy),
            device: device(&parts.headers),
            session: token(session_cookie_name(app)),
            ticket: token(ticket_cookie_name(app)),
            known_device: token(device_cookie_name(app)),
        })
    }
}

/// The caller's address. Behind our proxy it is the last one of `X-Forwarded-For`: our proxy wrote it, all before
/// it may be invented. Without a proxy the header is ignored.
fn address(headers: &HeaderMap, peer: Option<IpAddr>, behind_proxy: bool) -> IpAddr {
    let forwarded = headers
        .get_all("x-forwarded-for")
        .iter()
        .next_back()
        .and_then(|value| value.to_str().ok())
        .and_then(|list| list.rsplit(',').next()?.trim().parse().ok());
    forwarded
        .filter(|_| behind_proxy)
        .or(peer)
        .unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))
}

/// The browser in words, from a fixed list: a stranger's `User-Agent` is never stored.
fn device(headers: &HeaderMap) -> String {
    let agent = headers
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let first = |list: &[(&str, &'static str)]| {
        list.iter()
            .find(|(mark, _)| agent.contains(mark))
            .map(|(_, name)| *name)
    };
    let browser = first(&[
        ("MicroMessenger", "微信"),
        ("Edg", "Edge"),
        ("HuaweiBrowser", "Huawei"),
        ("Firefox", "Firefox"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
    ]);
    let system = first(&[
        ("HarmonyOS", "HarmonyOS"),
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    [browser, system]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &'static str, value: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        headers
    }

    #[test]
    fn a_forwarded_address_counts_only_behind_a_proxy_and_only_the_last_one() {
        let peer = Some("10.0.0.1".parse().unwrap());
        let forwarded = headers("x-forwarded-for", "6.6.6.6, 203.0.113.9");
        assert_eq!(address(&forwarded, peer, false).to_string(), "10.0.0.1");
        assert_eq!(address(&forwarded, peer, true).to_string(), "203.0.113.9");
        let nonsense = headers("x-forwarded-for", "nonsense");
        assert_eq!(address(&nonsense, peer, true).to_string(), "10.0.0.1");
    }

    #[test]
    fn a_browser_is_named_from_a_fixed_list() {
        let agent =
            "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36";
        assert_eq!(device(&headers("user-agent", agent)), "Chrome · Android");
        assert_eq!(device(&headers("user-agent", "<script>")), "");
    }
}
