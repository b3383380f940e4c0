//! Comments on the shortlist with the office's answers, where they are made: on the list's page, and on each candidate's.

use super::comments::{CommentForm, RefusedAnswer};
use crate::web::choice::{Choice, YesNo};
use crate::web::components::{Field, Tone, badge, date, empty_state, error_text, notice};
use crate::web::cycle_path::CycleHeading;
use crate::web::locale::Locale;
use crate::web::shared::bench::with_pairs;
use crate::web::visit::Visit;
use domain::cycles::Stage;
use domain::infra::app::App;
use domain::infra::field_errors::FieldErrors;
use domain::people::Role;
use domain::screening::{Answered, Candidate, Comment, CommentId};
use maud::{Markup, html};

/// The comments that a page shows, and the form of a new one.
pub(super) struct CommentPanel {
    comments: Vec<Comment>,
    /// The code of the candidate whose page it is; empty on the list's.
    at: String,
    /// A comment as it was typed.
    pub(super) form: CommentForm,
    /// What is wrong with the comment.
    pub(super) errors: FieldErrors,
    /// An answer that could not be taken as it was typed.
    pub(super) refused: Option<RefusedAnswer>,
}

impl CommentPanel {
    /// Of the list's page where `at` is empty, or else of the page of the candidate with this code.
    pub(super) fn new(app: &App, comments: Vec<Comment>, at: &str) -> Self {
        Self {
            comments,
            at: at.to_owned(),
            form: CommentForm {
                token: hex::encode(app.entropy.bytes::<16>()),
                ..CommentForm::default()
            },
            errors: FieldErrors::none(),
            refused: None,
        }
    }

    /// Whether the page shows this comment.
    pub(super) fn has_comment(&self, id: CommentId) -> bool {
        self.comments.iter().any(|comment| comment.id == id)
    }

    /// How many comments are about this candidate.
    pub(super) fn about(&self, candidate: &Candidate) -> usize {
        let comments = self.comments.iter();
        let about = comments.filter(|comment| comment.candidate == Some(candidate.id));
        about.count()
    }

    /// Where its forms lead: back to the page that they stand on.
    fn action(&self, list: &str, comment: Option<CommentId>) -> String {
        let path = match comment {
            Some(id) => format!("{list}/comments/{id}"),
            None => format!("{list}/comments"),
        };
        with_pairs(&path, &[("at", &self.at)])
    }

    fn refused_of(&self, comment: &Comment) -> Option<&RefusedAnswer> {
        let refused = self.refused.as_ref();
        refused.filter(|refused| refused.comment == comment.id)
    }

    /// The comments with their answers, and the forms. `candidates` are those that a comment may be about.
    pub(super) fn shown(
        &self,
        visit: &Visit,
        heading: &CycleHeading,
        candidates: &[Candidate],
    ) -> Markup {
        let locale = visit.locale;
        let list = format!("{}/shortlist", heading.path());
        let office = visit.holds_any(&[Role::Office], heading.jurisdiction.id);
        html! {
            section.comments aria-labelledby="comments" {
                h2 #comments { (locale.text_with("comments", &[("count", self.comments.len().into())])) }
                @if self.comments.is_empty() { (empty_state(locale, "no-comments")) }
                @else {
                    ul.list { @for comment in &self.comments { li {
                        p.card-meta {
                            span { (comment.display_name) } (date(visit, comment.made_at))
                            @if self.at.is_empty() { (subject(&list, comment, candidates)) }
                        }
                        p { (comment.text) }
                        @match &comment.answer {
                            Some(answer) => {
                                (answered(locale, answer))
                                @if let Some(refused) = self.refused_of(comment) { (came_second(locale, refused)) }
                            },
                            None if office => {
                                (answer_form(locale, &self.action(&list, Some(comment.id)), comment, self.refused_of(comment)))
                            }
                            None => p.muted { (locale.text("not-answered-yet")) },
                        }
                    } } }
                }
                @if heading.cycle.stage == Stage::Shortlisted {
                    @if visit.viewer.is_some() { (self.comment_form(locale, &list, candidates)) }
                    @else { p { a.own-line href=(visit.sign_in_link()) { (locale.text("sign-in-to-comment")) } } }
                }
            }
        }
    }

    fn comment_form(&self, locale: &Locale, list: &str, candidates: &[Candidate]) -> Markup {
        let options: Vec<_> = candidates
            .iter()
            .map(|candidate| {
                let facts = &candidate.facts;
                let text = format!("{} {}", facts.code, facts.title);
                (candidate.id.to_string(), text)
            })
            .collect();
        let field = |name, value, required| Field {
            name,
            value,
            errors: &self.errors,
            required,
        };
        html! {
            form.form method="post" action=(self.action(list, None)) {
                input type="hidden" name="token" value=(self.form.token);
                @if self.at.is_empty() {
                    (field("comment-candidate", self.form.comment_candidate.as_str(), false).select(locale, &options))
                }
                (field("comment-text", self.form.comment_text.as_str(), true).textarea(locale, 4))
                button type="submit" { (locale.text("send-comment")) }
            }
        }
    }
}

/// The candidate that a comment is about, with the way to its page.
fn subject(list: &str, comment: &Comment, candidates: &[Candidate]) -> Markup {
    let mut candidates = candidates.iter();
    let about = candidates.find(|candidate| comment.candidate == Some(candidate.id));
    html! {
        @if let Some(candidate) = about {
            a href={ (list) "/" (candidate.facts.code) "#comments" } { (candidate.facts.title) }
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
    action: &str,
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
            form.form method="post" action=(action) {
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
