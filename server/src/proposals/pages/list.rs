//! `/j/{jurisdiction}/{year}/proposals`: every accepted proposal, with search and filters in the address.

use crate::web::components::{Icon, empty_state, icon, page_head, pagination, with_query};
use crate::web::cycle_path::{CycleHeading, InCycle};
use crate::web::export;
use crate::web::http_error::HttpResult;
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::query::Query;
use crate::web::shared::proposal_card::{card, list_path};
use crate::web::visit::Visit;
use axum::extract::State;
use axum::response::IntoResponse as _;
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use domain::cycles::settings::CategoryCode;
use domain::cycles::{Stage, store as cycle_store};
use domain::infra::app::App;
use domain::people::Role;
use domain::proposals::search::{self, Filter, Listed, Order, Progress};
use domain::proposals::store;
use maud::{Markup, html};
use serde::Deserialize;

/// How many proposals stand on a page.
pub(crate) const PER_PAGE: u8 = 24;

/// How many characters are looked for at most.
pub(crate) const WORDS: usize = 100;

/// The address's query. Whatever it does not know it takes as not given: a link never fails.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ListQuery {
    /// A category's name.
    pub category: String,
    /// A district's name.
    pub district: String,
    /// A progress's name.
    pub state: String,
    /// What to search for.
    pub q: String,
    /// The page, from 1.
    pub page: String,
}

impl ListQuery {
    /// What the list shows.
    pub(crate) fn filter(&self, order: Order) -> Filter {
        Filter {
            category: CategoryCode::new(self.category.as_str()),
            district: self.district.trim().to_owned(),
            progress: Progress::find(&self.state),
            query: self.q.chars().take(WORDS).collect(),
            order,
        }
    }

    /// What the list is narrowed down to, as far as it could be read.
    fn narrowed(&self) -> [(&'static str, &str); 4] {
        let category = CategoryCode::new(self.category.as_str()).map_or("", |_| &self.category);
        let state = Progress::find(&self.state).map_or("", Progress::name);
        let end = self.q.char_indices().nth(WORDS).map(|(end, _)| end);
        let words = end.and_then(|end| self.q.get(..end)).unwrap_or(&self.q);
        [
            ("category", category),
            ("district", self.district.trim()),
            ("state", state),
            ("q", words),
        ]
    }

    /// The page, from 1.
    pub(crate) fn page(&self) -> usize {
        self.page.parse().unwrap_or(1).clamp(1, 10_000)
    }

    /// How many proposals stand before the page.
    pub(crate) fn offset(&self) -> i64 {
        i64::try_from((self.page() - 1) * usize::from(PER_PAGE)).unwrap_or(0)
    }
}

/// How many pages so many proposals fill.
pub(crate) fn pages(total: i64) -> usize {
    usize::try_from(total)
        .unwrap_or(0)
        .div_ceil(usize::from(PER_PAGE))
        .max(1)
}

struct ListPage {
    heading: CycleHeading,
    query: ListQuery,
    districts: Vec<String>,
    listed: Vec<Listed>,
    total: i64,
    submitted: i64,
    /// The seed of the random order, where the list has one.
    shuffled: Option<u32>,
}

/// In which random order: the links to the other pages name it, for browsers that keep no cookie.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Shuffled {
    order: Option<u32>,
}

/// The list.
pub(crate) async fn list(
    State(app): State<App>,
    visit: Visit,
    cookies: CookieJar,
    at: InCycle,
    Query(mut query): Query<ListQuery>,
    Query(shuffled): Query<Shuffled>,
) -> HttpResult {
    let (seed, cookies) = seed(&app, cookies, shuffled.order);
    let order = if !query.q.trim().is_empty() {
        Order::Newest
    } else if at.cycle().stage == Stage::Collecting {
        Order::Shuffled(seed)
    } else {
        Order::Ranked
    };
    let mut tx = app.database.read().await?;
    let filter = query.filter(order);
    let limit = i64::from(PER_PAGE);
    let (mut listed, total) =
        search::list(&mut tx, at.cycle(), &filter, query.offset(), limit).await?;
    if query.page() > pages(total) {
        // What stood on a page that is no more stands before it.
        query.page = pages(total).to_string();
        (listed, _) = search::list(&mut tx, at.cycle(), &filter, query.offset(), limit).await?;
    }
    let page = ListPage {
        districts: cycle_store::districts(&mut tx, at.cycle().jurisdiction).await?,
        submitted: store::figures(&mut tx, at.cycle()).await?.submitted,
        heading: at.heading,
        query,
        listed,
        total,
        shuffled: matches!(order, Order::Shuffled(_)).then_some(seed),
    };
    Ok((cookies, show(&visit, &page)).into_response())
}

