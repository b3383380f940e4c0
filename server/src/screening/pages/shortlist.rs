//! `/j/{jurisdiction}/{year}/shortlist` and one candidate's page, for everybody once it is published.

use super::comments::{CommentForm, RefusedAnswer};
use crate::web::choice::{Choice, YesNo};
use crate::web::components::{
    Field, Stat, Tone, badge, breadcrumbs, date, empty_state, error_text, facts as facts_list,
    hash, moment, notice, page_head, stats,
};
use crate::web::cycle_path::{CycleHeading, InCycle};
use crate::web::export;
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::locale::Locale;
use crate::web::page::{Page, show};
use crate::web::shared::money::money;
use crate::web::visit::Visit;
use axum::extract::State;
use domain::cycles::Stage;
use domain::infra::app::App;
use domain::infra::field_errors::FieldErrors;
use domain::people::Role;
use domain::proposals::{ProposalId, store as proposal_store};
use domain::screening::Candidate;
use domain::screening::shortlist::published;
use domain::screening::{self, Answered, Comment, CommentId, Shortlist};
use maud::{Markup, html};

/// Who composes the shortlist.
pub(crate) const SHORTLIST_ROLES: [Role; 2] = [Role::Office, Role::Government];

/// The public list.
pub(crate) struct ShortlistPage {
    heading: CycleHeading,
    state: Shortlist,
    candidates: Vec<Candidate>,
    comments: Vec<Comment>,
    /// A comment as it was typed, with what is wrong with it.
    pub form: CommentForm,
    /// What is wrong with the comment.
    pub errors: FieldErrors,
    /// An answer that could not be taken as it was typed.
    pub refused: Option<RefusedAnswer>,
}

impl ShortlistPage {
    /// The list as everybody may see it: nothing before it is published.
    pub(crate) async fn open(app: &App, at: &InCycle) -> Result<Self, HttpError> {
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
            comments,
            form: CommentForm {
                token: hex::encode(app.entropy.bytes::<16>()),
                ..CommentForm::default()
            },
            errors: FieldErrors::none(),
            refused: None,
        })
    }

    /// Whether the list shows this comment.
    pub(crate) fn has_comment(&self, id: CommentId) -> bool {
        self.comments.iter().any(|comment| comment.id == id)
    }

    fn refused_of(&self, comment: &Comment) -> Option<&RefusedAnswer> {
        self.refused
            .as_ref()
            .filter(|refused| refused.comment == comment.id)
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
        Some(&self.errors)
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
                        (locale.text("field-review-date"), html! { (review.on) }),
                        (locale.text("field-review-document"), html! { (review.document) }),
                        (locale.text("facts-hash"), html! {
                            (hash(facts_sha256)) p.small.muted { (locale.text("facts-hash-explained")) }
                        }),
                    ]))
                    h2.visually-hidden { (locale.text("candidates")) }
                    ul.cards { @for candidate in &self.candidates { li.card { (card(locale, &path, candidate)) } } }
                    (export::links(visit, &path, &[]))
                    (self.comments(visit, &path))
                }
                Shortlist::Drafting | Shortlist::Reviewed(_) => (empty_state(locale, "shortlist-not-published")),
            }
        }
    }
}

/// A candidate in a list.
fn card(locale: &Locale, path: &str, candidate: &Candidate) -> Markup {
    let facts = &candidate.facts;
    html! {
        p.eyebrow { (facts.code) }
        h3 { a.card-link href={ (path) "/" (facts.code) } { (facts.title) } }
        p.card-meta { span { (facts.unit) } span { (facts.location) } }
        p { (facts.goal) }
        p.card-foot {
            span.number { (money(locale, facts.budget)) }
            @if !candidate.proposals.is_empty() {
                span { (locale.text_with("from-proposals", &[("count", candidate.proposals.len().into())])) }
            }
        }
    }
}

