//! `/j/{jurisdiction}/{year}/projects`: all projects, the late ones first; by district, unit and light.

use super::{lamp_line, percent, reasons, state_badge, tone};
use crate::web::choice::{Choice, YesNo};
use crate::web::components::{
    Icon, Stat, amount_text, empty_state, icon, month_text, progress, stats,
};
use crate::web::cycle_path::{CycleHeading, InCycle};
use crate::web::export;
use crate::web::http_error::{HttpError, HttpResult, url_encode};
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::query::Query;
use crate::web::shared::districts::served_in_short;
use crate::web::shared::lamp_strip::lamp_strip;
use crate::web::visit::{Visit, district_cookie, redirect_with};
use axum::Form;
use axum::extract::State;
use axum::response::IntoResponse as _;
use axum_extra::extract::CookieJar;
use domain::cycles::Stage;
use domain::cycles::store::districts;
use domain::infra::app::App;
use domain::infra::money::Money;
use domain::people::store::units_of_account;
use domain::people::{Role, UnitId};
use domain::projects::{Colour, DistrictLights, Lit};
use domain::projects::{chosen, lights_by_district, lit_projects, today};
use maud::{Markup, html};
use serde::Deserialize;
use std::collections::BTreeSet;
use time::Date;

/// What the list is narrowed down to; empty means all.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Filter {
    district: String,
    unit: String,
    light: String,
}

impl Filter {
    /// What the list is narrowed down to, as far as it could be read.
    fn narrowed(&self) -> [(&'static str, &str); 3] {
        let light = Colour::ALL
            .into_iter()
            .find(|colour| colour.name() == self.light);
        [
            ("district", &self.district),
            ("unit", &self.unit),
            ("light", light.map_or("", Colour::name)),
        ]
    }

    /// Whether the list shows this project.
    pub(super) fn passes(&self, lit: &Lit) -> bool {
        let plan = &lit.project.plan;
        (self.district.is_empty() || plan.serves(&self.district))
            && (self.unit.is_empty() || plan.unit.name == self.unit)
            && (self.light.is_empty() || lit.light.colour.name() == self.light)
    }

    fn district(&self) -> Option<&str> {
        Some(self.district.as_str()).filter(|name| !name.is_empty())
    }
}

struct ListPage {
    heading: CycleHeading,
    today: Date,
    /// What was chosen and is not handed over yet; empty for whoever may not hand over.
    to_hand_over: Vec<String>,
    /// All of them, the late ones first.
    lit: Vec<Lit>,
    districts: Vec<DistrictLights>,
    filter: Filter,
    /// The units that the viewer reports for, while units report.
    own_units: Vec<UnitId>,
}

impl Page for ListPage {
    fn title(&self, locale: &Locale) -> String {
        match self.filter.district() {
            Some(district) => locale.labelled(&locale.text("projects-title"), district),
            None => locale.text("projects-title"),
        }
    }

    fn cycle(&self) -> Option<&CycleHeading> {
        Some(&self.heading)
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let path = self.heading.path();
        html! {
            header.page-head.projects-head { h1 { (locale.text("projects-title")) } }
            (lamp_strip(visit, &self.heading, &self.districts, self.filter.district()))
            (self.hand_over(locale, &path))
            @if self.lit.is_empty() {
                (empty_state(locale, "projects-none"))
            } @else {
                (self.found(visit, &path))
                (self.cards(locale, &path))
                (self.filters(locale, &path))
                (self.summary(locale))
                p.small.muted { (locale.text("projects-lead")) }
                p {
                    (icon(Icon::Download)) " "
                    a href={ (path) "/calendar.ics" } { (locale.text("calendar-title")) }
                }
                (export::links(visit, &format!("{path}/projects"), &self.filter.narrowed()))
            }
        }
    }
}

impl ListPage {
    fn shown(&self) -> impl Iterator<Item = &Lit> {
        self.lit.iter().filter(|one| self.filter.passes(one))
    }

