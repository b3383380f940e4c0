//! `/verify`: anyone checks a receipt or a whole vote, on their own device.

use crate::web::components::{hash, table_wrap};
use crate::web::http_error::HttpResult;
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::shared::check_names::{check_names, receipt_check_names};
use crate::web::shared::readiness::{Purpose, readiness};
use crate::web::visit::Visit;
use axum::extract::State;
use domain::infra::app::App;
use domain::infra::downloads::Download;
use domain::record::verifier_key;
use maud::{Markup, html};

/// Why a sound receipt does not show that its ballot is counted; see [`tally::bundle::NotCounted`].
const NOT_COUNTED: [&str; 4] = ["bundle", "other-entry", "other-history", "no-ballot"];

/// The page; its work is done by the verifier in the browser, which is the same code as the `tally` command.
#[derive(Debug, Clone)]
pub(crate) struct VerifyPage {
    /// The record's verifier key line.
    pub vkey: String,
    /// The programs that this service offers.
    pub downloads: Vec<Download>,
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
            header.page-head {
                h1 { (locale.text("verify-title")) }
                p.lead { (locale.text("verify-lead")) }
            }
            (readiness(locale, Purpose::Verify))
            div data-part="device-page" data-no-file=(locale.text("verify-no-file"))
                data-not-a-vkey=(locale.text("verify-not-a-vkey")) {
                (check_names(locale))
                (receipt_check_names(locale))
                div.split {
                    (archive(locale))
                    (self.receipt(locale))
                }
            }
            section.panel {
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

    fn receipt(&self, locale: &Locale) -> Markup {
        html! {
            section.panel {
                h2 { (locale.text("verify-receipt")) }
                p { (locale.text("verify-receipt-text")) }
                div.field {
                    label for="receipt-file" { (locale.text("verify-receipt-file")) }
                    input #receipt-file type="file" accept="application/json,.json" data-part="receipt-file";
                }
                div.field {
                    label for="receipt-text" { (locale.text("verify-receipt-field")) }
                    textarea #receipt-text rows="6" data-part="receipt-text" spellcheck="false" {}
                }
                div.field {
                    label for="receipt-vkey" { (locale.text("verify-vkey-field")) }
                    p.hint #receipt-vkey-hint { (locale.text("verify-vkey-hint")) }
                    input #receipt-vkey type="text" value=(self.vkey) data-part="receipt-vkey"
                        aria-describedby="receipt-vkey-hint" spellcheck="false" autocomplete="off";
                }
                button type="button" data-part="check-receipt" { (locale.text("verify-receipt-button")) }
                p.notice.good data-part="receipt-good" role="status" hidden { (locale.text("verify-receipt-good")) }
                div data-part="receipt-bad" role="alert" hidden {
                    p.notice.bad { (locale.text("verify-receipt-bad")) " " span data-part="receipt-why" {} }
                }
                (outcome(locale))
            }
        }
    }
}

/// What has become of the receipt's ballot: the script shows one of them.
fn outcome(locale: &Locale) -> Markup {
    html! {
        div hidden { @for code in NOT_COUNTED {
            span data-check=(code) { (locale.text(&format!("not-counted-{code}"))) }
        } }
        p.working data-part="receipt-progress" role="status" hidden { (locale.text("verify-counting")) }
        p.notice.good data-part="receipt-counted" role="status" hidden { (locale.text("verify-counted")) }
        p.notice data-part="receipt-replaced" role="status" hidden { (locale.text("verify-replaced")) }
        p.notice data-part="receipt-not-announced" role="status" hidden { (locale.text("verify-not-announced")) }
        div data-part="receipt-not-counted" role="alert" hidden {
            p.notice.bad { (locale.text("verify-not-counted")) " " span data-part="not-counted-why" {} }
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
            p.working data-part="archive-progress" role="status" hidden { (locale.text("verify-working")) }
            p.notice.good data-part="archive-good" role="status" hidden { (locale.text("verify-archive-good")) }
            div data-part="archive-bad" role="alert" hidden {
                p.notice.bad { (locale.text("verify-archive-bad")) }
            }
            ul.checks data-part="archive-checks" aria-live="polite" {}
        }
    }
}

/// `/verify`
pub(crate) async fn verify(State(app): State<App>, visit: Visit) -> HttpResult {
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
    Ok(show(&visit, &VerifyPage { vkey, downloads }))
}
