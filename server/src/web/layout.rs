//! The frame around every page.

use super::assets;
use super::chinese;
use super::components::{error_summary, mark};
use super::cycle_banner::banner;
use super::held::{Interrupted, PROVE_AGAIN, SIGN_IN, interruption};
use super::http_error::HttpError;
use super::locale::Locale;
use super::page::{Focus, Page};
use super::sent::kept;
use super::visit::Visit;
use maud::{DOCTYPE, Markup, html};

/// Linked one by one, so that the browser fetches them together; later ones may refine earlier ones.
const STYLES: [&str; 12] = [
    "css/main.css",
    "css/layout.css",
    "css/cycle.css",
    "css/forms.css",
    "css/components.css",
    "css/tasks.css",
    "css/charts.css",
    "css/bench.css",
    "css/console.css",
    "css/device.css",
    "css/print.css",
    "css/paper.css",
];

/// Those of a page without the site's frame.
const BARE_STYLES: [&str; 2] = ["css/main.css", "css/screen.css"];

/// The message after the sign-out: what a script of ours has kept in the tab goes with the session.
pub const SIGNED_OUT: &str = "signed-out";

/// A whole page.
pub fn page(visit: &Visit, page: &impl Page) -> Markup {
    let locale = visit.locale;
    let focus = page.focus(locale);
    let errors = page.errors().filter(|errors| !errors.is_empty());
    let title = page.title(locale);
    let title = match errors {
        Some(_) => locale.labelled(&locale.text("title-with-errors"), &title),
        None => title,
    };
    let whole = html! {
        (DOCTYPE)
        html lang=(locale.code()) class=[visit.large_text.then_some("large-text")] {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · " (locale.text("service-name")) }
                @if let Some(summary) = page.summary(locale) {
                    meta name="description" content=(summary);
                    meta property="og:title" content=(title);
                    meta property="og:description" content=(summary);
                }
                meta name="color-scheme" content="light dark";
                meta name="theme-color" content="#b23a1c";
                @for style in STYLES { link rel="stylesheet" href=(assets::url(style)); }
                link rel="icon" href=(assets::url("img/icon.svg")) type="image/svg+xml";
                @for (path, title) in page.feeds(locale) {
                    link rel="alternate" type="application/atom+xml" href=(path) title=(title);
                }
                // Before the modules, which an old browser does not even begin to read.
                @if page.asks_readiness() {
                    script defer src=(assets::url("js/readiness.js")) {}
                }
                @for script in page.scripts() {
                    script type="module" src=(assets::url(script)) {}
                }
                @if visit.flash.as_deref() == Some(SIGNED_OUT) {
                    script type="module" src=(assets::url("js/signed-out.js")) {}
                }
            }
            body class=[body_class(focus.is_some(), page.is_paper())] {
                a.skip-link href="#main" { (locale.text("skip-to-content")) }
                @if let Some(focus) = &focus {
                    (focused_header(locale, focus))
                } @else {
                    @if visit.demo { (demo_banner(locale)) }
                    (header(visit))
                    @if let Some(cycle) = page.cycle() { (banner(visit, cycle)) }
                }
                main #main tabindex="-1" {
                    @if let Some(flash) = &visit.flash {
                        p.flash role="status" { (locale.text(flash)) }
                    }
                    @if let Some(errors) = errors { (error_summary(locale, errors)) }
                    (page.main(visit))
                }
                (footer(visit))
            }
        }
    };
    chinese::marked(locale, whole)
}

const fn body_class(is_focused: bool, is_paper: bool) -> Option<&'static str> {
    match (is_focused, is_paper) {
        (true, _) => Some("focused"),
        (false, true) => Some("paper-page"),
        (false, false) => None,
    }
}

/// A page without the site's frame, for a screen that a whole hall reads. Without script it asks for itself again.
pub fn bare(visit: &Visit, look: &str, title: &str, main: &Markup) -> Markup {
    let locale = visit.locale;
    let whole = html! {
        (DOCTYPE)
        html lang=(locale.code()) class=(look) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · " (locale.text("service-name")) }
                noscript { meta http-equiv="refresh" content="10"; }
                @for style in BARE_STYLES { link rel="stylesheet" href=(assets::url(style)); }
                link rel="icon" href=(assets::url("img/icon.svg")) type="image/svg+xml";
                script type="module" src=(assets::url("js/live.js")) {}
            }
            body { main { (main) } }
        }
    };
    chinese::marked(locale, whole)
}

/// A part of a page that a script puts into it, marked as the whole is.
pub fn fragment(locale: &Locale, part: Markup) -> String {
    chinese::marked(locale, part).into_string()
}

fn demo_banner(locale: &Locale) -> Markup {
    html! {
        div.demo-banner role="note" {
            (locale.text("demo-banner")) " "
            a href="/demo" { (locale.text("demo-banner-link")) }
        }
    }
}

fn focused_header(locale: &Locale, focus: &Focus) -> Markup {
    html! {
        header.site-header {
            a.brand href="/" { (mark()) (locale.text("service-name")) }
            a.leave href=(focus.leave) { (focus.leave_text) }
        }
    }
}