impl ShortlistPage {
    fn comments(&self, visit: &Visit, path: &str) -> Markup {
        let locale = visit.locale;
        let office = visit.holds_any(&[Role::Office], self.heading.jurisdiction.id);
        html! {
            h2 #comments { (locale.text_with("comments", &[("count", self.comments.len().into())])) }
            @if self.comments.is_empty() { (empty_state(locale, "no-comments")) }
            ul.list {
                @for comment in &self.comments {
                    li {
                        p.card-meta {
                            span { (comment.display_name) } (date(visit, comment.made_at))
                            @if let Some(title) = self.about(comment) { span { (title) } }
                        }
                        p { (comment.text) }
                        @match &comment.answer {
                            Some(answer) => {
                                (answered(locale, answer))
                                @if let Some(refused) = self.refused_of(comment) { (came_second(locale, refused)) }
                            },
                            None if office => (answer_form(locale, path, comment, self.refused_of(comment))),
                            None => p.muted { (locale.text("not-answered-yet")) },
                        }
                    }
                }
            }
            @if self.heading.cycle.stage == Stage::Shortlisted {
                @if visit.viewer.is_some() { (self.comment_form(locale, path)) }
                @else { p { a.own-line href=(visit.sign_in_link()) { (locale.text("sign-in-to-comment")) } } }
            }
        }
    }

    fn about(&self, comment: &Comment) -> Option<&str> {
        let id = comment.candidate?;
        self.candidates
            .iter()
            .find(|candidate| candidate.id == id)
            .map(|candidate| candidate.facts.title.as_str())
    }

    fn comment_form(&self, locale: &Locale, path: &str) -> Markup {
        let options: Vec<_> = self
            .candidates
            .iter()
            .map(|candidate| {
                let facts = &candidate.facts;
                (
                    candidate.id.to_string(),
                    format!("{} {}", facts.code, facts.title),
                )
            })
            .collect();
        let field = |name, value, required| Field {
            name,
            value,
            errors: &self.errors,
            required,
        };
        html! {
            form.form method="post" action={ (path) "/comments" } {
                input type="hidden" name="token" value=(self.form.token);
                (field("comment-candidate", self.form.comment_candidate.as_str(), false).select(locale, &options))
                (field("comment-text", self.form.comment_text.as_str(), true).textarea(locale, 4))
                button type="submit" { (locale.text("send-comment")) }
            }
        }
    }
}

/// What the office answered.
fn answered(locale: &Locale, answer: &Answered) -> Markup {
    let (tone, outcome) = if answer.adopted {
        (Tone::Good, "comment-adopted")
    } else {
        (Tone::Neutral, "comment-not-adopted")
    };
    notice(
        tone,
        &html! { p { (badge(tone, &locale.text(outcome))) " " (answer.text) } },
    )
}

/// An answer that came after a colleague's, which stands above it.
fn came_second(locale: &Locale, refused: &RefusedAnswer) -> Markup {
    notice(
        Tone::Bad,
        &html! {
            p role="alert" { (locale.text("answer-came-second")) }
            blockquote { (refused.form.answer) }
        },
    )
}

