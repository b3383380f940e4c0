//! The audit trail of a jurisdiction, for its administrators and its office. Reading it is recorded in it.

use crate::web::components::{breadcrumbs, empty_state, moment, page_head, table_wrap};
use crate::web::cycle_path::find_jurisdiction;
use crate::web::http_error::HttpResult;
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::query::Query;
use crate::web::visit::Visit;
use axum::extract::{Path, State};
use domain::cycles::Jurisdiction;
use domain::infra::app::App;
use domain::infra::audit_action::AuditAction;
use domain::people::Viewer;
use domain::people::audit_trail::{self, AuditTrail};
use maud::{Markup, html};
use serde::Deserialize;

/// How many lines stand on a page.
const LINES: u16 = 50;

/// Which part of the trail.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct AuditQuery {
    #[serde(default)]
    action: String,
    #[serde(default)]
    before: String,
}

struct AuditPage {
    jurisdiction: Jurisdiction,
    action: Option<AuditAction>,
    trail: AuditTrail,
}

impl AuditPage {
    fn filter(&self, locale: &Locale) -> Markup {
        html! {
            form.filters method="get" {
                label for="field-action" { (locale.text("audit-action")) }
                select id="field-action" name="action" {
                    option value="" { (locale.text("audit-all")) }
                    @for action in &self.trail.actions {
                        option value=(action.name()) selected[Some(*action) == self.action] { (words(locale, *action)) }
                    }
                }
                button.button type="submit" { (locale.text("audit-filter")) }
            }
        }
    }

    fn table(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        html! {
            table {
                thead { tr {
                    @for column in ["audit-at", "audit-who", "audit-action", "audit-object", "audit-details"] {
                        th scope="col" { (locale.text(column)) }
                    }
                } }
                tbody {
                    @for line in &self.trail.lines {
                        tr {
                            td { (moment(visit, line.at)) }
                            td {
                                @match (&line.display_name, line.account) {
                                    (Some(name), _) => (name),
                                    (None, Some(account)) => (account),
                                    (None, None) => (locale.text("audit-nobody")),
                                }
                            }
                            td { (words(locale, line.action)) }
                            td.wrap { (line.object) }
                            td.wrap { @if line.details != "{}" { code { (line.details) } } }
                        }
                    }
                }
            }
        }
    }
}

impl Page for AuditPage {
    fn title(&self, locale: &Locale) -> String {
        locale.text("audit-title")
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let here = &self.jurisdiction;
        let title = locale.text("audit-title");
        html! {
            (breadcrumbs(locale, &[(format!("/j/{}", here.slug), here.name.clone())], &title))
            (page_head(&title, &locale.text("audit-lead")))
            (self.filter(locale))
            @if self.trail.lines.is_empty() {
                (empty_state(locale, "audit-empty"))
            } @else {
                (table_wrap(&title, &self.table(visit)))
            }
            @if let Some(older) = self.trail.older {
                p { a.button href={ "?action=" (self.action.map_or("", AuditAction::name)) "&before=" (older) } {
                    (locale.text("audit-older"))
                } }
            }
        }
    }
}

/// What an action is called.
fn words(locale: &Locale, action: AuditAction) -> String {
    locale.text(&format!("audit-{}", action.name().replace(['.', '_'], "-")))
}

/// `GET /j/{jurisdiction}/audit`
pub(crate) async fn audit(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    Path(slug): Path<String>,
    Query(wanted): Query<AuditQuery>,
) -> HttpResult {
    let jurisdiction = find_jurisdiction(&app, &slug).await?;
    let before = wanted.before.parse().unwrap_or(i64::MAX);
    let action = AuditAction::find(&wanted.action);
    let trail =
        audit_trail::read(&app, viewer.actor(), jurisdiction.id, action, before, LINES).await?;
    Ok(show(
        &visit,
        &AuditPage {
            jurisdiction,
            action,
            trail,
        },
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_has_words_of_its_own_in_each_language() {
        for locale in Locale::all() {
            let mut seen = std::collections::BTreeSet::new();
            for action in AuditAction::ALL {
                let words = words(locale, action);
                assert!(!words.contains(action.name()), "{words}");
                assert!(!words.contains(crate::web::lint::MISSING), "{words}");
                assert!(seen.insert(words), "{action:?} reads like another one");
            }
        }
    }
}
