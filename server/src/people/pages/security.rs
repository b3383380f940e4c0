//! One's second factors: what there is, removing, recovery codes.

use super::sign_in::{Next, goal, next_field};
use crate::web::components::{Tone, empty_state, moment, notice, page_head};
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::query::Query;
use crate::web::visit::{Visit, redirect_with};
use axum::extract::{Path, State};
use axum::response::Response;
use domain::infra::app::App;
use domain::people::code::MessageText;
use domain::people::factors::webauthn::RelyingParty;
use domain::people::factors::{self, Added};
use domain::people::store::{self, Factor, FactorId};
use domain::people::{PeopleError, Role, Viewer};
use maud::{Markup, html};

struct SecurityPage<'a> {
    viewer: &'a Viewer,
    factors: Vec<Factor>,
    recovery_codes: i64,
    offers_passkeys: bool,
    next: &'a str,
}

impl SecurityPage<'_> {
    /// The roles that wait, each once.
    fn waiting(&self, locale: &Locale) -> Vec<String> {
        Role::ALL
            .into_iter()
            .filter(|role| self.viewer.withheld.iter().any(|(_, held)| held == role))
            .map(|role| locale.text(&format!("role-{}", role.name())))
            .collect()
    }

    /// One card for each: a telephone is too narrow for a table of times.
    fn cards(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        html! {
            ul.cards {
                @for factor in &self.factors {
                    li.card {
                        h3 { (factor.name) }
                        p.card-meta { (locale.text(&format!("factor-{}", factor.kind.name()))) }
                        dl.facts {
                            dt { (locale.text("factor-since")) }
                            dd { (moment(visit, factor.created_at)) }
                            dt { (locale.text("factor-used")) }
                            dd { @if let Some(at) = factor.used_at { (moment(visit, at)) } @else { "–" } }
                        }
                        form.inline method="post" action={ "/me/security/factors/" (factor.id) "/remove" } {
                            button.link type="submit" {
                                (locale.text("factor-remove"))
                                span.visually-hidden { " " (factor.name) }
                            }
                        }
                    }
                }
            }
        }
    }

    fn adding(&self, locale: &Locale) -> Markup {
        html! {
            h2 { (locale.text("factor-add")) }
            form.card method="post" action="/me/security/app" {
                (next_field(self.next))
                p { (locale.text("factor-totp-text")) }
                button.button type="submit" { (locale.text("factor-add-totp")) }
            }
            @if self.offers_passkeys {
                form.card method="post" action="/me/security/passkey" {
                    (next_field(self.next))
                    p { (locale.text("factor-passkey-text")) }
                    button.button type="submit" { (locale.text("factor-add-passkey")) }
                }
            }
        }
    }

    fn recovery(&self, locale: &Locale) -> Markup {
        let left = locale.text_with(
            "recovery-codes-left",
            &[("count", self.recovery_codes.into())],
        );
        html! {
            h2 { (locale.text("recovery-codes")) }
            form.card method="post" action="/me/security/recovery-codes" {
                p { (left) }
                button.button type="submit" { (locale.text("recovery-codes-renew")) }
            }
        }
    }
}

impl Page for SecurityPage<'_> {
    fn title(&self, locale: &Locale) -> String {
        locale.text("security-title")
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let waiting = self.waiting(locale).join(&locale.text("list-comma"));
        html! {
            (page_head(&locale.text("security-title"), &locale.text("security-lead")))
            @if !waiting.is_empty() {
                (notice(Tone::Warn, &html! {
                    p { (locale.text_with("factor-waiting", &[("roles", waiting.into())])) }
                }))
            }
            h2 { (locale.text("factors")) }
            @if self.factors.is_empty() { (empty_state(locale, "no-factors")) } @else { (self.cards(visit)) }
            @if self.viewer.works_here() && self.factors.len() < factors::MAX_FACTORS { (self.adding(locale)) }
            @if !self.factors.is_empty() { (self.recovery(locale)) }
            p { a href=(if self.next.is_empty() { "/me" } else { goal(self.next) }) {
                (locale.text(if self.next.is_empty() { "back-to-me" } else { "factor-later" }))
            } }
        }
    }
}

/// `GET /me/security`
pub(crate) async fn security(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    Query(next): Query<Next>,
) -> HttpResult {
    let mut tx = app.database.read().await?;
    let page = SecurityPage {
        viewer: &viewer,
        factors: store::factors(&mut tx, viewer.account).await?,
        recovery_codes: store::recovery_codes_left(&mut tx, viewer.account).await?,
        offers_passkeys: RelyingParty::at(&app.config.base_url).is_some(),
        next: &next.next,
    };
    drop(tx);
    Ok(show(&visit, &page))
}

/// The message that a factor was added or removed.
pub(super) fn changed(locale: &Locale, key: &str, name: &str) -> MessageText {
    MessageText {
        subject: locale.text("factor-changed-subject"),
        text: locale.text_with(
            &format!("{key}-message"),
            &[("name", name.to_owned().into())],
        ),
    }
}

/// The message that whoever runs the service has removed all factors.
pub fn factors_removed(locale: &Locale) -> MessageText {
    MessageText {
        subject: locale.text("factor-changed-subject"),
        text: locale.text("factors-removed-message"),
    }
}

/// The recovery codes, shown once.
struct CodesPage<'a> {
    codes: &'a [String],
    next: &'a str,
}

impl Page for CodesPage<'_> {
    fn title(&self, locale: &Locale) -> String {
        locale.text("recovery-codes")
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        html! {
            (page_head(&locale.text("recovery-codes"), &locale.text("recovery-codes-lead")))
            ul.recovery-codes { @for code in self.codes { li { code { (code) } } } }
            p { a.button href=(if self.next.is_empty() { "/me/security" } else { goal(self.next) }) {
                (locale.text("recovery-codes-kept"))
            } }
        }
    }
}

/// After a factor was added: its recovery codes where it is the first, else back.
pub(super) fn done(visit: &Visit, added: &Added, next: &str) -> Response {
    if added.recovery_codes.is_empty() {
        return redirect_with(
            if next.is_empty() {
                "/me/security"
            } else {
                goal(next)
            },
            "factor-added",
        );
    }
    let codes = &added.recovery_codes;
    show(visit, &CodesPage { codes, next })
}

/// `POST /me/security/recovery-codes`
pub(crate) async fn renew_codes(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
) -> HttpResult {
    let words = changed(visit.locale, "recovery-codes-made", "");
    let codes = factors::renew_recovery_codes(&app, viewer.account, &words).await?;
    Ok(show(
        &visit,
        &CodesPage {
            codes: &codes,
            next: "",
        },
    ))
}

/// `POST /me/security/factors/{factor}/remove`
pub(crate) async fn remove(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    Path(factor): Path<String>,
) -> HttpResult {
    let factor: FactorId = factor.parse().map_err(|_| HttpError::NotFound)?;
    let mut tx = app.database.read().await?;
    let name = store::factors(&mut tx, viewer.account)
        .await?
        .into_iter()
        .find(|one| one.id == factor)
        .map(|one| one.name)
        .ok_or(PeopleError::NotFound)?;
    drop(tx);
    let words = changed(visit.locale, "factor-removed", &name);
    factors::remove(&app, viewer.account, factor, &words).await?;
    Ok(redirect_with("/me/security", "factor-removed"))
}