    fn hand_over(&self, locale: &Locale, path: &str) -> Markup {
        html! {
            @if !self.to_hand_over.is_empty() {
                section.panel {
                    h2 { (locale.text("projects-handover-title")) }
                    p { (locale.text("projects-handover-lead")) " " (locale.list(&self.to_hand_over)) }
                    form method="post" action={ (path) "/projects/handover" } {
                        button type="submit" { (locale.text("projects-handover")) }
                    }
                }
            }
        }
    }

    /// How many there are of how many, and the form that remembers the district.
    fn found(&self, visit: &Visit, path: &str) -> Markup {
        let locale = visit.locale;
        let count = self.shown().count();
        let late = |one: &&Lit| matches!(one.light.colour, Colour::Red | Colour::Yellow);
        let late = self.shown().filter(late).count();
        let found = locale.text_with(
            "projects-found",
            &[("count", count.into()), ("late", late.into())],
        );
        html! {
            div.row.projects-found {
                h2 {
                    @match self.filter.district() {
                        Some(district) => (locale.labelled(district, &found)),
                        None => (found),
                    }
                }
                @if let Some(district) = self.known_district() {
                    @let is_home = visit.district.as_deref() == Some(district);
                    form.inline method="post" action={ (path) "/projects/district" } {
                        input type="hidden" name="district" value=(district);
                        @if is_home {
                            button.link type="submit" name="remember" value="no" { (locale.text("projects-home-forget")) }
                        } @else {
                            button.link type="submit" name="remember" value="yes" { (locale.text("projects-home-remember")) }
                        }
                    }
                }
            }
        }
    }

    /// The district that the list is narrowed down to, if there is such a one.
    fn known_district(&self) -> Option<&str> {
        self.filter
            .district()
            .filter(|name| self.districts.iter().any(|one| one.district == *name))
    }

    fn summary(&self, locale: &Locale) -> Markup {
        let sum = |of: &dyn Fn(&Lit) -> Money| {
            let fen = self.shown().map(|one| of(one).fen()).sum();
            amount_text(locale, Money::from_fen(fen))
        };
        stats(&[
            Stat::new(locale.text("projects-count"), self.shown().count()),
            Stat::new(
                locale.text("projects-budget"),
                sum(&|one| one.project.plan.budget),
            ),
            Stat::new(locale.text("projects-spent"), sum(&|one| one.spent)),
        ])
    }

    fn filters(&self, locale: &Locale, path: &str) -> Markup {
        let units: BTreeSet<&str> = self
            .lit
            .iter()
            .map(|one| one.project.plan.unit.name.as_str())
            .collect();
        let units = units.into_iter().map(|unit| (unit, unit.to_owned()));
        let districts = self.districts.iter().map(|one| one.district.as_str());
        let districts = districts.map(|name| (name, name.to_owned()));
        let lights = Colour::ALL.map(|colour| {
            let name = colour.name();
            (name, locale.text(&format!("light-{name}")))
        });
        let is_open = !self.filter.unit.is_empty() || !self.filter.light.is_empty();
        html! {
            details open[is_open] {
                summary { (locale.text("projects-filters")) }
                form.filters method="get" action={ (path) "/projects" } role="search" {
                    (choice(locale, "district", "project-district", &self.filter.district, districts.collect()))
                    (choice(locale, "unit", "project-unit", &self.filter.unit, units.collect()))
                    (choice(locale, "light", "project-light", &self.filter.light, lights.to_vec()))
                    button type="submit" { (locale.text("projects-filter")) }
                }
            }
        }
    }

    fn cards(&self, locale: &Locale, path: &str) -> Markup {
        html! {
            @if self.shown().next().is_none() { (empty_state(locale, "projects-none-such")) }
            ul.cards {
                @for one in self.shown() { li.card { (self.card(locale, path, one)) } }
            }
        }
    }

