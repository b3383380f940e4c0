//! Comments on the shortlist and the office's answers: each is sent from the list's page or a candidate's, and leads back there.

use super::candidate::CandidatePage;
use super::comment_panel::CommentPanel;
use super::shortlist::ShortlistPage;
use crate::web::choice::{Choice, YesNo};
use crate::web::cycle_path::InCycle;
use crate::web::http_error::{HttpError, HttpResult, url_encode};
use crate::web::page::show;
use crate::web::query::Query;
use crate::web::visit::{Visit, redirect_with};
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
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

/// On which page a form stood.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Place {
    /// The candidate's code; empty for the list's page.
    at: String,
}

impl Place {
    fn path(&self, at: &InCycle) -> String {
        let list = format!("{}/shortlist", at.heading.path());
        match self.at.as_str() {
            "" => format!("{list}#comments"),
            code => format!("{list}/{}#comments", url_encode(code)),
        }
    }
}

/// The page that a form stood on.
enum Commented {
    List(Box<ShortlistPage>),
    Candidate(Box<CandidatePage>),
}

impl Commented {
    async fn open(app: &App, at: &InCycle, place: &Place) -> Result<Self, HttpError> {
        Ok(match place.at.as_str() {
            "" => Self::List(Box::new(ShortlistPage::open(app, at).await?)),
            code => Self::Candidate(Box::new(CandidatePage::open(app, at, code).await?)),
        })
    }

    fn panel(&mut self) -> &mut CommentPanel {
        match self {
            Self::List(page) => &mut page.panel,
            Self::Candidate(page) => &mut page.panel,
        }
    }

    fn answer(&self, status: StatusCode, visit: &Visit) -> Response {
        let shown = match self {
            Self::List(page) => show(visit, &**page),
            Self::Candidate(page) => show(visit, &**page),
        };
        (status, shown).into_response()
    }
}

/// A person comments.
pub(crate) async fn comment(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    at: InCycle,
    Query(place): Query<Place>,
    Form(form): Form<CommentForm>,
) -> HttpResult {
    let mut page = Commented::open(&app, &at, &place).await?;
    let mut errors = FieldErrors::none();
    let candidate = match (&page, form.comment_candidate.as_str()) {
        (Commented::Candidate(page), _) => Some(page.candidate.id),
        (Commented::List(_), "") => None,
        (Commented::List(_), id) => {
            let parsed = id.parse().ok();
            if parsed.is_none() {
                errors.add("comment-candidate", "not-an-option");
            }
            parsed
        }
    };
    let text = errors.text("comment-text", &form.comment_text, 1, COMMENT_CHARACTERS);
    if !errors.is_empty() {
        page.panel().form = form;
        page.panel().errors = errors;
        return Ok(page.answer(StatusCode::UNPROCESSABLE_ENTITY, &visit));
    }
    let new = NewComment {
        candidate,
        display_name: &viewer.display_name,
        text: &text,
        form_token: &form.token,
    };
    match shortlist::comment(&app, viewer.actor(), at.cycle(), viewer.account, &new).await {
        Err(ShortlistError::SentOtherwise(_)) => {
            let panel = page.panel();
            // The page's own token is fresh: sent once more it is another comment.
            panel.form = CommentForm {
                token: std::mem::take(&mut panel.form.token),
                ..form
            };
            panel.errors.add("comment-text", "sent-otherwise");
            return Ok(page.answer(StatusCode::CONFLICT, &visit));
        }
        done => done?,
    };
    Ok(redirect_with(&place.path(&at), "comment-sent"))
}

/// The office answers.
pub(crate) async fn answer(
    State(app): State<App>,
    visit: Visit,
    viewer: Viewer,
    at: InCycle,
    Query(place): Query<Place>,
    Form(form): Form<AnswerForm>,
) -> HttpResult {
    let mut errors = FieldErrors::none();
    form.adopted.read(&mut errors, "adopted");
    let text = errors.text("answer", &form.answer, 1, ANSWER_CHARACTERS);
    let comment: CommentId = at.param("comment")?;
    let refused = async |form, errors, status| -> HttpResult {
        let mut page = Commented::open(&app, &at, &place).await?;
        if !page.panel().has_comment(comment) {
            return Err(HttpError::NotFound);
        }
        page.panel().refused = Some(RefusedAnswer {
            comment,
            form,
            errors,
        });
        Ok(page.answer(status, &visit))
    };
    if !errors.is_empty() {
        return refused(form, errors, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let adopted = form.adopted == Choice::One(YesNo::Yes);
    match shortlist::answer(&app, viewer.actor(), at.cycle(), comment, adopted, &text).await {
        Err(ShortlistError::Answered(_)) => {
            return refused(form, errors, StatusCode::CONFLICT).await;
        }
        done => done?,
    }
    Ok(redirect_with(&place.path(&at), "comment-answered"))
}
