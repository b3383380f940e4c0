//! `/j/{jurisdiction}/{year}/screening/queue`: what is to be screened, one line each, to be narrowed, chosen from and opened.

use super::bulk::BulkForm;
use super::desk::{Desk, QueueQuery, box_value, chosen, queue_path};
use crate::screening::CLERK_ROLES;
use crate::web::components::{
    Icon, Tone, badge, date, empty_state, icon, irrevocable, notice, page_head, pagination,
    progress, with_query,
};
use crate::web::cycle_path::{CycleHeading, InCycle};
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::query::Query;
use crate::web::shared::bench::{self, SCRIPT};
use crate::web::shared::code_names::category;
use crate::web::visit::{Visit, redirect_with};
use axum::extract::State;
use axum_extra::extract::Form;
use domain::cycles::Stage;
use domain::infra::app::App;
use domain::infra::field_errors::FieldErrors;
use domain::people::{Role, Viewer};
use domain::proposals::ProposalId;
use domain::screening::{self, Case, Outcome, QueueOrder};
use maud::{Markup, html};
use serde::Deserialize;
use std::collections::HashMap;

pub(super) struct QueuePage {
    pub(super) desk: Desk,
    /// Of the page's free proposals how many are like each.
    alike: HashMap<ProposalId, usize>,
    /// What was chosen and is to be done with it, as it was typed.
    pub(super) bulk: BulkForm,
    pub(super) errors: FieldErrors,
    /// The number of what somebody else has changed meanwhile, so that nothing was done.
    pub(super) stale: Option<i32>,
}

impl QueuePage {
    pub(super) async fn open(
        app: &App,
        viewer: &Viewer,
        at: &InCycle,
        query: QueueQuery,
    ) -> Result<Self, HttpError> {
        let mut tx = app.database.read().await?;
        let desk = Desk::open(&mut tx, viewer, at, query).await?;
        let free = desk.page().iter().filter(|one| one.is_free());
        let free: Vec<ProposalId> = free.map(|one| one.id).collect();
        let alike = screening::alike(&mut tx, at.cycle(), &free).await?;
        Ok(Self {
            desk,
            alike: alike
                .into_iter()
                .map(|(id, others)| (id, others.len()))
                .collect(),
            bulk: BulkForm::default(),
            errors: FieldErrors::none(),
            stale: None,
        })
    }
}

/// The page.
pub(crate) async fn queue(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    at: InCycle,
    Query(query): Query<QueueQuery>,
) -> HttpResult {
    let page = QueuePage::open(&app, &viewer, &at, query).await?;
    Ok(show(&visit, &page))
}

/// Which proposals to put together.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct MergeForm {
    proposal: Vec<String>,
}

/// Puts the chosen proposals together, and leads on to their review.
pub(crate) async fn merge(
    State(app): State<App>,
    viewer: Viewer,
    at: InCycle,
    Query(query): Query<QueueQuery>,
    Form(form): Form<MergeForm>,
) -> HttpResult {
    let ids: Vec<ProposalId> = chosen(&form.proposal)?
        .into_iter()
        .map(|one| one.proposal)
        .collect();
    screening::cluster(&app, viewer.actor(), at.cycle(), &ids).await?;
    let first = ids.first().ok_or(HttpError::NotFound)?;
    let path = format!("{}/{first}", queue_path(&at.heading));
    Ok(redirect_with(&query.address(&path), "cluster-changed"))
}

/// Publishes all decisions that are held.
pub(crate) async fn publish(State(app): State<App>, viewer: Viewer, at: InCycle) -> HttpResult {
    screening::publish_decisions(&app, viewer.actor(), at.cycle()).await?;
    let path = format!("{}/screening", at.heading.path());
    Ok(redirect_with(&path, "decisions-published"))
}

impl Page for QueuePage {
    fn title(&self, locale: &Locale) -> String {
        locale.text("queue-title")
    }

    fn errors(&self) -> Option<&FieldErrors> {
        Some(&self.errors)
    }

    fn cycle(&self) -> Option<&CycleHeading> {
        Some(&self.desk.heading)
    }

