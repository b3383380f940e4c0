//! Whether the visitor's browser can do what a page is for: the words among which `js/readiness.js` and the pages' own scripts
//! choose, so that no page stays empty and no message of an engine is ever the word.

use crate::web::assets;
use crate::web::locale::Locale;
use maud::{Markup, html};

/// What the browser is needed for. Each has its own way on where it does not serve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To check in: any other browser does as well.
    CheckIn,
    /// To cast: the credential lies in the browser of the check-in.
    Cast,
    /// To hold a scrutineer's key.
    Scrutineer,
    /// To check a receipt or a vote; nothing is kept.
    Verify,
    /// Only to know, days before.
    Preview,
}

impl Purpose {
    fn name(self) -> &'static str {
        match self {
            Self::CheckIn => "check-in",
            Self::Cast => "cast",
            Self::Scrutineer => "scrutineer",
            Self::Verify => "verify",
            Self::Preview => "preview",
        }
    }

    /// What is tried, in this order.
    fn checks(self) -> &'static str {
        match self {
            Self::Verify => "language worker",
            Self::CheckIn | Self::Cast | Self::Scrutineer | Self::Preview => {
                "language cookies store worker"
            }
        }
    }
}

/// What can be missing, and what else can go wrong on a device: each with a sentence `device-fault-…`.
const FAULTS: [&str; 11] = [
    "old",
    "wasm",
    "worker",
    "cookies",
    "store",
    "silent",
    "full",
    "not-loaded",
    "no-connection",
    "no-answer",
    "unknown",
];

/// "Opening…", which the page's script takes away, or what is missing and what to do instead; and the box for what goes
/// wrong later.
pub(crate) fn readiness(locale: &Locale, purpose: Purpose) -> Markup {
    let own = |key: &str| locale.text(&format!("device-{key}-{}", purpose.name()));
    let no_script = if purpose == Purpose::Verify {
        "verify-needs-script"
    } else {
        "device-needs-script"
    };
    html! {
        noscript { p.notice { (locale.text(no_script)) } }
        div.readiness data-part="readiness" data-checks=(purpose.checks())
            data-probe=(assets::url("js/probe-worker.js")) {
            p.working data-word="opening" role="status" { (locale.text("device-opening")) }
            @if purpose == Purpose::Preview {
                p.notice.good data-word="ready" role="status" hidden { (locale.text("device-ready")) }
            }
            div role="alert" {
                @for fault in FAULTS {
                    p.notice.bad data-word=(fault) hidden { (locale.text(&format!("device-fault-{fault}"))) }
                }
                p data-word="way" hidden { (own("way")) }
            }
            (technical(locale, "readiness-technical"))
            @if purpose != Purpose::Verify {
                p.notice data-word="in-app" hidden { (own("in-app")) }
            }
        }
        div.notice.bad data-part="problem" role="alert" hidden {
            p {}
            p data-part="problem-way" hidden {}
            (technical(locale, "problem-technical"))
        }
    }
}

/// What the engine said, for who helps: never the word itself.
fn technical(locale: &Locale, part: &str) -> Markup {
    html! {
        details hidden {
            summary { (locale.text("device-technical")) }
            pre.mono tabindex="0" data-part=(part) {}
        }
    }
}
