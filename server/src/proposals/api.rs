//! The public list for programs: JSON, CSV, XLSX, Atom. Display names stay on the pages.

use super::pages::{ListQuery, WORDS};
use crate::web::cycle_path::InCycle;
use crate::web::export::{self, Cell, FeedOf, News, Sheet, in_zone};
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::locale::Locale;
use crate::web::openapi::{
    InBothLanguages, Moment, OfCycle, ProposalChannel, ProposalState, ReadProblems,
};
use crate::web::query::{Parameters, Query, malformed};
use crate::web::shared::code_names::category;
use crate::web::shared::proposal_card::list_path;
use crate::web::visit::Visit;
use axum::Json;
use axum::extract::State;
use domain::cycles::settings::{CategoryCode, Settings};
use domain::cycles::{Stage, store as cycle_store};
use domain::infra::app::App;
use domain::infra::clock::Timestamp;
use domain::infra::money::Money;
use domain::proposals::search::{self, Filter, Listed, Order, Progress};
use domain::proposals::{Channel, ProposalId};
use serde::{Deserialize, Serialize};
use std::num::NonZeroU32;
use utoipa::{OpenApi, ToSchema};

/// How many proposals a page of the API has.
const PER_PAGE: i64 = 50;
/// How many entries the feed has.
const FEED_ENTRIES: i64 = 50;
/// The most lines of a table.
const TABLE_LINES: i64 = 100_000;

/// This room's part of the API's document.
#[derive(Debug, OpenApi)]
#[openapi(paths(list))]
pub(super) struct Operations;

/// The parameters of [`list`].
pub(super) const PARAMETERS: &[&str] = &["category", "district", "state", "q", "page"];

/// Which proposals are asked for.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wanted {
    /// Only of this category: a code of the jurisdiction's settings.
    #[param(value_type = Option<String>, pattern = "^[a-z][a-z0-9_]{0,39}$")]
    category: Option<CategoryCode>,
    /// Only of this district, by its name.
    district: Option<String>,
    /// Only those that have come so far.
    #[param(value_type = Option<ProposalState>)]
    state: Option<Progress>,
    /// Only those with all these words.
    #[param(max_length = 100)]
    q: Option<String>,
    /// Which page, from 1.
    #[param(value_type = Option<u32>, minimum = 1)]
    page: Option<NonZeroU32>,
}

impl Wanted {
    fn filter(self, order: Order) -> Result<Filter, HttpError> {
        let query = self.q.unwrap_or_default();
        if query.chars().count() > WORDS {
            return Err(malformed("q"));
        }
        Ok(Filter {
            category: self.category,
            district: self.district.unwrap_or_default(),
            progress: self.state,
            query,
            order,
        })
    }
}

/// A page of the accepted proposals.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProposalsPage {
    /// Which page, from 1.
    page: i64,
    /// How many pages there are.
    pages: i64,
    /// How many proposals there are in all of them.
    total: i64,
    /// The proposals: while collecting the newest first, then those with most supporters.
    proposals: Vec<ProposalFacts>,
}

/// An accepted proposal. Who made it is not told.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProposalFacts {
    /// Its id.
    #[schema(value_type = uuid::Uuid)]
    id: ProposalId,
    /// Its number in the cycle.
    number: i32,
    /// The title.
    title: String,
    /// What is proposed and why.
    body: String,
    /// The category's code in the jurisdiction's settings.
    category: String,
    /// What the category is called.
    category_title: Option<InBothLanguages>,
    /// The district, where it is of one.
    district: Option<String>,
    /// Where, in the proposer's words; may be empty.
    place: String,
    /// What the proposer thinks it costs, in fen.
    #[schema(value_type = Option<i64>)]
    budget_fen: Option<Money>,
    /// By which way it came in.
    #[schema(value_type = ProposalChannel)]
    channel: Channel,
    /// When it came in.
    made_at: Moment,
    /// How many people support it.
    supporters: i64,
    /// How far it has come.
    #[schema(value_type = ProposalState)]
    state: Progress,
}

/// The accepted proposals, by category, district, state and words.
#[utoipa::path(
    get, path = "/api/v1/j/{jurisdiction}/{year}/proposals", tag = "proposals", operation_id = "listProposals",
    params(OfCycle, Wanted), responses((status = 200, description = "A page of the list.", body = ProposalsPage), ReadProblems)
)]
pub(crate) async fn list(
    State(app): State<App>,
    at: InCycle,
    Parameters(wanted): Parameters<Wanted>,
) -> HttpResult<Json<ProposalsPage>> {
    let page = wanted.page.map_or(1, |page| i64::from(page.get()));
    let filter = wanted.filter(order(&at))?;
    let settings = &at.heading.jurisdiction.settings;
    let mut tx = app.database.read().await?;
    let (listed, total) = search::list(
        &mut tx,
        at.cycle(),
        &filter,
        (page - 1) * PER_PAGE,
        PER_PAGE,
    )
    .await?;
    Ok(Json(ProposalsPage {
        page,
        pages: (total + PER_PAGE - 1) / PER_PAGE,
        total,
        proposals: listed
            .into_iter()
            .map(|line| facts(settings, line))
            .collect(),
    }))
}

