//! The front page and a jurisdiction's page.

use crate::web::components::{Icon, empty_state, icon, page_head};
use crate::web::cycle_banner::stage_badge;
use crate::web::cycle_path::find_jurisdiction;
use crate::web::http_error::HttpResult;
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::shared::tasks::Todo;
use crate::web::visit::Visit;
use axum::extract::{Path, State};
use domain::cycles::settings::meeting;
use domain::cycles::{Cycle, Jurisdiction, store};
use domain::infra::app::App;
use domain::people::Role;
use maud::{Markup, html};

struct FrontPage {
    /// Each jurisdiction with its newest cycle.
    jurisdictions: Vec<(Jurisdiction, Option<Cycle>)>,
    todo: Todo,
}

impl Page for FrontPage {
    fn title(&self, locale: &Locale) -> String {
        locale.text("front-title")
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let steps = [
            "front-propose",
            "front-decide",
            "front-deliver",
            "front-judge",
        ];
        html! {
            (page_head(&locale.text("front-title"), &locale.text("front-lead")))
            (self.todo.panel(visit))
            @if self.jurisdictions.is_empty() { (empty_state(locale, "no-jurisdictions")) }
            ul.cards {
                @for (jurisdiction, newest) in &self.jurisdictions {
                    li.card {
                        h2 { a.card-link href={ "/j/" (jurisdiction.slug) } { (icon(Icon::Place)) " " (jurisdiction.name) } }
                        @if let Some(cycle) = newest {
                            p { (locale.text_about(&format!("stage-lead-{}", cycle.stage.name()), &jurisdiction.settings.body)) }
                            p.card-foot { span { (cycle.year) } (stage_badge(locale, cycle.stage)) }
                        }
                    }
                }
            }
            h2 { (locale.text("front-how")) }
            div.grid.narrow {
                @for step in steps {
                    section.panel {
                        h3 { (locale.text(step)) }
                        p { (locale.text(&format!("{step}-text"))) }
                    }
                }
            }
        }
    }
}

/// `/`
pub(crate) async fn front(State(app): State<App>, visit: Visit) -> HttpResult {
    let mut tx = app.database.read().await?;
    let todo = Todo::of(&app, &mut tx, &visit).await?;
    let mut newest = store::newest_cycles(&mut tx).await?;
    let jurisdictions = store::jurisdictions(&mut tx)
        .await?
        .into_iter()
        .map(|jurisdiction| {
            let cycle = newest.remove(&jurisdiction.id);
            (jurisdiction, cycle)
        })
        .collect();
    Ok(show(
        &visit,
        &FrontPage {
            jurisdictions,
            todo,
        },
    ))
}

struct JurisdictionPage {
    jurisdiction: Jurisdiction,
    cycles: Vec<Cycle>,
}

impl Page for JurisdictionPage {
    fn title(&self, _: &Locale) -> String {
        self.jurisdiction.name.clone()
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let path = format!("/j/{}", self.jurisdiction.slug);
        html! {
            (page_head(&self.jurisdiction.name, &locale.text("jurisdiction-lead")))
            @if self.jurisdiction.kind.is_advisory() { p.notice { (locale.text_about("advisory", &self.jurisdiction.settings.body)) } }
            div.actions {
                a.button.secondary href={ (path) "/settings" } { (locale.text("settings-title")) }
                @if visit.holds_any(&[Role::Office], self.jurisdiction.id) {
                    a.button.secondary href={ (path) "/new" } { (locale.text("new-cycle")) }
                }
            }
            @if self.cycles.is_empty() { (empty_state(locale, "no-cycles")) }
            ul.cards {
                @for cycle in &self.cycles {
                    li.card {
                        h2 { a.card-link href={ (path) "/" (cycle.year) } {
                            (locale.text_with("cycle-of-year", &[("year", cycle.year.to_string().into())]))
                        } }
                        p { (locale.of(&meeting(&self.jurisdiction.settings.body, cycle))) }
                        p.card-foot { (stage_badge(locale, cycle.stage)) }
                    }
                }
            }
        }
    }
}

/// `/j/{jurisdiction}`
pub(crate) async fn jurisdiction(
    State(app): State<App>,
    visit: Visit,
    Path(slug): Path<String>,
) -> HttpResult {
    let jurisdiction = find_jurisdiction(&app, &slug).await?;
    let mut tx = app.database.read().await?;
    let cycles = store::cycles(&mut tx, jurisdiction.id).await?;
    let page = JurisdictionPage {
        jurisdiction,
        cycles,
    };
    Ok(show(&visit, &page))
}
