//! `/j/{jurisdiction}/{year}/screening`: what screening has published, with the reasons counted.

use crate::web::components::{
    Bar, Stat, Tone, bar_chart, empty_state, page_head, stats, table_wrap,
};
use crate::web::cycle_path::{CycleHeading, InCycle};
use crate::web::http_error::HttpResult;
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::shared::screening_decision::outcome_badge;
use crate::web::visit::Visit;
use axum::extract::State;
use domain::infra::app::App;
use domain::people::Role;
use domain::screening;
use domain::screening::{Cluster, Outcome};
use maud::{Markup, html};

struct Board {
    heading: CycleHeading,
    published: Vec<Cluster>,
    /// Accepted proposals whose decision is not published yet.
    pending: usize,
}

/// The page.
pub(crate) async fn board(State(app): State<App>, visit: Visit, at: InCycle) -> HttpResult {
    let mut tx = app.database.read().await?;
    let clusters = screening::clusters(&mut tx, at.cycle()).await?;
    let (published, held): (Vec<_>, Vec<_>) = clusters.into_iter().partition(Cluster::is_published);
    let unclustered = screening::unclustered(&mut tx, at.cycle()).await?.len();
    let pending = unclustered + held.iter().map(|one| one.members.len()).sum::<usize>();
    let page = Board {
        heading: at.heading,
        published,
        pending,
    };
    Ok(show(&visit, &page))
}

impl Page for Board {
    fn title(&self, locale: &Locale) -> String {
        locale.text("screening-title")
    }

    fn cycle(&self) -> Option<&CycleHeading> {
        Some(&self.heading)
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let path = self.heading.path();
        let feasible = self.count(|outcome| matches!(outcome, Outcome::Feasible { .. }));
        let declined = self.count(|outcome| matches!(outcome, Outcome::Declined { .. }));
        let staff = [Role::Office, Role::UnitStaff, Role::Government];
        html! {
            (page_head(&locale.text("screening-title"), &locale.text("screening-lead")))
            @if visit.holds_any(&staff, self.heading.jurisdiction.id) {
                div.actions { a.button href={ (path) "/screening/queue" } { (locale.text("queue-title")) } }
            }
            (stats(&[
                Stat::new(locale.text("outcome-feasible"), feasible),
                Stat::new(locale.text("outcome-declined"), declined),
                Stat::new(locale.text("screening-pending"), self.pending),
            ]))
            @if self.published.is_empty() {
                (empty_state(locale, "no-decisions"))
            } @else {
                @if declined > 0 { (self.reasons(locale, declined)) }
                (self.table(locale, &path))
            }
        }
    }
}

impl Board {
    fn count(&self, which: impl Fn(&Outcome) -> bool) -> u64 {
        self.published
            .iter()
            .filter_map(|cluster| cluster.decision.as_ref())
            .filter(|decision| which(&decision.outcome))
            .map(|_| 1)
            .sum()
    }

    fn reasons(&self, locale: &Locale, declined: u64) -> Markup {
        let reasons = &self.heading.jurisdiction.settings.decline_reasons;
        let bars: Vec<Bar> = reasons
            .iter()
            .map(|reason| {
                let here = |outcome: &Outcome| match outcome {
                    Outcome::Declined { reason: given } => *given == reason.code,
                    Outcome::Feasible { .. } => false,
                };
                Bar {
                    label: locale.of(&reason.title).to_owned(),
                    value: self.count(here),
                    tone: Tone::Neutral,
                    word: None,
                    line: None,
                }
            })
            .filter(|bar| bar.value > 0)
            .collect();
        bar_chart(&locale.text("reasons-counted"), declined, &bars, None)
    }

    fn table(&self, locale: &Locale, path: &str) -> Markup {
        let (title, result) = (
            locale.text("field-proposal-title"),
            locale.text("screening-outcome"),
        );
        let (unit, budget) = (
            locale.text("field-screening-unit"),
            locale.text("field-screening-budget"),
        );
        let explanation = locale.text("field-explanation");
        table_wrap(
            &locale.text("screening-decisions"),
            &html! {
                table.stacked {
                    caption { (locale.text("screening-decisions")) }
                    thead { tr { th { (title) } th { (result) } th { (unit) } th.number { (budget) } th { (explanation) } } }
                    tbody {
                        @for cluster in &self.published {
                            @if let Some(decision) = &cluster.decision {
                                tr {
                                    th scope="row" {
                                        a href={ (path) "/proposals/" (cluster.lead) } { (cluster.title()) }
                                        @if cluster.members.len() > 1 {
                                            " " span.muted {
                                                (locale.text_with("and-others", &[("count", (cluster.members.len() - 1).into())]))
                                            }
                                        }
                                    }
                                    td data-label=(result) { (outcome_badge(locale, &self.heading.jurisdiction.settings, &decision.outcome)) }
                                    @match &decision.outcome {
                                        Outcome::Feasible { unit: name, budget: amount, .. } => {
                                            td data-label=(unit) { (name) }
                                            td.number data-label=(budget) { (amount.wan()) }
                                        }
                                        Outcome::Declined { .. } => { td {} td.number {} }
                                    }
                                    td data-label=(explanation) { (decision.explanation) }
                                }
                            }
                        }
                    }
                }
            },
        )
    }
}