/// While collecting nobody is ranked, here neither.
fn order(at: &InCycle) -> Order {
    if at.cycle().stage == Stage::Collecting {
        Order::Newest
    } else {
        Order::Ranked
    }
}

fn facts(settings: &Settings, line: Listed) -> ProposalFacts {
    let proposal = line.proposal;
    let content = proposal.content;
    ProposalFacts {
        id: proposal.id,
        number: proposal.number,
        title: content.title,
        body: content.body,
        category_title: settings
            .category(&content.category)
            .map(|known| (&known.title).into()),
        category: content.category.to_string(),
        district: content.district,
        place: content.place,
        budget_fen: content.budget,
        channel: proposal.channel,
        made_at: Moment(proposal.made_at),
        supporters: proposal.supporters,
        state: line.progress,
    }
}

/// `/j/{jurisdiction}/{year}/proposals.csv`
pub(crate) async fn csv(
    State(app): State<App>,
    visit: Visit,
    at: InCycle,
    Query(query): Query<ListQuery>,
) -> HttpResult {
    sheet(&app, visit.locale, &at, &query).await?.csv()
}

/// `/j/{jurisdiction}/{year}/proposals.xlsx`
pub(crate) async fn xlsx(
    State(app): State<App>,
    visit: Visit,
    at: InCycle,
    Query(query): Query<ListQuery>,
) -> HttpResult {
    sheet(&app, visit.locale, &at, &query)
        .await?
        .xlsx(app.clock.now())
}

const COLUMNS: [&str; 11] = [
    "export-number",
    "export-title",
    "export-category-code",
    "export-category",
    "export-district",
    "export-place",
    "export-budget-wan",
    "export-supporters",
    "export-state",
    "export-made-at",
    "export-text",
];

async fn sheet(
    app: &App,
    locale: &Locale,
    at: &InCycle,
    query: &ListQuery,
) -> Result<Sheet, HttpError> {
    let mut tx = app.database.read().await?;
    let filter = query.filter(order(at));
    let (listed, _) = search::list(&mut tx, at.cycle(), &filter, 0, TABLE_LINES).await?;
    let settings = &at.heading.jurisdiction.settings;
    let zone = app.config.zone();
    let heading = |key: &&str| match *key {
        "export-made-at" => in_zone(locale, &locale.text(key), zone),
        key => locale.text(key),
    };
    let row = |line: Listed| {
        let proposal = line.proposal;
        let content = proposal.content;
        vec![
            proposal.number.into(),
            content.title.into(),
            content.category.to_string().into(),
            category(locale, settings, &content.category).into(),
            content.district.into(),
            content.place.into(),
            content.budget.into(),
            proposal.supporters.into(),
            locale
                .text(&format!("progress-{}", line.progress.name()))
                .into(),
            Cell::moment(proposal.made_at, zone),
            content.body.into(),
        ]
    };
    Ok(Sheet::of_cycle(
        &at.heading,
        ("proposals", locale.text("cycle-proposals")),
        COLUMNS.iter().map(heading).collect(),
        listed.into_iter().map(row).collect(),
    ))
}

/// `/j/{jurisdiction}/{year}/proposals.atom` (RFC 4287): the newest accepted proposals.
pub(crate) async fn feed(State(app): State<App>, visit: Visit, at: InCycle) -> HttpResult {
    let mut tx = app.database.read().await?;
    let filter = ListQuery::default().filter(Order::Newest);
    let (listed, _) = search::list(&mut tx, at.cycle(), &filter, 0, FEED_ENTRIES).await?;
    let path = list_path(&at.heading);
    let news = listed.into_iter().map(|line| {
        let proposal = line.proposal;
        News {
            path: format!("{path}/{}", proposal.id),
            title: proposal.content.title,
            at: proposal.made_at,
            category: proposal.content.category.to_string(),
            summary: proposal.content.body,
        }
    });
    let name = &at.heading.jurisdiction.name;
    let title = visit.locale.text("cycle-proposals");
    let news = news.collect();
    let steps = cycle_store::steps(&mut tx, at.cycle()).await?;
    let of = FeedOf {
        title: format!("{name} {} {title}", at.cycle().year),
        path,
        author: name,
        since: steps
            .first()
            .map_or(Timestamp::from_millis(0), |(_, at)| *at),
        locale: visit.locale,
    };
    export::feed(&app, &of, news)
}
