//! The second step in a real browser: the service requires it, a passkey takes it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use journeys::{Driver, Screen, service::Service};

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_makes_a_passkey_and_signs_in_by_it() {
    let Some(driver) = Driver::start() else {
        return;
    };
    let service = Service::start();
    for (screen, email) in [
        (Screen::Phone, "chen@example.cn"),
        (Screen::Laptop, "li@example.cn"),
    ] {
        let browser = driver.open(screen).await;
        browser.add_authenticator().await;
        browser.goto(&service.administrator_link(email)).await;
        browser.follow("main form button").await;
        browser.see("须先设置第二步验证").await;
        browser.screenshot("security").await;
        assert!(!browser.overflows().await);
        browser.goto(&service.at("/j/qinghe/people")).await;
        browser.see("办理此项须先设置第二步验证").await;
        browser.screenshot("factor-first").await;
        // The browser says of a refused page that it was refused.
        browser.console().await;

        browser.follow("main a.button").await;
        browser.follow("form[action$='/app'] button").await;
        browser.screenshot("add-app").await;
        assert!(!browser.overflows().await);
        browser.goto(&service.at("/me/security")).await;
        browser.follow("form[action$='/passkey'] button").await;
        browser.screenshot("add-passkey").await;
        browser.follow("#field-passkey").await;
        browser.see("只在此处显示一次").await;
        browser.screenshot("recovery-codes").await;
        assert!(!browser.overflows().await);
        browser.goto(&service.at("/j/qinghe/people")).await;
        browser.see("人员与身份").await;

        let sign_out = if screen == Screen::Phone {
            browser.click("header details summary").await;
            "header .menu form[action='/sign-out'] button"
        } else {
            ".nav-wide form[action='/sign-out'] button"
        };
        browser.follow(sign_out).await;
        browser.goto(&service.administrator_link(email)).await;
        browser.follow("main form button").await;
        browser
            .until("location.pathname === '/sign-in/factor'")
            .await;
        browser.screenshot("factor").await;
        assert!(!browser.overflows().await);
        browser.follow("#field-passkey").await;
        browser.until("location.pathname === '/'").await;
        browser.goto(&service.at("/me/security")).await;
        browser.see("通行密钥").await;
        browser.screenshot("security-with-factor").await;
        browser.goto(&service.at("/sign-in/again?next=/me")).await;
        browser.screenshot("again").await;
        assert_eq!(browser.console().await, Vec::<String>::new());
        browser.close().await;
    }
}
