//! How many scrutineers open the count, and the ceremony in which they make one key together: who is waited for, and how all begin
//! again.

use super::manage::load;
use super::manage_view::ManagePage;
use crate::session::in_poll::InPoll;
use crate::web::components::{Field, irrevocable};
use crate::web::http_error::HttpResult;
use crate::web::locale::Locale;
use crate::web::page::show;
use crate::web::visit::{Visit, redirect_with};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum_extra::extract::Form;
use domain::infra::app::App;
use domain::infra::field_errors::FieldErrors;
use domain::people::{Role, Viewer};
use domain::session::{Ceremony, Poll, Scrutineer, SessionError, restart_ceremony};
use maud::{Markup, html};
use serde::Deserialize;
use tally::record::ceremony::Round;
use tally::record::transcript::ROUNDS;

/// Why the office lets all begin again.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct RestartForm {
    attempt: u32,
    reason: String,
    #[serde(skip)]
    pub(super) errors: FieldErrors,
}

/// `POST …/polls/{poll}/ceremony/restart`
pub(crate) async fn restart(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    found: InPoll,
    Form(mut form): Form<RestartForm>,
) -> HttpResult {
    let poll = &found.poll;
    let (here, account) = (poll.jurisdiction, viewer.account);
    match restart_ceremony(&app, account, here, poll.id, form.attempt, &form.reason).await {
        Ok(()) => {
            let back = format!("{}/manage", found.page());
            Ok(redirect_with(&back, "session-ceremony-restarted"))
        }
        Err(SessionError::Form(errors)) => {
            form.errors = errors;
            let mut page = load(&app, found).await?;
            page.restart = form;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, show(&visit, &page)).into_response())
        }
        Err(other) => Err(other.into()),
    }
}

/// How many of the scrutineers open the count.
pub(super) fn threshold_in_words(locale: &Locale, poll: &Poll, scrutineers: usize) -> Markup {
    let threshold = poll.state.adopted().map(|adopted| adopted.threshold);
    let all = u32::try_from(scrutineers).unwrap_or(u32::MAX);
    html! {
        @if let Some(threshold) = threshold {
            p {
                @if threshold < all {
                    (locale.text_with("threshold-some", &[
                        ("scrutineers", all.into()), ("threshold", threshold.into()),
                    ]))
                } @else { (locale.text("threshold-all")) }
            }
        }
    }
}

/// Who complained of whose share, and whether it is true.
pub(super) fn complaints(locale: &Locale, ceremony: &Ceremony, all: &[Scrutineer]) -> Markup {
    let name = |number: u32| {
        let named = all.iter().find(|one| one.number == number);
        named.map(|one| one.name.clone()).unwrap_or_default()
    };
    html! {
        @for one in &ceremony.complaints {
            p.notice.bad[one.is_true] {
                (locale.text_with(if one.is_true { "complaint-true" } else { "complaint-untrue" }, &[
                    ("attempt", one.attempt.into()),
                    ("by", name(one.number).into()),
                    ("against", name(one.against).into()),
                ]))
            }
        }
    }
}

impl ManagePage {
    /// The rounds of the ceremony, and who is waited for.
    pub(super) fn key_ceremony(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let Some(ceremony) = &self.ceremony else {
            return threshold_in_words(locale, &self.found.poll, self.scrutineers.len());
        };
        let due = ceremony.transcript.due();
        html! {
            section {
                h2 { (locale.text("manage-ceremony")) }
                (threshold_in_words(locale, &self.found.poll, self.scrutineers.len()))
                p { (locale.text("manage-ceremony-lead")) }
                @for reason in &ceremony.reasons {
                    p.notice {
                        (locale.text_with("manage-ceremony-failed", &[("reason", reason.clone().into())]))
                    }
                }
                (complaints(locale, ceremony, &self.scrutineers))
                ul.checks {
                    @for round in ROUNDS {
                        @let is_done = due.is_none_or(|due| round < due);
                        li.good[is_done] {
                            (locale.text(&round_key(round))) " "
                            strong { (locale.text(if is_done { "session-done" } else { "session-not-yet" })) }
                            @if due == Some(round) { " " (self.awaited(locale, ceremony)) }
                        }
                    }
                }
                @if self.is(visit, Role::Office) {
                    (irrevocable(&locale.text("manage-ceremony-restart"), &locale.text("manage-ceremony-restart-note"),
                        &self.restart_form(locale, ceremony)))
                }
            }
        }
    }

    fn restart_form(&self, locale: &Locale, ceremony: &Ceremony) -> Markup {
        html! {
            form.form method="post" action=(self.path("ceremony/restart")) {
                input type="hidden" name="attempt" value=(ceremony.attempt);
                (Field {
                    name: "reason",
                    value: &self.restart.reason,
                    errors: &self.restart.errors,
                    required: true,
                }.input(locale, "text", "off"))
                button.button.primary type="submit" { (locale.text("manage-ceremony-restart")) }
            }
        }
    }

    fn awaited(&self, locale: &Locale, ceremony: &Ceremony) -> String {
        let awaited = ceremony.transcript.awaited();
        let named = self
            .scrutineers
            .iter()
            .filter(|one| awaited.iter().any(|other| other.get() == one.number));
        let names: Vec<String> = named.map(|one| one.name.clone()).collect();
        let names = names.join(&locale.text("list-separator"));
        locale.text_with("ceremony-awaited", &[("names", names.into())])
    }

    /// Whether enough have opened the count, and what is lawful if they never will.
    pub(super) fn too_few(&self, locale: &Locale) -> Markup {
        let threshold = self.found.poll.state.adopted().map(|one| one.threshold);
        let threshold = threshold
            .and_then(|one| usize::try_from(one).ok())
            .unwrap_or(usize::MAX);
        let given = self
            .scrutineers
            .iter()
            .filter(|one| one.has_decrypted)
            .count();
        let missing = self.scrutineers.iter().filter(|one| !one.has_decrypted);
        let names: Vec<String> = missing.map(|one| one.name.clone()).collect();
        html! {
            @if given < threshold {
                p.note {
                    (locale.text_with("ceremony-awaited", &[("names", names.join(&locale.text("list-separator")).into())]))
                    " " (locale.text("manage-too-few"))
                }
            }
        }
    }
}

/// The key of a round's words, which the record's pages have too.
fn round_key(round: Round) -> String {
    let name = round.name();
    let word = name.split_once('-').map_or(name, |(_, word)| word);
    format!("ceremony-round-{word}")
}