    fn card(&self, locale: &Locale, path: &str, lit: &Lit) -> Markup {
        let project = &lit.project;
        let plan = &project.plan;
        let kind = self.heading.jurisdiction.kind;
        let (done, planned) = (percent(lit.done), lit.planned.rounded());
        let due = project
            .month_to_report(self.today)
            .filter(|_| self.own_units.contains(&plan.unit.id));
        html! {
            (lamp_line(locale, project, &lit.light))
            h3 { a.card-link href={ (path) "/projects/" (plan.code) } { (plan.title) } }
            p.card-meta {
                span { (served_in_short(locale, kind, &plan.districts, self.filter.district())) }
                span { (plan.unit.name) }
            }
            (progress(
                &locale.text("project-progress"), done, Some(planned), tone(lit.light.colour),
                &locale.text_with("project-done-of-plan", &[("done", done.into()), ("planned", planned.into())]),
            ))
            @for reason in reasons(locale, project, &lit.light).iter().skip(1) { p.small.muted { (reason) } }
            p.card-foot {
                (state_badge(locale, project.state.name())) span { (plan.code) }
                @if let Some(month) = due {
                    a href={ (path) "/projects/" (plan.code) "/report" } {
                        (locale.text_with("project-report-month", &[("month", month_text(locale, month).into())]))
                    }
                }
            }
        }
    }
}

/// A list to choose one of, or all.
fn choice(
    locale: &Locale,
    name: &str,
    label: &str,
    chosen: &str,
    options: Vec<(&str, String)>,
) -> Markup {
    html! {
        div.field {
            label for=(name) { (locale.text(label)) }
            select id=(name) name=(name) {
                option value="" { (locale.text("projects-all")) }
                @for (value, text) in options {
                    option value=(value) selected[value == chosen] { (text) }
                }
            }
        }
    }
}

/// `/j/{jurisdiction}/{year}/projects`
pub(crate) async fn list(
    State(app): State<App>,
    visit: Visit,
    at: InCycle,
    Query(filter): Query<Filter>,
) -> HttpResult {
    let heading = at.heading;
    let here = heading.jurisdiction.id;
    let mut tx = app.database.read().await?;
    let lit = lit_projects(&app, &mut tx, &heading.cycle).await?;
    let districts = districts(&mut tx, here).await?;
    let to_hand_over = if visit.holds_any(&[Role::Office], here) {
        chosen(&mut tx, &heading.cycle)
            .await?
            .into_iter()
            .filter(|code| lit.iter().all(|one| one.project.plan.code != *code))
            .collect()
    } else {
        Vec::new()
    };
    let reporting = matches!(heading.cycle.stage, Stage::Implementing | Stage::Evaluating);
    let own_units = match &visit.viewer {
        Some(viewer) if reporting && visit.holds_any(&[Role::UnitStaff], here) => {
            let units = units_of_account(&mut tx, here, viewer.account).await?;
            units.into_iter().map(|unit| unit.id).collect()
        }
        _ => Vec::new(),
    };
    Ok(show(
        &visit,
        &ListPage {
            districts: lights_by_district(&lit, &districts),
            today: today(&app),
            heading,
            to_hand_over,
            lit,
            filter,
            own_units,
        },
    ))
}

/// A district to be remembered, or forgotten again.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Remembered {
    district: String,
    remember: Choice<YesNo>,
}

/// `POST …/projects/district`: remembers in a cookie in which district the visitor lives.
pub(crate) async fn remember_district(
    State(app): State<App>,
    at: InCycle,
    Form(wish): Form<Remembered>,
) -> HttpResult {
    let mut tx = app.database.read().await?;
    let known = lights_by_district(
        &lit_projects(&app, &mut tx, at.cycle()).await?,
        &districts(&mut tx, at.cycle().jurisdiction).await?,
    );
    if known.iter().all(|one| one.district != wish.district) {
        return Err(HttpError::invalid("district", "not-an-option"));
    }
    let forget = wish.remember.or_refused("remember")? == YesNo::No;
    let kept = if forget { "" } else { &wish.district };
    let query = url_encode(&wish.district);
    let path = format!("{}/projects?district={query}", at.heading.path());
    let flash = if forget {
        "projects-home-forgotten"
    } else {
        "projects-home-remembered"
    };
    let cookies = CookieJar::new().add(district_cookie(kept));
    Ok((cookies, redirect_with(&path, flash)).into_response())
}