    fn scripts(&self) -> &'static [&'static str] {
        SCRIPT
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let heading = &self.desk.heading;
        let found = [("count", self.desk.shown.len().into())];
        html! {
            div.bench-page {
                (page_head(&locale.text("queue-title"), &locale.text_about("queue-lead", &heading.jurisdiction.settings.body)))
                (self.progress(locale))
                @if self.desk.held > 0 { (self.held(visit)) }
                (self.filters(locale))
                div.bench-bar {
                    p role="status" data-part="found" { (locale.text_with("queue-found", &found)) }
                    (bench::keys(locale, &["next", "previous", "open", "tick", "search"]))
                }
                @if let Some(number) = self.stale {
                    (notice(Tone::Bad, &html! {
                        p role="alert" { (locale.text_with("chosen-changed-meanwhile", &[("number", number.into())])) }
                    }))
                }
                @if self.desk.shown.is_empty() { (empty_state(locale, "queue-nothing-found")) }
                @else { (self.list(visit)) }
            }
        }
    }
}

impl QueuePage {
    /// How many of the accepted proposals are decided.
    fn progress(&self, locale: &Locale) -> Markup {
        let (done, all) = self.desk.progress;
        let percent = u32::try_from(done * 100 / all.max(1)).unwrap_or(100);
        let figures = [("done", done.into()), ("all", all.into())];
        let text = locale.text_with("queue-progress", &figures);
        let label = locale.text("queue-progress-label");
        progress(&label, percent, None, Tone::Accent, &text)
    }

    fn held(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let office = visit.holds_any(&[Role::Office], self.desk.heading.jurisdiction.id);
        notice(
            Tone::Warn,
            &html! {
                p { (locale.text_with("decisions-held", &[("count", self.desk.held.into())])) }
                @if office {
                    (irrevocable(&locale.text("publish-decisions"), &locale.text("publish-decisions-note"), &html! {
                        form method="post" action={ (self.desk.screening()) "/publish" } {
                            button type="submit" { (locale.text("publish-decisions")) }
                        }
                    }))
                }
            },
        )
    }

    fn filters(&self, locale: &Locale) -> Markup {
        let query = &self.desk.query;
        let all = || vec![(String::new(), locale.text("all-of-them"))];
        let pair = |value: &str, text: String| (value.to_owned(), text);
        let mut districts = all();
        districts.extend(self.desk.districts.iter().map(|one| pair(one, one.clone())));
        let mut categories = all();
        let known = &self.desk.heading.jurisdiction.settings.categories;
        categories.extend(
            known
                .iter()
                .map(|one| pair(one.code.as_str(), locale.of(&one.title).to_owned())),
        );
        let mut assigned = all();
        assigned.push(pair("none", locale.text("queue-assigned-none")));
        assigned.push(pair("some", locale.text("queue-assigned-some")));
        let units = self.desk.units.iter();
        assigned.extend(units.map(|unit| pair(&unit.id.to_string(), unit.name.clone())));
        let states = [
            pair("", locale.text("queue-state-undecided")),
            pair("decided", locale.text("queue-state-decided")),
            pair("all", locale.text("all-of-them")),
        ];
        let mut pictures = all();
        pictures.push(pair("yes", locale.text("bench-with-picture")));
        let field = |name: &str, label: &str, options: &[(String, String)], chosen: &str| {
            bench::choice(name, &locale.text(label), options, chosen)
        };
        html! {
            form.filters method="get" action=(queue_path(&self.desk.heading)) role="search" {
                (bench::words(locale, &query.q))
                (field("state", "queue-state", &states, &query.state))
                @if !self.desk.districts.is_empty() {
                    (field("district", "bench-district", &districts, &query.district))
                }
                (field("category", "field-proposal-category", &categories, &query.category))
                (field("assigned", "queue-unit", &assigned, &query.assigned))
                (field("picture", "bench-picture", &pictures, &query.picture))
                @if !query.sort.is_empty() { input type="hidden" name="sort" value=(query.sort); }
                button type="submit" { (icon(Icon::Search)) (locale.text("search")) }
            }
        }
    }

    /// The table, in the form of what is done with what is chosen from it.
    fn list(&self, visit: &Visit) -> Markup {
        let mut here = visit.clone();
        here.path = self.desk.list();
        let clerk = visit.holds_any(&CLERK_ROLES, self.desk.heading.jurisdiction.id);
        let is_open = self.desk.heading.cycle.stage == Stage::Screening;
        let may_choose = is_open || (clerk && self.desk.heading.cycle.stage == Stage::Collecting);
        html! {
            form method="post" novalidate {
                // Enter in a box would press the first button: this one does nothing.
                @if may_choose { button type="submit" disabled hidden {} }
                (self.table(visit, may_choose))
                @if may_choose { (self.bulk_bar(visit, clerk, is_open)) }
            }
            (pagination(&here, self.desk.query.page(), self.desk.pages()))
        }
    }

