//! `/j/{jurisdiction}/{year}/proposals/intake`: what waits for the office, as a list and one by one.

use crate::web::components::{Icon, date, empty_state, icon, page_head, pagination};
use crate::web::cycle_path::{CycleHeading, InCycle};
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::query::Query;
use crate::web::shared::bench::{self, PER_PAGE, SCRIPT, with_pairs};
use crate::web::shared::code_names::category;
use crate::web::shared::proposal_card::list_path;
use crate::web::visit::{Visit, redirect_with};
use axum::extract::State;
use axum::response::Response;
use domain::cycles::settings::CategoryCode;
use domain::cycles::store as cycle_store;
use domain::infra::app::App;
use domain::infra::database::Tx;
use domain::infra::turn::Turn;
use domain::proposals::{Proposal, ProposalId, search, store};
use maud::{Markup, html};
use serde::Deserialize;

/// The address's query. Whatever it does not know it takes as not given: a link never fails.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct IntakeQuery {
    q: String,
    district: String,
    category: String,
    /// `yes`: only with a picture.
    picture: String,
    page: String,
}

impl IntakeQuery {
    fn words(&self) -> String {
        self.q.trim().chars().take(super::WORDS).collect()
    }

    /// The address `path` with all that narrows the list.
    pub(super) fn address(&self, path: &str) -> String {
        with_pairs(
            path,
            &[
                ("q", &self.words()),
                ("district", self.district.trim()),
                ("category", &self.category),
                ("picture", &self.picture),
            ],
        )
    }

    fn page(&self) -> usize {
        self.page.parse().unwrap_or(1).clamp(1, 10_000)
    }
}

/// What waits, as far as the filter shows it, oldest first.
pub(super) struct Waiting {
    pub(super) heading: CycleHeading,
    pub(super) query: IntakeQuery,
    pub(super) shown: Vec<Proposal>,
    districts: Vec<String>,
}

impl Waiting {
    pub(super) async fn open(
        tx: &mut Tx,
        at: &InCycle,
        query: IntakeQuery,
    ) -> Result<Self, HttpError> {
        let found = match query.words().as_str() {
            "" => None,
            words => Some(search::found(tx, at.cycle(), words).await?),
        };
        let (district, wanted) = (query.district.trim(), CategoryCode::new(&*query.category));
        let shows = |one: &Proposal| {
            let content = &one.content;
            (district.is_empty() || content.district.as_deref() == Some(district))
                && wanted
                    .as_ref()
                    .is_none_or(|wanted| *wanted == content.category)
                && (query.picture != "yes" || one.picture.is_some())
                && found.as_ref().is_none_or(|found| found.contains(&one.id))
        };
        let mut shown = store::submitted(tx, at.cycle()).await?;
        shown.retain(shows);
        Ok(Self {
            heading: at.heading.clone(),
            districts: cycle_store::districts(tx, at.cycle().jurisdiction).await?,
            shown,
            query,
        })
    }

    pub(super) fn list(&self) -> String {
        self.query.address(&intake_path(&self.heading))
    }

    /// The page of one that waits, with the list's filter.
    pub(super) fn one(&self, id: ProposalId) -> String {
        let path = format!("{}/{id}", intake_path(&self.heading));
        self.query.address(&path)
    }

    pub(super) fn turn(&self, id: ProposalId) -> Turn<ProposalId> {
        let rows: Vec<(ProposalId, bool)> = self.shown.iter().map(|one| (one.id, true)).collect();
        Turn::of(&rows, id)
    }

    /// To the next that waits; where none is left, to the list.
    pub(super) fn after(&self, id: ProposalId, said: &'static str) -> Response {
        match self.turn(id).next_open {
            Some(next) => redirect_with(&self.one(next), said),
            None => redirect_with(&self.list(), said),
        }
    }
}

fn intake_path(heading: &CycleHeading) -> String {
    format!("{}/intake", list_path(heading))
}

/// The list.
pub(crate) async fn intake(
    State(app): State<App>,
    visit: Visit,
    at: InCycle,
    Query(query): Query<IntakeQuery>,
) -> HttpResult {
    let mut tx = app.database.read().await?;
    let page = ListPage(Waiting::open(&mut tx, &at, query).await?);
    Ok(show(&visit, &page))
}

