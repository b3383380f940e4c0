//! Comments on the shortlist and the office's answers.

use super::shortlist::ShortlistPage;
use crate::web::choice::{Choice, YesNo};
use crate::web::cycle_path::InCycle;
use crate::web::http_error::{HttpError, HttpResult};
use crate::web::page::show;
use crate::web::visit::{Visit, redirect_with};
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use domain::infra::app::App;
use domain::infra::field_errors::FieldErrors;
use domain::people::Viewer;
use domain::screening::shortlist;
use domain::screening::{CommentId, NewComment, ShortlistError};
use serde::Deserialize;

const COMMENT_CHARACTERS: usize = 500;
const ANSWER_CHARACTERS: usize = 1000;

/// A comment as it was typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub(crate) struct CommentForm {
    /// The candidate's id; empty for the whole list.
    pub comment_candidate: String,
    /// What it says.
    pub comment_text: String,
    /// The same form makes one comment however often it is sent.
    pub token: String,
}

/// An answer as it was typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct AnswerForm {
    /// Whether the list changes for it.
    pub adopted: Choice<YesNo>,
    /// What it says.
    pub answer: String,
}

/// An answer that cannot be taken so: it comes back as it was typed, at its comment.
#[derive(Debug, Clone)]
pub(crate) struct RefusedAnswer {
    /// Which comment it answers.
    pub comment: CommentId,
    /// As it was typed.
    pub form: AnswerForm,
    /// What is wrong with it.
    pub errors: FieldErrors,
}

/// A person comments.
pub(crate) async fn comment(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    at: InCycle,
    Form(form): Form<CommentForm>,
) -> HttpResult {
    let mut errors = FieldErrors::none();
    let text = errors.text("comment-text", &form.comment_text, 1, COMMENT_CHARACTERS);
    let candidate = match form.comment_candidate.as_str() {
        "" => None,
        id => {
            let parsed = id.parse().ok();
            if parsed.is_none() {
                errors.add("comment-candidate", "not-an-option");
            }
            parsed
        }
    };
    if !errors.is_empty() {
        let mut page = ShortlistPage::open(&app, &at).await?;
        page.form = form;
        page.errors = errors;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, show(&visit, &page)).into_response());
    }
    let new = NewComment {
        candidate,
        display_name: &viewer.display_name,
        text: &text,
        form_token: &form.token,
    };
    match shortlist::comment(&app, viewer.actor(), at.cycle(), viewer.account, &new).await {
        Err(ShortlistError::SentOtherwise(_)) => {
            let mut page = ShortlistPage::open(&app, &at).await?;
            // The page's own token is fresh: sent once more it is another comment.
            page.form = CommentForm {
                token: std::mem::take(&mut page.form.token),
                ..form
            };
            page.errors.add("comment-text", "sent-otherwise");
            return Ok((StatusCode::CONFLICT, show(&visit, &page)).into_response());
        }
        done => done?,
    };
    let path = format!("{}/shortlist", at.heading.path());
    Ok(redirect_with(&path, "comment-sent"))
}

/// The office answers.
pub(crate) async fn answer(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    at: InCycle,
    Form(form): Form<AnswerForm>,
) -> HttpResult {
    let mut errors = FieldErrors::none();
    let text = errors.text("answer", &form.answer, 1, ANSWER_CHARACTERS);
    form.adopted.read(&mut errors, "adopted");
    let comment: CommentId = at.param("comment")?;
    if !errors.is_empty() {
        let mut page = ShortlistPage::open(&app, &at).await?;
        if !page.has_comment(comment) {
            return Err(HttpError::NotFound);
        }
        page.refused = Some(RefusedAnswer {
            comment,
            form,
            errors,
        });
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, show(&visit, &page)).into_response());
    }
    let adopted = form.adopted == Choice::One(YesNo::Yes);
    match shortlist::answer(&app, viewer.actor(), at.cycle(), comment, adopted, &text).await {
        Err(ShortlistError::Answered(_)) => {
            let mut page = ShortlistPage::open(&app, &at).await?;
            page.refused = Some(RefusedAnswer {
                comment,
                form,
                errors,
            });
            return Ok((StatusCode::CONFLICT, show(&visit, &page)).into_response());
        }
        done => done?,
    }
    let path = format!("{}/shortlist", at.heading.path());
    Ok(redirect_with(&path, "comment-answered"))
}
