//! The front page and a jurisdiction's page.

use super::pulse::Pulse;
use crate::web::components::{Icon, empty_state, icon, page_head};
use crate::web::cycle_banner::stage_badge;
use crate::web::cycle_path::{CycleHeading, find_jurisdiction};
use crate::web::http_error::HttpResult;
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::shared::tasks::Todo;
use crate::web::visit::Visit;
use axum::extract::{Path, State};
use domain::cycles::settings::meeting;
use domain::cycles::{Cycle, Jurisdiction, store};
use domain::infra::app::App;
use domain::infra::ids::JurisdictionId;
use domain::people::Role;
use maud::{Markup, html};

struct FrontPage {
    /// What is going on where the visitor is at home.
    home: Option<Pulse>,
    /// Each other jurisdiction with its newest cycle.
    others: Vec<(Jurisdiction, Option<Cycle>)>,
    todo: Todo,
}

impl Page for FrontPage {
    fn title(&self, locale: &Locale) -> String {
        locale.text("front-title")
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        html! {
            (page_head(&locale.text("front-title"), &locale.text("front-lead")))
            (self.todo.panel(visit))
            @if let Some(home) = &self.home {
                @let heading = home.heading();
                p.eyebrow { a href=(heading.path()) { (heading.jurisdiction.name) " " (heading.cycle.year) } }
                (home.shown(visit))
            } @else if self.others.is_empty() {
                (empty_state(locale, "no-jurisdictions"))
            }
            @if !self.others.is_empty() {
                h2 { (locale.text(if self.home.is_some() { "front-others" } else { "front-places" })) }
                ul.places { @for (place, newest) in &self.others { li { (entry(locale, place, newest.as_ref())) } } }
            }
            (how(locale))
        }
    }
}

/// The way to a jurisdiction: to its newest cycle, where it has one.
fn entry(locale: &Locale, place: &Jurisdiction, newest: Option<&Cycle>) -> Markup {
    let path = format!("/j/{}", place.slug);
    html! {
        @if let Some(cycle) = newest {
            a href={ (path) "/" (cycle.year) } { (icon(Icon::Place)) span { (place.name) } }
            (stage_badge(locale, cycle.stage))
        } @else {
            a href=(path) { (icon(Icon::Place)) span { (place.name) } }
        }
    }
}

/// The closed loop in four steps.
fn how(locale: &Locale) -> Markup {
    let steps = [
        ("front-propose", Icon::Propose),
        ("front-decide", Icon::Vote),
        ("front-deliver", Icon::Build),
        ("front-judge", Icon::Judge),
    ];
    html! {
        h2 { (locale.text("front-how")) }
        ol.how {
            @for (step, picture) in steps {
                li {
                    span.how-icon { (icon(picture)) }
                    h3 { (locale.text(step)) }
                    p { (locale.text(&format!("{step}-text"))) }
                }
            }
        }
    }
}

/// Where the visitor is at home: where they hold a role, else where they last said so, else the only place there is.
fn home(visit: &Visit, jurisdictions: &[Jurisdiction]) -> Option<JurisdictionId> {
    let of_role = visit.viewer.as_ref().and_then(|viewer| {
        let mut held = jurisdictions.iter().filter(|one| viewer.belongs_to(one.id));
        held.next()
    });
    let chosen = visit.home.as_ref();
    let of_choice = chosen.and_then(|slug| jurisdictions.iter().find(|one| one.slug == *slug));
    let only = match jurisdictions {
        [only] => Some(only),
        _ => None,
    };
    of_choice.or(of_role).or(only).map(|one| one.id)
}

/// `/`
pub(crate) async fn front(State(app): State<App>, visit: Visit) -> HttpResult {
    let mut tx = app.database.read().await?;
    let todo = Todo::of(&app, &mut tx, &visit).await?;
    let mut newest = store::newest_cycles(&mut tx).await?;
    let jurisdictions = store::jurisdictions(&mut tx).await?;
    drop(tx);
    let home = home(&visit, &jurisdictions);
    let mut page = FrontPage {
        home: None,
        others: Vec::new(),
        todo,
    };
    for place in jurisdictions {
        match newest.remove(&place.id) {
            Some(cycle) if home == Some(place.id) => {
                let heading = CycleHeading::read(&app, place, cycle).await?;
                page.home = Some(Pulse::of(&app, heading).await?);
            }
            cycle => page.others.push((place, cycle)),
        }
    }
    Ok(show(&visit, &page))
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
