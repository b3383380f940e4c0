//! A person's browser: what somebody does with it and sees in it.

use crate::{artifacts, child::Kept, driver::Screen, gecko::Gecko};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use fantoccini::{
    Client, Locator, elements::Element, error::CmdError, key::Key, wd::WebDriverCompatibleCommand,
};
use serde_json::{Value, json};
use std::time::Duration;
use tempfile::TempDir;

mod tabs;

/// How long a page may take to show what a person would wait for.
const PATIENCE: Duration = Duration::from_secs(20);

/// One person's browser.
#[derive(Debug)]
pub struct Browser {
    client: Client,
    screen: Screen,
    held: Held,
}

/// What ends with a browser.
#[derive(Debug)]
pub(crate) enum Held {
    /// The profile of a Chromium, whose driver ends it.
    Profile(#[expect(dead_code, reason = "deleted when dropped")] TempDir),
    /// A Firefox.
    Gecko(#[expect(dead_code, reason = "ended when dropped")] Gecko),
    /// The driver of a `WebKit`, which ends it.
    Process(#[expect(dead_code, reason = "ended when dropped")] Kept),
}

impl Browser {
    pub(crate) const fn of(client: Client, screen: Screen, held: Held) -> Self {
        Self {
            client,
            screen,
            held,
        }
    }

    /// Opens an address.
    pub async fn goto(&self, url: &str) {
        self.client
            .goto(url)
            .await
            .unwrap_or_else(|error| panic!("opening {url}: {error}"));
    }

    /// The current address.
    pub async fn url(&self) -> String {
        self.client.current_url().await.expect("an address").into()
    }

    /// Waits for an element (CSS).
    pub async fn find(&self, css: &str) -> Element {
        match self
            .client
            .wait()
            .at_most(PATIENCE)
            .for_element(Locator::Css(css))
            .await
        {
            Ok(element) => element,
            Err(error) => self.lost(&format!("no element {css}: {error}")).await,
        }
    }

    /// All elements (CSS) that are there now.
    pub async fn find_all(&self, css: &str) -> Vec<Element> {
        self.client
            .find_all(Locator::Css(css))
            .await
            .expect("a list")
    }

    /// Whether an element (CSS) is there now.
    pub async fn has(&self, css: &str) -> bool {
        !self.find_all(css).await.is_empty()
    }

    /// The visible text of an element (CSS), once it is there.
    ///
    /// Found and read in one step: between two a page that is just being left would be gone.
    pub async fn text(&self, css: &str) -> String {
        let read = format!(
            "return document.querySelector({})?.innerText ?? null;",
            json!(css)
        );
        let since = tokio::time::Instant::now();
        loop {
            if let Value::String(text) = self.script(&read, vec![]).await {
                return text;
            }
            if since.elapsed() > PATIENCE {
                self.lost(&format!("no element {css}")).await;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until the page's visible text contains `words`.
    pub async fn see(&self, words: &str) {
        let since = tokio::time::Instant::now();
        while !self.text("body").await.contains(words) {
            if since.elapsed() > PATIENCE {
                self.lost(&format!("the page never said {words:?}")).await;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until a condition in JavaScript holds.
    pub async fn until(&self, condition: &str) {
        let since = tokio::time::Instant::now();
        while self
            .script(&format!("return !!({condition});"), vec![])
            .await
            != Value::Bool(true)
        {
            if since.elapsed() > PATIENCE {
                self.lost(&format!("never true: {condition}")).await;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Clicks on an element (CSS), as a person would: it must be visible and uncovered.
    pub async fn click(&self, css: &str) {
        let element = self.find(css).await;
        // A sticky bar may cover what the driver just scrolled to the edge.
        let centre = "arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' });";
        let argument = serde_json::to_value(&element).expect("an element");
        self.script(centre, vec![argument]).await;
        if let Err(error) = element.click().await {
            self.lost(&format!("clicking {css}: {error}")).await;
        }
    }

    /// Clicks on what leads to another page, and waits until that is there.
    pub async fn follow(&self, css: &str) {
        self.script("window.leaving = true;", vec![]).await;
        self.click(css).await;
        self.until("!window.leaving && document.readyState === 'complete'")
            .await;
    }

    /// The same with what cannot be undone: what it means is read first.
    pub async fn follow_irrevocable(&self, css: &str) {
        self.click(&format!("details:has({css}) > summary")).await;
        self.follow(css).await;
    }

    /// Clicks on the first visible link or button with exactly this text.
    pub async fn click_text(&self, words: &str) {
        let quoted = format!("'{words}'");
        let path = format!(
            "//*[self::a or self::button or self::summary or self::label][normalize-space(.)={quoted}]"
        );
        let found = self
            .client
            .wait()
            .at_most(PATIENCE)
            .for_element(Locator::XPath(&path))
            .await;
        let clicked: Result<(), CmdError> = match found {
            Ok(element) => element.click().await,
            Err(error) => Err(error),
        };
        if let Err(error) = clicked {
            self.lost(&format!("clicking {words:?}: {error}")).await;
        }
    }

    /// Types into the field with this name, in place of what stood there.
    pub async fn fill(&self, name: &str, value: &str) {
        let field = self.find(&format!("[name={name:?}]")).await;
        field
            .clear()
            .await
            .unwrap_or_else(|error| panic!("clearing {name}: {error}"));
        field
            .send_keys(value)
            .await
            .unwrap_or_else(|error| panic!("typing into {name}: {error}"));
    }

    /// Chooses the option with this value in the list with this name.
    pub async fn choose(&self, name: &str, value: &str) {
        let list = self.find(&format!("select[name={name:?}]")).await;
        list.select_by_value(value)
            .await
            .unwrap_or_else(|error| panic!("{value} of {name}: {error}"));
    }

    /// Chooses the option at this place (from 0) in the list with this name.
    pub async fn choose_nth(&self, name: &str, nth: usize) {
        let list = self.find(&format!("select[name={name:?}]")).await;
        list.select_by_index(nth)
            .await
            .unwrap_or_else(|error| panic!("{nth} of {name}: {error}"));
    }

    /// What stands in the field with this name.
    pub async fn value(&self, name: &str) -> String {
        let field = self.find(&format!("[name={name:?}]")).await;
        field
            .prop("value")
            .await
            .expect("a field")
            .unwrap_or_default()
    }

    /// Presses a key where the focus is.
    pub async fn press(&self, key: Key) {
        self.keys(&char::from(key).to_string()).await;
    }

    /// Types where the focus is.
    pub async fn keys(&self, text: &str) {
        let focus = self.client.active_element().await.expect("a focus");
        focus.send_keys(text).await.expect("typed");
    }

    /// Presses Tab until an element that matches `css` has the focus; how often.
    pub async fn tab_to(&self, css: &str) -> usize {
        let there = format!("return !!document.activeElement?.matches({});", json!(css));
        for presses in 0..200 {
            if self.script(&there, vec![]).await == Value::Bool(true) {
                return presses;
            }
            self.press(Key::Tab).await;
        }
        self.lost(&format!("the keyboard never reaches {css}"))
            .await
    }

    /// Runs a function body in the page.
    pub async fn script(&self, body: &str, arguments: Vec<Value>) -> Value {
        self.client
            .execute(body, arguments)
            .await
            .expect("the script runs")
    }

    /// The same for a body that calls its last argument with the result.
    pub async fn script_async(&self, body: &str, arguments: Vec<Value>) -> Value {
        self.client
            .execute_async(body, arguments)
            .await
            .expect("the script runs")
    }

    /// What the page itself would get from an address, with this person's cookies.
    ///
    /// Returns the status and the bytes.
    pub async fn fetch(&self, url: &str) -> (u16, Vec<u8>) {
        let answer = self
            .script_async(
                "const [url, done] = arguments;
                 fetch(url).then(async r => {
                     const reader = new FileReader();
                     reader.onload = () => done([r.status, reader.result.split(',')[1] ?? '']);
                     reader.readAsDataURL(await r.blob());
                 }, e => done([0, btoa(String(e))]));",
                vec![json!(url)],
            )
            .await;
        let status = answer[0]
            .as_u64()
            .and_then(|status| u16::try_from(status).ok())
            .expect("a status");
        let bytes = BASE64_STANDARD
            .decode(answer[1].as_str().expect("text"))
            .expect("base64");
        (status, bytes)
    }

    /// Whether the page is wider than its window (it must never be scrolled sideways).
    pub async fn overflows(&self) -> bool {
        let wider =
            "return document.documentElement.scrollWidth > document.documentElement.clientWidth;";
        self.script(wider, vec![]).await == Value::Bool(true)
    }

    /// Sends a body from the current page's place, with this person's cookies: status and text of the answer.
    pub async fn post(&self, url: &str, media_type: &str, body: &str) -> (u16, String) {
        let answer = self
            .script_async(
                "const [url, type, body, done] = arguments;
                 fetch(url, { method: 'POST', headers: { 'Content-Type': type }, body })
                    .then(async r => done([r.status, await r.text()]), e => done([0, String(e)]));",
                vec![json!(url), json!(media_type), json!(body)],
            )
            .await;
        let status = answer[0]
            .as_u64()
            .and_then(|status| u16::try_from(status).ok())
            .expect("a status");
        (status, answer[1].as_str().unwrap_or_default().to_owned())
    }

    /// Opens an address and fetches it again as its page would: status and bytes.
    pub async fn fetch_from(&self, url: &str) -> (u16, Vec<u8>) {
        self.goto(url).await;
        self.fetch(url).await
    }

    /// The code that the hall's screen shows at this poll's page. In the demo everybody sees it.
    pub async fn hall_code(&self, poll: &str) -> String {
        let (status, page) = self.fetch(&format!("{poll}/screen")).await;
        assert_eq!(status, 200, "the screen of {poll}");
        let page = String::from_utf8(page).unwrap();
        let code = page.split("data-code=\"").nth(1).expect("a code is shown");
        code.chars().take_while(char::is_ascii_digit).collect()
    }

    /// Checks in on the page that is open: types the code of the hall and presses the button.
    pub async fn check_in(&self, poll: &str) {
        let code = self.hall_code(poll).await;
        self.fill("check_in_code", &code).await;
        self.click("[data-part=check-in]").await;
    }

    /// Takes a picture of the whole page (of the window, where the engine knows no other) as `NAME-WIDTH.png`.
    pub async fn screenshot(&self, name: &str) {
        let picture = if matches!(self.held, Held::Profile(_)) {
            let whole = json!({ "captureBeyondViewport": true });
            let answer = self.devtools("Page.captureScreenshot", whole).await;
            BASE64_STANDARD
                .decode(answer["data"].as_str().expect("its data"))
                .expect("base64")
        } else {
            self.client.screenshot().await.expect("a picture")
        };
        let path = artifacts::screenshots().join(format!("{name}-{}.png", self.screen.size().0));
        std::fs::write(path, picture).expect("kept");
    }

    /// What the browser complained about since the last time it was asked: errors of scripts, refusals by the
    /// Content-Security-Policy, files that were not there. Only Chromium tells.
    pub async fn console(&self) -> Vec<String> {
        if !matches!(self.held, Held::Profile(_)) {
            return Vec::new();
        }
        let answer = self
            .client
            .issue_cmd(Command("se/log", json!({ "type": "browser" })))
            .await
            .expect("a log");
        let lines = answer.as_array().into_iter().flatten();
        lines
            .map(|line| line["message"].as_str().unwrap_or_default().to_owned())
            .collect()
    }

    /// Sends a command of the Chrome `DevTools` Protocol and gives its answer.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Value {
        let command = json!({ "cmd": command, "params": parameters });
        self.client
            .issue_cmd(Command("goog/cdp/execute", command))
            .await
            .expect("an answer")
    }

    /// Lets `script` run in every page from now on, before the page's own.
    pub async fn before_each_page(&self, script: &str) {
        let parameters = json!({ "source": script });
        self.devtools("Page.addScriptToEvaluateOnNewDocument", parameters)
            .await;
    }

    /// Forgets the files that it has kept from earlier pages.
    pub async fn clear_cache(&self) {
        self.devtools("Network.clearBrowserCache", json!({})).await;
    }

    /// Says of itself from now on that it is this browser.
    pub async fn call_itself(&self, user_agent: &str) {
        let parameters = json!({ "userAgent": user_agent });
        self.devtools("Network.setUserAgentOverride", parameters)
            .await;
    }

    /// Gives this browser a passkey authenticator that knows its owner (Web Authentication section 11).
    pub async fn add_authenticator(&self) {
        let wanted = json!({
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": true,
            "hasUserVerification": true,
            "isUserVerified": true,
        });
        self.client
            .issue_cmd(Command("webauthn/authenticator", wanted))
            .await
            .expect("an authenticator");
    }

    /// Ends this browser; also done with its driver.
    pub async fn close(self) {
        self.client.close().await.expect("closed");
    }

    /// Fails with what the page showed, and a picture of it.
    async fn lost(&self, why: &str) -> ! {
        self.screenshot("lost").await;
        let page = match self.client.find(Locator::Css("body")).await {
            Ok(body) => body.text().await.unwrap_or_default(),
            Err(_) => String::new(),
        };
        let console = self.console().await.join("\n");
        panic!("{why}\nat {}\n{console}\n{page}", self.url().await)
    }
}

/// A command of this browser's driver beyond the standard (its path in the session, its parameters).
#[derive(Debug)]
struct Command(&'static str, Value);

impl WebDriverCompatibleCommand for Command {
    fn endpoint(
        &self,
        base: &url::Url,
        session: Option<&str>,
    ) -> Result<url::Url, url::ParseError> {
        base.join(&format!(
            "session/{}/{}",
            session.unwrap_or_default(),
            self.0
        ))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(self.1.to_string()))
    }
}