struct ListPage(Waiting);

impl Page for ListPage {
    fn title(&self, locale: &Locale) -> String {
        locale.text("intake-title")
    }

    fn cycle(&self) -> Option<&CycleHeading> {
        Some(&self.0.heading)
    }

    fn scripts(&self) -> &'static [&'static str] {
        SCRIPT
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let Self(waiting) = self;
        let found = [("count", waiting.shown.len().into())];
        let mut here = visit.clone();
        here.path = waiting.list();
        let pages = waiting.shown.len().div_ceil(PER_PAGE).max(1);
        html! {
            div.bench-page {
                (page_head(&locale.text("intake-title"), &locale.text("intake-lead")))
                (self.filters(locale))
                div.bench-bar {
                    p role="status" data-part="found" { (locale.text_with("intake-found", &found)) }
                    @if let Some(first) = waiting.shown.first() {
                        a.button href=(waiting.one(first.id)) { (locale.text("intake-begin")) }
                    }
                    (bench::keys(locale, &["next", "previous", "open", "search"]))
                }
                @if waiting.shown.is_empty() { (empty_state(locale, "intake-empty")) }
                @else { (self.table(visit)) }
                (pagination(&here, waiting.query.page(), pages))
            }
        }
    }
}

impl ListPage {
    fn filters(&self, locale: &Locale) -> Markup {
        let Self(waiting) = self;
        let query = &waiting.query;
        let all = || vec![(String::new(), locale.text("all-of-them"))];
        let mut districts = all();
        districts.extend(
            waiting
                .districts
                .iter()
                .map(|one| (one.clone(), one.clone())),
        );
        let mut categories = all();
        let known = &waiting.heading.jurisdiction.settings.categories;
        categories.extend(
            known
                .iter()
                .map(|one| (one.code.to_string(), locale.of(&one.title).to_owned())),
        );
        let mut pictures = all();
        pictures.push(("yes".to_owned(), locale.text("bench-with-picture")));
        let field = |name: &str, label: &str, options: &[(String, String)], chosen: &str| {
            bench::choice(name, &locale.text(label), options, chosen)
        };
        html! {
            form.filters method="get" action=(intake_path(&waiting.heading)) role="search" {
                (bench::words(locale, &query.q))
                @if !waiting.districts.is_empty() {
                    (field("district", "bench-district", &districts, &query.district))
                }
                (field("category", "field-proposal-category", &categories, &query.category))
                (field("picture", "bench-picture", &pictures, &query.picture))
                button type="submit" { (icon(Icon::Search)) (locale.text("search")) }
            }
        }
    }

    fn table(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let Self(waiting) = self;
        let settings = &waiting.heading.jurisdiction.settings;
        let start = (waiting.query.page() - 1) * PER_PAGE;
        html! {
            table.dense {
                caption.visually-hidden { (locale.text("intake-title")) }
                thead { tr {
                    @for (name, label) in [
                        ("number", "bench-number"), ("title", "field-proposal-title"), ("district", "bench-district"),
                        ("category", "field-proposal-category"), ("picture", "bench-picture"),
                        ("unit", "field-proposal-channel"), ("date", "bench-date"),
                    ] { th scope="col" class=(name) { (locale.text(label)) } }
                } }
                tbody {
                    @for one in waiting.shown.iter().skip(start).take(PER_PAGE) {
                        tr {
                            td.number { (one.number) }
                            th scope="row" .title { div.bench-line {
                                a href=(waiting.one(one.id)) title=(one.content.title) data-row { (one.content.title) }
                            } }
                            td.district { (one.content.district.as_deref().unwrap_or_default()) }
                            td.category { (category(locale, settings, &one.content.category)) }
                            td.picture { @if one.picture.is_some() { (locale.text("bench-has-picture")) } }
                            td.unit { (locale.text(&format!("channel-{}", one.channel.name()))) }
                            td.date { (date(visit, one.made_at)) }
                        }
                    }
                }
            }
        }
    }
}