/// The office's form at a comment; where an answer could not be taken, open, as it was typed, with what is wrong.
fn answer_form(
    locale: &Locale,
    path: &str,
    comment: &Comment,
    refused: Option<&RefusedAnswer>,
) -> Markup {
    let id = comment.id;
    let typed = refused.map(|refused| refused.form.clone());
    let typed = typed.unwrap_or_default();
    let error = |field: &str| refused.and_then(|refused| refused.errors.of(field));
    html! {
        details open[refused.is_some()] {
            summary { (locale.text("answer-comment")) }
            form.form method="post" action={ (path) "/comments/" (id) } {
                fieldset.choices.field-invalid[error("adopted").is_some()] {
                    legend { (locale.text("field-adopted")) }
                    @if let Some(error) = error("adopted") { p.field-error { (error_text(locale, error)) } }
                    @for (value, text) in [(YesNo::Yes, "comment-adopted"), (YesNo::No, "comment-not-adopted")] {
                        label.choice {
                            input type="radio" name="adopted" value=(value.name()) required checked[typed.adopted == Choice::One(value)];
                            span { (locale.text(text)) }
                        }
                    }
                }
                div.field.field-invalid[error("answer").is_some()] {
                    label for={ "answer-" (id) } { (locale.text("field-answer")) }
                    @if let Some(error) = error("answer") {
                        p.field-error id={ "error-answer-" (id) } { (error_text(locale, error)) }
                    }
                    textarea id={ "answer-" (id) } name="answer" rows="3" required maxlength="1000"
                        aria-describedby=[error("answer").map(|_| format!("error-answer-{id}"))]
                        aria-invalid=[error("answer").map(|_| "true")] { (typed.answer) }
                }
                button type="submit" { (locale.text("send-answer")) }
            }
        }
    }
}

struct CandidatePage {
    heading: CycleHeading,
    candidate: Candidate,
    origins: Vec<(ProposalId, String)>,
}

/// `/j/{jurisdiction}/{year}/shortlist/{code}`
pub(crate) async fn candidate(State(app): State<App>, visit: Visit, at: InCycle) -> HttpResult {
    let code: String = at.param("code")?;
    let mut tx = app.database.read().await?;
    let candidate = published(&mut tx, at.cycle())
        .await?
        .unwrap_or_default()
        .into_iter()
        .find(|candidate| candidate.facts.code == code)
        .ok_or(HttpError::NotFound)?;
    let mut origins = Vec::new();
    for origin in &candidate.proposals {
        if let Some(found) = proposal_store::find(&mut tx, at.cycle(), origin.id).await? {
            origins.push((origin.id, found.content.title));
        }
    }
    let page = CandidatePage {
        heading: at.heading,
        candidate,
        origins,
    };
    Ok(show(&visit, &page))
}

impl Page for CandidatePage {
    fn title(&self, _: &Locale) -> String {
        self.candidate.facts.title.clone()
    }

    fn cycle(&self) -> Option<&CycleHeading> {
        Some(&self.heading)
    }

    fn main(&self, visit: &Visit) -> Markup {
        let locale = visit.locale;
        let path = self.heading.path();
        let facts = &self.candidate.facts;
        let amount = money(locale, facts.budget);
        html! {
            (breadcrumbs(locale, &[(format!("{path}/shortlist"), locale.text("cycle-shortlist"))], &facts.code))
            header.page-head { p.eyebrow { (facts.code) } h1 { (facts.title) } p.lead { (facts.goal) } }
            div.split {
                div.stack {
                    div.prose { @for line in facts.summary.lines() { p { (line) } } }
                    h2 { (locale.text("field-candidate-milestones")) }
                    ol.milestones {
                        @for milestone in &facts.milestones {
                            li {
                                strong { (milestone.text) }
                                p.muted {
                                    (milestone.due) " · "
                                    (locale.text_with("planned-percent", &[("percent", milestone.planned_percent.into())]))
                                }
                            }
                        }
                    }
                    @if !self.origins.is_empty() {
                        h2 { (locale.text("grown-from")) }
                        ul { @for (id, title) in &self.origins { li { a href={ (path) "/proposals/" (id) } { (title) } } } }
                    }
                }
                aside { section.panel {
                    (facts_list(&[
                        (locale.text("field-candidate-unit"), html! { (facts.unit) }),
                        (locale.text("field-candidate-lead"), html! { (facts.lead) }),
                        (locale.text("field-candidate-budget"), html! { (amount) }),
                        (locale.text("field-candidate-funding"), html! { (facts.funding) }),
                        (locale.text("field-candidate-location"), html! { (facts.location) }),
                    ]))
                } }
            }
        }
    }
}
