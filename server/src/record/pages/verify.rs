//! `/verify`: anyone checks a receipt or a whole vote, on their own device.

use crate::web::components::{hash, table_wrap};
use crate::web::http_error::HttpResult;
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::shared::check_names::{OF_RECEIPTS, check_names};
use crate::web::shared::readiness::{Purpose, readiness};
use crate::web::visit::Visit;
use axum::extract::State;
use domain::cycles::store::jurisdictions;
use domain::infra::app::App;
use domain::infra::downloads::Download;
use domain::record::verifier_key;
use maud::{Markup, html};

/// Why a sound receipt does not show that its ballot is counted; see [`tally::bundle::NotCounted`].
const NOT_COUNTED: [&str; 5] = [
    "bundle",
    "other-entry",
    "other-history",
    "no-ballot",
    "ended",
];

/// What a verifier's decision came to; see [`tally::decision::Outcome`] and [`tally::evaluation::EvaluationOutcome`].
const OUTCOMES: [&str; 6] = [
    "decided",
    "judged",
    "no_quorum",
    "void",
    "voided",
    "withdrawn",
];

/// The usual levels of an evaluation, by the ids that rules give them.
const LEVELS: [&str; 4] = ["satisfied", "basically_satisfied", "unsatisfied", "unknown"];

/// What a verdict can be about: the line of the list, by its name in the script.
const FACTS: [&str; 6] = ["place", "poll", "entry", "ballots", "entitled", "rule"];

/// The page; its work is done by the verifier in the browser, which is the same code as the `tally` command.
#[derive(Debug, Clone)]
pub(crate) struct VerifyPage {
    /// The record's verifier key line.
    pub vkey: String,
    /// The programs that this service offers.
    pub downloads: Vec<Download>,
    /// What the scopes of the record's entries begin with, and the names of those counties: (slug, name).
    pub places: Vec<(String, String)>,
}

impl Page for VerifyPage {
    fn title(&self, locale: &Locale) -> String {
        locale.text("verify-title")
    }

    fn scripts(&self) -> &'static [&'static str] {
        &["js/verify.js"]
    }

    fn asks_readiness(&self) -> bool {
        true
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        html! {
            h1 { (locale.text("verify-title")) }
            (readiness(locale, Purpose::Verify))
            div data-part="device-page" data-no-file=(locale.text("verify-no-file"))
                data-not-a-vkey=(locale.text("verify-not-a-vkey"))
                data-not-a-challenge=(locale.text("verify-not-a-challenge")) {
                (self.words(locale))
                (verdict(locale))
                div data-part="forms" {
                    p.lead { (locale.text("verify-lead")) }
                    div.split {
                        (self.receipt(locale))
                        (archive(locale))
                        (challenged(locale))
                    }
                }
            }
            section.panel data-part="forms" {
                p { (locale.text("verify-command")) }
                pre tabindex="0" { code { "tally verify poll.zip" } }
                (self.programs(locale))
            }
        }
    }
}

impl VerifyPage {
    /// The programs for who has no compiler: what is offered here, and how far its hash is to be trusted.
    fn programs(&self, locale: &Locale) -> Markup {
        let Some(first) = self.downloads.first() else {
            return html! { p.small { (locale.text("verify-programs-none")) } };
        };
        let table = html! {
            table.stacked {
                thead { tr {
                    th scope="col" { (locale.text("verify-program")) }
                    th.number scope="col" { (locale.text("verify-program-bytes")) }
                    th scope="col" { "SHA-256" }
                } }
                tbody { @for one in &self.downloads {
                    tr {
                        th scope="row" data-label=(locale.text("verify-program")) {
                            a href={ "/downloads/" (one.name) } { (one.name) }
                        }
                        td.number data-label=(locale.text("verify-program-bytes")) { (one.bytes) }
                        td data-label="SHA-256" { (hash(&one.sha256)) }
                    }
                } }
            }
        };
        html! {
            h2 { (locale.text("verify-programs")) }
            p { (locale.text("verify-programs-text")) }
            (table_wrap(&locale.text("verify-programs"), &table))
            pre tabindex="0" { code { "sha256sum " (first.name) } }
        }
    }

