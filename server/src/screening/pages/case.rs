//! `/j/{jurisdiction}/{year}/screening/queue/{proposal}`: one proposal, or those that are reviewed with it, beside the list, with the
//! form of its decision.

use super::desk::{Desk, QueueQuery, queue_path};
use crate::screening::decision_form::DecisionForm;
use crate::web::cycle_path::{CycleHeading, InCycle};
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::query::Query;
use crate::web::shared::bench::{self, Beside, SCRIPT};
use crate::web::visit::{Visit, redirect_with};
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use domain::infra::app::App;
use domain::infra::database::{DatabaseError, Tx};
use domain::infra::field_errors::FieldErrors;
use domain::people::{UnitId, Viewer};
use domain::proposals::{Proposal, ProposalId, store as proposal_store};
use domain::screening::{
    self, Case, Chosen, ClusterId, Decision, NewDecision, ScreeningError, find_cluster,
};
use maud::{Markup, html};

pub(super) struct CasePage {
    pub(super) desk: Desk,
    pub(super) case: Case,
    /// Its proposals in full, the one that stands for it first.
    pub(super) originals: Vec<Proposal>,
    /// Proposals that may ask for the same, and can still be put together with it.
    pub(super) alike: Vec<Proposal>,
    /// What was decided before, oldest first.
    pub(super) former: Vec<Decision>,
    pub(super) may_decide: bool,
    pub(super) form: DecisionForm,
    pub(super) errors: FieldErrors,
    /// Whether somebody else has changed it while the form was filled in.
    pub(super) is_stale: bool,
    /// The unit that was chosen while a colleague chose another one.
    pub(super) wanted: Option<UnitId>,
}

impl CasePage {
    pub(super) async fn open(
        app: &App,
        viewer: &Viewer,
        at: &InCycle,
        query: QueueQuery,
    ) -> Result<Self, HttpError> {
        let (id, cycle): (ProposalId, _) = (at.param("proposal")?, at.cycle());
        let mut tx = app.database.read().await?;
        let found = screening::case(&mut tx, cycle, id).await?;
        let case = found.ok_or(HttpError::NotFound)?;
        let cluster = match case.cluster {
            Some(id) => find_cluster(&mut tx, cycle, id).await?,
            None => None,
        };
        let (actor, here) = (viewer.actor(), cycle.jurisdiction);
        let may_decide = screening::may_decide(&mut tx, actor, here, cluster.as_ref()).await?;
        let alike = if case.is_free() {
            let found = screening::alike(&mut tx, cycle, &[case.id]).await?;
            let ids = found.into_values().flatten();
            proposals(&mut tx, at, ids).await?
        } else {
            Vec::new()
        };
        let others = case.members.iter().map(|member| member.id);
        let others = others.filter(|id| *id != case.id);
        Ok(Self {
            originals: proposals(&mut tx, at, [case.id].into_iter().chain(others)).await?,
            former: match case.cluster {
                Some(id) => screening::former_decisions(&mut tx, cycle, id).await?,
                None => Vec::new(),
            },
            desk: Desk::open(&mut tx, viewer, at, query).await?,
            form: DecisionForm::of(&case),
            case,
            alike,
            may_decide,
            errors: FieldErrors::none(),
            is_stale: false,
            wanted: None,
        })
    }

    /// The address of what is done with it, with the list's filter.
    pub(super) fn act(&self, act: &str) -> String {
        self.desk.one(self.case.id, act)
    }
}

async fn proposals(
    tx: &mut Tx,
    at: &InCycle,
    ids: impl Iterator<Item = ProposalId>,
) -> Result<Vec<Proposal>, DatabaseError> {
    let mut all = Vec::new();
    for id in ids {
        all.extend(proposal_store::find(tx, at.cycle(), id).await?);
    }
    Ok(all)
}

/// The page.
pub(crate) async fn case(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    at: InCycle,
    Query(query): Query<QueueQuery>,
) -> HttpResult {
    let page = CasePage::open(&app, &viewer, &at, query).await?;
    Ok(show(&visit, &page))
}

/// Decides; the decision is held. Leads to the next of the list that is undecided.
pub(crate) async fn decide(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    at: InCycle,
    Query(query): Query<QueueQuery>,
    Form(form): Form<DecisionForm>,
) -> HttpResult {
    // What comes next is settled before: decided, it may leave the list.
    let mut page = CasePage::open(&app, &viewer, &at, query.clone()).await?;
    let (outcome, explanation) = match form.check(&at.heading.jurisdiction.settings) {
        Ok(checked) => checked,
        Err(errors) => {
            page.form = form;
            page.errors = errors;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, show(&visit, &page)).into_response());
        }
    };
    let on = [Chosen {
        proposal: page.case.id,
        seen: form.seen(),
    }];
    let new = NewDecision {
        by: viewer.account,
        outcome,
        explanation: &explanation,
    };
    match screening::decide(&app, viewer.actor(), at.cycle(), &on, &new).await {
        Err(ScreeningError::Stale(_)) => {
            let mut page = CasePage::open(&app, &viewer, &at, query).await?;
            // Sent again, the form has seen what stands above it.
            page.form = DecisionForm {
                seen: std::mem::take(&mut page.form.seen),
                ..form
            };
            page.is_stale = true;
            return Ok((StatusCode::CONFLICT, show(&visit, &page)).into_response());
        }
        done => done?,
    }
    if form.then == "stay" {
        return Ok(redirect_with(&page.act(""), "decision-is-held"));
    }
    Ok(match page.desk.turn(page.case.id).next_open {
        Some(next) => redirect_with(&page.desk.one(next, ""), "decision-is-held"),
        None => redirect_with(&page.desk.list(), "queue-is-done"),
    })
}

/// Takes a proposal out of the cluster.
pub(crate) async fn split(
    State(app): State<App>,
    viewer: Viewer,
    at: InCycle,
    Query(query): Query<QueueQuery>,
) -> HttpResult {
    let (id, proposal): (ClusterId, ProposalId) = (at.param("cluster")?, at.param("proposal")?);
    screening::split(&app, viewer.actor(), at.cycle(), id, proposal).await?;
    let mut tx = app.database.read().await?;
    let left = find_cluster(&mut tx, at.cycle(), id).await?;
    let lead = left.ok_or(HttpError::NotFound)?.lead;
    let path = format!("{}/{lead}", queue_path(&at.heading));
    Ok(redirect_with(&query.address(&path), "cluster-changed"))
}

impl Page for CasePage {
    fn title(&self, _: &Locale) -> String {
        self.case.title.clone()
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
        let turn = self.desk.turn(self.case.id);
        let list = self.desk.list();
        let shown = bench::beside(self.desk.shown.len(), turn.place);
        let rows = self.desk.shown.get(shown).unwrap_or_default();
        let rows: Vec<Beside<'_>> = rows
            .iter()
            .map(|one| Beside {
                address: self.desk.one(one.id, ""),
                number: one.number,
                title: &one.title,
                is_done: one.decision.is_some(),
                is_present: one.id == self.case.id,
            })
            .collect();
        let found = [("count", self.desk.shown.len().into())];
        let whole = locale.text_with("queue-found", &found);
        html! {
            div.bench-page {
                (bench::turn_bar(locale, &turn, &list, |id| self.desk.one(id, ""),
                    &bench::keys(locale, &["next", "previous", "list", "first", "second", "save"])))
                div.bench {
                    (bench::list_beside(locale, &locale.text("queue-title"), &rows, (&list, &whole)))
                    article.bench-text { (self.text(visit)) }
                    section.bench-form aria-labelledby="decision" { (self.side(visit)) }
                }
            }
        }
    }
}