fn header(visit: &Visit) -> Markup {
    let locale = visit.locale;
    let here = visit.path.split('?').next().unwrap_or_default();
    let entry = |path: &str, class: Option<&str>, text: &str| {
        html! { a class=[class] href=(path) aria-current=[(here == path).then_some("page")] { (text) } }
    };
    let mut entries = vec![
        entry("/verify", None, &locale.text("nav-verify")),
        entry("/record", None, &locale.text("nav-record")),
    ];
    if let Some(viewer) = &visit.viewer {
        entries.push(entry("/me", Some("viewer"), &viewer.display_name));
        entries.push(html! {
            form.inline method="post" action="/sign-out" {
                button.link type="submit" { (locale.text("sign-out")) }
            }
        });
    }
    html! {
        header.site-header {
            a.brand href="/" { (mark()) (locale.text("service-name")) }
            nav aria-label=(locale.text("nav-main")) {
                details.menu {
                    summary { (locale.text("nav-menu")) }
                    ul { @for entry in &entries { li { (entry) } } }
                }
                div.nav-wide { @for entry in &entries { (entry) } }
                @if visit.viewer.is_none() {
                    a.nav-sign-in href=(visit.sign_in_link()) aria-current=[(here == "/sign-in").then_some("page")] { (locale.text("sign-in")) }
                }
            }
        }
    }
}

fn footer(visit: &Visit) -> Markup {
    let locale = visit.locale;
    let size = if visit.large_text { "normal" } else { "large" };
    html! {
        footer.site-footer {
            form.inline method="post" action="/preferences" {
                input type="hidden" name="back" value=(visit.path);
                @for other in Locale::all().filter(|other| other.code() != locale.code()) {
                    button.link type="submit" name="lang" value=(other.code()) lang=(other.code()) {
                        (other.text("language-name"))
                    }
                }
                button.link type="submit" name="text" value=(size) { (locale.text(&format!("text-{size}"))) }
            }
            p { a href="/open-data" { (locale.text("open-data-title")) } }
            p { (locale.text("footer-promise")) }
        }
    }
}

/// The page that says why something cannot be done.
pub fn error_page(visit: &Visit, failure: &HttpError, sent: Option<&Interrupted>) -> Markup {
    page(visit, &FailurePage { failure, sent })
}

/// The page of the year that an address stands below: `/j/qinghe/2026`.
fn cycle_above(path: &str) -> Option<String> {
    let path = path.split('?').next()?;
    match path.split('/').collect::<Vec<_>>().as_slice() {
        ["", "j", jurisdiction, year, _, ..] if year.parse::<u16>().is_ok() => {
            Some(format!("/j/{jurisdiction}/{year}"))
        }
        _ => None,
    }
}

struct FailurePage<'a> {
    failure: &'a HttpError,
    /// What was sent, where it was a form.
    sent: Option<&'a Interrupted>,
}

impl Page for FailurePage<'_> {
    fn title(&self, locale: &Locale) -> String {
        locale.text(match self.failure {
            HttpError::SignInToGoOn(_) | HttpError::SignInFirst => "error-sign-in-first",
            HttpError::NotFound => "failure-not-found",
            HttpError::Forbidden | HttpError::FromElsewhere | HttpError::FactorFirst => {
                "failure-forbidden"
            }
            HttpError::Conflict(_) => "failure-conflict",
            HttpError::TooMany { .. } | HttpError::Unavailable(_) => "failure-later",
            HttpError::Internal { .. } => "failure-internal",
            HttpError::ProveAgain(_) | HttpError::Invalid { .. } | HttpError::TooLarge => {
                "failure-title"
            }
        })
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let message = locale.text_with(
            &format!("error-{}", self.failure.code()),
            &[("limit", 0.into())],
        );
        let message = match self.failure {
            HttpError::Invalid { field, .. } => {
                locale.labelled(&locale.text(&format!("field-{field}")), &message)
            }
            _ => message,
        };
        html! {
            h1 { (self.title(locale)) }
            @if !matches!(self.failure, HttpError::SignInToGoOn(_)) { p.failure { (message) } }
            @if let HttpError::Internal { reference } = self.failure {
                p { (locale.text_with("failure-reference", &[("reference", reference.clone().into())])) }
            }
            @match self.failure {
                HttpError::ProveAgain(interrupted) => (interruption(visit, interrupted, &PROVE_AGAIN)),
                HttpError::SignInToGoOn(interrupted) => (interruption(visit, interrupted, &SIGN_IN)),
                HttpError::SignInFirst => p { a.button href="/sign-in" { (locale.text("sign-in")) } },
                HttpError::FactorFirst => {
                    p { a.button href="/me/security" { (locale.text("security-title")) } }
                }
                _ => {
                    @if let Some(sent) = self.sent { (kept(visit, self.failure, sent)) }
                    p.actions {
                        @if let Some(cycle) = cycle_above(&visit.path) {
                            a.button href=(cycle) { (locale.text("to-cycle")) }
                        }
                        a.button.secondary href="/" { (locale.text("to-front-page")) }
                    }
                }
            }
        }
    }
}