    /// Among which the script chooses.
    fn words(&self, locale: &Locale) -> Markup {
        html! {
            (check_names(locale))
            div hidden {
                @for code in NOT_COUNTED {
                    span data-check=(code) { (locale.text(&format!("not-counted-{code}"))) }
                }
                @for level in LEVELS {
                    span data-level=(level) { (locale.text(&format!("level-{}", level.replace('_', "-")))) }
                }
                @for (slug, name) in &self.places { span data-place=(slug) { (name) } }
            }
        }
    }

    fn receipt(&self, locale: &Locale) -> Markup {
        html! {
            section.panel {
                h2 tabindex="-1" data-part="forms-title" { (locale.text("verify-receipt")) }
                p { (locale.text("verify-receipt-text")) }
                div.field {
                    label for="receipt-file" { (locale.text("verify-receipt-file")) }
                    input #receipt-file type="file" accept="application/json,.json" data-part="receipt-file";
                }
                div.field {
                    label for="receipt-text" { (locale.text("verify-receipt-field")) }
                    textarea #receipt-text rows="6" data-part="receipt-text" spellcheck="false" autocomplete="off" {}
                }
                div.field {
                    label for="receipt-vkey" { (locale.text("verify-vkey-field")) }
                    p.hint #receipt-vkey-hint { (locale.text("verify-vkey-hint")) }
                    input #receipt-vkey type="text" value=(self.vkey) data-part="receipt-vkey"
                        aria-describedby="receipt-vkey-hint" spellcheck="false" autocomplete="off";
                }
                button type="button" data-part="check-receipt" { (locale.text("verify-receipt-button")) }
            }
        }
    }
}

fn archive(locale: &Locale) -> Markup {
    html! {
        section.panel {
            h2 { (locale.text("verify-archive")) }
            p { (locale.text("verify-archive-text")) }
            div.field {
                label for="archive-file" { (locale.text("verify-archive-file")) }
                input #archive-file type="file" accept=".bel,.zip" data-part="archive-file";
            }
            button type="button" data-part="check-archive" { (locale.text("verify-archive-button")) }
        }
    }
}

/// A ballot that a device has opened instead of casting it, computed again here.
fn challenged(locale: &Locale) -> Markup {
    html! {
        section.panel {
            h2 { (locale.text("verify-challenged")) }
            p { (locale.text("verify-challenged-text")) }
            div.field {
                label for="challenge-file" { (locale.text("verify-challenged-file")) }
                input #challenge-file type="file" accept="application/json,.json" data-part="challenge-file";
            }
            div.field {
                label for="challenge-text" { (locale.text("verify-challenged-field")) }
                textarea #challenge-text rows="4" data-part="challenge-text" spellcheck="false" autocomplete="off" {}
            }
            button type="button" data-part="check-challenge" { (locale.text("verify-challenged-button")) }
        }
    }
}

