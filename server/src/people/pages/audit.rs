//! The audit trail of a jurisdiction, for its administrators and its office. Reading it is recorded in it.

use crate::web::components::{breadcrumbs, empty_state, moment, page_head, table_wrap};
use crate::web::cycle_path::find_jurisdiction;
use crate::web::http_error::{HttpResult, url_encode};
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::visit::Visit;
use axum::extract::{Path, Query, State};
use domain::cycles::Jurisdiction;
use domain::infra::app::App;
use domain::people::Viewer;
use domain::people::store::{self, AuditEntry};
use domain::record::change::{Change, Scope};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::json;

/// How many lines stand on a page.
const LINES: usize = 50;

/// Which part of the trail.
#[derive(Debug, Default, Deserialize)]
pub struct Wanted {
    #[serde(default)]
    action: String,
    #[serde(default)]
    before: String,
}

struct AuditPage {
    jurisdiction: Jurisdiction,
    actions: Vec<String>,
    action: String,
    lines: Vec<AuditEntry>,
    /// The line that the next, older page ends before.
    older: Option<i64>,
}

impl AuditPage {
    fn filter(&self, locale: &Locale) -> Markup {
        html! {
            form.filters method="get" {
                label for="field-action" { (locale.text("audit-action")) }
                select id="field-action" name="action" {
                    option value="" { (locale.text("audit-all")) }
                    @for action in &self.actions {
                        option value=(action) selected[*action == self.action] { (action) }
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
                    @for line in &self.lines {
                        tr {
                            td { (moment(visit, line.at)) }
                            td {
                                @match (&line.display_name, line.account) {
                                    (Some(name), _) => (name),
                                    (None, Some(account)) => (account),
                                    (None, None) => (locale.text("audit-nobody")),
                                }
                            }
                            td { code { (line.action) } }
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
            @if self.lines.is_empty() {
                (empty_state(locale, "audit-empty"))
            } @else {
                (table_wrap(&title, &self.table(visit)))
            }
            @if let Some(older) = self.older {
                p { a.button href={ "?action=" (url_encode(&self.action)) "&before=" (older) } {
                    (locale.text("audit-older"))
                } }
            }
        }
    }
}

/// `GET /j/{jurisdiction}/audit`
pub async fn audit(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    Path(slug): Path<String>,
    Query(wanted): Query<Wanted>,
) -> HttpResult {
    let jurisdiction = find_jurisdiction(&app, &slug).await?;
    let before = wanted.before.parse().unwrap_or(i64::MAX);
    let action = Some(wanted.action.as_str()).filter(|action| !action.is_empty());
    let place = Scope {
        jurisdiction: jurisdiction.id,
        cycle: None,
    };
    let mut change = Change::begin(&app, viewer.actor(), Some(place)).await?;
    let limit = i64::try_from(LINES + 1).unwrap_or(i64::MAX);
    let mut lines =
        store::audit_lines(&mut change.tx, jurisdiction.id, action, before, limit).await?;
    let older = if lines.len() > LINES {
        lines.truncate(LINES);
        lines.last().map(|line| line.line)
    } else {
        None
    };
    let actions = store::audit_actions(&mut change.tx, jurisdiction.id).await?;
    change
        .audit(
            "people.audit.read",
            jurisdiction.id,
            json!({ "action": action }),
        )
        .await?;
    change.commit().await?;
    Ok(show(
        &visit,
        &AuditPage {
            jurisdiction,
            actions,
            action: wanted.action,
            lines,
            older,
        },
    ))
}
