mod admin;
mod codes;
mod factors;
mod forgery;
mod fresh;
mod held;
mod limits;
mod links;
mod passkeys;
pub(crate) mod passwords;
mod roster;
mod sessions;

use crate::testing::TestService;
use crate::web::http_error::url_encode;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode, header};
use domain::infra::mail;
use domain::people::Contact;
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

/// The code in the newest message to this contact.
pub(crate) fn code_sent_to(service: &TestService, typed: &str) -> String {
    let contact = Contact::parse(typed).unwrap();
    let console = service.app.senders.console().unwrap();
    let message = console
        .newest_to(contact.expose())
        .expect("a message was sent");
    let digits: Vec<char> = message.text.chars().collect();
    digits
        .windows(6)
        .find(|six| six.iter().all(char::is_ascii_digit))
        .map(|six| six.iter().collect())
        .expect("the message holds a code")
}

/// The value of a hidden field, as the browser would send it.
pub(crate) fn hidden(page: &str, name: &str) -> String {
    let start = format!("name=\"{name}\" value=\"");
    let (_, rest) = page.split_once(&start).unwrap_or_else(|| panic!("{page}"));
    rest.split('"')
        .next()
        .unwrap()
        .replace("&quot;", "\"")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

/// Six digits that are not `code`.
pub(crate) fn another_code(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

/// Nothing waits to be sent.
pub(crate) async fn all_sent(service: &TestService) -> bool {
    let mut tx = service.app.database.read().await.unwrap();
    mail::waiting(&mut tx).await.unwrap() == 0
}

/// A browser that keeps its cookies, as people's do.
#[derive(Default, Clone)]
pub(crate) struct Jar {
    cookies: BTreeMap<String, String>,
    address: Option<IpAddr>,
}

/// What came back to a [`Jar`].
#[derive(Debug)]
pub(crate) struct Seen {
    pub status: StatusCode,
    pub location: Option<String>,
    pub retry_after: Option<String>,
    pub cookies: Vec<String>,
    pub body: String,
}

impl Jar {
    /// A browser in this network.
    pub(crate) fn at(address: IpAddr) -> Self {
        Self {
            address: Some(address),
            ..Self::default()
        }
    }

    /// Tries a password in this browser.
    pub(crate) async fn enter_here(
        &mut self,
        service: &TestService,
        contact: &str,
        password: &str,
    ) -> Seen {
        let form = [("contact", contact), ("password", password)];
        self.post(service, "/sign-in/password", &form).await
    }

    /// Tries a password in a browser that nobody knows.
    pub(crate) async fn enter(
        service: &TestService,
        contact: &str,
        password: &str,
    ) -> (Self, Seen) {
        let mut jar = Self::default();
        let seen = jar.enter_here(service, contact, password).await;
        (jar, seen)
    }

    pub(crate) fn has(&self, cookie: &str) -> bool {
        self.cookies.contains_key(cookie)
    }

    pub(crate) fn cookie(&self, name: &str) -> String {
        self.cookies[name].clone()
    }

    pub(crate) fn set(&mut self, name: &str, value: String) {
        self.cookies.insert(name.to_owned(), value);
    }

    pub(crate) async fn get(&mut self, service: &TestService, path: &str) -> Seen {
        let seen = self.send(service, Request::get(path), String::new()).await;
        if seen.status == StatusCode::OK {
            assert_eq!(
                crate::web::lint::faults(&seen.body),
                Vec::<String>::new(),
                "{path}"
            );
        }
        seen
    }

    pub(crate) async fn post(
        &mut self,
        service: &TestService,
        path: &str,
        form: &[(&str, &str)],
    ) -> Seen {
        let body: Vec<String> = form
            .iter()
            .map(|(name, value)| format!("{}={}", url_encode(name), url_encode(value)))
            .collect();
        let request = Request::post(path)
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let seen = self.send(service, request, body.join("&")).await;
        if seen.status == StatusCode::UNPROCESSABLE_ENTITY {
            assert_eq!(
                crate::web::lint::faults(&seen.body),
                Vec::<String>::new(),
                "{path}"
            );
        }
        seen
    }

    async fn send(
        &mut self,
        service: &TestService,
        request: axum::http::request::Builder,
        body: String,
    ) -> Seen {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = if cookies.is_empty() {
            request
        } else {
            request.header(header::COOKIE, cookies.join("; "))
        };
        let mut request = request.body(Body::from(body)).unwrap();
        if let Some(address) = self.address {
            let peer = ConnectInfo(SocketAddr::new(address, 1));
            request.extensions_mut().insert(peer);
        }
        let response = service.raw(request).await;
        let text = |value: &axum::http::HeaderValue| value.to_str().unwrap().to_owned();
        let (status, headers) = (response.status(), response.headers().clone());
        let set: Vec<String> = headers
            .get_all(header::SET_COOKIE)
            .iter()
            .map(text)
            .collect();
        for cookie in &set {
            let (name, rest) = cookie.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        Seen {
            status,
            location: headers.get(header::LOCATION).map(text),
            retry_after: headers.get(header::RETRY_AFTER).map(text),
            cookies: set,
            body: String::from_utf8_lossy(&body).into_owned(),
        }
    }

    /// Asks for a code to this contact.
    pub(crate) async fn ask(&mut self, service: &TestService, contact: &str) -> Seen {
        self.post(service, "/sign-in", &[("contact", contact)])
            .await
    }

    /// Types a code.
    pub(crate) async fn code(&mut self, service: &TestService, code: &str) -> Seen {
        self.post(service, "/sign-in/code", &[("code", code)]).await
    }

    /// Signs in by code from the beginning to the end, as a newcomer where that is needed.
    pub(crate) async fn sign_in(service: &TestService, contact: &str) -> Self {
        let mut jar = Self::default();
        let asked = jar.ask(service, contact).await;
        assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.body);
        let entered = jar.code(service, &code_sent_to(service, contact)).await;
        if entered.location.as_deref() == Some("/sign-in/name") {
            let form = [("display_name", "城东李师傅"), ("residence", "qinghe")];
            let named = jar.post(service, "/sign-in/name", &form).await;
            assert_eq!(named.status, StatusCode::SEE_OTHER, "{}", named.body);
        }
        assert!(jar.has("session"));
        jar
    }
}