/// The visitor's seed of the random order: the link's, or else the one kept for the browser's session.
fn seed(app: &App, cookies: CookieJar, linked: Option<u32>) -> (u32, CookieJar) {
    let known = linked.or_else(|| cookies.get("order")?.value().parse().ok());
    if let Some(seed) = known {
        return (seed, cookies);
    }
    let seed = u32::from_be_bytes(app.entropy.bytes());
    let cookie = Cookie::build(("order", seed.to_string()))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .build();
    (seed, cookies.add(cookie))
}

impl Page for ListPage {
    fn title(&self, locale: &Locale) -> String {
        locale.text("cycle-proposals")
    }

    fn cycle(&self) -> Option<&CycleHeading> {
        Some(&self.heading)
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let path = list_path(&self.heading);
        let collecting = self.heading.cycle.stage == Stage::Collecting;
        let lead = if collecting {
            "proposals-lead-collecting"
        } else {
            "proposals-lead"
        };
        html! {
            (page_head(&locale.text("proposals-title"), &locale.text(lead)))
            div.actions {
                @if collecting { a.button href={ (path) "/new" } { (locale.text("propose")) } }
                @if visit.viewer.is_some() {
                    a.button.secondary href={ (path) "/mine" } { (locale.text("my-proposals")) }
                }
                @if visit.holds_any(&[Role::Office], self.heading.jurisdiction.id) {
                    a.button.secondary href={ (path) "/intake" } {
                        (locale.text_with("intake-link", &[("count", self.submitted.into())]))
                    }
                }
            }
            (self.filters(locale, &path))
            p.muted role="status" { (locale.text_with("proposals-found", &[("count", self.total.into())])) }
            @if self.listed.is_empty() { (empty_state(locale, "no-proposals")) }
            h2.visually-hidden { (locale.text("cycle-proposals")) }
            ul.cards {
                @for line in &self.listed {
                    li.card { (card(visit, &self.heading, line)) }
                }
            }
            (self.pages(visit))
            (export::links(visit, &path, &self.query.narrowed()))
            p.small {
                (icon(Icon::Download)) " " a href={ (path) ".atom" } { (locale.text("atom-feed")) }
            }
        }
    }
}

impl ListPage {
    fn pages(&self, visit: &Visit) -> Markup {
        let mut here = visit.clone();
        if let Some(seed) = self.shuffled {
            here.path = with_query(&visit.path, "order", &seed.to_string());
        }
        pagination(&here, self.query.page(), pages(self.total))
    }

    fn filters(&self, locale: &Locale, path: &str) -> Markup {
        html! {
            form.search method="get" action=(path) role="search" {
                div.search-row {
                    label.visually-hidden for="q" { (locale.text("search-words")) }
                    input type="search" id="q" name="q" value=(self.query.q) maxlength="100" placeholder=(locale.text("search-words"));
                    button type="submit" { (icon(Icon::Search)) (locale.text("search")) }
                }
                details open[self.is_narrowed()] {
                summary { (locale.text("search-narrow")) }
                div.filters {
                div.field {
                    label for="category" { (locale.text("field-proposal-category")) }
                    select id="category" name="category" {
                        option value="" { (locale.text("all-of-them")) }
                        @for one in &self.heading.jurisdiction.settings.categories {
                            option value=(one.code) selected[one.code.as_str() == self.query.category] {
                                (locale.of(&one.title))
                            }
                        }
                    }
                }
                @if !self.districts.is_empty() {
                    div.field {
                        label for="district" { (locale.text("field-proposal-district")) }
                        select id="district" name="district" {
                            option value="" { (locale.text("all-of-them")) }
                            @for one in &self.districts {
                                option value=(one) selected[*one == self.query.district] { (one) }
                            }
                        }
                    }
                }
                div.field {
                    label for="state" { (locale.text("proposal-progress")) }
                    select id="state" name="state" {
                        option value="" { (locale.text("all-of-them")) }
                        @for one in Progress::ALL {
                            option value=(one.name()) selected[one.name() == self.query.state] {
                                (locale.text(&format!("progress-{}", one.name())))
                            }
                        }
                    }
                }
                }
                }
            }
        }
    }

    /// Whether one of the folded filters is in force.
    fn is_narrowed(&self) -> bool {
        let query = &self.query;
        [&query.category, &query.district, &query.state]
            .iter()
            .any(|one| !one.is_empty())
    }
}