/// What a check has found, in words; the script shows what is true of it and hides it as soon as something else is to be checked.
fn verdict(locale: &Locale) -> Markup {
    let said = |part: &str, class: &str, role: &str, key: &str, more: Markup| {
        html! {
            p class=(class) data-verdict data-part=(part) role=(role) hidden { (locale.text(key)) (more) }
        }
    };
    let good = |part, key| said(part, "notice good", "status", key, html! {});
    let note = |part, key| said(part, "notice", "status", key, html! {});
    let bad = |part, key, more| said(part, "notice bad", "alert", key, more);
    let why = |part: &str| html! { " " span data-part=(part) {} };
    html! {
        section.panel.verdict data-part="verdict" tabindex="-1" aria-label=(locale.text("verify-verdict")) hidden {
            (good("receipt-counted", "verify-counted"))
            (note("receipt-replaced", "verify-replaced"))
            (bad("receipt-not-counted", "verify-not-counted", why("not-counted-why")))
            (good("receipt-good", "verify-receipt-good"))
            (good("receipt-entry", "verify-receipt-entry"))
            (note("receipt-not-announced", "verify-not-announced"))
            (bad("receipt-bad", "verify-receipt-bad", html! {}))
            @for name in OF_RECEIPTS {
                p data-verdict data-part={ "why-" (name) } hidden { (locale.text(&format!("verify-why-{name}"))) }
            }
            (good("archive-good", "verify-archive-good"))
            (good("archive-ended", "verify-archive-ended"))
            (bad("archive-bad", "verify-archive-bad", why("archive-why")))
            (bad("archive-unsupported", "verify-archive-unsupported", html! {}))
            (good("challenge-good", "verify-challenged-good"))
            (bad("challenge-bad", "verify-challenged-bad", html! {}))
            (challenge_facts(locale))
            @for part in ["receipt-progress", "archive-progress", "challenge-progress"] {
                p.working data-verdict data-part=(part) role="status" hidden { (locale.text(&format!("verify-{part}"))) }
            }
            p data-verdict data-part="receipt-secret" hidden { (locale.text("verify-receipt-secret")) }
            (facts(locale))
            p.small.muted data-verdict data-part="verdict-code" hidden {
                (locale.text("verify-code")) " " code data-part="code" {}
            }
            details data-verdict data-part="archive-details" hidden {
                summary { (locale.text("verify-details")) }
                ul.checks data-part="archive-checks" {}
            }
            p { button.secondary type="button" data-part="check-other" hidden { (locale.text("verify-other")) } }
        }
    }
}

/// What the challenged ballot hides, to compare with what was ticked, and by what to know ballot and election.
fn challenge_facts(locale: &Locale) -> Markup {
    html! {
        div data-verdict data-part="challenge-facts" hidden {
            ul data-part="challenge-choices" {}
            p data-verdict data-part="challenge-none" hidden { (locale.text("verify-challenged-none")) }
            dl.facts {
                dt { (locale.text("device-tracker")) } dd.mono data-part="challenge-tracker" {}
                dt { (locale.text("session-print")) } dd.mono data-part="challenge-print" {}
            }
        }
    }
}

/// What was verified: whose vote, which entry, how many ballots, what was decided.
fn facts(locale: &Locale) -> Markup {
    html! {
        div data-verdict data-part="facts" hidden {
            dl.facts { @for fact in FACTS {
                dt data-fact=(fact) hidden { (locale.text(&format!("verify-fact-{fact}"))) }
                dd data-fact=(fact) hidden {}
            } }
            @for outcome in OUTCOMES {
                p data-verdict data-part={ "decision-" (outcome) } hidden {
                    (locale.text(&format!("verify-{}", outcome.replace('_', "-"))))
                }
            }
            p data-verdict data-part="no-decision" hidden { (locale.text("verify-no-decision")) }
            ul data-verdict data-part="decision" hidden {}
        }
    }
}

/// `/verify`
pub(crate) async fn verify(State(app): State<App>, visit: Visit) -> HttpResult {
    let mut tx = app.database.read().await?;
    let places = jurisdictions(&mut tx)
        .await?
        .into_iter()
        .map(|here| (here.slug, here.name))
        .collect();
    let vkey = verifier_key(&app)?.to_string();
    let asked = app.clone();
    let listed = tokio::task::spawn_blocking(move || asked.downloads.list()).await;
    // A folder that cannot be read must not keep anybody from checking a receipt.
    let downloads = match listed.map_err(std::io::Error::other).flatten() {
        Ok(downloads) => downloads,
        Err(error) => {
            tracing::warn!(%error, "the folder of downloads cannot be read: none is offered");
            Vec::new()
        }
    };
    Ok(show(
        &visit,
        &VerifyPage {
            vkey,
            downloads,
            places,
        },
    ))
}
