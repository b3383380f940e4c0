//! `/j/{jurisdiction}/{year}/shortlist`: the candidates, for everybody once they are published, and the comments on them.

use super::comment_panel::CommentPanel;
use crate::web::components::{
    Stat, amount, day, empty_state, facts as facts_list, hash, moment, page_head, stats,
};
use crate::web::cycle_path::{CycleHeading, InCycle};
use crate::web::export;
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::visit::Visit;
use axum::extract::State;
use domain::infra::app::App;
use domain::infra::field_errors::FieldErrors;
use domain::people::Role;
use domain::screening::{self, Candidate, Shortlist};
use maud::{Markup, html};

/// Who composes the shortlist.
pub(crate) const SHORTLIST_ROLES: [Role; 2] = [Role::Office, Role::Government];

/// The public list.
pub(super) struct ShortlistPage {
    heading: CycleHeading,
    state: Shortlist,
    candidates: Vec<Candidate>,
    pub(super) panel: CommentPanel,
}

impl ShortlistPage {
    /// The list as everybody may see it: nothing before it is published.
    pub(super) async fn open(app: &App, at: &InCycle) -> Result<Self, HttpError> {
        let mut tx = app.database.read().await?;
        let state = screening::shortlist(&mut tx, at.cycle()).await?;
        let (candidates, comments) = if state.is_published() {
            (
                screening::candidates(&mut tx, at.cycle()).await?,
                screening::comments(&mut tx, at.cycle()).await?,
            )
        } else {
            (Vec::new(), Vec::new())
        };
        Ok(Self {
            heading: at.heading.clone(),
            state,
            candidates,
            panel: CommentPanel::new(app, comments, ""),
        })
    }
}

/// The page.
pub(crate) async fn shortlist(State(app): State<App>, visit: Visit, at: InCycle) -> HttpResult {
    Ok(show(&visit, &ShortlistPage::open(&app, &at).await?))
}

impl Page for ShortlistPage {
    fn title(&self, locale: &Locale) -> String {
        locale.text("shortlist-title")
    }

    fn errors(&self) -> Option<&FieldErrors> {
        Some(&self.panel.errors)
    }

    fn cycle(&self) -> Option<&CycleHeading> {
        Some(&self.heading)
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let path = format!("{}/shortlist", self.heading.path());
        let places = self.heading.cycle.places;
        html! {
            (page_head(&locale.text("shortlist-title"), &locale.text_about("shortlist-lead", &self.heading.jurisdiction.settings.body)))
            @if visit.holds_any(&SHORTLIST_ROLES, self.heading.jurisdiction.id) {
                div.actions { a.button.secondary href={ (path) "/compose" } { (locale.text("compose-title")) } }
            }
            @match &self.state {
                Shortlist::Published { review, at, facts_sha256 } => {
                    (stats(&[
                        Stat::new(locale.text("candidates"), self.candidates.len()),
                        Stat::new(locale.text("places"), places),
                    ]))
                    (facts_list(&[
                        (locale.text("published-at"), moment(visit, *at)),
                        (locale.text("field-review-date"), day(locale, review.on)),
                        (locale.text("field-review-document"), html! { (review.document) }),
                        (locale.text("facts-hash"), html! {
                            (hash(facts_sha256)) p.small.muted { (locale.text("facts-hash-explained")) }
                        }),
                    ]))
                    h2.visually-hidden { (locale.text("candidates")) }
                    ul.cards { @for candidate in &self.candidates {
                        li.card { (card(locale, &path, candidate, self.panel.about(candidate))) }
                    } }
                    (export::links(visit, &path, &[]))
                    (self.panel.shown(visit, &self.heading, &self.candidates))
                }
                Shortlist::Drafting | Shortlist::Reviewed(_) => (empty_state(locale, "shortlist-not-published")),
            }
        }
    }
}

/// A candidate in a list.
fn card(locale: &Locale, path: &str, candidate: &Candidate, comments: usize) -> Markup {
    let facts = &candidate.facts;
    html! {
        p.eyebrow { (facts.code) }
        h3 { a.card-link href={ (path) "/" (facts.code) } { (facts.title) } }
        p.card-meta { span { (facts.unit) } span { (facts.location) } }
        p { (facts.goal) }
        p.card-foot {
            (amount(locale, facts.budget))
            @if !candidate.proposals.is_empty() {
                span { (locale.text_with("from-proposals", &[("count", candidate.proposals.len().into())])) }
            }
            @if comments > 0 {
                a href={ (path) "/" (facts.code) "#comments" } {
                    (locale.text_with("comments", &[("count", comments.into())]))
                }
            }
        }
    }
}