    fn table(&self, visit: &Visit, may_choose: bool) -> Markup {
        let locale = visit.locale;
        let nothing_chosen = self.errors.of("proposal");
        html! {
            div #field-proposal {
                @if nothing_chosen.is_some() {
                    p.field-error #error-proposal { (locale.text("error-nothing-chosen")) }
                }
                table.dense .ticked[may_choose] {
                    caption.visually-hidden { (locale.text("queue-title")) }
                    thead { tr {
                        @if may_choose {
                            td.tick { input type="checkbox" data-part="tick-all" aria-label=(locale.text("queue-tick-all")) hidden; }
                        }
                        (self.column(locale, "number", "bench-number", &[QueueOrder::Number, QueueOrder::Newest]))
                        (self.column(locale, "title", "field-proposal-title", &[]))
                        (self.column(locale, "district", "bench-district", &[QueueOrder::District]))
                        (self.column(locale, "category", "field-proposal-category", &[QueueOrder::Category]))
                        (self.column(locale, "supporters", "queue-supporters", &[QueueOrder::Supporters]))
                        (self.column(locale, "picture", "bench-picture", &[]))
                        (self.column(locale, "unit", "queue-unit", &[QueueOrder::Unit]))
                        (self.column(locale, "state", "queue-state", &[QueueOrder::State]))
                        (self.column(locale, "date", "bench-date", &[]))
                    } }
                    tbody { @for case in self.desk.page() { (self.row(visit, case, may_choose)) } }
                }
            }
        }
    }

    /// A column's head; where it can be ordered by, a link: to the first order, or from that to the second.
    fn column(&self, locale: &Locale, name: &str, label: &str, orders: &[QueueOrder]) -> Markup {
        let present = self.desk.query.order();
        let next = match orders {
            [first, second] if *first == present => Some(second),
            [first, ..] => Some(first),
            [] => None,
        };
        let sorted = match present {
            QueueOrder::Supporters | QueueOrder::Newest => "descending",
            QueueOrder::Number
            | QueueOrder::District
            | QueueOrder::Category
            | QueueOrder::Unit
            | QueueOrder::State => "ascending",
        };
        html! {
            th scope="col" class=(name) aria-sort=[orders.contains(&present).then_some(sorted)] {
                @match next {
                    Some(order) => a href=(with_query(&self.desk.list(), "sort", order.name())) { (locale.text(label)) },
                    None => (locale.text(label)),
                }
            }
        }
    }

    fn row(&self, visit: &Visit, case: &Case, may_choose: bool) -> Markup {
        let locale = visit.locale;
        let settings = &self.desk.heading.jurisdiction.settings;
        let value = box_value(case);
        let tick = locale.text_with("queue-tick", &[("number", case.number.into())]);
        html! {
            tr {
                @if may_choose {
                    td.tick {
                        @if !case.is_published() {
                            input type="checkbox" name="proposal" value=(value) aria-label=(tick) checked[self.bulk.has_chosen(case.id)];
                        }
                    }
                }
                td.number { (case.number) }
                th scope="row" .title { div.bench-line {
                    a href=(self.desk.one(case.id, "")) title=(case.title) data-row { (case.title) }
                    @if case.members.len() > 1 {
                        span.badge { (locale.text_with("queue-together", &[("count", case.members.len().into())])) }
                    }
                    @if let Some(count) = self.alike.get(&case.id) {
                        a.badge.accent href={ (self.desk.one(case.id, "")) "#similar" } {
                            (locale.text_with("queue-similar", &[("count", (*count).into())]))
                        }
                    }
                } }
                td.district { (case.district.as_deref().unwrap_or_default()) }
                td.category { (category(locale, settings, &case.category)) }
                td.supporters {
                    span.number { (case.supporters) } span.bench-word { (locale.text("supporters-label")) }
                }
                td.picture { @if case.has_picture { (locale.text("bench-has-picture")) } }
                td.unit { @if let Some(unit) = &case.unit { span title=(unit.name) { (unit.name) } } }
                td.state { (state_badge(locale, case)) }
                td.date { (date(visit, case.made_at)) }
            }
        }
    }
}

/// How far a case's screening has come.
pub(super) fn state_badge(locale: &Locale, case: &Case) -> Markup {
    let Some(decision) = &case.decision else {
        return badge(Tone::Warn, &locale.text("cluster-undecided"));
    };
    let tone = match decision.outcome {
        Outcome::Feasible { .. } => Tone::Good,
        Outcome::Declined { .. } => Tone::Bad,
    };
    let outcome = locale.text(&format!("outcome-{}", decision.outcome.name().name()));
    badge(tone, &outcome)
}
